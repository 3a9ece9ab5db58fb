package asl_test

import (
	"context"
	"fmt"
	"os"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/jsonata"
	"github.com/aslocal/aslocal/value"
)

func Example() {
	d, found := asl.ParseFile("order.asl.json", []byte(`{
  "StartAt": "Ship",
  "States": {
    "Ship": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:ship", "End": true}
  }
}`))
	found = append(found, asl.Validate(d, asl.Options{})...)
	if found.HasErrors() {
		fmt.Println(found)
		return
	}
	ship := d.State("Ship")
	fmt.Println(ship.Type, ship.Pointer, ship.QueryLanguage)
	// Output: Task /States/Ship JSONPath
}

func ExampleParse() {
	d, found := asl.Parse(`{"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 1, "End": true}}}`)
	fmt.Println(d.StartAt, len(d.States), len(found))

	_, found = asl.Parse(`{"StartAt": }`)
	fmt.Println(found)
	// Output:
	// Wait 1 0
	// 1:13 error INVALID_JSON_DESCRIPTION: Unexpected character ('}' (code 125)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')
}

func ExampleValidate() {
	d, _ := asl.Parse(`{
  "StartAt": "Check",
  "States": {
    "Check": {"Type": "Pass", "Next": "Fulfill"},
    "Fulfil": {"Type": "Succeed"}
  }
}`)
	for _, problem := range asl.Validate(d, asl.Options{}) {
		fmt.Println(problem.Severity, problem.Code, problem.Pointer, problem.Range.Start, problem.Hint)
	}
	// Output:
	// ERROR MISSING_TRANSITION_TARGET /States/Check/Next 4:39 did you mean "Fulfil"?
	// ERROR MISSING_TRANSITION_TARGET /States/Fulfil 5:5
}

func ExampleDiagnostics_Format() {
	source := []byte(`StartAt: Check
States:
  Check:
    Type: Pass
    Next: Fulfill
  Fulfil:
    Type: Succeed
`)
	d, _ := asl.ParseFile("order.asl.yaml", source)
	if err := asl.Validate(d, asl.Options{}).Format(os.Stdout, source); err != nil {
		fmt.Println(err)
	}
	// Output:
	// order.asl.yaml:5:11 error MISSING_TRANSITION_TARGET: Missing 'Next' target: Fulfill at /States/Check/Next
	//     3 |   Check:
	//     4 |     Type: Pass
	//     5 |     Next: Fulfill
	//       |           ^^^^^^^ did you mean "Fulfil"?
	// order.asl.yaml:6:3 error MISSING_TRANSITION_TARGET: State "Fulfil" is not reachable. at /States/Fulfil
	//     4 |     Type: Pass
	//     5 |     Next: Fulfill
	//     6 |   Fulfil:
	//       |   ^^^^^^
}

// The range of a diagnostic is a part of the source, in lines and columns and in
// bytes.
func ExampleRange() {
	const source = `{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}`
	d, _ := asl.Parse(source)
	_, place, ok := d.Place("/States/A/Type")
	fmt.Println(ok, place.Start, source[place.Start.Offset:place.End.Offset])
	// Output: true 1:43 "Succeed"
}

func ExampleMatches() {
	fmt.Println(
		asl.Matches([]string{asl.ErrTaskFailed}, "OutOfStock"),
		asl.Matches([]string{asl.ErrTaskFailed}, asl.ErrTimeout),
		asl.Matches([]string{asl.ErrAll}, asl.ErrRuntime),
	)
	// Output: true false false
}

func ExampleCompileExpression() {
	text, _ := asl.ExpressionText("{% $partition($states.input.items, 2) %}")
	e, err := asl.CompileExpression(text)
	if err != nil {
		fmt.Println(err)
		return
	}
	states := value.MustParse(`{"input": {"items": [1, 2, 3]}}`)
	v, err := e.Eval(context.Background(), value.Value{}, jsonata.Env{
		Variables: jsonata.Map{"states": states}, Limits: asl.ExpressionLimits(),
	})
	fmt.Println(v, err)
	// Output: [[1,2],[3]] <nil>
}
