package engine

import (
	"context"
	"errors"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/value"
)

// This file answers task tokens. API: SendTaskSuccess, SendTaskFailure,
// SendTaskHeartbeat.

// ErrUnknownToken says that a task token was never given out.
var ErrUnknownToken = errors.New("engine: the task token was never given out")

// Succeed answers a task token with an output and returns when that is durable.
// ErrStale says that the task does not wait any more, ErrUnknownToken that the
// token was never given out; an *UnavailableError that nobody can tell now.
func (e *Engine) Succeed(ctx context.Context, token string, output value.Value) error {
	return e.answerToken(ctx, token, machine.Stimulus{Kind: machine.CallbackSucceeded, Output: output})
}

// Fail answers a task token with a failure. Errors are those of Succeed.
func (e *Engine) Fail(ctx context.Context, token string, failure *machine.Failure) error {
	return e.answerToken(ctx, token, machine.Stimulus{Kind: machine.CallbackFailed, Failure: failure})
}

// Heartbeat says that the holder of a task token lives. Errors are those of
// Succeed.
func (e *Engine) Heartbeat(ctx context.Context, token string) error {
	return e.answerToken(ctx, token, machine.Stimulus{Kind: machine.CallbackHeartbeat})
}

func (e *Engine) answerToken(ctx context.Context, token string, s machine.Stimulus) error {
	effect, done, err := e.effectOf(ctx)
	if done || err != nil {
		return err
	}
	x, t, err := e.holder(token)
	if err != nil {
		return err
	}
	s.Frame, s.Token = t.Frame, t.Record
	if err := e.sendWith(ctx, x, delivery{Stimulus: s, documents: effect}); err != nil {
		return err
	}
	if e.config.ByHand && s.Kind != machine.CallbackHeartbeat {
		e.replied(x.id, t.Record)
	}
	return nil
}

// CheckToken reports whether a task token was given out by an execution that
// runs. Errors are those of Succeed.
func (e *Engine) CheckToken(token string) error {
	_, _, err := e.holder(token)
	return err
}

// ExecutionOf returns the ARN of the execution that a task token is of, whether or not it
// was given out; ok is false for text that is no token.
func ExecutionOf(token string) (arn string, ok bool) {
	t, ok := machine.ParseTaskToken(token)
	return t.Execution, ok
}

// holder finds the execution that has given a token out.
func (e *Engine) holder(token string) (*entry, machine.TaskToken, error) {
	t, ok := machine.ParseTaskToken(token)
	if !ok {
		return nil, t, ErrUnknownToken
	}
	x, err := e.open(t.Execution)
	switch {
	case err == ErrNotFound:
		return nil, t, ErrUnknownToken
	case err != nil:
		return nil, t, err
	case x == nil:
		return nil, t, ErrStale // it has ended
	}
	if x.in(suspended) {
		e.restore(x)
	}
	x.turn.Lock()
	defer x.turn.Unlock()
	r, err := e.residentOf(x)
	if err != nil {
		return nil, t, err
	}
	if !r.machine.Issued(t) {
		return nil, t, ErrUnknownToken
	}
	return x, t, nil
}
