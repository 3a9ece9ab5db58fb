package lambda

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Settings are what a Host is made with. The zero Settings are usable.
type Settings struct {
	Region  string // in ARNs and variables; "" is us-east-1
	Account string // in ARNs; "" is 123456789012

	// ServiceEnvironment are variables of all functions, "NAME=text": where the
	// services are (AWS_ENDPOINT_URL_SQS), or credentials. Without any, functions
	// have the credentials "test".
	ServiceEnvironment []string

	// Log gets the lines of all functions; nil: nobody does. It is called by many
	// goroutines at a time and must not block: functions then wait, too.
	Log func(Entry)

	Idle        time.Duration // after which a process without calls is ended; 0 is 10 minutes
	InitTimeout time.Duration // that the start of a process may take before its first call's Timeout begins; 0 is Lambda's, 10 s
	Cache       string        // folder of what is built; "" is that of the user
}

// A Host runs functions. It is safe for concurrent use.
type Host struct {
	home              Home // of those who do not say theirs
	log               func(Entry)
	idle, initTimeout time.Duration
	cache             string

	guard    guard
	files    files              // of this Host alone
	programs atomic.Int64       // that have been built
	asked    sync.Map           // askedInterpreter by path and folder
	ctx      context.Context    // ends with Close
	stop     context.CancelFunc // ends ctx
	running  sync.WaitGroup     // calls, and the ends of processes

	mu          sync.RWMutex
	environment []string
	pools       map[string]*pool // by name
	names       []string         // as they were set
	closed      bool
	live        map[*environment]bool // processes that have not ended
}

// latest is the version of the code that is not published.
const latest = "$LATEST"

// NewHost returns a Host without functions. Close it in the end.
func NewHost(s Settings) *Host {
	h := &Host{
		home: Home{"us-east-1", "123456789012"}, log: s.Log, idle: 10 * time.Minute, initTimeout: 10 * time.Second, cache: s.Cache,
		environment: s.ServiceEnvironment, pools: make(map[string]*pool), live: make(map[*environment]bool),
	}
	if s.Region != "" {
		h.home.Region = s.Region
	}
	if s.Account != "" {
		h.home.Account = s.Account
	}
	if s.Idle > 0 {
		h.idle = s.Idle
	}
	if s.InitTimeout > 0 {
		h.initTimeout = s.InitTimeout
	}
	h.ctx, h.stop = context.WithCancel(context.Background())
	return h
}

// Set replaces the functions. Processes of those that have changed, or are gone,
// end when they have no call.
func (h *Host) Set(functions []Function) {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return
	}
	old := h.pools
	h.pools, h.names = make(map[string]*pool, len(functions)), nil
	for _, f := range functions {
		f = f.complete()
		if _, twice := h.pools[f.Name]; !twice {
			h.names = append(h.names, f.Name)
		}
		if p := old[f.Name]; p != nil && p.function.runsLike(f) {
			p.move(f.Place)
			h.pools[f.Name] = p
			continue
		}
		h.pools[f.Name] = newPool(h, f, h.home)
	}
	var gone []*pool
	for name, p := range old {
		if h.pools[name] != p {
			gone = append(gone, p)
		}
	}
	h.mu.Unlock()
	for _, p := range gone {
		p.retire()
	}
}

// SetServiceEnvironment replaces Settings.ServiceEnvironment, for the processes
// that are started from now on.
func (h *Host) SetServiceEnvironment(variables []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.environment = variables
}

func (h *Host) serviceEnvironment() []string {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.environment
}

// Has reports whether there is a function of the name.
func (h *Host) Has(name string) bool { return h.pool(name) != nil }

// Empty reports whether there is no function.
func (h *Host) Empty() bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return len(h.pools) == 0
}

func (h *Host) pool(name string) *pool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.pools[name]
}

// Functions returns what is known of the functions, in the order of Set. It
// looks for the interpreters that they need, which takes a moment the first
// time, but builds nothing.
func (h *Host) Functions() []Status {
	h.mu.RLock()
	pools := make([]*pool, 0, len(h.names))
	for _, name := range h.names {
		pools = append(pools, h.pools[name])
	}
	h.mu.RUnlock()
	list := make([]Status, 0, len(pools))
	for _, p := range pools {
		list = append(list, p.status())
	}
	return list
}

// Invoke calls a function. The error is an *Error if the call is refused, or the
// function cannot run here; that of ctx when it ends; or ErrClosed. What the
// function itself does wrong is in the Result.
//
// When ctx ends, a call that waits for a process is given up. One that a process
// works on goes on, as on Lambda, and its outcome is dropped.
func (h *Host) Invoke(ctx context.Context, i Invocation) (Result, error) {
	if i.Type == "" {
		i.Type = RequestResponse
	}
	if i.RequestID == "" {
		i.RequestID = uuid.NewString()
	}
	p := h.pool(i.Function)
	if p == nil {
		return Result{}, notFound(h.home.arn(i.Function, i.Qualifier))
	}
	if i.Home != (Home{}) {
		p = p.in(i.Home)
	}
	c, err := newCall(p.home, i)
	if err != nil {
		return Result{}, err
	}
	if i.Type == DryRun {
		return Result{Status: 204, Executed: c.executed, RequestID: i.RequestID}, nil
	}
	background := i.Type == Event
	if background {
		ctx = context.WithoutCancel(ctx)
	}
	if !h.start(func() { p.run(ctx, c) }) {
		return Result{}, ErrClosed
	}
	if background {
		return Result{Status: 202, RequestID: i.RequestID}, nil
	}
	select {
	case <-c.done:
		return c.result, c.err
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
}

// start runs f in a goroutine that Close waits for. It reports whether it does:
// not after Close.
func (h *Host) start(f func()) bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if h.closed {
		return false
	}
	h.running.Go(f)
	return true
}

// Close ends all processes, with what they have started, and fails the calls
// that are under way. It returns when all of it has ended.
func (h *Host) Close() error {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		h.running.Wait()
		return nil
	}
	h.closed = true
	live := slices.Collect(maps.Keys(h.live))
	h.mu.Unlock()
	h.stop()
	for _, e := range live {
		e.process.kill()
	}
	h.running.Wait()
	h.guard.close()
	return h.files.remove()
}

// A call is an Invocation on its way.
type call struct {
	Invocation
	arn           string
	executed      string
	clientContext string    // JSON
	deadline      time.Time // set before the process gets the event

	answer chan answer   // from the process; has room for the one
	over   chan struct{} // closed when the process asks for the next event

	done   chan struct{} // closed when result and err are set
	result Result
	err    error
}

// newCall checks an Invocation.
func newCall(home Home, i Invocation) (*call, error) {
	limit := maxEvent
	switch i.Type {
	case Event:
		limit = maxAsynchronousEvent
	case RequestResponse, DryRun:
	default:
		return nil, badType(i.Type)
	}
	c := &call{Invocation: i, arn: home.arn(i.Function, i.Qualifier), executed: latest, answer: make(chan answer, 1), over: make(chan struct{}), done: make(chan struct{})}
	if i.Qualifier != "" && strings.Trim(i.Qualifier, "0123456789") == "" {
		c.executed = i.Qualifier
	}
	if len(i.Event) > limit {
		return nil, eventTooLarge(limit)
	}
	if err := checkJSON(i.Event); err != nil {
		return nil, notJSON(err)
	}
	if i.ClientContext != "" {
		text, err := base64.StdEncoding.DecodeString(i.ClientContext)
		var line bytes.Buffer
		if err != nil || json.Compact(&line, text) != nil || !bytes.HasPrefix(line.Bytes(), []byte("{")) {
			return nil, badClientContext()
		}
		c.clientContext = line.String()
	}
	if c.TraceID == "" {
		c.TraceID = newTraceID(time.Now())
	}
	return c, nil
}

// checkJSON returns what is wrong with an event.
func checkJSON(event []byte) error {
	switch {
	case !utf8.Valid(event):
		return errors.New("it is not UTF-8")
	case json.Valid(event):
		return nil
	}
	var raw json.RawMessage
	return json.Unmarshal(event, &raw)
}

// newTraceID makes up the header of X-Ray for a call that is not traced.
func newTraceID(now time.Time) string {
	root, parent := uuid.New(), uuid.New()
	return fmt.Sprintf("Root=1-%08x-%x;Parent=%x;Sampled=0", uint32(now.Unix()), root[:12], parent[:8])
}
