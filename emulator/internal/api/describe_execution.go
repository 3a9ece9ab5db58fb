package api

import (
	"context"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/internal/engine"
)

// This file has the action DescribeExecution.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html

type describeExecutionInput struct {
	ExecutionArn string `json:"executionArn" aws:"required,min=1,max=256"`
	IncludedData string `json:"includedData" aws:"enum=ALL_DATA|METADATA_ONLY"`
}

type describeExecutionOutput struct {
	ExecutionArn           string         `json:"executionArn"`
	StateMachineArn        string         `json:"stateMachineArn"`
	Name                   string         `json:"name"`
	Status                 string         `json:"status"`
	StartDate              time.Time      `json:"startDate"`
	StopDate               time.Time      `json:"stopDate"`
	Input                  optionalString `json:"input"`
	InputDetails           *included      `json:"inputDetails"`
	Output                 optionalString `json:"output"`
	OutputDetails          *included      `json:"outputDetails"`
	Error                  optionalString `json:"error"`
	Cause                  optionalString `json:"cause"`
	StateMachineVersionArn optionalString `json:"stateMachineVersionArn"`
	StateMachineAliasArn   optionalString `json:"stateMachineAliasArn"`
	MapRunArn              optionalString `json:"mapRunArn"`
	TraceHeader            optionalString `json:"traceHeader"`
	RedriveCount           int64          `json:"redriveCount"`
	RedriveDate            time.Time      `json:"redriveDate"`
	RedriveStatus          string         `json:"redriveStatus"`
	RedriveStatusReason    optionalString `json:"redriveStatusReason"`
}

// describeExecution returns the execution.
func (a *API) describeExecution(_ context.Context, in *describeExecutionInput) (*describeExecutionOutput, error) {
	v, err := a.executionOrChild(in.ExecutionArn)
	if err != nil {
		return nil, err
	}
	status, reason := a.redriveStatus(&v)
	out := &describeExecutionOutput{
		ExecutionArn: in.ExecutionArn, StateMachineArn: v.Start.MachineARN, Name: v.Start.Name, Status: a.engine.ShownStatus(&v, a.now()).String(),
		StartDate: date(v.Started), StopDate: date(v.Stopped),
		StateMachineVersionArn: optional(v.Start.Version), StateMachineAliasArn: optional(v.Start.Alias),
		TraceHeader: optional(v.Start.Trace), MapRunArn: optional(v.Start.MapRun),
		RedriveCount: int64(v.Redrives), RedriveDate: date(v.Redriven), RedriveStatus: string(status), RedriveStatusReason: optional(reason),
	}
	if in.IncludedData != metadataOnly {
		out.Input, out.InputDetails = awsjson.Some(v.Start.InputText), &included{true}
		if out.Output = outputText(v); out.Output.Set {
			out.OutputDetails = &included{true}
		}
		out.Error, out.Cause = failureTexts(v)
	}
	return out, nil
}

// executionOrChild is Execution, also for an Express execution that a Map Run has
// started (F-238).
func (a *API) executionOrChild(text string) (engine.View, error) {
	at, err := arn.Parse(text)
	if err != nil || at.Kind != arn.Express || at.Label == "" {
		return a.Execution(text)
	}
	v, err := a.engine.ExpressChild(at)
	return v, a.executionError(at, err)
}

func outputText(v engine.View) optionalString {
	if !v.Output.Exists() {
		return optionalString{}
	}
	return awsjson.Some(v.Output.String())
}

// failureTexts are error and cause as they are described; a timed-out execution
// shows neither (F-020).
func failureTexts(v engine.View) (name, cause optionalString) {
	f := v.Failure
	if f == nil || v.Status == machine.TimedOut {
		return name, cause
	}
	return optionalText(f.Name), optionalText(f.Cause)
}
