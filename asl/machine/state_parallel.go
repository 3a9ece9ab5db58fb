package machine

// A parallel runs its branches on the effective input, all at once; its result
// is the array of their outputs. Spec: "Parallel State".
type parallel struct{}

func compileParallel(c *compiler, st *state) work {
	for _, b := range c.source.Branches {
		flow, err := compileWorkflow(b)
		if err != nil && c.err == nil {
			c.err = err
		}
		st.branches = append(st.branches, flow)
	}
	return parallel{}
}

func (parallel) run(x *Execution, f *frame) {
	if x.mocked(f) { // before anything is evaluated (F-058)
		return
	}
	in, failure := f.state.flow.arguments(x, f)
	if failure == nil {
		failure = f.fits(in)
	}
	if failure != nil {
		x.fail(f, failure)
		return
	}
	first := x.lastFrame + 1
	x.emit(Event{Type: ParallelStateStarted, Frame: f.id, Prev: f.prev, Doc: in})
	for id := first; id <= x.lastFrame; id++ {
		x.again(x.frames[id])
	}
	x.fan(f) // no branches: nothing to wait for
}
