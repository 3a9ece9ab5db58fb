package ui

import "context"

// This file gives the inputs of executions that are shown as rows.

// Limits of a list of inputs.
const (
	maxInputs   = 200
	maxRowInput = 16 << 10 // bytes of an input that is shown in a row
)

// Inputs asks for the inputs of executions.
type Inputs struct {
	ARNs []string `json:"arns"` // 200 at most
}

// RowInputs has the inputs of executions, in the order of the ARNs.
type RowInputs struct {
	Inputs []RowInput `json:"inputs"`
}

// A RowInput is the input of an execution.
type RowInput struct {
	Input string `json:"input"` // "" if it has more than 16 KiB, or the execution is gone
	Bytes int    `json:"bytes"` // of the whole
}

func (u *UI) inputs(_ context.Context, in *Inputs) (*RowInputs, error) {
	if len(in.ARNs) > maxInputs {
		return nil, refuse("arns: expected at most %d, got %d", maxInputs, len(in.ARNs))
	}
	out := &RowInputs{Inputs: make([]RowInput, len(in.ARNs))}
	for i, arn := range in.ARNs {
		start, _, err := u.own.Start(arn)
		if err != nil {
			continue // gone meanwhile, or one that is not kept
		}
		out.Inputs[i].Bytes = len(start.InputText)
		if len(start.InputText) <= maxRowInput {
			out.Inputs[i].Input = start.InputText
		}
	}
	return out, nil
}
