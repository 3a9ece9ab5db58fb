package registry

import (
	"container/list"
	"fmt"
	"sync"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/arn"
)

// This file keeps what definitions compile to.

// maxPrograms bounds the definitions whose programs are kept, in bytes of their
// text. A program takes about ten times that.
const maxPrograms = 32 << 20

// programs holds compiled definitions by the key of their revision. Those that
// were not asked for the longest give way to others; whoever needs one again
// compiles it again. The zero programs is empty.
type programs struct {
	mu    sync.Mutex
	byKey map[string]*list.Element // of *kept
	order list.List                // the one asked for last is in front
	size  int                      // of all definitions
}

// A kept program is one in the cache.
type kept struct {
	key     string
	size    int // of the definition
	program *machine.Program
}

// get returns the program of the revision, or nil.
func (p *programs) get(key string) *machine.Program {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := p.byKey[key]
	if at == nil {
		return nil
	}
	p.order.MoveToFront(at)
	return at.Value.(*kept).program
}

// keep holds the program of a revision, whatever its size.
func (p *programs) keep(v *Revision, program *machine.Program) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.byKey == nil {
		p.byKey = make(map[string]*list.Element)
	}
	p.remove(p.byKey[v.Key])
	p.byKey[v.Key] = p.order.PushFront(&kept{v.Key, len(v.Definition), program})
	p.size += len(v.Definition)
	for p.size > maxPrograms && p.order.Len() > 1 {
		p.remove(p.order.Back())
	}
}

// drop forgets the program of a revision.
func (p *programs) drop(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.remove(p.byKey[key])
}

// remove takes an element out; nil is none. The caller holds p.mu.
func (p *programs) remove(at *list.Element) {
	if at == nil {
		return
	}
	k := p.order.Remove(at).(*kept)
	delete(p.byKey, k.key)
	p.size -= k.size
}

// Program returns the compiled definition of a revision, or what the children
// of one of its distributed Maps run. The engine asks for it when an execution
// goes on after a restart.
func (r *Registry) Program(revision string) (*machine.Program, error) {
	key, labels := arn.SplitRevision(revision)
	p := r.programs.get(key)
	if p == nil {
		v, err := r.Revision(key)
		if err != nil {
			return nil, err
		}
		if p, err = r.ProgramOf(v); err != nil {
			return nil, err
		}
	}
	for _, label := range labels {
		if p = p.Child(label); p == nil {
			return nil, fmt.Errorf("registry: the revision %s has no distributed Map labelled %q", key, label)
		}
	}
	return p, nil
}

// ProgramOf returns the compiled definition of a revision. Whoever wants it
// while it is compiled compiles it, too, rather than wait.
func (r *Registry) ProgramOf(v *Revision) (*machine.Program, error) {
	if p := r.programs.get(v.Key); p != nil {
		return p, nil
	}
	d, found := asl.Parse(v.Definition)
	if found.HasErrors() {
		return nil, found
	}
	p, err := r.compileProgram(d)
	if err == nil {
		r.programs.keep(v, p)
	}
	return p, err
}
