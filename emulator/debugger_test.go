package emulator_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/debug"
	"github.com/aslocal/aslocal/value"
)

// A breakpoint stops an execution that an SDK client has started; from the past, a
// new execution goes on with another input.
func TestDebugger(t *testing.T) {
	em := emulator.RunT(t)
	client := sfn.NewFromConfig(em.AWSConfig())
	ctx := context.Background()
	created, err := client.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
		Name: aws.String("m"), RoleArn: aws.String("arn:aws:iam::123456789012:role/r"),
		Definition: aws.String(`{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "End": true}}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	told := make(chan debug.Event, 100)
	face := em.Debugger().Attach("test", func(e debug.Event) { told <- e })
	defer face.Detach()
	face.SetBreakpoints([]debug.Breakpoint{{Kind: debug.AtState, Machine: "m", State: "B"}})
	started, err := client.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: created.StateMachineArn, Input: aws.String(`{"n": 1}`)})
	if err != nil {
		t.Fatal(err)
	}
	arn := *started.ExecutionArn
	stopped := func(want string) debug.Event {
		t.Helper()
		for e := range told {
			if e.Kind == debug.Stopped || e.Kind == debug.Ended {
				if got := string(e.Kind) + " " + stateOf(e) + e.Status; got != want {
					t.Fatalf("got %s, want %s", got, want)
				}
				return e
			}
		}
		return debug.Event{}
	}
	stopped("stopped B")
	if x, err := client.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: started.ExecutionArn}); err != nil || x.Status != "RUNNING" {
		t.Fatalf("status %v, %v", x.Status, err)
	}
	if err := em.Debugger().Back(arn, 0); err != nil {
		t.Fatal(err)
	}
	stopped("stopped A")
	child, err := em.Debugger().Fork(ctx, arn, value.MustParse(`{"n": 2}`))
	if err != nil {
		t.Fatal(err)
	}
	if e := stopped("stopped B"); e.Execution != child {
		t.Errorf("%s is stopped, not %s", e.Execution, child)
	}
	face.SetBreakpoints(nil)
	if err := em.Debugger().Continue(child); err != nil {
		t.Fatal(err)
	}
	stopped("ended SUCCEEDED")
	if x := em.Wait(child); x.Output != `{"n": 2}` && x.Output != `{"n":2}` {
		t.Errorf("output %s", x.Output)
	}
	if err := em.Debugger().Continue(arn); err != nil {
		t.Fatal(err)
	}
	stopped("ended SUCCEEDED")
}

func stateOf(e debug.Event) string {
	if e.Stop == nil {
		return ""
	}
	return e.Stop.State
}
