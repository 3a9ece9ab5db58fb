package ui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/value"
)

// This file tries what is edited: one state, by TestState where that can do it and else in a
// state machine of its own, or the whole. Nothing of it is registered or in a list.

// try runs one state.
func (u *UI) try(ctx context.Context, in *Try) (*Tried, error) {
	t, s, err := u.stateOf(&in.Text, in.State)
	if err != nil {
		return nil, err
	}
	if err := in.checkData(); err != nil {
		return nil, err
	}
	began := time.Now()
	out, err := u.testState(ctx, t, s, in)
	if err == nil && out == nil {
		out, err = u.runState(ctx, t, s, in)
	}
	if err == nil {
		out.Milliseconds = time.Since(began).Milliseconds()
	}
	return out, err
}

// checkData refuses data that is no JSON.
func (in *Try) checkData() error {
	for _, one := range []struct{ name, text string }{{"input", in.Input}, {"variables", in.Variables}} {
		if one.text == "" {
			continue
		}
		v, err := value.Parse(one.text)
		if err != nil {
			return refuse("%s: expected JSON: %v", one.name, err)
		}
		if one.name == "variables" && v.Kind() != value.Object {
			return refuse("variables: expected an object")
		}
	}
	if in.Mock != nil {
		return in.Mock.check("mock")
	}
	return nil
}

// check refuses a mock that has no outcome, or two.
func (m *Mock) check(name string) error {
	if m.Error != "" {
		return nil
	}
	if _, err := value.Parse(m.Result); err != nil {
		return refuse("%s: expected a result in JSON, or the name of an error: %v", name, err)
	}
	return nil
}

// stateOf reads a text and finds a state of it.
func (u *UI) stateOf(in *Text, pointer string) (*readText, *asl.State, error) {
	t, err := u.read(in)
	if err != nil {
		return nil, nil, err
	}
	var found *asl.State
	t.definition.AllStates(func(_ *asl.Workflow, s *asl.State) {
		if s.Pointer == pointer {
			found = s
		}
	})
	if found == nil {
		return nil, nil, refuse("state: the text has no state at %q", pointer)
	}
	return t, found, nil
}

// testState runs a state by TestState; it is nil if that cannot run it as it is asked for.
func (u *UI) testState(ctx context.Context, t *readText, s *asl.State, in *Try) (*Tried, error) {
	if in.Mock == nil && !testable(s) {
		return nil, nil
	}
	call := value.OfMembers(
		"inspectionLevel", value.OfString("DEBUG"), "roleArn", value.OfString("arn:aws:iam::123456789012:role/aslocal"),
		"definition", value.OfString(alone(s).String()), "input", value.OfString(orEmpty(in.Input)),
	)
	if inMap(s) && !t.machine.Validate(asl.Options{}).HasErrors() { // only the whole says that there are items
		call = call.With("definition", value.OfString(t.definition.JSON())).With("stateName", value.OfString(s.Name))
	}
	if in.Variables != "" {
		call = call.With("variables", value.OfString(in.Variables))
	}
	if m := in.Mock; m != nil && works(s) {
		mock := value.OfMembers("result", value.OfString(m.Result))
		if m.Error != "" {
			mock = value.OfMembers("errorOutput", value.OfMembers("error", value.OfString(m.Error), "cause", value.OfString(m.Cause)))
		}
		call = call.With("mock", mock.With("fieldValidationMode", value.OfString("NONE")))
	}
	tested, err := u.api.Call(ctx, "TestState", call)
	if err != nil {
		return nil, err
	}
	inspection := tested.Get("inspectionData")
	out := &Tried{
		Status: tested.Get("status").Text(), Output: tested.Get("output").Text(), Error: tested.Get("error").Text(), Cause: tested.Get("cause").Text(),
		Next: tested.Get("nextState").Text(), Assigned: inspection.Get("variables").Text(), Steps: []FlowStep{{Name: "Input", Data: orEmpty(in.Input), Recorded: true}},
	}
	for _, step := range flowSteps {
		if data := inspection.Get(step.member); data.Exists() {
			out.add(s, step.name, data.Text())
		}
	}
	if out.Output != "" {
		out.Steps = append(out.Steps, FlowStep{Name: "Output", Data: out.Output, Recorded: true})
	}
	if out.Assigned != "" {
		out.Steps = append(out.Steps, FlowStep{Name: "Assign", Data: out.Assigned, Recorded: true})
	}
	if wait, ok := inspection.Get("errorDetails").Get("retryBackoffIntervalSeconds").Int(); ok {
		out.Note = fmt.Sprintf("A Retrier takes the error: the next attempt would be in %d s.", wait)
	}
	return out, nil
}

// add adds a step, unless the state has no such field and the data stays as it is.
func (t *Tried) add(s *asl.State, name, data string) {
	if before := t.Steps[len(t.Steps)-1].Data; data != before || s.Fields.Get(name).Exists() || name == "Result" && works(s) {
		t.Steps = append(t.Steps, FlowStep{Name: name, Data: data})
	}
}

// testable reports whether TestState runs a state without a mock.
func testable(s *asl.State) bool {
	if !works(s) {
		return true
	}
	if s.Type != asl.Task {
		return false
	}
	r, err := asl.ParseResource(s.Fields.Get("Resource").Text())
	return err != nil || r.Kind != asl.Activity && r.Pattern == asl.RequestResponse
}

// inMap reports whether a state is in a Map state, so that its context has an item.
func inMap(s *asl.State) bool {
	return strings.Contains(s.Pointer, "/ItemProcessor/States/") || strings.Contains(s.Pointer, "/Iterator/States/")
}

// alone is a state that says its query language itself.
func alone(s *asl.State) value.Value {
	if s.QueryLanguage == asl.JSONata && !s.Fields.Get("QueryLanguage").Exists() {
		return s.Fields.With("QueryLanguage", value.OfString(string(asl.JSONata)))
	}
	return s.Fields
}

func orEmpty(input string) string {
	if strings.TrimSpace(input) == "" {
		return "{}"
	}
	return input
}

// stateWait is how long a state that runs in a state machine of its own is waited for. Then the
// page follows its execution.
const stateWait = 20 * time.Second

// variablesState is the name of the state that sets the variables of a state that is tried.
const variablesState = "aslocal: variables"

// runState runs a state in a state machine of its own, in which the states behind it do nothing.
func (u *UI) runState(ctx context.Context, t *readText, s *asl.State, in *Try) (*Tried, error) {
	definition := machineOfState(s, t.definition.QueryLanguage, in.Variables)
	arn, err := u.own.Trial(ctx, in.Name+"."+s.Name, definition.String(), orEmpty(in.Input), nil)
	if err != nil {
		return nil, err
	}
	out := &Tried{Execution: arn, Status: "RUNNING", Steps: []FlowStep{}, Note: "TestState cannot run this state, so it has run in a state machine of its own."}
	waiting, cancel := context.WithTimeout(ctx, stateWait)
	defer cancel()
	if err := u.own.Wait(waiting, arn); err != nil {
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			out.Note = "The state is still running, in a state machine of its own."
			return out, nil
		}
		return nil, err
	}
	b, err := u.book(ctx, arn, nil, nil)
	if err != nil {
		return nil, err
	}
	for n := range b.builder.Visits() {
		v := &b.builder.Visits()[n]
		if v.State != s.Name || len(v.Path) > 0 {
			continue
		}
		d := b.detail(n)
		out.Output, out.Error, out.Cause, out.Next, out.Assigned, out.Status = d.Output, d.Error, d.Cause, d.Next, d.Assigned, "SUCCEEDED"
		switch v.Outcome {
		case timeline.Caught:
			out.Status = "CAUGHT_ERROR"
		case timeline.Failed, timeline.Aborted:
			out.Status = "FAILED"
		}
		out.Steps = append(out.Steps, FlowStep{Name: "Input", Data: d.Input, Recorded: true})
		for _, c := range d.Calls {
			if c.Output != "" {
				out.add(s, "Result", c.Output)
			}
		}
		out.Steps = append(out.Steps, FlowStep{Name: "Output", Data: d.Output, Recorded: true})
	}
	return out, nil
}

// machineOfState is a state machine in a query language that begins with a state, and ends
// with those that it leads to.
func machineOfState(s *asl.State, language asl.QueryLanguage, variables string) value.Value {
	var states value.ObjectBuilder
	start := s.Name
	if v := known(variables); v.Len() > 0 {
		start = variablesState
		states.Set(start, value.OfMembers("Type", value.OfString("Pass"), "QueryLanguage", value.OfString(string(asl.JSONata)), "Assign", v, "Next", value.OfString(s.Name)))
	}
	states.Set(s.Name, alone(s))
	after := map[string]bool{s.Name: true}
	end := func(name string) {
		if name != "" && !after[name] {
			after[name] = true
			states.Set(name, value.OfMembers("Type", value.OfString("Pass"), "End", value.True))
		}
	}
	end(s.Next)
	for _, c := range s.Catch {
		end(c.Next)
	}
	return value.OfMembers("QueryLanguage", value.OfString(cmp.Or(string(language), string(asl.JSONPath))), "StartAt", value.OfString(start), "States", states.Value())
}

// runDraft runs a text as a whole.
func (u *UI) runDraft(ctx context.Context, in *RunDraft) (*Started, error) {
	t, err := u.read(&in.Text)
	if err != nil {
		return nil, err
	}
	if found := t.machine.Validate(asl.Options{}); found.HasErrors() { // as a Standard one: it runs as such
		return nil, refuse("the definition has errors: %s", found.Errors()[0].Message)
	}
	for state, mock := range in.Mocks {
		if err := mock.check("mocks: " + state); err != nil {
			return nil, err
		}
	}
	arn, err := u.own.Trial(ctx, in.Name, t.definition.JSON(), orEmpty(in.Input), in.Mocks)
	if err != nil {
		return nil, err
	}
	return &Started{ARN: arn}, nil
}

// maxPinned is how many bytes of data of an execution are pinned on states.
const maxPinned = 8 << 20

// pinned gives the data of an execution by the states that had it: of one that was visited
// several times, that of the visit which failed, or of the last.
func (u *UI) pinned(ctx context.Context, q *query) (*Pinned, error) {
	arn := q.text("arn")
	x, err := u.api.Call(ctx, "DescribeExecution", value.OfMembers("executionArn", value.OfString(arn)))
	if err != nil {
		return nil, err
	}
	b, err := u.book(ctx, arn, nil, nil)
	if err != nil {
		return nil, err
	}
	out := &Pinned{ARN: arn, Machine: x.Get("stateMachineArn").Text(), Name: x.Get("name").Text(), Status: x.Get("status").Text(), Input: x.Get("input").Text(), States: make(map[string]StateData)}
	chosen := make(map[string]int)
	for n := range b.builder.Visits() {
		v := &b.builder.Visits()[n]
		s := b.state(v)
		if s == nil {
			continue
		}
		failed := v.Outcome == timeline.Failed || v.Outcome == timeline.Caught
		before, is := chosen[s.Pointer]
		if is && b.builder.Visits()[before].Outcome == timeline.Failed && !failed {
			continue
		}
		chosen[s.Pointer] = n
		if v.Outcome == timeline.Failed {
			out.Failed = s.Pointer
		}
	}
	size := 0
	for pointer, n := range chosen {
		d := b.detail(n)
		one := StateData{Input: d.Input, Output: d.Output, Variables: d.Variables, Status: d.Outcome, Error: d.Error, Cause: d.Cause}
		for _, c := range d.Calls {
			one.Arguments = c.Input
			if c.Output != "" {
				one.Result = c.Output
			}
		}
		if d.Error != "" {
			one.ErrorOutput = value.OfMembers("Error", value.OfString(d.Error), "Cause", value.OfString(d.Cause)).String()
		}
		if size += len(one.Input) + len(one.Output) + len(one.Variables) + len(one.Arguments) + len(one.Result); size > maxPinned {
			out.Partial = true
			one = StateData{Status: d.Outcome, Error: d.Error, Cause: cut(d.Cause, maxListedCause)}
		}
		out.States[pointer] = one
	}
	return out, nil
}
