package api

import (
	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/value"
)

// This file checks the context object that TestState may be given. A given one
// replaces the whole context object of an execution: what it lacks is not there.

// contextMembers are the members that a context object has, and those of its
// parts. A member of the kind Absent may be anything.
var contextMembers = map[string]map[string]value.Kind{
	"Execution": {
		"Id": value.String, "Input": value.Absent, "Name": value.String, "RoleArn": value.String, "StartTime": value.String,
		"RedriveCount": value.Number, "RedriveTime": value.String,
	},
	"State":        {"Name": value.String, "EnteredTime": value.String, "RetryCount": value.Number},
	"StateMachine": {"Id": value.String, "Name": value.String},
	"Task":         {"Token": value.String},
}

// kindNames names kinds as the service does.
var kindNames = map[value.Kind]string{value.String: "a string", value.Number: "a number", value.Object: "an object"}

// contextOf reads the context object; no value if none is given.
func (in *testStateInput) contextOf(s testedState) (value.Value, error) {
	if !in.Context.Set {
		return value.Value{}, nil
	}
	context, err := value.Parse(in.Context.Value)
	if err != nil || context.Kind() != value.Object {
		return context, fault.InvalidContext("Context object must be a JSON object")
	}
	for name, part := range context.Members() {
		members, known := contextMembers[name]
		switch {
		case name == "Map":
			return context, fault.InvalidContext("'Map' field is not supported when mocking a Context object")
		case !known:
			return context, notAllowed(name)
		case name == "Task" && !s.waits():
			return context, fault.InvalidContext("Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken' service integration pattern")
		case part.Kind() != value.Object:
			return context, mustBe(name, value.Object)
		}
		for member, v := range part.Members() {
			switch kind, known := members[member]; {
			case !known:
				return context, notAllowed(member)
			case kind != value.Absent && v.Kind() != kind:
				return context, mustBe(name+"."+member, kind)
			}
		}
	}
	return context, nil
}

func notAllowed(name string) error {
	return fault.InvalidContext("Field '" + name + "' is not allowed")
}

func mustBe(name string, kind value.Kind) error {
	return fault.InvalidContext(name + " must be " + kindNames[kind])
}

// waits reports whether the state is a Task that waits for a token or a job.
func (s testedState) waits() bool { return s.resource.Pattern != asl.RequestResponse }
