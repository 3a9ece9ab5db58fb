package emulator

import (
	"context"
	"errors"
	"strings"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/value"
)

// NoAnswer is what a handler of WithTask returns for a task that is never
// answered: it ends by a timeout, by its token, or with its execution.
var NoAnswer = engine.ErrNoAnswer

// tasks calls the tasks of an emulator's executions. It is the engine's Runner.
type tasks struct {
	registry        task.Registry
	lambda          *task.Lambda
	states          task.States
	data            *mapData
	region, account string
}

// newTasks sets up what answers tasks; api is the emulator that they run in.
func newTasks(s *settings, api task.API) (*tasks, error) {
	lambda, err := task.NewLambda(s.lambdaEndpoint)
	if err != nil {
		return nil, err
	}
	for function, url := range s.functionURLs {
		if err := lambda.SetURL(function, url); err != nil {
			return nil, err
		}
	}
	data, err := newMapData(s)
	if err != nil {
		return nil, err
	}
	t := &tasks{lambda: lambda, states: task.States{API: api}, data: data, region: s.region, account: s.account}
	t.registry.Add("function", lambda)
	t.registry.Add("lambda:invoke", lambda)
	t.registry.Add("states:startExecution", t.states)
	t.registry.Add("aws-sdk:sfn:*", t.states)
	for resource, handler := range s.handlers {
		handler = mayNotAnswer(handler)
		if action, ok := strings.CutPrefix(resource, "arn:aws:states:::"); ok {
			t.registry.Add(action, integration{handler})
		} else {
			lambda.SetHandler(resource, handler)
		}
	}
	return t, nil
}

// Run calls the task.
func (t *tasks) Run(ctx context.Context, execution *machine.Start, c *machine.Task) (value.Value, error) {
	silent := false
	out, err := t.registry.Run(context.WithValue(ctx, silentKey{}, &silent), t.call(execution, c))
	if silent {
		return out, NoAnswer
	}
	return out, err
}

// Watch waits for the end of a job. Nested executions are the only ones yet.
func (t *tasks) Watch(ctx context.Context, execution *machine.Start, c *machine.Task, done func(value.Value, error)) {
	if c.Resource.Type() == "states" {
		t.states.Watch(ctx, t.call(execution, c), c.Submitted, done)
		return
	}
	done(c.Submitted, nil) // a Go function answers for the whole job
}

func (t *tasks) call(execution *machine.Start, c *machine.Task) *task.Call {
	return &task.Call{
		Resource: c.Resource, Input: c.Input, Token: c.TaskToken, Region: t.region, Account: t.account,
		Execution: execution.ARN, Machine: execution.MachineARN, State: c.State,
	}
}

// silentKey is the key under which Run learns that a handler returned NoAnswer:
// to a runner that is an error like any other, which it would word.
type silentKey struct{}

func mayNotAnswer(h task.Handler) task.Handler {
	return func(ctx context.Context, event value.Value) (value.Value, error) {
		out, err := h(ctx, event)
		if silent, ok := ctx.Value(silentKey{}).(*bool); ok && errors.Is(err, NoAnswer) {
			*silent = true
		}
		return out, err
	}
}

// An integration answers the tasks of a service integration with a Go function:
// parameters in, result out.
type integration struct{ handler task.Handler }

func (i integration) Run(ctx context.Context, c *task.Call) (value.Value, error) {
	return i.handler(ctx, c.Input)
}
