package edit

import (
	"github.com/aslocal/aslocal/internal/patch"
	"github.com/aslocal/aslocal/value"
)

// This file inserts a state.

// insert puts a new state on an edge, behind a state, or into a workflow.
func (m *machine) insert(e *Edit) error {
	v, err := value.Parse(string(e.State))
	if err != nil || v.Kind() != value.Object {
		return refuse("", "state: expected a JSON object")
	}
	spot, err := m.spot(e)
	if err != nil {
		return err
	}
	taken := names(m.root)
	s := patch.NewMember(unique(e.Name, taken), patch.New(v))
	m.renameInside(s.Value, taken)
	complete(s.Value)
	if kindOf(s) != "Choice" {
		lead(s, "")
	}
	if err := m.put(spot, groupOf([]*patch.Member{s}, s)); err != nil {
		return err
	}
	m.skeleton(s.Value, onward(s))
	return nil
}

// A spot is where states are to be put: on a link, or, if it has none, into a workflow
// that is empty or has no end.
type spot struct {
	workflow *patch.Node
	on       *link
	after    *patch.Member // behind which the text goes; nil for the end
}

// spot finds the place that an edit names.
func (m *machine) spot(e *Edit) (spot, error) {
	switch {
	case e.Edge != "":
		l, err := m.edge(e.Edge, string(e.From))
		if err != nil {
			return spot{}, err
		}
		return m.on(l)
	case e.After != "":
		s, err := m.state(e.After)
		if err != nil {
			return spot{}, err
		}
		return m.on(m.wayOn(s))
	}
	workflow, err := m.workflow(e.Workflow)
	if err != nil {
		return spot{}, err
	}
	if l, ok := m.end(workflow); ok {
		return m.on(l)
	}
	return spot{workflow: workflow}, nil
}

// wayOn returns the main link that leaves a state.
func (m *machine) wayOn(s *patch.Member) link {
	name := "Next"
	if kindOf(s) == "Choice" {
		name = "Default"
	}
	if next := s.Value.Member(name); next != nil && next.Value.Kind() == value.String {
		return link{s, next, workflowOf(s)}
	}
	return link{s, nil, workflowOf(s)}
}

// on returns the spot on a link.
func (m *machine) on(l link) (spot, error) {
	if l.member == nil && isTerminal(kindOf(l.state)) {
		return spot{}, refuse(m.pointer(l.state.Value), "%s is a %s state, which ends the workflow: nothing can follow it", quote(l.state.Name), kindOf(l.state))
	}
	return spot{l.around, &l, l.state}, nil
}

// end returns the link at the end of the main way through a workflow, the one to its
// Succeed or Fail state if it ends in such; false if it has no end.
func (m *machine) end(workflow *patch.Node) (l link, ok bool) {
	states := workflow.Get("States")
	l = link{nil, workflow.Member("StartAt"), workflow}
	seen := make(map[*patch.Member]bool)
	for {
		s := states.Member(l.target())
		switch {
		case s == nil || seen[s] || s.Value.Kind() != value.Object:
			return l, false
		case isTerminal(kindOf(s)):
			return l, true
		}
		seen[s] = true
		if l = m.wayOn(s); l.member != nil {
			continue
		}
		if kindOf(s) != "Choice" {
			return l, true
		}
		rules := links(s)
		if len(rules) == 0 {
			return l, false
		}
		l = rules[0]
	}
}

// put puts a group of states into a workflow and connects it: the link that is cut
// leads to its entry, and what leaves it leads to where the link led.
func (m *machine) put(at spot, g *group) error {
	list, err := m.statesOf(at.workflow)
	if err != nil {
		return err
	}
	target := ""
	if at.on != nil {
		target = at.on.target()
	}
	place := list.Len()
	if at.after != nil {
		place = list.Place(at.after) + 1
	} else if at.on != nil {
		place = 0
	}
	if g.states[0].Value.Up() != list { // the text of states that stay in their workflow does not move
		for i, s := range g.states {
			list.Insert(place+i, s)
		}
	}
	m.leadOut(g, list, target)
	start := at.workflow.Get("StartAt").Text()
	switch {
	case at.on != nil:
		m.retarget(*at.on, g.entry.Name)
	case list.Member(start) == nil:
		setField(at.workflow, "StartAt", patch.Text(g.entry.Name))
	default:
		m.note(g.entry.Value, "no transition leads here yet")
	}
	m.selected = append(m.selected, g.states...)
	return nil
}

// statesOf returns the States of a workflow, made if there are none.
func (m *machine) statesOf(workflow *patch.Node) (*patch.Node, error) {
	if list := workflow.Get("States"); list.Kind() == value.Object {
		return list, nil
	} else if list != nil && list.Kind() != value.Null {
		return nil, refuse(m.pointer(workflow)+"/States", "expected an object, got %s", list.Kind())
	}
	if old := workflow.Member("States"); old != nil {
		old.Replace(patch.Object())
	} else {
		setField(workflow, "States", patch.Object())
	}
	return workflow.Get("States"), nil
}
