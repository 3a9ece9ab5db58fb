package engine

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/journal"
)

// This file goes on with executions after a restart: it folds their journals,
// asks again for what was not answered, and lets them continue. A task that was
// being called when the process ended is called again.

// Recover goes on with the executions that the store says have not ended. The
// Runner must be ready: tasks are called before it returns. The error is the
// store's.
func (e *Engine) Recover() error {
	if err := e.loadMapRuns(); err != nil {
		return err
	}
	var found []*execution
	for history, err := range e.Store.Unfinished() {
		if broken := (*journal.BrokenError)(nil); errors.As(err, &broken) {
			e.Log.Error(broken.Error())
			continue
		}
		if err != nil {
			return fmt.Errorf("engine: reading the executions that have not ended: %w", err)
		}
		x, err := e.restore(history)
		if err != nil {
			e.Log.Error("an execution cannot go on", "execution", history.Execution.ARN, "journal", e.Store.Path(), "error", err)
			continue
		}
		e.live[x.arn] = x
		found = append(found, x)
	}
	for _, x := range found {
		for _, c := range x.x.Pending() {
			e.carryOut(x, &c)
		}
		e.run(x, machine.Stimulus{Kind: machine.Resumed}, nil)
	}
	for _, x := range found {
		if e.orphaned(x) {
			e.run(x, machine.Stimulus{Kind: machine.Stopped}, nil)
		}
	}
	return nil
}

// orphaned reports whether x is a child whose Map Run has ended: the process
// ended before it could be stopped.
func (e *Engine) orphaned(x *execution) bool {
	if x.start.MapRun == "" {
		return false
	}
	r := e.mapRuns.get(x.start.MapRun)
	return r == nil || r.Status != machine.Running
}

// restore rebuilds one execution from its journal.
func (e *Engine) restore(h journal.History) (*execution, error) {
	x := newExecution(h.Execution.ARN, revisionOf(&h.Execution))
	x.id = h.Execution.ID
	var err error
	if x.x, err = e.fold(x.revision, slices.Values(h.Batches)); err != nil {
		return nil, err
	}
	if x.start = x.x.Start(); x.start == nil {
		return nil, errors.New("engine: its journal has no beginning")
	}
	view, _ := x.published(nil)
	x.view.store(view)
	x.begun.give()
	return x, nil
}

// fold rebuilds an execution from batches. A journal that does not fit the
// program is an error.
func (e *Engine) fold(revision string, batches iter.Seq[journal.Batch]) (x *machine.Execution, err error) {
	program, err := e.Program(revision)
	if err != nil {
		return nil, err
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("engine: the journal does not fit the program: %v", r)
		}
	}()
	var failed error
	x = machine.Replay(program, func(yield func(machine.Event) bool) {
		var buf []machine.Event
		for batch := range batches {
			if buf, failed = machine.ReadEvents(buf[:0], batch.Data); failed != nil {
				return
			}
			for _, ev := range buf {
				if !yield(ev) {
					return
				}
			}
		}
	})
	return x, failed
}

// refold rebuilds a live execution as far as its journal goes.
func (e *Engine) refold(x *execution) (*machine.Execution, error) {
	var failed error
	rebuilt, err := e.fold(x.revision, func(yield func(journal.Batch) bool) {
		for batch, err := range e.Store.Batches(x.id, 1) {
			if failed = err; err != nil || !yield(batch) {
				return
			}
		}
	})
	return rebuilt, errors.Join(failed, err)
}
