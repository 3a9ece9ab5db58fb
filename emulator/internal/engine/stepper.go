package engine

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/journal"
)

// This file lets a debugger run executions step by step and stop them between two
// steps. While one is stopped, the clock of the engine stands still, so that
// nothing times out under the eyes of who looks at it.

// A Stepper decides where executions stop. Its methods are called with the turn of
// the execution held: they must be quick, and must not call the engine.
type Stepper interface {
	// Steps reports whether an execution is run step by step.
	Steps(start *machine.Start) bool
	// Stops reports whether an execution stops before its next step, which is
	// that of x.Next. It may look at x. It is asked again when the execution goes
	// on from there.
	Stops(start *machine.Start, x *machine.Execution) bool
}

// steps keeps the stepper, and the executions that it has stopped.
type steps struct {
	stepper atomic.Pointer[Stepper]

	n       atomic.Int32 // of stopped; 0: nobody needs the lock
	mu      sync.Mutex
	stopped map[string]*Hold // by ARN
}

// SetStepper sets the stepper; nil takes it away, and lets go what it has stopped.
func (e *Engine) SetStepper(s Stepper) {
	if s == nil {
		e.steps.stepper.Store(nil)
		for _, arn := range e.Stopped() {
			e.GoOn(arn)
		}
		return
	}
	e.steps.stepper.Store(&s)
}

// stopsBefore prepares the resident for its turn, and reports whether it stops
// instead of taking it. The caller holds entry.turn.
func (e *Engine) stopsBefore(r *resident, d *delivery) bool {
	s := e.steps.stepper.Load()
	if s == nil || !(*s).Steps(r.start) {
		r.machine.Stepwise(false)
		return false
	}
	r.machine.Stepwise(true)
	if d.Kind != machine.Resumed {
		return false
	}
	if _, ok := r.machine.Next(); !ok || !(*s).Stops(r.start, r.machine) {
		return false
	}
	e.steps.stop(e, r.start.ARN)
	e.holds.keepRest(r)
	return true
}

// stop holds an execution and, with it, the clock.
func (s *steps) stop(e *Engine, arn string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped[arn] != nil {
		return
	}
	if s.stopped == nil {
		s.stopped = make(map[string]*Hold)
	}
	if len(s.stopped) == 0 {
		e.clock.freeze(true)
		e.timers.hold()
	}
	s.stopped[arn] = e.Hold(Filter{Execution: arn})
	s.n.Store(int32(len(s.stopped)))
}

// GoOn lets an execution go on that the stepper has stopped; false if it is not
// stopped.
func (e *Engine) GoOn(arn string) bool {
	s := &e.steps
	if s.n.Load() == 0 {
		return false
	}
	s.mu.Lock()
	hold := s.stopped[arn]
	delete(s.stopped, arn)
	s.n.Store(int32(len(s.stopped)))
	if hold != nil && len(s.stopped) == 0 {
		e.clock.freeze(false)
		e.timers.release()
	}
	s.mu.Unlock()
	if hold == nil {
		return false
	}
	hold.Release()
	if e.busy.notify != nil {
		e.busy.notify() // a virtual clock may go on by itself, if nothing else does
	}
	return true
}

// Stopped returns the ARNs of the executions that the stepper has stopped, sorted.
func (e *Engine) Stopped() []string {
	e.steps.mu.Lock()
	defer e.steps.mu.Unlock()
	return slices.Sorted(maps.Keys(e.steps.stopped))
}

// frozen reports whether the clock stands still because an execution is stopped.
func (e *Engine) frozen() bool { return e.steps.n.Load() > 0 }

// Inspect calls see with an execution that has not ended, between two of its
// steps. see must be quick, must change nothing and must not call the engine. It
// fails with ErrNotFound, ErrStale if the execution is over, or the error that
// keeps it from being loaded.
func (e *Engine) Inspect(arn string, see func(start *machine.Start, x *machine.Execution)) error {
	x := e.find(arn)
	if x == nil {
		return ErrNotFound
	}
	x.turn.Lock()
	defer x.turn.Unlock()
	r, err := e.residentOf(x)
	if err != nil {
		return err
	}
	see(r.start, r.machine)
	return nil
}

// Override changes what a line of control of a stopped execution has, and returns
// when that is durable. ErrStale says that it does not stand where that can be
// done.
func (e *Engine) Override(ctx context.Context, arn string, frame int32, o *machine.Override) error {
	x := e.find(arn)
	if x == nil {
		return ErrNotFound
	}
	return e.sendWith(ctx, x, delivery{Stimulus: machine.Stimulus{Kind: machine.Overridden, Frame: frame, Override: o}, admitted: true})
}

// StopHere stops an execution where it stands, also while it waits, until GoOn;
// false if it is over or stopped already.
func (e *Engine) StopHere(arn string) bool {
	stopped := false
	err := e.Inspect(arn, func(*machine.Start, *machine.Execution) {
		e.steps.mu.Lock()
		stopped = e.steps.stopped[arn] == nil
		e.steps.mu.Unlock()
		e.steps.stop(e, arn)
	})
	return err == nil && stopped
}

// Written returns when everything that executions have done so far is durable, and was
// shown to those who observe it. The error is that of the context, or of the store.
func (e *Engine) Written(ctx context.Context) error {
	return journal.Do(ctx, e.store, journal.Write{}) // writes are done in their order
}

// ExecutionAt rebuilds an execution as it stood when it had that many records in
// its journal. It is the caller's. The error is ErrNotFound, that of the journal or
// of a definition that is lost; what Express executions did is not kept.
func (e *Engine) ExecutionAt(arn string, records int64) (*machine.Execution, error) {
	stored, err := e.stored(arn)
	if err != nil {
		return nil, err
	}
	var failed error
	left := records
	m, _, err := e.foldBatches(revisionOf(&stored), func(yield func(journal.Batch) bool) {
		for batch := range e.batchesOf(stored.ID, &failed) {
			if left <= 0 {
				return
			}
			if n := batch.Last - batch.First + 1; n > left {
				var events []machine.Event
				if events, failed = machine.ReadEvents(nil, batch.Data); failed != nil {
					return
				}
				batch.Data = machine.AppendEvents(nil, events[:left])
			}
			left -= batch.Last - batch.First + 1
			if !yield(batch) {
				return
			}
		}
	})
	return m, errors.Join(failed, err)
}
