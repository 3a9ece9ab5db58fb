package engine

import (
	"context"
	"errors"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/value"
)

// This file begins executions.

// A Request starts an execution.
type Request struct {
	Start    machine.Start // Seed is filled in
	Input    value.Value
	Revision string // of the definition
	Program  *machine.Program
}

// ErrExists is returned by Start for a name that is taken.
var ErrExists = errors.New("engine: the execution exists")

// Start begins an execution and returns once that is durable. If one of the
// same ARN exists, it returns its view and ErrExists; but if that was started by
// the same task of the same execution, the call was made before, and there is no
// error. ErrTooManyOpen says that no further execution may be opened.
func (e *Engine) Start(ctx context.Context, r Request) (View, error) {
	if r.Start.Caller != "" {
		if err := e.nested.take(ctx); err != nil {
			return View{}, err
		}
	}
	x, view, err := e.create(ctx, &r, r.Start.Express)
	if err == ErrExists && r.Start.Caller != "" && r.Start.Caller == view.Start.Caller && r.Start.CallerToken == view.Start.CallerToken {
		return view, nil
	}
	if err != nil {
		return view, err
	}
	if err := e.send(ctx, x, begin(&r)); err != nil {
		return View{}, err
	}
	return e.viewOf(x)
}

// StartSync begins an Express execution and returns when it has ended. If the
// context ends before that, the execution is stopped.
func (e *Engine) StartSync(ctx context.Context, r Request) (View, error) {
	x, view, err := e.create(ctx, &r, r.Start.Express)
	if err != nil {
		return view, err
	}
	e.deliver(x, delivery{Stimulus: begin(&r)})
	if x.in(over) { // as most are by now: it has waited for nothing
		return e.lastView(x)
	}
	ended := make(chan outcome, 1)
	if !e.watch(x, func(v View, err error) { ended <- outcome{v, err} }) {
		return e.lastView(x)
	}
	select {
	case end := <-ended:
		return end.view, end.err
	case <-e.root.Done():
		return View{}, errClosed
	case <-ctx.Done():
		e.deliver(x, delivery{Stimulus: machine.Stimulus{Kind: machine.Stopped}})
		return View{}, ctx.Err()
	}
}

// lastView is the view of an entry that is over.
func (e *Engine) lastView(x *entry) (View, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.final == nil {
		return View{}, e.standing(x.arn)
	}
	return *x.final, nil
}

// begin is the stimulus that begins an execution.
func begin(r *Request) machine.Stimulus {
	return machine.Stimulus{Kind: machine.Begin, Start: &r.Start, Output: r.Input}
}

// create makes the entry of a new execution. One that is being started under the
// same ARN at this moment is waited for. If there is one already, create returns
// its view and ErrExists. unused says that the ARN, which has a fresh UUID, is
// not in the journal.
func (e *Engine) create(ctx context.Context, r *Request, unused bool) (*entry, View, error) {
	r.Start.Seed = e.config.Seed(r.Start.ARN)
	x := &entry{arn: r.Start.ARN, revision: r.Revision, express: r.Start.Express}
	x.resident = &resident{entry: x, machine: machine.New(r.Program), start: &r.Start}
	e.probe(x.resident)
	limit := e.config.MaxOpen
	if r.Start.MapRun != "" {
		limit = 0
	}
	for {
		other, err := e.entries.add(x, limit)
		if err != nil {
			return nil, View{}, err
		}
		if other == nil {
			break
		}
		if err := e.waitForBeginning(ctx, other); err != nil {
			return nil, View{}, err
		}
		if v, err := e.viewOf(other); err == nil {
			return nil, v, ErrExists
		} else if err != ErrNotFound {
			return nil, View{}, err
		} // else it has not begun, and has no entry any more
	}
	if unused {
		return x, View{}, nil
	}
	stored, err := e.stored(x.arn)
	if err == ErrNotFound {
		return x, View{}, nil
	}
	e.leave(x, outcome{err: errNotBegun})
	if err != nil {
		return nil, View{}, err
	}
	view, err := e.storedView(stored)
	if err == nil {
		err = ErrExists
	}
	return nil, view, err
}

// waitForBeginning returns when the beginning of x is durable, or never will be.
func (e *Engine) waitForBeginning(ctx context.Context, x *entry) error {
	return e.waitWhile(ctx, x, func() bool { return x.stage == beginning })
}

// waitForLeaving returns when x, if it has ended, has left the table.
func (e *Engine) waitForLeaving(ctx context.Context, x *entry) error {
	return e.waitWhile(ctx, x, func() bool { return x.final != nil || x.stage == over })
}

// waitWhile waits until x changes, if what is said of it holds and it has not left
// the table yet.
func (e *Engine) waitWhile(ctx context.Context, x *entry, holds func() bool) error {
	x.mu.Lock()
	r := x.resident
	if r == nil || !holds() {
		x.mu.Unlock()
		return nil
	}
	if r.changed == nil {
		r.changed = make(chan struct{})
	}
	changed := r.changed
	x.mu.Unlock()
	if e.entry(x.id) != x { // it has left the table, and may have looked who waits before we did
		return nil
	}
	select {
	case <-changed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-e.root.Done():
		return errClosed
	}
}
