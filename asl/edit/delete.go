package edit

import (
	"github.com/aslocal/aslocal/internal/patch"
	"github.com/aslocal/aslocal/value"
)

// This file deletes states. What led to a deleted state leads to what followed it: its
// Next, or the Default of a Choice state, or that one's first rule. Where the deleted
// state ended the workflow, a Next becomes End; a rule, a Default or a Catcher, which
// cannot end anything, is removed with a note. A workflow may be left without states:
// it is a draft, into which a state can be dropped.

func (m *machine) delete(pointers []string) error {
	states, err := m.states(pointers)
	if err != nil {
		return err
	}
	started := make(map[*patch.Node]bool)
	for _, s := range states {
		started[workflowOf(s)] = hasStart(workflowOf(s))
	}
	workflows := m.join(states)
	for _, s := range states {
		s.Remove()
	}
	for _, w := range workflows {
		if started[w] {
			m.startSomewhere(w)
		}
	}
	return nil
}

// hasStart reports whether the StartAt of a workflow names a state.
func hasStart(workflow *patch.Node) bool {
	return workflow.Get("States").Member(workflow.Get("StartAt").Text()) != nil
}

// join makes what leads to states lead past them, and returns their workflows.
func (m *machine) join(states []*patch.Member) []*patch.Node {
	gone := make(map[*patch.Member]bool, len(states))
	workflows := make(map[*patch.Node]bool)
	var order []*patch.Node
	for _, s := range states {
		gone[s] = true
		if w := workflowOf(s); !workflows[w] {
			workflows[w] = true
			order = append(order, w)
		}
	}
	for _, w := range order {
		list := w.Get("States")
		byName := members(list)
		for _, l := range linksIn(w) {
			target := byName[l.target()]
			if target == nil || !gone[target] || gone[l.state] {
				continue
			}
			m.retarget(l, beyond(target, byName, gone))
		}
	}
	return order
}

// members returns the members of an object by their names.
func members(n *patch.Node) map[string]*patch.Member {
	found := make(map[string]*patch.Member, n.Len())
	for name, v := range n.Members() {
		found[name] = v.Holder()
	}
	return found
}

// beyond returns the name of the first state on the main way from a state that is not
// gone, "" if the way ends or goes round before.
func beyond(s *patch.Member, byName map[string]*patch.Member, gone map[*patch.Member]bool) string {
	seen := make(map[*patch.Member]bool)
	for gone[s] && !seen[s] {
		seen[s] = true
		name := onward(s)
		next := byName[name]
		if next == nil || !gone[next] {
			return name
		}
		s = next
	}
	return ""
}

// startSomewhere makes a workflow that may have lost its start begin with its first
// state; without states it has no StartAt.
func (m *machine) startSomewhere(workflow *patch.Node) {
	list := workflow.Get("States")
	start := workflow.Member("StartAt")
	switch {
	case hasStart(workflow):
		return
	case start != nil && list.Len() == 0:
		start.Remove()
		return
	}
	for name, s := range list.Members() {
		if s.Kind() == value.Object {
			setField(workflow, "StartAt", patch.Text(name))
			m.note(s, "the workflow now starts here")
			return
		}
	}
}
