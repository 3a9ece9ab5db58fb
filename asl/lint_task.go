package asl

import (
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file warns of Task states that wait for a token that nobody gives back.
// Guide: "Wait for a callback with the task token".

// lintToken warns of a task that waits for its token but does not pass it on,
// and of one that waits without a limit: the service's own is three years.
func (c *checker) lintToken(s *State) {
	r, err := ParseResource(s.Fields.Get("Resource").Text())
	if err != nil || r.Pattern != WaitForTaskToken || c.express {
		return // an Express state machine cannot wait for tokens at all
	}
	at := s.at.member("Resource")
	if !passesToken(s) {
		c.report(at, tokenNotPassed(s.QueryLanguage))
	}
	for _, name := range []string{"TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath"} {
		if s.Fields.Get(name).Exists() {
			return
		}
	}
	if !c.d.TimeoutSeconds.Exists() {
		c.report(at, waitsForever())
	}
}

// passesToken reports whether the input of a task may hold its token: it mentions the
// context object, or its content is not known.
func passesToken(s *State) bool {
	name, context := s.argumentsField(), "$$"
	if s.QueryLanguage == JSONata {
		context = "$states"
	}
	given, found := s.Fields.Get(name), strings.Contains(s.Fields.Get("InputPath").Text(), "$$")
	if !given.Exists() {
		return found || s.QueryLanguage == JSONPath // the input may have been made to hold anything
	}
	walk(s.at.member(name), given, func(_ *place, v value.Value) {
		found = found || strings.Contains(v.Text(), context)
	})
	return found
}
