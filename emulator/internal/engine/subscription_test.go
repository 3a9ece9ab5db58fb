package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/journal"
)

// read returns the numbers of the next n events.
func (b *bench) read(s *Subscription, n int) (ids []int64) {
	b.Helper()
	for range n {
		h, err := s.Next(b.ctx)
		if err != nil {
			b.Fatalf("after %v: %v", ids, err)
		}
		if h.Execution == "" || h.Machine == "" {
			b.Fatalf("event %d is of %q, %q", h.Event.ID, h.Execution, h.Machine)
		}
		ids = append(ids, h.Event.ID)
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
	if h, ok, err := s.take(); ok || err != nil {
		b.Errorf("there is the event %d, or %v", h.Event.ID, err)
	}
}

// A subscription to an execution delivers its events from any position on,
// whenever it was made and however much has happened meanwhile.
func TestSubscriptionResumes(t *testing.T) {
	for _, c := range []struct {
		definition string
		last       int64
	}{{"three passes", 8}, {"two waits", 6}, {"long", 804}, {"loop", machine.MaxEvents}} {
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
