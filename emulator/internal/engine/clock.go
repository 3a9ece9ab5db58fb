package engine

import (
	"sync"
	"time"
)

// A Clock tells the time of an engine and wakes it. One clock moves Waits,
// retries, timeouts and heartbeats alike.
type Clock interface {
	// Now returns the time in Unix milliseconds. It never goes back.
	Now() int64
	// wake arranges that queue.due is called when the time has come; an
	// earlier arrangement is void. math.MaxInt64 means never.
	wake(queue *timers, at int64)
	// stop ends what wake has arranged.
	stop()
}

// SystemClock returns the clock of the machine.
func SystemClock() Clock { return &systemClock{base: time.Now()} }

// A systemClock reads the time from one monotonic base, so that it never goes
// back when the machine's clock is set.
type systemClock struct {
	base  time.Time
	mu    sync.Mutex
	timer *time.Timer
	over  bool // stopped
}

func (c *systemClock) Now() int64 { return c.base.Add(time.Since(c.base)).UnixMilli() }

func (c *systemClock) wake(queue *timers, at int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.timer != nil {
		c.timer.Stop()
	}
	if c.over {
		return
	}
	const longest = int64(24 * time.Hour / time.Millisecond) // then look again
	c.timer = time.AfterFunc(time.Duration(min(at-c.Now(), longest))*time.Millisecond, queue.due)
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

func (c *VirtualClock) stop() {}

// moveTo sets the time, but not back.
func (c *VirtualClock) moveTo(now int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = max(c.now, now)
}
