package api

import (
	"context"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/registry"
)

// This file has the action ValidateStateMachineDefinition.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html

type validateStateMachineDefinitionInput struct {
	Definition string `json:"definition" aws:"required,min=1,max=1048576,sensitive"`
	Type       string `json:"type" aws:"enum=STANDARD|EXPRESS"`
	Severity   string `json:"severity" aws:"enum=ERROR|WARNING"`
	MaxResults int    `json:"maxResults" aws:"min=0,max=100"`
}

type validateStateMachineDefinitionOutput struct {
	Result      string       `json:"result"`
	Diagnostics []diagnostic `json:"diagnostics"`
	Truncated   bool         `json:"truncated"`
}

type diagnostic struct {
	Severity string         `json:"severity"`
	Code     string         `json:"code"`
	Message  string         `json:"message"`
	Location optionalString `json:"location"`
}

// serviceWarnings are the codes of warnings that the service has, too. Others
// are for `aslocal validate`.
var serviceWarnings = map[string]bool{asl.NoDollar: true, asl.NoPath: true, asl.PassResultIsStatic: true}

// validateStateMachineDefinition reports all that is wrong with a definition;
// warnings if they are asked for.
func (a *API) validateStateMachineDefinition(_ context.Context, in *validateStateMachineDefinitionInput) (*validateStateMachineDefinitionOutput, error) {
	definition, diagnostics := asl.Parse(in.Definition)
	if !diagnostics.HasErrors() {
		diagnostics = append(diagnostics, asl.Validate(definition, asl.Options{Express: in.Type == registry.Express})...)
	}
	out := &validateStateMachineDefinitionOutput{Result: "OK", Diagnostics: []diagnostic{}}
	if diagnostics.HasErrors() {
		out.Result = "FAIL"
	}
	warnings := in.Severity == "WARNING"
	limit := int(pageSize(in.MaxResults))
	for _, d := range diagnostics {
		if d.Severity != asl.SeverityError && !(warnings && serviceWarnings[d.Code]) {
			continue
		}
		if len(out.Diagnostics) == limit {
			out.Truncated = true
			break
		}
		out.Diagnostics = append(out.Diagnostics, diagnostic{Severity: string(d.Severity), Code: d.Code, Message: d.Message, Location: optional(d.Pointer)})
	}
	return out, nil
}
