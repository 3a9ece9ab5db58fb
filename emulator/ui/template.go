package ui

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/jsonata"
	"github.com/aslocal/aslocal/value"
)

// This file tries templates on data: the JSON of a field such as Arguments, Assign or
// Parameters, in which some strings are expressions.

// A templateForm says which members of a template are expressions.
type templateForm struct {
	// expression returns the language of the expression in a member, "" if it is
	// none, and the name of the member in the result.
	expression func(name string, v value.Value) (language, resultName string)
}

var jsonataTemplate = templateForm{func(name string, v value.Value) (string, string) {
	if _, ok := asl.ExpressionText(v.Text()); ok {
		return "JSONata", name
	}
	return "", name
}}

var jsonpathTemplate = templateForm{func(name string, v value.Value) (string, string) {
	stem, ok := strings.CutSuffix(name, ".$")
	switch {
	case !ok:
		return "", name
	case strings.HasPrefix(v.Text(), "$"):
		return "JSONPath", stem
	}
	return "Intrinsic", stem
}}

// eval parses a template and evaluates its expressions. The first that fails is the
// error, with the JSON pointer of its place.
func (f templateForm) eval(ctx context.Context, text string, s *scope) (value.Value, error) {
	template, err := value.Parse(text)
	if err != nil {
		return value.Value{}, fmt.Errorf("expected JSON: %w", err)
	}
	out, _, err := f.member(ctx, "", "", template, s)
	return out, err
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

// member evaluates a member of a template, and returns the name that it has in the
// result.
func (f templateForm) member(ctx context.Context, pointer, name string, v value.Value, s *scope) (value.Value, string, error) {
	language, resultName := f.expression(name, v)
	if language != "" {
		found, err := languages[language](ctx, v.Text(), s)
		switch {
		case err != nil:
			message, _ := evaluationError(v.Text(), err)
			err = errors.New(message)
		case !found.Exists():
			err = errNothing
		case jsonata.IsFunction(found):
			err = errFunction
		}
		if err != nil && pointer != "" {
			err = fmt.Errorf("%s: %w", pointer, err)
		}
		return found, resultName, err
	}
	out := v
	switch v.Kind() {
	case value.Object:
		var b value.ObjectBuilder
		for name, member := range v.Members() {
			found, as, err := f.member(ctx, pointer+"/"+pointerEscape.Replace(name), name, member, s)
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
