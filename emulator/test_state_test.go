package emulator_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// This file tests what the cases in testdata/conformance/test_state cannot say:
// real calls, time, and requests that make no sense.

func (t *test) try(in *sfn.TestStateInput) *sfn.TestStateOutput {
	t.Helper()
	out, err := t.client.TestState(t.ctx, in)
	if err != nil {
		t.Fatalf("TestState: %v", err)
	}
	return out
}

const payTask = `{"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pay", "TimeoutSeconds": 1, "End": true}`

func TestTestStateCallsAndTimes(tt *testing.T) {
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil)) // the log of what goes wrong here
	slow := func(ctx context.Context, _ value.Value) (value.Value, error) {
		<-ctx.Done()
		return value.NullValue, ctx.Err()
	}
	for name, test := range map[string]struct {
		handler     func(context.Context, value.Value) (value.Value, error)
		status      types.TestExecutionStatus
		output      string
		errorName   string
		causePrefix string
	}{
		"returns": {func(_ context.Context, in value.Value) (value.Value, error) { return in.Get("n"), nil }, types.TestExecutionStatusSucceeded, "3", "", ""},
		"fails": {func(context.Context, value.Value) (value.Value, error) {
			return value.Value{}, &asl.Error{Name: "E", Cause: "c"}
		}, types.TestExecutionStatusFailed, "", "E", `{"errorMessage":"c","errorType":"E"}`},
		"is too slow":   {slow, types.TestExecutionStatusFailed, "", "States.Timeout", ""},
		"never answers": {func(context.Context, value.Value) (value.Value, error) { return value.Value{}, emulator.ErrNoAnswer }, types.TestExecutionStatusFailed, "", "States.Timeout", ""},
		"panics":        {func(context.Context, value.Value) (value.Value, error) { panic("ouch") }, types.TestExecutionStatusFailed, "", "States.Runtime", "An error occurred while executing the state 'StateName' (entered at the event id #2). internal error of aslocal: ouch"},
	} {
		tt.Run(name, func(tt *testing.T) {
			tt.Parallel()
			t := newTest(tt, emulator.WithTask("pay", test.handler), emulator.WithLogger(quiet))
			out := t.try(&sfn.TestStateInput{Definition: aws.String(payTask), RoleArn: aws.String(role), Input: aws.String(`{"n": 3}`)})
			if out.Status != test.status || aws.ToString(out.Output) != test.output || aws.ToString(out.Error) != test.errorName ||
				!strings.HasPrefix(aws.ToString(out.Cause), test.causePrefix) || (test.causePrefix == "") != (out.Cause == nil) {
				t.Errorf("got %s %q %q %q, want %s %q %q %q", out.Status, aws.ToString(out.Output), aws.ToString(out.Error), aws.ToString(out.Cause),
					test.status, test.output, test.errorName, test.causePrefix)
			}
		})
	}
}

// TestTestStateStartsExecutions calls an integration for real: the emulator's
// own.
func TestTestStateStartsExecutions(tt *testing.T) {
	t := newTest(tt)
	arn := t.create("nested", pass)
	out := t.try(&sfn.TestStateInput{RoleArn: aws.String(role), Definition: aws.String(`{
		"Type": "Task", "Resource": "arn:aws:states:::states:startExecution", "End": true, "OutputPath": "$.ExecutionArn",
		"Parameters": {"StateMachineArn": "` + *arn + `", "Name": "n", "Input": {"a": 1}}}`)})
	if got, want := aws.ToString(out.Output), `"arn:aws:states:us-east-1:123456789012:execution:nested:n"`; got != want {
		t.Fatalf("got %s %s, want %s", out.Status, got, want)
	}
	if x := t.em.Wait("arn:aws:states:us-east-1:123456789012:execution:nested:n"); x.Output != `{"a":1}` {
		t.Errorf("the execution has ended with %+v", x)
	}
}

func TestTestStateRefuses(tt *testing.T) {
	t := newTest(tt)
	const passState = `{"Type": "Pass", "End": true}`
	for name, refused := range map[string]struct {
		in            sfn.TestStateInput
		code, message string
	}{
		"input":          {sfn.TestStateInput{Definition: aws.String(passState), Input: aws.String("nope")}, "InvalidExecutionInput", "Invalid State Machine Execution Input: 'Unrecognized token 'nope': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')'"},
		"variables":      {sfn.TestStateInput{Definition: aws.String(passState), Variables: aws.String("[]")}, "ValidationException", "Variables must be a JSON object"},
		"role":           {sfn.TestStateInput{Definition: aws.String(passState), RoleArn: aws.String("me")}, "InvalidArn", "Invalid Arn: 'Invalid ARN prefix: me'"},
		"an empty mock":  {sfn.TestStateInput{Definition: aws.String(payTask), Mock: &types.MockInput{}}, "ValidationException", "A test mock should have only one of the following fields: [result, errorOutput]."},
		"a context":      {sfn.TestStateInput{Definition: aws.String(payTask), Context: aws.String("1"), Mock: &types.MockInput{Result: aws.String("1")}}, "ValidationException", "Invalid Context object provided: Context object must be a JSON object"},
		"a cause":        {sfn.TestStateInput{Definition: aws.String(passState), StateConfiguration: &types.TestStateConfiguration{ErrorCausedByState: aws.String("X")}}, "ValidationException", "State not found in definition"},
		"no JSON":        {sfn.TestStateInput{Definition: aws.String("nope")}, "InvalidDefinition", "Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION: Unrecognized token 'nope': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n at [Source: (String)\"nope\"; line: 1, column: 5] at [Source: (String)\"nope\"; line: 1, column: 5]'"},
		"no type":        {sfn.TestStateInput{Definition: aws.String(`{}`)}, "InvalidDefinition", "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are required: [Type] at /States/StateName'"},
		"half a machine": {sfn.TestStateInput{Definition: aws.String(passState), StateName: aws.String("S")}, "InvalidDefinition", "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /, SCHEMA_VALIDATION_FAILED: Field 'Type' is not supported at /, SCHEMA_VALIDATION_FAILED: Field 'End' is not supported at /'"},
		"a level": {sfn.TestStateInput{Definition: aws.String(passState), InspectionLevel: "ALL"}, "ValidationException",
			"1 validation error detected: Value 'ALL' at 'inspectionLevel' failed to satisfy constraint: Member must satisfy enum value set: [INFO, DEBUG, TRACE]"},
	} {
		tt.Run(name, func(tt *testing.T) {
			_, err := t.client.TestState(tt.Context(), &refused.in)
			(&test{T: tt}).wantFault(err, refused.code, refused.message)
		})
	}
}

// FuzzTestState sends what looks like requests; none may bring the emulator out
// of step.
func FuzzTestState(f *testing.F) {
	f.Add(`{"Type": "Pass", "End": true}`, `{}`, "", `{}`, "", `{"result": "{}"}`, "{}", `{}`)
	f.Add(`{"Type": "Map", "ItemsPath": "$", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}, "ItemBatcher": {"MaxItemsPerBatch": 1}, "ToleratedFailureCount": 1, "End": true}`,
		`[1]`, "", `{}`, "", `{"result": "[]"}`, "{}", `{"mapIterationFailureCount": 1}`)
	f.Add(`{"StartAt": "A", "States": {"A": {"Type": "Task", "QueryLanguage": "JSONata", "Resource": "arn:aws:states:::dynamodb:getItem", "Output": "{% $states %}", "Retry": [{"ErrorEquals": ["States.ALL"]}], "End": true}}}`,
		`1`, "A", `{"a": 1}`, "", `{"errorOutput": {"error": "E"}}`, `{"Execution": {"Id": "i"}}`, `{"retrierRetryCount": 2}`)
	em, err := emulator.New(emulator.WithLogger(slog.New(slog.NewTextHandler(io.Discard, nil))), emulator.WithVirtualClock(time.Unix(0, 0)))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { em.Close() })
	f.Fuzz(func(t *testing.T, definition, input, name, variables, context, mock, given, configuration string) {
		request := map[string]any{"definition": definition, "input": input, "variables": variables, "inspectionLevel": "DEBUG"}
		for member, text := range map[string]string{"stateName": name, "context": context} {
			if text != "" {
				request[member] = text
			}
		}
		for member, text := range map[string]string{"mock": mock, "stateConfiguration": configuration} {
			if json.Valid([]byte(text)) {
				request[member] = json.RawMessage(text)
			}
		}
		if mock != "" && given != "" {
			request["context"] = given
		}
		body, err := json.Marshal(request)
		if err != nil {
			t.Skip(err)
		}
		status, answer := post(em, "TestState", string(body))
		if status != 200 && status != 400 {
			t.Errorf("%s\nis answered with %d %s", body, status, answer)
		}
	})
}

// post calls an operation as a client would, without a network.
func post(em *emulator.Emulator, operation, body string) (status int, answer string) {
	r := httptest.NewRequest(http.MethodPost, "http://localhost/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", "AWSStepFunctions."+operation)
	w := httptest.NewRecorder()
	em.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}
