package machine

import (
	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// A choice goes to the state that the first rule that holds names, or to its
// Default. Spec: "Choice State".
type choice struct {
	momentary
	rules []choiceRule
}

// A choiceRule is one member of Choices.
type choiceRule struct {
	rule rule
	next *state
	flow ruleFlow // what the rule itself assigns and puts out
}

// ruleFlow makes output and variables for a choice that a rule has decided;
// the state's own are for its Default.
type ruleFlow interface {
	chosen(x *Execution, f *frame, in value.Value) (out, assigned value.Value, failure *Failure)
}

func compileChoice(c *compiler, st *state) kind {
	k := &choice{}
	for i, r := range c.source.Choices {
		rule, flow := c.choiceRule(st, r, i)
		next := c.target("Choices/Next", r.Next)
		k.rules = append(k.rules, choiceRule{rule: rule, next: next, flow: flow})
		st.targets = append(st.targets, next)
	}
	if c.source.Default != "" {
		st.next = c.target("Default", c.source.Default)
	}
	return k
}

func (k *choice) run(x *Execution, f *frame) *Failure {
	in, failure := f.state.flow.arguments(x, f)
	if failure != nil {
		return failure
	}
	for i := range k.rules {
		r := &k.rules[i]
		ok, failure := r.rule.holds(x.env(f, in))
		if failure != nil {
			return failure
		}
		if !ok {
			continue
		}
		if x.probe != nil {
			x.probe.Chosen(f.place(), i)
		}
		out, assigned, failure := r.flow.chosen(x, f, in)
		if failure != nil {
			return failure
		}
		return x.leave(f, out, assigned, r.next)
	}
	if x.probe != nil {
		x.probe.Chosen(f.place(), -1)
	}
	if f.state.next == nil {
		return f.runtime("Failed to transition out of the state. The state does not point to a next state.")
	}
	return x.complete(f, in)
}

// choiceRule compiles one member of Choices.
func (c *compiler) choiceRule(st *state, r *asl.ChoiceRule, i int) (rule, ruleFlow) {
	if c.source.QueryLanguage == asl.JSONata {
		return compileJSONataRule(c, r, i)
	}
	flow := &pathRule{state: st.flow.(*pathFlow)}
	if r.Assign.Exists() {
		flow.assign = c.templateOf("Choices/Assign", r.Assign)
	}
	return c.rule(r.Fields), flow
}

// pathRule is the flow of a rule in JSONPath mode: the state's OutputPath, and
// the rule's own Assign.
type pathRule struct {
	state  *pathFlow
	assign *template
}

func (r *pathRule) chosen(x *Execution, f *frame, in value.Value) (out, assigned value.Value, failure *Failure) {
	if r.assign != nil {
		if assigned, failure = r.assign.eval(x.env(f, in)); failure != nil {
			return out, assigned, failure
		}
	}
	out, failure = r.state.outputPath.apply(x, f, in)
	return out, assigned, failure
}
