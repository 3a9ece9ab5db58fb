package asl

import (
	"slices"
	"strings"

	"github.com/aslocal/aslocal/jsonpath"
)

// This file warns of members that the context object does not have. Guide:
// "Accessing execution data from the Context object".

// contextMembers are the members of each object in the context object, by the path
// to it. Objects that are not listed may have any members.
var contextMembers = map[string][]string{
	"":             {"Execution", "StateMachine", "State", "Task", "Map"},
	"Execution":    {"Id", "Input", "Name", "RoleArn", "StartTime", "RedriveCount", "RedriveTime"},
	"StateMachine": {"Id", "Name"},
	"State":        {"Name", "EnteredTime", "RetryCount"},
	"Task":         {"Token"},
	"Map":          {"Item"},
	"Map.Item":     {"Index", "Value", "Key", "Source"},
}

// ContextMembers returns the members of the object in the context object that a path
// of names leads to; nil if it may have any, or is no object.
func ContextMembers(path ...string) []string { return contextMembers[strings.Join(path, ".")] }

// checkContext warns of paths and expressions that read members which the context
// object never has.
func (c *checker) checkContext(s *State) {
	if c.o.Alone {
		return // TestState may be given another context object
	}
	s.eachPath(func(at *place, where part, p *jsonpath.Path) {
		if p.Root() == jsonpath.Context {
			checkContextNames("$$", p.Names(), func(m message) { c.reportPart(at, at, where, m) })
		}
	})
}

// checkContextNames reports the first name on a path into the context object that
// does not exist.
func checkContextNames(root string, names []string, report func(message)) {
	for i, name := range names {
		known, ok := contextMembers[strings.Join(names[:i], ".")]
		if !ok {
			return
		}
		if !slices.Contains(known, name) {
			report(unknownName(root+"."+strings.Join(names[:i+1], "."), name, known))
			return
		}
	}
}
