package machine

// A succeed ends its workflow. Spec: "Succeed State".
type succeed struct{ momentary }

func compileSucceed(*compiler, *state) kind { return succeed{} }

func (succeed) run(x *Execution, f *frame) *Failure {
	in, failure := f.state.flow.arguments(x, f)
	if failure != nil {
		return failure
	}
	return x.complete(f, in)
}
