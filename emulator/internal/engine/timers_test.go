package engine

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/journal"
)

// A hundred thousand timers are due at once: all fire, some at a time.
func TestManyTimersAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 100_000
		var fired, now, most atomic.Int64
		var done sync.WaitGroup
		done.Add(n)
		clock := SystemClock()
		defer clock.stop()
		q := newTimers(clock, func(*timer, []machine.Alarm) {
			defer done.Done()
			fired.Add(1)
			at := now.Add(1)
			for old := most.Load(); at > old && !most.CompareAndSwap(old, at); old = most.Load() {
			}
			now.Add(-1)
		})
		due := clock.Now() + 1000
		for i := range n {
			q.set(int64(i), &machine.Command{}, due, false)
		}
		done.Wait()
		if fired.Load() != n || most.Load() > firing {
			t.Errorf("%d fired, up to %d at a time; want %d and at most %d", fired.Load(), most.Load(), n, firing)
		}
		if q.next() != math.MaxInt64 {
			t.Error("timers are left")
		}
	})
}

// One execution that is busy does not hold up the timers of others.
func TestBusyExecutionHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{Clock: SystemClock(), WaitTimeScale: 0.1})
		busy, other := b.start("wait", "busy"), b.start("wait", "other")
		x := b.find(busy)
		x.turn.Lock()
		b.wantStatus(other, machine.Succeeded)
		x.turn.Unlock()
		b.wantStatus(busy, machine.Succeeded)
	})
}

// Timers are moved, cancelled and dropped while they fire.
func TestTimersInOrder(t *testing.T) {
	var fired []int64
	q := newTimers(NewVirtualClock(time.UnixMilli(0)), nil)
	const x, y = 1, 2
	for i, due := range []int64{30, 10, 20, 10, 50, 60} {
		q.set(x, &machine.Command{Token: int64(i)}, due, false)
	}
	q.set(y, &machine.Command{Token: 9}, 15, false)
	q.set(x, &machine.Command{Token: 0}, 5, false) // moved
	q.set(x, &machine.Command{Token: 1}, 99, true) // it is there
	q.cancel(x, 2)
	q.drop(y)
	if at := q.next(); at != 5 {
		t.Errorf("the next timer is due at %d, want 5", at)
	}
	for t, also := q.pop(50); t != nil; t, also = q.pop(50) {
		fired = append(fired, t.token)
		for _, other := range also {
			fired = append(fired, -other.Token) // together with the one before
		}
	}
	if want := []int64{0, 1, -3, 4}; !slices.Equal(fired, want) {
		t.Errorf("fired %v, want %v", fired, want)
	}
	if q.next() != 60 || len(q.heap) != 1 || q.first[x] != q.heap[0] || q.first[y] != nil {
		t.Errorf("next %d, %d timers, first of x %v and of y %v", q.next(), len(q.heap), q.first[x], q.first[y])
	}
}

// Two runs with a virtual clock have the same times in the same order.
func TestVirtualTimeIsDeterministic(t *testing.T) {
	run := func() (log []string) {
		var mu sync.Mutex
		b := newBench(t, Config{})
		b.Observe(Filter{}, func(x *machine.Start, e *machine.Event) {
			mu.Lock()
			defer mu.Unlock()
			log = append(log, fmt.Sprint(x.ARN, e.At, e.ID, e.Type))
		})
		for i := range 20 {
			b.start("wait", fmt.Sprint(i))
			if err := b.Advance(b.ctx, 7*time.Second); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.Advance(b.ctx, time.Hour); err != nil {
			t.Fatal(err)
		}
		b.wantEmpty()
		return log
	}
	if first, second := run(), run(); len(first) != 20*6 || !slices.Equal(first, second) {
		t.Errorf("two runs of %d and %d events differ", len(first), len(second))
	}
}

// With AutoAdvance, time jumps when nothing else can happen, also after
// somebody has moved the clock.
func TestAutoAdvance(t *testing.T) {
	b := newBench(t, Config{AutoAdvance: true})
	arn := b.start("wait", "x")
	if err := b.Advance(b.ctx, time.Second); err != nil {
		t.Fatal(err)
	}
	v := b.wantStatus(arn, machine.Succeeded)
	if took := v.Stopped - v.Started; took != 60_000 {
		t.Errorf("a Wait of 60 s took %d ms", took)
	}
}

// What has not ended goes on with the next engine on the same store; what
// cannot go on is said to run, and can be stopped.
func TestRecovery(t *testing.T) {
	store, clock := journal.NewMemory(), NewVirtualClock(time.UnixMilli(1_000_000))
	first := newBench(t, Config{Store: store, Clock: clock})
	names := []string{"wait", "activity", "task"}
	arns := map[string]string{}
	for _, name := range names {
		arns[name] = first.start(name, name)
	}
	lost := request("wait", "gone", `{}`)
	lost.Revision = "gone" // the store has no such definition
	if _, err := first.Start(first.ctx, lost); err != nil {
		t.Fatal(err)
	}
	if err := first.Settle(first.ctx); err != nil {
		t.Fatal(err)
	}
	first.stopAll() // as good as killed

	second := newBench(t, Config{Store: store, Clock: clock})
	token, _, err := second.TakeActivity(second.ctx, activityARN, "w")
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Succeed(second.ctx, token, second.view(arns["activity"]).Output); err != nil {
		t.Fatal(err)
	}
	if err := second.Advance(second.ctx, time.Hour); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		second.wantStatus(arns[name], machine.Succeeded)
	}
	if v, err := second.Describe(lost.Start.ARN); err != nil || v.Status != machine.Running {
		t.Errorf("the one that cannot go on: %v, %v", v.Status, err)
	}
	if _, err := second.Start(second.ctx, lost); err != ErrExists {
		t.Errorf("its name: %v, want %v", err, ErrExists)
	}
	if _, err := second.Stop(second.ctx, lost.Start.ARN, nil); err != nil {
		t.Errorf("stopping it: %v", err)
	}
	second.wantStatus(lost.Start.ARN, machine.Aborted)
	second.wantEmpty()
}

func (b *bench) view(arn string) View {
	b.Helper()
	v, err := b.Describe(arn)
	if err != nil {
		b.Fatal(err)
	}
	return v
}

// A journal that does not fit the program is an error, not a panic.
func TestRecoveryFromADamagedJournal(t *testing.T) {
	store := journal.NewMemory()
	events := machine.AppendEvents(nil, []machine.Event{
		{ID: 1, Type: machine.ExecutionStarted, Start: &machine.Start{ARN: "a", Express: false}},
		{ID: 2, Type: machine.StateEntered, State: "NoSuchState", Kind: "Task"},
		{ID: 3, Type: machine.TaskStarted, Task: nil},
	})
	for i, data := range [][]byte{events, []byte("?"), {}} {
		id := int64(i + 1)
		store.Commit(journal.Write{
			Create: &journal.Execution{ID: id, ARN: fmt.Sprint("a", i), MachineARN: "m", Name: "n", Status: journal.Running, Record: []byte(`{"revision":"pass"}`)},
			Batch:  &journal.Batch{Execution: id, First: 1, Last: 3, Data: data},
		}, nil)
	}
	b := newBench(t, Config{Store: store})
	if len(b.entries.byARN) != 0 {
		t.Errorf("%d executions go on", len(b.entries.byARN))
	}
}
