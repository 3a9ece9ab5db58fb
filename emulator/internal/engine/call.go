package engine

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime/debug"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/value"
)

// This file calls tasks and brings their outcomes back.

// call makes one call. The outcome of a call that was cancelled, or that was
// under way when the engine closed, is dropped; after a restart the latter is
// made again.
func (e *Engine) call(ctx context.Context, x *execution, c machine.Command) {
	defer e.busy.done()
	answer, err := e.answer(ctx, x, &c)
	givenUp := ctx.Err() != nil
	x.dropCall(c.Token)
	if givenUp || errors.Is(err, task.ErrNoAnswer) {
		return
	}
	s := machine.Stimulus{Kind: machine.Answered, Frame: c.Frame, Token: c.Token, Output: answer.Output, Sources: sources(answer.Sources)}
	if err != nil {
		s.Failure = e.failureOf(x, err)
	}
	e.run(x, s, nil)
}

// watch waits for the end of a job, without a goroutine of its own.
func (e *Engine) watch(x *execution, c *machine.Command) {
	ctx := x.keepCall(e.root, c.Token)
	frame, token := c.Frame, c.Token
	e.Tasks.Watch(ctx, taskCall(x.start, c), c.Task.Submitted, func(out value.Value, err error) {
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

// answer makes the call of a command; a panic in there is an error.
func (e *Engine) answer(ctx context.Context, x *execution, c *machine.Command) (answer task.Answer, err error) {
	err = e.guard(x, func() error {
		call, err := callOf(x.start, c)
		if err == nil {
			answer, err = e.Tasks.Run(ctx, call)
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
		Resource: t.Resource, Input: t.Input, TaskToken: t.TaskToken, Execution: start.ARN, Machine: start.MachineARN, State: t.State, Token: c.Token,
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
		cancel(task.ErrGivenUp)
	}
}

func (x *execution) cancelCalls() {
	x.callMu.Lock()
	defer x.callMu.Unlock()
	for _, cancel := range x.calls {
		cancel(task.ErrGivenUp)
	}
}
