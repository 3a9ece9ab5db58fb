package emulator

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/emulator/internal/history"
	"github.com/aslocal/aslocal/emulator/internal/registry"
	"github.com/aslocal/aslocal/value"
)

// This file has the methods with which a Go program uses an emulator without
// HTTP.

// A Registration is a state machine to create or update.
type Registration struct {
	Name       string
	Definition string // JSON
	Type       string // STANDARD (the default) or EXPRESS
	RoleARN    string // a dummy role if not given
	// Logging and Tracing are the loggingConfiguration and tracingConfiguration of
	// CreateStateMachine. One that does not exist is off, or stays as it was.
	Logging, Tracing value.Value
	// Tags are given to the state machine when it is created.
	Tags map[string]string
}

// Register creates the state machine, or updates the one of that name, in the default
// region and account, and returns its ARN. One of another type is deleted first. It fails as
// CreateStateMachine does; the text of the error is "code: message".
func (e *Emulator) Register(r Registration) (machineARN string, err error) {
	ctx := context.WithValue(context.Background(), registering{}, true)
	machineARN = e.home.StateMachine(r.Name)
	kind := cmp.Or(r.Type, registry.Standard)
	in := value.OfMembers("definition", value.OfString(r.Definition),
		"roleArn", value.OfString(cmp.Or(r.RoleARN, "arn:aws:iam::"+e.home.Account+":role/aslocal")))
	if r.Logging.Exists() {
		in = in.With("loggingConfiguration", r.Logging)
	}
	if r.Tracing.Exists() {
		in = in.With("tracingConfiguration", r.Tracing)
	}
	switch old := e.registry.Machine(machineARN); {
	case old != nil && old.Type == kind:
		_, err = e.call(ctx, "UpdateStateMachine", in.With("stateMachineArn", value.OfString(machineARN)))
		return machineARN, err
	case old != nil: // the type of a state machine cannot change
		if _, err := e.call(ctx, "DeleteStateMachine", value.OfMembers("stateMachineArn", value.OfString(machineARN))); err != nil {
			return machineARN, err
		}
	}
	var tags []value.Value
	for _, key := range slices.Sorted(maps.Keys(r.Tags)) {
		tags = append(tags, value.OfMembers("key", value.OfString(key), "value", value.OfString(r.Tags[key])))
	}
	in = in.With("tags", value.OfSlice(tags))
	_, err = e.call(ctx, "CreateStateMachine", in.With("name", value.OfString(r.Name)).With("type", value.OfString(kind)))
	return machineARN, err
}

// StateMachineARN returns the ARN that the state machine of a name has, or would have, in
// the default region and account.
func (e *Emulator) StateMachineARN(name string) string { return e.home.StateMachine(name) }

// Start begins an execution of the state machine, version or alias with the
// input, a JSON text, and returns the ARN of the execution. It fails as
// StartExecution does.
func (e *Emulator) Start(ctx context.Context, machineARN, input string) (arn string, err error) {
	out, err := e.call(ctx, "StartExecution", value.OfMembers("stateMachineArn", value.OfString(machineARN), "input", value.OfString(input)))
	return out.Get("executionArn").Text(), err
}

// call calls an operation of the API as a client would.
func (e *Emulator) call(ctx context.Context, operation string, in value.Value) (value.Value, error) {
	out, err := e.actions[operation].Call(ctx, in, nil, nil)
	if err != nil {
		return value.Value{}, err
	}
	return value.ParseBytes(out)
}

// An Execution is the status of an execution and its data.
type Execution struct {
	Status        string // RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED
	Input, Output string // JSON; Output is "" unless it has succeeded
	Error, Cause  string
}

// Execution returns the status of a Standard execution. It fails with
// ExecutionDoesNotExist or InvalidArn.
func (e *Emulator) Execution(arn string) (Execution, error) {
	v, err := e.api.Execution(arn)
	return executionOf(v), err
}

// Wait waits for the end of an execution and returns its status. It fails with
// the context's error if that ends first.
func (e *Emulator) Wait(ctx context.Context, arn string) (Execution, error) {
	v, err := e.api.Wait(ctx, arn)
	return executionOf(v), err
}

// executionOf returns what a user sees of a view; a view without Start is of no
// execution.
func executionOf(v engine.View) Execution {
	if v.Start == nil {
		return Execution{}
	}
	x := Execution{Status: v.Status.String(), Input: v.Start.InputText, Output: v.Output.String()}
	if f := v.Failure; f != nil {
		x.Error, x.Cause = f.Name.Text(), f.Cause.Text()
	}
	return x
}

// An Event is one event of a history.
type Event struct {
	ID, PreviousEventID int64
	Timestamp           time.Time
	Type                string      // as in "PassStateEntered"
	Details             value.Value // the details member's content, or no value

	// Record is the event as the machine recorded it: what package timeline
	// reads. It must not be changed.
	Record *machine.Event
}

// History returns all events of a Standard execution. It fails with
// ExecutionDoesNotExist or InvalidArn.
func (e *Emulator) History(execution string) ([]Event, error) {
	var events []Event
	err := e.api.History(execution, 1, func(ev *machine.Event) bool {
		events = append(events, eventOf(execution, ev))
		return true
	})
	return events, err
}

// eventOf returns what a user sees of an event of an execution.
func eventOf(execution string, ev *machine.Event) Event {
	record := *ev
	return eventIn(arn.HomeOf(execution).Region, &record)
}

// eventIn returns what a user sees of an event in a region.
func eventIn(region string, ev *machine.Event) Event {
	_, details := history.Details(ev, history.Options{Region: region})
	return Event{ID: ev.ID, PreviousEventID: ev.Prev, Timestamp: time.UnixMilli(ev.At).UTC(), Type: history.Type(ev), Details: details, Record: ev}
}

// WithObserver calls observe for the events of all executions once they are
// durable, in order for each execution. Private records of the machine, which
// are not in the history, come with ID 0. It must not block.
func WithObserver(observe func(execution string, e Event)) Option {
	return func(s *settings) { s.observe = observe }
}
