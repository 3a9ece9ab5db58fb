package awsjson

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/aslocal/aslocal/value"
)

// MaxBody is how many bytes a request's body may have. AWS counts 1 MiB for the
// whole request; what is above it lets a definition that is just too long be
// refused by its own constraint.
const MaxBody = 1<<20 + 64<<10

// bodyTimeout is how long the body of a request may take to arrive. A server's
// ReadTimeout is no substitute: it would also end a long poll.
const bodyTimeout = 30 * time.Second

// A Service answers the requests of one API. It ignores the host, which SDKs
// prefix for some operations, and does not verify signatures.
type Service struct {
	Name    string            // in messages: "Step Functions"
	Prefix  string            // of X-Amz-Target, before the dot: "AWSStepFunctions"
	Actions map[string]Action // by operation
	Log     *slog.Logger      // gets what goes wrong in actions; nil: slog.Default()

	// Context returns the context of the action that answers a request; nil: that of
	// the request.
	Context func(*http.Request) context.Context

	// RequestID makes the id of a request; nil: a random UUID.
	RequestID func() string

	// Seen is called for each request when its answer is ready, before it is
	// written. It must not block. nil: nobody wants to know.
	Seen func(*Exchange)

	// WriteTimeout is how long a client may take to read 64 KiB of a large answer
	// before its connection is closed; 0 means 30 seconds.
	WriteTimeout time.Duration
}

// An Exchange is a request and its answer.
type Exchange struct {
	Request   *http.Request
	Operation string      // of X-Amz-Target; there may be no such action
	Input     value.Value // no value, if the body was not read
	Answer    []byte      // valid until Seen returns
	Fault     Fault       // nil: it was not refused
	Took      time.Duration
}

// contentTypes are those that requests may have. The protocol is 1.0; 1.1 and
// plain JSON read the same, and a user who tries with curl is spared a riddle.
var contentTypes = map[string]bool{
	"application/x-amz-json-1.0": true,
	"application/x-amz-json-1.1": true,
	"application/json":           true,
}

// requestIDHeader is written as AWS writes it, which is not Go's way.
const requestIDHeader = "x-amzn-RequestId"

// buffers holds what bodies are read into and answers written to.
var buffers = sync.Pool{New: func() any { return new(buffer) }}

type buffer struct{ in, out []byte }

// release puts b back, unless it has become large.
func (b *buffer) release() {
	const large = 1 << 20
	if cap(b.in)+cap(b.out) <= large {
		b.in, b.out = b.in[:0], b.out[:0]
		buffers.Put(b)
	}
}

// ServeHTTP answers one request. A method other than POST is refused in plain
// text, everything else in the protocol's way.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	header, id := w.Header(), s.requestID()
	header[requestIDHeader] = []string{id}
	if r.Method != http.MethodPost {
		header.Set("Allow", http.MethodPost)
		http.Error(w, "the API takes POST requests", http.StatusMethodNotAllowed)
		return
	}
	b := buffers.Get().(*buffer)
	defer b.release()
	status := http.StatusOK
	var fault Fault
	input, err := s.answer(w, r, b)
	if err != nil {
		var ok bool
		if fault, ok = errors.AsType[Fault](err); !ok {
			fault = internal(id)
		}
		if status = fault.HTTPStatus(); status >= http.StatusInternalServerError {
			s.log(r, id, err)
		}
		b.out = appendFault(b.out[:0], fault)
	}
	if s.Seen != nil {
		_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		s.Seen(&Exchange{Request: r, Operation: operation, Input: input, Answer: b.out, Fault: fault, Took: time.Since(began)})
	}
	writeHeader(w, status, len(b.out))
	s.write(w, b.out)
}

func (s *Service) requestID() string {
	if s.RequestID == nil {
		return uuid.NewString()
	}
	return s.RequestID()
}

// Refuse answers a request that comes to no service with a fault.
func Refuse(w http.ResponseWriter, e *Error) {
	w.Header()[requestIDHeader] = []string{uuid.NewString()}
	body := appendFault(nil, e)
	writeHeader(w, e.Status, len(body))
	w.Write(body)
}

func writeHeader(w http.ResponseWriter, status, length int) {
	w.Header()["Content-Type"] = jsonType
	w.Header()["Content-Length"] = []string{strconv.Itoa(length)}
	w.WriteHeader(status)
}

// writeChunk is the part of an answer that must be read in time. Smaller answers
// have no deadline: a client that does not read them holds little memory.
const writeChunk = 64 << 10

const writeTimeout = 30 * time.Second

// write writes the body of an answer. That a client has gone or does not read is
// no error of ours; the connection is closed.
func (s *Service) write(w http.ResponseWriter, body []byte) {
	if len(body) <= writeChunk {
		w.Write(body)
		return
	}
	control := http.NewResponseController(w)
	for chunk := range slices.Chunk(body, writeChunk) {
		control.SetWriteDeadline(time.Now().Add(cmp.Or(s.WriteTimeout, writeTimeout)))
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
	if control.Flush() == nil {
		control.SetWriteDeadline(time.Time{}) // the next answer on the connection has its own
	}
}

var jsonType = []string{"application/x-amz-json-1.0"}

// answer runs the action, leaves its answer in b.out, and returns what was sent.
func (s *Service) answer(w http.ResponseWriter, r *http.Request, b *buffer) (body value.Value, err error) {
	action, err := s.action(r)
	if err != nil {
		return body, err
	}
	if err := b.read(w, r); err != nil {
		return body, err
	}
	body = value.EmptyObject
	if len(b.in) > 0 {
		if body, err = value.ParseBytes(b.in); err != nil {
			return body, unreadable(err.Error())
		}
	}
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			panic(p)
		default:
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	ctx := r.Context()
	if s.Context != nil {
		ctx = s.Context(r)
	}
	b.out, err = action.Call(ctx, body, r.Header, b.out[:0])
	return body, err
}

// action finds what the request asks for.
func (s *Service) action(r *http.Request) (Action, error) {
	contentType, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if !contentTypes[strings.ToLower(strings.TrimSpace(contentType))] {
		return Action{}, unknownOperation(fmt.Sprintf("Content-Type: expected application/x-amz-json-1.0, got %q", contentType))
	}
	target := r.Header.Get("X-Amz-Target")
	prefix, operation, _ := strings.Cut(target, ".")
	if prefix != s.Prefix {
		return Action{}, unknownOperation(fmt.Sprintf("X-Amz-Target: expected %s and an operation, got %q", s.Prefix, target))
	}
	action, ok := s.Actions[operation]
	if !ok {
		return Action{}, unknownOperation(fmt.Sprintf("%s has no action %q", s.Name, operation))
	}
	return action, nil
}

// read reads the body of the request into b.in.
func (b *buffer) read(w http.ResponseWriter, r *http.Request) error {
	control := http.NewResponseController(w)
	if control.SetReadDeadline(time.Now().Add(bodyTimeout)) == nil {
		defer control.SetReadDeadline(time.Time{})
	}
	body := bytes.NewBuffer(b.in[:0])
	body.Grow(int(min(max(r.ContentLength, 0), MaxBody)) + bytes.MinRead)
	_, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, MaxBody))
	b.in = body.Bytes()
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		w.Header().Set("Connection", "close")
		return tooLarge()
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		w.Header().Set("Connection", "close")
		return tooSlow()
	}
	if err != nil {
		return unreadable("reading the request body: " + err.Error())
	}
	return nil
}

// log reports an error that is not the client's. One that the client caused by
// going away is not worth it.
func (s *Service) log(r *http.Request, id string, err error) {
	if r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		return
	}
	log := s.Log
	if log == nil {
		log = slog.Default()
	}
	log.LogAttrs(r.Context(), slog.LevelError, "an API call failed",
		slog.String("target", r.Header.Get("X-Amz-Target")), slog.String("request", id), slog.Any("error", err))
}
