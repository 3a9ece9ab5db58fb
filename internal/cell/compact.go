//go:build !purego

package cell

import "unsafe"

// A Cell is one JSON value. The zero Cell has kind 0.
type Cell struct {
	p unsafe.Pointer // the text or the node
	x uint64         // bits
	m uint64         // kind in the low byte, length of the text above it
}

// OfBits returns a cell that holds bits only.
func OfBits(kind uint8, bits uint64) Cell { return Cell{x: bits, m: uint64(kind)} }

// OfText returns a cell that holds a text, and bits beside it.
func OfText(kind uint8, text string, bits uint64) Cell {
	return Cell{p: unsafe.Pointer(unsafe.StringData(text)), x: bits, m: uint64(kind) | uint64(len(text))<<8}
}

// OfNode returns a cell that refers to a node, without bits.
func OfNode[T any](kind uint8, node *T) Cell { return Cell{p: unsafe.Pointer(node), m: uint64(kind)} }

// Kind returns the kind that the cell was made with.
func (c Cell) Kind() uint8 { return uint8(c.m) }

// Bits returns the bits of the cell.
func (c Cell) Bits() uint64 { return c.x }

// WithBits returns the cell with other bits.
func (c Cell) WithBits(bits uint64) Cell {
	c.x = bits
	return c
}

// Text returns the text of a cell made by OfText, and "" for one made by OfBits.
func (c Cell) Text() string { return unsafe.String((*byte)(c.p), int(c.m>>8)) }

// Node returns the node of a cell made by OfNode of the same type.
func Node[T any](c Cell) *T { return (*T)(c.p) }

// Same reports whether two cells made by OfNode refer to one node.
func Same(a, b Cell) bool { return a.p == b.p }
