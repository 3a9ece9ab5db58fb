package emulator_test

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// t stands for the *testing.T of a test.
type exampleTB struct{ cleanups []func() }

func (t *exampleTB) Helper()                           {}
func (t *exampleTB) Cleanup(f func())                  { t.cleanups = append(t.cleanups, f) }
func (t *exampleTB) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
func (t *exampleTB) end() {
	for _, f := range t.cleanups {
		f()
	}
}

// A test starts an emulator with one line and talks to it with the real SDK.
// The function is a Go function, and the hour of the Wait takes no time.
func ExampleRunT() {
	t := new(exampleTB) // in a test: its *testing.T
	defer t.end()

	em := emulator.RunT(t, emulator.WithTask("pay", func(_ context.Context, order value.Value) (value.Value, error) {
		return value.OfMembers("paid", order.Get("total")), nil
	}))
	client := sfn.NewFromConfig(em.AWSConfig())

	ctx := context.Background()
	machine, err := client.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
		Name:    aws.String("order"),
		RoleArn: aws.String("arn:aws:iam::123456789012:role/order"),
		Definition: aws.String(`{
			"StartAt": "Cool off",
			"States": {
				"Cool off": {"Type": "Wait", "Seconds": 3600, "Next": "Pay"},
				"Pay": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pay", "End": true}
			}
		}`),
	})
	if err != nil {
		t.Fatalf("%v", err)
	}
	execution, err := client.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: machine.StateMachineArn, Input: aws.String(`{"total": 42}`)})
	if err != nil {
		t.Fatalf("%v", err)
	}
	arn := aws.ToString(execution.ExecutionArn)

	em.Settle()
	fmt.Println(em.Execution(arn).Status)
	em.Advance(time.Hour)
	fmt.Println(em.Wait(arn).Status, em.Execution(arn).Output)
	for _, e := range em.History(arn) {
		fmt.Println(e.ID, e.Type)
	}
	// Output:
	// RUNNING
	// SUCCEEDED {"paid":42}
	// 1 ExecutionStarted
	// 2 WaitStateEntered
	// 3 WaitStateExited
	// 4 TaskStateEntered
	// 5 LambdaFunctionScheduled
	// 6 LambdaFunctionStarted
	// 7 LambdaFunctionSucceeded
	// 8 TaskStateExited
	// 9 ExecutionSucceeded
}
