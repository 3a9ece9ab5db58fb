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
	filter Filter
	see    func(*machine.Start, []machine.Event)
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

// Observe calls see for the events of the histories that the filter selects, once
// they are durable and before anybody who waits for them is answered, in order
// for each execution. It must not block and may keep the event. stop ends that.
func (e *Engine) Observe(f Filter, see func(execution *machine.Start, ev *machine.Event)) (stop func()) {
	o := &observer{f, func(start *machine.Start, events []machine.Event) {
		for i := range events {
			if !events[i].Type.Private() {
				see(start, &events[i])
			}
		}
	}}
	e.observed.add(o)
	return func() { e.observed.remove(o) }
}

// show shows the events of a record to those who look at its execution. They are
// read from what was written, since their buffer is in use for others by now. A
// record without events says that some may have been written unseen.
func (e *Engine) show(rec *record) {
	start := rec.resident.start
	for _, o := range e.observed.load() {
		if !o.filter.matches(start) {
			continue
		}
		if rec.live == nil {
			events, err := machine.ReadEvents(nil, rec.data)
			if err != nil {
				e.log.Error("events that were just written cannot be read", "execution", start.ARN, "error", err)
				return
			}
			rec.live = events
		}
		rec.shown = true
		o.see(start, rec.live)
	}
}
