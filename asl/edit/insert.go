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
	return m.put(spot, []*patch.Member{s}, s, []*patch.Member{s})
}

// A spot is where states are to be put: on a link, or, if it has none, at the end of a workflow or
// into an empty one.
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
	if last := lastOf(workflow); last != nil {
		return m.on(link{last, nil, workflow})
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

// lastOf returns the state in which the main way through a workflow ends, nil if it
// does not end.
func lastOf(workflow *patch.Node) *patch.Member {
	states := workflow.Get("States")
	seen := make(map[*patch.Member]bool)
	s := states.Member(workflow.Get("StartAt").Text())
	for s != nil && !seen[s] {
		seen[s] = true
		next := onward(s)
		if next == "" && s.Value.Kind() == value.Object && !isTerminal(kindOf(s)) && kindOf(s) != "Choice" {
			return s
		}
		s = states.Member(next)
	}
	return nil
}

// put puts states into a workflow and connects them: the link that is cut leads to entry, and
// exits lead to where the link led.
func (m *machine) put(at spot, states []*patch.Member, entry *patch.Member, exits []*patch.Member) error {
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
	for i, s := range states {
		list.Insert(place+i, s)
	}
	for _, s := range exits {
		m.follow(s, target)
	}
	switch {
	case at.on != nil:
		m.retarget(*at.on, entry.Name)
	case at.workflow.Get("StartAt").Text() == "" || list.Member(at.workflow.Get("StartAt").Text()) == nil:
		setField(at.workflow, "StartAt", patch.Text(entry.Name))
	default:
		m.note(entry.Value, "no transition leads here yet")
	}
	m.selected = append(m.selected, states...)
	return nil
}

// follow makes a state that was put somewhere go on to what follows there.
func (m *machine) follow(s *patch.Member, target string) {
	lead(s, target)
	switch kind := kindOf(s); {
	case target != "" && isTerminal(kind):
		m.note(s.Value, "a "+kind+" state ends the workflow: what followed here may no longer be reached")
	case target == "" && kind == "Choice":
		m.note(s.Value, "a Choice state cannot end the workflow: it needs a state for its rules and for Default")
	}
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
