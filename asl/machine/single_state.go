package machine

import (
	"slices"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file runs one state by itself, as TestState does, and keeps its data at
// each step. The machine decides as in any execution: the state is a program of
// its own, which ends when the state is exited or would be retried. Only the
// outside differs: mocks, a call that is made while the state waits, and timers
// that are due at once. API: TestState.

// A StateTest is a test of one state. It is the Probe of its execution.
type StateTest struct {
	Program   *Program // of CompileState
	Start     Start
	At        int64 // Unix milliseconds
	Input     value.Value
	Variables value.Value // those that are set: an object, or no value
	Given     value.Value // the context object; no value: that of the execution
	InMap     bool        // the state belongs to a Map, whose first item is the input
	Retries   int         // how often the state has been retried, by each of its Retriers (F-059)
	Mocked    *Mock       // nil: the state does its work; a Parallel or Map must have one

	// Call makes the call of a Task without a mock.
	Call func(*Task) (value.Value, *Failure)

	result  *StateResult
	failure *Failure // of the state
	caught  bool     // by one of its Catchers
}

var _ Probe = (*StateTest)(nil)

// A StateResult is how a StateTest has ended.
type StateResult struct {
	Status    TestStatus
	Output    value.Value // TestSucceeded, TestCaught
	Failure   *Failure    // all but TestSucceeded
	Next      string      // the state that follows, "" if none
	Variables value.Value // as they are then: an object, or no value

	Inspection Inspection

	Retrier int   // index of the one that names the error, -1 if none
	Catcher int   // the same
	Backoff int64 // TestRetriable: seconds until the retry
}

// TestStatus is the status of TestState.
type TestStatus string

// The statuses of TestState.
const (
	TestSucceeded TestStatus = "SUCCEEDED"
	TestFailed    TestStatus = "FAILED"
	TestRetriable TestStatus = "RETRIABLE"
	TestCaught    TestStatus = "CAUGHT_ERROR"
)

// An Inspection is the data at each Step; no value where the state has no such
// step, or did not get that far.
type Inspection [steps]value.Value

// hidden are the steps that all states share in the code, but which a type of
// state does not have in the service's answers (F-052).
var hidden = map[asl.StateType][]Step{
	asl.Choice:  {AfterParameters, AfterResultSelector, AfterResultPath},
	asl.Wait:    {AfterParameters, AfterResultSelector, AfterResultPath},
	asl.Succeed: {AfterParameters, AfterResultSelector, AfterResultPath},
}

// Data implements Probe. It leaves out what no answer could hold.
func (t *StateTest) Data(_ Place, s Step, v value.Value) {
	tested := t.Program.root.start.stateType.name
	if v.Exists() && v.Size() <= MaxPayload && !slices.Contains(hidden[tested], s) {
		t.result.Inspection[s] = v
	}
}

// Mock implements Probe.
func (t *StateTest) Mock(Place) *Mock { return t.Mocked }

// Context implements Probe.
func (t *StateTest) Context(_ Place, made value.Value) value.Value {
	if t.Given.Exists() {
		made = t.Given
	}
	if t.InMap {
		made = made.With("Map", (&mapItem{value: t.Input}).contextValue())
	}
	return made
}

// Failed implements Probe.
func (t *StateTest) Failed(_ Place, failure *Failure) { t.failure = failure }

// Caught implements Probe.
func (t *StateTest) Caught(Place, int) { t.caught = true }

// Chosen implements Probe.
func (t *StateTest) Chosen(Place, int) {}

// CompileState compiles one state, under the given name, as a program of its
// own. The states that it leads to need not exist.
func CompileState(s *asl.State, name string) (*Program, error) {
	single := *s
	single.Name = name
	root := &workflow{states: make(map[string]*state, 1), single: true}
	if err := root.compile(&asl.Workflow{StartAt: name, States: []*asl.State{&single}}); err != nil {
		return nil, err
	}
	return newProgram(root), nil
}

// Run runs the state. A StateTest runs once.
func (t *StateTest) Run() *StateResult {
	t.result = &StateResult{Variables: t.Variables, Retrier: -1, Catcher: -1}
	x := New(t.Program)
	x.probe, x.now = t, t.At
	x.emit(Event{Type: ExecutionStarted, Doc: t.Input, Start: &t.Start})
	f, st := x.root, t.Program.root.start
	f.scope = t.Variables
	x.emit(Event{Type: StateEntered, Prev: f.prev, Kind: st.stateType.name, State: st.name, Doc: f.raw})
	f.tries, f.retries = slices.Repeat([]int{t.Retries}, len(st.retry)), t.Retries
	x.step(f)
	x.run(0)
	batch := Batch{Events: x.events, Commands: x.cmds}
	x.cmds = nil
	for {
		t.see(st, batch.Events)
		next, ok := t.answer(f, batch.Commands)
		if !ok || x.status != Running {
			return t.result
		}
		batch = x.Handle(next, 0, nil)
	}
}

// answer carries out what the state asks for; false if it waits for nothing, or
// for its retry.
func (t *StateTest) answer(f *frame, commands []Command) (Stimulus, bool) {
	for _, c := range commands {
		switch {
		case c.Kind == RunTask:
			out, failure := t.Call(c.Task)
			return Stimulus{Kind: Answered, Frame: c.Frame, Token: c.Token, Output: out, Failure: failure}, true
		case c.Kind == SetTimer && c.Timer == Sleep && f.phase == opened:
			return Stimulus{Kind: Fired, At: c.Due, Frame: c.Frame, Token: c.Token, Timer: Sleep}, true // F-053
		}
	}
	return Stimulus{}, false
}

// see takes from the events how the state ended.
func (t *StateTest) see(st *state, events []Event) {
	r := t.result
	for i := range events {
		switch e := &events[i]; e.Type {
		case TaskSucceeded:
			r.Inspection[Result] = e.Doc
		case StateExited:
			r.Status, r.Output, r.Next = TestSucceeded, e.Doc, e.Next
			if t.caught {
				r.Status, r.Failure = TestCaught, t.failure
			}
			if e.Assigned.Len() > 0 {
				r.Variables = withVariables(r.Variables, e.Assigned)
			}
		case RetrySet:
			r.Status, r.Failure, r.Backoff = TestRetriable, e.Failure, (e.Due-e.At)/1000
		case ExecutionFailed:
			r.Status, r.Failure = TestFailed, e.Failure
			if t.caught && e.Failure.Evaluation { // in a field of the Catcher (F-122)
				r.Status, r.Failure, r.Next = TestCaught, t.failure, st.catch[st.catcher(t.failure)].next.name
			}
		}
	}
	if f := t.failure; f != nil && !f.fatal() {
		r.Retrier = st.retrier(f)
		if t.caught {
			r.Catcher = st.catcher(f)
		}
	}
}
