package jsonata

import (
	"context"
	"fmt"
	"strconv"
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

// BenchmarkCompileNames compiles expressions that bind and read many variables:
// what a name costs must not grow with their number.
func BenchmarkCompileNames(b *testing.B) {
	for _, n := range []int{100, 10_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			text := "($a := 1; "
			for i := range n {
				text += fmt.Sprintf("$v%d := $a; ", i)
			}
			text += "[$v0])"
			for b.Loop() {
				if _, err := Compile(text); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/name")
		})
	}
}
