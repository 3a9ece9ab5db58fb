package edit_test

import (
	"fmt"

	"github.com/aslocal/aslocal/asl/edit"
)

func ExampleApply() {
	text := `StartAt: Pay
States:
  Pay: # the customer
    Type: Task
    Resource: "${PayFunction}"
    Next: Done
  Done: {Type: Succeed}
`
	result, err := edit.Apply(edit.Document{Text: text, Format: edit.YAML},
		edit.Edit{Op: edit.Insert, Edge: "/States/Pay/Next", Name: "Wait", State: []byte(`{"Type": "Wait", "Seconds": 5}`)})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(result.Text)
	fmt.Println(result.Changes, result.Select)
	// Output:
	// StartAt: Pay
	// States:
	//   Pay: # the customer
	//     Type: Task
	//     Resource: "${PayFunction}"
	//     Next: Wait
	//   Wait:
	//     Type: Wait
	//     Seconds: 5
	//     Next: Done
	//   Done: {Type: Succeed}
	// [{99 99 Wait
	//   Wait:
	//     Type: Wait
	//     Seconds: 5
	//     Next: }] [/States/Wait]
}

func ExampleCopy() {
	text := `StartAt: Pay
States:
  Pay: {Type: Task, Resource: !GetAtt Pay.Arn, Next: Check}
  Check: {Type: Choice, Choices: [{Variable: $.ok, BooleanEquals: true, Next: Done}], Default: Pay}
  Done: {Type: Succeed}
`
	fragment, err := edit.Copy(edit.Document{Text: text, Format: edit.YAML}, []string{"/States/Pay"})
	fmt.Print(fragment)
	fmt.Println(err)
	// Output:
	// {
	//   "StartAt": "Pay",
	//   "States": {
	//     "Pay": {
	//       "Type": "Task",
	//       "Resource": {
	//         "Fn::GetAtt": "Pay.Arn"
	//       },
	//       "End": true
	//     }
	//   }
	// }
	// <nil>
}
