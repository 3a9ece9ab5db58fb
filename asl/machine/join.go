package machine

import (
	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file implements what Parallel and Map share: opening lines of control,
// collecting their outputs, and ending all of them when one fails.

// maxIterations is how many iterations of an inline Map run at a time at most.
// Quotas: "Inline Map … concurrency 40".
const maxIterations = 40

// A join is the open part of a Parallel or Map state.
type join struct {
	items   value.Value   // Map: what it iterates over
	outputs []value.Value // by branch or iteration
	next    int           // the next one to open
	open    int
	limit   int   // Map: how many may be open; 0 until it is known
	prev    int64 // what the next MapIterationStarted points back to
}

// openBranches starts all branches of a Parallel state at once. Their frames
// are numbered on from the last one, so that a replay numbers them alike.
func (x *Execution) openBranches(f *frame, e *Event) {
	branches := f.state.branches
	f.join = &join{outputs: make([]value.Value, len(branches)), next: len(branches), open: len(branches)}
	f.phase = joining
	for i, flow := range branches {
		x.open(&frame{index: int32(i), parent: f, flow: flow, raw: e.Doc, prev: e.ID})
	}
}

// openIteration starts one iteration of a Map state.
func (x *Execution) openIteration(e *Event) {
	p := x.frame(e.Frame)
	raw := e.Doc
	if !raw.Exists() {
		raw = p.join.item(int(e.Index))
	}
	p.join.next++
	p.join.open++
	x.open(&frame{index: e.Index, parent: p, flow: p.state.processor, raw: raw, prev: e.ID})
}

func (x *Execution) open(f *frame) {
	if x.frames == nil {
		x.frames = make(map[int32]*frame)
	}
	x.lastFrame++
	f.id = x.lastFrame
	x.frames[f.id] = f
}

// item returns what iteration i works on: an item of the array, or of an
// object its i-th value.
func (j *join) item(i int) value.Value { return itemAt(j.items, i) }

func itemAt(items value.Value, i int) value.Value {
	if items.Kind() == value.Object {
		return items.MemberValues()[i]
	}
	return items.Index(i)
}

// collect keeps the output of a line of control that has ended and forgets it.
// It is part of apply.
//
// The last event inside an iteration is what MapIterationSucceeded and the next
// MapIterationStarted both point back to (F-006).
func (x *Execution) collect(f *frame, e *Event) {
	p := f.parent
	p.join.outputs[f.index] = f.raw
	p.join.open--
	if p.state.kind == asl.Map {
		p.join.prev = e.Prev
	}
	p.prev = e.ID
	x.forget(f)
}

// close ends a line of control whose last state was left.
func (x *Execution) close(f *frame) {
	p := f.parent
	if p.state.kind == asl.Map {
		x.emit(Event{Type: MapIterationSucceeded, Frame: f.id, Prev: f.prev, State: p.state.name, Index: f.index})
	}
	if p.join != nil {
		x.fan(p)
	}
}

// fan opens as many iterations as may run, or goes on with the result when all
// lines of control have ended.
func (x *Execution) fan(f *frame) {
	if f.state.kind == asl.Map && !x.openIterations(f) {
		return // opening failed, and with it the state
	}
	if f.join == nil || f.join.open > 0 {
		return
	}
	succeeded := ParallelStateSucceeded
	if f.state.kind == asl.Map {
		succeeded = MapStateSucceeded
	}
	x.emit(Event{Type: succeeded, Frame: f.id, Prev: f.prev})
	x.complete(f)
}

// abort ends the lines of control below p because f, one of them, has failed at
// the event cause: all events of it point back to that one (F-007).
//
// f is nil if p itself has failed, between two iterations.
func (x *Execution) abort(p, f *frame, cause int64) {
	if f != nil {
		if p.state.kind == asl.Map {
			x.emit(Event{Type: MapIterationFailed, Frame: f.id, Prev: cause, State: p.state.name, Index: f.index})
		}
		x.abortState(f, cause)
	}
	living := x.living()
	for _, g := range living {
		if g == f || g.parent != p {
			continue
		}
		if p.state.kind == asl.Map {
			x.emit(Event{Type: MapIterationAborted, Frame: g.id, Prev: cause, State: p.state.name, Index: g.index})
		}
		x.abortBelow(g, living, cause)
		x.abortState(g, cause)
	}
}

// abortBelow ends those of the living lines of control that are below g,
// innermost first.
func (x *Execution) abortBelow(g *frame, living []*frame, cause int64) {
	if g.join == nil {
		return
	}
	for _, h := range living {
		if h.parent != g {
			continue
		}
		x.abortBelow(h, living, cause)
		x.abortState(h, cause)
		if g.state.kind == asl.Map {
			x.emit(Event{Type: MapIterationAborted, Frame: h.id, Prev: cause, State: g.state.name, Index: h.index})
		}
	}
}

// abortState ends the state that f is in: tasks, waits and the states that
// contain others are said to be aborted; a call that is under way is given up.
func (x *Execution) abortState(f *frame, cause int64) {
	switch {
	case f.state == nil || f.phase == exited:
		return
	case f.state.kind == asl.Task:
		if f.call == nil {
			return // it failed before it was scheduled
		}
		if f.phase.waits() {
			x.ask(f, Command{Kind: CancelTask})
		}
	case f.state.kind == asl.Wait:
		if f.phase == sleeping {
			x.ask(f, Command{Kind: CancelTask})
		}
	case f.state.kind == asl.Parallel || f.state.kind == asl.Map:
		if f.phase == failed {
			return // its own …StateFailed says so
		}
		if f.phase == sleeping {
			x.ask(f, Command{Kind: CancelTask})
		}
		if f.run != nil {
			x.ask(f, Command{Kind: CancelTask}) // F-074
			x.emit(Event{Type: MapRunAborted, Frame: f.id, Prev: cause})
		}
	default:
		return
	}
	x.emit(Event{Type: StateAborted, Frame: f.id, Prev: cause, Kind: f.state.kind})
}
