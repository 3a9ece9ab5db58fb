package replay

import (
	"container/heap"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/value"
)

// This file runs an execution with the outcomes of a recording. Its clock jumps to what is
// due next. What happens in the history at some time happens at that time here, too, and
// not before; so branches that wait for each other's failures end as they did, although the
// steps of AWS between the events take some milliseconds, and take none here.

// A player runs one execution.
type player struct {
	options   *Options
	recording *recording
	conditions
	x       *machine.Execution
	now     int64
	events  []machine.Event
	lines   lines
	at      positions
	steps   map[lineKey]int // public events of a line so far
	taken   map[place]int   // calls that have their outcome
	runs    map[place]int   // Map Runs likewise
	queue   queue
	waiting string // the first call without an outcome
}

// play runs the execution until it has ended, or nothing is left that could happen to it.
func play(ctx context.Context, o *Options, r *recording, c conditions) (*player, error) {
	p := &player{
		options: o, recording: r, conditions: c, x: machine.New(o.Program), now: o.History[0].At + c.shift,
		at: make(positions), steps: make(map[lineKey]int), taken: make(map[place]int), runs: make(map[place]int),
	}
	p.comeFromOutside()
	p.handle(machine.Stimulus{Kind: machine.Begin, Start: o.start(c), Output: o.input()})
	for p.queue.Len() > 0 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		next := p.queue.take()
		p.now = max(p.now, next.due)
		p.handle(next.stimulus)
	}
	if p.x.Status() != machine.Running {
		p.waiting = ""
	}
	return p, nil
}

// comeFromOutside queues what people have done to the execution.
func (p *player) comeFromOutside() {
	for i := range p.options.History {
		switch e := &p.options.History[i]; e.Type {
		case machine.ExecutionAborted:
			p.queue.add(e.At+p.shift, e.ID, machine.Stimulus{Kind: machine.Stopped, Failure: e.Failure})
		case machine.ExecutionRedriven:
			p.queue.add(e.At+p.shift, e.ID, machine.Stimulus{Kind: machine.Redriven})
		}
	}
}

// handle gives a stimulus to the machine, and goes on until it waits. Events come one by
// one, so that a distributed Map can be ended before it begins its Map Run.
func (p *player) handle(s machine.Stimulus) {
	var instead []machine.Stimulus
	for {
		s.At, s.MissingActivities = p.now, p.recording.missing
		b := p.x.Handle(s, 1, nil)
		instead = append(instead, p.follow(b.Events)...)
		for i := range b.Commands {
			p.carryOut(&b.Commands[i])
		}
		switch {
		case len(instead) > 0:
			s, instead = instead[0], instead[1:]
		case b.More:
			s = machine.Stimulus{Kind: machine.Resumed}
		default:
			return
		}
	}
}

// follow takes in what has happened, and returns the stimuli that end distributed Maps which
// are about to begin.
func (p *player) follow(events []machine.Event) (instead []machine.Stimulus) {
	for i := range events {
		e := &events[i]
		p.events = append(p.events, *e)
		line, _ := p.lines.take(e)
		p.at.of(line).follow(e)
		if !e.Type.Private() {
			p.steps[line]++
		}
		switch {
		case e.Type == machine.StateEntered && e.Kind == asl.Map, e.Type == machine.TimerFired:
			instead = p.endMapRun(instead, line)
		case e.Type == machine.ExecutionRedriven:
			for _, line := range slices.Sorted(maps.Keys(p.at)) {
				instead = p.endMapRun(instead, line)
			}
		}
	}
	return instead
}

// endMapRun adds the stimulus that gives a distributed Map, if the line is in one, the
// outcome of its next Map Run.
func (p *player) endMapRun(instead []machine.Stimulus, line lineKey) []machine.Stimulus {
	at := p.at.of(line)
	here := place{line, at.state}
	all := p.recording.runs[here]
	n := p.runs[here]
	if at.exited || n >= len(all) {
		return instead
	}
	p.runs[here]++
	if o := all[n].override(); o != nil {
		instead = append(instead, machine.Stimulus{Kind: machine.Overridden, Frame: at.frame, Override: o})
	}
	return instead
}

// carryOut does what the machine asks for.
func (p *player) carryOut(c *machine.Command) {
	line := p.lines.of[c.Frame]
	switch c.Kind {
	case machine.RunTask, machine.OfferTask:
		p.answer(c, place{line, c.Task.State})
	case machine.SetTimer:
		if c.Timer != machine.Heartbeat { // histories do not show heartbeats; one that was missed is in the outcome
			due, rank := p.dueOf(c, line)
			p.queue.add(due, rank, machine.Stimulus{Kind: machine.Fired, Frame: c.Frame, Token: c.Token, Timer: c.Timer})
		}
	case machine.ReadItems, machine.StartChild:
		p.wait("a Map Run of the state %q", p.at.of(line).state)
	}
}

// timersLast is the rank of timers that nothing in the history stands for: behind what that
// has at the same time.
const timersLast = 1 << 62

// dueOf is when a timer fires: when it is due, but not before the event that it has led to
// in the history. The rank is the number of that event.
func (p *player) dueOf(c *machine.Command, line lineKey) (due, rank int64) {
	switch c.Timer {
	case machine.Sleep:
		all := p.recording.trace.of[line]
		if p.steps[line] >= len(all) {
			return max(c.Due, p.recording.last+p.shift), timersLast
		}
		following := &p.options.History[all[p.steps[line]]]
		return max(c.Due, following.At+p.shift), following.ID
	case machine.Timeout:
		here := place{line, p.at.of(line).state}
		if n := p.taken[here]; n > 0 && n <= len(p.recording.calls[here]) {
			if started := p.recording.calls[here][n-1].started; started != nil {
				return c.Due + max(0, started.At+p.shift-p.now), timersLast
			}
		}
	case machine.ExecutionTimeout:
		for i := range p.options.History {
			if e := &p.options.History[i]; e.Type == machine.ExecutionTimedOut && e.At+p.shift >= c.Due {
				return e.At + p.shift, e.ID
			}
		}
	}
	return c.Due, timersLast
}

// answer queues the outcome of a call.
func (p *player) answer(c *machine.Command, here place) {
	n := p.taken[here]
	p.taken[here]++
	all := p.recording.calls[here]
	if n >= len(all) || all[n].ended == nil && all[n].submitted == nil && all[n].started == nil {
		p.wait("an outcome of the call of the state %q", c.Task.State)
		return
	}
	add := func(e *machine.Event, s machine.Stimulus) {
		s.Frame, s.Token = c.Frame, c.Token
		p.queue.add(e.At+p.shift, e.ID, s)
	}
	recorded := all[n]
	activity := c.Kind == machine.OfferTask
	if activity && recorded.started != nil {
		add(recorded.started, machine.Stimulus{Kind: machine.ActivityTaken, Worker: recorded.started.Task.Worker})
	}
	waits := c.Task.Resource.Pattern != asl.RequestResponse
	if waits && recorded.submitted != nil {
		submitted := recorded.submitted.Doc
		if !submitted.Exists() {
			submitted = value.EmptyObject
		}
		add(recorded.submitted, machine.Stimulus{Kind: machine.Answered, Output: submitted})
	}
	e := recorded.ended
	if e == nil {
		p.wait("an outcome of the call of the state %q", c.Task.State)
		return
	}
	calledBack := activity || waits && recorded.submitted != nil
	switch {
	case e.Type == machine.TaskTimedOut:
		add(e, machine.Stimulus{Kind: machine.Fired, Timer: limit(recorded, c.Task)})
	case e.Type == machine.TaskSucceeded && calledBack:
		add(e, machine.Stimulus{Kind: machine.CallbackSucceeded, Output: e.Doc})
	case e.Type == machine.TaskSucceeded:
		add(e, machine.Stimulus{Kind: machine.Answered, Output: e.Doc, Final: waits})
	case calledBack:
		add(e, machine.Stimulus{Kind: machine.CallbackFailed, Failure: recorded.failure()})
	default:
		add(e, machine.Stimulus{Kind: machine.Answered, Failure: recorded.failure()})
	}
}

// limit is the timer that has ended a call.
func limit(c *call, t *machine.Task) machine.Timer {
	began := c.scheduled
	if c.started != nil {
		began = c.started
	}
	if t.Heartbeat > 0 && (t.Timeout == 0 || c.ended.At-began.At < t.Timeout*1000) {
		return machine.Heartbeat
	}
	return machine.Timeout
}

// wait notes what the history does not have.
func (p *player) wait(format string, args ...any) {
	if p.waiting == "" {
		p.waiting = fmt.Sprintf(format, args...)
	}
}

// A queue has what is to happen, in the order of time; at the same time by rank, and then
// in the order in which it came.
type queue struct {
	items []queued
	n     int
}

type queued struct {
	due, rank int64
	n         int
	stimulus  machine.Stimulus
}

func (q *queue) add(due, rank int64, s machine.Stimulus) {
	q.n++
	heap.Push(q, queued{due, rank, q.n, s})
}

// take takes the first one, and with a timer all that are due at the same time: their
// events come before any consequence.
func (q *queue) take() queued {
	first := heap.Pop(q).(queued)
	if first.stimulus.Kind != machine.Fired {
		return first
	}
	for q.Len() > 0 && q.items[0].due == first.due && q.items[0].stimulus.Kind == machine.Fired {
		s := heap.Pop(q).(queued).stimulus
		first.stimulus.Also = append(first.stimulus.Also, machine.Alarm{Frame: s.Frame, Token: s.Token, Timer: s.Timer})
	}
	return first
}

// Len implements heap.Interface.
func (q *queue) Len() int { return len(q.items) }

// Less implements heap.Interface.
func (q *queue) Less(i, j int) bool {
	a, b := &q.items[i], &q.items[j]
	switch {
	case a.due != b.due:
		return a.due < b.due
	case a.rank != b.rank:
		return a.rank < b.rank
	}
	return a.n < b.n
}

// Swap implements heap.Interface.
func (q *queue) Swap(i, j int) { q.items[i], q.items[j] = q.items[j], q.items[i] }

// Push implements heap.Interface.
func (q *queue) Push(x any) { q.items = append(q.items, x.(queued)) }

// Pop implements heap.Interface.
func (q *queue) Pop() any {
	last := q.items[len(q.items)-1]
	q.items = q.items[:len(q.items)-1]
	return last
}
