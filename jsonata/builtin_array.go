package jsonata

import (
	"math"
	"slices"

	"github.com/aslocal/aslocal/value"
)

// This file has the functions of arrays.

// appendItems is $append.
func appendItems(c Call, args []value.Value) (value.Value, error) {
	return appendValues(c.run, args[0], args[1])
}

func exists(_ Call, args []value.Value) (value.Value, error) {
	return value.OfBool(args[0].Exists()), nil
}

func reverse(c Call, args []value.Value) (value.Value, error) {
	if args[0].Len() <= 1 {
		return args[0], nil
	}
	out := slices.Clone(args[0].Slice())
	slices.Reverse(out)
	return value.OfSlice(out), c.run.grow(len(out))
}

func shuffle(c Call, args []value.Value) (value.Value, error) {
	if args[0].Len() <= 1 {
		return args[0], nil
	}
	items := args[0].Slice()
	out := make([]value.Value, len(items))
	for i := range items {
		j := int(math.Floor(c.Random() * float64(i+1)))
		out[i] = out[j]
		out[j] = items[i]
	}
	return value.OfSlice(out), c.run.grow(len(out))
}

// zip is $zip: the first items of all arrays, then the second ones, up to the end of
// the shortest.
func zip(c Call, args []value.Value) (value.Value, error) {
	n := math.MaxInt
	for _, arg := range args {
		n = min(n, arg.Len())
	}
	if len(args) == 0 {
		n = 0
	}
	if err := c.run.charge(n * (len(args) + 3)); err != nil {
		return value.Value{}, err
	}
	out := make([]value.Value, n)
	for i := range out {
		row := make([]value.Value, len(args))
		for j, arg := range args {
			row[j] = arg.Index(i)
		}
		out[i] = value.OfSlice(row)
	}
	return value.OfSlice(out), nil
}

// distinct is $distinct. Strings and numbers are looked up in a map, other values
// are compared with those before.
func distinct(c Call, args []value.Value) (value.Value, error) {
	v := args[0]
	if v.Len() <= 1 || !isArray(v) {
		return v, nil
	}
	texts, numbers := map[string]bool{}, map[float64]bool{}
	var others, out []value.Value
	for _, item := range v.Slice() {
		if err := c.run.poll(); err != nil {
			return value.Value{}, err
		}
		switch item.Kind() {
		case value.String:
			if texts[item.Text()] {
				continue
			}
			texts[item.Text()] = true
		case value.Number:
			if numbers[item.Float()] {
				continue
			}
			numbers[item.Float()] = true
		default:
			known, err := c.run.isAmong(others, item)
			if err != nil {
				return value.Value{}, err
			}
			if known {
				continue
			}
			others = append(others, item)
		}
		out = append(out, item)
	}
	if err := c.run.grow(len(out)); err != nil {
		return value.Value{}, err
	}
	if isSequence(v) {
		return sequence(out), nil
	}
	return value.OfSlice(out), nil
}

// isAmong reports whether one of the values equals v. No value equals no value
// here.
func (r *run) isAmong(list []value.Value, v value.Value) (bool, error) {
	for _, other := range list {
		if ok, err := r.equal(other, v); ok || err != nil {
			return ok, err
		}
		if !other.Exists() && !v.Exists() {
			return true, nil
		}
	}
	return false, nil
}
