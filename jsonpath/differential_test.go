package jsonpath

import (
	"errors"
	"testing"

	"github.com/aslocal/aslocal/internal/jptest"
	"github.com/aslocal/aslocal/value"
	"github.com/ohler55/ojg/jp"
)

// TestAgreesWithJP compares the package with ojg's jp where the two dialects
// are the same: all paths of up to three names, indexes and wildcards.
func TestAgreesWithJP(t *testing.T) {
	docs := []value.Value{
		value.MustParse(`{"a":{"b":[1,{"a":2,"c d":3}],"a":null},"b":[[1,2],[{"a":4}],"x"],"c d":{"b":{"b":5}}}`),
		value.MustParse(`[{"a":[0,1],"b":{"a":6}},[{"c d":7},8,[9]],null,true]`),
		value.MustParse(`"text"`),
	}
	parts := []string{".a", ".b", "['c d']", "[0]", "[1]", "[-1]", ".*", "[*]"}
	paths := []string{"$"}
	for start := range 3 {
		for _, path := range paths {
			if len(jp.MustParseString(path)) == start+1 { // those with one part less
				for _, part := range parts {
					paths = append(paths, path+part)
				}
			}
		}
	}
	if len(paths) != 1+8+64+512 {
		t.Fatalf("got %d paths", len(paths))
	}
	for _, path := range paths {
		p, other := compile(t, path), jp.MustParseString(path)
		for _, doc := range docs {
			checkJP(t, p, doc, other.Get(jptest.For(doc)))
		}
	}
}

func checkJP(t *testing.T, p *Path, doc value.Value, found []any) {
	t.Helper()
	theirs := make([]value.Value, len(found))
	for i, x := range found {
		v, err := jptest.From(x)
		if err != nil {
			t.Fatal(err)
		}
		theirs[i] = v
	}
	ours, err := p.Get(doc)
	switch notFound := new(NotFoundError); {
	case errors.As(err, &notFound):
		if len(theirs) > 0 {
			t.Errorf("%s on %s: got %v, jp finds %v", p, doc, err, theirs)
		}
	case err != nil:
		t.Errorf("%s on %s: %v", p, doc, err)
	case !p.Definite():
		if want := value.OfSlice(theirs); !value.Equal(ours, want) {
			t.Errorf("%s on %s: got %s, jp finds %s", p, doc, ours, want)
		}
	case len(theirs) != 1 || !value.Equal(ours, theirs[0]):
		t.Errorf("%s on %s: got %s, jp finds %v", p, doc, ours, theirs)
	}
}
