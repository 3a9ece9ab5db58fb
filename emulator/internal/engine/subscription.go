package engine

import (
	"context"
	"errors"
	"sync"

	"github.com/aslocal/aslocal/asl/machine"
)

// This file lets others follow histories at their own pace. A subscription has a
// buffer of events; what does not fit is counted. One to a single execution
// misses nothing: it reads from the journal what it has not kept.

// A Happening is an event of a history.
type Happening struct {
	Execution string // ARN
	Machine   string // ARN of its state machine; of a child, with the label
	Event     machine.Event
}

// A Subscription delivers events of histories once they are durable, in order for
// each execution. Only one goroutine may call Next.
type Subscription struct {
	engine *Engine
	filter Filter
	stop   func()
	come   chan struct{} // something may have come; room for one

	// Of Next, if it is to one execution.
	next    int64           // number of the event to deliver next; 0: any
	page    []machine.Event // from the journal
	machine string          // ARN, once something was read from there

	mu     sync.Mutex
	queue  []Happening
	behind bool // the journal may have events that were not queued
	missed int64
	closed bool
}

const (
	subscriptionBuffer = 1024 // events
	subscriptionPage   = 256
)

// ErrUnsubscribed is returned by Next after Close.
var ErrUnsubscribed = errors.New("engine: the subscription is closed")

// Subscribe delivers the events of the executions that the filter selects, from
// now on. If it selects one execution, from may be the number of an event: those
// from there on are delivered first, without gap or double. 0: only new ones.
func (e *Engine) Subscribe(f Filter, from int64) *Subscription {
	s := &Subscription{engine: e, filter: f, come: make(chan struct{}, 1)}
	if f.Execution != "" {
		s.next, s.behind = from, from > 0
	}
	o := &observer{f, s.keep}
	e.observed.add(o)
	s.stop = func() { e.observed.remove(o) }
	return s
}

// keep queues what has just become durable. No events say that some may have been
// written unseen.
func (s *Subscription) keep(start *machine.Start, events []machine.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.behind = s.behind || len(events) == 0
	for i := range events {
		switch {
		case events[i].Type.Private():
		case len(s.queue) < subscriptionBuffer:
			s.queue = append(s.queue, Happening{Execution: start.ARN, Machine: start.MachineARN, Event: events[i]})
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
			h = Happening{Execution: s.filter.Execution, Machine: s.machine, Event: s.page[0]}
			s.page = s.page[1:]
			return s.deliver(h), true, nil
		}
		s.mu.Lock()
		closed, queued, behind := s.closed, len(s.queue) > 0, s.behind && s.next > 0
		if queued {
			h = s.queue[0]
		} else {
			s.behind = false
		}
		s.mu.Unlock()
		switch {
		case closed:
			return h, false, ErrUnsubscribed
		case queued && s.filter.Execution != "" && s.next > 0 && h.Event.ID > s.next:
			if err := s.read(h.Event.ID); err != nil {
				return h, false, err
			}
			if len(s.page) == 0 { // the journal does not have them
				s.next = h.Event.ID
			}
		case queued:
			s.mu.Lock()
			if s.queue = s.queue[1:]; len(s.queue) == 0 {
				s.queue = nil
			}
			s.mu.Unlock()
			if s.filter.Execution == "" || h.Event.ID >= s.next {
				return s.deliver(h), true, nil
			}
		case behind:
			if err := s.read(0); err != nil {
				return h, false, err
			}
			if len(s.page) == 0 {
				return h, false, nil
			}
			s.mu.Lock()
			s.behind = true // there may be another page
			s.mu.Unlock()
		default:
			return h, false, nil
		}
	}
}

// deliver completes an event that Next returns.
func (s *Subscription) deliver(h Happening) Happening {
	if s.filter.Execution != "" {
		s.next = h.Event.ID + 1
	}
	return h
}

// read reads a page of the journal, from the next event on and not beyond the one
// before end (0: there is no end). There is none of an execution that has not
// begun, or is Express.
func (s *Subscription) read(end int64) error {
	stored, err := s.engine.stored(s.filter.Execution)
	if err == ErrNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	s.machine = stored.MachineARN
	return s.engine.History(s.filter.Execution, s.next, func(ev *machine.Event) bool {
		if end > 0 && ev.ID >= end {
			return false
		}
		s.page = append(s.page, *ev)
		return len(s.page) < subscriptionPage
	})
}
