package api

import (
	"context"
	"errors"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/internal/engine"
)

// This file finds executions.

// Execution returns the state of a Standard execution. It fails with
// ExecutionDoesNotExist, or with InvalidArn.
func (a *API) Execution(text string) (engine.View, error) {
	at, err := arn.ParseKind(text, arn.Execution)
	if err != nil {
		return engine.View{}, err
	}
	v, err := a.engine.Describe(text)
	return v, a.executionError(at, err)
}

// Wait returns an execution when it has ended. Errors are those of Execution,
// and the context's.
func (a *API) Wait(ctx context.Context, text string) (engine.View, error) {
	at, err := arn.Parse(text)
	if err != nil {
		return engine.View{}, err
	}
	v, err := a.engine.Wait(ctx, text)
	return v, a.executionError(at, err)
}

// History calls yield for the events of a Standard execution from the given
// number on until it returns false. Errors are those of Execution.
func (a *API) History(text string, from int64, yield func(*machine.Event) bool) error {
	at, err := arn.ParseKind(text, arn.Execution)
	if err != nil {
		return err
	}
	return a.executionError(at, a.engine.History(text, from, yield))
}

// executionError words an error of the engine about an execution.
func (a *API) executionError(at arn.ARN, err error) error {
	switch {
	case errors.Is(err, engine.ErrNotFound):
		return fault.ExecutionDoesNotExist(at.String())
	case errors.Is(err, engine.ErrTooManyOpen):
		return fault.ExecutionLimitExceeded()
	}
	return err
}
