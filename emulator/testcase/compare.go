package testcase

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/internal/expression"
	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// This file compares values with what is expected of them.

// maxDifferences is how many differences of a value are told.
const maxDifferences = 5

// A difference is a place where a value is not as expected.
type difference struct {
	pointer   string // in the test file
	inside    string // where in the value, as in ".lines[2].sku"
	want, got string
}

// A comparison compares one value.
type comparison struct {
	ctx       context.Context // ends the evaluation of conditions
	partial   bool
	exact     bool        // texts {% … %} are texts
	variables value.Value // $input and $output of conditions
	found     []difference
}

// compare returns where a value is not as expected.
func compare(ctx context.Context, w Wanted, got, variables value.Value) []difference {
	c := comparison{ctx: ctx, partial: w.Partial, variables: variables}
	c.value(w.pointer, "", w.Value, got)
	return c.found
}

func (c *comparison) differ(pointer, inside, want, got string) {
	if len(c.found) < maxDifferences {
		c.found = append(c.found, difference{pointer, inside, want, got})
	}
}

func (c *comparison) value(pointer, inside string, want, got value.Value) {
	switch {
	case len(c.found) >= maxDifferences:
	case !c.exact && isCondition(want):
		c.condition(pointer, inside, want.Text(), got)
	case !got.Exists():
		c.differ(pointer, inside, extract(want), "nothing")
	case want.Kind() == value.Object && got.Kind() == value.Object:
		c.object(pointer, inside, want, got)
	case want.Kind() == value.Array && got.Kind() == value.Array:
		c.array(pointer, inside, want, got)
	case !value.Equal(want, got):
		c.differ(pointer, inside, extract(want), extract(got))
	}
}

func (c *comparison) object(pointer, inside string, want, got value.Value) {
	for name, member := range want.Members() {
		c.value(pointer+"/"+position.Escape(name), inside+dotted(name), member, got.Get(name))
	}
	if c.partial {
		return
	}
	for name, member := range got.Members() {
		if !want.Get(name).Exists() {
			c.differ(pointer, inside+dotted(name), "no such member", extract(member))
		}
	}
}

func (c *comparison) array(pointer, inside string, want, got value.Value) {
	for i := range max(want.Len(), got.Len()) {
		at, index := pointer+"/"+strconv.Itoa(i), inside+"["+strconv.Itoa(i)+"]"
		if i >= want.Len() {
			c.differ(pointer, index, "the end of the list", extract(got.Index(i)))
			return
		}
		c.value(at, index, want.Index(i), got.Index(i))
	}
}

// dotted is a member as people write it.
func dotted(name string) string {
	for _, r := range name {
		if r != '_' && (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z') {
			return "[" + strconv.Quote(name) + "]"
		}
	}
	return "." + name
}

// condition evaluates a condition on a value.
func (c *comparison) condition(pointer, inside, text string, got value.Value) {
	v, err := evaluate(c.ctx, text, got, c.variables)
	switch {
	case err != nil:
		c.differ(pointer, inside, strings.TrimSpace(text), fmt.Sprintf("%s, for which it fails: %v", extract(got), err))
	case v.Kind() != value.Bool:
		c.differ(pointer, inside, strings.TrimSpace(text)+" to be true or false", "it as "+extract(v)+" for "+extract(got))
	case !v.Bool():
		c.differ(pointer, inside, strings.TrimSpace(text), extract(got))
	}
}

// evaluate evaluates a JSONata expression on a document, $, with variables.
func evaluate(ctx context.Context, text string, document, variables value.Value) (value.Value, error) {
	e, err := expression.Compile(expression.JSONata, text)
	if err != nil {
		return value.Value{}, err
	}
	v, err := e.Eval(ctx, &expression.Scope{Document: document, Variables: variables})
	if err != nil {
		message, _ := expression.Place(text, err)
		return v, fmt.Errorf("%s", message)
	}
	return v, nil
}

// maxExtract is how many characters of a value are shown.
const maxExtract = 300

// extract is a value in a message.
func extract(v value.Value) string {
	if !v.Exists() {
		return "nothing"
	}
	return cut(v.String(), maxExtract)
}
