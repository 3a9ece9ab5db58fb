package dap_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/internal/dap"
	"github.com/aslocal/aslocal/internal/template"
	"github.com/aslocal/aslocal/value"
)

// This file is a client of the protocol for the tests, and launches programs for it.

// A client is one end of a connection whose other end is a session.
type client struct {
	testing.TB
	conn  net.Conn
	seq   int
	ended chan error

	mu     sync.Mutex
	more   *sync.Cond
	got    []value.Value // messages that have not been taken
	closed bool
}

// connect returns a client of a new session.
func connect(t testing.TB, c dap.Config) *client {
	ours, theirs := net.Pipe()
	one := &client{TB: t, conn: ours, ended: make(chan error, 1)}
	one.more = sync.NewCond(&one.mu)
	go func() { one.ended <- dap.NewSession(theirs, c).Run(context.Background()) }()
	go one.read()
	t.Cleanup(func() {
		ours.Close()
		<-one.ended
	})
	return one
}

func (c *client) read() {
	in := bufio.NewReader(c.conn)
	for {
		length := 0
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				c.mu.Lock()
				c.closed = true
				c.more.Broadcast()
				c.mu.Unlock()
				return
			}
			if line = strings.TrimSpace(line); line == "" {
				break
			}
			length, _ = strconv.Atoi(strings.TrimPrefix(line, "Content-Length: "))
		}
		content := make([]byte, length)
		io.ReadFull(in, content)
		c.mu.Lock()
		c.got = append(c.got, value.MustParse(string(content)))
		c.more.Broadcast()
		c.mu.Unlock()
	}
}

// take waits for a message that fits, and takes it away.
func (c *client) take(what string, fits func(value.Value) bool) value.Value {
	c.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		for i, m := range c.got {
			if fits(m) {
				c.got = append(c.got[:i:i], c.got[i+1:]...)
				return m
			}
		}
		if c.closed {
			c.Fatalf("the connection has ended, without %s; left are %v", what, c.got)
		}
		c.more.Wait()
	}
}

// ask sends a request and returns the response.
func (c *client) ask(command string, arguments any) value.Value {
	c.Helper()
	c.seq++
	content, err := json.Marshal(map[string]any{"seq": c.seq, "type": "request", "command": command, "arguments": arguments})
	if err != nil {
		c.Fatal(err)
	}
	c.raw(string(content))
	seq := c.seq
	return c.take("a response to "+command, func(m value.Value) bool {
		n, _ := m.Get("request_seq").Int()
		return m.Get("type").Text() == "response" && int(n) == seq
	})
}

func (c *client) raw(content string) {
	c.Helper()
	if _, err := fmt.Fprintf(c.conn, "Content-Length: %d\r\n\r\n%s", len(content), content); err != nil {
		c.Fatal(err)
	}
}

type args = map[string]any

// do asks for something that must be done, and returns the body.
func (c *client) do(command string, arguments any) value.Value {
	c.Helper()
	r := c.ask(command, arguments)
	if !r.Get("success").Bool() {
		c.Fatalf("%s %v: %s", command, arguments, r)
	}
	return r.Get("body")
}

// refused asks for something that must be refused, with a message.
func (c *client) refused(want, command string, arguments any) {
	c.Helper()
	r := c.ask(command, arguments)
	if r.Get("success").Bool() || !strings.Contains(r.Get("message").Text(), want) {
		c.Errorf("%s %v: got %s, want a refusal with %q", command, arguments, r, want)
	}
}

// event waits for an event and returns its body.
func (c *client) event(name string, fits ...func(value.Value) bool) value.Value {
	c.Helper()
	return c.take("the event "+name, func(m value.Value) bool {
		if m.Get("event").Text() != name {
			return false
		}
		for _, f := range fits {
			if !f(m.Get("body")) {
				return false
			}
		}
		return true
	}).Get("body")
}

// stopped waits for a stop, and returns the thread with the reason and the frame on top:
// "breakpoint Charge:21".
func (c *client) stopped() (thread int64, at string) {
	c.Helper()
	body := c.event("stopped", func(b value.Value) bool { return !b.Get("preserveFocusHint").Bool() })
	thread, _ = body.Get("threadId").Int()
	top := c.do("stackTrace", args{"threadId": thread}).Get("stackFrames").Index(0)
	line, _ := top.Get("line").Int()
	return thread, fmt.Sprintf("%s %s:%d", body.Get("reason").Text(), top.Get("name").Text(), line)
}

// at waits for a stop that must be at a place.
func (c *client) at(want string) int64 {
	c.Helper()
	thread, got := c.stopped()
	if got != want {
		c.Fatalf("stopped at %s, want %s", got, want)
	}
	return thread
}

// frames are the call stack of a thread: "Pick:40 Reserve:36 …".
func (c *client) frames(thread int64) (names string, first int64) {
	c.Helper()
	for i, f := range c.do("stackTrace", args{"threadId": thread}).Get("stackFrames").Items() {
		line, _ := f.Get("line").Int()
		if i == 0 {
			first, _ = f.Get("id").Int()
		} else {
			names += " < "
		}
		names += fmt.Sprintf("%s:%d", f.Get("name").Text(), line)
	}
	return names, first
}

// scope returns the number of a scope of the frame on top.
func (c *client) scope(thread int64, name string) int64 {
	c.Helper()
	_, frame := c.frames(thread)
	for _, s := range c.do("scopes", args{"frameId": frame}).Get("scopes").Items() {
		if s.Get("name").Text() == name {
			n, _ := s.Get("variablesReference").Int()
			return n
		}
	}
	c.Fatalf("there is no scope %s", name)
	return 0
}

// variables are those of a scope, in one line: "a=1 b={}".
func (c *client) variables(reference int64, more args) string {
	c.Helper()
	all := args{"variablesReference": reference}
	for k, v := range more {
		all[k] = v
	}
	var texts []string
	for _, v := range c.do("variables", all).Get("variables").Items() {
		texts = append(texts, v.Get("name").Text()+"="+v.Get("value").Text())
	}
	return strings.Join(texts, " ")
}

// everything is the data of the state that a thread is in, as text.
func (c *client) everything(thread int64) string {
	c.Helper()
	var b strings.Builder
	_, frame := c.frames(thread)
	for _, s := range c.do("scopes", args{"frameId": frame}).Get("scopes").Items() {
		if name := s.Get("name").Text(); name != "History" {
			n, _ := s.Get("variablesReference").Int()
			fmt.Fprintf(&b, "%s: %s\n", name, c.variables(n, nil))
		}
	}
	return b.String()
}

// evaluate is the value of an expression in the frame on top of a thread.
func (c *client) evaluate(thread int64, text, context string) string {
	c.Helper()
	_, frame := c.frames(thread)
	return c.do("evaluate", args{"expression": text, "frameId": frame, "context": context}).Get("result").Text()
}

// A workshop launches programs whose functions are Go.
type workshop struct {
	testing.TB
	em *emulator.Emulator

	mu    sync.Mutex
	calls map[string]int
}

func newWorkshop(t testing.TB) *workshop { return &workshop{TB: t, calls: make(map[string]int)} }

// function fails at the first call for an input with Busy, then answers with its input.
func (w *workshop) function(_ context.Context, input value.Value) (value.Value, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls[input.String()]++
	switch {
	case input.Get("card").Text() == "declined":
		return value.Value{}, &asl.Error{Name: "Declined", Cause: "no money"}
	case input.Get("card").Text() == "broken":
		return value.Value{}, &asl.Error{Name: "Broken", Cause: "out of order"}
	case w.calls[input.String()] == 1 && (input.Kind() == value.Object || input.Text() == "b"):
		return value.Value{}, &asl.Error{Name: "Busy", Cause: "try again"}
	}
	return input, nil
}

func (w *workshop) options() []emulator.Option {
	return []emulator.Option{
		emulator.WithAutoAdvance(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)), emulator.WithTask("charge-card", w.function), emulator.WithTask("pick", w.function),
	}
}

// launch is a Config.Launch.
func (w *workshop) launch(_ context.Context, l *dap.Launch) (*dap.Launched, error) {
	path, name, _ := strings.Cut(l.Program, "#")
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	em, err := emulator.New(w.options()...)
	if err != nil {
		return nil, err
	}
	w.em = em
	launched := &dap.Launched{Target: dap.Target{Emulator: em}, Input: string(l.Input), Close: em.Close}
	var files []dap.File
	for _, m := range template.Read(path, text, template.Options{Folder: filepath.Dir(path)}).Machines {
		called := m.LocalName
		if called == "" {
			called = "order"
		}
		arn, err := em.Register(emulator.Registration{Name: called, Definition: m.Definition.JSON()})
		if err != nil {
			return nil, err
		}
		if files = append(files, dap.File{Name: called, Machine: m}); name == "" || name == called {
			launched.Machine = arn
		}
	}
	launched.Sources = dap.NewSources(files...)
	return launched, nil
}

// begin initializes a session and launches a program. before is called before it starts.
func (w *workshop) begin(program string, input any, more args, before func(*client)) *client {
	w.Helper()
	c := connect(w, dap.Config{Launch: w.launch})
	c.do("initialize", args{"adapterID": "asl", "supportsProgressReporting": true})
	all := args{"program": program, "input": input}
	for k, v := range more {
		all[k] = v
	}
	c.do("launch", all)
	c.event("initialized")
	before(c)
	c.do("configurationDone", nil)
	return c
}
