package debug

import (
	"math"
	"slices"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/engine"
)

// This file moves executions: on, by steps, and back.

// Continue lets an execution go on, from where it stands now, until something
// stops it.
func (d *Debugger) Continue(arn string) error {
	if d.meetsPhase(arn) {
		return nil
	}
	return d.letGo(arn, want{})
}

// meetsPhase moves a stop to a later phase of the same state at which there is a
// breakpoint; false if there is none.
func (d *Debugger) meetsPhase(arn string) (moved bool) {
	_ = d.engine.Inspect(arn, func(start *machine.Start, x *machine.Execution) { // over: nothing moves
		d.mu.Lock()
		defer d.mu.Unlock()
		r := d.runs[arn]
		if r == nil || r.stop == nil || r.past != 0 {
			return
		}
		line, ok := x.Line(r.stop.Thread)
		if next, _ := x.Next(); !ok || next != r.stop.Thread {
			return
		}
		p := place{debugger: d, run: r, x: x, line: line}
		met := p.meetsAny(r.stop.Phase+1, lastPhase)
		if met == nil {
			return
		}
		stop := *r.stop
		stop.Reason, stop.Text, stop.Breakpoints, stop.Phase, stop.Pointer = met.Reason, met.Text, met.Breakpoints, met.Phase, met.Pointer
		r.stop, moved = &stop, true
		d.tell(Event{Kind: Stopped, Execution: arn, Machine: stop.Machine, Stop: &stop})
	})
	return moved
}

// ContinueAll lets all executions go on.
func (d *Debugger) ContinueAll() {
	for _, s := range d.StoppedExecutions() {
		_ = d.Continue(s.Execution) // it has gone on, or ended, meanwhile
	}
}

// Over goes on until the thread, or one around it, is at its next state.
func (d *Debugger) Over(arn string, thread int32) error {
	if d.meetsPhase(arn) {
		return nil
	}
	return d.step(arn, thread, over)
}

// Out goes on until the thread has ended and the state around it goes on.
func (d *Debugger) Out(arn string, thread int32) error { return d.step(arn, thread, out) }

// Into goes on to the next phase of the state, and behind the last one to the
// next place: its result or failure, the next state, or the states inside it.
func (d *Debugger) Into(arn string, thread int32) error {
	if s, err := d.Snapshot(arn, thread); err == nil && d.nextPhase(arn, s) {
		return nil
	}
	return d.step(arn, thread, into)
}

// nextPhase moves a stop to the next phase; false if it stands at the last one, or
// at a state whose inside is a place of its own.
func (d *Debugger) nextPhase(arn string, s *Snapshot) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.runs[arn]
	if r == nil || r.stop == nil || r.stop.Thread != s.Thread || r.past != 0 || r.stop.Phase+1 >= len(s.Phases) {
		return false
	}
	stop := *r.stop
	stop.Phase++
	stop.Reason, stop.Breakpoints, stop.Text = Step, nil, ""
	if stop.Pointer = s.Pointer; s.Phases[stop.Phase].Field != "" {
		stop.Pointer += "/" + s.Phases[stop.Phase].Field
	}
	r.stop = &stop
	d.tell(Event{Kind: Stopped, Execution: arn, Machine: stop.Machine, Stop: &stop})
	return true
}

func (d *Debugger) step(arn string, thread int32, kind stepKind) error {
	w := want{kind: kind, frame: thread}
	err := d.engine.Inspect(arn, func(_ *machine.Start, x *machine.Execution) { w.near = around(x, thread) })
	if err != nil {
		return gone(err)
	}
	if len(w.near) == 0 {
		return ErrNoThread
	}
	return d.letGo(arn, w)
}

// letGo lets an execution go on to what it is wanted to stop at. In the past, it
// comes back to the present first.
func (d *Debugger) letGo(arn string, w want) error {
	d.mu.Lock()
	r := d.runs[arn]
	if r == nil || r.stop == nil || !slices.Contains(d.engine.Stopped(), arn) { // not yet, or only looked at
		d.mu.Unlock()
		return ErrNotStopped
	}
	r.stop, r.pass, r.want, r.past = nil, true, w, 0
	machineName := r.start.Machine
	d.keep()
	d.mu.Unlock()
	d.stepsOutOf(arn, w.kind)
	if !d.engine.GoOn(arn) {
		return ErrNotStopped
	}
	d.mu.Lock()
	d.tell(Event{Kind: Continued, Execution: arn, Machine: machineName})
	d.mu.Unlock()
	return nil
}

// StopAtEntry stops an execution at its first state, if it has not begun it yet.
func (d *Debugger) StopAtEntry(start *machine.Start) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.runs[start.ARN] == nil {
		d.runs[start.ARN] = &run{start: start, want: want{kind: entry}}
		d.update()
	}
}

// Pause stops an execution before its next step, or where it waits.
func (d *Debugger) Pause(arn string) error {
	var stop *Stop
	var start *machine.Start
	err := d.engine.Inspect(arn, func(s *machine.Start, x *machine.Execution) {
		start = s
		if _, ok := x.Next(); ok {
			return // it is going on: its next step stops it
		}
		stop = &Stop{Execution: arn, Machine: s.Machine, Reason: Pause, Records: x.Records()}
		for _, l := range x.Lines() {
			if stop.Thread, stop.State, stop.Pointer = l.Frame, l.State, l.Pointer; l.Lines == 0 {
				break
			}
		}
	})
	if err != nil {
		return gone(err)
	}
	d.mu.Lock()
	r := d.runs[arn]
	if r == nil {
		r = &run{start: start}
		d.runs[arn] = r
		d.update()
	}
	if r.stop != nil {
		d.mu.Unlock()
		return nil
	}
	if stop == nil {
		r.want = want{kind: pause}
		d.mu.Unlock()
		return nil
	}
	r.stop = stop
	d.keep()
	d.mu.Unlock()
	stopped := d.engine.StopHere(arn) || slices.Contains(d.engine.Stopped(), arn)
	d.mu.Lock()
	defer d.mu.Unlock()
	if !stopped { // it has ended meanwhile
		delete(d.runs, arn)
		d.update()
		d.keep()
		return ErrGone
	}
	d.tell(Event{Kind: Stopped, Execution: arn, Machine: start.Machine, Stop: stop})
	return nil
}

// Back goes to the place before, of the thread or of one around it, at which a
// stop is possible. An execution that has ended may be looked at in this way, too;
// thread is then that of the root, 0.
func (d *Debugger) Back(arn string, thread int32) error {
	entered, err := d.entered(arn, thread)
	if err != nil {
		return err
	}
	return d.back(arn, entered, func(p *pastPlace) bool {
		if p.event.Type != machine.StateEntered {
			return false
		}
		near := p.near(thread)
		return slices.Contains(near, p.event.Frame)
	})
}

// entered is the record with which a thread has entered the state that it stands at; if it
// does not stand at one, there is none such, and it is the largest number. Other threads may
// have taken steps since then.
func (d *Debugger) entered(arn string, thread int32) (int64, error) {
	atState, until, last := false, int64(0), int64(math.MaxInt64)
	err := d.look(arn, func(x *machine.Execution) {
		line, _ := x.Line(thread)
		atState, until = line.Phase == machine.Working && !line.Begun && line.Attempts == 0, x.Records()
	})
	if err != nil || !atState { // one that is over stands nowhere
		return last, nil
	}
	err = d.engine.Records(arn, func(rec engine.Record) bool {
		if rec.Event.Type == machine.StateEntered && rec.Event.Frame == thread && rec.Number <= until {
			last = rec.Number
		}
		return rec.Number < until
	})
	return last, err
}

// ReverseContinue goes back to the last place that meets a breakpoint, or to the
// first state.
func (d *Debugger) ReverseContinue(arn string) error {
	return d.back(arn, math.MaxInt64, func(p *pastPlace) bool { return p.meets() })
}

// Forward goes to the next place behind the one that is looked at in the past;
// behind the last one, back to the present. ErrNotStopped if it is looked at in
// the present.
func (d *Debugger) Forward(arn string, thread int32) error {
	d.mu.Lock()
	r := d.runs[arn]
	past := int64(0)
	if r != nil {
		past = r.past
	}
	d.mu.Unlock()
	if past == 0 {
		return ErrNotStopped
	}
	next := int64(0)
	err := d.engine.Records(arn, func(rec engine.Record) bool {
		if rec.Number > past && rec.Event.Type == machine.StateEntered {
			next = rec.Number
		}
		return next == 0
	})
	if err != nil {
		return err
	}
	if next == 0 {
		return d.Present(arn)
	}
	return d.Goto(arn, next)
}

// A pastPlace is a record behind which an execution may be looked at.
type pastPlace struct {
	debugger *Debugger
	arn      string
	number   int64
	event    machine.Event
	x        *machine.Execution // as it stood then, once it is wanted
	err      error
}

func (p *pastPlace) execution() *machine.Execution {
	if p.x == nil && p.err == nil {
		if p.x, p.err = p.debugger.engine.ExecutionAt(p.arn, p.number); p.err == nil {
			p.x.Stepwise(true)
		}
	}
	return p.x
}

// near are the frames that a step back of the thread may end in.
func (p *pastPlace) near(thread int32) []int32 {
	if thread == 0 {
		return []int32{0}
	}
	x := p.execution()
	if x == nil {
		return []int32{0}
	}
	if near := around(x, thread); len(near) > 0 {
		return near
	}
	return []int32{0} // it had not begun
}

// meets reports whether a breakpoint was met there.
func (p *pastPlace) meets() bool {
	switch p.event.Type {
	case machine.StateEntered, machine.TaskSucceeded, machine.TaskFailed, machine.TaskTimedOut, machine.TaskSubmitFailed, machine.EvaluationFailed:
	default:
		return false
	}
	x := p.execution()
	if x == nil {
		return false
	}
	line, ok := x.Line(p.event.Frame)
	if !ok {
		return false
	}
	at := place{debugger: p.debugger, run: &run{start: x.Start()}, x: x, line: line}
	p.debugger.mu.Lock()
	defer p.debugger.mu.Unlock()
	for _, f := range p.debugger.faces {
		for _, b := range f.points {
			if b.Log == "" && b.concerns(at.run.start) && at.meets(b) != nil && b.holds(at.scope()) {
				return true
			}
		}
	}
	return false
}

// back goes to the last record before the one that is looked at, and before another one,
// which suits, else to the first state that was entered.
func (d *Debugger) back(arn string, before int64, suits func(*pastPlace) bool) error {
	now, express, err := d.now(arn)
	if err != nil {
		return err
	}
	if express {
		return ErrNoHistory
	}
	now = min(now, before)
	var earlier []engine.Record
	first := int64(0)
	err = d.engine.Records(arn, func(rec engine.Record) bool {
		if rec.Number >= now {
			return false
		}
		if first == 0 && rec.Event.Type == machine.StateEntered {
			first = rec.Number
		}
		earlier = append(earlier, rec)
		return true
	})
	if err != nil {
		return err
	}
	for _, rec := range slices.Backward(earlier) {
		p := &pastPlace{debugger: d, arn: arn, number: rec.Number, event: rec.Event}
		if suits(p) {
			return d.Goto(arn, rec.Number)
		}
	}
	if first == 0 || first >= now {
		return ErrFirst
	}
	return d.Goto(arn, first)
}

// now is how many records the execution has at the moment at which it is looked
// at: the place where it stands counts as one more.
func (d *Debugger) now(arn string) (records int64, express bool, err error) {
	d.mu.Lock()
	r := d.runs[arn]
	if r != nil {
		express = r.start.Express
		records = r.past
	}
	d.mu.Unlock()
	if records != 0 || express {
		return records, express, nil
	}
	atState := false
	err = d.engine.Inspect(arn, func(s *machine.Start, x *machine.Execution) {
		express, records = s.Express, x.Records()+1
		frame, _ := x.Next()
		line, _ := x.Line(frame)
		atState = line.Phase == machine.Working && !line.Begun && line.Attempts == 0
	})
	if atState {
		records-- // the last record led here
	}
	if err == nil {
		return records, express, nil
	}
	var v engine.View
	if v, err = d.engine.Describe(arn); err != nil {
		return 0, false, gone(err)
	}
	n := int64(0)
	err = d.engine.Records(arn, func(rec engine.Record) bool { n = rec.Number; return true })
	return n, v.Start.Express, err
}

// Goto looks at an execution as it stood when it had that many records. Nothing is
// changed by that; Present goes back.
func (d *Debugger) Goto(arn string, records int64) error {
	x, err := d.engine.ExecutionAt(arn, records)
	if err != nil {
		return gone(err)
	}
	start := x.Start()
	if start == nil || x.Records() < records {
		return ErrNotHere
	}
	x.Stepwise(true)
	stop := &Stop{Execution: arn, Machine: start.Machine, Reason: Step, Records: records, Past: true}
	err = d.engine.Records(arn, func(rec engine.Record) bool {
		if rec.Number == records {
			stop.Thread = rec.Event.Frame
		}
		return rec.Number < records
	})
	if err != nil {
		return err
	}
	line, ok := x.Line(stop.Thread)
	if !ok {
		stop.Thread = 0
		line, _ = x.Line(0)
	}
	stop.State, stop.Pointer = line.State, line.Pointer
	if line.Failure != nil {
		stop.Failure, stop.Taker = line.Failure, x.TakerOf(stop.Thread, line.Failure)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.runs[arn]
	if r == nil {
		r = &run{start: start}
		d.runs[arn] = r
		d.update()
	}
	r.stop, r.past = stop, records
	d.tell(Event{Kind: Stopped, Execution: arn, Machine: start.Machine, Stop: stop})
	return nil
}

// Present goes back from the past to where the execution stands. One that has
// ended is not looked at any more.
func (d *Debugger) Present(arn string) error {
	stop := &Stop{Execution: arn, Reason: Step}
	err := d.engine.Inspect(arn, func(s *machine.Start, x *machine.Execution) {
		frame, _ := x.Next()
		line, _ := x.Line(frame)
		stop.Machine, stop.Thread, stop.State, stop.Pointer, stop.Records, stop.Failure = s.Machine, frame, line.State, line.Pointer, x.Records(), line.Failure
		if line.Failure != nil {
			stop.Taker = x.TakerOf(frame, line.Failure)
		}
	})
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.runs[arn]
	if r == nil || r.past == 0 {
		return ErrNotStopped
	}
	r.past = 0
	if err != nil {
		delete(d.runs, arn)
		d.update()
		d.tell(Event{Kind: Ended, Execution: arn, Machine: r.start.Machine})
		return nil
	}
	if !slices.Contains(d.engine.Stopped(), arn) { // it was looked at while it runs
		r.stop = nil
		d.tell(Event{Kind: Continued, Execution: arn, Machine: r.start.Machine})
		return nil
	}
	r.stop = stop
	d.tell(Event{Kind: Stopped, Execution: arn, Machine: r.start.Machine, Stop: stop})
	return nil
}
