package dap

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/google/go-dap"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/debug"
)

// This file has a session: it takes one request after the other, and answers it.

// Config says what a session can do.
type Config struct {
	// Launch starts what a launch request asks for; nil: such requests are refused.
	Launch func(ctx context.Context, l *Launch) (*Launched, error)
	// Attach is what attach requests debug; nil: they must name the port of a server,
	// and the session is handed on to that.
	Attach *Target
	// Log gets what is wrong on our side; nil: nobody does.
	Log *slog.Logger
}

// A Target is an emulator that is debugged, and the files of its state machines.
type Target struct {
	Emulator *emulator.Emulator
	Sources  *Sources
}

// A Session is the connection of one client. Run runs it.
type Session struct {
	config Config
	conn   io.ReadWriteCloser

	writing sync.Mutex
	seq     int // of the last message that was written; guarded by writing

	context context.Context // of Run
	cancel  context.CancelCauseFunc
	given   atomic.Int64                       // seq of the request that is handled
	up      atomic.Pointer[context.CancelFunc] // of that request
	dropped cancelled                          // requests that were cancelled before they were handled

	// What follows is guarded by mu, which is held while a request is handled and while
	// an event is told.
	mu                     sync.Mutex
	firstLine, firstColumn int    // 1 if those of the client begin with 0
	progresses             bool   // the client shows progress
	name                   string // of the face
	hello                  []byte // the request initialize, for a server that the session is handed on to
	target                 *Target
	launch                 *Launch
	launched               *Launched
	face                   *debug.Face
	stops                  []func()          // end what watches the target
	root                   string            // ARN of the execution that was launched
	begun                  bool              // configurationDone has come
	over                   bool              // terminated was told
	executions             []string          // ARNs of those that run or are looked at, in the order in which they were seen
	ends                   map[string]string // status of those that have ended and are still looked at
	mine                   map[string]bool   // executions that this session has stopped
	sources                map[string]*source
	texts                  []*source
	points                 points
	threads                table[threadKey]
	frames                 table[frameKey]
	nodes                  table[*node]
	targets                table[string]      // of goto: names of states
	last                   threadKey          // that was stopped last
	runs                   map[string]*mapRun // by execution and frame
	forks                  map[string]forked  // that have not stopped yet, by ARN
	traced                 bool               // lines are told for what executions do, though attached
	observed               *observations
	proxy                  net.Conn
	after                  []func() // to be done when the request is answered
}

// NewSession returns a session on a connection, which Run closes.
func NewSession(conn io.ReadWriteCloser, c Config) *Session {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Session{
		config: c, conn: conn, name: "editor", ends: make(map[string]string), mine: make(map[string]bool), sources: make(map[string]*source), runs: make(map[string]*mapRun), forks: make(map[string]forked),
	}
}

// errClosed ends a session in the regular way.
var errClosed = errors.New("dap: the session has ended")

// end ends the session.
func (s *Session) end() { s.cancel(errClosed) }

// A request is a message that waits to be handled.
type request struct {
	head
	arguments json.RawMessage
	raw       []byte
	err       error
}

// maxWaiting is how many requests wait for an answer at most; then no more are read.
const maxWaiting = 256

// Run answers requests until the client disconnects, the connection breaks or the context
// ends. It returns nil unless what comes is not the protocol.
func (s *Session) Run(ctx context.Context) error {
	s.context, s.cancel = context.WithCancelCause(ctx)
	defer s.end()
	closed := context.AfterFunc(s.context, func() { s.conn.Close() })
	defer closed()
	requests, failed := make(chan *request, maxWaiting), make(chan error, 1)
	go func() { failed <- s.read(requests) }()
	for r := range requests {
		s.handle(r)
	}
	s.end()
	s.mu.Lock()
	s.leave(ctx.Err() == nil)
	s.mu.Unlock()
	s.conn.Close()
	if err := <-failed; errors.Is(err, ErrNotDAP) {
		return err
	}
	return nil
}

// read reads requests until the connection ends. A cancel request is obeyed at once.
func (s *Session) read(to chan<- *request) error {
	defer close(to)
	in := bufio.NewReader(s.conn)
	for {
		raw, err := readMessage(in)
		if err != nil {
			return err
		}
		r := &request{raw: raw}
		var whole struct {
			head
			Arguments json.RawMessage `json:"arguments"`
		}
		if r.err = json.Unmarshal(raw, &whole); r.err != nil {
			r.err = fmt.Errorf("dap: expected a request in JSON: %w", r.err)
		}
		r.head, r.arguments = whole.head, whole.Arguments
		if r.err == nil && r.Type == "response" {
			continue // we ask for nothing
		}
		if r.err == nil && r.Type != "request" {
			r.err = fmt.Errorf("dap: type: expected request, got %q", r.Type)
		}
		if r.err == nil && r.Command == "cancel" {
			s.cancelRequest(r)
		}
		select {
		case to <- r:
		case <-s.context.Done():
			return nil
		}
	}
}

// cancelRequest ends the request that a cancel names, or keeps it from being handled.
func (s *Session) cancelRequest(r *request) {
	var in dap.CancelArguments
	if json.Unmarshal(r.arguments, &in) != nil || in.RequestId == 0 {
		return
	}
	if cancel := s.up.Load(); cancel != nil && s.given.Load() == int64(in.RequestId) {
		(*cancel)()
		return
	}
	if int64(in.RequestId) > s.given.Load() {
		s.dropped.add(in.RequestId)
	}
}

// cancelled are seqs of requests that are not to be handled: the last ones, since a client
// may name any.
type cancelled struct {
	mu   sync.Mutex
	seqs []int
}

func (c *cancelled) add(seq int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.seqs) == maxWaiting {
		c.seqs = slices.Delete(c.seqs, 0, 1)
	}
	c.seqs = append(c.seqs, seq)
}

// take reports whether a request is one of them, and forgets it.
func (c *cancelled) take(seq int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.Index(c.seqs, seq)
	if i >= 0 {
		c.seqs = slices.Delete(c.seqs, i, i+1)
	}
	return i >= 0
}

// errCancelled is the message that the protocol has for such requests.
var errCancelled = errors.New("cancelled")

// handle answers one request.
func (s *Session) handle(r *request) {
	ctx, cancel := context.WithCancel(s.context)
	defer cancel()
	s.up.Store(&cancel)
	s.given.Store(int64(r.Seq))
	defer s.up.Store(nil)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.proxy != nil {
		if writeContent(s.proxy, r.raw) != nil {
			s.end()
		}
		return
	}
	s.after = nil
	body, err := s.do(ctx, r)
	if s.proxy != nil {
		return // the server there has answered
	}
	if err != nil && ctx.Err() != nil {
		err = errCancelled
	}
	s.answer(&r.head, body, err)
	for _, f := range s.after {
		f()
	}
}

// do does what a request asks for. A defect of ours is an answer, too: the emulator and
// the other sessions go on.
func (s *Session) do(ctx context.Context, r *request) (body any, err error) {
	defer func() {
		if p := recover(); p != nil {
			s.config.Log.Error("a request of a debugger cannot be handled", "command", r.Command, "panic", p)
			body, err = nil, fmt.Errorf("%s: internal error: %v", r.Command, p)
		}
	}()
	if r.err != nil {
		return nil, r.err
	}
	if s.dropped.take(r.Seq) {
		return nil, errCancelled
	}
	if r.Command == "initialize" {
		s.hello = r.raw
	}
	known, ok := commands[r.Command]
	switch {
	case !ok:
		return nil, fmt.Errorf("%q is no request that aslocal knows", r.Command)
	case known.target && s.target == nil:
		return nil, fmt.Errorf("%s: nothing is debugged yet; launch or attach comes first", r.Command)
	}
	return known.do(s, ctx, r)
}

// A command handles requests of one name.
type command struct {
	do     func(*Session, context.Context, *request) (any, error)
	target bool // it needs something that is debugged
}

// on is a command whose arguments have a type.
func on[In any](do func(*Session, context.Context, *In) (any, error)) command {
	return command{target: true, do: func(s *Session, ctx context.Context, r *request) (any, error) {
		in := new(In)
		if len(r.arguments) > 0 {
			if err := json.Unmarshal(r.arguments, in); err != nil {
				return nil, fmt.Errorf("%s: arguments: %w", r.Command, err)
			}
		}
		return do(s, ctx, in)
	}}
}

// early is a command that comes before there is a target.
func early(c command) command {
	c.target = false
	return c
}

// none are the arguments of a request that has none we read.
type none struct{}

// commands are the requests that are known.
var commands map[string]command

func init() {
	commands = map[string]command{
		"initialize":              early(on((*Session).initialize)),
		"launch":                  early(on((*Session).launchRequest)),
		"attach":                  early(command{do: (*Session).attachRequest}),
		"configurationDone":       on(func(s *Session, ctx context.Context, _ *none) (any, error) { return nil, s.configurationDone(ctx) }),
		"disconnect":              early(on((*Session).disconnect)),
		"terminate":               on(func(s *Session, ctx context.Context, _ *none) (any, error) { return nil, s.terminate(ctx) }),
		"restart":                 on(func(s *Session, ctx context.Context, _ *none) (any, error) { return nil, s.restart(ctx) }),
		"cancel":                  early(on(func(*Session, context.Context, *none) (any, error) { return nil, nil })),
		"setBreakpoints":          on((*Session).setBreakpoints),
		"setFunctionBreakpoints":  on((*Session).setFunctionBreakpoints),
		"setExceptionBreakpoints": on((*Session).setExceptionBreakpoints),
		"setDataBreakpoints":      on((*Session).setDataBreakpoints),
		"dataBreakpointInfo":      on((*Session).dataBreakpointInfo),
		"breakpointLocations": on(func(s *Session, _ context.Context, in *dap.BreakpointLocationsArguments) (any, error) {
			return s.breakpointLocations(in), nil
		}),
		"loadedSources": on(func(s *Session, _ context.Context, _ *none) (any, error) { return s.loadedSources(), nil }),
		"source":        on((*Session).source),
		"threads":       on((*Session).threadsRequest),
		"stackTrace":    on((*Session).stackTrace),
		"scopes":        on((*Session).scopes),
		"variables":     on((*Session).variables),
		"setVariable":   on((*Session).setVariable),
		"setExpression": on((*Session).setExpression),
		"evaluate":      on((*Session).evaluate),
		"completions":   on((*Session).completions),
		"exceptionInfo": on((*Session).exceptionInfo),
		"continue":      on((*Session).continueRequest),
		"pause":         on((*Session).pause),
		"next": on(func(s *Session, _ context.Context, in *dap.NextArguments) (any, error) {
			return s.step(in.ThreadId, stepNext)
		}),
		"stepIn": on(func(s *Session, _ context.Context, in *dap.StepInArguments) (any, error) {
			return s.step(in.ThreadId, stepIn)
		}),
		"stepOut": on(func(s *Session, _ context.Context, in *dap.StepOutArguments) (any, error) {
			return s.step(in.ThreadId, stepOut)
		}),
		"stepBack": on(func(s *Session, _ context.Context, in *dap.StepBackArguments) (any, error) {
			return s.step(in.ThreadId, stepBack)
		}),
		"reverseContinue": on(func(s *Session, _ context.Context, in *dap.ReverseContinueArguments) (any, error) {
			return s.step(in.ThreadId, reverseContinue)
		}),
		"gotoTargets":  on((*Session).gotoTargets),
		"goto":         on((*Session).gotoRequest),
		"restartFrame": on((*Session).restartFrame),
	}
}

// maxName is how long the name of a client is at most.
const maxName = 60

// A greeting is what a client says of itself. Where lines and columns start is true if it is
// not said.
type greeting struct {
	ClientID                  string `json:"clientID"`
	ClientName                string `json:"clientName"`
	LinesStartAt1             *bool  `json:"linesStartAt1"`
	ColumnsStartAt1           *bool  `json:"columnsStartAt1"`
	SupportsProgressReporting bool   `json:"supportsProgressReporting"`
}

func (s *Session) initialize(_ context.Context, in *greeting) (any, error) {
	s.firstLine, s.firstColumn, s.progresses = 0, 0, in.SupportsProgressReporting
	s.name = "editor"
	if name := cmp.Or(in.ClientName, in.ClientID); name != "" && len(name) <= maxName {
		s.name = "editor " + name
	}
	if in.LinesStartAt1 != nil && !*in.LinesStartAt1 {
		s.firstLine = 1
	}
	if in.ColumnsStartAt1 != nil && !*in.ColumnsStartAt1 {
		s.firstColumn = 1
	}
	return &dap.Capabilities{
		SupportsConfigurationDoneRequest: true, SupportsFunctionBreakpoints: true, SupportsConditionalBreakpoints: true, SupportsHitConditionalBreakpoints: true,
		SupportsLogPoints: true, SupportsDataBreakpoints: true, SupportsBreakpointLocationsRequest: true, SupportsExceptionFilterOptions: true,
		SupportsExceptionInfoRequest: true, ExceptionBreakpointFilters: exceptionFilters(),
		SupportsEvaluateForHovers: true, SupportsCompletionsRequest: true, CompletionTriggerCharacters: []string{".", "$", ":"},
		SupportsSetVariable: true, SupportsSetExpression: true, SupportsLoadedSourcesRequest: true, SupportsDelayedStackTraceLoading: true,
		SupportsStepBack: true, SupportsRestartFrame: true, SupportsGotoTargetsRequest: true, SupportsSingleThreadExecutionRequests: true,
		SupportsRestartRequest: s.config.Launch != nil, SupportsTerminateRequest: true, SupportTerminateDebuggee: true, SupportSuspendDebuggee: true, SupportsCancelRequest: true,
	}, nil
}

// source answers the request of that name.
func (s *Session) source(_ context.Context, in *dap.SourceArguments) (any, error) {
	reference := in.SourceReference
	if in.Source != nil && in.Source.SourceReference > 0 {
		reference = in.Source.SourceReference
	}
	if reference < 1 || reference > len(s.texts) {
		return nil, fmt.Errorf("source: there is no text of the reference %d", reference)
	}
	return &dap.SourceResponseBody{Content: s.texts[reference-1].content(), MimeType: "application/json"}, nil
}

// A table gives things numbers, from 1. The oldest ones are forgotten when there are
// many: a client that still has their numbers is refused.
type table[K comparable] struct {
	first  int // number of keys[0]
	keys   []K
	number map[K]int
}

// maxNumbers is how many things have a number at most.
const maxNumbers = 20_000

// id is the number of a thing.
func (t *table[K]) id(key K) int {
	if n, ok := t.number[key]; ok {
		return n
	}
	if t.number == nil {
		t.number, t.first = make(map[K]int), 1
	}
	if len(t.keys) == maxNumbers {
		for _, old := range t.keys[:maxNumbers/2] {
			delete(t.number, old)
		}
		t.first += maxNumbers / 2
		t.keys = append([]K(nil), t.keys[maxNumbers/2:]...)
	}
	n := t.first + len(t.keys)
	t.keys, t.number[key] = append(t.keys, key), n
	return n
}

// of is the thing that has a number.
func (t *table[K]) of(id int) (key K, ok bool) {
	if i := id - t.first; t.number != nil && i >= 0 && i < len(t.keys) {
		return t.keys[i], true
	}
	return key, false
}
