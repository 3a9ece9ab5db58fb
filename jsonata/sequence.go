package jsonata

import "github.com/aslocal/aslocal/value"

// This file is the difference between an array and a sequence, the heart of
// JSONata. An array is a JSON value like any other. A sequence is the result of
// mapping, filtering and ranges: at the end of a node's evaluation an empty
// sequence collapses to no value and a sequence of one item to that item. Both are
// arrays of package value; marks tell them apart.
const (
	markSequence uint64 = 1 << iota // a sequence
	markKeep                        // a sequence that does not collapse to its only item ("[]" in its path)
	markCons                        // made by a constructor at an end of a path: one item, not several
	markOuter                       // wraps an input that is an array, so that it is one item

	markBits = 4 // a transform numbers the objects of its copy in the bits above
)

// sequence returns the items as a sequence, which owns the slice from then on.
func sequence(items []value.Value) value.Value {
	return marked(value.OfSlice(items), markSequence)
}

func isArray(v value.Value) bool { return v.Kind() == value.Array }

func isSequence(v value.Value) bool { return isArray(v) && markOf(v)&markSequence != 0 }

// collapsed is the end of a node's evaluation: an empty sequence becomes no value,
// a sequence of one item that item; everything else stays as it is.
func collapsed(v value.Value) value.Value {
	if v.Kind() != value.Array {
		return v
	}
	return collapsedArray(v)
}

func collapsedArray(v value.Value) value.Value {
	if markOf(v)&markSequence == 0 || v.Len() > 1 {
		return v
	}
	if v.Len() == 0 {
		return value.Value{}
	}
	if markOf(v)&markKeep != 0 {
		return v
	}
	return v.Index(0)
}

// collapsedKeeping is collapsed where "[]" follows the node: one item stays in its
// sequence.
func collapsedKeeping(v value.Value) value.Value {
	if isSequence(v) {
		v = marked(v, markOf(v)|markKeep)
	}
	return collapsed(v)
}

// An exit is what happens at the end of a node's evaluation.
type exit uint8

const (
	collapse  exit = iota // see collapsed
	keepArray             // "[]" follows the node
	raw                   // predicates or a group follow, which see a sequence as it is
)

func (x exit) of(v value.Value) value.Value {
	switch x {
	case collapse:
		return collapsed(v)
	case keepArray:
		return collapsedKeeping(v)
	}
	return v
}

// then applies the exit to what e evaluates.
func (x exit) then(e eval) eval {
	if x == raw {
		return e
	}
	return func(f *frame, in value.Value) (value.Value, error) {
		v, err := e(f, in)
		return x.of(v), err
	}
}

// itemsOf returns the items of an array; of anything else, also of nothing,
// itself as the only one.
func itemsOf(v value.Value) []value.Value {
	if isArray(v) {
		return v.Slice()
	}
	return []value.Value{v}
}

// appendValues joins two values into an array, as $append does. If one of them is
// no value, the result is the other.
func appendValues(r *run, a, b value.Value) (value.Value, error) {
	if !a.Exists() {
		return b, nil
	}
	if !b.Exists() {
		return a, nil
	}
	x, y := itemsOf(a), itemsOf(b)
	if err := r.grow(len(x) + len(y)); err != nil {
		return value.Value{}, err
	}
	out := make([]value.Value, 0, len(x)+len(y))
	return value.OfSlice(append(append(out, x...), y...)), nil
}

// clean removes all marks from a result, at any depth.
func clean(v value.Value) value.Value {
	v, _ = replaced(v, func(v value.Value) (value.Value, bool) { return marked(v, 0), markOf(v) != 0 })
	return v
}

// replaced applies do to a value, and then to everything in the result. do returns
// the new value, and whether it differs. Parts that do not change are shared, not
// copied.
func replaced(v value.Value, do func(value.Value) (value.Value, bool)) (out value.Value, changed bool) {
	v, changed = do(v)
	switch v.Kind() {
	case value.Array:
		if items := allReplaced(v.Slice(), do); items != nil {
			return value.OfSlice(items), true
		}
	case value.Object:
		if members := allReplaced(v.MemberValues(), do); members != nil {
			return v.Shape().New(members), true
		}
	}
	return v, changed
}

// allReplaced is replaced for a list; nil if nothing changes.
func allReplaced(values []value.Value, do func(value.Value) (value.Value, bool)) (out []value.Value) {
	for i := range values {
		v, changed := replaced(values[i], do)
		if changed && out == nil {
			out = append(make([]value.Value, 0, len(values)), values[:i]...)
		}
		if out != nil {
			out = append(out, v)
		}
	}
	return out
}
