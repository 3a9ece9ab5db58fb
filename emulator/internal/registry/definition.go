package registry

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/value"
)

// This file checks definitions and compiles them.

// compile validates and compiles a definition, and finds the variables that its
// states read. What is wrong with it is an InvalidDefinition that lists every
// error.
func (r *Registry) compile(text, machineType string) (p *machine.Program, references value.Value, err error) {
	if known, ok := r.definitions.get(text, machineType); ok {
		return known.program, known.references, nil
	}
	d, found := asl.Parse(text)
	if !found.HasErrors() {
		found = append(found, asl.Validate(d, asl.Options{Express: machineType == Express})...)
	}
	if found.HasErrors() {
		return nil, references, InvalidDefinition(found)
	}
	if p, err = r.compileProgram(d); err != nil {
		return nil, references, fault.InvalidDefinition(fmt.Sprintf("%s: %v", asl.SchemaValidationFailed, err))
	}
	references = variableReferences(d)
	r.definitions.keep(text, machineType, compiled{p, references})
	return p, references, nil
}

func (r *Registry) compileProgram(d *asl.Definition) (*machine.Program, error) {
	p, err := machine.Compile(d)
	if err == nil {
		LimitExpressions(p)
		r.CompleteParameters(p)
	}
	return p, err
}

// CompleteParameters makes the program look at the parameters of its tasks as all
// programs of the registry do.
func (r *Registry) CompleteParameters(p *machine.Program) { p.CompleteParameters(r.complete) }

// InvalidDefinition words the errors of a definition as CreateStateMachine does, which
// writes null for the place of one without a place (F-149).
func InvalidDefinition(found asl.Diagnostics) error {
	var texts []string
	for _, d := range found.Errors() {
		texts = append(texts, d.Code+": "+d.Message+" at "+cmp.Or(d.Pointer, "null"))
	}
	return fault.InvalidDefinition(texts...)
}

// variableReferences are the variables that each state of a definition reads; no
// value if there are none.
func variableReferences(d *asl.Definition) value.Value {
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

// A Processor is what the children of a distributed Map run, its ItemProcessor.
type Processor struct {
	Definition string
	Type       string      // of the children: Standard or Express
	References value.Value // the variables that the states inside read; no value if there are none
}

// Processor returns what the children of the distributed Map with a label run; nil
// if no Map has that label, and for "". Inferred (F-237).
func (v *Revision) Processor(label string) (p *Processor, err error) {
	if label == "" {
		return nil, nil
	}
	d, found := asl.Parse(v.Definition)
	if found.HasErrors() {
		return nil, found
	}
	d.AllStates(func(_ *asl.Workflow, s *asl.State) {
		if p == nil && s.ItemProcessor != nil && s.ItemProcessor.Mode == "DISTRIBUTED" && machine.Label(s) == label {
			p = v.processorOf(s)
		}
	})
	return p, nil
}

func (v *Revision) processorOf(s *asl.State) *Processor {
	p := &Processor{Type: cmp.Or(s.ItemProcessor.ExecutionType, Standard)}
	for _, name := range []string{"ItemProcessor", "Iterator"} {
		if field := s.Fields.Get(name); field.Exists() {
			p.Definition = field.String()
		}
	}
	var b value.ObjectBuilder
	inside := &asl.Definition{Workflow: s.ItemProcessor.Workflow}
	inside.AllStates(func(_ *asl.Workflow, s *asl.State) {
		if names := v.References.Get(s.Name); names.Exists() {
			b.Set(s.Name, names)
		}
	})
	if b.Len() > 0 {
		p.References = b.Value()
	}
	return p
}
