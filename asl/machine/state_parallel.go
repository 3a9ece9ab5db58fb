package machine

import "github.com/aslocal/aslocal/value"

// A parallel runs its branches on the effective input, all at once; its result
// is the array of their outputs. Spec: "Parallel State".
type parallel struct{ flows []*workflow }

func compileParallel(c *compiler, st *state) kind {
	for _, b := range c.source.Branches {
		flow, err := compileWorkflow(b)
		if err != nil && c.err == nil {
			c.err = err
		}
		st.branches = append(st.branches, flow)
	}
	return &parallel{st.branches}
}

func (p *parallel) run(x *Execution, f *frame) *Failure {
	if mock := x.mock(f); mock != nil { // before anything is evaluated (F-058)
		return x.mocked(f, mock)
	}
	in, failure := f.state.flow.arguments(x, f)
	if failure == nil {
		failure = f.fits(in)
	}
	if failure != nil {
		return failure
	}
	first := x.lastFrame + 1
	x.emit(Event{Type: ParallelStateStarted, Frame: f.id, Prev: f.prev, Doc: in})
	for id := first; id <= x.lastFrame; id++ {
		x.again(x.frames[id])
	}
	return f.open.resume(x, f) // no branches: nothing to wait for
}

// open starts all branches at once. Their frames are numbered on from the last
// one, so that a replay numbers them alike.
func (p *parallel) open(x *Execution, f *frame, e *Event) openState {
	b := &branches{parallel: p, lines: lines{outputs: make([]value.Value, len(p.flows)), open: len(p.flows)}}
	for i, flow := range p.flows {
		x.openLine(&frame{index: int32(i), parent: f, in: b, flow: flow, raw: e.Doc, prev: e.ID})
	}
	return b
}

func (p *parallel) restore() openState { return &branches{parallel: p} }

// branches are the open part of a Parallel state.
type branches struct {
	lines
	parallel *parallel
}

func (b *branches) resume(x *Execution, f *frame) *Failure {
	return b.finish(x, f, ParallelStateSucceeded)
}

func (b *branches) line(index int32) *workflow { return b.parallel.flows[index] }
func (b *branches) item(int32) *mapItem        { return nil }
func (b *branches) ends(t Type) bool           { return t == StateExited }

// A branch has no events of its own.

func (b *branches) succeeded(*Execution, *frame, *frame)      {}
func (b *branches) failed(*Execution, *frame, *frame, int64)  {}
func (b *branches) aborted(*Execution, *frame, *frame, int64) {}

func (b *branches) sound(*frame) bool { return len(b.outputs) == len(b.parallel.flows) }
