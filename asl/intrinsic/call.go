package intrinsic

import (
	"errors"
	"strings"

	"github.com/aslocal/aslocal/jsonpath"
	"github.com/aslocal/aslocal/value"
)

// This file evaluates calls.

// maxPayload is the maximum size of an argument or a result in bytes of JSON.
const maxPayload = 262_144

// Random is the source of States.UUID and States.MathRandom. An execution makes it
// from its seed, so that a replay gives the same values.
type Random interface {
	// UUID returns a random (version 4) UUID in lower case.
	UUID() string
	// Uint64 returns 64 random bits.
	Uint64() uint64
}

// Call is a compiled call of an intrinsic function. It never changes, so
// goroutines may share it.
type Call struct {
	text      string
	function  *function
	arguments []argument
}

// An argument is a literal, a path or another call.
type argument struct {
	literal  value.Value
	template *template // a literal string, as States.Format reads it
	path     *jsonpath.Path
	offset   int // of the path in the text that was compiled
	call     *Call
}

// String returns the call as it was written.
func (c *Call) String() string { return c.text }

// ReturnsString reports whether ErrorPath and CausePath accept the function: it
// returns a string, or may do so (States.ArrayGetItem). Spec: "Fail State".
func (c *Call) ReturnsString() bool { return c.function.returnsString }

// Paths calls visit for the paths among the arguments, including those of inner
// calls, in the order in which they are written. offset is the first byte of the path
// in the text that was compiled.
func (c *Call) Paths(visit func(offset int, p *jsonpath.Path)) {
	for i := range c.arguments {
		switch a := &c.arguments[i]; {
		case a.call != nil:
			a.call.Paths(visit)
		case a.path != nil:
			visit(a.offset, a.path)
		}
	}
}

// Eval evaluates the arguments in their order and then the function. The error is an
// *Error. random is used only by functions that need it.
func (c *Call) Eval(r jsonpath.Roots, random Random) (value.Value, error) {
	v, err := c.eval(r, random)
	if err != nil {
		if bad := new(Error); errors.As(err, &bad) {
			bad.Call = c.text
		}
	}
	return v, err
}

func (c *Call) eval(r jsonpath.Roots, random Random) (value.Value, error) {
	in := invocation{function: c.function, random: random}
	in.values = in.few[:0]
	for i := range c.arguments {
		v, err := c.arguments[i].eval(r, random)
		if err != nil {
			return value.Value{}, err
		}
		in.values = append(in.values, v)
	}
	if len(c.arguments) > 0 {
		in.template = c.arguments[0].template
	}
	return in.run()
}

func (a *argument) eval(r jsonpath.Roots, random Random) (value.Value, error) {
	switch {
	case a.call != nil:
		return a.call.eval(r, random)
	case a.path == nil:
		return a.literal, nil
	}
	v, err := a.path.EvalIn(jsonpath.Maps, r)
	if err == nil {
		return v, nil
	}
	if notFound := new(jsonpath.NotFoundError); !errors.As(err, &notFound) {
		return value.Value{}, &Error{Path: true, Detail: err.Error()} // the engine's own words (F-177)
	}
	// The service shows the state's input even for a path into the context object, and
	// that path with one $ only (F-110).
	path := a.path.String()
	if a.path.Root() == jsonpath.Context {
		path = strings.TrimPrefix(path, "$")
	}
	return value.Value{}, pathNotFound(path, r.Data())
}
