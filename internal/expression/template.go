package expression

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// This file evaluates templates: the JSON of a field such as Arguments, Assign or
// Parameters, in which some strings are expressions.

// A templateForm says which members of a template are expressions: it returns the
// language of the expression in a member, "" if it is none, and the name of the
// member in the result.
type templateForm func(name string, v value.Value) (language Language, resultName string)

func jsonataMember(name string, v value.Value) (Language, string) {
	if _, ok := asl.ExpressionText(v.Text()); ok {
		return JSONata, name
	}
	return "", name
}

func jsonpathMember(name string, v value.Value) (Language, string) {
	stem, ok := strings.CutSuffix(name, ".$")
	switch {
	case !ok:
		return "", name
	case strings.HasPrefix(v.Text(), "$"):
		return JSONPath, stem
	}
	return Intrinsic, stem
}

// compile parses a template. The first of its expressions that fails is the error
// of its evaluation, with the JSON pointer of its place.
func (f templateForm) compile(text string) (*Expression, error) {
	template, err := value.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("expected JSON: %w", err)
	}
	return &Expression{func(ctx context.Context, s *Scope) (value.Value, error) {
		out, _, err := f.member(ctx, "", "", template, s)
		return out, err
	}}, nil
}

// member evaluates a member of a template, and returns the name that it has in the
// result.
func (f templateForm) member(ctx context.Context, pointer, name string, v value.Value, s *Scope) (value.Value, string, error) {
	language, resultName := f(name, v)
	if language != "" {
		found, err := evaluate(ctx, language, v.Text(), s)
		if err != nil {
			message, _ := Place(v.Text(), err)
			err = errors.New(message)
			if pointer != "" {
				err = fmt.Errorf("%s: %w", pointer, err)
			}
		}
		return found, resultName, err
	}
	out := v
	switch v.Kind() {
	case value.Object:
		var b value.ObjectBuilder
		for name, member := range v.Members() {
			found, as, err := f.member(ctx, pointer+"/"+position.Escape(name), name, member, s)
			if err != nil {
				return value.Value{}, "", err
			}
			b.Set(as, found)
		}
		out = b.Value()
	case value.Array:
		items := make([]value.Value, 0, v.Len())
		for i, item := range v.Items() {
			found, _, err := f.member(ctx, pointer+"/"+strconv.Itoa(i), "", item, s)
			if err != nil {
				return value.Value{}, "", err
			}
			items = append(items, found)
		}
		out = value.OfSlice(items)
	}
	return out, resultName, nil
}

// evaluate compiles and evaluates an expression in one go.
func evaluate(ctx context.Context, language Language, text string, s *Scope) (value.Value, error) {
	e, err := Compile(language, text)
	if err != nil {
		return value.Value{}, err
	}
	found, err := e.eval(ctx, s)
	if err == nil && !found.Exists() {
		err = ErrNothing
	}
	return found, err
}
