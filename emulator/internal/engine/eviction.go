package engine

import (
	"runtime/debug"
	"sync"
	"time"
)

// This file takes executions that only wait out of memory, and brings them back.
// Residents stand in a list in the order of their last durable batch; those that
// have stood there for EvictAfter leave, unless something of them is under way.

// idleList has the residents of Standard executions, the longest idle first.
type idleList struct {
	mu      sync.Mutex
	ends    idlePlace // next is the first, prev the last; a ring
	timer   *time.Timer
	stopped bool

	evicted  int   // since memory was given back; for sweep alone
	released int64 // when that was, of uptime
}

// An idlePlace is the place of a resident in the list.
type idlePlace struct {
	prev, next *idlePlace
	resident   *resident
	since      int64 // of uptime
}

func (p *idlePlace) unlink() {
	if p.next != nil {
		p.prev.next, p.next.prev = p.next, p.prev
		p.prev, p.next = nil, nil
	}
}

// touch puts a resident at the end of the list.
func (l *idleList) touch(r *resident, e *Engine) {
	if e.config.EvictAfter <= 0 || r.entry.express {
		return
	}
	now := e.uptime()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.append(r, now)
	if e.virtual == nil && l.timer == nil && !l.stopped {
		l.timer = time.AfterFunc(e.config.EvictAfter, e.sweep)
	}
}

// append puts a resident at the end of the list. The caller holds l.mu.
func (l *idleList) append(r *resident, now int64) {
	if l.ends.next == nil {
		l.ends.prev, l.ends.next = &l.ends, &l.ends
	}
	p := &r.idle
	p.unlink()
	p.resident, p.since = r, now
	p.prev, p.next = l.ends.prev, &l.ends
	p.prev.next, l.ends.prev = p, p
}

// remove takes a resident out of the list; nil is in none.
func (l *idleList) remove(r *resident) {
	if r == nil || r.entry.express {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	r.idle.unlink()
}

// uptime is the time by which idleness is measured, in milliseconds: setting the
// clock of the machine does not change it.
func (e *Engine) uptime() int64 {
	if e.virtual != nil {
		return e.virtual.Now()
	}
	return time.Since(e.opened).Milliseconds()
}

func (l *idleList) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stopped = true
	if l.timer != nil {
		l.timer.Stop()
	}
}

// first returns the resident that is idle for longest, and since when; nil if
// the list is empty.
func (l *idleList) first() (*resident, int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ends.next == nil || l.ends.next == &l.ends {
		return nil, 0
	}
	return l.ends.next.resident, l.ends.next.since
}

// manyEvicted is how many residents must have left for their memory to be worth a
// collection of its own. There is at most one in the time of EvictAfter.
const manyEvicted = 5000

// sweep evicts what has been idle for long enough. With a system clock it
// arranges for the next sweep.
func (e *Engine) sweep() {
	now, after := e.uptime(), e.config.EvictAfter.Milliseconds()
	l := &e.idle
	for r, since := l.first(); r != nil && since <= now-after; r, since = l.first() {
		if e.evict(r) {
			l.evicted++
			continue
		}
		l.mu.Lock()
		if r.idle.next != nil {
			l.append(r, now)
		}
		l.mu.Unlock()
	}
	if e.virtual != nil {
		return
	}
	if l.evicted >= manyEvicted && now-l.released >= after {
		debug.FreeOSMemory() // else the runtime keeps it for some minutes
		l.evicted, l.released = 0, now
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.timer = nil
	var next int64 // when there is something to do again
	if first := l.ends.next; first != nil && first != &l.ends {
		next = first.since + after
	} else if l.evicted >= manyEvicted {
		next = l.released + after
	}
	if next != 0 && !l.stopped {
		l.timer = time.AfterFunc(time.Duration(max(1, next-now))*time.Millisecond, e.sweep)
	}
}

// evict takes a resident out of memory, unless something of it is under way.
func (e *Engine) evict(r *resident) bool {
	x := r.entry
	if !x.turn.TryLock() {
		return false
	}
	defer x.turn.Unlock()
	if r.more || e.jobs.calls(x.id) {
		return false
	}
	x.mu.Lock()
	current, busy := x.resident == r && x.stage == running, r.unwritten > 0
	if current && !busy {
		x.resident = nil
	}
	x.mu.Unlock()
	if current && busy {
		return false
	}
	e.offers.slim(x.id)
	e.idle.remove(r)
	return true
}

// load brings an execution back that was evicted. The caller holds x.turn.
func (e *Engine) load(x *entry) (*resident, error) {
	r, err := e.fold(x)
	if err != nil {
		return nil, e.suspend(x, err)
	}
	x.install(r)
	e.idle.touch(r, e)
	return r, nil
}
