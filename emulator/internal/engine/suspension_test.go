package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// A failingStore refuses to write, or to read batches, on demand.
type failingStore struct {
	*journal.Memory
	fails      atomic.Bool
	unreadable atomic.Bool
}

var errFull = errors.New("the disk is full")

func (s *failingStore) Commit(w journal.Write, done func(error)) {
	if s.fails.Load() && (w.Batch != nil || w.Documents != nil) {
		s.Memory.Commit(journal.Write{}, func(error) {
			if done != nil {
				done(errFull)
			}
		})
		return
	}
	s.Memory.Commit(w, done)
}

func (s *failingStore) Batches(execution, from int64) iter.Seq2[journal.Batch, error] {
	if s.unreadable.Load() {
		return func(yield func(journal.Batch, error) bool) { yield(journal.Batch{}, errFull) }
	}
	return s.Memory.Batches(execution, from)
}

// wantUnavailable checks that a call has failed because of the store.
func (b *bench) wantUnavailable(err error) {
	b.Helper()
	if unavailable, ok := errors.AsType[*UnavailableError](err); !ok || !errors.Is(err, errFull) || unavailable.Execution == "" {
		b.Errorf("got %v, want that the execution is unavailable because %v", err, errFull)
	}
}

// advance moves the clock by d.
func (b *bench) advance(d time.Duration) {
	b.Helper()
	if err := b.Advance(b.ctx, d); err != nil {
		b.Fatal(err)
	}
}

// What callers could not do while the store failed they can do when it works
// again, without waiting for anything.
func TestCallersAfterAFailure(t *testing.T) {
	for _, c := range []struct {
		name string
		call func(b *bench, arn, token string) error
		want machine.Status
	}{
		{"succeed", func(b *bench, _, token string) error { return b.Succeed(b.ctx, token, value.True) }, machine.Succeeded},
		{"fail", func(b *bench, _, token string) error {
			return b.Engine.Fail(b.ctx, token, machine.NewFailure("Bad", ""))
		}, machine.Failed},
		{"stop", func(b *bench, arn, _ string) error { _, err := b.Stop(b.ctx, arn, nil); return err }, machine.Aborted},
	} {
		t.Run(c.name, func(t *testing.T) {
			store, tokens := &failingStore{Memory: journal.NewMemory()}, make(chan string, 2)
			b := newBench(t, Config{Store: store, Tasks: runner(func(_ context.Context, c *task.Call) (value.Value, error) {
				tokens <- c.Input.Get("token").Text()
				return value.True, nil
			})})
			arn := b.start("token", "x")
			token := <-tokens
			if err := b.Settle(b.ctx); err != nil {
				t.Fatal(err)
			}
			store.fails.Store(true)
			for range 3 {
				b.wantUnavailable(c.call(b, arn, token))
				if v := b.view(arn); v.Status != machine.Running || v.Start == nil {
					t.Errorf("meanwhile it is %+v", v)
				}
			}
			store.fails.Store(false)
			if err := c.call(b, arn, token); err != nil {
				t.Errorf("afterwards: %v", err)
			}
			b.wantStatus(arn, c.want)
			b.wantOneEnd(arn)
			b.wantEmpty()
			if len(tokens) != 0 {
				t.Error("the task was called again")
			}
		})
	}
}

// Timers that were due while the store failed fire when it works again, as long
// as that takes.
func TestTimersAfterAFailure(t *testing.T) {
	store := &failingStore{Memory: journal.NewMemory()}
	b := newBench(t, Config{Store: store})
	var arns []string
	for i := range 200 {
		arns = append(arns, b.start("wait", fmt.Sprint(i)))
	}
	b.advance(30 * time.Second)
	store.fails.Store(true)
	for range 3 {
		b.advance(time.Minute)
	}
	for _, arn := range arns {
		if v := b.view(arn); v.Status != machine.Running {
			t.Fatalf("%s is %v", arn, v.Status)
		}
	}
	store.fails.Store(false)
	b.advance(0)
	for _, arn := range arns {
		b.wantStatus(arn, machine.Succeeded)
	}
	b.wantEmpty()
}

// The outcome of a task that ends while the store fails is not lost, and the task
// is not called again.
func TestOutcomesAfterAFailure(t *testing.T) {
	store := &failingStore{Memory: journal.NewMemory()}
	var calls atomic.Int64
	answer := make(chan value.Value)
	b := newBench(t, Config{Store: store, Tasks: runner(func(context.Context, *task.Call) (value.Value, error) {
		calls.Add(1)
		return <-answer, nil
	})})
	before, during := b.start("task", "before"), b.start("task", "during")
	store.fails.Store(true)
	answer <- value.OfString("one")
	answer <- value.OfString("two")
	b.advance(time.Minute)
	store.fails.Store(false)
	b.advance(0)
	outputs := b.wantStatus(before, machine.Succeeded).Output.Text() + b.wantStatus(during, machine.Succeeded).Output.Text()
	if outputs != "onetwo" && outputs != "twoone" || calls.Load() != 2 {
		t.Errorf("outputs %s of %d calls", outputs, calls.Load())
	}
	b.wantEmpty()
}

// A Map Run whose children begin and end while the store fails goes on: each
// child runs once.
func TestChildrenAfterAFailure(t *testing.T) {
	for _, definition := range []string{"map wait", "map two", "map task", "map express"} {
		t.Run(definition, func(t *testing.T) {
			store := &failingStore{Memory: journal.NewMemory()}
			b := newBench(t, Config{Store: store})
			arn := b.startMap(definition, `[1, 2, 3, 4, 5, 6, 7]`)
			for i := range 40 {
				store.fails.Store(i%2 == 1)
				b.advance(13 * time.Second)
			}
			store.fails.Store(false)
			b.advance(10 * time.Minute)
			if v := b.wantStatus(arn, machine.Succeeded); v.Output.String() != `[1,2,3,4,5,6,7]` {
				t.Errorf("output %s", v.Output)
			}
			run := b.onlyRun(arn)
			if definition != "map express" && len(b.children(run.ARN)) != 7 || run.Executions.Succeeded != 7 {
				t.Errorf("%d children, %+v", len(b.children(run.ARN)), run.Executions)
			}
			b.wantEmpty()
		})
	}
}

// A worker that could not take a task gets it later.
func TestActivityAfterAFailure(t *testing.T) {
	store := &failingStore{Memory: journal.NewMemory()}
	b := newBench(t, Config{Store: store})
	arn := b.start("activity", "x")
	if err := b.Settle(b.ctx); err != nil {
		t.Fatal(err)
	}
	store.fails.Store(true)
	_, _, err := b.TakeActivity(b.ctx, activityARN, "w")
	b.wantUnavailable(err)
	store.fails.Store(false)
	b.advance(0)
	token, _, err := b.TakeActivity(b.ctx, activityARN, "w")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Succeed(b.ctx, token, value.True); err != nil {
		t.Fatal(err)
	}
	b.wantStatus(arn, machine.Succeeded)
	b.wantEmpty()
}

// With the system clock the store is tried again after a while, and a failure is
// logged once, as is its end.
func TestFailuresHealByThemselves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		store := &failingStore{Memory: journal.NewMemory()}
		b := newBench(t, Config{Store: store, Clock: SystemClock(), Log: slog.New(slog.NewTextHandler(&log, nil))})
		arn, other := b.start("two waits", "x"), b.start("wait", "y")
		store.fails.Store(true)
		time.Sleep(3 * time.Minute)
		store.fails.Store(false)
		b.wantStatus(other, machine.Succeeded)
		if v := b.wantStatus(arn, machine.Succeeded); v.Stopped-v.Started > (3*time.Minute + lastPause + time.Hour).Milliseconds() {
			t.Errorf("it took %v ms", v.Stopped-v.Started)
		}
		b.wantEmpty()
		if failed, works := strings.Count(log.String(), "the journal failed"), strings.Count(log.String(), "the journal works again"); failed != 1 || works != 1 {
			t.Errorf("logged %d failures and %d ends in\n%s", failed, works, log.String())
		}
	})
}
