package emulator_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// pay is a machine that calls the function of that name after a Pass.
const pay = `{"StartAt": "P", "States": {"P": {"Type": "Pass", "Next": "T"},
	"T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pay", "End": true}}}`

// failing answers the first calls with an error, and later ones with 42.
func failing(times int64) emulator.Option {
	var calls atomic.Int64
	return emulator.WithTask("pay", func(context.Context, value.Value) (value.Value, error) {
		if calls.Add(1) <= times {
			return value.Value{}, &asl.Error{Name: "Busy", Cause: "not now"}
		}
		return value.OfInt(42), nil
	})
}

func (t *test) redrive(arn, token string) (time.Time, error) {
	t.Helper()
	in := &sfn.RedriveExecutionInput{ExecutionArn: &arn}
	if token != "" {
		in.ClientToken = &token
	}
	out, err := t.client.RedriveExecution(t.ctx, in)
	if err != nil {
		return time.Time{}, err
	}
	return *out.RedriveDate, nil
}

func (t *test) describe(arn string) *sfn.DescribeExecutionOutput {
	t.Helper()
	out, err := t.client.DescribeExecution(t.ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A redriven execution goes on under its ARN; what is described and listed says
// so, and a restart does not forget it.
func TestRedriveExecution(t *testing.T) {
	store := newSharedStore(t)
	x := newTest(t, emulator.WithStore(store.open()), failing(2))
	machine := x.create("m", pay)
	arn := x.start(machine, "e", "{}")
	if got := x.em.Wait(arn); got.Status != "FAILED" || got.Error != "Busy" {
		t.Fatalf("before: %+v", got)
	}
	if got := x.describe(arn); *got.RedriveCount != 0 || got.RedriveDate != nil || got.RedriveStatus != types.ExecutionRedriveStatusRedrivable || got.RedriveStatusReason != nil {
		t.Errorf("before: %+v", got)
	}
	x.em.Advance(time.Minute)
	first, err := x.redrive(arn, "one")
	if err != nil {
		t.Fatal(err)
	}
	x.em.Settle()
	x.em.Advance(time.Minute)
	if again, err := x.redrive(arn, "one"); err != nil || !again.Equal(first) {
		t.Errorf("the same token again: %v, %v, want %v", again, err, first)
	}
	second, err := x.redrive(arn, "")
	if err != nil || second.Sub(first) != time.Minute {
		t.Fatalf("the second redrive: %v, %v, a minute after %v", second, err, first)
	}
	if got := x.em.Wait(arn); got.Status != "SUCCEEDED" || got.Output != "42" {
		t.Errorf("after: %+v", got)
	}
	want := []string{
		"1<0 ExecutionStarted", "2<0 PassStateEntered", "3<2 PassStateExited", "4<3 TaskStateEntered",
		"5<4 LambdaFunctionScheduled", "6<5 LambdaFunctionStarted", "7<6 LambdaFunctionFailed", "8<7 ExecutionFailed",
	}
	if got := historyTypes(x.em.History(arn)); !slices.Equal(got[:len(want)], want) || got[8] != "9<0 ExecutionRedriven" {
		t.Errorf("history %q", got)
	}

	y := newTest(t, emulator.WithStore(store.reopen(x.em)))
	got := y.describe(arn)
	if *got.RedriveCount != 2 || !got.RedriveDate.Equal(second) || got.RedriveStatus != types.ExecutionRedriveStatusNotRedrivable ||
		aws.ToString(got.RedriveStatusReason) != "Execution is SUCCEEDED and cannot be redriven" {
		t.Errorf("after a restart: %+v", got)
	}
	other := y.start(machine, "never", "{}")
	for filter, want := range map[types.ExecutionRedriveFilter][]string{"": {arn, other}, types.ExecutionRedriveFilterRedriven: {arn}, types.ExecutionRedriveFilterNotRedriven: {other}} {
		list, err := y.client.ListExecutions(y.ctx, &sfn.ListExecutionsInput{StateMachineArn: machine, RedriveFilter: filter})
		if err != nil {
			t.Fatal(err)
		}
		var arns []string
		for _, e := range list.Executions {
			arns = append(arns, *e.ExecutionArn)
			if redriven := *e.ExecutionArn == arn; *e.RedriveCount != map[bool]int32{true: 2}[redriven] || (e.RedriveDate != nil) != redriven {
				t.Errorf("%s is listed with redriveCount %d, redriveDate %v", *e.ExecutionArn, *e.RedriveCount, e.RedriveDate)
			}
		}
		if !slices.Equal(arns, want) {
			t.Errorf("redriveFilter %q: %q, want %q", filter, arns, want)
		}
	}
	_, err = y.redrive(arn, "")
	y.wantFault(err, "ExecutionNotRedrivable", "Execution is SUCCEEDED and cannot be redriven")
}

func TestFaultsOfRedriveExecution(t *testing.T) {
	x := newTest(t, failing(1))
	arn := x.start(x.create("m", wait), "e", "{}")
	_, err := x.redrive(arn, "")
	x.wantFault(err, "ExecutionNotRedrivable", "Execution is RUNNING and cannot be redriven")
	_, err = x.redrive(arn+"x", "")
	x.wantFault(err, "ExecutionDoesNotExist", "Execution Does Not Exist: '"+arn+"x'")
	_, err = x.redrive("arn:aws:states:us-east-1:123456789012:express:m:e:u", "")
	x.wantFault(err, "InvalidArn", "Invalid Arn: 'Resource type not valid in this context: express'")
	_, err = x.redrive("e", "")
	x.wantFault(err, "InvalidArn", "Invalid Arn: 'Invalid ARN prefix: e'")
	_, err = x.redrive(arn, "a b")
	x.wantFault(err, "ValidationException", "1 validation error detected: Value 'a b' at 'clientToken' failed to satisfy constraint: Member must satisfy regular expression pattern: [!-~]+")

	late := x.start(x.create("p", pay), "late", "{}")
	x.em.Wait(late)
	x.em.Advance(14*24*time.Hour + time.Second)
	_, err = x.redrive(late, "")
	x.wantFault(err, "ExecutionNotRedrivable", "Execution redrivable period exceeded")
	if got := x.describe(late); got.RedriveStatus != types.ExecutionRedriveStatusNotRedrivable || aws.ToString(got.RedriveStatusReason) != "Execution redrivable period exceeded" {
		t.Errorf("described as %s: %s", got.RedriveStatus, aws.ToString(got.RedriveStatusReason))
	}
}

// The children of a Map Run go on with the execution that has the run, and not
// without it.
func TestRedriveOfAMapRun(t *testing.T) {
	var broken atomic.Bool
	broken.Store(true)
	x := newTest(t, emulator.WithTask("pay", func(_ context.Context, event value.Value) (value.Value, error) {
		if n, _ := event.Int(); broken.Load() && n == 2 {
			return value.Value{}, errors.New("out of order")
		}
		return event, nil
	}))
	arn := x.start(x.create("m", `{"StartAt": "M", "States": {"M": {"Type": "Map", "Label": "Each", "MaxConcurrency": 1, "End": true, "ItemProcessor": {
		"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "T", "States": {
			"T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pay", "End": true}}}}}}`), "e", "[1, 2]")
	if got := x.em.Wait(arn); got.Status != "FAILED" {
		t.Fatalf("before: %+v", got)
	}
	runs, err := x.client.ListMapRuns(x.ctx, &sfn.ListMapRunsInput{ExecutionArn: &arn})
	if err != nil || len(runs.MapRuns) != 1 {
		t.Fatalf("map runs %+v, %v", runs, err)
	}
	run := *runs.MapRuns[0].MapRunArn
	if got := x.describeMapRun(run); got.Status != types.MapRunStatusFailed || *got.RedriveCount != 0 || got.RedriveDate != nil ||
		*got.ExecutionCounts.FailuresNotRedrivable != 0 || *got.ItemCounts.PendingRedrive != 0 {
		t.Errorf("before: %+v, executions %+v", got, got.ExecutionCounts)
	}
	failed, err := x.client.ListExecutions(x.ctx, &sfn.ListExecutionsInput{MapRunArn: &run, StatusFilter: types.ExecutionStatusFailed})
	if err != nil || len(failed.Executions) != 1 {
		t.Fatalf("failed children %+v, %v", failed, err)
	}
	child := *failed.Executions[0].ExecutionArn
	if got := x.describe(child); got.RedriveStatus != types.ExecutionRedriveStatusRedrivableByMapRun {
		t.Errorf("the child is %s", got.RedriveStatus)
	}
	var refused *types.ExecutionNotRedrivable
	if _, err := x.redrive(child, ""); !errors.As(err, &refused) {
		t.Errorf("redriving the child: %v, want ExecutionNotRedrivable", err)
	}

	broken.Store(false)
	x.em.Advance(time.Minute)
	at, err := x.redrive(arn, "")
	if err != nil {
		t.Fatal(err)
	}
	if got := x.em.Wait(arn); got.Status != "SUCCEEDED" || got.Output != "[1,2]" {
		t.Errorf("after: %+v", got)
	}
	if got := x.describeMapRun(run); got.Status != types.MapRunStatusSucceeded || *got.RedriveCount != 1 || !aws.ToTime(got.RedriveDate).Equal(at) ||
		got.ExecutionCounts.Succeeded != 2 || got.ExecutionCounts.Failed != 0 || *got.ExecutionCounts.PendingRedrive != 0 {
		t.Errorf("after: %+v, executions %+v", got, got.ExecutionCounts)
	}
	again, err := x.client.ListExecutions(x.ctx, &sfn.ListExecutionsInput{MapRunArn: &run, RedriveFilter: types.ExecutionRedriveFilterRedriven})
	if err != nil || len(again.Executions) != 1 || *again.Executions[0].ExecutionArn != child || *again.Executions[0].RedriveCount != 1 {
		t.Errorf("redriven children: %+v, %v, want %s", again, err, child)
	}
	var redrives []string
	for _, e := range x.em.History(arn) {
		if strings.HasSuffix(e.Type, "Redriven") {
			redrives = append(redrives, e.Type+" "+e.Details.String())
		}
	}
	if want := []string{`ExecutionRedriven {"redriveCount":1}`, `MapRunRedriven {"mapRunArn":"` + run + `","redriveCount":1}`}; !slices.Equal(redrives, want) {
		t.Errorf("the history has %q, want %q", redrives, want)
	}
}

// What runs again is what the execution was started with, whatever has become of
// the state machine and its alias; if it was deleted, nothing does.
func TestRedriveRunsTheFirstDefinition(t *testing.T) {
	x := newTest(t, failing(2))
	machine := x.create("m", pay)
	publish := func() *string {
		t.Helper()
		out, err := x.client.PublishStateMachineVersion(x.ctx, &sfn.PublishStateMachineVersionInput{StateMachineArn: machine})
		if err != nil {
			t.Fatal(err)
		}
		return out.StateMachineVersionArn
	}
	routing := func(version *string) []types.RoutingConfigurationListItem {
		return []types.RoutingConfigurationListItem{{StateMachineVersionArn: version, Weight: 100}}
	}
	first := publish()
	alias, err := x.client.CreateStateMachineAlias(x.ctx, &sfn.CreateStateMachineAliasInput{Name: aws.String("live"), RoutingConfiguration: routing(first)})
	if err != nil {
		t.Fatal(err)
	}
	plain, aliased := x.start(machine, "plain", "{}"), x.start(alias.StateMachineAliasArn, "aliased", "{}")
	for _, arn := range []string{plain, aliased} {
		if got := x.em.Wait(arn); got.Status != "FAILED" {
			t.Fatalf("before: %+v", got)
		}
	}
	if _, err := x.client.UpdateStateMachine(x.ctx, &sfn.UpdateStateMachineInput{StateMachineArn: machine, Definition: aws.String(`{"StartAt": "T", "States": {"T": {"Type": "Pass", "Result": "another", "End": true}}}`)}); err != nil {
		t.Fatal(err)
	}
	if _, err := x.client.UpdateStateMachineAlias(x.ctx, &sfn.UpdateStateMachineAliasInput{StateMachineAliasArn: alias.StateMachineAliasArn, RoutingConfiguration: routing(publish())}); err != nil {
		t.Fatal(err)
	}
	for _, arn := range []string{plain, aliased} {
		if _, err := x.redrive(arn, ""); err != nil {
			t.Fatal(err)
		}
		if got := x.em.Wait(arn); got.Status != "SUCCEEDED" || got.Output != "42" {
			t.Errorf("after: %+v", got)
		}
	}
	if got := x.describe(aliased); aws.ToString(got.StateMachineVersionArn) != *first || aws.ToString(got.StateMachineAliasArn) != *alias.StateMachineAliasArn {
		t.Errorf("version %s, alias %s", aws.ToString(got.StateMachineVersionArn), aws.ToString(got.StateMachineAliasArn))
	}
}

func TestRedriveOfADeletedStateMachine(t *testing.T) {
	x := newTest(t, failing(1))
	machine := x.create("m", pay)
	arn := x.start(machine, "e", "{}")
	x.em.Wait(arn)
	if _, err := x.client.DeleteStateMachine(x.ctx, &sfn.DeleteStateMachineInput{StateMachineArn: machine}); err != nil {
		t.Fatal(err)
	}
	const reason = "State machine is in DELETING status"
	_, err := x.redrive(arn, "")
	x.wantFault(err, "ExecutionNotRedrivable", reason)
	if got := x.describe(arn); got.RedriveStatus != types.ExecutionRedriveStatusNotRedrivable || aws.ToString(got.RedriveStatusReason) != reason {
		t.Errorf("described as %s: %s", got.RedriveStatus, aws.ToString(got.RedriveStatusReason))
	}
}

// A Task may redrive another execution.
func TestRedriveByATask(t *testing.T) {
	x := newTest(t, failing(1))
	arn := x.start(x.create("m", pay), "e", "{}")
	x.em.Wait(arn)
	x.em.Advance(time.Minute)
	again := x.create("again", `{"StartAt": "R", "States": {"R": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sfn:redriveExecution",
		"Parameters": {"ExecutionArn.$": "$"}, "End": true}}}`)
	if got := x.em.Wait(x.start(again, "ok", `"`+arn+`"`)); got.Status != "SUCCEEDED" || got.Output != `{"RedriveDate":"2026-01-01T00:01:00.000Z"}` {
		t.Errorf("redriving: %+v", got)
	}
	if got := x.em.Wait(arn); got.Status != "SUCCEEDED" || got.Output != "42" {
		t.Errorf("redriven: %+v", got)
	}
	if got := x.em.Wait(x.start(again, "refused", `"`+arn+`"`)); got.Status != "FAILED" || got.Error != "Sfn.ExecutionNotRedrivableException" {
		t.Errorf("redriving it again: %+v", got)
	}
}
