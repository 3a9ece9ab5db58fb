package edit

import (
	"strconv"

	"github.com/aslocal/aslocal/internal/patch"
	"github.com/aslocal/aslocal/value"
)

// This file moves states to another edge or workflow, and items within an array.

// move takes states out, which joins their neighbours, and inserts them elsewhere.
func (m *machine) move(e *Edit) error {
	g, err := m.group(e.States)
	if err != nil {
		return err
	}
	at, err := m.spot(e)
	if err != nil {
		return err
	}
	for n := at.workflow; n != nil; n = n.Up() {
		if g.in[n.Holder()] {
			return refuse(m.pointer(at.workflow), "%s cannot be moved into itself", quote(n.Holder().Name))
		}
	}
	if at.on != nil && g.in[at.on.state] {
		m.selected = append(m.selected, g.states...)
		return nil // they already follow one another
	}
	from := workflowOf(g.entry)
	started := hasStart(from)
	m.join(g.states)
	if from != at.workflow {
		for _, s := range g.states {
			s.Remove()
		}
		if started {
			m.startSomewhere(from)
		}
	}
	if at.on != nil && at.on.state != nil && (at.on.member == nil || at.on.member.Name == "End" || at.on.isNext()) {
		on := m.wayOn(at.on.state) // a Next may have become an End
		at.on = &on
	}
	if at.on != nil && at.on.member != nil && !m.holds(at.on.member.Value) {
		return refuse("", "the transition is gone with what it led to")
	}
	if from != at.workflow && from.Get("States").Len() == 0 {
		m.note(from, "this workflow has no states any more")
	}
	return m.put(at, g)
}

// holds reports whether a node is still in the definition.
func (m *machine) holds(n *patch.Node) bool {
	for n != nil && n != m.root {
		around := n.Up()
		if around == nil || around.Place(n.Holder()) < 0 {
			return false
		}
		n = around
	}
	return n != nil
}

// moveItem moves an item of an array: a branch, rule, Retrier or Catcher.
func (m *machine) moveItem(array, from, to string) error {
	n := m.root.Find(array)
	if n.Kind() != value.Array {
		return refuse(array, "there is no array here")
	}
	i, err := strconv.Atoi(from)
	j, err2 := strconv.Atoi(to)
	if err != nil || err2 != nil || min(i, j) < 0 || max(i, j) >= n.Len() {
		return refuse(array, "from and to: expected indexes below %d", n.Len())
	}
	if i == j {
		return nil
	}
	item := n.Index(i).Holder()
	item.Remove()
	n.Insert(j, item)
	return nil
}
