package engine

import (
	"context"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/value"
)

// This file stops executions, and brings other stimuli of callers that wait for
// their effect.

// Stop ends an execution with ABORTED and returns when that was, in Unix
// milliseconds. An execution that has ended stays as it is, and its end is the
// answer; ErrNotFound if there is none.
func (e *Engine) Stop(ctx context.Context, arn string, failure *machine.Failure) (int64, error) {
	for {
		x, err := e.openToStop(arn)
		if err != nil {
			return 0, err
		}
		if x != nil {
			err := e.send(ctx, x, machine.Stimulus{Kind: machine.Stopped, Failure: failure})
			if err != nil && err != ErrStale {
				return 0, err
			}
		}
		if v, err := e.Describe(arn); err != nil || v.Status != machine.Running {
			return v.Stopped, err
		} // else it was redriven meanwhile
	}
}

// Unmanaged is the failure of an execution that is stopped because the task that has
// started it, in the execution of the ARN caller, no longer waits for it (F-117).
func Unmanaged(caller string) *machine.Failure {
	return &machine.Failure{Cause: value.OfString("The Task state in AWS Step Functions execution [" + caller + "] which was managing this resource was aborted")}
}

// send brings a stimulus to an execution and returns when its effect is durable.
// A suspended execution is restored for it.
func (e *Engine) send(ctx context.Context, x *entry, s machine.Stimulus) error {
	return e.sendWith(ctx, x, delivery{Stimulus: s})
}

func (e *Engine) sendWith(ctx context.Context, x *entry, d delivery) error {
	if x.in(suspended) {
		e.restore(x)
	}
	done := make(chan error, 1)
	d.reply = func(err error) { done <- err }
	e.deliver(x, d)
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-e.root.Done():
		return errClosed
	}
}
