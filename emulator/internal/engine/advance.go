package engine

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
)

// This file moves a virtual clock.

// Advance moves a virtual clock on by d: timers fire in their order, each at
// its own time, and what they set off is handled before the next one fires. It
// returns when nothing is going on any more; a task that is being called is
// waited for.
func (e *Engine) Advance(ctx context.Context, d time.Duration) error {
	if e.virtual == nil {
		return errors.New("engine: only a virtual clock can be moved")
	}
	e.advances.Lock()
	defer e.leaveClock()
	target := e.virtual.Now() + d.Milliseconds()
	e.heal(ctx)
	for {
		if err := e.busy.wait(ctx); err != nil {
			return err
		}
		at := e.timers.next()
		if at > target {
			break
		}
		e.fireNext(at)
	}
	e.virtual.moveTo(target)
	if e.config.EvictAfter > 0 {
		e.sweep()
	}
	return nil
}

// leaveClock lets others move the clock.
func (e *Engine) leaveClock() {
	e.advances.Unlock()
	if e.busy.notify != nil {
		e.busy.notify() // it may have found the clock taken
	}
}

// AdvanceToEnd moves a virtual clock from timer to timer, as Advance does, until the
// execution has ended, or no timer is left.
func (e *Engine) AdvanceToEnd(ctx context.Context, arn string) error {
	if e.virtual == nil {
		return errors.New("engine: only a virtual clock can be moved")
	}
	e.advances.Lock()
	defer e.leaveClock()
	for {
		if err := e.busy.wait(ctx); err != nil {
			return err
		}
		at := e.timers.next()
		if v, err := e.Describe(arn); err != nil || v.Status != machine.Running || at == math.MaxInt64 {
			return err
		}
		e.fireNext(at)
	}
}

// Now returns the time of the engine's clock in Unix milliseconds.
func (e *Engine) Now() int64 { return e.clock.Now() }

// Settle returns when nothing is going on any more: every stimulus is handled,
// every batch durable, every called task answered.
func (e *Engine) Settle(ctx context.Context) error { return e.busy.wait(ctx) }

func (e *Engine) fireNext(at int64) {
	e.virtual.moveTo(at)
	if t, also := e.timers.pop(at); t != nil {
		e.fire(t, also)
	}
}

// skip moves a virtual clock to the next timer as long as nothing else can
// happen.
func (e *Engine) skip() {
	for e.root.Err() == nil && e.advances.TryLock() {
		for e.busy.isIdle() && !e.frozen() {
			at := e.timers.next()
			if at == math.MaxInt64 {
				break
			}
			e.fireNext(at)
		}
		e.advances.Unlock()
		if !e.busy.isIdle() || e.frozen() || e.timers.next() == math.MaxInt64 {
			return
		}
	}
}
