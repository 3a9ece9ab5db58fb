package jsonata

import (
	"math"

	"github.com/aslocal/aslocal/value"
)

// This file evaluates $sum, $count, $max, $min and $average of a path, as in
// "$sum(lines.price)", without making an array of its results: it reads them on the
// stack. Unusual cases are left to the function itself.

// aggregates are the functions, by name, with their results for a list of numbers;
// $count takes any values.
var aggregates = map[string]func(numbers []value.Value) float64{
	"sum":     total,
	"average": func(numbers []value.Value) float64 { return total(numbers) / float64(len(numbers)) },
	"max":     func(numbers []value.Value) float64 { return extremeOf(numbers, math.Max) },
	"min":     func(numbers []value.Value) float64 { return extremeOf(numbers, math.Min) },
	"count":   func(items []value.Value) float64 { return float64(len(items)) },
}

func total(numbers []value.Value) (sum float64) {
	for i := range numbers {
		sum += numbers[i].Float()
	}
	return sum
}

func extremeOf(numbers []value.Value, better func(a, b float64) float64) float64 {
	best := numbers[0].Float()
	for _, n := range numbers[1:] {
		best = better(best, n.Float())
	}
	return best
}

// aggregate compiles a call of such a function with a path; ok is false for
// any other call.
func (c *compiler) aggregate(n *node, call *call) (e eval, ok bool, err error) {
	do := aggregates[n.lhs.text]
	if n.lhs.kind != nodeVariable || do == nil || len(n.items) != 1 || len(n.lhs.predicates) > 0 || n.tail {
		return nil, false, nil
	}
	if _, own := c.scope.find(n.lhs.text); own != nil {
		return nil, false, nil
	}
	arg := n.items[0]
	if arg.kind != nodePath || arg.group != nil || arg.singleton || arg.keepArray || arg.binds() {
		return nil, false, nil
	}
	p, err := c.steps(arg)
	if err != nil {
		return nil, false, err
	}
	free, builtin := c.freeIndex(n.lhs.text), functionOf(builtinFunctions[n.lhs.text])
	anything := n.lhs.text == "count"
	return func(f *frame, in value.Value) (value.Value, error) {
		r := f.run
		if functionOf(r.free[free]) != builtin {
			return call.eval(f, in)
		}
		base := len(r.stack)
		whole, items, err := p.run(f, in)
		if err != nil {
			return value.Value{}, err
		}
		if whole.Exists() {
			items = itemsOf(whole)
		}
		usual := len(items) > 0 && (anything && (whole.Exists() || !isArray(items[0])) || allFinite(items))
		var result float64
		if usual {
			result = do(items)
		}
		r.stack = r.stack[:base]
		if !usual {
			return call.eval(f, in)
		}
		return number(result), nil
	}, true, nil
}

// allFinite reports whether all are finite numbers.
func allFinite(items []value.Value) bool {
	for i := range items {
		if f := items[i].Float(); items[i].Kind() != value.Number || !finite(f) {
			return false
		}
	}
	return true
}

// binds reports whether one of the steps of a path binds something.
func (n *node) binds() bool {
	for _, step := range n.items {
		if step.tuple {
			return true
		}
	}
	return false
}
