package machine

import (
	"errors"
	"fmt"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file writes an execution down as it stands between two batches, without
// its history: what lets it leave memory, move to another machine, or go on
// under a fresh history in another engine.

const snapshotVersion = 1

var errMisfit = errors.New("machine: a snapshot does not fit the program")

// Snapshot returns the execution as bytes that Restore reads. It must not be
// taken while a batch has More.
func (x *Execution) Snapshot() []byte {
	e := encoder{buf: []byte{snapshotVersion}}
	e.bool(x.start != nil)
	if x.start == nil {
		return e.buf
	}
	e.start(x.start)
	e.value(x.input)
	e.int(x.started)
	e.int(x.stopped)
	e.uint(uint64(x.status))
	e.value(x.output)
	e.optionalFailure(x.failure)
	e.uint(uint64(x.lastFrame))
	e.int(x.lastID)
	e.int(x.records)
	frames := x.living()
	e.uint(uint64(len(frames)))
	for _, f := range frames {
		e.frame(f)
	}
	return e.buf
}

func (e *encoder) frame(f *frame) {
	e.uint(uint64(f.id))
	e.uint(uint64(f.index))
	if f.parent != nil {
		e.uint(uint64(f.parent.id))
	}
	e.value(f.scope)
	e.string(f.stateName())
	e.uint(uint64(f.phase))
	e.value(f.raw)
	e.value(f.result)
	e.optionalFailure(f.failure)
	e.bool(f.next != nil)
	if f.next != nil {
		e.string(f.next.name)
	}
	for _, n := range []int64{f.entered, f.enteredPrev, f.enteredAt, f.prev, f.exitPrev, f.token, f.due, f.timeoutAt, f.beatAt, int64(f.retries), int64(len(f.tries))} {
		e.int(n)
	}
	for _, n := range f.tries {
		e.int(int64(n))
	}
	e.bool(f.call != nil)
	if c := f.call; c != nil {
		e.task(&c.TaskEvent)
		e.value(c.input)
		e.value(c.submitted)
		e.bool(c.answers)
		e.value(c.output)
		e.optionalFailure(c.kept)
	}
	e.bool(f.join != nil)
	if j := f.join; j != nil {
		e.value(j.items)
		for _, n := range []int64{int64(j.next), int64(j.open), j.prev, int64(len(j.outputs))} {
			e.int(n)
		}
		for _, v := range j.outputs {
			e.value(v)
		}
	}
	e.bool(f.run != nil)
	if f.run != nil {
		e.mapRun(f.run)
	}
}

func (e *encoder) mapRun(r *mapRun) {
	e.string(r.arn)
	for _, n := range []int64{r.prev, r.started, int64(r.next), int64(r.total), int64(len(r.children))} {
		e.int(n)
	}
	e.limits(r.limits)
	e.value(r.items)
	e.sources(r.sources)
	e.optionalFailure(r.failure)
	for i := range r.children {
		c := &r.children[i]
		e.string(c.Name)
		e.uint(uint64(c.Items))
		e.value(c.Input)
		e.uint(uint64(c.Status))
		e.int(c.Started)
		e.int(c.Stopped)
		e.value(c.Output)
		e.optionalFailure(c.Failure)
	}
}

func (f *frame) stateName() string {
	if f.state == nil {
		return ""
	}
	return f.state.name
}

// Restore rebuilds an execution of the program from a snapshot.
func Restore(p *Program, snapshot []byte) (*Execution, error) {
	d := decoder{buf: string(snapshot)}
	if v := d.byte(); d.err == nil && v != snapshotVersion {
		return nil, fmt.Errorf("machine: a snapshot has version %d, not %d", v, snapshotVersion)
	}
	x := New(p)
	if !d.bool() {
		return x, d.err
	}
	x.start, x.input = d.start(), d.value()
	x.started, x.stopped = d.int(), d.int()
	x.status, x.output, x.failure = d.status(), d.value(), d.optionalFailure()
	x.lastFrame, x.lastID, x.records = int32(d.uint()), d.int(), d.int()
	for n := d.uint(); n > 0 && d.err == nil; n-- {
		x.restoreFrame(&d)
	}
	return x, d.err
}

func (d *decoder) failure() *Failure {
	return &Failure{Name: d.value(), Cause: d.value(), Location: d.string(), Evaluation: d.bool(), Heartbeat: d.bool()}
}

// restoreFrame reads one frame. Parents come before their children, since ids
// grow.
func (x *Execution) restoreFrame(d *decoder) {
	f := &frame{id: int32(d.uint()), index: int32(d.uint())}
	if f.id == 0 {
		f.flow, x.root = x.program.root, f
	} else if !x.restoreParent(d, f) {
		return
	}
	f.scope = d.value()
	for _, v := range f.scope.Members() {
		f.held += v.Size()
	}
	x.held += f.held
	f.state = f.flow.states[d.string()]
	f.phase = phase(d.uint())
	f.raw, f.result, f.failure = d.value(), d.value(), d.optionalFailure()
	if d.bool() {
		f.next = f.flow.states[d.string()]
	}
	var retries, tries int64
	for _, n := range []*int64{&f.entered, &f.enteredPrev, &f.enteredAt, &f.prev, &f.exitPrev, &f.token, &f.due, &f.timeoutAt, &f.beatAt, &retries, &tries} {
		*n = d.int()
	}
	f.retries = int(retries)
	for ; tries > 0 && d.err == nil; tries-- {
		f.tries = append(f.tries, int(d.int()))
	}
	if d.bool() {
		f.call = &call{TaskEvent: *d.task(), input: d.value(), submitted: d.value(), answers: d.bool(), output: d.value()}
		f.call.kept = d.optionalFailure()
	}
	if d.bool() {
		j := &join{items: d.value(), next: int(d.int()), open: int(d.int()), prev: d.int()}
		for n := d.int(); n > 0 && d.err == nil; n-- {
			j.outputs = append(j.outputs, d.value())
		}
		f.join = j
	}
	if d.bool() {
		f.run, x.hasRuns = d.mapRun(), true
	}
	if d.err == nil && !f.sound() {
		d.fail(errMisfit)
	}
}

// sound reports whether a restored frame has what its phase needs, in a state
// that can be in that phase.
func (f *frame) sound() bool {
	if f.scope.Exists() && f.scope.Kind() != value.Object || (f.join != nil) != (f.phase == joining) || (f.run != nil) != f.phase.inMapRun() {
		return false
	}
	if f.state == nil {
		return f.phase == starting
	}
	switch f.phase {
	case starting, entered, resulted, exited:
		return true
	case failed:
		return f.failure != nil
	case scheduled, offered, running, submitted:
		return f.state.kind == asl.Task && f.call != nil
	case sleeping, woken:
		return f.state.kind == asl.Wait || f.retriable()
	case joining:
		return f.join.sound(f.state)
	case reading, mapping, writing:
		return f.run.sound(f.state, f.phase)
	}
	return false
}

func (j *join) sound(st *state) bool {
	lines := len(st.branches)
	if m, ok := st.work.(*mapState); ok && m.distributed == nil {
		lines = j.items.Len()
	} else if st.kind != asl.Parallel {
		return false
	}
	return len(j.outputs) == lines && j.next >= 0 && j.next <= lines
}

func (r *mapRun) sound(st *state, p phase) bool {
	m, ok := st.work.(*mapState)
	if !ok || m.distributed == nil || r.next < 0 || r.next > r.items.Len() {
		return false
	}
	return p == mapping || p == reading && m.distributed.reader != nil || p == writing && m.distributed.writer.exports()
}

func (d *decoder) mapRun() *mapRun {
	r := &mapRun{arn: d.string(), prev: d.int(), started: d.int(), next: int(d.int()), total: int(d.int())}
	children := d.int()
	r.limits, r.items, r.sources, r.failure = d.limits(), d.value(), d.sources(), d.optionalFailure()
	for ; children > 0 && d.err == nil; children-- {
		c := Child{
			Name: d.string(), Items: int32(d.uint()), Input: d.value(), Status: d.status(), Started: d.int(), Stopped: d.int(),
			Output: d.value(), Failure: d.optionalFailure(),
		}
		r.children = append(r.children, c)
		r.count(&c, 1)
	}
	return r
}

// restoreParent hangs a branch or iteration below its parent.
func (x *Execution) restoreParent(d *decoder, f *frame) bool {
	p := x.frame(int32(d.uint()))
	if p == nil || p.join == nil || f.index < 0 || int(f.index) >= len(p.join.outputs) {
		d.fail(errMisfit)
		return false
	}
	f.parent = p
	if f.flow = p.state.processor; p.state.kind == asl.Parallel {
		f.flow = p.state.branches[f.index]
	}
	if x.frames == nil {
		x.frames = make(map[int32]*frame)
	}
	x.frames[f.id] = f
	return true
}
