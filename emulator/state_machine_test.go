package emulator_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/aslocal/aslocal/emulator"
)

// variable is a machine that waits and refers to the variable of that name.
func variable(name string) string {
	return fmt.Sprintf(`{"StartAt": "A", "States": {
		"A": {"Type": "Pass", "Assign": {%[1]q: 1}, "Next": "W"},
		"W": {"Type": "Wait", "Seconds": 3600, "Next": "B"},
		"B": {"Type": "Pass", "Parameters": {"v.$": "$%[1]s"}, "End": true}}}`, name)
}

// An execution is described by the revision it runs, whatever has become of its
// state machine, and after a restart.
func TestExecutionShowsItsRevision(t *testing.T) {
	store := newSharedStore(t)
	x := newTest(t, emulator.WithStore(store.open()))
	machine := x.create("m", variable("before"))
	if _, err := x.client.UpdateStateMachine(x.ctx, &sfn.UpdateStateMachineInput{StateMachineArn: machine, TracingConfiguration: &types.TracingConfiguration{Enabled: true}}); err != nil {
		t.Fatal(err)
	}
	arn := x.start(machine, "r", `{}`)
	describe := func(x *test) *sfn.DescribeStateMachineForExecutionOutput {
		t.Helper()
		out, err := x.client.DescribeStateMachineForExecution(x.ctx, &sfn.DescribeStateMachineForExecutionInput{ExecutionArn: &arn})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	first := describe(x)
	if first.RevisionId == nil || !first.TracingConfiguration.Enabled || fmt.Sprint(first.VariableReferences) != "map[B:[before]]" {
		t.Fatalf("described as %+v", first)
	}
	same := func(when string, got *sfn.DescribeStateMachineForExecutionOutput) {
		t.Helper()
		if aws.ToString(got.Definition) != variable("before") || aws.ToString(got.RevisionId) != aws.ToString(first.RevisionId) || !got.UpdateDate.Equal(*first.UpdateDate) ||
			!got.TracingConfiguration.Enabled || fmt.Sprint(got.VariableReferences) != "map[B:[before]]" || aws.ToString(got.RoleArn) != role {
			t.Errorf("%s described as %+v\nwant %+v", when, got, first)
		}
	}
	x.em.Advance(time.Minute)
	_, err := x.client.UpdateStateMachine(x.ctx, &sfn.UpdateStateMachineInput{
		StateMachineArn: machine, Definition: aws.String(variable("after")), RoleArn: aws.String(role + "2"), TracingConfiguration: &types.TracingConfiguration{},
	})
	if err != nil {
		t.Fatal(err)
	}
	same("after an update", describe(x))
	if _, err := x.client.DeleteStateMachine(x.ctx, &sfn.DeleteStateMachineInput{StateMachineArn: machine}); err != nil {
		t.Fatal(err)
	}
	same("without its state machine", describe(x))
	y := newTest(t, emulator.WithStore(store.reopen(x.em)))
	same("after a restart", describe(y))
	y.em.Advance(2 * time.Hour)
	if got := y.em.Execution(arn); got.Output != `{"v":1}` {
		t.Errorf("it ends as %+v", got)
	}
}

// After a restart, what runs is compiled when it is asked for, while other state
// machines change.
func TestStartsAndUpdatesAfterARestart(t *testing.T) {
	store := newSharedStore(t)
	x := newTest(t, emulator.WithStore(store.open()))
	var machines []*string
	for i := range 20 {
		machines = append(machines, x.create(fmt.Sprint("m", i), constant(i)))
	}
	y := newTest(t, emulator.WithStore(store.reopen(x.em)))
	var group sync.WaitGroup
	for i, machine := range machines {
		group.Go(func() {
			if _, err := y.client.StartExecution(y.ctx, &sfn.StartExecutionInput{StateMachineArn: machine}); err != nil {
				t.Errorf("starting: %v", err)
			}
		})
		group.Go(func() {
			if _, err := y.client.UpdateStateMachine(y.ctx, &sfn.UpdateStateMachineInput{StateMachineArn: machine, Definition: aws.String(constant(100 + i))}); err != nil {
				t.Errorf("updating: %v", err)
			}
		})
	}
	done := make(chan struct{})
	go func() {
		group.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		t.Fatal("starts and updates wait for each other")
	}
}
