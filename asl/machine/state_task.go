package machine

import (
	"cmp"
	"slices"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// A task is a Task state: a call to somebody outside, limited by a timeout and
// a heartbeat. Its events are TaskScheduled, TaskStarted and an outcome; with
// a token or a job to wait for, TaskSubmitted comes between. Spec: "Task State".
type task struct {
	resource    asl.Resource
	timeout     operand // nil: none
	heartbeat   operand
	credentials body
}

func compileTask(c *compiler, _ *state) work {
	resource, err := asl.ParseResource(c.field("Resource").Text())
	if err != nil {
		c.fail("Resource", "%v", err)
	}
	return &task{
		resource:    resource,
		timeout:     c.number("TimeoutSeconds"),
		heartbeat:   c.number("HeartbeatSeconds"),
		credentials: c.body("Credentials"),
	}
}

// run schedules the call: it evaluates everything about it, so that a retry
// sees what has changed and recovery need not evaluate anything.
func (t *task) run(x *Execution, f *frame) {
	if slices.Contains(x.missing, t.resource.Text) { // F-021
		x.fail(f, f.runtime("The activity %s does not exist.", t.resource.Text))
		return
	}
	in, scheduled, failure := t.prepare(x, f)
	if failure != nil {
		x.fail(f, failure)
		return
	}
	if x.mocked(f) {
		return
	}
	x.emit(Event{Type: TaskScheduled, Frame: f.id, Prev: f.prev, Doc: in, Task: scheduled})
	if t.resource.Kind == asl.Activity {
		x.ask(f, Command{Kind: OfferTask, Task: x.task(f)})
		x.askDeadlines(f)
		return
	}
	x.again(f)
}

// prepare evaluates the input of the call and what TaskScheduled says about it.
func (t *task) prepare(x *Execution, f *frame) (in value.Value, scheduled *TaskEvent, failure *Failure) {
	scheduled = &TaskEvent{Resource: t.resource}
	if in, failure = f.state.flow.arguments(x, f); failure == nil {
		failure = f.fits(in)
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

// seconds evaluates a timeout or heartbeat; 0 if the state has none.
func (t *task) seconds(x *Execution, f *frame, o operand, field string) (int64, *Failure) {
	if o == nil {
		return 0, nil
	}
	in, failure := f.state.flow.effective(x, f)
	if failure != nil {
		return 0, failure
	}
	n, failure := integer(o, x.env(f, in), field)
	if failure == nil && n <= 0 {
		failure = f.runtime("The %s field must be a positive integer but was: %d", field, n)
	}
	return n, failure
}

// startTask emits TaskStarted and asks for the call.
func (x *Execution) startTask(f *frame) {
	x.emit(Event{Type: TaskStarted, Frame: f.id, Prev: f.prev, Task: &TaskEvent{Resource: f.call.Resource}})
	x.ask(f, Command{Kind: RunTask, Task: x.task(f)})
	x.askDeadlines(f)
}

// task describes the call that f has scheduled.
func (x *Execution) task(f *frame) *Task {
	return &Task{
		State:       f.state.name,
		Resource:    f.call.Resource,
		Input:       f.call.input,
		TaskToken:   x.taskToken(f, f.call.Resource, f.token),
		Credentials: f.call.Credentials,
		Timeout:     f.call.Timeout,
		Heartbeat:   f.call.Heartbeat,
		RetryCount:  f.retries,
		Submitted:   f.call.submitted,
	}
}

// askDeadlines sets the timers of the call. Both clocks start with TaskStarted.
func (x *Execution) askDeadlines(f *frame) {
	if f.timeoutAt != 0 {
		x.ask(f, Command{Kind: SetTimer, Timer: Timeout, Due: f.timeoutAt})
	}
	if f.beatAt != 0 {
		x.ask(f, Command{Kind: SetTimer, Timer: Heartbeat, Due: f.beatAt})
	}
}

// taskStimulus takes what can happen to a task under way; false if the task
// does not wait for it (any more).
func (x *Execution) taskStimulus(f *frame, s Stimulus) bool {
	switch s.Kind {
	case Answered:
		return x.answered(f, s)
	case CallbackSucceeded, CallbackFailed:
		return x.calledBack(f, s)
	case CallbackHeartbeat:
		return x.heartbeat(f)
	case ActivityTaken:
		if f.phase != offered {
			return false
		}
		x.emit(Event{Type: TaskStarted, Frame: f.id, Prev: f.prev, Task: &TaskEvent{Resource: f.call.Resource, Worker: s.Worker}})
		x.askDeadlines(f)
		return true
	}
	return false
}

// deadline takes the end of a task's timeout or of the time for its next
// heartbeat; false if the task is over.
func (x *Execution) deadline(f *frame, t Timer) bool {
	if f.phase != offered && f.phase != running && f.phase != submitted {
		return false
	}
	failure := timeout()
	if t == Heartbeat {
		if f.beatAt > x.now {
			return true // a heartbeat has moved it; its timer will come
		}
		failure = heartbeatTimeout()
	}
	x.settle(f, TaskTimedOut, value.Value{}, failure)
	x.again(f)
	return true
}

// answered takes the outcome of the call itself.
func (x *Execution) answered(f *frame, s Stimulus) bool {
	if f.phase != running || f.call.Resource.Kind == asl.Activity {
		return false
	}
	switch {
	case s.Failure != nil && s.Failure.fatal():
		x.outcome(f, TaskFailed, value.Value{}, f.runtime("%s", s.Failure.Cause.Text()))
	case s.Failure != nil:
		x.outcome(f, TaskFailed, value.Value{}, s.Failure)
	case f.call.Resource.Pattern == asl.RequestResponse || s.Output.Size() > MaxPayload:
		x.succeeded(f, s.Output)
	default:
		x.emit(Event{Type: TaskSubmitted, Frame: f.id, Prev: f.prev, Doc: orNull(s.Output), Task: &TaskEvent{Resource: f.call.Resource}})
		if c := f.call; c.answers { // the token was quicker
			x.callbackOutcome(f, c.output, c.kept)
		} else {
			x.watchJob(f)
		}
	}
	return true
}

// watchJob asks to be told when the job of a .sync task has ended.
func (x *Execution) watchJob(f *frame) {
	if f.call.Resource.Pattern == asl.Sync {
		x.ask(f, Command{Kind: WatchTask, Task: x.task(f)})
	}
}

// calledBack takes an answer to the task's token. If the call that carries the
// token has not returned yet, the answer waits for it.
func (x *Execution) calledBack(f *frame, s Stimulus) bool {
	switch {
	case f.phase == submitted || f.phase == running && f.call.Resource.Kind == asl.Activity:
		x.callbackOutcome(f, s.Output, s.Failure)
		return true
	case f.phase == running && f.call.Resource.Pattern != asl.RequestResponse && !f.call.answers:
		x.emit(Event{Type: AnswerKept, Frame: f.id, Doc: s.Output, Failure: s.Failure})
		return true
	}
	return false
}

func (x *Execution) callbackOutcome(f *frame, output value.Value, failure *Failure) {
	if failure != nil {
		x.outcome(f, TaskFailed, value.Value{}, failure)
		return
	}
	x.succeeded(f, output)
}

// succeeded ends the call with its result, which must fit (F-014, F-024).
func (x *Execution) succeeded(f *frame, output value.Value) {
	if output.Size() > MaxPayload {
		x.outcome(f, TaskFailed, value.Value{}, tooLarge(cmp.Or(f.call.Resource.Type(), f.call.Resource.Text)))
		return
	}
	x.outcome(f, TaskSucceeded, orNull(output), nil)
}

// heartbeat moves the heartbeat deadline. The history does not show it.
func (x *Execution) heartbeat(f *frame) bool {
	if f.phase != submitted && f.phase != running {
		return false
	}
	if f.call.Heartbeat > 0 {
		x.emit(Event{Type: HeartbeatReceived, Frame: f.id, Due: x.after(f.call.Heartbeat)})
		x.ask(f, Command{Kind: SetTimer, Timer: Heartbeat, Due: f.beatAt})
	}
	return true
}

// outcome ends the call: the frame goes on with its result or its failure.
func (x *Execution) outcome(f *frame, t Type, output value.Value, failure *Failure) {
	x.settle(f, t, output, failure)
	x.step(f)
}

// settle writes how the call ended, and gives up what else was asked for it.
func (x *Execution) settle(f *frame, t Type, output value.Value, failure *Failure) {
	if t == TaskTimedOut || f.timeoutAt != 0 || f.beatAt != 0 || f.call.Resource.Pattern == asl.Sync {
		x.ask(f, Command{Kind: CancelTask})
	}
	x.emit(Event{Type: t, Frame: f.id, Prev: f.prev, Doc: output, Failure: failure, Task: &TaskEvent{Resource: f.call.Resource}})
}

// applyTask is the part of apply for the events of tasks.
func (x *Execution) applyTask(f *frame, e *Event) {
	switch e.Type {
	case TaskScheduled:
		f.call = &call{TaskEvent: *e.Task, input: e.Doc}
		f.token, f.phase = x.records, scheduled
		f.timeoutAt, f.beatAt = 0, 0
		if e.Task.Resource.Kind == asl.Activity {
			f.phase = offered
		}
	case TaskStarted:
		f.phase = running
		if f.call.Timeout > 0 {
			f.timeoutAt = x.after(f.call.Timeout)
		}
		if f.call.Heartbeat > 0 {
			f.beatAt = x.after(f.call.Heartbeat)
		}
	case TaskSubmitted:
		f.phase, f.call.submitted = submitted, e.Doc
	case HeartbeatReceived:
		f.beatAt = e.Due
	case AnswerKept:
		f.call.answers, f.call.output, f.call.kept = true, e.Doc, e.Failure
	case TaskSucceeded:
		f.result, f.token, f.phase = e.Doc, 0, resulted
	case TaskFailed, TaskTimedOut:
		f.failure, f.token, f.phase = e.Failure, 0, failed
	}
}
