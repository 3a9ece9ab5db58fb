package machine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file writes batches of events for journals and reads them again. The
// form is stable: a version byte, then a record for each event. A record holds
// only what its event uses; numbers are small because they are differences, and
// a document that the event before had is not written twice.

const codecVersion = 2

// maxNesting is how deep a document of a batch may nest: a loop of states that
// wrap their input makes deeper ones than anybody may send, up to the payload
// limit.
const maxNesting = MaxPayload

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
)

// An encoder appends records to buf.
type encoder struct {
	buf  []byte
	last value.Value // the document written last
	text []byte      // scratch
}

// AppendEvents appends the encoding of a batch to dst.
func AppendEvents(dst []byte, events []Event) []byte {
	e := encoder{buf: append(dst, codecVersion)}
	var before Event
	for i := range events {
		e.event(&events[i], &before)
		before.At = events[i].At
		if events[i].ID != 0 {
			before.ID = events[i].ID
		}
	}
	return e.buf
}

func (e *encoder) event(ev, before *Event) {
	e.buf = append(e.buf, byte(ev.Type))
	flags := flagsOf(ev)
	e.uint(uint64(flags))
	e.int(ev.At - before.At)
	if !ev.Type.Private() {
		e.int(ev.ID - before.ID)
	}
	e.uint(uint64(ev.Prev))
	e.uint(uint64(ev.Frame))
	if flags&hasIndex != 0 {
		e.uint(uint64(ev.Index))
	}
	if flags&hasKind != 0 {
		e.string(string(ev.Kind))
	}
	if flags&hasState != 0 {
		e.string(ev.State)
	}
	if flags&hasNext != 0 {
		e.string(ev.Next)
	}
	if flags&hasDoc != 0 {
		e.value(ev.Doc)
	}
	if flags&hasAssigned != 0 {
		e.value(ev.Assigned)
	}
	if flags&hasFailure != 0 {
		e.failure(ev.Failure)
	}
	if flags&hasDue != 0 {
		e.int(ev.Due)
	}
	if flags&hasTask != 0 {
		e.task(ev.Task)
	}
	if flags&hasStart != 0 {
		e.start(ev.Start)
	}
	if flags&hasRun != 0 {
		e.run(ev.Run)
	}
}

func flagsOf(ev *Event) (flags uint) {
	set := func(flag uint, on bool) {
		if on {
			flags |= flag
		}
	}
	set(hasIndex, ev.Index != 0)
	set(hasKind, ev.Kind != "")
	set(hasState, ev.State != "")
	set(hasNext, ev.Next != "")
	set(hasDoc, ev.Doc.Exists())
	set(hasAssigned, ev.Assigned.Exists())
	set(hasFailure, ev.Failure != nil)
	set(hasDue, ev.Due != 0)
	set(hasTask, ev.Task != nil)
	set(hasStart, ev.Start != nil)
	set(hasRun, ev.Run != nil)
	return flags
}

func (e *encoder) uint(n uint64)   { e.buf = binary.AppendUvarint(e.buf, n) }
func (e *encoder) int(n int64)     { e.buf = binary.AppendVarint(e.buf, n) }
func (e *encoder) string(s string) { e.uint(uint64(len(s))); e.buf = append(e.buf, s...) }

func (e *encoder) bool(b bool) {
	if b {
		e.buf = append(e.buf, 1)
	} else {
		e.buf = append(e.buf, 0)
	}
}

// value writes 0 for no value, 1 for the document written last, else the
// length of its text plus 2 and the text.
func (e *encoder) value(v value.Value) {
	switch {
	case !v.Exists():
		e.uint(0)
	case v == e.last:
		e.uint(1)
	default:
		e.text = v.AppendJSON(e.text[:0])
		e.uint(uint64(len(e.text)) + 2)
		e.buf = append(e.buf, e.text...)
		e.last = v
	}
}

func (e *encoder) failure(f *Failure) {
	e.value(f.Name)
	e.value(f.Cause)
	e.string(f.Location)
	e.bool(f.Evaluation)
	e.bool(f.Heartbeat)
}

func (e *encoder) task(t *TaskEvent) {
	e.string(t.Resource.Text)
	e.int(t.Timeout)
	e.int(t.Heartbeat)
	e.string(t.Credentials)
	e.string(t.Worker)
}

func (e *encoder) start(s *Start) {
	for _, text := range []string{s.ARN, s.Name, s.MachineARN, s.Machine, s.RoleARN, s.InputText, s.Version, s.Alias, s.MapRun, s.Parent, s.Caller} {
		e.string(text)
	}
	e.bool(s.Express)
	e.bool(s.Sync)
	e.uint(uint64(s.Items))
	e.int(s.CallerToken)
	e.bool(s.Managed)
	e.buf = binary.BigEndian.AppendUint64(e.buf, s.Seed)
}

func (e *encoder) run(r *MapRunEvent) {
	e.string(r.ARN)
	e.limits(r.Limits)
	e.sources(r.Sources)
	e.uint(uint64(len(r.Started)))
	for _, s := range r.Started {
		e.string(s.Name)
		e.uint(uint64(s.Items))
		e.value(s.Input)
	}
	e.uint(uint64(len(r.Ended)))
	for _, c := range r.Ended {
		e.uint(uint64(c.Index))
		e.uint(uint64(c.Status))
		e.int(c.Started)
		e.int(c.Stopped)
		e.value(c.Output)
		e.optionalFailure(c.Failure)
	}
}

func (e *encoder) sources(sources []ItemSource) {
	e.uint(uint64(len(sources)))
	for _, s := range sources {
		e.uint(uint64(s.From))
		e.string(s.Source)
	}
}

func (e *encoder) limits(l MapRunLimits) {
	e.int(l.MaxConcurrency)
	e.int(l.ToleratedCount)
	e.buf = binary.BigEndian.AppendUint64(e.buf, math.Float64bits(l.ToleratedPercentage))
}

func (e *encoder) optionalFailure(f *Failure) {
	e.bool(f != nil)
	if f != nil {
		e.failure(f)
	}
}

// A decoder reads what an encoder has written. After the first error it reads
// zeros.
type decoder struct {
	buf  string
	last value.Value
	err  error
}

var errCut = errors.New("machine: a batch of events or a snapshot is cut short")

// ReadEvents appends the events of a batch to dst. Text and documents point
// into a copy of data. The error says that data is no batch of this version.
func ReadEvents(dst []Event, data []byte) ([]Event, error) {
	d := decoder{buf: string(data)}
	if v := d.byte(); d.err == nil && v != codecVersion {
		return dst, fmt.Errorf("machine: a batch of events has version %d, not %d", v, codecVersion)
	}
	var before Event
	for len(d.buf) > 0 && d.err == nil {
		ev := d.event(&before)
		if d.err != nil {
			break
		}
		before.At = ev.At
		if ev.ID != 0 {
			before.ID = ev.ID
		}
		dst = append(dst, ev)
	}
	return dst, d.err
}

func (d *decoder) event(before *Event) (ev Event) {
	ev.Type = Type(d.byte())
	flags := d.uint()
	ev.At = before.At + d.int()
	if !ev.Type.Private() {
		ev.ID = before.ID + d.int()
	}
	ev.Prev = int64(d.uint())
	ev.Frame = int32(d.uint())
	if flags&hasIndex != 0 {
		ev.Index = int32(d.uint())
	}
	if flags&hasKind != 0 {
		ev.Kind = asl.StateType(d.string())
	}
	if flags&hasState != 0 {
		ev.State = d.string()
	}
	if flags&hasNext != 0 {
		ev.Next = d.string()
	}
	if flags&hasDoc != 0 {
		ev.Doc = d.value()
	}
	if flags&hasAssigned != 0 {
		ev.Assigned = d.value()
	}
	if flags&hasFailure != 0 {
		ev.Failure = d.failure()
	}
	if flags&hasDue != 0 {
		ev.Due = d.int()
	}
	if flags&hasTask != 0 {
		ev.Task = d.task()
	}
	if flags&hasStart != 0 {
		ev.Start = d.start()
	}
	if flags&hasRun != 0 {
		ev.Run = d.run()
	}
	return ev
}

func (d *decoder) fail(err error) {
	if d.err == nil {
		d.err = err
	}
	d.buf = ""
}

func (d *decoder) byte() byte {
	if len(d.buf) == 0 {
		d.fail(errCut)
		return 0
	}
	b := d.buf[0]
	d.buf = d.buf[1:]
	return b
}

func (d *decoder) bool() bool { return d.byte() == 1 }

func (d *decoder) uint() (n uint64) {
	for shift := 0; shift < 64; shift += 7 {
		b := d.byte()
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
	d.fail(errCut)
	return 0
}

func (d *decoder) int() int64 {
	n := d.uint()
	return int64(n>>1) ^ -int64(n&1)
}

func (d *decoder) string() string { return d.take(d.uint()) }

func (d *decoder) take(n uint64) string {
	if n > uint64(len(d.buf)) {
		d.fail(errCut)
		return ""
	}
	s := d.buf[:n]
	d.buf = d.buf[n:]
	return s
}

func (d *decoder) value() value.Value {
	n := d.uint()
	switch n {
	case 0:
		return value.Value{}
	case 1:
		return d.last
	}
	v, err := value.ParseNested(d.take(n-2), maxNesting)
	if err != nil {
		d.fail(fmt.Errorf("machine: a document in a batch of events: %w", err))
	}
	d.last = v
	return v
}

func (d *decoder) task() *TaskEvent {
	t := &TaskEvent{}
	text := d.string()
	resource, err := asl.ParseResource(text)
	if err != nil {
		d.fail(fmt.Errorf("machine: a task in a batch of events: %w", err))
	}
	t.Resource = resource
	t.Timeout, t.Heartbeat = d.int(), d.int()
	t.Credentials, t.Worker = d.string(), d.string()
	return t
}

func (d *decoder) start() *Start {
	s := &Start{}
	for _, text := range []*string{&s.ARN, &s.Name, &s.MachineARN, &s.Machine, &s.RoleARN, &s.InputText, &s.Version, &s.Alias, &s.MapRun, &s.Parent, &s.Caller} {
		*text = d.string()
	}
	s.Express, s.Sync, s.Items = d.bool(), d.bool(), int(d.uint())
	s.CallerToken, s.Managed = d.int(), d.bool()
	s.Seed = d.uint64()
	return s
}

func (d *decoder) uint64() uint64 {
	b := d.take(8)
	if len(b) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64([]byte(b))
}

func (d *decoder) run() *MapRunEvent {
	r := &MapRunEvent{ARN: d.string(), Limits: d.limits(), Sources: d.sources()}
	for n := d.uint(); n > 0 && d.err == nil; n-- {
		r.Started = append(r.Started, ChildStart{Name: d.string(), Items: int32(d.uint()), Input: d.value()})
	}
	for n := d.uint(); n > 0 && d.err == nil; n-- {
		r.Ended = append(r.Ended, ChildEnd{
			Index: int32(d.uint()), Status: d.status(), Started: d.int(), Stopped: d.int(), Output: d.value(), Failure: d.optionalFailure(),
		})
	}
	return r
}

func (d *decoder) sources() (out []ItemSource) {
	for n := d.uint(); n > 0 && d.err == nil; n-- {
		out = append(out, ItemSource{From: int(d.uint()), Source: d.string()})
	}
	return out
}

func (d *decoder) limits() MapRunLimits {
	return MapRunLimits{MaxConcurrency: d.int(), ToleratedCount: d.int(), ToleratedPercentage: math.Float64frombits(d.uint64())}
}

func (d *decoder) status() Status {
	s := Status(d.uint())
	if s > Aborted {
		d.fail(fmt.Errorf("machine: unknown status %d", s))
		return Running
	}
	return s
}

func (d *decoder) optionalFailure() *Failure {
	if d.bool() {
		return d.failure()
	}
	return nil
}
