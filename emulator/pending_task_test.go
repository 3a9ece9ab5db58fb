package emulator_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// callerOf is a machine with one Task, Do.
func callerOf(resource, fields string) string {
	return fmt.Sprintf(`{"StartAt": "Do", "States": {"Do": {"Type": "Task", "Resource": %q, %s, "End": true}}}`, resource, fields)
}

const sending = `"Parameters": {"QueueUrl": "http://q.test/1/q", "MessageBody": {"total.$": "$.total"}}`

// pending is the only task that waits to be answered.
func (t *test) pending() emulator.PendingTask {
	t.Helper()
	t.em.Settle()
	tasks := t.em.PendingTasks()
	if len(tasks) != 1 {
		t.Fatalf("%d tasks wait to be answered, want 1: %+v", len(tasks), tasks)
	}
	return tasks[0]
}

// Every kind of task that nothing can answer waits, and is ended by an answer.
func TestPendingTasks(t *testing.T) {
	const called = "ExecutionStarted TaskStateEntered TaskScheduled TaskStarted TaskSucceeded TaskStateExited ExecutionSucceeded"
	submitted := strings.Replace(called, "TaskSucceeded", "TaskSubmitted TaskSucceeded", 1)
	tests := []struct{ resource, fields, history string }{
		{"arn:aws:states:::sqs:sendMessage", sending, called},
		{"arn:aws:states:::sqs:sendMessage.waitForTaskToken", `"Parameters": {"QueueUrl": "http://q.test/1/q", "MessageBody": {"token.$": "$$.Task.Token"}}`, submitted},
		{"arn:aws:states:::glue:startJobRun.sync", `"Parameters": {"JobName": "j"}`, submitted},
		{"arn:aws:states:::aws-sdk:s3:listBuckets", `"Parameters": {}`, called},
		{"arn:aws:states:::http:invoke", `"Parameters": {"ApiEndpoint": "https://a.test", "Method": "GET", "Authentication": {"ConnectionArn": "arn:aws:events:us-east-1:123456789012:connection/c/1"}}`, called},
		{"arn:aws:lambda:us-east-1:123456789012:function:f", `"Comment": ""`, strings.NewReplacer("LambdaFunctionState", "TaskState").Replace(strings.ReplaceAll(called, "Task", "LambdaFunction"))},
	}
	for _, test := range tests {
		t.Run(test.resource, func(t *testing.T) {
			x := newTest(t, emulator.WithPendingTasks())
			machine := x.create("m", callerOf(test.resource, test.fields))
			arn := x.start(machine, "", `{"total": 7}`)
			task := x.pending()
			if task.Execution != arn || task.StateMachine != *machine || task.State != "Do" || task.Resource != test.resource || task.Missing == "" ||
				!task.Since.Equal(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) {
				t.Errorf("got %+v", task)
			}
			if strings.Contains(test.resource, "Token") != (task.TaskToken != "") && !strings.Contains(test.resource, ".sync") {
				t.Errorf("its token: %q", task.TaskToken)
			}
			if err := x.em.AnswerTask(x.ctx, task.ID, `{"by": "hand"}`); err != nil {
				t.Fatal(err)
			}
			if got := x.em.Wait(arn); got.Output != `{"by":"hand"}` {
				t.Errorf("got %+v", got)
			}
			if got := typesOf(x.em.History(arn)); got != test.history {
				t.Errorf("history\n got %s\nwant %s", got, test.history)
			}
			if err := x.em.AnswerTask(x.ctx, task.ID, `1`); !errors.Is(err, emulator.ErrNotPending) {
				t.Errorf("a second answer: %v", err)
			}
		})
	}
}

// Without the option, such a task fails, and the cause says what to set.
func TestMissingByDefault(t *testing.T) {
	x := newTest(t)
	got := x.em.Wait(x.start(x.create("m", callerOf("arn:aws:states:::sqs:sendMessage", sending)), "", `{"total": 7}`))
	if got.Error != "SQS.SdkClientException" || !strings.Contains(got.Cause, "AWS_ENDPOINT_URL_SQS") {
		t.Errorf("got %+v", got)
	}
	if len(x.em.PendingTasks()) > 0 {
		t.Error("it waits to be answered")
	}
}

// A failure by hand meets the state's Retriers: its next attempt waits under
// another id.
func TestPendingTaskIsRetried(t *testing.T) {
	x := newTest(t, emulator.WithPendingTasks())
	arn := x.start(x.create("m", callerOf("arn:aws:states:::sqs:sendMessage", sending+`, "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 5}]`)), "", `{"total": 7}`)
	first := x.pending()
	if err := x.em.FailTask(x.ctx, first.ID, "Busy", "try later"); err != nil {
		t.Fatal(err)
	}
	x.em.Advance(5 * time.Second)
	second := x.pending()
	if second.ID == first.ID || second.Since.Sub(first.Since) != 5*time.Second {
		t.Errorf("the attempts\n%+v\n%+v", first, second)
	}
	if err := x.em.FailTask(x.ctx, second.ID, "Broken", "for good"); err != nil {
		t.Fatal(err)
	}
	if got := x.em.Wait(arn); got.Error != "Broken" || got.Cause != "for good" {
		t.Errorf("got %+v", got)
	}
}

// Timeouts and stops end a task as they end any other.
func TestPendingTaskEndsOtherwise(t *testing.T) {
	x := newTest(t, emulator.WithPendingTasks())
	machine := x.create("m", callerOf("arn:aws:states:::glue:startJobRun.sync", `"Parameters": {"JobName": "j"}, "TimeoutSeconds": 60`))
	late := x.start(machine, "", `{}`)
	id := x.pending().ID
	x.em.Advance(time.Minute)
	if got := x.em.Wait(late); got.Error != "States.Timeout" {
		t.Errorf("after its timeout: %+v", got)
	}
	stopped := x.start(machine, "", `{}`)
	x.pending()
	if _, err := x.client.StopExecution(x.ctx, &sfn.StopExecutionInput{ExecutionArn: &stopped}); err != nil {
		t.Fatal(err)
	}
	if tasks := x.em.PendingTasks(); len(tasks) > 0 {
		t.Errorf("these wait still: %+v", tasks)
	}
	if err := x.em.AnswerTask(x.ctx, id, `1`); !errors.Is(err, emulator.ErrNotPending) {
		t.Errorf("an answer that is too late: %v", err)
	}
}

// The token of a task may be answered by who finds it in the list.
func TestTokenOfPendingTask(t *testing.T) {
	x := newTest(t, emulator.WithPendingTasks())
	arn := x.start(x.create("m", callerOf("arn:aws:states:::sns:publish.waitForTaskToken", `"Parameters": {"TopicArn": "t", "Message": {"t.$": "$$.Task.Token"}}`)), "", `{}`)
	if _, err := x.client.SendTaskSuccess(x.ctx, &sfn.SendTaskSuccessInput{TaskToken: aws.String(x.pending().TaskToken), Output: aws.String("5")}); err != nil {
		t.Fatal(err)
	}
	if got := x.em.Wait(arn); got.Output != "5" {
		t.Errorf("got %+v", got)
	}
	if tasks := x.em.PendingTasks(); len(tasks) > 0 {
		t.Errorf("these wait still: %+v", tasks)
	}
}

// After a restart a task waits under the same id, since the same time.
func TestPendingTaskSurvivesARestart(t *testing.T) {
	store := newSharedStore(t)
	first := newTest(t, emulator.WithStore(store.open()), emulator.WithPendingTasks())
	first.em.Advance(time.Hour)
	arn := first.start(first.create("m", callerOf("arn:aws:states:::sqs:sendMessage", sending)), "", `{"total": 7}`)
	before := first.pending()
	second := newTest(t, emulator.WithStore(store.reopen(first.em)), emulator.WithPendingTasks())
	second.em.Advance(2 * time.Hour)
	after := second.pending()
	if before != after {
		t.Errorf("got\n%+v\nwant\n%+v", after, before)
	}
	if err := second.em.AnswerTask(second.ctx, after.ID, `1`); err != nil {
		t.Fatal(err)
	}
	if got := second.em.Wait(arn); got.Output != "1" {
		t.Errorf("got %+v", got)
	}
}

// A token that was answered before a restart ends the task whose call finds
// nothing after it.
func TestTokenAnsweredBeforeARestart(t *testing.T) {
	const resource = "arn:aws:states:::sns:publish.waitForTaskToken"
	store := newSharedStore(t)
	token := make(chan string, 1)
	first := newTest(t, emulator.WithStore(store.open()), emulator.WithTask("arn:aws:states:::sns:publish", func(_ context.Context, in value.Value) (value.Value, error) {
		token <- in.Get("Message").Get("t").Text()
		return value.Value{}, emulator.ErrNoAnswer
	}))
	arn := first.start(first.create("m", callerOf(resource, `"Parameters": {"TopicArn": "t", "Message": {"t.$": "$$.Task.Token"}}`)), "", `{}`)
	if _, err := first.client.SendTaskSuccess(first.ctx, &sfn.SendTaskSuccessInput{TaskToken: aws.String(<-token), Output: aws.String("6")}); err != nil {
		t.Fatal(err)
	}
	second := newTest(t, emulator.WithStore(store.reopen(first.em)), emulator.WithPendingTasks())
	if got := second.em.Wait(arn); got.Output != "6" {
		t.Errorf("got %+v", got)
	}
}

func TestPendingTasksOverHTTP(t *testing.T) {
	x := newTest(t, emulator.WithPendingTasks())
	arn := x.start(x.create("m", callerOf("arn:aws:states:::sqs:sendMessage", sending)), "e", `{"total": 7}`)
	task := x.pending()
	send := func(method, path, body string, header ...string) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(x.ctx, method, x.em.URL()+emulator.PendingTasksPath+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(text)
	}
	want := fmt.Sprintf(`{"tasks":[{"id":%q,"execution":%q,"stateMachine":"arn:aws:states:us-east-1:123456789012:stateMachine:m","state":"Do",`+
		`"resource":"arn:aws:states:::sqs:sendMessage","input":"{\"QueueUrl\":\"http://q.test/1/q\",\"MessageBody\":{\"total\":7}}","taskToken":"","since":"2026-01-01T00:00:00Z","missing":%q}]}`,
		task.ID, arn, task.Missing)
	if status, got := send("GET", "", ""); status != 200 || got != want {
		t.Errorf("the list: %d\n got %s\nwant %s", status, got, want)
	}
	for _, test := range []struct {
		id, body string
		status   int
		want     string
	}{
		{"nobody", `{"output": 1}`, 404, `{"message":"no task of this id waits to be answered"}`},
		{task.ID, `{"output": 1, "error": "E"}`, 400, `{"message":"expected one of output and error"}`},
		{task.ID, `{}`, 400, `{"message":"expected one of output and error"}`},
		{task.ID, `[]`, 400, `{"message":"expected a JSON object with output, with error and cause, or with retry"}`},
		{task.ID, `{"retry": true, "output": 1, "error": "E"}`, 400, `{"message":"expected one of output and error"}`},
		{"nobody", `{"retry": true}`, 404, `{"message":"no task of this id waits to be answered"}`},
		{task.ID, `{"error": 5}`, 400, `{"message":"error, cause: expected strings"}`},
		{task.ID, `{"error": ""}`, 400, `{"message":"error: expected the name of an error"}`},
		{task.ID, `{"error": "` + strings.Repeat("e", 257) + `"}`, 400, `{"message":"error: expected at most 256 bytes, got 257"}`},
		{task.ID, `{"output": "` + strings.Repeat("o", 262_144) + `"}`, 400, `{"message":"output: expected at most 262144 bytes, got 262146"}`},
	} {
		if status, got := send("POST", "/"+test.id, test.body); status != test.status || got != test.want {
			t.Errorf("%.40s: got %d %s, want %d %s", test.body, status, got, test.status, test.want)
		}
	}
	if status, _ := send("POST", "/"+task.ID, `{"output": 1}`, "Origin", "https://elsewhere.test"); status != 403 {
		t.Errorf("a page from elsewhere: got %d", status)
	}
	if status, got := send("POST", "/"+task.ID, `{"output": {"ok": true}}`); status != 200 || got != "{}" {
		t.Errorf("the answer: got %d %s", status, got)
	}
	if got := x.em.Wait(arn); got.Output != `{"ok":true}` {
		t.Errorf("got %+v", got)
	}
}
