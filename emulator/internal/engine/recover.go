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
func (e *Engine) Recover() error {
	if err := e.loadMapRuns(); err != nil {
		return err
	}
	var found []*entry
	standing := make(map[string]bool)
	revisions := make(map[string]string)
	for history, err := range e.store.Unfinished() {
		if broken, ok := errors.AsType[*journal.BrokenError](err); ok {
			e.log.Error(broken.Error())
			continue
		}
		if err != nil {
			return fmt.Errorf("engine: reading the executions that have not ended: %w", err)
		}
		x := entryOf(&history.Execution)
		if known, ok := revisions[x.revision]; ok {
			x.revision = known // one text for all of them
		}
		revisions[x.revision] = x.revision
		r, err := e.foldInto(x, slices.Values(history.Batches))
		if err != nil {
			e.log.Error("an execution cannot go on", "execution", x.arn, "journal", e.store.Path(), "error", err)
			standing[x.arn] = true
			continue
		}
		if _, err := e.entries.add(x, 0); err != nil {
			return err
		}
		x.install(r)
		found = append(found, x)
	}
	wanted := make(map[waiting]bool)
	for _, x := range found {
		commands := x.resident.machine.Pending()
		for i := range commands {
			wanted[waiting{x.arn, commands[i].Token}] = true
		}
		e.takeUp(x, x.resident, commands)
		e.deliver(x, delivery{Stimulus: machine.Stimulus{Kind: machine.Resumed}})
	}
	for _, x := range found {
		if start := startOf(x); start != nil && !standing[start.Caller] && e.orphaned(start, wanted) {
			s := machine.Stimulus{Kind: machine.Stopped}
			if start.Managed {
				s.Failure = Unmanaged(start.Caller)
			}
			e.deliver(x, delivery{Stimulus: s})
		}
	}
	return nil
}

// waiting names a task of an execution that has not been answered.
type waiting struct {
	execution string // ARN
	token     int64
}

// startOf returns what x began with; nil if it is over.
func startOf(x *entry) *machine.Start {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.stage == over || x.resident == nil {
		return nil
	}
	return x.resident.start
}

// orphaned reports whether nobody waits for an execution any more that goes on
// only as long as somebody does: the process ended before it could be stopped.
func (e *Engine) orphaned(start *machine.Start, wanted map[waiting]bool) bool {
	switch {
	case start.MapRun != "":
		return e.mapRuns.get(start.MapRun) == nil
	case start.Managed:
		return !wanted[waiting{start.Caller, start.CallerToken}]
	}
	return false
}

// entryOf makes the entry of an execution that the journal has.
func entryOf(stored *journal.Execution) *entry {
	return &entry{id: stored.ID, arn: stored.ARN, revision: revisionOf(stored), stage: running}
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
	return &resident{entry: x, machine: m, start: m.Start(), folded: last}, nil
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
func (e *Engine) open(arn string) (*entry, error) { return e.adopt(arn, e.fold) }

// openToStop is open for a caller who will stop the execution: its program may
// be lost.
func (e *Engine) openToStop(arn string) (*entry, error) {
	return e.adopt(arn, func(x *entry) (*resident, error) {
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
}

// adopt makes an entry for an execution that has none, with the resident that
// make returns.
func (e *Engine) adopt(arn string, fold func(*entry) (*resident, error)) (*entry, error) {
	if x := e.find(arn); x != nil && !x.in(beginning) {
		return x, nil
	}
	stored, err := e.stored(arn)
	if err != nil || stored.Status != journal.Running {
		return nil, err
	}
	x := entryOf(&stored)
	x.turn.Lock()
	defer x.turn.Unlock()
	if other, err := e.entries.add(x, 0); other != nil || err != nil {
		return other, err
	}
	r, err := fold(x)
	if err != nil {
		e.leave(x)
		return nil, &UnavailableError{arn, err}
	}
	x.install(r)
	e.takeUp(x, r, r.machine.Pending())
	return x, nil
}

// standing is the error for those who wait for an execution that only the
// journal has.
func (e *Engine) standing(arn string) error {
	return &UnavailableError{arn, errors.New("it cannot go on")}
}
