package asl

import (
	"github.com/aslocal/aslocal/value"
)

// This file checks Wait states. Spec: "Wait State".

// waitFields are the fields that say how long to wait, in the order of the service.
var waitFields = []string{"SecondsPath", "Seconds", "TimestampPath", "Timestamp"}

// checkWait reports a Wait state that gives no time to wait, or several.
func (c *checker) checkWait(s *State) {
	switch n := count(s.Fields, waitFields); {
	case n == 0:
		c.report(s.at, noneOf(waitFields...))
	case n > 1:
		c.report(s.at, severalOf(waitFields...))
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
