// Package engine runs executions. It owns the clock, the timers, the calls of tasks
// and the order in which things become durable. What an execution does is decided
// in asl/machine; what is kept is in emulator/journal.
//
// # A stimulus
//
// Each execution is handled by one goroutine at a time: the one that brings a
// stimulus. That is an API call, the outcome of a task, a timer or the end of a
// child. turn.go reads in the order of what happens then: the stimulus is
// delivered, the machine handles it, the batch is written, and only when it is
// durable are its events published and its commands carried out.
//
// # The states of an execution
//
// An execution that has not ended has an [entry]. It computes with its [resident],
// which can be rebuilt from the journal.
//
//	          stage      resident  what happens to a stimulus
//	begins    beginning  yes       its start, or its redrive, is on the way to the journal; only what it was before is shown
//	runs      running    yes       is handled
//	parked    running    yes       is handled; until then nothing happens, and after Config.EvictAfter it is evicted
//	evicted   running    no        is handled once the journal was folded
//	held      running    either    is queued until the hold is released, or a step is taken; a stop is handled
//	stopped   running    yes       the same, by a debugger, and the clock stands still
//	suspended suspended  unusable  is refused: the journal failed. A caller's stimulus restores the execution first, if the journal works again
//	ended     over       –         is refused: the engine does not know the execution any more, the journal does
//
// An execution that cannot be folded after a restart has no entry: it stands as it
// is in the journal, and can be stopped.
//
// # Who points to whom
//
// Timers, offers, jobs, the children of Map Runs and watchers are kept under the id
// of their execution and the token of what they belong to. None of them points to
// a resident, so an eviction or a restoration leaves them alone.
//
// # Locks
//
// Those that are held together are taken in this order:
//
//	Engine.advances → entry.turn → mapRunChildren.mu or watchers.mu → entry.mu
//
// Nobody holds two turns. All other locks are held for moments, whatever else is
// held; behind them come only those of busy and of the clock. Callbacks (watchers,
// replies, those who observe) may be called with a turn held: they must not block,
// and must not take a turn.
package engine

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/emulator/journal"
)

// Config is what an Engine needs.
type Config struct {
	Clock Clock         // nil: the system clock
	Store journal.Store // required
	Tasks task.Runner   // required; calls what the executions ask for
	// Program returns the compiled definition that was in force under the
	// given revision, or what the children of one of its distributed Maps run
	// ([arn.ChildRevision]). It is asked for executions that come back into memory
	// or go on after a restart.
	Program func(revision string) (*machine.Program, error)
	// Activities reports whether there is an activity of that ARN; nil: all are
	// there. It is called while executions are handled and must be quick.
	Activities func(arn string) bool
	// Seed returns the seed of the randomness of the execution with the ARN; nil:
	// from crypto/rand.
	Seed func(arn string) uint64
	Log  *slog.Logger // nil: slog.Default()
	// Began is called for each execution when its beginning, or its redrive, is
	// durable. It must not block. nil: nobody wants to know.
	Began func(start *machine.Start, started int64, redrives int, redriven int64)
	// Ended is called for each execution, children of Map Runs among them, when
	// its end is durable and before anybody who waits for it is answered. It must
	// not block, nor change the view. nil: nobody wants to know.
	Ended func(*View)

	// Stepper decides where executions stop, also those that go on after a
	// restart; see SetStepper. nil: none.
	Stepper Stepper
	// ByHand lets a task that nothing can answer wait for AnswerTask, instead of
	// failing with its [task.MissingError].
	ByHand bool
	// Answers reports whether Tasks may have an answer for the task of an activity,
	// in a state of a state machine, by its ARN, which else waits for a worker; nil:
	// only for executions that run a test case. It is called while executions are
	// handled and must be quick.
	Answers func(machineARN, state string) bool
	// InOrder makes calls of tasks one after the other, in the order in which they are
	// asked for. A call that waits for another one must not be made then.
	InOrder bool
	// Probe returns what sees an execution from its beginning on, or from when it is
	// back in memory; nil: nothing does.
	Probe func(start *machine.Start) machine.Probe
	// WaitTimeScale multiplies the length of Waits and retry pauses; 0 means 1.
	WaitTimeScale float64
	// AutoAdvance moves a virtual clock to the next timer whenever nothing
	// else can happen.
	AutoAdvance bool
	// EvictAfter is how long a Standard execution must have done nothing before
	// it leaves memory, until its next stimulus. 0 means 30 seconds with the
	// system clock and never with a virtual one; negative means never.
	EvictAfter time.Duration
	// MaxOpen is how many Standard executions may be open before Start fails
	// with ErrTooManyOpen. 0 means 1,000,000, as the service's quota; negative
	// means no limit. Children of Map Runs count, but are not refused.
	MaxOpen int
	// NestedStarts is how many executions a second may be started by the tasks
	// of other executions, after a burst of MaxNestedBurst; more have to wait.
	// 0 means 300; negative means no limit.
	NestedStarts float64
}

// withDefaults fills in what is not set.
func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = SystemClock()
	}
	if c.Seed == nil {
		c.Seed = randomSeed
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.WaitTimeScale == 0 {
		c.WaitTimeScale = 1
	}
	if _, virtual := c.Clock.(*VirtualClock); c.EvictAfter == 0 && !virtual {
		c.EvictAfter = 30 * time.Second
	}
	if c.MaxOpen == 0 {
		c.MaxOpen = 1_000_000
	}
	if c.NestedStarts == 0 {
		c.NestedStarts = 300
	}
	return c
}

func randomSeed(string) uint64 {
	var b [8]byte
	rand.Read(b[:])
	return binary.NativeEndian.Uint64(b[:])
}

// An Engine runs executions. It is safe for concurrent use.
type Engine struct {
	config  Config
	clock   Clock
	store   journal.Store
	virtual *VirtualClock // nil if the clock is another
	log     *slog.Logger

	entries      entries
	idle         idleList
	timers       *timers
	offers       offers
	jobs         jobs
	children     children
	readChildren readChildren
	watchers     watchers
	mapRuns      mapRuns
	failures     failures
	observed     observers
	holds        holds
	steps        steps
	inOrder      inOrder
	nested       *bucket

	opened   time.Time
	busy     busy
	advances sync.Mutex // one goroutine moves a virtual clock at a time
	root     context.Context
	stopAll  context.CancelFunc
}

// New returns an engine. Call Recover before anything else.
func New(c Config) *Engine {
	c = c.withDefaults()
	e := &Engine{config: c, clock: c.Clock, store: c.Store, log: c.Log, opened: time.Now()}
	e.entries.lastID = c.Store.LastID()
	e.root, e.stopAll = context.WithCancel(context.Background())
	e.virtual, _ = c.Clock.(*VirtualClock)
	e.SetStepper(c.Stepper)
	e.timers = newTimers(c.Clock, e.fire)
	e.nested = newBucket(c.NestedStarts, MaxNestedBurst)
	if e.virtual != nil && c.AutoAdvance {
		e.busy.notify = func() { go e.skip() }
	}
	return e
}

// probe lets the probe of the configuration see an execution.
func (e *Engine) probe(r *resident) {
	if e.config.Probe != nil {
		r.machine.SetProbe(e.config.Probe(r.start))
	}
}

// Close stops calling tasks and waits until what has happened is durable.
// Executions that have not ended go on when an engine is opened on the same
// store again.
func (e *Engine) Close(ctx context.Context) error {
	e.entries.close()
	e.clock.stop()
	e.idle.stop()
	e.failures.stop()
	e.stopAll()
	if err := e.busy.wait(ctx); err != nil {
		return fmt.Errorf("engine: closing: %w", err)
	}
	return journal.Flush(ctx, e.store)
}

var errClosed = errors.New("engine: closed")
