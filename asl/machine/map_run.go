package machine

import (
	"cmp"
	"slices"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file implements Map Runs: what a distributed Map state does while it is
// open. It reads the items, starts a child execution for each item or batch, at
// most so many at a time, takes their ends, gives up when too many have failed,
// and has the results written. Children are executions of their own, with their
// own histories; here they are commands and stimuli. Guide: "Using Map state in
// Distributed mode"; API: DescribeMapRun.
//
//	MapStateStarted → MapRunStarted → (items read) → children started, ended …
//	  → (results written) → MapRunSucceeded → MapStateSucceeded → MapStateExited
//	                      → MapRunFailed → MapStateFailed
//
// What points back to what is F-070.

// maxChildren is how many children of a Map Run run at a time at most. Quotas:
// "Maximum number of parallel Map Run child executions".
const maxChildren = 10_000

// startsPerStep bounds a step that starts children, so that a batch of a large
// Map Run becomes durable, and its children run, while others are started.
const startsPerStep = 256

// A mapRun is the open part of a distributed Map state.
type mapRun struct {
	arn     string
	prev    int64 // the MapRunStarted event
	started int64
	stopped int64
	status  Status
	limits  MapRunLimits

	items    value.Value
	sources  []ItemSource // none: the state's input
	next     int          // the first item that no child has
	total    int          // how many children there will be; 0 until the first has started
	children []Child
	by       [Aborted + 1]struct{ children, items int } // how many children have that Status, and how many items they have
	failure  *Failure                                   // why the run fails once its results are written

	// What follows is worked out when it is wanted, after Replay again.
	batching batching
	batches  []int32 // items of each child, those that have started and those to come; nil until it is known
}

// MapRunLimits are the settings of a Map Run that UpdateMapRun can change.
type MapRunLimits struct {
	MaxConcurrency      int64   // 0: no limit
	ToleratedCount      int64   // -1: not set
	ToleratedPercentage float64 // -1: not set
}

// atOnce is how many children may run.
func (l *MapRunLimits) atOnce() int {
	if l.MaxConcurrency <= 0 || l.MaxConcurrency > maxChildren {
		return maxChildren
	}
	return int(l.MaxConcurrency)
}

// exceeded reports whether more than the tolerated items have failed. If
// neither threshold is set, none may (F-072).
func (l *MapRunLimits) exceeded(failed, total int) bool {
	if l.ToleratedCount < 0 && l.ToleratedPercentage < 0 {
		return failed > 0
	}
	return l.ToleratedCount >= 0 && int64(failed) > l.ToleratedCount ||
		l.ToleratedPercentage >= 0 && float64(failed)*100 > l.ToleratedPercentage*float64(total)
}

// start begins the Map Run of a state whose MapStateStarted was just emitted
// (F-071).
func (d *distribution) start(x *Execution, f *frame, in value.Value, concurrency int64) {
	limits, failure := d.limits(x.env(f, in))
	if failure == nil {
		_, failure = d.batcher.eval(x.env(f, in))
	}
	var reading *ItemReading
	if failure == nil && d.reader != nil {
		reading, failure = d.reader.request(x.env(f, in))
	}
	if failure != nil {
		x.fail(f, failure)
		return
	}
	limits.MaxConcurrency = concurrency
	run := &MapRunEvent{ARN: x.mapRunARN(d.label), Limits: limits}
	x.emit(Event{Type: MapRunStarted, Frame: f.id, Prev: f.prev, Run: run})
	if reading != nil {
		x.ask(f, Command{Kind: ReadItems, Reading: reading})
		return
	}
	x.again(f)
}

// mapRunARN names the Map Run that the next record starts.
func (x *Execution) mapRunARN(label string) string {
	return x.start.arn("mapRun", label) + ":" + x.random(forMapRun).UUID()
}

// mapRunStimulus takes what can happen to a Map Run; false if it does not wait
// for it (any more).
func (x *Execution) mapRunStimulus(f *frame, s Stimulus) bool {
	switch {
	case s.Kind == Answered && f.phase == reading:
		x.itemsRead(f, s)
	case s.Kind == Answered && f.phase == writing:
		x.resultsWritten(f, s)
	case s.Kind == ChildrenEnded && f.phase == mapping:
		ended := f.run.running(s.Ended)
		if len(ended) == 0 {
			return false
		}
		x.emit(Event{Type: ChildExecutionsEnded, Frame: f.id, Run: &MapRunEvent{Ended: ended}})
		x.step(f)
	default:
		return false
	}
	return true
}

// running keeps the ends of children that are not known to have ended.
func (r *mapRun) running(ended []ChildEnd) []ChildEnd {
	return slices.DeleteFunc(slices.Clone(ended), func(e ChildEnd) bool {
		return int(e.Index) >= len(r.children) || r.children[e.Index].Status != Running
	})
}

// itemsRead takes the answer of the ItemReader.
func (x *Execution) itemsRead(f *frame, s Stimulus) {
	failure := s.Failure
	if k := s.Output.Kind(); failure == nil && k != value.Array && k != value.Object {
		failure = NewFailure(asl.ErrItemReaderFailed, "Attempting to map over non-iterable node.")
	}
	if failure != nil {
		x.emit(Event{Type: MapRunFailed, Frame: f.id, Prev: f.prev, Failure: failure})
		x.fail(f, failure)
		return
	}
	x.emit(Event{Type: ItemsRead, Frame: f.id, Doc: s.Output, Run: &MapRunEvent{Sources: s.Sources}})
	x.step(f)
}

// mapOn starts as many children as may run, or ends the run when there is
// nothing left to do.
func (x *Execution) mapOn(f *frame) {
	r := f.run
	if r.limits.exceeded(r.by[Failed].items+r.by[TimedOut].items, r.items.Len()) {
		x.closeRun(f, thresholdExceeded())
		return
	}
	started, failure := x.nextChildren(f)
	switch {
	case failure != nil:
		x.fail(f, failure)
	case len(started) > 0:
		x.emit(Event{Type: ChildExecutionsStarted, Frame: f.id, Index: int32(r.executions()), Run: &MapRunEvent{Started: started}})
		for i := len(r.children) - len(started); i < len(r.children); i++ {
			x.askChild(f, i)
		}
		if r.next < r.items.Len() && r.open() < r.limits.atOnce() {
			x.again(f)
		}
	case r.next == r.items.Len() && r.open() == 0:
		x.closeRun(f, nil)
	}
}

// nextChildren are the children that one step starts.
func (x *Execution) nextChildren(f *frame) (started []ChildStart, failure *Failure) {
	r, m := f.run, f.state.work.(*mapState)
	in, failure := f.state.flow.effective(x, f)
	if failure == nil && r.batches == nil {
		failure = m.plan(x, f, in)
	}
	room := min(r.limits.atOnce()-r.open(), startsPerStep)
	for next := r.next; failure == nil && next < r.items.Len() && len(started) < room; {
		var s ChildStart
		if s, failure = m.child(x, f, in, len(r.children)+len(started), next); failure == nil {
			started = append(started, s)
			next += int(s.Items)
		}
	}
	return started, failure
}

// plan finds how many items each child gets. Batches are held to a size, so that
// needs every item as its ItemSelector makes it (F-077). Children
// that have started keep what they have: a selector that draws random numbers
// makes other sizes after Replay.
func (m *mapState) plan(x *Execution, f *frame, in value.Value) (failure *Failure) {
	r := f.run
	if r.batching, failure = m.distributed.batcher.eval(x.env(f, in)); failure != nil {
		return failure
	}
	b, total := &r.batching, r.items.Len()
	r.batches = make([]int32, 0, min(total, 1024))
	if !b.on {
		return nil
	}
	for i := range r.children {
		r.batches = append(r.batches, r.children[i].Items)
	}
	overhead := b.overhead()
	for from := r.next; from < total; {
		size, n := overhead, 0
		for from+n < total && (b.maxItems == 0 || int64(n) < b.maxItems) {
			item, failure := m.item(x, f, in, from+n)
			if failure != nil {
				return failure
			}
			if size += item.Size(); n > 0 {
				size++ // the comma
			}
			if n > 0 && int64(size) > b.maxBytes {
				break
			}
			n++
		}
		r.batches = append(r.batches, int32(n))
		from += n
	}
	return nil
}

// executions is how many children the plan has.
func (r *mapRun) executions() int {
	if r.batching.on {
		return len(r.batches)
	}
	return r.items.Len()
}

// child is the child with the number, whose first item is item from.
func (m *mapState) child(x *Execution, f *frame, in value.Value, number, from int) (ChildStart, *Failure) {
	r := f.run
	s := ChildStart{Name: x.childName(number), Items: 1}
	if r.batching.on {
		s.Items = r.batches[number]
	} else if m.selector == nil {
		return s, f.fits(r.item(from))
	}
	items := make([]value.Value, s.Items)
	for i := range items {
		var failure *Failure
		if items[i], failure = m.item(x, f, in, from+i); failure != nil {
			return s, failure
		}
	}
	s.Input = r.batching.wrap(items)
	return s, f.fits(s.Input)
}

// item is item i as the ItemSelector makes it.
func (m *mapState) item(x *Execution, f *frame, in value.Value, i int) (value.Value, *Failure) {
	r := f.run
	if m.selector == nil {
		return r.item(i), nil
	}
	e := x.env(f, in)
	e.item = itemOf(r.items, i)
	e.item.source = r.sourceOf(i)
	return m.selector.eval(e)
}

func (r *mapRun) item(i int) value.Value { return itemAt(r.items, i) }

// sourceOf is where item i is from, as $$.Map.Item.Source shows it.
func (r *mapRun) sourceOf(i int) string {
	at, found := slices.BinarySearchFunc(r.sources, i, func(s ItemSource, i int) int { return s.From - i })
	if !found {
		at--
	}
	if at < 0 {
		return stateData
	}
	return r.sources[at].Source
}

// askChild asks for child i to be started.
func (x *Execution) askChild(f *frame, i int) {
	r, d := f.run, f.state.work.(*mapState).distributed
	c := &r.children[i]
	x.ask(f, Command{Kind: StartChild, Child: &ChildStarting{Index: int32(i), ARN: d.childARN(x.start, c.Name), Name: c.Name, Input: c.Input, Items: int(c.Items), MapRun: r.arn, Label: d.label, Express: d.express}})
}

// askRun asks again for what a run waits for, after Replay. A run that maps
// goes on by itself, too.
func (x *Execution) askRun(f *frame) {
	in, failure := f.state.flow.effective(x, f)
	d := f.state.work.(*mapState).distributed
	switch {
	case failure != nil: // it did not fail before
	case f.phase == reading:
		if reading, failure := d.reader.request(x.env(f, in)); failure == nil {
			x.ask(f, Command{Kind: ReadItems, Reading: reading})
		}
	case f.phase == writing:
		if writing, failure := x.resultWriting(f); failure == nil {
			x.ask(f, Command{Kind: WriteResults, Writing: writing})
		}
	default:
		for i := range f.run.children {
			if f.run.children[i].Status == Running {
				x.askChild(f, i)
			}
		}
	}
}

// closeRun ends a run whose children have ended, or are to be ended because too
// many have failed. The results are written first, those of a failed run, too.
func (x *Execution) closeRun(f *frame, failure *Failure) {
	w := f.state.work.(*mapState).distributed.writer
	if failure != nil && f.run.open() > 0 {
		x.ask(f, Command{Kind: CancelTask})
	}
	if !w.exports() {
		x.endRun(f, value.Value{}, failure)
		return
	}
	writing, own := x.resultWriting(f)
	if own != nil {
		x.fail(f, own)
		return
	}
	x.emit(Event{Type: MapRunClosing, Frame: f.id, Failure: failure})
	x.ask(f, Command{Kind: WriteResults, Writing: writing})
}

// resultWriting describes what the ResultWriter has to do.
func (x *Execution) resultWriting(f *frame) (*ResultWriting, *Failure) {
	in, failure := f.state.flow.effective(x, f)
	if failure != nil {
		return nil, failure
	}
	d, r := f.state.work.(*mapState).distributed, f.run
	out, failure := d.writer.request(x.env(f, in))
	if failure != nil {
		return nil, failure
	}
	out.MapRun, out.Children = r.arn, r.children
	for i := r.next; i < r.items.Len(); i++ {
		out.Pending = append(out.Pending, r.item(i))
	}
	out.records = childRecords{start: x.start, d: d}
	return out, nil
}

// resultsWritten takes the answer of the ResultWriter.
func (x *Execution) resultsWritten(f *frame, s Stimulus) {
	failure := f.run.failure
	if failure == nil {
		failure = s.Failure
	}
	x.endRun(f, value.OfMembers("MapRunArn", value.OfString(f.run.arn), "ResultWriterDetails", orNull(s.Output)), failure)
}

// endRun ends the run with the result that was exported (no value: with what
// the children have returned), or with a failure.
func (x *Execution) endRun(f *frame, exported value.Value, failure *Failure) {
	if failure != nil {
		x.emit(Event{Type: MapRunFailed, Frame: f.id, Prev: f.prev, Failure: failure})
		x.fail(f, failure)
		return
	}
	result := exported
	if !result.Exists() {
		result = x.mapRunResult(f)
	}
	x.emit(Event{Type: MapRunSucceeded, Frame: f.id, Prev: f.prev, Doc: result})
	x.emit(Event{Type: MapStateSucceeded, Frame: f.id, Prev: f.prev})
	x.complete(f)
}

// abortRun ends the run of a state that fails while its children run, because
// one of its own fields failed.
func (x *Execution) abortRun(f *frame, failure *Failure, prev int64) int64 {
	x.ask(f, Command{Kind: CancelTask})
	x.emit(Event{Type: MapRunFailed, Frame: f.id, Prev: prev, Failure: failure})
	return x.lastID
}

// updateRun changes the limits of the Map Run with the ARN.
func (x *Execution) updateRun(s Stimulus) bool {
	for _, f := range x.living() {
		if f.run != nil && f.run.arn == s.Run.ARN {
			x.emit(Event{Type: MapRunUpdated, Frame: f.id, Run: s.Run})
			if f.phase == mapping {
				x.step(f)
			}
			return true
		}
	}
	return false
}

// applyRun is the part of apply for the events of Map Runs.
func (x *Execution) applyRun(f *frame, e *Event) {
	if e.Type == MapRunStarted {
		f.run.begin(x, f, e)
	}
	r := f.run
	x.touch(r)
	switch e.Type {
	case MapRunUpdated:
		r.limits = e.Run.Limits
	case ItemsRead:
		r.items, r.sources, f.phase = e.Doc, e.Run.Sources, mapping
	case ChildExecutionsStarted:
		r.total = int(e.Index)
		for _, s := range e.Run.Started {
			input := s.Input
			if !input.Exists() {
				input = r.item(r.next)
			}
			r.children = append(r.children, Child{Name: s.Name, Items: s.Items, Input: input, Started: e.At})
			r.count(&r.children[len(r.children)-1], 1)
			r.next += int(s.Items)
		}
	case ChildExecutionsEnded:
		for _, end := range e.Run.Ended {
			c := &r.children[end.Index]
			c.Started, c.Stopped, c.Output, c.Failure = end.Started, end.Stopped, end.Output, end.Failure
			r.end(c, end.Status)
		}
	case MapRunClosing:
		r.abandon(e.At)
		r.failure, f.phase = e.Failure, writing
	case MapRunSucceeded:
		r.status, r.stopped, f.result, f.token = Succeeded, e.At, e.Doc, 0
	case MapRunFailed:
		r.abandon(e.At)
		r.status, r.stopped, f.token, f.run = Failed, e.At, 0, nil
	case MapRunAborted:
		r.abort(e.At)
		f.token, f.run = 0, nil
	}
}

// begin is MapRunStarted.
func (r *mapRun) begin(x *Execution, f *frame, e *Event) {
	x.hasRuns = true
	r.arn, r.limits, r.prev, r.started = e.Run.ARN, e.Run.Limits, e.ID, e.At
	f.token, f.phase = x.records, mapping
	if f.state.work.(*mapState).distributed.reader != nil {
		f.phase = reading
	}
}

// open is how many children run.
func (r *mapRun) open() int { return r.by[Running].children }

// end gives a child that has run its last status.
func (r *mapRun) end(c *Child, s Status) {
	r.count(c, -1)
	c.Status = s
	r.count(c, 1)
}

// count counts a child under its status, or with -1 no more.
func (r *mapRun) count(c *Child, sign int) {
	by := &r.by[c.Status]
	by.children += sign
	by.items += sign * int(c.Items)
}

// abandon marks the children that run as aborted (F-073).
func (r *mapRun) abandon(at int64) {
	for i := range r.children {
		if c := &r.children[i]; c.Status == Running {
			c.Stopped = at
			r.end(c, Aborted)
		}
	}
}

func (r *mapRun) abort(at int64) {
	r.abandon(at)
	r.status, r.stopped = Aborted, at
}

// touch remembers a run for the batch's summaries.
func (x *Execution) touch(r *mapRun) {
	if !slices.Contains(x.touched, r) {
		x.touched = append(x.touched, r)
	}
}

// abortRuns ends the runs of an execution that ends.
func (x *Execution) abortRuns(at int64) {
	if !x.hasRuns {
		return
	}
	for _, f := range x.living() {
		if f.run != nil && f.run.arn != "" && f.run.status == Running {
			f.run.abort(at)
			x.touch(f.run)
		}
	}
}

// A MapRun is a Map Run as DescribeMapRun shows it.
type MapRun struct {
	ARN              string
	Status           Status
	Started, Stopped int64 // Unix milliseconds; Stopped is 0 while it runs
	Limits           MapRunLimits
	Items            MapRunCounts
	Executions       MapRunCounts
}

// MapRunCounts are numbers of items, or of child executions.
type MapRunCounts struct{ Pending, Running, Succeeded, Failed, TimedOut, Aborted, Total int }

// summary is the run as it stands.
func (r *mapRun) summary() MapRun {
	s := MapRun{ARN: r.arn, Status: r.status, Started: r.started, Stopped: r.stopped, Limits: r.limits}
	s.Items.Total, s.Executions.Total = r.items.Len(), cmp.Or(r.total, r.executions())
	s.Items.Pending, s.Executions.Pending = s.Items.Total-r.next, s.Executions.Total-len(r.children)
	for status, by := range r.by {
		*s.Items.of(Status(status)), *s.Executions.of(Status(status)) = by.items, by.children
	}
	return s
}

// of is the count of what has a status.
func (c *MapRunCounts) of(s Status) *int {
	return [...]*int{&c.Running, &c.Succeeded, &c.Failed, &c.TimedOut, &c.Aborted}[s]
}

func (x *Execution) summaries() []MapRun {
	if len(x.touched) == 0 {
		return nil
	}
	out := make([]MapRun, len(x.touched))
	for i, r := range x.touched {
		out[i] = r.summary()
	}
	x.touched = x.touched[:0]
	return out
}
