package machine

// A succeed ends its workflow. Spec: "Succeed State".
type succeed struct{}

func compileSucceed(*compiler, *state) work { return succeed{} }

func (succeed) run(x *Execution, f *frame) {
	in, failure := f.state.flow.arguments(x, f)
	if failure != nil {
		x.fail(f, failure)
		return
	}
	f.result = in
	x.complete(f)
}
