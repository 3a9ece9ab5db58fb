package template

import "github.com/aslocal/aslocal/value"

// This file evaluates the Conditions of a template and what depends on them: Fn::If
// and AWS::NoValue. What only a deployment knows counts as holding.

// conditions are those of a template, each evaluated once.
type conditions struct {
	written value.Value
	found   map[string]bool
}

// holds reports whether a condition holds.
func (c *stack) holds(name string) bool {
	v := c.conditions.written.Get(name)
	if !v.Exists() {
		return true
	}
	if result, done := c.conditions.found[name]; done {
		return result
	}
	c.conditions.found[name] = true // while it is found out: conditions may refer to one another
	result, known := c.evaluate(v, 0)
	c.conditions.found[name] = result || !known
	return c.conditions.found[name]
}

// evaluate returns what a condition function gives. It is not known if one of its
// arguments is known only when the template is deployed.
func (c *stack) evaluate(v value.Value, depth int) (result, known bool) {
	if v.Kind() != value.Object || v.Len() != 1 || depth > maxIntrinsics {
		return false, false
	}
	name, arguments := v.Member(0)
	switch name {
	case "Condition":
		return c.holds(arguments.Text()), c.conditions.written.Get(arguments.Text()).Exists()
	case "Fn::Not":
		result, known = c.evaluate(arguments.Index(0), depth+1)
		return !result, known
	case "Fn::And", "Fn::Or":
		decisive := name == "Fn::Or" // a result that decides whatever the others are
		known = true
		for _, item := range arguments.Items() {
			one, oneKnown := c.evaluate(item, depth+1)
			if oneKnown && one == decisive {
				return decisive, true
			}
			known = known && oneKnown
		}
		return !decisive, known
	case "Fn::Equals":
		own := *c
		own.missing = new(missingNames)
		return own.plain(arguments.Index(0)) == own.plain(arguments.Index(1)), len(own.missing.names) == 0
	}
	return false, false
}

// branch returns which argument of Fn::If counts.
func (c *stack) branch(arguments value.Value) int {
	if c.holds(arguments.Index(0).Text()) {
		return 1
	}
	return 2
}

// omitted reports whether a value takes the member or item away that has it.
func (c *stack) omitted(v value.Value) bool {
	for depth := 0; isIntrinsic(v) && depth < maxIntrinsics; depth++ {
		if v.Get("Ref").Text() == "AWS::NoValue" {
			return true
		}
		branches := v.Get("Fn::If")
		if !branches.Exists() {
			return false
		}
		v = branches.Index(c.branch(branches))
	}
	return false
}
