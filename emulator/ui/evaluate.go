package ui

import (
	"context"
	"errors"
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

// This file tries expressions on data.

// maxEvaluation is how long an expression may take, as in Step Functions.
const maxEvaluation = time.Second

// evaluation evaluates an expression. One that has no value is an answer, too.
func (u *UI) evaluation(ctx context.Context, in *Evaluate) (*Evaluated, error) {
	s, err := scopeOf(in)
	if err != nil {
		return nil, err
	}
	eval, ok := languages[in.Language]
	if form, isTemplate := templateForms[in.Language]; isTemplate {
		eval, ok = form.eval, true
	}
	if !ok {
		return nil, refuse("language: expected JSONata, JSONPath, Intrinsic, JSONataTemplate or JSONPathTemplate, got %q", in.Language)
	}
	select {
	case u.evaluate <- struct{}{}:
		defer func() { <-u.evaluate }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, maxEvaluation)
	defer cancel()
	began := time.Now()
	found, err := eval(ctx, in.Expression, s)
	out := &Evaluated{Position: -1, Microseconds: time.Since(began).Microseconds()}
	switch {
	case err != nil:
		out.Error, out.Position = evaluationError(in.Expression, err)
	case !found.Exists():
		out.Error = errNothing.Error()
	case jsonata.IsFunction(found):
		out.Error = errFunction.Error()
	default:
		out.Value = found.String()
	}
	return out, nil
}

// Why what an expression gives is no JSON.
var (
	errNothing  = errors.New("the expression returned nothing (undefined)")
	errFunction = errors.New("the expression returned a function, which is no JSON")
)

// templateForms are the languages of templates.
var templateForms = map[string]templateForm{"JSONataTemplate": jsonataTemplate, "JSONPathTemplate": jsonpathTemplate}

// languages compile and evaluate, by language.
var languages = map[string]func(ctx context.Context, text string, s *scope) (value.Value, error){
	"JSONata": func(ctx context.Context, text string, s *scope) (value.Value, error) {
		if inner, ok := asl.ExpressionText(text); ok {
			text = inner
		}
		e, err := asl.CompileExpression(text)
		if err != nil {
			return value.Value{}, err
		}
		return e.Eval(ctx, s.input, jsonata.Env{Variables: s.variables, Now: time.Now, Random: rand.Float64, Limits: asl.ExpressionLimits()})
	},
	"JSONPath": func(_ context.Context, text string, s *scope) (value.Value, error) {
		path, err := jsonpath.Compile(text)
		if err != nil {
			return value.Value{}, err
		}
		return path.Eval(s)
	},
	"Intrinsic": func(_ context.Context, text string, s *scope) (value.Value, error) {
		call, err := intrinsic.Compile(text)
		if err != nil {
			return value.Value{}, err
		}
		return call.Eval(s, chance{})
	},
}

// A scope is the data that an expression can read. It implements jsonpath.Roots.
type scope struct {
	input, context value.Value
	variables      jsonata.Map // and $states
}

const statesVariable = "states"

func (s *scope) Data() value.Value    { return s.input }
func (s *scope) Context() value.Value { return s.context }

func (s *scope) Variable(name string) value.Value {
	if name == statesVariable {
		return value.Value{}
	}
	return s.variables[name]
}

// chance gives States.UUID and States.MathRandom their values.
type chance struct{}

func (chance) UUID() string   { return uuid.NewString() }
func (chance) Uint64() uint64 { return rand.Uint64() }

func scopeOf(in *Evaluate) (*scope, error) {
	s := &scope{variables: jsonata.Map{}}
	var variables, result, errorOutput value.Value
	for _, member := range []struct {
		name, text, otherwise string
		to                    *value.Value
	}{
		{"input", in.Input, "{}", &s.input}, {"context", in.Context, "{}", &s.context}, {"variables", in.Variables, "{}", &variables}, {"result", in.Result, "", &result},
		{"errorOutput", in.ErrorOutput, "", &errorOutput},
	} {
		text := member.text
		if text == "" {
			text = member.otherwise
		}
		if text == "" {
			continue
		}
		var err error
		if *member.to, err = value.Parse(text); err != nil {
			return nil, refuse("%s: expected JSON: %v", member.name, err)
		}
	}
	if variables.Kind() != value.Object {
		return nil, refuse("variables: expected an object")
	}
	for name, v := range variables.Members() {
		s.variables[name] = v
	}
	states := value.OfMembers("input", s.input, "context", s.context)
	if result.Exists() {
		states = states.With("result", result)
	}
	if errorOutput.Exists() {
		states = states.With("errorOutput", errorOutput)
	}
	s.variables[statesVariable] = states
	return s, nil
}

// evaluationError words an error, and says where in the expression it is, in bytes; -1 if
// that is not known.
func evaluationError(text string, err error) (message string, position int) {
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
		return "the expression takes longer than " + maxEvaluation.String(), -1
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
