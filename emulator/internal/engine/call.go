package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/value"
)

// This file calls tasks and brings their outcomes back.

// call runs one task. The outcome of a task that was cancelled, or that was
// under way when the engine closed, is dropped; after a restart the latter is
// called again.
func (e *Engine) call(ctx context.Context, x *execution, c machine.Command) {
	defer e.busy.done()
	out, err := e.runTask(ctx, x, c.Task)
	givenUp := ctx.Err() != nil
	x.dropCall(c.Token)
	if givenUp || errors.Is(err, ErrNoAnswer) {
		return
	}
	s := machine.Stimulus{Kind: machine.Answered, Frame: c.Frame, Token: c.Token, Output: out}
	if err != nil {
		s.Failure = e.failureOf(x, err)
	}
	e.run(x, s, nil)
}

// callStorage reads the items of a Map Run or writes its results.
func (e *Engine) callStorage(ctx context.Context, x *execution, c machine.Command) {
	defer e.busy.done()
	s := machine.Stimulus{Kind: machine.Answered, Frame: c.Frame, Token: c.Token}
	err := e.guard(x, func() (err error) {
		if c.Kind == machine.ReadItems {
			s.Output, s.Sources, err = e.Tasks.ReadItems(ctx, x.start, c.Reading)
		} else {
			s.Output, err = e.Tasks.WriteResults(ctx, x.start, c.Writing)
		}
		return err
	})
	givenUp := ctx.Err() != nil
	x.dropCall(c.Token)
	if givenUp {
		return
	}
	if err != nil {
		s.Failure = e.failureOf(x, err)
	}
	e.run(x, s, nil)
}

// ErrGivenUp is the cause of the end of a Watch's context when the task was
// given up: by a timeout, by an answer to its token, or with its execution. The
// context of an engine that closes ends without it, and the job goes on.
var ErrGivenUp = errors.New("engine: the task was given up")

// watch waits for the end of a job, without a goroutine of its own.
func (e *Engine) watch(x *execution, c *machine.Command) {
	ctx := x.keepCall(e.root, c.Token)
	frame, token, task := c.Frame, c.Token, c.Task
	e.Tasks.Watch(ctx, x.start, task, func(out value.Value, err error) {
		givenUp := ctx.Err() != nil
		x.dropCall(token)
		if givenUp {
			return
		}
		s := machine.Stimulus{Kind: machine.CallbackSucceeded, Frame: frame, Token: token, Output: out}
		if err != nil {
			s.Kind, s.Failure = machine.CallbackFailed, e.failureOf(x, err)
		}
		e.busy.add()
		go func() {
			defer e.busy.done()
			e.run(x, s, nil)
		}()
	})
}

// runTask calls the runner; a panic in there is the task's error.
func (e *Engine) runTask(ctx context.Context, x *execution, t *machine.Task) (out value.Value, err error) {
	err = e.guard(x, func() error {
		out, err = e.Tasks.Run(ctx, x.start, t)
		return err
	})
	return out, err
}

// guard calls the runner for an execution; a panic in there is an error.
func (e *Engine) guard(x *execution, call func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			e.Log.Error("a task panicked", "execution", x.arn, "panic", r, "stack", string(debug.Stack()))
			err = fmt.Errorf("internal error of aslocal: %v", r)
		}
	}()
	return call()
}

func (e *Engine) failureOf(x *execution, err error) *machine.Failure {
	var failed *asl.Error
	if errors.As(err, &failed) {
		return machine.NewFailure(failed.Name, failed.Cause)
	}
	e.Log.Error("a task failed with an error that is no program's", "execution", x.arn, "error", err)
	return machine.NewFailure(asl.ErrRuntime, err.Error())
}

// keepCall returns the context of a call that is about to begin. From now on
// it can be cancelled.
func (x *execution) keepCall(root context.Context, token int64) context.Context {
	ctx, cancel := context.WithCancelCause(root)
	x.callMu.Lock()
	defer x.callMu.Unlock()
	if x.calls == nil {
		x.calls = make(map[int64]context.CancelCauseFunc)
	}
	x.calls[token] = cancel
	return ctx
}

// dropCall forgets a call that is over.
func (x *execution) dropCall(token int64) {
	x.callMu.Lock()
	defer x.callMu.Unlock()
	if cancel := x.calls[token]; cancel != nil {
		cancel(nil)
		delete(x.calls, token)
	}
}

func (x *execution) cancelCall(token int64) {
	x.callMu.Lock()
	defer x.callMu.Unlock()
	if cancel := x.calls[token]; cancel != nil {
		cancel(ErrGivenUp)
	}
}

func (x *execution) cancelCalls() {
	x.callMu.Lock()
	defer x.callMu.Unlock()
	for _, cancel := range x.calls {
		cancel(ErrGivenUp)
	}
}
