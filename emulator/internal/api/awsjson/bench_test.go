package awsjson

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/value"
)

type startInput struct {
	MachineArn string           `json:"stateMachineArn" aws:"required,min=1,max=256"`
	Name       Optional[string] `json:"name" aws:"min=1,max=80"`
	Input      Optional[string] `json:"input" aws:"sensitive,maxbytes=262144"`
	Trace      string           `json:"traceHeader" aws:"max=256" pattern:"\\p{ASCII}*" header:"X-Amzn-Trace-Id"`
}

type startOutput struct {
	ExecutionArn string    `json:"executionArn"`
	StartDate    time.Time `json:"startDate"`
}

const startBody = `{"input":"{\"order\": 17, \"customer\": {\"name\": \"Ada\"}}","name":"run-0000042",` +
	`"stateMachineArn":"arn:aws:states:us-east-1:123456789012:stateMachine:pay"}`

func start(_ context.Context, in *startInput) (*startOutput, error) {
	return &startOutput{ExecutionArn: in.MachineArn, StartDate: time.UnixMilli(1764583200123)}, nil
}

// BenchmarkStartExecution is what the protocol adds to an action.
func BenchmarkStartExecution(b *testing.B) {
	ctx, action, body, header := context.Background(), Handle(start), []byte(startBody), http.Header{}
	b.Run("whole", func(b *testing.B) {
		b.ReportAllocs()
		var dst []byte
		for b.Loop() {
			v, err := value.ParseBytes(body)
			if err != nil {
				b.Fatal(err)
			}
			if dst, err = action.Call(ctx, v, header, dst[:0]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("parsed", func(b *testing.B) {
		b.ReportAllocs()
		v := value.MustParse(startBody)
		var dst []byte
		var err error
		for b.Loop() {
			if dst, err = action.Call(ctx, v, header, dst[:0]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding-json", func(b *testing.B) { // for comparison: no constraints, no presence
		b.ReportAllocs()
		for b.Loop() {
			var in struct{ StateMachineArn, Name, Input, TraceHeader string }
			if err := json.Unmarshal(body, &in); err != nil {
				b.Fatal(err)
			}
			if _, err := json.Marshal(&startOutput{ExecutionArn: in.StateMachineArn, StartDate: time.UnixMilli(1764583200123)}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkHTTP is a call over a loopback connection, beside an answer that
// nobody worked for.
func BenchmarkHTTP(b *testing.B) {
	service := &Service{Prefix: "AWSStepFunctions", Actions: map[string]Action{"StartExecution": Handle(start)}}
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
	for name, handler := range map[string]http.Handler{"service": service, "echo": echo} {
		b.Run(name, func(b *testing.B) {
			server := httptest.NewServer(handler)
			defer server.Close()
			client := server.Client()
			b.ReportAllocs()
			for b.Loop() {
				r, err := http.NewRequest(http.MethodPost, server.URL, strings.NewReader(startBody))
				if err != nil {
					b.Fatal(err)
				}
				r.Header.Set("Content-Type", "application/x-amz-json-1.0")
				r.Header.Set("X-Amz-Target", "AWSStepFunctions.StartExecution")
				answer, err := client.Do(r)
				if err != nil {
					b.Fatal(err)
				}
				io.Copy(io.Discard, answer.Body)
				answer.Body.Close()
				if answer.StatusCode != http.StatusOK {
					b.Fatal(answer.Status)
				}
			}
		})
	}
}

// BenchmarkServe is the handler without a network.
func BenchmarkServe(b *testing.B) {
	service := &Service{Prefix: "AWSStepFunctions", Actions: map[string]Action{"StartExecution": Handle(start)}}
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", "AWSStepFunctions.StartExecution")
	r.ContentLength = int64(len(startBody))
	w := discard{http.Header{}}
	body := strings.NewReader(startBody)
	r.Body = io.NopCloser(body)
	b.ReportAllocs()
	for b.Loop() {
		body.Reset(startBody)
		service.ServeHTTP(w, r)
	}
}

type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}
