//go:build purego

package cell

// A Cell is one JSON value. The zero Cell has kind 0.
type Cell struct {
	kind uint8
	bits uint64
	text string
	node any // a pointer
}

// OfBits returns a cell that holds bits only.
func OfBits(kind uint8, bits uint64) Cell { return Cell{kind: kind, bits: bits} }

// OfText returns a cell that holds a text, and bits beside it.
func OfText(kind uint8, text string, bits uint64) Cell {
	return Cell{kind: kind, text: text, bits: bits}
}

// OfNode returns a cell that refers to a node, without bits.
func OfNode[T any](kind uint8, node *T) Cell { return Cell{kind: kind, node: node} }

// Kind returns the kind that the cell was made with.
func (c Cell) Kind() uint8 { return c.kind }

// Bits returns the bits of the cell.
func (c Cell) Bits() uint64 { return c.bits }

// WithBits returns the cell with other bits.
func (c Cell) WithBits(bits uint64) Cell {
	c.bits = bits
	return c
}

// Text returns the text of a cell made by OfText, and "" for one made by OfBits.
func (c Cell) Text() string { return c.text }

// Node returns the node of a cell made by OfNode of the same type.
func Node[T any](c Cell) *T { return c.node.(*T) }

// Same reports whether two cells made by OfNode refer to one node.
func Same(a, b Cell) bool { return a.node == b.node }
