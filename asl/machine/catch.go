package machine

import (
	"slices"

	"github.com/aslocal/aslocal/value"
)

// This file implements Catchers: which one takes a failure, and what the state
// leaves behind then. Spec: "Fallback states".

// A catcher is a compiled asl.Catcher.
type catcher struct {
	errorEquals []string
	next        *state
	flow        catchFlow
}

// catchFlow makes the output of a state whose failure was caught, and the
// variables that the Catcher assigns, of the Error Output.
type catchFlow interface {
	caught(x *Execution, f *frame, errorOutput value.Value) (out, assigned value.Value, failure *Failure)
}

// catch leaves the state by the first Catcher that names the error. A failure
// in the Catcher's own fields fails the execution.
func (x *Execution) catch(f *frame, failure *Failure, prev int64) bool {
	i := f.state.catcher(failure)
	if i < 0 {
		return false
	}
	c := f.state.catch[i]
	out, assigned, own := c.flow.caught(x, f, failure.errorOutput())
	if own == nil {
		own = x.checkSizes(f, out, assigned)
	}
	if own != nil {
		x.catcherFailed(f, own, prev)
		return true
	}
	if x.probe != nil {
		x.probe.Caught(f.place(), i)
	}
	if failure := x.exit(f, out, assigned, c.next); failure != nil {
		// The Task it leads to fails at once. Its step is taken again, as one of
		// its own, so that a loop of such failures can be cut.
		x.again(f)
	}
	return true
}

// catcher is the index of the first Catcher that names the error, -1 if none.
func (st *state) catcher(failure *Failure) int {
	return slices.IndexFunc(st.catch, func(c *catcher) bool { return failure.matches(c.errorEquals) })
}

// catcherFailed ends the execution because a field of a Catcher failed. The
// history gets a second …StateFailed (F-009).
func (x *Execution) catcherFailed(f *frame, own *Failure, prev int64) {
	if own.Evaluation {
		x.emit(Event{Type: EvaluationFailed, Frame: f.id, Prev: f.prev, State: f.state.name, Failure: own})
		prev = x.lastID
		if f.state.failed != 0 {
			x.emit(Event{Type: f.state.failed, Frame: f.id, Prev: prev, Failure: own})
			prev = x.lastID
		}
	}
	x.end(ExecutionFailed, prev, own)
}
