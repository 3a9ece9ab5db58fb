package emulator_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/aslocal/aslocal/emulator"
)

// answering returns a handler that answers with a status and a body.
func answering(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("x-amzn-RequestId", "id-1")
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// dying breaks the connection in the middle of an answer.
func dying(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "100")
	io.WriteString(w, `{"MessageId": `)
	panic(http.ErrAbortHandler)
}

// Whatever an endpoint does wrong is an error of the task in the words of the
// service, and only the Retriers of the state try again.
func TestEndpointsThatFail(t *testing.T) {
	const sqs = `"Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {"QueueUrl": "http://q/1/q", "MessageBody": "m"}`
	const sdk = `"Resource": "arn:aws:states:::aws-sdk:sqs:sendMessage", "Parameters": {"QueueUrl": "http://q/1/q", "MessageBody": "m"}`
	for _, c := range []struct {
		name, task string
		handler    http.HandlerFunc // nil: nothing listens
		error      string
		cause      string // what it begins with
	}{
		{"refused", sqs, nil, "SQS.SdkClientException", "Unable to execute HTTP request: "},
		{"refused, SDK", sdk, nil, "Sqs.SdkClientException", "Unable to execute HTTP request: "},
		{"dies in the answer", sqs, dying, "SQS.SdkClientException", "Unable to execute HTTP request: "},
		{"dies in the answer, SDK", sdk, dying, "Sqs.SdkClientException", "Unable to execute HTTP request: "},
		{"no JSON", sqs, answering(200, "<html>"), "SQS.SdkClientException", "Unable to execute HTTP request: "},
		{"no JSON, SDK", sdk, answering(200, "<html>"), "Sqs.SdkClientException", "Unable to execute HTTP request: "},
		{"throttles", sqs, answering(400, `{"__type": "com.amazonaws.sqs#RequestThrottled", "message": "slow down"}`), "SQS.RequestThrottledException",
			"slow down (Service: AmazonSQS; Status Code: 400; Error Code: RequestThrottled; Request ID: id-1; Proxy: null)"},
		{"throttles, SDK", sdk, answering(400, `{"__type": "com.amazonaws.sqs#RequestThrottled", "message": "slow down"}`), "Sqs.RequestThrottledException",
			"slow down (Service: Sqs, Status Code: 400, Request ID: id-1) (SDK Attempt Count: 1)"},
		{"unmodelled", sqs, answering(400, `{"__type": "MissingParameter", "message": "no body"}`), "SQS.AmazonSQSException",
			"no body (Service: AmazonSQS; Status Code: 400; Error Code: MissingParameter; Request ID: id-1; Proxy: null)"},
		{"unmodelled, SDK", sdk, answering(400, `{"__type": "MissingParameter"}`), "Sqs.SqsException", "(Service: Sqs, Status Code: 400, Request ID: id-1) (SDK Attempt Count: 1)"},
		{"500 without a word", sqs, answering(500, ""), "SQS.AmazonSQSException", "null (Service: AmazonSQS; Status Code: 500; Error Code: "},
		{"503 of a proxy, SDK", sdk, answering(503, "<html>busy</html>"), "Sqs.SqsException", ""},
		{"redirects", sqs, answering(302, ""), "SQS.", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var calls atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				calls.Add(1)
				c.handler(w, r)
			}))
			defer server.Close()
			if c.handler == nil {
				server.Close()
			}
			x := newTest(t, emulator.WithServicesEndpoint(server.URL))
			arn := x.start(x.create("m", `{"StartAt": "T", "States": {"T": {"Type": "Task", `+c.task+`,
				"Retry": [{"ErrorEquals": ["States.TaskFailed"], "MaxAttempts": 2}], "End": true}}}`), "", `{}`)
			x.em.Advance(time.Minute)
			got := x.em.Execution(arn)
			if got.Status != "FAILED" || !strings.HasPrefix(got.Error, c.error) || !strings.HasPrefix(got.Cause, c.cause) {
				t.Errorf("got %+v\nwant %s: %s…", got, c.error, c.cause)
			}
			if n := calls.Load(); c.handler != nil && n != 3 {
				t.Errorf("called %d times, want once and for each of 2 retries", n)
			}
		})
	}
}

// A certificate that nobody has vouched for ends the call.
func TestEndpointWithAnUnknownCertificate(t *testing.T) {
	server := httptest.NewUnstartedServer(answering(200, "{}"))
	server.Config.ErrorLog = nil
	server.StartTLS()
	defer server.Close()
	x := newTest(t, emulator.WithServicesEndpoint(server.URL))
	got := x.em.Wait(x.start(x.create("m", `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:getItem",
		"Parameters": {"TableName": "t", "Key": {"k": {"S": "v"}}}, "End": true}}}`), "", `{}`))
	if got.Error != "DynamoDB.SdkClientException" || !strings.Contains(got.Cause, "certificate") {
		t.Errorf("got %+v", got)
	}
}

// The URL of a host names no queue. AWS calls that host, and does not find it.
func TestQueueURLWithoutAQueue(t *testing.T) {
	x := newTest(t, emulator.WithServicesEndpoint("http://127.0.0.1:1"))
	got := x.em.Wait(x.start(x.create("m", `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage",
		"Parameters": {"QueueUrl": "http://no-such-queue:80/", "MessageBody": "m"}, "End": true}}}`), "", `{}`))
	if got.Error != "SQS.SdkClientException" || got.Cause != "Unable to execute HTTP request: no-such-queue: Name or service not known" {
		t.Errorf("got %+v", got)
	}
}

// A call that nobody waits for any more ends at the endpoint, too.
func TestCallEndsWithItsExecution(t *testing.T) {
	called, ended := make(chan struct{}), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		close(called)
		<-r.Context().Done()
		close(ended)
	}))
	defer server.Close()
	x := newTest(t, emulator.WithServicesEndpoint(server.URL))
	arn := x.start(x.create("m", `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish",
		"Parameters": {"Message": "m", "TopicArn": "arn:aws:sns:us-east-1:123456789012:t"}, "End": true}}}`), "", `{}`)
	<-called
	if _, err := x.client.StopExecution(x.ctx, &sfn.StopExecutionInput{ExecutionArn: &arn}); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
	case <-x.ctx.Done():
		t.Fatal("the call goes on")
	}
}

// Without an endpoint a task fails with an error that can be caught and says what to
// set.
func TestNoEndpoint(t *testing.T) {
	x := newTest(t)
	for resource, want := range map[string][2]string{
		"sqs:sendMessage\", \"Parameters\": {\"QueueUrl\": \"q\", \"MessageBody\": \"m\"}": {"SQS.SdkClientException", "AWS_ENDPOINT_URL_SQS"},
		"aws-sdk:rds:describeDBInstances\", \"Parameters\": {}":                            {"Rds.SdkClientException", "services.rds.endpoint"},
		"batch:submitJob.sync\", \"Parameters\": {\"JobName\": \"n\", \"JobQueue\": \"q\", \"JobDefinition\": \"d\"}": {
			"Batch.SdkClientException", "services.batch.endpoint"},
		"apigateway:invoke\", \"Parameters\": {\"ApiEndpoint\": \"a.execute-api.us-east-1.amazonaws.com\", \"Method\": \"GET\"}": {
			"ApiGateway.SdkClientException", "services.apigateway.endpoint"},
	} {
		got := x.em.Wait(x.start(x.create("m"+strings.Map(letters, resource), `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::`+resource+`,
			"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}], "End": true}, "C": {"Type": "Pass", "End": true}}}`), "", `{}`))
		if got.Status != "SUCCEEDED" || !strings.Contains(got.Output, `"Error":"`+want[0]+`"`) || !strings.Contains(got.Output, want[1]) {
			t.Errorf("%s: got %+v\nwant %s", resource, got, want)
		}
	}
}

// letters leaves only letters.
func letters(r rune) rune {
	if r >= 'a' && r <= 'z' {
		return r
	}
	return -1
}

// An endpoint that is our own address answers that the service is not there, and what
// to do.
func TestEndpointIsOurOwn(t *testing.T) {
	var own http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { own.ServeHTTP(w, r) }))
	defer server.Close()
	x := newTest(t, emulator.WithServicesEndpoint(server.URL))
	own = x.em
	for resource, want := range map[string]string{
		`sqs:sendMessage", "Parameters": {"QueueUrl": "http://q/1/q", "MessageBody": "m"}`:                 "SQS is not here: give it an endpoint of its own (AWS_ENDPOINT_URL_SQS)",
		`aws-sdk:s3:listBuckets", "Parameters": {}`:                                                        "S3 is not here",
		`sns:publish", "Parameters": {"TopicArn": "arn:aws:sns:us-east-1:123456789012:t", "Message": "m"}`: "SNS is not here",
		`lambda:invoke", "Parameters": {"FunctionName": "f"}`:                                              "Lambda is not here",
	} {
		got := x.em.Wait(x.start(x.create("m"+strings.Map(letters, resource), `{"StartAt": "T", "States": {"T": {"Type": "Task",
			"Resource": "arn:aws:states:::`+resource+`, "End": true}}}`), "", `{}`))
		if got.Status != "FAILED" || !strings.Contains(got.Cause, want) {
			t.Errorf("%s: got %+v\nwant %s", resource, got, want)
		}
	}
}
