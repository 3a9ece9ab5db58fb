package timeline

import (
	"cmp"
	"slices"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
)

// This file makes visits of events. An event belongs to the latest visit in its
// line of control, so that no event is looked at twice. Failures are the part
// that takes care:
//
//   - A failure that is retried has a RetrySet record. Where the records are
//     missing, the next attempt shows it.
//   - One that is caught is followed by the StateExited of the same visit.
//   - One that leaves its branch or iteration has an event in the line around
//     it: ParallelStateFailed, MapStateFailed or RetrySet. All of them point
//     back to the last event of the line that failed (F-007), which tells it
//     from those that are aborted because of it.
//   - The end of the execution points back to that event, too, if a failure is
//     the reason.

// A Builder makes the visits of one execution from its events. The zero Builder
// is ready. It must be given the events in their order: all of them, all from
// some point on, or those that have happened so far. A state that had begun
// before the first event gets a visit with what is known of it.
//
// An event takes constant time, except that the failure of a Parallel or Map
// state takes time for each branch or iteration that is open.
//
// It is not safe for concurrent use.
type Builder struct {
	// Definition, if set before the first event, tells which Catcher took a
	// failure: events do not say it. May be nil.
	Definition *asl.Definition

	paths    Paths
	at       *line // of the last event
	visits   []Visit
	added    int // events
	changed  []int
	redrives int
	redriven int64 // when for the last time
}

// Visits returns the visits in the order in which they began. The slice and
// the attempts in it are the Builder's own: they are valid until the next Add.
func (b *Builder) Visits() []Visit { return b.visits }

// Place returns where the last event that was added has happened: the number of
// its visit, -1 if it belongs to none, and its branch or iteration.
func (b *Builder) Place() (visit int, path Path) {
	if b.at == nil {
		return -1, nil
	}
	return b.at.visit - 1, b.at.path
}

// Add takes the next event and returns the numbers of the visits that it has
// changed, each of them once: first the one that the event happened in, if it is
// among them. The slice is valid until the next Add. The event is not kept, but
// its data is.
func (b *Builder) Add(e *machine.Event) (changed []int) {
	b.added++
	b.changed = b.changed[:0]
	l := b.paths.line(e)
	if b.redrives > 0 && !e.Type.Terminal() && e.Type != machine.ExecutionRedriven {
		b.resume(l)
	}
	b.take(l, e)
	b.at = l
	b.paths.follow(l, e)
	switch e.Type {
	case machine.StateAborted, machine.MapIterationFailed, machine.MapIterationAborted:
	default:
		l.last = cmp.Or(e.ID, l.last)
	}
	return b.changed
}

// take changes the visits that an event is about.
func (b *Builder) take(l *line, e *machine.Event) {
	switch e.Type {
	case machine.StateEntered:
		b.enter(l, e)
	case machine.StateExited:
		b.exit(l, e)
	case machine.StateAborted:
		b.close(l, e.Prev, nil, e.At, Enclosed)
	case machine.TaskScheduled, machine.TaskStarted, machine.TaskSubmitted, machine.TaskSucceeded, machine.TaskFailed, machine.TaskSubmitFailed, machine.TaskTimedOut:
		b.task(l, e)
	case machine.WaitSet:
		b.current(l, e, asl.Wait).Due = e.Due
	case machine.RetrySet:
		b.retry(l, e)
	case machine.EvaluationFailed:
		b.evaluationFailed(l, e)
	case machine.ParallelStateStarted:
		b.attempt(b.current(l, e, asl.Parallel), Attempt{Started: e.At, Input: e.Doc})
		b.closeBelow(l, e.Prev, nil, e.At)
	case machine.MapStateStarted:
		b.mapStarted(l, e)
	case machine.MapRunStarted:
		b.current(l, e, asl.Map).MapRun = e.Run.ARN
	case machine.MapRunRedriven:
		b.attempt(b.current(l, e, asl.Map), Attempt{Started: e.At})
	case machine.ItemsRead:
		v := b.current(l, e, asl.Map)
		v.Items = e.Doc.Len()
		b.latest(v).Input = e.Doc
	case machine.MapRunSucceeded:
		b.latest(b.current(l, e, asl.Map)).Output = e.Doc
	case machine.MapRunFailed:
		b.latest(b.current(l, e, asl.Map)).Failure = e.Failure
	case machine.ParallelStateSucceeded:
		b.latest(b.current(l, e, asl.Parallel)).Ended = e.At
	case machine.MapStateSucceeded:
		b.latest(b.current(l, e, asl.Map)).Ended = e.At
	case machine.ParallelStateFailed:
		b.containerFailed(l, e, asl.Parallel)
	case machine.MapStateFailed:
		b.containerFailed(l, e, asl.Map)
	case machine.MapIterationFailed, machine.MapIterationAborted:
		b.close(l, e.Prev, nil, e.At, Enclosed)
	case machine.ExecutionRedriven:
		b.redrives, b.redriven = int(e.Index), e.At
	case machine.ExecutionFailed:
		b.closeAll(e.Prev, e.Failure, e.At)
	case machine.ExecutionSucceeded, machine.ExecutionTimedOut, machine.ExecutionAborted:
		b.closeAll(-1, nil, e.At)
	}
}

// current returns the latest visit of a line, which the event changes. If none
// has been seen, it begins one that nothing is known of but its kind.
func (b *Builder) current(l *line, e *machine.Event, kind asl.StateType) *Visit {
	if l.visit == 0 {
		b.begin(l, Visit{Kind: kind})
	}
	b.change(l)
	return &b.visits[l.visit-1]
}

// begin adds a visit to a line.
func (b *Builder) begin(l *line, v Visit) {
	v.Path, v.In, v.Catcher, v.Items, v.Redrive = l.path, -1, -1, -1, b.redrives
	if l.parent != nil {
		v.In = l.parent.visit - 1
	}
	b.visits = append(b.visits, v)
	l.visit = len(b.visits)
}

// change notes that the latest visit of a line has changed.
func (b *Builder) change(l *line) {
	if l.changed != b.added {
		l.changed = b.added
		b.changed = append(b.changed, l.visit-1)
	}
}

// enter begins a visit, unless a redrive has begun it already.
func (b *Builder) enter(l *line, e *machine.Event) {
	if l.visit > 0 {
		if v := &b.visits[l.visit-1]; v.Outcome == Open && v.EnteredID == 0 && v.State == e.State {
			v.Entered, v.EnteredID, v.Input = e.At, e.ID, e.Doc
			b.change(l)
			return
		}
	}
	b.begin(l, Visit{State: e.State, Kind: e.Kind, Entered: e.At, EnteredID: e.ID, Input: e.Doc})
	b.change(l)
}

// exit ends a visit with its output, or with that of a Catcher.
func (b *Builder) exit(l *line, e *machine.Event) {
	v := b.current(l, e, e.Kind)
	caught := b.caught(v, e)
	v.State, v.Kind = e.State, e.Kind
	v.Left, v.LeftID, v.Output, v.Assigned, v.Next, v.Outcome = e.At, e.ID, e.Doc, e.Assigned, e.Next, Succeeded
	if caught {
		v.Outcome, v.Catcher = Caught, b.catcher(v)
		b.closeBelow(l, e.Prev, v.Failure, e.At)
	}
	if a := len(v.Attempts); a > 0 && v.Attempts[a-1].Ended == 0 {
		v.Attempts[a-1].Ended = e.At
	}
}

// caught reports whether a Catcher has taken a failure of the state that is
// left. Some failures have no event: of fields that are evaluated before a Task
// is scheduled, which then has no attempt, and of those that are evaluated after
// it, which only the definition tells from a success.
func (b *Builder) caught(v *Visit, e *machine.Event) bool {
	if v.Failure != nil {
		return true
	}
	if e.Kind == asl.Task && v.EnteredID != 0 && (len(v.Attempts) == 0 || v.Attempts[len(v.Attempts)-1].RetryAt != 0) {
		return true
	}
	s := b.state(v.Path, e.State)
	return s != nil && e.Kind == asl.Task && e.Next != s.Next
}

// catcher returns which Catcher took the failure of a visit, -1 if that cannot
// be known.
func (b *Builder) catcher(v *Visit) int {
	s := b.state(v.Path, v.State)
	if s == nil || v.Failure == nil {
		return -1
	}
	name := v.Failure.Name.Text()
	return slices.IndexFunc(s.Catch, func(c *asl.Catcher) bool {
		return asl.Matches(c.ErrorEquals, name) || v.Failure.Heartbeat && asl.Matches(c.ErrorEquals, asl.ErrHeartbeatTimeout)
	})
}

// state finds a state in the definition; nil if it is not there, or there is
// none.
func (b *Builder) state(p Path, name string) *asl.State {
	if w := p.Workflow(b.Definition); w != nil {
		return w.State(name)
	}
	return nil
}

// task takes the events of a Task's call.
func (b *Builder) task(l *line, e *machine.Event) {
	v := b.current(l, e, asl.Task)
	v.Resource = e.Task.Resource
	if e.Type == machine.TaskScheduled {
		b.attempt(v, Attempt{Scheduled: e.At, Input: e.Doc})
		return
	}
	a := b.latest(v)
	switch e.Type {
	case machine.TaskStarted:
		a.Started, a.Worker = e.At, e.Task.Worker
	case machine.TaskSubmitted:
		a.Submitted = e.At
	case machine.TaskSucceeded:
		a.Ended, a.Output = e.At, e.Doc
	case machine.TaskFailed, machine.TaskSubmitFailed, machine.TaskTimedOut:
		a.Ended, a.Failure, v.Failure = e.At, e.Failure, e.Failure
	}
}

// attempt begins an attempt. What had failed before it is retried.
func (*Builder) attempt(v *Visit, a Attempt) {
	a.Retrier = -1
	v.Attempts = append(v.Attempts, a)
	v.Failure = nil
}

// latest returns the attempt of a visit that has begun last. If none has been
// seen, or the last one is over because it is retried, a new one has failed
// before it called anything.
func (b *Builder) latest(v *Visit) *Attempt {
	if n := len(v.Attempts); n == 0 || v.Attempts[n-1].RetryAt != 0 {
		b.attempt(v, Attempt{})
	}
	return &v.Attempts[len(v.Attempts)-1]
}

func (b *Builder) mapStarted(l *line, e *machine.Event) {
	v := b.current(l, e, asl.Map)
	b.closeBelow(l, e.Prev, nil, e.At)
	b.attempt(v, Attempt{Started: e.At, Input: e.Doc})
	v.Items = -1
	if e.Doc.Exists() {
		v.Items = e.Doc.Len()
	}
}

// retry notes which Retrier has taken the failure of a visit.
func (b *Builder) retry(l *line, e *machine.Event) {
	v := b.current(l, e, "")
	b.closeBelow(l, e.Prev, e.Failure, e.At)
	a := b.latest(v)
	a.Failure, a.Retrier, a.RetryAt = e.Failure, int(e.Index), e.Due
	a.Ended = cmp.Or(a.Ended, e.At)
	v.Failure = nil
}

// evaluationFailed takes the failure of an expression: before an attempt,
// after it, or in a state that has none.
func (b *Builder) evaluationFailed(l *line, e *machine.Event) {
	v := b.current(l, e, "")
	v.State = e.State
	if k := v.Kind; k == asl.Task || k == asl.Parallel || k == asl.Map {
		a := b.latest(v)
		a.Ended, a.Failure = cmp.Or(a.Ended, e.At), e.Failure
	}
	v.Failure = e.Failure
}

// containerFailed takes the failure of a Parallel or Map state: one of its own,
// or that of a branch or iteration.
func (b *Builder) containerFailed(l *line, e *machine.Event, kind asl.StateType) {
	v := b.current(l, e, kind)
	a := b.latest(v)
	a.Ended, a.Failure, v.Failure = e.At, e.Failure, e.Failure
	b.closeBelow(l, e.Prev, e.Failure, e.At)
}

// close ends the visit of a line because of the event cause. The visit has
// failed if that was the line's last event: then the outcome is the one given.
// Else it is aborted.
func (b *Builder) close(l *line, cause int64, failure *machine.Failure, at int64, failed Outcome) {
	if l.visit == 0 {
		return
	}
	v := &b.visits[l.visit-1]
	if v.Outcome == Enclosed && v.Failure == nil && failure != nil && l.last == cause {
		v.Failure = failure
		b.change(l)
	}
	if v.Outcome != Open {
		return
	}
	b.change(l)
	v.Left, v.Outcome = at, Aborted
	if l.last == cause && !v.waits() {
		v.Outcome, v.Failure = failed, cmp.Or(v.Failure, failure)
	}
}

// waits reports whether a visit waits for something outside, and so cannot be
// what has failed.
func (v *Visit) waits() bool {
	switch {
	case v.Failure != nil:
		return false
	case v.Kind == asl.Wait:
		return v.Due != 0
	case v.Kind != asl.Task || len(v.Attempts) == 0:
		return false
	}
	a := &v.Attempts[len(v.Attempts)-1]
	return a.Ended == 0 || a.RetryAt != 0
}

// closeBelow ends the visits in the branches or iterations of the state that l
// is in.
func (b *Builder) closeBelow(l *line, cause int64, failure *machine.Failure, at int64) {
	if l.below == 0 {
		return
	}
	for _, m := range b.paths.sorted() {
		if m.parent == l {
			b.close(m, cause, failure, at, Enclosed)
		} else if m.inside(l) {
			b.close(m, -1, nil, at, Aborted)
		}
	}
}

// closeAll ends all visits because the execution has ended.
func (b *Builder) closeAll(cause int64, failure *machine.Failure, at int64) {
	b.close(&b.paths.root, cause, failure, at, Failed)
	for _, l := range b.paths.sorted() {
		b.close(l, cause, failure, at, Failed)
	}
}

// resume begins a new visit of the state that a line is in, if a redrive
// continues it, and before that of the states around it. The event is the first
// in the line since the redrive, so that nothing is said of lines that start from
// the beginning again.
func (b *Builder) resume(l *line) {
	if l.parent != nil {
		b.resume(l.parent)
	}
	if l.visit == 0 {
		return
	}
	old := b.visits[l.visit-1]
	if old.Redrive == b.redrives || old.Outcome == Open || old.Outcome == Succeeded || old.Outcome == Caught {
		return
	}
	b.begin(l, Visit{State: old.State, Kind: old.Kind, Entered: b.redriven, Input: old.Input, Resource: old.Resource, MapRun: old.MapRun})
	b.visits[l.visit-1].Items = old.Items
	b.change(l)
}
