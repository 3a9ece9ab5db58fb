package jsonata

import (
	"github.com/aslocal/aslocal/value"
)

// This file is the transform operator, a function that copies its argument and
// changes the objects in the copy that a pattern selects.
//
// Values do not change, so the copy's objects carry numbers (in the marks of
// their Values, which the pattern's evaluation passes on), a table holds what has
// become of each, and in the end the copy is put together anew from the table
// where something has changed.

// transform compiles "|pattern|update,delete|".
func (c *compiler) transform(n *node) (eval, error) {
	c.capture()
	var clauses [3]eval
	for i, clause := range [...]*node{n.lhs, n.rhs, n.third} {
		if clause == nil {
			continue
		}
		var err error
		if clauses[i], err = c.node(clause); err != nil {
			return nil, err
		}
	}
	c.marks = true
	t := &transform{clone: c.variable("clone", leaving), pattern: clauses[0], update: clauses[1], position: n.position, updatePosition: n.rhs.position}
	if n.third != nil {
		t.remove, t.removePosition = clauses[2], n.third.position
	}
	return func(f *frame, in value.Value) (value.Value, error) {
		return value.OfOpaque(&function{arity: 1, signature: transformSignature, call: func(c Call, args []value.Value) (value.Value, error) {
			return t.apply(f, args[0])
		}}), nil
	}, nil
}

var transformSignature = mustSignature("<(oa):o>")

// A transform is a compiled transform.
type transform struct {
	clone, pattern, update, remove           eval
	position, updatePosition, removePosition int
}

func (t *transform) apply(f *frame, arg value.Value) (value.Value, error) {
	if !arg.Exists() {
		return arg, nil
	}
	r := f.run
	fn, err := t.clone(f, value.Value{})
	if err != nil {
		return value.Value{}, err
	}
	clone := functionOf(fn)
	if clone == nil {
		return value.Value{}, &Error{Code: "T2013", Position: t.position}
	}
	base := len(r.stack)
	r.stack = append(r.stack, arg)
	arg, err = r.apply(clone, r.stack[base:], value.Nil)
	r.stack = r.stack[:base]
	if err != nil {
		return value.Value{}, err
	}
	c := &copying{run: r, first: r.nodes + 1}
	whole, err := c.number(arg)
	if err != nil {
		return value.Value{}, err
	}
	matches, err := t.pattern(f, whole)
	if err != nil {
		return value.Value{}, err
	}
	if matches.Exists() {
		for _, match := range itemsOf(matches) {
			if err := t.change(f, c, match); err != nil {
				return value.Value{}, err
			}
		}
	}
	return c.now(whole)
}

// change updates one match.
func (t *transform) change(f *frame, c *copying, match value.Value) error {
	if err := c.run.poll(); err != nil {
		return err
	}
	now, err := c.now(match)
	if err != nil {
		return err
	}
	update, err := t.update(f, now)
	if err != nil {
		return err
	}
	if update.Exists() && update.Kind() != value.Object {
		return &Error{Code: "T2011", Position: t.updatePosition, Value: update}
	}
	update = clean(update) // it may hold objects of the copy: as they are now
	var removed value.Value
	if t.remove != nil {
		if update.Exists() {
			now = merged(now, update)
		}
		if removed, err = t.remove(f, now); err != nil {
			return err
		}
		for _, name := range itemsOf(removed) {
			if removed.Exists() && name.Kind() != value.String {
				return &Error{Code: "T2012", Position: t.removePosition, Value: removed}
			}
		}
	}
	if !update.Exists() && !removed.Exists() {
		return nil
	}
	if k := match.Kind(); k != value.Object && k != value.Array && update.Exists() {
		return &Error{Code: codeNotObject, Position: t.position, Value: match}
	}
	at := c.entry(match)
	if at == nil {
		return nil // an array, or nothing of the copy
	}
	if update.Exists() {
		*at = merged(*at, update)
	}
	if removed.Exists() {
		for _, name := range itemsOf(removed) {
			*at = at.Without(name.Text())
		}
	}
	c.changed = true
	return c.run.grow(at.Len())
}

// merged adds the members of update to an object.
func merged(v, update value.Value) value.Value {
	if v.Kind() != value.Object {
		return v
	}
	for name, member := range update.Members() {
		v = v.With(name, member)
	}
	return v
}

// A copying is the copy that a transform works on.
type copying struct {
	run     *run
	first   uint64        // number of the first object
	objects []value.Value // as they are now, their members as they were in the beginning
	changed bool
}

// number copies v and numbers its objects.
func (c *copying) number(v value.Value) (value.Value, error) {
	var list []value.Value
	switch v.Kind() {
	default:
		return v, nil
	case value.Array:
		list = v.Slice()
	case value.Object:
		list = v.MemberValues()
		c.run.nodes++
		c.objects = append(c.objects, v)
	}
	number := c.run.nodes
	place := len(c.objects) - 1
	if err := c.run.grow(len(list)); err != nil {
		return value.Value{}, err
	}
	out := make([]value.Value, len(list))
	for i, item := range list {
		var err error
		if out[i], err = c.number(item); err != nil {
			return value.Value{}, err
		}
	}
	if v.Kind() == value.Array {
		return value.OfSlice(out).Marked(v.Mark()), nil
	}
	if v.Len() > 0 {
		v = v.Shape().New(out)
	}
	c.objects[place] = v
	return v.Marked(number << markBits), nil
}

// entry returns the place in the table of an object of the copy, nil for any
// other value.
func (c *copying) entry(v value.Value) *value.Value {
	if v.Kind() != value.Object {
		return nil
	}
	i := v.Mark()>>markBits - c.first
	if i >= uint64(len(c.objects)) {
		return nil
	}
	return &c.objects[i]
}

// now returns a value of the copy with all changes so far.
func (c *copying) now(v value.Value) (value.Value, error) {
	if !c.changed {
		return v, nil
	}
	list := v.Slice()
	if at := c.entry(v); at != nil {
		v = at.Marked(v.Mark())
	}
	if v.Kind() == value.Object {
		list = v.MemberValues()
	}
	var out []value.Value
	for i, item := range list {
		if k := item.Kind(); k != value.Array && k != value.Object {
			continue
		}
		new, err := c.now(item)
		if err != nil {
			return value.Value{}, err
		}
		if value.Same(new, item) {
			continue
		}
		if out == nil {
			if err := c.run.grow(len(list)); err != nil {
				return value.Value{}, err
			}
			out = append(make([]value.Value, 0, len(list)), list...)
		}
		out[i] = new
	}
	switch {
	case out == nil:
		return v, nil
	case v.Kind() == value.Array:
		return value.OfSlice(out).Marked(v.Mark()), nil
	}
	return v.Shape().New(out).Marked(v.Mark()), nil
}
