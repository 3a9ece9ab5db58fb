package edit

import (
	"strings"

	"github.com/aslocal/aslocal/internal/patch"
	"github.com/aslocal/aslocal/value"
)

// This file copies and pastes states. What is copied is a definition of its own, which
// can be pasted anywhere: in a machine, or as text in a file.

// Copy returns the states at pointers, which must be in one workflow, as JSON: an
// object with StartAt and States. A Next that leads to another state becomes End; rules
// and Catchers keep the names that they lead to. Tags of CloudFormation become their
// long form. The error is an *Error.
func Copy(doc Document, states []string) (string, error) {
	m, err := open(doc)
	if err != nil {
		return "", err
	}
	g, err := m.group(states)
	if err != nil {
		return "", err
	}
	list := patch.Object()
	for _, s := range g.states {
		list.Insert(list.Len(), patch.NewMember(s.Name, untagged(s.Value)))
	}
	for _, s := range list.Members() {
		if next := s.Get("Next"); next != nil && list.Get(next.Text()) == nil && s.Get("Type").Text() != "Choice" {
			lead(s.Holder(), "")
		}
	}
	fragment, err := patch.Parse("{\n  \"\": []\n}\n", patch.JSON)
	if err != nil {
		return "", err
	}
	root := fragment.Root()
	root.Member("").Remove()
	root.Set("StartAt", patch.Text(g.entry.Name))
	root.Set("States", list)
	text, _, err := fragment.Write()
	return text, err
}

// untagged returns a copy of a node in which !Ref x is {"Ref": "x"} and !Sub x is
// {"Fn::Sub": "x"}.
func untagged(n *patch.Node) *patch.Node {
	c := n.Copy()
	tag, custom := strings.CutPrefix(n.Tag(), "!")
	c.Untag()
	switch n.Kind() {
	case value.Object:
		for name, v := range n.Members() {
			c.Set(name, untagged(v))
		}
	case value.Array:
		for i, v := range n.Items() {
			c.Index(i).Holder().Replace(untagged(v))
		}
	}
	if !custom || strings.HasPrefix(tag, "!") {
		return c
	}
	if tag != "Ref" && tag != "Condition" {
		tag = "Fn::" + tag
	}
	return patch.Object(tag, c)
}

// paste inserts what Copy has given: also States without StartAt, or a single state.
func (m *machine) paste(e *Edit) error {
	at, err := m.spot(e)
	if err != nil {
		return err
	}
	if len(e.Text) > MaxText {
		return refuse("", "text: expected at most %d MiB", MaxText>>20)
	}
	tree, err := patch.Parse(e.Text, patch.JSON)
	if err != nil {
		var bad error
		if tree, bad = patch.Parse(e.Text, patch.YAML); bad != nil {
			return refuse("", "text: expected states as JSON or YAML: %v", err)
		}
	}
	list, start := pasted(tree.Root(), e.Name)
	if list == nil {
		return refuse("", "text: expected a state, or an object with States")
	}
	g, err := m.pastedGroup(list, start)
	if err != nil {
		return err
	}
	return m.put(at, g)
}

// pasted finds the states in what is pasted.
func pasted(root *patch.Node, name string) (list *patch.Node, start string) {
	switch {
	case root.Kind() != value.Object:
		return nil, ""
	case root.Get("States").Kind() == value.Object:
		return root.Get("States"), root.Get("StartAt").Text()
	case root.Get("Type").Kind() == value.String:
		if name == "" {
			name = root.Get("Type").Text()
		}
		return patch.Object(name, root.Copy()), name
	}
	for _, s := range root.Members() {
		if s.Get("Type").Kind() != value.String {
			return nil, ""
		}
	}
	return root, ""
}

// pastedGroup returns the states of a list under names that are not taken.
func (m *machine) pastedGroup(list *patch.Node, start string) (*group, error) {
	taken := names(m.root)
	renamed := make(map[string]string)
	var states []*patch.Member
	var entry *patch.Member
	for name, v := range list.Members() {
		if v.Kind() != value.Object || v.Holder() != list.Member(name) {
			return nil, refuse("", "text: %s: expected a state, which is an object, once", quote(name))
		}
		s := patch.NewMember(name, v.Copy())
		renamed[name] = unique(name, taken)
		m.renameInside(s.Value, taken)
		states = append(states, s)
		if name == start || entry == nil {
			entry = s
		}
	}
	if len(states) == 0 || len(states) > maxStates {
		return nil, refuse("", "text: expected 1 to %d states, got %d", maxStates, len(states))
	}
	renameGroup(states, renamed)
	return groupOf(states, entry), nil
}
