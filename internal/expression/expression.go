// Package expression evaluates the expressions of states, JSONata, JSONPath and
// calls of intrinsic functions, on data that somebody gives: in a playground, at
// a stop of the debugger, in a condition of a breakpoint.
package expression

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
	"unicode/utf16"

	"github.com/google/uuid"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/intrinsic"
	"github.com/aslocal/aslocal/jsonata"
	"github.com/aslocal/aslocal/jsonpath"
	"github.com/aslocal/aslocal/value"
)

// A Language is a language of expressions.
type Language string

// The languages.
const (
	JSONata   Language = "JSONata" // with or without {% %}
	JSONPath  Language = "JSONPath"
	Intrinsic Language = "Intrinsic" // a call such as States.Format('{}', $.name)

	JSONataTemplate  Language = "JSONataTemplate"  // JSON with {% %} in strings, as Arguments
	JSONPathTemplate Language = "JSONPathTemplate" // JSON with names that end in .$, as Parameters
)

// MaxTime is how long an expression may take, as in Step Functions.
const MaxTime = time.Second

// A Scope is the data that an expression can read. Fields without a value are
// not there for it.
type Scope struct {
	Input       value.Value // $states.input; $ in a path
	Result      value.Value // $states.result
	ErrorOutput value.Value // $states.errorOutput
	Context     value.Value // $states.context; $$ in a path
	Variables   value.Value // an object: $name
	Document    value.Value // $ of JSONata, which fields of states do not have
}

// An Expression is a compiled expression. It never changes.
type Expression struct {
	eval func(ctx context.Context, s *Scope) (value.Value, error)
}

// Compile compiles a text. The error is one of the language: [*jsonata.Error],
// [*jsonpath.SyntaxError], [*intrinsic.SyntaxError]; see [Place].
func Compile(language Language, text string) (*Expression, error) {
	switch language {
	case JSONata:
		if inner, ok := asl.ExpressionText(text); ok {
			text = inner
		}
		e, err := asl.CompileExpression(text)
		if err != nil {
			return nil, err
		}
		return &Expression{func(ctx context.Context, s *Scope) (value.Value, error) {
			found, err := e.Eval(ctx, s.Document, jsonata.Env{Variables: s.jsonata(), Now: time.Now, Random: rand.Float64, Limits: asl.ExpressionLimits()})
			switch {
			case err != nil:
				return found, err
			case !found.Exists():
				return found, ErrNothing
			case jsonata.IsFunction(found):
				return found, ErrFunction
			}
			return found, nil
		}}, nil
	case JSONPath:
		path, err := jsonpath.Compile(text)
		if err != nil {
			return nil, err
		}
		return &Expression{func(_ context.Context, s *Scope) (value.Value, error) { return path.Eval(s.roots()) }}, nil
	case Intrinsic:
		call, err := intrinsic.Compile(text)
		if err != nil {
			return nil, err
		}
		return &Expression{func(_ context.Context, s *Scope) (value.Value, error) { return call.Eval(s.roots(), chance{}) }}, nil
	case JSONataTemplate:
		return templateForm(jsonataMember).compile(text)
	case JSONPathTemplate:
		return templateForm(jsonpathMember).compile(text)
	}
	return nil, fmt.Errorf("language: expected JSONata, JSONPath, Intrinsic, JSONataTemplate or JSONPathTemplate, got %q", language)
}

// The errors of expressions whose value no state can use.
var (
	ErrNothing  = errors.New("the expression returned nothing (undefined)")
	ErrFunction = errors.New("the expression returned a function, which is no JSON")
)

// Eval evaluates the expression, for MaxTime at most. The error is one of the
// language, ErrNothing, ErrFunction, or that of the context.
func (e *Expression) Eval(ctx context.Context, s *Scope) (value.Value, error) {
	ctx, cancel := context.WithTimeout(ctx, MaxTime)
	defer cancel()
	return e.eval(ctx, s)
}

const statesVariable = "states"

func (s *Scope) jsonata() jsonata.Map {
	variables := make(jsonata.Map, 1+s.Variables.Len())
	for name, v := range s.Variables.Members() {
		variables[name] = v
	}
	states := value.OfMembers()
	for _, member := range []struct {
		name string
		v    value.Value
	}{{"input", s.Input}, {"context", s.Context}, {"result", s.Result}, {"errorOutput", s.ErrorOutput}} {
		if member.v.Exists() {
			states = states.With(member.name, member.v)
		}
	}
	variables[statesVariable] = states
	return variables
}

func (s *Scope) roots() roots { return roots{s} }

// roots is a Scope as paths see it.
type roots struct{ s *Scope }

// Data implements jsonpath.Roots.
func (r roots) Data() value.Value { return r.s.Input }

// Context implements jsonpath.Roots.
func (r roots) Context() value.Value { return r.s.Context }

// Variable implements jsonpath.Roots.
func (r roots) Variable(name string) value.Value { return r.s.Variables.Get(name) }

// chance gives States.UUID and States.MathRandom their values.
type chance struct{}

// UUID implements intrinsic.Random.
func (chance) UUID() string { return uuid.NewString() }

// Uint64 implements intrinsic.Random.
func (chance) Uint64() uint64 { return rand.Uint64() }

// Place words an error of Compile or Eval, and says where in the text it is, in
// bytes; -1 if that is not known.
func Place(text string, err error) (message string, offset int) {
	inner := 0
	if expression, ok := asl.ExpressionText(text); ok {
		inner = len(text) - len("%}") - len(expression)
	}
	if e, ok := errors.AsType[*jsonata.Error](err); ok {
		return e.Code + ": " + e.Message, min(len(text), inner+byteOffset(text[inner:], e.Position))
	}
	if e, ok := errors.AsType[*jsonpath.SyntaxError](err); ok {
		return e.Message, e.Offset
	}
	if e, ok := errors.AsType[*intrinsic.SyntaxError](err); ok {
		return e.Message, e.Offset
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "the expression takes longer than " + MaxTime.String(), -1
	}
	return err.Error(), -1
}

// byteOffset is the offset in bytes behind some UTF-16 code units.
func byteOffset(text string, units int) int {
	for i, r := range text {
		if units <= 0 {
			return i
		}
		units -= utf16.RuneLen(r)
	}
	return len(text)
}
