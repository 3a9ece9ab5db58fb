// Package api has the operations of Step Functions: one file for each group of
// actions, one row for each action in the table of [API.Actions].
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
	Home     arn.Home
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
}

// New returns an API.
func New(c Config) *API {
	return &API{home: c.Home, registry: c.Registry, engine: c.Engine, mocks: c.Mocks, now: c.Now, random: c.Random, log: c.Log, note: c.Note, hasGroup: c.HasLogGroup}
}

// Actions is the table of the API: one row for each operation.
func (a *API) Actions() map[string]awsjson.Action {
	return map[string]awsjson.Action{
		"CreateActivity":                   handle(a.createActivity),
		"CreateStateMachine":               handle(a.createStateMachine),
		"CreateStateMachineAlias":          handle(a.createStateMachineAlias),
		"DeleteActivity":                   handle(a.deleteActivity),
		"DeleteStateMachine":               handle(a.deleteStateMachine),
		"DeleteStateMachineAlias":          handle(a.deleteStateMachineAlias),
		"DeleteStateMachineVersion":        handle(a.deleteStateMachineVersion),
		"DescribeActivity":                 handle(a.describeActivity),
		"DescribeExecution":                handle(a.describeExecution),
		"DescribeMapRun":                   handle(a.describeMapRun),
		"DescribeStateMachine":             handle(a.describeStateMachine),
		"DescribeStateMachineAlias":        handle(a.describeStateMachineAlias),
		"DescribeStateMachineForExecution": handle(a.describeStateMachineForExecution),
		"GetActivityTask":                  handle(a.getActivityTask),
		"GetExecutionHistory":              handle(a.getExecutionHistory),
		"ListActivities":                   handle(a.listActivities),
		"ListExecutions":                   handle(a.listExecutions),
		"ListMapRuns":                      handle(a.listMapRuns),
		"ListStateMachineAliases":          handle(a.listStateMachineAliases),
		"ListStateMachineVersions":         handle(a.listStateMachineVersions),
		"ListStateMachines":                handle(a.listStateMachines),
		"ListTagsForResource":              handle(a.listTagsForResource),
		"PublishStateMachineVersion":       handle(a.publishStateMachineVersion),
		"RedriveExecution":                 handle(a.redriveExecution),
		"SendTaskFailure":                  handle(a.sendTaskFailure),
		"SendTaskHeartbeat":                handle(a.sendTaskHeartbeat),
		"SendTaskSuccess":                  handle(a.sendTaskSuccess),
		"StartExecution":                   handle(a.startExecution),
		"StartSyncExecution":               handle(a.startSyncExecution),
		"StopExecution":                    handle(a.stopExecution),
		"TagResource":                      handle(a.tagResource),
		"TestState":                        handle(a.testState),
		"UntagResource":                    handle(a.untagResource),
		"UpdateMapRun":                     handle(a.updateMapRun),
		"UpdateStateMachine":               handle(a.updateStateMachine),
		"UpdateStateMachineAlias":          handle(a.updateStateMachineAlias),
		"ValidateStateMachineDefinition":   handle(a.validateStateMachineDefinition),
	}
}

// handle makes the action of a method.
func handle[In, Out any](method func(context.Context, *In) (*Out, error)) awsjson.Action {
	return awsjson.Handle(func(ctx context.Context, in *In) (*Out, error) {
		out, err := method(ctx, in)
		if why, ok := unavailable(err); ok {
			err = why
		}
		return out, err
	})
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
