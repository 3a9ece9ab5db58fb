package machine

import (
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/asl"
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

// queryOperand is a field in JSONata mode: an expression, or a literal. It is a
// string here, a number where integer and float ask for one.
type queryOperand struct{ query *query }

func (o queryOperand) eval(e *env, _ string) (value.Value, *Failure) {
	return o.query.expect(e, value.String)
}

// scalar compiles a field that holds one scalar; nil if it is absent.
func (c *compiler) scalar(field string) operand { return c.scalarOf(field, c.field(field)) }

// scalarOf compiles a scalar that stands at a location of the state.
func (c *compiler) scalarOf(location string, v value.Value) operand {
	switch {
	case !v.Exists():
		return nil
	case c.source.QueryLanguage == asl.JSONata:
		return queryOperand{c.queryOf(location, v)}
	}
	return literal{v}
}

// number compiles a numeric field of the state or its …Path form; nil if both
// are absent.
func (c *compiler) number(field string) operand { return c.numberIn("", c.source.Fields, field) }

// numberIn compiles a numeric field of an object in the state, which stands at a
// location that ends in a slash.
func (c *compiler) numberIn(at string, v value.Value, field string) operand {
	if path := v.Get(field + "Path"); path.Kind() == value.String {
		return pathOperand{c.pathOf(at+field+"Path", path.Text())}
	}
	return c.scalarOf(at+field, v.Get(field))
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
	return 0, notValid(o, e, field, "integer", v)
}

// float evaluates a numeric field that need not be an integer, with the same
// rules.
func float(o operand, e *env, field string) (float64, *Failure) {
	if q, ok := o.(queryOperand); ok {
		v, failure := q.query.number(e, field)
		return v.Float(), failure
	}
	v, failure := o.eval(e, field)
	if failure != nil {
		return 0, failure
	}
	if v.Kind() == value.Number {
		return v.Float(), nil
	}
	if n, err := strconv.ParseFloat(v.Text(), 64); err == nil {
		return n, nil
	}
	return 0, notValid(o, e, field, "float", v)
}

// notValid is a value of another type than the field takes. Literals are checked by
// the validator, so the service has words for paths only.
func notValid(o operand, e *env, field, wanted string, v value.Value) *Failure {
	at := ""
	if path, ok := o.(pathOperand); ok {
		field, at = field+"Path", ": "+path.path.String()
	}
	return e.f.runtime("The %s field refers to value \"%s\" which is not a valid %s%s", field, plain(v), wanted, at)
}

// plain prints a value inside quotes: a string without its own.
func plain(v value.Value) string {
	if v.Kind() == value.String {
		return v.Text()
	}
	return v.String()
}
