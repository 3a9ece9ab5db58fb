package machine

import (
	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file implements the redrive of an execution that has failed, timed out
// or been aborted: it goes on from every state that was entered and not exited.
// What was successful stays as it is. API: RedriveExecution; developer guide:
// "Redriving executions" (F-097). No recording of one is known; what the guide
// does not say is inferred (F-098).

// redrive takes the Redriven stimulus; false if the execution cannot go on:
// it runs, has succeeded, is an Express one, or its history has no room left.
func (x *Execution) redrive() bool {
	if x.status == Running || x.root == nil || x.lastID >= MaxEvents-1 {
		return false
	}
	x.emit(Event{Type: ExecutionRedriven, Index: int32(x.redrives + 1)})
	x.limitTime()
	x.readyAll()
	return true
}

// applyRedrive is ExecutionRedriven. Retries are counted anew, and so is the
// time that the execution may take.
func (x *Execution) applyRedrive(e *Event) {
	x.redrives, x.redriven, x.since = int(e.Index), e.At, e.At
	x.status, x.output, x.failure, x.stopped = Running, value.Value{}, nil, 0
	x.full, x.context = false, value.Value{}
	for _, f := range x.living() { // parents come before their lines
		if x.frame(f.id) == f {
			x.redriveFrame(f, e)
		}
	}
}

// redriveFrame gets one line of control ready to go on. Between two states there
// is nothing to do again. A line that has not begun still points back to the event
// that opened it, which says which branch or iteration it is.
func (x *Execution) redriveFrame(f *frame, e *Event) {
	failure := f.failure
	if f.phase != starting {
		f.prev = e.ID
	}
	f.tries, f.retries, f.failure, f.token, f.result, f.exitPrev = nil, 0, nil, 0, value.Value{}, 0
	switch {
	case f.phase == starting || f.phase == exited:
	case f.state.reentered:
		f.phase, f.next = exited, f.state
	case f.open != nil && f.phase != retrying && !dataLimitExceeded(failure) && f.open.redriven(f):
		f.phase = opened
	default:
		if f.open != nil {
			x.drop(f)
			f.open = nil
		}
		f.phase = entered
	}
}

// dataLimitExceeded reports whether a Parallel or Map state has failed with
// States.DataLimitExceeded: then nothing of what it had done is used again.
func dataLimitExceeded(failure *Failure) bool {
	return failure != nil && failure.Name.Text() == asl.ErrDataLimitExceeded
}

// Redrives returns how often the execution was redriven, and when for the last
// time, in Unix milliseconds; zeros if never.
func (x *Execution) Redrives() (count int, at int64) { return x.redrives, x.redriven }
