package emulator_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/aslocal/aslocal/emulator"
)

const trace = "Root=1-5e1b4151-5ac6c58f5b5daa6532e2c0e3;Parent=53995c3f42cd8ad8;Sampled=1"

// withTrace makes a client send the HTTP header.
func withTrace(text string) func(*sfn.Options) {
	return func(o *sfn.Options) {
		o.APIOptions = append(o.APIOptions, smithyhttp.AddHeaderValue("X-Amzn-Trace-Id", text))
	}
}

// The trace header of an execution is the HTTP header of the request, or else its
// member. A request without one has none.
func TestTraceHeader(t *testing.T) {
	x := newTest(t)
	standard, express := x.create("s", pass), x.createType("e", pass, types.StateMachineTypeExpress)
	for _, tt := range []struct {
		name         string
		member, sent *string
		want         string
	}{
		{"none", nil, nil, ""},
		{"the member", aws.String("Root=1-a-b"), nil, "Root=1-a-b"},
		{"the header", nil, aws.String(trace), trace},
		{"both: the header", aws.String("Root=1-a-b"), aws.String(trace), trace},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var options []func(*sfn.Options)
			if tt.sent != nil {
				options = append(options, withTrace(*tt.sent))
			}
			started, err := x.client.StartExecution(x.ctx, &sfn.StartExecutionInput{StateMachineArn: standard, TraceHeader: tt.member}, options...)
			if err != nil {
				t.Fatal(err)
			}
			if got := aws.ToString(x.describe(*started.ExecutionArn).TraceHeader); got != tt.want {
				t.Errorf("DescribeExecution: got %q, want %q", got, tt.want)
			}
			ended, err := x.client.StartSyncExecution(x.ctx, &sfn.StartSyncExecutionInput{StateMachineArn: express, TraceHeader: tt.member}, options...)
			if err != nil {
				t.Fatal(err)
			}
			if got := aws.ToString(ended.TraceHeader); got != tt.want {
				t.Errorf("StartSyncExecution: got %q, want %q", got, tt.want)
			}
		})
	}
}

// The functions, nested executions and children of an execution get its trace
// header, and a restart does not forget it (F-235).
func TestTraceHeaderIsPassedOn(t *testing.T) {
	var mu sync.Mutex
	var seen []string
	function := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		seen = append(seen, r.Header.Get("X-Amzn-Trace-Id"))
		mu.Unlock()
		_, _ = w.Write([]byte("{}"))
	}))
	t.Cleanup(function.Close)
	store := newSharedStore(t)
	x := newTest(t, emulator.WithStore(store.open()), emulator.WithFunctionURL("pay", function.URL))
	child := x.create("child", pass)
	parent := x.create("parent", `{"StartAt": "F", "States": {
		"F": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pay", "ResultPath": null, "Next": "I"},
		"I": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "pay"}, "ResultPath": null, "Next": "N"},
		"N": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync", "Parameters": {"StateMachineArn": "`+*child+`", "Name": "nested"},
			"ResultPath": null, "Next": "S"},
		"S": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sfn:startExecution", "Parameters": {"StateMachineArn": "`+*child+`", "Name": "sdk", "Input": "{}"},
			"ResultPath": null, "Next": "M"},
		"M": {"Type": "Map", "Label": "Each", "End": true, "ItemProcessor": {
			"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}}}}`)
	started, err := x.client.StartExecution(x.ctx, &sfn.StartExecutionInput{StateMachineArn: parent, Input: aws.String("[1]"), TraceHeader: aws.String(trace)})
	if err != nil {
		t.Fatal(err)
	}
	if got := x.em.Wait(*started.ExecutionArn); got.Status != "SUCCEEDED" {
		t.Fatalf("the parent: %+v", got)
	}
	if len(seen) != 2 || seen[0] != trace || seen[1] != trace {
		t.Errorf("the function got %q, want %s twice", seen, trace)
	}
	runs, err := x.client.ListMapRuns(x.ctx, &sfn.ListMapRunsInput{ExecutionArn: started.ExecutionArn})
	if err != nil || len(runs.MapRuns) != 1 {
		t.Fatalf("map runs %+v, %v", runs, err)
	}
	children, err := x.client.ListExecutions(x.ctx, &sfn.ListExecutionsInput{MapRunArn: runs.MapRuns[0].MapRunArn})
	if err != nil || len(children.Executions) != 1 {
		t.Fatalf("children %+v, %v", children, err)
	}
	x.em.Settle()
	x = newTest(t, emulator.WithStore(store.reopen(x.em)))
	const execution = "arn:aws:states:us-east-1:123456789012:execution:child:"
	for _, arn := range []string{*started.ExecutionArn, execution + "nested", execution + "sdk", *children.Executions[0].ExecutionArn} {
		if got := aws.ToString(x.describe(arn).TraceHeader); got != trace {
			t.Errorf("%s: got %q, want %s", arn, got, trace)
		}
	}
}
