package engine

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/aslocal/aslocal/asl/machine"
)

// This file holds executions between two steps, for those who want to look or to
// step: stimuli are queued, also those of timers that fire meanwhile. A hold is
// not durable and changes nothing that is; it does not keep an execution from
// being stopped.

// A Filter selects executions: one, those of a state machine, or, if it is
// empty, all.
type Filter struct {
	Execution string // ARN
	Machine   string // ARN without version or alias; of children, with their label
}

func (f *Filter) matches(start *machine.Start) bool {
	return (f.Execution == "" || f.Execution == start.ARN) && (f.Machine == "" || f.Machine == start.MachineARN)
}

// A Hold keeps executions from going on until it is released.
type Hold struct {
	engine *Engine
	filter Filter
}

// holds keeps the holds in force, and the stimuli that they keep.
type holds struct {
	n atomic.Int32 // of active and queues; 0: nobody needs the lock

	mu     sync.Mutex
	active []*Hold
	queues map[int64]*heldQueue // by id of the execution; none that is empty
}

// A heldQueue is what has come for one execution, oldest first.
type heldQueue struct {
	start    *machine.Start
	waiting  []delivery
	draining bool
}

// Hold holds the executions that the filter selects, now and in the future. One
// that begins, or is redriven, is held right after that.
func (e *Engine) Hold(f Filter) *Hold {
	q := &e.holds
	q.mu.Lock()
	defer q.mu.Unlock()
	h := &Hold{e, f}
	q.active = append(q.active, h)
	q.count()
	return h
}

// Release ends the hold: executions that no other one holds go on with what has
// come meanwhile. Releasing again does nothing.
func (h *Hold) Release() {
	e := h.engine
	q := &e.holds
	q.mu.Lock()
	defer q.mu.Unlock()
	q.active = slices.DeleteFunc(q.active, func(other *Hold) bool { return other == h })
	q.count()
	for id, queue := range q.queues {
		if queue.draining || q.holdsBack(queue.start) {
			continue
		}
		queue.draining = true
		e.busy.add()
		go func() {
			defer e.busy.done()
			e.drain(id)
		}()
	}
}

// drain delivers what has come for an execution that is not held any more.
func (e *Engine) drain(id int64) {
	for d, ok := e.holds.pop(id, true); ok; d, ok = e.holds.pop(id, true) {
		if x := e.entry(id); x != nil {
			e.deliver(x, d)
		} else {
			d.answer(ErrStale)
		}
	}
}

// Step lets a held execution take one step: it handles the oldest stimulus that
// has come, or goes on with what that has begun. It returns when the step was
// taken; false if there is nothing to do, or no such execution.
func (e *Engine) Step(arn string) bool {
	x := e.find(arn)
	if x == nil {
		return false
	}
	d, ok := e.holds.pop(x.id, false)
	if ok {
		e.deliverStep(x, d, 1)
	}
	return ok
}

// count tells whether anything is held. The caller holds q.mu.
func (q *holds) count() { q.n.Store(int32(len(q.active) + len(q.queues))) }

// any reports whether anything may be held.
func (q *holds) any() bool { return q.n.Load() > 0 }

// holdsBack reports whether an execution is held. The caller holds q.mu.
func (q *holds) holdsBack(start *machine.Start) bool {
	return slices.ContainsFunc(q.active, func(h *Hold) bool { return h.filter.matches(start) })
}

// admit returns the budget with which a stimulus may be handled now; 0 if it was
// queued. The caller holds entry.turn.
func (q *holds) admit(r *resident, d *delivery, budget int) int {
	if d.admitted || d.Kind == machine.Stopped || d.Kind == machine.InternalError {
		return budget
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	held, queue := q.holdsBack(r.start), q.queues[r.entry.id]
	switch {
	case !held && queue == nil:
		return budget
	case held && (d.Kind == machine.Begin || d.Kind == machine.Redriven):
		return 1
	}
	queue = q.queue(r)
	queue.waiting = append(queue.waiting, *d)
	return 0
}

// keepRest keeps what a held execution would go on with; false if it is not
// held. The caller holds entry.turn.
func (q *holds) keepRest(r *resident) bool {
	if !q.any() {
		return false
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.holdsBack(r.start) {
		return false
	}
	queue := q.queue(r)
	if !slices.ContainsFunc(queue.waiting, func(d delivery) bool { return d.Kind == machine.Resumed }) {
		queue.waiting = slices.Insert(queue.waiting, 0, delivery{Stimulus: machine.Stimulus{Kind: machine.Resumed}})
	}
	return true
}

// queue returns the queue of an execution, to put something into it. The caller
// holds q.mu.
func (q *holds) queue(r *resident) *heldQueue {
	queue := q.queues[r.entry.id]
	if queue == nil {
		queue = &heldQueue{start: r.start}
		if q.queues == nil {
			q.queues = make(map[int64]*heldQueue)
		}
		q.queues[r.entry.id] = queue
		q.count()
	}
	return queue
}

// pop takes the oldest stimulus of an execution, so that it is admitted; false if
// there is none. With draining it takes none of an execution that is held, and
// ends the draining then.
func (q *holds) pop(id int64, draining bool) (d delivery, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	queue := q.queues[id]
	if queue == nil {
		return d, false
	}
	if draining && q.holdsBack(queue.start) {
		queue.draining = false
		return d, false
	}
	d = queue.waiting[0]
	d.admitted = true
	if queue.waiting = slices.Delete(queue.waiting, 0, 1); len(queue.waiting) == 0 {
		delete(q.queues, id)
		q.count()
	}
	return d, true
}

// drop refuses what has come for an execution that is over.
func (q *holds) drop(id int64) {
	if !q.any() {
		return
	}
	q.mu.Lock()
	queue := q.queues[id]
	delete(q.queues, id)
	q.count()
	q.mu.Unlock()
	if queue == nil {
		return
	}
	for i := range queue.waiting {
		queue.waiting[i].answer(ErrStale)
	}
}
