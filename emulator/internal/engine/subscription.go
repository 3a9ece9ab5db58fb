package engine

import (
	"context"
	"errors"
	"sync"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/timeline"
)

// This file lets others follow executions at their own pace. A subscription has a
// buffer of events; what does not fit is counted. One to a single Standard
// execution misses nothing: it reads from the journal what it has not kept.

// A Happening is an event of an execution, as a subscription delivers it. The
// machine's private events are among them.
type Happening struct {
	Execution string // ARN
	Machine   string // ARN of its state machine; of a child, with the label
	Record
	Path timeline.Path // the branch or iteration that it happened in
}

// A Subscription delivers events of executions once they are durable, in order for
// each of them. Only one goroutine may call Next.
type Subscription struct {
	engine *Engine
	filter Filter
	stop   func()
	come   chan struct{} // something may have come; room for one
	paths  map[string]*followed

	// Of a subscription to one execution.
	from int64       // number of the history's event to begin with; 0: any, or it has begun
	next int64       // number of the record to look at next; 0: any
	page []Happening // from the journal

	mu     sync.Mutex
	queue  []Happening // without their paths
	behind bool        // the journal may have what was not queued
	missed int64
	closed bool
}

// followed is how far the paths of an execution are known.
type followed struct {
	timeline.Paths
	next int64 // number of the record to come
}

const (
	subscriptionBuffer = 1024 // events
	subscriptionPage   = 256
)

// ErrUnsubscribed is returned by Next after Close.
var ErrUnsubscribed = errors.New("engine: the subscription is closed")

// Subscribe delivers the events of the executions that the filter selects, from
// now on. If it selects one execution, from may be the number of an event of its
// history: those from there on are delivered first, without gap or double. 0: only
// new ones.
func (e *Engine) Subscribe(f Filter, from int64) *Subscription {
	s := &Subscription{engine: e, filter: f, come: make(chan struct{}, 1), paths: make(map[string]*followed)}
	if f.Execution != "" && from > 0 {
		s.from, s.next, s.behind = from, 1, true
	}
	s.stop = e.observe(&observer{s.filter.matchesRecord, s.keep})
	return s
}

// keep queues what has just become durable. No records say that some may have
// been written unseen.
func (s *Subscription) keep(rec *record, records []Record) {
	start := rec.resident.start
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.behind = s.behind || len(records) == 0
	for i := range records {
		switch {
		case len(s.queue) < subscriptionBuffer:
			s.queue = append(s.queue, Happening{Execution: start.ARN, Machine: start.MachineARN, Record: records[i]})
		case s.filter.Execution != "" && !start.Express:
			s.behind = true
		default:
			s.missed++
		}
	}
	select {
	case s.come <- struct{}{}:
	default:
	}
}

// Missed returns how many events were not delivered because the reader was too
// slow.
func (s *Subscription) Missed() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.missed
}

// Close ends the subscription. Closing again does nothing.
func (s *Subscription) Close() {
	s.stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.closed, s.queue = true, nil
		close(s.come)
	}
}

// Next returns the next event, waiting for it until the context ends. Errors are
// those of the context and of the store, and ErrUnsubscribed.
func (s *Subscription) Next(ctx context.Context) (Happening, error) {
	for {
		h, ok, err := s.take()
		if ok || err != nil {
			return h, err
		}
		select {
		case <-s.come:
		case <-ctx.Done():
			return Happening{}, ctx.Err()
		case <-s.engine.root.Done():
			return Happening{}, errClosed
		}
	}
}

// take returns the next event if there is one now.
func (s *Subscription) take() (h Happening, ok bool, err error) {
	for {
		if len(s.page) > 0 {
			h, s.page = s.page[0], s.page[1:]
		} else if h, ok, err = s.pull(); !ok || err != nil {
			return h, false, err
		}
		if s.filter.Execution != "" {
			if h.Number < s.next {
				continue // it was read from the journal before
			}
			s.next = h.Number + 1
		}
		if h.Event.ID >= s.from {
			s.from = 0
			h.Path, err = s.pathOf(&h)
			return h, err == nil, err
		}
	}
}

// pull takes the first event out of the queue, or reads a page of what comes
// before it.
func (s *Subscription) pull() (h Happening, ok bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return h, false, ErrUnsubscribed
	}
	end := int64(0)
	if len(s.queue) > 0 {
		h, end = s.queue[0], s.queue[0].Number
	}
	gap := s.filter.Execution != "" && s.next > 0 && (end > s.next || end == 0 && s.behind)
	if gap {
		s.behind = s.behind && end > 0
		s.mu.Unlock()
		err := s.readPage(end)
		s.mu.Lock()
		if err != nil || len(s.page) > 0 {
			s.behind = true // there may be another page
			if err == nil {
				h, s.page = s.page[0], s.page[1:]
			}
			return h, err == nil, err
		}
	}
	if end == 0 {
		return h, false, nil
	}
	if s.queue = s.queue[1:]; len(s.queue) == 0 {
		s.queue = nil
	}
	return h, true, nil
}

// readPage reads a page of the journal, from the next record on and not beyond the
// one before end (0: there is no end). There is none of an execution that has not
// begun, or is Express.
func (s *Subscription) readPage(end int64) error {
	arn := s.filter.Execution
	stored, err := s.engine.stored(arn)
	if err == nil {
		err = s.engine.readRecords(arn, s.next, func(number int64, ev *machine.Event) bool {
			if number >= s.next && (end == 0 || number < end) {
				s.page = append(s.page, Happening{Execution: arn, Machine: stored.MachineARN, Record: Record{number, *ev}})
			}
			return len(s.page) < subscriptionPage && (end == 0 || number < end)
		})
	}
	if err == ErrNotFound {
		err = nil
	}
	return err
}

// pathOf returns the path of an event. If those before it were not delivered,
// their paths are read from the journal first.
func (s *Subscription) pathOf(h *Happening) (timeline.Path, error) {
	f := s.paths[h.Execution]
	if f == nil {
		f = &followed{next: 1}
		s.paths[h.Execution] = f
	}
	if h.Number > f.next {
		err := s.engine.readRecords(h.Execution, f.next, func(number int64, ev *machine.Event) bool {
			if number >= f.next && number < h.Number {
				f.Take(ev)
			}
			return number < h.Number
		})
		if err != nil && err != ErrNotFound { // an Express execution has no journal
			return nil, err
		}
	}
	f.next = h.Number + 1
	if h.Event.Type.Terminal() {
		delete(s.paths, h.Execution)
	}
	return f.Take(&h.Event), nil
}
