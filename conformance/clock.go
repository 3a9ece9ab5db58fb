package conformance

import (
	"context"
	"time"
)

// A Clock is the time of a target.
type Clock interface {
	// Advance lets time pass, d or less of it, and returns how much has passed.
	// A virtual clock comes back when everything that was due has happened and
	// nothing goes on; for d = 0 it only waits for that.
	Advance(ctx context.Context, d time.Duration) (time.Duration, error)
	// Virtual reports whether nothing but Advance makes time pass.
	Virtual() bool
}

// A VirtualClock is one that a function moves, such as the method Advance of an
// emulator.
type VirtualClock func(ctx context.Context, d time.Duration) error

// Advance moves the clock by d.
func (c VirtualClock) Advance(ctx context.Context, d time.Duration) (time.Duration, error) {
	return d, c(ctx, d)
}

// Virtual returns true.
func (c VirtualClock) Virtual() bool { return true }

// SystemClock is the clock of a target whose time cannot be moved.
type SystemClock struct{}

// glance is how long the system's clock goes on before somebody looks again.
const glance = 50 * time.Millisecond

// Advance waits, a moment at most.
func (SystemClock) Advance(ctx context.Context, d time.Duration) (time.Duration, error) {
	start := time.Now()
	timer := time.NewTimer(min(d, glance))
	defer timer.Stop()
	select {
	case <-timer.C:
		return time.Since(start), nil
	case <-ctx.Done():
		return time.Since(start), ctx.Err()
	}
}

// Virtual returns false.
func (SystemClock) Virtual() bool { return false }
