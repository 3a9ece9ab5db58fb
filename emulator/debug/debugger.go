package debug

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/value"
)

// This file has the debugger, its faces, and what they are told.

// Config is what a Debugger needs.
type Config struct {
	// Rerun starts an execution that reuses what the tasks of another one have got
	// up to an event of its history, with another input if that has a value, and
	// returns its ARN.
	Rerun func(ctx context.Context, arn string, event int64, input value.Value) (string, error)
	// Keep is called with what is to survive a restart when that has changed, in the
	// order of the changes. It must not block and not call the debugger. nil: nothing
	// is kept.
	Keep func(Kept)
	// KeptFace is the name of the face whose breakpoints are kept.
	KeptFace string
}

// A Debugger stops executions. It is safe for concurrent use.
type Debugger struct {
	config Config
	engine *engine.Engine // set by Use

	on atomic.Bool // something may stop

	mu     sync.Mutex
	faces  []*Face
	lastID int
	runs   map[string]*run // executions that are stopped, step, or are looked at in the past, by ARN
	kept   string          // what Keep has got last, as JSON
}

// New returns a debugger. Give it to the engine as its Stepper, and the engine to
// it by Use.
func New(c Config) *Debugger { return &Debugger{config: c, runs: make(map[string]*run)} }

// Use sets the engine whose executions are debugged. It is called once, before
// anything but Steps and Stops.
func (d *Debugger) Use(e *engine.Engine) { d.engine = e }

// The errors that methods return.
var (
	ErrNotStopped = errors.New("debug: the execution is not stopped")
	ErrGone       = errors.New("debug: the execution is over, or there is none of that ARN")
	ErrNoThread   = errors.New("debug: there is no such line of control")
	ErrPast       = errors.New("debug: this is the past, in which nothing can be changed; go back to the present, or start a new execution from here")
	ErrNotHere    = errors.New("debug: that cannot be changed where the execution stands")
	ErrFirst      = errors.New("debug: there is no state before this one")
	ErrNoHistory  = errors.New("debug: the steps of an Express execution are not kept, so there is no way back")
)

// gone words that the engine does not know an execution.
func gone(err error) error {
	if errors.Is(err, engine.ErrNotFound) || errors.Is(err, engine.ErrStale) {
		return ErrGone
	}
	return err
}

// An EventKind says what a face is told.
type EventKind string

// The kinds of events.
const (
	Stopped     EventKind = "stopped"
	Continued   EventKind = "continued"
	Ended       EventKind = "ended" // the execution is over
	Output      EventKind = "output"
	Breakpoints EventKind = "breakpoints" // have changed, or were met
)

// An Event is something that a face is told.
type Event struct {
	Kind      EventKind
	Execution string
	Stop      *Stop  // Stopped
	Text      string // Output: a line
	Pointer   string // Output: JSON pointer of the state that it comes from
	Machine   string // Output, Ended: name of the state machine
	Status    string // Ended: of the execution
}

// A Face is somebody who debugs: an editor, a terminal, a page.
type Face struct {
	debugger *Debugger
	Name     string
	points   []*Breakpoint // guarded by Debugger.mu
	restored bool          // nobody has attached yet; guarded by Debugger.mu
	queue    queue
}

// Attach adds a face, or takes over the one of that name that [Debugger.Restore] has
// made. tell is called with what happens, one event at a time, from a
// goroutine of its own; it may call the debugger.
func (d *Debugger) Attach(name string, tell func(Event)) *Face {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := slices.IndexFunc(d.faces, func(f *Face) bool { return f.restored && f.Name == name })
	if i < 0 {
		i = len(d.faces)
		d.faces = append(d.faces, &Face{debugger: d, Name: name})
	}
	f := d.faces[i]
	f.restored = false
	f.queue.start(func(e Event) {
		if e.Kind == Stopped && !e.Stop.Past {
			d.written()
		}
		tell(e)
	})
	return f
}

// longestWrite is how long a stop waits for what led to it to be durable. Only a store that
// fails takes as long.
const longestWrite = 2 * time.Second

// written waits until what executions have done is durable, so that a face which is told of
// a stop finds in the journal what led there.
func (d *Debugger) written() {
	ctx, cancel := context.WithTimeout(context.Background(), longestWrite)
	defer cancel()
	_ = d.engine.Written(ctx) // a stop is told in any case
}

// Detach takes a face away, with its breakpoints. Executions go on if it was the
// last one.
func (f *Face) Detach() {
	d := f.debugger
	if !f.Leave() {
		return
	}
	for _, arn := range d.engine.Stopped() {
		d.letGo(arn, want{})
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for arn, r := range d.runs {
		if r.past != 0 { // nobody looks at it any more
			delete(d.runs, arn)
		}
	}
	d.update()
}

// Leave takes a face away as Detach does, but what is stopped stays stopped, also if it was
// the last one, which is what Leave reports.
func (f *Face) Leave() (last bool) {
	d := f.debugger
	d.mu.Lock()
	d.faces = slices.DeleteFunc(d.faces, func(other *Face) bool { return other == f })
	last = len(d.faces) == 0
	d.update()
	if len(f.points) > 0 {
		d.tell(Event{Kind: Breakpoints})
	}
	d.mu.Unlock()
	f.queue.close()
	return last
}

// tell tells all faces. It may be called with locks held.
func (d *Debugger) tell(e Event) {
	for _, f := range d.faces {
		if !f.restored {
			f.queue.put(e)
		}
	}
}

// SetBreakpoints replaces the breakpoints of the face and returns them with their
// ids and problems. One that equals an old one keeps its id and its hits.
func (f *Face) SetBreakpoints(points []Breakpoint) []Breakpoint {
	d := f.debugger
	d.mu.Lock()
	defer d.mu.Unlock()
	old := f.points
	f.points = nil
	for _, p := range points {
		b := p
		b.ID, b.Hits = 0, 0
		if i := slices.IndexFunc(old, func(o *Breakpoint) bool { return o != nil && o.same(&b) }); i >= 0 {
			b.ID, b.Hits = old[i].ID, old[i].Hits
			old[i] = nil
		} else {
			d.lastID++
			b.ID = d.lastID
		}
		b.prepare()
		f.points = append(f.points, &b)
	}
	d.update()
	d.keep()
	d.tell(Event{Kind: Breakpoints})
	return f.breakpoints()
}

// same reports whether two breakpoints say the same.
func (b *Breakpoint) same(o *Breakpoint) bool {
	plain := func(b *Breakpoint) string {
		c := *b
		c.ID, c.Hits, c.Problem, c.condition, c.log = 0, 0, "", nil, nil
		return fmt.Sprintf("%+v", c)
	}
	return plain(b) == plain(o)
}

// Breakpoints returns the breakpoints of the face.
func (f *Face) Breakpoints() []Breakpoint {
	f.debugger.mu.Lock()
	defer f.debugger.mu.Unlock()
	return f.breakpoints()
}

func (f *Face) breakpoints() []Breakpoint {
	all := make([]Breakpoint, len(f.points))
	for i, b := range f.points {
		all[i] = *b
	}
	return all
}

// AllBreakpoints returns the breakpoints of all faces, with the names of these.
func (d *Debugger) AllBreakpoints() map[string][]Breakpoint {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := make(map[string][]Breakpoint)
	for _, f := range d.faces {
		all[f.Name] = append(all[f.Name], f.breakpoints()...)
	}
	return all
}

// update notes whether anything may stop. The caller holds d.mu.
func (d *Debugger) update() {
	d.on.Store(len(d.runs) > 0 || slices.ContainsFunc(d.faces, func(f *Face) bool { return len(f.points) > 0 }))
}

// Ended tells the debugger that an execution is over.
func (d *Debugger) Ended(start *machine.Start, status machine.Status) {
	if !d.on.Load() {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if r := d.runs[start.ARN]; r != nil {
		r.stop = nil
		if r.past == 0 {
			delete(d.runs, start.ARN)
			d.update()
		}
		d.keep()
	}
	d.tell(Event{Kind: Ended, Execution: start.ARN, Machine: start.Machine, Status: status.String()})
}

// Forget drops what is kept of an execution that was to stop at its first state, and
// was not started.
func (d *Debugger) Forget(arn string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if r := d.runs[arn]; r != nil && r.stop == nil && r.want.kind == entry {
		delete(d.runs, arn)
		d.update()
	}
}

// A queue brings events to a face in their order.
type queue struct {
	mu     sync.Mutex
	events []Event
	more   chan struct{} // has one when there are events, or the queue is closed
	closed bool
}

func (q *queue) start(tell func(Event)) {
	q.more = make(chan struct{}, 1)
	go func() {
		for range q.more {
			q.mu.Lock()
			events, closed := q.events, q.closed
			q.events = nil
			q.mu.Unlock()
			if closed {
				return
			}
			for _, e := range events {
				if q.isClosed() {
					return
				}
				tell(e)
			}
		}
	}()
}

// maxQueued is how many events wait for a face at most; one that does not take
// them loses the oldest output.
const maxQueued = 10_000

func (q *queue) put(e Event) {
	q.mu.Lock()
	if len(q.events) >= maxQueued {
		i := max(0, slices.IndexFunc(q.events, func(e Event) bool { return e.Kind == Output || e.Kind == Breakpoints }))
		q.events = slices.Delete(q.events, i, i+1)
	}
	q.events = append(q.events, e)
	q.mu.Unlock()
	q.wake()
}

func (q *queue) isClosed() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.closed
}

func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.wake()
}

func (q *queue) wake() {
	select {
	case q.more <- struct{}{}:
	default:
	}
}
