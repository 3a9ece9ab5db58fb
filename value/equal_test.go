package value

import (
	"fmt"
	"strings"
	"testing"
)

func TestEqual(t *testing.T) {
	wide := func(from, to, step int) string {
		var b strings.Builder
		for i := from; i != to; i += step {
			fmt.Fprintf(&b, `,"m%d":%d`, i, i)
		}
		return `{` + b.String()[1:] + `}`
	}
	for _, c := range []struct {
		name, a, b string
		want       bool
	}{
		{"null", `null`, `null`, true},
		{"null and false", `null`, `false`, false},
		{"booleans", `true`, `true`, true},
		{"different booleans", `true`, `false`, false},
		{"number and string", `1`, `"1"`, false},
		{"number and boolean", `1`, `true`, false},
		{"strings", `"é"`, `"\u00e9"`, true},
		{"strings of different case", `"a"`, `"A"`, false},
		{"a composed and a decomposed letter", `"\u00e9"`, `"e\u0301"`, false},
		{"surrogate halves", `"\ud83d"`, `"\uD83D"`, true},
		{"a half and a replacement character", `"\ud83d"`, `"\ufffd"`, false},
		{"empty ones", `[]`, `[ ]`, true},
		{"an empty array and an empty object", `[]`, `{}`, false},
		{"arrays", `[1,[2]]`, `[1.0,[2e0]]`, true},
		{"arrays in another order", `[1,2]`, `[2,1]`, false},
		{"arrays of different length", `[1]`, `[1,2]`, false},
		{"objects", `{"a":1,"b":[{"c":null}]}`, `{"a":1,"b":[{"c":null}]}`, true},
		{"objects in another order", `{"a":1,"b":2}`, `{"b":2,"a":1}`, true},
		{"objects in another order inside", `[{"x":{"a":1,"b":2}}]`, `[{"x":{"b":2,"a":1}}]`, true},
		{"another value", `{"a":1,"b":2}`, `{"a":1,"b":3}`, false},
		{"another name", `{"a":1,"b":2}`, `{"a":1,"c":2}`, false},
		{"a member less", `{"a":1,"b":2}`, `{"a":1}`, false},
		{"null is not missing", `{"a":null}`, `{"b":null}`, false},
		{"wide objects", wide(0, 50, 1), wide(49, -1, -1), true},
		{"wide objects that differ", wide(0, 50, 1), wide(50, 0, -1), false},
		{"objects of one shape", `[{"a":1,"b":2},{"a":1,"b":3}]`, `[{"a":1,"b":2},{"a":1,"b":3}]`, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := MustParse(c.a), MustParse(c.b)
			if Equal(a, b) != c.want || Equal(b, a) != c.want {
				t.Errorf("%s = %s: got %v, want %v", c.a, c.b, !c.want, c.want)
			}
			if !Equal(a, a) || !Equal(a, rebuilt(a)) {
				t.Errorf("%s does not equal itself", c.a)
			}
		})
	}
	neighbours := MustParse(`[{"a":1,"b":2},{"a":1,"b":3},{"a":1,"b":2}]`)
	if Equal(neighbours.Index(0), neighbours.Index(1)) || !Equal(neighbours.Index(0), neighbours.Index(2)) {
		t.Error("objects that share their shape are compared wrongly")
	}
}

func TestEqualNothing(t *testing.T) {
	x := opaque(1)
	for _, c := range []struct {
		name string
		a, b Value
	}{
		{"no value and no value", Value{}, Value{}},
		{"no value and null", Value{}, NullValue},
		{"an opaque one and itself", x, x},
		{"arrays of opaque ones", OfItems(x), OfItems(x)},
		{"objects of no value", OfMembers("a", Value{}), OfMembers("a", Value{})},
	} {
		if Equal(c.a, c.b) || Equal(c.b, c.a) {
			t.Errorf("%s are equal", c.name)
		}
	}
}
