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
	fire  func(*timer)
	turns chan struct{} // how many timers may be firing at a time

	mu     sync.Mutex
	heap   timerHeap
	wakeAt int64 // what the clock was asked for last
	order  uint64
}

// A timer is one wake-up call.
type timer struct {
	due   int64
	order uint64 // among those due at once: the first set fires first
	x     *execution
	frame int32
	token int64
	kind  machine.Timer
	at    int // place in the heap, -1 outside

	also []machine.Alarm // those that pop has removed with it
}

func newTimers(clock Clock, fire func(*timer)) *timers {
	return &timers{clock: clock, fire: fire, turns: make(chan struct{}, firing), wakeAt: math.MaxInt64}
}

// set adds the timer that a command asks for, or moves it.
func (q *timers) set(x *execution, c *machine.Command, due int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, t := range x.timers {
		if t.token == c.Token && t.kind == c.Timer {
			t.due = due
			heap.Fix(&q.heap, t.at)
			q.rewake()
			return
		}
	}
	q.order++
	t := &timer{due: due, order: q.order, x: x, frame: c.Frame, token: c.Token, kind: c.Timer}
	x.timers = append(x.timers, t)
	heap.Push(&q.heap, t)
	q.rewake()
}

// cancel removes the timers of a token.
func (q *timers) cancel(x *execution, token int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	kept := x.timers[:0]
	for _, t := range x.timers {
		if t.token == token {
			heap.Remove(&q.heap, t.at)
		} else {
			kept = append(kept, t)
		}
	}
	clear(x.timers[len(kept):])
	x.timers = kept
}

// drop removes all timers of an execution.
func (q *timers) drop(x *execution) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, t := range x.timers {
		heap.Remove(&q.heap, t.at)
	}
	x.timers = nil
}

// firing is how many timers fire at a time at most: enough that an execution
// which is busy holds nobody up, and little beside a hundred thousand that are
// due at once.
const firing = 64

// due fires what is due. The system clock calls it.
func (q *timers) due() {
	now := q.clock.Now()
	for {
		t := q.pop(now)
		if t == nil {
			return
		}
		q.turns <- struct{}{}
		go func() {
			defer func() { <-q.turns }()
			q.fire(t)
		}()
	}
}

// pop removes the next timer if it is due, and else asks to be woken for it.
// The timers of the same execution that are due at the same instant go with it:
// they reach the machine together.
func (q *timers) pop(now int64) *timer {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.heap) == 0 || q.heap[0].due > now {
		q.wakeAt = math.MaxInt64
		q.rewake()
		return nil
	}
	t := heap.Pop(&q.heap).(*timer)
	kept := t.x.timers[:0]
	for _, other := range t.x.timers { // in the order of setting
		switch {
		case other.due != t.due:
			kept = append(kept, other)
		case other != t:
			heap.Remove(&q.heap, other.at)
			t.also = append(t.also, machine.Alarm{Frame: other.frame, Token: other.token, Timer: other.kind})
		}
	}
	clear(t.x.timers[len(kept):])
	t.x.timers = kept
	return t
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
	if len(q.heap) == 0 || q.heap[0].due >= q.wakeAt {
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
	h[i].at, h[j].at = i, j
}

// Push is for container/heap.
func (h *timerHeap) Push(t any) {
	t.(*timer).at = len(*h)
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
