package jsonata

import (
	"github.com/aslocal/aslocal/jsonata/internal/wtf8"
	"github.com/aslocal/aslocal/value"
)

// This file evaluates paths without bindings. A path is a list of steps. Each step
// is evaluated on every item of the list before it, and its results are the next
// list; arrays among the results are flattened by one level.
//
// The lists are on the stack of the run. A path of names through objects needs no
// list at all.

// A path is a compiled path.
type path struct {
	steps    []step
	absolute bool // begins with a variable: the context is one item even if it is an array
	consHead bool // begins with an array constructor: evaluated once
	single   bool // "[]": a single result stays in an array
	group    *grouping
}

// A step is one step of a path.
type step struct {
	name    string // the name of a member, if isName
	isName  bool
	keep    bool // "[]" follows the name
	deep    bool // it is "**"
	eval    eval // otherwise
	filters []filter
	sort    *sorting // the step is an order-by clause
}

// path compiles a path. A path that binds something is in tuple.go.
func (c *compiler) path(n *node) (eval, error) {
	if n.binds() {
		return c.tuplePath(n)
	}
	p, err := c.steps(n)
	if err != nil {
		return nil, err
	}
	if n.group != nil {
		if p.group, err = c.grouping(n.group); err != nil {
			return nil, err
		}
		return p.evalGroup, nil
	}
	if names := p.names(); names != nil {
		return names, nil
	}
	return p.eval, nil
}

// steps compiles the steps of a path that binds nothing.
func (c *compiler) steps(n *node) (*path, error) {
	p := &path{
		absolute: n.items[0].kind == nodeVariable,
		consHead: n.items[0].cons,
		single:   n.singleton || n.keepArray,
	}
	for _, item := range n.items {
		s, err := c.step(item)
		if err != nil {
			return nil, err
		}
		p.steps = append(p.steps, s)
	}
	return p, nil
}

// step compiles one step.
func (c *compiler) step(n *node) (s step, err error) {
	switch {
	case n.kind == nodeName && len(n.predicates) == 0 && n.group == nil: // a string at the head of a path has predicates
		s.name, s.isName, s.keep = n.text, true, n.keepArray
	case n.kind == nodeDescendant && len(n.stages)+len(n.predicates) == 0 && n.group == nil && !n.keepArray:
		s.deep = true
	case n.kind == nodeSort:
		s.sort, err = c.sorting(n)
	default:
		s.eval, err = c.node(n)
	}
	if err != nil {
		return s, err
	}
	for _, st := range n.stages {
		if st.filter == nil {
			continue // numbering needs a tuple stream
		}
		f, err := c.filter(st.filter)
		if err != nil {
			return s, err
		}
		s.filters = append(s.filters, f)
	}
	return s, nil
}

// names returns an evaluator for a path of names only, also behind a variable; nil
// for any other path.
func (p *path) names() eval {
	first := 0
	if p.absolute {
		first = 1
	}
	for i, s := range p.steps {
		if len(s.filters) > 0 || i >= first && !s.isName || p.single {
			return nil
		}
	}
	steps := p.steps[first:]
	if p.absolute {
		head := p.steps[0].eval
		return func(f *frame, in value.Value) (value.Value, error) {
			v, err := head(f, in)
			if err != nil {
				return value.Value{}, err
			}
			for i := range steps {
				if v.Kind() != value.Object {
					return p.walk(f, first+i, v)
				}
				v = v.Get(steps[i].name)
			}
			return p.lone(f, v)
		}
	}
	if len(steps) == 1 {
		name := steps[0].name
		return func(f *frame, in value.Value) (value.Value, error) {
			if in.Kind() != value.Object {
				return p.eval(f, in)
			}
			return p.lone(f, in.Get(name))
		}
	}
	return func(f *frame, in value.Value) (value.Value, error) {
		v := in
		for i := range steps {
			if v.Kind() != value.Object {
				if i == 0 {
					return p.eval(f, in)
				}
				return p.walk(f, i, v)
			}
			v = v.Get(steps[i].name)
		}
		return p.lone(f, v)
	}
}

// lone returns the only result of the last step as the value of the path.
func (p *path) lone(f *frame, v value.Value) (value.Value, error) {
	if isSequence(v) {
		return f.run.finish(value.Value{}, len(f.run.stack), v.Slice(), p.single)
	}
	return v, nil
}

// eval evaluates a path.
func (p *path) eval(f *frame, in value.Value) (value.Value, error) {
	r := f.run
	base := len(r.stack)
	whole, items, err := p.run(f, in)
	if err != nil {
		return value.Value{}, err
	}
	return r.finish(whole, base, items, p.single)
}

// evalGroup evaluates a path with a group behind it.
func (p *path) evalGroup(f *frame, in value.Value) (value.Value, error) {
	r := f.run
	base := len(r.stack)
	whole, items, err := p.run(f, in)
	if err != nil {
		return value.Value{}, err
	}
	if whole.Exists() {
		items = itemsOf(whole)
	}
	v, err := p.group.eval(f, items)
	r.stack = r.stack[:base]
	return v, err
}

// walk evaluates the steps from one on, on the result v of the step before, and
// returns the value of the path.
func (p *path) walk(f *frame, from int, v value.Value) (value.Value, error) {
	r := f.run
	base := len(r.stack)
	whole, items, err := p.runFrom(f, from, v)
	if err != nil {
		return value.Value{}, err
	}
	return r.finish(whole, base, items, p.single)
}

// finish makes a value of the results of a path: whole if it exists, else the
// items. It takes everything from base on off the stack.
func (r *run) finish(whole value.Value, base int, items []value.Value, single bool) (value.Value, error) {
	var out value.Value
	switch {
	case whole.Exists():
		out = whole
		if single && isArray(whole) && markOf(whole)&markCons != 0 {
			out = marked(value.OfItems(whole), markSequence|markKeep)
		}
	case len(items) == 1 && !single:
		out = items[0]
	case len(items) > 0:
		if err := r.grow(len(items)); err != nil {
			return value.Value{}, err
		}
		mark := markSequence
		if single {
			mark |= markKeep
		}
		list := make([]value.Value, len(items))
		copy(list, items)
		out = marked(value.OfSlice(list), mark)
	}
	r.stack = r.stack[:base]
	return out, nil
}

// run evaluates the steps. The result is either whole, the only result of the last
// step, or items, a list on the stack.
func (p *path) run(f *frame, in value.Value) (whole value.Value, items []value.Value, err error) {
	r := f.run
	if p.consHead {
		v, err := p.steps[0].eval(f, asSequence(in))
		if err != nil {
			return value.Value{}, nil, err
		}
		switch {
		case v.Kind() == value.String: // the reference iterates over its characters
			if err := r.grow(len(v.Text())); err != nil {
				return value.Value{}, nil, err
			}
			return p.runItems(f, 1, characters(v.Text()))
		case !isArray(v):
			return value.Value{}, nil, nil
		case len(p.steps) == 1 || v.Len() == 0:
			return v, nil, nil
		}
		return p.runItems(f, 1, v.Slice())
	}
	if isArray(in) && !p.absolute {
		return p.runItems(f, 0, in.Slice())
	}
	base := len(r.stack)
	r.stack = append(r.stack, in)
	return p.runItems(f, 0, r.stack[base:])
}

// characters returns the UTF-16 code units of a text, each as a string.
func characters(s string) []value.Value {
	out := make([]value.Value, 0, len(s))
	if wtf8.IsASCII(s) {
		for i := range s {
			out = append(out, value.OfString(s[i:i+1]))
		}
		return out
	}
	for _, unit := range wtf8.Units(s) {
		out = append(out, value.OfString(string(wtf8.AppendRune(nil, unit))))
	}
	return out
}

// asSequence returns an array as it is, anything else as a sequence of one.
func asSequence(v value.Value) value.Value {
	if isArray(v) {
		return v
	}
	return sequence([]value.Value{v})
}

// runFrom is run for the steps from one on, on the result v of the step before.
func (p *path) runFrom(f *frame, from int, v value.Value) (whole value.Value, items []value.Value, err error) {
	if !v.Exists() {
		return value.Value{}, nil, nil
	}
	if isArray(v) && markOf(v)&markCons == 0 {
		return p.runItems(f, from, v.Slice())
	}
	r := f.run
	base := len(r.stack)
	r.stack = append(r.stack, v)
	return p.runItems(f, from, r.stack[base:])
}

// runItems is run for the steps from one on, on the items.
func (p *path) runItems(f *frame, from int, items []value.Value) (value.Value, []value.Value, error) {
	r := f.run
	for k := from; k < len(p.steps); k++ {
		if len(items) == 0 {
			return value.Value{}, nil, nil
		}
		s := &p.steps[k]
		if s.sort != nil {
			sorted, err := s.sorted(f, items)
			if err != nil {
				return value.Value{}, nil, err
			}
			last := k == len(p.steps)-1
			if len(s.filters) > 0 {
				c := collector{base: len(r.stack)}
				selected, err := filterAll(f, s.filters, value.OfSlice(sorted), &c)
				if err != nil || last && selected.Exists() {
					return selected, nil, err
				}
				if items = selected.Slice(); !selected.Exists() {
					items = r.stack[c.base:]
				}
				continue
			}
			if last && len(sorted) > 1 { // an array, not a sequence
				return value.OfSlice(sorted), nil, nil
			}
			items = sorted
			continue
		}
		c := collector{base: len(r.stack)}
		if err := s.collect(f, items, &c); err != nil {
			return value.Value{}, nil, err
		}
		if k == len(p.steps)-1 && c.results == 1 && c.whole.Exists() {
			return c.whole, nil, nil
		}
		items = r.stack[c.base:]
	}
	return value.Value{}, items, nil
}

// A collector puts the results of a step on the stack.
type collector struct {
	base    int
	results int         // so far
	whole   value.Value // the first one, if it is an array but not a sequence
}

// add adds a result: the items of an array, unless a constructor made it one item.
func (c *collector) add(r *run, v value.Value) {
	if !isArray(v) {
		if v.Exists() {
			c.results++
			r.stack = append(r.stack, v)
		}
		return
	}
	c.results++
	mark := markOf(v)
	if c.results == 1 && mark&markSequence == 0 {
		c.whole = v
	}
	if mark&markCons != 0 {
		r.stack = append(r.stack, v)
		return
	}
	r.stack = append(r.stack, v.Slice()...)
}

// collect evaluates the step on each item.
func (s *step) collect(f *frame, items []value.Value, c *collector) error {
	r := f.run
	if s.isName {
		return s.collectMembers(f, items, c)
	}
	for _, item := range items {
		if err := r.poll(); err != nil {
			return err
		}
		if s.deep {
			base := len(r.stack)
			if item.Exists() {
				c.results++
				if err := r.descendants(item); err != nil {
					return err
				}
			}
			if err := r.grow(len(r.stack) - base); err != nil {
				return err
			}
			continue
		}
		v, err := s.eval(f, item)
		if err != nil {
			return err
		}
		if err := s.add(f, v, c); err != nil {
			return err
		}
	}
	return nil
}

// add filters a result and adds what is left.
func (s *step) add(f *frame, v value.Value, c *collector) error {
	if len(s.filters) == 0 {
		c.add(f.run, v)
		return nil
	}
	v, err := filterAll(f, s.filters, v, c)
	if err == nil && v.Exists() {
		c.add(f.run, v)
	}
	return err
}

// collectMembers is collect for a name. Objects in a row mostly have one shape, so
// the index of the member is looked up only when the shape changes.
func (s *step) collectMembers(f *frame, items []value.Value, c *collector) error {
	r := f.run
	var shape *value.Shape
	at := -1
	plain := len(s.filters) == 0
	for i := range items {
		if err := r.poll(); err != nil {
			return err
		}
		item := &items[i]
		var v value.Value
		switch item.Kind() {
		case value.Object:
			if sh := item.Shape(); sh != shape {
				shape, at = sh, sh.Index(s.name)
			}
			if at >= 0 {
				v = item.MemberValues()[at]
			}
		case value.Array:
			found, err := r.lookUp(*item, s.name)
			if err != nil {
				return err
			}
			if v = found; s.keep {
				v = marked(v, markSequence|markKeep)
			}
			v = collapsed(v)
		}
		switch {
		case !plain:
			if err := s.add(f, v, c); err != nil {
				return err
			}
		case v.Kind() == value.Array:
			c.add(r, v)
		case v.Exists():
			c.results++
			r.stack = append(r.stack, v)
		}
	}
	return nil
}

// lookUp returns the member of that name; for an array, a sequence of the members
// of its items.
func (r *run) lookUp(v value.Value, name string) (value.Value, error) {
	switch v.Kind() {
	case value.Object:
		return v.Get(name), nil
	case value.Array:
		base := len(r.stack)
		if err := r.members(v, name); err != nil {
			return value.Value{}, err
		}
		out, err := r.take(base)
		return sequence(out), err
	}
	return value.Value{}, nil
}

// members puts the members of that name on the stack, at any depth of arrays in the
// list.
func (r *run) members(list value.Value, name string) error {
	if err := r.poll(); err != nil {
		return err
	}
	for _, item := range list.Slice() {
		switch item.Kind() {
		case value.Array:
			if err := r.members(item, name); err != nil {
				return err
			}
		case value.Object:
			if v := item.Get(name); isArray(v) {
				r.stack = append(r.stack, v.Slice()...)
			} else if v.Exists() {
				r.stack = append(r.stack, v)
			}
		}
	}
	return nil
}

// wildcard evaluates "*": the values of all members, with arrays flattened at all
// levels. If one of them is an array, the result is an array, not a sequence.
func wildcard(f *frame, in value.Value) (value.Value, error) {
	if markOf(in)&markOuter != 0 && in.Len() > 0 {
		in = in.Index(0)
	}
	r := f.run
	base := len(r.stack)
	mark := markSequence
	for _, list := range [...][]value.Value{in.Slice(), in.MemberValues()} {
		for _, v := range list {
			if isArray(v) {
				if err := r.flatten(v); err != nil {
					return value.Value{}, err
				}
				mark = 0
			} else {
				r.stack = append(r.stack, v)
			}
		}
	}
	out, err := r.take(base)
	return marked(value.OfSlice(out), mark), err
}

// flatten puts the items of an array on the stack, with arrays among them flattened.
func (r *run) flatten(v value.Value) error {
	if err := r.poll(); err != nil {
		return err
	}
	for _, item := range v.Slice() {
		if !isArray(item) {
			r.stack = append(r.stack, item)
		} else if err := r.flatten(item); err != nil {
			return err
		}
	}
	return nil
}

// descendants evaluates "**": the value and everything in it, except arrays.
func descendants(f *frame, in value.Value) (value.Value, error) {
	if !in.Exists() {
		return value.Value{}, nil
	}
	r := f.run
	base := len(r.stack)
	if err := r.descendants(in); err != nil {
		return value.Value{}, err
	}
	if len(r.stack) == base+1 { // one value is not a sequence
		only := r.stack[base]
		r.stack = r.stack[:base]
		return only, nil
	}
	out, err := r.take(base)
	return sequence(out), err
}

func (r *run) descendants(v value.Value) error {
	list := v.Slice()
	if !isArray(v) {
		list = v.MemberValues()
		r.stack = append(r.stack, v)
	}
	if len(list) == 0 {
		return nil
	}
	if err := r.poll(); err != nil {
		return err
	}
	for i := range list {
		switch list[i].Kind() {
		case value.Array, value.Object:
			if err := r.descendants(list[i]); err != nil {
				return err
			}
		default:
			r.stack = append(r.stack, list[i])
		}
	}
	return nil
}
