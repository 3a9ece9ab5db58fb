package cell

import "testing"

func TestCell(t *testing.T) {
	type node struct{ name string }
	first, second := &node{"first"}, &node{"second"}
	if c := OfBits(3, 7); c.Kind() != 3 || c.Bits() != 7 || c.Text() != "" {
		t.Errorf("bits: got %d, %d, %q", c.Kind(), c.Bits(), c.Text())
	}
	if c := OfText(4, "text", 7); c.Kind() != 4 || c.Bits() != 7 || c.Text() != "text" {
		t.Errorf("text: got %d, %d, %q", c.Kind(), c.Bits(), c.Text())
	}
	c := OfNode(5, first)
	if c.Kind() != 5 || c.Bits() != 0 || Node[node](c) != first {
		t.Errorf("node: got %d, %d, %v", c.Kind(), c.Bits(), Node[node](c))
	}
	if marked := c.WithBits(7); marked.Bits() != 7 || c.Bits() != 0 || Node[node](marked) != first || !Same(c, marked) {
		t.Error("other bits change more than the bits of one cell")
	}
	if Same(c, OfNode(5, second)) {
		t.Error("cells of two nodes are the same")
	}
	if (Cell{}).Kind() != 0 {
		t.Error("the zero Cell has a kind")
	}
}
