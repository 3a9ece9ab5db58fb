package engine

import (
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/journal"
)

// This file takes stimuli to executions, batches to the journal, and, once
// they are durable, commands to whoever carries them out.

// run handles the stimulus and what follows from it without another one. The
// outcome of the first batch goes to reply when it is durable: nil, ErrStale
// or the store's error. reply may be nil; else it needs room for one.
func (e *Engine) run(x *execution, s machine.Stimulus, reply chan<- error) {
	e.busy.add()
	if e.step(x, s, firstSlice, reply) {
		go e.finish(x)
		return
	}
	e.busy.done()
}

// finish goes on with an execution whose batch was cut by the budget.
func (e *Engine) finish(x *execution) {
	defer e.busy.done()
	for slice := 2 * firstSlice; e.step(x, machine.Stimulus{Kind: machine.Resumed}, slice, nil); slice = min(2*slice, lastSlice) {
		if e.root.Err() != nil {
			return // the next start goes on from here
		}
	}
}

// step handles one stimulus; true if its batch has More. The time of the
// stimulus is that of its turn, so that time does not go back in a history.
func (e *Engine) step(x *execution, s machine.Stimulus, slice int, reply chan<- error) (more bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	refuse := func(err error) bool {
		if reply != nil {
			reply <- err
		}
		return false
	}
	if e.root.Err() != nil {
		return refuse(errClosed)
	}
	if err := x.lost.Load(); err != nil {
		return refuse(*err)
	}
	s.At, s.MissingActivities = e.Clock.Now(), e.missingActivities(x)
	b, err := e.handle(x, s, slice)
	switch {
	case err != nil:
		e.lose(x, err)
		return refuse(err)
	case b.Stale:
		return refuse(ErrStale)
	}
	e.commit(x, b, reply)
	return b.More
}

// missingActivities are the activities that the execution's program names and
// that do not exist now.
func (e *Engine) missingActivities(x *execution) (missing []string) {
	if e.Activities == nil {
		return nil
	}
	for _, arn := range x.x.Program().Activities() {
		if !e.Activities(arn) {
			missing = append(missing, arn)
		}
	}
	return missing
}

// ErrStale says that nobody waits for the answer any more.
var ErrStale = errors.New("engine: nobody waits for this any more")

// handle lets the machine handle the stimulus. A panic in there fails the
// execution, as it stands in the journal, and nothing else.
func (e *Engine) handle(x *execution, s machine.Stimulus, slice int) (b machine.Batch, err error) {
	defer func() {
		if r := recover(); r != nil {
			e.Log.Error("an execution panicked", "execution", x.arn, "panic", r, "stack", string(debug.Stack()))
			b, err = e.fail(x, s, fmt.Sprint(r))
		}
	}()
	return x.x.Handle(s, slice, newEvents()), nil
}

// fail ends an execution that has panicked. The machine may be in disorder, so
// it is rebuilt: from its journal; at the very start, and where there is no
// journal, from nothing.
func (e *Engine) fail(x *execution, s machine.Stimulus, what string) (b machine.Batch, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("engine: %s panicked, and again when it was ended: %v", x.arn, r)
		}
	}()
	broken := machine.Stimulus{Kind: machine.InternalError, At: s.At, Failure: machine.NewFailure(asl.ErrRuntime, "internal error of aslocal: "+what)}
	if s.Kind == machine.Begin || x.express {
		input := s.Output
		if s.Kind != machine.Begin {
			input = x.x.Input()
		}
		x.x = x.x.Fresh()
		begun := x.x.Handle(machine.Stimulus{Kind: machine.Begin, At: s.At, Start: x.start, Output: input}, 1, nil)
		return x.x.Handle(broken, 0, begun.Events), nil
	}
	if err := journal.Flush(e.root, e.Store); err != nil {
		return machine.Batch{}, fmt.Errorf("engine: %s panicked, waiting for its journal: %w", x.arn, err)
	}
	rebuilt, err := e.refold(x)
	if err != nil {
		return machine.Batch{}, fmt.Errorf("engine: %s panicked and cannot be rebuilt: %w", x.arn, err)
	}
	x.x = rebuilt
	return x.x.Handle(broken, 0, nil), nil
}

// commit sends a batch to the journal. The caller holds x.mu, which keeps the
// batches of one execution in order.
func (e *Engine) commit(x *execution, b machine.Batch, reply chan<- error) {
	if len(b.Events) == 0 { // as a heartbeat of a task that has no limit
		if reply != nil {
			reply <- nil
		}
		return
	}
	view, ended := x.published(b.Events)
	if x.express {
		e.committed(x, b, view, ended)
		if e.Observe == nil {
			recycle(b.Events)
		}
		if reply != nil {
			reply <- nil
		}
		return
	}
	e.busy.add()
	w := x.write(b.Events, view, ended)
	w.Documents = mapRunDocuments(x.arn, b.MapRuns)
	if e.Observe == nil {
		recycle(b.Events)
		b.Events = nil
	}
	e.Store.Commit(w, func(err error) {
		defer e.busy.done()
		if err != nil {
			e.lose(x, err)
		} else {
			e.committed(x, b, view, ended)
		}
		if reply != nil {
			reply <- err
		}
	})
}

// write makes the journal's record of a batch.
func (x *execution) write(events []machine.Event, view View, ended bool) journal.Write {
	first := view.records - int64(len(events)) + 1
	w := journal.Write{Batch: &journal.Batch{Execution: x.id, First: first, Last: view.records, Data: encode(events)}}
	if first == 1 {
		w.Create = x.row(view)
	} else if ended {
		w.Update = &journal.Update{ID: x.id, Status: view.Status.String(), Stopped: view.Stopped, Record: view.record()}
	}
	return w
}

// committed carries out what a durable batch has asked for. Batches of one
// execution come here in order. It does not wait for anything.
func (e *Engine) committed(x *execution, b machine.Batch, view View, ended bool) {
	x.view.store(view)
	e.publishMapRuns(x.arn, b.MapRuns)
	if e.Observe != nil {
		for i := range b.Events {
			e.Observe(x.arn, &b.Events[i])
		}
	}
	if ended {
		e.forget(x)
		x.tellWatchers(view)
		return
	}
	x.begun.give()
	for i := range b.Commands {
		e.carryOut(x, &b.Commands[i])
	}
}

// forget removes an execution that has ended, or never began.
func (e *Engine) forget(x *execution) {
	e.timers.drop(x)
	e.offers.drop(x)
	x.cancelCalls()
	e.dropFamilies(x)
	e.mu.Lock()
	if e.live[x.arn] == x {
		delete(e.live, x.arn)
	}
	e.mu.Unlock()
	x.begun.give()
	x.ended.give()
}

// lose gives an execution up whose batch could not be written: what has
// happened in memory since must not be seen. A restart goes on from the last
// batch that was written. It may be called without x.mu.
func (e *Engine) lose(x *execution, err error) {
	if !x.lost.CompareAndSwap(nil, &err) {
		return // with an earlier batch
	}
	e.Log.Error("an execution cannot go on; it stands until a restart", "execution", x.arn, "error", err)
	e.forget(x)
}

// carryOut does what one command asks for.
func (e *Engine) carryOut(x *execution, c *machine.Command) {
	switch c.Kind {
	case machine.RunTask:
		e.busy.add()
		go e.call(x.keepCall(e.root, c.Token), x, *c)
	case machine.WatchTask:
		e.watch(x, c)
	case machine.OfferTask:
		e.offers.add(&offer{x: x, command: *c})
	case machine.SetTimer:
		due := c.Due
		if now := e.Clock.Now(); c.Timer == machine.Sleep && e.WaitTimeScale != 1 && due > now {
			due = now + int64(float64(due-now)*e.WaitTimeScale)
		}
		e.timers.set(x, c, due)
	case machine.Cancel:
		e.timers.cancel(x, c.Token)
		e.offers.cancel(x, c.Token)
		x.cancelCall(c.Token)
		e.dropFamily(x, c.Token)
	case machine.StartChild:
		e.startChild(x, c)
	case machine.ReadItems, machine.WriteResults:
		e.busy.add()
		go e.call(x.keepCall(e.root, c.Token), x, *c)
	}
}

// fire brings a timer, and those that go with it, to its execution and returns
// when the stimulus was handled.
func (e *Engine) fire(t *timer) {
	e.run(t.x, machine.Stimulus{Kind: machine.Fired, Frame: t.frame, Token: t.token, Timer: t.kind, Also: t.also}, nil)
}
