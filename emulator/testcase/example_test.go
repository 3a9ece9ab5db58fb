package testcase_test

import (
	"context"
	"fmt"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/coverage"
	"github.com/aslocal/aslocal/emulator/testcase"
)

// A Go program runs the cases of a test file, and sees what was not as expected and what was
// not reached.
func ExampleMachine_Run() {
	definition, found := asl.Parse(`{
		"StartAt": "Charge",
		"States": {
			"Charge": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:charge",
				"Catch": [{"ErrorEquals": ["CardDeclined"], "Next": "Refused"}], "End": true},
			"Refused": {"Type": "Fail", "Error": "Refused"}
		}
	}`)
	if found.HasErrors() {
		panic(found)
	}
	file, err := testcase.Parse("order.test.yaml", `
mocks:
  Charge: {return: {receipt: 17}}
cases:
  - name: paid
    expect: {output: {receipt: 17}}
  - name: declined
    expect: {error: Refused}
`)
	if err != nil {
		panic(err)
	}
	machine := &testcase.Machine{Name: "order", Definition: definition, Text: definition.JSON()}
	covered := coverage.New(definition)
	for i := range file.Cases {
		result := machine.Run(context.Background(), file, &file.Cases[i], nil)
		fmt.Println(result.Case.Name, result.Passed(), result.Path)
		for _, failure := range result.Failures {
			fmt.Printf("  %s:%v: %v\n", file.Name, failure.At, failure)
		}
		covered.Merge(result.Coverage)
	}
	fmt.Println(covered.Summary())
	// Output:
	// paid true [Charge]
	// declined false [Charge]
	//   order.test.yaml:8:5: status: expected FAILED, got SUCCEEDED
	//   order.test.yaml:8:21: error: expected "Refused", got nothing
	// states 1/2 (50.0 %), transitions 0/1 (0.0 %), catchers 0/1 (0.0 %)
}
