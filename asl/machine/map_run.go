package machine

import (
	"cmp"
	"slices"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file implements Map Runs: what a distributed Map state does while it is
// open. It reads the items, starts a child execution for each item or batch, up to
// MaxConcurrency at a time, takes their ends, gives up when too many have failed,
// and has the results written. Children are executions of their own, with their
// own histories; here they are commands and stimuli. Guide: "Using Map state in
// Distributed mode"; API: DescribeMapRun.
//
//	MapStateStarted → MapRunStarted → (items read) → children started, ended …
//	  → (results written) → MapRunSucceeded → MapStateSucceeded → MapStateExited
//	                      → MapRunFailed → MapStateFailed
//	                                     (redriven) → MapRunRedriven → …
//
// What points back to what is F-070.

// maxChildren is how many children of a Map Run run at a time at most. Quotas:
// "Maximum number of parallel Map Run child executions".
const maxChildren = 10_000

// maxRunRedrives is how often a Map Run can be redriven. Quotas: "Redrives of a
// Map Run"; the words of the error are inferred (F-098).
const maxRunRedrives = 1000

// startsPerStep bounds a step that starts children, so that a batch of a large
// Map Run becomes durable, and its children run, while others are started.
const startsPerStep = 256

// A mapRun is the open part of a distributed Map state.
type mapRun struct {
	passive
	d          *distributedMap
	phase      runPhase
	arn        string
	prev       int64 // the MapRunStarted event
	started    int64
	stopped    int64
	status     Status
	limits     MapRunLimits
	redrives   int   // so far
	redrivenAt int64 // when for the last time

	items    items
	next     int // the first item that no child has
	total    int // how many children there will be; 0 until the first has started
	children []Child
	by       [PendingRedrive + 1]struct{ children, items int } // how many children have that Status, and how many items they have
	lost     struct{ children, items int }                     // of the failed ones, those that could not be redriven
	failure  *Failure                                          // why the run fails once its results are written

	// What follows is worked out when it is wanted, after Replay again.
	batching    batching
	batches     []int32 // items of each child, those that have started and those to come; nil until it is known
	redriveFrom int     // children before this one do not wait for their redrive
}

// runPhase says what a Map Run waits for.
type runPhase uint8

const (
	planned   runPhase = iota // to be started
	reading                   // the items
	mapping                   // its children
	writing                   // the results to be written
	redriving                 // to be redriven
	mapRunEnded
)

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

// mapRunARN names the Map Run that the next record starts.
func (x *Execution) mapRunARN(label string) string {
	return x.start.arn("mapRun", label) + ":" + x.random(forMapRun).UUID()
}

func (r *mapRun) ready(*frame) bool { return r.phase == mapping || r.phase == redriving }

func (r *mapRun) take(x *Execution, f *frame, s Stimulus) bool {
	switch {
	case s.Kind == Answered && r.phase == reading:
		r.itemsRead(x, f, &s)
	case s.Kind == Answered && r.phase == writing:
		r.resultsWritten(x, f, &s)
	case s.Kind == ChildrenEnded && r.phase == mapping:
		ended := r.notYetEnded(s.Ended)
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

// notYetEnded keeps the ends of children that are not known to have ended.
func (r *mapRun) notYetEnded(ended []ChildEnd) []ChildEnd {
	return slices.DeleteFunc(slices.Clone(ended), func(e ChildEnd) bool {
		return int(e.Index) >= len(r.children) || r.children[e.Index].Status != Running
	})
}

// itemsRead takes the answer of the ItemReader.
func (r *mapRun) itemsRead(x *Execution, f *frame, s *Stimulus) {
	failure := s.Failure
	if k := s.Output.Kind(); failure == nil && k != value.Array && k != value.Object {
		failure = NewFailure(asl.ErrItemReaderFailed, "Attempting to map over non-iterable node.")
	}
	if failure != nil {
		r.failed(x, f, failure)
		x.fail(f, failure)
		return
	}
	x.emit(Event{Type: ItemsRead, Frame: f.id, Doc: s.Output, Run: &MapRunEvent{Sources: s.Sources}})
	x.step(f)
}

// resume starts as many children as may run, or ends the run when there is
// nothing left to do.
func (r *mapRun) resume(x *Execution, f *frame) *Failure {
	switch {
	case r.phase == redriving:
		return r.redrive(x, f)
	case r.phase != mapping:
		return nil
	case r.limits.exceeded(r.by[Failed].items+r.by[TimedOut].items, r.items.len()):
		return r.close(x, f, thresholdExceeded())
	case r.by[PendingRedrive].children > 0 && r.running() < r.limits.atOnce():
		r.redriveChildren(x, f)
		return nil
	}
	started, failure := r.nextChildren(x, f)
	switch {
	case failure != nil:
		return failure
	case len(started) > 0:
		x.emit(Event{Type: ChildExecutionsStarted, Frame: f.id, Index: int32(r.executions()), Run: &MapRunEvent{Started: started}})
		for i := len(r.children) - len(started); i < len(r.children); i++ {
			r.askChild(x, f, i)
		}
		if r.next < r.items.len() && r.running() < r.limits.atOnce() {
			x.again(f)
		}
	case r.next == r.items.len() && r.running() == 0 && r.by[PendingRedrive].children == 0:
		return r.close(x, f, nil)
	}
	return nil
}

// redrive goes on with a run that has ended unsuccessfully. Its children that
// have failed, timed out or been aborted wait for their turn; what had failed
// before there were children is done again.
func (r *mapRun) redrive(x *Execution, f *frame) *Failure {
	if r.redrives >= maxRunRedrives {
		return f.runtime("The Map Run cannot be redriven more than %d times.", maxRunRedrives)
	}
	in, failure := f.state.flow.effective(x, f)
	var again *ItemReading
	if failure == nil && r.d.reader != nil && !r.items.values.Exists() {
		again, failure = r.d.reader.request(x.env(f, in))
	}
	if failure != nil {
		return failure
	}
	x.emit(Event{Type: MapRunRedriven, Frame: f.id, Prev: f.prev, Index: int32(r.redrives + 1), Run: &MapRunEvent{ARN: r.arn}})
	if again != nil {
		x.ask(f, Command{Kind: ReadItems, Reading: again})
		return nil
	}
	x.again(f)
	return nil
}

// redriveChildren redrives as many of the children that wait for it as may run.
func (r *mapRun) redriveChildren(x *Execution, f *frame) {
	var again []int32
	room := min(r.limits.atOnce()-r.running(), startsPerStep)
	for i := r.redriveFrom; i < len(r.children) && len(again) < room; i++ {
		if r.children[i].Status == PendingRedrive {
			again = append(again, int32(i))
		}
	}
	x.emit(Event{Type: ChildExecutionsRedriven, Frame: f.id, Run: &MapRunEvent{Redriven: again}})
	for _, i := range again {
		r.askChild(x, f, int(i))
	}
	r.redriveFrom = int(again[len(again)-1]) + 1
	x.again(f)
}

// nextChildren are the children that one step starts.
func (r *mapRun) nextChildren(x *Execution, f *frame) (started []ChildStart, failure *Failure) {
	if r.next == r.items.len() {
		return nil, nil
	}
	in, failure := f.state.flow.effective(x, f)
	if failure == nil && r.batches == nil {
		failure = r.plan(x, f, in)
	}
	room := min(r.limits.atOnce()-r.running(), startsPerStep)
	for next := r.next; failure == nil && next < r.items.len() && len(started) < room; {
		var s ChildStart
		if s, failure = r.child(x, f, in, len(r.children)+len(started), next); failure == nil {
			started = append(started, s)
			next += int(s.Items)
		}
	}
	return started, failure
}

// plan finds how many items each child gets. Batches are limited in bytes, so
// that needs every item as its ItemSelector makes it (F-077). Children that have
// started keep what they have: a selector that draws random numbers makes other
// sizes after Replay.
func (r *mapRun) plan(x *Execution, f *frame, in value.Value) (failure *Failure) {
	if r.batching, failure = r.d.batcher.eval(x.env(f, in)); failure != nil {
		return failure
	}
	b, total := &r.batching, r.items.len()
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
			item, failure := r.d.item(x, f, in, &r.items, from+n)
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
	return r.items.len()
}

// child is the child with the number, whose first item is item from.
func (r *mapRun) child(x *Execution, f *frame, in value.Value, number, from int) (ChildStart, *Failure) {
	s := ChildStart{Name: x.childName(number), Items: 1}
	if r.batching.on {
		s.Items = r.batches[number]
	} else if r.d.selector == nil {
		return s, f.fits(r.items.at(from))
	}
	selected := make([]value.Value, s.Items)
	for i := range selected {
		var failure *Failure
		if selected[i], failure = r.d.item(x, f, in, &r.items, from+i); failure != nil {
			return s, failure
		}
	}
	s.Input = r.batching.wrap(selected)
	return s, f.fits(s.Input)
}

// askChild asks for child i to be started, or redriven.
func (r *mapRun) askChild(x *Execution, f *frame, i int) {
	c := &r.children[i]
	x.ask(f, Command{Kind: StartChild, Child: &ChildStarting{
		Index: int32(i), ARN: r.d.childARN(x.start, c), Name: c.Name, Input: c.Input, Items: int(c.Items),
		MapRun: r.arn, Label: r.d.label, Express: r.d.express, Redrive: c.Redrives > 0 && !r.d.express,
	}})
}

// pending asks again for what the run waits for. One that maps goes on by
// itself, too.
func (r *mapRun) pending(x *Execution, f *frame) {
	in, failure := f.state.flow.effective(x, f)
	switch {
	case failure != nil: // it did not fail before
	case r.phase == reading:
		if reading, failure := r.d.reader.request(x.env(f, in)); failure == nil {
			x.ask(f, Command{Kind: ReadItems, Reading: reading})
		}
	case r.phase == writing:
		if writing, failure := r.resultWriting(x, f); failure == nil {
			x.ask(f, Command{Kind: WriteResults, Writing: writing})
		}
	case r.phase == mapping:
		for i := range r.children {
			if r.children[i].Status == Running {
				r.askChild(x, f, i)
			}
		}
	}
}

// close ends a run whose children have ended, or are to be ended because too
// many have failed. The results are written first, also those of a failed run.
func (r *mapRun) close(x *Execution, f *frame, failure *Failure) *Failure {
	if failure != nil && r.running() > 0 {
		x.ask(f, Command{Kind: Cancel})
	}
	if !r.d.writer.exports() {
		return r.end(x, f, value.Value{}, failure)
	}
	writing, own := r.resultWriting(x, f)
	if own != nil {
		return own
	}
	x.emit(Event{Type: MapRunClosing, Frame: f.id, Failure: failure})
	x.ask(f, Command{Kind: WriteResults, Writing: writing})
	return nil
}

// resultWriting describes what the ResultWriter has to do.
func (r *mapRun) resultWriting(x *Execution, f *frame) (*ResultWriting, *Failure) {
	in, failure := f.state.flow.effective(x, f)
	if failure != nil {
		return nil, failure
	}
	out, failure := r.d.writer.request(x.env(f, in))
	if failure != nil {
		return nil, failure
	}
	out.MapRun, out.Children = r.arn, r.children
	for i := r.next; i < r.items.len(); i++ {
		out.Pending = append(out.Pending, r.items.at(i))
	}
	out.records = childRecords{start: x.start, d: r.d}
	return out, nil
}

// resultsWritten takes the answer of the ResultWriter.
func (r *mapRun) resultsWritten(x *Execution, f *frame, s *Stimulus) {
	failure := r.failure
	if failure == nil {
		failure = s.Failure
	}
	exported := value.OfMembers("MapRunArn", value.OfString(r.arn), "ResultWriterDetails", orNull(s.Output))
	if failure = r.end(x, f, exported, failure); failure != nil {
		x.fail(f, failure)
	}
}

// end ends the run with the result that was exported (no value: with what the
// children have returned), or with a failure.
func (r *mapRun) end(x *Execution, f *frame, exported value.Value, failure *Failure) *Failure {
	if failure != nil {
		r.failed(x, f, failure)
		return failure
	}
	result := exported
	if !result.Exists() {
		result = r.result(x)
	}
	x.emit(Event{Type: MapRunSucceeded, Frame: f.id, Prev: f.prev, Doc: result})
	x.emit(Event{Type: MapStateSucceeded, Frame: f.id, Prev: f.prev})
	return x.complete(f, f.result)
}

// failed says in the history that the run has failed.
func (r *mapRun) failed(x *Execution, f *frame, failure *Failure) {
	x.emit(Event{Type: MapRunFailed, Frame: f.id, Prev: f.prev, Failure: failure})
}

// fail ends a run with its state. Children that run are given up.
func (r *mapRun) fail(x *Execution, f *frame, failure *Failure, prev int64) int64 {
	if r.phase == planned || r.status != Running {
		return prev
	}
	x.ask(f, Command{Kind: Cancel})
	x.emit(Event{Type: MapRunFailed, Frame: f.id, Prev: prev, Failure: failure})
	return x.lastID
}

// abort gives the run up (F-074).
func (r *mapRun) abort(x *Execution, f *frame, cause int64) {
	x.ask(f, Command{Kind: Cancel})
	x.emit(Event{Type: MapRunAborted, Frame: f.id, Prev: cause})
}

// updateRun changes the limits of the Map Run with the ARN.
func (x *Execution) updateRun(s *Stimulus) bool {
	for _, f := range x.living() {
		if r, ok := f.open.(*mapRun); ok && r.arn == s.Run.ARN && r.status == Running {
			x.emit(Event{Type: MapRunUpdated, Frame: f.id, Run: s.Run})
			if r.phase == mapping {
				x.step(f)
			}
			return true
		}
	}
	return false
}

func (r *mapRun) apply(x *Execution, f *frame, e *Event) {
	x.touch(r)
	switch e.Type {
	case MapRunStarted:
		x.hasRuns = true
		r.arn, r.limits, r.prev, r.started = e.Run.ARN, e.Run.Limits, e.ID, e.At
		r.begin(x, f)
	case MapRunRedriven:
		r.redrives, r.redrivenAt, r.status, r.stopped, r.failure = int(e.Index), e.At, Running, 0, nil
		r.begin(x, f)
		r.awaitRedrive()
	case MapRunUpdated:
		r.limits = e.Run.Limits
	case ItemsRead:
		r.items, r.phase = itemsOf(e.Doc, e.Run.Sources), mapping
	case ChildExecutionsStarted:
		r.childrenStarted(e)
	case ChildExecutionsRedriven:
		for _, i := range e.Run.Redriven {
			r.children[i].Redrives++
			r.children[i].Redriven = e.At
			r.setStatus(&r.children[i], Running)
		}
	case ChildExecutionsEnded:
		r.childrenEnded(e)
	case MapRunClosing:
		r.abandon(e.At)
		r.failure, r.phase = e.Failure, writing
	case MapRunSucceeded:
		r.status, r.stopped, r.phase = Succeeded, e.At, mapRunEnded
		f.result, f.token = e.Doc, 0
	case MapStateSucceeded:
		f.exitPrev, f.phase, f.open = r.prev, resulted, nil
	case MapRunFailed:
		r.abandon(e.At)
		r.status, r.stopped, r.phase, f.token = Failed, e.At, mapRunEnded, 0
	case MapRunAborted:
		r.ended(x, f, e.At)
		f.token = 0
	}
}

// begin lets the run read its items, if it has an ItemReader and has not read
// them, or start children.
func (r *mapRun) begin(x *Execution, f *frame) {
	f.token, r.phase = x.records, mapping
	if r.d.reader != nil && !r.items.values.Exists() {
		r.phase = reading
	}
}

// awaitRedrive makes the children that have not succeeded wait for their
// redrive.
func (r *mapRun) awaitRedrive() {
	r.redriveFrom, r.lost = 0, struct{ children, items int }{}
	for i := range r.children {
		if c := &r.children[i]; c.Status != Succeeded && c.Status != Running {
			r.setStatus(c, PendingRedrive)
		}
	}
}

func (r *mapRun) childrenStarted(e *Event) {
	r.total = int(e.Index)
	for _, s := range e.Run.Started {
		input := s.Input
		if !input.Exists() {
			input = r.items.at(r.next)
		}
		r.children = append(r.children, Child{Name: s.Name, Items: s.Items, Input: input, Started: e.At})
		r.count(&r.children[len(r.children)-1], 1)
		r.next += int(s.Items)
	}
}

func (r *mapRun) childrenEnded(e *Event) {
	for _, end := range e.Run.Ended {
		c := &r.children[end.Index]
		c.Started, c.Stopped, c.Output, c.Failure = end.Started, end.Stopped, end.Output, end.Failure
		r.setStatus(c, end.Status)
		if end.NotRedrivable {
			r.lost.children++
			r.lost.items += int(c.Items)
		}
	}
}

// running is how many children run.
func (r *mapRun) running() int { return r.by[Running].children }

func (r *mapRun) setStatus(c *Child, s Status) {
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

// abandon marks the children that run, or wait for their redrive, as aborted
// (F-073).
func (r *mapRun) abandon(at int64) {
	for i := range r.children {
		if c := &r.children[i]; c.Status == Running || c.Status == PendingRedrive {
			c.Stopped = at
			r.setStatus(c, Aborted)
		}
	}
}

// ended aborts a run whose execution ends.
func (r *mapRun) ended(x *Execution, _ *frame, at int64) {
	if r.phase == planned || r.status != Running {
		return
	}
	r.abandon(at)
	r.status, r.stopped, r.phase = Aborted, at, mapRunEnded
	x.touch(r)
}

// redriven lets a run that was started be redriven; else the state begins anew.
func (r *mapRun) redriven(*frame) bool {
	if r.phase == planned {
		return false
	}
	r.phase = redriving
	return true
}

// touch remembers a run for the batch's summaries.
func (x *Execution) touch(r *mapRun) {
	if !slices.Contains(x.touched, r) {
		x.touched = append(x.touched, r)
	}
}

// withMapRuns returns the frames that may have a Map Run.
func (x *Execution) withMapRuns() (out []*frame) {
	if !x.hasRuns {
		return nil
	}
	for _, f := range x.living() {
		if f.open != nil {
			out = append(out, f)
		}
	}
	return out
}

// A MapRun is a Map Run as DescribeMapRun shows it.
type MapRun struct {
	ARN              string
	Status           Status
	Started, Stopped int64 // Unix milliseconds; Stopped is 0 while it runs
	Limits           MapRunLimits
	Redrives         int
	Redriven         int64 // when for the last time, in Unix milliseconds; 0 if never
	Items            MapRunCounts
	Executions       MapRunCounts
}

// MapRunCounts are numbers of items, or of child executions. PendingRedrive and
// FailuresNotRedrivable are about children of a run that was redriven: those
// that still wait for it, and, among the Failed, those that could not be.
type MapRunCounts struct {
	Pending, Running, Succeeded, Failed, TimedOut, Aborted, Total int
	FailuresNotRedrivable, PendingRedrive                         int
}

// summary is the run as it stands.
func (r *mapRun) summary() MapRun {
	s := MapRun{ARN: r.arn, Status: r.status, Started: r.started, Stopped: r.stopped, Limits: r.limits, Redrives: r.redrives, Redriven: r.redrivenAt}
	s.Items.Total, s.Executions.Total = r.items.len(), cmp.Or(r.total, r.executions())
	s.Items.Pending, s.Executions.Pending = s.Items.Total-r.next, s.Executions.Total-len(r.children)
	s.Items.FailuresNotRedrivable, s.Executions.FailuresNotRedrivable = r.lost.items, r.lost.children
	for status, by := range r.by {
		*s.Items.of(Status(status)), *s.Executions.of(Status(status)) = by.items, by.children
	}
	return s
}

// of is the count of what has a status.
func (c *MapRunCounts) of(s Status) *int {
	return [...]*int{&c.Running, &c.Succeeded, &c.Failed, &c.TimedOut, &c.Aborted, &c.PendingRedrive}[s]
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

func (r *mapRun) code(c *coder, x *Execution, _ *frame) {
	c.byte((*byte)(&r.phase))
	c.string(&r.arn)
	for _, n := range []*int64{&r.prev, &r.started, &r.stopped, &r.redrivenAt} {
		c.int64(n)
	}
	c.status(&r.status)
	c.limits(&r.limits)
	for _, n := range []*int{&r.redrives, &r.next, &r.total, &r.lost.children, &r.lost.items} {
		c.int(n)
	}
	c.value(&r.items.values)
	for i := range length(c, &r.items.sources) {
		c.source(&r.items.sources[i])
	}
	if present(c, &r.failure) {
		c.failure(r.failure)
	}
	for i := range length(c, &r.children) {
		c.child(&r.children[i])
	}
	if c.reading {
		x.hasRuns = true
		for i := range r.children {
			r.count(&r.children[i], 1)
		}
	}
}

func (r *mapRun) sound(f *frame) bool {
	switch {
	case r.phase > mapRunEnded || r.next < 0 || r.next > r.items.len():
		return false
	case r.phase == reading:
		return r.d.reader != nil
	case r.phase == writing:
		return r.d.writer.exports()
	}
	return true
}

func (c *coder) child(k *Child) {
	c.string(&k.Name)
	c.int32(&k.Items)
	c.value(&k.Input)
	c.status(&k.Status)
	for _, n := range []*int64{&k.Started, &k.Stopped, &k.Redriven} {
		c.int64(n)
	}
	c.value(&k.Output)
	if present(c, &k.Failure) {
		c.failure(k.Failure)
	}
	c.int(&k.Redrives)
}
