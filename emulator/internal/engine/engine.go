// Package engine runs executions: it owns the clock, the timers, the calls of
// tasks and the order in which things become durable. What an execution does is
// decided in asl/machine; what is kept is in emulator/journal.
//
// Each execution is handled by one goroutine at a time, the one that brings a
// stimulus: an API call, the outcome of a task, a timer. It hands the events to
// the journal, and when they are durable, and only then, their commands are
// carried out, the published view of the execution changes, and whoever waits
// for it is answered.
package engine

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// A batch holds about as many events as its slice: then others get a turn at the
// execution, and what has happened so far becomes durable. Slices of an
// execution that goes on and on grow, since each costs a write of the journal.
const (
	firstSlice = 256
	lastSlice  = 4096
)

// Config is what an Engine needs.
type Config struct {
	Clock Clock         // nil: the system clock
	Store journal.Store // required
	Tasks task.Runner   // required; calls what the executions ask for
	// Program returns the compiled definition that was in force under the
	// given revision, or what the children of one of its distributed Maps run
	// ([ChildRevision]). Executions that go on after a restart ask for it.
	Program func(revision string) (*machine.Program, error)
	// WaitTimeScale multiplies the length of Waits and retry pauses; 0 means 1.
	WaitTimeScale float64
	// AutoAdvance moves a virtual clock to the next timer whenever nothing
	// else can happen.
	AutoAdvance bool
	Log         *slog.Logger // nil: slog.Default()
	// Activities says whether there is an activity of that ARN; nil: all are
	// there. It is called while executions are handled and must be quick.
	Activities func(arn string) bool
	// Observe is called for events and private records once they are durable,
	// in order for each execution. It must not block. May be nil.
	Observe func(execution string, e *machine.Event)
}

// An Engine runs executions. It is safe for concurrent use.
type Engine struct {
	Config
	timers  *timers
	busy    busy
	virtual *VirtualClock // nil if the clock is another
	lastID  int64

	mu       sync.Mutex
	live     map[string]*execution // by ARN: those that have not ended
	closed   bool
	advances sync.Mutex // one goroutine moves a virtual clock at a time
	stopAll  context.CancelFunc
	root     context.Context
	offers   offers
	mapRuns  mapRuns
}

// New returns an engine. Call Recover before anything else.
func New(c Config) *Engine {
	if c.Clock == nil {
		c.Clock = SystemClock()
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.WaitTimeScale == 0 {
		c.WaitTimeScale = 1
	}
	e := &Engine{Config: c, live: make(map[string]*execution), lastID: c.Store.LastID()}
	e.root, e.stopAll = context.WithCancel(context.Background())
	e.virtual, _ = c.Clock.(*VirtualClock)
	e.timers = newTimers(c.Clock, e.fire)
	if e.virtual != nil && c.AutoAdvance {
		e.busy.notify = func() { go e.skip() }
	}
	return e
}

// Close stops calling tasks and waits until what has happened is durable.
// Executions that have not ended go on when an engine is opened on the same
// store again.
func (e *Engine) Close(ctx context.Context) error {
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
	e.Clock.stop()
	e.stopAll()
	if err := e.busy.wait(ctx); err != nil {
		return fmt.Errorf("engine: closing: %w", err)
	}
	return journal.Flush(ctx, e.Store)
}

// An execution is one that has not ended.
type execution struct {
	id       int64
	arn      string
	revision string
	express  bool
	start    *machine.Start

	mu sync.Mutex // held while the machine handles a stimulus
	x  *machine.Execution

	view   viewBox
	timers []*timer                          // guarded by Engine.timers.mu
	offers map[int64]*offer                  // guarded by Engine.offers.mu; by token
	calls  map[int64]context.CancelCauseFunc // guarded by callMu; by token
	callMu sync.Mutex

	familyMu sync.Mutex
	families map[int64]*family // by token

	begun signal // the beginning is durable, or never will be
	ended signal // the end is durable, or never will be
	lost  atomic.Pointer[error]

	watchMu  sync.Mutex
	told     bool
	watchers []func(View)
}

// A signal is given once.
type signal struct {
	once sync.Once
	c    chan struct{}
}

func (s *signal) give() { s.once.Do(func() { close(s.c) }) }

func newExecution(arn, revision string) *execution {
	return &execution{arn: arn, revision: revision, begun: signal{c: make(chan struct{})}, ended: signal{c: make(chan struct{})}}
}

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
// same ARN exists, it returns its view and ErrExists.
func (e *Engine) Start(ctx context.Context, r Request) (View, error) {
	x, view, err := e.create(ctx, &r)
	if err != nil {
		return view, err
	}
	if err := e.bring(ctx, x, machine.Stimulus{Kind: machine.Begin, Start: &r.Start, Output: r.Input}); err != nil {
		return View{}, err
	}
	return x.view.load(), nil
}

// create registers a new execution under its ARN. One that is being started
// under the same ARN at this moment is waited for.
func (e *Engine) create(ctx context.Context, r *Request) (*execution, View, error) {
	r.Start.Seed = newSeed()
	x := newExecution(r.Start.ARN, r.Revision)
	x.express, x.start, x.x = r.Start.Express, &r.Start, machine.New(r.Program)
	for {
		other, err := e.register(x)
		if err != nil {
			return nil, View{}, err
		}
		if other == nil {
			break
		}
		select {
		case <-other.begun.c:
		case <-ctx.Done():
			return nil, View{}, ctx.Err()
		case <-e.root.Done():
			return nil, View{}, errClosed
		}
		if v := other.view.load(); v.Start != nil {
			return nil, v, ErrExists
		} // else it has not begun, and is not registered any more
	}
	if x.express {
		return x, View{}, nil // its ARN holds a fresh UUID
	}
	stored, err := e.stored(x.arn)
	if err == ErrNotFound {
		return x, View{}, nil
	}
	e.forget(x)
	if err != nil {
		return nil, View{}, err
	}
	view, err := e.viewOf(stored)
	if err == nil {
		err = ErrExists
	}
	return nil, view, err
}

// register makes x the live execution of its ARN, unless there is another one,
// which it returns.
func (e *Engine) register(x *execution) (other *execution, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, errClosed
	}
	if other := e.live[x.arn]; other != nil {
		return other, nil
	}
	e.live[x.arn] = x
	e.lastID++
	x.id = e.lastID
	return nil, nil
}

var errClosed = errors.New("engine: closed")

func newSeed() uint64 {
	var b [8]byte
	rand.Read(b[:])
	return binary.NativeEndian.Uint64(b[:])
}
