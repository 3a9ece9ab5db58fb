package value

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/ohler55/ojg"
	"github.com/ohler55/ojg/jp"
	"github.com/ohler55/ojg/oj"
)

// This file measures the package beside encoding/json and ojg on the three
// sizes of documents that executions carry: an input of some members, an array
// of 1,000 small objects as an editor lays it out, and a large order book.

// smallText has 67 bytes.
const smallText = `{"orderId":"o-1042","customer":"c-77","total":129.95,"express":true}`

// objectsText has 1,000 objects in about 22 KB, a third of it white space.
func objectsText() string {
	var b strings.Builder
	b.WriteString("{\n \"items\": [\n")
	for i := range 1000 {
		if i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, "  {\n   \"id\": %d\n  }", i)
	}
	b.WriteString("\n ]\n}\n")
	return b.String()
}

// ordersText has 650 orders in about 100 KB, written compactly.
func ordersText() string {
	var b strings.Builder
	b.WriteString(`{"customer":{"id":"c-1","name":"Grace Hopper"},"orders":[`)
	for i := range 650 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"o-%05d","region":"r%d","name":"item %d","price":%d.5,"qty":%d,"tags":["t%d","u%d"],"note":"a sentence of a length that notes tend to have, number %d"}`,
			i, i%4, i, i*37%100, i%7+1, i%5, i%8, i)
	}
	b.WriteString(`]}`)
	return b.String()
}

var benchTexts = []struct{ name, text string }{
	{"small", smallText},
	{"objects", objectsText()},
	{"orders", ordersText()},
}

func BenchmarkParse(b *testing.B) {
	for _, doc := range benchTexts {
		b.Run(doc.name+"/value", func(b *testing.B) {
			measure(b, doc.text)
			for b.Loop() {
				if _, err := Parse(doc.text); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(doc.name+"/encoding", func(b *testing.B) {
			measure(b, doc.text)
			data := []byte(doc.text)
			for b.Loop() {
				var v any
				if err := json.Unmarshal(data, &v); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(doc.name+"/oj", func(b *testing.B) {
			measure(b, doc.text)
			data := []byte(doc.text)
			for b.Loop() {
				if _, err := oj.Parse(data); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(doc.name+"/oj-reuse", func(b *testing.B) {
			measure(b, doc.text)
			data := []byte(doc.text)
			p := oj.Parser{Reuse: true}
			for b.Loop() {
				if _, err := p.Parse(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkWrite writes a document that does not know its text: rebuilt has
// lost it.
func BenchmarkWrite(b *testing.B) {
	for _, doc := range benchTexts {
		v := rebuilt(MustParse(doc.text))
		plain := decoded(b, doc.text)
		b.Run(doc.name+"/value", func(b *testing.B) {
			measure(b, doc.text)
			var buf []byte
			for b.Loop() {
				buf = v.AppendJSON(buf[:0])
			}
		})
		b.Run(doc.name+"/value-text", func(b *testing.B) {
			measure(b, doc.text)
			read := MustParse(v.String())
			var buf []byte
			for b.Loop() {
				buf = read.AppendJSON(buf[:0])
			}
		})
		b.Run(doc.name+"/encoding", func(b *testing.B) {
			measure(b, doc.text)
			for b.Loop() {
				if _, err := json.Marshal(plain); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(doc.name+"/oj-reuse", func(b *testing.B) {
			measure(b, doc.text)
			w := oj.Writer{Options: ojg.Options{Sort: false}}
			for b.Loop() {
				w.MustJSON(plain)
			}
		})
	}
}

func BenchmarkSize(b *testing.B) {
	for _, doc := range benchTexts {
		v := rebuilt(MustParse(doc.text))
		b.Run(doc.name, func(b *testing.B) {
			measure(b, doc.text)
			for b.Loop() {
				v.Size()
			}
		})
	}
}

func BenchmarkGet(b *testing.B) {
	v, plain := MustParse(ordersText()), decoded(b, ordersText())
	b.Run("value", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if v.Get("orders").Index(400).Get("note").Text() == "" {
				b.Fatal("no note")
			}
		}
	})
	b.Run("map", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if plain.(map[string]any)["orders"].([]any)[400].(map[string]any)["note"].(string) == "" {
				b.Fatal("no note")
			}
		}
	})
	b.Run("jp", func(b *testing.B) {
		b.ReportAllocs()
		path := jp.MustParseString("$.orders[400].note")
		for b.Loop() {
			if path.First(plain).(string) == "" {
				b.Fatal("no note")
			}
		}
	})
}

// BenchmarkGetWide looks a name up in an object with 100 members.
func BenchmarkGetWide(b *testing.B) {
	var o ObjectBuilder
	for i := range 100 {
		o.Set(fmt.Sprintf("member%d", i), OfInt(int64(i)))
	}
	v := o.Value()
	b.ReportAllocs()
	for b.Loop() {
		if v.Get("member77").Float() != 77 {
			b.Fatal("not 77")
		}
	}
}

func BenchmarkWith(b *testing.B) {
	v := MustParse(smallText)
	b.Run("replace", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			v.With("total", True)
		}
	})
	b.Run("add", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			v.With("paid", True)
		}
	})
}

func BenchmarkEqual(b *testing.B) {
	v, w := MustParse(ordersText()), MustParse(ordersText())
	b.ReportAllocs()
	for b.Loop() {
		if !Equal(v, w) {
			b.Fatal("differ")
		}
	}
}

func measure(b *testing.B, text string) {
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
}

// decoded returns what encoding/json reads into maps.
func decoded(tb testing.TB, text string) (v any) {
	tb.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		tb.Fatal(err)
	}
	return v
}

// rebuilt returns v built anew from its parts, so that nothing in it remembers
// the text it was read from except the numbers.
func rebuilt(v Value) Value {
	switch v.Kind() {
	case Array:
		items := make([]Value, 0, v.Len())
		for _, item := range v.Items() {
			items = append(items, rebuilt(item))
		}
		return OfSlice(items)
	case Object:
		members := make([]Value, 0, v.Len())
		for _, member := range v.Members() {
			members = append(members, rebuilt(member))
		}
		return v.Shape().New(members)
	}
	return v
}
