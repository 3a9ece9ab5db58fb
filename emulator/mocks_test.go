package emulator_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// writeMocks writes a mock configuration in which the state machine m has one
// test case, T, with these responses of its states.
func writeMocks(t *testing.T, path string, responses map[string]string) {
	t.Helper()
	var states, mocked []string
	for state, response := range responses {
		states = append(states, fmt.Sprintf("%q: %[1]q", state))
		mocked = append(mocked, fmt.Sprintf("%q: %s", state, response))
	}
	text := fmt.Sprintf(`{"StateMachines": {"m": {"TestCases": {"T": {%s}}}}, "MockedResponses": {%s}}`, strings.Join(states, ", "), strings.Join(mocked, ", "))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func mocksOf(t *testing.T, responses map[string]string) string {
	path := filepath.Join(t.TempDir(), "MockConfigFile.json")
	writeMocks(t, path, responses)
	return path
}

// withTestCase is the ARN that starts the test case T.
func withTestCase(machine *string) *string { return aws.String(*machine + "#T") }

// typesOf are the types of a history without their numbers.
func typesOf(events []emulator.Event) string {
	var names []string
	for _, e := range events {
		if e.ID != 0 {
			names = append(names, e.Type)
		}
	}
	return strings.Join(names, " ")
}

// A mocked response is the outcome of every kind of Task, and the history is the
// one that the service leaves.
func TestMockedKinds(t *testing.T) {
	const submitted = "ExecutionStarted TaskStateEntered TaskScheduled TaskStarted TaskSubmitted TaskSucceeded TaskStateExited ExecutionSucceeded"
	const called = "ExecutionStarted TaskStateEntered TaskScheduled TaskStarted TaskSucceeded TaskStateExited ExecutionSucceeded"
	tests := []struct{ resource, fields, history string }{
		{"arn:aws:lambda:us-east-1:123456789012:function:f", ``, strings.ReplaceAll(called, "Task", "LambdaFunction")},
		{"arn:aws:states:us-east-1:123456789012:activity:a", ``, strings.ReplaceAll(called, "Task", "Activity")},
		{"arn:aws:states:::lambda:invoke", `, "Parameters": {"FunctionName": "f"}`, called},
		{"arn:aws:states:::lambda:invoke.waitForTaskToken", `, "Parameters": {"FunctionName": "f", "Payload": {"t.$": "$$.Task.Token"}}`, submitted},
		{"arn:aws:states:::sqs:sendMessage.waitForTaskToken", `, "Parameters": {"QueueUrl": "u", "MessageBody": {"t.$": "$$.Task.Token"}}`, submitted},
		{"arn:aws:states:::batch:submitJob.sync", `, "Parameters": {"JobName": "n", "JobQueue": "q", "JobDefinition": "d"}`, submitted},
		{"arn:aws:states:::states:startExecution.sync:2", `, "Parameters": {"StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:x"}`, submitted},
		{"arn:aws:states:::aws-sdk:s3:listBuckets", `, "Parameters": {}`, called},
		{"arn:aws:states:::http:invoke", `, "Parameters": {"ApiEndpoint": "https://a.test", "Method": "GET", "Authentication": {"ConnectionArn": "arn:aws:events:us-east-1:123456789012:connection/c/1"}}`, called},
	}
	for _, test := range tests {
		t.Run(test.resource, func(t *testing.T) {
			x := newTest(t, emulator.WithMocks(mocksOf(t, map[string]string{"Do": `{"0": {"Return": {"ok": 1}}}`})))
			if strings.Contains(test.resource, "activity") {
				if _, err := x.client.CreateActivity(x.ctx, &sfn.CreateActivityInput{Name: aws.String("a")}); err != nil {
					t.Fatal(err)
				}
			}
			machine := x.create("m", fmt.Sprintf(`{"StartAt": "Do", "States": {"Do": {"Type": "Task", "Resource": %q%s, "End": true}}}`, test.resource, test.fields))
			arn := x.start(withTestCase(machine), "", `{}`)
			if got := x.em.Wait(arn); got.Status != "SUCCEEDED" || got.Output != `{"ok":1}` {
				t.Fatalf("got %+v", got)
			}
			want := strings.NewReplacer("LambdaFunctionState", "TaskState", "ActivityState", "TaskState").Replace(test.history)
			if got := typesOf(x.em.History(arn)); got != want {
				t.Errorf("history\n got %s\nwant %s", got, want)
			}
			out, err := x.client.DescribeExecution(x.ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
			if err != nil || *out.StateMachineArn != *machine {
				t.Errorf("the execution is one of %s, want %s: %v", aws.ToString(out.StateMachineArn), *machine, err)
			}
		})
	}
}

const retried = `{"StartAt": "Do", "States": {"Do": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {"QueueUrl": "u", "MessageBody": "b"},
	"Retry": [{"ErrorEquals": ["Busy"], "MaxAttempts": 3, "IntervalSeconds": 10}], "Catch": [{"ErrorEquals": ["Gone"], "Next": "Caught"}], "End": true},
	"Caught": {"Type": "Pass", "End": true}}}`

func TestMockedAttempts(t *testing.T) {
	tests := []struct{ name, response, want string }{
		{"retried", `{"0-1": {"Throw": {"Error": "Busy", "Cause": "later"}}, "2": {"Return": 3}}`, `SUCCEEDED 3`},
		{"caught", `{"0": {"Throw": {"Error": "Gone", "Cause": "for good"}}}`, `SUCCEEDED {"Error":"Gone","Cause":"for good"}`},
		{"failed", `{"0": {"Throw": {"Error": "Other", "Cause": "why"}}}`, `FAILED Other why`},
		{"not covered", `{"0": {"Throw": {"Error": "Busy"}}}`, "FAILED States.Runtime"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := mocksOf(t, map[string]string{"Do": test.response})
			x := newTest(t, emulator.WithMocks(path))
			arn := x.start(withTestCase(x.create("m", retried)), "", `{}`)
			x.em.Advance(time.Hour)
			end := x.em.Execution(arn)
			got := end.Status + " " + end.Output
			if end.Status != "SUCCEEDED" {
				got = end.Status + " " + end.Error
				if test.name == "failed" {
					got += " " + end.Cause
				} else if want := fmt.Sprintf(`%s:1:%d: the mocked response "Do" of the state "Do" in the test case "T" has nothing for invocation 1; it has 0, counted from 0, retries included`,
					path, 82); !strings.Contains(end.Cause, want) {
					t.Errorf("got the cause %s\nwant one with %s", end.Cause, want)
				}
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// Invocations are counted by name: in iterations of a Map, and in each child of a
// Map Run for itself.
func TestMockedIterations(t *testing.T) {
	tests := []struct{ mode, want string }{
		{"INLINE", `["first","second","third"]`},
		{"DISTRIBUTED", `["first","first","first"]`},
	}
	for _, test := range tests {
		t.Run(test.mode, func(t *testing.T) {
			x := newTest(t, emulator.WithMocks(mocksOf(t, map[string]string{"Do": `{"0": {"Return": "first"}, "1": {"Return": "second"}, "2": {"Return": "third"}}`})))
			processor := `{"Mode": "INLINE"}`
			if test.mode == "DISTRIBUTED" {
				processor = `{"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}`
			}
			machine := x.create("m", `{"StartAt": "Each", "States": {"Each": {"Type": "Map", "MaxConcurrency": 1, "ItemProcessor": {"ProcessorConfig": `+processor+`,
				"StartAt": "Do", "States": {"Do": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "End": true}}}, "End": true}}}`)
			arn := x.start(withTestCase(machine), "", `[1, 2, 3]`)
			if got := x.em.Wait(arn); got.Output != test.want {
				t.Errorf("got %+v, want %s", got, test.want)
			}
		})
	}
}

// What was invoked before a restart counts.
func TestMockedInvocationsSurviveARestart(t *testing.T) {
	path := mocksOf(t, map[string]string{"Do": `{"0-1": {"Throw": {"Error": "Busy"}}, "2": {"Return": "third"}}`})
	store := newSharedStore(t)
	first := newTest(t, emulator.WithStore(store.open()), emulator.WithMocks(path))
	arn := first.start(withTestCase(first.create("m", retried)), "", `{}`)
	first.em.Advance(10 * time.Second) // the first retry
	second := newTest(t, emulator.WithStore(store.reopen(first.em)), emulator.WithMocks(path))
	second.em.Advance(time.Hour)
	if got := second.em.Execution(arn); got.Output != `"third"` {
		t.Errorf("got %+v, want the third response", got)
	}
}

// A state that the test case does not list calls what it would call anyway.
func TestStatesWithoutMocks(t *testing.T) {
	x := newTest(t, emulator.WithMocks(mocksOf(t, map[string]string{"Other": `{"0": {"Return": 1}}`})), emulator.WithTask("arn:aws:states:::sqs:sendMessage",
		func(context.Context, value.Value) (value.Value, error) { return value.OfInt(7), nil }))
	if got := x.em.Wait(x.start(withTestCase(x.create("m", retried)), "", `{}`)); got.Output != "7" {
		t.Errorf("a service: got %+v, want 7", got)
	}
	activity := "arn:aws:states:us-east-1:123456789012:activity:a"
	if _, err := x.em.Register(emulator.Registration{Name: "m", Definition: `{"StartAt": "Do", "States": {"Do": {"Type": "Task", "Resource": "` + activity + `", "End": true}}}`}); err != nil {
		t.Fatal(err)
	}
	m := aws.String("arn:aws:states:us-east-1:123456789012:stateMachine:m#T")
	if got := x.em.Wait(x.start(m, "", `{}`)); got.Error != "States.Runtime" || !strings.Contains(got.Cause, "The activity "+activity+" does not exist.") {
		t.Errorf("an activity that does not exist: got %+v", got)
	}
	if _, err := x.client.CreateActivity(x.ctx, &sfn.CreateActivityInput{Name: aws.String("a")}); err != nil {
		t.Fatal(err)
	}
	arn := x.start(m, "", `{}`)
	taken, err := x.client.GetActivityTask(x.ctx, &sfn.GetActivityTaskInput{ActivityArn: &activity})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.client.SendTaskSuccess(x.ctx, &sfn.SendTaskSuccessInput{TaskToken: taken.TaskToken, Output: aws.String("8")}); err != nil {
		t.Fatal(err)
	}
	if got := x.em.Wait(arn); got.Output != "8" {
		t.Errorf("an activity: got %+v, want 8", got)
	}
}

func TestTestCasesThatDoNotExist(t *testing.T) {
	path := mocksOf(t, map[string]string{"Do": `{"0": {"Return": 1}}`})
	x := newTest(t, emulator.WithMocks(path))
	start := func(arn string) error {
		_, err := x.client.StartExecution(x.ctx, &sfn.StartExecutionInput{StateMachineArn: &arn})
		return err
	}
	machine := *x.create("m", retried)
	x.wantFault(start(machine+"#U"), "StateMachineDoesNotExist", "Test Case Does Not Exist: "+path+` has no test case "U" for the state machine "m"; it has ["T"]`)
	x.wantFault(start(machine+"#"), "StateMachineDoesNotExist", "Test Case Does Not Exist: "+path+` has no test case "" for the state machine "m"; it has ["T"]`)
	x.wantFault(start(machine+"x#T"), "StateMachineDoesNotExist", "State Machine Does Not Exist: '"+machine+"x'")
	x.wantFault(start(*x.create("other", pass)+"#T"), "StateMachineDoesNotExist", "Test Case Does Not Exist: "+path+` has no test cases for the state machine "other"; it has ["m"]`)
	if err := os.WriteFile(path, []byte(`{"StateMachines": 17}`), 0o600); err != nil {
		t.Fatal(err)
	}
	x.wantFault(start(machine+"#T"), "ValidationException", "Invalid Mock Configuration: "+path+":1:19: StateMachines: expected an object with a state machine, got number")
	writeMocks(t, path, map[string]string{"Do": `{"0": {"Return": "mended"}}`})
	if got := x.em.Wait(x.start(aws.String(machine+"#T"), "n", `{}`)); got.Output != `"mended"` {
		t.Errorf("a file that was mended: got %+v", got)
	}

	without := newTest(t)
	m := without.create("m", retried)
	_, err := without.client.StartExecution(x.ctx, &sfn.StartExecutionInput{StateMachineArn: withTestCase(m)})
	without.wantFault(err, "StateMachineDoesNotExist", "Test Case Does Not Exist: no mock configuration is set; --mocks FILE or SFN_MOCK_CONFIG names one")
}

func TestMockedSyncExecution(t *testing.T) {
	x := newTest(t, emulator.WithMocks(mocksOf(t, map[string]string{"Do": `{"0": {"Return": {"ok": 1}}}`})))
	machine := x.createType("m", retried, types.StateMachineTypeExpress)
	out, err := x.client.StartSyncExecution(x.ctx, &sfn.StartSyncExecutionInput{StateMachineArn: withTestCase(machine)})
	if err != nil || aws.ToString(out.Output) != `{"ok":1}` || *out.StateMachineArn != *machine {
		t.Errorf("got %+v, %v", out, err)
	}
}

// Without its configuration, a test case cannot go on, and says why.
func TestTestCaseWithoutItsConfiguration(t *testing.T) {
	store := newSharedStore(t)
	first := newTest(t, emulator.WithStore(store.open()), emulator.WithMocks(mocksOf(t, map[string]string{"Do": `{"0-1": {"Throw": {"Error": "Busy"}}}`})))
	arn := first.start(withTestCase(first.create("m", retried)), "", `{}`)
	first.em.Settle()
	second := newTest(t, emulator.WithStore(store.reopen(first.em)))
	second.em.Advance(time.Hour)
	const want = `the execution runs the test case "T", and no mock configuration is set: --mocks FILE or SFN_MOCK_CONFIG names one`
	if got := second.em.Execution(arn); got.Error != "States.Runtime" || !strings.Contains(got.Cause, want) {
		t.Errorf("got %+v, want %s", got, want)
	}
}
