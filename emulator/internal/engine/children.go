package engine

import (
	"strings"
	"sync"

	"github.com/aslocal/aslocal/asl/machine"
)

// This file runs the child executions of Map Runs. A child is an execution like
// any other, with a journal of its own if it is a Standard one; its end goes
// back to the Map Run as a stimulus, together with others that have come
// meanwhile.

// A family is the children of one Map Run, as far as its execution waits for
// them.
type family struct {
	frame int32
	token int64

	mu       sync.Mutex
	waiting  []*machine.ChildStarting
	starting bool
	live     map[string]*machine.ChildStarting // by ARN: started, not ended
	ended    []machine.ChildEnd                // not yet told
	telling  bool
	over     bool // nobody waits for them any more
}

// family returns that of the Map Run which the command belongs to.
func (x *execution) family(c *machine.Command) *family {
	x.familyMu.Lock()
	defer x.familyMu.Unlock()
	f := x.families[c.Token]
	if f == nil {
		f = &family{frame: c.Frame, token: c.Token, live: make(map[string]*machine.ChildStarting)}
		if x.families == nil {
			x.families = make(map[int64]*family)
		}
		x.families[c.Token] = f
	}
	return f
}

// startChild queues a child to be started. One goroutine starts those of a Map
// Run, so that they begin in the order of their items.
func (e *Engine) startChild(x *execution, c *machine.Command) {
	f := x.family(c)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waiting = append(f.waiting, c.Child)
	if !f.starting {
		f.starting = true
		e.busy.add()
		go e.startChildren(x, f)
	}
}

func (e *Engine) startChildren(x *execution, f *family) {
	defer e.busy.done()
	for c := f.next(); c != nil; c = f.next() {
		if err := e.begin(x, f, c); err != nil {
			if e.root.Err() == nil {
				e.lose(x, err)
			}
			return
		}
	}
}

// next takes a child out of the queue; nil if there is none to start.
func (f *family) next() *machine.ChildStarting {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over || len(f.waiting) == 0 {
		f.starting = false
		return nil
	}
	c := f.waiting[0]
	f.waiting = f.waiting[1:]
	f.live[c.ARN] = c
	return c
}

// begin starts one child, or finds it if an earlier process has started it.
func (e *Engine) begin(x *execution, f *family, c *machine.ChildStarting) error {
	revision := ChildRevision(x.revision, c.Label)
	program, err := e.Program(revision)
	if err != nil {
		return err
	}
	of := machineOfRun(c.MapRun)
	r := Request{Input: c.Input, Revision: revision, Program: program, Start: machine.Start{
		ARN: c.ARN, Name: c.Name, MachineARN: of, Machine: of[strings.LastIndexByte(of, ':')+1:], RoleARN: x.start.RoleARN,
		InputText: c.Input.String(), Express: c.Express, MapRun: c.MapRun, Parent: x.arn, Items: c.Items,
	}}
	ended := func(v View) { e.childEnded(x, f, c, v) }
	child, _, err := e.create(e.root, &r)
	if err == ErrExists {
		return e.OnEnd(c.ARN, ended)
	}
	if err != nil {
		return err
	}
	child.watch(ended)
	e.run(child, machine.Stimulus{Kind: machine.Begin, Start: &r.Start, Output: r.Input}, nil)
	if !c.Express && f.isOver() { // abandon came before there was anything to stop
		e.stopChild(c.ARN)
	}
	return nil
}

func (f *family) isOver() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.over
}

// childEnded takes the end of a child to its Map Run. It does not block.
func (e *Engine) childEnded(x *execution, f *family, c *machine.ChildStarting, v View) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.live, c.ARN)
	if f.over {
		return
	}
	f.ended = append(f.ended, machine.ChildEnd{Index: c.Index, Status: v.Status, Started: v.Started, Stopped: v.Stopped, Output: v.Output, Failure: v.Failure})
	if !f.telling {
		f.telling = true
		e.busy.add()
		go e.tellEnds(x, f)
	}
}

func (e *Engine) tellEnds(x *execution, f *family) {
	defer e.busy.done()
	for {
		f.mu.Lock()
		ended := f.ended
		f.ended = nil
		if f.telling = len(ended) > 0; !f.telling {
			f.mu.Unlock()
			return
		}
		f.mu.Unlock()
		e.run(x, machine.Stimulus{Kind: machine.ChildrenEnded, Frame: f.frame, Token: f.token, Ended: ended}, nil)
	}
}

// dropFamily gives the children up that the token stands for: the Standard ones
// are stopped. Express executions cannot be.
func (e *Engine) dropFamily(x *execution, token int64) {
	x.familyMu.Lock()
	f := x.families[token]
	delete(x.families, token)
	x.familyMu.Unlock()
	if f != nil {
		e.abandon(f)
	}
}

func (e *Engine) dropFamilies(x *execution) {
	x.familyMu.Lock()
	families := x.families
	x.families = nil
	x.familyMu.Unlock()
	for _, f := range families {
		e.abandon(f)
	}
}

func (e *Engine) abandon(f *family) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.over, f.waiting, f.ended = true, nil, nil
	var stop []string
	for arn, c := range f.live {
		if !c.Express {
			stop = append(stop, arn)
		}
	}
	if len(stop) == 0 {
		return
	}
	e.busy.add()
	go func() {
		defer e.busy.done()
		for _, arn := range stop {
			e.stopChild(arn)
		}
	}()
}

func (e *Engine) stopChild(arn string) {
	if child := e.find(arn); child != nil {
		e.run(child, machine.Stimulus{Kind: machine.Stopped}, nil)
	}
}

// ChildRevision is what [Config.Program] is asked for as the program of the
// children of a distributed Map: the revision of their parent and the label.
func ChildRevision(revision, label string) string { return revision + "#" + label }
