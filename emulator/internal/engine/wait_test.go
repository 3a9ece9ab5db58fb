package engine

import (
	"context"
	"errors"
	"iter"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// A hookedStore calls hooks when it is asked for an execution or its batches.
type hookedStore struct {
	*journal.Memory
	execution, batches func()
}

func (s *hookedStore) Execution(arn string) (journal.Execution, error) {
	if hook := s.execution; hook != nil {
		s.execution = nil
		hook()
	}
	return s.Memory.Execution(arn)
}

func (s *hookedStore) Batches(execution, from int64) iter.Seq2[journal.Batch, error] {
	if hook := s.batches; hook != nil {
		s.batches = nil
		hook()
	}
	return s.Memory.Batches(execution, from)
}

// Who begins to wait while a name is looked up that turns out to be taken gets
// the end of the execution that has it.
func TestWaitBesideAStartOfATakenName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &hookedStore{Memory: journal.NewMemory()}
		b := newBench(t, Config{Store: store})
		arn := b.start("pass", "x")
		b.wantStatus(arn, machine.Succeeded)
		ended := make(chan error, 1)
		store.execution = func() {
			go func() {
				v, err := b.Wait(b.ctx, arn)
				if err == nil && v.Status != machine.Succeeded {
					err = errors.New(v.Status.String())
				}
				ended <- err
			}()
			synctest.Wait()
		}
		if _, err := b.Start(b.ctx, request("wait", "x", `{}`)); err != ErrExists {
			t.Errorf("starting: %v, want %v", err, ErrExists)
		}
		synctest.Wait()
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
		default:
			t.Error("the end is not told")
		}
		b.wantEmpty()
	})
}

// While an execution that only the journal has is taken up, it looks as before.
// Its timers and tasks go on.
func TestTakingUpAStandingExecution(t *testing.T) {
	store, clock := &hookedStore{Memory: journal.NewMemory()}, NewVirtualClock(time.UnixMilli(1_000_000))
	tokens := make(chan string, 2)
	tasks := runner(func(_ context.Context, c *task.Call) (value.Value, error) {
		tokens <- c.Input.Get("token").Text()
		return value.True, nil
	})
	r := request("token", "x", `{}`)
	r.Revision = "back soon"
	first := newBench(t, Config{Store: store, Clock: clock, Tasks: tasks})
	if _, err := first.Start(first.ctx, r); err != nil {
		t.Fatal(err)
	}
	token := <-tokens
	if err := first.Settle(first.ctx); err != nil {
		t.Fatal(err)
	}
	want := first.view(r.Start.ARN)
	first.stopAll() // as good as killed

	second := newBench(t, Config{Store: store, Clock: clock, Tasks: tasks})
	second.config.Program = func(revision string) (*machine.Program, error) { return programs("token") }
	store.batches = func() {
		if got := second.view(r.Start.ARN); got.Started != want.Started || got.Events != want.Events || got.Status != machine.Running {
			t.Errorf("it looks like %+v, want %+v", got, want)
		}
	}
	if err := second.Succeed(second.ctx, token, value.True); err != nil {
		t.Fatal(err)
	}
	second.wantStatus(r.Start.ARN, machine.Succeeded)
	second.wantEmpty()
}

// What an execution asks for that is given up before that is durable is asked of
// nobody.
func TestGivenUpWithABatchOnItsWay(t *testing.T) {
	store := &gatedStore{Memory: journal.NewMemory()}
	b := newBench(t, Config{Store: store})
	arn := b.start("two waits", "x")
	x := b.find(arn)
	store.setShut(true)
	b.virtual.moveTo(b.virtual.Now() + 5000)
	b.fireNext(b.virtual.Now())
	b.giveUp(x, errFull)
	store.setShut(false)
	b.wantEmpty()
}

// An execution that is suspended while its end is on the way to the journal is not
// restored.
func TestSuspendedWithItsEndOnItsWay(t *testing.T) {
	store := &gatedStore{Memory: journal.NewMemory()}
	b := newBench(t, Config{Store: store})
	arn := b.start("wait", "x")
	x := b.find(arn)
	store.setShut(true)
	b.fireNext(b.virtual.Now() + 60_000)
	if err := b.suspend(x, errFull); err == nil {
		t.Error("it is not suspended")
	}
	store.setShut(false)
	b.advance(0)
	b.wantStatus(arn, machine.Succeeded)
	b.wantEmpty()
}

// The child of a Map Run that was given up is taken up again with its parent.
func TestChildThatIsGivenUp(t *testing.T) {
	b := newBench(t, Config{})
	arn := b.startMap("map wait", `[1, 2]`)
	if err := b.Settle(b.ctx); err != nil {
		t.Fatal(err)
	}
	b.giveUp(b.find(b.children(b.onlyRun(arn).ARN)[0].ARN), errFull)
	b.advance(0)
	b.advance(time.Hour)
	b.wantStatus(arn, machine.Succeeded)
	b.wantEmpty()
}
