package jptest

import (
	"slices"
	"testing"

	"github.com/ohler55/ojg/jp"
	"github.com/ohler55/ojg/oj"

	"github.com/aslocal/aslocal/value"
)

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
func TestFor(t *testing.T) {
	v := value.MustParse(library)
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
		got, want := found(t, expr.Get(For(v))), found(t, expr.Get(maps))
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
	whole, err := From(jp.R().First(For(v)))
	if err != nil || whole != v {
		t.Errorf("$: got another value than went in: %v", err)
	}
	several, err := From(jp.MustParseString(`$.shelves[*].books[0]`).Get(For(v)))
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
		v, err := From(x)
		if err != nil {
			t.Fatal(err)
		}
		sorted, err := value.FromAny(v.Any())
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, sorted.String())
	}
	slices.Sort(texts)
	return texts
}

// jp cannot change a value.
func TestForIsReadOnly(t *testing.T) {
	v := value.MustParse(library)
	for _, path := range []string{`$.name`, `$.shelves[0].topic`, `$.shelves[1]`} {
		expr := jp.MustParseString(path)
		_ = expr.Set(For(v), "changed") // jp may refuse
		_, _ = expr.Remove(For(v))
	}
	if want := value.MustParse(library); !value.Equal(v, want) {
		t.Errorf("was %s, is %s", want, v)
	}
}
