package machine

import (
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

// maxRunRedrives is how often a Map Run can be redriven. Quotas: "Redrives of a
// Map Run"; the words of the error are inferred (F-098).
const maxRunRedrives = 1000

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
	out.records = childRecords{start: x.start, d: r.d, run: r.arn}
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
