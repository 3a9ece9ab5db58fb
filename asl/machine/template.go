package machine

import (
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file implements Payload Templates: JSON in which a member whose name
// ends in ".$" holds a Path or an intrinsic function call. Spec: "Payload
// Template".

// A template is a compiled Payload Template, or a part of one: a constant, an
// expression, an object or an array.
type template struct {
	constant value.Value
	expr     expression
	field    string // of the expression, with its ".$"
	shape    *value.Shape
	parts    []template // members of the shape, or the items of an array
}

// template compiles a field that holds a Payload Template; nil if it is absent.
func (c *compiler) template(field string) *template {
	v := c.field(field)
	if !v.Exists() {
		return nil
	}
	return c.templateOf(field, v)
}

func (c *compiler) templateOf(field string, v value.Value) *template {
	t := c.part(field, v)
	return &t
}

// part compiles one value of a template. What holds no expression at any depth
// becomes a constant.
func (c *compiler) part(field string, v value.Value) template {
	constant := true
	var parts []template
	add := func(t template) {
		constant = constant && t.constant.Exists()
		parts = append(parts, t)
	}
	switch v.Kind() {
	case value.Object:
		fixed, filled := membersOf(v)
		names := append(fixed, filled...)
		for _, name := range fixed {
			add(c.part(field, v.Get(name)))
		}
		for _, stem := range filled {
			name := stem + ".$"
			add(template{expr: c.expression(field+"/"+name, v.Get(name).Text()), field: name})
		}
		if !constant {
			return template{shape: c.shape(field, names), parts: parts}
		}
	case value.Array:
		for _, item := range v.Items() {
			add(c.part(field, item))
		}
		if !constant {
			return template{parts: parts}
		}
	}
	return template{constant: v}
}

// membersOf returns the names of the members of an object in a template in the order
// of its result: first those that stand as they are; then, without their ".$", those
// that are filled in, in the order of a HashMap of Java (F-114).
func membersOf(v value.Value) (fixed, filled []string) {
	var stems []string
	var hashes []int32
	for name := range v.Members() {
		if stem, ok := strings.CutSuffix(name, ".$"); ok {
			stems, hashes = append(stems, stem), append(hashes, value.JavaStringHash(stem))
		} else {
			fixed = append(fixed, name)
		}
	}
	for _, i := range value.JavaHashOrder(hashes) {
		filled = append(filled, stems[i])
	}
	return fixed, filled
}

// shape makes the shape of an object whose names must still differ without
// their ".$".
func (c *compiler) shape(field string, names []string) *value.Shape {
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		if seen[name] {
			c.fail(field, "two members are named %q", name)
			return nil
		}
		seen[name] = true
	}
	return value.NewShape(names...)
}

// A body is a field that holds JSON with expressions in it: a Payload Template,
// or a query in JSONata mode.
type body interface {
	eval(e *env) (value.Value, *Failure)
}

// body compiles such a field in the query language of the state; nil if it is
// absent.
func (c *compiler) body(field string) body { return c.bodyOf(field, c.field(field)) }

// bodyOf compiles such JSON where it stands at a location of the state.
func (c *compiler) bodyOf(location string, v value.Value) body {
	switch {
	case !v.Exists():
		return nil
	case c.source.QueryLanguage == asl.JSONata:
		return c.queryOf(location, v)
	}
	return c.templateOf(location, v)
}

// eval fills the template in.
func (t *template) eval(e *env) (value.Value, *Failure) {
	switch {
	case t.constant.Exists():
		return t.constant, nil
	case t.parts == nil:
		return t.expr.eval(e, t.field)
	}
	values := make([]value.Value, len(t.parts))
	for i := range t.parts {
		v, failure := t.parts[i].eval(e)
		if failure != nil {
			return value.Value{}, failure
		}
		values[i] = v
	}
	if t.shape != nil {
		return t.shape.New(values), nil
	}
	return value.OfSlice(values), nil
}
