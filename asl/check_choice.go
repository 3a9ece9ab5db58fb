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
	for i, r := range s.Choices {
		at := s.at.member("Choices").item(i)
		if s.QueryLanguage == JSONata {
			if r.Fields.Kind() == value.Object && count(r.Fields, ruleSelectors) != 1 {
				c.report(at, notOneSelector())
			}
			continue
		}
		outermost := true
		tests(at, r.Fields, func(at *place, test value.Value) {
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

// count returns how many of the fields an object has.
func count(object value.Value, names []string) int {
	n := 0
	for _, name := range names {
		if object.Get(name).Exists() {
			n++
		}
	}
	return n
}

// ruleFields are the fields of a rule that are not comparison operators.
var ruleFields = []string{"And", "Or", "Not", "Variable", "Condition", "Next", "Comment", "Assign"}

// checkTest reports a test without exactly one selector, a Variable that is not
// compared exactly once, and a literal of the wrong type for the operator.
func (c *checker) checkTest(at *place, test value.Value) {
	var compared []string
	unknown := 0
	for name, operand := range test.Members() {
		switch {
		case slices.Contains(ruleFields, name):
		case isOperator(name):
			compared = append(compared, name)
			c.checkOperand(at.member(name), name, operand)
		default:
			unknown++
		}
	}
	selectors, variable := count(test, ruleSelectors), test.Get("Variable").Exists()
	switch {
	case selectors == 0 && len(compared) == 0 && unknown > 0: // the schema reports the field, which may be meant as the selector
	case selectors != 1:
		c.report(at, notOneSelector())
	case variable && len(compared) == 0 && unknown > 0: // or as the operator
	case variable && len(compared) == 0:
		c.report(at, noneOf(comparisons...).withHint("Variable is compared with nothing"))
	case variable && len(compared) > 1:
		c.report(at, severalOf(comparisons...).withHint("it has %s", strings.Join(compared, " and ")))
	case !variable:
		for _, name := range compared {
			c.reportKeyIn(at, at.member(name), fieldNotSupported(name))
		}
	}
}

// comparisons are the comparison operators in the order of the service.
var comparisons = strings.Fields(`StringEquals IsBoolean StringLessThan IsNumeric BooleanEquals
	StringLessThanEqualsPath NumericLessThan NumericGreaterThan NumericLessThanPath StringMatches
	TimestampLessThanEqualsPath NumericEquals TimestampGreaterThan StringGreaterThanEqualsPath
	TimestampGreaterThanEqualsPath TimestampLessThanEquals NumericLessThanEqualsPath TimestampEquals
	BooleanEqualsPath IsTimestamp StringLessThanEquals NumericLessThanEquals StringLessThanPath
	TimestampGreaterThanPath StringGreaterThan StringGreaterThanPath IsString StringEqualsPath
	TimestampEqualsPath TimestampLessThan StringGreaterThanEquals NumericGreaterThanPath
	NumericGreaterThanEquals NumericEqualsPath TimestampLessThanPath IsNull IsPresent
	TimestampGreaterThanEquals NumericGreaterThanEqualsPath`)

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
