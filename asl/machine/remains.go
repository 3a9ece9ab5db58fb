package machine

import "iter"

// This file rebuilds what can be known of an execution without its program.

// Remains rebuilds an execution whose program is lost or does not fit its events:
// its start, its numbers and its end. It has no lines of control, so it can only
// be ended, by a Stopped or an InternalError stimulus.
func Remains(events iter.Seq[Event]) *Execution {
	x := New(&Program{})
	for e := range events {
		if e.Type == ExecutionStarted || e.Type.Terminal() {
			x.apply(&e)
			x.root = nil
			continue
		}
		x.records++
		x.now, x.lastID = e.At, max(x.lastID, e.ID)
	}
	return x
}
