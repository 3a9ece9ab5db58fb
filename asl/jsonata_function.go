package asl

import (
	"math"

	"github.com/aslocal/aslocal/asl/intrinsic"
	"github.com/aslocal/aslocal/jsonata"
	"github.com/aslocal/aslocal/value"
)

// This file is JSONata as Step Functions runs it: the functions it adds, its
// numbers and its limits. Developer guide: "JSONata functions provided by Step
// Functions". Neither Step Functions nor package jsonata has $eval.

// CompileExpression compiles a JSONata expression, without the delimiters {%
// and %}, with the functions and the numbers of Step Functions. The error is a
// *jsonata.Error.
func CompileExpression(text string) (*jsonata.Expr, error) {
	return jsonata.Compile(text, jsonataOptions...)
}

// ExpressionLimits returns the limits of Step Functions for one evaluation: a
// hundred nested evaluations (F-094), arrays and strings of 10 MiB, at 12 bytes
// an item and 2 bytes a character (F-095). The service gives an expression one
// second; the number of steps stands for that second, because it is the same on
// every machine. It is several times what the service does in a second, so only
// endless expressions reach it.
func ExpressionLimits() jsonata.Limits {
	return jsonata.Limits{Steps: 20_000_000, Depth: 100, Items: 873_782, Length: 10 << 20 / 2}
}

// jsonataOptions are the functions of Step Functions and its numbers, which differ
// from those of the reference (F-096).
var jsonataOptions = func() []jsonata.Option {
	options := []jsonata.Option{jsonata.WithServiceNumbers()}
	for _, f := range jsonataFunctions {
		options = append(options, jsonata.WithFunction(f))
	}
	return options
}()

// jsonataFunctions are the functions that Step Functions adds. Most do the same
// as an intrinsic function (documented).
var jsonataFunctions = []jsonata.Function{
	{Name: "partition", Signature: "<an:a>", Arity: 2, Call: func(_ jsonata.Call, in []value.Value) (value.Value, error) {
		return intrinsic.Apply("States.ArrayPartition", nil, in[0], floor(in[1]))
	}},
	{Name: "range", Signature: "<nnn:a>", Arity: 3, Call: func(_ jsonata.Call, in []value.Value) (value.Value, error) {
		items, err := intrinsic.Apply("States.ArrayRange", nil, floor(in[0]), floor(in[1]), floor(in[2]))
		return jsonata.Sequence(append([]value.Value(nil), items.Slice()...)), err
	}},
	{Name: "hash", Signature: "<xs:s>", Arity: 2, Call: func(_ jsonata.Call, in []value.Value) (value.Value, error) {
		return intrinsic.Apply("States.Hash", nil, in[0], in[1])
	}},
	{Name: "random", Signature: "<n?:n>", Arity: 1, Call: func(c jsonata.Call, in []value.Value) (value.Value, error) {
		if seed := in[0]; seed.Exists() {
			return value.OfFloat(intrinsic.JavaDouble(int64(math.Floor(seed.Float())))), nil
		}
		return value.OfFloat(c.Random()), nil
	}},
	{Name: "uuid", Signature: "<:s>", Call: func(c jsonata.Call, _ []value.Value) (value.Value, error) {
		return value.OfString(intrinsic.NewSource(math.Float64bits(c.Random())).UUID()), nil
	}},
	{Name: "parse", Signature: "<s:x>", Arity: 1, Call: func(_ jsonata.Call, in []value.Value) (value.Value, error) {
		return intrinsic.Apply("States.StringToJson", nil, in[0])
	}},
}

// floor rounds a number down, as the functions above do with numbers that are
// not integers (documented); other values stay as they are.
func floor(v value.Value) value.Value {
	if v.Kind() != value.Number {
		return v
	}
	return value.OfFloat(math.Floor(v.Float()))
}
