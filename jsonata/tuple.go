package jsonata

import (
	"slices"
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file evaluates paths that bind something: by "@$v", by "#$i", or because a
// "%" refers to one of their steps. Such a path is evaluated on tuples: a context
// item together with the bindings so far. A tuple is a frame whose slots are the
// variables that the path binds. So steps and predicates read them like any other
// variable, and a function made in one of them keeps its tuple.

// A tuplePath is a compiled path that binds.
type tuplePath struct {
	scope     *scope
	head      eval  // the first step, if it is an array constructor: evaluated once
	headBinds bool  // head binds something
	headFocus bool  // head is bound to a variable, so the context does not change
	before    *path // the steps up to the first that binds, without head; nil if there are none
	steps     []tupleStep
	absolute  bool // begins with a variable: the context is one item even if it is an array
	single    bool
	group     *grouping
}

// none is the slot of a variable that a step does not bind.
const none = -1

// A tupleStep is one step of a path that binds.
type tupleStep struct {
	eval     eval
	stream   *tupleStream // if the step is a path in parentheses: its tuples
	focus    int          // slots, or none
	index    int
	ancestor int
	stages   []tupleStage
	sort     *sorting
}

// A tupleStage filters the tuples or numbers them.
type tupleStage struct {
	filter *filter
	index  int
}

// A tupleStream is a path in parentheses whose bindings are visible in the path
// around it.
type tupleStream struct {
	blocks []streamBlock // the blocks around the path, from the outside in
	path   *tuplePath
	stages []tupleStage // predicates behind the blocks, from the inside out
	merge  []int        // slot of the path → slot of the tuples around
}

// A streamBlock is a block on the way to the path.
type streamBlock struct {
	scope *scope // nil if it binds nothing
	items []eval
}

// bound adds the variables that the steps of a path bind.
func (n *node) bound(s *scope) {
	for _, item := range n.items {
		if item.focus != "" {
			s.add(item.focus)
		}
		if item.index != "" {
			s.add(item.index)
		}
		if item.ancestor != nil {
			s.add(item.ancestor.name)
		}
		for _, st := range item.stages {
			if st.filter == nil {
				s.add(st.index)
			}
		}
		if inner := item.streamed(); inner != nil {
			inner.bound(s)
		}
	}
}

// streamed returns the path at the end of a block that yields tuples, or nil.
func (n *node) streamed() *node {
	for n.kind == nodeBlock && n.tuple && len(n.items) > 0 {
		n = n.items[len(n.items)-1]
	}
	if n.kind != nodePath || !n.tuple || !slices.ContainsFunc(n.items, func(item *node) bool { return item.tuple }) {
		return nil
	}
	return n
}

func (c *compiler) tuplePath(n *node) (eval, error) {
	p, err := c.compileTuples(n)
	if err != nil {
		return nil, err
	}
	return p.eval, nil
}

// compileTuples compiles a path that binds.
func (c *compiler) compileTuples(n *node) (*tuplePath, error) {
	p := &tuplePath{single: n.singleton || n.keepArray}
	p.absolute = n.items[0].kind == nodeVariable
	steps := n.items
	if head := steps[0]; head.cons {
		var err error
		if p.head, err = c.node(head); err != nil {
			return nil, err
		}
		p.headBinds, p.headFocus = head.tuple, head.focus != ""
		steps = steps[1:]
	}
	if !p.headBinds {
		first := slices.IndexFunc(steps, func(item *node) bool { return item.tuple })
		if first > 0 {
			p.before = &path{}
		}
		for _, item := range steps[:first] {
			s, err := c.step(item)
			if err != nil {
				return nil, err
			}
			p.before.steps = append(p.before.steps, s)
		}
		steps = steps[first:]
	}
	p.scope = &scope{up: c.scope, captured: true}
	n.bound(p.scope)
	c.scope = p.scope
	defer c.close()
	for _, item := range steps {
		s, err := c.tupleStep(item)
		if err != nil {
			return nil, err
		}
		p.steps = append(p.steps, s)
	}
	if n.group != nil {
		var err error
		if p.group, err = c.grouping(n.group); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (c *compiler) tupleStep(n *node) (s tupleStep, err error) {
	slot := func(name string) int {
		if name == "" {
			return none
		}
		return c.scope.index(name)
	}
	s = tupleStep{focus: slot(n.focus), index: slot(n.index), ancestor: none}
	if n.ancestor != nil {
		s.ancestor = slot(n.ancestor.name)
	}
	switch {
	case n.kind == nodeSort:
		s.sort, err = c.sorting(n)
	case n.streamed() != nil && n.group == nil:
		s.stream, err = c.stream(n)
	default:
		s.eval, err = c.node(n)
	}
	if err != nil {
		return s, err
	}
	for _, st := range n.stages {
		if st.filter == nil {
			s.stages = append(s.stages, tupleStage{index: slot(st.index)})
			continue
		}
		fl, err := c.filter(st.filter)
		if err != nil {
			return s, err
		}
		s.stages = append(s.stages, tupleStage{filter: &fl})
	}
	return s, nil
}

// stream compiles a block, or a path, that yields tuples.
func (c *compiler) stream(n *node) (*tupleStream, error) {
	out := &tupleStream{}
	around := c.scope
	defer func() { c.scope = around }()
	var predicates []stage
	for n.kind == nodeBlock {
		predicates = append(append([]stage(nil), n.predicates...), predicates...)
		b := streamBlock{scope: &scope{up: c.scope, captured: true}}
		for _, item := range n.items {
			bindings(item, b.scope)
		}
		if len(b.scope.names) > 0 {
			c.scope = b.scope
		} else {
			b.scope = nil
		}
		last := len(n.items) - 1
		var err error
		if b.items, err = c.nodes(n.items[:last]); err != nil {
			return nil, err
		}
		out.blocks = append(out.blocks, b)
		n = n.items[last]
	}
	p, err := c.compileTuples(n)
	if err != nil {
		return nil, err
	}
	out.path = p
	c.scope = p.scope
	for _, st := range predicates {
		fl, err := c.filter(st.filter)
		if err != nil {
			return nil, err
		}
		out.stages = append(out.stages, tupleStage{filter: &fl})
	}
	for _, name := range p.scope.names {
		out.merge = append(out.merge, around.index(name))
	}
	return out, nil
}

// tuples evaluates the stream in the context of a tuple.
func (s *tupleStream) tuples(f *frame, in value.Value) ([]*frame, error) {
	for _, b := range s.blocks {
		if b.scope != nil {
			f = f.run.frame(b.scope, f)
		}
		for _, item := range b.items {
			if _, err := item(f, in); err != nil {
				return nil, err
			}
		}
	}
	tuples, _, err := s.path.tuples(f, in)
	if err != nil {
		return nil, err
	}
	tuples, _, err = s.path.stages(f, s.stages, tuples, false)
	return tuples, err
}

// streamedBlock compiles a block that yields tuples for its predicates only.
func (c *compiler) streamedBlock(n *node) (eval, error) {
	s, err := c.stream(n)
	return func(f *frame, in value.Value) (value.Value, error) {
		tuples, err := s.tuples(f, in)
		if err != nil {
			return value.Value{}, err
		}
		r := f.run
		base := len(r.stack)
		for _, t := range tuples {
			r.stack = append(r.stack, t.at)
		}
		return r.finish(value.Value{}, base, r.stack[base:], n.keepArray)
	}, err
}

// tuple returns a copy of a tuple, or one without bindings if from is nil.
func (p *tuplePath) tuple(from, up *frame, at value.Value) (*frame, error) {
	several, err := p.several(from, up, 1)
	if err != nil {
		return nil, err
	}
	several[0].at = at
	return &several[0], nil
}

// several returns n such tuples.
func (p *tuplePath) several(from, up *frame, n int) ([]frame, error) {
	r := up.run
	if err := r.charge(n * (6 + len(p.scope.names))); err != nil {
		return nil, err
	}
	tuples := make([]frame, n)
	for i := range tuples {
		t := &tuples[i]
		t.run, t.up = r, up
		t.setSize(len(p.scope.names))
		if from != nil {
			copy(t.slots, from.slots)
		}
	}
	return tuples, nil
}

// tuples evaluates the path up to its group.
func (p *tuplePath) tuples(f *frame, in value.Value) (tuples []*frame, bare bool, err error) {
	r := f.run
	base := len(r.stack)
	items, _, err := p.begin(f, in)
	if err != nil {
		return nil, false, err
	}
	return p.from(f, items, base)
}

// begin evaluates the steps before the first that binds. If the path ends there
// because an array constructor at its head is empty, it returns that array.
func (p *tuplePath) begin(f *frame, in value.Value) (items []value.Value, empty value.Value, err error) {
	items = []value.Value{in}
	if isArray(in) && !p.absolute {
		items = in.Slice()
	}
	if p.head != nil {
		v, err := p.head(f, asSequence(in))
		switch {
		case err != nil:
			return nil, value.Value{}, err
		case p.headBinds:
		case v.Len() == 0 && isArray(v):
			return nil, v, nil
		}
		if !p.headFocus {
			items = v.Slice()
		}
	}
	if p.before == nil {
		return items, value.Value{}, nil
	}
	whole, items, err := p.before.runItems(f, 0, items)
	switch {
	case err != nil || !whole.Exists():
	case markOf(whole)&markCons != 0:
		items = []value.Value{whole}
	default:
		items = itemsOf(whole)
	}
	return items, value.Value{}, err
}

// from evaluates the steps that bind. It takes everything from base on, which may
// include the items, off the stack. bare says that the tuples are sorted, see object.
func (p *tuplePath) from(f *frame, items []value.Value, base int) (tuples []*frame, bare bool, err error) {
	r := f.run
	if len(p.steps) == 0 {
		return nil, false, nil
	}
	first, err := p.several(nil, f, len(items))
	if err != nil {
		return nil, false, err
	}
	tuples = make([]*frame, len(items))
	for i := range first {
		first[i].at = items[i]
		tuples[i] = &first[i]
	}
	r.stack = r.stack[:base]
	for i := range p.steps {
		if tuples, bare, err = p.step(f, &p.steps[i], tuples, i == 0); err != nil {
			return nil, false, err
		}
	}
	return tuples, bare, nil
}

// step evaluates a step on each tuple, and then its stages.
func (p *tuplePath) step(f *frame, s *tupleStep, tuples []*frame, first bool) (out []*frame, bare bool, err error) {
	switch {
	case s.sort != nil:
		bare = !first && len(tuples) > 1
		out, err = s.sorted(f.run, tuples, first)
	case s.stream != nil:
		out, err = p.merged(f, s.stream, tuples)
	default:
		out, err = p.bound(f, s, tuples)
	}
	if err != nil {
		return nil, false, err
	}
	return p.stages(f, s.stages, out, bare)
}

// object returns a tuple as the reference sees it behind an order-by clause that had
// something to sort: a predicate or a group there is evaluated on an object of the
// context and the variables, and without these variables. So it mostly selects nothing.
func (p *tuplePath) object(r *run, t *frame) (value.Value, error) {
	var b value.ObjectBuilder
	b.Set("@", t.at)
	for i, v := range t.slots {
		if v.Exists() {
			b.Set(strings.Replace(p.scope.names[i], "%", "!", 1), v)
		}
	}
	return r.object(&b)
}

// sorted is a step that is an order-by clause. As the first step of a path it may
// number the tuples.
func (s *tupleStep) sorted(r *run, tuples []*frame, first bool) ([]*frame, error) {
	order, err := s.sort.order(r, len(tuples), func(i int) (*frame, value.Value) { return tuples[i], tuples[i].at })
	if err != nil {
		return nil, err
	}
	out := make([]*frame, len(order))
	for i, at := range order {
		out[i] = tuples[at]
		if first && s.index != none {
			out[i].slots[s.index] = value.OfFloat(float64(i))
		}
	}
	return out, nil
}

// merged is a step that is a path in parentheses: its result is the tuples of that
// path, with the variables of both.
func (p *tuplePath) merged(f *frame, stream *tupleStream, tuples []*frame) (out []*frame, err error) {
	for _, t := range tuples {
		if err := f.run.poll(); err != nil {
			return nil, err
		}
		inner, err := stream.tuples(t, t.at)
		if err != nil {
			return nil, err
		}
		several, err := p.several(t, f, len(inner))
		if err != nil {
			return nil, err
		}
		for i, in := range inner {
			next := &several[i]
			next.at = in.at
			for from, to := range stream.merge {
				if v := in.slots[from]; v.Exists() {
					next.slots[to] = v
				}
			}
			out = append(out, next)
		}
	}
	return out, nil
}

// bound is any other step: its result is a tuple for each of its values, with the
// variables that the step binds.
func (p *tuplePath) bound(f *frame, s *tupleStep, tuples []*frame) (out []*frame, err error) {
	for _, t := range tuples {
		if err := f.run.poll(); err != nil {
			return nil, err
		}
		v, err := s.eval(t, t.at)
		if err != nil {
			return nil, err
		}
		if !v.Exists() {
			continue
		}
		single := [1]value.Value{v}
		items := single[:]
		if isArray(v) {
			items = v.Slice()
		}
		several, err := p.several(t, f, len(items))
		if err != nil {
			return nil, err
		}
		for i, item := range items {
			next := &several[i]
			next.at = item
			if s.focus != none {
				next.slots[s.focus], next.at = item, t.at
			}
			if s.index != none {
				next.slots[s.index] = value.OfFloat(float64(i))
			}
			if s.ancestor != none {
				next.slots[s.ancestor] = t.at
			}
			out = append(out, next)
		}
	}
	return out, nil
}

// stages filters and numbers tuples. bare says that they are sorted, see object.
func (p *tuplePath) stages(f *frame, stages []tupleStage, tuples []*frame, bare bool) ([]*frame, bool, error) {
	for _, st := range stages {
		switch {
		case st.filter == nil && st.index == none: // "#$"
		case st.filter == nil:
			for i, t := range tuples {
				t.slots[st.index] = value.OfFloat(float64(i))
			}
		case st.filter.literal:
			i := position(st.filter.index, len(tuples))
			if i < 0 {
				return nil, bare, nil
			}
			tuples = tuples[i : i+1]
		default:
			var err error
			if tuples, err = p.filtered(f, st.filter, tuples, bare); err != nil {
				return nil, bare, err
			}
		}
	}
	return tuples, bare, nil
}

// filtered returns the tuples that pass.
func (p *tuplePath) filtered(f *frame, fl *filter, tuples []*frame, bare bool) (out []*frame, err error) {
	r := f.run
	for i, t := range tuples {
		if err := r.poll(); err != nil {
			return nil, err
		}
		in, at := t, t.at
		if bare {
			if in, err = p.tuple(nil, f, value.Value{}); err == nil {
				at, err = p.object(r, t)
			}
			if err != nil {
				return nil, err
			}
		}
		n, err := fl.passes(in, at, i, len(tuples))
		if err != nil {
			return nil, err
		}
		for range n {
			out = append(out, t)
		}
	}
	return out, nil
}

// eval evaluates the path. The result is the contexts of the tuples, or the object
// of its group.
func (p *tuplePath) eval(f *frame, in value.Value) (value.Value, error) {
	r := f.run
	base := len(r.stack)
	items, empty, err := p.begin(f, in)
	if err != nil {
		return value.Value{}, err
	}
	if empty.Exists() && p.group == nil {
		return r.finish(empty, base, nil, p.single)
	}
	tuples, bare, err := p.from(f, items, base)
	switch {
	case err != nil:
		return value.Value{}, err
	case p.group != nil && bare:
		return p.evalBareGroup(f, tuples)
	case p.group != nil:
		return p.evalGroup(f, tuples)
	}
	for _, t := range tuples {
		r.stack = append(r.stack, t.at)
	}
	return r.finish(value.Value{}, base, r.stack[base:], p.single)
}

// evalGroup groups tuples. The tuples of one key become one, in which each variable
// has the values of all of them.
func (p *tuplePath) evalGroup(f *frame, tuples []*frame) (value.Value, error) {
	r := f.run
	if len(tuples) == 0 {
		t, err := p.tuple(nil, f, value.Value{})
		if err != nil {
			return value.Value{}, err
		}
		tuples = append(tuples, t)
	}
	var m members
	joined := map[string][]*frame{}
	for _, t := range tuples {
		if err := r.poll(); err != nil {
			return value.Value{}, err
		}
		for pair := range p.group.keys {
			name, ok, err := p.group.key(t, t.at, pair)
			if err != nil {
				return value.Value{}, err
			}
			if !ok {
				continue
			}
			if i := m.find(name); i < 0 {
				m.add(member{name: name, pair: pair})
			} else if m.list[i].pair != pair {
				return value.Value{}, p.group.duplicate(name)
			}
			joined[name] = append(joined[name], t)
		}
	}
	return p.group.object(r, &m, func(at *member) (value.Value, error) {
		of := joined[at.name]
		t, err := p.reduce(of)
		if err != nil {
			return value.Value{}, err
		}
		if len(of) == 1 {
			of[0].at = value.Value{} // the reference takes the context away: only the first key sees it
		}
		return p.group.values[at.pair](t, t.at)
	})
}

// evalBareGroup groups sorted tuples, see object.
func (p *tuplePath) evalBareGroup(f *frame, tuples []*frame) (value.Value, error) {
	t, err := p.tuple(nil, f, value.Value{})
	if err != nil {
		return value.Value{}, err
	}
	items := make([]value.Value, len(tuples))
	for i := range items {
		if items[i], err = p.object(f.run, tuples[i]); err != nil {
			return value.Value{}, err
		}
	}
	return p.group.eval(t, items)
}

// reduce joins tuples: each variable gets the values it has in all of them.
func (p *tuplePath) reduce(tuples []*frame) (*frame, error) {
	t, err := p.tuple(tuples[0], tuples[0].up, tuples[0].at)
	if err != nil || len(tuples) == 1 {
		return t, err
	}
	column := member{}
	join := func(of func(*frame) value.Value) (value.Value, error) {
		column.items, column.list = []value.Value{of(tuples[0])}, false
		for _, next := range tuples[1:] {
			column.join(of(next))
		}
		return column.value(), t.run.grow(len(column.items))
	}
	if t.at, err = join(func(f *frame) value.Value { return f.at }); err != nil {
		return nil, err
	}
	for i := range t.slots {
		if t.slots[i], err = join(func(f *frame) value.Value { return f.slots[i] }); err != nil {
			return nil, err
		}
	}
	return t, nil
}
