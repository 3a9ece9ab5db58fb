package machine

import (
	"cmp"
	"slices"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// A task is a Task state: a call to a resource outside, limited by a timeout and
// a heartbeat. Its events are TaskScheduled, TaskStarted and an outcome; with
// a token or a job to wait for, TaskSubmitted comes between, or TaskSubmitFailed
// ends it. Spec: "Task State".
type task struct {
	resource    asl.Resource
	timeout     operand // nil: none
	heartbeat   operand
	credentials body
}

func compileTask(c *compiler, st *state) kind {
	resource, err := asl.ParseResource(c.field("Resource").Text())
	if err != nil {
		c.fail("Resource", "%v", err)
	}
	st.resource = resource
	return &task{
		resource:    resource,
		timeout:     c.number("TimeoutSeconds"),
		heartbeat:   c.number("HeartbeatSeconds"),
		credentials: c.body("Credentials"),
	}
}

// run schedules the call: it evaluates everything about it, so that a retry
// sees what has changed and recovery need not evaluate anything.
func (t *task) run(x *Execution, f *frame) *Failure {
	if slices.Contains(x.missing, t.resource.Text) { // F-021
		return f.runtime("The activity %s does not exist.", t.resource.Text)
	}
	in, scheduled, failure := t.prepare(x, f)
	if failure != nil {
		return failure
	}
	if mock := x.mock(f); mock != nil {
		return x.mocked(f, mock)
	}
	x.emit(Event{Type: TaskScheduled, Frame: f.id, Prev: f.prev, Doc: in, Task: scheduled})
	if t.resource.Kind == asl.Activity {
		f.open.pending(x, f)
		return nil
	}
	x.again(f)
	return nil
}

// prepare evaluates the input of the call and what TaskScheduled says about it.
func (t *task) prepare(x *Execution, f *frame) (in value.Value, scheduled *TaskEvent, failure *Failure) {
	scheduled = &TaskEvent{Resource: t.resource}
	if in, failure = f.state.flow.arguments(x, f); failure == nil {
		failure = f.fits(in)
	}
	if complete := x.program.complete; failure == nil && complete != nil && t.resource.Kind == asl.Integration {
		var problem string
		if in, problem = complete(t.resource, in); problem != "" {
			failure = f.runtime("The Parameters '%s' could not be used to start the Task: [%s]", in, problem)
		}
	}
	if failure == nil {
		scheduled.Timeout, failure = t.seconds(x, f, t.timeout, "TimeoutSeconds")
	}
	if failure == nil {
		scheduled.Heartbeat, failure = t.seconds(x, f, t.heartbeat, "HeartbeatSeconds")
	}
	if failure == nil && t.credentials != nil {
		var credentials value.Value
		credentials, failure = t.credentials.eval(x.env(f, f.raw))
		scheduled.Credentials = credentials.Get("RoleArn").Text()
	}
	return in, scheduled, failure
}

// seconds evaluates a timeout or heartbeat; 0 if the state has none. A path must not
// give 0, which an expression may (F-090).
func (t *task) seconds(x *Execution, f *frame, o operand, field string) (int64, *Failure) {
	if o == nil {
		return 0, nil
	}
	in, failure := f.state.flow.effective(x, f)
	if failure != nil {
		return 0, failure
	}
	n, failure := integer(o, x.env(f, in), field)
	if _, expression := o.(queryOperand); failure == nil && n <= 0 && !expression {
		failure = f.runtime("The %s field must be a positive integer but was: %d", field, n)
	}
	return n, failure
}

// A call is the open part of a Task state: the task that was scheduled. It is
// kept until the state is exited or schedules its next attempt.
type call struct {
	passive
	TaskEvent
	phase     callPhase
	number    int // of the invocation, see Task.Invocation
	input     value.Value
	timeoutAt int64 // deadlines, 0 if none
	beatAt    int64
	submitted value.Value // what TaskSubmitted shows
	answers   bool        // kept or output is set
	kept      *Failure    // answer to the token that came before the call had returned
	output    value.Value
}

// callPhase says what a call waits for.
type callPhase uint8

const (
	scheduled callPhase = iota // to be started
	offered                    // an activity worker
	running                    // the answer of the call
	submitted                  // an answer to its token, or the end of its job
	over
)

func (t *task) open(x *Execution, f *frame, e *Event) openState {
	c := &call{TaskEvent: *e.Task, input: e.Doc, number: x.invocation(f.state.name)}
	if e.Task.Resource.Kind == asl.Activity {
		c.phase = offered
	}
	f.token = x.records
	return c
}

// invocation counts the tasks that a state has scheduled, and returns how many
// there were before. Only test cases ask for that. Iterations of a Map count
// together.
func (x *Execution) invocation(state string) int {
	if x.start.TestCase == "" {
		return 0
	}
	if x.scheduled == nil {
		x.scheduled = make(map[string]int)
	}
	n := x.scheduled[state]
	x.scheduled[state]++
	return n
}

func (t *task) restore() openState { return &call{} }

func (c *call) ready(*frame) bool { return c.phase == scheduled }

// resume emits TaskStarted and asks for the call.
func (c *call) resume(x *Execution, f *frame) *Failure {
	if c.phase != scheduled {
		return nil
	}
	x.emit(Event{Type: TaskStarted, Frame: f.id, Prev: f.prev, Task: &TaskEvent{Resource: c.Resource}})
	c.pending(x, f)
	return nil
}

// pending asks for what the call waits for, and for the timers of its
// deadlines. Both clocks start with TaskStarted.
func (c *call) pending(x *Execution, f *frame) {
	switch {
	case c.phase == offered:
		x.ask(f, Command{Kind: OfferTask, Task: c.task(x, f)})
	case c.phase == running && c.Resource.Kind != asl.Activity:
		x.ask(f, Command{Kind: RunTask, Task: c.task(x, f)})
	case c.phase == submitted && c.Resource.Pattern == asl.Sync:
		x.ask(f, Command{Kind: WatchTask, Task: c.task(x, f)})
	}
	if c.phase != scheduled {
		c.limitTime(x, f)
	}
}

// task describes the call.
func (c *call) task(x *Execution, f *frame) *Task {
	return &Task{
		State:       f.state.name,
		Resource:    c.Resource,
		Input:       c.input,
		TaskToken:   x.taskToken(f, c.Resource, f.token),
		Credentials: c.Credentials,
		Timeout:     c.Timeout,
		Heartbeat:   c.Heartbeat,
		RetryCount:  f.retries,
		Invocation:  c.number,
		Replied:     c.answers,
		Submitted:   c.submitted,
	}
}

// limitTime sets the timers of the call.
func (c *call) limitTime(x *Execution, f *frame) {
	if c.timeoutAt != 0 {
		x.ask(f, Command{Kind: SetTimer, Timer: Timeout, Due: c.timeoutAt})
	}
	if c.beatAt != 0 {
		x.ask(f, Command{Kind: SetTimer, Timer: Heartbeat, Due: c.beatAt})
	}
}

// waits reports whether the next event of the call comes from outside.
func (c *call) waits() bool { return c.phase >= offered && c.phase <= submitted }

// take takes what can happen to a task under way.
func (c *call) take(x *Execution, f *frame, s Stimulus) bool {
	switch s.Kind {
	case Answered:
		return c.returned(x, f, &s)
	case CallbackSucceeded, CallbackFailed:
		return c.calledBack(x, f, &s)
	case CallbackHeartbeat:
		return c.heartbeat(x, f)
	case ActivityTaken:
		if c.phase != offered {
			return false
		}
		x.emit(Event{Type: TaskStarted, Frame: f.id, Prev: f.prev, Task: &TaskEvent{Resource: c.Resource, Worker: s.Worker}})
		c.limitTime(x, f)
		return true
	}
	return false
}

// fired takes the end of the task's timeout or of the time for its next
// heartbeat.
func (c *call) fired(x *Execution, f *frame, t Timer) bool {
	if !c.waits() {
		return false
	}
	failure := timeout()
	if t == Heartbeat {
		if c.beatAt > x.now {
			return true // a heartbeat has moved it; its timer will come
		}
		failure = heartbeatTimeout()
	}
	c.settle(x, f, TaskTimedOut, value.Value{}, failure)
	x.again(f)
	return true
}

// returned takes the outcome of the call itself.
func (c *call) returned(x *Execution, f *frame, s *Stimulus) bool {
	switch {
	case c.phase == offered: // a test case answers in place of a worker
		x.emit(Event{Type: TaskStarted, Frame: f.id, Prev: f.prev, Task: &TaskEvent{Resource: c.Resource}})
		c.outcomeOf(x, f, s)
		return true
	case c.phase != running || c.Resource.Kind == asl.Activity:
		return false
	}
	if s.Final && c.Resource.Pattern != asl.RequestResponse {
		x.emit(Event{Type: TaskSubmitted, Frame: f.id, Prev: f.prev, Doc: value.EmptyObject, Task: &TaskEvent{Resource: c.Resource}})
		c.outcomeOf(x, f, s)
		return true
	}
	if s.Failure != nil || c.Resource.Pattern == asl.RequestResponse || s.Output.Size() > MaxPayload {
		c.outcomeOf(x, f, s)
		return true
	}
	x.emit(Event{Type: TaskSubmitted, Frame: f.id, Prev: f.prev, Doc: orNull(s.Output), Task: &TaskEvent{Resource: c.Resource}})
	switch {
	case c.answers: // the token was quicker
		c.answered(x, f, c.output, c.kept)
	case c.Resource.Pattern == asl.Sync:
		x.ask(f, Command{Kind: WatchTask, Task: c.task(x, f)})
	}
	return true
}

// outcomeOf ends the call with what a stimulus brings. A call that would have
// submitted a job, or handed its token on, has failed to do that.
func (c *call) outcomeOf(x *Execution, f *frame, s *Stimulus) {
	failed := TaskFailed
	if c.Resource.Pattern != asl.RequestResponse && c.phase == running {
		failed = TaskSubmitFailed
	}
	switch {
	case s.Failure != nil && s.Failure.fatal():
		c.outcome(x, f, failed, value.Value{}, f.runtime("%s", s.Failure.Cause.Text()))
	case s.Failure != nil:
		c.outcome(x, f, failed, value.Value{}, s.Failure)
	default:
		c.succeeded(x, f, s.Output)
	}
}

// calledBack takes an answer to the task's token. If the call that carries the
// token has not returned yet, the answer waits for it.
func (c *call) calledBack(x *Execution, f *frame, s *Stimulus) bool {
	switch {
	case c.phase == submitted || c.phase == running && c.Resource.Kind == asl.Activity:
		c.answered(x, f, s.Output, s.Failure)
		return true
	case c.phase == running && c.Resource.Pattern != asl.RequestResponse && !c.answers:
		x.emit(Event{Type: AnswerKept, Frame: f.id, Doc: s.Output, Failure: s.Failure})
		return true
	}
	return false
}

func (c *call) answered(x *Execution, f *frame, output value.Value, failure *Failure) {
	if failure != nil {
		c.outcome(x, f, TaskFailed, value.Value{}, failure)
		return
	}
	c.succeeded(x, f, output)
}

// succeeded ends the call with its result, which must fit (F-014, F-024).
func (c *call) succeeded(x *Execution, f *frame, output value.Value) {
	if output.Size() > MaxPayload {
		c.outcome(x, f, TaskFailed, value.Value{}, tooLarge(cmp.Or(c.Resource.Type(), c.Resource.Text)))
		return
	}
	c.outcome(x, f, TaskSucceeded, orNull(output), nil)
}

// heartbeat moves the heartbeat deadline. The history does not show it.
func (c *call) heartbeat(x *Execution, f *frame) bool {
	if c.phase != submitted && c.phase != running {
		return false
	}
	if c.Heartbeat > 0 {
		x.emit(Event{Type: HeartbeatReceived, Frame: f.id, Due: x.after(c.Heartbeat)})
		x.ask(f, Command{Kind: SetTimer, Timer: Heartbeat, Due: c.beatAt})
	}
	return true
}

// outcome ends the call: the frame goes on with its result or its failure.
func (c *call) outcome(x *Execution, f *frame, t Type, output value.Value, failure *Failure) {
	c.settle(x, f, t, output, failure)
	if x.steps != nil {
		x.again(f)
		return
	}
	x.step(f)
}

// settle records how the call ended, and gives up what else was asked for it.
func (c *call) settle(x *Execution, f *frame, t Type, output value.Value, failure *Failure) {
	if t == TaskTimedOut || c.timeoutAt != 0 || c.beatAt != 0 || c.Resource.Pattern == asl.Sync {
		x.ask(f, Command{Kind: Cancel})
	}
	x.emit(Event{Type: t, Frame: f.id, Prev: f.prev, Doc: output, Failure: failure, Task: &TaskEvent{Resource: c.Resource}})
}

func (c *call) abort(x *Execution, f *frame, _ int64) {
	if c.waits() {
		x.ask(f, Command{Kind: Cancel})
	}
}

func (c *call) apply(x *Execution, f *frame, e *Event) {
	switch e.Type {
	case TaskStarted:
		c.phase = running
		if c.Timeout > 0 {
			c.timeoutAt = x.after(c.Timeout)
		}
		if c.Heartbeat > 0 {
			c.beatAt = x.after(c.Heartbeat)
		}
	case TaskSubmitted:
		c.phase, c.submitted = submitted, e.Doc
	case HeartbeatReceived:
		c.beatAt = e.Due
	case AnswerKept:
		c.answers, c.output, c.kept = true, e.Doc, e.Failure
	case TaskSucceeded:
		c.phase = over
		f.result, f.token, f.phase = e.Doc, 0, resulted
	case TaskFailed, TaskSubmitFailed, TaskTimedOut:
		c.phase = over
		f.failure, f.token, f.phase = e.Failure, 0, failed
	}
}

// retried keeps the call: a state that was scheduled once can be aborted.
func (c *call) retried() openState { return c }

func (c *call) code(k *coder, _ *Execution, _ *frame) {
	k.task(&c.TaskEvent)
	k.byte((*byte)(&c.phase))
	k.int(&c.number)
	k.value(&c.input)
	k.int64(&c.timeoutAt)
	k.int64(&c.beatAt)
	k.value(&c.submitted)
	k.bool(&c.answers)
	k.value(&c.output)
	if present(k, &c.kept) {
		k.failure(c.kept)
	}
}

func (c *call) sound(f *frame) bool {
	return c.phase <= over && (f.phase == opened) == (c.phase != over)
}
