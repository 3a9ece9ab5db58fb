package edit

import (
	"github.com/aslocal/aslocal/internal/patch"
	"github.com/aslocal/aslocal/value"
)

// This file leads transitions elsewhere, and draws new ones.

// reconnect makes an edge lead to another state of the workflow, or to the end.
func (m *machine) reconnect(e *Edit) error {
	l, err := m.edge(e.Edge, string(e.From))
	if err != nil {
		return err
	}
	where := e.Edge
	if l.member == nil {
		where = string(e.From)
	}
	if e.To == "end" {
		if l.member != nil && !l.isNext() {
			return refuse(where, "%s cannot lead to the end: it needs a state, such as one of type Succeed", describe(l))
		}
		if l.member != nil {
			lead(l.state, "")
		}
		return nil
	}
	to, err := m.within(l.around, string(e.To))
	if err != nil {
		return err
	}
	if l.member == nil && isTerminal(kindOf(l.state)) {
		return refuse(where, "%s is a %s state, which ends the workflow: nothing can follow it", quote(l.state.Name), kindOf(l.state))
	}
	m.retarget(l, to.Name)
	return nil
}

// within returns the state at a pointer, which must be in a workflow.
func (m *machine) within(workflow *patch.Node, pointer string) (*patch.Member, error) {
	s, err := m.state(pointer)
	if err != nil {
		return nil, err
	}
	if workflowOf(s) != workflow {
		return nil, refuse(pointer, "%s is in another workflow: transitions do not leave theirs", quote(s.Name))
	}
	return s, nil
}

// connect draws a transition from one state to another: its Next; of a Choice state,
// its Default or another rule.
func (m *machine) connect(from, to string) error {
	if from == "start" {
		return m.start("", to)
	}
	s, err := m.state(from)
	if err != nil {
		return err
	}
	next, err := m.within(workflowOf(s), to)
	if err != nil {
		return err
	}
	switch kind := kindOf(s); {
	case isTerminal(kind):
		return refuse(from, "%s is a %s state, which ends the workflow: nothing can follow it", quote(s.Name), kind)
	case kind == "Choice" && s.Value.Get("Default") != nil:
		rules := s.Value.Get("Choices")
		switch {
		case rules == nil:
			setField(s.Value, "Choices", patch.Array())
			rules = s.Value.Get("Choices")
		case rules.Kind() != value.Array:
			return refuse(m.pointer(rules), "expected an array, got %s", rules.Kind())
		}
		rules.Insert(rules.Len(), patch.NewMember("", m.rule(s.Value, next.Name)))
		m.note(rules.Index(rules.Len()-1), "this rule is new: it needs a condition")
	default:
		lead(s, next.Name)
	}
	m.selected = append(m.selected, s)
	return nil
}

// start makes a workflow begin with a state.
func (m *machine) start(workflow, to string) error {
	w, err := m.workflow(workflow)
	if err != nil {
		return err
	}
	s, err := m.within(w, to)
	if err != nil {
		return err
	}
	setField(w, "StartAt", patch.Text(s.Name))
	return nil
}

// rule returns a new rule of a Choice state, whose condition always holds.
func (m *machine) rule(choice *patch.Node, next string) *patch.Node {
	if m.languageOf(choice) == jsonata {
		return patch.Object("Condition", patch.Text("{% true %}"), "Next", patch.Text(next))
	}
	return patch.Object("Variable", patch.Text("$"), "IsPresent", patch.New(value.True), "Next", patch.Text(next))
}
