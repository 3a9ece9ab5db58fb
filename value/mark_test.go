package value

import "testing"

func TestMarks(t *testing.T) {
	list := MustParse(`[1,[2]]`)
	marked := list.Marked(7)
	if got, want := marked.Mark(), uint64(7); got != want {
		t.Errorf("mark of a marked array: got %d, want %d", got, want)
	}
	if list.Mark() != 0 {
		t.Error("the mark shows on another Value of the same array")
	}
	if !Equal(list, marked) || marked.String() != list.String() || !Same(list, marked) {
		t.Error("a mark changes what the array is")
	}
	if got := OfString("x").Marked(7); got.Mark() != 0 || got.Text() != "x" {
		t.Error("a string took a mark")
	}
	if got := OfFloat(1).Marked(7); got.Mark() != 0 || got.Float() != 1 {
		t.Error("a number took a mark")
	}
	if Same(list, MustParse(`[1,[2]]`)) {
		t.Error("two arrays are the same because they are equal")
	}
}
