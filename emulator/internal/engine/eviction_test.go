package engine

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// evictAll evicts every execution that may leave memory.
func (b *bench) evictAll() {
	b.Helper()
	if err := b.Settle(b.ctx); err != nil {
		b.Fatal(err)
	}
	for r, _ := b.idle.first(); r != nil; r, _ = b.idle.first() {
		if !b.evict(r) {
			b.idle.remove(r)
		}
	}
}

// evicted reports whether an execution is out of memory.
func (b *bench) evicted(arn string) bool {
	b.Helper()
	x := b.find(arn)
	if x == nil {
		b.Fatalf("%s has no entry", arn)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.resident == nil
}

// What waits comes back when something happens to it, and goes on as if it had
// been there all the time.
func TestEvictedExecutionsComeBack(t *testing.T) {
	tokens := make(chan string, 1)
	tasks := runner(func(_ context.Context, c *task.Call) (value.Value, error) {
		tokens <- c.Input.Get("token").Text()
		return value.True, nil
	})
	for _, c := range []struct {
		definition string
		wake       func(b *bench, arn string) error
		want       machine.Status
	}{
		{"wait", func(b *bench, _ string) error { return b.Advance(b.ctx, time.Minute) }, machine.Succeeded},
		{"token", func(b *bench, _ string) error { return b.Succeed(b.ctx, <-tokens, value.True) }, machine.Succeeded},
		{"token", func(b *bench, _ string) error {
			token := <-tokens
			for range 3 {
				if err := b.Heartbeat(b.ctx, token); err != nil {
					return err
				}
				b.evictAll()
			}
			return b.Succeed(b.ctx, token, value.True)
		}, machine.Succeeded},
		{"activity", func(b *bench, arn string) error {
			token, input, err := b.TakeActivity(b.ctx, activityARN, "w")
			if err != nil {
				return err
			}
			if b.evictAll(); input.String() != `{}` || !b.evicted(arn) {
				b.Errorf("the worker got %s", input)
			}
			return b.Succeed(b.ctx, token, value.True)
		}, machine.Succeeded},
		{"activity", func(b *bench, _ string) error {
			if _, _, err := b.TakeActivity(b.ctx, activityARN, "w"); err != nil {
				return err
			}
			b.evictAll()
			return b.Advance(b.ctx, time.Hour)
		}, machine.Failed},
		{"wait", func(b *bench, arn string) error { _, err := b.Stop(b.ctx, arn, nil); return err }, machine.Aborted},
		{"map wait", func(b *bench, _ string) error { b.evictAll(); return b.Advance(b.ctx, time.Hour) }, machine.Succeeded},
	} {
		b := newBench(t, Config{Tasks: tasks, EvictAfter: time.Hour})
		r := request(c.definition, "x", `{}`)
		if strings.HasPrefix(c.definition, "map") {
			r = request(c.definition, "x", `[1, 2]`)
		}
		if _, err := b.Start(b.ctx, r); err != nil {
			t.Fatal(err)
		}
		b.evictAll()
		arn := r.Start.ARN
		before := b.view(arn)
		if !b.evicted(arn) || before.Status != machine.Running || before.Start == nil || before.Events == 0 {
			t.Errorf("%s: it is evicted: %v, and %+v", c.definition, b.evicted(arn), before)
		}
		if _, err := b.Start(b.ctx, r); err != ErrExists {
			t.Errorf("%s: its name: %v, want %v", c.definition, err, ErrExists)
		}
		if err := c.wake(b, arn); err != nil {
			t.Errorf("%s: %v", c.definition, err)
		}
		b.wantStatus(arn, c.want)
		b.wantOneEnd(arn)
		b.wantEmpty()
	}
}

// What computes, calls a task or is Express stays; what waits leaves after the
// time that was set, and not before.
func TestEviction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		called, answer := make(chan struct{}), make(chan struct{})
		b := newBench(t, Config{Clock: SystemClock(), EvictAfter: 10 * time.Second, Tasks: runner(func(_ context.Context, c *task.Call) (value.Value, error) {
			close(called)
			<-answer
			return c.Input, nil
		})})
		waits, calls := b.start("wait", "waits"), b.start("task", "calls")
		<-called
		r := request("wait", "express", `{}`)
		r.Start.Express = true
		if _, err := b.Start(b.ctx, r); err != nil {
			t.Fatal(err)
		}
		time.Sleep(9 * time.Second)
		synctest.Wait()
		if b.evicted(waits) {
			t.Error("it has left too early")
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if !b.evicted(waits) || b.evicted(calls) || b.evicted(r.Start.ARN) {
			t.Errorf("evicted are one that waits: %v, one that calls: %v, one that is Express: %v", b.evicted(waits), b.evicted(calls), b.evicted(r.Start.ARN))
		}
		close(answer)
		b.wantStatus(calls, machine.Succeeded)
		b.wantStatus(r.Start.ARN, machine.Succeeded) // first, since nothing is left of it afterwards
		b.wantStatus(waits, machine.Succeeded)
		b.wantEmpty()
	})
}

// An execution that cannot be read when it is to come back is restored later.
func TestEvictedExecutionThatCannotBeRead(t *testing.T) {
	store := &failingStore{Memory: journal.NewMemory()}
	b := newBench(t, Config{Store: store, EvictAfter: time.Hour})
	arn := b.start("wait", "x")
	b.evictAll()
	store.unreadable.Store(true)
	b.advance(time.Minute)
	_, err := b.Stop(b.ctx, arn, nil)
	b.wantUnavailable(err)
	store.unreadable.Store(false)
	b.advance(0)
	b.wantStatus(arn, machine.Succeeded)
	b.wantEmpty()
}

// heapInUse is how many bytes live objects take.
func heapInUse() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkParked parks executions that wait for a timer and reports the bytes of
// memory of each, resident and evicted, and how long one takes to come back.
func BenchmarkParked(b *testing.B) {
	store, err := journal.OpenSQLite(filepath.Join(b.TempDir(), "aslocal.db"), journal.Process)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { store.Close() })
	e := newBench(b, Config{Store: store, EvictAfter: time.Hour})
	program, err := programs("two waits")
	if err != nil {
		b.Fatal(err)
	}
	const parked = 10_000
	arns := make([]string, parked)
	before := heapInUse()
	for i := range arns {
		r := request("wait", fmt.Sprintf("order-%08d", i), `{"orderId": "A-17", "amount": 42}`)
		r.Revision, r.Program = "two waits", program
		if _, err := e.Start(e.ctx, r); err != nil {
			b.Fatal(err)
		}
		arns[i] = r.Start.ARN
	}
	resident := heapInUse()
	e.evictAll()
	evicted := heapInUse()
	b.ResetTimer()
	for i := range b.N {
		x := e.find(arns[i%parked])
		x.turn.Lock()
		if _, err := e.residentOf(x); err != nil {
			b.Fatal(err)
		}
		x.turn.Unlock()
		b.StopTimer()
		e.evict(x.resident)
		b.StartTimer()
	}
	b.ReportMetric(float64(resident-before)/parked, "B/resident")
	b.ReportMetric(float64(evicted-before)/parked, "B/evicted")
}

// A Map Run with many children goes on when it was evicted together with them.
func TestEvictedMapRun(t *testing.T) {
	b := newBench(t, Config{EvictAfter: time.Hour})
	arn := b.startMap("map wait", "[0"+strings.Repeat(",0", 2999)+"]")
	if err := b.Settle(b.ctx); err != nil {
		t.Fatal(err)
	}
	run := b.onlyRun(arn).ARN
	child := b.children(run)[0].ARN
	b.evictAll()
	if !b.evicted(arn) || !b.evicted(child) {
		t.Error("the Map Run or its child is not evicted")
	}
	b.advance(time.Minute)
	b.wantStatus(arn, machine.Succeeded)
	if r, err := b.MapRun(run); err != nil || r.Executions.Succeeded != 3000 {
		t.Errorf("the Map Run: %+v, %v", r, err)
	}
	b.wantEmpty()
}
