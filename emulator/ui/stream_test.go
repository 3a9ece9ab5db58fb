package ui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/value"
)

// stuck is a browser that does not read: its connection takes the first write, and fails
// the others as a write deadline does.
type stuck struct {
	header http.Header
	begun  chan struct{}
	once   sync.Once
}

func (s *stuck) Header() http.Header                 { return s.header }
func (s *stuck) WriteHeader(int)                     {}
func (s *stuck) Flush()                              {}
func (s *stuck) SetWriteDeadline(at time.Time) error { return nil }

func (s *stuck) Write(b []byte) (int, error) {
	err := errors.New("i/o timeout")
	s.once.Do(func() { err = nil; close(s.begun) })
	return len(b), err
}

// A browser that does not read is let go of, whatever happens meanwhile; what it would have
// got is bounded and counted.
func TestSlowReader(t *testing.T) {
	u := New(Config{})
	s := &stuck{header: make(http.Header), begun: make(chan struct{})}
	over := make(chan struct{})
	go func() {
		defer close(over)
		u.ServeHTTP(s, httptest.NewRequest("GET", "/_ui/stream", nil))
	}()
	<-s.begun
	if !u.Listening() {
		t.Fatal("the stream is not listened to")
	}
	for i := range 10_000 {
		u.Changed(Row{Run: Run{ARN: fmt.Sprint(i)}})
	}
	<-over
	if u.Listening() {
		t.Error("the stream is still listened to")
	}
	u.Changed(Row{}) // nobody is there: nothing is kept
	if len(u.hub.changed) != 0 {
		t.Errorf("%d changes are kept for nobody", len(u.hub.changed))
	}
}

func TestChangesAreBoundedAndCounted(t *testing.T) {
	u := New(Config{})
	s := &stream{come: make(chan struct{}, 1)}
	u.hub.join(s)
	for i := range 1000 {
		u.Changed(Row{Run: Run{ARN: fmt.Sprint(i % 500), Status: "RUNNING"}})
	}
	u.hub.tell()
	u.hub.tell()
	if len(s.rows) != maxChanged || s.missed != 1000-2*maxChanged {
		t.Errorf("%d rows and %d missed, want %d and %d", len(s.rows), s.missed, maxChanged, 1000-2*maxChanged)
	}
	for i := range maxStreams - 1 {
		if !u.hub.join(&stream{}) {
			t.Fatalf("stream %d is refused", i)
		}
	}
	w := httptest.NewRecorder()
	u.ServeHTTP(w, httptest.NewRequest("GET", "/_ui/stream", nil))
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "64 pages") {
		t.Errorf("one stream more: %d %s", w.Code, w.Body)
	}
}

// What has changed shortly before a stream began is told again: the one before it may have
// been closed with it.
func TestStreamAfterAnother(t *testing.T) {
	u := New(Config{})
	u.PendingChanged()
	s, err := u.newStream(httptest.NewRequest("GET", "/_ui/stream", nil))
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.come:
	default:
		t.Fatal("nothing is to be sent")
	}
	var sent bytes.Buffer
	s.collect(&sent)
	if got, want := sent.String(), "event: pending\ndata: {}\n\n"; got != want {
		t.Errorf("sent %q, want %q", got, want)
	}
}

// Events that come faster than they are sent are counted, and the stream keeps none of them;
// when there are fewer again, they are sent.
func TestTooManyEvents(t *testing.T) {
	s := &stream{come: make(chan struct{}, 1)}
	f := &followed{arn: "arn:aws:states:us-east-1:1:execution:m:x", from: 10, after: 10, last: 10, visits: make(map[int]bool), book: &book{definition: parsed("{}")}}
	id := int64(0)
	happen := func(n int, doc value.Value) {
		for range n {
			id++
			s.happened(f, &machine.Event{ID: id, Prev: id - 1, Type: machine.TaskSubmitted, Task: &machine.TaskEvent{}, Doc: doc}, nil)
		}
	}
	large := value.OfString(strings.Repeat("x", 200_000))
	for _, c := range []struct {
		events       int
		doc          value.Value
		sent, missed int64
	}{
		{10, value.True, 0, 0}, // the browser has these
		{3, value.True, 3, 0},
		{maxSent + 500, value.True, 0, maxSent + 500},
		{maxSent, value.True, maxSent, 0},
		{50, large, 0, 50}, // 10 MB
		{1, value.True, 1, 0},
	} {
		happen(c.events, c.doc)
		got := f.collect()
		if int64(len(got.Events)) != c.sent || got.Missed != c.missed || got.Last != max(id, 10) || len(f.events) > 0 {
			t.Errorf("%d events: %d sent, %d missed, last %d; want %d, %d, %d", c.events, len(got.Events), got.Missed, got.Last, c.sent, c.missed, id)
		}
	}
	// A visit that changes between two events is sent without one.
	s.happened(f, &machine.Event{Type: machine.RetrySet, Failure: machine.NewFailure("E", "c")}, nil)
	if got := f.collect(); len(got.Visits) != 1 || len(got.Events) != 0 || got.Missed != 0 {
		t.Errorf("a retry: %+v", got)
	}
}

// BenchmarkHappened is what one event of a followed execution costs its stream, beside
// reading it from the journal.
func BenchmarkHappened(b *testing.B) {
	s := &stream{come: make(chan struct{}, 1)}
	f := &followed{arn: "arn:aws:states:us-east-1:1:execution:m:x", visits: make(map[int]bool), book: &book{definition: parsed("{}")}}
	doc := value.MustParse(`{"some": "data", "of": ["a", "usual", "size"]}`)
	b.ReportAllocs()
	for id := int64(1); b.Loop(); id++ {
		e := machine.Event{ID: id, Prev: id - 1, Type: machine.StateEntered, Kind: "Pass", State: "A", Doc: doc}
		s.happened(f, &e, timeline.Path{})
		if id%1000 == 0 {
			f.collect()
			f.book = &book{definition: f.book.definition}
		}
	}
}

// BenchmarkChanged is what the engine pays for telling of an execution, without and with
// pages.
func BenchmarkChanged(b *testing.B) {
	for _, open := range []int{0, 10} {
		b.Run(fmt.Sprint(open), func(b *testing.B) {
			u := New(Config{})
			ctx, cancel := context.WithCancel(b.Context())
			defer cancel()
			for range open {
				go u.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/_ui/stream", nil))
			}
			for u.hub.n.Load() < int32(open) {
				time.Sleep(time.Millisecond)
			}
			rows := make([]Row, 1000)
			for i := range rows {
				rows[i].ARN = fmt.Sprint(i)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if u.Listening() {
					u.Changed(rows[i%1000])
				}
			}
		})
	}
}
