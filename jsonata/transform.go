package jsonata

import (
	"slices"
	"sync/atomic"

	"github.com/aslocal/aslocal/value"
)

// This file is the transform operator, a function that copies its argument and
// changes the objects in the copy that a pattern selects.
//
// Values are immutable. So the objects of the copy get numbers, in their marks,
// which the evaluation of the pattern passes on; a table has the present state of
// each object; and in the end the changed parts of the copy are made anew from the
// table.

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
	t := &transform{
		clone: c.variable("clone", collapse), pattern: clauses[0], update: clauses[1],
		position: n.position, updatePosition: n.rhs.position, depth: n.depth,
	}
	if n.third != nil {
		t.remove, t.removePosition = clauses[2], n.third.position
		if names := literalTexts(n.third); names != nil {
			t.remove, t.names = nil, names
		}
	}
	return func(f *frame, in value.Value) (value.Value, error) {
		return ofFunction(&function{arity: 1, signature: transformSignature, call: func(c Call, args []value.Value) (value.Value, error) {
			r := c.run
			depth, level := r.depth, r.level
			r.depth = level - t.depth // the clauses are evaluated below the call
			v, err := t.apply(f, args[0])
			r.depth, r.level = depth, level
			return v, err
		}}), nil
	}, nil
}

// literalTexts returns the strings of a string literal or of an array of them;
// nil if n is something else.
func literalTexts(n *node) (list []value.Value) {
	items := []*node{n}
	if n.kind == nodeArray && len(n.predicates) == 0 && n.group == nil {
		items = n.items
	}
	for _, item := range items {
		if item.kind != nodeString || len(item.predicates) > 0 || item.group != nil {
			return nil
		}
		list = append(list, item.literal())
	}
	return list
}

var transformSignature = mustSignature("<(oa):o>")

// A transform is a compiled transform.
type transform struct {
	clone, pattern, update, remove           eval
	names                                    []value.Value // to remove, if they are literals
	position, updatePosition, removePosition int
	depth                                    int // of the operator in its body
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
	arg, err = r.apply(clone, r.stack[base:], value.NullValue)
	r.stack = r.stack[:base]
	if err != nil {
		return value.Value{}, err
	}
	c := &copying{run: r, first: copies.Add(maxCopied)}
	whole, err := c.number(arg)
	if err != nil {
		return value.Value{}, err
	}
	c.objects = slices.Clone(c.copies)
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
	if fn := functionOf(match); fn != nil && fn.javaScript() {
		return &Error{Code: "D1010", Position: t.position}
	}
	now, err := c.now(match)
	if err != nil {
		return err
	}
	update, err := t.update(f, now)
	if err != nil {
		return err
	}
	if update.Exists() {
		if update.Kind() != value.Object {
			return &Error{Code: "T2011", Position: t.updatePosition, Value: update}
		}
		switch match.Kind() {
		case value.Object, value.Array:
		default:
			if update.Len() > 0 && !isFunction(match) {
				return &Error{Code: codeNotObject, Position: t.position, Value: match}
			}
		}
		if err := c.run.checkSize(update); err != nil {
			return err
		}
		update = clean(update) // objects of the copy in it keep their present state
	}
	at := c.entry(match) // nil for an array, and for a value outside the copy
	removed := t.names
	if t.remove != nil {
		if at != nil && update.Exists() {
			if err := c.edit(at, update, nil); err != nil {
				return err
			}
			update = value.Value{}
			if now, err = c.now(match); err != nil {
				return err
			}
		}
		v, err := t.remove(f, now)
		if err != nil {
			return err
		}
		if removed, err = t.removed(v); err != nil {
			return err
		}
	}
	if at == nil || !update.Exists() && removed == nil {
		return nil
	}
	return c.edit(at, update, removed)
}

// removed returns the names to remove.
func (t *transform) removed(v value.Value) ([]value.Value, error) {
	if !v.Exists() {
		return nil, nil
	}
	names := itemsOf(v)
	if !allOf(names, value.String) {
		return nil, &Error{Code: "T2012", Position: t.removePosition, Value: v}
	}
	return names, nil
}

// An edit is the effect of update and removal on objects of one shape. The objects
// that a transform selects mostly have one shape.
type edit struct {
	from, update *value.Shape
	removed      []value.Value
	to           *value.Shape
	source       []int // of each member: in the object, or from -1 down in the update
}

// edit merges update into an object and removes members.
func (c *copying) edit(at *value.Value, update value.Value, removed []value.Value) error {
	e := &c.last
	if e.to == nil || e.from != at.Shape() || e.update != update.Shape() || !sameTexts(e.removed, removed) {
		*e = newEdit(*at, update, removed, c.run.expr.ordered)
	}
	members, updates := at.MemberValues(), update.MemberValues()
	out := c.slice(len(e.source))
	for i, from := range e.source {
		if from >= 0 {
			out[i] = members[from]
		} else {
			out[i] = updates[-1-from]
		}
	}
	*at = e.to.New(out)
	c.changed = true
	return c.run.grow(len(out))
}

func sameTexts(a, b []value.Value) bool {
	return slices.EqualFunc(a, b, func(x, y value.Value) bool { return x.Text() == y.Text() })
}

func newEdit(v, update value.Value, removed []value.Value, ordered bool) edit {
	e := edit{from: v.Shape(), update: update.Shape(), removed: removed}
	source := map[string]int{}
	var names []string
	add := func(name string, at int) {
		if _, ok := source[name]; !ok {
			names = append(names, name)
		}
		source[name] = at
	}
	for i := range v.Len() {
		add(e.from.Name(i), i)
	}
	for i := range update.Len() {
		add(e.update.Name(i), -1-i)
	}
	for _, name := range removed {
		delete(source, name.Text())
	}
	names = slices.DeleteFunc(names, func(name string) bool { _, ok := source[name]; return !ok })
	if ordered {
		sortIndices(names)
	}
	for _, name := range names {
		e.source = append(e.source, source[name])
	}
	e.to = value.NewShape(names...)
	return e
}

// copies counts the copies, so that no two of them share the numbers of objects:
// the results of expressions keep them. A copy has fewer than maxCopied objects,
// because the memory of an evaluation is limited.
var copies atomic.Uint64

const maxCopied = 1 << 32

// A copying is the copy that a transform works on.
type copying struct {
	run     *run
	first   uint64        // number of the first object
	copies  []value.Value // the objects of the copy
	objects []value.Value // their present state, in which the members have their first state
	changed bool
	last    edit
	slab    []value.Value // that members and items are cut from
}

// slice returns room for n values. They are cut from a slab, because the result of
// a transform is one tree.
func (c *copying) slice(n int) []value.Value {
	const slab = 256
	if len(c.slab) < n {
		if n > slab/4 {
			return make([]value.Value, n)
		}
		c.slab = make([]value.Value, min(slab, 4*len(c.copies)+n))
	}
	out := c.slab[:n:n]
	c.slab = c.slab[n:]
	return out
}

// number copies v and numbers its objects. An array without objects is not copied.
func (c *copying) number(v value.Value) (value.Value, error) {
	if err := c.run.poll(); err != nil {
		return value.Value{}, err
	}
	switch v.Kind() {
	case value.Array:
		out, err := c.numberAll(v.Slice(), false)
		if out == nil {
			return v, err
		}
		return marked(value.OfSlice(out), markOf(v)), err
	case value.Object:
		place := len(c.copies)
		c.copies = append(c.copies, v)
		if v.Len() > 0 {
			out, err := c.numberAll(v.MemberValues(), true)
			if err != nil {
				return value.Value{}, err
			}
			v = v.Shape().New(out)
		}
		c.copies[place] = v
		return marked(v, (c.first+uint64(place))<<markBits), nil
	}
	return v, nil
}

// numberAll copies the values; it returns nil if none of them changes and no copy
// is wanted.
func (c *copying) numberAll(list []value.Value, wanted bool) (out []value.Value, err error) {
	for i, item := range list {
		if k := item.Kind(); k == value.Array || k == value.Object {
			numbered, err := c.number(item)
			if err != nil {
				return nil, err
			}
			wanted = wanted || k == value.Object || !same(numbered, item)
			item = numbered
		}
		if !wanted {
			continue
		}
		if out == nil {
			if err := c.run.grow(len(list)); err != nil {
				return nil, err
			}
			out = c.slice(len(list))
			copy(out, list[:i])
		}
		out[i] = item
	}
	return out, nil
}

// entry returns the place in the table of an object of the copy, nil for any
// other value.
func (c *copying) entry(v value.Value) *value.Value {
	if v.Kind() != value.Object {
		return nil
	}
	i := markOf(v)>>markBits - c.first
	if i >= uint64(len(c.copies)) || v.Len() > 0 && !same(v, c.copies[i]) { // a changed one has the mark, too
		return nil
	}
	return &c.objects[i]
}

// now returns the present state of a value of the copy.
func (c *copying) now(v value.Value) (value.Value, error) {
	if !c.changed {
		return v, nil
	}
	if err := c.run.poll(); err != nil {
		return value.Value{}, err
	}
	mark, list := markOf(v), v.Slice()
	if at := c.entry(v); at != nil {
		v = marked(*at, mark)
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
		if same(new, item) {
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
		return marked(value.OfSlice(out), mark), nil
	}
	return marked(v.Shape().New(out), mark), nil
}
