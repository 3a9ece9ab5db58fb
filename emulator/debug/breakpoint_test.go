package debug

import (
	"testing"

	"github.com/aslocal/aslocal/asl/machine"
)

// A breakpoint of a state machine holds in the children of its Map Runs.
func TestBreakpointOfMachine(t *testing.T) {
	for _, c := range []struct {
		glob, machine string
		want          bool
	}{
		{"", "order", true}, {"order", "order", true}, {"order", "order/Each", true}, {"order/Each", "order/Each", true}, {"order/*", "order/Each", true},
		{"order/Each", "order", false}, {"or*", "order/Each", true}, {"Each", "order/Each", false}, {"other", "order/Each", false},
	} {
		if got := (&Breakpoint{Machine: c.glob}).concerns(&machine.Start{Machine: c.machine}); got != c.want {
			t.Errorf("%q and %q: got %v", c.glob, c.machine, got)
		}
	}
}
