package api

import (
	"context"
	"errors"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/value"
)

// This file has the actions that answer task tokens.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html

type sendTaskSuccessInput struct {
	TaskToken string `json:"taskToken" aws:"required,sensitive,min=1,max=2048"`
	Output    string `json:"output" aws:"required,maxbytes=262144,sensitive"`
}

// sendTaskSuccess ends a task with an output.
func (a *API) sendTaskSuccess(ctx context.Context, in *sendTaskSuccessInput) (*empty, error) {
	if err := a.reachToken(ctx, in.TaskToken); err != nil {
		return nil, err
	}
	output, err := value.Parse(in.Output)
	if err != nil {
		if known := a.engine.CheckToken(in.TaskToken); known != nil {
			return nil, tokenFault(known) // the token is looked at first (recorded)
		}
		return nil, fault.InvalidOutput(syntaxMessage(err))
	}
	return &empty{}, tokenFault(a.engine.Succeed(ctx, in.TaskToken, output))
}

type sendTaskFailureInput struct {
	TaskToken string         `json:"taskToken" aws:"required,sensitive,min=1,max=2048"`
	Error     optionalString `json:"error" aws:"max=256,sensitive"`
	Cause     optionalString `json:"cause" aws:"max=32768,sensitive"`
}

// sendTaskFailure ends a task with an error, of which either part may be
// missing.
func (a *API) sendTaskFailure(ctx context.Context, in *sendTaskFailureInput) (*empty, error) {
	if err := a.reachToken(ctx, in.TaskToken); err != nil {
		return nil, err
	}
	return &empty{}, tokenFault(a.engine.Fail(ctx, in.TaskToken, givenFailure(in.Error, in.Cause)))
}

type sendTaskHeartbeatInput struct {
	TaskToken string `json:"taskToken" aws:"required,sensitive,min=1,max=2048"`
}

// sendTaskHeartbeat says that a task is being worked on.
func (a *API) sendTaskHeartbeat(ctx context.Context, in *sendTaskHeartbeatInput) (*empty, error) {
	if err := a.reachToken(ctx, in.TaskToken); err != nil {
		return nil, err
	}
	return &empty{}, tokenFault(a.engine.Heartbeat(ctx, in.TaskToken))
}

// tokenFault words the errors of the engine about a token.
func tokenFault(err error) error {
	switch {
	case errors.Is(err, engine.ErrUnknownToken):
		return fault.InvalidToken()
	case errors.Is(err, engine.ErrStale):
		return fault.TaskTimedOut()
	}
	return err
}

// givenFailure is a failure of which either part may be missing.
func givenFailure(name, cause optionalString) *machine.Failure {
	return &machine.Failure{Name: stringOrNone(name), Cause: stringOrNone(cause)}
}
