package machine

import (
	"slices"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file runs an execution one step at a time, for a debugger: what production
// does at once is cut into steps between which everything can be looked at and
// changed. The events are those that may happen without it; only the order in
// which branches take turns may be another.

// stepping is what an execution that is run step by step has beside the others.
type stepping struct {
	failures map[int32]*Failure // that steps have given and that are dealt with in the next one, by frame
}

// Stepwise switches stepping on or off. With it, a stimulus only becomes its
// events, and each Resumed stimulus takes one step of one line of control:
//
//   - a state is entered
//   - it does its work: a Task is scheduled, started, a Choice decides
//   - what it waited for has come, and its output is made: it is exited
//   - a failure is dealt with
//
// It must not be called while Handle runs. It is not part of a snapshot.
func (x *Execution) Stepwise(on bool) {
	switch {
	case on && x.steps == nil:
		x.steps = &stepping{}
	case !on && x.steps != nil:
		x.steps = nil
	}
}

// oneStep takes the next step after a Resumed stimulus, none after another one;
// true if there is one more.
func (x *Execution) oneStep(after StimulusKind) (more bool) {
	if f := x.nextStep(); f != nil && after == Resumed {
		x.ready = slices.Delete(x.ready, 0, 1)
		if failure := x.steps.failures[f.id]; failure != nil {
			delete(x.steps.failures, f.id)
			x.fail(f, failure)
		} else {
			x.step(f)
		}
		x.checkRoom()
	}
	return x.nextStep() != nil
}

// nextStep returns the line of control that takes the next step, nil if all wait.
// It forgets those in front that have nothing to do.
func (x *Execution) nextStep() *frame {
	if x.status != Running {
		x.ready = nil
	}
	for len(x.ready) > 0 {
		f := x.ready[0]
		if x.frame(f.id) == f && (!f.waits() || x.steps != nil && x.steps.failures[f.id] != nil) {
			return f
		}
		x.ready = slices.Delete(x.ready, 0, 1)
	}
	return nil
}

// failing lets a failure wait for the next step of its line of control.
func (s *stepping) failing(x *Execution, f *frame, failure *Failure) {
	if s.failures == nil {
		s.failures = make(map[int32]*Failure)
	}
	s.failures[f.id] = failure
	x.again(f)
}

// A LinePhase says what a line of control does next.
type LinePhase uint8

// The phases.
const (
	Entering  LinePhase = iota // enters State
	Working                    // State was entered, or is tried again: it does its work
	Waiting                    // State waits: for a call, an answer, a timer, or its branches, iterations or children
	Finishing                  // State has a Result: its output is made of it
	Failing                    // State has a Failure: a Retrier, a Catcher or the state around it takes it
	Ending                     // the line of control ends
)

var linePhaseNames = [...]string{"entering", "working", "waiting", "finishing", "failing", "ending"}

// String returns the phase in one lower-case word.
func (p LinePhase) String() string { return linePhaseNames[p] }

// A Line is a line of control as it stands: the root, a branch of a Parallel
// state, or an iteration of an inline Map.
type Line struct {
	Frame  int32
	Parent int32 // -1: this is the root
	Index  int32 // which branch or iteration
	Lines  int   // how many of them State has below it, those that have ended or are to come included

	State    string       // "" while Ending
	Pointer  string       // JSON pointer of State in the definition
	Resource asl.Resource // of a Task
	Type     asl.StateType
	Phase    LinePhase
	Entered  int64  // id of the StateEntered event; 0 while Entering
	Begun    bool   // the work has begun: a Task is scheduled, lines of control run
	Attempts int    // how often the state was tried before
	Due      int64  // when a Wait, or the pause before a retry, ends, in Unix milliseconds; else 0
	Token    int64  // of the call that State waits for; 0 if it waits for none
	MapRun   string // ARN of the Map Run that State waits for; "" if it waits for none

	Input     value.Value // of State; while Ending, the output of the line
	Arguments value.Value // what the call gets, while Waiting for one
	Result    value.Value // while Finishing
	Failure   *Failure    // while Failing
	Variables value.Value // assigned in this line itself: an object, or no value
}

// Lines returns the lines of control in the order of their frames, so that one
// comes after the line around it; none before the start and after the end.
func (x *Execution) Lines() []Line {
	var lines []Line
	if x.status != Running {
		return nil
	}
	for _, f := range x.living() {
		lines = append(lines, x.line(f))
	}
	return lines
}

// Line returns the line of control of a frame; ok is false if there is none.
func (x *Execution) Line(frame int32) (l Line, ok bool) {
	f := x.frame(frame)
	if f == nil || x.status != Running {
		return l, false
	}
	return x.line(f), true
}

// Next returns the frame whose step is the next one; ok is false if all wait for
// a stimulus.
func (x *Execution) Next() (frame int32, ok bool) {
	if x.start == nil || x.status != Running {
		return 0, false
	}
	if len(x.ready) == 0 { // after Replay
		x.readyAll()
	}
	f := x.nextStep()
	if f == nil {
		return 0, false
	}
	return f.id, true
}

func (x *Execution) line(f *frame) Line {
	l := Line{Frame: f.id, Parent: -1, Index: f.index, Input: f.raw, Variables: f.scope}
	if f.parent != nil {
		l.Parent = f.parent.id
	}
	st := f.state
	switch f.phase {
	case starting, exited:
		st = f.next
		if f.phase == starting {
			st = f.flow.start
		}
		l.Phase = Entering
		if st == nil {
			l.Phase = Ending
		}
	case entered:
		l.Phase = Working
	case opened, retrying:
		l.Phase = Waiting
		if f.phase == retrying || st.stateType.name == asl.Wait {
			l.Due = f.due
		}
		if !f.waits() && st.branches == nil && st.processor == nil {
			l.Phase = Working
		}
	case resulted:
		l.Phase, l.Result = Finishing, f.result
	case failed:
		l.Phase, l.Failure = Failing, f.failure
	}
	if x.steps != nil && x.steps.failures[f.id] != nil {
		l.Phase, l.Failure = Failing, x.steps.failures[f.id]
	}
	if st == nil || st.stateType == nil {
		return l
	}
	l.State, l.Type, l.Pointer, l.Resource = st.name, st.stateType.name, st.place, st.resource
	l.Begun = f.phase == opened
	if l.Phase != Entering {
		l.Entered, l.Attempts = f.entered, f.retries
	}
	switch open := f.open.(type) {
	case container:
		l.Lines = open.size()
	case *call:
		l.Arguments, l.Token = open.input, f.token
	}
	if run, ok := f.open.(*mapRun); ok {
		l.MapRun = run.arn
	}
	return l
}

// ContextOf returns the context object that the state of a frame sees, no value
// while it is in none.
func (x *Execution) ContextOf(frame int32) value.Value {
	f := x.frame(frame)
	if f == nil || f.state == nil || f.phase == starting || f.state.stateType == nil {
		return value.Value{}
	}
	return x.env(f, f.raw).contextObject()
}

// A Taker says who takes a failure: a Retrier or a Catcher of a state.
type Taker struct {
	Frame   int32
	State   string // "" if nobody takes it
	Retrier int    // index, -1 if none
	Catcher int    // index, -1 if none
}

// TakerOf returns who will take a failure of the state that a frame is in.
func (x *Execution) TakerOf(frame int32, failure *Failure) Taker {
	nobody := Taker{Retrier: -1, Catcher: -1}
	if failure.fatal() {
		return nobody
	}
	for f := x.frame(frame); f != nil && f.state != nil; f = f.parent {
		if i := f.state.retrier(failure); i >= 0 {
			tries := 0
			if i < len(f.tries) {
				tries = f.tries[i]
			}
			if int64(tries) < f.state.retry[i].MaxAttempts {
				return Taker{f.id, f.state.name, i, -1}
			}
		}
		if i := f.state.catcher(failure); i >= 0 {
			return Taker{f.id, f.state.name, -1, i}
		}
	}
	return nobody
}

// A Preview is what the next step of a line of control would do.
type Preview struct {
	Data    []StepData // what the data flow passes by, in this order
	Written []Step     // steps whose fields a JSONPath definition has, whether they change the data or not
	Events  []Event    // what would happen
	Rule    int        // of a Choice: index of the rule that holds, -1 for Default or if there is none
	Catcher int        // index of the Catcher that takes a failure, -1 if none does
	Error   *Failure   // what the step fails with, before anybody takes it; nil if it does not
}

// StepData is the data at a step of the data flow.
type StepData struct {
	Step Step
	Data value.Value
}

// Preview takes the next step of a frame on a copy. Nothing happens to the
// execution itself. The error is that of copying it.
func (x *Execution) Preview(frame int32) (*Preview, error) {
	f := x.frame(frame)
	if f == nil || x.status != Running || f.waits() {
		return &Preview{Rule: -1, Catcher: -1}, nil
	}
	other, err := Restore(x.program, x.Snapshot())
	if err != nil {
		return nil, err
	}
	seen := &preview{Preview{Rule: -1, Catcher: -1}}
	if f.state != nil {
		if flow, ok := f.state.flow.(*pathFlow); ok {
			seen.Written = flow.written()
		}
	}
	other.now, other.probe, other.steps = x.now, seen, &stepping{}
	g := other.frame(frame)
	if x.steps != nil && x.steps.failures[frame] != nil {
		other.fail(g, x.steps.failures[frame])
	} else {
		other.step(g)
	}
	seen.Events = other.events
	if failure := other.steps.failures[frame]; failure != nil && seen.Error == nil {
		seen.Error = failure
	}
	return &seen.Preview, nil
}

// preview is the Probe of a Preview.
type preview struct{ Preview }

func (p *preview) Data(_ Place, s Step, v value.Value) {
	if v.Exists() {
		p.Preview.Data = append(p.Preview.Data, StepData{s, v})
	}
}
func (p *preview) Mock(Place) *Mock                              { return nil }
func (p *preview) Context(_ Place, made value.Value) value.Value { return made }
func (p *preview) Failed(_ Place, failure *Failure)              { p.Error = failure }
func (p *preview) Caught(_ Place, catcher int)                   { p.Catcher = catcher }
func (p *preview) Chosen(_ Place, rule int)                      { p.Rule = rule }

// An Override changes what a line of control has. Fields that have no value
// change nothing. Variables can be set together with any other field.
type Override struct {
	Variables value.Value // an object. A variable of a line around this one is set there, a new one in this line
	Input     value.Value // of the state that is entered or does its work
	Result    value.Value // of the state: what it does or waits for is given up, its output is made of this
	Failure   *Failure    // that the state fails with, likewise
	Output    value.Value // the state is exited with it; nothing of its own fields is evaluated
	Next      string      // state of the same workflow that follows, with Output or without one; "" for the one that the definition says
}

// The Index of a StateOverridden event.
const (
	overriddenVariables = iota
	overriddenInput
	overriddenResult
	overriddenFailure
	overriddenNext
)

// override does what a debugger asks for; false if the line of control is not
// where that can be done.
func (x *Execution) override(f *frame, o *Override) bool {
	leaves := o.Output.Exists() || o.Next != ""
	var next *state
	if leaves {
		var ok bool
		if next, ok = f.destination(o.Next); !ok {
			return false
		}
	}
	gives := o.Result.Exists() || o.Failure != nil
	if (gives || leaves) && !x.canGiveUp(f, leaves) || o.Input.Exists() && f.phase != starting && f.phase != exited && f.phase != entered {
		return false
	}
	x.overrideVariables(f, o.Variables)
	if o.Input.Exists() {
		x.emit(Event{Type: StateOverridden, Frame: f.id, Index: overriddenInput, Doc: o.Input})
	}
	switch {
	case leaves && (f.phase == starting || f.phase == exited):
		x.emit(Event{Type: StateOverridden, Frame: f.id, Index: overriddenNext, Next: next.name, Doc: o.Output})
	case leaves:
		x.giveUp(f)
		out := o.Output
		if !out.Exists() {
			out = f.raw
		}
		x.exit(f, out, value.Value{}, next)
	case gives:
		x.giveUp(f)
		e := Event{Type: StateOverridden, Frame: f.id, Index: overriddenResult, Doc: o.Result, Failure: o.Failure}
		if o.Failure != nil {
			e.Index = overriddenFailure
		}
		x.emit(e)
		x.again(f)
	}
	return true
}

// destination is the state that an Override leads to. Without a name it is the
// Next of the state that f is in, nil if that ends the workflow; ok is false if
// there is no such state, or it is for a Choice to say.
func (f *frame) destination(name string) (next *state, ok bool) {
	if name != "" {
		next, ok = f.flow.states[name]
		return next, ok
	}
	if f.phase == starting || f.phase == exited || f.state.stateType.name == asl.Choice || f.state.stateType.name == asl.Fail {
		return nil, false
	}
	return f.state.next, true
}

// canGiveUp reports whether what the state does can be cut short. States with
// branches, iterations or children that run cannot.
func (x *Execution) canGiveUp(f *frame, leaves bool) bool {
	switch f.phase {
	case starting, exited:
		return leaves && f.phase != exited || leaves && f.next != nil
	case opened:
		switch f.open.(type) {
		case *call, *wait:
			return true
		}
		return false
	}
	return true
}

// giveUp cancels what the state waits for, and forgets a failure that waits.
func (x *Execution) giveUp(f *frame) {
	if f.phase == retrying || f.phase == opened {
		x.ask(f, Command{Kind: Cancel})
	}
	if x.steps != nil {
		delete(x.steps.failures, f.id)
	}
}

// overrideVariables sets variables where they live.
func (x *Execution) overrideVariables(f *frame, variables value.Value) {
	of := make(map[int32]*value.ObjectBuilder)
	for name, v := range variables.Members() {
		owner := f
		for g := f; g != nil; g = g.parent {
			if g.scope.Get(name).Exists() {
				owner = g
				break
			}
		}
		if of[owner.id] == nil {
			of[owner.id] = &value.ObjectBuilder{}
		}
		of[owner.id].Set(name, v)
	}
	for _, g := range x.living() {
		if b := of[g.id]; b != nil {
			x.emit(Event{Type: StateOverridden, Frame: g.id, Index: overriddenVariables, Assigned: b.Value()})
		}
	}
}

// applyOverride is the part of apply for StateOverridden.
func (x *Execution) applyOverride(f *frame, e *Event) {
	switch e.Index {
	case overriddenVariables:
		f.assign(e.Assigned)
	case overriddenInput:
		f.raw = e.Doc
	case overriddenResult:
		f.settled()
		f.result, f.failure, f.phase, f.token = orNull(e.Doc), nil, resulted, 0
	case overriddenFailure:
		f.settled()
		f.failure, f.phase, f.token = e.Failure, failed, 0
	case overriddenNext:
		if f.phase == starting {
			f.phase = exited
		}
		if e.Doc.Exists() {
			f.raw = e.Doc
		}
		f.next = f.flow.states[e.Next]
	}
}

// settled notes that nothing is waited for any more of a call.
func (f *frame) settled() {
	if c, ok := f.open.(*call); ok {
		c.phase = over
	}
}
