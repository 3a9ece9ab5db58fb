package asl

import (
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file checks the fields of JSONata states: which strings are expressions,
// and whether they are right. Spec: "JSONata".

// isExpression reports whether a string is a JSONata expression: it begins with
// {% and ends with %}, without anything around them.
func isExpression(s string) bool {
	return len(s) >= len("{%%}") && strings.HasPrefix(s, "{%") && strings.HasSuffix(s, "%}")
}

// ExpressionText returns the JSONata expression in a string of the form
// "{% … %}", without the blanks around it; ok is false for any other string.
func ExpressionText(s string) (text string, ok bool) {
	if !isExpression(s) {
		return "", false
	}
	return expressionText(s), true
}

// expressionText returns what stands between the delimiters.
func expressionText(s string) string {
	return strings.TrimSpace(s[len("{%") : len(s)-len("%}")])
}

// jsonataFields are the fields whose strings, at any depth, may be
// expressions.
var jsonataFields = []string{
	"Arguments", "Output", "Assign", "Credentials",
	"Seconds", "Timestamp", "TimeoutSeconds", "HeartbeatSeconds", "Error", "Cause",
	"Items", "ItemSelector", "MaxConcurrency", "ToleratedFailureCount", "ToleratedFailurePercentage",
	"ItemReader", "ItemBatcher", "ResultWriter", "Choices", "Catch",
}

// checkExpressions checks every expression of a JSONata state.
func (c *checker) checkExpressions(s *State) {
	s.expressions(func(at *place, text string) {
		if looksDelimited(text) && !isExpression(text) {
			c.report(at, brokenDelimiters())
		}
	})
}

// expressions calls visit for every string of a JSONata state that may be an
// expression.
func (s *State) expressions(visit func(at *place, text string)) {
	if s.QueryLanguage != JSONata {
		return
	}
	for _, name := range jsonataFields {
		walk(s.at.member(name), s.Fields.Get(name), func(at *place, v value.Value) {
			if v.Kind() == value.String {
				visit(at, v.Text())
			}
		})
	}
}

// looksDelimited reports whether somebody has tried to write an expression.
func looksDelimited(s string) bool {
	s = strings.TrimSpace(s)
	return strings.HasPrefix(s, "{%") || strings.HasSuffix(s, "%}")
}
