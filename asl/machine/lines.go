package machine

import "github.com/aslocal/aslocal/value"

// This file implements what Parallel and inline Map share: lines of control
// that run below a state, the collection of their outputs, and the end of all of
// them when one fails.

// lines are the lines of control below an open state.
type lines struct {
	passive
	outputs []value.Value // by branch or iteration
	open    int           // how many run
}

// ready: whether a line can be opened, or all have ended, is for resume to see.
func (l *lines) ready(*frame) bool { return true }

func (l *lines) size() int { return len(l.outputs) }

// openLine adds a line of control.
func (x *Execution) openLine(f *frame) {
	if x.frames == nil {
		x.frames = make(map[int32]*frame)
	}
	x.lastFrame++
	f.id = x.lastFrame
	x.frames[f.id] = f
}

// collect keeps the output of a line that has ended.
func (l *lines) collect(p, g *frame, e *Event) {
	l.outputs[g.index] = g.raw
	l.open--
	p.prev = e.ID
}

// finish goes on with the result when all lines have ended.
func (l *lines) finish(x *Execution, f *frame, succeeded Type) *Failure {
	if l.open > 0 {
		return nil
	}
	x.emit(Event{Type: succeeded, Frame: f.id, Prev: f.prev})
	return x.complete(f, f.result)
}

// apply takes the event that all lines have succeeded.
func (l *lines) apply(_ *Execution, f *frame, e *Event) {
	f.result, f.exitPrev, f.phase, f.open = value.OfSlice(l.outputs), e.Prev, resulted, nil
}

// fail ends all lines because the state itself has failed, between two
// iterations.
func (l *lines) fail(x *Execution, f *frame, _ *Failure, prev int64) int64 {
	x.abortLines(f, nil, prev)
	return prev
}

// redriven keeps the outputs of the lines that have succeeded; the frames of the
// others are still there.
func (l *lines) redriven(*frame) bool { return true }

func (l *lines) code(c *coder, _ *Execution, _ *frame) {
	c.int(&l.open)
	for i := range length(c, &l.outputs) {
		c.value(&l.outputs[i])
	}
}

// abortLines ends the lines of control below p because f, one of them, has
// failed at the event cause: all events of it point back to that one (F-007).
//
// f is nil if p itself has failed.
func (x *Execution) abortLines(p, f *frame, cause int64) {
	if f != nil {
		f.in.failed(x, p, f, cause)
		x.abortState(f, cause)
	}
	living := x.living()
	for _, g := range living {
		if g == f || g.parent != p {
			continue
		}
		g.in.aborted(x, p, g, cause)
		x.abortBelow(g, living, cause)
		x.abortState(g, cause)
	}
}

// abortBelow ends the living lines of control below g, innermost first.
func (x *Execution) abortBelow(g *frame, living []*frame, cause int64) {
	if g.phase != opened {
		return
	}
	for _, h := range living {
		if h.parent != g {
			continue
		}
		x.abortBelow(h, living, cause)
		x.abortState(h, cause)
		h.in.aborted(x, g, h, cause)
	}
}

// abortState ends the state that f is in. What it waits for is given up; the
// history says that states which take time were aborted.
func (x *Execution) abortState(f *frame, cause int64) {
	switch {
	case f.state == nil || f.phase == exited || f.state.aborted == notAborted:
		return
	case f.state.aborted == abortedOnceOpen && f.open == nil:
		return
	case f.phase == failed && f.state.failed != 0:
		return // its own …StateFailed says so
	case f.phase == retrying:
		x.ask(f, Command{Kind: Cancel})
	case f.open != nil:
		f.open.abort(x, f, cause)
	}
	x.emit(Event{Type: StateAborted, Frame: f.id, Prev: cause, Kind: f.state.stateType.name})
}
