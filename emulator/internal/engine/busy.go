package engine

import (
	"context"
	"sync"
)

// busy counts what is going on in an engine: stimuli being handled, events on
// their way to the journal, tasks being called. A virtual clock may move only
// when nothing is.
type busy struct {
	mu     sync.Mutex
	n      int
	idle   chan struct{} // closed when n becomes 0; nil if nobody waits
	notify func()        // called when n becomes 0, outside the lock; may be nil
}

func (b *busy) add() {
	b.mu.Lock()
	b.n++
	b.mu.Unlock()
}

func (b *busy) done() {
	b.mu.Lock()
	b.n--
	idle := b.n == 0
	if idle && b.idle != nil {
		close(b.idle)
		b.idle = nil
	}
	b.mu.Unlock()
	if idle && b.notify != nil {
		b.notify()
	}
}

// isIdle reports whether nothing is going on.
func (b *busy) isIdle() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.n == 0
}

// wait returns when nothing is going on, or with the context's error.
func (b *busy) wait(ctx context.Context) error {
	b.mu.Lock()
	if b.n == 0 {
		b.mu.Unlock()
		return nil
	}
	if b.idle == nil {
		b.idle = make(chan struct{})
	}
	idle := b.idle
	b.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
