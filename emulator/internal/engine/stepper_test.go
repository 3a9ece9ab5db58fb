package engine

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// stopsAt is a Stepper that stops executions before the steps that it likes. It
// lets each go on when it is asked again.
type stopsAt struct {
	mu   sync.Mutex
	like func(machine.Line) bool
	at   map[string]string // where each was stopped last
}

func (s *stopsAt) Steps(*machine.Start) bool { return true }

func (s *stopsAt) Stops(start *machine.Start, x *machine.Execution) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	frame, _ := x.Next()
	line, _ := x.Line(frame)
	at := fmt.Sprintf("%d %s %v", x.Records(), line.State, line.Phase)
	if s.at[start.ARN] == at || !s.like(line) {
		return false
	}
	s.at[start.ARN] = at
	return true
}

func newStops(like func(machine.Line) bool) *stopsAt {
	return &stopsAt{like: like, at: make(map[string]string)}
}

// lineOf is the line of control that takes the next step of a stopped execution.
func (b *bench) lineOf(arn string) (line machine.Line) {
	b.Helper()
	if err := b.Inspect(arn, func(_ *machine.Start, x *machine.Execution) {
		frame, _ := x.Next()
		line, _ = x.Line(frame)
	}); err != nil {
		b.Fatal(err)
	}
	return line
}

func (b *bench) settle() {
	b.Helper()
	if err := b.Settle(b.ctx); err != nil {
		b.Fatal(err)
	}
}

// An execution stops where the stepper says, can be looked at and changed there,
// and goes on.
func TestStepper(t *testing.T) {
	b := newBench(t, Config{})
	stops := newStops(func(l machine.Line) bool { return l.Phase == machine.Working })
	b.SetStepper(stops)
	arn := b.start("three passes", "x")
	for _, state := range []string{"A", "B", "C"} {
		b.settle()
		if got := b.Stopped(); !slices.Equal(got, []string{arn}) {
			t.Fatalf("stopped: %q, want %q", got, arn)
		}
		if line := b.lineOf(arn); line.State != state {
			t.Fatalf("it stands at %+v, want %s", line, state)
		}
		if state == "B" {
			if err := b.Override(b.ctx, arn, 0, &machine.Override{Input: value.OfString("changed")}); err != nil {
				t.Fatal(err)
			}
			if err := b.Override(b.ctx, arn, 7, &machine.Override{Input: value.NullValue}); err != ErrStale {
				t.Errorf("a frame that is not there: %v, want %v", err, ErrStale)
			}
			stops.mu.Lock()
			stops.at[arn] = fmt.Sprintf("%d B working", b.view(arn).Events+1)
			stops.mu.Unlock()
		}
		if !b.GoOn(arn) {
			t.Fatal("it was not stopped")
		}
	}
	if v := b.wantStatus(arn, machine.Succeeded); v.Output.String() != `"changed"` {
		t.Errorf("output %s", v.Output)
	}
	if b.GoOn(arn) {
		t.Error("it goes on twice")
	}
	b.wantEmpty()
}

// While an execution is stopped, time stands still for all.
func TestClockStandsWhileStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{Clock: SystemClock()})
		b.SetStepper(newStops(func(l machine.Line) bool { return l.Phase == machine.Working && l.State == "B" }))
		sleeps := b.start("wait", "sleeps")
		arn := b.start("three passes", "x")
		synctest.Wait()
		before := b.Now()
		time.Sleep(48 * time.Hour)
		synctest.Wait()
		if after := b.Now(); after != before {
			t.Errorf("the clock went on by %d ms", after-before)
		}
		if v := b.view(sleeps); v.Status != machine.Running {
			t.Errorf("the Wait ended: %v", v.Status)
		}
		b.GoOn(arn)
		synctest.Wait()
		b.wantStatus(arn, machine.Succeeded)
		if v := b.view(sleeps); v.Status != machine.Running {
			t.Errorf("the Wait ended at once: %v", v.Status)
		}
		time.Sleep(48 * time.Hour)
		synctest.Wait()
		b.wantStatus(sleeps, machine.Succeeded)
	})
}

// A stopped execution is stopped again after a restart, before it goes on.
func TestStoppedOverRestart(t *testing.T) {
	store := journal.NewMemory()
	like := func(l machine.Line) bool { return l.State == "B" }
	b := newBench(t, Config{Store: store, Stepper: newStops(like)})
	arn := b.start("three passes", "x")
	b.settle()
	if err := b.Close(b.ctx); err != nil {
		t.Fatal(err)
	}
	b = newBench(t, Config{Store: store, Stepper: newStops(like)})
	b.settle()
	if got := b.Stopped(); !slices.Equal(got, []string{arn}) {
		t.Fatalf("stopped: %q", got)
	}
	if line := b.lineOf(arn); line.State != "B" || line.Phase != machine.Entering {
		t.Errorf("it stands at %+v", line)
	}
	b.SetStepper(nil)
	b.settle()
	b.wantStatus(arn, machine.Succeeded)
}
