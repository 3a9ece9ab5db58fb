package cli_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// An execution that a crash has interrupted calls the functions that the project
// has when serve starts again.
func TestRecoveredTasksCallFunctionsOfTheProject(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	called := make(chan struct{}, 10)
	endpoint := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) // else the end of the connection is not seen
		called <- struct{}{}
		<-r.Context().Done() // the process is killed meanwhile
	}))
	t.Cleanup(endpoint.Close)
	p := newKillProcess(t, ctx)
	p.functions = endpoint.URL
	p.start()
	created, err := p.client().CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
		Name: aws.String("m"), RoleArn: aws.String("arn:aws:iam::123456789012:role/test"),
		Definition: aws.String(`{"StartAt": "P", "States": {"P": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pay", "End": true}}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	started, err := p.client().StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: created.StateMachineArn})
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-called:
	case <-ctx.Done():
		t.Fatal("the function has not been called")
	}
	p.kill()

	// What the call comes to says which function it was: one that cannot run.
	settings := "functions: {pay: {command: [./absent]}}\n"
	if err := os.WriteFile(filepath.Join(p.folder, "aslocal.yaml"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	p.functions = "http://127.0.0.1:1"
	p.start()
	arn := aws.ToString(started.ExecutionArn)
	for p.describe(arn).Status == types.ExecutionStatusRunning && ctx.Err() == nil {
		p.runFor(20 * time.Millisecond)
	}
	if got := p.endOf(arn); got.error != "Lambda.InvalidRuntimeException" || !strings.Contains(got.cause, "aslocal.yaml:1") {
		t.Errorf("got %+v, want the error of the function in aslocal.yaml", got)
	}
}
