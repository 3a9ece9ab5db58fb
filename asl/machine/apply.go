package machine

import (
	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// apply is the only place that changes an execution. It decides nothing: all
// that it needs is in the event, so that folding a journal rebuilds the same
// execution even if the program would decide otherwise today.
func (x *Execution) apply(e *Event) {
	x.records++
	x.now = e.At
	if e.ID != 0 {
		x.lastID = e.ID
	}
	switch e.Type {
	case ExecutionStarted:
		x.start, x.input, x.started = e.Start, e.Doc, e.At
		x.root = &frame{flow: x.program.root, raw: e.Doc}
		return
	case ExecutionSucceeded, ExecutionFailed, ExecutionTimedOut, ExecutionAborted:
		x.abortRuns(e.At)
		x.status, x.output, x.failure, x.stopped = statusAfter[e.Type], e.Doc, e.Failure, e.At
		x.root, x.frames = nil, nil
		return
	case MapIterationStarted:
		x.openIteration(e)
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
		f.state, f.raw, f.phase = f.flow.states[e.State], e.Doc, entered
		f.entered, f.enteredPrev, f.enteredAt = e.ID, e.Prev, e.At
		f.tries, f.retries, f.exitPrev = nil, 0, 0
	case StateExited:
		x.applyExit(f, e)
		if f.next == nil && f.parent != nil && f.parent.state.kind == asl.Parallel {
			x.collect(f, e)
		}
	case TaskScheduled, TaskStarted, TaskSubmitted, TaskSucceeded, TaskFailed, TaskTimedOut, HeartbeatReceived, AnswerKept:
		x.applyTask(f, e)
	case EvaluationFailed:
		f.failure, f.phase = e.Failure, failed
	case WaitSet:
		f.token, f.due, f.phase = x.records, e.Due, sleeping
	case RetrySet:
		x.drop(f)
		for len(f.tries) <= int(e.Index) {
			f.tries = append(f.tries, 0)
		}
		f.tries[e.Index]++
		f.retries++
		f.token, f.due, f.phase, f.failure, f.prev = x.records, e.Due, sleeping, nil, e.Prev
	case TimerFired:
		f.token, f.phase = 0, woken
	case ParallelStateStarted:
		x.openBranches(f, e)
	case MapStateStarted:
		if f.state.work.(*mapState).distributed != nil {
			f.run = &mapRun{items: e.Doc}
			return
		}
		f.join = &join{items: e.Doc, outputs: make([]value.Value, e.Doc.Len()), prev: e.ID}
		f.phase = joining
	case MapRunStarted, MapRunSucceeded, MapRunFailed, MapRunAborted, MapRunUpdated, MapRunClosing, ItemsRead, ChildExecutionsStarted, ChildExecutionsEnded:
		x.applyRun(f, e)
	case ParallelStateSucceeded, MapStateSucceeded:
		f.phase = resulted
		if f.run != nil { // MapRunSucceeded has set the result
			f.exitPrev, f.run = f.run.prev, nil
			return
		}
		f.result, f.exitPrev = value.OfSlice(f.join.outputs), e.Prev
		f.join = nil
	case ParallelStateFailed, MapStateFailed:
		x.drop(f)
		f.failure, f.phase = e.Failure, failed
	case MapIterationSucceeded:
		x.collect(f, e)
	}
}

// applyExit leaves the state: what belongs to the visit is forgotten.
func (x *Execution) applyExit(f *frame, e *Event) {
	f.raw, f.result, f.failure, f.phase = e.Doc, value.Value{}, nil, exited
	f.token, f.call, f.timeoutAt, f.beatAt, f.tries, f.exitPrev = 0, nil, 0, 0, nil, 0
	f.next = f.flow.states[e.Next] // nil for ""
	if e.Assigned.Exists() {
		x.held += f.assign(e.Assigned)
	}
}

// drop forgets the branches, iterations or children below f.
func (x *Execution) drop(f *frame) {
	f.run = nil
	if f.join == nil {
		return
	}
	for _, g := range x.frames {
		if g.inside(f) {
			x.forget(g)
		}
	}
	f.join = nil
}

// forget ends a line of control, and with it its variables.
func (x *Execution) forget(f *frame) {
	x.held -= f.held
	delete(x.frames, f.id)
}
