// Package outbox sends others what happens to executions: log events to CloudWatch
// Logs or a file, and changes of status to EventBridge.
//
// Both are sent by a goroutine of their own ([sender]) that starts with the first
// item, so that no execution waits for them. What cannot be sent is counted, and the
// log says how much that was and why.
package outbox

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/internal/awsclient"
	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/value"
)

// A Caller calls operations of AWS's services; *awsclient.Client is one.
type Caller interface {
	Call(context.Context, awsclient.Request) (awsclient.Response, error)
}

// The limits of a sender, and of its calls.
const (
	maxWaiting     = 32 << 20        // bytes that wait to be sent, but for what comes when nothing waits; more is dropped
	closingTime    = 5 * time.Second // to send what waits when the emulator closes
	attempts       = 3               // at a call whose answer does not come
	firstPause     = 100 * time.Millisecond
	callDeadline   = 10 * time.Second
	lookUpDeadline = 5 * time.Second // somebody waits for the answer
)

// payloadLimit is how many bytes of input and output are sent, escaped as in JSON.
// Guide: "CloudWatch Logs payloads", "EventBridge payloads".
const payloadLimit = 248 << 10

// A sender sends items in the order in which they were added.
type sender[T any] struct {
	what string // the items, for the log: "log events"
	log  *slog.Logger
	send func(context.Context, []T) // reports what it does not send with drop

	mu      sync.Mutex
	waiting []T
	size    int // of those that wait, in bytes
	full    int // how many were dropped since too many wait
	closed  bool
	cancel  context.CancelFunc // of the goroutine; nil before it starts
	more    chan struct{}      // something waits, or the sender is closed; room for one
	done    chan struct{}      // the goroutine has ended
}

// add queues items of that size together, in bytes. It does not block.
func (s *sender[T]) add(size int, items ...T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		s.drop(len(items), errors.New("they come too late, after the end of the emulator"))
		return
	}
	if s.size > 0 && s.size+size > maxWaiting {
		s.full += len(items)
		return
	}
	s.waiting = append(s.waiting, items...)
	s.size += size
	if s.cancel == nil {
		var ctx context.Context
		ctx, s.cancel = context.WithCancel(context.Background())
		s.more, s.done = make(chan struct{}, 1), make(chan struct{})
		go s.run(ctx)
	}
	s.wake()
}

// wake lets the goroutine look again. The caller holds s.mu.
func (s *sender[T]) wake() {
	select {
	case s.more <- struct{}{}:
	default:
	}
}

// run sends what waits until the sender is closed and nothing waits any more.
func (s *sender[T]) run(ctx context.Context) {
	defer close(s.done)
	for range s.more {
		s.mu.Lock()
		items, full, closed := s.waiting, s.full, s.closed
		s.waiting, s.size, s.full = nil, 0, 0
		s.mu.Unlock()
		if full > 0 {
			s.drop(full, errors.New("more of them come than can be sent"))
		}
		if len(items) > 0 {
			s.send(ctx, items)
		}
		if closed {
			return
		}
	}
}

// drop says that items are not sent, and why.
func (s *sender[T]) drop(count int, why error) {
	s.log.Warn(s.what+" were dropped", "count", count, "error", why)
}

// close sends what waits, for closingTime at most. Closing again does nothing.
func (s *sender[T]) close() {
	s.mu.Lock()
	if s.closed || s.cancel == nil {
		s.closed = true
		s.mu.Unlock()
		return
	}
	s.closed = true
	s.wake()
	s.mu.Unlock()
	late := time.AfterFunc(closingTime, s.cancel)
	<-s.done
	late.Stop()
	s.cancel()
}

// call calls an operation in a region, as an account, again if no answer comes or the service asks for patience.
func call(ctx context.Context, c Caller, at arn.Home, service, operation string, input value.Value) (value.Value, error) {
	pause := firstPause
	for attempt := 1; ; attempt++ {
		within, cancel := context.WithTimeout(ctx, callDeadline)
		answer, err := c.Call(within, awsclient.Request{Service: service, Operation: operation, Casing: awsapi.API, Region: at.Region, Account: at.Account, Input: input})
		cancel()
		if err == nil || attempt == attempts || !passing(err) {
			return answer.Output, err
		}
		select {
		case <-time.After(pause):
			pause *= 2
		case <-ctx.Done():
			return value.Value{}, err
		}
	}
}

// passing reports whether the same call may succeed later.
func passing(err error) bool {
	e, ok := errors.AsType[*awsclient.Error](err)
	return ok && (e.Err != nil || e.Status >= 500 || e.Status == 429 || e.Code == "ThrottlingException")
}

// code is what a service calls the error that it has answered; "" if it has not
// answered.
func code(err error) string {
	if e, ok := errors.AsType[*awsclient.Error](err); ok {
		return e.Code
	}
	return ""
}
