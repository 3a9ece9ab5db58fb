package machine

import (
	"iter"
	"slices"

	"github.com/aslocal/aslocal/value"
)

// This file has the loop of an execution: a stimulus becomes its first events,
// then the lines of control step in turn until all of them wait. What a state
// does is in the file of its kind.

// An Execution is one run of a Program. It is not safe for concurrent use.
type Execution struct {
	program  *Program
	start    *Start
	input    value.Value
	started  int64
	status   Status
	output   value.Value
	failure  *Failure
	stopped  int64
	redrives int   // so far
	redriven int64 // when for the last time
	since    int64 // the start, or the last redrive: the timeout of the execution counts from here

	root      *frame           // nil before the start, and after an end that is for good
	frames    map[int32]*frame // the others, while they live
	lastFrame int32
	lastID    int64 // history events so far
	records   int64 // all records so far; a record's number is the token of what it asked for
	hasRuns   bool  // it has begun a Map Run

	scheduled map[string]int // in a test case: how many tasks were scheduled, by the name of the state

	now     int64       // of the last event or stimulus; it never goes back
	full    bool        // the history has no room left
	ready   []*frame    // in the order in which they take their next step
	context value.Value // Execution of the context object, once it is wanted
	probe   Probe       // nil in production
	steps   *stepping   // nil unless it is run step by step

	// What follows lives only during one Handle.
	events  []Event
	cmds    []Command
	scratch env
	drawn   *random // see draw
	drawnAt int64
	missing []string  // Stimulus.MissingActivities
	touched []*mapRun // Map Runs that something has happened to
}

// New returns an execution of the program that has not begun.
func New(p *Program) *Execution { return &Execution{program: p} }

// Fresh returns an execution of the same program that has not begun.
func (x *Execution) Fresh() *Execution { return New(x.program) }

// Program returns the program that the execution runs.
func (x *Execution) Program() *Program { return x.program }

// Status returns the status; Running before the start, too.
func (x *Execution) Status() Status { return x.status }

// Start returns what the execution began with, nil before that.
func (x *Execution) Start() *Start { return x.start }

// Input returns the input that the execution began with.
func (x *Execution) Input() value.Value { return x.input }

// Output returns the output of an execution that has succeeded.
func (x *Execution) Output() value.Value { return x.output }

// Failure returns error and cause of an execution that has failed, timed out
// or been stopped; nil if there is none.
func (x *Execution) Failure() *Failure { return x.failure }

// Times returns when the execution started and stopped, in Unix milliseconds;
// stopped is 0 while it runs.
func (x *Execution) Times() (started, stopped int64) { return x.started, x.stopped }

// Events returns the number of events in the history.
func (x *Execution) Events() int64 { return x.lastID }

// Records returns the number of records so far: events of the history and
// private ones.
func (x *Execution) Records() int64 { return x.records }

// Handle takes one stimulus as far as it goes, or until about budget events
// have happened (0: no limit): then the batch has More, and the caller goes on
// with a Resumed stimulus after it has looked whether something else is due.
// The events are appended to buf, which may be nil.
func (x *Execution) Handle(s Stimulus, budget int, buf []Event) Batch {
	x.now, x.events, x.missing = max(s.At, x.now), buf, s.MissingActivities
	b := Batch{Stale: !x.take(&s)}
	x.checkRoom()
	if x.steps != nil {
		b.More = x.oneStep(s.Kind)
	} else {
		b.More = x.run(budget)
	}
	b.Events, b.Commands, b.MapRuns = x.events, x.cmds, x.summaries()
	x.events, x.cmds, x.scratch, x.drawn, x.missing = nil, nil, env{}, nil, nil
	return b
}

// take turns the stimulus into its first events; false if it is stale.
func (x *Execution) take(s *Stimulus) bool {
	switch {
	case x.start == nil:
		return s.Kind == Begin && x.begin(s)
	case s.Kind == Redriven:
		return x.redrive()
	case x.status != Running:
		return false
	}
	switch s.Kind {
	case Begin:
		return false
	case Stopped:
		x.end(ExecutionAborted, 0, s.Failure)
		return true
	case InternalError:
		x.end(ExecutionFailed, x.lastID, s.Failure)
		return true
	case Resumed:
		if len(x.ready) == 0 { // after Replay
			x.readyAll()
		}
		return true
	case Fired:
		return x.fired(s)
	case MapRunChanged:
		return x.updateRun(s)
	case Overridden:
		f := x.frame(s.Frame)
		return f != nil && x.override(f, s.Override)
	}
	f := x.frame(s.Frame)
	return f != nil && f.token == s.Token && f.open != nil && f.open.take(x, f, *s)
}

// readyAll queues every frame that does not wait for a stimulus.
func (x *Execution) readyAll() {
	for _, f := range x.living() {
		if !f.waits() {
			x.again(f)
		}
	}
}

// fired takes the timers of one instant; false if all of them are stale. All
// their events are emitted before any consequence: when several tasks of a Map
// time out together, the Map fails after all of them have timed out (F-032).
func (x *Execution) fired(s *Stimulus) bool {
	taken := x.alarm(Alarm{s.Frame, s.Token, s.Timer})
	for _, a := range s.Also {
		if x.status != Running {
			break
		}
		taken = x.alarm(a) || taken
	}
	return taken
}

func (x *Execution) alarm(a Alarm) bool {
	if a.Timer == ExecutionTimeout {
		if a.Token != -int64(x.redrives) {
			return false
		}
		x.end(ExecutionTimedOut, 0, timeout())
		return true
	}
	f := x.frame(a.Frame)
	switch {
	case f == nil || f.token != a.Token:
		return false
	case f.phase == retrying && a.Timer == Sleep:
		x.awake(f)
		return true
	}
	return f.phase == opened && f.open.fired(x, f, a.Timer)
}

// awake ends a sleep.
func (x *Execution) awake(f *frame) {
	x.emit(Event{Type: TimerFired, Frame: f.id})
	x.again(f)
}

// begin emits ExecutionStarted and gets the root ready.
func (x *Execution) begin(s *Stimulus) bool {
	x.emit(Event{Type: ExecutionStarted, Doc: orNull(s.Output), Start: s.Start})
	x.limitTime()
	x.again(x.root)
	return true
}

// expressTimeout is how long an Express execution may last, in seconds.
const expressTimeout = 300

// limitTime asks for the timer that ends the whole execution, if it has one. A
// redrive begins the time anew (F-097): it sets another timer, with a token of
// its own, which no record has.
func (x *Execution) limitTime() {
	seconds := x.program.timeout
	if x.start.Express && (seconds == 0 || seconds > expressTimeout) {
		seconds = expressTimeout
	}
	if seconds > 0 {
		x.cmds = append(x.cmds, Command{Kind: SetTimer, Timer: ExecutionTimeout, Token: -int64(x.redrives), Due: x.since + seconds*1000})
	}
}

// run steps the ready frames in turn until all wait; true if the budget ends it
// before that. A step is atomic: batches end between steps only.
func (x *Execution) run(budget int) (more bool) {
	next := 0
	for next < len(x.ready) {
		if budget > 0 && len(x.events) >= budget {
			break
		}
		f := x.ready[next]
		next++
		if x.status != Running || x.frame(f.id) != f {
			continue // a failure elsewhere has ended it
		}
		x.step(f)
		x.checkRoom()
		if next == len(x.ready) {
			x.ready, next = x.ready[:0], 0
		}
	}
	x.ready = slices.Delete(x.ready, 0, next)
	if x.status != Running {
		x.ready = nil
	}
	return len(x.ready) > 0
}

// checkRoom ends an execution whose history has no room for the step that was
// taken.
func (x *Execution) checkRoom() {
	if x.full && x.status == Running {
		x.end(ExecutionFailed, x.lastID, tooManyEvents())
	}
}

// step moves a frame on by one step. Whatever fails in it fails here.
func (x *Execution) step(f *frame) {
	var failure *Failure
	switch f.phase {
	case starting:
		failure = x.enter(f, f.flow.start)
	case entered:
		failure = f.state.kind.run(x, f)
	case opened:
		failure = f.open.resume(x, f)
	case resulted:
		failure = x.complete(f, f.result)
	case failed:
		failure = f.failure
	case exited:
		failure = x.proceed(f)
	}
	switch {
	case failure == nil:
	case x.steps != nil && f.phase != failed:
		x.steps.failing(x, f, failure)
	default:
		x.fail(f, failure)
	}
}

// again queues f for another step, behind the frames that are ready now.
func (x *Execution) again(f *frame) { x.ready = append(x.ready, f) }

// enter emits StateEntered. An eager kind does its work in the same step, as
// the service does; others do it in the next one.
func (x *Execution) enter(f *frame, st *state) *Failure {
	x.emit(Event{Type: StateEntered, Frame: f.id, Prev: f.prev, Kind: st.stateType.name, State: st.name, Doc: f.raw, target: st})
	if st.eager && x.steps == nil {
		return st.kind.run(x, f)
	}
	x.again(f)
	return nil
}

// complete makes the state's output of its result and exits it.
func (x *Execution) complete(f *frame, result value.Value) *Failure {
	out, assigned, failure := f.state.flow.output(x, f, result)
	if failure != nil {
		return failure
	}
	return x.leave(f, out, assigned, f.state.next)
}

// leave checks output and variables against the size limits, then exits the
// state.
func (x *Execution) leave(f *frame, out, assigned value.Value, next *state) *Failure {
	if failure := x.checkSizes(f, out, assigned); failure != nil {
		return failure
	}
	return x.exit(f, out, assigned, next)
}

// exit emits StateExited and goes on with the next state, nil for none.
func (x *Execution) exit(f *frame, out, assigned value.Value, next *state) *Failure {
	e := Event{Type: StateExited, Frame: f.id, Prev: f.prev, Kind: f.state.stateType.name, State: f.state.name, Doc: out, Assigned: assigned}
	if f.exitPrev != 0 {
		e.Prev = f.exitPrev
	}
	if next != nil {
		e.Next = next.name
		if next.kind != nil { // else the program is one state, which leads out of it
			e.target = next
		}
	}
	x.emit(e)
	if x.steps != nil && x.frame(f.id) == f { // else it was a branch, which has ended
		x.again(f)
		return nil
	}
	return x.proceed(f)
}

// fits checks what goes into or out of the state that f is in against the
// payload limit. What came in is known to fit.
func (f *frame) fits(payload value.Value) *Failure {
	if payload != f.raw && payload.Size() > MaxPayload {
		return tooLarge(f.state.name)
	}
	return nil
}

// checkSizes checks output and variables against the limits.
func (x *Execution) checkSizes(f *frame, out, assigned value.Value) *Failure {
	if failure := f.fits(out); failure != nil {
		return failure
	}
	if assigned.Len() == 0 {
		return nil
	}
	if assigned.Size() > MaxPayload {
		return f.runtime("The size of the variables assigned in the state exceeds the limit of %d bytes.", MaxPayload)
	}
	if x.held()+f.growth(assigned) > MaxVariables {
		return f.runtime("The size of all variables of the execution exceeds the limit of %d bytes.", MaxVariables)
	}
	return nil
}

// proceed enters the state after the one that was exited, or ends the line of
// control.
func (x *Execution) proceed(f *frame) *Failure {
	switch {
	case f.next != nil:
		return x.enter(f, f.next)
	case f.parent == nil:
		x.end(ExecutionSucceeded, f.prev, nil)
	default:
		p := f.parent
		f.in.succeeded(x, p, f)
		switch {
		case p.phase != opened: // an event that ended the line has closed the state
		case x.steps != nil:
			x.again(p)
		default:
			x.step(p)
		}
	}
	return nil
}

// end emits the last event. If the step before it had no room in the history,
// the execution fails for that reason (F-016, F-027).
func (x *Execution) end(t Type, prev int64, failure *Failure) {
	if x.full {
		t, prev, failure = ExecutionFailed, x.lastID, tooManyEvents()
	}
	e := Event{Type: t, Prev: prev, Failure: failure}
	if t == ExecutionSucceeded {
		e.Doc = x.root.raw
	}
	x.emit(e)
}

// after is the time the given number of seconds from now. It is cut off behind
// the longest Wait, so that it cannot overflow.
func (x *Execution) after(seconds int64) int64 { return x.now + min(seconds, longestWait+1)*1000 }

// emit adds an event to the batch and applies it.
func (x *Execution) emit(e Event) {
	e.At = x.now
	if !e.Type.Private() {
		e.ID = x.lastID + 1
	}
	n := len(x.events)
	x.events = append(x.events, e)
	if !e.Type.Terminal() && (x.full || e.ID >= MaxEvents && !x.express()) {
		// No room: the step goes on with the event applied but not recorded,
		// and checkRoom ends the execution behind it.
		id, records := x.lastID, x.records
		x.apply(&x.events[n])
		x.full, x.lastID, x.records, x.events = true, id, records, x.events[:n]
		return
	}
	x.apply(&x.events[n]) // not &e, which would be made on the heap
}

func (x *Execution) express() bool { return x.start != nil && x.start.Express }

// ask adds a command under f's current token.
func (x *Execution) ask(f *frame, c Command) {
	c.Frame, c.Token = f.id, f.token
	x.cmds = append(x.cmds, c)
}

func (x *Execution) frame(id int32) *frame {
	if id == 0 {
		return x.root
	}
	return x.frames[id]
}

// living returns the frames by id. Events and commands must not depend on the
// order of a Go map.
func (x *Execution) living() []*frame {
	if x.root == nil {
		return nil
	}
	out := make([]*frame, 0, 1+len(x.frames))
	out = append(out, x.root)
	for _, f := range x.frames {
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b *frame) int { return int(a.id - b.id) })
	return out
}

// Parked reports whether only a stimulus moves the execution on.
func (x *Execution) Parked() bool {
	for _, f := range x.living() {
		if !f.waits() {
			return false
		}
	}
	return true
}

// Replay rebuilds an execution from its events. Go on with a Resumed stimulus,
// whose batch continues what was cut off, after carrying out [Execution.Pending].
func Replay(p *Program, events iter.Seq[Event]) *Execution {
	x := New(p)
	var applied Event // one for all, since apply keeps it on the heap
	for applied = range events {
		x.apply(&applied)
	}
	x.touched = nil // reported when it happened
	return x
}

// Pending returns the commands that were asked for and have not been answered,
// in the order of their frames.
func (x *Execution) Pending() []Command {
	if x.status != Running || x.start == nil {
		return nil
	}
	x.cmds = nil
	x.limitTime()
	for _, f := range x.living() {
		switch f.phase {
		case retrying:
			x.ask(f, Command{Kind: SetTimer, Timer: Sleep, Due: f.due})
		case opened:
			f.open.pending(x, f)
		}
	}
	out := x.cmds
	x.cmds = nil
	return out
}
