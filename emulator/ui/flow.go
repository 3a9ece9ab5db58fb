package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/value"
)

// This file shows one visit with its data, and how the data went through the state. A
// history has only input, call, result and output. The steps between are computed again, by
// TestState: the state alone, with the recorded input and variables, and with the recorded
// result in the place of its work.

// visit shows a visit with its data.
func (u *UI) visit(ctx context.Context, q *query) (*VisitDetail, error) {
	n := visitNumber(q)
	if q.err != nil {
		return nil, q.err
	}
	var started *machine.Event
	b, err := u.book(ctx, q.text("arn"), nil, func(_ *book, e *machine.Event, _ shownEvent, _ int, _ timeline.Path) bool {
		if e.Type == machine.ExecutionStarted {
			first := *e
			started = &first
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	if n >= len(b.builder.Visits()) {
		return nil, refuse("visit: the execution has %d visits, counted from 0; got %d", len(b.builder.Visits()), n)
	}
	out := b.detail(n)
	made := b.contextOf(n, q.text("arn"), started)
	out.Context = text(made)
	u.addFlow(ctx, b, n, made, out)
	return out, nil
}

// detail is a visit with the data that the history has.
func (b *book) detail(n int) *VisitDetail {
	v := &b.builder.Visits()[n]
	out := &VisitDetail{
		Visit: b.visit(n), Input: text(v.Input), Output: text(v.Output), Assigned: text(v.Assigned), Variables: text(b.variables(n)),
		Calls: []Data{}, Flow: []FlowStep{},
	}
	for _, a := range v.Attempts {
		out.Calls = append(out.Calls, Data{Input: text(a.Input), Output: text(a.Output)})
	}
	if s := b.state(v); s != nil {
		out.Definition = text(s.Fields)
	}
	return out
}

// variables are those in force when a visit began: those that earlier states of its line and
// of the lines around it have assigned.
func (b *book) variables(n int) value.Value {
	v := &b.builder.Visits()[n]
	var before []*timeline.Visit
	for i := range b.builder.Visits() {
		other := &b.builder.Visits()[i]
		if other.LeftID > 0 && other.LeftID < max(v.EnteredID, b.firstOf(v)) && other.Assigned.Len() > 0 && v.Path.Within(other.Path) {
			before = append(before, other)
		}
	}
	slices.SortFunc(before, func(a, b *timeline.Visit) int { return int(a.LeftID - b.LeftID) })
	out := value.OfMembers()
	for _, other := range before {
		for name, assigned := range other.Assigned.Members() {
			out = out.With(name, assigned)
		}
	}
	return out
}

// firstOf is the event that a visit without a StateEntered, which a redrive has begun, is
// taken to begin with: the StateEntered of the visit that it continues.
func (b *book) firstOf(v *timeline.Visit) int64 {
	if v.EnteredID > 0 {
		return v.EnteredID
	}
	first := int64(0)
	for i := range b.builder.Visits() {
		if other := &b.builder.Visits()[i]; other.State == v.State && slices.Equal(other.Path, v.Path) {
			first = max(first, other.EnteredID)
		}
	}
	return first
}

// contextOf is the context object that a visit has seen, as far as the history tells.
func (b *book) contextOf(n int, arn string, started *machine.Event) value.Value {
	v := &b.builder.Visits()[n]
	execution := value.OfMembers("Id", value.OfString(arn), "Name", value.OfString(arn[strings.LastIndexByte(arn, ':')+1:]))
	if started != nil {
		execution = execution.With("Input", started.Doc).With("StartTime", value.OfString(isoTime(started.At)))
		if role := started.Start.RoleARN; role != "" {
			execution = execution.With("RoleArn", value.OfString(role))
		}
	}
	retries := max(0, len(v.Attempts)-1)
	out := value.OfMembers(
		"Execution", execution,
		"State", value.OfMembers("EnteredTime", value.OfString(isoTime(v.Entered)), "Name", value.OfString(v.State), "RetryCount", value.OfInt(int64(retries))),
		"StateMachine", stateMachineOf(arn))
	for i := len(v.Path) - 1; i >= 0; i-- {
		if v.Path[i].Kind != asl.Map || v.Path[i].Index < 0 {
			continue
		}
		item := value.OfMembers("Index", value.OfInt(int64(v.Path[i].Index)))
		if found := b.item(v, i); found.Exists() {
			item = item.With("Value", found)
		}
		return out.With("Map", value.OfMembers("Item", item))
	}
	return out
}

func isoTime(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z") }

// stateMachineOf is StateMachine in the context object, by the ARN of an execution.
func stateMachineOf(execution string) value.Value {
	parts := strings.Split(execution, ":")
	if len(parts) < 7 {
		return value.OfMembers()
	}
	parts[5] = "stateMachine"
	return value.OfMembers("Id", value.OfString(strings.Join(parts[:7], ":")), "Name", value.OfString(parts[6]))
}

// item is the item that the iteration at a step of a visit's path works on, if the history
// has it.
func (b *book) item(v *timeline.Visit, step int) value.Value {
	for in := v.In; in >= 0; in = b.builder.Visits()[in].In {
		around := &b.builder.Visits()[in]
		if len(around.Path) == step && len(around.Attempts) > 0 {
			return around.Attempts[len(around.Attempts)-1].Input.Index(v.Path[step].Index)
		}
	}
	return value.Value{}
}

// addFlow computes the steps of a visit again.
func (u *UI) addFlow(ctx context.Context, b *book, n int, made value.Value, out *VisitDetail) {
	v, s := &b.builder.Visits()[n], b.state(&b.builder.Visits()[n])
	switch {
	case !v.Input.Exists():
		out.FlowNote = "the history does not have the input of the state"
		return
	case s == nil:
		out.FlowNote = "the definition does not have the state"
		return
	}
	out.Flow = append(out.Flow, FlowStep{Name: "Input", Data: out.Input, Recorded: true})
	in, after, note := b.testOf(n, s, made)
	tested, err := u.api.Call(ctx, "TestState", in)
	if err != nil {
		out.FlowNote = "the steps cannot be computed again: " + u.textOf(err)
		if u.own == nil {
			out.FlowNote = "a history has the input and the output of a state, not what is between them. aslocal computes that again with TestState, " +
				"which the server that is shown here does not answer: " + u.textOf(err)
		}
		out.addRecorded(v)
		return
	}
	inspection := tested.Get("inspectionData")
	for _, step := range flowSteps {
		data := inspection.Get(step.member)
		if !data.Exists() || step.after && !after {
			continue
		}
		if before := out.Flow[len(out.Flow)-1].Data; data.Text() == before && !s.Fields.Get(step.name).Exists() && !(step.name == "Result" && works(s)) {
			continue // the state has no such field
		}
		out.Flow = append(out.Flow, FlowStep{Name: step.name, Data: data.Text()})
	}
	out.FlowNote = note
	out.addRecorded(v)
	if out.FlowNote == "" && v.Outcome == timeline.Succeeded && tested.Get("output").Text() != "" && !sameJSON(tested.Get("output").Text(), v.Output) {
		out.FlowNote = "computed again, the output differs from the recorded one: the state reads what is not in the history, such as the time, a random number or the context object"
	}
}

// flowSteps are the steps as TestState names them, in their order. after says that they come
// behind the work of the state.
var flowSteps = []struct {
	member, name string
	after        bool
}{
	{"afterInputPath", "InputPath", false}, {"afterParameters", "Parameters", false}, {"afterArguments", "Arguments", false},
	{"afterItemsPath", "ItemsPath", false}, {"afterItemsPointer", "ItemsPointer", false}, {"afterItemSelector", "ItemSelector", false},
	{"afterItemBatcher", "ItemBatcher", false}, {"result", "Result", true}, {"afterResultSelector", "ResultSelector", true}, {"afterResultPath", "ResultPath", true},
}

// addRecorded adds the steps that the history has at the end.
func (d *VisitDetail) addRecorded(v *timeline.Visit) {
	if v.LeftID == 0 {
		return
	}
	d.Flow = append(d.Flow, FlowStep{Name: "Output", Data: d.Output, Recorded: true})
	if d.Assigned != "" {
		d.Flow = append(d.Flow, FlowStep{Name: "Assign", Data: d.Assigned, Recorded: true})
	}
}

func sameJSON(text string, v value.Value) bool {
	parsed, err := value.Parse(text)
	return err == nil && value.Equal(parsed, v)
}

// textOf is the text of an error for people.
func (u *UI) textOf(err error) string {
	if f, ok := err.(fault); ok {
		return f.Text()
	}
	return err.Error()
}

// testOf is the request that computes a visit again. after says that the steps behind the
// state's work are right, note what may differ.
func (b *book) testOf(n int, s *asl.State, made value.Value) (in value.Value, after bool, note string) {
	v := &b.builder.Visits()[n]
	fields := s.Fields
	if s.QueryLanguage == asl.JSONata {
		fields = fields.With("QueryLanguage", value.OfString(string(asl.JSONata)))
	}
	in = value.OfMembers("definition", value.OfString(fields.String()), "input", value.OfString(v.Input.String()), "inspectionLevel", value.OfString("DEBUG"))
	if variables := b.variables(n); variables.Len() > 0 {
		in = in.With("variables", value.OfString(variables.String()))
	}
	if !works(s) {
		if strings.Contains(fields.String(), "$$") || strings.Contains(fields.String(), "states.context") {
			note = "computed again with a context object that is made up: TestState takes none for this type of state"
		}
		return in, true, note
	}
	in = in.With("context", value.OfString(made.String()))
	mock := value.OfMembers("fieldValidationMode", value.OfString("NONE"))
	result, failure := b.work(n)
	switch {
	case failure != nil:
		e := value.OfMembers()
		if failure.Name.Kind() == value.String {
			e = e.With("error", failure.Name)
		}
		if failure.Cause.Kind() == value.String {
			e = e.With("cause", failure.Cause)
		}
		mock, after = mock.With("errorOutput", e), true
	case result.Exists():
		mock, after = mock.With("result", value.OfString(result.String())), true
	default:
		mock = mock.With("result", value.OfString(emptyWork(s)))
		if v.Outcome != timeline.Open {
			note = "the history does not have the result of the state"
		}
	}
	if retries := max(0, len(v.Attempts)-1); retries > 0 {
		in = in.With("stateConfiguration", value.OfMembers("retrierRetryCount", value.OfInt(int64(retries))))
	}
	return in.With("mock", mock), after, note
}

// works reports whether a state has work that can be mocked: a call, branches or iterations.
func works(s *asl.State) bool {
	return s.Type == asl.Task || s.Type == asl.Map || s.Type == asl.Parallel
}

// emptyWork is a result that stands in for one that is not known, in the form that the state
// asks for.
func emptyWork(s *asl.State) string {
	switch {
	case s.Type == asl.Parallel:
		return "[" + strings.TrimPrefix(strings.Repeat(",null", len(s.Branches)), ",") + "]"
	case s.Type == asl.Map:
		return "[]"
	}
	return "{}"
}

// work is the outcome of the work of a state: the result of its call, branches or
// iterations, or their failure. Neither: the history does not have it.
func (b *book) work(n int) (result value.Value, failure *machine.Failure) {
	v := &b.builder.Visits()[n]
	if v.Failure != nil {
		return result, v.Failure
	}
	if len(v.Attempts) == 0 {
		return result, nil
	}
	last := &v.Attempts[len(v.Attempts)-1]
	if last.Failure != nil {
		return result, last.Failure
	}
	if v.Kind == asl.Task || last.Output.Exists() {
		return last.Output, nil
	}
	return b.outputs(n, last), nil
}

// outputs are the outputs of the branches or iterations of a visit; no value if some are
// missing.
func (b *book) outputs(n int, a *timeline.Attempt) value.Value {
	v := &b.builder.Visits()[n]
	if a.Ended == 0 || v.Outcome == timeline.Open {
		return value.Value{}
	}
	byIndex := make(map[int]value.Value)
	size := 0
	for i := n + 1; i < len(b.builder.Visits()); i++ {
		line := &b.builder.Visits()[i]
		if line.In != n || line.Outcome != timeline.Succeeded && line.Outcome != timeline.Caught {
			continue
		}
		index := line.Path[len(line.Path)-1].Index
		if index < 0 {
			return value.Value{}
		}
		byIndex[index] = line.Output // of the last state in it, in the end
		size = max(size, index+1)
	}
	if v.Kind == asl.Map {
		size = max(size, v.Items)
	}
	if size != len(byIndex) {
		return value.Value{}
	}
	all := make([]value.Value, size)
	for i := range all {
		all[i] = byIndex[i]
	}
	return value.OfSlice(all)
}
