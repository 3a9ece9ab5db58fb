package cli

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/google/uuid"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// This file says in one line what a server tells: calls of its API, executions that have
// ended, and what functions write.
//
//	14:02:11    StartExecution  order/run-17
//	14:02:11  ✓ order/run-17  SUCCEEDED in 12ms
//	14:02:12  ✕ order/run-18  FAILED in 1.2s  CardDeclined: no funds  (aslocal trace order/run-18)
//	14:02:12  ✕ StartExecution  StateMachineDoesNotExist: State Machine Does Not Exist: …

// A noticeForm says how notices are shown.
type noticeForm struct {
	terminal
	endpoint string // for the commands that are shown
	verbose  bool   // also what changes nothing
}

// quiet reports whether a notice is not worth a line: a call that only asks and was not
// refused, or was one of our own commands; a line of Lambda itself; the end of a child of
// a Map Run, of which there may be thousands.
func (f *noticeForm) quiet(n emulator.Notice) bool {
	switch {
	case n.Call != nil:
		refused := n.Call.Code != "" || n.Call.Message != ""
		return !f.verbose && asks(n.Call.Action) && (!refused || n.Call.Client == ownClient)
	case n.Ended != nil:
		return !f.verbose && n.Ended.Child
	case n.Function != nil:
		return !f.verbose && n.Function.Platform
	}
	return true
}

// asks reports whether an action changes nothing, or is one that is repeated all the time.
func asks(action string) bool {
	for _, start := range []string{"Describe", "List", "Get", "Validate", "TestState", "SendTaskHeartbeat"} {
		if strings.HasPrefix(action, start) {
			return true
		}
	}
	return false
}

// failed reports whether a notice is about something that went wrong.
func failed(n emulator.Notice) bool {
	return n.Call != nil && (n.Call.Code != "" || n.Call.Message != "") || n.Ended != nil && n.Ended.Status != "SUCCEEDED"
}

// text is the line of a notice.
func (f *noticeForm) text(n emulator.Notice) string {
	mark := " "
	switch {
	case failed(n):
		mark = f.paint(red, f.glyph("✕", "x"))
	case n.Ended != nil:
		mark = f.paint(green, f.glyph("✓", "+"))
	}
	return f.paint(faint, n.Time.Local().Format("15:04:05")) + "  " + mark + " " + f.what(n)
}

// what is the line after the time and the mark.
func (f *noticeForm) what(n emulator.Notice) string {
	switch {
	case n.Call != nil:
		text := f.clean(n.Call.Action, shownName)
		if n.Call.Subject != "" {
			text += "  " + f.clean(shortName(n.Call.Subject), shownName)
		}
		if failed(n) {
			text += "  " + f.because(n.Call.Code, n.Call.Message)
		}
		return text
	case n.Ended != nil:
		name := shortName(n.Ended.Execution)
		text := fmt.Sprintf("%s  %s in %s", f.clean(name, 2*shownName), n.Ended.Status, span(n.Ended.Took))
		if !failed(n) {
			return text
		}
		if n.Ended.Error != "" || n.Ended.Cause != "" {
			text += "  " + f.because(n.Ended.Error, n.Ended.Cause)
		}
		if !n.Ended.Express {
			text += "  (" + f.clean(traceCommand(n.Ended, f.endpoint), maxDetail) + ")"
		}
		return text
	}
	return f.clean(n.Function.Function+": "+n.Function.Text, maxLogLine)
}

// traceCommand is the command that shows an execution.
func traceCommand(x *emulator.Ended, endpoint string) string {
	if x.Child {
		return "aslocal trace " + x.Execution + endpointFlag(endpoint)
	}
	return "aslocal trace " + typedName(x.Execution) + endpointFlag(endpoint)
}

// typedName is the shortest name of an execution that is sure enough to be the only one:
// of a random name the beginning.
func typedName(arn string) string {
	machine, name, _ := strings.Cut(shortName(arn), "/")
	if _, err := uuid.Parse(name); err == nil {
		name, _, _ = strings.Cut(name, "-")
	}
	return machine + "/" + name
}

// endpointFlag is the flag that commands need for a server, "" if they find it without.
func endpointFlag(endpoint string) string {
	if endpoint == localServer {
		return ""
	}
	return " --endpoint " + endpoint
}

// because is an error and its cause, shortened. Of a function's cause the message is
// enough.
func (f *noticeForm) because(name, cause string) string {
	if payload, err := value.Parse(cause); err == nil {
		cause = cmp.Or(payload.Get("errorMessage").Text(), cause)
	}
	text := strings.TrimSuffix(strings.Join([]string{name, cause}, ": "), ": ")
	return f.clean(strings.TrimPrefix(text, ": "), shownCause)
}

// log writes a notice as a record of a log for programs, with everything that is known.
func (f *noticeForm) log(to *slog.Logger, n emulator.Notice) {
	level, message := slog.LevelInfo, "function"
	if failed(n) {
		level = slog.LevelWarn
	}
	var attributes []slog.Attr
	add := func(name, text string) {
		if text != "" {
			attributes = append(attributes, slog.String(name, text))
		}
	}
	switch {
	case n.Call != nil:
		message = "call"
		add("action", n.Call.Action)
		add("subject", n.Call.Subject)
		attributes = append(attributes, slog.Int("status", n.Call.Status), slog.Float64("milliseconds", float64(n.Call.Took.Microseconds())/1000))
		add("error", n.Call.Code)
		add("cause", n.Call.Message)
	case n.Ended != nil:
		message = "execution"
		add("execution", n.Ended.Execution)
		add("stateMachine", n.Ended.StateMachine)
		add("status", n.Ended.Status)
		attributes = append(attributes, slog.Int64("milliseconds", n.Ended.Took.Milliseconds()))
		add("error", n.Ended.Error)
		add("cause", n.Ended.Cause)
	case n.Function != nil:
		add("function", n.Function.Function)
		add("requestId", n.Function.RequestID)
		add("execution", n.Function.Execution)
		add("text", n.Function.Text)
	}
	record := slog.NewRecord(n.Time, level, message, 0)
	record.AddAttrs(attributes...)
	to.Handler().Handle(context.Background(), record)
}
