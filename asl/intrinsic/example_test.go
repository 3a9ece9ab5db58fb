package intrinsic_test

import (
	"fmt"

	"github.com/aslocal/aslocal/asl/intrinsic"
	"github.com/aslocal/aslocal/value"
)

// input is a jsonpath.Roots with data only.
type input struct{ value.Value }

func (in input) Data() value.Value            { return in.Value }
func (input) Context() value.Value            { return value.EmptyObject }
func (input) Variable(string) (v value.Value) { return v }

func Example() {
	in := input{value.MustParse(`{"id":"A-17","lines":[1,2,3]}`)}
	for _, text := range []string{
		"States.Format('Order {} has {} lines', $.id, States.ArrayLength($.lines))",
		"States.ArrayPartition($.lines, 2)",
		"States.ArrayGetItem($.lines, 3)",
	} {
		call, err := intrinsic.Compile(text)
		if err != nil {
			fmt.Println(err)
			continue
		}
		v, err := call.Eval(in, nil)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(v)
	}
	// Output:
	// "Order A-17 has 3 lines"
	// [[1,2],[3]]
	// There was an error while evaluating the intrinsic function: States.ArrayGetItem($.lines, 3). Invalid arguments in States.ArrayGetItem
}
