package engine

import (
	"context"
	"errors"
	"sync"
	"time"
)

// This file bounds how many executions there may be, so that a state machine that
// starts itself without end does not take all memory. The service's quotas on
// StartExecution are meant for many users; here only starts by tasks are slowed
// down, which nobody has asked for one by one.

// ErrTooManyOpen says that as many executions are open as may be. API:
// ExecutionLimitExceeded.
var ErrTooManyOpen = errors.New("engine: too many executions are open")

// MaxNestedBurst is how many executions may be started by tasks at once, before
// [Config].NestedStarts slows them down. Quotas: "StartExecution", bucket size.
const MaxNestedBurst = 1300

// A bucket lets through what comes at a rate, and more for a short time.
type bucket struct {
	rate, size float64 // a second; altogether. A rate below 0 is no limit

	mu     sync.Mutex
	tokens float64 // below 0: its negative is how many callers wait
	filled time.Time
}

// newBucket returns a full bucket.
func newBucket(rate, size float64) *bucket {
	return &bucket{rate: rate, size: size, tokens: size, filled: time.Now()}
}

// take returns when it is the caller's turn, or with the error of the context or
// of the job that it belongs to.
func (b *bucket) take(ctx context.Context) error {
	if j, ok := ctx.Value(jobKey{}).(*job); ok {
		ctx = j.ctx // the caller's may outlive it
	}
	wait := b.reserve()
	if wait <= 0 {
		return nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		b.giveBack()
		return ctx.Err()
	}
}

// reserve takes a token and returns how long to wait for it.
func (b *bucket) reserve() time.Duration {
	if b.rate < 0 {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.tokens = min(b.size, b.tokens+now.Sub(b.filled).Seconds()*b.rate) - 1
	b.filled = now
	return time.Duration(-b.tokens / b.rate * float64(time.Second))
}

func (b *bucket) giveBack() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tokens++
}
