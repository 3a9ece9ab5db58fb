package jsonata

import (
	"math"
	"slices"

	"github.com/aslocal/aslocal/value"
)

// This file is the predicate: "[…]" behind a step or a value, which selects by
// position or by condition.

// A filter is a predicate.
type filter struct {
	literal bool      // it is a literal number:
	index   float64   // the position, from the end if negative
	list    []float64 // it is an array of literal numbers and ranges; else
	test    tester    // it is a boolean; else
	eval    eval
}

// filter compiles a predicate.
func (c *compiler) filter(n *node) (fl filter, err error) {
	if n.kind == nodeNumber && len(n.predicates) == 0 {
		return filter{literal: true, index: math.Floor(n.number)}, nil
	}
	if isBoolean(n) {
		fl.test, err = c.boolean(n)
		return fl, err
	}
	if n.kind == nodeBinary && len(n.predicates) == 0 && n.group == nil {
		switch n.text {
		case "<", "<=", ">", ">=":
			fl.test, err = c.comparison(n)
			return fl, err
		}
	}
	if fl.list = literalPositions(n); fl.list != nil {
		return fl, nil
	}
	fl.eval, err = c.node(n)
	return fl, err
}

// maxPositions is the maximum number of literal positions that are evaluated when
// the predicate is compiled.
const maxPositions = 1000

// literalPositions returns the numbers of an array of literal numbers and
// ranges; nil if n is something else.
func literalPositions(n *node) (list []float64) {
	if n.kind != nodeArray || len(n.predicates) > 0 || n.group != nil || len(n.items) > maxPositions {
		return nil
	}
	list = []float64{}
	for _, item := range n.items {
		from, to := item, item
		if item.kind == nodeBinary && item.text == ".." {
			from, to = item.lhs, item.rhs
		}
		if !isLiteralNumber(from) || !isLiteralNumber(to) {
			return nil
		}
		if from != to && (!isInteger(from.number) || !isInteger(to.number) || to.number-from.number > maxPositions) {
			return nil
		}
		for x := from.number; x <= to.number; x++ {
			list = append(list, math.Floor(x))
		}
	}
	return list
}

func isLiteralNumber(n *node) bool {
	return n.kind == nodeNumber && len(n.predicates) == 0 && n.group == nil
}

// filtered compiles the predicates of a node that is not a step.
func (c *compiler) filtered(e eval, n *node) (eval, error) {
	var filters []filter
	for _, p := range n.predicates {
		fl, err := c.filter(p.filter)
		if err != nil {
			return nil, err
		}
		filters = append(filters, fl)
	}
	return func(f *frame, in value.Value) (value.Value, error) {
		v, err := e(f, in)
		if err != nil {
			return value.Value{}, err
		}
		r := f.run
		c := collector{base: len(r.stack)}
		if v, err = filterAll(f, filters, v, &c); err != nil || v.Exists() {
			return v, err
		}
		out, err := r.take(c.base)
		return sequence(out), err
	}, nil
}

// filterAll applies filters, each to the result of the one before. The items that
// are left go to the stack and count as one result; but if the last filter is a
// position that selects an array, that array is returned instead.
func filterAll(f *frame, filters []filter, v value.Value, c *collector) (value.Value, error) {
	r := f.run
	base := len(r.stack)
	items := v.Slice()
	if !isArray(v) {
		r.stack = append(r.stack, v)
		items = r.stack[base:]
	}
	for i := range filters {
		from := len(r.stack)
		selected, err := filters[i].apply(f, items)
		if err != nil {
			return value.Value{}, err
		}
		if selected.Exists() {
			if i == len(filters)-1 {
				r.stack = r.stack[:base]
				return selected, nil
			}
			items = selected.Slice()
			continue
		}
		items = r.stack[from:]
	}
	c.results++
	n := copy(r.stack[base:], items)
	r.stack = r.stack[:base+n]
	return value.Value{}, nil
}

// apply puts the items that pass on the stack. If the filter is a position that
// selects an array, it returns that array instead.
func (fl *filter) apply(f *frame, items []value.Value) (selected value.Value, err error) {
	r := f.run
	if fl.literal {
		if i := position(fl.index, len(items)); i >= 0 {
			if item := items[i]; isArray(item) {
				return item, nil
			} else if item.Exists() {
				r.stack = append(r.stack, item)
			}
		}
		return value.Value{}, nil
	}
	if fl.list != nil {
		return value.Value{}, fl.applyList(r, items)
	}
	for i, item := range items {
		if err := r.poll(); err != nil {
			return value.Value{}, err
		}
		n, err := fl.passes(f, item, i, len(items))
		if err != nil {
			return value.Value{}, err
		}
		for range n {
			r.stack = append(r.stack, item)
		}
	}
	return value.Value{}, nil
}

// position returns the index of position x, which counts from the end if it is
// negative, in a list of the given length; -1 if it is outside the list.
func position(x float64, of int) int {
	if x < 0 {
		x += float64(of)
	}
	if x >= 0 && x < float64(of) {
		return int(x)
	}
	return -1
}

// applyList puts the items at the positions of the list on the stack, in the order
// of the items.
func (fl *filter) applyList(r *run, items []value.Value) error {
	if len(fl.list) <= fewPositions {
		for i, item := range items {
			for _, x := range fl.list {
				if hits(x, i, len(items)) == 1 {
					r.stack = append(r.stack, item)
				}
			}
		}
		return r.poll()
	}
	places := make([]int, 0, len(fl.list))
	for _, x := range fl.list {
		if i := position(x, len(items)); i >= 0 {
			places = append(places, i)
		}
	}
	slices.Sort(places)
	for _, i := range places {
		r.stack = append(r.stack, items[i])
	}
	return r.poll()
}

// fewPositions is the number of positions up to which each item is compared with
// all of them.
const fewPositions = 2

// passes returns how many times the item at i passes: an array of positions may
// have its position more than once.
func (fl *filter) passes(f *frame, item value.Value, i, of int) (int, error) {
	switch {
	case fl.test != nil:
		ok, err := fl.test(f, item)
		if ok && err == nil {
			return 1, nil
		}
		return 0, err
	case fl.list != nil:
		f.run.fuel -= len(fl.list) / itemsPerStep
		n := 0
		for _, x := range fl.list {
			n += hits(x, i, of)
		}
		return n, nil
	}
	v, err := fl.eval(f, item)
	if err != nil {
		return 0, err
	}
	switch v.Kind() {
	case value.Bool:
		if v.Bool() {
			return 1, nil
		}
		return 0, nil
	case value.Array:
		f.run.fuel -= v.Len() / itemsPerStep
		if n, ok, err := positions(v.Slice(), i, of); ok || err != nil {
			return n, err
		}
	default:
		if x, ok, err := numeric(v); ok || err != nil {
			return hits(x, i, of), err
		}
	}
	ok, err := f.run.cast(v)
	if ok && err == nil {
		return 1, nil
	}
	return 0, err
}

// positions counts how often i is among the positions; ok is false if they are
// not all numbers.
func positions(list []value.Value, i, of int) (n int, ok bool, err error) {
	for _, v := range list {
		x, ok, err := numeric(v)
		if !ok {
			return 0, false, err
		}
		n += hits(x, i, of)
	}
	return n, true, nil
}

// hits returns 1 if position x is index i of a list of the given length, else 0.
func hits(x float64, i, of int) int {
	x = math.Floor(x)
	if x < 0 {
		x += float64(of)
	}
	if x == float64(i) {
		return 1
	}
	return 0
}
