package asl

import (
	"github.com/aslocal/aslocal/value"
)

// An ItemProcessor is the workflow that a Map state runs for each item. It may
// be written under its old name, Iterator. Spec: "Map State".
type ItemProcessor struct {
	Workflow
	Mode          string // "INLINE", which is the default, or "DISTRIBUTED"
	ExecutionType string // of the child executions if distributed: "STANDARD" or "EXPRESS"
}

// The processing modes of a Map state.
const (
	inline      = "INLINE"
	distributed = "DISTRIBUTED"
)

func readItemProcessor(state value.Value, at *place, language QueryLanguage, depth int) *ItemProcessor {
	name := "ItemProcessor"
	if !state.Get(name).Exists() {
		name = "Iterator"
	}
	fields := state.Get(name)
	if fields.Kind() != value.Object {
		return nil
	}
	p := new(ItemProcessor)
	p.Workflow.read(fields, at.member(name), language, depth)
	config := fields.Get("ProcessorConfig")
	p.ExecutionType = config.Get("ExecutionType").Text()
	if p.Mode = config.Get("Mode").Text(); p.Mode == "" {
		p.Mode = inline
	}
	return p
}
