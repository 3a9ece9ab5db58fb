package engine

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// effects are the keys of the effects that a store knows of.
func effects(t *testing.T, store journal.Store) (keys []string) {
	t.Helper()
	for doc, err := range store.Documents(kindEffect) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, doc.Key)
	}
	return keys
}

// A task that answers the token of another execution has that effect once, also
// if the process ends before its own outcome is known, and nothing is left of it.
func TestEffectsHappenOnce(t *testing.T) {
	for _, outlives := range []bool{false, true} {
		store, clock := journal.NewMemory(), NewVirtualClock(time.UnixMilli(1_000_000))
		engines := make(chan *bench, 1) // the one that runs
		var sent, done atomic.Int64
		token := make(chan string, 1)
		killed := make(chan struct{})
		tasks := runner(func(ctx context.Context, c *task.Call) (value.Value, error) {
			if given := c.Input.Get("token"); given.Exists() { // the one that waits
				token <- given.Text()
				return value.True, nil
			}
			sent.Add(1)
			b := <-engines
			engines <- b
			err := b.Succeed(WithEffect(ctx, "caller#1"), c.Input.Get("answer").Text(), value.OfString("done"))
			if err == nil {
				done.Add(1)
			}
			if outlives && sent.Load() == 1 {
				close(killed)
				<-ctx.Done()
			}
			return value.True, err
		})
		b := newBench(t, Config{Store: store, Clock: clock, Tasks: tasks})
		engines <- b
		waits := b.start("token", "waits")
		r := request("task", "caller", `{}`)
		r.Input = value.OfMembers("answer", value.OfString(<-token))
		if err := b.Settle(b.ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Start(b.ctx, r); err != nil {
			t.Fatal(err)
		}
		if outlives {
			<-killed
			if keys := effects(t, store); len(keys) != 1 || keys[0] != "caller#1" {
				t.Errorf("the store knows of %v", keys)
			}
			b.stopAll()
			if err := b.Settle(b.ctx); err != nil {
				t.Fatal(err)
			}
			<-engines
			b = newBench(t, Config{Store: store, Clock: clock, Tasks: tasks})
			engines <- b
		}
		if v := b.wantStatus(waits, machine.Succeeded); v.Output.Text() != "done" {
			t.Errorf("the output is %v", v.Output)
		}
		b.wantStatus(r.Start.ARN, machine.Succeeded)
		if keys := effects(t, store); len(keys) != 0 || done.Load() != sent.Load() {
			t.Errorf("%d of %d calls succeeded, and the store knows of %v", done.Load(), sent.Load(), keys)
		}
		b.wantEmpty()
	}
}

// A start by a task that is made again is answered as the first one.
func TestNestedStartHappensOnce(t *testing.T) {
	b := newBench(t, Config{EvictAfter: time.Hour})
	r := request("wait", "nested", `{}`)
	r.Start.Caller, r.Start.CallerToken = "arn:caller", 4
	first, err := b.Start(b.ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	b.advance(time.Second)
	for _, stage := range []func(){func() {}, b.evictAll, func() { b.advance(time.Hour) }} {
		stage()
		if again, err := b.Start(b.ctx, r); err != nil || again.Started != first.Started {
			t.Errorf("made again: %+v, %v", again, err)
		}
		for _, other := range []machine.Start{{Caller: "arn:caller", CallerToken: 5}, {Caller: "arn:other", CallerToken: 4}, {}} {
			s := r
			s.Start.Caller, s.Start.CallerToken = other.Caller, other.CallerToken
			if _, err := b.Start(b.ctx, s); err != ErrExists {
				t.Errorf("by another task: %v, want %v", err, ErrExists)
			}
		}
	}
	b.wantEmpty()
}
