package engine

import (
	"context"
	"errors"

	"github.com/aslocal/aslocal/asl/machine"
)

// This file takes, for people, the place of what an execution waits for: of time, and
// of a worker.

// ErrNotSleeping says that nothing sleeps in a frame.
var ErrNotSleeping = errors.New("engine: the execution does not sleep there")

// SkipSleep ends a Wait, or the pause before a retry, in a frame of an execution now,
// and returns when that is durable. It fails with ErrNotFound, or ErrNotSleeping; one
// that is held goes on when it is released.
func (e *Engine) SkipSleep(ctx context.Context, arn string, frame int32) error {
	x := e.find(arn)
	if x == nil {
		return ErrNotFound
	}
	t := e.timers.takeSleep(x.id, frame)
	if t == nil {
		return ErrNotSleeping
	}
	return e.send(ctx, x, machine.Stimulus{Kind: machine.Fired, Frame: t.frame, Token: t.token, Timer: machine.Sleep})
}

// TakeOffered starts the activity task of a token in the name of a worker, as if that
// had polled for it. One that a worker has already stays with it. Errors are those of
// Succeed.
func (e *Engine) TakeOffered(ctx context.Context, token, worker string) error {
	x, t, err := e.holder(token)
	if err != nil {
		return err
	}
	task := e.offers.takeOf(x.id, t.Record)
	if task == nil {
		return nil
	}
	_, _, err = e.startActivity(context.WithoutCancel(ctx), task, worker)
	return err
}

// takeOf takes the task of a token, nil if it is not offered.
func (o *offers) takeOf(execution, token int64) *offer {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, task := range o.of[execution] {
		if task.token == token {
			o.withdraw(task)
			return task
		}
	}
	return nil
}
