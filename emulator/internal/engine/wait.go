package engine

import (
	"context"
	"sync"

	"github.com/aslocal/aslocal/asl/machine"
)

// This file tells who waits for them how executions have ended.

// watchers holds what is to be called at the end of executions.
type watchers struct {
	mu sync.Mutex
	of map[int64][]func(View, error) // by id
}

// watch arranges that f is called once when x has ended, with its last view, or
// when it is known that it cannot end, with an error; false if that was before.
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

// tellWatchers calls what watch has kept. The stage of x is over.
func (e *Engine) tellWatchers(x *entry, v View, err error) {
	x.mu.Lock()
	watched := x.asked&askedWatchers != 0
	x.mu.Unlock()
	if !watched {
		return
	}
	w := &e.watchers
	w.mu.Lock()
	waiting := w.of[x.id]
	delete(w.of, x.id)
	w.mu.Unlock()
	for _, f := range waiting {
		f(v, err)
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
			if end.err == ErrNotFound {
				continue // it never began: one of that name was there before
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
	told := func(v View, err error) {
		if err == nil {
			f(v)
		}
	}
	if x := e.find(arn); x != nil && !x.in(beginning) && e.watch(x, told) {
		return nil
	}
	v, err := e.Describe(arn)
	if err == nil && v.Status == machine.Running {
		err = e.standing(arn)
	}
	if err == nil {
		f(v)
	}
	return err
}
