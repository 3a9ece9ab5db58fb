package emulator_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// counting is a handler that counts its calls.
func counting(calls *int) emulator.Handler {
	return func(context.Context, value.Value) (value.Value, error) {
		*calls++
		return value.Parse(`{"ok": true}`)
	}
}

// A fault leaves the history that AWS writes for its error.
func TestFaultHistories(t *testing.T) {
	const lambda, queue = "arn:aws:lambda:us-east-1:123456789012:function:f", "arn:aws:states:::sqs:sendMessage"
	const begun = "ExecutionStarted TaskStateEntered TaskScheduled TaskStarted "
	tests := []struct {
		name, resource, fields string
		fault                  emulator.Fault
		history, error, cause  string // of the cause, the beginning
	}{
		{"an error of a function", lambda, `"Comment": ""`, emulator.Fault{Error: "Declined", Cause: "no money"},
			"ExecutionStarted TaskStateEntered LambdaFunctionScheduled LambdaFunctionStarted LambdaFunctionFailed ExecutionFailed", "Declined", "no money"},
		{"a timeout of a function", lambda, `"TimeoutSeconds": 60`, emulator.Fault{Timeout: true},
			"ExecutionStarted TaskStateEntered LambdaFunctionScheduled LambdaFunctionStarted LambdaFunctionTimedOut ExecutionFailed", "States.Timeout", ""},
		{"a throttled function", lambda, `"Comment": ""`, emulator.Fault{Throttle: true},
			"ExecutionStarted TaskStateEntered LambdaFunctionScheduled LambdaFunctionStarted LambdaFunctionFailed ExecutionFailed",
			"Lambda.TooManyRequestsException", "Rate Exceeded. (Service: AWSLambda; Status Code: 429; Error Code: TooManyRequestsException; Request ID: "},
		{"a throttled lambda:invoke", "arn:aws:states:::lambda:invoke", `"Parameters": {"FunctionName": "f"}`, emulator.Fault{Throttle: true},
			begun + "TaskFailed ExecutionFailed", "Lambda.TooManyRequestsException", "Rate Exceeded."},
		{"a throttled service", queue, sending, emulator.Fault{Throttle: true},
			begun + "TaskFailed ExecutionFailed", "SQS.RequestThrottledException", "Request is throttled. (Service: AmazonSQS; Status Code: 403; Error Code: RequestThrottled; "},
		{"a throttled job", "arn:aws:states:::glue:startJobRun.sync", `"Parameters": {"JobName": "j"}`, emulator.Fault{Throttle: true},
			begun + "TaskSubmitFailed ExecutionFailed", "Glue.ThrottlingException", "Rate exceeded"},
		{"a throttled SDK call", "arn:aws:states:::aws-sdk:dynamodb:listTables", `"Parameters": {}`, emulator.Fault{Throttle: true},
			begun + "TaskFailed ExecutionFailed", "DynamoDb.ProvisionedThroughputExceededException", "The level of configured provisioned throughput"},
		{"a throttled HTTP task", "arn:aws:states:::http:invoke", `"Parameters": {"ApiEndpoint": "https://a.test", "Method": "GET", "Authentication": {"ConnectionArn": "arn:aws:events:us-east-1:123456789012:connection/c/1"}}`,
			emulator.Fault{Throttle: true}, begun + "TaskFailed ExecutionFailed", "States.Http.StatusCode.429", "Too Many Requests"},
		{"a job that fails", "arn:aws:states:::glue:startJobRun.sync", `"Parameters": {"JobName": "j"}`, emulator.Fault{Error: "States.TaskFailed", Cause: "{}"},
			begun + "TaskSubmitted TaskFailed ExecutionFailed", "States.TaskFailed", "{}"},
		{"a token that times out", queue + ".waitForTaskToken", `"Parameters": {"QueueUrl": "u", "MessageBody": {"t.$": "$$.Task.Token"}}`, emulator.Fault{Timeout: true},
			begun + "TaskTimedOut ExecutionFailed", "States.Timeout", ""},
		{"an activity that fails", "arn:aws:states:us-east-1:123456789012:activity:a", `"Comment": ""`, emulator.Fault{Error: "Broken"},
			"ExecutionStarted TaskStateEntered ActivityScheduled ActivityStarted ActivityFailed ExecutionFailed", "Broken", ""},
		{"an activity that times out", "arn:aws:states:us-east-1:123456789012:activity:a", `"Comment": ""`, emulator.Fault{Timeout: true},
			"ExecutionStarted TaskStateEntered ActivityScheduled ActivityTimedOut ExecutionFailed", "States.Timeout", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.fault.State = "Do"
			x := newTest(t, emulator.WithFaults(test.fault))
			if strings.Contains(test.resource, "activity") {
				if _, err := x.client.CreateActivity(x.ctx, &sfn.CreateActivityInput{Name: aws.String("a")}); err != nil {
					t.Fatal(err)
				}
			}
			arn := x.start(x.create("m", callerOf(test.resource, test.fields)), "", `{"total": 7}`)
			got := x.em.Wait(arn)
			if got.Error != test.error || !strings.HasPrefix(got.Cause, test.cause) {
				t.Errorf("got %s: %s\nwant %s: %s…", got.Error, got.Cause, test.error, test.cause)
			}
			if got := typesOf(x.em.History(arn)); got != test.history {
				t.Errorf("history\n got %s\nwant %s", got, test.history)
			}
		})
	}
}

// A fault holds for the attempts that it names, counted in each visit of the state, so in
// each iteration of a Map.
func TestFaultAttempts(t *testing.T) {
	const definition = `{"StartAt": "All", "States": {"All": {"Type": "Map", "MaxConcurrency": 1, "ItemProcessor": {"StartAt": "Do", "States": {"Do": {"Type": "Task",
		"Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 5}], "End": true}}}, "End": true}}}`
	for _, test := range []struct {
		attempts      string
		failed, calls int
	}{{"1", 2, 2}, {"2-3", 0, 2}, {"1-2", 4, 2}, {"", 6, 0}} {
		t.Run(test.attempts, func(t *testing.T) {
			calls := 0
			other := emulator.Fault{Machine: "other", State: "Do", Error: "No"}
			off := emulator.Fault{State: "Do", Error: "No", Off: true}
			x := newTest(t, emulator.WithTask("f", counting(&calls)), emulator.WithAutoAdvance(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)),
				emulator.WithFaults(other, off, emulator.Fault{Machine: "m", State: "Do", Error: "Busy", Attempts: test.attempts}))
			arn := x.start(x.create("m", definition), "", `[1, 2]`)
			x.em.Wait(arn)
			if failed := strings.Count(typesOf(x.em.History(arn)), "LambdaFunctionFailed"); failed != test.failed || calls != test.calls {
				t.Errorf("%d attempts failed and %d were calls, want %d and %d", failed, calls, test.failed, test.calls)
			}
		})
	}
}

// Latency passes on the clock of the emulator, before the call or before its failure.
func TestFaultLatency(t *testing.T) {
	for _, fault := range []emulator.Fault{{Latency: time.Hour}, {Latency: time.Hour, Error: "Late"}, {Latency: time.Hour, Timeout: true}} {
		t.Run(fmt.Sprintf("%+v", fault), func(t *testing.T) {
			fault.State = "Do"
			calls := 0
			x := newTest(t, emulator.WithTask("f", counting(&calls)), emulator.WithFaults(fault))
			arn := x.start(x.create("m", callerOf("arn:aws:lambda:us-east-1:123456789012:function:f", `"Comment": ""`)), "", `{}`)
			x.em.Advance(time.Hour - time.Second)
			if got := x.em.Execution(arn); got.Status != "RUNNING" || calls != 0 {
				t.Fatalf("before the hour is over: %+v, %d calls", got, calls)
			}
			x.em.Advance(time.Second)
			want := "SUCCEEDED"
			if fault.Error != "" || fault.Timeout {
				want = "FAILED"
			}
			if got := x.em.Execution(arn); got.Status != want || (calls == 1) != (want == "SUCCEEDED") {
				t.Errorf("after the hour: %+v, %d calls, want %s", got, calls, want)
			}
		})
	}
	t.Run("longer than the timeout of the state", func(t *testing.T) {
		calls := 0
		x := newTest(t, emulator.WithTask("f", counting(&calls)), emulator.WithFaults(emulator.Fault{State: "Do", Latency: time.Hour}))
		arn := x.start(x.create("m", callerOf("arn:aws:lambda:us-east-1:123456789012:function:f", `"TimeoutSeconds": 60`)), "", `{}`)
		x.em.Advance(2 * time.Hour)
		if got := x.em.Execution(arn); got.Error != "States.Timeout" || calls != 0 {
			t.Errorf("got %+v, %d calls", got, calls)
		}
	})
}

// By chance, the same seed gives the same, and about as many failures as it should.
func TestFaultProbability(t *testing.T) {
	run := func(seed uint64) string {
		calls := 0
		x := newTest(t, emulator.WithTask("f", counting(&calls)), emulator.WithFaults(emulator.Fault{State: "Do", Error: "Bad", Probability: 0.5, Seed: seed}))
		machine := x.create("m", callerOf("arn:aws:lambda:us-east-1:123456789012:function:f", `"Comment": ""`))
		var ended []byte
		for i := range 40 {
			ended = append(ended, x.em.Wait(x.start(machine, fmt.Sprintf("x%d", i), `{}`)).Status[0])
		}
		return string(ended)
	}
	first, second, other := run(7), run(7), run(8)
	if first != second {
		t.Errorf("the same seed gives\n%s\n%s", first, second)
	}
	if first == other {
		t.Errorf("another seed gives the same: %s", first)
	}
	if failed := strings.Count(first, "F"); failed < 10 || failed > 30 {
		t.Errorf("%d of 40 have failed with a probability of 0.5", failed)
	}
}

// Faults change while executions run, and wrong ones are refused.
func TestSetFaults(t *testing.T) {
	calls := 0
	x := newTest(t, emulator.WithTask("f", counting(&calls)), emulator.WithFaults(emulator.Fault{State: "Do", Error: "Busy"}))
	machine := x.create("m", callerOf("arn:aws:lambda:us-east-1:123456789012:function:f", `"Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 60}]`))
	arn := x.start(machine, "", `{}`)
	x.em.Settle()
	if err := x.em.SetFaults([]emulator.Fault{{State: "Do", Latency: time.Second}, {State: "", Error: "X"}}); err == nil || !strings.Contains(err.Error(), "fault 2: state: expected the name of a state") {
		t.Errorf("a wrong fault: %v", err)
	}
	if got := x.em.Faults(); len(got) != 1 || got[0].Error != "Busy" {
		t.Errorf("the faults after a refusal: %+v", got)
	}
	if err := x.em.SetFaults(nil); err != nil {
		t.Fatal(err)
	}
	x.em.Advance(time.Minute)
	if got := x.em.Execution(arn); got.Status != "SUCCEEDED" || calls != 1 {
		t.Errorf("got %+v after %d calls", got, calls)
	}
	_, err := emulator.New(emulator.WithFaults(emulator.Fault{State: "Do", Error: "A", Timeout: true}))
	if err == nil || errors.Unwrap(err) == nil {
		t.Errorf("New with a wrong fault: %v", err)
	}
}
