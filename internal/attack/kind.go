package main

import (
	"embed"
	"path"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// This file holds the table of the kinds of executions: the state machine of
// each is machines/<name>.asl.json.

//go:embed machines
var machines embed.FS

// A kind is a state machine and what must come of its executions.
type kind struct {
	name  string
	input string
	// testCase of the mock configuration; "" for none.
	testCase string
	ends     types.ExecutionStatus
	// history says how the history is compared with one of an undisturbed run.
	history comparison
	// children is the machine of which each execution starts exactly one.
	children string
	// stopped: StopExecution is called at a random moment.
	stopped bool
	// mayEnd: it may also have succeeded before the stop.
	mayEnd bool
	// serial: its calls come one after another, by their step.
	serial bool
}

// A comparison says how histories are compared.
type comparison int

const (
	inOrder  comparison = iota // the same events, each following the same one
	anyOrder                   // the same events; branches run beside each other
	notAtAll                   // a retry may come in between, or the stop comes anywhere
)

const (
	succeeded = types.ExecutionStatusSucceeded
	failed    = types.ExecutionStatusFailed
	aborted   = types.ExecutionStatusAborted
)

// kinds are what the mixed load consists of.
var kinds = []kind{
	{name: "pass", ends: succeeded},
	{name: "wait", ends: succeeded},
	{name: "tasks", ends: succeeded, serial: true},
	{name: "retry", ends: succeeded, serial: true},
	{name: "catch", ends: succeeded, serial: true},
	{name: "fail", ends: failed, serial: true},
	{name: "parallel", ends: succeeded, history: anyOrder},
	{name: "parallel-fail", ends: failed, history: anyOrder},
	{name: "map", ends: succeeded, history: anyOrder},
	{name: "map-standard", ends: succeeded},
	{name: "map-express", ends: succeeded},
	{name: "activity", ends: succeeded, history: notAtAll},
	{name: "token", ends: succeeded, serial: true},
	{name: "job", ends: succeeded},
	{name: "local", ends: succeeded},
	{name: "mock", ends: succeeded, testCase: "Case"},
	{name: "held", ends: succeeded},
	{name: "nested", ends: succeeded, children: "child"},
	{name: "nested-name", ends: succeeded, children: "quick"},
	{name: "nested-sync", ends: succeeded, children: "child"},
	{name: "nested-sync2", ends: succeeded, children: "child"},
	{name: "nested-token", ends: succeeded, history: anyOrder, children: "answer"},
	{name: "sdk-start", ends: succeeded, children: "quick"},
	{name: "sdk-describe", ends: succeeded},
	{name: "stop", ends: aborted, stopped: true},
	{name: "stop-chain", ends: aborted, stopped: true, mayEnd: true, history: notAtAll},
	{name: "stop-nested", ends: aborted, stopped: true, children: "long", history: notAtAll},
	{name: "stop-map", ends: aborted, stopped: true, history: notAtAll, input: `{"items": [1, 2, 3, 4]}`},
}

// redriven is the kind whose executions are redriven: it fails until the switch
// is on. The step of its calls is the number of the redrive.
var redriven = kind{name: "switch", ends: failed, serial: true}

// plainInput is the input of the kinds that give none.
const plainInput = `{"n": 21}`

// startARN is what executions of the kind are started by.
func (k *kind) startARN() string {
	if k.testCase != "" {
		return machineARN(k.name) + "#" + k.testCase
	}
	return machineARN(k.name)
}

func (k *kind) inputText() string {
	if k.input != "" {
		return k.input
	}
	return plainInput
}

// kindOf returns the kind that the name of an execution begins with; nil for
// none.
func kindOf(execution string) *kind {
	name, _, _ := strings.Cut(execution, ".")
	if name == redriven.name {
		return &redriven
	}
	for i := range kinds {
		if kinds[i].name == name {
			return &kinds[i]
		}
	}
	return nil
}

// definitions returns the definitions of all machines, by name.
func definitions() (map[string]string, error) {
	entries, err := machines.ReadDir("machines")
	if err != nil {
		return nil, err
	}
	out := make(map[string]string)
	for _, e := range entries {
		text, err := machines.ReadFile(path.Join("machines", e.Name()))
		if err != nil {
			return nil, err
		}
		out[strings.TrimSuffix(e.Name(), ".asl.json")] = string(text)
	}
	return out, nil
}

// The names that definitions and activities have in the API, and their ARNs.
const (
	prefix       = "attack-"
	activityName = "attack"
	role         = "arn:aws:iam::123456789012:role/attack"
)

func machineARN(name string) string {
	return "arn:aws:states:us-east-1:123456789012:stateMachine:" + prefix + name
}

func executionARN(machine, name string) string {
	return "arn:aws:states:us-east-1:123456789012:execution:" + prefix + machine + ":" + name
}
