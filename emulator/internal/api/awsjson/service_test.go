package awsjson

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/smithy-go"

	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/value"
)

var _ Fault = (*fault.Error)(nil)

// newService answers StartExecution in the ways that its input names.
func newService(log io.Writer) *Service {
	return &Service{
		Name: "Step Functions", Prefix: "AWSStepFunctions",
		Log: slog.New(slog.NewTextHandler(log, nil)),
		Actions: map[string]Action{"StartExecution": Handle(func(ctx context.Context, in *startInput) (*startOutput, error) {
			switch in.Input.Value {
			case "fault":
				return nil, fmt.Errorf("starting: %w", fault.StateMachineDoesNotExist(in.MachineArn))
			case "detail":
				return nil, fault.ResourceNotFound(in.MachineArn)
			case "bug":
				return nil, errors.New("the secret of the house")
			case "panic":
				panic("the roof is on fire")
			case "abort":
				panic(http.ErrAbortHandler)
			case "wait":
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return start(ctx, in)
		})},
	}
}

func request(method, target, contentType, body string) *http.Request {
	r := httptest.NewRequest(method, "/", strings.NewReader(body))
	r.Header.Set("X-Amz-Target", target)
	r.Header.Set("Content-Type", contentType)
	return r
}

var uuidPattern = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`)

// idHeader is the header's name in AWS's spelling, which is not Go's.
var idHeader = "x-amzn-RequestId"

func TestService(t *testing.T) {
	const json10, target = "application/x-amz-json-1.0", "AWSStepFunctions.StartExecution"
	asked := func(input string) string { return `{"stateMachineArn":"m","input":"` + input + `"}` }
	tests := []struct {
		name                              string
		method, target, contentType, body string
		status                            int
		want                              string
	}{
		{"an answer", "POST", target, json10, asked("{}"), 200, `{"executionArn":"m","startDate":1764583200.123}`},
		{"1.1", "POST", target, "application/x-amz-json-1.1", asked("{}"), 200, `{"executionArn":"m","startDate":1764583200.123}`},
		{"curl", "POST", target, "Application/JSON; charset=utf-8", asked("{}"), 200, `{"executionArn":"m","startDate":1764583200.123}`},
		{"a fault", "POST", target, json10, asked("fault"), 400,
			`{"__type":"com.amazonaws.swf.service.v2.model#StateMachineDoesNotExist","message":"State Machine Does Not Exist: 'm'"}`},
		{"a fault with a member", "POST", target, json10, asked("detail"), 400,
			`{"__type":"com.amazonaws.swf.service.v2.model#ResourceNotFound","message":"Resource not found: 'm'","resourceName":"m"}`},
		{"a violation", "POST", target, json10, `{}`, 400, `{"__type":"com.amazon.coral.validate#ValidationException","message":"1 validation error detected: ` +
			`Value null at 'stateMachineArn' failed to satisfy constraint: Member must not be null"}`},
		{"no body is an empty one", "POST", target, json10, ``, 400, `{"__type":"com.amazon.coral.validate#ValidationException","message":"1 validation error ` +
			`detected: Value null at 'stateMachineArn' failed to satisfy constraint: Member must not be null"}`},
		{"a wrong type", "POST", target, json10, `{"stateMachineArn":7}`, 400, `{"__type":"SerializationException","message":"NUMBER_VALUE can not be converted to a String"}`},
		{"no JSON", "POST", target, json10, `{"a"`, 400, `{"__type":"SerializationException","message":*}`},
		{"unknown operation", "POST", "AWSStepFunctions.Start", json10, `{}`, 400, `{"__type":"com.amazon.coral.service#UnknownOperationException","message":` +
			`"Step Functions has no action \"Start\""}`},
		{"another service", "POST", "DynamoDB_20120810.StartExecution", json10, `{}`, 400, `{"__type":"com.amazon.coral.service#UnknownOperationException","message":*}`},
		{"no target", "POST", "", json10, `{}`, 400, `{"__type":"com.amazon.coral.service#UnknownOperationException","message":*}`},
		{"a form", "POST", target, "application/x-www-form-urlencoded", `a=b`, 400, `{"__type":"com.amazon.coral.service#UnknownOperationException","message":` +
			`"Content-Type: expected application/x-amz-json-1.0, got \"application/x-www-form-urlencoded\""}`},
		{"too large", "POST", target, json10, `"` + strings.Repeat("a", MaxBody) + `"`, 413,
			`{"__type":"com.amazon.coral.service#RequestEntityTooLargeException","message":"the request body has more than 1114112 bytes"}`},
		{"a bug", "POST", target, json10, asked("bug"), 500, `{"__type":"com.amazon.coral.service#InternalFailure","message":*}`},
		{"a panic", "POST", target, json10, asked("panic"), 500, `{"__type":"com.amazon.coral.service#InternalFailure","message":*}`},
		{"GET", "GET", target, json10, ``, 405, "the API takes POST requests\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var log bytes.Buffer
			w := httptest.NewRecorder()
			newService(&log).ServeHTTP(w, request(tt.method, tt.target, tt.contentType, tt.body))
			got := w.Body.String()
			if head, tail, ok := strings.Cut(tt.want, "*"); ok && strings.HasPrefix(got, head) && strings.HasSuffix(got, tail) {
				got = tt.want
			}
			if w.Code != tt.status || got != tt.want {
				t.Errorf("got %d %s, want %d %s", w.Code, got, tt.status, tt.want)
			}
			if id := w.Header()[idHeader]; len(id) != 1 || !uuidPattern.MatchString(id[0]) {
				t.Errorf("request id: got %q", id)
			} else if tt.status == 500 && !strings.Contains(log.String(), id[0]) {
				t.Errorf("the log has no request %s: %s", id[0], &log)
			}
			if (tt.status == 500) != (log.Len() > 0) {
				t.Errorf("got status %d and log %q", tt.status, &log)
			}
			if got := w.Header().Get("Content-Type"); tt.status != 405 && got != json10 {
				t.Errorf("content type: got %s", got)
			}
			if tt.status == 405 && w.Header().Get("Allow") != "POST" {
				t.Errorf("allow: got %q", w.Header().Get("Allow"))
			}
		})
	}
}

func TestBugsAreLoggedWholeAndNotTold(t *testing.T) {
	var log bytes.Buffer
	service := newService(&log)
	for input, want := range map[string]string{"bug": "the secret of the house", "panic": "the roof is on fire"} {
		w := httptest.NewRecorder()
		service.ServeHTTP(w, request("POST", "AWSStepFunctions.StartExecution", "application/json", `{"stateMachineArn":"m","input":"`+input+`"}`))
		if strings.Contains(w.Body.String(), want) || !strings.Contains(log.String(), want) {
			t.Errorf("%s: got answer %s and log %s", input, w.Body, &log)
		}
	}
	if !strings.Contains(log.String(), "service_test.go") {
		t.Errorf("the log does not say where the panic was: %s", &log)
	}
}

func TestAbort(t *testing.T) {
	defer func() {
		if got := recover(); got != http.ErrAbortHandler {
			t.Errorf("got panic %v, want http.ErrAbortHandler", got)
		}
	}()
	newService(io.Discard).ServeHTTP(httptest.NewRecorder(),
		request("POST", "AWSStepFunctions.StartExecution", "application/json", `{"stateMachineArn":"m","input":"abort"}`))
}

func TestClientsThatGoAwayAreNotLogged(t *testing.T) {
	var log bytes.Buffer
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r := request("POST", "AWSStepFunctions.StartExecution", "application/json", `{"stateMachineArn":"m","input":"wait"}`).WithContext(ctx)
	newService(&log).ServeHTTP(httptest.NewRecorder(), r)
	if log.Len() > 0 {
		t.Errorf("got log %s", &log)
	}
}

// failing is a body that breaks off.
type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestBodyThatBreaksOff(t *testing.T) {
	r := httptest.NewRequest("POST", "/", failing{})
	r.Header.Set("X-Amz-Target", "AWSStepFunctions.StartExecution")
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	newService(io.Discard).ServeHTTP(w, r)
	if want := `{"__type":"SerializationException","message":"reading the request body: unexpected EOF"}`; w.Code != 400 || w.Body.String() != want {
		t.Errorf("got %d %s, want %s", w.Code, w.Body, want)
	}
}

func TestChunkedBodyTooLarge(t *testing.T) {
	r := request("POST", "AWSStepFunctions.StartExecution", "application/json", strings.Repeat(" ", MaxBody+1))
	r.ContentLength = -1
	w := httptest.NewRecorder()
	newService(io.Discard).ServeHTTP(w, r)
	if w.Code != 413 || w.Header().Get("Connection") != "close" {
		t.Errorf("got %d %v", w.Code, w.Header())
	}
}

// pipes is a listener of connections in memory, so that a server's time can be
// that of a bubble.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	if c, ok := <-p; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (p pipes) Close() error   { return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

func TestSlowBodiesAndLongPolls(t *testing.T) {
	tests := []struct {
		name, body string // as far as it comes
		length     int
		wait       time.Duration
		want       string
	}{
		{"a body that does not come", "{", 100, bodyTimeout, "HTTP/1.1 408 Request Timeout"},
		{"an action that takes long", `{"stateMachineArn":"m"}`, 23, 24 * time.Hour, "HTTP/1.1 200 OK"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				service := &Service{Prefix: "P", Actions: map[string]Action{"Poll": Handle(func(ctx context.Context, in *startInput) (*startOutput, error) {
					select {
					case <-ctx.Done():
						return nil, ctx.Err()
					case <-time.After(24 * time.Hour):
						return start(ctx, in)
					}
				})}}
				server, connections := &http.Server{Handler: service}, make(pipes)
				defer server.Close()
				defer close(connections)
				go server.Serve(connections)
				client, conn := net.Pipe()
				defer client.Close()
				connections <- conn
				began := time.Now()
				fmt.Fprintf(client, "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nX-Amz-Target: P.Poll\r\nContent-Length: %d\r\n\r\n%s", tt.length, tt.body)
				answer := make([]byte, len(tt.want))
				if _, err := io.ReadFull(client, answer); err != nil || string(answer) != tt.want {
					t.Errorf("got %q, %v, want %s", answer, err, tt.want)
				}
				if got := time.Since(began); got != tt.wait {
					t.Errorf("got the answer after %v, want %v", got, tt.wait)
				}
			})
		})
	}
}

// A client that does not read its answer is cut; one that reads slowly is not.
func TestClientsThatDoNotRead(t *testing.T) {
	body := `{"text":"` + strings.Repeat("x", 20*writeChunk) + `"}`
	type textOutput struct {
		Text string `json:"text"`
	}
	for _, tt := range []struct {
		name  string
		pause time.Duration // before each chunk is read; 0: nothing is read
		whole bool
	}{
		{"not at all", 0, false},
		{"slowly", 14 * time.Second, true},
		{"too slowly", 40 * time.Second, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				service := &Service{Prefix: "P", Actions: map[string]Action{"Get": Handle(func(context.Context, *startInput) (*textOutput, error) {
					return &textOutput{strings.Repeat("x", 20*writeChunk)}, nil
				})}}
				server, connections := &http.Server{Handler: service}, make(pipes)
				defer server.Close()
				defer close(connections)
				go server.Serve(connections)
				client, conn := net.Pipe()
				defer client.Close()
				connections <- conn
				fmt.Fprintf(client, "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nX-Amz-Target: P.Get\r\nConnection: close\r\nContent-Length: 23\r\n\r\n%s", `{"stateMachineArn":"m"}`)
				if tt.pause == 0 {
					time.Sleep(time.Hour) // of the bubble
				}
				read := 0
				for chunk, err := make([]byte, writeChunk), error(nil); err == nil; {
					time.Sleep(tt.pause)
					var n int
					n, err = io.ReadFull(client, chunk)
					read += n
				}
				if whole := read > len(body); whole != tt.whole {
					t.Errorf("%d bytes could be read, of a body of %d", read, len(body))
				}
			})
		})
	}
}

func newClient(url string) *sfn.Client {
	return sfn.New(sfn.Options{
		Region:       "us-east-1",
		BaseEndpoint: &url,
		Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
		Retryer:      aws.NopRetryer{},
	})
}

func TestRealClient(t *testing.T) {
	server := httptest.NewServer(newService(io.Discard))
	defer server.Close()
	client, ctx := newClient(server.URL), context.Background()

	out, err := client.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: aws.String("m"), Input: aws.String("{}")})
	if err != nil || *out.ExecutionArn != "m" || out.StartDate.UnixMilli() != 1764583200123 {
		t.Errorf("got %+v, %v", out, err)
	}

	_, err = client.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: aws.String("m"), Input: aws.String("fault")})
	if e, ok := errors.AsType[*types.StateMachineDoesNotExist](err); !ok || *e.Message != "State Machine Does Not Exist: 'm'" {
		t.Errorf("got %v, want StateMachineDoesNotExist", err)
	}

	_, err = client.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: aws.String("m"), Input: aws.String("detail")})
	if e, ok := errors.AsType[smithy.APIError](err); !ok || e.ErrorCode() != "ResourceNotFound" {
		t.Errorf("got %v, want ResourceNotFound", err)
	}

	_, err = client.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: aws.String(strings.Repeat("m", 257))})
	if e, ok := errors.AsType[*types.ValidationException](err); ok { // it is of another namespace, but SDKs look at the name only
		if !strings.Contains(*e.Message, "length less than or equal to 256") {
			t.Errorf("got %v", e)
		}
	} else if e, ok := errors.AsType[smithy.APIError](err); !ok || e.ErrorCode() != "ValidationException" {
		t.Errorf("got %v, want ValidationException", err)
	}

	_, err = client.ListActivities(ctx, &sfn.ListActivitiesInput{})
	if e, ok := errors.AsType[smithy.APIError](err); !ok || e.ErrorCode() != "UnknownOperationException" {
		t.Errorf("got %v, want UnknownOperationException", err)
	}

	_, err = client.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: aws.String("m"), Input: aws.String("bug")})
	if e, ok := errors.AsType[smithy.APIError](err); !ok || e.ErrorCode() != "InternalFailure" {
		t.Errorf("got %v, want InternalFailure", err)
	}
}

// TestManyClients is for the race detector: the buffers are shared.
func TestManyClients(t *testing.T) {
	server := httptest.NewServer(newService(io.Discard))
	defer server.Close()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 50 {
				arn := strings.Repeat(fmt.Sprint(i, "-", j, "é"), 1+j)
				body := value.OfMembers("stateMachineArn", value.OfString(arn[:min(len(arn), 200)])).String()
				r, _ := http.NewRequest("POST", server.URL, strings.NewReader(body))
				r.Header.Set("X-Amz-Target", "AWSStepFunctions.StartExecution")
				r.Header.Set("Content-Type", "application/json")
				answer, err := server.Client().Do(r)
				if err != nil {
					t.Error(err)
					return
				}
				var got struct{ ExecutionArn string }
				err = json.NewDecoder(answer.Body).Decode(&got)
				answer.Body.Close()
				if want := value.MustParse(body).Get("stateMachineArn").String(); err != nil || value.OfString(got.ExecutionArn).String() != strings.ToValidUTF8(want, "\uFFFD") {
					t.Errorf("got %q, %v, want %s", got.ExecutionArn, err, want)
				}
			}
		})
	}
	wg.Wait()
}
