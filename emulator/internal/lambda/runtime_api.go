package lambda

import (
	"encoding/base64"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// This file serves the Lambda Runtime API, through which a process asks for
// events and answers them. Each process has a port of its own, since requests
// say nothing about who sends them. AWS documentation: "Using the Lambda runtime
// API"; what it does with requests that do not fit is that of AWS's runtime
// interface emulator.

// apiVersion is what the paths of the API begin with.
const apiVersion = "/2018-06-01"

// A phase is what the process does, as the Runtime API sees it.
type phase uint8

const (
	starting  phase = iota // has not asked for an event
	waiting                // asks for an event
	lost                   // asked for one, and went away
	busy                   // has an event
	answering              // sends the answer
	answered               // has not asked for the next event
	failed                 // has reported that it cannot start
)

// What a phase is called in the refusal of a request.
var phaseNames = [...]string{"RuntimeStarted", "RuntimeReady", "RuntimeReady", "RuntimeRunning", "RuntimeInvocationResponse", "RuntimeResponseSent", "RuntimeInitError"}

// An answer is what the process says of a call, or of its start.
type answer struct {
	payload []byte
	failed  bool // the payload is an error
	cut     bool // it has not come whole
}

// runtimeAPI is the Runtime API of one process.
type runtimeAPI struct {
	address string // 127.0.0.1:port
	base    string // what paths begin with: "/2018-06-01", after the secret if there is one
	server  *http.Server
	begin   func(*call) // is called before the process has the event

	events    chan *call    // handed to the process when it asks
	ready     chan struct{} // closed when it asks for the first time
	initError chan answer   // has room for the one
	silent    chan struct{} // has an item when the last connection has been closed

	mu          sync.Mutex
	phase       phase
	current     *call         // the last one handed over
	another     chan struct{} // closed when the process asks again, while it waits
	connections int
}

// newRuntimeAPI begins to serve. Whoever knows the port can ask for an event, so
// a process that can be told a secret has it in its paths; pages of a browser
// are refused in any case.
func newRuntimeAPI(secret string, begin func(*call)) (*runtimeAPI, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	a := &runtimeAPI{
		address: listener.Addr().String(), base: apiVersion, begin: begin,
		events: make(chan *call), ready: make(chan struct{}), initError: make(chan answer, 1), silent: make(chan struct{}, 1),
	}
	if secret != "" {
		a.base = "/" + secret + a.base
	}
	a.server = &http.Server{
		Handler: a, ConnState: a.connection,
		MaxHeaderBytes: 2 << 20, // clients send the cause of an error for X-Ray in one line of up to 1 MB
		ErrorLog:       log.New(io.Discard, "", 0),
	}
	go a.server.Serve(listener)
	return a, nil
}

// close ends the serving. The process is gone by then.
func (a *runtimeAPI) close() { a.server.Close() }

// connection counts the connections.
func (a *runtimeAPI) connection(_ net.Conn, state http.ConnState) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch state {
	case http.StateNew:
		a.connections++
	case http.StateClosed, http.StateHijacked:
		if a.connections--; a.connections == 0 {
			select {
			case a.silent <- struct{}{}:
			default:
			}
		}
	}
}

// finish returns when everything is read that the process has sent, which has
// ended. It does not wait for those that have inherited its connections.
func (a *runtimeAPI) finish() {
	limit := time.NewTimer(time.Second)
	defer limit.Stop()
	for a.connected() {
		select {
		case <-a.silent:
		case <-limit.C:
			return
		}
	}
}

// connected reports whether there is a connection.
func (a *runtimeAPI) connected() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.connections > 0
}

// ServeHTTP answers a request of the process.
func (a *runtimeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.Path, a.base)
	switch {
	case r.Host != a.address || r.Header.Get("Origin") != "" || r.Header.Get("Sec-Fetch-Site") != "":
		refuse(w, http.StatusForbidden, "Forbidden", "the Runtime API answers only the process of a function")
		return
	case r.Method == http.MethodGet && r.URL.Path == "/ping":
		io.WriteString(w, "pong")
		return
	}
	const invocation = "/runtime/invocation/"
	id, outcome, _ := strings.Cut(strings.TrimPrefix(path, invocation), "/")
	switch {
	case ok && r.Method == http.MethodGet && path == invocation+"next":
		a.next(w, r)
	case ok && r.Method == http.MethodPost && path == "/runtime/init/error":
		a.fail(w, r)
	case ok && r.Method == http.MethodPost && strings.HasPrefix(path, invocation) && (outcome == "response" || outcome == "error"):
		a.take(w, r, id, outcome == "error")
	default:
		refuse(w, http.StatusNotFound, "NotFound", "the Runtime API has no "+r.Method+" "+r.URL.Path)
	}
}

// next waits for an event, without limit. Of two that wait, the later one gets it.
func (a *runtimeAPI) next(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	switch a.phase {
	case starting:
		close(a.ready)
	case answered:
		close(a.current.over)
	case waiting:
		close(a.another) // the client has lost a connection, which may not be known here yet
	case lost:
	default:
		defer a.mu.Unlock()
		a.refuseTransition(w, waiting)
		return
	}
	a.phase = waiting
	another := make(chan struct{})
	a.another = another
	a.mu.Unlock()
	select {
	case <-another:
		a.mu.Lock()
		defer a.mu.Unlock()
		a.refuseTransition(w, waiting)
	case c := <-a.events:
		a.mu.Lock()
		a.phase, a.current = busy, c
		a.mu.Unlock()
		a.begin(c)
		c.write(w)
	case <-r.Context().Done():
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.another == another {
			a.phase = lost
		}
	}
}

// write is the answer to next.
func (c *call) write(w http.ResponseWriter) {
	h := w.Header()
	h["Content-Type"] = []string{"application/json"} // with a charset, Python's client would not read it as JSON
	h["Content-Length"] = []string{strconv.Itoa(len(c.Event))}
	h["Lambda-Runtime-Aws-Request-Id"] = []string{c.RequestID}
	h["Lambda-Runtime-Deadline-Ms"] = []string{strconv.FormatInt(c.deadline.UnixMilli(), 10)}
	h["Lambda-Runtime-Invoked-Function-Arn"] = []string{c.arn}
	h["Lambda-Runtime-Trace-Id"] = []string{c.TraceID}
	if c.clientContext != "" {
		h["Lambda-Runtime-Client-Context"] = []string{c.clientContext}
	}
	w.Write(c.Event)
}

// take takes the answer to the current call.
func (a *runtimeAPI) take(w http.ResponseWriter, r *http.Request, id string, failed bool) {
	if mode := r.Header.Get("Lambda-Runtime-Function-Response-Mode"); mode != "" && mode != "streaming" {
		refuse(w, http.StatusBadRequest, "InvalidFunctionResponseMode", "Invalid function response mode")
		return
	}
	a.mu.Lock()
	c := a.current
	if a.phase != busy || c.RequestID != id {
		a.mu.Unlock()
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "Invalid request ID")
		return
	}
	a.phase = answering
	a.mu.Unlock()

	result := answer{failed: failed}
	var err error
	result.payload, err = readAll(r)
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		result = answer{payload: responseTooLarge, failed: true}
	case err != nil:
		result = answer{payload: truncated(id).payload(), failed: true, cut: true}
	case r.Trailer.Get("Lambda-Runtime-Function-Error-Type") != "":
		// A streaming function has failed after its answer has begun.
		body, _ := base64.StdEncoding.DecodeString(r.Trailer.Get("Lambda-Runtime-Function-Error-Body"))
		result = answer{payload: body, failed: true}
	}
	a.mu.Lock()
	a.phase = answered
	a.mu.Unlock()
	c.answer <- result
	switch {
	case tooLong != nil:
		io.CopyN(io.Discard, r.Body, maxDrained) // a client that is cut off while it sends does not read the refusal
		refuse(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "Exceeded maximum allowed payload size ("+strconv.Itoa(maxPayload)+" bytes).")
	case err != nil:
		refuse(w, http.StatusBadRequest, "TruncatedHTTPRequest", "HTTP request detected as truncated")
	default:
		accept(w)
	}
}

// fail takes the report that the process cannot start.
func (a *runtimeAPI) fail(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	if a.phase != starting {
		defer a.mu.Unlock()
		a.refuseTransition(w, failed)
		return
	}
	a.phase = failed
	a.mu.Unlock()
	body, err := readAll(r)
	if err != nil {
		body = nil // the process has said that it failed, if not how
	}
	a.initError <- answer{payload: body, failed: true}
	accept(w)
}

// maxDrained is how much of a result that is too large is read for nothing.
const maxDrained = 64 << 20

// readAll reads a body of up to maxPayload bytes; a longer one is an
// *http.MaxBytesError. Clients send chunks, too.
func readAll(r *http.Request) ([]byte, error) {
	if r.ContentLength > maxPayload {
		return nil, &http.MaxBytesError{Limit: maxPayload}
	}
	if r.ContentLength >= 0 {
		body := make([]byte, r.ContentLength)
		_, err := io.ReadFull(r.Body, body)
		return body, err
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxPayload+1))
	if len(body) > maxPayload {
		return nil, &http.MaxBytesError{Limit: maxPayload}
	}
	return body, err
}

var accepted = []byte(`{"status":"OK"}` + "\n")

func accept(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(accepted)))
	w.WriteHeader(http.StatusAccepted)
	w.Write(accepted)
}

// refuseTransition refuses a request that the process must not make now.
func (a *runtimeAPI) refuseTransition(w http.ResponseWriter, to phase) {
	refuse(w, http.StatusForbidden, "InvalidStateTransition",
		"State transition from "+phaseNames[a.phase]+" to "+phaseNames[to]+" failed for runtime. Error: State transition is not allowed")
}

func refuse(w http.ResponseWriter, status int, kind, message string) {
	body := failure{kind: kind, message: message}.payload()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body)
}
