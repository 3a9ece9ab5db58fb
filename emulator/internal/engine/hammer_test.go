package engine

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

func init() {
	definitions["map tokens"] = mapMachine(`{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "Parameters": {"token.$": "$$.Task.Token"}, "TimeoutSeconds": 60, "End": true}`, `"ToleratedFailurePercentage": 100, `)
}

// Everything happens to a few executions at once: eviction, answers, timers, stops,
// redrives, holds, subscriptions and a store that fails again and again. Then the
// process is killed, and another one goes on with what is left. Each execution
// ends once, and nothing is left of it in memory.
func TestEverythingAtOnce(t *testing.T) {
	store, clock := &failingStore{Memory: journal.NewMemory()}, NewVirtualClock(time.UnixMilli(1_000_000))
	var tokens sync.Map
	config := Config{Store: store, Clock: clock, EvictAfter: time.Millisecond, Tasks: runner(func(_ context.Context, c *task.Call) (value.Value, error) {
		if token := c.Input.Get("token").Text(); token != "" {
			tokens.Store(token, true)
			return value.True, nil
		}
		return value.Value{}, &asl.Error{Name: "Odd"}
	})}
	b := newBench(t, config)
	var arns []string
	for i, definition := range []string{"wait", "two waits", "token", "task", "activity", "map tokens", "map task", "wait", "token", "map wait"} {
		r := request(definition, fmt.Sprint(i), `[0, 1, 2, 3, 4, 5, 6, 7]`)
		if _, err := b.Start(b.ctx, r); err != nil {
			t.Fatal(err)
		}
		arns = append(arns, r.Start.ARN)
	}
	ctx, cancel := context.WithCancel(b.ctx)
	defer cancel()
	var followers, group sync.WaitGroup
	for _, arn := range arns {
		s := b.Subscribe(Filter{Execution: arn}, 1)
		defer s.Close()
		followers.Go(func() {
			last := int64(0)
			for h, err := s.Next(ctx); err == nil; h, err = s.Next(ctx) {
				if h.Number <= last {
					t.Errorf("%s: record %d after %d", arn, h.Number, last)
				}
				last = h.Number
			}
		})
	}
	for seed, act := range []func(r *rand.Rand, arn string){
		func(*rand.Rand, string) { b.sweep() },
		func(r *rand.Rand, _ string) { b.Advance(ctx, time.Duration(r.IntN(4000))*time.Millisecond) },
		func(r *rand.Rand, arn string) {
			if r.IntN(20) == 0 {
				b.Stop(ctx, arn, nil)
			}
		},
		func(r *rand.Rand, arn string) {
			if _, err := b.Redrive(ctx, arn, ""); err != nil && !refused(err) {
				t.Errorf("redriving: %v", err)
			}
		},
		func(r *rand.Rand, arn string) {
			h := b.Hold(Filter{Execution: arn})
			b.Step(arn)
			h.Release()
		},
		func(r *rand.Rand, _ string) {
			tokens.Range(func(token, _ any) bool {
				if r.IntN(4) == 0 {
					b.Succeed(ctx, token.(string), value.True)
				}
				return true
			})
		},
		func(r *rand.Rand, _ string) { store.fails.Store(r.IntN(8) == 0) },
		func(_ *rand.Rand, arn string) {
			if v, err := b.Describe(arn); err != nil || v.Started == 0 || v.Events == 0 {
				t.Errorf("describing: %+v, %v", v, err)
			}
			b.MapRuns(arn)
		},
		func(*rand.Rand, string) {
			waiting, done := context.WithTimeout(ctx, time.Millisecond)
			defer done()
			if token, _, err := b.TakeActivity(waiting, activityARN, "w"); err == nil && token != "" {
				tokens.Store(token, true)
			}
		},
	} {
		group.Go(func() {
			r := rand.New(rand.NewPCG(uint64(seed), 1))
			for range 150 {
				act(r, arns[r.IntN(len(arns))])
			}
		})
	}
	group.Wait()
	cancel()
	followers.Wait()
	store.fails.Store(false)
	b.advance(0)
	b.stopAll() // as good as killed

	b = newBench(t, config)
	b.advance(time.Hour)
	for _, arn := range arns {
		if _, err := b.Stop(b.ctx, arn, nil); err != nil {
			t.Errorf("stopping: %v", err)
		}
		b.wantOneEndPerLife(arn)
	}
	b.wantEmpty()
}

// refused reports whether an error is one of those that callers have to expect.
func refused(err error) bool {
	_, unavailable := errors.AsType[*UnavailableError](err)
	_, impossible := errors.AsType[*NotRedrivableError](err)
	return unavailable || impossible || errors.Is(err, context.Canceled)
}

// wantOneEndPerLife checks that an execution has ended, once and once more for each
// redrive.
func (b *bench) wantOneEndPerLife(arn string) {
	b.Helper()
	v, ends := b.view(arn), 0
	if err := b.History(arn, 1, func(ev *machine.Event) bool {
		if ev.Type.Terminal() {
			ends++
		}
		return true
	}); err != nil {
		b.Fatal(err)
	}
	if ends != v.Redrives+1 || v.Status == machine.Running {
		b.Errorf("%s has %d ends after %d redrives and is %v", arn, ends, v.Redrives, v.Status)
	}
}
