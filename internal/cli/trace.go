package cli

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/value"
)

// This file shows an execution while it runs: a line for each state when it is
// left, indented by the branch or iteration that it is in. Only lines are
// added, so it reads the same in a terminal, a file and a build's log.
//
//	0.012  ● Validate order            ✓  12ms
//	0.024  ◆ Is it valid               → Fulfil
//	0.024  ║ Fulfil
//	0.031  │ 0 ● Charge card           ✕ PaymentTimeout: no answer
//	2.040  │ 0 ● Charge card           ✓   9ms  attempt 2
//	2.041  ║ Fulfil                    ✓  2.0s

// A trace shows one execution to people.
type trace struct {
	terminal
	fast     bool   // Waits are skipped
	begun    bool   // begin is known
	begin    int64  // when the first execution began, in Unix milliseconds
	indent   string // a child of a Map Run: what its lines begin with
	child    bool
	timeline timeline.Builder
	choice   int   // number of the Choice that was left and not shown, because its line says where it leads; -1: none
	runEnd   int64 // the MapRunFailed event that was shown
}

// event shows what an event says, if that is worth a line. It returns the visit
// that the event happened in, nil if there is none.
func (t *trace) event(e *machine.Event) *timeline.Visit {
	if !t.begun {
		t.begun, t.begin = true, e.At
	}
	changed := t.timeline.Add(e)
	if t.choice >= 0 && !e.Type.Private() {
		t.chose(e)
	}
	switch e.Type {
	case machine.ExecutionSucceeded, machine.ExecutionFailed, machine.ExecutionTimedOut, machine.ExecutionAborted:
		t.end(e)
		return nil
	}
	if len(changed) == 0 {
		return nil
	}
	v := &t.timeline.Visits()[changed[0]]
	switch e.Type {
	case machine.StateEntered:
		if v.Kind == asl.Fail {
			t.line(v, e.At, t.bad(), "")
		}
	case machine.ParallelStateStarted:
		t.line(v, e.At, "", "")
	case machine.MapStateStarted, machine.ItemsRead:
		t.line(v, e.At, "", items(v.Items))
	case machine.TaskFailed, machine.TaskSubmitFailed, machine.TaskTimedOut, machine.EvaluationFailed:
		t.line(v, e.At, t.bad(), t.failure(e))
	case machine.MapRunFailed:
		t.runEnd = e.ID
		t.line(v, e.At, t.bad(), t.failure(e))
	case machine.ParallelStateFailed, machine.MapStateFailed:
		if t.runEnd == 0 || e.Prev != t.runEnd {
			t.line(v, e.At, t.bad(), "")
		}
	case machine.RetrySet:
		if v.Kind != asl.Task { // whose failure has a line
			t.line(v, e.At, t.bad(), "to be retried")
		}
	case machine.StateExited:
		t.left(changed[0], v)
	}
	return v
}

// items says how many items a Map has.
func items(n int) string {
	switch n {
	case -1:
		return "reading items"
	case 1:
		return "1 item"
	}
	return strconv.Itoa(n) + " items"
}

// left shows that a state has ended, and how long it took.
func (t *trace) left(number int, v *timeline.Visit) {
	took := span(time.Duration(v.Left-v.Entered) * time.Millisecond)
	switch {
	case v.Kind == asl.Choice:
		t.choice = number
	case v.Outcome == timeline.Caught:
		t.line(v, v.Left, t.glyph("↪", "->")+" caught", "")
	case v.Kind == asl.Wait && t.fast:
		t.line(v, v.Left, t.good(), took+" skipped")
	default:
		note := t.clean(shortResource(v.Resource), shownName)
		if n := len(v.Attempts); n > 1 {
			note = strings.TrimLeft(fmt.Sprintf("%s attempt %d", note, n), " ")
		}
		t.line(v, v.Left, t.good()+fmt.Sprintf(" %6s", took), note)
	}
}

// chose shows a Choice with the state that the next event enters, if it enters
// one.
func (t *trace) chose(next *machine.Event) {
	v := &t.timeline.Visits()[t.choice]
	t.choice = -1
	note := ""
	if next.Type == machine.StateEntered {
		note = t.glyph("→ ", "-> ") + t.clean(next.State, shownName)
	}
	t.line(v, v.Left, note, "")
}

// end shows how the execution has ended.
func (t *trace) end(e *machine.Event) {
	status, mark := statusOf[e.Type], t.bad()
	if status == machine.Succeeded {
		mark = t.good()
	}
	if t.child {
		t.endChild(e, status)
		return
	}
	fmt.Fprintf(t.w, "%s %s in %s, %d events\n", mark, status, span(time.Duration(e.At-t.begin)*time.Millisecond), e.ID)
}

var statusOf = map[machine.Type]machine.Status{
	machine.ExecutionSucceeded: machine.Succeeded, machine.ExecutionFailed: machine.Failed,
	machine.ExecutionTimedOut: machine.TimedOut, machine.ExecutionAborted: machine.Aborted,
}

func (t *trace) good() string { return t.paint(green, t.glyph("✓", "ok")) }
func (t *trace) bad() string  { return t.paint(red, t.glyph("✕", "x")) }

// signs has the sign of each type of state, and its substitute in ASCII.
var signs = map[asl.StateType][2]string{
	asl.Task: {"●", "*"}, asl.Choice: {"◆", "?"}, asl.Parallel: {"║", "="}, asl.Map: {"⧉", "#"}, asl.Wait: {"◷", "~"},
	asl.Pass: {"○", "o"}, asl.Succeed: {"◉", "+"}, asl.Fail: {"◉", "!"},
}

const (
	shownName  = 80  // characters of a state's name
	shownCause = 200 // and of a cause
	nameColumn = 30  // how wide indent, sign and name are
)

// line shows a state: when, where, what, how it went.
func (t *trace) line(v *timeline.Visit, now int64, mark, note string) {
	if v.State == "" {
		return // it began before the events that were seen
	}
	sign := signs[v.Kind]
	t.write(now, t.indentOf(v)+t.glyph(sign[0], sign[1])+" "+t.clean(v.State, shownName), mark, note)
}

// write writes one line of the trace.
func (t *trace) write(now int64, where, mark, note string) {
	where += strings.Repeat(" ", max(0, nameColumn-utf8.RuneCountInString(where)))
	text := fmt.Sprintf("%s  %s  %s", t.paint(faint, fmt.Sprintf("%9.3f", float64(now-t.begin)/1000)), where, mark)
	if note != "" {
		text += "  " + note
	}
	fmt.Fprintln(t.w, strings.TrimRight(text, " "))
}

// indentOf shows what a visit is in: a line and a number for each branch or
// iteration.
func (t *trace) indentOf(v *timeline.Visit) string {
	text := t.indent
	for _, step := range v.Path {
		text += t.branch(step.Index)
	}
	return text
}

func (t *trace) branch(index int) string {
	number := "?"
	if index >= 0 {
		number = strconv.Itoa(index)
	}
	return t.glyph("│", "|") + " " + number + " "
}

// failure is what an event says went wrong.
func (t *trace) failure(e *machine.Event) string {
	unnamed := "failed"
	if e.Type == machine.TaskTimedOut {
		unnamed = "timed out"
	}
	var name, cause string
	if f := e.Failure; f != nil {
		name, cause = f.Name.Text(), f.Cause.Text()
	}
	if payload, err := value.Parse(cause); err == nil { // of a function
		cause = cmp.Or(payload.Get("errorMessage").Text(), cause)
	}
	text := cmp.Or(name, unnamed)
	if cause != "" {
		text += ": " + cause
	}
	return t.clean(text, shownCause)
}

// shortResource is what a Task calls: the name of the function or activity, or
// the service and its action.
func shortResource(r asl.Resource) string {
	if r.Kind == asl.Lambda || r.Kind == asl.Activity {
		return r.Text[strings.LastIndexByte(r.Text, ':')+1:]
	}
	if r.Text == "" {
		return ""
	}
	return r.Type() + ":" + r.Name()
}

// span is a duration as short as it can be read.
func span(d time.Duration) string {
	switch {
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + "ms"
	case d < time.Minute:
		return strconv.FormatFloat(d.Seconds(), 'g', 3, 64) + "s"
	}
	text := d.Round(time.Second).String() // "2h0m0s"
	if short, ok := strings.CutSuffix(text, "m0s"); ok {
		text = short + "m"
	}
	if short, ok := strings.CutSuffix(text, "h0m"); ok {
		text = short + "h"
	}
	return text
}
