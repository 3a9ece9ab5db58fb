package engine

import (
	"sync"

	"github.com/aslocal/aslocal/asl/machine"
)

// This file keeps the executions that have not ended: an entry for each, and for
// those that are not parked the resident that computes.

// An entry is what stays in memory of an execution that has not ended. There may
// be a million of them, so it is small: what it waits for is kept by the engine
// under its id, and what else is known of it is in the journal.
type entry struct {
	id       int64
	arn      string
	revision string // of the definition that it runs
	express  bool

	// Guarded by mu.
	stage    stage
	asked    asked
	redrives int32 // how often it was redriven

	// turn is held while the machine handles a stimulus. mu guards what follows;
	// it is held for moments only, and may be taken with turn held. resident is
	// replaced with both held.
	turn     sync.Mutex
	mu       sync.Mutex
	resident *resident // nil while it is evicted

	// How far the execution is durable.
	started  int64 // Unix milliseconds
	redriven int64 // when for the last time, in Unix milliseconds; 0 for never
	events   int64 // number of the last event in the history
	records  int64 // number of the last record in the journal
	final    *View // set when the end is durable
}

// stage says how far the life of an entry has come.
type stage uint8

const (
	beginning stage = iota // its first batch is not durable yet
	running
	suspended // a batch was not written: see suspension.go
	over      // ended, never begun, or given up; the engine does not know it any more
)

// asked says what an execution has ever asked the engine for: what it has not is
// not looked for when it ends.
type asked uint8

const (
	askedTimers asked = 1 << iota
	askedOffers
	askedCalls
	askedChildren
	askedWatchers
)

// askedFor is what a command asks for.
func askedFor(k machine.CommandKind) asked {
	switch k {
	case machine.SetTimer:
		return askedTimers
	case machine.OfferTask:
		return askedOffers | askedCalls // a call in a test case
	case machine.StartChild:
		return askedChildren
	}
	return askedCalls
}

// A resident is the part of an execution that computes. It may leave memory when
// the execution only waits.
type resident struct {
	entry   *entry
	machine *machine.Execution // guarded by entry.turn
	start   *machine.Start
	more    bool  // the last batch was cut by its budget; guarded by entry.turn
	folded  int64 // when the last event was that it was folded from, in Unix milliseconds

	// Guarded by entry.mu.
	unwritten int           // batches on their way to the journal
	refused   []func(error) // have come too late, and learn it when there are none
	changed   chan struct{} // closed when the entry leaves the stage beginning, and when it leaves the table; nil if nobody waits

	idle idlePlace
}

// entries is the table of all entries.
type entries struct {
	mu     sync.Mutex
	byARN  map[string]*entry
	byID   map[int64]*entry
	open   int // how many of them are Standard
	lastID int64
	closed bool
}

// add makes x the entry of its ARN, unless there is another one, which it
// returns. An entry without an id gets the next one. A limit of 0 is none.
func (t *entries) add(x *entry, limit int) (other *entry, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil, errClosed
	}
	if other := t.byARN[x.arn]; other != nil {
		return other, nil
	}
	if limit > 0 && !x.express && t.open >= limit {
		return nil, ErrTooManyOpen
	}
	if t.byARN == nil {
		t.byARN, t.byID = make(map[string]*entry), make(map[int64]*entry)
	}
	if x.id == 0 {
		t.lastID++
		x.id = t.lastID
	}
	t.byARN[x.arn], t.byID[x.id] = x, x
	if !x.express {
		t.open++
	}
	return nil, nil
}

// remove takes an entry out of the table, if it is there.
func (t *entries) remove(x *entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byID[x.id] != x {
		return
	}
	delete(t.byARN, x.arn)
	delete(t.byID, x.id)
	if !x.express {
		t.open--
	}
}

// close makes add fail.
func (t *entries) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
}

// find returns the entry of an ARN, nil if there is none.
func (e *Engine) find(arn string) *entry {
	e.entries.mu.Lock()
	defer e.entries.mu.Unlock()
	return e.entries.byARN[arn]
}

// entry returns the entry with an id, nil if there is none any more.
func (e *Engine) entry(id int64) *entry {
	e.entries.mu.Lock()
	defer e.entries.mu.Unlock()
	return e.entries.byID[id]
}

// in reports whether the entry is in a stage.
func (x *entry) in(s stage) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.stage == s
}

// install makes r the resident of x as the journal has it. The caller holds
// x.turn.
func (x *entry) install(r *resident) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if old := x.resident; old != nil && old.changed != nil {
		close(old.changed)
		old.changed = nil
	}
	r.entry, x.resident, x.stage = x, r, running
	x.durable(r.progress())
}

// A progress is how far an execution has come.
type progress struct {
	started, redriven     int64 // Unix milliseconds
	lastEvent, lastRecord int64 // numbers in the history and in the journal
	redrives              int32
}

// progress returns how far the machine has come. The caller holds entry.turn.
func (r *resident) progress() progress {
	m := r.machine
	p := progress{lastEvent: m.Events(), lastRecord: m.Records()}
	p.started, _ = m.Times()
	redrives, at := m.Redrives()
	p.redrives, p.redriven = int32(redrives), at
	return p
}

// durable notes how far the execution is durable. The caller holds x.mu.
func (x *entry) durable(p progress) {
	x.started, x.redriven, x.redrives, x.events, x.records = p.started, p.redriven, p.redrives, p.lastEvent, p.lastRecord
}

// refuse answers that a stimulus has come too late, when all that has happened to
// x so far is durable: at once, or with the outcome of the last write. The caller
// holds x.turn. reply may be nil.
func (x *entry) refuse(r *resident, reply func(error)) {
	if reply == nil {
		return
	}
	x.mu.Lock()
	waits := r.unwritten > 0
	if waits {
		r.refused = append(r.refused, reply)
	}
	x.mu.Unlock()
	if !waits {
		reply(ErrStale)
	}
}

// leave removes what the engine keeps of an execution that is over, and tells
// those who wait for its end.
func (e *Engine) leave(x *entry, end outcome) {
	x.mu.Lock()
	x.stage = over
	r, had := x.resident, x.asked
	x.mu.Unlock()
	if had&askedTimers != 0 {
		e.timers.drop(x.id)
	}
	if had&askedOffers != 0 {
		e.offers.drop(x.id)
	}
	if had&askedCalls != 0 {
		e.giveUpJobs(e.jobs.drop(x.id))
	}
	if had&askedChildren != 0 {
		e.abandonAll(x.id)
	}
	e.holds.drop(x.id)
	e.GoOn(x.arn)
	e.idle.remove(r)
	e.entries.remove(x)
	if r != nil {
		x.mu.Lock()
		changed := r.changed
		r.changed = nil
		x.mu.Unlock()
		if changed != nil {
			close(changed)
		}
	}
	if had&askedWatchers != 0 {
		e.watchers.tell(x.id, end)
	}
}
