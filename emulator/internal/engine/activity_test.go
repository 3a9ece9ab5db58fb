package engine

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/value"
)

// Workers poll, executions start, are answered, time out and are stopped, all
// at once: every task goes to at most one worker, and nothing is left.
func TestActivitiesHammer(t *testing.T) {
	b := newBench(t, Config{})
	const executions = 300
	polling, stopPolling := context.WithCancel(b.ctx)
	var workers, starters sync.WaitGroup
	var taken atomic.Int64
	seen := sync.Map{}
	for range 8 {
		workers.Go(func() {
			for polling.Err() == nil {
				ctx, cancel := context.WithTimeout(polling, time.Millisecond)
				token, _, err := b.TakeActivity(ctx, activityARN, "w")
				cancel()
				if err != nil {
					t.Errorf("polling: %v", err)
				}
				if token == "" {
					continue
				}
				if _, again := seen.LoadOrStore(token, true); again {
					t.Errorf("a task was given out twice")
				}
				taken.Add(1)
				if err := b.Succeed(b.ctx, token, value.True); err != nil && err != ErrStale {
					t.Errorf("answering: %v", err)
				}
			}
		})
	}
	for i := range executions {
		starters.Go(func() {
			arn := b.start("activities", fmt.Sprint(i))
			if i%3 == 0 {
				if _, err := b.Stop(b.ctx, arn, nil); err != nil {
					t.Errorf("stopping: %v", err)
				}
			}
			v, err := b.Wait(b.ctx, arn)
			if err != nil || v.Status != machine.Succeeded && (i%3 != 0 || v.Status != machine.Aborted) {
				t.Errorf("execution %d: %v, %v", i, v.Status, err)
			}
		})
	}
	starters.Wait()
	stopPolling()
	workers.Wait()
	if n := taken.Load(); n < 2*executions*2/3 {
		t.Errorf("%d tasks were taken", n)
	}
	b.wantEmpty()
}

// A task of an execution that has ended is not offered any more.
func TestOffersEndWithTheirExecution(t *testing.T) {
	b := newBench(t, Config{})
	first, second := b.start("activity", "1"), b.start("activity", "2")
	if err := b.Settle(b.ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Stop(b.ctx, first, nil); err != nil {
		t.Fatal(err)
	}
	token, _, err := b.TakeActivity(b.ctx, activityARN, "w")
	if parsed, ok := machine.ParseTaskToken(token); err != nil || !ok || parsed.Execution != second {
		t.Fatalf("got a task of %q, %v, want one of %s", parsed.Execution, err, second)
	}
	if err := b.Advance(b.ctx, time.Hour); err != nil { // it times out
		t.Fatal(err)
	}
	b.wantStatus(second, machine.Failed)
	if err := b.Succeed(b.ctx, token, value.True); err != ErrStale {
		t.Errorf("a late answer: %v, want %v", err, ErrStale)
	}
	b.wantEmpty()
}

// taken is the task that a worker gets, nil for none.
func taken(ctx context.Context, o *offers) *offer {
	task, _ := o.take(ctx, "")
	return task
}

// Not more than 1,000 workers may wait at an activity; one that goes away makes room
// (F-239).
func TestTooManyWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o offers
		ctx, cancel := context.WithCancel(t.Context())
		one, leave := context.WithCancel(ctx)
		go taken(one, &o)
		for range maxWorkers - 1 {
			go taken(ctx, &o)
		}
		synctest.Wait()
		if task, err := o.take(ctx, ""); task != nil || err != ErrTooManyWorkers {
			t.Errorf("one more: %v, %v", task, err)
		}
		leave()
		synctest.Wait()
		got := make(chan error)
		go func() { _, err := o.take(ctx, ""); got <- err }()
		synctest.Wait()
		cancel()
		if err := <-got; err != nil {
			t.Errorf("in place of one that has left: %v", err)
		}
		synctest.Wait()
		if len(o.queues) != 0 {
			t.Errorf("%d queues are left", len(o.queues))
		}
	})
}

// A task that comes in the moment in which its worker goes away is not lost.
func TestOfferAtTheLastMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o offers
		task := &machine.Command{Token: 7, Task: &machine.Task{}}
		ctx, cancel := context.WithCancel(context.Background())
		got := make(chan *offer, 2)
		go func() { got <- taken(ctx, &o) }()
		synctest.Wait()
		o.mu.Lock() // the worker cannot leave before the task is there
		cancel()
		o.mu.Unlock()
		o.add(1, task, false)
		synctest.Wait()
		gone := <-got
		if gone == nil {
			gone = taken(t.Context(), &o)
		}
		if gone == nil || gone.task != task.Task {
			t.Errorf("got %v, want the task", gone)
		}
		if len(o.queues) != 0 || len(o.of) != 0 {
			t.Errorf("something is left: %v, %v", o.queues, o.of)
		}
	})
}

// Nor is one kept that is withdrawn in this moment.
func TestOfferWithdrawnAtTheLastMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o offers
		task := &offer{execution: 1, token: 7}
		ctx, cancel := context.WithCancel(context.Background())
		got := make(chan *offer, 1)
		go func() { got <- taken(ctx, &o) }()
		synctest.Wait()
		o.mu.Lock()
		cancel() // the worker leaves, but must wait for the lock
		if o.put(task); task.place != nil {
			t.Error("the worker is not there any more")
		}
		o.withdraw(task)
		o.mu.Unlock()
		if task := <-got; task != nil || len(o.queues) != 0 {
			t.Errorf("got %v, and %d queues are left", task, len(o.queues))
		}
	})
}

func TestMissingActivity(t *testing.T) {
	b := newBench(t, Config{Activities: func(arn string) bool { return arn != activityARN }})
	v := b.wantStatus(b.start("activity", "x"), machine.Failed)
	want := "An error occurred while executing the state 'T' (entered at the event id #2). The activity " + activityARN + " does not exist."
	if got := v.Failure.Cause.Text(); got != want || v.Events != 3 {
		t.Errorf("%d events, cause %q, want %q", v.Events, got, want)
	}
}
