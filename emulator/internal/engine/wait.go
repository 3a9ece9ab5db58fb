package engine

import (
	"context"
	"errors"
	"sync"

	"github.com/aslocal/aslocal/asl/machine"
)

// This file tells who waits for them how executions have ended.

// An outcome is how the life of an entry has ended: with the last view of its
// execution, or with the reason why there is none.
type outcome struct {
	view View
	err  error
}

// errNotBegun is the outcome of an entry whose execution did not begin because
// the journal has one of that name.
var errNotBegun = errors.New("engine: the execution has not begun")

// watchers holds what is to be called at the end of executions.
type watchers struct {
	mu sync.Mutex
	of map[int64][]func(View, error) // by id
}

// watch arranges that f is called once when x is over, with its last view or an
// error; false if that was before. f must not block: entry.turn may be held.
func (e *Engine) watch(x *entry, f func(View, error)) bool {
	w := &e.watchers
	w.mu.Lock()
	defer w.mu.Unlock()
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.stage == over {
		return false
	}
	x.asked |= askedWatchers
	if w.of == nil {
		w.of = make(map[int64][]func(View, error))
	}
	w.of[x.id] = append(w.of[x.id], f)
	return true
}

// tell calls what watch has kept for an execution that is over.
func (w *watchers) tell(execution int64, end outcome) {
	w.mu.Lock()
	waiting := w.of[execution]
	delete(w.of, execution)
	w.mu.Unlock()
	for _, f := range waiting {
		f(end.view, end.err)
	}
}

// Wait returns the view of an execution when it has ended, or an error: that of
// the context, ErrNotFound, or why the execution cannot end.
func (e *Engine) Wait(ctx context.Context, arn string) (View, error) {
	ended := make(chan outcome, 1)
	for {
		x := e.find(arn)
		if x == nil || !e.watch(x, func(v View, err error) { ended <- outcome{v, err} }) {
			v, err := e.Describe(arn)
			if err == nil && v.Status == machine.Running {
				err = e.standing(arn)
			}
			return v, err
		}
		select {
		case end := <-ended:
			if end.err == errNotBegun {
				continue // there is another one of that name
			}
			return end.view, end.err
		case <-ctx.Done():
			return View{}, ctx.Err()
		case <-e.root.Done():
			return View{}, errClosed
		}
	}
}

// OnEnd calls f with the view of an execution when it has ended, at once if it
// has already. f must not block. ErrNotFound says that there is none; one that
// cannot go on before a restart is an error, too.
func (e *Engine) OnEnd(arn string, f func(View)) error {
	return e.onEnd(arn, func(v View, err error) {
		if err == nil {
			f(v)
		}
	})
}

// onEnd is OnEnd for those who want to know, too, that an execution cannot go on.
func (e *Engine) onEnd(arn string, f func(View, error)) error {
	if x := e.find(arn); x != nil && !x.in(beginning) && e.watch(x, f) {
		return nil
	}
	v, err := e.Describe(arn)
	if err == nil && v.Status == machine.Running {
		err = e.standing(arn)
	}
	if err == nil {
		f(v, nil)
	}
	return err
}
