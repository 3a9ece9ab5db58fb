package asl

import (
	"slices"
	"strings"

	"github.com/aslocal/aslocal/jsonata"
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
		if !isExpression(text) {
			if looksDelimited(text) {
				c.report(at, brokenDelimiters())
			}
			return
		}
		expr, err := jsonata.Compile(expressionText(text))
		if err != nil {
			c.report(at, badExpression(err))
			return
		}
		for _, r := range expr.References() {
			c.checkReference(s, at, r)
		}
	})
}

// checkReference checks what an expression reads. There is no input document,
// so nothing may read one; and $states.result and $states.errorOutput are there
// only where there is a result or an error. Spec: "JSONata", "Reserved
// variable: $states".
func (c *checker) checkReference(s *State, at *place, r jsonata.Reference) {
	switch r.Kind {
	case jsonata.VariableReference:
		if r.Name != reservedName || len(r.Path) == 0 {
			return
		}
		field := strings.TrimPrefix(at.pointer(), s.Pointer)
		inCatch := strings.HasPrefix(field, "/Catch/")
		switch member := r.Path[0]; {
		case member == "result" && (inCatch || !s.hasResult() || !isOutcome(field)), member == "errorOutput" && !inCatch:
			c.report(at, misplacedStates(member))
		}
	case jsonata.ContextReference, jsonata.RootReference, jsonata.NameReference, jsonata.WildcardReference:
		if !r.InFunction {
			c.report(at, noInputDocument(r))
		}
	}
}

// hasResult reports whether a state has a result of its own.
func (s *State) hasResult() bool { return s.Type == Task || s.Type == Parallel || s.Type == Map }

// isOutcome reports whether a field of a state is its Output or Assign, or
// within one.
func isOutcome(field string) bool {
	for _, name := range [...]string{"/Output", "/Assign"} {
		if field == name || strings.HasPrefix(field, name+"/") {
			return true
		}
	}
	return false
}

// serviceFunctions are those that Step Functions adds to JSONata: no variables.
var serviceFunctions = []string{"partition", "range", "hash", "random", "uuid", "parse"}

// expressionVariables returns the names of the variables, without $, that an
// expression reads; none if it does not compile.
func expressionVariables(text string) []string {
	expr, err := jsonata.Compile(text)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(expr.Variables(), func(name string) bool { return slices.Contains(serviceFunctions, name) })
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
