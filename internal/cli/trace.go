package cli

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/aslocal/aslocal/emulator"
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
//
// Which branch an event is in follows from the event before it: every event
// names that one.

// A trace shows one execution to people.
type trace struct {
	terminal
	fast   bool // Waits are skipped
	begin  time.Time
	top    *visit           // the branch that all others are in
	at     map[int64]*visit // the state or branch that each event happened in
	choice *visit           // one that was left; its line waits for where it leads
	child  bool             // it is of a Map Run
	run    int64            // the event that said why a Map Run has failed
	ended  bool
}

// A visit is one passage through a state, or through a branch or iteration of
// one; that has no kind.
type visit struct {
	in       *visit // what it is in; nil only for the top
	kind     string // "Task"
	name     string // of a branch: its number
	entered  time.Time
	left     time.Time
	resource string // of a Task
	attempts int    // of a Task
	branches int    // begun so far
	failed   bool   // and nothing was tried since
}

func newTrace(w io.Writer, fast bool) *trace {
	return &trace{terminal: newTerminal(w), fast: fast, top: &visit{}, at: make(map[int64]*visit)}
}

// event shows what an event tells, if that is worth a line.
func (t *trace) event(e emulator.Event) {
	if t.begin.IsZero() {
		t.begin = e.Timestamp
	}
	v := t.at[e.PreviousEventID]
	if v == nil {
		v = t.top
	}
	kind, what := splitType(e.Type)
	if t.choice != nil && what != "StateEntered" {
		t.chose("")
	}
	name := e.Details.Get("name").Text()
	switch what {
	case "StateEntered":
		v = t.enter(v, kind, name, e.Timestamp)
	case "StateStarted":
		v.failed = false
		t.opened(v, e)
	case "IterationStarted":
		v = v.within(name).branch(e.Details.Get("index").NumberText())
	case "IterationSucceeded", "IterationFailed", "IterationAborted":
		v = v.within(name)
	case "StateFailed":
		v = v.unfailed(kind)
		if t.run == 0 || e.PreviousEventID != t.run {
			t.line(v, e.Timestamp, t.bad(), "")
		}
	case "RunFailed":
		t.run = e.ID
		t.line(v, e.Timestamp, t.bad(), t.failure(e, what))
	case "StateSucceeded":
		v = v.nearest(kind)
	case "StateExited":
		v = v.within(name)
		t.leave(v, e.Timestamp)
	case "Scheduled":
		v.failed = false
		v.attempts++
		v.resource = resourceOf(e.Details)
	case "ScheduleFailed", "StartFailed", "SubmitFailed", "Failed", "TimedOut":
		v.failed = true
		t.line(v, e.Timestamp, t.bad(), t.failure(e, what))
	case "ExecutionEnded":
		t.end(kind, e)
	}
	t.at[e.ID] = v
}

// splitType takes the name of an event's type apart: whose it is, and what
// happened.
func splitType(name string) (kind, what string) {
	if rest, ok := strings.CutPrefix(name, "Execution"); ok && rest != "Started" {
		return rest, "ExecutionEnded"
	}
	for _, what := range happenings {
		if kind, ok := strings.CutSuffix(name, what); ok {
			return kind, what
		}
	}
	return "", name
}

// happenings are the ends of the names of types; the first that fits counts.
var happenings = []string{
	"StateEntered", "StateExited", "StateStarted", "StateSucceeded", "StateFailed", "StateAborted",
	"IterationStarted", "IterationSucceeded", "IterationFailed", "IterationAborted",
	"RunStarted", "RunSucceeded", "RunFailed", "RunAborted",
	"ScheduleFailed", "StartFailed", "SubmitFailed", "Scheduled", "Started", "Submitted", "Succeeded", "Failed", "TimedOut",
}

// enter begins a visit after an event that happened in v.
func (t *trace) enter(v *visit, kind, name string, now time.Time) *visit {
	if t.choice != nil {
		t.chose(name)
	}
	switch {
	case v.kind == "": // the first in there
	case v.kind == "Parallel" && v.left.IsZero():
		v = v.branch(strconv.Itoa(v.branches))
	default:
		v = v.in
	}
	n := &visit{in: v, kind: kind, name: name, entered: now}
	if kind == "Fail" {
		t.line(n, now, t.bad(), "")
	}
	return n
}

// opened shows that the branches of a state begin.
func (t *trace) opened(v *visit, e emulator.Event) {
	note := ""
	if n := e.Details.Get("length"); n.Exists() {
		note = n.NumberText() + " items"
	}
	t.line(v, e.Timestamp, "", note)
}

// leave shows that a state has ended, and how long it took.
func (t *trace) leave(v *visit, now time.Time) {
	v.left = now
	switch {
	case v.kind == "Choice":
		t.choice = v
	case v.failed:
		t.line(v, now, t.glyph("↪", "->")+" caught", "")
	case v.kind == "Wait" && t.fast:
		t.line(v, now, t.good(), span(now.Sub(v.entered))+" skipped")
	default:
		note := t.tame(v.resource, shownName)
		if v.attempts > 1 {
			note += fmt.Sprintf(" attempt %d", v.attempts)
		}
		t.line(v, now, t.good()+fmt.Sprintf(" %6s", span(now.Sub(v.entered))), note)
	}
}

// chose shows a Choice, and the state it has led to if one is known.
func (t *trace) chose(next string) {
	c := t.choice
	t.choice = nil
	note := ""
	if next != "" {
		note = t.glyph("→ ", "-> ") + t.tame(next, shownName)
	}
	t.line(c, c.left, note, "")
}

// statuses are those of executions that have not failed, by what their last
// event says.
var statuses = map[string]string{"Succeeded": "SUCCEEDED", "TimedOut": "TIMED_OUT", "Aborted": "ABORTED"}

// end shows how the execution has ended.
func (t *trace) end(kind string, e emulator.Event) {
	status, mark := cmp.Or(statuses[kind], "FAILED"), t.bad()
	if status == "SUCCEEDED" {
		mark = t.good()
	}
	if t.ended = true; t.child {
		t.endChild(status, e)
		return
	}
	fmt.Fprintf(t.w, "%s %s in %s, %d events\n", mark, status, span(e.Timestamp.Sub(t.begin)), e.ID)
}

func (t *trace) good() string { return t.paint(green, t.glyph("✓", "ok")) }
func (t *trace) bad() string  { return t.paint(red, t.glyph("✕", "x")) }

// signs are those of the types of states, with what stands for them where there
// is only ASCII.
var signs = map[string][2]string{
	"Task": {"●", "*"}, "Choice": {"◆", "?"}, "Parallel": {"║", "="}, "Map": {"⧉", "#"}, "Wait": {"◷", "~"},
	"Pass": {"○", "o"}, "Succeed": {"◉", "+"}, "Fail": {"◉", "!"},
}

const (
	shownName  = 80  // characters of a state's name
	shownCause = 200 // and of a cause
	nameColumn = 30  // how wide indent, sign and name are
)

// line shows a state: when, where, what, how it went.
func (t *trace) line(v *visit, now time.Time, mark, note string) {
	if v.kind == "" {
		return // the history has holes
	}
	sign := signs[v.kind]
	where := v.indent(t.glyph("│", "|")) + t.glyph(sign[0], sign[1]) + " " + t.tame(v.name, shownName)
	where += strings.Repeat(" ", max(0, nameColumn-utf8.RuneCountInString(where)))
	text := fmt.Sprintf("%s  %s  %s", t.paint(faint, fmt.Sprintf("%9.3f", now.Sub(t.begin).Seconds())), where, mark)
	if note != "" {
		text += "  " + note
	}
	fmt.Fprintln(t.w, strings.TrimRight(text, " "))
}

// indent shows what the visit is in: a line for each state around it, and the
// number of its branch.
func (v *visit) indent(line string) string {
	text := ""
	for b := v.in; b.in != nil; b = b.in.in { // a branch is in a state, which is in a branch
		text = line + " " + b.name + " " + text
	}
	return text
}

// branch begins a branch or iteration of a state.
func (v *visit) branch(name string) *visit {
	if v.kind == "" {
		return v // the history has holes
	}
	v.branches++
	return &visit{in: v, name: name}
}

// within returns the state of that name that v is, or is in.
func (v *visit) within(name string) *visit {
	return v.find(func(s *visit) bool { return s.kind != "" && s.name == name })
}

// nearest returns the state of that kind that v is, or is in.
func (v *visit) nearest(kind string) *visit {
	return v.find(func(s *visit) bool { return s.kind == kind && s.left.IsZero() })
}

// unfailed returns the nearest state of the kind that has not failed yet. All
// states around a failure name the same event as the one before (F-007).
func (v *visit) unfailed(kind string) *visit {
	s := v.find(func(s *visit) bool { return s.kind == kind && s.left.IsZero() && !s.failed })
	s.failed = true
	return s
}

func (v *visit) find(is func(*visit) bool) *visit {
	for s := v; s != nil; s = s.in {
		if is(s) {
			return s
		}
	}
	return v
}

// failure is what an event says went wrong.
func (t *trace) failure(e emulator.Event, what string) string {
	unnamed := "failed"
	if what == "TimedOut" {
		unnamed = "timed out"
	}
	name := cmp.Or(e.Details.Get("error").Text(), unnamed)
	cause := e.Details.Get("cause").Text()
	if payload, err := value.Parse(cause); err == nil { // of a function
		cause = cmp.Or(payload.Get("errorMessage").Text(), cause)
	}
	if cause != "" {
		name += ": " + cause
	}
	return t.tame(name, shownCause)
}

// resourceOf is what a Task calls, in short: the function, or the service and
// its action.
func resourceOf(scheduled value.Value) string {
	resource := scheduled.Get("resource").Text()
	if kind := scheduled.Get("resourceType").Text(); kind != "" {
		return kind + ":" + resource
	}
	return resource[strings.LastIndexByte(resource, ':')+1:]
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

// An eventLog writes events for programs: one JSON object a line, with the
// members of GetExecutionHistory, except that what depends on the type is in
// "details" whatever the type, and that the time is text. Lines of child
// executions say whose they are.
type eventLog struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *eventLog) event(execution string, e emulator.Event) {
	line := value.OfMembers(
		"timestamp", value.OfString(e.Timestamp.Format("2006-01-02T15:04:05.000Z07:00")), "type", value.OfString(e.Type),
		"id", value.OfInt(e.ID), "previousEventId", value.OfInt(e.PreviousEventID))
	if e.Details.Exists() {
		line = line.With("details", e.Details)
	}
	if strings.Contains(labelOf(execution), "/") {
		line = line.With("executionArn", value.OfString(execution))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintln(l.w, line)
}
