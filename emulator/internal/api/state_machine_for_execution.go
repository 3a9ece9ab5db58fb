package api

import (
	"context"
	"time"

	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/value"
)

// This file has the action DescribeStateMachineForExecution.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachineForExecution.html

type describeStateMachineForExecutionOutput struct {
	StateMachineArn         string         `json:"stateMachineArn"`
	Name                    string         `json:"name"`
	Definition              string         `json:"definition"`
	RoleArn                 string         `json:"roleArn"`
	UpdateDate              time.Time      `json:"updateDate"`
	LoggingConfiguration    value.Value    `json:"loggingConfiguration"`
	TracingConfiguration    value.Value    `json:"tracingConfiguration"`
	EncryptionConfiguration value.Value    `json:"encryptionConfiguration"`
	RevisionID              optionalString `json:"revisionId"`
	VariableReferences      value.Value    `json:"variableReferences"`
	MapRunArn               optionalString `json:"mapRunArn"`
	Label                   optionalString `json:"label"`
}

// describeStateMachineForExecution returns the revision that the execution
// runs, not the newest one; it outlives its state machine.
func (a *API) describeStateMachineForExecution(_ context.Context, in *describeExecutionInput) (*describeStateMachineForExecutionOutput, error) {
	x, err := a.Execution(in.ExecutionArn)
	if err != nil {
		return nil, err
	}
	at, err := arn.Parse(x.Start.MachineARN)
	if err != nil {
		return nil, err
	}
	key, _ := arn.SplitRevision(x.Revision)
	v, err := a.registry.Revision(key)
	if err != nil {
		return nil, err
	}
	out := &describeStateMachineForExecutionOutput{
		StateMachineArn: x.Start.MachineARN, Name: x.Start.Machine, Definition: v.Definition, RoleArn: x.Start.RoleARN, UpdateDate: date(v.Updated),
		LoggingConfiguration: v.Logging, TracingConfiguration: v.Tracing, EncryptionConfiguration: v.Encryption,
		RevisionID: optional(v.ID), VariableReferences: v.References, MapRunArn: optional(x.Start.MapRun), Label: optional(at.Label),
	}
	p, err := v.Processor(at.Label)
	if err != nil {
		return nil, err
	}
	if p != nil {
		out.Definition, out.VariableReferences = p.Definition, p.References
	}
	if in.IncludedData == metadataOnly {
		out.Definition = "{}"
	}
	return out, nil
}
