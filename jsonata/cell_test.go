package jsonata

import (
	"math"
	"testing"

	"github.com/aslocal/aslocal/value"
)

func TestMarks(t *testing.T) {
	list := value.MustParse(`[1,[2]]`)
	seven := marked(list, 7)
	if got, want := markOf(seven), uint64(7); got != want {
		t.Errorf("mark of a marked array: got %d, want %d", got, want)
	}
	if markOf(list) != 0 {
		t.Error("the mark shows on another Value of the same array")
	}
	if !value.Equal(list, seven) || seven.String() != list.String() || !same(list, seven) {
		t.Error("a mark changes what the array is")
	}
	if got := marked(value.OfString("x"), 7); markOf(got) != 0 || got.Text() != "x" {
		t.Error("a string took a mark")
	}
	if got := marked(value.OfFloat(1), 7); markOf(got) != 0 || got.Float() != 1 {
		t.Error("a number took a mark")
	}
	if same(list, value.MustParse(`[1,[2]]`)) {
		t.Error("two arrays are the same because they are equal")
	}
}

func TestFunctionsAndNumbers(t *testing.T) {
	f := &function{name: "f"}
	v := ofFunction(f)
	if functionOf(v) != f || !v.Exists() {
		t.Errorf("a function: got %v", functionOf(v))
	}
	if _, ok := numberOf(v); ok {
		t.Error("a function is a number")
	}
	for _, x := range []float64{0, 1.5, math.Inf(1), math.Inf(-1), math.NaN()} {
		v := number(x)
		if got, ok := numberOf(v); !ok || math.Float64bits(got) != math.Float64bits(x) {
			t.Errorf("%v: got %v, %v", x, got, ok)
		}
		if isFunction(v) {
			t.Errorf("%v is a function", x)
		}
	}
	if functionOf(value.True) != nil || functionOf(value.Value{}) != nil {
		t.Error("a value that is no function is one")
	}
}
