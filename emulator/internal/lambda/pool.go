package lambda

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// A pool has the environments of one function. A call takes the one that was
// used last; if all are busy it starts one, or waits if there are as many as
// there may be.
type pool struct {
	host     *Host
	function Function // but for its Place
	home     Home

	preparing sync.Mutex // guards the next three, and is held while they are made
	program   *program   // nil if it is not known, or the files have changed
	folders   []string   // with the files that it is made of
	seen      watch

	mu         sync.Mutex
	generation int            // counts the changes of the files
	idle       []*environment // used last at the end
	total      int            // environments that there are, or are being started
	finishing  int            // those that have answered and not yet asked for the next event
	waiters    []*waiter      // the first one is next
	retired    bool           // the function has been replaced
	place      string         // of the function, which may move
	others     map[Home]*pool // of the same function; only the pool of the host's home has them
}

// A waiter is a call that waits for an environment.
type waiter struct {
	ready chan *environment // has room for the one; nil means: start one, it is counted
}

// patience is how long a call waits for an environment that has answered, before
// it starts another one: about what that takes.
const patience = 100 * time.Millisecond

func newPool(h *Host, f Function, home Home) *pool {
	return &pool{host: h, function: f, home: home, place: f.Place}
}

// move says where the function is defined now.
func (p *pool) move(place string) {
	for _, other := range p.elsewhere() {
		other.move(place)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.place = place
}

// definition is the function as it is defined now.
func (p *pool) definition() Function {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.function
	f.Place = p.place
	return f
}

// run makes a call.
func (p *pool) run(ctx context.Context, c *call) {
	p.refresh()
	for {
		e, err := p.acquire(ctx)
		if err == nil && e == nil {
			e, err = p.launch(c)
		}
		if err != nil {
			p.refuse(c, err)
			return
		}
		served := e.serve(c)
		p.release(e)
		if served {
			return
		}
	}
}

// refuse ends a call that no process has seen.
func (p *pool) refuse(c *call, err error) {
	if c.Type == Event && p.host.log != nil {
		p.host.log(Entry{Time: time.Now(), Function: c.Function, RequestID: c.RequestID, Execution: c.Execution, Platform: true, Text: "aslocal: " + err.Error()})
	}
	c.err = err
	close(c.done)
}

// refresh looks whether the files have changed. Environments that have read the
// old ones end.
func (p *pool) refresh() {
	p.preparing.Lock()
	changed := false
	if p.program != nil && p.seen.due(time.Now()) {
		w := look(p.folders, time.Now)
		changed = w.sum != p.seen.sum
		p.seen = w
	}
	if changed {
		p.program = nil
	}
	p.preparing.Unlock()
	if changed {
		p.mu.Lock()
		p.generation++
		p.mu.Unlock()
		p.empty()
	}
}

// prepare returns what runs the function, and the generation of its files.
func (p *pool) prepare() (*program, int, error) {
	p.preparing.Lock()
	defer p.preparing.Unlock()
	if p.program == nil {
		folders := watched(p.function)
		seen := look(folders, time.Now) // before: what changes meanwhile is seen next time
		found, err := p.host.find(p.host.ctx, p.function)
		if err == nil {
			err = p.host.build(p.host.ctx, found)
		}
		if err != nil {
			return nil, 0, err
		}
		p.program, p.folders, p.seen = found, folders, seen
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.program, p.generation, nil
}

// forget has the next call look for what runs the function.
func (p *pool) forget() {
	p.preparing.Lock()
	defer p.preparing.Unlock()
	p.program = nil
}

// launch starts an environment, which acquire has counted.
func (p *pool) launch(c *call) (*environment, error) {
	program, generation, err := p.prepare()
	var e *environment
	if err == nil {
		if e, err = newEnvironment(p, program, generation, c.Execution); err != nil {
			p.forget() // its interpreter may be somewhere else now
		}
	}
	if err == nil {
		return e, nil
	}
	p.uncount()
	var problem cannot
	switch {
	case errors.As(err, &problem):
		err = cannotRun(p.definition(), string(problem))
	case p.host.ctx.Err() != nil:
		err = ErrClosed
	default: // the system has no more of something
		err = &Error{http.StatusInternalServerError, "ServiceException", fmt.Sprintf("no process can be started for the function '%s': %v", p.function.Name, err)}
	}
	return nil, err
}

// acquire returns an environment; nil if the call is to start one.
func (p *pool) acquire(ctx context.Context) (*environment, error) {
	p.mu.Lock()
	if last := len(p.idle) - 1; last >= 0 {
		e := p.idle[last]
		p.idle = p.idle[:last]
		p.mu.Unlock()
		e.expiry.Stop()
		return e, nil
	}
	room := p.total < p.function.Concurrency
	if room && p.finishing <= len(p.waiters) {
		p.total++
		p.mu.Unlock()
		return nil, nil
	}
	w := &waiter{ready: make(chan *environment, 1)}
	p.waiters = append(p.waiters, w)
	p.mu.Unlock()

	var impatient <-chan time.Time
	if room {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		impatient = timer.C
	}
	for {
		select {
		case e := <-w.ready:
			return e, nil
		case <-impatient:
			if p.hurry(w) {
				return nil, nil
			}
		case <-ctx.Done():
			p.leave(w)
			return nil, ctx.Err()
		case <-p.host.ctx.Done():
			p.leave(w)
			return nil, ErrClosed
		}
	}
}

// hurry lets a waiter start an environment, if there may be another one.
func (p *pool) hurry(w *waiter) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.Index(p.waiters, w)
	if i < 0 || p.total >= p.function.Concurrency {
		return false // it has been given one, or will be
	}
	p.waiters = slices.Delete(p.waiters, i, i+1)
	p.total++
	return true
}

// leave takes a waiter out of the queue, and gives on what it has been given.
func (p *pool) leave(w *waiter) {
	p.mu.Lock()
	i := slices.Index(p.waiters, w)
	if i >= 0 {
		p.waiters = slices.Delete(p.waiters, i, i+1)
	}
	p.mu.Unlock()
	if i >= 0 {
		return
	}
	if e := <-w.ready; e != nil {
		p.release(e)
	} else {
		p.uncount()
	}
}

// release gives an environment to the next call, or ends it if it is of no use.
func (p *pool) release(e *environment) {
	p.mu.Lock()
	if e.finishing {
		e.finishing = false
		p.finishing--
	}
	if e.ended() || e.generation != p.generation || p.retired {
		p.mu.Unlock()
		p.discard(e)
		return
	}
	defer p.mu.Unlock()
	if len(p.waiters) > 0 {
		p.waiters[0].ready <- e
		p.waiters = slices.Delete(p.waiters, 0, 1)
		return
	}
	p.idle = append(p.idle, e)
	e.expiry = time.AfterFunc(p.host.idle, func() { p.host.start(func() { p.remove(e) }) })
}

// finished counts an environment that has answered and is soon free.
func (p *pool) finished(e *environment) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e.finishing = true
	p.finishing++
}

// remove ends an environment if it is idle. It reports whether it was.
func (p *pool) remove(e *environment) bool {
	p.mu.Lock()
	i := slices.Index(p.idle, e)
	if i >= 0 {
		p.idle = slices.Delete(p.idle, i, i+1)
	}
	p.mu.Unlock()
	if i < 0 {
		return false
	}
	e.expiry.Stop()
	p.discard(e)
	return true
}

// empty ends the environments that are idle.
func (p *pool) empty() {
	p.mu.Lock()
	idle := p.idle
	p.idle = nil
	p.mu.Unlock()
	for _, e := range idle {
		e.expiry.Stop()
		if !p.host.start(func() { p.discard(e) }) {
			p.discard(e)
		}
	}
}

// retire ends all environments, those with a call after it.
func (p *pool) retire() {
	p.mu.Lock()
	p.retired = true
	p.mu.Unlock()
	p.empty()
	for _, other := range p.elsewhere() {
		other.retire()
	}
}

// discard ends an environment.
func (p *pool) discard(e *environment) {
	e.end()
	p.uncount()
}

// uncount counts an environment less; a call that waits may then start one.
func (p *pool) uncount() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total--
	if len(p.waiters) > 0 && p.total < p.function.Concurrency {
		p.total++
		p.waiters[0].ready <- nil
		p.waiters = slices.Delete(p.waiters, 0, 1)
	}
}

func (p *pool) status() Status {
	s := Status{Function: p.definition()}
	program, err := p.host.find(p.host.ctx, p.function)
	switch {
	case err != nil:
		s.Problem = err.Error()
	case program.source != "":
		s.Runs = "go build " + program.source
	default:
		s.Runs, s.Note = strings.Join(program.command, " "), program.note
	}
	for _, one := range append(p.elsewhere(), p) {
		one.mu.Lock()
		s.Environments, s.Busy = s.Environments+one.total, s.Busy+one.total-len(one.idle)
		one.mu.Unlock()
	}
	return s
}
