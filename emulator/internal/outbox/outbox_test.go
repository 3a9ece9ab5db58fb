package outbox

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/value"
)

// What comes faster than it can be sent is dropped and counted; what waits is sent when
// the sender is closed.
func TestSenderIsBounded(t *testing.T) {
	var said bytes.Buffer
	var sent []int
	began, proceed := make(chan struct{}), make(chan struct{})
	s := sender[int]{what: "things", log: slog.New(slog.NewTextHandler(&said, nil))}
	s.send = func(_ context.Context, items []int) {
		if sent == nil {
			close(began)
			<-proceed
		}
		sent = append(sent, items...)
	}
	s.add(1, 1)
	<-began
	s.add(maxWaiting-1, 2)
	s.add(2, 3, 4) // do not fit
	s.add(1, 5)
	close(proceed)
	s.close()
	s.add(1, 6)
	s.close()
	if want := []int{1, 2, 5}; !slices.Equal(sent, want) {
		t.Errorf("sent %v, want %v", sent, want)
	}
	var got []string
	for line := range strings.Lines(said.String()) {
		_, text, _ := strings.Cut(strings.TrimSpace(line), "msg=")
		got = append(got, text)
	}
	want := []string{
		`"things were dropped" count=2 error="more of them come than can be sent"`,
		`"things were dropped" count=1 error="they come too late, after the end of the emulator"`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("said %q, want %q", got, want)
	}
}

// Batches are in the order of time, and no larger than PutLogEvents takes.
func TestBatchesOfLogEvents(t *testing.T) {
	small := func(n int) (events []logEvent) {
		for i := range n {
			events = append(events, logEvent{at: int64(i)})
		}
		return events
	}
	third := strings.Repeat("x", maxLogBatch/3)
	for name, c := range map[string]struct {
		events []logEvent
		want   string // how many are in each batch
	}{
		"one":            {small(1), "[1]"},
		"as many as fit": {small(maxEventsOfBatch), "[10000]"},
		"one more":       {small(maxEventsOfBatch + 1), "[10000 1]"},
		"large ones":     {[]logEvent{{message: third}, {message: third}, {message: third}}, "[2 1]"},
		"almost a day":   {[]logEvent{{at: maxSpanOfBatch - 1}, {at: 0}}, "[2]"},
		"a day":          {[]logEvent{{at: maxSpanOfBatch}, {at: 0}}, "[1 1]"},
		"years apart":    {[]logEvent{{at: 1 << 50}, {at: 0}, {at: 1 << 51}}, "[1 1 1]"},
	} {
		var got []int
		last := int64(0)
		for _, batch := range batches(c.events) {
			got = append(got, len(batch))
			for _, e := range batch {
				if e.at < last {
					t.Errorf("%s: %d comes after %d", name, e.at, last)
				}
				last = e.at
			}
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s: got %v, want %s", name, got, c.want)
		}
	}
}

func TestRejected(t *testing.T) {
	for info, want := range map[string]int{
		`{}`:                             0,
		`{"tooNewLogEventStartIndex":3}`: 2,
		`{"tooOldLogEventEndIndex":2}`:   2,
		`{"expiredLogEventEndIndex":4,"tooOldLogEventEndIndex":2}`:   4,
		`{"expiredLogEventEndIndex":1,"tooNewLogEventStartIndex":4}`: 2,
		`{"expiredLogEventEndIndex":5,"tooNewLogEventStartIndex":0}`: 5,
	} {
		if got := rejected(value.MustParse(info), 5); got != want {
			t.Errorf("%s: got %d, want %d", info, got, want)
		}
	}
}

// BenchmarkNotLogged is what a batch of an execution costs whose state machine logs
// nothing, while others may.
func BenchmarkNotLogged(b *testing.B) {
	l := NewLogs(LogsConfig{Logging: func(string) (value.Value, error) { return value.MustParse(`{"level":"OFF"}`), nil }})
	for b.Loop() {
		if l.Selects("0a1b2c3d-0000-4000-8000-000000000000") {
			b.Fatal("it is logged")
		}
	}
}
