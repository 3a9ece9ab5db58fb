package jsonata

import (
	"github.com/aslocal/aslocal/jsonata/internal/wtf8"
	"github.com/aslocal/aslocal/value"
)

// This file has the order-by clause and the algorithm that it shares with $sort: a
// stable merge sort that compares in the reference's order, because the first
// comparison that fails determines the error.

// mergeSort returns the order of n things as a list of their indexes. swap reports
// whether b, which comes later, belongs before a.
func mergeSort(n int, swap func(a, b int) (bool, error)) ([]int, error) {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order, mergeRange(order, make([]int, n), swap)
}

func mergeRange(order, spare []int, swap func(a, b int) (bool, error)) error {
	if len(order) < 2 {
		return nil
	}
	middle := len(order) / 2
	left, right := order[:middle], order[middle:]
	if err := mergeRange(left, spare[:middle], swap); err != nil {
		return err
	}
	if err := mergeRange(right, spare[middle:], swap); err != nil {
		return err
	}
	out := spare[:0]
	for len(left) > 0 && len(right) > 0 {
		before, err := swap(left[0], right[0])
		if err != nil {
			return err
		}
		if before {
			out, right = append(out, right[0]), right[1:]
		} else {
			out, left = append(out, left[0]), left[1:]
		}
	}
	out = append(append(out, left...), right...)
	copy(order, out)
	return nil
}

// A sorting is a compiled order-by clause.
type sorting struct {
	terms    []sortTerm
	position int
}

type sortTerm struct {
	descending bool
	key        eval
}

func (c *compiler) sorting(n *node) (*sorting, error) {
	s := &sorting{position: n.position}
	for _, t := range n.terms {
		key, err := c.node(t.expr)
		if err != nil {
			return nil, err
		}
		s.terms = append(s.terms, sortTerm{t.descending, key})
	}
	return s, nil
}

// sorted returns the items in order.
func (s *step) sorted(f *frame, items []value.Value) ([]value.Value, error) {
	order, err := s.sort.order(f.run, len(items), func(i int) (*frame, value.Value) { return f, items[i] })
	if err != nil {
		return nil, err
	}
	if err := f.run.grow(len(items)); err != nil {
		return nil, err
	}
	out := make([]value.Value, len(order))
	for i, at := range order {
		out[i] = items[at]
	}
	return out, nil
}

// A sortKey is the value of a term for an item, once it has been evaluated.
type sortKey struct {
	v     value.Value
	known bool
}

// order sorts n things; item returns the frame and the context of each. A key is
// evaluated once, when a comparison first needs it.
func (s *sorting) order(r *run, n int, item func(i int) (*frame, value.Value)) ([]int, error) {
	if err := r.charge(n * len(s.terms) * 2); err != nil { // a key is larger than a value
		return nil, err
	}
	keys := make([]sortKey, n*len(s.terms))
	key := func(i, t int) (value.Value, error) {
		k := &keys[i*len(s.terms)+t]
		if k.known {
			return k.v, nil
		}
		f, in := item(i)
		v, err := s.terms[t].key(f, in)
		if err == nil {
			k.v, k.known = v, true
		}
		return v, err
	}
	return mergeSort(n, func(a, b int) (bool, error) {
		if err := r.poll(); err != nil {
			return false, err
		}
		for t := range s.terms {
			x, err := key(a, t)
			if err != nil {
				return false, err
			}
			y, err := key(b, t)
			if err != nil {
				return false, err
			}
			comes, err := s.compare(x, y, s.terms[t].descending)
			if err != nil || comes != 0 {
				return comes > 0, err
			}
		}
		return false, nil
	})
}

// compare returns 1 if y comes before x, -1 if x comes before y, else 0. No value
// comes last, also in descending order.
func (s *sorting) compare(x, y value.Value, descending bool) (int, error) {
	switch {
	case !x.Exists() && !y.Exists():
		return 0, nil
	case !x.Exists():
		return 1, nil
	case !y.Exists():
		return -1, nil
	}
	a, isA := numberOf(x)
	b, isB := numberOf(y)
	textA, textB := x.Kind() == value.String, y.Kind() == value.String
	switch {
	case !isA && !textA:
		return 0, &Error{Code: "T2008", Position: s.position, Value: x}
	case !isB && !textB:
		return 0, &Error{Code: "T2008", Position: s.position, Value: y}
	case textA != textB:
		return 0, &Error{Code: "T2007", Position: s.position, Value: x, Value2: y}
	case textA && x.Text() == y.Text(), isA && a == b:
		return 0, nil
	}
	less := isA && a < b || textA && wtf8.Less(x.Text(), y.Text())
	if less != descending {
		return -1, nil
	}
	return 1, nil
}
