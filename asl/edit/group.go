package edit

import (
	"github.com/aslocal/aslocal/internal/patch"
	"github.com/aslocal/aslocal/value"
)

// This file has groups: states of one workflow that are moved, copied or wrapped
// together.

// A group is a set of states with the transitions between them.
type group struct {
	states []*patch.Member // in the order of the text
	in     map[*patch.Member]bool
	byName map[string]*patch.Member
	entry  *patch.Member // where the main way enters
	last   *patch.Member // where it leaves
	next   string        // where it goes on, "" if it ends
}

// groupOf returns the group of states that are entered at one of them.
func groupOf(states []*patch.Member, entry *patch.Member) *group {
	g := &group{states: states, in: make(map[*patch.Member]bool), byName: make(map[string]*patch.Member), entry: entry}
	for _, s := range states {
		g.in[s] = true
		g.byName[s.Name] = s
	}
	g.follow()
	return g
}

// follow finds where the main way leaves the group.
func (g *group) follow() {
	seen := make(map[*patch.Member]bool)
	for s := g.entry; s != nil && !seen[s]; {
		seen[s] = true
		g.last, g.next = s, onward(s)
		s = g.byName[g.next]
	}
	if g.byName[g.next] != nil {
		g.next = "" // it goes round
	}
}

// group returns the group of the states that an edit names.
func (m *machine) group(pointers []string) (*group, error) {
	states, err := m.states(pointers)
	if err != nil {
		return nil, err
	}
	for _, s := range states[1:] {
		if workflowOf(s) != workflowOf(states[0]) {
			return nil, refuse(m.pointer(s.Value), "the states are in different workflows: choose states of one")
		}
	}
	g := groupOf(states, states[0])
	entered := make(map[*patch.Member]bool) // from inside
	for _, l := range linksIn(workflowOf(states[0])) {
		s := g.byName[l.target()]
		switch {
		case s == nil:
		case !g.in[l.state]:
			g.entry = s
			g.follow()
			return g, nil
		default:
			entered[s] = true
		}
	}
	for _, s := range states {
		if !entered[s] {
			g.entry = s
			break
		}
	}
	g.follow()
	return g, nil
}

// leadOut makes what leaves a group, which now is in a list of states, lead to a
// target: what led to where its main way went on, or ended if that did, and what leads
// to no state of the list.
func (m *machine) leadOut(g *group, list *patch.Node, target string) {
	for _, s := range g.states {
		if s.Value.Kind() != value.Object {
			continue
		}
		kind := kindOf(s)
		for _, l := range links(s) {
			name := l.target()
			switch {
			case g.byName[name] != nil || name != g.next && list.Member(name) != nil:
			case target != "" || l.isNext():
				m.retarget(l, target)
			case list.Member(name) == nil:
				m.note(s.Value, describe(l)+" leads to "+quote(name)+", which is not in this workflow")
			}
		}
		switch {
		case kind == "Choice":
			m.leadRules(s, target)
		case g.next == "" && onward(s) == "" && !isTerminal(kind):
			lead(s, target)
		case target != "" && isTerminal(kind) && s == g.last:
			m.note(s.Value, "a "+kind+" state ends the workflow: what followed here may no longer be reached")
		}
	}
}

// leadRules gives the rules of a Choice state that lead nowhere, and its Default, a
// target.
func (m *machine) leadRules(s *patch.Member, target string) {
	if target == "" {
		if onward(s) == "" {
			m.note(s.Value, "a Choice state cannot end the workflow: its rules and Default need a state to lead to")
		}
		return
	}
	for _, rule := range s.Value.Get("Choices").Items() {
		if rule.Kind() == value.Object && rule.Get("Next").Text() == "" {
			setField(rule, "Next", patch.Text(target))
		}
	}
	if s.Value.Get("Default") == nil {
		setField(s.Value, "Default", patch.Text(target))
	}
}
