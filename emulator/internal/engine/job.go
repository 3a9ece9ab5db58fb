package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/value"
)

// This file calls tasks and brings their outcomes back.

// ErrGivenUp is the cause of the end of a call's context when its outcome is not
// wanted any more: because of a timeout, an answer to the task token, or the end
// of the execution. The context of an engine that closes ends without it, and
// what the call has begun goes on.
var ErrGivenUp = errors.New("engine: the task was given up")

// A job is something that was asked of the Runner: a call, or the end of what a
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
	effects []string          // keys of the effect documents that it has written
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
			j.cancel(ErrGivenUp)
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
		j.cancel(ErrGivenUp)
	}
	delete(q.of, execution)
	return gone
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
// restart the latter is made again.
func (e *Engine) call(x *entry, start *machine.Start, c *machine.Command) {
	j := e.jobs.add(e.root, x.id, c)
	if j == nil {
		return
	}
	e.busy.add()
	command := *c
	go func() {
		defer e.busy.done()
		s, err := e.outcomeOf(j, start, &command)
		switch {
		case j.ctx.Err() != nil:
			e.jobs.remove(j)
		case errors.Is(err, ErrNoAnswer):
			e.jobs.endCall(j, nil) // it stays, so that the call is not made again
		default:
			if err != nil {
				s.Failure = e.failureOf(start.ARN, err)
			}
			e.jobs.endCall(j, &s)
			e.bringOutcome(j)
		}
	}()
}

// outcomeOf makes a call and returns what it has led to.
func (e *Engine) outcomeOf(j *job, start *machine.Start, c *machine.Command) (s machine.Stimulus, err error) {
	s = machine.Stimulus{Kind: machine.Answered, Frame: c.Frame, Token: c.Token}
	err = e.guard(start.ARN, func() (err error) {
		switch c.Kind {
		case machine.ReadItems:
			s.Output, s.Sources, err = e.config.Tasks.ReadItems(j.ctx, start, c.Reading)
		case machine.WriteResults:
			s.Output, err = e.config.Tasks.WriteResults(j.ctx, start, c.Writing)
		default:
			s.Output, err = e.config.Tasks.Run(j.ctx, start, c.Task)
		}
		return err
	})
	return s, err
}

// endCall notes that the call of a job has returned, with an outcome or without.
func (q *jobs) endCall(j *job, outcome *machine.Stimulus) {
	q.mu.Lock()
	defer q.mu.Unlock()
	j.calling, j.outcome = false, outcome
}

// bringOutcome takes the outcome of a job to its execution. If that cannot be
// written, it is kept and brought again when the execution is restored.
func (e *Engine) bringOutcome(j *job) {
	e.jobs.mu.Lock()
	s, effects := *j.outcome, effectsOver(j.effects)
	e.jobs.mu.Unlock()
	x := e.entry(j.execution)
	if x == nil {
		e.jobs.remove(j)
		return
	}
	e.deliver(x, delivery{Stimulus: s, documents: effects, reply: func(err error) {
		if err == nil || err == ErrStale {
			e.jobs.remove(j)
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
	e.config.Tasks.Watch(j.ctx, start, c.Task, func(out value.Value, err error) {
		if j.ctx.Err() != nil {
			return
		}
		s := machine.Stimulus{Kind: machine.CallbackSucceeded, Frame: j.frame, Token: j.token, Output: out}
		if err != nil {
			s.Kind, s.Failure = machine.CallbackFailed, e.failureOf(arn, err)
		}
		e.jobs.endCall(j, &s)
		e.busy.add()
		go func() {
			defer e.busy.done()
			e.bringOutcome(j)
		}()
	})
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
