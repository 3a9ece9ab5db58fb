package engine

import (
	"context"
	"slices"
	"sync"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/value"
)

// This file has the queues of activities: tasks wait there until a worker
// polls for them.

// offers holds the tasks that wait for a worker, by activity ARN.
type offers struct {
	mu      sync.Mutex
	queues  map[string][]offer
	workers map[string][]chan offer // those who poll, longest waiting first
}

// An offer is one task that waits for a worker.
type offer struct {
	x       *execution
	command machine.Command
}

// add hands the task to a worker that waits, or queues it.
func (o *offers) add(x *execution, c *machine.Command) {
	o.mu.Lock()
	defer o.mu.Unlock()
	arn := c.Task.Resource.Text
	if waiting := o.workers[arn]; len(waiting) > 0 {
		waiting[0] <- offer{x, *c}
		o.workers[arn] = waiting[1:]
		return
	}
	if o.queues == nil {
		o.queues = make(map[string][]offer)
	}
	o.queues[arn] = append(o.queues[arn], offer{x, *c})
}

// take returns the next task of the activity, waiting for one until the
// context ends.
func (o *offers) take(ctx context.Context, arn string) (offer, bool) {
	o.mu.Lock()
	if queue := o.queues[arn]; len(queue) > 0 {
		defer o.mu.Unlock()
		next := queue[0]
		o.queues[arn] = slices.Delete(queue, 0, 1)
		return next, true
	}
	mine := make(chan offer, 1)
	if o.workers == nil {
		o.workers = make(map[string][]chan offer)
	}
	o.workers[arn] = append(o.workers[arn], mine)
	o.mu.Unlock()
	select {
	case got := <-mine:
		return got, true
	case <-ctx.Done():
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.workers[arn] = slices.DeleteFunc(o.workers[arn], func(c chan offer) bool { return c == mine })
	select {
	case got := <-mine: // it came at the last moment
		return got, true
	default:
		return offer{}, false
	}
}

// TakeActivity waits for a task of the activity and starts it in the name of
// the worker. The token is "" if the context ends before there is one.
func (e *Engine) TakeActivity(ctx context.Context, arn, worker string) (token string, input value.Value, err error) {
	for {
		got, ok := e.offers.take(ctx, arn)
		if !ok {
			return "", value.Value{}, nil
		}
		c := got.command
		err := e.bring(context.WithoutCancel(ctx), got.x, machine.Stimulus{Kind: machine.ActivityTaken, Frame: c.Frame, Token: c.Token, Worker: worker})
		if err == ErrStale {
			continue // its execution has gone on without it
		}
		return c.Task.TaskToken, c.Task.Input, err
	}
}
