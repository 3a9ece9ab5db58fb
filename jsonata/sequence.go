package jsonata

import "github.com/aslocal/aslocal/value"

// This file is the difference between an array and a sequence, the heart of
// JSONata. An array is a JSON value like any other. A sequence is what mapping,
// filtering and ranges give: where a node's evaluation ends, an empty sequence
// is nothing and one of a single item is that item. Both are arrays of package
// value; marks tell them apart.
const (
	markSequence uint64 = 1 << iota // a sequence
	markKeep                        // a sequence that stays one with a single item ("[]" in its path)
	markCons                        // built by a constructor at an end of a path: one item, not several
	markOuter                       // wraps an input that is an array, so that it is one item

	markBits = 4 // the bits above number the objects of a transform's copy
)

// sequence returns the items as a sequence, and takes the slice over.
func sequence(items []value.Value) value.Value {
	return marked(value.OfSlice(items), markSequence)
}

func isArray(v value.Value) bool { return v.Kind() == value.Array }

func isSequence(v value.Value) bool { return isArray(v) && markOf(v)&markSequence != 0 }

// leave is the end of a node's evaluation: it makes nothing of an empty
// sequence, and the item of one that has no other.
func leave(v value.Value) value.Value {
	if v.Kind() != value.Array {
		return v
	}
	return leaveArray(v)
}

func leaveArray(v value.Value) value.Value {
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

// leaveKeeping is leave where "[]" follows the node.
func leaveKeeping(v value.Value) value.Value {
	if isSequence(v) {
		v = marked(v, markOf(v)|markKeep)
	}
	return leave(v)
}

// An exit says how a node is left.
type exit uint8

const (
	leaving exit = iota
	keeping      // "[]" follows the node
	staying      // predicates or a group follow, which see a sequence as it is
)

func (x exit) of(v value.Value) value.Value {
	switch x {
	case leaving:
		return leave(v)
	case keeping:
		return leaveKeeping(v)
	}
	return v
}

// then applies the exit to what e evaluates.
func (x exit) then(e eval) eval {
	if x == staying {
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

// appendValues joins two values into an array, as $append does: nothing leaves
// the other as it is.
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

// clean takes all marks off a result, wherever it holds some.
func clean(v value.Value) value.Value {
	v, _ = replaced(v, func(v value.Value) (value.Value, bool) { return marked(v, 0), markOf(v) != 0 })
	return v
}

// replaced applies do to a value, and then to all that it holds; do also says
// whether anything is new. What stays as it is is not copied.
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

// allReplaced is replaced for a list; nil if nothing is new.
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
