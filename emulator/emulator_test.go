package emulator_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/smithy-go"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

const role = "arn:aws:iam::123456789012:role/test"

// wait is a machine that waits an hour.
const wait = `{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3600, "End": true}}}`

// pass is a machine that hands its input on.
const pass = `{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}`

// A test talks to an emulator with the real SDK.
type test struct {
	*testing.T
	em     *emulator.TestEmulator
	client *sfn.Client
	ctx    context.Context
}

func newTest(t *testing.T, options ...emulator.Option) *test {
	em := emulator.RunT(t, options...)
	return &test{T: t, em: em, client: sfn.NewFromConfig(em.AWSConfig()), ctx: t.Context()}
}

func (t *test) create(name, definition string) *string {
	t.Helper()
	return t.createType(name, definition, types.StateMachineTypeStandard)
}

func (t *test) createType(name, definition string, kind types.StateMachineType) *string {
	t.Helper()
	out, err := t.client.CreateStateMachine(t.ctx, &sfn.CreateStateMachineInput{Name: &name, Definition: &definition, RoleArn: aws.String(role), Type: kind})
	if err != nil {
		t.Fatalf("CreateStateMachine: %v", err)
	}
	return out.StateMachineArn
}

func (t *test) start(machine *string, name, input string) string {
	t.Helper()
	in := &sfn.StartExecutionInput{StateMachineArn: machine, Input: &input}
	if name != "" {
		in.Name = &name
	}
	out, err := t.client.StartExecution(t.ctx, in)
	if err != nil {
		t.Fatalf("StartExecution: %v", err)
	}
	return aws.ToString(out.ExecutionArn)
}

func (t *test) wantFault(err error, code, message string) {
	t.Helper()
	var fault smithy.APIError
	if !errors.As(err, &fault) {
		t.Errorf("got the error %v, want the fault %s", err, code)
		return
	}
	if fault.ErrorCode() != code || fault.ErrorMessage() != message {
		t.Errorf("fault\n got %s: %s\nwant %s: %s", fault.ErrorCode(), fault.ErrorMessage(), code, message)
	}
}

func historyTypes(events []emulator.Event) (out []string) {
	for _, e := range events {
		out = append(out, fmt.Sprintf("%d<%d %s", e.ID, e.PreviousEventID, e.Type))
	}
	return out
}

func TestExecutionFromStartToEnd(t *testing.T) {
	x := newTest(t, emulator.WithTask("pay", func(_ context.Context, event value.Value) (value.Value, error) {
		return value.OfMembers("paid", event.Get("total")), nil
	}))
	machine := x.create("order", `{"StartAt": "Pay", "States": {
		"Pay": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pay", "ResultPath": "$.payment", "Next": "Rest"},
		"Rest": {"Type": "Wait", "Seconds": 60, "End": true}}}`)
	arn := x.start(machine, "first", `{ "total": 42.50 }`)
	x.em.Settle()
	if got := x.em.Execution(arn).Status; got != "RUNNING" {
		t.Fatalf("status %s before the Wait is over, want RUNNING", got)
	}
	x.em.Advance(time.Minute)
	out, err := x.client.DescribeExecution(x.ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := aws.ToString(out.Output), `{"total":42.50,"payment":{"paid":42.50}}`; got != want || out.Status != types.ExecutionStatusSucceeded {
		t.Errorf("%s with %s, want SUCCEEDED with %s", out.Status, got, want)
	}
	if got, want := aws.ToString(out.Input), `{ "total": 42.50 }`; got != want {
		t.Errorf("input %s, want it as it was sent: %s", got, want)
	}
	if got := out.StopDate.Sub(*out.StartDate); got != time.Minute {
		t.Errorf("the execution took %v, want a minute", got)
	}
	want := []string{
		"1<0 ExecutionStarted", "2<0 TaskStateEntered", "3<2 LambdaFunctionScheduled", "4<3 LambdaFunctionStarted", "5<4 LambdaFunctionSucceeded",
		"6<5 TaskStateExited", "7<6 WaitStateEntered", "8<7 WaitStateExited", "9<8 ExecutionSucceeded",
	}
	if got := historyTypes(x.em.History(arn)); !slices.Equal(got, want) {
		t.Errorf("history\n got %q\nwant %q", got, want)
	}
}

func TestStartExecutionIsIdempotentWhileItRuns(t *testing.T) {
	x := newTest(t)
	machine := x.create("m", wait)
	first := x.start(machine, "same", `{"a":1}`)
	if again := x.start(machine, "same", `{"a":1}`); again != first {
		t.Errorf("the same start gave %s, want %s", again, first)
	}
	in := &sfn.StartExecutionInput{StateMachineArn: machine, Name: aws.String("same"), Input: aws.String(`{"a":2}`)}
	_, err := x.client.StartExecution(x.ctx, in)
	x.wantFault(err, "ExecutionAlreadyExists", "Execution Already Exists: '"+first+"'")
	x.em.Advance(time.Hour)
	in.Input = aws.String(`{"a":1}`)
	_, err = x.client.StartExecution(x.ctx, in)
	x.wantFault(err, "ExecutionAlreadyExists", "Execution Already Exists: '"+first+"'")
}

func TestFaultsOfStartExecution(t *testing.T) {
	x := newTest(t)
	machine := x.create("m", pass)
	for _, c := range []struct{ name, arn, execution, input, code, message string }{
		{"no ARN", "m", "", "{}", "InvalidArn", "Invalid Arn: 'Invalid ARN prefix: m'"},
		{"another resource", "arn:aws:states:us-east-1:123456789012:activity:a", "", "{}", "InvalidArn", "Invalid Arn: 'Resource type not valid in this context: activity'"},
		{"unknown machine", *machine + "x", "", "{}", "StateMachineDoesNotExist", "State Machine Does Not Exist: '" + *machine + "x'"},
		{"bad name", *machine, "a b", "{}", "InvalidName", "Invalid Name: 'a b'"},
		{"no JSON", *machine, "", "not some json", "InvalidExecutionInput", "Invalid State Machine Execution Input: 'Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')'"},
		{"single quotes", *machine, "", "{'not': 'json'", "InvalidExecutionInput", "Invalid State Machine Execution Input: 'Unexpected character (''' (code 39)): was expecting double-quote to start field name'"},
		{"empty", *machine, "", "", "InvalidExecutionInput", "Invalid State Machine Execution Input: 'Invalid execution input.'"},
	} {
		in := &sfn.StartExecutionInput{StateMachineArn: aws.String(c.arn), Input: aws.String(c.input)}
		if c.execution != "" {
			in.Name = aws.String(c.execution)
		}
		_, err := x.client.StartExecution(x.ctx, in)
		t.Log(c.name)
		x.wantFault(err, c.code, c.message)
	}
	long := strings.Repeat("x", 262_145)
	_, err := x.client.StartExecution(x.ctx, &sfn.StartExecutionInput{StateMachineArn: machine, Input: aws.String(`"` + long + `"`)})
	x.wantFault(err, "ValidationException", "1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have size less than or equal to 262144 bytes in UTF-8 encoding")
}

func TestCreateStateMachine(t *testing.T) {
	x := newTest(t)
	arn := x.create("m", pass)
	if again := x.create("m", pass); *again != *arn {
		t.Errorf("creating it again gave %s", *again)
	}
	_, err := x.client.CreateStateMachine(x.ctx, &sfn.CreateStateMachineInput{Name: aws.String("m"), Definition: aws.String(pass + " "), RoleArn: aws.String(role)})
	x.wantFault(err, "StateMachineAlreadyExists", "State Machine Already Exists: '"+*arn+"'")
	_, err = x.client.CreateStateMachine(x.ctx, &sfn.CreateStateMachineInput{Name: aws.String("a/b"), Definition: aws.String(pass), RoleArn: aws.String(role)})
	x.wantFault(err, "InvalidName", "Invalid Name: 'a/b'")
	_, err = x.client.CreateStateMachine(x.ctx, &sfn.CreateStateMachineInput{Name: aws.String("n"), Definition: aws.String(`{}`), RoleArn: aws.String(role)})
	x.wantFault(err, "InvalidDefinition", "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /'")

	out, err := x.client.DescribeStateMachine(x.ctx, &sfn.DescribeStateMachineInput{StateMachineArn: arn})
	if err != nil {
		t.Fatal(err)
	}
	if aws.ToString(out.Definition) != pass || out.Type != types.StateMachineTypeStandard || out.RevisionId != nil || out.Status != types.StateMachineStatusActive ||
		out.LoggingConfiguration.Level != types.LogLevelOff || out.TracingConfiguration.Enabled {
		t.Errorf("described as %+v", out)
	}
}

// TestFindingWithoutAPlace creates a state machine without an end, which is reported at
// no place (F-149).
func TestFindingWithoutAPlace(t *testing.T) {
	x := newTest(t)
	_, err := x.client.CreateStateMachine(x.ctx, &sfn.CreateStateMachineInput{
		Name: aws.String("m"), RoleArn: aws.String(role),
		Definition: aws.String(`{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A"}}}`),
	})
	x.wantFault(err, "InvalidDefinition", "Invalid State Machine Definition: 'MISSING_END_STATE: Workflow has no terminal state at null'")
}

func TestUpdateKeepsWhatRuns(t *testing.T) {
	x := newTest(t)
	machine := x.create("m", wait)
	running := x.start(machine, "", `{}`)
	updated, err := x.client.UpdateStateMachine(x.ctx, &sfn.UpdateStateMachineInput{StateMachineArn: machine, Definition: aws.String(pass)})
	if err != nil || updated.RevisionId == nil {
		t.Fatalf("UpdateStateMachine: %+v, %v", updated, err)
	}
	same, err := x.client.UpdateStateMachine(x.ctx, &sfn.UpdateStateMachineInput{StateMachineArn: machine, Definition: aws.String(pass)})
	if err != nil || aws.ToString(same.RevisionId) != aws.ToString(updated.RevisionId) {
		t.Errorf("updating to the same gave the revision %v, want %v (%v)", aws.ToString(same.RevisionId), *updated.RevisionId, err)
	}
	fresh := x.start(machine, "", `{}`)
	x.em.Settle()
	if got := x.em.Execution(fresh).Status; got != "SUCCEEDED" {
		t.Errorf("the execution started after the update is %s, want SUCCEEDED", got)
	}
	if got := x.em.Execution(running).Status; got != "RUNNING" {
		t.Errorf("the execution started before the update is %s, want RUNNING", got)
	}
	runs, err := x.client.DescribeStateMachineForExecution(x.ctx, &sfn.DescribeStateMachineForExecutionInput{ExecutionArn: &running})
	if err != nil || aws.ToString(runs.Definition) != wait {
		t.Errorf("the old execution is said to run %s (%v)", aws.ToString(runs.Definition), err)
	}
	_, err = x.client.UpdateStateMachine(x.ctx, &sfn.UpdateStateMachineInput{StateMachineArn: machine})
	x.wantFault(err, "MissingRequiredParameter", "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified")
}

func TestDeleteStateMachine(t *testing.T) {
	x := newTest(t)
	machine := x.create("m", wait)
	running := x.start(machine, "", `{}`)
	for range 2 { // deleting what is not there is no error
		if _, err := x.client.DeleteStateMachine(x.ctx, &sfn.DeleteStateMachineInput{StateMachineArn: machine}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := x.client.DescribeStateMachine(x.ctx, &sfn.DescribeStateMachineInput{StateMachineArn: machine})
	x.wantFault(err, "StateMachineDoesNotExist", "State Machine Does Not Exist: '"+*machine+"'")
	x.em.Advance(time.Hour)
	if got := x.em.Execution(running).Status; got != "SUCCEEDED" {
		t.Errorf("the execution of a deleted machine is %s, want SUCCEEDED", got)
	}
}

func TestStopExecution(t *testing.T) {
	x := newTest(t)
	arn := x.start(x.create("m", wait), "", `{}`)
	first, err := x.client.StopExecution(x.ctx, &sfn.StopExecutionInput{ExecutionArn: &arn, Error: aws.String("Enough"), Cause: aws.String("no reason")})
	if err != nil {
		t.Fatal(err)
	}
	x.em.Advance(time.Second)
	again, err := x.client.StopExecution(x.ctx, &sfn.StopExecutionInput{ExecutionArn: &arn})
	if err != nil || !again.StopDate.Equal(*first.StopDate) {
		t.Errorf("stopping again gave %v, %v; want %v", again, err, first.StopDate)
	}
	if got, want := x.em.Execution(arn), (emulator.Execution{Status: "ABORTED", Input: "{}", Error: "Enough", Cause: "no reason"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got, want := historyTypes(x.em.History(arn)), []string{"1<0 ExecutionStarted", "2<0 WaitStateEntered", "3<0 ExecutionAborted"}; !slices.Equal(got, want) {
		t.Errorf("history %q, want %q", got, want)
	}
	_, err = x.client.StopExecution(x.ctx, &sfn.StopExecutionInput{ExecutionArn: aws.String(arn + "x")})
	x.wantFault(err, "ExecutionDoesNotExist", "Execution Does Not Exist: '"+arn+"x'")
}

// The name of an Express execution can be used again at once; each start has an ARN of
// its own.
func TestNamesOfExpressExecutions(t *testing.T) {
	x := newTest(t)
	machine := x.createType("quote", pass, types.StateMachineTypeExpress)
	arns := make(map[string]bool)
	for range 2 {
		out, err := x.client.StartExecution(x.ctx, &sfn.StartExecutionInput{StateMachineArn: machine, Name: aws.String("mine")})
		if err != nil {
			t.Fatal(err)
		}
		arn := *out.ExecutionArn
		if prefix := "arn:aws:states:us-east-1:123456789012:express:quote:mine:"; !strings.HasPrefix(arn, prefix) || arns[arn] {
			t.Errorf("got %s, want another one with the prefix %s", arn, prefix)
		}
		arns[arn] = true
	}
}

func TestStartSyncExecution(t *testing.T) {
	x := newTest(t)
	machine := x.createType("quote", pass, types.StateMachineTypeExpress)
	out, err := x.client.StartSyncExecution(x.ctx, &sfn.StartSyncExecutionInput{StateMachineArn: machine, Input: aws.String(`{"a":1}`)})
	if err != nil {
		t.Fatal(err)
	}
	if out.Status != types.SyncExecutionStatusSucceeded || aws.ToString(out.Output) != `{"a":1}` || out.BillingDetails.BilledMemoryUsedInMB != 64 {
		t.Errorf("got %+v", out)
	}
	_, err = x.client.DescribeExecution(x.ctx, &sfn.DescribeExecutionInput{ExecutionArn: out.ExecutionArn})
	x.wantFault(err, "InvalidArn", "Invalid Arn: 'Resource type not valid in this context: express'")
	standard := x.create("order", pass)
	_, err = x.client.StartSyncExecution(x.ctx, &sfn.StartSyncExecutionInput{StateMachineArn: standard})
	x.wantFault(err, "StateMachineTypeNotSupported", "This operation is not supported by this type of state machine")
}

func TestTaskTokens(t *testing.T) {
	tokens := make(chan string, 1)
	x := newTest(t, emulator.WithTask("arn:aws:states:::lambda:invoke", func(_ context.Context, in value.Value) (value.Value, error) {
		tokens <- in.Get("Payload").Get("token").Text()
		return value.EmptyObject, nil
	}))
	machine := x.create("m", `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "HeartbeatSeconds": 60,
		"Parameters": {"FunctionName": "f", "Payload": {"token.$": "$$.Task.Token"}}, "Catch": [{"ErrorEquals": ["States.HeartbeatTimeout"], "Next": "Late"}], "End": true},
		"Late": {"Type": "Fail", "Error": "Late"}}}`)

	answered := x.start(machine, "", `{}`)
	token := <-tokens
	x.em.Settle()
	for range 3 {
		x.em.Advance(50 * time.Second)
		if _, err := x.client.SendTaskHeartbeat(x.ctx, &sfn.SendTaskHeartbeatInput{TaskToken: &token}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := x.client.SendTaskSuccess(x.ctx, &sfn.SendTaskSuccessInput{TaskToken: &token, Output: aws.String("{")})
	var fault smithy.APIError
	if !errors.As(err, &fault) || fault.ErrorCode() != "InvalidOutput" {
		t.Errorf("output that is no JSON: %v, want InvalidOutput", err)
	}
	if _, err := x.client.SendTaskSuccess(x.ctx, &sfn.SendTaskSuccessInput{TaskToken: &token, Output: aws.String(`{"ok":true}`)}); err != nil {
		t.Fatal(err)
	}
	if got := x.em.Wait(answered); got.Status != "SUCCEEDED" || got.Output != `{"ok":true}` {
		t.Errorf("got %+v", got)
	}
	_, err = x.client.SendTaskSuccess(x.ctx, &sfn.SendTaskSuccessInput{TaskToken: &token, Output: aws.String(`1`)})
	x.wantFault(err, "TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
	_, err = x.client.SendTaskFailure(x.ctx, &sfn.SendTaskFailureInput{TaskToken: aws.String("nonsense")})
	x.wantFault(err, "InvalidToken", "Invalid Token: 'Invalid token'")

	failed := x.start(machine, "", `{}`)
	token = <-tokens
	x.em.Settle()
	if _, err := x.client.SendTaskFailure(x.ctx, &sfn.SendTaskFailureInput{TaskToken: &token, Error: aws.String("Refused")}); err != nil {
		t.Fatal(err)
	}
	if got := x.em.Wait(failed); got.Error != "Refused" {
		t.Errorf("got %+v, want the error Refused", got)
	}

	silent := x.start(machine, "", `{}`)
	<-tokens
	x.em.Settle()
	x.em.Advance(time.Minute)
	if got := x.em.Execution(silent); got.Error != "Late" {
		t.Errorf("got %+v, want the missed heartbeat to be caught", got)
	}
}

func TestActivities(t *testing.T) {
	x := newTest(t)
	activity, err := x.client.CreateActivity(x.ctx, &sfn.CreateActivityInput{Name: aws.String("work")})
	if err != nil {
		t.Fatal(err)
	}
	machine := x.create("m", `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "`+*activity.ActivityArn+`", "TimeoutSeconds": 60, "End": true}}}`)
	arn := x.start(machine, "", `{"n":1}`)
	work, err := x.client.GetActivityTask(x.ctx, &sfn.GetActivityTaskInput{ActivityArn: activity.ActivityArn, WorkerName: aws.String("me")})
	if err != nil || aws.ToString(work.Input) != `{"n":1}` {
		t.Fatalf("GetActivityTask: %+v, %v", work, err)
	}
	if _, err := x.client.SendTaskSuccess(x.ctx, &sfn.SendTaskSuccessInput{TaskToken: work.TaskToken, Output: aws.String(`2`)}); err != nil {
		t.Fatal(err)
	}
	want := []string{"1<0 ExecutionStarted", "2<0 TaskStateEntered", "3<2 ActivityScheduled", "4<3 ActivityStarted", "5<4 ActivitySucceeded", "6<5 TaskStateExited", "7<6 ExecutionSucceeded"}
	x.em.Wait(arn)
	if got := historyTypes(x.em.History(arn)); !slices.Equal(got, want) {
		t.Errorf("history %q, want %q", got, want)
	}
}

// An activity that is deleted before its state runs fails the state, and
// nothing can catch that.
func TestDeletedActivity(t *testing.T) {
	x := newTest(t)
	activity, err := x.client.CreateActivity(x.ctx, &sfn.CreateActivityInput{Name: aws.String("work")})
	if err != nil {
		t.Fatal(err)
	}
	machine := x.create("m", `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "`+*activity.ActivityArn+`", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "P"}], "End": true}, "P": {"Type": "Pass", "End": true}}}`)
	if _, err := x.client.DeleteActivity(x.ctx, &sfn.DeleteActivityInput{ActivityArn: activity.ActivityArn}); err != nil {
		t.Fatal(err)
	}
	arn := x.start(machine, "", `{}`)
	want := emulator.Execution{Status: "FAILED", Input: `{}`, Error: "States.Runtime", Cause: "An error occurred while executing the state 'T' (entered at the event id #2). The activity " + *activity.ActivityArn + " does not exist."}
	if got := x.em.Wait(arn); got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got, want := historyTypes(x.em.History(arn)), []string{"1<0 ExecutionStarted", "2<0 TaskStateEntered", "3<2 ExecutionFailed"}; !slices.Equal(got, want) {
		t.Errorf("history %q, want %q", got, want)
	}
}

func TestHistoryPages(t *testing.T) {
	x := newTest(t)
	arn := x.start(x.create("m", `{"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}}}}`), "", "[1,2,3,4,5,6,7,8,9]")
	x.em.Settle()
	all := x.em.History(arn)
	for _, reverse := range []bool{false, true} {
		pages := sfn.NewGetExecutionHistoryPaginator(x.client, &sfn.GetExecutionHistoryInput{ExecutionArn: &arn, MaxResults: 7, ReverseOrder: reverse})
		var ids []int64
		for pages.HasMorePages() {
			page, err := pages.NextPage(x.ctx)
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Events) > 7 {
				t.Errorf("a page of %d events, want 7 at most", len(page.Events))
			}
			for _, e := range page.Events {
				ids = append(ids, e.Id)
			}
		}
		if reverse {
			slices.Reverse(ids)
		}
		var want []int64
		for _, e := range all {
			want = append(want, e.ID)
		}
		if !slices.Equal(ids, want) {
			t.Errorf("reverse %v: ids %v, want %v", reverse, ids, want)
		}
	}
	_, err := x.client.GetExecutionHistory(x.ctx, &sfn.GetExecutionHistoryInput{ExecutionArn: &arn, NextToken: aws.String("x")})
	x.wantFault(err, "InvalidToken", "Invalid Token: 'Invalid token'")
	bare, err := x.client.GetExecutionHistory(x.ctx, &sfn.GetExecutionHistoryInput{ExecutionArn: &arn, IncludeExecutionData: aws.Bool(false)})
	if err != nil || bare.Events[0].ExecutionStartedEventDetails.Input != nil {
		t.Errorf("without data: %+v, %v", bare, err)
	}
}

func TestListExecutions(t *testing.T) {
	x := newTest(t)
	machine := x.create("m", wait)
	var want []string
	for i := range 5 {
		want = append(want, x.start(machine, fmt.Sprint("e", i), "{}"))
	}
	slices.Reverse(want)
	if _, err := x.client.StopExecution(x.ctx, &sfn.StopExecutionInput{ExecutionArn: &want[0]}); err != nil {
		t.Fatal(err)
	}
	list := func(status types.ExecutionStatus) (got []string) {
		pages := sfn.NewListExecutionsPaginator(x.client, &sfn.ListExecutionsInput{StateMachineArn: machine, MaxResults: 2, StatusFilter: status})
		for pages.HasMorePages() {
			page, err := pages.NextPage(x.ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range page.Executions {
				got = append(got, aws.ToString(e.ExecutionArn))
			}
		}
		return got
	}
	if got := list(""); !slices.Equal(got, want) {
		t.Errorf("all: %q, want %q", got, want)
	}
	if got := list(types.ExecutionStatusRunning); !slices.Equal(got, want[1:]) {
		t.Errorf("running: %q, want %q", got, want[1:])
	}
	_, err := x.client.ListExecutions(x.ctx, &sfn.ListExecutionsInput{StateMachineArn: machine, StatusFilter: "running"})
	x.wantFault(err, "ValidationException", "1 validation error detected: Value 'running' at 'statusFilter' failed to satisfy constraint: Member must satisfy enum value set: [SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]")
}

func TestListExecutionsNeedsOneOwner(t *testing.T) {
	x := newTest(t)
	machine := x.create("m", pass)
	for _, in := range []*sfn.ListExecutionsInput{{}, {StateMachineArn: machine, MapRunArn: aws.String("arn:aws:states:us-east-1:123456789012:mapRun:m/l:u")}} {
		_, err := x.client.ListExecutions(x.ctx, in)
		x.wantFault(err, "ValidationException", "Must specify only one of stateMachineArn or mapRunArn")
	}
	_, err := x.client.ListExecutions(x.ctx, &sfn.ListExecutionsInput{StateMachineArn: machine, StatusFilter: types.ExecutionStatusPendingRedrive})
	x.wantFault(err, "ValidationException", "Must specify mapRunArn when statusFilter is PENDING_REDRIVE")
}

func TestTags(t *testing.T) {
	x := newTest(t)
	machine := x.create("m", pass)
	tag := func(key, text string) types.Tag { return types.Tag{Key: &key, Value: &text} }
	if _, err := x.client.TagResource(x.ctx, &sfn.TagResourceInput{ResourceArn: machine, Tags: []types.Tag{tag("a", "1"), tag("b", "2")}}); err != nil {
		t.Fatal(err)
	}
	if _, err := x.client.UntagResource(x.ctx, &sfn.UntagResourceInput{ResourceArn: machine, TagKeys: []string{"a", "c"}}); err != nil {
		t.Fatal(err)
	}
	out, err := x.client.ListTagsForResource(x.ctx, &sfn.ListTagsForResourceInput{ResourceArn: machine})
	if err != nil || len(out.Tags) != 1 || aws.ToString(out.Tags[0].Key) != "b" {
		t.Errorf("tags %+v, %v", out, err)
	}
	_, err = x.client.ListTagsForResource(x.ctx, &sfn.ListTagsForResourceInput{ResourceArn: aws.String(*machine + "x")})
	x.wantFault(err, "ResourceNotFound", "Resource not found: '"+*machine+"x'")
}

func TestTimeoutOfTheMachine(t *testing.T) {
	x := newTest(t)
	arn := x.start(x.create("m", `{"TimeoutSeconds": 5, "StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3600, "End": true}}}`), "", "{}")
	x.em.Advance(5 * time.Second)
	out, err := x.client.DescribeExecution(x.ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
	if err != nil || out.Status != types.ExecutionStatusTimedOut || out.Error != nil || out.Cause != nil {
		t.Errorf("got %+v, %v; want TIMED_OUT without error and cause", out, err)
	}
}

// A task that is never answered ends by its timeout, and the Catch sees it.
func TestTaskTimeout(t *testing.T) {
	x := newTest(t, emulator.WithTask("f", func(context.Context, value.Value) (value.Value, error) { return value.Value{}, emulator.ErrNoAnswer }))
	arn := x.start(x.create("m", `{"StartAt": "T", "States": {
		"T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "TimeoutSeconds": 7, "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "C"}], "End": true},
		"C": {"Type": "Pass", "End": true}}}`), "", "{}")
	x.em.Settle()
	x.em.Advance(7 * time.Second)
	if got, want := x.em.Execution(arn).Output, `{"Error":"States.Timeout","Cause":""}`; got != want {
		t.Errorf("output %s, want %s", got, want)
	}
}

// A panic in the code of a task fails the task, not the server.
func TestPanicInATask(t *testing.T) {
	x := newTest(t, emulator.WithTask("f", func(context.Context, value.Value) (value.Value, error) { panic("boom") }))
	arn := x.start(x.create("m", `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "End": true}}}`), "", "{}")
	if got := x.em.Wait(arn); got.Status != "FAILED" {
		t.Errorf("got %+v, want FAILED", got)
	}
	x.start(x.create("n", pass), "", "{}")
}

func TestErrorsOfFunctions(t *testing.T) {
	x := newTest(t, emulator.WithTask("f", func(context.Context, value.Value) (value.Value, error) {
		return value.Value{}, &asl.Error{Name: "OutOfStock", Cause: "none left"}
	}))
	arn := x.start(x.create("m", `{"StartAt": "T", "States": {
		"T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "Catch": [{"ErrorEquals": ["OutOfStock"], "Next": "C"}], "End": true},
		"C": {"Type": "Pass", "End": true}}}`), "", "{}")
	out := value.MustParse(x.em.Wait(arn).Output)
	if out.Get("Error").Text() != "OutOfStock" || !strings.Contains(out.Get("Cause").Text(), "none left") {
		t.Errorf("caught %s", out)
	}
}

// Bad requests get an answer, never a hang or a crash.
func TestBadRequests(t *testing.T) {
	x := newTest(t)
	deep := strings.Repeat("[", 1001) + strings.Repeat("]", 1001)
	for _, c := range []struct {
		name, target, contentType, body string
		status                          int
		want                            string
	}{
		{"no JSON", "CreateStateMachine", "application/x-amz-json-1.0", "{", 400, "SerializationException"},
		{"no object", "CreateStateMachine", "application/x-amz-json-1.0", "[]", 400, "SerializationException"},
		{"deep JSON", "CreateStateMachine", "application/x-amz-json-1.0", deep, 400, "SerializationException"},
		{"unknown operation", "Nonsense", "application/x-amz-json-1.0", "{}", 400, "UnknownOperationException"},
		{"wrong content type", "ListStateMachines", "text/html", "{}", 400, "UnknownOperationException"},
		{"nothing required is there", "StartExecution", "application/x-amz-json-1.0", "{}", 400, "ValidationException"},
		{"wrong type of member", "StartExecution", "application/x-amz-json-1.0", `{"stateMachineArn": 1}`, 400, "SerializationException"},
		{"huge body", "CreateStateMachine", "application/x-amz-json-1.0", `{"definition": "` + strings.Repeat("x", 2<<20) + `"}`, 413, ""},
		{"long definition", "CreateStateMachine", "application/x-amz-json-1.0", `{"name": "n", "roleArn": "arn:aws:iam::1:role/r", "definition": "` + strings.Repeat("x", 1<<20+1) + `"}`, 400, "ValidationException"},
		{"definition with deep JSON", "CreateStateMachine", "application/x-amz-json-1.0", `{"name": "n", "roleArn": "arn:aws:iam::1:role/r", "definition": "` + deep + `"}`, 400, "InvalidDefinition"},
		{"definition that is no object", "CreateStateMachine", "application/x-amz-json-1.0", `{"name": "n", "roleArn": "arn:aws:iam::1:role/r", "definition": "[]"}`, 400, "InvalidDefinition"},
	} {
		r, err := http.NewRequest(http.MethodPost, x.em.URL(), strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Amz-Target", "AWSStepFunctions."+c.target)
		r.Header.Set("Content-Type", c.contentType)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if res.StatusCode != c.status || !strings.Contains(string(body), c.want) {
			t.Errorf("%s: %d %.200s, want %d with %s", c.name, res.StatusCode, body, c.status, c.want)
		}
	}
}

// What was answered is there when an emulator is opened on the store again.
func TestRestart(t *testing.T) {
	store := newSharedStore(t)
	x := newTest(t, emulator.WithStore(store.open()))
	machine := x.create("m", wait)
	running := x.start(machine, "r", `{"a":1}`)
	y := newTest(t, emulator.WithStore(store.reopen(x.em)), emulator.WithVirtualClock(time.Date(2026, 1, 1, 0, 10, 0, 0, time.UTC)))
	if got := y.em.Execution(running).Status; got != "RUNNING" {
		t.Fatalf("after the restart the execution is %s, want RUNNING", got)
	}
	y.em.Advance(time.Hour)
	if got := y.em.Execution(running); got.Status != "SUCCEEDED" || got.Output != `{"a":1}` {
		t.Errorf("got %+v, want SUCCEEDED", got)
	}
	list, err := y.client.ListStateMachines(y.ctx, &sfn.ListStateMachinesInput{})
	if err != nil || len(list.StateMachines) != 1 {
		t.Errorf("state machines after the restart: %+v, %v", list, err)
	}
}

// An execution that waits for a nested one goes on waiting after a restart.
func TestRestartOfANestedExecution(t *testing.T) {
	store := newSharedStore(t)
	x := newTest(t, emulator.WithStore(store.open()))
	child := x.create("child", wait)
	parent := x.start(x.create("parent", `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "Parameters": {"StateMachineArn": "`+*child+`"}, "End": true}}}`), "", `{}`)
	x.em.Advance(time.Second) // the child has begun
	y := newTest(t, emulator.WithStore(store.reopen(x.em)))
	y.em.Advance(2 * time.Hour)
	if got := y.em.Execution(parent); got.Status != "SUCCEEDED" {
		t.Errorf("got %+v, want SUCCEEDED", got)
	}
}
