package emulator_test

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/aslocal/aslocal/emulator"
)

// A unit test of a state machine needs no execution: TestState runs one of its
// states, with a mock for what that calls. Here the third try of a payment
// fails, and it has only two.
func Example_testState() {
	t := new(exampleTB) // in a test: its *testing.T
	defer t.end()
	client := sfn.NewFromConfig(emulator.RunT(t).AWSConfig())

	out, err := client.TestState(context.Background(), &sfn.TestStateInput{
		Definition: aws.String(`{
			"StartAt": "Pay",
			"States": {
				"Pay": {
					"Type": "Task",
					"Resource": "arn:aws:states:::lambda:invoke",
					"Parameters": {"FunctionName": "pay", "Payload.$": "$"},
					"Retry": [{"ErrorEquals": ["CardBusy"], "MaxAttempts": 2}],
					"Catch": [{"ErrorEquals": ["States.TaskFailed"], "ResultPath": "$.error", "Next": "Apologize"}],
					"End": true
				},
				"Apologize": {"Type": "Succeed"}
			}
		}`),
		StateName:          aws.String("Pay"),
		Input:              aws.String(`{"total": 42}`),
		Mock:               &types.MockInput{ErrorOutput: &types.MockErrorOutput{Error: aws.String("CardBusy"), Cause: aws.String("try later")}},
		StateConfiguration: &types.TestStateConfiguration{RetrierRetryCount: aws.Int32(2)},
	})
	if err != nil {
		t.Fatalf("%v", err)
	}
	fmt.Println(out.Status, aws.ToString(out.NextState))
	fmt.Println(aws.ToString(out.Output))
	// Output:
	// CAUGHT_ERROR Apologize
	// {"total":42,"error":{"Error":"CardBusy","Cause":"try later"}}
}
