package value

import "github.com/aslocal/aslocal/internal/cell"

// This file is the content of a Value by kind: bits for null, booleans and numbers;
// text for strings, and for numbers that were read; a node for arrays and objects.

// Value is one immutable JSON value; the zero Value is no value. Its layout in memory
// is internal.
type Value cell.Cell

// Kind returns the kind of v.
func (v Value) Kind() Kind { return Kind(cell.Cell(v).Kind()) }

// bits returns the float64 bits of a number, 1 for true.
func (v Value) bits() uint64    { return cell.Cell(v).Bits() }
func (v Value) text() string    { return cell.Cell(v).Text() }
func (v Value) array() *array   { return cell.Node[array](cell.Cell(v)) }
func (v Value) object() *object { return cell.Node[object](cell.Cell(v)) }

func makeBits(k Kind, bits uint64) Value           { return Value(cell.OfBits(uint8(k), bits)) }
func makeText(k Kind, s string, bits uint64) Value { return Value(cell.OfText(uint8(k), s, bits)) }
func makeArray(a *array) Value                     { return Value(cell.OfNode(uint8(Array), a)) }
func makeObject(o *object) Value                   { return Value(cell.OfNode(uint8(Object), o)) }

// same reports whether two arrays or two objects are one node.
func same(a, b Value) bool { return cell.Same(cell.Cell(a), cell.Cell(b)) }
