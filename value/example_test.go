package value_test

import (
	"errors"
	"fmt"

	"github.com/aslocal/aslocal/value"
)

func Example() {
	order, err := value.Parse(`{"id": "A-17", "lines": [{"sku": "x", "n": 2}]}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	n := order.Get("lines").Index(0).Get("n").Float()
	paid := order.With("paid", value.True)
	fmt.Println(n)
	fmt.Println(order)
	fmt.Println(paid)
	// Output:
	// 2
	// {"id":"A-17","lines":[{"sku":"x","n":2}]}
	// {"id":"A-17","lines":[{"sku":"x","n":2}],"paid":true}
}

func ExampleParse_error() {
	_, err := value.Parse(`{"Type": Pass}`)
	var bad *value.SyntaxError
	if errors.As(err, &bad) {
		fmt.Println(bad.Line, bad.Column, bad.Message)
	}
	// Output:
	// 1 14 Unrecognized token 'Pass': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')
}

func ExampleEqual() {
	a := value.MustParse(`{"n": 1, "big": 12345678901234567890}`)
	b := value.MustParse(`{"big": 12345678901234567890.0, "n": 1.0}`)
	c := value.MustParse(`{"big": 12345678901234567891, "n": 1}`)
	fmt.Println(value.Equal(a, b), value.Equal(a, c))
	// Output:
	// true false
}

func ExampleObjectBuilder() {
	var b value.ObjectBuilder
	b.Set("z", value.OfInt(1))
	b.Set("a", value.OfItems(value.True, value.NullValue))
	b.Set("z", value.OfString("again"))
	fmt.Println(b.Value())
	// Output:
	// {"z":"again","a":[true,null]}
}

// Changing a value gives a new one.
func ExampleValue_With() {
	order := value.MustParse(`{"id": "A-17", "lines": [1, 2]}`)
	paid := order.With("paid", value.True).With("lines", order.Get("lines").WithIndex(0, value.OfInt(7)))
	fmt.Println(order)
	fmt.Println(paid)
	// Output:
	// {"id":"A-17","lines":[1,2]}
	// {"id":"A-17","lines":[7,2],"paid":true}
}

func ExampleFromAny() {
	v, err := value.FromAny(map[string]any{"total": 7.5, "ids": []any{"A-17", nil}})
	fmt.Println(v, err)
	_, err = value.FromAny(make(chan int))
	fmt.Println(err)
	// Output:
	// {"ids":["A-17",null],"total":7.5} <nil>
	// value: cannot convert a chan int
}

// The size is the one of the compact text, whatever text the value was read from.
func ExampleValue_Size() {
	v := value.MustParse(`{ "a" : [ 1.50 ] }`)
	fmt.Println(v, v.Size())
	// Output: {"a":[1.50]} 12
}
