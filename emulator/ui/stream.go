package ui

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/value"
)

// This file has the stream of server-sent events, of which a browser opens one.
//
//	event: executions   data: ExecutionsChanged   executions that began, ended, or were redriven
//	event: events       data: EventsHappened      of a followed execution
//	event: machines     data: {}                  state machines or problems have changed: ask again
//	event: pending      data: {}                  what is pending may have changed: ask again
//	event: debug        data: {}                  the debugger has stopped something, or let it go: ask again
//	event: mocks        data: {}                  pins or faults have changed: ask again
//
// Changes are gathered for a moment and sent together. An id has the number of the
// last event of each followed execution, in the order of the parameters ("17,240"):
// who connects again sends it as Last-Event-ID, as browsers do by themselves, or as
// the parameter after, and gets what has happened since. Without either, events are
// sent from now on. An execution that is not known is followed when it begins.
//
// Nothing here keeps the engine waiting. It tells of executions by Changed, which puts
// them into a map of bounded size; events come from subscriptions, which read at their
// own pace. What a stream cannot hold is counted, and a browser that does not read is
// let go of.

// ExecutionsChanged are executions as they stand now.
type ExecutionsChanged struct {
	Executions []Row `json:"executions"` // 200 at most
	Missed     int   `json:"missed"`     // how many more changes there were: ask for the list again
}

// EventsHappened are events of a followed execution, and the visits that they have
// changed.
type EventsHappened struct {
	ARN    string  `json:"arn"`
	Last   int64   `json:"last"`   // id of the last event that has happened
	Events []Event `json:"events"` // up to Last without a gap, or none if there were too many
	Visits []Visit `json:"visits"` // as they stand now, in no order; none if there were too many. They may change without an event: when a retry is set
	Missed int64   `json:"missed"` // how many events were left out: ask for history and visits again
	Ended  string  `json:"ended"`  // status of the execution, if it has ended with these events; "" if not
}

// The limits of a stream.
const (
	maxStreams   = 64
	maxFollowed  = 16
	maxChanged   = 200             // executions that are sent together
	maxSent      = 1000            // events, and visits, that are sent together
	maxSentBytes = 4 << 20         // of the details of events
	overlap      = 5 * time.Second // topics that have changed as long before a stream are told again: the one before it may not have
	gather       = 100 * time.Millisecond
	keepAlive    = 15 * time.Second
	writeTimeout = 10 * time.Second
	remotePoll   = 2 * time.Second
)

// A topic is something of which streams are only told that it has changed.
type topic int

const (
	topicMachines topic = iota
	topicPending
	topicDebug
	topicMocks
	topics
)

var topicNames = [topics]string{"machines", "pending", "debug", "mocks"}

// hub tells the open streams what happens.
type hub struct {
	n       atomic.Int32         // of the streams
	changes [topics]atomic.Int64 // when a topic has changed last, in Unix nanoseconds
	mu      sync.Mutex
	streams map[*stream]struct{}
	changed map[string]Row // by ARN, since the streams were told last
	missed  int
	telling bool
}

// Listening reports whether a stream is open, so that Changed has an effect.
func (u *UI) Listening() bool { return u.hub.n.Load() > 0 }

// Changed tells the streams of an execution that has begun, ended, or was redriven. It does
// not block.
func (u *UI) Changed(row Row) {
	h := &u.hub
	if h.n.Load() == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, known := h.changed[row.ARN]; !known && len(h.changed) >= maxChanged {
		h.missed++
	} else {
		if h.changed == nil {
			h.changed = make(map[string]Row)
		}
		h.changed[row.ARN] = row
	}
	h.wake()
}

// MachinesChanged tells the streams that state machines, or the problems with their files,
// have changed.
func (u *UI) MachinesChanged() { u.hub.touch(topicMachines) }

// PendingChanged tells the streams that what is pending may have changed.
func (u *UI) PendingChanged() { u.hub.touch(topicPending) }

func (h *hub) touch(t topic) {
	h.changes[t].Store(time.Now().UnixNano())
	if h.n.Load() == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.wake()
}

// touched is when a topic has changed last.
func (h *hub) touched(t topic) int64 { return h.changes[t].Load() }

// wake tells the streams in a moment what has changed. The caller holds h.mu.
func (h *hub) wake() {
	if h.telling {
		return
	}
	h.telling = true
	time.AfterFunc(gather, h.tell)
}

// tell gives the streams what has changed.
func (h *hub) tell() {
	h.mu.Lock()
	rows, missed := h.changed, h.missed
	h.changed, h.missed, h.telling = nil, 0, false
	var touched [topics]int64
	for i := range touched {
		touched[i] = h.touched(topic(i))
	}
	streams := make([]*stream, 0, len(h.streams))
	for s := range h.streams {
		streams = append(streams, s)
	}
	h.mu.Unlock()
	for _, s := range streams {
		s.take(rows, missed, touched)
	}
}

// join adds a stream; false if there are too many.
func (h *hub) join(s *stream) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.streams) >= maxStreams {
		return false
	}
	if h.streams == nil {
		h.streams = make(map[*stream]struct{})
	}
	h.streams[s] = struct{}{}
	h.n.Add(1)
	return true
}

func (h *hub) leave(s *stream) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.streams, s)
	if h.n.Add(-1) == 0 {
		h.changed, h.missed = nil, 0
	}
}

// A stream is what is to be sent to one browser.
type stream struct {
	come chan struct{} // something is to be sent; room for one

	mu       sync.Mutex
	rows     map[string]Row
	missed   int
	followed []*followed
	touched  [topics]int64 // when topics have changed last
	sent     [topics]int64 // up to when the browser knows
}

// followed is an execution that a stream follows. The stream's mu guards it.
type followed struct {
	arn     string
	from    int64 // the last event that the browser had when it came
	after   int64 // the last event that the browser has
	book    *book
	events  []Event
	bytes   int          // of their details
	visits  map[int]bool // that have changed
	dropped int64        // events that are not in events, since there were too many
	last    int64
	ended   string
	fresh   bool // something is to be sent
}

// take keeps executions that have changed.
func (s *stream) take(rows map[string]Row, missed int, touched [topics]int64) {
	s.mu.Lock()
	s.touched = touched
	s.missed += missed
	for arn, row := range rows {
		if _, known := s.rows[arn]; !known && len(s.rows) >= maxChanged {
			s.missed++
			continue
		}
		if s.rows == nil {
			s.rows = make(map[string]Row)
		}
		s.rows[arn] = row
	}
	s.mu.Unlock()
	s.wake()
}

func (s *stream) wake() {
	select {
	case s.come <- struct{}{}:
	default:
	}
}

// serveStream answers a request for the stream.
func (u *UI) serveStream(w http.ResponseWriter, r *http.Request) {
	s, err := u.newStream(r)
	if err == nil && !u.hub.join(s) {
		err = Refused(http.StatusServiceUnavailable, fmt.Sprintf("%d pages are open, and no more can be told what happens", maxStreams))
	}
	if err != nil {
		why := u.refusalOf(r, err)
		u.write(w, why.status, Refusal{Code: why.code, Message: why.message})
		return
	}
	defer u.hub.leave(s)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(u.until, cancel)()
	var following sync.WaitGroup
	defer following.Wait()
	defer cancel()
	for _, f := range s.followed {
		following.Go(func() { u.follow(ctx, s, f) })
	}
	if u.own == nil {
		following.Go(func() { u.poll(ctx, s) })
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	s.run(ctx, w)
}

// newStream reads what a stream is to follow.
func (u *UI) newStream(r *http.Request) (*stream, error) {
	if r.Method != http.MethodGet {
		return nil, Refused(http.StatusMethodNotAllowed, "this takes GET")
	}
	query := r.URL.Query()
	for name := range query {
		if name != "follow" && name != "after" {
			return nil, refuse("there is no parameter %q here", name)
		}
	}
	arns := query["follow"]
	if len(arns) > maxFollowed {
		return nil, refuse("follow: expected %d executions at most, got %d", maxFollowed, len(arns))
	}
	after := r.Header.Get("Last-Event-ID")
	if after == "" {
		after = query.Get("after")
	}
	s := &stream{come: make(chan struct{}, 1)}
	known := time.Now().Add(-overlap).UnixNano()
	for i := range s.sent {
		s.sent[i], s.touched[i] = known, u.hub.touched(topic(i))
		if s.touched[i] > known {
			s.wake()
		}
	}
	numbers := strings.Split(after, ",")
	for i, arn := range arns {
		f := &followed{arn: arn, visits: make(map[int]bool)}
		if len(numbers) == len(arns) && after != "" {
			n, err := strconv.ParseInt(numbers[i], 10, 64)
			if err != nil || n < 0 {
				return nil, refuse("after: expected numbers of events, got %q", after)
			}
			f.after = n
		} else if u.own != nil {
			// One that is not known has no events yet.
			_, f.after, _ = u.own.Start(arn)
		}
		f.from, f.last = f.after, f.after
		s.followed = append(s.followed, f)
	}
	return s, nil
}

// follow takes the events of an execution.
func (u *UI) follow(ctx context.Context, s *stream, f *followed) {
	if u.own == nil {
		return // poll asks
	}
	events := u.own.Follow(f.arn)
	defer events.Close()
	for {
		e, path, err := events.Next(ctx)
		if err != nil {
			return // the browser has gone, or we end
		}
		if f.book == nil {
			m, err := u.api.Call(ctx, "DescribeStateMachineForExecution", value.OfMembers("executionArn", value.OfString(f.arn)))
			if err != nil {
				return // an Express execution: nothing of it is kept
			}
			f.book = &book{definition: parsed(m.Get("definition").Text())}
		}
		s.happened(f, e, path)
	}
}

// happened keeps an event of a followed execution until it is sent.
func (s *stream) happened(f *followed, e *machine.Event, path timeline.Path) {
	s.mu.Lock()
	visit, _, changed := f.book.add(e)
	if f.book.last < f.from || f.book.last == f.from && !e.Type.Private() { // the browser has it
		s.mu.Unlock()
		return
	}
	for _, n := range changed {
		f.visits[n] = true
	}
	if !e.Type.Private() {
		f.last = e.ID
		f.add(e, visit, path)
		f.ended = endings[e.Type]
	}
	f.fresh = true
	s.mu.Unlock()
	s.wake()
}

// add keeps an event to be sent, unless there are too many.
func (f *followed) add(e *machine.Event, visit int, path timeline.Path) {
	if f.dropped > 0 || len(f.events) >= maxSent || f.bytes >= maxSentBytes {
		f.dropped += int64(len(f.events)) + 1
		f.events, f.bytes = nil, 0
		return
	}
	event := f.book.event(e, shownHere(e, f.arn), visit, path)
	f.events = append(f.events, event)
	f.bytes += len(event.Details)
}

// run sends what there is to send until the browser goes, or does not read.
func (s *stream) run(ctx context.Context, w http.ResponseWriter) {
	control := http.NewResponseController(w)
	alive := time.NewTicker(keepAlive)
	defer alive.Stop()
	b := bytes.NewBufferString("retry: 1000\n\n")
	for {
		control.SetWriteDeadline(time.Now().Add(writeTimeout))
		if _, err := w.Write(b.Bytes()); err != nil || control.Flush() != nil {
			return
		}
		b.Reset()
		select {
		case <-ctx.Done():
			return
		case <-alive.C:
			b.WriteString(":\n\n")
			continue
		case <-s.come:
		}
		wait := time.NewTimer(gather) // for more, so that many changes are sent together
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return
		}
		s.collect(b)
	}
}

// collect writes what is to be sent.
func (s *stream) collect(b *bytes.Buffer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.rows) > 0 || s.missed > 0 {
		changed := ExecutionsChanged{Executions: make([]Row, 0, len(s.rows)), Missed: s.missed}
		for _, row := range s.rows {
			changed.Executions = append(changed.Executions, row)
		}
		s.rows, s.missed = nil, 0
		s.message(b, "executions", changed)
	}
	for i, name := range topicNames {
		if s.touched[i] > s.sent[i] {
			s.sent[i] = s.touched[i]
			s.message(b, name, struct{}{})
		}
	}
	for _, f := range s.followed {
		if f.fresh {
			s.message(b, "events", f.collect())
		}
	}
}

// collect is what is to be sent of a followed execution.
func (f *followed) collect() EventsHappened {
	out := EventsHappened{ARN: f.arn, Last: f.last, Events: []Event{}, Visits: []Visit{}, Missed: f.dropped, Ended: f.ended}
	out.Events = append(out.Events, f.events...)
	if len(f.visits) > maxSent { // as when something with many iterations ends
		out.Missed, out.Events = max(1, out.Missed+int64(len(f.events))), []Event{}
	} else if f.book != nil {
		for n := range f.visits {
			out.Visits = append(out.Visits, f.book.listed(n))
		}
	}
	f.bytes = 0
	f.after, f.events, f.dropped, f.ended, f.fresh = f.last, nil, 0, "", false
	clear(f.visits)
	return out
}

// message writes one message, with the id of what the browser has then.
func (s *stream) message(b *bytes.Buffer, event string, data any) {
	if len(s.followed) > 0 {
		b.WriteString("id: ")
		for i, f := range s.followed {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(strconv.FormatInt(f.after, 10))
		}
		b.WriteByte('\n')
	}
	b.WriteString("event: " + event + "\ndata: ")
	encode(b, data)
	b.WriteByte('\n')
}

// poll asks another server what has changed: it has no subscriptions.
func (u *UI) poll(ctx context.Context, s *stream) {
	newest, took := "", time.Duration(0)
	for {
		// A server with much to list is asked less often.
		pause := time.NewTimer(max(remotePoll, 20*took))
		select {
		case <-ctx.Done():
			pause.Stop()
			return
		case <-pause.C:
		}
		began := time.Now()
		if rows, _, err := u.listAll(ctx, listing{limit: 20}, ""); err == nil {
			text := fmt.Sprint(rows)
			if newest != "" && newest != text {
				s.take(nil, 1, [topics]int64{})
			}
			newest = text
		}
		for _, f := range s.followed {
			in := value.OfMembers("executionArn", value.OfString(f.arn), "reverseOrder", value.True, "maxResults", value.OfInt(1), "includeExecutionData", value.False)
			out, err := u.api.Call(ctx, "GetExecutionHistory", in)
			if err != nil {
				continue // the next time, perhaps
			}
			last, _ := out.Get("events").Index(0).Get("id").Int()
			s.mu.Lock()
			if last > f.last {
				f.dropped, f.last, f.fresh = f.dropped+last-f.last, last, true
			}
			s.mu.Unlock()
			s.wake()
		}
		took = time.Since(began)
	}
}
