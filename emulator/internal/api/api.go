// Package api has the operations of Step Functions: one file for each group of
// actions, one row for each action in the table actions.
//
// An action is a method that takes a request and returns an answer, both plain
// structs; it checks the request, and leaves the rest to package registry, which
// has the definitions, and package engine, which runs them. Package awsjson
// reads and writes them; no action sees HTTP.
package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/emulator/internal/mock"
	"github.com/aslocal/aslocal/emulator/internal/random"
	"github.com/aslocal/aslocal/emulator/internal/registry"
	"github.com/aslocal/aslocal/emulator/journal"
)

// Config is what an API needs.
type Config struct {
	Home     arn.Home // of callers who do not say theirs
	Registry *registry.Registry
	Engine   *engine.Engine
	Mocks    *mock.File     // has the test cases; nil: there are none
	Now      func() int64   // Unix milliseconds
	Random   *random.Source // makes the names and ids of executions
	Log      *slog.Logger
	Note     func(name string) string // what is to be said of a state machine, "" if nothing
	// HasLogGroup reports whether there is a log group of that ARN, which ends in ":*".
	// nil: there are all.
	HasLogGroup func(ctx context.Context, arn string) bool
}

// An API answers the operations of Step Functions. It is safe for concurrent
// use.
type API struct {
	home     arn.Home
	registry *registry.Registry
	engine   *engine.Engine
	mocks    *mock.File
	now      func() int64
	random   *random.Source
	log      *slog.Logger
	note     func(name string) string
	hasGroup func(ctx context.Context, arn string) bool

	elsewhere func() (*API, error) // answers for other regions: it has no resources
}

// New returns an API.
func New(c Config) *API {
	a := &API{home: c.Home, registry: c.Registry, engine: c.Engine, mocks: c.Mocks, now: c.Now, random: c.Random, log: c.Log, note: c.Note, hasGroup: c.HasLogGroup}
	a.elsewhere = sync.OnceValues(a.newElsewhere)
	return a
}

// actions is the table of the API: one row for each operation.
var actions = map[string]row{
	"CreateActivity":                   handle((*API).createActivity),
	"CreateStateMachine":               handle((*API).createStateMachine),
	"CreateStateMachineAlias":          handle((*API).createStateMachineAlias),
	"DeleteActivity":                   handle((*API).deleteActivity),
	"DeleteStateMachine":               handle((*API).deleteStateMachine),
	"DeleteStateMachineAlias":          handle((*API).deleteStateMachineAlias),
	"DeleteStateMachineVersion":        handle((*API).deleteStateMachineVersion),
	"DescribeActivity":                 handle((*API).describeActivity),
	"DescribeExecution":                handle((*API).describeExecution),
	"DescribeMapRun":                   handle((*API).describeMapRun),
	"DescribeStateMachine":             handle((*API).describeStateMachine),
	"DescribeStateMachineAlias":        handle((*API).describeStateMachineAlias),
	"DescribeStateMachineForExecution": handle((*API).describeStateMachineForExecution),
	"GetActivityTask":                  handle((*API).getActivityTask),
	"GetExecutionHistory":              handle((*API).getExecutionHistory),
	"ListActivities":                   handle((*API).listActivities),
	"ListExecutions":                   handle((*API).listExecutions),
	"ListMapRuns":                      handle((*API).listMapRuns),
	"ListStateMachineAliases":          handle((*API).listStateMachineAliases),
	"ListStateMachineVersions":         handle((*API).listStateMachineVersions),
	"ListStateMachines":                handle((*API).listStateMachines),
	"ListTagsForResource":              handle((*API).listTagsForResource),
	"PublishStateMachineVersion":       handle((*API).publishStateMachineVersion),
	"RedriveExecution":                 handle((*API).redriveExecution),
	"SendTaskFailure":                  handle((*API).sendTaskFailure),
	"SendTaskHeartbeat":                handle((*API).sendTaskHeartbeat),
	"SendTaskSuccess":                  handle((*API).sendTaskSuccess),
	"StartExecution":                   handle((*API).startExecution),
	"StartSyncExecution":               handle((*API).startSyncExecution),
	"StopExecution":                    handle((*API).stopExecution),
	"TagResource":                      handle((*API).tagResource),
	"TestState":                        handle((*API).testState),
	"UntagResource":                    handle((*API).untagResource),
	"UpdateMapRun":                     handle((*API).updateMapRun),
	"UpdateStateMachine":               handle((*API).updateStateMachine),
	"UpdateStateMachineAlias":          handle((*API).updateStateMachineAlias),
	"ValidateStateMachineDefinition":   handle((*API).validateStateMachineDefinition),
}

// Actions returns the actions by operation.
func (a *API) Actions() map[string]awsjson.Action {
	all := make(map[string]awsjson.Action, len(actions))
	for operation, action := range actions {
		all[operation] = action(a, operation)
	}
	return all
}

// A row makes the action of an operation.
type row func(a *API, operation string) awsjson.Action

// handle is the row of a method. What the caller cannot reach does not come to it.
func handle[In, Out any](method func(*API, context.Context, *In) (*Out, error)) row {
	return func(a *API, operation string) awsjson.Action {
		return awsjson.Handle(func(ctx context.Context, in *In) (out *Out, err error) {
			at := a
			if about, ok := any(in).(aboutResource); ok {
				at, err = a.reach(ctx, operation, about.resource())
			}
			if err == nil {
				out, err = method(at, ctx, in)
			}
			if why, ok := unavailable(err); ok {
				err = why
			}
			return out, err
		})
	}
}

// diskErrors are the errors of a store that are not ours to repair. Their text
// says what to do.
var diskErrors = []error{journal.ErrFull, journal.ErrReadOnly, journal.ErrBusy, journal.ErrDisk, journal.ErrDamaged, journal.ErrGone}

// unavailable words an error that says that the store cannot be read or written,
// and reports whether err is that.
func unavailable(err error) (*awsjson.Error, bool) {
	if e, ok := errors.AsType[*engine.UnavailableError](err); ok {
		return awsjson.Unavailable(fmt.Sprintf("the execution %s is not available now: %v", e.Execution, e.Cause)), true
	}
	for _, reason := range diskErrors {
		if errors.Is(err, reason) {
			return awsjson.Unavailable(err.Error()), true
		}
	}
	return nil, false
}
