package emulator

import (
	"fmt"
	"strings"
	"sync"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
)

// This file keeps what definitions compile to.

// programs holds compiled definitions by revision: those that executions have
// asked for, without those of revisions that another one has replaced.
type programs struct {
	mu       sync.Mutex
	compiled map[string]*machine.Program
}

func (p *programs) get(revision string) *machine.Program {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.compiled[revision]
}

func (p *programs) keep(revision string, program *machine.Program) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.compiled[revision] = program
}

// drop forgets a program. Whoever needs it again compiles it again.
func (p *programs) drop(revision string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.compiled, revision)
}

// program returns the compiled definition of a revision, or what the children
// of one of its distributed Maps run. The engine asks for it when an execution
// starts, and when one goes on after a restart.
func (e *Emulator) program(revision string) (*machine.Program, error) {
	root, labels, _ := strings.Cut(revision, "#")
	p, err := e.rootProgram(root)
	if err != nil || labels == "" {
		return p, err
	}
	for label := range strings.SplitSeq(labels, "#") {
		if p = p.Child(label); p == nil {
			return nil, fmt.Errorf("emulator: the definition %s has no distributed Map labelled %q", root, label)
		}
	}
	return p, nil
}

// rootProgram returns the compiled definition of a revision. No lock is held
// while it is compiled: whoever wants it meanwhile compiles it, too.
func (e *Emulator) rootProgram(revision string) (*machine.Program, error) {
	if p := e.programs.get(revision); p != nil {
		return p, nil
	}
	m, err := e.revision(revision)
	if err != nil {
		return nil, err
	}
	definition, diagnostics := asl.Parse(m.definition)
	if diagnostics.HasErrors() {
		return nil, diagnostics
	}
	p, err := compile(definition)
	if err == nil {
		e.programs.keep(revision, p)
	}
	return p, err
}
