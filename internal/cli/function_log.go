package cli

import (
	"fmt"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// This file shows what functions write that run as processes of this machine: people see
// their own lines, programs also those of Lambda (START, END, REPORT).

// maxLogLine is how many characters of a line people see.
const maxLogLine = 2000

// log shows a line between those of the states.
func (t *traces) log(e emulator.FunctionLogEntry) {
	if e.Platform {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(t.terminal.w, "%11s%s\n", "", t.terminal.paint(faint, t.terminal.clean(e.Function+": "+e.Text, maxLogLine)))
}

// log writes a line as an object of the type FunctionLog.
func (l *eventLog) log(e emulator.FunctionLogEntry) {
	line := value.OfMembers("timestamp", value.OfString(e.Time.Format("2006-01-02T15:04:05.000Z07:00")), "type", value.OfString("FunctionLog"),
		"function", value.OfString(e.Function), "requestId", value.OfString(e.RequestID), "platform", value.OfBool(e.Platform), "text", value.OfString(e.Text))
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintln(l.w, line)
}
