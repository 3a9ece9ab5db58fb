package engine

import (
	"sync"
	"sync/atomic"
	"time"
)

// A Clock tells the time of an engine and wakes it. One clock moves Waits,
// retries, timeouts and heartbeats alike.
type Clock interface {
	// Now returns the time in Unix milliseconds. It may go back: within a
	// history, the machine keeps it from that.
	Now() int64
	// wake arranges that queue.fireDue is called when the time has come; an
	// earlier arrangement is void. math.MaxInt64 means never.
	wake(queue *timers, at int64)
	// setBack returns by how many milliseconds the clock was set back since the
	// last call.
	setBack() int64
	// freeze lets the clock stand still, or go on. Behind that it is slow by as
	// long as it stood. The caller sees to it that calls do not overlap.
	freeze(on bool)
	// stop ends what wake has arranged.
	stop()
}

// SystemClock returns the clock of the machine: the time of the wall.
//
// Timers are due at a time of the wall. When the machine has slept, or its clock
// was set forward, they fire within a minute. When it was set back, they are
// moved back with it, also while the process did not run, so that no Wait takes
// longer than it should; a Wait until a Timestamp then ends too early.
func SystemClock() Clock {
	started := time.Now()
	return newSystemClock(func() int64 { return time.Now().UnixMilli() }, func() time.Duration { return time.Since(started) })
}

// A systemClock compares the time of the wall with the time that has passed
// since it was made, which stands while the machine sleeps.
type systemClock struct {
	wall   func() int64 // Unix milliseconds
	passed func() time.Duration
	behind atomic.Int64 // the wall, in milliseconds: how long it was frozen in all
	frozen atomic.Int64 // the time at which it stands; 0: it goes

	mu     sync.Mutex
	offset int64 // wall minus passed, in milliseconds, at the last look
	timer  *time.Timer
	over   bool // stopped
}

func newSystemClock(wall func() int64, passed func() time.Duration) *systemClock {
	c := &systemClock{wall: wall, passed: passed}
	c.offset = c.wall() - c.passed().Milliseconds()
	return c
}

func (c *systemClock) Now() int64 {
	if at := c.frozen.Load(); at != 0 {
		return at
	}
	return c.wall() - c.behind.Load()
}

func (c *systemClock) freeze(on bool) {
	at := c.frozen.Load()
	switch {
	case on && at == 0:
		c.frozen.Store(c.Now())
	case !on && at != 0:
		c.behind.Store(c.wall() - at)
		c.frozen.Store(0)
	}
}

// longestSleep is after how long the clock is looked at again: it may have been
// set, and the timers of the process stand while the machine sleeps.
const longestSleep = time.Minute

func (c *systemClock) wake(queue *timers, at int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.timer != nil {
		c.timer.Stop()
	}
	if c.over {
		return
	}
	left := min(at-c.Now(), longestSleep.Milliseconds())
	c.timer = time.AfterFunc(time.Duration(left)*time.Millisecond, queue.fireDue)
}

// leastStep is by how many milliseconds the clock must have been set back to be
// noticed. Smaller corrections are made all the time.
const leastStep = 500

func (c *systemClock) setBack() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	offset := c.wall() - c.passed().Milliseconds()
	back := c.offset - offset
	if back > -leastStep && back < leastStep {
		return 0
	}
	c.offset = offset
	return max(0, back)
}

func (c *systemClock) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
	if c.timer != nil {
		c.timer.Stop()
	}
}

// A VirtualClock stands still until it is moved. It is for tests: a Wait of a
// year takes no time, and every run has the same times in its history.
type VirtualClock struct {
	mu  sync.Mutex
	now int64
}

// NewVirtualClock returns a virtual clock that shows the given time.
func NewVirtualClock(now time.Time) *VirtualClock { return &VirtualClock{now: now.UnixMilli()} }

// Now returns the virtual time in Unix milliseconds.
func (c *VirtualClock) Now() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// wake does nothing: whoever moves the clock looks at the queue.
func (c *VirtualClock) wake(*timers, int64) {}

func (c *VirtualClock) setBack() int64 { return 0 }

// freeze does nothing: the clock stands anyway.
func (c *VirtualClock) freeze(bool) {}

func (c *VirtualClock) stop() {}

// moveTo sets the time, but not back.
func (c *VirtualClock) moveTo(now int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = max(c.now, now)
}
