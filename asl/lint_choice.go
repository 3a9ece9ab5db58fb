package asl

import (
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file warns of rules of Choice states that are never taken. Spec: "Choice
// State": the first rule that holds is.

// lintRules warns of a rule after one that always matches, and of a rule with the
// same test as an earlier one.
func (c *checker) lintRules(s *State) {
	seen := make(map[string]int, len(s.Choices))
	always := -1
	for i, r := range s.Choices {
		if c.full() {
			return
		}
		at := s.at.member("Choices").item(i)
		test := r.test()
		first, again := seen[test]
		switch {
		case always >= 0:
			c.report(at, ruleNeverTaken(always, "always holds"))
			return // one is enough
		case again && !byChance(test):
			c.report(at, ruleNeverTaken(first, "has the same test"))
		}
		if !again {
			seen[test] = i
		}
		if alwaysTrue(r.Condition) {
			always = i
		}
	}
}

// test returns the condition of a rule as a text.
func (r *ChoiceRule) test() string {
	if r.Condition.Exists() {
		return r.Condition.String()
	}
	test := r.Fields
	if test.Kind() != value.Object {
		return test.String()
	}
	for _, name := range []string{"Next", "Comment", "Assign", "Output"} {
		test = test.Without(name)
	}
	return test.String()
}

// byChance reports whether a test may hold at one time and not at another.
func byChance(test string) bool {
	for _, function := range []string{"$random", "$shuffle", "$uuid"} {
		if strings.Contains(test, function) {
			return true
		}
	}
	return false
}

func alwaysTrue(condition value.Value) bool {
	text, _ := ExpressionText(condition.Text())
	return condition.Bool() || text == "true"
}
