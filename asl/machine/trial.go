package machine

import (
	"slices"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file runs one state alone, as TestState does, and notes what its data
// looked like on the way. It is the machine that decides, as in any execution:
// the state is a program of its own, which ends where the state is left or would
// be retried. What differs is what stands for the world: mocks, a call made
// while the state waits, and timers that are due at once. API: TestState.

// A Trial is a test of one state.
type Trial struct {
	Program   *Program // of CompileState
	Start     Start
	At        int64 // Unix milliseconds
	Input     value.Value
	Variables value.Value // those that are set: an object, or no value
	Context   value.Value // the context object; no value: that of the execution
	InMap     bool        // the state belongs to a Map, whose first item is the input
	Retries   int         // how often the state has been retried, by each of its Retriers (F-059)
	Mock      *Mock       // nil: the state does its work; a Parallel or Map must have one

	// Call makes the call of a Task without a mock.
	Call func(*Task) (value.Value, *Failure)
	// Read gives the items of a Map with an ItemReader, and where they are from.
	// nil: they are the state's input, if that is an array.
	Read func(*ItemReading) (value.Value, []ItemSource, *Failure)

	verdict *Verdict
	failure *Failure // of the state
	caught  bool     // by one of its Catchers
}

// A Mock stands for the work of a Task, Parallel or Map state: for its call,
// branches or iterations.
type Mock struct {
	Result           value.Value
	Failure          *Failure // instead of Result
	FailedIterations int      // of a Map
}

// A Verdict is how a Trial has ended.
type Verdict struct {
	Status    TrialStatus
	Output    value.Value // TrialSucceeded, TrialCaught
	Failure   *Failure    // all but TrialSucceeded
	Next      string      // the state that follows, "" if none
	Variables value.Value // as they are then: an object, or no value

	Inspection Inspection
	Limits     *MapRunLimits // of a Map that got as far as that
	Iterations int           // of a Map; -1 if they are not known

	Retrier int   // index of the one that names the error, -1 if none
	Catcher int   // the same
	Backoff int64 // TrialRetriable: seconds until the retry
}

// TrialStatus is the status of TestState.
type TrialStatus string

// The statuses of TestState.
const (
	TrialSucceeded TrialStatus = "SUCCEEDED"
	TrialFailed    TrialStatus = "FAILED"
	TrialRetriable TrialStatus = "RETRIABLE"
	TrialCaught    TrialStatus = "CAUGHT_ERROR"
)

// A Step is a point on the way of the data through a state.
type Step uint8

// The steps, in the order in which data takes them. Result and those after it
// come behind the state's work.
const (
	AfterInputPath Step = iota
	AfterParameters
	AfterArguments
	AfterItemsPath
	AfterItemsPointer
	AfterItemSelector
	AfterItemBatcher
	Result
	AfterResultSelector
	AfterResultPath
	steps
)

var stepNames = [steps]string{"afterInputPath", "afterParameters", "afterArguments", "afterItemsPath", "afterItemsPointer", "afterItemSelector",
	"afterItemBatcher", "result", "afterResultSelector", "afterResultPath"}

// String returns the step as the API names it.
func (s Step) String() string { return stepNames[s] }

// An Inspection is the data at each Step; no value where the state has no such
// step, or did not come so far.
type Inspection [steps]value.Value

// hidden are the steps that all states share in the code, but which a type of
// state does not have in the service's answers (F-052).
var hidden = map[asl.StateType][]Step{
	asl.Choice:  {AfterParameters, AfterResultSelector, AfterResultPath},
	asl.Wait:    {AfterParameters, AfterResultSelector, AfterResultPath},
	asl.Succeed: {AfterParameters, AfterResultSelector, AfterResultPath},
}

// note keeps the data at a step, if somebody looks.
func (x *Execution) note(f *frame, s Step, v value.Value) {
	if x.trial != nil {
		x.trial.note(f, s, v)
	}
}

// note leaves out what no answer could hold.
func (t *Trial) note(f *frame, s Step, v value.Value) {
	if v.Exists() && v.Size() <= MaxPayload && !slices.Contains(hidden[f.state.kind], s) {
		t.verdict.Inspection[s] = v
	}
}

// CompileState compiles one state, under the given name, as a program of its
// own. The states that it leads to need not exist.
func CompileState(s *asl.State, name string) (*Program, error) {
	alone := *s
	alone.Name = name
	root := &workflow{states: make(map[string]*state, 1), alone: true}
	if err := root.compile(&asl.Workflow{StartAt: name, States: []*asl.State{&alone}}); err != nil {
		return nil, err
	}
	return newProgram(root), nil
}

// Run runs the state. A Trial runs once.
func (t *Trial) Run() *Verdict {
	t.verdict = &Verdict{Variables: t.Variables, Iterations: -1, Retrier: -1, Catcher: -1}
	x := New(t.Program)
	x.trial, x.now = t, t.At
	x.emit(Event{Type: ExecutionStarted, Doc: t.Input, Start: &t.Start})
	f, st := x.root, x.program.root.start
	f.scope = t.Variables
	x.emit(Event{Type: StateEntered, Prev: f.prev, Kind: st.kind, State: st.name, Doc: f.raw})
	f.tries, f.retries = slices.Repeat([]int{t.Retries}, len(st.retry)), t.Retries
	st.work.run(x, f)
	x.run(0)
	batch := Batch{Events: x.events, Commands: x.cmds}
	x.cmds = nil
	for {
		t.see(st, batch.Events)
		next, ok := t.answer(f, batch.Commands)
		if !ok || x.status != Running {
			return t.verdict
		}
		batch = x.Handle(next, 0, nil)
	}
}

// answer carries out what the state asks for; false if it waits for nothing, or
// for its retry.
func (t *Trial) answer(f *frame, commands []Command) (Stimulus, bool) {
	for _, c := range commands {
		switch {
		case c.Kind == RunTask:
			out, failure := t.Call(c.Task)
			return Stimulus{Kind: Answered, Frame: c.Frame, Token: c.Token, Output: out, Failure: failure}, true
		case c.Kind == SetTimer && c.Timer == Sleep && f.state.kind == asl.Wait:
			return Stimulus{Kind: Fired, At: c.Due, Frame: c.Frame, Token: c.Token, Timer: Sleep}, true // F-053
		}
	}
	return Stimulus{}, false
}

// see takes from the events how the state ended.
func (t *Trial) see(st *state, events []Event) {
	v := t.verdict
	for i := range events {
		switch e := &events[i]; e.Type {
		case TaskSucceeded:
			v.Inspection[Result] = e.Doc
		case StateExited:
			v.Status, v.Output, v.Next = TrialSucceeded, e.Doc, e.Next
			if t.caught {
				v.Status, v.Failure = TrialCaught, t.failure
			}
			if e.Assigned.Len() > 0 {
				v.Variables = withVariables(v.Variables, e.Assigned)
			}
		case RetrySet:
			v.Status, v.Failure, v.Backoff = TrialRetriable, e.Failure, (e.Due-e.At)/1000
		case ExecutionFailed:
			v.Status, v.Failure = TrialFailed, e.Failure
		}
	}
	if f := t.failure; f != nil && !f.fatal() {
		v.Retrier = st.retrier(f)
		if t.caught {
			v.Catcher = st.catcher(f)
		}
	}
}

// mocked lets the mock, if there is one, stand for the state's work.
func (x *Execution) mocked(f *frame) bool {
	if x.trial == nil || x.trial.Mock == nil {
		return false
	}
	m := x.trial.Mock
	if m.Failure != nil {
		x.fail(f, m.Failure)
		return true
	}
	if f.state.kind == asl.Task {
		x.note(f, Result, m.Result)
	}
	f.result = m.Result
	x.complete(f)
	return true
}

// try is a Map with a mock: everything but the iterations.
func (m *mapState) try(x *Execution, f *frame) {
	if failure := m.prepare(x, f); failure != nil {
		x.fail(f, failure)
		return
	}
	if mock, v := x.trial.Mock, x.trial.verdict; mock.Failure == nil && v.Limits.tolerant() && v.Limits.exceeded(mock.FailedIterations, max(v.Iterations, 0)) {
		x.fail(f, thresholdExceeded())
		return
	}
	x.mocked(f)
}

// tolerant reports whether a threshold is set. Without one, TestState lets any
// number of iterations fail (F-054).
func (l *MapRunLimits) tolerant() bool { return l.ToleratedCount >= 0 || l.ToleratedPercentage >= 0 }

// prepare evaluates what a Map makes of its input, in the order of TestState:
// the items come first (F-055).
func (m *mapState) prepare(x *Execution, f *frame) *Failure {
	in, failure := f.state.flow.effective(x, f)
	if failure != nil {
		return failure
	}
	items, sources, failure := m.itemsOnTrial(x, f, in)
	if failure != nil {
		return failure
	}
	limits := MapRunLimits{ToleratedCount: -1, ToleratedPercentage: -1}
	if m.distributed != nil {
		if limits, failure = m.distributed.limits(x.env(f, in)); failure != nil {
			return failure
		}
	}
	if limits.MaxConcurrency, failure = m.limit(x, f, in); failure != nil {
		return failure
	}
	x.trial.verdict.Limits = &limits
	if !items.Exists() {
		return nil
	}
	x.trial.verdict.Iterations = items.Len()
	f.run = &mapRun{items: items, sources: sources}
	failure = m.inputs(x, f, in)
	f.run = nil
	return failure
}

// itemsOnTrial are the items of a Map on trial; no value if they are in a place
// that nobody reads.
func (m *mapState) itemsOnTrial(x *Execution, f *frame, in value.Value) (items value.Value, sources []ItemSource, failure *Failure) {
	switch {
	case m.distributed == nil:
		items, failure = m.items.items(x, f, in)
		return items, []ItemSource{{}}, failure // an inline Map shows none
	case m.distributed.reader == nil:
		items, failure = m.items.items(x, f, in)
	case x.trial.Read != nil:
		reading, failure := m.distributed.reader.request(x.env(f, in))
		if failure != nil {
			return items, nil, failure
		}
		items, sources, failure = x.trial.Read(reading)
		if reading.Config.Get("ItemsPointer").Exists() {
			x.note(f, AfterItemsPointer, items)
		}
		return items, sources, failure
	case in.Kind() == value.Array:
		items = in
	}
	return items, nil, failure
}

// inputs notes what the iterations, or the batches of them, would get; in an
// execution, that of each is made when it starts. Together they may be far
// larger than one of them, and even to measure them would take too long: what
// is beyond the limit is only evaluated.
func (m *mapState) inputs(x *Execution, f *frame, in value.Value) *Failure {
	batched := m.distributed != nil && m.distributed.batcher != nil
	if m.selector == nil && !batched {
		return nil
	}
	items := make([]value.Value, f.run.items.Len())
	size := 0
	for i := range items {
		var failure *Failure
		if items[i], failure = m.item(x, f, in, i); failure != nil {
			return failure
		}
		if size > MaxPayload {
			continue
		}
		n := items[i].Size()
		if n > MaxPayload {
			return tooLarge(f.state.name)
		}
		size += n
	}
	if size > MaxPayload {
		return nil
	}
	if m.selector != nil {
		x.note(f, AfterItemSelector, value.OfSlice(items))
	}
	if !batched {
		return nil
	}
	if failure := m.plan(x, f, in); failure != nil {
		return failure
	}
	batches := make([]value.Value, len(f.run.batches))
	for i, n := range f.run.batches {
		batches[i], items = f.run.batching.wrap(items[:n:n]), items[n:]
	}
	x.note(f, AfterItemBatcher, value.OfSlice(batches))
	return nil
}
