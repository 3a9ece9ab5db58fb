package machine

import (
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/jsonpath"
	"github.com/aslocal/aslocal/value"
)

// This file evaluates fields that hold one scalar: a literal, a Reference Path
// in the field's …Path form, or in JSONata mode an expression.

// An operand is such a field.
type operand interface {
	eval(e *env, field string) (value.Value, *Failure)
}

type literal struct{ v value.Value }

func (l literal) eval(*env, string) (value.Value, *Failure) { return l.v, nil }

// exprOperand is ErrorPath or CausePath: a Path or an intrinsic function call.
type exprOperand struct{ expr expression }

func (o exprOperand) eval(e *env, field string) (value.Value, *Failure) {
	return o.expr.eval(e, field)
}

// pathOperand is the …Path form of a numeric field. A Path that finds nothing
// is worded as in InputPath.
type pathOperand struct{ path *jsonpath.Path }

func (o pathOperand) eval(e *env, _ string) (value.Value, *Failure) {
	v, err := o.path.Eval(e)
	if err != nil {
		return v, e.f.invalidPath(o.path.String(), err)
	}
	return v, nil
}

// literalOrExpression compiles the field; nil if it is absent.
func (c *compiler) literalOrExpression(field string) operand {
	v := c.field(field)
	if !v.Exists() {
		return nil
	}
	return c.scalar(field, v)
}

// number compiles a numeric field and its …Path form; nil if both are absent.
func (c *compiler) number(field string) operand {
	if path := c.path(field + "Path"); path != nil {
		return pathOperand{path}
	}
	return c.literalOrExpression(field)
}

// integer evaluates a numeric field of the state that f is in. A value that is
// no integer is refused in the words of the service; numerals in strings are
// read (F-011).
func integer(o operand, e *env, field string) (int64, *Failure) {
	if q, ok := o.(queryOperand); ok {
		v, failure := q.query.number(e, field)
		n, _ := v.Int()
		return n, failure
	}
	v, failure := o.eval(e, field)
	if failure != nil {
		return 0, failure
	}
	if n, ok := v.Int(); ok && v.IsInteger() {
		return n, nil
	}
	if n, err := strconv.ParseInt(strings.TrimSpace(v.Text()), 10, 64); err == nil {
		return n, nil
	}
	path, ok := o.(pathOperand)
	if !ok { // a literal, which the validator has not seen
		return 0, e.f.runtime("The %s field refers to value \"%s\" which is not a valid integer", field, plain(v))
	}
	return 0, e.f.runtime("The %sPath field refers to value \"%s\" which is not a valid integer: %s", field, plain(v), path.path)
}

// plain prints a value inside quotes: a string without its own.
func plain(v value.Value) string {
	if v.Kind() == value.String {
		return v.Text()
	}
	return v.String()
}
