//go:build purego

package value

// Value is one immutable JSON value; the zero Value is no value.
type Value struct {
	kind Kind
	x    uint64
	s    string
	node any // *array, *object, *any
}

// Kind says what v is.
func (v Value) Kind() Kind { return v.kind }

func (v Value) bits() uint64    { return v.x }
func (v Value) text() string    { return v.s }
func (v Value) array() *array   { return v.node.(*array) }
func (v Value) object() *object { return v.node.(*object) }
func (v Value) opaque() *any    { return v.node.(*any) }

func makeBits(k Kind, x uint64) Value           { return Value{kind: k, x: x} }
func makeText(k Kind, s string, x uint64) Value { return Value{kind: k, s: s, x: x} }
func makeArray(a *array) Value                  { return Value{kind: Array, node: a} }
func makeObject(o *object) Value                { return Value{kind: Object, node: o} }
func makeOpaque(x *any) Value                   { return Value{kind: Opaque, node: x} }

func same(a, b Value) bool { return a.node == b.node }
