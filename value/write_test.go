package value

import (
	"encoding/json"
	"testing"
)

// String, AppendJSON, Size and MarshalJSON agree on every value, whether it
// knows its text or not.
func TestWrite(t *testing.T) {
	shared := MustParse(`{"k": "é\n"}`)
	for _, c := range []struct {
		name string
		v    Value
		want string
	}{
		{"null", NullValue, `null`},
		{"true", True, `true`},
		{"false", OfBool(false), `false`},
		{"number", OfInt(-12), `-12`},
		{"string", OfString("a\"b"), `"a\"b"`},
		{"empty string", EmptyString, `""`},
		{"empty array", OfItems(), `[]`},
		{"empty object", OfMembers(), `{}`},
		{"array", OfItems(OfInt(1), OfString("x"), NullValue, OfItems(OfItems())), `[1,"x",null,[[]]]`},
		{"object", OfMembers("a", True, "b", shared, "é\"", OfItems(False)), `{"a":true,"b":{"k":"é\n"},"é\"":[false]}`},
		{"read with space", MustParse("[ 1, {\"a\" : 2 } ]"), `[1,{"a":2}]`},
		{"read without", MustParse(`[1,{"a":2}]`), `[1,{"a":2}]`},
		{"no value inside an array", OfItems(Value{}, opaque(1)), `[null,null]`},
		{"no value inside an object", OfMembers("a", Value{}, "b", opaque(1)), `{"a":null,"b":null}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.v.String(); got != c.want {
				t.Errorf("String: got %s, want %s", got, c.want)
			}
			if got := string(c.v.AppendJSON([]byte("before"))); got != "before"+c.want {
				t.Errorf("AppendJSON: got %s, want %s", got, "before"+c.want)
			}
			if got := c.v.Size(); got != len(c.want) {
				t.Errorf("Size: got %d, want %d", got, len(c.want))
			}
			got, err := json.Marshal(map[string]Value{"v": c.v})
			if want := `{"v":` + c.want + `}`; err != nil || string(got) != want {
				t.Errorf("json.Marshal: got %s, %v, want %s", got, err, want)
			}
		})
	}
}

func TestWriteNothing(t *testing.T) {
	for _, c := range []struct {
		v    Value
		want string
	}{
		{Value{}, "value: absent cannot be written as JSON"},
		{opaque(1), "value: opaque cannot be written as JSON"},
	} {
		if c.v.String() != "" || c.v.Size() != 0 || len(c.v.AppendJSON(nil)) != 0 {
			t.Errorf("%s: got %q of %d bytes, want nothing", c.v.Kind(), c.v, c.v.Size())
		}
		if got, err := c.v.MarshalJSON(); err == nil || err.Error() != c.want {
			t.Errorf("%s: got %s, %v, want %s", c.v.Kind(), got, err, c.want)
		}
	}
}
