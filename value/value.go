// Package value is the JSON value of the whole program: path languages read it,
// templates build it, executions carry it, journals store it.
//
// A [Value] is immutable. A change gives a new root that shares the unchanged parts
// ([Value.With], [Value.WithIndex], [Value.Without]). Objects
// keep the order of their members, and numbers keep the text they were written
// with, so 1.0 stays 1.0 and 12345678901234567890 stays whole.
//
//	order, err := value.Parse(`{"id": "A-17", "lines": [{"sku": "x", "n": 2}]}`)
//	n := order.Get("lines").Index(0).Get("n").Float() // 2
//	paid := order.With("paid", value.True)            // order is as it was
//	fmt.Println(paid)                                 // {"id":"A-17","lines":[{"sku":"x","n":2}],"paid":true}
//
// The zero Value is "no value" (a path that found nothing, JSONata's
// undefined). It is not null, and it cannot be written as JSON.
package value

import (
	"iter"
	"math"
	"strconv"
)

// Kind is the type of a Value.
type Kind uint8

// The kinds. Absent is the kind of the zero Value. An Opaque value is a JSONata
// function, which an expression can return; it equals nothing and has no JSON
// text.
const (
	Absent Kind = iota
	Null
	Bool
	Number
	String
	Array
	Object
	Opaque
)

var kindNames = [...]string{"absent", "null", "boolean", "number", "string", "array", "object", "opaque"}

// String names the kind as JSON does: "null", "boolean", "number", "string",
// "array", "object"; also "absent" and "opaque".
func (k Kind) String() string { return kindNames[k] }

// The values that need no constructor.
var (
	NullValue   = makeBits(Null, 0)
	False       = makeBits(Bool, 0)
	True        = makeBits(Bool, 1)
	EmptyString = OfString("")
	EmptyArray  = makeArray(&array{text: "[]"})
	EmptyObject = makeObject(&object{shape: emptyShape, text: "{}"})
)

// An array and an object hold their compact JSON text if the source was compact, so
// that it need not be written again.
type array struct {
	items []Value
	text  string
}

type object struct {
	shape   *Shape
	members []Value
	text    string
}

// OfBool returns the boolean b.
func OfBool(b bool) Value {
	if b {
		return True
	}
	return False
}

// OfString returns the string s.
func OfString(s string) Value { return makeText(String, s, 0) }

// maxExact is the greatest n such that all integers from -n to n are exact as
// float64.
const maxExact = 1 << 53

// OfInt returns the number n.
func OfInt(n int64) Value {
	if n > maxExact || n < -maxExact {
		return makeText(Number, strconv.FormatInt(n, 10), math.Float64bits(float64(n)))
	}
	return makeBits(Number, math.Float64bits(float64(n)))
}

// OfFloat returns the number f, whose text is the shortest that reads back as f,
// in the form of ECMAScript. NaN and infinities have no JSON form: OfFloat
// returns no value for them.
func OfFloat(f float64) Value {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Value{}
	}
	return makeBits(Number, math.Float64bits(f))
}

// OfItems returns the array of the items.
func OfItems(items ...Value) Value { return OfSlice(items) }

// OfSlice returns the array of the items. The caller must not change the slice
// afterwards.
func OfSlice(items []Value) Value {
	if len(items) == 0 {
		return EmptyArray
	}
	return makeArray(&array{items: items})
}

// Exists reports whether v is a value at all.
func (v Value) Exists() bool { return v.Kind() != Absent }

// IsNull reports whether v is null.
func (v Value) IsNull() bool { return v.Kind() == Null }

// Bool returns the boolean that v is, and false for anything else.
func (v Value) Bool() bool { return v.Kind() == Bool && v.bits() == 1 }

// Text returns the content of a string, and "" for anything else.
func (v Value) Text() string {
	if v.Kind() != String {
		return ""
	}
	return v.text()
}

// Float returns a number as float64 (±Inf if it is out of range), and 0 for
// anything else.
func (v Value) Float() float64 {
	if v.Kind() != Number {
		return 0
	}
	return math.Float64frombits(v.bits())
}

// Len returns the number of items of an array or members of an object, and 0
// for anything else.
func (v Value) Len() int {
	switch v.Kind() {
	case Array:
		return len(v.array().items)
	case Object:
		return len(v.object().members)
	}
	return 0
}

// Index returns item i of an array, and no value if there is none.
func (v Value) Index(i int) Value {
	if v.Kind() != Array {
		return Value{}
	}
	if items := v.array().items; i >= 0 && i < len(items) {
		return items[i]
	}
	return Value{}
}

// Get returns the member of an object, and no value if there is none.
func (v Value) Get(name string) Value {
	if v.Kind() != Object {
		return Value{}
	}
	o := v.object()
	if i := o.shape.Index(name); i >= 0 {
		return o.members[i]
	}
	return Value{}
}

// Member returns name and value of member i of an object, in the order of the
// object. It panics if v is not an object or has no such member.
func (v Value) Member(i int) (string, Value) {
	o := v.mustObject()
	return o.shape.names[i], o.members[i]
}

// Slice returns the items of an array, or nil. The slice belongs to v: it must
// not be changed.
func (v Value) Slice() []Value {
	if v.Kind() != Array {
		return nil
	}
	return v.array().items
}

// MemberValues returns the values of an object's members in order, or nil. The
// slice belongs to v: it must not be changed.
func (v Value) MemberValues() []Value {
	if v.Kind() != Object {
		return nil
	}
	return v.object().members
}

// Shape returns the names of an object's members, or nil if v is not an object.
func (v Value) Shape() *Shape {
	if v.Kind() != Object {
		return nil
	}
	return v.object().shape
}

// Items ranges over the items of an array; over nothing for another kind.
func (v Value) Items() iter.Seq2[int, Value] {
	return func(yield func(int, Value) bool) {
		for i, item := range v.Slice() {
			if !yield(i, item) {
				return
			}
		}
	}
}

// Members ranges over the members of an object in order; over nothing for
// another kind.
func (v Value) Members() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		if v.Kind() != Object {
			return
		}
		o := v.object()
		for i, name := range o.shape.names {
			if !yield(name, o.members[i]) {
				return
			}
		}
	}
}

// mustObject and mustArray check the kind for methods that change values: the
// layout does not, and would use other memory as a node.

func (v Value) mustObject() *object {
	if k := v.Kind(); k != Object {
		panic("value: expected an object, got " + k.String())
	}
	return v.object()
}

func (v Value) mustArray() *array {
	if k := v.Kind(); k != Array {
		panic("value: expected an array, got " + k.String())
	}
	return v.array()
}
