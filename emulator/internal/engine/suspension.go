package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/journal"
)

// This file heals executions after the journal could not be written.
//
// What has happened in memory since the last batch that was written must not be
// seen: the execution is suspended, and its resident is of no use any more. What
// durable batches have asked for stays: timers, offers, jobs, children. When the
// store works again, or when a caller has a stimulus for it, the execution is
// restored from its journal, and what that waits for is asked for again unless
// it is still there. So nothing is lost but the stimuli of callers, who got an
// error: a timer is due still, a job has kept its outcome, children their ends.

// An UnavailableError says that an execution cannot be handled for now. The
// same request may succeed later.
type UnavailableError struct {
	Execution string // ARN
	Cause     error  // mostly the store's
}

func (e *UnavailableError) Error() string {
	return fmt.Sprintf("engine: %s is not available: %v", e.Execution, e.Cause)
}

// Unwrap returns the cause.
func (e *UnavailableError) Unwrap() error { return e.Cause }

// How long to wait before the store is tried again: doubled each time.
const (
	firstPause = time.Second
	lastPause  = 30 * time.Second
)

// failures holds the executions that are suspended, and why.
type failures struct {
	mu      sync.Mutex
	entries map[int64]*suspension
	logged  string // the cause that was logged; "" when all is well
	pause   time.Duration
	timer   *time.Timer // nil: none runs
	stopped bool

	any atomic.Bool // something has failed, and nothing was written since
}

type suspension struct {
	entry *entry
	cause error
}

// stop ends what retries.
func (q *failures) stop() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.stopped = true
	if q.timer != nil {
		q.timer.Stop()
	}
}

// of is the error of an execution that is suspended.
func (q *failures) of(x *entry) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if s := q.entries[x.id]; s != nil {
		return &UnavailableError{x.arn, s.cause}
	}
	return &UnavailableError{x.arn, errors.New("it is being restored")}
}

// suspend keeps everybody from an execution whose journal could not be read or
// written, until it is restored. One that has not begun never will. It returns
// what callers get, and may be called with or without entry.turn.
func (e *Engine) suspend(x *entry, cause error) error {
	err := &UnavailableError{x.arn, cause}
	if e.root.Err() != nil {
		return errClosed
	}
	x.mu.Lock()
	stage, r := x.stage, x.resident
	if stage == running {
		x.stage = suspended
	}
	x.mu.Unlock()
	switch stage {
	case beginning:
		e.logFailure(x, cause)
		e.leave(x, outcome{err: err})
	case running:
		e.idle.remove(r)
		e.failures.add(e, x, cause)
		e.logFailure(x, cause)
	}
	return err
}

func (q *failures) add(e *Engine, x *entry, cause error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.entries == nil {
		q.entries = make(map[int64]*suspension)
	}
	q.entries[x.id] = &suspension{x, cause}
	if e.virtual == nil || e.config.AutoAdvance {
		q.arm(e)
	}
}

// arm lets the store be tried again after a pause. The caller holds q.mu.
func (q *failures) arm(e *Engine) {
	if q.timer != nil || q.stopped || len(q.entries) == 0 {
		return
	}
	if q.pause == 0 {
		q.pause = firstPause
	}
	q.timer = time.AfterFunc(q.pause, func() {
		q.mu.Lock()
		q.timer = nil
		q.pause = min(2*q.pause, lastPause)
		q.mu.Unlock()
		e.heal(e.root)
		q.mu.Lock()
		defer q.mu.Unlock()
		q.arm(e)
	})
}

// logFailure logs a cause once.
func (e *Engine) logFailure(x *entry, cause error) {
	if errors.Is(cause, journal.ErrOrder) {
		return // it follows a batch that failed before
	}
	q := &e.failures
	q.mu.Lock()
	defer q.mu.Unlock()
	q.any.Store(true)
	if text := cause.Error(); text != q.logged {
		q.logged = text
		e.log.Error("the journal failed; executions are suspended until it works again", "execution", x.arn, "error", cause)
	}
}

// passed takes note that something was written.
func (q *failures) passed(log *slog.Logger) {
	if !q.any.Load() {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.entries) == 0 && q.logged != "" {
		q.logged = ""
		q.any.Store(false)
		log.Info("the journal works again")
	}
}

// heal restores the suspended executions if the store can be written.
func (e *Engine) heal(ctx context.Context) {
	q := &e.failures
	q.mu.Lock()
	n := len(q.entries)
	q.mu.Unlock()
	if n == 0 || e.CheckStore(ctx) != nil {
		return
	}
	q.mu.Lock()
	var all []*entry
	for _, s := range q.entries {
		all = append(all, s.entry)
	}
	q.pause = 0
	q.mu.Unlock()
	for _, x := range all {
		e.restore(x)
	}
	q.passed(e.log)
}

// probe is a write that leaves nothing behind.
var probe = journal.Write{Documents: []journal.Document{{Kind: "probe", Key: "probe", Data: []byte("{}")}, {Kind: "probe", Key: "probe"}}}

// CheckStore writes to the store, as every execution does, and returns why it cannot.
func (e *Engine) CheckStore(ctx context.Context) error { return journal.Do(ctx, e.store, probe) }

// restore takes a suspended execution up again, from its journal. If that cannot
// be read, it stays suspended.
func (e *Engine) restore(x *entry) {
	x.turn.Lock()
	defer x.turn.Unlock()
	x.mu.Lock()
	stage, busy := x.stage, x.resident != nil && x.resident.unwritten > 0
	x.mu.Unlock()
	if stage == over {
		e.failures.remove(x) // what was on its way to the journal has ended it
	}
	if stage != suspended || busy || e.root.Err() != nil {
		return // it was restored, or its last writes are under way still
	}
	r, err := e.fold(x)
	if err != nil {
		e.failures.add(e, x, err)
		return
	}
	e.failures.remove(x)
	x.install(r)
	e.show(&record{resident: r}) // what was written although the store has said otherwise
	if r.machine.Status() != machine.Running {
		e.publish(&record{resident: r, progress: r.progress(), final: r.view()})
		return
	}
	e.takeUp(x, r, r.machine.Pending())
	e.busy.add()
	go func() {
		defer e.busy.done()
		for _, j := range e.jobs.outcomes(x.id) {
			e.bringOutcome(j)
		}
		e.takeUpChildren(x)
		e.deliver(x, delivery{Stimulus: machine.Stimulus{Kind: machine.Resumed}})
	}()
}

func (q *failures) remove(x *entry) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.entries, x.id)
}

// takeUp goes on with an execution that was just folded, in memory.
func (e *Engine) takeUp(x *entry, r *resident, pending []machine.Command) {
	e.idle.touch(r, e)
	e.askAgain(x, r, pending)
}

// askAgain asks for what an execution waits for that was just folded. If the clock
// is behind its last event, it was set back meanwhile, and the timers are moved
// back with it.
func (e *Engine) askAgain(x *entry, r *resident, pending []machine.Command) {
	if back := r.folded - e.clock.Now(); back > 0 {
		for i := range pending {
			pending[i].Due -= back
		}
	}
	e.carryOut(x, r.start, pending, true)
}

// giveUp ends an execution in memory that cannot be handled any more, although
// its journal does not have its end.
func (e *Engine) giveUp(x *entry, cause error) {
	e.log.Error("an execution cannot go on", "execution", x.arn, "error", cause)
	e.leave(x, outcome{err: &UnavailableError{x.arn, cause}})
}
