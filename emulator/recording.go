package emulator

import (
	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/mock"
	"github.com/aslocal/aslocal/emulator/timeline"
)

// This file records executions: what their calls have led to, as a test case.

// A recorder takes the events of an execution. The number of an invocation is its place
// among the calls of the state that the execution has scheduled, as test cases count.
type recorder struct {
	builder timeline.Builder
	calls   []recordedCall
}

// A recordedCall is where the outcome of a call is found.
type recordedCall struct{ visit, attempt int }

func (r *recorder) add(e *machine.Event) {
	r.builder.Add(e)
	if e.Type != machine.TaskScheduled {
		return
	}
	if visit, _ := r.builder.Place(); visit >= 0 {
		r.calls = append(r.calls, recordedCall{visit, len(r.builder.Visits()[visit].Attempts) - 1})
	}
}

// recording returns the outcomes. A call without one, since it goes on or was aborted,
// keeps its number free.
func (r *recorder) recording() *mock.Recording {
	var all mock.Recording
	visits := r.builder.Visits()
	for _, c := range r.calls {
		v := &visits[c.visit]
		if v.Kind != asl.Task || c.attempt < 0 || c.attempt >= len(v.Attempts) {
			continue
		}
		switch a := &v.Attempts[c.attempt]; {
		case a.Failure != nil:
			all.Add(v.State, mock.Outcome{Throw: &asl.Error{Name: a.Failure.Name.Text(), Cause: a.Failure.Cause.Text()}})
		case a.Ended != 0 && a.Output.Exists():
			all.Add(v.State, mock.Outcome{Return: a.Output})
		default:
			all.Skip(v.State)
		}
	}
	return &all
}
