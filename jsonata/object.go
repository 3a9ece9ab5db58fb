package jsonata

import (
	"slices"

	"github.com/aslocal/aslocal/value"
)

// This file is the object constructor, on its own and as a group behind a path.
// Both work alike: the keys of all items are evaluated first, items with the same
// key are joined, and then the value of each key is evaluated on its items.

// A grouping is a compiled object constructor.
type grouping struct {
	keys, values []eval
	position     int
	shape        *value.Shape // of an object of all keys, if these are literals
}

// pairs compiles the pairs of an object constructor.
func (c *compiler) pairs(pairs [][2]*node, position int) (*grouping, error) {
	g := &grouping{position: position}
	var names []string
	seen := make(map[string]bool, len(pairs))
	for _, pair := range pairs {
		key, err := c.node(pair[0])
		if err != nil {
			return nil, err
		}
		val, err := c.node(pair[1])
		if err != nil {
			return nil, err
		}
		g.keys, g.values = append(g.keys, key), append(g.values, val)
		name := pair[0].text
		literal := pair[0].kind == nodeString && len(pair[0].predicates) == 0 && pair[0].group == nil
		if literal && !seen[name] && !(c.ordered && isIndex(name)) {
			seen[name] = true
			names = append(names, name)
		}
	}
	if len(names) == len(pairs) {
		g.shape = value.NewShape(names...)
	}
	return g, nil
}

func (c *compiler) grouping(g *group) (*grouping, error) { return c.pairs(g.pairs, g.position) }

// object compiles "{a: b}".
func (c *compiler) object(n *node) (eval, error) {
	g, err := c.pairs(n.pairs, n.position)
	if err != nil {
		return nil, err
	}
	return func(f *frame, in value.Value) (value.Value, error) {
		if isArray(in) {
			return g.eval(f, in.Slice())
		}
		if g.shape != nil {
			return g.build(f, in)
		}
		return g.eval(f, []value.Value{in})
	}, nil
}

// grouped compiles a group behind a node that is not a path.
func (c *compiler) grouped(e eval, group *group) (eval, error) {
	g, err := c.grouping(group)
	return func(f *frame, in value.Value) (value.Value, error) {
		v, err := e(f, in)
		if err != nil {
			return value.Value{}, err
		}
		return g.eval(f, itemsOf(v))
	}, err
}

// build makes an object of one item when all keys are literals.
func (g *grouping) build(f *frame, in value.Value) (value.Value, error) {
	r := f.run
	base := len(r.stack)
	missing := false
	for _, e := range g.values {
		v, err := e(f, in)
		if err != nil {
			return value.Value{}, err
		}
		missing = missing || !v.Exists()
		r.stack = append(r.stack, v)
	}
	if missing {
		var b value.ObjectBuilder
		for i, v := range r.stack[base:] {
			if v.Exists() {
				b.Set(g.shape.Name(i), v)
			}
		}
		err := r.charge(2 * b.Len())
		r.stack = r.stack[:base]
		return b.Value(), err
	}
	members, err := r.take(base)
	return g.shape.New(members), err
}

// A member is one key of the object under construction.
type member struct {
	name  string
	pair  int           // the number of its pair in the constructor
	items []value.Value // that the value is evaluated on: one,
	list  bool          // or several, or a list
}

// members collects keys. From fewMembers on it has an index of them.
type members struct {
	list  []member
	index map[string]int
}

// fewMembers is the number of keys up to which a search compares them in turn.
const fewMembers = 8

func (m *members) find(name string) int {
	if m.index != nil {
		if i, ok := m.index[name]; ok {
			return i
		}
		return -1
	}
	for i := range m.list {
		if m.list[i].name == name {
			return i
		}
	}
	return -1
}

func (m *members) add(one member) {
	m.list = append(m.list, one)
	if m.index != nil {
		m.index[one.name] = len(m.list) - 1
	} else if len(m.list) > fewMembers {
		m.index = make(map[string]int, 4*fewMembers)
		for i := range m.list {
			m.index[m.list[i].name] = i
		}
	}
}

// key evaluates key number i.
func (g *grouping) key(f *frame, in value.Value, i int) (name string, ok bool, err error) {
	v, err := g.keys[i](f, in)
	switch {
	case err != nil || !v.Exists():
		return "", false, err
	case v.Kind() != value.String:
		return "", false, &Error{Code: "T1003", Position: g.position, Value: v}
	}
	return v.Text(), true, nil
}

func (g *grouping) duplicate(name string) error {
	return &Error{Code: "D1009", Position: g.position, Value: value.OfString(name)}
}

// eval makes the object of the items. Without items it is still an object, with the
// keys that are literals.
func (g *grouping) eval(f *frame, items []value.Value) (value.Value, error) {
	r := f.run
	if len(items) == 0 {
		items = []value.Value{{}}
	}
	var m members
	for _, item := range items {
		if err := r.poll(); err != nil {
			return value.Value{}, err
		}
		for pair := range g.keys {
			name, ok, err := g.key(f, item, pair)
			if err != nil {
				return value.Value{}, err
			}
			if !ok {
				continue
			}
			i := m.find(name)
			if i < 0 {
				m.add(member{name: name, pair: pair, items: []value.Value{item}})
				continue
			}
			at := &m.list[i]
			if at.pair != pair {
				return value.Value{}, g.duplicate(name)
			}
			at.join(item)
		}
	}
	return g.object(r, &m, func(at *member) (value.Value, error) {
		return g.values[at.pair](f, at.value())
	})
}

// value returns the joined items as one value.
func (m *member) value() value.Value {
	if m.list {
		return value.OfSlice(m.items)
	}
	return m.items[0]
}

// join adds an item as $append does.
func (m *member) join(item value.Value) {
	switch {
	case !item.Exists():
		return
	case !m.list && !m.items[0].Exists():
		m.items[0] = item
		return
	case !m.list && isArray(m.items[0]):
		m.items = append([]value.Value(nil), m.items[0].Slice()...)
	}
	m.list = true
	if isArray(item) {
		m.items = append(m.items, item.Slice()...)
	} else {
		m.items = append(m.items, item)
	}
}

// object evaluates the values, in the order of the keys.
func (g *grouping) object(r *run, m *members, eval func(*member) (value.Value, error)) (value.Value, error) {
	var b value.ObjectBuilder
	if r.expr.ordered {
		slices.SortStableFunc(m.list, func(a, b member) int { return compareIndices(a.name, b.name) })
	}
	for i := range m.list {
		if err := r.poll(); err != nil {
			return value.Value{}, err
		}
		v, err := eval(&m.list[i])
		if err != nil {
			return value.Value{}, err
		}
		if v.Exists() {
			b.Set(m.list[i].name, v)
		}
	}
	return r.object(&b)
}

// object finishes an object.
func (r *run) object(b *value.ObjectBuilder) (value.Value, error) {
	err := r.charge(2 * b.Len())
	v := b.Value()
	if r.expr.ordered && hasIndex(v) {
		var ordered value.ObjectBuilder
		names := make([]string, v.Len())
		for i := range names {
			names[i] = v.Shape().Name(i)
		}
		sortIndices(names)
		for _, name := range names {
			ordered.Set(name, v.Get(name))
		}
		v = ordered.Value()
	}
	return v, err
}

func hasIndex(v value.Value) bool {
	for name := range v.Members() {
		if isIndex(name) {
			return true
		}
	}
	return false
}

// isIndex reports whether JavaScript puts a name first in an object: it is the
// decimal text of an integer up to 2³²-2.
func isIndex(name string) bool {
	_, ok := indexOf(name)
	return ok
}

func indexOf(name string) (n uint64, ok bool) {
	if name == "" || len(name) > 10 || name[0] == '0' && name != "0" {
		return 0, false
	}
	for i := range len(name) {
		if name[i] < '0' || name[i] > '9' {
			return 0, false
		}
		n = n*10 + uint64(name[i]-'0')
	}
	return n, n < 1<<32-1
}

// sortIndices puts names that are integers first, ascending.
func sortIndices(names []string) { slices.SortStableFunc(names, compareIndices) }

func compareIndices(a, b string) int {
	x, isX := indexOf(a)
	y, isY := indexOf(b)
	switch {
	case isX && isY && x < y, isX && !isY:
		return -1
	case isX && isY && x > y, !isX && isY:
		return 1
	}
	return 0
}
