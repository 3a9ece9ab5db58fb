package machine

import (
	"slices"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file has the part of an execution that varies: its lines of control, how
// far each has come, and its variables. Spec: "Variables".

// A frame is one line of control: the root, a branch of a Parallel state, or
// an iteration of a Map state.
type frame struct {
	id     int32
	index  int32 // which branch or iteration
	parent *frame
	flow   *workflow
	scope  value.Value // variables assigned in this frame: an object, or no value
	held   int         // bytes of the values in scope

	state       *state
	phase       phase
	raw         value.Value // the input of the state; after it, its output
	result      value.Value
	failure     *Failure
	next        *state // after StateExited
	entered     int64  // id of the StateEntered event
	enteredPrev int64  // its previousEventId
	enteredAt   int64
	prev        int64 // event that the next one points back to
	exitPrev    int64 // the same for the StateExited of a Parallel or Map; 0 for prev

	token     int64 // record that asked for what the frame waits for
	due       int64 // when the sleep ends
	timeoutAt int64 // deadlines of the task, 0 if none
	beatAt    int64
	call      *call
	tries     []int // retries so far, by retrier
	retries   int   // and altogether

	join *join   // Parallel, inline Map
	run  *mapRun // distributed Map
}

// A call is the task that a frame has scheduled.
type call struct {
	TaskEvent
	input     value.Value
	submitted value.Value // what TaskSubmitted shows
	kept      *Failure    // answer to the token that came before the call had returned
	output    value.Value
	answers   bool // kept or output is set
}

// phase says what a frame does next, or what it waits for.
type phase uint8

const (
	starting  phase = iota // enter the first state
	entered                // do the state's work
	scheduled              // start the task
	offered                // waits for an activity worker
	running                // waits for the task's answer
	submitted              // waits for its token to be answered
	sleeping               // waits for a timer
	woken                  // the Wait is over, or it is time to retry
	joining                // waits for branches or iterations
	reading                // waits for the items of a Map Run
	mapping                // waits for children of a Map Run
	writing                // waits until the results of a Map Run are written
	resulted               // has a result: make the output of it
	failed                 // has a failure: retry, catch or give up
	exited                 // enter the next state, or end
)

// waits reports whether only a stimulus moves the frame on.
func (p phase) waits() bool {
	return p >= offered && p <= sleeping || p >= joining && p <= writing
}

// inMapRun reports whether a Map Run is open.
func (p phase) inMapRun() bool { return p >= reading && p <= writing }

// variable looks a workflow variable up from the inside out.
func (f *frame) variable(name string) value.Value {
	for ; f != nil; f = f.parent {
		if v := f.scope.Get(name); v.Exists() {
			return v
		}
	}
	return value.Value{}
}

// assign sets variables in the frame's own scope. It returns by how many bytes
// they have grown.
func (f *frame) assign(assigned value.Value) (growth int) {
	growth = f.growth(assigned)
	f.held += growth
	f.scope = withVariables(f.scope, assigned)
	return growth
}

// withVariables is a scope, an object or no value, with the assigned variables.
// A loop that assigns again what it has assigned before keeps the shape; many
// names at once are not set one by one, which would copy the scope each time.
func withVariables(scope, assigned value.Value) value.Value {
	if scope.Len() == 0 {
		return assigned
	}
	shape, members, known := scope.Shape(), slices.Clone(scope.MemberValues()), 0
	for name, v := range assigned.Members() {
		if i := shape.Index(name); i >= 0 {
			members[i] = v
			known++
		}
	}
	if known == assigned.Len() {
		return shape.New(members)
	}
	var b value.ObjectBuilder
	for i, v := range members {
		b.Set(shape.Name(i), v)
	}
	for name, v := range assigned.Members() {
		b.Set(name, v)
	}
	return b.Value()
}

// growth is by how many bytes the frame's variables grow with an assignment.
func (f *frame) growth(assigned value.Value) (bytes int) {
	for name, v := range assigned.Members() {
		bytes += v.Size() - f.scope.Get(name).Size()
	}
	return bytes
}

// inside reports whether f is a branch or iteration below g.
func (f *frame) inside(g *frame) bool {
	for p := f.parent; p != nil; p = p.parent {
		if p == g {
			return true
		}
	}
	return false
}

// retriable reports whether the state is one that can have Retriers; only those
// have a RetryCount in their context object.
func (f *frame) retriable() bool {
	k := f.state.kind
	return k == asl.Task || k == asl.Parallel || k == asl.Map
}
