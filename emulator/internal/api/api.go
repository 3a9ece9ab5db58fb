// Package api has the operations of Step Functions: one file for each group of
// actions, one row for each action in the table of [API.Actions].
//
// An action is a method that takes a request and returns an answer, both plain
// structs; it checks what is asked for, and leaves the rest to package registry,
// which has what is defined, and package engine, which runs it. Package awsjson
// reads and writes them; no action sees HTTP.
package api

import (
	"log/slog"

	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/emulator/internal/random"
	"github.com/aslocal/aslocal/emulator/internal/registry"
)

// Config is what an API needs.
type Config struct {
	Home     arn.Home
	Registry *registry.Registry
	Engine   *engine.Engine
	Now      func() int64   // Unix milliseconds
	Random   *random.Source // makes the names and ids of executions
	Log      *slog.Logger
}

// An API answers the operations of Step Functions. It is safe for concurrent
// use.
type API struct {
	home     arn.Home
	registry *registry.Registry
	engine   *engine.Engine
	now      func() int64
	random   *random.Source
	log      *slog.Logger
}

// New returns an API.
func New(c Config) *API {
	return &API{home: c.Home, registry: c.Registry, engine: c.Engine, now: c.Now, random: c.Random, log: c.Log}
}

// Actions is the table of the API: one row for each operation.
func (a *API) Actions() map[string]awsjson.Action {
	return map[string]awsjson.Action{
		"CreateActivity":                   awsjson.Handle(a.createActivity),
		"CreateStateMachine":               awsjson.Handle(a.createStateMachine),
		"CreateStateMachineAlias":          awsjson.Handle(a.createStateMachineAlias),
		"DeleteActivity":                   awsjson.Handle(a.deleteActivity),
		"DeleteStateMachine":               awsjson.Handle(a.deleteStateMachine),
		"DeleteStateMachineAlias":          awsjson.Handle(a.deleteStateMachineAlias),
		"DeleteStateMachineVersion":        awsjson.Handle(a.deleteStateMachineVersion),
		"DescribeActivity":                 awsjson.Handle(a.describeActivity),
		"DescribeExecution":                awsjson.Handle(a.describeExecution),
		"DescribeMapRun":                   awsjson.Handle(a.describeMapRun),
		"DescribeStateMachine":             awsjson.Handle(a.describeStateMachine),
		"DescribeStateMachineAlias":        awsjson.Handle(a.describeStateMachineAlias),
		"DescribeStateMachineForExecution": awsjson.Handle(a.describeStateMachineForExecution),
		"GetActivityTask":                  awsjson.Handle(a.getActivityTask),
		"GetExecutionHistory":              awsjson.Handle(a.getExecutionHistory),
		"ListActivities":                   awsjson.Handle(a.listActivities),
		"ListExecutions":                   awsjson.Handle(a.listExecutions),
		"ListMapRuns":                      awsjson.Handle(a.listMapRuns),
		"ListStateMachineAliases":          awsjson.Handle(a.listStateMachineAliases),
		"ListStateMachineVersions":         awsjson.Handle(a.listStateMachineVersions),
		"ListStateMachines":                awsjson.Handle(a.listStateMachines),
		"ListTagsForResource":              awsjson.Handle(a.listTagsForResource),
		"PublishStateMachineVersion":       awsjson.Handle(a.publishStateMachineVersion),
		"RedriveExecution":                 awsjson.Handle(a.redriveExecution),
		"SendTaskFailure":                  awsjson.Handle(a.sendTaskFailure),
		"SendTaskHeartbeat":                awsjson.Handle(a.sendTaskHeartbeat),
		"SendTaskSuccess":                  awsjson.Handle(a.sendTaskSuccess),
		"StartExecution":                   awsjson.Handle(a.startExecution),
		"StartSyncExecution":               awsjson.Handle(a.startSyncExecution),
		"StopExecution":                    awsjson.Handle(a.stopExecution),
		"TagResource":                      awsjson.Handle(a.tagResource),
		"TestState":                        awsjson.Handle(a.testState),
		"UntagResource":                    awsjson.Handle(a.untagResource),
		"UpdateMapRun":                     awsjson.Handle(a.updateMapRun),
		"UpdateStateMachine":               awsjson.Handle(a.updateStateMachine),
		"UpdateStateMachineAlias":          awsjson.Handle(a.updateStateMachineAlias),
		"ValidateStateMachineDefinition":   awsjson.Handle(a.validateStateMachineDefinition),
	}
}
