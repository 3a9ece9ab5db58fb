//go:build !purego

package value

import "unsafe"

// This file is the only one that knows how a Value lies in memory, and the
// only one that uses unsafe: 24 bytes instead of the 56 of layout_plain.go.
// Build with -tags purego to do without.

// Value is one immutable JSON value; the zero Value is no value.
type Value struct {
	p unsafe.Pointer // text of a string or number, *array, *object, *any
	x uint64         // float64 bits of a number, 1 for true
	m uint64         // kind in the low byte, length of the text above it
}

// Kind says what v is.
func (v Value) Kind() Kind { return Kind(v.m & 0xff) }

func (v Value) bits() uint64    { return v.x }
func (v Value) text() string    { return unsafe.String((*byte)(v.p), int(v.m>>8)) }
func (v Value) array() *array   { return (*array)(v.p) }
func (v Value) object() *object { return (*object)(v.p) }
func (v Value) opaque() *any    { return (*any)(v.p) }

func makeBits(k Kind, x uint64) Value { return Value{x: x, m: uint64(k)} }

func makeText(k Kind, s string, x uint64) Value {
	return Value{p: unsafe.Pointer(unsafe.StringData(s)), x: x, m: uint64(k) | uint64(len(s))<<8}
}

func makeArray(a *array) Value   { return Value{p: unsafe.Pointer(a), m: uint64(Array)} }
func makeObject(o *object) Value { return Value{p: unsafe.Pointer(o), m: uint64(Object)} }
func makeOpaque(x *any) Value    { return Value{p: unsafe.Pointer(x), m: uint64(Opaque)} }

// same reports whether two arrays or two objects are one and the same node.
func same(a, b Value) bool { return a.p == b.p }
