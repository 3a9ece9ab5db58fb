package jsonata

import (
	"math"

	"github.com/aslocal/aslocal/jsonata/internal/wtf8"
	"github.com/aslocal/aslocal/value"
)

// This file has the functions that call functions. They pass the item, its index
// or name, and the whole, but at most as many as the function has parameters.

// callback calls fn with as many of the arguments as it has parameters, at least
// with the first.
func (r *run) callback(fn *function, a, b, c value.Value) (value.Value, error) {
	if fn == nil {
		return value.Value{}, fail("T1006", value.Value{})
	}
	if err := r.poll(); err != nil {
		return value.Value{}, err
	}
	base := len(r.stack)
	r.stack = append(r.stack, a)
	if fn.arity >= 2 {
		r.stack = append(r.stack, b)
	}
	if fn.arity >= 3 {
		r.stack = append(r.stack, c)
	}
	v, err := r.apply(fn, r.stack[base:], fn.context())
	r.stack = r.stack[:base]
	return v, err
}

// eachItem calls fn for each item of an array, and do with what it returns.
func eachItem(c Call, list, fn value.Value, do func(item, result value.Value) error) error {
	f := functionOf(fn)
	for i, item := range list.Slice() {
		v, err := c.run.callback(f, item, value.OfFloat(float64(i)), list)
		if err == nil {
			err = do(item, v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// mapItems is $map.
func mapItems(c Call, args []value.Value) (value.Value, error) {
	list := args[0]
	if !list.Exists() {
		return list, nil
	}
	if err := c.run.grow(list.Len()); err != nil {
		return value.Value{}, err
	}
	out := make([]value.Value, 0, list.Len())
	err := eachItem(c, list, args[1], func(_, v value.Value) error {
		if v.Exists() {
			out = append(out, v)
		}
		return nil
	})
	return sequence(out), err
}

// filterItems is $filter.
func filterItems(c Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	var out []value.Value
	err := eachItem(c, args[0], args[1], func(item, v value.Value) error {
		ok, err := c.run.cast(v)
		if ok && err == nil {
			out = append(out, item)
		}
		return err
	})
	if err != nil {
		return value.Value{}, err
	}
	return sequence(out), c.run.grow(len(out))
}

// single is $single.
func single(c Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	var found value.Value
	matches, i := 0, -1
	do := func(item, v value.Value) error {
		i++
		if ok, err := c.run.cast(v); !ok || err != nil {
			return err
		}
		if matches++; matches > 1 {
			return &Error{Code: "D3138", Index: i}
		}
		found = item
		return nil
	}
	var err error
	if len(args) > 1 && args[1].Exists() {
		err = eachItem(c, args[0], args[1], do)
	} else {
		for _, item := range args[0].Slice() {
			if err == nil {
				err = do(item, value.True)
			}
		}
	}
	if err == nil && matches == 0 {
		err = &Error{Code: "D3139"}
	}
	return found, err
}

// holds returns a value as a condition of JavaScript: $sort uses the results of its
// function so.
func holds(v value.Value) bool {
	switch v.Kind() {
	case value.Bool:
		return v.Bool()
	case value.String:
		return v.Text() != ""
	case value.Number:
		return v.Float() != 0
	case value.Array, value.Object, value.Opaque:
		f, isNumber := numberOf(v)
		return !isNumber || !math.IsNaN(f)
	}
	return false
}

// reduce is $reduce.
func reduce(c Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	fn := functionOf(args[1])
	if fn == nil || fn.arity < 2 {
		return value.Value{}, &Error{Code: "D3050", Index: 1}
	}
	r, list := c.run, args[0]
	items := list.Slice()
	var acc value.Value
	first := 0
	if len(args) > 2 {
		acc = args[2]
	}
	if !acc.Exists() && len(items) > 0 {
		acc, first = items[0], 1
	}
	for i := first; i < len(items); i++ {
		if err := r.poll(); err != nil {
			return value.Value{}, err
		}
		base := len(r.stack)
		r.stack = append(r.stack, acc, items[i])
		if fn.arity >= 3 {
			r.stack = append(r.stack, value.OfFloat(float64(i)))
		}
		if fn.arity >= 4 {
			r.stack = append(r.stack, list)
		}
		v, err := r.apply(fn, r.stack[base:], fn.context())
		if err != nil {
			return value.Value{}, err
		}
		acc, r.stack = v, r.stack[:base]
	}
	return acc, nil
}

// eachMember calls fn for each member of an object.
func eachMember(c Call, object, fn value.Value, do func(name string, member, result value.Value) error) error {
	f := functionOf(fn)
	for name, member := range object.Members() {
		v, err := c.run.callback(f, member, value.OfString(name), object)
		if err == nil {
			err = do(name, member, v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sift is $sift.
func sift(c Call, args []value.Value) (value.Value, error) {
	var b value.ObjectBuilder
	err := eachMember(c, args[0], args[1], func(name string, member, v value.Value) error {
		ok, err := c.run.cast(v)
		if ok && err == nil {
			b.Set(name, member)
		}
		return err
	})
	if err != nil || b.Len() == 0 {
		return value.Value{}, err
	}
	return c.run.object(&b)
}

// each is $each.
func each(c Call, args []value.Value) (value.Value, error) {
	var out []value.Value
	err := eachMember(c, args[0], args[1], func(_ string, _, v value.Value) error {
		if v.Exists() {
			out = append(out, v)
		}
		return nil
	})
	return sequence(out), err
}

// sortItems is $sort: with a function, which says whether its second argument
// belongs before the first; without, for numbers or strings.
func sortItems(c Call, args []value.Value) (value.Value, error) {
	list := args[0]
	if list.Len() <= 1 {
		return list, nil
	}
	items := list.Slice()
	swap := func(a, b int) (bool, error) { return comesAfter(items[a], items[b]), c.run.poll() }
	if len(args) > 1 && args[1].Exists() {
		fn := functionOf(args[1])
		swap = func(a, b int) (bool, error) {
			r := c.run
			if err := r.poll(); err != nil {
				return false, err
			}
			base := len(r.stack)
			r.stack = append(r.stack, items[a], items[b])
			v, err := r.apply(fn, r.stack[base:], fn.context())
			r.stack = r.stack[:base]
			return holds(v), err
		}
	} else if !allOf(items, value.Number) && !allOf(items, value.String) {
		return value.Value{}, &Error{Code: "D3070", Index: 1}
	}
	order, err := mergeSort(len(items), swap)
	if err != nil {
		return value.Value{}, err
	}
	out := make([]value.Value, len(items))
	for i, at := range order {
		out[i] = items[at]
	}
	return value.OfSlice(out), c.run.grow(len(out))
}

func comesAfter(a, b value.Value) bool {
	if a.Kind() == value.Number {
		return a.Float() > b.Float()
	}
	return wtf8.Less(b.Text(), a.Text())
}

func allOf(items []value.Value, kind value.Kind) bool {
	for _, item := range items {
		if item.Kind() != kind {
			return false
		}
	}
	return true
}
