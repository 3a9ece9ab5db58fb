package engine

import (
	"slices"
	"sync"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/arn"
)

// This file runs the child executions of Map Runs. A child is an execution like
// any other, with a journal of its own if it is a Standard one; its end goes
// back to the Map Run as a stimulus, together with others that have come
// meanwhile.

// mapRunChildren are the children of one Map Run, as far as its execution waits for
// them.
type mapRunChildren struct {
	parent *entry
	frame  int32
	token  int64

	roleARN, testCase, trace string // of the parent

	// What they run; set by the first that is started.
	machine  arn.ARN
	revision string
	program  *machine.Program

	mu       sync.Mutex
	live     map[string]*machine.ChildStarting // by ARN, until their end is durable in the parent
	waiting  []waitingChild                    // those of them that have not been started
	starting bool                              // a goroutine starts them
	ended    []childEnd                        // to be reported
	telling  bool                              // a goroutine reports them
	over     bool                              // nobody waits for them any more
}

// A waitingChild is a child to start. again says that it was to be started before,
// so that the journal may have it.
type waitingChild struct {
	*machine.ChildStarting
	again bool
}

// A childEnd is the end of a child on its way to the Map Run.
type childEnd struct {
	arn string
	machine.ChildEnd
}

// children holds those of all executions.
type children struct {
	mu sync.Mutex
	of map[int64][]*mapRunChildren // by id of the parent
}

// ofRun returns those of the Map Run which a command belongs to.
func (q *children) ofRun(x *entry, start *machine.Start, c *machine.Command) *mapRunChildren {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, m := range q.of[x.id] {
		if m.token == c.Token {
			return m
		}
	}
	m := &mapRunChildren{
		parent: x, frame: c.Frame, token: c.Token, roleARN: start.RoleARN, testCase: start.TestCase, trace: start.Trace,
		live: make(map[string]*machine.ChildStarting),
	}
	if q.of == nil {
		q.of = make(map[int64][]*mapRunChildren)
	}
	q.of[x.id] = append(q.of[x.id], m)
	return m
}

// startChild queues a child to be started. One goroutine starts those of a Map
// Run, so that they begin in the order of their items. A child that is queued or
// runs, because its parent was restored meanwhile, is left alone.
func (e *Engine) startChild(x *entry, start *machine.Start, c *machine.Command, again bool) {
	m := e.children.ofRun(x, start, c)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.live[c.Child.ARN] != nil {
		return
	}
	m.live[c.Child.ARN] = c.Child
	m.waiting = append(m.waiting, waitingChild{c.Child, again || c.Child.Redrive})
	e.startWaiting(m)
}

// queueChild lets a child wait to be started or redriven once more.
func (e *Engine) queueChild(m *mapRunChildren, c waitingChild) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.waiting = append(m.waiting, c)
	e.startWaiting(m)
}

// startWaiting begins to start the children that wait. The caller holds m.mu.
func (e *Engine) startWaiting(m *mapRunChildren) {
	if m.starting || m.over || len(m.waiting) == 0 {
		return
	}
	m.starting = true
	e.busy.add()
	go func() {
		defer e.busy.done()
		for c, ok := m.next(); ok; c, ok = m.next() {
			if err := e.beginChild(m, c); err != nil {
				e.requeue(m, c, err)
			}
		}
	}()
}

// next takes a child out of the queue; false if there is none to start.
func (m *mapRunChildren) next() (c waitingChild, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.over || len(m.waiting) == 0 || m.parent.in(suspended) {
		m.starting = false
		return c, false
	}
	c = m.waiting[0]
	m.waiting = m.waiting[1:]
	return c, true
}

// requeue puts a child back that could not be started, and suspends its parent:
// the child is started when the parent is restored.
func (e *Engine) requeue(m *mapRunChildren, c waitingChild, err error) {
	if e.root.Err() != nil || m.isOver() {
		return
	}
	c.again = true
	m.mu.Lock()
	m.waiting = slices.Insert(m.waiting, 0, c)
	m.mu.Unlock()
	e.suspend(m.parent, err)
}

// beginChild starts one child, or finds it if it was started before. One
// goroutine at a time calls it.
func (e *Engine) beginChild(m *mapRunChildren, c waitingChild) (err error) {
	if m.program == nil {
		run, err := arn.Parse(c.MapRun)
		if err != nil {
			return err
		}
		m.machine, m.revision = run.ChildMachine(), arn.ChildRevision(m.parent.revision, c.Label)
		if m.program, err = e.config.Program(m.revision); err != nil {
			return err
		}
	}
	r := Request{Input: c.Input, Revision: m.revision, Program: m.program, Start: machine.Start{
		ARN: c.ARN, Name: c.Name, MachineARN: m.machine.String(), Machine: m.machine.LabelledName(), RoleARN: m.roleARN,
		InputText: c.Input.String(), Express: c.Express, MapRun: c.MapRun, Parent: m.parent.arn, Items: c.Items, TestCase: m.testCase, Trace: m.trace,
	}}
	child, _, err := e.create(e.root, &r, !c.again)
	if err == ErrExists && c.Redrive {
		return e.redriveChild(m, c.ChildStarting)
	}
	if err == ErrExists {
		if _, err := e.open(c.ARN); err != nil {
			return err
		}
		return e.onEnd(c.ARN, e.childWatcher(m, c.ChildStarting))
	}
	if err != nil {
		return err
	}
	e.watch(child, e.childWatcher(m, c.ChildStarting))
	e.deliver(child, delivery{Stimulus: begin(&r)})
	if !c.Express && m.isOver() { // abandon came before there was anything to stop
		e.stopChild(child)
	}
	return nil
}

// childWatcher takes the end of a child to its Map Run. One that cannot go on is
// started again, or found again, when the parent is restored.
func (e *Engine) childWatcher(m *mapRunChildren, c *machine.ChildStarting) func(View, error) {
	return func(v View, err error) {
		if err != nil {
			e.requeue(m, waitingChild{ChildStarting: c}, err)
			return
		}
		e.childEnded(m, c, v, false)
	}
}

func (m *mapRunChildren) isOver() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.over
}

// childEnded takes the end of a child to its Map Run. notRedrivable says that it
// should have been redriven, and could not be. It does not block.
func (e *Engine) childEnded(m *mapRunChildren, c *machine.ChildStarting, v View, notRedrivable bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.over {
		return
	}
	m.ended = append(m.ended, childEnd{c.ARN, machine.ChildEnd{
		Index: c.Index, Status: v.Status, Started: v.Started, Stopped: v.Stopped, Output: v.Output, Failure: v.Failure, NotRedrivable: notRedrivable,
	}})
	e.tellEnds(m)
}

// tellEnds begins to report the children that have ended. The caller holds m.mu.
func (e *Engine) tellEnds(m *mapRunChildren) {
	if m.telling || m.over || len(m.ended) == 0 {
		return
	}
	m.telling = true
	e.busy.add()
	go func() {
		defer e.busy.done()
		for ended := m.takeEnded(); len(ended) > 0; ended = m.takeEnded() {
			s := machine.Stimulus{Kind: machine.ChildrenEnded, Frame: m.frame, Token: m.token, Ended: make([]machine.ChildEnd, len(ended))}
			for i := range ended {
				s.Ended[i] = ended[i].ChildEnd
			}
			e.deliver(m.parent, delivery{Stimulus: s, reply: func(err error) { m.told(ended, err) }})
		}
	}()
}

// takeEnded returns the ends to report now.
func (m *mapRunChildren) takeEnded() []childEnd {
	m.mu.Lock()
	defer m.mu.Unlock()
	ended := m.ended
	m.ended = nil
	if len(ended) == 0 || m.over || m.parent.in(suspended) {
		m.ended, m.telling = ended, false
		return nil
	}
	return ended
}

// told learns whether ends are durable in the parent. If they are not, they are
// reported again when the parent is restored.
func (m *mapRunChildren) told(ended []childEnd, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err != nil && err != ErrStale {
		m.ended = append(ended, m.ended...)
		return
	}
	for i := range ended {
		delete(m.live, ended[i].arn)
	}
}

// takeUpChildren goes on with the children of an execution that was restored.
func (e *Engine) takeUpChildren(x *entry) {
	e.children.mu.Lock()
	runs := slices.Clone(e.children.of[x.id])
	e.children.mu.Unlock()
	for _, m := range runs {
		m.mu.Lock()
		e.startWaiting(m)
		e.tellEnds(m)
		m.mu.Unlock()
	}
}

// abandon gives the children up that a token stands for: the Standard ones are
// stopped. Express executions cannot be.
func (e *Engine) abandon(execution, token int64) {
	q := &e.children
	q.mu.Lock()
	var found *mapRunChildren
	kept := slices.DeleteFunc(q.of[execution], func(m *mapRunChildren) bool {
		if m.token == token {
			found = m
		}
		return m.token == token
	})
	if len(kept) == 0 {
		delete(q.of, execution)
	} else {
		q.of[execution] = kept
	}
	q.mu.Unlock()
	if found != nil {
		e.stopChildren(found)
	}
}

// abandonAll gives up all children of an execution.
func (e *Engine) abandonAll(execution int64) {
	q := &e.children
	q.mu.Lock()
	runs := q.of[execution]
	delete(q.of, execution)
	q.mu.Unlock()
	for _, m := range runs {
		e.stopChildren(m)
	}
}

// stopChildren stops the children as they run now: by the time that it reaches
// them, a redrive of the run may have redriven some of them.
func (e *Engine) stopChildren(m *mapRunChildren) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.over, m.waiting, m.ended = true, nil, nil
	var stop []*entry
	for arn, c := range m.live {
		if !c.Express {
			stop = append(stop, e.find(arn))
		}
	}
	if len(stop) == 0 {
		return
	}
	e.busy.add()
	go func() {
		defer e.busy.done()
		for _, child := range stop {
			e.stopChild(child)
		}
	}()
}

// stopChild stops an execution, unless it has none, or an entry that is over.
func (e *Engine) stopChild(child *entry) {
	if child != nil {
		e.deliver(child, delivery{Stimulus: machine.Stimulus{Kind: machine.Stopped}})
	}
}
