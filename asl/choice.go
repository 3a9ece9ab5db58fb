package asl

import (
	"github.com/aslocal/aslocal/value"
)

// A ChoiceRule is one member of a Choice state's Choices. Its test is in Fields
// (JSONPath: Variable and a comparison operator, or And, Or, Not) or in
// Condition (JSONata). Spec: "Choice State".
type ChoiceRule struct {
	Pointer   string // JSON pointer (RFC 6901)
	Next      string
	Comment   string
	Condition value.Value // no value if not written; so are Assign and Output
	Assign    value.Value
	Output    value.Value
	Fields    value.Value // the rule as written
}

func readChoices(list value.Value, at *place) []*ChoiceRule {
	var rules []*ChoiceRule
	for i, v := range list.Items() {
		rules = append(rules, &ChoiceRule{
			Pointer:   at.item(i).pointer(),
			Next:      v.Get("Next").Text(),
			Comment:   v.Get("Comment").Text(),
			Condition: v.Get("Condition"),
			Assign:    v.Get("Assign"),
			Output:    v.Get("Output"),
			Fields:    v,
		})
	}
	return rules
}
