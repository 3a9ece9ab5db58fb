package emulator

import (
	"cmp"
	"context"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/emulator/internal/history"
	"github.com/aslocal/aslocal/emulator/internal/registry"
	"github.com/aslocal/aslocal/value"
)

// This file is what a Go program may ask of an emulator without HTTP.

// A Registration is a state machine that comes from a file.
type Registration struct {
	Name       string
	Definition string // JSON
	Type       string // STANDARD (the default) or EXPRESS
	RoleARN    string // a dummy role if not given
}

// Register creates the state machine, or updates the one of that name. It
// returns its ARN. Errors are those of CreateStateMachine.
func (e *Emulator) Register(r Registration) (arn string, err error) {
	ctx := context.Background()
	arn = e.home.StateMachine(r.Name)
	kind := cmp.Or(r.Type, registry.Standard)
	in := value.OfMembers("definition", value.OfString(r.Definition),
		"roleArn", value.OfString(cmp.Or(r.RoleARN, "arn:aws:iam::"+e.home.Account+":role/aslocal")))
	switch old := e.registry.Machine(r.Name); {
	case old != nil && old.Type == kind:
		_, err = e.call(ctx, "UpdateStateMachine", in.With("stateMachineArn", value.OfString(arn)))
		return arn, err
	case old != nil: // the type of a state machine cannot change
		if _, err := e.call(ctx, "DeleteStateMachine", value.OfMembers("stateMachineArn", value.OfString(arn))); err != nil {
			return arn, err
		}
	}
	_, err = e.call(ctx, "CreateStateMachine", in.With("name", value.OfString(r.Name)).With("type", value.OfString(kind)))
	return arn, err
}

// Start begins an execution of the state machine and returns its ARN. Errors
// are those of StartExecution.
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

// An Execution is how an execution stands.
type Execution struct {
	Status        string // RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED
	Input, Output string // JSON; Output is "" unless it has succeeded
	Error, Cause  string
}

// Execution returns how a Standard execution stands.
func (e *Emulator) Execution(arn string) (Execution, error) {
	v, err := e.api.Execution(arn)
	return executionOf(v), err
}

// Wait returns how an execution stands when it has ended, or the context's
// error.
func (e *Emulator) Wait(ctx context.Context, arn string) (Execution, error) {
	v, err := e.api.Wait(ctx, arn)
	return executionOf(v), err
}

// executionOf shows a view; one without Start is of no execution.
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

// History returns all events of a Standard execution.
func (e *Emulator) History(arn string) ([]Event, error) {
	var events []Event
	err := e.api.History(arn, 1, func(ev *machine.Event) bool {
		events = append(events, e.eventOf(ev))
		return true
	})
	return events, err
}

// eventOf shows an event.
func (e *Emulator) eventOf(ev *machine.Event) Event {
	record := *ev
	_, details := history.Details(ev, history.Options{Region: e.home.Region})
	return Event{ID: ev.ID, PreviousEventID: ev.Prev, Timestamp: time.UnixMilli(ev.At).UTC(), Type: history.Type(ev), Details: details, Record: &record}
}

// WithObserver calls observe for the events of all executions once they are
// durable, in order for each execution. Private records of the machine, which
// are not in the history, come with ID 0. It must not block.
func WithObserver(observe func(execution string, e Event)) Option {
	return func(s *settings) { s.observe = observe }
}
