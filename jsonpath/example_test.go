package jsonpath_test

import (
	"errors"
	"fmt"

	"github.com/aslocal/aslocal/jsonpath"
	"github.com/aslocal/aslocal/value"
)

func Example() {
	order := value.MustParse(`{"lines":[{"sku":"x","qty":2},{"sku":"y","qty":1},{"sku":"z","qty":3}]}`)
	path, err := jsonpath.Compile("$.lines[?(@.qty > 1)].sku")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(path.Get(order))
	// Output:
	// ["x","z"] <nil>
}

func ExamplePath_Set() {
	input := value.MustParse(`{"order":{"id":7}}`)
	resultPath, err := jsonpath.Compile("$.order.payment.status")
	if err != nil {
		fmt.Println(err)
		return
	}
	output, err := resultPath.Set(input, value.OfString("paid"))
	fmt.Println(output, err)
	fmt.Println(input)
	// Output:
	// {"order":{"id":7,"payment":{"status":"paid"}}} <nil>
	// {"order":{"id":7}}
}

func ExampleNotFoundError() {
	path, _ := jsonpath.Compile("$.order.lines[0].sku")
	_, err := path.Get(value.MustParse(`{"order":{}}`))
	var notFound *jsonpath.NotFoundError
	fmt.Println(errors.As(err, &notFound), err)
	// Output:
	// true Missing property in path $['order']['lines']
}
