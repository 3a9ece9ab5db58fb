package asl

import (
	"slices"
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file checks the rules of Choice states in JSONPath mode. Spec: "Choice
// State".

// operators are the comparison operators. The value reports whether the operator
// also exists with the suffix Path.
var operators = map[string]bool{
	"StringEquals": true, "StringLessThan": true, "StringGreaterThan": true,
	"StringLessThanEquals": true, "StringGreaterThanEquals": true,
	"NumericEquals": true, "NumericLessThan": true, "NumericGreaterThan": true,
	"NumericLessThanEquals": true, "NumericGreaterThanEquals": true,
	"BooleanEquals":   true,
	"TimestampEquals": true, "TimestampLessThan": true, "TimestampGreaterThan": true,
	"TimestampLessThanEquals": true, "TimestampGreaterThanEquals": true,
	"StringMatches": false,
	"IsNull":        false, "IsPresent": false, "IsNumeric": false,
	"IsString": false, "IsBoolean": false, "IsTimestamp": false,
}

// isOperator reports whether a field of a rule is a comparison operator.
func isOperator(name string) bool {
	if _, ok := operators[name]; ok {
		return true
	}
	stem, ok := strings.CutSuffix(name, "Path")
	return ok && operators[stem]
}

// tests calls visit for a rule and for the rules that its And, Or and Not combine.
func tests(at *place, test value.Value, visit func(at *place, test value.Value)) {
	visit(at, test)
	for _, name := range []string{"And", "Or"} {
		for i, inner := range test.Get(name).Items() {
			tests(at.member(name).item(i), inner, visit)
		}
	}
	if inner := test.Get("Not"); inner.Exists() {
		tests(at.member("Not"), inner, visit)
	}
}

// checkRules checks the rules of a Choice state.
func (c *checker) checkRules(s *State) {
	if s.QueryLanguage != JSONPath {
		return
	}
	for i, r := range s.Choices {
		outermost := true
		tests(s.at.member("Choices").item(i), r.Fields, func(at *place, test value.Value) {
			if test.Kind() == value.Object {
				c.checkTest(at, test)
				if !outermost && test.Get("Next").Exists() {
					c.reportKeyIn(at, at.member("Next"), nextInside())
				}
			}
			outermost = false
		})
	}
}

// ruleFields are the fields of a rule that are not comparison operators.
var ruleFields = []string{"Variable", "Next", "Comment", "Assign"}

// checkTest reports a test with no comparison or several, a comparison without
// Variable, and a literal of the wrong type for the operator.
func (c *checker) checkTest(at *place, test value.Value) {
	combined, compared, unknown := 0, 0, 0
	for name, operand := range test.Members() {
		switch {
		case slices.Contains(ruleFields, name):
		case name == "And" || name == "Or" || name == "Not":
			combined++
		case isOperator(name):
			compared++
			c.checkOperand(at.member(name), name, operand)
		default:
			unknown++
		}
	}
	switch {
	case test.Get("Condition").Exists(): // a field of the other language, which the schema reports
	case combined+compared == 0 && unknown > 0: // the schema reports the unknown field, which may be meant as the operator
	case combined+compared != 1:
		c.report(at, noComparison())
	case compared == 1 && !test.Get("Variable").Exists():
		c.report(at, fieldsRequired("Variable"))
	case combined == 1 && test.Get("Variable").Exists():
		c.reportKeyIn(at, at.member("Variable"), fieldNotSupported("Variable"))
	}
}

// checkOperand reports a literal that is not a timestamp after a Timestamp operator,
// and warns of a Path after any other operator, which compares with its text.
func (c *checker) checkOperand(at *place, operator string, operand value.Value) {
	if operand.Kind() != value.String || strings.HasSuffix(operator, "Path") {
		return
	}
	text, isTimestamp := operand.Text(), strings.HasPrefix(operator, "Timestamp")
	switch path := operators[operator] && looksLikePath(text); {
	case path && isTimestamp:
		c.report(at, notATimestamp().withHint("did you mean %q?", operator+"Path"))
	case path:
		c.report(at, noPath(operator))
	case isTimestamp:
		if _, ok := ParseTimestamp(text); !ok {
			c.report(at, notATimestamp())
		}
	}
}
