package engine

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/aslocal/aslocal/asl/machine"
)

// This file shows events of histories to others once they are durable. As long as
// nobody looks, that costs nothing.

// observers holds those who look. The list is replaced, never changed.
type observers struct {
	changing sync.Mutex
	list     atomic.Pointer[[]*observer]
}

type observer struct {
	selects func(*record) bool
	see     func(*record, []Record)
}

// A Record is an event with its number in the journal, where the history's events
// and the machine's private ones are numbered from 1 without gaps.
type Record struct {
	Number int64
	Event  machine.Event
}

func (o *observers) load() []*observer {
	if list := o.list.Load(); list != nil {
		return *list
	}
	return nil
}

// any reports whether somebody looks.
func (o *observers) any() bool { return len(o.load()) > 0 }

func (o *observers) add(one *observer) {
	o.changing.Lock()
	defer o.changing.Unlock()
	list := append(slices.Clone(o.load()), one)
	o.list.Store(&list)
}

func (o *observers) remove(one *observer) {
	o.changing.Lock()
	defer o.changing.Unlock()
	list := slices.DeleteFunc(slices.Clone(o.load()), func(other *observer) bool { return other == one })
	o.list.Store(&list)
}

// Observe calls see for the events of the executions that the filter selects, the
// machine's private ones among them, once they are durable and before anybody who
// waits for them is answered, in order for each execution. It must not block, and
// may keep the event. stop ends that.
func (e *Engine) Observe(f Filter, see func(execution *machine.Start, ev *machine.Event)) (stop func()) {
	return e.observe(&observer{f.matchesRecord, func(rec *record, records []Record) {
		for i := range records {
			see(rec.resident.start, &records[i].Event)
		}
	}})
}

// observe adds one who looks.
func (e *Engine) observe(o *observer) (stop func()) {
	e.observed.add(o)
	return func() { e.observed.remove(o) }
}

func (f *Filter) matchesRecord(rec *record) bool { return f.matches(rec.resident.start) }

// A Shown is events of an execution that became durable together.
type Shown struct {
	Start    *machine.Start
	Revision string   // of the definition that it runs
	Redrives int      // how often it was redriven
	Records  []Record // none: some may have been written unseen
}

// ObserveRevisions calls see for the events of the executions whose revision selects
// chooses, as Observe does. selects is called for each batch, and must be quick.
func (e *Engine) ObserveRevisions(selects func(revision string) bool, see func(Shown)) (stop func()) {
	return e.observe(&observer{
		func(rec *record) bool { return selects(rec.resident.entry.revision) },
		func(rec *record, records []Record) {
			r := rec.resident
			see(Shown{r.start, r.entry.revision, int(rec.redrives), records})
		},
	})
}

// show shows the events of a record to those who look at its execution. They are
// read from what was written, since their buffer is in use for others by now. A
// record without events says that some may have been written unseen.
func (e *Engine) show(rec *record) {
	start := rec.resident.start
	var records []Record
	for _, o := range e.observed.load() {
		if !o.selects(rec) {
			continue
		}
		if records == nil {
			var err error
			if records, err = rec.events(); err != nil {
				e.log.Error("events that were just written cannot be read", "execution", start.ARN, "error", err)
				return
			}
		}
		o.see(rec, records)
	}
}

// events are the events of a record, to keep.
func (rec *record) events() ([]Record, error) {
	events, err := rec.live, error(nil)
	if rec.data != nil {
		events, err = machine.ReadEvents(nil, rec.data)
	}
	records := make([]Record, len(events))
	for i := range events {
		records[i] = Record{rec.lastRecord - int64(len(events)-1-i), events[i]}
	}
	return records, err
}
