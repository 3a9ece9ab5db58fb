package debug

import "testing"

// A step back from the first state of a branch leads to the state around it, though other
// branches have begun since; before the first state there is none.
func TestBackFromBranch(t *testing.T) {
	b := newBench(t, order, Breakpoint{State: "Charge"})
	arn := b.start("x", input)
	if at := b.at(arn); at != "breakpoint Charge working" {
		t.Fatalf("stopped at %s", at)
	}
	for _, want := range []string{"Fulfil", "IsValid", "Validate"} {
		b.must(b.d.Back(arn, b.d.Execution(arn).Thread))
		if s := b.d.Execution(arn); s.State != want || !s.Past {
			t.Fatalf("back at %s, past %v; want %s", s.State, s.Past, want)
		}
	}
	if err := b.d.Back(arn, 0); err != ErrFirst {
		t.Errorf("before the first state: %v, want %v", err, ErrFirst)
	}
}
