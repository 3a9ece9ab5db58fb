package dap_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/debug"
	"github.com/aslocal/aslocal/internal/dap"
)

// A pipe is a connection that gives a text, and takes what is written.
type pipe struct {
	io.Reader
	*strings.Builder
}

// Close implements io.Closer.
func (pipe) Close() error { return nil }

// Whatever bytes come, a session ends with them, and has no internal errors.
func FuzzMessages(f *testing.F) {
	for _, text := range []string{
		"", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "Content-Length: 2\r\n\r\n{}", "Content-Length: -1\r\n\r\n", "Content-Length: 99999999999\r\n\r\n",
		"content-length:2\n\n[]", "Content-Length: 5\r\n\r\n{}", "Content-Type: x\r\nContent-Length: 0\r\n\r\n", strings.Repeat("x", 5000),
		frame(`{"seq":1,"type":"request","command":"initialize","arguments":{"linesStartAt1":false}}`) + frame(`{"seq":2,"type":"request","command":"threads"}`),
		frame(`{"seq":1,"type":"request","command":"cancel","arguments":{"requestId":2}}`) + frame(`{"seq":2,"type":"request","command":"disconnect"}`),
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		out := &strings.Builder{}
		s := dap.NewSession(pipe{strings.NewReader(text), out}, dap.Config{Log: slog.New(slog.DiscardHandler)})
		s.Run(context.Background())
		if strings.Contains(out.String(), "internal error") {
			t.Errorf("%q: %s", text, out)
		}
	})
}

func frame(text string) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(text), text) }

// Whatever a request has for arguments, it is answered, without an internal error, while an
// execution is stopped.
func FuzzRequests(f *testing.F) {
	ctx := context.Background()
	w := newWorkshop(f)
	em, err := emulator.New(append(w.options(), emulator.WithLogger(slog.New(slog.DiscardHandler)))...)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { em.Close() })
	arn, err := em.Register(emulator.Registration{Name: "m", Definition: `{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"B":{"Type":"Pass","End":true}}}`})
	if err != nil {
		f.Fatal(err)
	}
	stopped := make(chan bool, 1000)
	face := em.Debugger().Attach("fuzz", func(e debug.Event) {
		if e.Kind == debug.Stopped {
			stopped <- true
		}
	})
	f.Cleanup(face.Detach)
	if _, err := em.StartStopped(ctx, arn, `{"a":[1,{"b":2}]}`); err != nil {
		f.Fatal(err)
	}
	<-stopped
	for _, seed := range [][2]string{
		{"setBreakpoints", `{"source":{"sourceReference":1},"breakpoints":[{"line":-5},{"line":99999999,"condition":"(","hitCondition":"x","logMessage":"{"}]}`},
		{"setFunctionBreakpoints", `{"breakpoints":[{"name":""},{"name":"["},{"name":"lambda:"},{"name":"/"},{"name":"a/"}]}`},
		{"setExceptionBreakpoints", `{"filters":["x",""],"filterOptions":[{"filterId":"caught","condition":",[,"}]}`},
		{"setDataBreakpoints", `{"breakpoints":[{"dataId":"variable "},{"dataId":"payload x"},{"dataId":""}]}`}, {"dataBreakpointInfo", `{"name":"$."}`},
		{"variables", `{"variablesReference":1,"start":-1,"count":-5,"filter":"indexed"}`}, {"stackTrace", `{"threadId":1,"startFrame":-7,"levels":-1}`},
		{"setVariable", `{"variablesReference":1,"name":"","value":"{"}`}, {"setExpression", `{"expression":"$states.input[","value":"1"}`},
		{"evaluate", `{"expression":":fail","context":"repl"}`}, {"evaluate", `{"expression":"$x := function(){1}; $x()"}`}, {"completions", `{"text":"$states.input.","column":-3}`},
		{"goto", `{"threadId":1,"targetId":0}`}, {"restartFrame", `{"frameId":2}`}, {"source", `{"source":{"sourceReference":-1}}`}, {"breakpointLocations", `{"source":{"sourceReference":1},"line":-1,"endLine":5}`},
		{"scopes", `{"frameId":1}`}, {"pause", `{"threadId":0}`}, {"exceptionInfo", `{"threadId":1}`}, {"gotoTargets", `{"source":{"path":"\u0000"},"line":0}`},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, command, arguments string) {
		switch command {
		case "disconnect", "cancel", "continue", "next", "stepIn", "stepOut", "terminate", "restart": // the execution is to stay
			return
		}
		if strings.Contains(arguments, ":skip") || strings.Contains(arguments, ":fork") || strings.Contains(arguments, ":goto") {
			return
		}
		text := frame(`{"seq":1,"type":"request","command":"initialize"}`) + frame(`{"seq":2,"type":"request","command":"attach"}`) +
			frame(`{"seq":3,"type":"request","command":"threads"}`) + frame(`{"seq":4,"type":"request","command":"stackTrace","arguments":{"threadId":1}}`) +
			frame(`{"seq":5,"type":"request","command":"scopes","arguments":{"frameId":1}}`) +
			frame(fmt.Sprintf(`{"seq":6,"type":"request","command":%q,"arguments":%s}`, command, arguments)) + frame(`{"seq":7,"type":"request","command":"disconnect","arguments":{"suspendDebuggee":true}}`)
		out := &strings.Builder{}
		s := dap.NewSession(pipe{strings.NewReader(text), out}, dap.Config{Attach: &dap.Target{Emulator: em, Sources: dap.NewSources()}, Log: slog.New(slog.DiscardHandler)})
		s.Run(ctx)
		if strings.Contains(out.String(), "internal error") {
			t.Errorf("%s %s: %s", command, arguments, out)
		}
	})
}
