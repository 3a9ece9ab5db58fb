package emulator

import (
	"fmt"
	"maps"
	"slices"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/value"
)

// This file checks definitions and says what the API shows of them.

// checkDefinition validates and compiles a definition. What is wrong with it is
// an InvalidDefinition that lists every error.
func checkDefinition(text, machineType string) (*machine.Program, error) {
	definition, diagnostics := asl.Parse(text)
	if !diagnostics.HasErrors() {
		diagnostics = append(diagnostics, asl.Validate(definition, asl.Options{Express: machineType == typeExpress})...)
	}
	if errs := diagnostics.Errors(); len(errs) > 0 {
		return nil, invalidDefinition(errs)
	}
	program, err := compile(definition)
	if err != nil {
		return nil, fault.InvalidDefinition(fmt.Sprintf("%s: %v", asl.SchemaValidationFailed, err))
	}
	return program, nil
}

// invalidDefinition words the errors of a definition as CreateStateMachine does.
func invalidDefinition(errs asl.Diagnostics) error {
	texts := make([]string, len(errs))
	for i, d := range errs {
		texts[i] = d.Code + ": " + d.Message
		if d.Pointer != "" {
			texts[i] += " at " + d.Pointer
		}
	}
	return fault.InvalidDefinition(texts...)
}

// variableReferences are the variables that each state of a definition refers
// to; no value if there are none.
func variableReferences(definition string) value.Value {
	d, diagnostics := asl.Parse(definition)
	if diagnostics.HasErrors() {
		return value.Value{} // not one that was checked
	}
	refs := asl.VariableReferences(d)
	if len(refs) == 0 {
		return value.Value{}
	}
	var b value.ObjectBuilder
	for _, state := range slices.Sorted(maps.Keys(refs)) {
		names := make([]value.Value, len(refs[state]))
		for i, name := range refs[state] {
			names[i] = value.OfString(name)
		}
		b.Set(state, value.OfSlice(names))
	}
	return b.Value()
}
