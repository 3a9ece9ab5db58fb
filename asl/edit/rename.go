package edit

import (
	"strings"
	"unicode/utf8"

	"github.com/aslocal/aslocal/internal/patch"
	"github.com/aslocal/aslocal/value"
)

// This file renames states.

func (m *machine) rename(e *Edit) error {
	s, err := m.stateOf(e)
	if err != nil {
		return err
	}
	if e.Name == s.Name {
		m.selected = append(m.selected, s)
		return nil
	}
	switch {
	case strings.TrimSpace(e.Name) == "":
		return refuse("", "name: expected a name, got none")
	case utf8.RuneCountInString(e.Name) > maxName:
		return refuse("", "name: expected at most %d characters, got %d", maxName, utf8.RuneCountInString(e.Name))
	case names(m.root)[e.Name]:
		return refuse("", "there is already a state %s: names are unique in the whole machine", quote(e.Name))
	}
	m.compared(s)
	renameTo(s, e.Name)
	m.selected = append(m.selected, s)
	return nil
}

// renameTo renames a state, with the transitions that lead to it.
func renameTo(s *patch.Member, name string) {
	for _, l := range linksIn(workflowOf(s)) {
		if l.target() == s.Name {
			l.member.Assign(patch.Text(name))
		}
	}
	s.Rename(name)
}

// renameInside gives unique names to the states inside of a new one.
func (m *machine) renameInside(state *patch.Node, taken map[string]bool) {
	for workflow := range inside(state) {
		renames := make(map[string]string)
		for name, s := range workflow.Get("States").Members() {
			renames[name] = unique(name, taken)
			if s.Kind() == value.Object {
				m.renameInside(s, taken)
			}
		}
		applyNames(workflow, renames)
	}
}

// applyNames renames states of a workflow.
func applyNames(workflow *patch.Node, renames map[string]string) {
	for _, l := range linksIn(workflow) {
		if name, ok := renames[l.target()]; ok {
			l.member.Assign(patch.Text(name))
		}
	}
	for name, s := range workflow.Get("States").Members() {
		s.Holder().Rename(renames[name])
	}
}

// The names by which expressions read the name of the state that is running.
var readsName = []string{"$$.State.Name", "$states.context.State.Name", "$$['State']['Name']"}

// compared notes where an expression may compare the name of a state: where one in it
// reads the name, and where any has both that and the name as text.
func (m *machine) compared(renamed *patch.Member) {
	allStates(m.root, func(s *patch.Member) {
		m.comparedIn(s.Value, renamed, s == renamed)
	})
}

func (m *machine) comparedIn(n *patch.Node, renamed *patch.Member, own bool) {
	for name, v := range n.Members() {
		switch name {
		case "Branches", "ItemProcessor", "Iterator", "Comment":
			continue // states of their own, and no expression
		}
		if v.Kind() == value.String && reads(v.Text()) {
			says := strings.Contains(v.Text(), renamed.Name) || name == "Variable" && hasText(n, renamed.Name)
			switch {
			case says:
				m.note(v, "this expression compares the state's name: it still says "+quote(renamed.Name))
			case own:
				m.note(v, "this expression reads the name of the state that was renamed")
			}
		}
		m.comparedIn(v, renamed, own)
	}
	for _, item := range n.Items() {
		if item.Kind() == value.String && reads(item.Text()) && strings.Contains(item.Text(), renamed.Name) {
			m.note(item, "this expression compares the state's name: it still says "+quote(renamed.Name))
		}
		m.comparedIn(item, renamed, own)
	}
}

func reads(text string) bool {
	for _, name := range readsName {
		if strings.Contains(text, name) {
			return true
		}
	}
	return false
}

// hasText reports whether a member of an object is a text.
func hasText(n *patch.Node, text string) bool {
	for _, v := range n.Members() {
		if v.Text() == text {
			return true
		}
	}
	return false
}
