package api

import (
	"context"
	"errors"
	"time"

	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/internal/engine"
)

// This file has the action RedriveExecution. Which executions can be redriven is
// decided by package engine.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html

type redriveExecutionInput struct {
	ExecutionArn string `json:"executionArn" aws:"required,min=1,max=256"`
	ClientToken  string `json:"clientToken" aws:"min=1,max=64" pattern:"[!-~]+"`
}

type redriveExecutionOutput struct {
	RedriveDate time.Time `json:"redriveDate"`
}

// redriveExecution lets an execution that has failed, timed out or been aborted
// go on from where it was unsuccessful. A call with a clientToken that was used
// before is answered as the first one was.
func (a *API) redriveExecution(ctx context.Context, in *redriveExecutionInput) (*redriveExecutionOutput, error) {
	at, err := arn.ParseKind(in.ExecutionArn, arn.Execution)
	if err != nil {
		return nil, err
	}
	v, err := a.engine.Describe(in.ExecutionArn)
	if err != nil {
		return nil, a.executionError(at, err)
	}
	if _, reason := a.redriveStatus(&v); reason == machineDeleted {
		return nil, fault.ExecutionNotRedrivable(reason)
	}
	redriven, err := a.engine.Redrive(ctx, in.ExecutionArn, in.ClientToken)
	if refused, ok := errors.AsType[*engine.NotRedrivableError](err); ok {
		return nil, fault.ExecutionNotRedrivable(refused.Reason)
	}
	if err != nil {
		return nil, a.executionError(at, err)
	}
	return &redriveExecutionOutput{RedriveDate: date(redriven)}, nil
}

// machineDeleted is why an execution cannot be redriven whose state machine was
// deleted. For us, a state machine is deleted at once.
const machineDeleted = "State machine is in DELETING status"

// redriveStatus says whether an execution can be redriven now, and if not, why.
func (a *API) redriveStatus(v *engine.View) (status engine.RedriveStatus, reason string) {
	status, reason = v.RedriveStatus(a.now())
	if status != engine.Redrivable {
		return status, reason
	}
	if at, err := arn.Parse(v.Start.MachineARN); err == nil && a.registry.Machine(at.Base()) == nil {
		return engine.NotRedrivable, machineDeleted
	}
	return status, reason
}
