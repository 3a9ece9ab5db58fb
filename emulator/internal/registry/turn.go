package registry

import "sync"

// turns lets the changes of each resource happen one after the other. The zero
// turns has nobody waiting.
type turns struct {
	mu    sync.Mutex
	byARN map[string]*turn
}

// A turn is held by one change; others wait for it.
type turn struct {
	mu    sync.Mutex
	users int // that hold it or wait for it; guarded by turns.mu
}

// take waits for the turn to change the resource, and returns how to end it:
//
//	defer r.turns.take(arn)()
func (t *turns) take(arn string) (end func()) {
	t.mu.Lock()
	if t.byARN == nil {
		t.byARN = make(map[string]*turn)
	}
	mine := t.byARN[arn]
	if mine == nil {
		mine = new(turn)
		t.byARN[arn] = mine
	}
	mine.users++
	t.mu.Unlock()

	mine.mu.Lock()
	return func() {
		mine.mu.Unlock()
		t.mu.Lock()
		defer t.mu.Unlock()
		if mine.users--; mine.users == 0 {
			delete(t.byARN, arn)
		}
	}
}
