package machine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file writes batches of events for journals and reads them again. The
// form is stable: a version byte, then a record for each event. A record holds
// only what its event uses; numbers are small because they are differences, and
// a document that the event before had is not written twice.
//
// What is written and what is read are one list of fields for each type: a coder
// does either.

const codecVersion = 3

// maxNesting is how deep a document of a batch may nest: a loop of states that
// wrap their input makes deeper ones than anybody may send, up to the payload
// limit.
const maxNesting = MaxPayload

// AppendEvents appends the encoding of a batch to dst.
func AppendEvents(dst []byte, events []Event) []byte {
	c := coder{out: append(dst, codecVersion)}
	var before Event
	for i := range events {
		c.event(&events[i], &before)
	}
	return c.out
}

// ReadEvents appends the events of a batch to dst. Text and documents point
// into a copy of data. The error says that data is no batch of this version.
func ReadEvents(dst []Event, data []byte) ([]Event, error) {
	c := coder{reading: true, in: string(data)}
	version := byte(codecVersion)
	if c.byte(&version); c.err == nil && version != codecVersion {
		return dst, fmt.Errorf("machine: a batch of events has version %d, not %d", version, codecVersion)
	}
	var before Event
	for len(c.in) > 0 && c.err == nil {
		n := len(dst)
		dst = append(dst, Event{})
		if c.event(&dst[n], &before); c.err != nil {
			dst = dst[:n]
		}
	}
	return dst, c.err
}

// The parts of a record that an event may lack.
const (
	hasKind = 1 << iota
	hasState
	hasNext
	hasDoc
	hasAssigned
	hasFailure
	hasDue
	hasTask
	hasStart
	hasIndex
	hasRun
	hasTestCase
	hasTrace
)

// event codes one event; before has the time and the number of the one before
// it, and gets those of this one.
func (c *coder) event(ev, before *Event) {
	c.byte((*byte)(&ev.Type))
	flags := flagsOf(ev)
	c.uint64(&flags)
	at, id, prev, frame := zigzag(ev.At-before.At), zigzag(ev.ID-before.ID), uint64(ev.Prev), uint64(ev.Frame)
	c.uint64(&at)
	ev.At = before.At + unzigzag(at)
	before.At = ev.At
	if !ev.Type.Private() {
		c.uint64(&id)
		ev.ID = before.ID + unzigzag(id)
		before.ID = ev.ID
	}
	c.uint64(&prev)
	c.uint64(&frame)
	ev.Prev, ev.Frame = int64(prev), int32(frame)
	if flags&hasIndex != 0 {
		c.int32(&ev.Index)
	}
	if flags&hasKind != 0 {
		c.string((*string)(&ev.Kind))
	}
	if flags&hasState != 0 {
		c.string(&ev.State)
	}
	if flags&hasNext != 0 {
		c.string(&ev.Next)
	}
	if flags&hasDoc != 0 {
		c.value(&ev.Doc)
	}
	if flags&hasAssigned != 0 {
		c.value(&ev.Assigned)
	}
	if flags&hasFailure != 0 {
		c.failure(made(c, &ev.Failure))
	}
	if flags&hasDue != 0 {
		c.int64(&ev.Due)
	}
	if flags&hasTask != 0 {
		c.task(made(c, &ev.Task))
	}
	if flags&hasStart != 0 {
		c.start(made(c, &ev.Start))
		if flags&hasTestCase != 0 {
			c.string(&ev.Start.TestCase)
		}
		if flags&hasTrace != 0 {
			c.string(&ev.Start.Trace)
		}
	}
	if flags&hasRun != 0 {
		c.run(made(c, &ev.Run))
	}
}

func flagsOf(ev *Event) uint64 {
	return flag(hasIndex, ev.Index != 0) |
		flag(hasKind, ev.Kind != "") |
		flag(hasState, ev.State != "") |
		flag(hasNext, ev.Next != "") |
		flag(hasDoc, ev.Doc.Exists()) |
		flag(hasAssigned, ev.Assigned.Exists()) |
		flag(hasFailure, ev.Failure != nil) |
		flag(hasDue, ev.Due != 0) |
		flag(hasTask, ev.Task != nil) |
		flag(hasStart, ev.Start != nil) |
		flag(hasRun, ev.Run != nil) |
		flag(hasTestCase, ev.Start != nil && ev.Start.TestCase != "") |
		flag(hasTrace, ev.Start != nil && ev.Start.Trace != "")
}

func flag(bit uint64, on bool) uint64 {
	if on {
		return bit
	}
	return 0
}

func (c *coder) failure(f *Failure) {
	c.value(&f.Name)
	c.value(&f.Cause)
	c.string(&f.Location)
	c.bool(&f.Evaluation)
	c.bool(&f.Heartbeat)
}

func (c *coder) task(t *TaskEvent) {
	c.resource(&t.Resource)
	c.int64(&t.Timeout)
	c.int64(&t.Heartbeat)
	c.string(&t.Credentials)
	c.string(&t.Worker)
}

func (c *coder) resource(r *asl.Resource) {
	text := r.Text
	c.string(&text)
	if !c.reading || c.err != nil {
		return
	}
	var err error
	if *r, err = asl.ParseResource(text); err != nil {
		c.fail(fmt.Errorf("machine: a task in a batch of events: %w", err))
	}
}

func (c *coder) start(s *Start) {
	for _, text := range [...]*string{&s.ARN, &s.Name, &s.MachineARN, &s.Machine, &s.RoleARN, &s.InputText, &s.Version, &s.Alias, &s.MapRun, &s.Parent, &s.Caller} {
		c.string(text)
	}
	c.bool(&s.Express)
	c.bool(&s.Sync)
	c.bool(&s.Managed)
	c.int(&s.Items)
	c.int64(&s.CallerToken)
	c.fixed64(&s.Seed)
}

func (c *coder) run(r *MapRunEvent) {
	c.string(&r.ARN)
	c.limits(&r.Limits)
	for i := range length(c, &r.Sources) {
		c.source(&r.Sources[i])
	}
	for i := range length(c, &r.Started) {
		c.childStart(&r.Started[i])
	}
	for i := range length(c, &r.Redriven) {
		c.int32(&r.Redriven[i])
	}
	for i := range length(c, &r.Ended) {
		c.childEnd(&r.Ended[i])
	}
}

func (c *coder) source(s *ItemSource) {
	c.int(&s.From)
	c.string(&s.Source)
}

func (c *coder) childStart(s *ChildStart) {
	c.string(&s.Name)
	c.int32(&s.Items)
	c.value(&s.Input)
}

func (c *coder) childEnd(e *ChildEnd) {
	c.int32(&e.Index)
	c.status(&e.Status)
	c.int64(&e.Started)
	c.int64(&e.Stopped)
	c.value(&e.Output)
	if present(c, &e.Failure) {
		c.failure(e.Failure)
	}
	c.bool(&e.NotRedrivable)
}

func (c *coder) limits(l *MapRunLimits) {
	c.int64(&l.MaxConcurrency)
	c.int64(&l.ToleratedCount)
	bits := math.Float64bits(l.ToleratedPercentage)
	c.fixed64(&bits)
	l.ToleratedPercentage = math.Float64frombits(bits)
}

func (c *coder) status(s *Status) {
	if c.byte((*byte)(s)); *s > PendingRedrive {
		c.fail(fmt.Errorf("machine: unknown status %d", *s))
		*s = Running
	}
}

// A coder writes fields to out, or reads them from in: each method does one or
// the other with what it is given. After the first error it reads zeros.
type coder struct {
	reading bool
	out     []byte
	in      string
	last    value.Value // the document coded last
	err     error
}

var errCut = errors.New("machine: a batch of events or a snapshot is cut short")

func (c *coder) fail(err error) {
	if c.err == nil {
		c.err = err
	}
	c.in = ""
}

func (c *coder) byte(b *byte) {
	switch {
	case !c.reading:
		c.out = append(c.out, *b)
	case c.in == "":
		c.fail(errCut)
		*b = 0
	default:
		*b, c.in = c.in[0], c.in[1:]
	}
}

func (c *coder) bool(b *bool) {
	var n byte
	if *b {
		n = 1
	}
	c.byte(&n)
	*b = n == 1
}

func (c *coder) uint64(n *uint64) {
	if c.reading || *n >= 0x80 {
		c.longUint(n)
		return
	}
	c.out = append(c.out, byte(*n)) // most are that small: kept apart so that it is inlined
}

func (c *coder) longUint(n *uint64) {
	if c.reading {
		*n = c.readUint()
		return
	}
	c.out = binary.AppendUvarint(c.out, *n)
}

func (c *coder) readUint() (n uint64) {
	for i := 0; i < len(c.in) && i < binary.MaxVarintLen64; i++ {
		b := c.in[i]
		n |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			c.in = c.in[i+1:]
			return n
		}
	}
	c.fail(errCut)
	return 0
}

// int64 codes a number that may be negative.
func (c *coder) int64(n *int64) {
	u := zigzag(*n)
	c.uint64(&u)
	*n = unzigzag(u)
}

// zigzag gives small numbers of either sign few bits.
func zigzag(n int64) uint64   { return uint64(n)<<1 ^ uint64(n>>63) }
func unzigzag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }

func (c *coder) int(n *int) {
	wide := int64(*n)
	c.int64(&wide)
	*n = int(wide)
}

// int32 codes a number that is not negative.
func (c *coder) int32(n *int32) {
	u := uint64(uint32(*n))
	if c.uint64(&u); u > math.MaxInt32 {
		c.fail(errCut)
		u = 0
	}
	*n = int32(u)
}

// fixed64 codes eight bytes.
func (c *coder) fixed64(n *uint64) {
	if !c.reading {
		c.out = binary.BigEndian.AppendUint64(c.out, *n)
		return
	}
	*n = 0
	if b := c.take(8); len(b) == 8 {
		*n = binary.BigEndian.Uint64([]byte(b))
	}
}

func (c *coder) string(s *string) {
	if c.reading {
		*s = c.take(c.readUint())
		return
	}
	c.out = append(binary.AppendUvarint(c.out, uint64(len(*s))), *s...)
}

// take reads n bytes.
func (c *coder) take(n uint64) string {
	if n > uint64(len(c.in)) {
		c.fail(errCut)
		return ""
	}
	s := c.in[:n]
	c.in = c.in[n:]
	return s
}

// value codes 0 for no value, 1 for the document coded last, else the length of
// its text plus 2 and the text.
func (c *coder) value(v *value.Value) {
	if c.reading {
		*v = c.readValue()
		return
	}
	switch {
	case !v.Exists():
		c.out = append(c.out, 0)
	case *v == c.last:
		c.out = append(c.out, 1)
	case v.Len() > fewMembers:
		n := v.Size()
		c.out = binary.AppendUvarint(c.out, uint64(n)+2)
		c.out = v.AppendJSON(slices.Grow(c.out, n))
		c.last = *v
	default:
		c.smallValue(v)
		c.last = *v
	}
}

// fewMembers is up to how many members or items a document is written without
// knowing its size first, which costs as much as writing it.
const fewMembers = 8

// smallValue writes the text behind a place for its length, which has one byte
// if the text is short, and else makes room for more.
func (c *coder) smallValue(v *value.Value) {
	at := len(c.out)
	c.out = v.AppendJSON(append(c.out, 0))
	n := uint64(len(c.out)-at-1) + 2
	if n < 0x80 {
		c.out[at] = byte(n)
		return
	}
	var length [binary.MaxVarintLen64]byte
	c.out = slices.Replace(c.out, at, at+1, length[:binary.PutUvarint(length[:], n)]...)
}

func (c *coder) readValue() value.Value {
	var n uint64
	c.uint64(&n)
	switch n {
	case 0:
		return value.Value{}
	case 1:
		return c.last
	}
	v, err := value.ParseNested(c.take(n-2), maxNesting)
	if err != nil {
		c.fail(fmt.Errorf("machine: a document in a batch of events: %w", err))
	}
	c.last = v
	return v
}

// made returns what a pointer points to, which it makes to be read.
func made[T any](c *coder, p **T) *T {
	if c.reading {
		*p = new(T)
	}
	return *p
}

// present codes whether a pointer is nil, and makes what it points to if that
// is to be read next.
func present[T any](c *coder, p **T) bool {
	is := *p != nil
	if c.bool(&is); is {
		made(c, p)
	}
	return is
}

// length codes the length of a slice, and makes the items if they are to be read
// next. Each takes a byte at least, so no more are made than can be there.
func length[T any](c *coder, items *[]T) int {
	n := uint64(len(*items))
	c.uint64(&n)
	if !c.reading {
		return int(n)
	}
	if n > uint64(len(c.in)) {
		c.fail(errCut)
		n = 0
	}
	*items = nil
	if n > 0 {
		*items = make([]T, n)
	}
	return int(n)
}
