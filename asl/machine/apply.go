package machine

import "github.com/aslocal/aslocal/value"

// apply is the only place that changes an execution. It decides nothing: all
// that it needs is in the event, so that folding a journal rebuilds the same
// execution even if the program would decide otherwise today. Events of what a
// state has opened are applied by its kind.
func (x *Execution) apply(e *Event) {
	x.records++
	x.now = e.At
	if e.ID != 0 {
		x.lastID = e.ID
	}
	switch e.Type {
	case ExecutionStarted:
		x.start, x.input, x.since = e.Start, e.Doc, e.At
		x.started = e.At
		x.root = &frame{flow: x.program.root, raw: e.Doc}
		return
	case ExecutionSucceeded, ExecutionFailed, ExecutionTimedOut, ExecutionAborted:
		x.applyEnd(e)
		return
	case ExecutionRedriven:
		x.applyRedrive(e)
		return
	}
	f := x.frame(e.Frame)
	if f == nil {
		return // not a journal of this program
	}
	if e.ID != 0 {
		f.prev = e.ID
	}
	switch e.Type {
	case StateEntered:
		f.state, f.raw, f.phase = f.target(e, e.State), e.Doc, entered
		f.entered, f.enteredAt = e.ID, e.At
		f.tries, f.retries, f.exitPrev = nil, 0, 0
	case StateExited:
		x.applyExit(f, e)
	case MapIterationSucceeded:
		x.collect(f, e)
	case StateAborted, MapIterationFailed, MapIterationAborted: // only what points back to them
	case TaskScheduled, WaitSet, ParallelStateStarted, MapStateStarted:
		f.phase = opened
		f.open = f.state.kind.open(x, f, e)
	case ParallelStateFailed, MapStateFailed, EvaluationFailed:
		f.failure, f.phase = e.Failure, failed
	case RetrySet:
		x.applyRetry(f, e)
	case StateOverridden:
		x.applyOverride(f, e)
	case TimerFired:
		f.token = 0
		if f.phase == retrying {
			f.phase = entered
		}
	default:
		f.open.apply(x, f, e)
	}
}

// applyEnd ends the execution. The frames of one that can be redriven stay.
func (x *Execution) applyEnd(e *Event) {
	for _, f := range x.withMapRuns() {
		f.open.ended(x, f, e.At)
	}
	x.status, x.output, x.failure, x.stopped = statusAfter[e.Type], e.Doc, e.Failure, e.At
	if x.status == Succeeded || x.express() {
		x.root, x.frames = nil, nil
	}
}

// applyExit leaves the state: what belongs to the visit is forgotten.
func (x *Execution) applyExit(f *frame, e *Event) {
	if f.open != nil {
		x.drop(f)
		f.open = nil
	}
	f.raw, f.result, f.failure, f.phase = e.Doc, value.Value{}, nil, exited
	f.token, f.tries, f.exitPrev = 0, nil, 0
	f.next = f.target(e, e.Next)
	if e.Assigned.Exists() {
		f.assign(e.Assigned)
	}
	if f.next == nil && f.in != nil && f.in.ends(StateExited) {
		x.collect(f, e)
	}
}

// target is the state that the event leads to, nil for the name "".
func (f *frame) target(e *Event, name string) *state {
	if e.target != nil || name == "" {
		return e.target
	}
	return f.flow.states[name]
}

// applyRetry lets the state wait until it is tried again.
func (x *Execution) applyRetry(f *frame, e *Event) {
	if f.open != nil {
		x.drop(f)
		f.open = f.open.retried()
	}
	for len(f.tries) <= int(e.Index) {
		f.tries = append(f.tries, 0)
	}
	f.tries[e.Index]++
	f.retries++
	f.token, f.due, f.phase, f.failure, f.prev = x.records, e.Due, retrying, nil, e.Prev
}

// collect keeps the output of a line of control that has ended and forgets the
// line.
func (x *Execution) collect(f *frame, e *Event) {
	f.in.collect(f.parent, f, e)
	delete(x.frames, f.id)
}

// drop forgets the lines of control below f.
func (x *Execution) drop(f *frame) {
	if _, ok := f.open.(container); !ok {
		return
	}
	for _, g := range x.frames {
		if g.inside(f) {
			delete(x.frames, g.id)
		}
	}
}
