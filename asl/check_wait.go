package asl

import (
	"github.com/aslocal/aslocal/value"
)

// This file checks Wait states. Spec: "Wait State".

// checkWait reports a Wait state that gives no time to wait, or several.
func (c *checker) checkWait(s *State) {
	names := []string{"Seconds", "SecondsPath", "Timestamp", "TimestampPath"}
	if s.QueryLanguage == JSONata {
		names = []string{"Seconds", "Timestamp"}
	}
	n := 0
	for _, name := range names {
		if s.Fields.Get(name).Exists() {
			n++
		}
	}
	if n != 1 {
		c.report(s.at, exactlyOneOf(names...))
	}
}

// checkTimestamp reports a Timestamp that is not a timestamp.
func (c *checker) checkTimestamp(s *State) {
	v := s.Fields.Get("Timestamp")
	if v.Kind() != value.String || s.QueryLanguage == JSONata && isExpression(v.Text()) {
		return
	}
	if _, ok := ParseTimestamp(v.Text()); !ok {
		c.report(s.at.member("Timestamp"), notATimestamp())
	}
}
