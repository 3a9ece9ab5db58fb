package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// A mending runner fails the tasks whose input is odd, or no number, until it is
// mended.
type mending struct{ mended atomic.Bool }

func (m *mending) tasks() task.Runner {
	return runner(func(ctx context.Context, c *task.Call) (value.Value, error) {
		if n, isNumber := c.Input.Int(); !m.mended.Load() && (!isNumber || n%2 == 1) {
			return value.Value{}, &asl.Error{Name: "Bad"}
		}
		return c.Input, nil
	})
}

// wantNotRedrivable checks why an execution was not redriven.
func (b *bench) wantNotRedrivable(err error, reason string) {
	b.Helper()
	if refused, ok := errors.AsType[*NotRedrivableError](err); !ok || refused.Reason != reason {
		b.Errorf("got %v, want that it is not redrivable because %q", err, reason)
	}
}

// A redriven execution goes on where it has failed, as often as it is redriven;
// the same client token has one effect.
func TestRedrive(t *testing.T) {
	var m mending
	store, clock := journal.NewMemory(), NewVirtualClock(time.UnixMilli(1_000_000))
	b := newBench(t, Config{Store: store, Clock: clock, Tasks: m.tasks()})
	arn := b.start("task", "x")
	b.wantStatus(arn, machine.Failed)
	var dates []int64
	for i := range 2 {
		if i == 1 {
			m.mended.Store(true)
		}
		b.advance(time.Minute)
		at, err := b.Redrive(b.ctx, arn, fmt.Sprint("token", i))
		if err != nil || at != clock.Now() {
			t.Fatalf("redriving: %d, %v", at, err)
		}
		dates = append(dates, at)
		b.wantStatus(arn, []machine.Status{machine.Failed, machine.Succeeded}[i])
	}
	v := b.view(arn)
	if v.Redrives != 2 || v.Redriven != dates[1] || v.Failure != nil || v.Output.String() != `{}` || v.Start.Name != "x" {
		t.Errorf("it is %+v", v)
	}
	want := []string{"1<0 1", "2<0 10", "3<2 20", "4<3 21", "5<4 24", "6<5 3", "7<0 6", "8<7 20", "9<8 21", "10<9 24", "11<10 3", "12<0 6", "13<12 20", "14<13 21", "15<14 23", "16<15 11", "17<16 2"}
	if got := b.events(arn); !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	rows, _, err := b.List(journal.Query{Limit: 1})
	if err != nil || rows[0].Redrives != 2 || rows[0].Redriven != dates[1] {
		t.Errorf("it is listed as %+v, %v", rows, err)
	}
	b.stopAll()

	b = newBench(t, Config{Store: store, Clock: clock})
	if again := b.view(arn); again.Redrives != 2 || again.Redriven != dates[1] || again.Status != machine.Succeeded || again.Events != v.Events {
		t.Errorf("after a restart it is %+v", again)
	}
	for i, want := range dates {
		if at, err := b.Redrive(b.ctx, arn, fmt.Sprint("token", i)); err != nil || at != want {
			t.Errorf("the same token again: %d, %v, want %d", at, err, want)
		}
	}
	for _, token := range []string{"", "other"} {
		_, err := b.Redrive(b.ctx, arn, token)
		b.wantNotRedrivable(err, "Execution is SUCCEEDED and cannot be redriven")
	}
	b.advance(15 * time.Minute)
	_, err = b.Redrive(b.ctx, arn, "token0")
	b.wantNotRedrivable(err, "Execution is SUCCEEDED and cannot be redriven")
	if _, err := b.Redrive(b.ctx, arn+"x", ""); err != ErrNotFound {
		t.Errorf("one that is not there: %v", err)
	}
}

// The reasons are the service's.
func TestRedriveStatus(t *testing.T) {
	const day = 24 * 60 * 60 * 1000
	for _, c := range []struct {
		view   View
		now    int64
		status RedriveStatus
		reason string
	}{
		{View{Status: machine.Running}, 0, NotRedrivable, "Execution is RUNNING and cannot be redriven"},
		{View{Status: machine.Succeeded}, 0, NotRedrivable, "Execution is SUCCEEDED and cannot be redriven"},
		{View{Status: machine.Failed, Events: machine.MaxEvents - 2}, 14*day - 1, Redrivable, ""},
		{View{Status: machine.TimedOut}, 0, Redrivable, ""},
		{View{Status: machine.Aborted}, 0, Redrivable, ""},
		{View{Status: machine.Failed, Start: &machine.Start{MapRun: "arn"}}, 0, RedrivableByMapRun, ""},
		{View{Status: machine.Failed, Events: machine.MaxEvents - 1}, 0, NotRedrivable, "Execution history event limit exceeded"},
		{View{Status: machine.Failed}, 14 * day, NotRedrivable, "Execution redrivable period exceeded"},
		{View{Status: machine.Failed, Stopped: 365 * day}, 365 * day, NotRedrivable, "Execution has exceeded the max execution time"},
	} {
		if c.view.Start == nil {
			c.view.Start = &machine.Start{}
		}
		if status, reason := c.view.RedriveStatus(c.now); status != c.status || reason != c.reason {
			t.Errorf("%+v: got %s, %q, want %s, %q", c.view, status, reason, c.status, c.reason)
		}
	}
}

// Many redrive one execution at once: one of them does it, and those with its
// token get its answer.
func TestRedrivesAtOnce(t *testing.T) {
	var m mending
	b := newBench(t, Config{Tasks: m.tasks()})
	for round, sameToken := range []bool{true, false} {
		arn := b.start("task", fmt.Sprint(round))
		b.wantStatus(arn, machine.Failed)
		m.mended.Store(true)
		var group sync.WaitGroup
		var done atomic.Int64
		for i := range 16 {
			token := "same"
			if !sameToken {
				token = fmt.Sprint(i)
			}
			group.Go(func() {
				at, err := b.Redrive(b.ctx, arn, token)
				if err == nil && at == b.clock.Now() {
					done.Add(1)
				} else if _, refused := errors.AsType[*NotRedrivableError](err); !refused {
					t.Errorf("redriving: %d, %v", at, err)
				}
			})
		}
		group.Wait()
		if n := done.Load(); sameToken && n != 16 || !sameToken && n != 1 {
			t.Errorf("with the same token: %v: %d have redriven it", sameToken, n)
		}
		if v := b.wantStatus(arn, machine.Succeeded); v.Redrives != 1 {
			t.Errorf("it was redriven %d times", v.Redrives)
		}
		m.mended.Store(false)
	}
	b.wantEmpty()
}

// The children of a Map Run are redriven with their parent: those that have
// failed, from where they have, and no others.
func TestRedriveOfAMapRun(t *testing.T) {
	for _, definition := range []string{"map task wide", "map task express"} {
		for _, restart := range []bool{false, true} {
			var m mending
			store, clock := journal.NewMemory(), NewVirtualClock(time.UnixMilli(1_000_000))
			b := newBench(t, Config{Store: store, Clock: clock, Tasks: m.tasks()})
			arn := b.startMap(definition, `[0, 1, 2, 3, 4, 5]`)
			b.wantStatus(arn, machine.Failed)
			before := b.onlyRun(arn)
			if before.Status != machine.Failed || before.Executions.Failed != 3 {
				t.Fatalf("the run is %+v", before)
			}
			ended := make(map[string]machine.Status) // the children
			for _, row := range b.children(before.ARN) {
				if row.Status == machine.Failed && !before.Express {
					_, err := b.Redrive(b.ctx, row.ARN, "")
					b.wantNotRedrivable(err, childNotRedrivable)
				}
				ended[row.ARN] = row.Status
			}
			m.mended.Store(true)
			b.advance(time.Minute)
			if restart { // between the redrive and what it leads to
				h := b.Hold(Filter{Machine: before.MachineARN()})
				if _, err := b.Redrive(b.ctx, arn, "t"); err != nil {
					t.Fatal(err)
				}
				if err := b.Settle(b.ctx); err != nil {
					t.Fatal(err)
				}
				b.stopAll()
				h.Release()
				b = newBench(t, Config{Store: store, Clock: clock, Tasks: m.tasks()})
			}
			if _, err := b.Redrive(b.ctx, arn, "t"); err != nil {
				t.Fatal(err)
			}
			if v := b.wantStatus(arn, machine.Succeeded); v.Output.String() != `[0,1,2,3,4,5]` || v.Redrives != 1 {
				t.Errorf("%s: it is %+v", definition, v)
			}
			r := b.onlyRun(arn)
			if r.ARN != before.ARN || r.Status != machine.Succeeded || r.Redrives != 1 || r.Redriven != clock.Now() || r.Executions.Succeeded != 6 || r.Executions.Failed != 0 {
				t.Errorf("%s: the run is %+v", definition, r)
			}
			for _, row := range b.children(r.ARN) {
				was, known := ended[row.ARN]
				redriven := known && (was == machine.Failed || was == machine.Aborted)
				kept := !known || was == machine.Succeeded // one that still ran may be stopped, or succeed before that
				if redriven && r.Express {                 // another execution has taken its place
					if row.Status != was || row.Redrives != 0 {
						t.Errorf("%s: the child %s was %v, is %v, redriven %d times", definition, row.ARN, was, row.Status, row.Redrives)
					}
					continue
				}
				if row.Status != machine.Succeeded || redriven && row.Redrives != 1 || kept && row.Redrives != 0 {
					t.Errorf("%s: the child %s was %v, is %v, redriven %d times", definition, row.ARN, was, row.Status, row.Redrives)
				}
			}
			b.wantEmpty()
		}
	}
}

// A recordingStore keeps what is written.
type recordingStore struct {
	*journal.Memory
	mu     sync.Mutex
	writes []journal.Write
}

func (s *recordingStore) Commit(w journal.Write, done func(error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes = append(s.writes, w)
	s.Memory.Commit(w, done)
}

// Wherever the process ends in a redrive of a Map Run, the next one goes on:
// nothing is lost, redriven twice, or stuck.
func TestRedriveOfAMapRunIsCut(t *testing.T) {
	for _, definition := range []string{"map task wide", "map task express"} {
		var m mending
		store, clock := &recordingStore{Memory: journal.NewMemory()}, NewVirtualClock(time.UnixMilli(1_000_000))
		b := newBench(t, Config{Store: store, Clock: clock, Tasks: m.tasks()})
		arn := b.startMap(definition, `[0, 1, 2, 3, 4, 5]`)
		b.wantStatus(arn, machine.Failed)
		if err := b.Settle(b.ctx); err != nil {
			t.Fatal(err)
		}
		first := len(store.writes)
		m.mended.Store(true)
		b.advance(time.Minute)
		if _, err := b.Redrive(b.ctx, arn, "t"); err != nil {
			t.Fatal(err)
		}
		b.wantStatus(arn, machine.Succeeded)
		b.stopAll()
		for cut := first; cut <= len(store.writes); cut++ {
			memory := journal.NewMemory()
			for _, w := range store.writes[:cut] {
				memory.Commit(w, nil)
			}
			b := newBench(t, Config{Store: memory, Clock: clock, Tasks: m.tasks()})
			if _, err := b.Redrive(b.ctx, arn, "t"); err != nil {
				t.Fatalf("%s, cut after %d writes: %v", definition, cut, err)
			}
			v := b.wantStatus(arn, machine.Succeeded)
			r := b.onlyRun(arn)
			if want := (machine.MapRunCounts{Succeeded: 6, Total: 6}); v.Output.String() != `[0,1,2,3,4,5]` || v.Redrives != 1 || r.Redrives != 1 || r.Executions != want {
				t.Errorf("%s, cut after %d writes: %+v, the run is %+v", definition, cut, v, r)
			}
			succeeded := 0
			for _, row := range b.children(r.ARN) {
				if row.Status == machine.Succeeded && row.Redrives <= 1 {
					succeeded++
				} else if !r.Express { // an Express child stays as it is: a redrive starts another
					t.Errorf("%s, cut after %d writes: a child is %+v", definition, cut, row)
				}
			}
			if succeeded != 6 {
				t.Errorf("%s, cut after %d writes: %d children have succeeded, want 6", definition, cut, succeeded)
			}
			b.wantEmpty()
			b.stopAll()
		}
	}
}

// A client token is known for the next nine redrives.
func TestRedriveTokensThatAreRemembered(t *testing.T) {
	var m mending
	b := newBench(t, Config{Tasks: m.tasks()})
	arn := b.start("task", "x")
	b.wantStatus(arn, machine.Failed)
	redrive := func(i, want int) {
		t.Helper()
		if _, err := b.Redrive(b.ctx, arn, fmt.Sprint("token", i)); err != nil {
			t.Fatal(err)
		}
		if v := b.wantStatus(arn, machine.Failed); v.Redrives != want {
			t.Errorf("token%d: it was redriven %d times, want %d", i, v.Redrives, want)
		}
	}
	for i := range mostRedriveTokens + 1 {
		redrive(i, i+1)
	}
	redrive(1, mostRedriveTokens+1)
	redrive(0, mostRedriveTokens+2)
}

// An execution is redriven as soon as it is shown as ended, though its entry may still
// be there.
func TestRedriveOfAnExecutionThatIsLeaving(t *testing.T) {
	var m mending
	b := newBench(t, Config{Tasks: m.tasks()})
	var once sync.Once
	var failed error
	var redriven atomic.Bool
	done := make(chan struct{})
	b.Observe(Filter{}, func(start *machine.Start, ev *machine.Event) {
		if ev.Type != machine.ExecutionFailed {
			return
		}
		once.Do(func() { // the end is durable, and the entry waits for this function
			x := b.find(start.ARN)
			m.mended.Store(true)
			go func() {
				_, failed = b.Redrive(b.ctx, start.ARN, "")
				redriven.Store(true)
				close(done)
			}()
			for waits := false; !waits && !redriven.Load(); runtime.Gosched() {
				x.mu.Lock()
				waits = x.resident.changed != nil
				x.mu.Unlock()
			}
		})
	})
	arn := b.start("task", "x")
	if <-done; failed != nil {
		t.Fatal(failed)
	}
	b.wantStatus(arn, machine.Succeeded)
	b.wantEmpty()
}

// A child that has not been stopped yet when its run is redriven is stopped
// first: it ends in the first run, and goes on in the second.
func TestRedriveBeforeTheChildrenAreStopped(t *testing.T) {
	b := newBench(t, Config{Clock: NewVirtualClock(time.UnixMilli(1_000_000))})
	arn := b.startMap("map wait", `[7]`)
	b.advance(time.Second)
	run := b.onlyRun(arn)
	child := b.find(b.children(run.ARN)[0].ARN)
	watchers := func() int {
		b.watchers.mu.Lock()
		defer b.watchers.mu.Unlock()
		return len(b.watchers.of[child.id])
	}
	before := watchers()
	child.turn.Lock() // it cannot be stopped
	if _, err := b.Stop(b.ctx, arn, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Redrive(b.ctx, arn, ""); err != nil {
		t.Fatal(err)
	}
	for watchers() == before { // until the run waits for its child
		runtime.Gosched()
	}
	child.turn.Unlock()
	b.advance(2 * time.Minute)
	if v := b.wantStatus(arn, machine.Succeeded); v.Output.String() != `[7]` {
		t.Errorf("the output is %s", v.Output)
	}
	if rows := b.children(run.ARN); len(rows) != 1 || rows[0].Status != machine.Succeeded || rows[0].Redrives != 1 {
		t.Errorf("the children are %+v", rows)
	}
	b.wantEmpty()
}

func init() {
	wide := mapMachine(taskItem, `"ToleratedFailurePercentage": 49, `)
	definitions["map task wide"], definitions["map task express"] = wide, strings.Replace(wide, `"STANDARD"`, `"EXPRESS"`, 1)
}

// A redrive that cannot be written has not happened, and can be made again.
func TestRedriveBesideAFailure(t *testing.T) {
	var m mending
	store := &failingStore{Memory: journal.NewMemory()}
	b := newBench(t, Config{Store: store, Tasks: m.tasks()})
	arn := b.start("task", "x")
	b.wantStatus(arn, machine.Failed)
	m.mended.Store(true)
	store.fails.Store(true)
	for range 2 {
		_, err := b.Redrive(b.ctx, arn, "t")
		b.wantUnavailable(err)
		if v := b.view(arn); v.Status != machine.Failed || v.Redrives != 0 {
			t.Errorf("meanwhile it is %+v", v)
		}
	}
	store.fails.Store(false)
	if _, err := b.Redrive(b.ctx, arn, "t"); err != nil {
		t.Fatal(err)
	}
	b.wantStatus(arn, machine.Succeeded)
	b.wantEmpty()
}
