package registry

import (
	"sync"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/value"
)

// This file shares compiled definitions between registries.

// Definitions are definitions that have been checked and compiled, for registries that
// define the same ones: those of many tests. The zero Definitions has none. It is safe for
// concurrent use.
type Definitions struct {
	mu       sync.Mutex
	compiled map[definitionKey]compiled
	size     int // of the texts
}

// A definitionKey is a definition as one type of state machine has it.
type definitionKey struct{ text, machineType string }

// A compiled definition has no errors.
type compiled struct {
	program    *machine.Program
	references value.Value
}

// get returns what a definition compiles to, if it is known; a nil Definitions knows none.
func (d *Definitions) get(text, machineType string) (c compiled, ok bool) {
	if d == nil {
		return c, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	c, ok = d.compiled[definitionKey{text, machineType}]
	return c, ok
}

// keep keeps what a definition compiles to, as long as there is room.
func (d *Definitions) keep(text, machineType string, c compiled) {
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.size += len(text); d.size > maxPrograms {
		return
	}
	if d.compiled == nil {
		d.compiled = make(map[definitionKey]compiled)
	}
	d.compiled[definitionKey{text, machineType}] = c
}
