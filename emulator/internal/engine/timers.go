package engine

import (
	"container/heap"
	"math"
	"sync"

	"github.com/aslocal/aslocal/asl/machine"
)

// timers is the queue of everything that executions have asked to be woken for.
// A timer is known by its execution, the token of what it belongs to, and its
// purpose; setting it again moves it.
type timers struct {
	clock Clock
	fire  func(*timer, []machine.Alarm)
	turns chan struct{} // how many timers may be firing at a time

	mu     sync.Mutex
	heap   timerHeap
	first  map[int64]*timer // of each execution, by id; the others follow it
	wakeAt int64            // what the clock was asked for last
	held   bool             // the clock is asked for nothing
	order  uint64
}

// A timer is one wake-up call. Parked executions have one or two, so it is small.
type timer struct {
	due       int64
	until     int64  // due as it was set, before the clock was set back
	order     uint64 // among those due at once: the first set fires first
	execution int64  // id
	token     int64
	next      *timer // of the same execution, in the order of setting
	frame     int32
	at        int32 // place in the heap, -1 outside
	kind      machine.Timer
}

func newTimers(clock Clock, fire func(*timer, []machine.Alarm)) *timers {
	return &timers{clock: clock, fire: fire, turns: make(chan struct{}, firing), wakeAt: math.MaxInt64, first: make(map[int64]*timer)}
}

// hold keeps timers from firing until release.
func (q *timers) hold() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.held = true
}

func (q *timers) release() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.held = false
	q.rewake()
}

// set adds the timer that a command of an execution asks for, or moves it; one
// that was asked for again stays where it is.
func (q *timers) set(execution int64, c *machine.Command, due int64, again bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.notice()
	place := &timer{} // the last one, or the place before the first
	place.next = q.first[execution]
	last := place
	for t := place.next; t != nil; last, t = t, t.next {
		if t.token != c.Token || t.kind != c.Timer {
			continue
		}
		if !again {
			t.due, t.until = due, due
			heap.Fix(&q.heap, int(t.at))
			q.rewake()
		}
		return
	}
	q.order++
	t := &timer{due: due, until: due, order: q.order, execution: execution, frame: c.Frame, token: c.Token, kind: c.Timer}
	if last.next = t; last == place {
		q.first[execution] = t
	}
	heap.Push(&q.heap, t)
	q.rewake()
}

// cancel removes the timers of a token.
func (q *timers) cancel(execution, token int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.remove(execution, func(t *timer) bool { return t.token == token })
}

// drop removes all timers of an execution.
func (q *timers) drop(execution int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.remove(execution, func(*timer) bool { return true })
}

// remove removes the timers of an execution that f selects, and returns them in
// the order of setting. The caller holds q.mu.
func (q *timers) remove(execution int64, f func(*timer) bool) (removed []*timer) {
	var kept, last *timer
	for t := q.first[execution]; t != nil; {
		next := t.next
		t.next = nil
		switch {
		case f(t):
			if t.at >= 0 {
				heap.Remove(&q.heap, int(t.at))
			}
			removed = append(removed, t)
		case last == nil:
			kept, last = t, t
		default:
			last.next, last = t, t
		}
		t = next
	}
	if kept == nil {
		delete(q.first, execution)
	} else {
		q.first[execution] = kept
	}
	return removed
}

// notice takes it into account when the clock was set back: no timer waits
// longer for that. The caller holds q.mu.
func (q *timers) notice() {
	back := q.clock.setBack()
	if back == 0 {
		return
	}
	for _, t := range q.heap {
		t.due -= back
	}
	q.wakeAt = math.MaxInt64
}

// firing is how many timers fire at a time at most: enough that an execution
// which is busy holds nobody up, and little beside a hundred thousand that are
// due at once.
const firing = 64

// fireDue fires what is due. The system clock calls it.
func (q *timers) fireDue() {
	now := q.clock.Now()
	for {
		t, also := q.pop(now)
		if t == nil {
			return
		}
		q.turns <- struct{}{}
		go func() {
			defer func() { <-q.turns }()
			q.fire(t, also)
		}()
	}
}

// pop removes the next timer if it is due, and else asks to be woken for it.
// The timers of the same execution that are due at the same instant go with it:
// they reach the machine together. A poll is no matter of the machine, and goes
// alone.
func (q *timers) pop(now int64) (first *timer, also []machine.Alarm) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.notice()
	if len(q.heap) == 0 || q.heap[0].due > now {
		q.wakeAt = math.MaxInt64
		q.rewake()
		return nil, nil
	}
	first = heap.Pop(&q.heap).(*timer)
	for _, t := range q.remove(first.execution, func(t *timer) bool { return t == first || t.due == first.due && t.kind != poll && first.kind != poll }) {
		if t != first {
			also = append(also, machine.Alarm{Frame: t.frame, Token: t.token, Timer: t.kind})
		}
	}
	return first, also
}

// next returns when the next timer is due, math.MaxInt64 if there is none.
func (q *timers) next() int64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.heap) == 0 {
		return math.MaxInt64
	}
	return q.heap[0].due
}

// rewake asks the clock to wake the queue for its first timer, if that is
// earlier than what it was asked for.
func (q *timers) rewake() {
	if len(q.heap) == 0 || q.heap[0].due >= q.wakeAt || q.held {
		return
	}
	q.wakeAt = q.heap[0].due
	q.clock.wake(q, q.wakeAt)
}

// A timerHeap is ordered by due time, then by the order of setting.
type timerHeap []*timer

func (h timerHeap) Len() int { return len(h) }

func (h timerHeap) Less(i, j int) bool {
	if h[i].due != h[j].due {
		return h[i].due < h[j].due
	}
	return h[i].order < h[j].order
}

func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].at, h[j].at = int32(i), int32(j)
}

// Push is for container/heap.
func (h *timerHeap) Push(t any) {
	t.(*timer).at = int32(len(*h))
	*h = append(*h, t.(*timer))
}

// Pop is for container/heap.
func (h *timerHeap) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	t.at = -1
	return t
}

// takeSleep removes the timer of a Wait, or of a pause before a retry, in a frame of an
// execution, and returns it; nil if there is none.
func (q *timers) takeSleep(execution int64, frame int32) *timer {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, t := range q.remove(execution, func(t *timer) bool { return t.kind == machine.Sleep && t.frame == frame }) {
		return t
	}
	return nil
}
