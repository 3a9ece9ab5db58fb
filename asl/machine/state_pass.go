package machine

import "github.com/aslocal/aslocal/value"

// A pass hands its input on, or a fixed result, or what its data flow makes of
// the input. Spec: "Pass State".
type pass struct {
	momentary
	result value.Value // literal: never a template
}

func compilePass(c *compiler, _ *state) kind { return &pass{result: c.field("Result")} }

func (p *pass) run(x *Execution, f *frame) *Failure {
	result := p.result
	x.note(f, Result, result)
	if !result.Exists() {
		var failure *Failure
		if result, failure = f.state.flow.arguments(x, f); failure != nil {
			return failure
		}
	}
	return x.complete(f, result)
}
