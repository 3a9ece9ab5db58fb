package machine

import "github.com/aslocal/aslocal/value"

// A pass hands its input on, or a fixed result, or what its data flow makes of
// the input. Spec: "Pass State".
type pass struct {
	result value.Value // literal: never a template
}

func compilePass(c *compiler, _ *state) work { return &pass{result: c.field("Result")} }

func (p *pass) run(x *Execution, f *frame) {
	result := p.result
	x.note(f, Result, result)
	if !result.Exists() {
		var failure *Failure
		if result, failure = f.state.flow.arguments(x, f); failure != nil {
			x.fail(f, failure)
			return
		}
	}
	f.result = result
	x.complete(f)
}
