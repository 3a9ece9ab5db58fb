package value

// This file lets an evaluator tell apart arrays, or objects, that are equal as
// JSON: JSONata's sequences from arrays, the copies of one node from each other.

// Marked returns v with the mark m, if v is an array or an object; anything
// else as it is. A mark belongs to the Value in hand, not to the node that
// other Values share with it. It takes no memory, and neither Equal nor the
// writer sees it. Whoever marks values takes the marks off (Marked(0)) before
// others see them, or knows that they do no harm.
func (v Value) Marked(m uint64) Value {
	if k := v.Kind(); k == Array || k == Object {
		v.x = m
	}
	return v
}

// Mark returns the mark of an array or object, 0 unless Marked gave it one, and
// 0 for anything else.
func (v Value) Mark() uint64 {
	if k := v.Kind(); k == Array || k == Object {
		return v.x
	}
	return 0
}

// Same reports whether a and b are one and the same array or object, not only
// equal ones.
func Same(a, b Value) bool {
	k := a.Kind()
	return k == b.Kind() && (k == Array || k == Object) && same(a, b)
}
