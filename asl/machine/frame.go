package machine

import (
	"slices"

	"github.com/aslocal/aslocal/value"
)

// This file has what varies in an execution. Spec: "Using Variables".

// A frame is one line of control: the root, a branch of a Parallel state, or
// an iteration of an inline Map state.
type frame struct {
	id     int32
	index  int32 // which branch or iteration
	parent *frame
	in     container // the open state of parent that the line belongs to; nil for the root
	flow   *workflow
	scope  value.Value // variables assigned in this frame: an object, or no value
	held   int         // bytes of the values in scope

	state     *state
	phase     phase
	open      openState   // what the state has begun, if it has
	raw       value.Value // the input of the state; after it, its output
	result    value.Value
	failure   *Failure
	next      *state // after StateExited
	entered   int64  // id of the StateEntered event
	enteredAt int64
	prev      int64 // event that the next one points back to
	exitPrev  int64 // the same for the StateExited of a Parallel or Map; 0 for prev

	token   int64 // record that asked for what the frame waits for
	due     int64 // when a Wait, or the pause before a retry, ends
	tries   []int // retries so far, by retrier
	retries int   // and altogether
}

// phase says what a frame does next, or what it waits for.
type phase uint8

const (
	starting phase = iota // enter the first state
	entered               // do the state's work
	opened                // the work goes on: see frame.open
	retrying              // waits until the state is tried again
	resulted              // has a result: make the output of it
	failed                // has a failure: retry, catch or give up
	exited                // enter the next state, or end
)

// waits reports whether only a stimulus moves the frame on.
func (f *frame) waits() bool {
	return f.phase == retrying || f.phase == opened && !f.open.ready(f)
}

// variable looks a workflow variable up from the inside out.
func (f *frame) variable(name string) value.Value {
	for ; f != nil; f = f.parent {
		if v := f.scope.Get(name); v.Exists() {
			return v
		}
	}
	return value.Value{}
}

// assign sets variables in the frame's own scope.
func (f *frame) assign(assigned value.Value) {
	f.held += f.growth(assigned)
	f.scope = withVariables(f.scope, assigned)
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

// held is how many bytes the variables of all frames have, without those below
// a state that has failed.
func (x *Execution) held() int {
	bytes := x.root.held
	for _, f := range x.frames {
		if !f.suspended() {
			bytes += f.held
		}
	}
	return bytes
}

// suspended reports whether the frame is below a state that has failed: it goes
// on only if the execution is redriven.
func (f *frame) suspended() bool {
	for p := f.parent; p != nil; p = p.parent {
		if p.phase == failed {
			return true
		}
	}
	return false
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
