package cli

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/aslocal/aslocal/emulator"
)

// This file shows an execution together with the child executions of its Map
// Runs: a child's states stand below the Map state as those of an iteration
// would, numbered as the children begin. Children run at the same time, so their
// lines mix.
//
//	0.000  ⧉ Ship all                         2 items
//	0.001  │ 0 ● Ship                  ✓   9ms  ship
//	0.001  │ 1 ● Ship                  ✕ NoStock: none left
//	0.002  │ 1                         ✕ FAILED NoStock: none left

// traces shows the first execution that an event comes from, and its children.
type traces struct {
	mu       sync.Mutex // events of several executions come at once
	root     *trace
	children map[string]*trace // that have not ended, by ARN
	runs     map[string]*visit // of the Map states that are open, by "machine/label"
}

func newTraces(w io.Writer, fast bool) *traces {
	return &traces{root: newTrace(w, fast), children: make(map[string]*trace), runs: make(map[string]*visit)}
}

func (t *traces) event(execution string, e emulator.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	tr := t.of(execution)
	tr.event(e)
	switch {
	case e.Type == "MapRunStarted":
		t.runs[labelOf(e.Details.Get("mapRunArn").Text())] = tr.at[e.ID]
	case tr.ended:
		delete(t.children, execution)
	}
}

// of returns the trace of an execution.
func (t *traces) of(execution string) *trace {
	label := labelOf(execution)
	run := t.runs[label]
	if run == nil || !strings.Contains(label, "/") {
		return t.root
	}
	tr := t.children[execution]
	if tr == nil {
		tr = &trace{terminal: t.root.terminal, fast: t.root.fast, begin: t.root.begin, top: run.branch(strconv.Itoa(run.branches)), at: make(map[int64]*visit), child: true}
		t.children[execution] = tr
	}
	return tr
}

// labelOf is the part of an ARN that names the state machine, and with it the
// label of a Map Run or of a child.
func labelOf(arn string) string {
	if parts := strings.Split(arn, ":"); len(parts) > 6 {
		return parts[6]
	}
	return ""
}

// endChild shows how a child has ended, if not well.
func (t *trace) endChild(status string, e emulator.Event) {
	if status == "SUCCEEDED" {
		return
	}
	where := strings.TrimRight((&visit{in: t.top}).indent(t.glyph("│", "|")), " ")
	where += strings.Repeat(" ", max(0, nameColumn-len([]rune(where))))
	text := t.bad() + " " + status
	if status == "FAILED" {
		text += " " + t.failure(e, "Failed")
	}
	fmt.Fprintf(t.w, "%s  %s  %s\n", t.paint(faint, fmt.Sprintf("%9.3f", e.Timestamp.Sub(t.begin).Seconds())), where, text)
}
