package engine

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/journal"
)

// This file goes on with executions that the journal has: after a restart, and
// when somebody asks for one that the engine does not know. It folds their
// journals, asks again for what was not answered, and lets them continue. A task
// that was being called when the process ended is called again.

// Recover goes on with the executions that the store says have not ended. The
// Runner must be ready: tasks are called before it returns. The error is the
// store's.
//
// All of them have an entry before the first one goes on, since they may look for
// each other. Those that only wait do not stay in memory meanwhile.
func (e *Engine) Recover() error {
	e.busy.add()
	defer e.busy.done()
	e.timers.hold()
	defer e.timers.release()
	if err := e.loadMapRuns(); err != nil {
		return err
	}
	c := recovery{revisions: make(map[string]string), standing: make(map[string]bool), asked: make(map[waiting]bool)}
	for history, err := range e.store.Unfinished() {
		if broken, ok := errors.AsType[*journal.BrokenError](err); ok {
			e.log.Error(broken.Error())
			continue
		}
		if err != nil {
			return fmt.Errorf("engine: reading the executions that have not ended: %w", err)
		}
		if err := e.recover(&c, &history); err != nil {
			return err
		}
	}
	for _, x := range c.active {
		e.resume(x)
	}
	for _, o := range c.owned {
		if e.orphaned(o.start, &c) {
			s := machine.Stimulus{Kind: machine.Stopped}
			if o.start.Managed {
				s.Failure = Unmanaged(o.start.Caller)
			}
			e.deliver(o.entry, delivery{Stimulus: s})
		}
	}
	return nil
}

// A recovery is what Recover has found.
type recovery struct {
	revisions map[string]string // one text for all entries
	standing  map[string]bool   // ARNs of those that cannot go on
	active    []*entry          // those that do not only wait
	owned     []owned
	asked     map[waiting]bool // the tasks that have not been answered
}

// An owned execution goes on only as long as another one waits for it.
type owned struct {
	entry *entry
	start *machine.Start
}

// waiting names a task of an execution that has not been answered.
type waiting struct {
	execution string // ARN
	token     int64
}

// recover makes the entry of an execution. If it only waits, that is arranged, and
// its resident leaves memory again.
func (e *Engine) recover(c *recovery, history *journal.History) error {
	x := entryOf(&history.Execution)
	r, err := e.foldInto(x, slices.Values(history.Batches))
	if err != nil {
		e.log.Error("an execution cannot go on", "execution", x.arn, "journal", e.store.Path(), "error", err)
		c.standing[x.arn] = true
		return nil
	}
	if known, ok := c.revisions[x.revision]; ok {
		x.revision = known
	} else {
		c.revisions[x.revision] = x.revision
	}
	x.install(r)
	if _, err := e.entries.add(x, 0); err != nil {
		return err
	}
	if r.start.MapRun != "" || r.start.Managed {
		c.owned = append(c.owned, owned{x, r.start})
	}
	commands := r.machine.Pending()
	parked := e.config.EvictAfter > 0 && r.machine.Parked()
	for i := range commands {
		switch commands[i].Kind {
		case machine.OfferTask:
			parked = parked && !e.answers(r.start, &commands[i])
		case machine.SetTimer:
		case machine.RunTask, machine.WatchTask:
			c.asked[waiting{x.arn, commands[i].Token}] = true
			parked = false
		default:
			parked = false
		}
	}
	if !parked {
		c.active = append(c.active, x)
		return nil
	}
	e.askAgain(x, r, commands)
	e.evict(r)
	return nil
}

// resume goes on with an execution that was recovered. Another one may have
// stopped it meanwhile.
func (e *Engine) resume(x *entry) {
	x.turn.Lock()
	if r, err := e.residentOf(x); err == nil {
		e.takeUp(x, r, r.machine.Pending())
	}
	x.turn.Unlock()
	e.deliver(x, delivery{Stimulus: machine.Stimulus{Kind: machine.Resumed}})
}

// orphaned reports whether nobody waits for an execution any more that goes on
// only as long as somebody does: the process ended before it could be stopped.
func (e *Engine) orphaned(start *machine.Start, c *recovery) bool {
	if start.MapRun != "" {
		return !c.standing[start.Parent] && e.mapRuns.get(start.MapRun) == nil
	}
	return !c.standing[start.Caller] && !c.asked[waiting{start.Caller, start.CallerToken}]
}

// entryOf makes the entry of an execution that the journal has. It is in the stage
// beginning until it gets its resident.
func entryOf(stored *journal.Execution) *entry {
	return &entry{id: stored.ID, arn: stored.ARN, revision: revisionOf(stored)}
}

// foldInto makes a resident for x of its batches.
func (e *Engine) foldInto(x *entry, batches iter.Seq[journal.Batch]) (*resident, error) {
	m, last, err := e.foldBatches(x.revision, batches)
	if err != nil {
		return nil, err
	}
	if m.Start() == nil {
		return nil, errors.New("engine: its journal has no beginning")
	}
	r := &resident{entry: x, machine: m, start: m.Start(), folded: last}
	e.probe(r)
	return r, nil
}

// foldBatches rebuilds an execution, and says when its last event was. A journal
// that does not fit the program is an error.
func (e *Engine) foldBatches(revision string, batches iter.Seq[journal.Batch]) (m *machine.Execution, last int64, err error) {
	program, err := e.config.Program(revision)
	if err != nil {
		return nil, 0, err
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("engine: the journal does not fit the program: %v", r)
		}
	}()
	var failed error
	m = machine.Replay(program, eventsOf(batches, &last, &failed))
	return m, last, failed
}

// eventsOf yields the events of batches. It sets when the last one was, or why
// they cannot be read.
func eventsOf(batches iter.Seq[journal.Batch], last *int64, failed *error) iter.Seq[machine.Event] {
	return func(yield func(machine.Event) bool) {
		var buf []machine.Event
		for batch := range batches {
			if buf, *failed = machine.ReadEvents(buf[:0], batch.Data); *failed != nil {
				return
			}
			for _, ev := range buf {
				*last = ev.At
				if !yield(ev) {
					return
				}
			}
		}
	}
}

// fold makes a resident for x of its journal.
func (e *Engine) fold(x *entry) (*resident, error) {
	var failed error
	r, err := e.foldInto(x, e.batchesOf(x.id, &failed))
	return r, errors.Join(failed, err)
}

// batchesOf yields the batches of an execution. It sets why they cannot be read.
func (e *Engine) batchesOf(execution int64, failed *error) iter.Seq[journal.Batch] {
	return func(yield func(journal.Batch) bool) {
		for batch, err := range e.store.Batches(execution, 1) {
			if *failed = err; err != nil || !yield(batch) {
				return
			}
		}
	}
}

// open returns the entry of an execution. One that only the journal has, because
// it could not go on, is taken up if that is possible now. The entry is nil if
// the execution has ended; ErrNotFound if there is none.
func (e *Engine) open(arn string) (*entry, error) {
	x, adopted, err := e.adopt(arn, e.fold)
	if adopted {
		e.deliver(x, delivery{Stimulus: machine.Stimulus{Kind: machine.Resumed}})
	}
	return x, err
}

// openToStop is open for a caller who will stop the execution: its program may
// be lost.
func (e *Engine) openToStop(arn string) (*entry, error) {
	x, _, err := e.adopt(arn, func(x *entry) (*resident, error) {
		r, err := e.fold(x)
		if err == nil {
			return r, nil
		}
		var last int64
		var unread, broken error
		m := machine.Remains(eventsOf(e.batchesOf(x.id, &unread), &last, &broken))
		if err := errors.Join(unread, broken); err != nil {
			return nil, err
		}
		return &resident{entry: x, machine: m, start: m.Start(), folded: last}, nil
	})
	return x, err
}

// adopt returns the entry of an execution. If it has none, adopt makes one, with
// the resident that fold returns.
func (e *Engine) adopt(arn string, fold func(*entry) (*resident, error)) (x *entry, adopted bool, err error) {
	if x := e.find(arn); x != nil && !x.in(beginning) {
		return x, false, nil
	}
	stored, err := e.stored(arn)
	if err != nil || stored.Status != journal.Running {
		return nil, false, err
	}
	x = entryOf(&stored)
	x.resident = &resident{entry: x}
	x.turn.Lock()
	defer x.turn.Unlock()
	if other, err := e.entries.add(x, 0); other != nil || err != nil {
		return other, false, err
	}
	r, err := fold(x)
	if err != nil {
		err = &UnavailableError{arn, err}
		e.leave(x, outcome{err: err})
		return nil, false, err
	}
	x.install(r)
	if r.machine.Status() != machine.Running { // it ended after stored was read, and its own entry has gone
		e.leave(x, outcome{view: *r.view()})
		return nil, false, nil
	}
	e.takeUp(x, r, r.machine.Pending())
	return x, true, nil
}

// standing is the error for those who wait for an execution that only the
// journal has.
func (e *Engine) standing(arn string) error {
	return &UnavailableError{arn, errors.New("it cannot go on")}
}
