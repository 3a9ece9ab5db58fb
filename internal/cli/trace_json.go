package cli

import (
	"fmt"
	"io"
	"sync"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// An eventLog writes events for programs: one JSON object a line, with the
// members of GetExecutionHistory, except that what depends on the type is in
// "details" whatever the type, and that the time is text. Lines of executions
// other than the first say whose they are.
type eventLog struct {
	mu    sync.Mutex
	w     io.Writer
	first string // ARN
}

func (l *eventLog) event(execution string, e emulator.Event) {
	if e.ID == 0 {
		return // a private record of the machine
	}
	line := value.OfMembers(
		"timestamp", value.OfString(e.Timestamp.Format("2006-01-02T15:04:05.000Z07:00")), "type", value.OfString(e.Type),
		"id", value.OfInt(e.ID), "previousEventId", value.OfInt(e.PreviousEventID))
	if e.Details.Exists() {
		line = line.With("details", e.Details)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.first == "" {
		l.first = execution
	}
	if execution != l.first {
		line = line.With("executionArn", value.OfString(execution))
	}
	fmt.Fprintln(l.w, line)
}
