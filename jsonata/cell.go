package jsonata

import (
	"math"

	"github.com/aslocal/aslocal/internal/cell"
	"github.com/aslocal/aslocal/value"
)

// This file is what an evaluation keeps in values that is not JSON: marks on
// arrays and objects; and, as values of kind Opaque, functions and the numbers
// NaN and ±Infinity. A function is the node of its cell; such a number is in the
// bits, which are never 0.

// marked returns an array or object with the mark m; anything else as it is. A
// mark belongs to the Value in hand, not to the node that other Values share
// with it. It takes no memory, and value.Equal and the writer ignore it. Results
// leave the package without marks, see Expr.result.
func marked(v value.Value, m uint64) value.Value {
	if k := v.Kind(); k == value.Array || k == value.Object {
		return value.Value(cell.Cell(v).WithBits(m))
	}
	return v
}

// markOf returns the mark of an array or object; 0 for one without a mark, and
// for anything else.
func markOf(v value.Value) uint64 {
	if k := v.Kind(); k == value.Array || k == value.Object {
		return cell.Cell(v).Bits()
	}
	return 0
}

// same reports whether a and b are one array or one object, not only equal.
func same(a, b value.Value) bool {
	k := a.Kind()
	return k == b.Kind() && (k == value.Array || k == value.Object) && cell.Same(cell.Cell(a), cell.Cell(b))
}

// ofFunction returns the function as a value.
func ofFunction(f *function) value.Value { return value.Value(cell.OfNode(uint8(value.Opaque), f)) }

// functionOf returns the function that v is, or nil.
func functionOf(v value.Value) *function {
	if v.Kind() != value.Opaque || cell.Cell(v).Bits() != 0 {
		return nil
	}
	return cell.Node[function](cell.Cell(v))
}

func isFunction(v value.Value) bool { return functionOf(v) != nil }

// number returns the value of f, whatever f is.
func number(f float64) value.Value {
	if v := value.OfFloat(f); v.Exists() {
		return v
	}
	return value.Value(cell.OfBits(uint8(value.Opaque), math.Float64bits(f)))
}

// numberOf returns the number that v is, if it is one.
func numberOf(v value.Value) (f float64, ok bool) {
	k := v.Kind()
	if k != value.Number && k != value.Opaque {
		return 0, false
	}
	bits := cell.Cell(v).Bits()
	return math.Float64frombits(bits), k == value.Number || bits != 0
}
