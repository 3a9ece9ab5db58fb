package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// This file has what API calls do to executions that run.

// Wait returns the view of an execution when it has ended, or the context's
// error; that of the journal if the execution cannot end before a restart.
func (e *Engine) Wait(ctx context.Context, arn string) (View, error) {
	for {
		x := e.find(arn)
		if x == nil {
			return e.Describe(arn)
		}
		v, err := e.end(ctx, x)
		if err != nil || v.Start != nil {
			return v, err
		} // else it never began: one of that name was there before
	}
}

// end waits for the end of a live execution.
func (e *Engine) end(ctx context.Context, x *execution) (View, error) {
	select {
	case <-x.ended.c:
	case <-ctx.Done():
		return View{}, ctx.Err()
	case <-e.root.Done():
		return View{}, errClosed
	}
	if err := x.lost.Load(); err != nil {
		return View{}, *err
	}
	return x.view.load(), nil
}

// OnEnd calls f with the view of an execution when it has ended, at once if it
// has already. f must not block. ErrNotFound says that there is none; one that
// cannot end before a restart is an error, too.
func (e *Engine) OnEnd(arn string, f func(View)) error {
	if x := e.find(arn); x != nil && x.view.load().Start != nil && x.watch(f) {
		return nil
	}
	v, err := e.Describe(arn)
	if err == nil && v.Status == machine.Running {
		err = fmt.Errorf("engine: %s cannot go on before a restart", arn)
	}
	if err == nil {
		f(v)
	}
	return err
}

// watch keeps f until the execution has ended; false if it has.
func (x *execution) watch(f func(View)) bool {
	x.watchMu.Lock()
	defer x.watchMu.Unlock()
	if !x.told {
		x.watchers = append(x.watchers, f)
	}
	return !x.told
}

func (x *execution) tellWatchers(v View) {
	x.watchMu.Lock()
	x.told = true
	watchers := x.watchers
	x.watchers = nil
	x.watchMu.Unlock()
	for _, f := range watchers {
		f(v)
	}
}

// StartSync begins an execution and returns when it has ended. If the context
// ends before that, the execution is stopped.
func (e *Engine) StartSync(ctx context.Context, r Request) (View, error) {
	x, view, err := e.create(ctx, &r)
	if err != nil {
		return view, err
	}
	e.run(x, machine.Stimulus{Kind: machine.Begin, Start: &r.Start, Output: r.Input}, nil)
	view, err = e.end(ctx, x)
	if ctx.Err() != nil {
		e.run(x, machine.Stimulus{Kind: machine.Stopped}, nil)
	}
	return view, err
}

// Stop ends an execution with ABORTED and returns when that was, in Unix
// milliseconds. An execution that has ended stays as it is; ErrNotFound if
// there is none.
func (e *Engine) Stop(ctx context.Context, arn string, failure *machine.Failure) (int64, error) {
	if x := e.find(arn); x != nil {
		err := e.bring(ctx, x, machine.Stimulus{Kind: machine.Stopped, Failure: failure})
		if err != nil && err != ErrStale {
			return 0, err
		}
	}
	v, err := e.Describe(arn)
	if err == nil && v.Status == machine.Running {
		return e.stopStanding(ctx, arn, failure)
	}
	return v.Stopped, err
}

// stopStanding ends an execution that only the journal has: it could not go on
// after a restart, or the store refused a batch of it.
func (e *Engine) stopStanding(ctx context.Context, arn string, failure *machine.Failure) (int64, error) {
	stored, err := e.stored(arn)
	if err != nil {
		return 0, err
	}
	v, err := e.viewOf(stored)
	if err != nil {
		return 0, fmt.Errorf("engine: stopping: %w", err)
	}
	v.Status, v.Stopped = machine.Aborted, e.Clock.Now()
	v.Events++
	v.records++
	end := []machine.Event{{ID: v.Events, At: v.Stopped, Type: machine.ExecutionAborted, Failure: failure}}
	err = journal.Do(ctx, e.Store, journal.Write{
		Batch:  &journal.Batch{Execution: stored.ID, First: v.records, Last: v.records, Data: machine.AppendEvents(nil, end)},
		Update: &journal.Update{ID: stored.ID, Status: v.Status.String(), Stopped: v.Stopped, Record: v.record()},
	})
	if errors.Is(err, journal.ErrEnded) { // since it was described
		stored, err = e.stored(arn)
		return stored.Stopped, err
	}
	return v.Stopped, err
}

// bring takes a stimulus to an execution and returns when its effect is
// durable.
func (e *Engine) bring(ctx context.Context, x *execution, s machine.Stimulus) error {
	reply := make(chan error, 1)
	e.run(x, s, reply)
	select {
	case err := <-reply:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Succeed answers a task token with an output. ErrStale says that the task
// does not wait any more, ErrUnknownToken that the token was never given out.
func (e *Engine) Succeed(ctx context.Context, token string, output value.Value) error {
	return e.callBack(ctx, token, machine.Stimulus{Kind: machine.CallbackSucceeded, Output: output})
}

// Fail answers a task token with a failure. Errors are those of Succeed.
func (e *Engine) Fail(ctx context.Context, token string, failure *machine.Failure) error {
	return e.callBack(ctx, token, machine.Stimulus{Kind: machine.CallbackFailed, Failure: failure})
}

// Heartbeat says that the holder of a task token lives. Errors are those of
// Succeed.
func (e *Engine) Heartbeat(ctx context.Context, token string) error {
	return e.callBack(ctx, token, machine.Stimulus{Kind: machine.CallbackHeartbeat})
}

func (e *Engine) callBack(ctx context.Context, token string, s machine.Stimulus) error {
	x, t, err := e.holder(token)
	if err != nil {
		return err
	}
	s.Frame, s.Token = t.Frame, t.Record
	return e.bring(ctx, x, s)
}

// CheckToken reports whether a task token was given out by an execution that
// runs. Errors are those of Succeed.
func (e *Engine) CheckToken(token string) error {
	_, _, err := e.holder(token)
	return err
}

// holder finds the execution that has given a token out.
func (e *Engine) holder(token string) (*execution, machine.TaskToken, error) {
	t, ok := machine.ParseTaskToken(token)
	if !ok {
		return nil, t, ErrUnknownToken
	}
	x := e.find(t.Execution)
	if x == nil {
		switch _, err := e.stored(t.Execution); err {
		case nil:
			return nil, t, ErrStale
		case ErrNotFound:
			return nil, t, ErrUnknownToken
		default:
			return nil, t, err
		}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.x.Issued(t) {
		return nil, t, ErrUnknownToken
	}
	return x, t, nil
}

// ErrUnknownToken says that a task token was never given out.
var ErrUnknownToken = errors.New("engine: the task token was never given out")
