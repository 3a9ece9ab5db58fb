package history

import (
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/value"
)

func resource(t *testing.T, text string) asl.Resource {
	t.Helper()
	r, err := asl.ParseResource(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Each type of event has its name and its details, as API reference
// "HistoryEvent" lists them.
func TestEvents(t *testing.T) {
	const (
		function = "arn:aws:lambda:us-east-1:123456789012:function:f"
		activity = "arn:aws:states:us-east-1:123456789012:activity:a"
		sqs      = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
		nested   = "arn:aws:states:::states:startExecution.sync:2"
		sdk      = "arn:aws:states:::aws-sdk:dynamodb:putItem"
	)
	doc := value.MustParse(`{"a": 1.0}`)
	broken, silent := machine.NewFailure("E", "why"), &machine.Failure{}
	timeout := &machine.Failure{Name: value.OfString(asl.ErrTimeout)}
	start := &machine.Start{RoleARN: "role", InputText: `{"a":  1.0}`}
	limits := func(text string) *machine.TaskEvent {
		return &machine.TaskEvent{Resource: resource(t, text), Timeout: 5, Heartbeat: 2, Credentials: "other"}
	}
	task := func(text string) *machine.TaskEvent { return &machine.TaskEvent{Resource: resource(t, text)} }
	type test struct {
		event machine.Event
		want  string // type and details
	}
	tests := []test{
		{machine.Event{Type: machine.ExecutionStarted, Doc: doc, Start: start}, `ExecutionStarted executionStartedEventDetails {"input":"{\"a\":  1.0}","inputDetails":{"truncated":false},"roleArn":"role"}`},
		{machine.Event{Type: machine.ExecutionStarted, Doc: doc, Start: &machine.Start{Version: "v", Alias: "l"}}, `ExecutionStarted executionStartedEventDetails {"input":"{\"a\":1.0}","inputDetails":{"truncated":false},"roleArn":"","stateMachineAliasArn":"l","stateMachineVersionArn":"v"}`},
		{machine.Event{Type: machine.ExecutionSucceeded, Doc: doc}, `ExecutionSucceeded executionSucceededEventDetails {"output":"{\"a\":1.0}","outputDetails":{"truncated":false}}`},
		{machine.Event{Type: machine.ExecutionFailed, Failure: broken}, `ExecutionFailed executionFailedEventDetails {"error":"E","cause":"why"}`},
		{machine.Event{Type: machine.ExecutionFailed, Failure: &machine.Failure{Cause: value.OfString("why")}}, `ExecutionFailed executionFailedEventDetails {"cause":"why"}`},
		{machine.Event{Type: machine.ExecutionFailed, Failure: silent}, `ExecutionFailed executionFailedEventDetails {}`},
		{machine.Event{Type: machine.ExecutionTimedOut, Failure: timeout}, `ExecutionTimedOut executionTimedOutEventDetails {"error":"States.Timeout"}`},
		{machine.Event{Type: machine.ExecutionAborted}, `ExecutionAborted executionAbortedEventDetails {}`},
		{machine.Event{Type: machine.ExecutionAborted, Failure: broken}, `ExecutionAborted executionAbortedEventDetails {"error":"E","cause":"why"}`},

		{machine.Event{Type: machine.StateExited, Kind: asl.Pass, State: "S", Doc: doc, Assigned: value.MustParse(`{"s": "oof", "n": 42, "l": [1, 2]}`)},
			`PassStateExited stateExitedEventDetails {"name":"S","output":"{\"a\":1.0}","outputDetails":{"truncated":false},"assignedVariables":{"s":"\"oof\"","n":"42","l":"[1,2]"},"assignedVariablesDetails":{"truncated":false}}`},

		{machine.Event{Type: machine.TaskScheduled, Doc: doc, Task: limits(function)}, `LambdaFunctionScheduled lambdaFunctionScheduledEventDetails {"resource":"` + function + `","input":"{\"a\":1.0}","inputDetails":{"truncated":false},"timeoutInSeconds":5,"taskCredentials":{"roleArn":"other"}}`},
		{machine.Event{Type: machine.TaskStarted, Task: task(function)}, `LambdaFunctionStarted  `},
		{machine.Event{Type: machine.TaskSucceeded, Doc: doc, Task: task(function)}, `LambdaFunctionSucceeded lambdaFunctionSucceededEventDetails {"output":"{\"a\":1.0}","outputDetails":{"truncated":false}}`},
		{machine.Event{Type: machine.TaskFailed, Failure: broken, Task: task(function)}, `LambdaFunctionFailed lambdaFunctionFailedEventDetails {"error":"E","cause":"why"}`},
		{machine.Event{Type: machine.TaskTimedOut, Failure: timeout, Task: task(function)}, `LambdaFunctionTimedOut lambdaFunctionTimedOutEventDetails {"error":"States.Timeout"}`},

		{machine.Event{Type: machine.TaskScheduled, Doc: doc, Task: limits(activity)}, `ActivityScheduled activityScheduledEventDetails {"resource":"` + activity + `","input":"{\"a\":1.0}","inputDetails":{"truncated":false},"timeoutInSeconds":5,"heartbeatInSeconds":2,"taskCredentials":{"roleArn":"other"}}`},
		{machine.Event{Type: machine.TaskStarted, Task: &machine.TaskEvent{Resource: resource(t, activity), Worker: "w"}}, `ActivityStarted activityStartedEventDetails {"workerName":"w"}`},
		{machine.Event{Type: machine.TaskStarted, Task: task(activity)}, `ActivityStarted activityStartedEventDetails {}`},
		{machine.Event{Type: machine.TaskSucceeded, Doc: doc, Task: task(activity)}, `ActivitySucceeded activitySucceededEventDetails {"output":"{\"a\":1.0}","outputDetails":{"truncated":false}}`},
		{machine.Event{Type: machine.TaskFailed, Failure: silent, Task: task(activity)}, `ActivityFailed activityFailedEventDetails {}`},
		{machine.Event{Type: machine.TaskTimedOut, Failure: timeout, Task: task(activity)}, `ActivityTimedOut activityTimedOutEventDetails {"error":"States.Timeout"}`},

		{machine.Event{Type: machine.TaskScheduled, Doc: doc, Task: limits(sqs)}, `TaskScheduled taskScheduledEventDetails {"resourceType":"sqs","resource":"sendMessage.waitForTaskToken","region":"eu-west-1","parameters":"{\"a\":1.0}","timeoutInSeconds":5,"heartbeatInSeconds":2,"taskCredentials":{"roleArn":"other"}}`},
		{machine.Event{Type: machine.TaskStarted, Task: task(sdk)}, `TaskStarted taskStartedEventDetails {"resourceType":"aws-sdk:dynamodb","resource":"putItem"}`},
		{machine.Event{Type: machine.TaskSubmitted, Doc: doc, Task: task(nested)}, `TaskSubmitted taskSubmittedEventDetails {"resourceType":"states","resource":"startExecution.sync:2","output":"{\"a\":1.0}","outputDetails":{"truncated":false}}`},
		{machine.Event{Type: machine.TaskSucceeded, Doc: doc, Task: task(sqs)}, `TaskSucceeded taskSucceededEventDetails {"resourceType":"sqs","resource":"sendMessage.waitForTaskToken","output":"{\"a\":1.0}","outputDetails":{"truncated":false}}`},
		{machine.Event{Type: machine.TaskFailed, Failure: broken, Task: task(sqs)}, `TaskFailed taskFailedEventDetails {"resourceType":"sqs","resource":"sendMessage.waitForTaskToken","error":"E","cause":"why"}`},
		{machine.Event{Type: machine.TaskSubmitFailed, Failure: broken, Task: task(sqs)}, `TaskSubmitFailed taskSubmitFailedEventDetails {"resourceType":"sqs","resource":"sendMessage.waitForTaskToken","error":"E","cause":"why"}`},
		{machine.Event{Type: machine.TaskTimedOut, Failure: timeout, Task: task(sqs)}, `TaskTimedOut taskTimedOutEventDetails {"resourceType":"sqs","resource":"sendMessage.waitForTaskToken","error":"States.Timeout"}`},

		{machine.Event{Type: machine.ParallelStateStarted, Doc: doc}, `ParallelStateStarted  `},
		{machine.Event{Type: machine.ParallelStateSucceeded}, `ParallelStateSucceeded  `},
		{machine.Event{Type: machine.ParallelStateFailed, Failure: broken}, `ParallelStateFailed  `},
		{machine.Event{Type: machine.MapStateStarted, Doc: value.MustParse(`[1,2]`)}, `MapStateStarted mapStateStartedEventDetails {"length":2}`},
		{machine.Event{Type: machine.MapStateStarted, Doc: doc}, `MapStateStarted mapStateStartedEventDetails {"length":1}`},
		{machine.Event{Type: machine.MapIterationStarted, State: "M", Index: 3, Doc: doc}, `MapIterationStarted mapIterationStartedEventDetails {"name":"M","index":3}`},
		{machine.Event{Type: machine.MapIterationSucceeded, State: "M"}, `MapIterationSucceeded mapIterationSucceededEventDetails {"name":"M","index":0}`},
		{machine.Event{Type: machine.MapIterationFailed, State: "M"}, `MapIterationFailed mapIterationFailedEventDetails {"name":"M","index":0}`},
		{machine.Event{Type: machine.MapIterationAborted, State: "M"}, `MapIterationAborted mapIterationAbortedEventDetails {"name":"M","index":0}`},
		{machine.Event{Type: machine.MapStateSucceeded}, `MapStateSucceeded  `},
		{machine.Event{Type: machine.MapStateFailed, Failure: broken}, `MapStateFailed  `},
		{machine.Event{Type: machine.EvaluationFailed, State: "S", Failure: &machine.Failure{Name: value.OfString("E"), Cause: value.OfString("why"), Location: "Output/x"}}, `EvaluationFailed evaluationFailedEventDetails {"error":"E","cause":"why","location":"Output/x","state":"S"}`},
		{machine.Event{Type: machine.EvaluationFailed, State: "S", Failure: broken}, `EvaluationFailed evaluationFailedEventDetails {"error":"E","cause":"why","state":"S"}`},

		{machine.Event{Type: machine.MapRunStarted, Run: &machine.MapRunEvent{ARN: "run"}}, `MapRunStarted mapRunStartedEventDetails {"mapRunArn":"run"}`},
		{machine.Event{Type: machine.MapRunSucceeded, Doc: doc}, `MapRunSucceeded  `},
		{machine.Event{Type: machine.MapRunFailed, Failure: broken}, `MapRunFailed mapRunFailedEventDetails {"error":"E","cause":"why"}`},
		{machine.Event{Type: machine.MapRunAborted}, `MapRunAborted  `},
		{machine.Event{Type: machine.MapRunRedriven, Index: 2, Run: &machine.MapRunEvent{ARN: "arn:m"}}, `MapRunRedriven mapRunRedrivenEventDetails {"mapRunArn":"arn:m","redriveCount":2}`},
		{machine.Event{Type: machine.ExecutionRedriven, Index: 1}, `ExecutionRedriven executionRedrivenEventDetails {"redriveCount":1}`},
	}
	for _, kind := range []asl.StateType{asl.Pass, asl.Task, asl.Choice, asl.Wait, asl.Succeed, asl.Fail, asl.Map, asl.Parallel} {
		tests = append(tests,
			test{machine.Event{Type: machine.StateEntered, Kind: kind, State: "S", Doc: doc}, string(kind) + `StateEntered stateEnteredEventDetails {"name":"S","input":"{\"a\":1.0}","inputDetails":{"truncated":false}}`},
			test{machine.Event{Type: machine.StateExited, Kind: kind, State: "S", Doc: doc}, string(kind) + `StateExited stateExitedEventDetails {"name":"S","output":"{\"a\":1.0}","outputDetails":{"truncated":false}}`},
			test{machine.Event{Type: machine.StateAborted, Kind: kind}, string(kind) + `StateAborted  `})
	}
	tested := map[machine.Type]bool{}
	for _, test := range tests {
		tested[test.event.Type] = true
		name, details := Details(&test.event, Options{Region: "eu-west-1"})
		if got := Type(&test.event) + " " + name + " " + details.String(); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
	for kind := machine.Type(1); !kind.Private(); kind++ {
		if unknown := strings.HasPrefix(kind.String(), "Type("); !unknown && !tested[kind] {
			t.Errorf("%s: not in this test", kind)
		}
	}
	for kind, stem := range taskTypes {
		if !tested[kind] {
			t.Errorf("Task%s: not in this test", stem)
		}
	}
}

func TestOf(t *testing.T) {
	e := &machine.Event{ID: 4, Prev: 3, At: 1_767_225_600_123, Type: machine.ParallelStateFailed}
	if got, want := Of(e, Options{}).String(), `{"timestamp":1767225600.123,"type":"ParallelStateFailed","id":4,"previousEventId":3}`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Without execution data, errors, causes, names and roles stay.
func TestWithoutData(t *testing.T) {
	doc, o := value.MustParse(`{"a": 1}`), Options{Region: "us-east-1", WithoutData: true}
	for _, test := range []struct {
		event machine.Event
		want  string
	}{
		{machine.Event{Type: machine.ExecutionStarted, Doc: doc, Start: &machine.Start{RoleARN: "role", InputText: "{}"}}, `{"roleArn":"role"}`},
		{machine.Event{Type: machine.ExecutionSucceeded, Doc: doc}, `{}`},
		{machine.Event{Type: machine.ExecutionFailed, Failure: machine.NewFailure("E", "why")}, `{"error":"E","cause":"why"}`},
		{machine.Event{Type: machine.StateEntered, Kind: asl.Pass, State: "S", Doc: doc}, `{"name":"S"}`},
		{machine.Event{Type: machine.StateExited, Kind: asl.Pass, State: "S", Doc: doc, Assigned: doc}, `{"name":"S"}`},
		{machine.Event{Type: machine.TaskScheduled, Doc: doc, Task: &machine.TaskEvent{Resource: resource(t, "arn:aws:states:::sqs:sendMessage")}}, `{"resourceType":"sqs","resource":"sendMessage","region":"us-east-1"}`},
	} {
		if _, got := Details(&test.event, o); got.String() != test.want {
			t.Errorf("type %d: got %s, want %s", test.event.Type, got, test.want)
		}
	}
}
