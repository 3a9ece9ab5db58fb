package value

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/ohler55/ojg/jp"
	"github.com/ohler55/ojg/oj"
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
		{"what ForJP gave", []any{ForJP(MustParse(`{"z":1}`)), ForJP(MustParse(`[1]`))}, `[{"z":1},[1]]`},
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
		{OfOpaque("inside"), "inside"},
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

const library = `{
  "name": "Library",
  "open": true,
  "shelves": [
    {"topic": "maps", "books": [{"title": "Atlas", "price": 40.5}, {"title": "Globe", "price": 12}]},
    {"topic": "trees", "books": []},
    {"topic": "birds", "books": [{"title": "Owls", "price": 12}, {"title": "Wings"}]}
  ]
}`

// jp finds in a Value what it finds in the maps that ojg reads.
func TestForJP(t *testing.T) {
	v := MustParse(library)
	maps, err := oj.ParseString(library)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		`$`, `$.name`, `$.nothing`, `$.shelves`, `$.shelves[0]`, `$.shelves[-1].topic`, `$.shelves[3]`, `$.shelves[*].topic`,
		`$['shelves'][0]['books'][1]['title']`, `$.shelves[0:2].topic`, `$.shelves[::2].topic`, `$.shelves[0,2].topic`,
		`$.shelves[*].books[*].price`, `$..title`, `$..books`, `$.*`, `$.shelves[?(@.topic == 'maps')].books[0].title`,
		`$.shelves[*].books[?(@.price > 12)].title`, `$.name.deeper`, `$.open`,
	} {
		expr := jp.MustParseString(path)
		got, want := found(t, expr.Get(ForJP(v))), found(t, expr.Get(maps))
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
	whole, err := FromJP(jp.R().First(ForJP(v)))
	if err != nil || !same(whole, v) {
		t.Errorf("$: got another value than went in: %v", err)
	}
	several, err := FromJP(jp.MustParseString(`$.shelves[*].books[0]`).Get(ForJP(v)))
	if want := `[{"title":"Atlas","price":40.5},{"title":"Owls","price":12}]`; err != nil || several.String() != want {
		t.Errorf("several: got %s, %v, want %s", several, err, want)
	}
}

// found returns the texts of what jp found, with names sorted. They are sorted
// themselves, since jp goes through maps in any order.
func found(t *testing.T, results []any) []string {
	t.Helper()
	texts := []string{}
	for _, x := range results {
		v, err := FromJP(x)
		if err != nil {
			t.Fatal(err)
		}
		sorted, err := FromAny(v.Any())
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, sorted.String())
	}
	slices.Sort(texts)
	return texts
}

// jp cannot change a Value.
func TestForJPIsReadOnly(t *testing.T) {
	v := MustParse(library)
	before := rebuilt(v).String()
	for _, path := range []string{`$.name`, `$.shelves[0].topic`, `$.shelves[1]`} {
		expr := jp.MustParseString(path)
		_ = expr.Set(ForJP(v), "changed") // jp may refuse
		_, _ = expr.Remove(ForJP(v))
	}
	if got := rebuilt(v).String(); got != before {
		t.Errorf("was %s, is %s", before, got)
	}
}
