package jsonata_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/aslocal/aslocal/jsonata"
	"github.com/aslocal/aslocal/value"
)

func Example() {
	e := jsonata.MustCompile(`{"order": id, "total": $sum(lines.(n * price))}`)
	order := value.MustParse(`{"id": "A-17", "lines": [{"n": 2, "price": 9.5}, {"n": 1, "price": 3}]}`)
	v, err := e.Eval(context.Background(), order, jsonata.Env{})
	fmt.Println(v, err)
	// Output: {"order":"A-17","total":22} <nil>
}

// Step Functions binds $states and gives no input document.
func ExampleExpr_Eval_variables() {
	e := jsonata.MustCompile(`$states.input.customer.tier = "gold" and $sum($states.input.lines.qty) > 10`)
	states := value.MustParse(`{"input": {"customer": {"tier": "gold"}, "lines": [{"qty": 7}, {"qty": 5}]}}`)
	v, err := e.Eval(context.Background(), value.Value{}, jsonata.Env{Variables: jsonata.Map{"states": states}})
	fmt.Println(v, err)
	// Output: true <nil>
}

// Go values go in and come out by way of package value.
func ExampleExpr_Eval_any() {
	e := jsonata.MustCompile(`{"names": people[age >= $least].name}`)
	in, err := value.FromAny(map[string]any{"people": []any{
		map[string]any{"name": "Ada", "age": 36},
		map[string]any{"name": "Tim", "age": 12},
		map[string]any{"name": "Max", "age": 51},
	}})
	if err != nil {
		panic(err)
	}
	v, err := e.Eval(context.Background(), in, jsonata.Env{Variables: jsonata.Map{"least": value.OfInt(18)}})
	if err != nil {
		panic(err)
	}
	out := v.Any().(map[string]any)
	fmt.Println(out["names"])
	// Output: [Ada Max]
}

// The host bounds the work, the depth and the memory of an evaluation.
func ExampleLimits() {
	e := jsonata.MustCompile(`($f := function($n) { 1 + $f($n + 1) }; $f(0))`)
	_, err := e.Eval(context.Background(), value.Value{}, jsonata.Env{Limits: jsonata.Limits{Depth: 100}})
	var bad *jsonata.Error
	fmt.Println(errors.As(err, &bad) && bad.IsLimit())

	e = jsonata.MustCompile(`($f := function() { $f() }; $f())`)
	_, err = e.Eval(context.Background(), value.Value{}, jsonata.Env{Limits: jsonata.Limits{Steps: 1000}})
	fmt.Println(errors.Is(err, jsonata.ErrSteps), err)
	// Output:
	// true
	// true U1001: Expression evaluation timeout: Check for infinite loop
}

// A function of the host can call those that it gets.
func ExampleCall_Apply() {
	twice := jsonata.Function{
		Name:      "twice",
		Signature: "<xf:x>",
		Arity:     2,
		Call: func(c jsonata.Call, args []value.Value) (value.Value, error) {
			v, err := c.Apply(args[1], args[0])
			if err != nil {
				return v, err
			}
			return c.Apply(args[1], v)
		},
	}
	e := jsonata.MustCompile(`$twice(3, function($x) { $x * $x })`, jsonata.WithFunction(twice))
	fmt.Println(e.Eval(context.Background(), value.Value{}, jsonata.Env{}))
	// Output: 81 <nil>
}

func ExampleError() {
	_, err := jsonata.MustCompile(`"tax: " & $round(price)`).Eval(context.Background(), value.MustParse(`{"price": "low"}`), jsonata.Env{})
	var e *jsonata.Error
	if errors.As(err, &e) {
		fmt.Println(err)
		fmt.Println(e.Code, e.Position, e.Token, e.Value)
	}
	// Output:
	// T0410: Argument 1 of function "round" does not match function signature
	// T0410 17 round "low"
}

func ExampleWithFunction() {
	half := jsonata.Function{
		Name:      "half",
		Signature: "<n-:n>",
		Arity:     1,
		Call: func(_ jsonata.Call, args []value.Value) (value.Value, error) {
			return value.OfFloat(args[0].Float() / 2), nil
		},
	}
	e := jsonata.MustCompile(`$map([2, 3], $half)`, jsonata.WithFunction(half))
	fmt.Println(e.Eval(context.Background(), value.Value{}, jsonata.Env{}))
	// Output: [1,1.5] <nil>
}

// A host without an input document refuses what would read it.
func ExampleExpr_References() {
	e := jsonata.MustCompile(`$states.result.items[price > 10].name & title`)
	for _, r := range e.References() {
		fmt.Println(r.Kind == jsonata.VariableReference, r.Name, r.Path, r.Position)
	}
	// Output:
	// true states [result items] 7
	// false title [] 45
}
