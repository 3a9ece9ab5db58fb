package emulator_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

const pythonFunction = `
import os, threading

class CustomError(Exception):
    pass

def handler(event, context):
    if event == "raise":
        raise CustomError("oh")
    if event == "exit":
        os._exit(3)
    if event == "wait":
        threading.Event().wait()
    if event == "endpoint":
        return os.environ["AWS_ENDPOINT_URL_SFN"]
    print("got", event)
    return {"is": event}
`

// newFunctions returns a test with the function pay, which is in Python, and one
// that cannot run. It skips the test if there is no Python.
func newFunctions(t *testing.T, options ...emulator.Option) *test {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "app.py"), []byte(pythonFunction), 0o600); err != nil {
		t.Fatal(err)
	}
	x := newTest(t, append(options,
		emulator.WithFunctions(
			emulator.Function{Name: "pay", Runtime: "python3.11", Handler: "app.handler", Folder: folder, Timeout: time.Minute},
			emulator.Function{Name: "slow", Runtime: "python3.11", Handler: "app.handler", Folder: folder, Timeout: 50 * time.Millisecond},
			emulator.Function{Name: "image", Broken: "it is an image: aslocal runs no containers", Place: "template.yaml:7"},
		),
		emulator.WithFunctionEnvironment("AWS_ENDPOINT_URL_SFN=http://localhost:1"),
	)...)
	if status := x.em.Functions()[0]; status.Problem != "" {
		t.Skip(status.Problem)
	}
	return x
}

func TestFunctions(t *testing.T) {
	var mu sync.Mutex
	var log []emulator.FunctionLogEntry
	x := newFunctions(t, emulator.WithFunctionLog(func(e emulator.FunctionLogEntry) {
		mu.Lock()
		defer mu.Unlock()
		log = append(log, e)
	}), emulator.WithFunctionURL("pay", "http://localhost:1"), emulator.WithLambdaEndpoint("http://localhost:1"))
	calling := func(function string) *string {
		return x.create(function, `{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:999999999999:function:`+function+`", "End": true}}}`)
	}
	pay, slow, image := calling("pay"), calling("slow"), calling("image")
	invoke := x.create("invoke", `{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
		"Parameters": {"FunctionName": "pay:live", "Payload.$": "$"}, "ResultSelector": {"p.$": "$.Payload", "v.$": "$.ExecutedVersion", "s.$": "$.StatusCode"}, "End": true}}}`)
	for _, tt := range []struct {
		name                        string
		machine                     *string
		input, output, error, cause string
	}{
		{"by ARN", pay, `1`, `{"is": 1}`, "", ""},
		{"lambda:invoke", invoke, `1`, `{"p":{"is":1},"s":200,"v":"$LATEST"}`, "", ""},
		{"an error of its own", pay, `"raise"`, "", "CustomError", `{"errorMessage": "oh", "errorType": "CustomError", "requestId": "`},
		{"the same with lambda:invoke", invoke, `"\"raise\""`, "", "CustomError", `{"errorMessage":"oh","errorType":"CustomError","requestId":"`},
		{"an exit", pay, `"exit"`, "", "Runtime.ExitError", `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: `},
		{"a timeout", slow, `"wait"`, "", "Sandbox.Timedout", `{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: `},
		{"a function that cannot run", image, `1`, "", "Lambda.InvalidRuntimeException",
			"the function 'image' (template.yaml:7) cannot run on this machine: it is an image: aslocal runs no containers (Service: AWSLambda; Status Code: 502; Error Code: InvalidRuntimeException; Request ID: "},
		{"variables of services", pay, `"endpoint"`, `"http://localhost:1"`, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := x.em.Wait(x.start(tt.machine, "", tt.input))
			if strings.ReplaceAll(got.Output, " ", "") != strings.ReplaceAll(tt.output, " ", "") || got.Error != tt.error || !strings.HasPrefix(got.Cause, tt.cause) {
				t.Errorf("got  %s %s %s\nwant %s %s %s", got.Output, got.Error, got.Cause, tt.output, tt.error, tt.cause)
			}
		})
	}
	mu.Lock()
	defer mu.Unlock()
	for _, e := range log {
		if e.Text == "got 1" {
			if !strings.HasPrefix(e.Execution, "arn:aws:states:") || e.RequestID == "" || e.Function != "pay" || e.Platform {
				t.Errorf("log: got %+v", e)
			}
			return
		}
	}
	t.Errorf("what the function prints is not in the log: %+v", log)
}

// A handler in Go goes before a function.
func TestFunctionsAfterHandlers(t *testing.T) {
	x := newFunctions(t, emulator.WithTask("pay", func(_ context.Context, event value.Value) (value.Value, error) { return event, nil }))
	machine := x.create("m", `{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pay", "End": true}}}`)
	if got := x.em.Wait(x.start(machine, "", `1`)); got.Output != `1` {
		t.Errorf("got %+v", got)
	}
}

// The API of Lambda is there as soon as there is a function, under the same
// checks as all else.
func TestFunctionsAPI(t *testing.T) {
	x := newFunctions(t)
	call := func(headers ...string) (int, string) {
		r, _ := http.NewRequest(http.MethodPost, x.em.URL()+"/2015-03-31/functions/pay/invocations", strings.NewReader(`1`))
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		return response.StatusCode, string(body)
	}
	signature := "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0"
	if status, body := call("Authorization", signature); status != 200 || body != `{"is": 1}` {
		t.Errorf("got %d %s", status, body)
	}
	if status, body := call("Origin", "http://example.test"); status != 403 || !strings.Contains(body, "does not answer web pages from elsewhere") {
		t.Errorf("from a page elsewhere: got %d %s", status, body)
	}
	x.em.SetFunctions(nil)
	var fault struct{ Message string }
	if status, body := call(); status != 404 || json.Unmarshal([]byte(body), &fault) != nil || !strings.Contains(fault.Message, "Lambda is not here") {
		t.Errorf("without functions: got %d %s", status, body)
	}
}
