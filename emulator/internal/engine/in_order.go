package engine

import "sync"

// This file makes calls of tasks one after the other, so that what runs at the same time
// in an execution ends in the same order in every run. It is for tests, whose calls are
// answered at once.

// inOrder is a queue of calls.
type inOrder struct {
	mu      sync.Mutex
	waiting []func()
	running bool // a goroutine takes them
}

// startCall makes a call by a goroutine of its own, or, with Config.InOrder, when those before
// it have returned and what they led to was handled. A virtual clock does not move until
// then.
func (e *Engine) startCall(call func()) {
	if !e.config.InOrder {
		e.goBusy(call)
		return
	}
	e.busy.add()
	q := &e.inOrder
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, call)
	if !q.running {
		q.running = true
		go e.takeInOrder()
	}
}

// takeInOrder makes the calls of the queue until there are none.
func (e *Engine) takeInOrder() {
	q := &e.inOrder
	for {
		q.mu.Lock()
		if len(q.waiting) == 0 {
			q.waiting, q.running = nil, false
			q.mu.Unlock()
			return
		}
		call := q.waiting[0]
		q.waiting = q.waiting[1:]
		q.mu.Unlock()
		call()
		e.busy.done()
	}
}
