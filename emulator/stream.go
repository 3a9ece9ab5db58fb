package emulator

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/mux"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/value"
)

// This file streams what happens to other processes: to `aslocal trace`,
// `aslocal logs` and web pages of ours. Answers are JSON objects, one a line, as
// they come:
//
//	GET /_aslocal/events?execution=ARN              the events of a Standard execution until now
//	GET /_aslocal/events?execution=ARN&follow=true  and those to come, until it ends
//	GET /_aslocal/notices                           what [Emulator.Watch] tells, from now on
//
// Refusals are a status and {"message": …}.

// Where the streams are.
const (
	EventsPath  = "/_aslocal/events"
	NoticesPath = "/_aslocal/notices"
)

// streams ends the streams that are open.
type streams struct {
	root context.Context
	end  context.CancelFunc
}

func (s *streams) open() { s.root, s.end = context.WithCancel(context.Background()) }

// EndStreams ends the streams that clients have open, and those that they open
// later. A server that shuts down need not wait for them then.
func (e *Emulator) EndStreams() { e.streams.end() }

func (e *Emulator) routeStreams(router *mux.Router) {
	router.Path(EventsPath).Methods(http.MethodGet).HandlerFunc(e.serveEvents)
	router.Path(NoticesPath).Methods(http.MethodGet).HandlerFunc(e.serveNotices)
}

// A stream is an answer that grows.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	line    []byte
}

// streamTimeout is how long a client may not read.
const streamTimeout = 30 * time.Second

func newStream(w http.ResponseWriter) *stream {
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("Cache-Control", "no-store")
	return &stream{w: w, control: http.NewResponseController(w)}
}

// write writes a line. flush sends it now.
func (s *stream) write(v value.Value, flush bool) error {
	s.control.SetWriteDeadline(time.Now().Add(streamTimeout))
	s.line = append(v.AppendJSON(s.line[:0]), '\n')
	if _, err := s.w.Write(s.line); err != nil {
		return err
	}
	if flush {
		return s.control.Flush()
	}
	return nil
}

// until returns a context that ends with the request, or when streams end.
func (e *Emulator) until(r *http.Request) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(r.Context())
	stop := context.AfterFunc(e.streams.root, cancel)
	return ctx, func() { stop(); cancel() }
}

// serveEvents streams the events of an execution, the machine's private ones among
// them.
func (e *Emulator) serveEvents(w http.ResponseWriter, r *http.Request) {
	execution, follow := r.URL.Query().Get("execution"), r.URL.Query().Get("follow") == "true"
	v, err := e.api.Execution(execution)
	if err != nil {
		writeJSON(w, http.StatusBadRequest, value.OfMembers("message", value.OfString(refusalText(err))))
		return
	}
	ctx, cancel := e.until(r)
	defer cancel()
	events := e.engine.Subscribe(engine.Filter{Execution: execution}, 1)
	defer events.Close()
	out := newStream(w)
	if follow {
		out.control.Flush()
	}
	for last := int64(0); follow || last < v.Events; {
		h, err := events.Next(ctx)
		if err != nil {
			return // the client has gone, or we end
		}
		if out.write(eventLine(&h), follow) != nil {
			return
		}
		last = max(last, h.Event.ID)
		if follow && h.Event.Type.Terminal() && e.endsWith(ctx, execution, last) {
			return
		}
	}
}

// endsWith reports whether an execution has ended, and not been redriven, with its last
// event. The event may have been read from the journal before the engine knows it: then
// that is waited for.
func (e *Emulator) endsWith(ctx context.Context, execution string, last int64) bool {
	v, err := e.engine.Describe(execution)
	if err == nil && v.Status == machine.Running && v.Events <= last {
		v, err = e.engine.Wait(ctx, execution)
	}
	return err != nil || v.Status != machine.Running && v.Events <= last
}

// eventLine is an event as the journal has it.
func eventLine(h *engine.Happening) value.Value {
	record := machine.AppendEvents(nil, []machine.Event{h.Event})
	return value.OfMembers("execution", value.OfString(h.Execution), "record", value.OfString(base64.StdEncoding.EncodeToString(record)))
}

// ReadEvent reads a line of the stream of events.
func ReadEvent(line value.Value) (execution string, event Event, err error) {
	execution = line.Get("execution").Text()
	data, err := base64.StdEncoding.DecodeString(line.Get("record").Text())
	if err != nil {
		return "", Event{}, fmt.Errorf("emulator: an event: %w", err)
	}
	events, err := machine.ReadEvents(nil, data)
	if err == nil && len(events) != 1 {
		err = fmt.Errorf("expected 1, got %d", len(events))
	}
	if err != nil {
		return "", Event{}, fmt.Errorf("emulator: an event: %w", err)
	}
	at, _ := arn.Parse(execution)
	return execution, eventIn(at.Region, &events[0]), nil
}

// noticeBuffer is how many notices wait for a client. More are counted.
const noticeBuffer = 1024

// serveNotices streams what happens.
func (e *Emulator) serveNotices(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := e.until(r)
	defer cancel()
	queue := noticeQueue{notices: make(chan Notice, noticeBuffer)}
	defer e.Watch(queue.put)()
	out := newStream(w)
	if out.control.Flush() != nil {
		return
	}
	for {
		select {
		case n := <-queue.notices:
			if missed := queue.takeMissed(); missed > 0 {
				if out.write(value.OfMembers("missed", value.OfInt(missed)), false) != nil {
					return
				}
			}
			if out.write(n.JSON(), len(queue.notices) == 0) != nil {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// A noticeQueue keeps notices for one client.
type noticeQueue struct {
	notices chan Notice
	mu      sync.Mutex
	missed  int64
}

func (q *noticeQueue) put(n Notice) {
	select {
	case q.notices <- n:
	default:
		q.mu.Lock()
		q.missed++
		q.mu.Unlock()
	}
}

func (q *noticeQueue) takeMissed() int64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	missed := q.missed
	q.missed = 0
	return missed
}

// The members of notices in JSON.
var (
	callNames  = []string{"action", "subject", "code", "message", "client"}
	endedNames = []string{"execution", "stateMachine", "status", "error", "cause"}
	lineNames  = []string{"name", "requestId", "execution", "text"}
)

func (c *Call) texts() []*string {
	return []*string{&c.Action, &c.Subject, &c.Code, &c.Message, &c.Client}
}
func (x *Ended) texts() []*string {
	return []*string{&x.Execution, &x.StateMachine, &x.Status, &x.Error, &x.Cause}
}

func lineTexts(l *FunctionLogEntry) []*string {
	return []*string{&l.Function, &l.RequestID, &l.Execution, &l.Text}
}

// JSON returns the notice as the stream has it: the time, and one of call, ended and
// function. Members that are empty or false are left out; durations are in
// milliseconds.
func (n Notice) JSON() value.Value {
	at := value.OfMembers("time", value.OfString(n.Time.Format(noticeTime)))
	switch {
	case n.Call != nil:
		b := textMembers(callNames, n.Call.texts())
		b.Set("status", value.OfInt(int64(n.Call.Status)))
		b.Set("milliseconds", milliseconds(n.Call.Took))
		return at.With("call", b.Value())
	case n.Ended != nil:
		b := textMembers(endedNames, n.Ended.texts())
		setFlag(&b, "express", n.Ended.Express)
		setFlag(&b, "child", n.Ended.Child)
		b.Set("milliseconds", milliseconds(n.Ended.Took))
		return at.With("ended", b.Value())
	case n.Function != nil:
		b := textMembers(lineNames, lineTexts(n.Function))
		setFlag(&b, "platform", n.Function.Platform)
		return at.With("function", b.Value())
	}
	return at
}

// noticeTime is how times of notices are written.
const noticeTime = "2006-01-02T15:04:05.000Z07:00"

func textMembers(names []string, texts []*string) (b value.ObjectBuilder) {
	for i, name := range names {
		if *texts[i] != "" {
			b.Set(name, value.OfString(*texts[i]))
		}
	}
	return b
}

func setFlag(b *value.ObjectBuilder, name string, is bool) {
	if is {
		b.Set(name, value.True)
	}
}

func milliseconds(d time.Duration) value.Value {
	return value.OfFloat(float64(d.Microseconds()) / 1000)
}

// ReadNotice reads a line of the stream of notices. missed is how many were left out
// before it; then there is no notice.
func ReadNotice(line value.Value) (n Notice, missed int64, err error) {
	if missed, ok := line.Get("missed").Int(); ok {
		return n, missed, nil
	}
	if n.Time, err = time.Parse(noticeTime, line.Get("time").Text()); err != nil {
		return n, 0, fmt.Errorf("emulator: a notice: %w", err)
	}
	call, ended, function := line.Get("call"), line.Get("ended"), line.Get("function")
	switch {
	case call.Exists():
		status, _ := call.Get("status").Int()
		n.Call = &Call{Status: int(status), Took: durationOf(call)}
		readTexts(call, callNames, n.Call.texts())
	case ended.Exists():
		n.Ended = &Ended{Express: ended.Get("express").Bool(), Child: ended.Get("child").Bool(), Took: durationOf(ended)}
		readTexts(ended, endedNames, n.Ended.texts())
	case function.Exists():
		n.Function = &FunctionLogEntry{Time: n.Time, Platform: function.Get("platform").Bool()}
		readTexts(function, lineNames, lineTexts(n.Function))
	default:
		return n, 0, errors.New("emulator: a notice of nothing that is known")
	}
	return n, 0, nil
}

func readTexts(v value.Value, names []string, to []*string) {
	for i, name := range names {
		*to[i] = v.Get(name).Text()
	}
}

func durationOf(v value.Value) time.Duration {
	return time.Duration(v.Get("milliseconds").Float() * float64(time.Millisecond))
}

// refusalText is the text of an error of the API, without its code.
func refusalText(err error) string {
	if fault, ok := errors.AsType[awsjson.Fault](err); ok {
		return fault.Text()
	}
	return err.Error()
}
