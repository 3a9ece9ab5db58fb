package asl

import (
	"errors"
	"math"
	"slices"

	"github.com/aslocal/aslocal/asl/intrinsic"
	"github.com/aslocal/aslocal/jsonata"
	"github.com/aslocal/aslocal/value"
)

// This file is JSONata as Step Functions runs it: the functions it adds and its
// limits. Developer guide: "JSONata functions provided by Step
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

// jsonataOptions are the functions of Step Functions and its values, which differ
// from those of the reference (F-096, F-123).
var jsonataOptions = func() []jsonata.Option {
	options := []jsonata.Option{jsonata.WithServiceValues()}
	for _, f := range slices.Concat(changedFunctions, jsonataFunctions) {
		options = append(options, jsonata.WithFunction(f))
	}
	return options
}()

// jsonataFunctions are the functions that Step Functions adds. The last argument may
// be missing. A function without an argument that it needs gives no value (F-113).
var jsonataFunctions = []jsonata.Function{
	{Name: "partition", Signature: "<xn?:a>", Arity: 2, Call: partition},
	{Name: "range", Signature: "<nnn?:a>", Arity: 3, Call: rangeOf},
	{Name: "hash", Signature: "<ss?:s>", Arity: 2, Call: hash},
	{Name: "random", Signature: "<n?:n>", Arity: 1, Call: random},
	{Name: "uuid", Signature: "<:s>", Call: uuid},
	{Name: "parse", Signature: "<s?:x>", Arity: 1, Call: parse},
}

// ExpressionFunctions returns the functions that an expression can call: those of
// JSONata, and those that Step Functions adds.
func ExpressionFunctions() []jsonata.Function {
	functions := jsonata.Builtins()
	for _, f := range jsonataFunctions {
		i := slices.IndexFunc(functions, func(g jsonata.Function) bool { return g.Name == f.Name })
		if i >= 0 {
			functions[i] = f
		} else {
			functions = append(functions, f)
		}
	}
	return functions
}

var none value.Value

// refusal is an error of a function of the service, in its words.
func refusal(message string) error { return &jsonata.Error{Code: "D3137", Message: message} }

// partition is $partition: an array in arrays of a size; the last may be shorter.
func partition(c jsonata.Call, in []value.Value) (value.Value, error) {
	if !in[0].Exists() {
		return none, nil
	}
	if in[0].Kind() != value.Array {
		return none, &jsonata.Error{Code: "T0412", Index: 1, Value: in[0]}
	}
	items := in[0].Slice()
	size := int64(len(items))
	if in[1].Exists() {
		size = whole(in[1])
	}
	switch {
	case size < 0:
		return none, refusal("Second argument must be zero or greater")
	case size == 0 || len(items) == 0:
		return none, nil
	}
	size = min(size, int64(len(items)))
	chunks := make([]value.Value, 0, len(items)/int(size)+1)
	if err := c.Grow(cap(chunks)); err != nil {
		return none, err
	}
	for len(items) > 0 {
		n := min(int(size), len(items))
		chunks = append(chunks, value.OfSlice(items[:n:n]))
		items = items[n:]
	}
	return value.OfSlice(chunks), nil
}

// rangeOf is $range: the integers from the first to the second, inclusively, by a
// step.
func rangeOf(c jsonata.Call, in []value.Value) (value.Value, error) {
	for _, v := range in {
		if !v.Exists() {
			return none, nil
		}
	}
	first, last, step := whole(in[0]), whole(in[1]), whole(in[2])
	var steps uint64 // the distances may have 64 bits
	switch {
	case step > 0 && first <= last:
		steps = (uint64(last) - uint64(first)) / uint64(step)
	case step < 0 && first >= last:
		steps = (uint64(first) - uint64(last)) / -uint64(step)
	default:
		return none, nil
	}
	n := int(min(steps, math.MaxInt32)) + 1
	if err := c.Grow(n); err != nil {
		return none, err
	}
	items := make([]value.Value, n)
	for i := range items {
		items[i] = value.OfInt(first + int64(i)*step)
	}
	return jsonata.Sequence(items), nil
}

// hash is $hash, in lower-case hexadecimal.
func hash(c jsonata.Call, in []value.Value) (value.Value, error) {
	if !in[0].Exists() || !in[1].Exists() {
		return none, nil
	}
	sum, ok := intrinsic.Hash(in[0].Text(), in[1].Text())
	if !ok {
		return none, refusal("Hash algorithm '" + in[1].Text() + "' must be one of SHA-1, SHA-384, SHA-256, SHA-512, MD5")
	}
	return c.Text(sum)
}

// random is $random: with a seed the first number of java.util.Random.
func random(c jsonata.Call, in []value.Value) (value.Value, error) {
	if seed := in[0]; seed.Exists() {
		return value.OfFloat(intrinsic.JavaDouble(whole(seed))), nil
	}
	return value.OfFloat(c.Random()), nil
}

// uuid is $uuid.
func uuid(c jsonata.Call, _ []value.Value) (value.Value, error) {
	return value.OfString(intrinsic.NewSource(math.Float64bits(c.Random())).UUID()), nil
}

// parse is $parse. An empty text, members of one name and numbers beyond the doubles
// are no JSON.
func parse(_ jsonata.Call, in []value.Value) (value.Value, error) {
	if !in[0].Exists() {
		return none, nil
	}
	v, err := value.ParseUnique(in[0].Text())
	if err == nil {
		v, err = parsed(v)
	}
	if err != nil {
		return none, refusal("Invalid JSON")
	}
	return v, nil
}

var errNumberRange = errors.New("a number is beyond the doubles")

// parsed returns a value with its numbers as the service holds them: integers of 64
// bits, and doubles, which are integers, too, if they can be. A whole number beyond
// 64 bits has the form of Java (F-113).
func parsed(v value.Value) (value.Value, error) {
	switch v.Kind() {
	case value.Number:
		n, ok := v.Int()
		f := v.Float()
		switch {
		case math.IsInf(f, 0):
			return none, errNumberRange
		case ok:
			return value.OfInt(n), nil
		case f == math.Trunc(f):
			return value.Parse(value.JavaDouble(f))
		}
		return value.OfFloat(f), nil
	case value.Array, value.Object:
		items := v.Slice()
		if v.Kind() == value.Object {
			items = v.MemberValues()
		}
		inner := make([]value.Value, len(items))
		for i, item := range items {
			var err error
			if inner[i], err = parsed(item); err != nil {
				return none, err
			}
		}
		if v.Kind() == value.Object {
			return v.Shape().New(inner), nil
		}
		return value.OfSlice(inner), nil
	}
	return v, nil
}

// whole returns a number without its fraction, in 64 bits: the nearest that there is.
func whole(v value.Value) int64 {
	if n, ok := v.Int(); ok {
		return n
	}
	switch f := v.Float(); {
	case f >= 1<<63:
		return math.MaxInt64
	case f < -1<<63:
		return math.MinInt64
	default:
		return int64(f)
	}
}
