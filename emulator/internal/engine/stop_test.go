package engine

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// A gatedStore keeps writes to itself while its gate is closed.
type gatedStore struct {
	*journal.Memory
	gate  sync.Mutex
	shut  bool
	later []func()
}

func (s *gatedStore) Commit(w journal.Write, done func(error)) {
	s.gate.Lock()
	defer s.gate.Unlock()
	if s.shut {
		s.later = append(s.later, func() { s.Memory.Commit(w, done) })
		return
	}
	s.Memory.Commit(w, done)
}

func (s *gatedStore) setShut(shut bool) {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.shut = shut
	for _, commit := range s.later {
		commit()
	}
	s.later = nil
}

func init() {
	definitions["long"] = passes(400)
	definitions["longer"] = passes(1200)
}

// passes is a definition of n Pass states and a last one.
func passes(n int) string {
	var states strings.Builder
	for i := range n {
		fmt.Fprintf(&states, `"S%d": {"Type": "Pass", "Next": "S%d"}, `, i, i+1)
	}
	return fmt.Sprintf(`{"StartAt": "S0", "States": {%s"S%d": {"Type": "Pass", "End": true}}}`, states.String(), n)
}

// wantOneEnd checks that the history has one end, as the execution says it.
func (b *bench) wantOneEnd(arn string) View {
	b.Helper()
	v, ends := b.view(arn), 0
	if err := b.History(arn, max(1, v.Events-2), func(ev *machine.Event) bool {
		if ev.Type.Terminal() {
			ends++
		}
		return true
	}); err != nil {
		b.Fatal(err)
	}
	if ends != 1 || v.Status == machine.Running {
		b.Errorf("%s has %d ends and is %v", arn, ends, v.Status)
	}
	return v
}

// Executions are stopped at once while they end by themselves: each ends once,
// and every caller learns when.
func TestStopsBesideEnds(t *testing.T) {
	b := newBench(t, Config{})
	const executions, callers = 300, 24
	var starting, stopping sync.WaitGroup
	arns := make(chan string, executions)
	for range callers {
		stopping.Go(func() {
			for arn := range arns {
				at, err := b.Stop(b.ctx, arn, nil)
				if v := b.wantOneEnd(arn); err != nil || at != v.Stopped {
					t.Errorf("stopping: %d, %v, want %d", at, err, v.Stopped)
				}
			}
		})
	}
	for i := range 4 {
		starting.Go(func() {
			for n := range executions / 4 {
				arns <- b.start("long", fmt.Sprint(i, "-", n))
			}
		})
	}
	starting.Wait()
	close(arns)
	stopping.Wait()
	b.wantEmpty()
}

// Whoever stops an execution that is ending waits until that is durable, and
// gets the date of the one end.
func TestStopsWaitForTheEnd(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(b *bench, arn string)
		want machine.Status
	}{
		{"a timer", func(b *bench, _ string) { b.fireNext(b.timers.next()) }, machine.Succeeded},
		{"another stop", func(b *bench, arn string) {
			b.deliver(b.find(arn), delivery{Stimulus: machine.Stimulus{Kind: machine.Stopped}})
		}, machine.Aborted},
	} {
		synctest.Test(t, func(t *testing.T) {
			store := &gatedStore{Memory: journal.NewMemory()}
			b := newBench(t, Config{Store: store})
			arn := b.start("wait", "x")
			store.setShut(true)
			c.end(b, arn)
			type answer struct {
				at  int64
				err error
			}
			answers := make(chan answer)
			for range 16 {
				go func() {
					at, err := b.Stop(b.ctx, arn, nil)
					answers <- answer{at, err}
				}()
			}
			synctest.Wait()
			select {
			case a := <-answers:
				t.Errorf("answered %+v before the end was durable", a)
			default:
			}
			store.setShut(false)
			for range 16 {
				if a := <-answers; a.err != nil || a.at != b.clock.Now() {
					t.Errorf("got %+v, want the time of the end", a)
				}
			}
			if v := b.wantOneEnd(arn); v.Status != c.want {
				t.Errorf("ended by %s, it is %v, want %v", c.name, v.Status, c.want)
			}
			b.wantEmpty()
		})
	}
}

// A task that fails at once beside StopExecution.
func TestStopBesideAFailingTask(t *testing.T) {
	b := newBench(t, Config{Tasks: runner(func(context.Context, *task.Call) (value.Value, error) {
		return value.Value{}, &asl.Error{Name: "Bad"}
	})})
	var group sync.WaitGroup
	for i := range 900 {
		group.Go(func() {
			arn := b.start("task", fmt.Sprint(i))
			at, err := b.Stop(b.ctx, arn, nil)
			if v := b.wantOneEnd(arn); err != nil || at != v.Stopped {
				t.Errorf("stopping: %d, %v, want %d", at, err, v.Stopped)
			}
		})
	}
	group.Wait()
	b.wantEmpty()
}

// An answer to a token that is over waits until that is durable.
func TestRefusalsAreDurable(t *testing.T) { synctest.Test(t, testRefusalsAreDurable) }

func testRefusalsAreDurable(t *testing.T) {
	tokens := make(chan string, 1)
	store := &gatedStore{Memory: journal.NewMemory()}
	b := newBench(t, Config{Store: store, Tasks: runner(func(_ context.Context, c *task.Call) (value.Value, error) {
		tokens <- c.Input.Get("token").Text()
		return value.True, nil
	})})
	arn := b.start("token", "x")
	token := <-tokens
	if err := b.Settle(b.ctx); err != nil {
		t.Fatal(err)
	}
	store.setShut(true)
	answers := make(chan error)
	for range 2 {
		go func() { answers <- b.Succeed(b.ctx, token, value.True) }()
	}
	synctest.Wait()
	select {
	case err := <-answers:
		t.Errorf("answered %v before anything was durable", err)
	default:
	}
	store.setShut(false)
	if first, second := <-answers, <-answers; (first == nil) == (second == nil) || first != nil && first != ErrStale || second != nil && second != ErrStale {
		t.Errorf("got %v and %v, want one success and %v", first, second, ErrStale)
	}
	b.wantStatus(arn, machine.Succeeded)
	b.wantEmpty()
}

// An execution whose program is lost can be stopped, by many at once, too.
func TestStopWithoutAProgram(t *testing.T) {
	store, clock := journal.NewMemory(), NewVirtualClock(time.UnixMilli(1_000_000))
	first := newBench(t, Config{Store: store, Clock: clock})
	r := request("wait", "gone", `{}`)
	r.Revision = "gone"
	if _, err := first.Start(first.ctx, r); err != nil {
		t.Fatal(err)
	}
	first.stopAll() // as good as killed
	b := newBench(t, Config{Store: store, Clock: clock})
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			if at, err := b.Stop(b.ctx, r.Start.ARN, nil); err != nil || at != clock.Now() {
				t.Errorf("stopping: %d, %v", at, err)
			}
		})
	}
	group.Wait()
	if v := b.wantOneEnd(r.Start.ARN); v.Status != machine.Aborted || v.Events != 3 {
		t.Errorf("it is %v with %d events", v.Status, v.Events)
	}
	b.wantEmpty()
}
