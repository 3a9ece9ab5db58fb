package awsjson

import (
	"context"
	"errors"
	"fmt"
	"io"
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
// prefix for some operations, and the signature.
type Service struct {
	Prefix  string            // of X-Amz-Target, before the dot: "AWSStepFunctions"
	Actions map[string]Action // by operation
	Log     *slog.Logger      // gets what goes wrong in actions; nil: slog.Default()
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
	header, id := w.Header(), uuid.NewString()
	header[requestIDHeader] = []string{id}
	if r.Method != http.MethodPost {
		header.Set("Allow", http.MethodPost)
		http.Error(w, "the API takes POST requests", http.StatusMethodNotAllowed)
		return
	}
	b := buffers.Get().(*buffer)
	defer b.release()
	status := http.StatusOK
	if err := s.answer(w, r, b); err != nil {
		fault, ok := errors.AsType[Fault](err)
		if !ok {
			s.log(r, id, err)
			fault = internal(id)
		}
		status = http.StatusBadRequest
		if e, ok := fault.(*Error); ok {
			status = e.Status
		}
		b.out = appendFault(b.out[:0], fault)
	}
	header["Content-Type"] = jsonType
	header["Content-Length"] = []string{strconv.Itoa(len(b.out))}
	w.WriteHeader(status)
	w.Write(b.out) // a client that has gone is no error of ours
}

var jsonType = []string{"application/x-amz-json-1.0"}

// answer runs the action and leaves its answer in b.out.
func (s *Service) answer(w http.ResponseWriter, r *http.Request, b *buffer) (err error) {
	action, err := s.action(r)
	if err != nil {
		return err
	}
	if err := b.read(w, r); err != nil {
		return err
	}
	body := value.EmptyObject
	if len(b.in) > 0 {
		if body, err = value.ParseBytes(b.in); err != nil {
			return unreadable(err.Error())
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
	b.out, err = action.Call(r.Context(), body, r.Header, b.out[:0])
	return err
}

// action finds what the request asks for.
func (s *Service) action(r *http.Request) (Action, error) {
	contentType, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if !contentTypes[strings.ToLower(strings.TrimSpace(contentType))] {
		return Action{}, unknownOperation(fmt.Sprintf("Content-Type: expected application/x-amz-json-1.0, got %q", contentType))
	}
	target := r.Header.Get("X-Amz-Target")
	prefix, operation, _ := strings.Cut(target, ".")
	if prefix == s.Prefix {
		if action, ok := s.Actions[operation]; ok {
			return action, nil
		}
	}
	return Action{}, unknownOperation(fmt.Sprintf("X-Amz-Target: expected %s and an operation, got %q", s.Prefix, target))
}

// read reads the body of the request into b.in.
func (b *buffer) read(w http.ResponseWriter, r *http.Request) error {
	if r.ContentLength > MaxBody {
		w.Header().Set("Connection", "close") // rather than read it all
		return tooLarge()
	}
	deadline := http.NewResponseController(w)
	if deadline.SetReadDeadline(time.Now().Add(bodyTimeout)) == nil {
		defer deadline.SetReadDeadline(time.Time{})
	}
	b.in = slices.Grow(b.in[:0], int(max(r.ContentLength+1, 512))) // the end of the body wants a byte of room
	for {
		if len(b.in) == cap(b.in) {
			b.in = slices.Grow(b.in, len(b.in))
		}
		n, err := r.Body.Read(b.in[len(b.in):cap(b.in)])
		b.in = b.in[:len(b.in)+n]
		switch {
		case len(b.in) > MaxBody:
			w.Header().Set("Connection", "close")
			return tooLarge()
		case err == io.EOF:
			return nil
		case errors.Is(err, os.ErrDeadlineExceeded):
			w.Header().Set("Connection", "close")
			return tooSlow()
		case err != nil:
			return unreadable("reading the request body: " + err.Error())
		}
	}
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
