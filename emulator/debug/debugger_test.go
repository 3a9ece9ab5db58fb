package debug

import "testing"

// A face that goes takes its breakpoints away, of which the others are told.
func TestDetach(t *testing.T) {
	b := newBench(t, order)
	told := make(chan Event, 10)
	other := b.d.Attach("other", func(e Event) { told <- e })
	defer other.Detach()
	third := b.d.Attach("third", func(Event) {})
	third.SetBreakpoints([]Breakpoint{{Kind: AtState, State: "Charge"}})
	third.Detach()
	for range 2 {
		if e := <-told; e.Kind != Breakpoints {
			t.Errorf("told %+v", e)
		}
	}
	if all := b.d.AllBreakpoints(); len(all["third"]) != 0 {
		t.Errorf("breakpoints %+v", all)
	}
}
