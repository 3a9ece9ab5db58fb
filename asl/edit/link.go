package edit

import (
	"strings"

	"github.com/aslocal/aslocal/internal/patch"
	"github.com/aslocal/aslocal/value"
)

// This file finds and changes transitions.

// A link is a transition: the member that names the next state, or the end of a state.
type link struct {
	state  *patch.Member // that it leaves; nil for StartAt
	member *patch.Member // Next, Default or StartAt; nil for the end
	around *patch.Node   // the workflow
}

// target returns the name of the state that a link leads to.
func (l link) target() string {
	if l.member == nil {
		return ""
	}
	return l.member.Value.Text()
}

// isNext reports whether a link is the Next of a state, not of a rule or Catcher.
func (l link) isNext() bool {
	return l.state != nil && l.member != nil && l.member.Name == "Next" && l.member.Value.Up() == l.state.Value
}

// links returns the transitions that leave a state, in the order in which they are
// drawn: also those that its type does not allow.
func links(s *patch.Member) []link {
	var found []link
	add := func(n *patch.Node, name string) {
		if m := n.Member(name); m != nil && m.Value.Kind() == value.String {
			found = append(found, link{s, m, workflowOf(s)})
		}
	}
	add(s.Value, "Next")
	for _, rule := range s.Value.Get("Choices").Items() {
		add(rule, "Next")
	}
	add(s.Value, "Default")
	for _, catcher := range s.Value.Get("Catch").Items() {
		add(catcher, "Next")
	}
	return found
}

// linksIn returns the transitions in a workflow, the one to its start first.
func linksIn(workflow *patch.Node) []link {
	var found []link
	if start := workflow.Member("StartAt"); start != nil && start.Value.Kind() == value.String {
		found = append(found, link{nil, start, workflow})
	}
	for _, s := range workflow.Get("States").Members() {
		if s.Kind() == value.Object {
			found = append(found, links(s.Holder())...)
		}
	}
	return found
}

// edge finds the transition that an edit names.
func (m *machine) edge(edge, from string) (link, error) {
	if edge == "end" {
		s, err := m.state(from)
		if err != nil {
			return link{}, err
		}
		return link{s, nil, workflowOf(s)}, nil
	}
	n := m.root.Find(edge)
	if n.Kind() != value.String || n == m.root {
		return link{}, refuse(edge, "there is no transition here")
	}
	if n.Holder().Name == "StartAt" && (n.Up() == m.root || m.isWorkflow(n.Up())) {
		return link{nil, n.Holder(), n.Up()}, nil
	}
	for around := n.Up(); around != nil && around != m.root; around = around.Up() {
		if m.isState(around) {
			for _, l := range links(around.Holder()) {
				if l.member == n.Holder() {
					return l, nil
				}
			}
			break
		}
	}
	return link{}, refuse(edge, "there is no transition here")
}

// onward returns the name of the state that follows a state on its main way, "" if
// there is none.
func onward(s *patch.Member) string {
	if kindOf(s) != "Choice" {
		return s.Value.Get("Next").Text()
	}
	if next := s.Value.Get("Default"); next != nil {
		return next.Text()
	}
	return s.Value.Get("Choices").Index(0).Get("Next").Text()
}

// isTerminal reports whether nothing can follow a state of a type.
func isTerminal(kind string) bool { return kind == "Succeed" || kind == "Fail" }

// lead makes a state go on to another one, or end if the name is "". What a Succeed or
// Fail state does is not changed; a Choice state cannot end.
func lead(s *patch.Member, name string) {
	n := s.Value
	switch kind := kindOf(s); {
	case isTerminal(kind):
	case kind == "Choice" && name == "":
		if m := n.Member("Default"); m != nil {
			m.Remove()
		}
	case kind == "Choice":
		setField(n, "Default", patch.Text(name))
	case name == "":
		swap(n, "Next", "End", patch.New(value.True))
	default:
		swap(n, "End", "Next", patch.Text(name))
	}
}

// swap gives an object one of two members that exclude each other, where it had either.
func swap(n *patch.Node, old, name string, v *patch.Node) {
	was := n.Member(old)
	if n.Member(name) != nil {
		if was != nil {
			was.Remove()
		}
		n.Member(name).Assign(v)
		return
	}
	if was == nil {
		setField(n, name, v)
		return
	}
	was.Rename(name)
	was.Assign(v)
}

// retarget makes a link lead to another state, or to the end if the name is "". A rule,
// a Default or a Catcher cannot lead to the end: it is taken out.
func (m *machine) retarget(l link, name string) {
	switch {
	case name != "" && l.member != nil && l.member.Name != "End":
		l.member.Assign(patch.Text(name))
	case l.state == nil: // startSomewhere sees to it
	case name != "":
		lead(l.state, name)
	case l.isNext() && (kindOf(l.state) == "Choice" || isTerminal(kindOf(l.state))):
		l.member.Remove() // it should not have been there
	case l.isNext():
		lead(l.state, "")
	default:
		m.note(l.state.Value, describe(l)+" led to what is gone, and was removed")
		m.unlink(l)
	}
}

// unlink takes a rule, a Default or a Catcher out.
func (m *machine) unlink(l link) {
	holder := l.member.Value.Up()
	if holder == l.state.Value {
		l.member.Remove()
		return
	}
	list := holder.Up()
	holder.Holder().Remove()
	if list.Len() == 0 && list.Holder().Name == "Catch" {
		list.Holder().Remove()
	}
}

// describe names a link for a message.
func describe(l link) string {
	name := ""
	if l.state != nil {
		name = l.state.Name
	}
	switch {
	case l.state == nil:
		return "StartAt"
	case l.member == nil:
		return "the end of " + quote(name)
	case l.member.Value.Up() == l.state.Value:
		return l.member.Name + " of " + quote(name)
	case l.member.Value.Up().Up().Holder().Name == "Catch":
		return "a Catcher of " + quote(name)
	}
	return "a rule of " + quote(name)
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, "\n", " ") + `"` }
