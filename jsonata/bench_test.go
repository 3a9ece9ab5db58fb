package jsonata

import (
	"context"
	"testing"

	"github.com/aslocal/aslocal/value"
)

// BenchmarkShared runs the expressions of bench.json, which the reference was
// measured with as well; see the folder compare.
func BenchmarkShared(b *testing.B) {
	doc := readShared(b, "bench.json")
	for _, c := range doc.Get("cases").Items() {
		b.Run(c.Get("name").Text(), func(b *testing.B) {
			e := MustCompile(c.Get("expr").Text())
			data := doc.Get("datasets").Get(c.Get("data").Text())
			env := Env{Variables: variablesOf(doc.Get("bindings").Get(c.Get("bindings").Text()))}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e.Eval(context.Background(), data, env); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func variablesOf(v value.Value) Map {
	m := Map{}
	for name, member := range v.Members() {
		m[name] = member
	}
	return m
}

// BenchmarkField is the most common expression of a state machine.
func BenchmarkField(b *testing.B) {
	e := MustCompile("$states.input.a.b")
	env := Env{Variables: Map{"states": value.MustParse(`{"input": {"a": {"b": "here"}}, "context": {"State": {"Name": "x"}}}`)}}
	b.ReportAllocs()
	for b.Loop() {
		v, err := e.Eval(context.Background(), value.Value{}, env)
		if err != nil || v.Text() != "here" {
			b.Fatal(v, err)
		}
	}
}

// BenchmarkCompile compiles an expression of some size.
func BenchmarkCompile(b *testing.B) {
	const text = `{"id": $states.input.order.id, "total": $sum($states.input.order.lines.(qty * price)), "big": $states.input.order.lines[price > 100]^(>price).sku}`
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Compile(text); err != nil {
			b.Fatal(err)
		}
	}
}
