package jsonpath

import (
	"errors"
	"testing"

	"github.com/aslocal/aslocal/value"
)

var fuzzSeeds = []string{
	`$`, `$$.Execution.Input`, `$var.a[0]`, `$.a.b['c d'][0,1][-1:][*]..x`, `$..[?(@.x == 1 && !@.y || @.z != 'a b')]`,
	`$.a[?(@.s =~ /a(b|c)*.$/i || @.t != null)].length()`, `$..x.sum()`, `$.concat($.a, "b")`, `$.*x`, `$..**`, `$.a]`,
	`$['a','b\'c']`, `$.store\.book`, `$.a[?(@.l < $.m)]`, `$.a[1:2`, `$.[?(@)]`, `$[?($['a)'].b >= -1e5)]`, `$.'a'`,
	`$[(@.length-1)]`, `$.a[?((@.b))]`, `$.\u0041`, `$[?]`, `$[a1:x]`, `$['a b]`, `$..[0].x`, `$....a`,
}

// FuzzCompile checks that what String and Normalized return is the same path.
func FuzzCompile(f *testing.F) {
	for _, seed := range fuzzSeeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Compile(text)
		if err != nil {
			var bad *SyntaxError
			if !errors.As(err, &bad) || bad.Offset < 0 || bad.Offset > len(text) || bad.Message == "" {
				t.Fatalf("%q: got %#v", text, err)
			}
			return
		}
		again, err := Compile(p.String())
		if err != nil || again.Normalized() != p.Normalized() || again.String() != text || again.Definite() != p.Definite() {
			t.Fatalf("%q: reads again as %v, %v", text, again, err)
		}
		if p.IsReference() && !p.Definite() {
			t.Fatalf("%q: a reference path that is not definite", text)
		}
	})
}

// FuzzGet evaluates a path on a document; what it sets it must get.
func FuzzGet(f *testing.F) {
	for _, seed := range fuzzSeeds {
		f.Add(seed, `{"a":[{"b":1,"s":"ab/c","l":[1]},{"x":{"y":null}}],"m":[1,2],"":0}`)
	}
	f.Fuzz(func(t *testing.T, text, doc string) {
		p, err := Compile(text)
		if err != nil {
			return
		}
		v, err := value.Parse(doc)
		if err != nil {
			return
		}
		before := v.String()
		got, err := p.Get(v)
		if err == nil != got.Exists() || err != nil && err.Error() == "" {
			t.Fatalf("%q on %s: got %s, %v", text, doc, got, err)
		}
		if err == nil && !p.Definite() && got.Kind() != value.Array {
			t.Fatalf("%q on %s: got %s, want an array", text, doc, got)
		}
		if p.IsReference() {
			if set, err := p.Set(v, value.True); err == nil {
				if got, err := p.Get(set); err != nil || got.String() != "true" {
					t.Fatalf("%q on %s: set %s and got %s, %v", text, doc, set, got, err)
				}
			}
		}
		if v.String() != before {
			t.Fatalf("%q changed %s to %s", text, before, v)
		}
	})
}
