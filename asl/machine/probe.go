package machine

import "github.com/aslocal/aslocal/value"

// This file has the probe of an execution: what a test of a state, mocks,
// coverage and a debugger see of the data flow, and where they may step in. An
// execution in production has none, which costs a comparison with nil.

// A Probe sees the data on its way through the states of an execution, and may
// stand for the work of some. Its methods are called while the machine handles a
// stimulus: they must return soon, and must not call the execution.
type Probe interface {
	// Data sees the data at a step; no value if the state has no such data.
	Data(at Place, step Step, data value.Value)
	// Mock may stand for the work of a Task, Parallel or Map state: for its call,
	// branches or iterations. nil: the state does its work.
	Mock(at Place) *Mock
	// Context returns the context object that the state sees, given the one that
	// the execution has made.
	Context(at Place, made value.Value) value.Value
	// Failed sees a failure of the state, before a Retrier or Catcher takes it.
	Failed(at Place, failure *Failure)
	// Caught sees that the state's Catcher of that index takes the failure, before
	// its own fields are evaluated.
	Caught(at Place, catcher int)
	// Chosen sees which rule of a Choice state holds: its index, -1 for Default.
	Chosen(at Place, rule int)
}

// SetProbe lets a probe see the execution from its next stimulus on; nil: none does.
func (x *Execution) SetProbe(p Probe) { x.probe = p }

// Unseeing is a Probe that sees nothing and changes nothing. Those that look at some
// things only embed it.
type Unseeing struct{}

// Data implements Probe.
func (Unseeing) Data(Place, Step, value.Value) {}

// Mock implements Probe.
func (Unseeing) Mock(Place) *Mock { return nil }

// Context implements Probe.
func (Unseeing) Context(_ Place, made value.Value) value.Value { return made }

// Failed implements Probe.
func (Unseeing) Failed(Place, *Failure) {}

// Caught implements Probe.
func (Unseeing) Caught(Place, int) {}

// Chosen implements Probe.
func (Unseeing) Chosen(Place, int) {}

// A Place is a state that an execution is in.
type Place struct {
	Frame   int32  // the line of control
	State   string // name
	Entered int64  // id of its StateEntered event
}

func (f *frame) place() Place { return Place{f.id, f.state.name, f.entered} }

// A Mock stands for the work of a Task, Parallel or Map state.
type Mock struct {
	Result  value.Value
	Failure *Failure // instead of Result

	// Rehearsal has a Map evaluate for each of its items what its iterations or
	// children would get; nil: nothing of them is evaluated.
	Rehearsal *Rehearsal
}

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

// note lets the probe see the data at a step.
func (x *Execution) note(f *frame, s Step, v value.Value) {
	if x.probe != nil {
		x.probed(f, s, v)
	}
}

func (x *Execution) probed(f *frame, s Step, v value.Value) { x.probe.Data(f.place(), s, v) }

// mock returns what stands for the work of the state that f is in, or nil.
func (x *Execution) mock(f *frame) *Mock {
	if x.probe == nil {
		return nil
	}
	return x.probe.Mock(f.place())
}

// mocked ends the state with the mock's result or failure.
func (x *Execution) mocked(f *frame, m *Mock) *Failure {
	if m.Failure != nil {
		return m.Failure
	}
	if f.state.processor == nil && f.state.branches == nil {
		x.note(f, Result, m.Result)
	}
	return x.complete(f, m.Result)
}
