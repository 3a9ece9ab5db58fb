package jsonpath

import "github.com/aslocal/aslocal/value"

// This file decides filters: [?( … )].

// A condition is one node of a filter's expression.
type condition struct {
	kind        conditionKind
	parts       []condition // of allOf and anyOf; the one of notAny
	left, right operandNode // left only: of present and absent
	compare     comparison
}

type conditionKind uint8

const (
	allOf     conditionKind = iota // a && b
	anyOf                          // a || b
	notAny                         // !(a)
	comparing                      // a == b
	present                        // @.a
	absent                         // !@.a
)

// An operandNode is one side of a comparison.
type operandNode struct {
	literal value.Value
	pattern *pattern // instead of literal: /…/
	path    *Path    // instead of literal
	shared  int      // 1 + the place among the remembered, if the path starts from $
}

// A remembered is the value of a path from $ in a filter: it is the same for
// all items, so it is evaluated once.
type remembered struct {
	done bool
	v    value.Value
	f    *failure
}

// accepts reports whether the condition holds for an item. A condition that is
// invalid for it (an operator without the list that it needs) does not hold,
// whatever is around it; so !(@.x in @.missing) does not hold either.
func (c *condition) accepts(s *scene, item value.Value) (bool, *failure) {
	ok, f := c.holds(s, item)
	if f != nil && f.class != broken {
		return false, nil
	}
	return ok, f
}

func (c *condition) holds(s *scene, item value.Value) (bool, *failure) {
	if f := s.work(1); f != nil {
		return false, f
	}
	switch c.kind {
	case allOf, anyOf:
		for i := range c.parts {
			ok, f := c.parts[i].holds(s, item)
			if f != nil || ok == (c.kind == anyOf) {
				return ok, f
			}
		}
		return c.kind == allOf, nil
	case notAny:
		ok, f := c.parts[0].holds(s, item)
		return !ok, f
	case comparing:
		left, f := c.left.evaluate(s, item)
		if f != nil {
			return false, f
		}
		right, f := c.right.evaluate(s, item)
		if f != nil {
			return false, f
		}
		return c.compare(s, left, right)
	}
	ok, f := c.left.exists(s, item)
	return ok == (c.kind == present), f
}

// exists reports whether the path leads somewhere, be it to null. A path that
// is not definite always does, unless a member is missing on its way. Jayway
// evaluates a path from $ here as if it started from @ (inferred).
func (n *operandNode) exists(s *scene, item value.Value) (bool, *failure) {
	if n.path.plain {
		return n.path.follow(item).Exists(), nil
	}
	_, f := n.path.evaluate(s, item, existence)
	if f != nil && f.class == missing {
		return false, nil
	}
	return f == nil, f
}

// A side is an evaluated operand. It is undefined if it has neither.
type side struct {
	v       value.Value
	pattern *pattern
}

func (n *operandNode) evaluate(s *scene, item value.Value) (side, *failure) {
	switch {
	case n.path == nil:
		return side{n.literal, n.pattern}, nil
	case n.shared == 0:
		v, f := n.path.find(s, item)
		return side{v: v}, f
	}
	if s.known == nil {
		s.known = make([]remembered, s.reads)
	}
	known := &s.known[n.shared-1]
	if !known.done {
		v, f := n.path.find(s, s.root)
		*known = remembered{true, v, f}
	}
	return side{v: known.v}, known.f
}

// find evaluates the path of an operand: no value if it leads nowhere.
func (p *Path) find(s *scene, doc value.Value) (value.Value, *failure) {
	if p.plain {
		return p.follow(doc), s.work(1)
	}
	v, f := p.evaluate(s, doc, operand)
	if f != nil && f.class == missing {
		return value.Value{}, nil
	}
	return v, f
}
