package engine

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/value"
)

func init() {
	definitions["three passes"] = `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "C"}, "C": {"Type": "Pass", "End": true}}}`
}

// An execution that is held takes one step at a time, and goes on by itself when
// it is released.
func TestStepping(t *testing.T) {
	for _, step := range []int{0, 1, 4, 100} {
		b := newBench(t, Config{})
		h := b.Hold(Filter{})
		arn := b.start("three passes", "x")
		if got := b.view(arn); got.Events != 1 || got.Status != machine.Running {
			t.Errorf("it is held after %d events", got.Events)
		}
		for n := range step {
			before, alive := b.view(arn), b.find(arn) != nil
			if stepped := b.Step(arn); stepped != alive {
				t.Fatalf("step %d of an execution that is there: %v: %v", n, alive, stepped)
			}
			if err := b.Settle(b.ctx); err != nil {
				t.Fatal(err)
			}
			if after := b.view(arn); alive && (after.Events == before.Events || after.Events > before.Events+2) {
				t.Errorf("a step led from event %d to %d", before.Events, after.Events)
			}
		}
		h.Release()
		h.Release()
		if v := b.wantStatus(arn, machine.Succeeded); v.Events != 8 {
			t.Errorf("after %d steps it has %d events, want 8", step, v.Events)
		}
		b.wantEmpty()
	}
}

// What happens to a held execution meanwhile is kept, in its order.
func TestStimuliOfAHeldExecution(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tokens := make(chan string, 1)
		b := newBench(t, Config{EvictAfter: time.Hour, Tasks: runner(func(_ context.Context, c *task.Call) (value.Value, error) {
			tokens <- c.Input.Get("token").Text()
			return value.True, nil
		})})
		waits, answered, stopped, free := b.start("wait", "waits"), b.start("token", "answered"), b.start("wait", "stopped"), b.start("wait", "free")
		token := <-tokens
		if err := b.Settle(b.ctx); err != nil {
			t.Fatal(err)
		}
		var holds []*Hold
		for _, arn := range []string{waits, answered, stopped, waits} {
			holds = append(holds, b.Hold(Filter{Execution: arn}))
		}
		b.evictAll()
		first, second := make(chan error, 1), make(chan error, 1)
		go func() { first <- b.Succeed(b.ctx, token, value.OfString("first")) }()
		synctest.Wait()
		go func() { second <- b.Succeed(b.ctx, token, value.OfString("second")) }()
		synctest.Wait()
		b.advance(time.Hour)
		b.wantStatus(free, machine.Succeeded)
		if _, err := b.Stop(b.ctx, stopped, nil); err != nil {
			t.Fatal(err)
		}
		b.wantStatus(stopped, machine.Aborted)
		for _, arn := range []string{waits, answered} {
			if v := b.view(arn); v.Status != machine.Running {
				t.Errorf("%s is held, and %v", arn, v.Status)
			}
		}
		if len(first)+len(second) != 0 {
			t.Error("answered before the release")
		}
		for _, h := range holds[:3] {
			h.Release()
		}
		if v := b.wantStatus(answered, machine.Succeeded); v.Output.Text() != "first" {
			t.Errorf("the output is %v", v.Output)
		}
		if first, second := <-first, <-second; first != nil || second != ErrStale {
			t.Errorf("the answers are %v and %v", first, second)
		}
		if v := b.view(waits); v.Status != machine.Running {
			t.Errorf("another hold keeps it, and it is %v", v.Status)
		}
		holds[3].Release()
		b.wantStatus(waits, machine.Succeeded)
		b.wantEmpty()
	})
}

// A filter selects the executions of a state machine, the children of a Map Run
// by their label.
func TestHoldOfAMachine(t *testing.T) {
	b := newBench(t, Config{})
	h := b.Hold(Filter{Machine: "arn:aws:states:us-east-1:123456789012:stateMachine:m/items"})
	other := b.start("pass", "other")
	b.wantStatus(other, machine.Succeeded)
	arn := b.startMap("map pass", `[1, 2]`)
	if err := b.Settle(b.ctx); err != nil {
		t.Fatal(err)
	}
	if r := b.onlyRun(arn); r.Executions.Running != 2 {
		t.Errorf("the children are %+v", r.Executions)
	}
	h.Release()
	b.wantStatus(arn, machine.Succeeded)
	b.wantEmpty()
}

// Executions are held and released while they run: none is lost.
func TestHoldsHammer(t *testing.T) {
	b := newBench(t, Config{})
	var arns []string
	for i := range 50 {
		r := request("loop", fmt.Sprint(i), `{}`)
		if i%2 == 0 {
			r = request("long", fmt.Sprint(i), `{}`)
		}
		if _, err := b.Start(b.ctx, r); err != nil {
			t.Fatal(err)
		}
		arns = append(arns, r.Start.ARN)
		h := b.Hold(Filter{Execution: arns[i/2]})
		g := b.Hold(Filter{})
		b.Step(arns[i])
		h.Release()
		g.Release()
	}
	for i, arn := range arns {
		b.wantStatus(arn, []machine.Status{machine.Succeeded, machine.Failed}[i%2])
	}
	b.wantEmpty()
	if n := b.holds.n.Load(); n != 0 {
		t.Errorf("%d holds are left", n)
	}
}

// Observers see the events that their filter selects, also while they come and
// go, and nothing is read for nobody.
func TestObservers(t *testing.T) {
	b := newBench(t, Config{})
	var one, all []string
	arn := request("three passes", "x", `{}`).Start.ARN
	stopOne := b.Observe(Filter{Execution: arn}, func(x *machine.Start, ev *machine.Event) { one = append(one, fmt.Sprint(x.Name, ev.ID)) })
	stopAll := b.Observe(Filter{}, func(x *machine.Start, ev *machine.Event) { all = append(all, fmt.Sprint(x.Name, ev.ID)) })
	b.start("three passes", "x")
	b.wantStatus(arn, machine.Succeeded)
	stopOne()
	b.wantStatus(b.start("pass", "y"), machine.Succeeded)
	stopAll()
	b.wantStatus(b.start("pass", "z"), machine.Succeeded)
	want := []string{"x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8"}
	if !slices.Equal(one, want) || !slices.Equal(all, append(want, "y1", "y2", "y3", "y4")) || b.observed.any() {
		t.Errorf("one saw %v, the other %v", one, all)
	}
}
