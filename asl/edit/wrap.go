package edit

import (
	"strings"

	"github.com/aslocal/aslocal/internal/patch"
	"github.com/aslocal/aslocal/value"
)

// This file wraps states in a Parallel or Map state, and unwraps them.

// wrap puts states into the only branch of a new Parallel state, or into the
// ItemProcessor of a new Map state. That is possible if they are entered at one of
// them, and left for one state.
func (m *machine) wrap(e *Edit) error {
	if e.Type != "Parallel" && e.Type != "Map" {
		return refuse("", "type: expected Parallel or Map, got %q", e.Type)
	}
	g, err := m.group(e.States)
	if err != nil {
		return err
	}
	workflow, list := workflowOf(g.entry), g.entry.Value.Up()
	next, err := m.wayOut(g)
	if err != nil {
		return err
	}
	name := unique(e.Type, names(m.root))
	for _, l := range linksIn(workflow) {
		s := g.byName[l.target()]
		switch {
		case s == nil || g.in[l.state]:
		case s != g.entry:
			return refuse(m.pointer(s.Value), "%s leads here, into the middle of what is to be wrapped: select it too", describe(l))
		default:
			m.retarget(l, name)
		}
	}
	place := list.Place(g.states[0])
	inner := patch.Object("StartAt", patch.Text(g.entry.Name), "States", patch.Object())
	for _, s := range g.states {
		if onward(s) == next {
			lead(s, "")
		}
		s.Remove()
		inner.Get("States").Insert(len(g.states), s)
	}
	container := patch.Object("Type", patch.Text(e.Type))
	if e.Type == "Parallel" {
		container.Set("Branches", patch.Array(inner))
		m.note(container, "the output of a Parallel state is an array with the output of each branch")
	} else {
		processor := patch.Object("ProcessorConfig", patch.Object("Mode", patch.Text("INLINE")))
		processor.Set("StartAt", inner.Get("StartAt"))
		processor.Set("States", inner.Get("States"))
		container.Set("ItemProcessor", processor)
		m.note(container, "a Map state needs an array: its input, or what it is given as items")
	}
	s := patch.NewMember(name, container)
	list.Insert(place, s)
	lead(s, next)
	m.selected = append(m.selected, s)
	return nil
}

// wayOut returns the name of the only state that a group is left for, "" if it ends,
// and refuses a group that cannot be in a workflow of its own.
func (m *machine) wayOut(g *group) (string, error) {
	next, ends := "", false
	for _, s := range g.states {
		kind := kindOf(s)
		for _, l := range links(s) {
			name := l.target()
			if g.byName[name] != nil {
				continue
			}
			if !l.isNext() {
				return "", refuse(m.pointer(s.Value), "%s leads out to %s, which is not possible from inside of a container: select %s too", describe(l), quote(name), quote(name))
			}
			if next != "" && next != name {
				return "", refuse(m.pointer(s.Value), "the states lead out to both %s and %s: a container goes on to one state", quote(next), quote(name))
			}
			next = name
		}
		if kind == "Succeed" || kind != "Choice" && kind != "Fail" && onward(s) == "" {
			ends = true
		}
	}
	if ends && next != "" {
		return "", refuse(m.pointer(g.entry.Value), "some of the states end the workflow, others go on to %s: a container does one or the other", quote(next))
	}
	return next, nil
}

// unwrap puts the states of a Map state, or of a Parallel state with one branch, in the
// place of that.
func (m *machine) unwrap(e *Edit) error {
	s, err := m.stateOf(e)
	if err != nil {
		return err
	}
	var inner []*patch.Node
	for w := range inside(s.Value) {
		inner = append(inner, w)
	}
	switch {
	case len(inner) == 0:
		return refuse(m.pointer(s.Value), "%s has no states inside", quote(s.Name))
	case len(inner) > 1:
		return refuse(m.pointer(s.Value), "%s has %d branches, which run at the same time: only one can be unwrapped", quote(s.Name), len(inner))
	}
	from := inner[0]
	entry := from.Get("States").Member(from.Get("StartAt").Text())
	if entry == nil || entry.Value.Kind() != value.Object {
		return refuse(m.pointer(from), "StartAt names no state: there is no way to enter")
	}
	for name, v := range from.Get("States").Members() {
		if v.Kind() != value.Object {
			return refuse(m.pointer(v), "%s is not a state: expected an object, got %s", quote(name), v.Kind())
		}
	}
	m.lostWith(s, entry.Value)
	workflow, list := workflowOf(s), s.Value.Up()
	m.freeNames(from, list, s)
	next := onward(s)
	for _, l := range linksIn(workflow) {
		if l.target() == s.Name && l.state != s {
			m.retarget(l, entry.Name)
		}
	}
	if next == s.Name {
		next = entry.Name
	}
	place := list.Place(s)
	s.Remove()
	for i, state := range stateMembers(from.Get("States")) {
		state.Remove()
		list.Insert(place+i, state)
		m.leave(state, next)
		m.selected = append(m.selected, state)
	}
	return nil
}

// stateMembers returns the members of an object that are states.
func stateMembers(list *patch.Node) []*patch.Member {
	var found []*patch.Member
	for _, v := range list.Members() {
		if v.Kind() == value.Object {
			found = append(found, v.Holder())
		}
	}
	return found
}

// leave makes a state that ended the workflow in a container go on to what follows the
// container.
func (m *machine) leave(s *patch.Member, next string) {
	kind := kindOf(s)
	switch {
	case kind == "Succeed" && next != "":
		s.Value.Member("Type").Assign(patch.Text("Pass"))
		lead(s, next)
		m.note(s.Value, "this was a Succeed state, which here would end the whole workflow")
	case isTerminal(kind), kind == "Choice":
	case onward(s) == "":
		lead(s, next)
	}
}

// freeNames renames states of a workflow whose names are those of states that they will
// be among.
func (m *machine) freeNames(from, list *patch.Node, container *patch.Member) {
	taken := names(m.root)
	renamed := make(map[string]string)
	for _, s := range stateMembers(from.Get("States")) {
		renamed[s.Name] = s.Name
		if other := list.Member(s.Name); other != nil && other != container {
			renamed[s.Name] = unique(s.Name, taken)
		}
	}
	applyNames(from, renamed)
}

// lostWith notes the fields of a container that are gone without it.
func (m *machine) lostWith(s *patch.Member, entry *patch.Node) {
	lost := make(map[string]bool)
	for name := range s.Value.Members() {
		switch name {
		case "Type", "Branches", "ItemProcessor", "Iterator", "Next", "End", "QueryLanguage":
		default:
			lost[name] = true
		}
	}
	if len(lost) > 0 {
		m.note(entry, "removed with "+quote(s.Name)+": "+strings.Join(sorted(lost), ", "))
	}
}
