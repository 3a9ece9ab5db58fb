package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/debug"
	"github.com/aslocal/aslocal/emulator/ui"
	"github.com/aslocal/aslocal/internal/dap"
)

// A screen keeps what is written, and lets somebody wait for a text.
type screen struct {
	mu   sync.Mutex
	more *sync.Cond
	text bytes.Buffer
}

func newScreen() *screen {
	s := &screen{}
	s.more = sync.NewCond(&s.mu)
	return s
}

// Write implements io.Writer.
func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.more.Broadcast()
	return s.text.Write(b)
}

// shows waits until a text was written, and forgets all up to it.
func (s *screen) shows(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		if i := strings.Index(s.text.String(), text); i >= 0 {
			s.text.Next(i + len(text))
			return
		}
		s.more.Wait()
	}
}

// A breakpoint on an execution that an SDK client starts is hit in the terminal and in the
// browser at once: a real server, a terminal attached over TCP, the private API of the
// pages.
func TestDebugTogether(t *testing.T) {
	em := emulator.RunT(t)
	ctx := context.Background()
	client := sfn.NewFromConfig(em.AWSConfig())
	created, err := client.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
		Name: aws.String("order"), RoleArn: aws.String("arn:aws:iam::123456789012:role/r"),
		Definition: aws.String(`{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "End": true}}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	told := make(chan debug.Event, 100)
	defer em.Debugger().Attach("test", func(e debug.Event) { told <- e }).Detach()
	until := func(what func(debug.Event) bool) {
		t.Helper()
		for e := range told {
			if what(e) {
				return
			}
		}
	}

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serving, stop := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() {
		served <- dap.Serve(serving, l, dap.Config{Attach: &dap.Target{Emulator: em.Emulator, Sources: dap.NewSources()}})
	}()
	keyboard, typed := io.Pipe()
	shown := newScreen()
	ended := make(chan int, 1)
	_, port, _ := net.SplitHostPort(l.Addr().String())
	go func() { ended <- Main([]string{"debug", "--attach", port}, keyboard, shown, shown) }()
	typing := func(lines string) { io.WriteString(typed, lines) }
	typing("break order/B\n")
	shown.shows("breakpoint 1  order/B")
	typing("continue\n")
	started, err := client.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: created.StateMachineArn, Input: aws.String(`{"n": 41}`)})
	if err != nil {
		t.Fatal(err)
	}
	until(func(e debug.Event) bool { return e.Kind == debug.Stopped })

	shown.shows("> B order.asl.json:")
	typing("print $states.input.n + 1\n")
	shown.shows("\n42\n")
	page := func(method, path string, in, out any) {
		t.Helper()
		body, _ := json.Marshal(in)
		r, _ := http.NewRequest(method, em.URL()+ui.Path+"api/"+path, bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Aslocal", "1")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if err := json.NewDecoder(answer.Body).Decode(out); err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s, %v", path, answer.Status, err)
		}
	}
	var state ui.DebugState
	page("GET", "debug", nil, &state)
	if len(state.Stopped) != 1 || state.Stopped[0].ARN != *started.ExecutionArn || state.Stopped[0].State != "B" || len(state.Others) != 2 {
		t.Fatalf("the page sees %+v", state)
	}
	page("POST", "debug/move", ui.DebugMove{ARN: *started.ExecutionArn, Move: "continue"}, new(ui.Done))
	until(func(e debug.Event) bool { return e.Kind == debug.Ended })
	if x := em.Wait(*started.ExecutionArn); x.Status != "SUCCEEDED" {
		t.Errorf("%+v", x)
	}
	typing("quit\n")
	if code := <-ended; code != ExitOK {
		t.Errorf("exit code %d", code)
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// Web pages that post to the port of editors get no answer, and change nothing.
func TestDebuggerRefusesHTTP(t *testing.T) {
	em := emulator.RunT(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() {
		served <- dap.Serve(ctx, l, dap.Config{Attach: &dap.Target{Emulator: em.Emulator, Sources: dap.NewSources()}})
	}()
	body := "Content-Length: 50\r\n\r\n" + `{"seq":1,"type":"request","command":"initialize"}   `
	if answer, err := http.Post("http://"+l.Addr().String()+"/", "text/plain", strings.NewReader(body)); err == nil {
		answer.Body.Close()
		t.Errorf("a page got %s", answer.Status)
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// An editor that starts aslocal dap attaches through it to a server.
func TestProxy(t *testing.T) {
	em := emulator.RunT(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() {
		served <- dap.Serve(ctx, l, dap.Config{Attach: &dap.Target{Emulator: em.Emulator, Sources: dap.NewSources()}})
	}()
	ours, theirs := net.Pipe()
	ran := make(chan error, 1)
	go func() { ran <- dap.NewSession(theirs, dap.Config{Launch: launchForEditor}).Run(context.Background()) }()
	c := newDebugClient(ours)
	if _, err := c.ask("initialize", map[string]any{}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.ask("attach", map[string]any{"port": l.Addr().(*net.TCPAddr).Port}); err != nil {
		t.Fatal(err)
	}
	if e := <-c.events; e.Get("event").Text() != "initialized" {
		t.Errorf("event %s", e)
	}
	if _, err := c.ask("setFunctionBreakpoints", map[string]any{"breakpoints": []map[string]any{{"name": "B"}}}); err != nil {
		t.Fatal(err)
	}
	if points := em.Debugger().AllBreakpoints()["editor"]; len(points) != 1 || points[0].State != "B" {
		t.Errorf("breakpoints %+v", points)
	}
	if _, err := c.ask("disconnect", nil); err != nil {
		t.Error(err)
	}
	if err := <-ran; err != nil {
		t.Error(err)
	}
	stop()
	<-served
}
