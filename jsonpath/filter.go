package jsonpath

import "github.com/aslocal/aslocal/value"

// This file decides filters: [?( … )].

// A condition is rows of tests, one behind the other. It holds if all tests of
// one row hold.
type condition []test

// A test compares two operands, or asks whether the left one is there.
type test struct {
	operator    operator
	first       bool    // of its row
	left, right operand // left only: of present and absent
	alike       bool    // both are the same plain path
}

// An operand is a path, a pattern or a text.
type operand struct {
	literal value.Value // the text, also of a pattern
	right   string      // the text as the right side of a comparison of texts
	number  value.Value // that the text spells, if it does
	pattern *pattern
	path    *Path
	shared  int // 1 + the place among the remembered, if the path starts from $
}

func literal(text string) operand {
	o := operand{literal: value.OfString(text), right: unescaped(text)}
	if n, ok := decimal(text); ok {
		o.number = n
	}
	return o
}

// A remembered is what a path from $ leads to: it is the same for all items, so
// it is evaluated once.
type remembered struct {
	done bool
	v    value.Value
	end  ending
}

// accepts reports whether the condition holds for an item. The engine asks the
// last test first, which shows where a test fails.
func (c condition) accepts(s *scene, item value.Value) (bool, ending) {
	row := true // all tests of it behind i hold
	for i := len(c) - 1; i >= 0; i-- {
		if row {
			var end ending
			if row, end = c[i].holds(s, item); end != reached {
				return false, end
			}
		}
		if c[i].first {
			if row {
				return true, reached
			}
			row = true
		}
	}
	return false, reached
}

func (t *test) holds(s *scene, item value.Value) (bool, ending) {
	if end := s.work(1); end != reached {
		return false, end
	}
	if t.operator <= absent {
		there, end := t.left.path.isThere(s, item)
		return there == (t.operator == present), end
	}
	left, end := t.left.evaluate(s, item)
	if end != reached {
		return false, passMissing(end)
	}
	right := t.right.literal
	if t.right.path != nil {
		if right, end = t.right.evaluate(s, item); end != reached {
			return false, passMissing(end)
		}
	}
	if t.operator == matching {
		return matches(s, &t.left, &t.right, left, right)
	}
	return t.compare(s, left, right)
}

// passMissing makes a test without its operand one that does not hold.
func passMissing(end ending) ending {
	if end == missing {
		return reached
	}
	return end
}

// isThere reports whether the path leads to something other than null. The
// engine starts a path from $ at the item here.
func (p *Path) isThere(s *scene, item value.Value) (bool, ending) {
	if p.plain {
		if v, end := p.follow(item, true, s.maps, s.seen[p.firstSight:]); end != invalid {
			return end == reached && !v.IsNull(), reached
		}
	}
	v, end := p.walk(s, item, true, existence)
	return end == reached && !v.IsNull(), passMissing(end)
}

// evaluate returns the value of the operand; the value of a pattern is its text.
func (o *operand) evaluate(s *scene, item value.Value) (value.Value, ending) {
	switch {
	case o.path == nil:
		return o.literal, reached
	case o.shared == 0:
		if o.path.plain {
			if v, end := o.path.follow(item, true, s.maps, s.seen[o.path.firstSight:]); end != invalid {
				return v, end
			}
		}
		return o.path.walk(s, item, true, inFilter)
	}
	if s.known == nil {
		s.known = make([]remembered, s.reads)
	}
	known := &s.known[o.shared-1]
	if !known.done {
		v, end := o.path.walk(s, s.root, false, inFilter)
		*known = remembered{true, v, end}
	}
	return known.v, known.end
}
