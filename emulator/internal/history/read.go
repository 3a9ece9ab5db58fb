package history

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/value"
)

// This file reads histories that the service has made: what GetExecutionHistory
// returns, and what `aws stepfunctions get-execution-history` prints. Events have the
// number of the event before them, and no line of control. Which branch or iteration
// an event is of follows from that:
//
//   - An event is in the line of the one before it.
//   - The StateEntered behind a ParallelStateStarted begins a branch, the event behind
//     a MapIterationStarted an iteration.
//   - What ends a Parallel or Map state points back into one of its lines, and is in
//     the line around them.
//   - A state that is aborted because of something in another line does not say which
//     it is. Behind the event that has ended an iteration it is the state of that;
//     else it is taken for the first open one of its type. So is the Map state of a Map Run
//     that is aborted.

// MaxEvents is how many events Read takes.
const MaxEvents = 30_000

// Read returns the events of a history: a list of events, or an object with the member
// events. They must be all from the first on, in either order. definition, which may
// be nil, tells the branches of a Parallel state apart; without it they count in the
// order in which they began.
func Read(in value.Value, definition *asl.Definition) ([]machine.Event, error) {
	events, err := Events(in)
	if err != nil {
		return nil, err
	}
	root := &readLine{}
	if definition != nil {
		root.workflow = &definition.Workflow
	}
	r := reader{
		lines: []*readLine{root}, lineOf: make([]*readLine, len(events)+1), branches: make(map[int64]int), openings: make(map[int64]*readOpening),
		waiting: make(map[asl.StateType][]*readLine), iterations: make(map[readIteration]*readLine),
	}
	for i, e := range events {
		if id, _ := e.Get("id").Int(); id != int64(i)+1 {
			return nil, fmt.Errorf("events/%d/id: expected %d, got %s; the history must have all events from the first on", i, i+1, short(e.Get("id")))
		}
		if strings.HasSuffix(e.Get("type").Text(), "StateEntered") {
			before, _ := e.Get("previousEventId").Int()
			r.branches[before]++
		}
	}
	out := make([]machine.Event, 0, len(events))
	failures := make([]*machine.Failure, len(events)+1) // that events tell of, by id
	for i, v := range events {
		event, err := r.read(v)
		if err != nil {
			return nil, fmt.Errorf("events/%d: %w", i, err)
		}
		switch s := r.lineOf[event.ID].definition(); {
		case event.Type == machine.ParallelStateFailed || event.Type == machine.MapStateFailed:
			event.Failure = cmp.Or(failures[event.Prev], &machine.Failure{}) // the event does not say with what
		case event.Type == machine.StateEntered && event.Kind == asl.Fail && s != nil:
			failures[event.ID] = &machine.Failure{Name: s.Fields.Get("Error"), Cause: s.Fields.Get("Cause")}
		}
		failures[event.ID] = cmp.Or(event.Failure, failures[event.ID])
		out = append(out, event)
		if before := event.Prev - 1; event.Type == machine.StateEntered && before >= 0 && out[before].Type == machine.StateExited && out[before].Frame == event.Frame {
			out[before].Next = event.State
		}
	}
	return out, nil
}

// Events returns the events of a history as they are written, the first one first.
func Events(in value.Value) ([]value.Value, error) {
	list := in
	if in.Kind() == value.Object {
		list = in.Get("events")
	}
	switch {
	case list.Kind() != value.Array:
		return nil, errors.New("expected a list of events, or an object with the member events")
	case list.Len() == 0:
		return nil, errors.New("events: expected at least one")
	case list.Len() > MaxEvents:
		return nil, fmt.Errorf("events: expected at most %d, got %d", MaxEvents, list.Len())
	case in.Kind() == value.Object && in.Get("nextToken").Text() != "":
		return nil, errors.New("nextToken: the history goes on; get all of its pages")
	}
	events := slices.Clone(list.Slice())
	first, _ := events[0].Get("id").Int()
	last, _ := events[len(events)-1].Get("id").Int()
	if first > last {
		slices.Reverse(events)
	}
	return events, nil
}

// A reader reads one history.
type reader struct {
	lines      []*readLine // by frame; nil for a branch that has not begun
	lineOf     []*readLine // by the number of the event
	branches   map[int64]int
	openings   map[int64]*readOpening
	waiting    map[asl.StateType][]*readLine // those that have entered a state of the type, and may be in it still
	iterations map[readIteration]*readLine
	cut        *readLine // the iteration that the last event has failed or aborted, nil if it was another event
}

// A readLine is a line of control.
type readLine struct {
	frame    int32
	parent   *readLine     // nil for the root
	of       asl.StateType // Parallel or Map, whose line it is
	index    int           // of the branch or iteration
	workflow *asl.Workflow // nil if it is not known

	kind     asl.StateType // of the state that it is in, "" if in none
	state    string
	resource asl.Resource // that it has called last
	runs     bool         // the Map state that it is in has begun a Map Run
	over     bool
}

// A readOpening is an event behind which lines begin: the branches of a Parallel state, or
// an iteration.
type readOpening struct {
	line     *readLine
	kind     asl.StateType
	index    int             // of the iteration
	first    int32           // frame of the first branch
	branches []*asl.Workflow // those of the definition
	begun    []bool          // of the branches
	next     int             // none before it is left
}

type readIteration struct {
	state string
	index int32
}

// Time returns the timestamp of an event in Unix milliseconds: a number of seconds, or
// a date.
func Time(v value.Value) (int64, error) {
	switch v.Kind() {
	case value.Number:
		ms := math.Round(v.Float() * 1000)
		if math.Abs(ms) < 1e15 {
			return int64(ms), nil
		}
	case value.String:
		if t, err := time.Parse(time.RFC3339Nano, v.Text()); err == nil {
			return t.UnixMilli(), nil
		}
	}
	return 0, fmt.Errorf("timestamp: expected seconds since 1970, or a date such as 2026-01-01T00:00:00.000Z, got %s", short(v))
}

func short(v value.Value) string {
	if !v.Exists() {
		return "nothing"
	}
	if text := v.String(); len(text) <= 60 {
		return text
	}
	return "a long one"
}

// read reads one event.
func (r *reader) read(v value.Value) (e machine.Event, err error) {
	e.ID, _ = v.Get("id").Int()
	if e.Prev, _ = v.Get("previousEventId").Int(); e.Prev < 0 || e.Prev >= e.ID {
		return e, fmt.Errorf("previousEventId: expected 0 to %d, got %s", e.ID-1, short(v.Get("previousEventId")))
	}
	if e.At, err = Time(v.Get("timestamp")); err != nil {
		return e, err
	}
	name := v.Get("type").Text()
	if err = readType(name, &e); err != nil {
		return e, err
	}
	_, details := Shown(v)
	readDetails(details, name, &e)
	l := r.line(&e)
	e.Frame = l.frame
	if e.Task != nil && e.Task.Resource.Text == "" {
		e.Task.Resource = l.resource // only the event that schedules a function names it
	}
	r.lineOf[e.ID] = l
	r.follow(l, &e)
	return e, nil
}

// stateTypes are those of states, which the names of their events begin with.
var stateTypes = []asl.StateType{asl.Task, asl.Wait, asl.Pass, asl.Succeed, asl.Fail, asl.Choice, asl.Parallel, asl.Map}

// types are the events by name, but those of states and tasks.
var types = func() map[string]machine.Type {
	all := make(map[string]machine.Type)
	for t := machine.ExecutionStarted; t < machine.MapRunRedriven+1; t++ {
		if text := t.String(); !strings.HasPrefix(text, "Type(") {
			all[text] = t
		}
	}
	return all
}()

// families are what the names of the events of tasks begin with.
var families = []string{"LambdaFunction", "Activity", "Task"}

// readType reads the type of an event.
func readType(name string, e *machine.Event) error {
	for _, kind := range stateTypes {
		rest, ok := strings.CutPrefix(name, string(kind))
		if t := types[rest]; ok && (t == machine.StateEntered || t == machine.StateExited || t == machine.StateAborted) {
			e.Type, e.Kind = t, kind
			return nil
		}
	}
	for _, family := range families {
		rest, ok := strings.CutPrefix(name, family)
		for t, stem := range taskTypes {
			if ok && (stem == rest || rest == "StartFailed" && t == machine.TaskFailed || rest == "ScheduleFailed" && t == machine.TaskFailed) {
				e.Type = t
				return nil
			}
		}
	}
	t, ok := types[name]
	if !ok || t == machine.StateEntered || t == machine.StateExited || t == machine.StateAborted {
		return fmt.Errorf("type: no event of a history is called %q", name)
	}
	e.Type = t
	return nil
}

// readDetails reads what the machine keeps of the details. Payloads that are left out, or
// truncated, are no value.
func readDetails(d value.Value, name string, e *machine.Event) {
	e.State = d.Get("name").Text()
	if index, ok := d.Get("index").Int(); ok && index >= 0 && index <= math.MaxInt32 {
		e.Index = int32(index)
	}
	for _, member := range []string{"input", "parameters", "output"} {
		if text := d.Get(member); text.Kind() == value.String {
			e.Doc, _ = value.Parse(text.Text())
		}
	}
	if failed := d.Get("error").Exists() || d.Get("cause").Exists(); failed {
		e.Failure = &machine.Failure{Name: d.Get("error"), Cause: d.Get("cause"), Location: d.Get("location").Text()}
	}
	switch e.Type {
	case machine.ExecutionStarted:
		e.Start = &machine.Start{RoleARN: d.Get("roleArn").Text(), Version: d.Get("stateMachineVersionArn").Text(), Alias: d.Get("stateMachineAliasArn").Text(), InputText: d.Get("input").Text()}
	case machine.ExecutionRedriven, machine.MapRunRedriven:
		count, _ := d.Get("redriveCount").Int()
		e.Index = int32(min(max(count, 0), math.MaxInt32))
	case machine.ExecutionFailed, machine.MapRunFailed, machine.ParallelStateFailed, machine.MapStateFailed:
		if e.Failure == nil {
			e.Failure = &machine.Failure{}
		}
	case machine.EvaluationFailed:
		if e.Failure == nil {
			e.Failure = &machine.Failure{}
		}
		e.Failure.Evaluation, e.State = true, d.Get("state").Text()
	case machine.StateExited:
		var assigned value.ObjectBuilder
		for name, text := range d.Get("assignedVariables").Members() {
			if v, err := value.Parse(text.Text()); err == nil {
				assigned.Set(name, v)
			}
		}
		if assigned.Len() > 0 {
			e.Assigned = assigned.Value()
		}
	}
	if e.Type == machine.MapRunStarted || e.Type == machine.MapRunRedriven {
		e.Run = &machine.MapRunEvent{ARN: d.Get("mapRunArn").Text()}
	}
	if _, ok := taskTypes[e.Type]; ok {
		readTask(d, name, e)
	}
}

// readTask reads what a Task calls, and with which limits.
func readTask(d value.Value, name string, e *machine.Event) {
	e.Task = &machine.TaskEvent{Worker: d.Get("workerName").Text(), Credentials: d.Get("taskCredentials").Get("roleArn").Text()}
	e.Task.Timeout, _ = d.Get("timeoutInSeconds").Int()
	e.Task.Heartbeat, _ = d.Get("heartbeatInSeconds").Int()
	switch e.Type {
	case machine.TaskFailed, machine.TaskSubmitFailed, machine.TaskTimedOut:
		if e.Failure == nil {
			e.Failure = &machine.Failure{}
		}
	}
	text := d.Get("resource").Text()
	switch {
	case text == "":
		return
	case strings.HasPrefix(name, "Task"):
		text = "arn:aws:states:::" + d.Get("resourceType").Text() + ":" + text
	}
	resource, err := asl.ParseResource(text)
	if err != nil {
		resource = asl.Resource{Text: text} // of a service that came later
	}
	e.Task.Resource = resource
}

// line finds the line that an event happens in.
func (r *reader) line(e *machine.Event) *readLine {
	root := r.lines[0]
	before := root
	if e.Prev > 0 {
		before = r.lineOf[e.Prev]
	}
	switch e.Type {
	case machine.ExecutionStarted, machine.ExecutionSucceeded, machine.ExecutionFailed, machine.ExecutionTimedOut, machine.ExecutionAborted, machine.ExecutionRedriven:
		return root
	case machine.StateEntered:
		if o := r.openings[e.Prev]; o != nil {
			return r.open(o, e.State)
		}
	case machine.StateAborted:
		if r.cut != nil && r.cut.kind == e.Kind {
			return r.cut
		}
		return r.aborted(before, e.Kind)
	case machine.MapRunSucceeded, machine.MapRunFailed, machine.MapRunAborted:
		if before.kind != asl.Map {
			return r.inMapRun(before)
		}
	case machine.StateExited, machine.EvaluationFailed:
		return before.in(e.State)
	case machine.ParallelStateStarted, machine.ParallelStateSucceeded, machine.ParallelStateFailed:
		return before.around(asl.Parallel)
	case machine.MapStateStarted, machine.MapStateSucceeded, machine.MapStateFailed:
		return before.around(asl.Map)
	case machine.MapIterationSucceeded, machine.MapIterationFailed, machine.MapIterationAborted:
		return r.iteration(before, e)
	}
	return before.running()
}

// running is the line, or the one around it that has not ended.
func (l *readLine) running() *readLine {
	for l.over && l.parent != nil {
		l = l.parent
	}
	return l
}

// in is the line that is in the state of that name: this one, or one around it.
func (l *readLine) in(state string) *readLine {
	for around := l; around != nil; around = around.parent {
		if around.state == state {
			return around
		}
	}
	return l.running()
}

// around is the line that is in a state of the type: this one, or the one whose branch
// or iteration it is.
func (l *readLine) around(kind asl.StateType) *readLine {
	if l.kind == kind || l.of != kind {
		return l.running()
	}
	return l.parent
}

// aborted finds the line of a state that something in another line has ended.
func (r *reader) aborted(before *readLine, kind asl.StateType) *readLine {
	queue, skipped := r.waiting[kind], 0
	for len(queue) > skipped {
		l := queue[skipped]
		switch {
		case l.kind != kind || l.over:
			queue = slices.Delete(queue, skipped, skipped+1)
			continue
		case l == before && skipped == 0:
			skipped++
			continue
		}
		r.waiting[kind] = slices.Delete(queue, skipped, skipped+1)
		return l
	}
	r.waiting[kind] = queue
	return before.running()
}

// inMapRun finds the line of a Map Run that something in another line has ended.
func (r *reader) inMapRun(before *readLine) *readLine {
	for _, l := range r.waiting[asl.Map] {
		if l.kind == asl.Map && l.runs && !l.over {
			return l
		}
	}
	return before.running()
}

// iteration finds the line of an iteration that ends.
func (r *reader) iteration(before *readLine, e *machine.Event) *readLine {
	for l := before; l.parent != nil; l = l.parent {
		if l.of == asl.Map && l.index == int(e.Index) && l.parent.state == e.State {
			return l
		}
	}
	if l := r.iterations[readIteration{e.State, e.Index}]; l != nil {
		return l
	}
	return before.running()
}

// open begins a line, whose first event enters the state.
func (r *reader) open(o *readOpening, state string) *readLine {
	l := &readLine{parent: o.line, of: o.kind, index: o.index, frame: int32(len(r.lines))}
	if o.kind == asl.Parallel {
		l.index = o.take(state)
		l.frame = o.first + int32(l.index)
	} else {
		r.lines = append(r.lines, l)
		r.iterations[readIteration{o.line.state, int32(o.index)}] = l
	}
	if l.index < len(o.branches) || o.kind == asl.Map && len(o.branches) == 1 {
		l.workflow = o.branches[min(l.index, len(o.branches)-1)]
	}
	r.lines[l.frame] = l
	return l
}

// take chooses the branch that begins with a state: the first one that the definition
// lets begin with it, or else the first that has not begun.
func (o *readOpening) take(state string) int {
	for o.next < len(o.begun)-1 && o.begun[o.next] {
		o.next++
	}
	chosen := o.next
	for i := o.next; i < len(o.branches); i++ {
		if !o.begun[i] && o.branches[i].StartAt == state {
			chosen = i
			break
		}
	}
	o.begun[chosen] = true
	return chosen
}

// follow notes what an event means for its line.
func (r *reader) follow(l *readLine, e *machine.Event) {
	r.cut = nil
	switch e.Type {
	case machine.StateEntered:
		l.kind, l.state, l.runs = e.Kind, e.State, false
		r.waiting[e.Kind] = append(r.waiting[e.Kind], l)
	case machine.StateExited, machine.StateAborted, machine.ParallelStateFailed, machine.MapStateFailed:
		l.kind = ""
	case machine.TaskScheduled:
		l.resource = e.Task.Resource
	case machine.ParallelStateStarted:
		l.kind = asl.Parallel
		o := &readOpening{line: l, kind: asl.Parallel, first: int32(len(r.lines))}
		if s := l.definition(); s != nil {
			o.branches = s.Branches
		}
		// A history that ends early does not show all branches.
		o.begun = make([]bool, max(1, len(o.branches), r.branches[e.ID]))
		r.lines = append(r.lines, make([]*readLine, len(o.begun))...)
		r.openings[e.ID] = o
	case machine.MapStateStarted:
		l.kind = asl.Map
	case machine.MapIterationStarted:
		o := &readOpening{line: l, kind: asl.Map, index: int(e.Index)}
		if s := l.definition(); s != nil && s.ItemProcessor != nil {
			o.branches = []*asl.Workflow{&s.ItemProcessor.Workflow}
		}
		r.openings[e.ID] = o
	case machine.MapRunStarted:
		l.runs = true
	case machine.MapIterationSucceeded, machine.MapIterationFailed, machine.MapIterationAborted:
		l.over = l.parent != nil
		if e.Type != machine.MapIterationSucceeded && l.over {
			r.cut = l
		}
	}
}

// definition is the state that a line is in, nil if it is not known.
func (l *readLine) definition() *asl.State {
	if l.workflow == nil {
		return nil
	}
	return l.workflow.State(l.state)
}

// Shown returns the name and the content of the details of an event, as it is written; ""
// if it has none.
func Shown(event value.Value) (name string, details value.Value) {
	for name, member := range event.Members() {
		if strings.HasSuffix(name, "EventDetails") {
			return name, member
		}
	}
	return "", value.Value{}
}
