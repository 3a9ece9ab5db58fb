package ui

import (
	"context"
	"time"

	"github.com/aslocal/aslocal/internal/expression"
	"github.com/aslocal/aslocal/value"
)

// This file tries expressions on data.

// evaluation evaluates an expression. One that has no value is an answer, too.
func (u *UI) evaluation(ctx context.Context, in *Evaluate) (*Evaluated, error) {
	s, err := scopeOf(in)
	if err != nil {
		return nil, err
	}
	switch expression.Language(in.Language) {
	case expression.JSONata, expression.JSONPath, expression.Intrinsic, expression.JSONataTemplate, expression.JSONPathTemplate:
	default:
		return nil, refuse("language: expected JSONata, JSONPath, Intrinsic, JSONataTemplate or JSONPathTemplate, got %q", in.Language)
	}
	select {
	case u.evaluate <- struct{}{}:
		defer func() { <-u.evaluate }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	began := time.Now()
	var found value.Value
	compiled, err := expression.Compile(expression.Language(in.Language), in.Expression)
	if err == nil {
		found, err = compiled.Eval(ctx, s)
	}
	out := &Evaluated{Position: -1, Microseconds: time.Since(began).Microseconds()}
	switch {
	case err != nil:
		out.Error, out.Position = expression.Place(in.Expression, err)
	case !found.Exists(): // no path gives that
		out.Error = expression.ErrNothing.Error()
	default:
		out.Value = found.String()
	}
	return out, nil
}

func scopeOf(in *Evaluate) (*expression.Scope, error) {
	s := &expression.Scope{}
	for _, member := range []struct {
		name, text, otherwise string
		to                    *value.Value
	}{
		{"input", in.Input, "{}", &s.Input}, {"context", in.Context, "{}", &s.Context}, {"variables", in.Variables, "{}", &s.Variables}, {"result", in.Result, "", &s.Result},
		{"errorOutput", in.ErrorOutput, "", &s.ErrorOutput},
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
	if s.Variables.Kind() != value.Object {
		return nil, refuse("variables: expected an object")
	}
	s.Document = s.Input
	return s, nil
}
