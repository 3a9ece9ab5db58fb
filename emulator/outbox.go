package emulator

import (
	"context"
	"io"
	"strings"
	"sync"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/emulator/internal/outbox"
	"github.com/aslocal/aslocal/value"
)

// This file sets up what is sent about executions: log events, and the events of
// EventBridge.

// WithLogs sets where the log events of state machines are written that have a
// loggingConfiguration: the message of CloudWatch Logs, a JSON object, a line. Only one
// goroutine writes. If not given, they are sent to the endpoint of WithServiceEndpoint
// for "logs" alone, or nowhere if there is none.
func WithLogs(w io.Writer) Option { return func(s *settings) { s.logs = w } }

// WithoutDelivery sends no log events and no events of EventBridge, whatever other options
// say: executions of tests are nobody else's business.
func WithoutDelivery() Option { return func(s *settings) { s.withoutDelivery = true } }

// openOutbox sets up what has somewhere to go. An endpoint of all services does not
// count, since what is sent there is not asked for by a task.
func (e *Emulator) openOutbox(s *settings) {
	if s.withoutDelivery {
		return
	}
	logs := s.ownEndpoint("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "logs", "cloudwatchlogs")
	if logs != "" || s.logs != nil {
		c := outbox.LogsConfig{Create: logs != realAWS, Writer: s.logs, Logging: e.loggingOf, Random: s.random, Log: s.log}
		if logs != "" {
			c.Client = e.tasks.services
		}
		e.logs = outbox.NewLogs(c)
	}
	switch events := s.ownEndpoint("AWS_ENDPOINT_URL_EVENTBRIDGE", "events", "eventbridge"); events {
	case "", realAWS: // AWS does not let users send events in the name of its services
	default:
		e.changes = outbox.NewStatusChanges(outbox.StatusChangesConfig{
			Client: e.tasks.services, Log: s.log,
			Redrive: func(v *engine.View) (engine.RedriveStatus, string) { return v.RedriveStatus(s.clock.Now()) },
		})
	}
}

// ownEndpoint is the endpoint that a service has of its own, by any of its names; "" if
// it has none.
func (s *settings) ownEndpoint(variable string, names ...string) string {
	if s.environment != nil {
		ignored, _ := s.environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
		if url, _ := s.environment(variable); url != "" && !strings.EqualFold(ignored, "true") {
			return url
		}
	}
	for _, name := range names {
		if url := s.serviceEndpoints[name]; url != "" {
			return url
		}
	}
	return ""
}

// loggingOf is the loggingConfiguration of a revision.
func (e *Emulator) loggingOf(revision string) (value.Value, error) {
	v, err := e.registry.Revision(revision)
	if err != nil {
		return value.Value{}, err
	}
	return v.Logging, nil
}

// beganFunc is the type of engine.Config.Began.
type beganFunc = func(start *machine.Start, started int64, redrives int, redriven int64)

// tellChanges returns the callbacks of the engine that also tell EventBridge, but not of
// trial runs of the pages. Each of those before may be nil.
func (e *Emulator) tellChanges(began beganFunc, ended func(*engine.View)) (beganFunc, func(*engine.View)) {
	return func(start *machine.Start, started int64, redrives int, redriven int64) {
			if began != nil {
				began(start, started, redrives, redriven)
			}
			if !isTrial(start.Machine) {
				e.changes.Began(start, started, redrives, redriven)
			}
		}, func(v *engine.View) {
			if ended != nil {
				ended(v)
			}
			if !isTrial(v.Start.Machine) {
				e.changes.Changed(v)
			}
		}
}

// registering is the key under which a context says that Register calls.
type registering struct{}

// hasLogGroup reports whether a log group exists that a state machine is to log to. Those
// of state machines that Register makes need not, since no template is deployed here that
// creates them: they are created when something is logged.
func (e *Emulator) hasLogGroup(ctx context.Context, group string) bool {
	if e.logs == nil || ctx.Value(registering{}) != nil {
		return true
	}
	found, err := e.logs.HasGroup(ctx, group)
	if err != nil {
		e.log.Warn("a state machine logs to a log group that could not be looked up", "logGroup", group, "error", err)
	}
	return found
}

// closeOutbox sends what waits.
func (e *Emulator) closeOutbox() {
	var closing sync.WaitGroup
	if e.logs != nil {
		closing.Go(e.logs.Close)
	}
	if e.changes != nil {
		closing.Go(e.changes.Close)
	}
	closing.Wait()
}
