package engine

import (
	"context"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// An execution that cannot go on after a restart stands: all that has happened
// is shown, nobody is called as if it had ended, and it can be stopped.
func TestStandingExecution(t *testing.T) {
	store, clock := journal.NewMemory(), NewVirtualClock(time.UnixMilli(1_000_000))
	first := newBench(t, Config{Store: store, Clock: clock})
	r := request("two waits", "gone", `{}`)
	r.Revision = "gone" // the next engine has no such definition
	if _, err := first.Start(first.ctx, r); err != nil {
		t.Fatal(err)
	}
	if err := first.Advance(first.ctx, time.Minute); err != nil {
		t.Fatal(err)
	}
	want := first.view(r.Start.ARN)
	if want.Events != 4 {
		t.Fatalf("%d events before the restart, want 4", want.Events)
	}
	first.stopAll() // as good as killed

	second := newBench(t, Config{Store: store, Clock: clock})
	if got := second.view(r.Start.ARN); got.Status != machine.Running || got.Events != want.Events || got.records != want.records || got.Revision != "gone" {
		t.Errorf("it stands as %+v, want %+v", got, want)
	}
	if err := second.OnEnd(r.Start.ARN, func(v View) { t.Errorf("it is said to have ended as %v", v.Status) }); err == nil {
		t.Error("somebody waits for its end")
	}
	if _, err := second.Stop(second.ctx, r.Start.ARN, machine.NewFailure("Enough", "")); err != nil {
		t.Fatal(err)
	}
	v := second.wantStatus(r.Start.ARN, machine.Aborted)
	if v.Events != 5 || v.Failure.Name.Text() != "Enough" || v.Stopped != clock.Now() {
		t.Errorf("stopped as %+v", v)
	}
	told := false
	if err := second.OnEnd(r.Start.ARN, func(v View) { told = v.Status == machine.Aborted }); err != nil || !told {
		t.Errorf("its end is not told: %v", err)
	}
}

// Not even a panic while the execution is ended for a panic harms others.
func TestPanicOfABrokenExpressExecution(t *testing.T) {
	b := newBench(t, Config{})
	r := request("wait", "x", `{}`)
	r.Start.Express = true
	if _, err := b.Start(b.ctx, r); err != nil {
		t.Fatal(err)
	}
	x := b.find(r.Start.ARN)
	x.turn.Lock()
	x.resident.machine = nil // there is neither a machine nor a journal
	x.turn.Unlock()
	if err := b.Advance(b.ctx, time.Hour); err != nil {
		t.Fatal(err)
	}
	if !x.in(over) {
		t.Error("the execution is not given up")
	}
	b.wantEmpty()
	b.wantStatus(b.start("pass", "other"), machine.Succeeded)
}

// An unreadable store refuses to find executions on demand.
type unreadableStore struct {
	*journal.Memory
	refuses bool
}

func (s *unreadableStore) Execution(arn string) (journal.Execution, error) {
	if s.refuses {
		return journal.Execution{}, errFull
	}
	return s.Memory.Execution(arn)
}

// A token is unknown when there is no such execution, not when nobody can tell.
func TestTokensOfExecutionsThatHaveEnded(t *testing.T) {
	tokens := make(chan string, 1)
	store := &unreadableStore{Memory: journal.NewMemory()}
	b := newBench(t, Config{Store: store, Tasks: runner(func(_ context.Context, c *task.Call) (value.Value, error) {
		tokens <- c.Input.Get("token").Text()
		return value.True, nil
	})})
	arn := b.start("token", "x")
	token := <-tokens
	if _, err := b.Stop(b.ctx, arn, nil); err != nil {
		t.Fatal(err)
	}
	if err := b.CheckToken(token); err != ErrStale {
		t.Errorf("got %v, want %v", err, ErrStale)
	}
	store.refuses = true
	if err := b.CheckToken(token); err != errFull {
		t.Errorf("got %v, want %v", err, errFull)
	}
	store.refuses = false
	elsewhere := newBench(t, Config{})
	for _, unknown := range []string{token, "", "nonsense"} {
		if err := elsewhere.CheckToken(unknown); err != ErrUnknownToken {
			t.Errorf("%q: got %v, want %v", unknown, err, ErrUnknownToken)
		}
	}
}
