package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/journal"
)

// read returns the numbers of the next n events of the history.
func (b *bench) read(s *Subscription, n int) (ids []int64) {
	b.Helper()
	for len(ids) < n {
		h, err := s.Next(b.ctx)
		if err != nil {
			b.Fatalf("after %v: %v", ids, err)
		}
		if h.Execution == "" || h.Machine == "" || h.Number < h.Event.ID || !h.Path.Known() {
			b.Fatalf("after %v: %+v", ids, h)
		}
		if !h.Event.Type.Private() {
			ids = append(ids, h.Event.ID)
		}
	}
	return ids
}

// sequence is the numbers from the first to the last.
func sequence(first, last int64) (ids []int64) {
	for id := first; id <= last; id++ {
		ids = append(ids, id)
	}
	return ids
}

// wantNothing checks that no event is there.
func (b *bench) wantNothing(s *Subscription) {
	b.Helper()
	for {
		h, ok, err := s.take()
		if err != nil || ok && !h.Event.Type.Private() {
			b.Errorf("there is the event %d, or %v", h.Event.ID, err)
		}
		if !ok {
			return
		}
	}
}

// A subscription to an execution delivers its events from any position on,
// whenever it was made and however much has happened meanwhile.
func TestSubscriptionResumes(t *testing.T) {
	for _, c := range []struct {
		definition string
		last       int64
	}{{"three passes", 8}, {"two waits", 6}, {"long", 804}, {"longer", 2404}} { // the last does not fit into a buffer
		b := newBench(t, Config{})
		arn := request(c.definition, "x", `{}`).Start.ARN
		early, fresh := b.Subscribe(Filter{Execution: arn}, 1), b.Subscribe(Filter{Execution: arn}, 0)
		b.wantNothing(early)
		b.start(c.definition, "x")
		middle := b.Subscribe(Filter{Execution: arn}, 3)
		b.advance(2 * time.Hour)
		if _, err := b.Wait(b.ctx, arn); err != nil {
			t.Fatal(err)
		}
		late, beyond := b.Subscribe(Filter{Execution: arn}, c.last), b.Subscribe(Filter{Execution: arn}, c.last+1)
		for from, s := range map[int64]*Subscription{1: early, 3: middle, c.last: late} {
			if got := b.read(s, int(c.last-from+1)); !slices.Equal(got, sequence(from, c.last)) {
				t.Errorf("%s from %d: got %v", c.definition, from, got)
			}
			if s.Missed() != 0 {
				t.Errorf("%s from %d: %d were missed", c.definition, from, s.Missed())
			}
			b.wantNothing(s)
		}
		if got := b.read(fresh, int(c.last)); !slices.Equal(got, sequence(1, c.last)) {
			t.Errorf("%s: got %v", c.definition, got)
		}
		b.wantNothing(beyond)
		for _, s := range []*Subscription{early, fresh, middle, late, beyond} {
			s.Close()
			s.Close()
			if _, err := s.Next(b.ctx); err != ErrUnsubscribed {
				t.Errorf("after Close: %v", err)
			}
		}
		if b.observed.any() {
			t.Error("somebody looks still")
		}
	}
}

// Readers who come while an execution runs have neither gap nor double.
func TestSubscriptionsHammer(t *testing.T) {
	b := newBench(t, Config{})
	var group sync.WaitGroup
	for i := range 20 {
		arn := request("long", fmt.Sprint(i), `{}`).Start.ARN
		for range 3 {
			group.Go(func() {
				s := b.Subscribe(Filter{Execution: arn}, 1)
				defer s.Close()
				if got := b.read(s, 804); !slices.Equal(got, sequence(1, 804)) {
					t.Errorf("got %v", got)
				}
			})
		}
		group.Go(func() { b.start("long", fmt.Sprint(i)) })
	}
	group.Wait()
	b.wantEmpty()
}

// A subscription to a state machine or to all delivers what fits, and counts the
// rest.
func TestSubscriptionOfASlowReader(t *testing.T) {
	b := newBench(t, Config{})
	all, none := b.Subscribe(Filter{}, 0), b.Subscribe(Filter{Machine: "arn:other"}, 0)
	for i := range 3 {
		b.wantStatus(b.start("long", fmt.Sprint(i)), machine.Succeeded)
	}
	if got := b.read(all, subscriptionBuffer); !slices.Equal(got, append(sequence(1, 804), sequence(1, subscriptionBuffer-804)...)) {
		t.Errorf("got %v", got)
	}
	if want := int64(3*804 - subscriptionBuffer); all.Missed() != want || none.Missed() != 0 {
		t.Errorf("missed %d, want %d", all.Missed(), want)
	}
	b.wantNothing(all)
	b.wantNothing(none)
	b.wantStatus(b.start("pass", "y"), machine.Succeeded)
	if got := b.read(all, 4); !slices.Equal(got, sequence(1, 4)) {
		t.Errorf("got %v", got)
	}
}

// An execution whose journal failed shows each event once.
func TestSubscriptionBesideAFailure(t *testing.T) {
	store := &failingStore{Memory: journal.NewMemory()}
	b := newBench(t, Config{Store: store})
	arn := b.start("two waits", "x")
	s := b.Subscribe(Filter{Execution: arn}, 1)
	store.fails.Store(true)
	b.advance(time.Minute)
	if got := b.read(s, 2); !slices.Equal(got, sequence(1, 2)) {
		t.Errorf("got %v", got)
	}
	b.wantNothing(s)
	store.fails.Store(false)
	b.advance(2 * time.Hour)
	b.wantStatus(arn, machine.Succeeded)
	if got := b.read(s, 4); !slices.Equal(got, sequence(3, 6)) {
		t.Errorf("got %v", got)
	}
	b.wantNothing(s)
}

// Events come with the branch that they have happened in, also to those who join
// later, and the machine's own ones among them.
func TestPathsOfASubscription(t *testing.T) {
	b := newBench(t, Config{})
	early := b.Subscribe(Filter{Machine: "arn:aws:states:us-east-1:123456789012:stateMachine:m"}, 0)
	arn := b.start("two branches", "x")
	late := b.Subscribe(Filter{}, 0)
	b.advance(time.Hour)
	b.wantStatus(arn, machine.Succeeded)
	for s, want := range map[*Subscription]string{
		early: "1 ExecutionStarted, 2 StateEntered, 3 ParallelStateStarted, 4 StateEntered P[0], 5 StateEntered P[1], 6 WaitSet P[0], 7 WaitSet P[1], " +
			"8 TimerFired P[0], 9 StateExited P[0], 10 TimerFired P[1], 11 StateExited P[1], 12 ParallelStateSucceeded, 13 StateExited, 14 ExecutionSucceeded",
		late: "8 TimerFired P[0], 9 StateExited P[0], 10 TimerFired P[1], 11 StateExited P[1], 12 ParallelStateSucceeded, 13 StateExited, 14 ExecutionSucceeded",
	} {
		var got []string
		for range strings.Count(want, ",") + 1 {
			h, err := s.Next(b.ctx)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, strings.TrimSpace(fmt.Sprint(h.Number, " ", h.Event.Type, " ", h.Path)))
		}
		if got := strings.Join(got, ", "); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		b.wantNothing(s)
		if len(s.paths) != 0 {
			t.Errorf("the paths of %d executions are kept", len(s.paths))
		}
	}
}

func init() {
	definitions["two branches"] = `{"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [
		{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 5, "End": true}}},
		{"StartAt": "V", "States": {"V": {"Type": "Wait", "Seconds": 6, "End": true}}}]}}}`
}

// Whoever waits for an event is woken by it, by the end of the context, by Close
// and by the end of the engine.
func TestSubscriptionWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{})
		for _, c := range []struct {
			wake func(s *Subscription, cancel func())
			want error
		}{
			{func(*Subscription, func()) { b.start("pass", "x") }, nil},
			{func(_ *Subscription, cancel func()) { cancel() }, context.Canceled},
			{func(s *Subscription, _ func()) { s.Close() }, ErrUnsubscribed},
			{func(*Subscription, func()) { b.stopAll() }, errClosed},
		} {
			ctx, cancel := context.WithCancel(b.ctx)
			s := b.Subscribe(Filter{}, 0)
			got := make(chan error)
			go func() {
				_, err := s.Next(ctx)
				got <- err
			}()
			synctest.Wait()
			c.wake(s, cancel)
			if err := <-got; !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			cancel()
		}
	})
}
