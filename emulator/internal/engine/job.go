package engine

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/value"
)

// This file calls tasks and brings their outcomes back.

// A job is something that was asked of the task.Runner: a call, or the end of what a
// call has submitted. It is kept until its outcome is durable.
type job struct {
	execution int64
	frame     int32
	token     int64
	watches   bool // for the end of what a call has submitted; else it is a call
	ctx       context.Context
	cancel    context.CancelCauseFunc

	// Guarded by jobs.mu.
	calling bool              // a goroutine makes the call
	outcome *machine.Stimulus // what it has led to, until that is durable
	wake    func()            // what is called when the poll timer fires: a look at what it watches, or its delayed call; nil: nothing
	effects []string          // keys of the effect documents that it has written
	givenUp func()            // see OnGivenUp; may be nil
	replied bool              // the token of the task was answered while the call was made
	pending *PendingTask      // it waits to be answered by hand
	retry   func()            // makes the call of a pending job again
}

// jobs holds the jobs of all executions.
type jobs struct {
	mu sync.Mutex
	of map[int64][]*job // by id of the execution
}

// add makes a job for the token of a command. There is none when the execution
// was restored and the job of its last life goes on.
func (q *jobs) add(root context.Context, execution int64, c *machine.Command) *job {
	q.mu.Lock()
	defer q.mu.Unlock()
	jobs := q.of[execution]
	watches := c.Kind == machine.WatchTask
	for _, j := range jobs {
		if j.token == c.Token && j.watches == watches {
			return nil
		}
	}
	j := &job{execution: execution, frame: c.Frame, token: c.Token, watches: watches, calling: !watches}
	ctx, cancel := context.WithCancelCause(root)
	j.ctx, j.cancel = context.WithValue(ctx, jobKey{}, j), cancel
	if q.of == nil {
		q.of = make(map[int64][]*job)
	}
	q.of[execution] = append(jobs, j)
	return j
}

// jobKey is the key under which the context of a call has its job.
type jobKey struct{}

// remove forgets a job, if it is still there.
func (q *jobs) remove(j *job) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.keep(j.execution, func(other *job) bool { return other != j })
	j.cancel(nil)
}

// cancel gives up the jobs of a token, and returns them.
func (q *jobs) cancel(execution, token int64) (gone []*job) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.keep(execution, func(j *job) bool {
		if j.token == token {
			gone = append(gone, j)
			j.cancel(task.ErrGivenUp)
		}
		return j.token != token
	})
	return gone
}

// drop gives up all jobs of an execution, and returns them.
func (q *jobs) drop(execution int64) (gone []*job) {
	q.mu.Lock()
	defer q.mu.Unlock()
	gone = q.of[execution]
	for _, j := range gone {
		j.cancel(task.ErrGivenUp)
	}
	delete(q.of, execution)
	return gone
}

// OnGivenUp arranges that f is called, by a goroutine of its own, if the state that has
// asked for the call or watch of the context no longer waits for it: its execution was
// stopped or its task timed out. f is called at once if that has already happened, and
// not when the engine closes. A virtual clock stands still until f has returned. The
// function that is returned takes f back.
func (e *Engine) OnGivenUp(ctx context.Context, f func()) (forget func()) {
	j, ok := ctx.Value(jobKey{}).(*job)
	if !ok {
		return func() {} // a call of TestState: nobody gives it up
	}
	e.jobs.mu.Lock()
	defer e.jobs.mu.Unlock()
	if errors.Is(context.Cause(j.ctx), task.ErrGivenUp) {
		e.goBusy(f)
		return func() {}
	}
	j.givenUp = f
	return func() {
		e.jobs.mu.Lock()
		defer e.jobs.mu.Unlock()
		j.givenUp = nil
	}
}

// goBusy calls f by a goroutine of its own; until it returns a virtual clock does not
// move.
func (e *Engine) goBusy(f func()) {
	e.busy.add()
	go func() {
		defer e.busy.done()
		f()
	}()
}

// keep keeps the jobs of an execution that f is true for. The caller holds q.mu.
func (q *jobs) keep(execution int64, f func(*job) bool) {
	kept := slices.DeleteFunc(q.of[execution], func(j *job) bool { return !f(j) })
	if len(kept) == 0 {
		delete(q.of, execution)
		return
	}
	q.of[execution] = kept
}

// calls reports whether a call of the execution is being made.
func (q *jobs) calls(execution int64) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.ContainsFunc(q.of[execution], func(j *job) bool { return j.calling })
}

// outcomes are the jobs of an execution whose outcome is known.
func (q *jobs) outcomes(execution int64) (known []*job) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, j := range q.of[execution] {
		if j.outcome != nil {
			known = append(known, j)
		}
	}
	return known
}

// call makes the call that a command asks for. The outcome of a call that was
// cancelled, or that was under way when the engine closed, is dropped; after a
// restart the latter is made again. again says that the command was given before.
func (e *Engine) call(x *entry, start *machine.Start, c *machine.Command, again bool) {
	j := e.jobs.add(e.root, x.id, c)
	if j == nil {
		return
	}
	command := *c
	e.startCall(func() { e.makeCall(j, x, start, &command, again, false) })
}

// makeCall makes the call of a job, and brings its outcome. delayed says that the time is
// over that the Runner has asked for.
func (e *Engine) makeCall(j *job, x *entry, start *machine.Start, c *machine.Command, again, delayed bool) {
	answer, err := e.answer(j.ctx, start, c, delayed)
	missing, isMissing := errors.AsType[*task.MissingError](err)
	late, isLate := errors.AsType[*task.DelayedError](err)
	switch {
	case j.ctx.Err() != nil:
		e.jobs.remove(j)
	case isLate:
		e.delay(j, late.For, func() { e.makeCall(j, x, start, c, again, true) })
	case errors.Is(err, task.ErrTimedOut):
		e.jobs.endCall(j, &machine.Stimulus{Kind: machine.Fired, Frame: j.frame, Token: j.token, Timer: machine.Timeout})
		e.bringOutcome(j)
	case errors.Is(err, task.ErrForWorkers):
		e.jobs.remove(j)
		e.offer(x, c, again)
	case isMissing && e.config.ByHand && c.Task != nil:
		e.waitForHand(j, start, c, missing, func() { e.makeCall(j, x, start, c, again, false) })
	case errors.Is(err, task.ErrNoAnswer):
		e.jobs.endCall(j, nil) // it stays, so that the call is not made again
	default:
		s := machine.Stimulus{Kind: machine.Answered, Frame: j.frame, Token: j.token, Output: answer.Output, Sources: sources(answer.Sources), Final: answer.Final}
		if err != nil {
			s.Failure = e.failureOf(start.ARN, err)
		}
		e.jobs.endCall(j, &s)
		e.bringOutcome(j)
	}
}

// delay calls f when the clock has moved on by d, unless the job is given up before that.
func (e *Engine) delay(j *job, d time.Duration, f func()) {
	e.jobs.mu.Lock()
	j.calling, j.wake = false, func() {
		e.jobs.mu.Lock()
		j.calling = true
		e.jobs.mu.Unlock()
		f()
	}
	e.jobs.mu.Unlock()
	e.timers.set(j.execution, &machine.Command{Frame: j.frame, Token: j.token, Timer: poll}, e.clock.Now()+max(d.Milliseconds(), 1), false)
	if j.ctx.Err() != nil { // given up before there was a timer
		e.timers.cancel(j.execution, j.token)
	}
}

// answer makes the call of a command; a panic in there is an error.
func (e *Engine) answer(ctx context.Context, start *machine.Start, c *machine.Command, delayed bool) (answer task.Answer, err error) {
	err = e.guard(start.ARN, func() error {
		call, err := callOf(start, c)
		if err == nil {
			call.Delayed = delayed
			answer, err = e.config.Tasks.Run(ctx, call)
		}
		return err
	})
	return answer, err
}

// callOf is the call that a command asks for.
func callOf(start *machine.Start, c *machine.Command) (*task.Call, error) {
	switch {
	case c.Reading != nil:
		return readingCall(start, c)
	case c.Writing != nil:
		return writingCall(start, c)
	}
	return taskCall(start, c), nil
}

func taskCall(start *machine.Start, c *machine.Command) *task.Call {
	t := c.Task
	return &task.Call{
		Resource: t.Resource, Input: t.Input, TaskToken: t.TaskToken, Execution: start.ARN, Machine: start.MachineARN, State: t.State, Role: t.Credentials,
		Trace: start.Trace, Token: c.Token, Attempt: t.RetryCount, TestCase: start.TestCase, Invocation: t.Invocation,
	}
}

func readingCall(start *machine.Start, c *machine.Command) (*task.Call, error) {
	r := c.Reading
	resource, err := asl.ParseMapResource(r.Resource)
	return &task.Call{
		Resource: resource, Input: r.Arguments, Execution: start.ARN, Machine: start.MachineARN, Token: c.Token,
		Reading: &task.Reading{Config: r.Config},
	}, err
}

func writingCall(start *machine.Start, c *machine.Command) (*task.Call, error) {
	w := c.Writing
	resource, err := asl.ParseMapResource(w.Resource)
	return &task.Call{
		Resource: resource, Input: w.Arguments, Execution: start.ARN, Machine: start.MachineARN, Token: c.Token,
		Writing: &task.Writing{Config: w.Config, MapRun: w.MapRun, Results: results(w), Pending: w.Pending},
	}, err
}

// results yields what the children of a Map Run have led to.
func results(w *machine.ResultWriting) iter.Seq[task.Result] {
	return func(yield func(task.Result) bool) {
		for i := range w.Children {
			if !yield(task.Result{Status: w.Children[i].Status.String(), Values: w.Values(i)}) {
				return
			}
		}
	}
}

// sources are those of items as the machine takes them.
func sources(from []task.Source) []machine.ItemSource {
	if from == nil {
		return nil
	}
	out := make([]machine.ItemSource, len(from))
	for i, source := range from {
		out[i] = machine.ItemSource(source)
	}
	return out
}

// endCall notes that the call of a job has returned, with an outcome or without.
func (q *jobs) endCall(j *job, outcome *machine.Stimulus) {
	q.mu.Lock()
	defer q.mu.Unlock()
	j.calling, j.outcome = false, outcome
}

// bringOutcome takes the outcome of a job to its execution. If that cannot be
// written, it is kept and brought again when the execution is restored.
func (e *Engine) bringOutcome(j *job) { e.bringOutcomeFor(j, nil) }

// bringOutcomeFor is bringOutcome for somebody who is told whether the outcome is
// durable, by a function that must not block; nil: nobody is.
func (e *Engine) bringOutcomeFor(j *job, told func(error)) {
	e.jobs.mu.Lock()
	s, effects := *j.outcome, effectsOver(j.effects)
	e.jobs.mu.Unlock()
	x := e.entry(j.execution)
	if x == nil {
		e.jobs.remove(j)
		if told != nil {
			told(ErrStale)
		}
		return
	}
	e.deliver(x, delivery{Stimulus: s, documents: effects, reply: func(err error) {
		if err == nil || err == ErrStale {
			e.jobs.remove(j)
		}
		if told != nil {
			told(err)
		}
	}})
}

// watchJob waits for the end of a job that a task has submitted, without a
// goroutine of its own.
func (e *Engine) watchJob(x *entry, start *machine.Start, c *machine.Command) {
	j := e.jobs.add(e.root, x.id, c)
	if j == nil {
		return
	}
	arn := x.arn
	call := taskCall(start, c)
	call.After = func(d time.Duration, f func()) { e.after(j, d, f) }
	e.config.Tasks.Watch(j.ctx, call, c.Task.Submitted, func(out value.Value, err error) {
		if j.ctx.Err() != nil {
			return
		}
		s := machine.Stimulus{Kind: machine.CallbackSucceeded, Frame: j.frame, Token: j.token, Output: out}
		if err != nil {
			s.Kind, s.Failure = machine.CallbackFailed, e.failureOf(arn, err)
		}
		e.jobs.endCall(j, &s)
		e.goBusy(func() { e.bringOutcome(j) })
	})
}

// poll is the timer after which a watched job is looked at again, or a delayed call is
// made. The machine does not know it.
const poll machine.Timer = 255

// after calls f when the clock has moved on by d, unless the job is given up before
// that. A clock that jumps whenever nothing is going on would jump over jobs that
// take their time at real services: there, d passes in real time, and the clock
// stands meanwhile.
func (e *Engine) after(j *job, d time.Duration, f func()) {
	if e.config.AutoAdvance {
		e.busy.add()
		go func() {
			defer e.busy.done()
			select {
			case <-time.After(d):
				f()
			case <-j.ctx.Done():
			}
		}()
		return
	}
	e.jobs.mu.Lock()
	j.wake = f
	e.jobs.mu.Unlock()
	if j.ctx.Err() == nil {
		e.timers.set(j.execution, &machine.Command{Frame: j.frame, Token: j.token, Timer: poll}, e.clock.Now()+d.Milliseconds(), false)
	}
}

// poll looks at a watched job again, or makes a delayed call.
func (e *Engine) poll(t *timer) {
	f := e.jobs.takeWake(t.execution, t.token)
	if f == nil {
		return
	}
	e.busy.add()
	go func() {
		defer e.busy.done()
		f()
	}()
}

// takeWake returns what is to be called at a poll, once; nil for a job that is gone.
func (q *jobs) takeWake(execution, token int64) func() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, j := range q.of[execution] {
		if j.token == token && j.wake != nil {
			f := j.wake
			j.wake = nil
			return f
		}
	}
	return nil
}

// guard calls the runner for an execution; a panic in there is an error.
func (e *Engine) guard(arn string, call func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			e.log.Error("a task panicked", "execution", arn, "panic", r, "stack", string(debug.Stack()))
			err = fmt.Errorf("internal error of aslocal: %v", r)
		}
	}()
	return call()
}

// failureOf is what the program sees of a runner's error.
func (e *Engine) failureOf(arn string, err error) *machine.Failure {
	var failed *asl.Error
	if errors.As(err, &failed) {
		return machine.NewFailure(failed.Name, failed.Cause)
	}
	e.log.Error("a task failed with an error that is not of its state machine", "execution", arn, "error", err)
	return machine.NewFailure(asl.ErrRuntime, err.Error())
}
