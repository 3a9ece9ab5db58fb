package machine

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/aslocal/aslocal/value"
)

// This file writes an execution down as it stands between two batches, without
// its history: what lets it leave memory, move to another machine, or go on
// under a fresh history in another engine.

const snapshotVersion = 5

var errMisfit = errors.New("machine: a snapshot does not fit the program")

// Snapshot returns the execution as bytes that Restore reads. It must not be
// taken while a batch has More.
func (x *Execution) Snapshot() []byte {
	version := byte(snapshotVersion)
	c := coder{}
	c.byte(&version)
	x.code(&c)
	return c.out
}

// Restore rebuilds an execution of the program from a snapshot.
func Restore(p *Program, snapshot []byte) (*Execution, error) {
	c := coder{reading: true, in: string(snapshot)}
	version := byte(snapshotVersion)
	if c.byte(&version); c.err == nil && version != snapshotVersion {
		return nil, fmt.Errorf("machine: a snapshot has version %d, not %d", version, snapshotVersion)
	}
	x := New(p)
	x.code(&c)
	return x, c.err
}

func (x *Execution) code(c *coder) {
	if present(c, &x.start) {
		c.start(x.start)
	}
	if x.start == nil {
		return
	}
	c.string(&x.start.Trace)
	x.codeTestCase(c)
	c.value(&x.input)
	for _, n := range []*int64{&x.started, &x.since, &x.stopped, &x.redriven, &x.lastID, &x.records} {
		c.int64(n)
	}
	c.int(&x.redrives)
	c.status(&x.status)
	c.value(&x.output)
	if present(c, &x.failure) {
		c.failure(x.failure)
	}
	c.int32(&x.lastFrame)
	frames := x.living()
	n := len(frames)
	for c.int(&n); n > 0 && c.err == nil; n-- {
		if c.reading {
			x.restoreFrame(c)
		} else {
			frames[len(frames)-n].code(c, x)
		}
	}
}

// codeTestCase codes the test case of the execution, and how many tasks were
// scheduled in it.
func (x *Execution) codeTestCase(c *coder) {
	if c.string(&x.start.TestCase); x.start.TestCase == "" {
		return
	}
	states := slices.Sorted(maps.Keys(x.scheduled))
	for i := range length(c, &states) {
		c.string(&states[i])
		n := x.scheduled[states[i]]
		if c.int(&n); c.reading && c.err == nil {
			if x.scheduled == nil {
				x.scheduled = make(map[string]int)
			}
			x.scheduled[states[i]] = n
		}
	}
}

// restoreFrame reads one frame. Parents come before their lines, since ids grow.
func (x *Execution) restoreFrame(c *coder) {
	f := &frame{}
	f.code(c, x)
	if c.err == nil && !f.sound() {
		c.fail(errMisfit)
	}
}

func (f *frame) code(c *coder, x *Execution) {
	c.int32(&f.id)
	c.int32(&f.index)
	if !f.codePlace(c, x) {
		c.fail(errMisfit)
		return
	}
	c.value(&f.scope)
	c.state(&f.state, f.flow)
	c.byte((*byte)(&f.phase))
	c.value(&f.raw)
	c.value(&f.result)
	if present(c, &f.failure) {
		c.failure(f.failure)
	}
	c.state(&f.next, f.flow)
	for _, n := range []*int64{&f.entered, &f.enteredAt, &f.prev, &f.exitPrev, &f.token, &f.due} {
		c.int64(n)
	}
	for i := range length(c, &f.tries) {
		c.int(&f.tries[i])
	}
	c.int(&f.retries)
	if c.reading {
		for _, v := range f.scope.Members() {
			f.held += v.Size()
		}
	}
	open := f.open != nil
	if c.bool(&open); !open || c.err != nil {
		return
	}
	if c.reading {
		if f.state == nil {
			c.fail(errMisfit)
			return
		}
		if f.open = f.state.kind.restore(); f.open == nil {
			c.fail(errMisfit)
			return
		}
	}
	f.open.code(c, x, f)
}

// codePlace codes where the frame is: the root, or a line below another frame. It
// is false if there is no such place.
func (f *frame) codePlace(c *coder, x *Execution) bool {
	if f.id == 0 {
		f.flow = x.program.root
		if c.reading {
			x.root = f
		}
		return true
	}
	var parent int32
	if f.parent != nil {
		parent = f.parent.id
	}
	c.int32(&parent)
	if !c.reading {
		return true
	}
	p := x.frame(parent)
	if p == nil {
		return false
	}
	in, ok := p.open.(container)
	if !ok || f.index < 0 || int(f.index) >= in.size() {
		return false
	}
	f.parent, f.in, f.flow = p, in, in.line(f.index)
	if x.frames == nil {
		x.frames = make(map[int32]*frame)
	}
	x.frames[f.id] = f
	return true
}

// state codes a state of the workflow by its name; "" is none.
func (c *coder) state(st **state, of *workflow) {
	var name string
	if *st != nil {
		name = (*st).name
	}
	c.string(&name)
	if c.reading {
		*st = of.states[name]
	}
}

// sound reports whether a restored frame has what its phase needs, in a state
// that can be in that phase.
func (f *frame) sound() bool {
	if f.scope.Exists() && f.scope.Kind() != value.Object || f.open != nil && !f.open.sound(f) {
		return false
	}
	if f.state == nil {
		return f.phase == starting && f.open == nil
	}
	switch f.phase {
	case starting, entered, resulted, exited:
		return true
	case failed:
		return f.failure != nil
	case retrying:
		return f.state.retriable
	case opened:
		return f.open != nil
	}
	return false
}
