package value

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"
)

func TestFromAny(t *testing.T) {
	for _, c := range []struct {
		name string
		x    any
		want string
	}{
		{"nil", nil, `null`},
		{"bool", true, `true`},
		{"string", "a\n", `"a\n"`},
		{"int", int(-3), `-3`},
		{"int64", int64(math.MaxInt64), `9223372036854775807`},
		{"float64", 1.5, `1.5`},
		{"json.Number", json.Number("1.50"), `1.50`},
		{"empty slice", []any{}, `[]`},
		{"empty map", map[string]any{}, `{}`},
		{"names are sorted", map[string]any{"b": 1, "a": []any{nil, "x"}, "c": map[string]any{}}, `{"a":[null,"x"],"b":1,"c":{}}`},
		{"a Value inside", []any{MustParse(`{"z":1.0,"a":2}`)}, `[{"z":1.0,"a":2}]`},
	} {
		v, err := FromAny(c.x)
		if err != nil || v.String() != c.want {
			t.Errorf("%s: got %s, %v, want %s", c.name, v, err, c.want)
		}
	}
}

func TestFromAnyErrors(t *testing.T) {
	for _, c := range []struct {
		name string
		x    any
		want string
	}{
		{"a channel", make(chan int), "value: cannot convert a chan int"},
		{"inside a slice", []any{1, struct{}{}}, "value: cannot convert a struct {}"},
		{"inside a map", map[string]any{"a": []byte("x")}, "value: cannot convert a []uint8"},
		{"NaN", math.NaN(), "value: NaN has no JSON form"},
		{"infinity", []any{math.Inf(-1)}, "value: -Inf has no JSON form"},
		{"a json.Number that is a word", json.Number("true"), `value: json.Number "true" is not a number`},
		{"a json.Number that is empty", json.Number(""), `value: json.Number "" is not a number`},
		{"a json.Number that is none", json.Number("0x10"), `value: json.Number "0x10" is not a number`},
	} {
		v, err := FromAny(c.x)
		if err == nil || err.Error() != c.want || v.Exists() {
			t.Errorf("%s: got %s, %v, want %s", c.name, v, err, c.want)
		}
	}
}

func TestAny(t *testing.T) {
	for _, c := range []struct {
		v    Value
		want any
	}{
		{Value{}, nil},
		{NullValue, nil},
		{False, false},
		{OfString("x"), "x"},
		{MustParse(`1`), int64(1)},
		{MustParse(`9007199254740993`), int64(9007199254740993)},
		{MustParse(`12345678901234567890`), json.Number("12345678901234567890")},
		{MustParse(`1.0`), 1.0},
		{MustParse(`1e2`), 100.0},
		{MustParse(`1e400`), json.Number("1e400")},
		{OfFloat(0.5), 0.5},
		{MustParse(`{"a":[1,{"b":null}],"c":{}}`), map[string]any{"a": []any{int64(1), map[string]any{"b": nil}}, "c": map[string]any{}}},
		{EmptyArray, []any{}},
		{opaque("inside"), nil},
	} {
		if got := c.v.Any(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %#v, want %#v", c.v, got, c.want)
		}
	}
	v := MustParse(ordersText())
	if back, err := FromAny(v.Any()); err != nil || !Equal(back, v) {
		t.Errorf("a document does not survive Any and FromAny: %v", err)
	}
}
