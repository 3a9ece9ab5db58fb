package engine

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
)

// No more executions are open than may be; those that have ended and Express ones
// do not count, and children of Map Runs are not refused.
func TestOpenExecutions(t *testing.T) {
	b := newBench(t, Config{MaxOpen: 3})
	for i := range 10 {
		b.wantStatus(b.start("pass", fmt.Sprint("ended", i)), machine.Succeeded)
	}
	mapped := b.startMap("map wait", `[1, 2, 3, 4, 5]`)
	if err := b.Settle(b.ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Start(b.ctx, request("wait", "more", `{}`)); err != ErrTooManyOpen {
		t.Errorf("starting one more: %v, want %v", err, ErrTooManyOpen)
	}
	r := request("wait", "express", `{}`)
	r.Start.Express = true
	if _, err := b.Start(b.ctx, r); err != nil {
		t.Errorf("starting an Express one: %v", err)
	}
	b.advance(time.Hour)
	b.wantStatus(mapped, machine.Succeeded)
	b.start("wait", "again")
	b.advance(time.Hour)
	b.wantEmpty()
}

// A machine whose executions start two more grows no faster than it may.
func TestNestedStartsAreSlowedDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{Clock: SystemClock()})
		var mu sync.Mutex
		started := 0
		var start func(caller string)
		nest := func(caller string) {
			mu.Lock()
			started++
			r := request("pass", fmt.Sprint(started), `{}`)
			r.Start.Caller, r.Start.CallerToken = caller, int64(started)
			mu.Unlock()
			if _, err := b.Start(b.ctx, r); err != nil {
				return
			}
			start(r.Start.ARN)
		}
		start = func(caller string) {
			for range 2 {
				go nest(caller)
			}
		}
		ctx, cancel := context.WithCancel(b.ctx)
		b.ctx = ctx
		start("arn:caller")
		time.Sleep(10 * time.Second)
		synctest.Wait()
		b.entries.mu.Lock()
		rows := b.entries.lastID
		b.entries.mu.Unlock()
		cancel()
		synctest.Wait()
		if most := int64(MaxNestedBurst + 10*300 + 1); rows > most || rows < most-5 {
			t.Errorf("%d executions were started in 10 s, want about %d", rows, most)
		}
	})
}

// A call that gives up gives its place to others.
func TestBucketGivesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket(1, 1)
		began := time.Now()
		for range 5 {
			ctx, cancel := context.WithTimeout(t.Context(), 0)
			_ = b.take(ctx) // the first one has a token
			cancel()
		}
		if err := b.take(t.Context()); err != nil || time.Since(began) != time.Second {
			t.Errorf("took %v, %v, want 1s", time.Since(began), err)
		}
		free := newBucket(-1, 1)
		for range 5 {
			if err := free.take(t.Context()); err != nil || free.tokens != 1 {
				t.Errorf("without a limit: %v", err)
			}
		}
	})
}
