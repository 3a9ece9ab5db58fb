package api

import (
	"context"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/arn"
)

// This file has the action StopExecution.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html

type stopExecutionInput struct {
	ExecutionArn string         `json:"executionArn" aws:"required,min=1,max=256"`
	Error        optionalString `json:"error" aws:"max=256,sensitive"`
	Cause        optionalString `json:"cause" aws:"max=32768,sensitive"`
}

type stopExecutionOutput struct {
	StopDate time.Time `json:"stopDate"`
}

// stopExecution ends an execution with ABORTED; one that has ended stays as it
// is.
func (a *API) stopExecution(ctx context.Context, in *stopExecutionInput) (*stopExecutionOutput, error) {
	at, err := arn.ParseKind(in.ExecutionArn, arn.Execution)
	if err != nil {
		return nil, err
	}
	var failure *machine.Failure
	if in.Error.Set || in.Cause.Set {
		failure = givenFailure(in.Error, in.Cause)
	}
	stopped, err := a.engine.Stop(ctx, in.ExecutionArn, failure)
	return &stopExecutionOutput{StopDate: date(stopped)}, a.executionError(at, err)
}
