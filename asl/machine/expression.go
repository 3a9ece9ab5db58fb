package machine

import (
	"strings"

	"github.com/aslocal/aslocal/asl/intrinsic"
	"github.com/aslocal/aslocal/jsonpath"
	"github.com/aslocal/aslocal/value"
)

// This file evaluates the two kinds of expression that the JSONPath fields of
// a state hold: Paths and intrinsic function calls.

// An env is what an expression sees: the data ($), the context object ($$) and
// the variables of a frame. It lives during one evaluation.
type env struct {
	x    *Execution
	f    *frame
	data value.Value
	item *mapItem // in an ItemSelector
	task string   // the task token, in the arguments of a task that has one

	// In JSONata mode, where $states has them:
	result, errorOutput value.Value
	whole               bool // the context object is looked at
}

// env returns the environment for an evaluation in f with the given data. The
// execution has one, since one expression is evaluated at a time.
func (x *Execution) env(f *frame, data value.Value) *env {
	x.scratch = env{x: x, f: f, data: data}
	return &x.scratch
}

var _ jsonpath.Roots = (*env)(nil)

// Data returns what $ stands for.
func (e *env) Data() value.Value { return e.data }

// Context returns what $$ stands for.
func (e *env) Context() value.Value { return e.contextObject() }

// Variable returns what $name stands for.
func (e *env) Variable(name string) value.Value { return e.f.variable(name) }

// An expression is a compiled Path or intrinsic function call.
type expression struct {
	path *jsonpath.Path
	call *intrinsic.Call
}

// expression compiles the text of a field; intrinsic says whether a function
// call may stand there.
func (c *compiler) expression(field, text string) expression {
	if strings.HasPrefix(text, "$") {
		path, err := jsonpath.Compile(text)
		if err != nil {
			c.fail(field, "%v", err)
		}
		return expression{path: path}
	}
	call, err := intrinsic.Compile(text)
	if err != nil {
		c.fail(field, "%v", err)
	}
	return expression{call: call}
}

// eval evaluates the expression for the field of that name in a payload
// template, or ErrorPath or CausePath.
func (p *expression) eval(e *env, field string) (value.Value, *Failure) {
	if p.call != nil {
		v, err := p.call.Eval(e, e.x.draw())
		if err != nil {
			return value.Value{}, e.f.runtime("%v", err)
		}
		return v, nil
	}
	v, err := p.path.Eval(e)
	switch {
	case noData(err):
		return value.Value{}, e.f.runtime("%v", err)
	case err != nil:
		return value.Value{}, e.f.noTemplatePath(p.path.String(), field, e.shown(p.path))
	}
	return v, nil
}

// shown is the document that a message prints for a path that found nothing.
func (e *env) shown(p *jsonpath.Path) value.Value {
	if p.Root() == jsonpath.Context {
		return e.Context()
	}
	return e.data
}

// path compiles a field that holds a Path; nil if it is absent.
func (c *compiler) path(field string) *jsonpath.Path {
	v := c.field(field)
	if v.Kind() != value.String {
		return nil
	}
	return c.pathOf(field, v.Text())
}

// pathOf compiles a Path that stands at a location of the state.
func (c *compiler) pathOf(location, text string) *jsonpath.Path {
	p, err := jsonpath.Compile(text)
	if err != nil {
		c.fail(location, "%v", err)
	}
	return p
}
