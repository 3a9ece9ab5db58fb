package jsonpath

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/internal/jptest"
	"github.com/aslocal/aslocal/value"
	"github.com/ohler55/ojg/jp"
)

// benchDocument has a deep member and 1,000 items.
func benchDocument() value.Value {
	var b strings.Builder
	b.WriteString(`{"a":{"b":{"c":{"d":1}}},"items":[`)
	for i := range 1000 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":%d,"sku":"s-%d","qty":%d,"tags":["t%d","u"]}`, i, i, i%10, i%7)
	}
	b.WriteString(`]}`)
	return value.MustParse(b.String())
}

func BenchmarkGet(b *testing.B) {
	doc := benchDocument()
	for _, bench := range []struct{ name, path string }{
		{"names", "$.a.b.c"},
		{"index", "$.items[700].sku"},
		{"missing", "$.a.b.x"},
		{"wildcard", "$.items[*].id"},
		{"filter", "$.items[?(@.qty > 5 && @.sku != 's-7')].id"},
		{"existence", "$.items[?(@.nope)]"},
		{"pattern", "$.items[?(@.sku =~ /s-.*7/)].id"},
		{"scan", "$..sku"},
		{"length", "$.items[(@.length-1)].sku"},
	} {
		p := compile(b, bench.path)
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.Get(doc); err != nil && bench.name != "missing" {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("names/jp", func(b *testing.B) {
		b.ReportAllocs()
		x, keyed := jp.MustParseString("$.a.b.c"), jptest.For(doc)
		for b.Loop() {
			if len(x.Get(keyed)) != 1 {
				b.Fatal("not found")
			}
		}
	})
}

func BenchmarkSet(b *testing.B) {
	doc, p := benchDocument(), compile(b, "$.a.b.c")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Set(doc, value.True); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	for _, path := range []string{"$.a.b.c", "$.items[?(@.qty > 5 && @.sku != 's-7')].id"} {
		b.Run(path, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Compile(path); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
