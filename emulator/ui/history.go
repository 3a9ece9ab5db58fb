package ui

import (
	"context"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/history"
	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/value"
)

// This file reads histories: events with the visit and the branch that each is of, and
// visits.

// A book keeps what is known of an execution while its events are read.
type book struct {
	definition *asl.Definition
	builder    timeline.Builder
	last       int64          // id of the last event
	lastIDs    []int64        // by visit: the last event that has changed it
	frames     []int32        // by visit: its line of control
	bytes      []int          // by visit: size of the largest of its data
	lengths    map[int]int    // items of Map states, of histories that have only their number
	nested     map[int]string // by visit: ARN of the execution that it has started
	entered    int            // states
}

// add takes an event, and returns the number of the visit that it happened in, -1 for none,
// and the visits that it has changed.
func (b *book) add(e *machine.Event) (visit int, path timeline.Path, changed []int) {
	if b.builder.Definition == nil {
		b.builder.Definition = b.definition
	}
	b.last = max(b.last, e.ID)
	changed = b.builder.Add(e)
	visit, path = b.builder.Place()
	if e.Type == machine.ExecutionStarted || e.Type == machine.ExecutionRedriven || e.Type.Terminal() {
		visit = -1
	}
	for len(b.lastIDs) < len(b.builder.Visits()) {
		b.lastIDs, b.frames, b.bytes = append(b.lastIDs, 0), append(b.frames, e.Frame), append(b.bytes, 0)
	}
	for _, n := range changed {
		b.lastIDs[n] = b.last
	}
	if visit >= 0 {
		b.frames[visit] = e.Frame
		if e.Doc.Exists() {
			b.bytes[visit] = max(b.bytes[visit], e.Doc.Size())
		}
	}
	switch e.Type {
	case machine.StateEntered:
		b.entered++
	case machine.TaskSubmitted, machine.TaskSucceeded:
		if arn := startedBy(e); arn != "" && visit >= 0 {
			if b.nested == nil {
				b.nested = make(map[int]string)
			}
			b.nested[visit] = arn
		}
	}
	return visit, path, changed
}

// startedBy is the ARN of the execution that a task has started, "" if it has started none.
func startedBy(e *machine.Event) string {
	resource := e.Task.Resource.Text
	if !strings.Contains(resource, "states:startExecution") && !strings.Contains(resource, ":aws-sdk:sfn:start") {
		return ""
	}
	for _, name := range []string{"ExecutionArn", "executionArn"} {
		if arn := e.Doc.Get(name).Text(); strings.HasPrefix(arn, "arn:") {
			return arn
		}
	}
	return ""
}

// A shownEvent is an event as the service shows it: the name and the content of its
// details.
type shownEvent func() (name string, details value.Value)

// readEvents calls yield for the events of an execution, on this server with the private
// ones among them, until it returns false.
func (u *UI) readEvents(ctx context.Context, arn string, definition *asl.Definition, yield func(*machine.Event, shownEvent) bool) error {
	if u.own != nil {
		return u.own.Records(arn, func(_ int64, e *machine.Event) bool { return ctx.Err() == nil && yield(e, shownHere(e, arn)) })
	}
	var list []value.Value
	in := value.OfMembers("executionArn", value.OfString(arn), "maxResults", value.OfInt(1000))
	err := u.pages(ctx, "GetExecutionHistory", in, "events", func(e value.Value) bool {
		list = append(list, e)
		return len(list) < history.MaxEvents
	})
	if err != nil {
		return err
	}
	return readShown(list, definition, yield)
}

// shownHere shows an event of an execution of this server.
func shownHere(e *machine.Event, arn string) shownEvent {
	return func() (string, value.Value) { return history.Details(e, history.Options{Region: regionOf(arn)}) }
}

// readShown is readEvents of events as the service shows them.
func readShown(list []value.Value, definition *asl.Definition, yield func(*machine.Event, shownEvent) bool) error {
	events, err := history.Read(value.OfSlice(list), definition)
	if err != nil {
		return refuse("%v", err)
	}
	for i := range events {
		if !yield(&events[i], func() (string, value.Value) { return history.Shown(list[i]) }) {
			return nil
		}
	}
	return nil
}

func regionOf(arn string) string {
	if parts := strings.SplitN(arn, ":", 5); len(parts) == 5 {
		return parts[3]
	}
	return ""
}

// book reads the whole history of an execution. each, if it is not nil, sees the events
// that are no private ones.
func (u *UI) book(ctx context.Context, arn string, definition *asl.Definition, each func(b *book, e *machine.Event, shown shownEvent, visit int, path timeline.Path) bool) (*book, error) {
	if definition == nil {
		m, err := u.api.Call(ctx, "DescribeStateMachineForExecution", value.OfMembers("executionArn", value.OfString(arn)))
		if err != nil {
			return nil, err
		}
		definition = parsed(m.Get("definition").Text())
	}
	b := &book{definition: definition}
	err := u.readEvents(ctx, arn, definition, func(e *machine.Event, shown shownEvent) bool {
		return b.take(e, shown, each)
	})
	if err == nil {
		err = ctx.Err()
	}
	return b, err
}

// take adds an event, and shows it to each.
func (b *book) take(e *machine.Event, shown shownEvent, each func(b *book, e *machine.Event, shown shownEvent, visit int, path timeline.Path) bool) bool {
	visit, path, _ := b.add(e)
	if e.Type == machine.MapStateStarted && !e.Doc.Exists() && visit >= 0 {
		_, details := shown()
		if n, ok := details.Get("length").Int(); ok {
			if b.lengths == nil {
				b.lengths = make(map[int]int)
			}
			b.lengths[visit] = int(n)
		}
	}
	return each == nil || e.Type.Private() || each(b, e, shown, visit, path)
}

// event is an event in the form of the API.
func (b *book) event(e *machine.Event, shown shownEvent, visit int, path timeline.Path) Event {
	out := Event{ID: e.ID, Prev: e.Prev, At: e.At, Type: history.Type(e), Visit: visit, Path: stepsOf(path)}
	if visit >= 0 {
		out.State = b.builder.Visits()[visit].State
	}
	name, details := shown()
	if out.Name = name; name != "" {
		out.Details = details.AppendJSON(nil)
	}
	return out
}

func stepsOf(path timeline.Path) []Step {
	steps := make([]Step, len(path))
	for i, s := range path {
		steps[i] = Step{State: s.State, Kind: string(s.Kind), Index: s.Index}
	}
	return steps
}

// The pages of a history, in events and bytes.
const (
	defaultEvents = 1000
	maxEvents     = 25_000
	maxEventBytes = 16 << 20
	maxExport     = 256 << 20
)

// history shows a page of the events of an execution.
func (u *UI) history(ctx context.Context, q *query) (*History, error) {
	after, limit := q.number("after", 0, 0, 1<<53), q.number("limit", defaultEvents, 1, maxEvents)
	if q.err != nil {
		return nil, q.err
	}
	out := &History{Events: []Event{}}
	size := 0
	b, err := u.book(ctx, q.text("arn"), nil, func(b *book, e *machine.Event, shown shownEvent, visit int, path timeline.Path) bool {
		if e.ID <= after || out.More {
			return true
		}
		if int64(len(out.Events)) == limit || size > maxEventBytes {
			out.More = true
			return true
		}
		event := b.event(e, shown, visit, path)
		out.Events = append(out.Events, event)
		size += len(event.Details)
		return true
	})
	if err != nil {
		return nil, err
	}
	out.Last = b.last
	return out, nil
}

// export is the history as the command line of AWS prints it.
func (u *UI) export(ctx context.Context, q *query) (*rendered, error) {
	arn := q.text("arn")
	text := []byte("{\n  \"events\": [")
	in := value.OfMembers("executionArn", value.OfString(arn), "maxResults", value.OfInt(1000))
	first, large := true, false
	err := u.pages(ctx, "GetExecutionHistory", in, "events", func(e value.Value) bool {
		if !first {
			text = append(text, ',')
		}
		first = false
		text = e.AppendJSON(append(text, "\n    "...))
		large = len(text) > maxExport
		return !large
	})
	switch {
	case err != nil:
		return nil, err
	case large:
		return nil, refuse("the history has more than %d MiB; aws stepfunctions get-execution-history gets it in pages", maxExport>>20)
	}
	name := arn[strings.LastIndexByte(arn, ':')+1:]
	return &rendered{kind: "application/json", name: "history-" + name + ".json", text: append(text, "\n  ]\n}\n"...)}, nil
}

// visits shows the visits of an execution.
func (u *UI) visits(ctx context.Context, q *query) (*Visits, error) {
	b, err := u.book(ctx, q.text("arn"), nil, nil)
	if err != nil {
		return nil, err
	}
	return b.all(), nil
}

// all are all visits in the form of the API.
func (b *book) all() *Visits {
	out := &Visits{Visits: []Visit{}, Last: b.last, Transitions: b.transitions()}
	for n := range b.builder.Visits() {
		out.Visits = append(out.Visits, b.listed(n))
	}
	return out
}

// maxListedCause is how many bytes of a cause lists of visits have.
const maxListedCause = 1000

// listed is a visit as lists have it.
func (b *book) listed(n int) Visit {
	v := b.visit(n)
	v.Cause = cut(v.Cause, maxListedCause)
	for i := range v.Attempts {
		v.Attempts[i].Cause = cut(v.Attempts[i].Cause, maxListedCause)
	}
	return v
}

// cut shortens a text to a number of bytes.
func cut(text string, bytes int) string {
	if len(text) <= bytes {
		return text
	}
	return strings.ToValidUTF8(text[:bytes], "") + "…"
}

// transitions counts what the service bills: each state that is entered, and each retry.
func (b *book) transitions() int {
	n := b.entered
	for _, v := range b.builder.Visits() {
		n += max(0, len(v.Attempts)-1)
	}
	return n
}

// visit is a visit in the form of the API.
func (b *book) visit(n int) Visit {
	v := &b.builder.Visits()[n]
	out := Visit{
		Number: n, State: v.State, Kind: string(v.Kind), Path: stepsOf(v.Path), In: v.In, Entered: v.Entered, Left: v.Left,
		EnteredID: v.EnteredID, LeftID: v.LeftID, LastID: b.lastIDs[n], Next: v.Next, Outcome: v.Outcome.String(), Catcher: v.Catcher,
		Attempts: []Attempt{}, Resource: v.Resource.Text, Due: v.Due, Items: v.Items, MapRun: v.MapRun, Redrive: v.Redrive, Bytes: b.bytes[n],
	}
	if s := b.state(v); s != nil {
		out.Pointer = s.Pointer
	}
	if length, ok := b.lengths[n]; ok {
		out.Items = length
	}
	out.Error, out.Cause = failureTexts(v.Failure)
	for _, a := range v.Attempts {
		one := Attempt{Scheduled: a.Scheduled, Started: a.Started, Submitted: a.Submitted, Ended: a.Ended, Worker: a.Worker, Retrier: a.Retrier, RetryAt: a.RetryAt}
		one.Error, one.Cause = failureTexts(a.Failure)
		out.Attempts = append(out.Attempts, one)
	}
	return out
}

func failureTexts(f *machine.Failure) (name, cause string) {
	if f == nil {
		return "", ""
	}
	return f.Name.Text(), f.Cause.Text()
}

// state finds the state of a visit in the definition; nil if it is not there.
func (b *book) state(v *timeline.Visit) *asl.State {
	if w := v.Path.Workflow(b.definition); w != nil {
		return w.State(v.State)
	}
	return nil
}

// text is a value as JSON text; "" if there is none.
func text(v value.Value) string {
	if !v.Exists() {
		return ""
	}
	return v.String()
}

// visitNumber reads the number of a visit.
func visitNumber(q *query) int {
	n, err := strconv.Atoi(q.text("visit"))
	if err != nil || n < 0 {
		q.wrong("visit: expected the number of a visit, got %q", q.text("visit"))
	}
	return n
}
