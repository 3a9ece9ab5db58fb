package cli

import (
	"io"
	"strings"
	"sync"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator"
)

// This file shows an execution together with the child executions of its Map
// Runs. The states of a child stand below the Map state, like the states of an
// iteration, with a number in the order in which the children begin. Children run
// at the same time, so their lines mix.
//
//	0.000  ⧉ Ship all                         2 items
//	0.001  │ 0 ● Ship                  ✓   9ms  ship
//	0.001  │ 1 ● Ship                  ✕ NoStock: none left
//	0.002  │ 1                         ✕ FAILED NoStock: none left

// traces shows the first execution that an event comes from, and the children of
// its Map Runs.
type traces struct {
	mu       sync.Mutex // events of several executions come at once
	terminal terminal
	fast     bool
	keep     bool               // executions may be redriven after their end
	open     map[string]*trace  // by ARN of the execution
	runs     map[string]*mapRun // by ARN
	begun    bool
}

// A mapRun is where the lines of a Map Run's children go.
type mapRun struct {
	state    *trace // of the execution that has the Map Run
	indent   string // of the Map state
	children int    // begun so far
}

func newTraces(w io.Writer, fast bool) *traces {
	return &traces{terminal: newTerminal(w), fast: fast, open: make(map[string]*trace), runs: make(map[string]*mapRun)}
}

func (t *traces) event(execution string, e emulator.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	record := e.Record
	if record.Type == machine.ExecutionStarted {
		t.start(execution, record.Start)
	}
	tr := t.open[execution]
	if tr == nil {
		return // it was started by a Task: that is all the trace shows of it
	}
	visit := tr.event(record)
	switch {
	case record.Type == machine.MapRunStarted:
		t.runs[record.Run.ARN] = &mapRun{state: tr, indent: tr.indentOf(visit)}
	case record.Type.Terminal() && !t.keep:
		delete(t.open, execution)
	}
}

// start begins the trace of the first execution, or of a child.
func (t *traces) start(execution string, s *machine.Start) {
	run := t.runs[s.MapRun]
	switch {
	case !t.begun:
		t.begun = true
		t.open[execution] = &trace{terminal: t.terminal, fast: t.fast, choice: -1}
	case run != nil:
		indent := run.indent + run.state.branch(run.children)
		run.children++
		t.open[execution] = &trace{terminal: t.terminal, fast: t.fast, choice: -1, begun: true, begin: run.state.begin, indent: indent, child: true}
	}
}

// endChild shows how a child has ended, if not well.
func (t *trace) endChild(e *machine.Event, status machine.Status) {
	if status == machine.Succeeded {
		return
	}
	text := t.bad() + " " + status.String()
	if status == machine.Failed {
		text += " " + t.failure(e)
	}
	t.write(e.At, strings.TrimRight(t.indent, " "), text, "")
}
