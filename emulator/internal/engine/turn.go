package engine

import (
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/journal"
)

// This file has the way of a stimulus, in this order: send (for callers that
// wait) → deliver → takeTurn → turn → handle → write → commit → settle → publish
// → carryOut.

// A batch holds about as many events as its budget: then others get a turn at
// the execution, and what has happened so far becomes durable. Budgets of an
// execution that goes on and on grow, since each batch costs a write.
const (
	firstBudget = 256
	lastBudget  = 4096
)

// ErrStale says that nobody waits for the answer any more. Whatever made it come
// too late is durable.
var ErrStale = errors.New("engine: nobody waits for this any more")

// A delivery is a stimulus and what goes with it.
type delivery struct {
	machine.Stimulus

	// reply is called once: with nil when the first batch of the stimulus is
	// durable, else with ErrStale, the error of the execution or that of the
	// engine. It must not block. nil: nobody wants to know.
	reply func(error)

	// documents are written together with the first batch.
	documents []journal.Document

	// prepare completes the stimulus when its turn has come. nil: nothing is left
	// to do.
	prepare func(*machine.Stimulus)

	admitted bool // a hold has let it through
}

// answer calls reply.
func (d *delivery) answer(err error) {
	if d.reply != nil {
		d.reply(err)
	}
}

// deliver takes a stimulus to an execution, waits for its turn, and returns when
// it was handled. What follows from it is written, and goes on, behind that.
func (e *Engine) deliver(x *entry, d delivery) { e.deliverStep(x, d, firstBudget) }

// deliverStep is deliver with a budget for the first batch.
func (e *Engine) deliverStep(x *entry, d delivery, budget int) {
	e.busy.add()
	if e.takeTurn(x, d, budget) {
		go e.goOn(x)
		return
	}
	e.busy.done()
}

// goOn takes further turns for an execution whose batch was cut by its budget.
func (e *Engine) goOn(x *entry) {
	defer e.busy.done()
	for budget := 2 * firstBudget; e.takeTurn(x, delivery{Stimulus: machine.Stimulus{Kind: machine.Resumed}}, budget); budget = min(2*budget, lastBudget) {
		if e.root.Err() != nil {
			return // the next start goes on from here
		}
	}
}

// takeTurn handles one stimulus; true if its batch has More. The time of the
// stimulus is that of its turn, or later if the stimulus says so.
func (e *Engine) takeTurn(x *entry, d delivery, budget int) (more bool) {
	x.turn.Lock()
	defer x.turn.Unlock()
	r, err := e.residentOf(x)
	if err != nil {
		d.answer(err)
		return false
	}
	if e.holds.any() {
		if budget = e.holds.admit(r, &d, budget); budget == 0 {
			return false
		}
	}
	if e.steps.stepper.Load() != nil && e.stopsBefore(r, &d) {
		d.answer(nil)
		return false
	}
	return e.turn(r, d, budget)
}

// turn lets the resident handle one stimulus. The caller holds entry.turn.
func (e *Engine) turn(r *resident, d delivery, budget int) (more bool) {
	if d.prepare != nil {
		d.prepare(&d.Stimulus)
	}
	d.At, d.MissingActivities = max(d.At, e.clock.Now()), e.missingActivities(r)
	b, err := e.handle(r, d.Stimulus, budget)
	switch {
	case err != nil:
		e.giveUp(r.entry, err)
		d.answer(err)
		return false
	case b.Stale:
		recycle(b.Events)
		r.entry.refuse(r, d.reply)
		return false
	}
	r.more = b.More
	e.write(r, &b, &d)
	return b.More && !e.holds.keepRest(r)
}

// residentOf returns what computes for the entry, loading it if it was evicted.
// The caller holds x.turn.
func (e *Engine) residentOf(x *entry) (*resident, error) {
	if e.root.Err() != nil {
		return nil, errClosed
	}
	x.mu.Lock()
	stage, r := x.stage, x.resident
	x.mu.Unlock()
	switch {
	case stage == over:
		return nil, ErrStale
	case stage == suspended:
		return nil, e.failures.of(x)
	case r == nil:
		return e.load(x)
	}
	return r, nil
}

// missingActivities are the activities that the execution's program names and
// that do not exist now.
func (e *Engine) missingActivities(r *resident) (missing []string) {
	if e.config.Activities == nil || r.start.TestCase != "" { // there, offer looks
		return nil
	}
	for _, arn := range r.machine.Program().Activities() {
		if !e.config.Activities(arn) {
			missing = append(missing, arn)
		}
	}
	return missing
}

// handle lets the machine handle the stimulus. A panic in there fails the
// execution, as it stands in the journal, and nothing else.
func (e *Engine) handle(r *resident, s machine.Stimulus, budget int) (b machine.Batch, err error) {
	defer func() {
		if p := recover(); p != nil {
			e.log.Error("an execution panicked", "execution", r.entry.arn, "panic", p, "stack", string(debug.Stack()))
			b, err = e.failBroken(r, s, fmt.Sprint(p))
		}
	}()
	return r.machine.Handle(s, budget, newEvents()), nil
}

// failBroken ends an execution that has panicked. The machine may be in
// disorder, so it is rebuilt: from its journal; at the very start, and where
// there is no journal, from nothing.
func (e *Engine) failBroken(r *resident, s machine.Stimulus, what string) (b machine.Batch, err error) {
	arn := r.entry.arn
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("engine: %s panicked, and again when it was ended: %v", arn, p)
		}
	}()
	broken := machine.Stimulus{Kind: machine.InternalError, At: s.At, Failure: machine.NewFailure(asl.ErrRuntime, "internal error of aslocal: "+what)}
	if s.Kind == machine.Begin || r.entry.express {
		input := s.Output
		if s.Kind != machine.Begin {
			input = r.machine.Input()
		}
		r.machine = r.machine.Fresh()
		begun := r.machine.Handle(machine.Stimulus{Kind: machine.Begin, At: s.At, Start: r.start, Output: input}, 1, nil)
		return r.machine.Handle(broken, 0, begun.Events), nil
	}
	if err := journal.Flush(e.root, e.store); err != nil {
		return machine.Batch{}, fmt.Errorf("engine: %s panicked, waiting for its journal: %w", arn, err)
	}
	rebuilt, err := e.fold(r.entry)
	if err != nil {
		return machine.Batch{}, fmt.Errorf("engine: %s panicked and cannot be rebuilt: %w", arn, err)
	}
	r.machine = rebuilt.machine
	return r.machine.Handle(broken, 0, nil), nil
}

// A record is a batch on its way into the journal, and from there on to whoever
// it concerns.
type record struct {
	resident *resident
	data     []byte          // its events, encoded
	live     []machine.Event // its events, if it does not go to the journal
	commands []machine.Command
	mapRuns  []machine.MapRun
	progress       // of the execution with it
	reopens  bool  // it begins with a redrive
	final    *View // if the execution has ended with it
	reply    func(error)
}

// write sends a batch to the journal. The caller holds entry.turn, which keeps
// the batches of one execution in order.
func (e *Engine) write(r *resident, b *machine.Batch, d *delivery) {
	switch {
	case len(b.Events) == 0: // as a heartbeat of a task that has no limit
		recycle(b.Events)
		d.answer(nil)
	case r.entry.express:
		rec := r.record(b)
		rec.live = b.Events
		e.publish(&rec)
		recycle(b.Events)
		d.answer(nil)
	default:
		rec := r.record(b)
		rec.data, rec.reply = encode(b.Events), d.reply
		first := rec.lastRecord - int64(len(b.Events)) + 1
		recycle(b.Events)
		e.commit(&rec, first, append(e.mapRunDocuments(r.entry.arn, b.MapRuns), d.documents...))
	}
}

// record makes the record of a batch. The caller holds entry.turn.
func (r *resident) record(b *machine.Batch) record {
	rec := record{resident: r, commands: b.Commands, mapRuns: b.MapRuns, progress: r.progress(), reopens: b.Events[0].Type == machine.ExecutionRedriven}
	if b.Events[len(b.Events)-1].Type.Terminal() {
		rec.final = r.view()
	}
	return rec
}

// commit gives a record whose first event has that number to the store. The
// caller holds entry.turn.
func (e *Engine) commit(rec *record, first int64, documents []journal.Document) {
	r := rec.resident
	x := r.entry
	w := journal.Write{Batch: &journal.Batch{Execution: x.id, First: first, Last: rec.lastRecord, Data: rec.data}, Documents: documents}
	switch {
	case first == 1:
		w.Create = r.row()
	case rec.final != nil:
		w.Update = &journal.Update{ID: x.id, Status: rec.final.Status.String(), Stopped: rec.final.Stopped, Record: rec.final.record()}
	case rec.reopens:
		w.Update = &journal.Update{ID: x.id, Status: journal.Running}
	}
	if rec.reopens {
		w.Update.Reopen, w.Update.Redrives, w.Update.Redriven = true, int64(rec.redrives), rec.redriven
	}
	x.mu.Lock()
	r.unwritten++
	x.mu.Unlock()
	e.busy.add()
	e.store.Commit(w, func(err error) { e.settle(rec, err) })
}

// settle learns whether a batch is durable. Batches of one execution come here
// in order.
func (e *Engine) settle(rec *record, err error) {
	defer e.busy.done()
	r := rec.resident
	x := r.entry
	if err != nil {
		err = e.suspend(x, err)
	} else {
		e.failures.passed(e.log)
		e.publish(rec)
	}
	x.mu.Lock()
	var refused []func(error)
	if r.unwritten--; r.unwritten == 0 {
		refused, r.refused = r.refused, nil
	}
	x.mu.Unlock()
	if rec.reply != nil {
		rec.reply(err)
	}
	if err == nil {
		err = ErrStale
	}
	for _, reply := range refused {
		reply(err)
	}
}

// publish shows a durable batch and carries out what it asks for. It does not
// wait for anything.
func (e *Engine) publish(rec *record) {
	r := rec.resident
	x := r.entry
	x.mu.Lock()
	x.durable(rec.progress)
	x.final = rec.final
	givenUp := x.stage == over
	var begun chan struct{}
	first := x.stage == beginning && !rec.reopens
	if x.stage == beginning {
		x.stage, begun, r.changed = running, r.changed, nil
	}
	x.mu.Unlock()
	e.mapRuns.publish(x.arn, rec.mapRuns)
	if e.observed.any() {
		e.show(rec)
	}
	if (first || rec.reopens) && e.config.Began != nil {
		e.config.Began(r.start, rec.started, int(rec.redrives), rec.redriven)
	}
	if rec.final != nil && e.config.Ended != nil {
		e.config.Ended(rec.final)
	}
	switch {
	case givenUp: // while the batch was on its way
	case rec.final != nil:
		e.leave(x, outcome{view: *rec.final})
	default:
		e.idle.touch(r, e)
		e.carryOut(x, r.start, rec.commands, false)
	}
	if begun != nil {
		close(begun)
	}
}

// carryOut does what commands ask for. again says that they were asked for
// before: what is there still is left alone.
func (e *Engine) carryOut(x *entry, start *machine.Start, commands []machine.Command, again bool) {
	if len(commands) == 0 {
		return
	}
	var wanted asked
	for i := range commands {
		wanted |= askedFor(commands[i].Kind)
	}
	x.mu.Lock()
	x.asked |= wanted
	x.mu.Unlock()
	for i := range commands {
		c := &commands[i]
		switch c.Kind {
		case machine.RunTask, machine.ReadItems, machine.WriteResults:
			e.call(x, start, c, again)
		case machine.WatchTask:
			e.watchJob(x, start, c)
		case machine.OfferTask:
			if e.answers(start, c) {
				e.call(x, start, c, again) // there may be a response for the worker
			} else {
				e.offers.add(x.id, c, again)
			}
		case machine.SetTimer:
			e.timers.set(x.id, c, e.dueOf(c), again)
		case machine.Cancel:
			e.timers.cancel(x.id, c.Token)
			e.offers.cancel(x.id, c.Token)
			e.giveUpJobs(e.jobs.cancel(x.id, c.Token))
			e.abandon(x.id, c.Token)
		case machine.StartChild:
			e.startChild(x, start, c, again)
		}
	}
}

// answers reports whether the Runner is asked for the answer to an activity's task
// before its workers are.
func (e *Engine) answers(start *machine.Start, c *machine.Command) bool {
	return start.TestCase != "" || e.config.Answers != nil && e.config.Answers(start.MachineARN, c.Task.State)
}

// dueOf is when a timer fires: when it is due, but sleeps are scaled.
func (e *Engine) dueOf(c *machine.Command) int64 {
	scale := e.config.WaitTimeScale
	if c.Timer != machine.Sleep || scale == 1 {
		return c.Due
	}
	now := e.clock.Now()
	if c.Due <= now {
		return c.Due
	}
	return now + scaled(c.Due-now, scale)
}

// scaled is a duration times a factor, without overflow.
func scaled(ms int64, scale float64) int64 {
	return int64(min(float64(ms)*scale, longestTimer))
}

// longestTimer is longer than any Wait may be, in milliseconds.
const longestTimer = 1e12

// fire brings a timer, and those that go with it, to its execution and returns
// when the stimulus was handled. If that cannot be written, the timer is set
// again when the execution is restored.
func (e *Engine) fire(t *timer, also []machine.Alarm) {
	if t.kind == poll {
		e.poll(t)
		return
	}
	if x := e.entry(t.execution); x != nil {
		e.deliver(x, delivery{Stimulus: machine.Stimulus{Kind: machine.Fired, Frame: t.frame, Token: t.token, Timer: t.kind, Also: also, At: t.until}})
	}
}
