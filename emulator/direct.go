package emulator

import (
	"context"
	"errors"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/emulator/internal/history"
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
	if r.RoleARN == "" {
		r.RoleARN = "arn:aws:iam::" + e.account + ":role/aslocal"
	}
	if r.Type == "" {
		r.Type = typeStandard
	}
	ctx := context.Background()
	arn = e.arnFor("stateMachine", r.Name)
	old, err := e.machine(arn)
	if err == nil && old.machineType == r.Type {
		_, err = e.updateStateMachine(ctx, &updateStateMachineInput{StateMachineArn: arn, Definition: awsjson.Some(r.Definition), RoleArn: awsjson.Some(r.RoleARN)})
		return arn, err
	}
	if err == nil { // the type of a state machine cannot change
		if _, err := e.deleteStateMachine(ctx, &deleteStateMachineInput{StateMachineArn: arn}); err != nil {
			return arn, err
		}
	}
	_, err = e.createStateMachine(ctx, &createStateMachineInput{Name: r.Name, Definition: r.Definition, RoleArn: r.RoleARN, Type: r.Type})
	return arn, err
}

// Start begins an execution of the state machine and returns its ARN. Errors
// are those of StartExecution.
func (e *Emulator) Start(ctx context.Context, machineARN, input string) (arn string, err error) {
	out, err := e.startExecution(ctx, &startExecutionInput{StateMachineArn: machineARN, Input: awsjson.Some(input)})
	if err != nil {
		return "", err
	}
	return out.ExecutionArn, nil
}

// An Execution is how an execution stands.
type Execution struct {
	Status        string // RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED
	Input, Output string // JSON; Output is "" unless it has succeeded
	Error, Cause  string
}

// Execution returns how a Standard execution stands.
func (e *Emulator) Execution(arn string) (Execution, error) {
	v, err := e.execution(arn)
	return executionOf(v), err
}

// Wait returns how an execution stands when it has ended, or the context's
// error.
func (e *Emulator) Wait(ctx context.Context, arn string) (Execution, error) {
	v, err := e.engine.Wait(ctx, arn)
	if errors.Is(err, engine.ErrNotFound) {
		err = fault.ExecutionDoesNotExist(arn)
	}
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
	err := e.engine.History(arn, 1, func(ev *machine.Event) bool {
		events = append(events, e.eventOf(ev))
		return true
	})
	if errors.Is(err, engine.ErrNotFound) {
		err = fault.ExecutionDoesNotExist(arn)
	}
	return events, err
}

// eventOf shows an event.
func (e *Emulator) eventOf(ev *machine.Event) Event {
	record := *ev
	_, details := history.Details(ev, history.Options{Region: e.region})
	return Event{ID: ev.ID, PreviousEventID: ev.Prev, Timestamp: time.UnixMilli(ev.At).UTC(), Type: history.Type(ev), Details: details, Record: &record}
}

// WithObserver calls observe for the events of all executions once they are
// durable, in order for each execution. Private records of the machine, which
// are not in the history, come with ID 0. It must not block.
func WithObserver(observe func(execution string, e Event)) Option {
	return func(s *settings) { s.observe = observe }
}
