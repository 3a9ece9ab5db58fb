package machine

import "github.com/aslocal/aslocal/asl"

// This file says what a type of state is to the rest of the machine. Each type
// is a kind, in a file of its own; execution.go moves frames from state to
// state and knows no kind by name.
//
// A state is entered, does its work, has a result and is exited. A kind whose
// work takes time opens the state: what it keeps meanwhile is an openState,
// which takes what happens to the state until the result is there.

// A kind is one type of state, compiled from its fields. It belongs to a
// Program and never changes.
type kind interface {
	// run does the work of a state that was entered, or that is tried again. It
	// completes or leaves the state, emits the event that opens it, or fails.
	run(x *Execution, f *frame) *Failure

	// open returns what is kept of a state that the event e opens. It is part of
	// apply. A kind that never opens a state returns nil.
	open(x *Execution, f *frame, e *Event) openState

	// restore returns an openState of the kind for a snapshot to fill; nil for a
	// kind that never opens a state.
	restore() openState
}

// An openState is the open part of a state in the frame f that is given to each
// method: a task under way, a Wait, branches, iterations, or a Map Run.
type openState interface {
	// ready reports whether resume has something to do without a stimulus.
	ready(f *frame) bool
	// resume takes the next step.
	resume(x *Execution, f *frame) *Failure
	// take takes a stimulus that answers f's token; false if it is stale.
	take(x *Execution, f *frame, s Stimulus) bool
	// fired takes a timer of f's token; false if it is stale.
	fired(x *Execution, f *frame, t Timer) bool
	// pending asks again for what was asked for and has not been answered.
	pending(x *Execution, f *frame)

	// fail ends what is open because the state itself has failed behind the
	// event prev. It returns the event that follows from now on points back to.
	fail(x *Execution, f *frame, failure *Failure, prev int64) int64
	// abort gives up what is open because something else has failed at the event
	// cause.
	abort(x *Execution, f *frame, cause int64)

	// apply changes what is kept as the event says: the part of apply that only
	// this kind knows.
	apply(x *Execution, f *frame, e *Event)
	// ended notes that the execution has ended at the given time. It is part of
	// apply.
	ended(x *Execution, f *frame, at int64)
	// retried returns what is kept while the state waits to be tried again. It
	// is part of apply.
	retried() openState
	// redriven gets the open part of an unsuccessful state ready to go on; false
	// if the state does its work anew instead. It is part of apply.
	redriven(f *frame) bool

	// code writes or reads what is kept, for snapshots.
	code(c *coder, x *Execution, f *frame)
	// sound reports whether what was read can be.
	sound(f *frame) bool
}

// momentary is the part of a kind that never opens a state.
type momentary struct{}

func (momentary) open(*Execution, *frame, *Event) openState { return nil }
func (momentary) restore() openState                        { return nil }

// passive is an openState to which nothing of what its methods are for can
// happen. Kinds embed it and say what differs.
type passive struct{}

func (passive) ready(*frame) bool                                         { return false }
func (passive) resume(*Execution, *frame) *Failure                        { return nil }
func (passive) take(*Execution, *frame, Stimulus) bool                    { return false }
func (passive) fired(*Execution, *frame, Timer) bool                      { return false }
func (passive) pending(*Execution, *frame)                                {}
func (passive) fail(_ *Execution, _ *frame, _ *Failure, prev int64) int64 { return prev }
func (passive) abort(*Execution, *frame, int64)                           {}
func (passive) apply(*Execution, *frame, *Event)                          {}
func (passive) ended(*Execution, *frame, int64)                           {}
func (passive) retried() openState                                        { return nil }
func (passive) redriven(*frame) bool                                      { return false }
func (passive) code(*coder, *Execution, *frame)                           {}
func (passive) sound(*frame) bool                                         { return true }

// A stateType is what holds for all states of a type.
type stateType struct {
	name    asl.StateType
	compile func(*compiler, *state) kind

	// eager: the work begins in the step that enters the state.
	eager bool
	// retriable: the state can have Retriers, and has a RetryCount in the
	// context object.
	retriable bool
	// aborted says from when on the history has a StateAborted for a state of
	// the type that something else ends.
	aborted abortion
	// failed is the event for a state that contains others and gives up, or 0.
	failed Type
	// reentered: a redrive enters the state again, with an event of its own.
	reentered bool
}

// An abortion is from when on a type of state can be aborted.
type abortion uint8

const (
	notAborted abortion = iota
	abortedOnceOpen
	abortedOnceEntered
)

// stateTypes has all types of states.
var stateTypes map[asl.StateType]*stateType

func init() { // not an initializer: workflows contain states that contain workflows
	stateTypes = map[asl.StateType]*stateType{
		asl.Pass:     {name: asl.Pass, compile: compilePass},
		asl.Task:     {name: asl.Task, compile: compileTask, eager: true, retriable: true, aborted: abortedOnceOpen},
		asl.Choice:   {name: asl.Choice, compile: compileChoice},
		asl.Wait:     {name: asl.Wait, compile: compileWait, aborted: abortedOnceEntered},
		asl.Succeed:  {name: asl.Succeed, compile: compileSucceed},
		asl.Fail:     {name: asl.Fail, compile: compileFail, reentered: true},
		asl.Parallel: {name: asl.Parallel, compile: compileParallel, retriable: true, aborted: abortedOnceEntered, failed: ParallelStateFailed},
		asl.Map:      {name: asl.Map, compile: compileMap, retriable: true, aborted: abortedOnceEntered, failed: MapStateFailed},
	}
}

// A container is the openState of a state that has lines of control below it:
// the branches of a Parallel, or the iterations of an inline Map. p is the frame
// of the state, g the frame of the line.
type container interface {
	openState

	// size is how many lines there are in all, those that have ended or are to
	// come included.
	size() int
	// line returns the workflow of a line.
	line(index int32) *workflow
	// item is what a line works on, nil for a branch.
	item(index int32) *mapItem
	// ends reports whether an event of the type is the last of a line.
	ends(t Type) bool
	// collect keeps the output of a line that the event e has ended. It is part
	// of apply.
	collect(p, g *frame, e *Event)

	// succeeded says in the history that the last state of a line was exited.
	succeeded(x *Execution, p, g *frame)
	// failed says that a line has failed at the event cause.
	failed(x *Execution, p, g *frame, cause int64)
	// aborted says that a line is ended because of the event cause.
	aborted(x *Execution, p, g *frame, cause int64)
}
