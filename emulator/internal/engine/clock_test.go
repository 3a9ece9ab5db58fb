package engine

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/journal"
)

func init() {
	definitions["heartbeat"] = `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "HeartbeatSeconds": 60, "Parameters": {"token.$": "$$.Task.Token"}, "End": true}}}`
	definitions["until"] = `{"StartAt": "W", "States": {"W": {"Type": "Wait", "Timestamp": "2000-01-01T00:01:00Z", "End": true}}}`
}

// A wall is a clock that is set while the time of the bubble passes.
type wall struct{ ahead atomic.Int64 } // milliseconds

func (w *wall) clock() Clock {
	started := time.Now()
	return newSystemClock(func() int64 { return time.Now().UnixMilli() + w.ahead.Load() }, func() time.Duration { return time.Since(started) })
}

func (w *wall) set(forward time.Duration) { w.ahead.Add(forward.Milliseconds()) }

// Whatever happens to the clock of the machine, waits take no longer than they
// should: when it was set forward, or the machine has slept, what is due happens
// within a minute.
func TestClockIsSet(t *testing.T) {
	for _, c := range []struct {
		definition  string
		forward     time.Duration
		atLeast, in time.Duration // of the bubble, until it ends
	}{
		{"wait", 0, time.Minute, time.Minute},
		{"wait", 10 * time.Hour, 20 * time.Second, 80 * time.Second},
		{"wait", -10 * time.Hour, time.Minute, time.Minute},
		{"wait", 100 * time.Millisecond, 59 * time.Second, time.Minute},
		{"two waits", 2 * time.Hour, 20 * time.Second, 80 * time.Second},
		{"two waits", -2 * time.Hour, time.Hour, time.Hour + 5*time.Second},
		{"heartbeat", 10 * time.Hour, 20 * time.Second, 80 * time.Second},
		{"heartbeat", -10 * time.Hour, time.Minute, time.Minute},
		{"until", -10 * time.Hour, time.Minute, time.Minute},
	} {
		synctest.Test(t, func(t *testing.T) {
			var w wall
			b := newBench(t, Config{Clock: w.clock()})
			began := time.Now()
			arn := b.start(c.definition, "x")
			time.Sleep(20 * time.Second)
			w.set(c.forward)
			v, err := b.Wait(b.ctx, arn)
			if err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took < c.atLeast || took > c.in {
				t.Errorf("%s, set forward by %v: took %v, want %v to %v", c.definition, c.forward, took, c.atLeast, c.in)
			}
			last := int64(0)
			if err := b.History(arn, 1, func(ev *machine.Event) bool {
				if ev.At < last {
					t.Errorf("%s, set forward by %v: the history goes back at event %d", c.definition, c.forward, ev.ID)
				}
				last = ev.At
				return true
			}); err != nil || v.Stopped != last {
				t.Errorf("it stopped at %d, %v, want %d", v.Stopped, err, last)
			}
		})
	}
}

// A clock that was set back while the process did not run does not make a Wait
// longer.
func TestClockIsSetBackBetweenProcesses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w wall
		store := journal.NewMemory()
		first := newBench(t, Config{Store: store, Clock: w.clock()})
		arn := first.start("wait", "x")
		time.Sleep(20 * time.Second)
		first.stopAll() // as good as killed
		w.set(-10 * time.Hour)

		second := newBench(t, Config{Store: store, Clock: w.clock()})
		again := time.Now()
		second.wantStatus(arn, machine.Succeeded)
		if took := time.Since(again); took > time.Minute {
			t.Errorf("it took %v after the restart", took)
		}
	})
}
