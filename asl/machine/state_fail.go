package machine

import (
	"github.com/aslocal/aslocal/value"
)

// A fail ends its workflow with an error that the definition names, literally
// or by a Path or intrinsic function; either part may be missing. Spec: "Fail
// State".
type fail struct {
	momentary
	name, cause failPart
}

// A failPart is Error or ErrorPath, Cause or CausePath.
type failPart struct {
	operand operand
	field   string
}

func compileFail(c *compiler, _ *state) kind {
	return &fail{name: c.failPart("Error"), cause: c.failPart("Cause")}
}

func (c *compiler) failPart(field string) failPart {
	if path := c.field(field + "Path"); path.Exists() {
		return failPart{operand: exprOperand{c.expression(field+"Path", path.Text())}, field: field + "Path"}
	}
	return failPart{operand: c.scalar(field), field: field}
}

func (s *fail) run(x *Execution, f *frame) *Failure {
	in, failure := f.state.flow.effective(x, f)
	if failure != nil {
		return failure
	}
	name, failure := s.name.eval(x, f, in)
	if failure != nil {
		return failure
	}
	cause, failure := s.cause.eval(x, f, in)
	if failure != nil {
		return failure
	}
	return &Failure{Name: name, Cause: cause}
}

// eval gives a string, or no value if the definition gives none.
func (p *failPart) eval(x *Execution, f *frame, in value.Value) (value.Value, *Failure) {
	if p.operand == nil {
		return value.Value{}, nil
	}
	v, failure := p.operand.eval(x.env(f, in), p.field)
	if failure == nil && v.Kind() != value.String {
		failure = f.runtime("The value of the field '%s' must be a string but was: %s", p.field, v)
	}
	return v, failure
}
