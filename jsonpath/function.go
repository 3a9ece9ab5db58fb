package jsonpath

import (
	"math"

	"github.com/aslocal/aslocal/value"
)

// This file holds the functions that a path can end with. They work on the
// value that the path has come to and on their arguments: the numbers of min,
// max, avg, stddev and sum come from both.
//
// The specification names only length. Users report that the service accepts
// $.list.sum() but does not find it at run time; until that is recorded, the
// functions are all Jayway's.

// A call is a function with its arguments.
type call struct {
	name      string
	arguments []argument
}

// An argument is a JSON literal, or a path; the path is evaluated on the root
// of the document.
type argument struct {
	literal value.Value
	path    *Path
	each    *Path // path with a wildcard behind it, for length
}

// A function takes the value that the path has come to and the values of the
// arguments.
type function func(s *scene, c *call, v value.Value, arguments []value.Value) (value.Value, *failure)

var functions map[string]function

func init() { // length refers to evaluation
	functions = map[string]function{
		"min":    numeric(minimum),
		"max":    numeric(maximum),
		"avg":    numeric(average),
		"stddev": numeric(deviation),
		"sum":    numeric(sum),
		"length": length,
		"size":   length,
		"keys":   keys,
		"concat": concat,
		"append": appendAll,
		"first":  itemAt(func([]value.Value) value.Value { return value.OfInt(0) }),
		"last":   itemAt(func([]value.Value) value.Value { return value.OfInt(-1) }),
		"index":  itemAt(firstNumber),
	}
}

// invoke calls the function on v. A name that no function has is found out
// here only, as Jayway does.
func (c *call) invoke(s *scene, v value.Value) (value.Value, *failure) {
	f, ok := functions[c.name]
	if !ok {
		return value.Value{}, noFunction(c.name)
	}
	arguments := make([]value.Value, len(c.arguments))
	for i, a := range c.arguments {
		arguments[i] = a.literal
		if a.path != nil {
			var f *failure
			if arguments[i], f = a.path.evaluate(s, s.root, operand); f != nil {
				return value.Value{}, f
			}
		}
	}
	return f(s, c, v, arguments)
}

// numeric makes a function of the numbers among the items of an array and in
// the arguments. Whatever else is there is passed over.
func numeric(of func([]float64) float64) function {
	return func(_ *scene, _ *call, v value.Value, arguments []value.Value) (value.Value, *failure) {
		var numbers []float64
		add := func(v value.Value) {
			if v.Kind() == value.Number {
				numbers = append(numbers, v.Float())
			}
		}
		for _, item := range v.Slice() {
			add(item)
		}
		for _, a := range arguments {
			add(a)
			for _, item := range a.Slice() {
				add(item)
			}
		}
		if len(numbers) == 0 {
			return value.Value{}, noNumbers
		}
		return double(of(numbers))
	}
}

// double returns a number as a double of Java: 3.0, not 3.
func double(f float64) (value.Value, *failure) {
	v, err := value.Parse(value.JavaDouble(f))
	if err != nil || v.Kind() != value.Number {
		return value.Value{}, notFinite
	}
	return v, nil
}

func minimum(numbers []float64) float64 {
	least := numbers[0]
	for _, n := range numbers {
		least = min(least, n)
	}
	return least
}

func maximum(numbers []float64) float64 {
	most := numbers[0]
	for _, n := range numbers {
		most = max(most, n)
	}
	return most
}

func sum(numbers []float64) float64 {
	var total float64
	for _, n := range numbers {
		total += n
	}
	return total
}

func average(numbers []float64) float64 { return sum(numbers) / float64(len(numbers)) }

// deviation is the standard deviation of the numbers as a whole population. The
// order of the operations decides the last digits.
func deviation(numbers []float64) float64 {
	var squares float64
	for _, n := range numbers {
		squares += n * n
	}
	total, count := sum(numbers), float64(len(numbers))
	return math.Sqrt(squares/count - total*total/count/count)
}

// length counts items or members; of anything else it is null. A path in its
// arguments takes part in an odd way: it is asked for all items of what it
// means, and if it is definite for the last one. If that is an array, its
// length is the result.
func length(s *scene, c *call, v value.Value, arguments []value.Value) (value.Value, *failure) {
	if len(c.arguments) > 0 && c.arguments[0].each != nil {
		items, f := c.arguments[0].each.evaluate(s, v, operand)
		if f != nil {
			return value.Value{}, f
		}
		if items.Kind() == value.Array {
			v = items
		}
	}
	if k := v.Kind(); k != value.Array && k != value.Object {
		return value.NullValue, nil
	}
	return value.OfInt(int64(v.Len())), nil
}

func keys(s *scene, _ *call, v value.Value, _ []value.Value) (value.Value, *failure) {
	if v.Kind() != value.Object {
		return value.NullValue, nil
	}
	names := make([]value.Value, 0, v.Len())
	for name := range v.Members() {
		names = append(names, value.OfString(name))
	}
	return value.OfSlice(names), s.work(len(names))
}

// concat joins the strings of an array and the texts of the arguments.
func concat(s *scene, _ *call, v value.Value, arguments []value.Value) (value.Value, *failure) {
	var out []byte
	for _, item := range v.Slice() {
		out = append(out, item.Text()...)
	}
	if f := s.work(v.Len() + len(out)/textPerWork); f != nil {
		return value.Value{}, f
	}
	for _, a := range arguments {
		parts := a.Slice()
		if a.Kind() != value.Array {
			parts = []value.Value{a}
		}
		for _, part := range parts {
			before := len(out)
			if !part.IsNull() {
				out = appendJava(out, part)
			}
			if f := s.work(1 + (len(out)-before)/textPerWork); f != nil { // each may be the same long text
				return value.Value{}, f
			}
		}
	}
	return value.OfString(string(out)), nil
}

// appendAll returns an array with the arguments behind its items, and anything
// else as it is.
func appendAll(s *scene, _ *call, v value.Value, arguments []value.Value) (value.Value, *failure) {
	if v.Kind() != value.Array || len(arguments) == 0 {
		return v, nil
	}
	items := make([]value.Value, 0, v.Len()+len(arguments))
	items = append(append(items, v.Slice()...), arguments...)
	return value.OfSlice(items), s.work(len(items))
}

// itemAt makes a function that picks one item of an array, counted from the
// end if the index is negative.
func itemAt(index func(arguments []value.Value) value.Value) function {
	return func(_ *scene, c *call, v value.Value, arguments []value.Value) (value.Value, *failure) {
		if v.Kind() != value.Array {
			return value.Value{}, noNumbers
		}
		n := index(arguments)
		if !n.Exists() {
			return value.Value{}, breakdown("function %s: expected a number", c.name)
		}
		if item := at(v, int(n.Float())); item.Exists() {
			return item, nil
		}
		return value.Value{}, noTarget(int(n.Float()), v.Len())
	}
}

func firstNumber(arguments []value.Value) value.Value {
	for _, a := range arguments {
		if a.Kind() == value.Number {
			return a
		}
	}
	return value.Value{}
}
