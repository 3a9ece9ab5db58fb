package edit

import "github.com/aslocal/aslocal/internal/patch"

// This file duplicates states. The copy follows the original if that goes on or ends;
// the copy of a Choice, Succeed or Fail state is connected by the user.

func (m *machine) duplicate(pointers []string) error {
	g, err := m.group(pointers)
	if err != nil {
		return err
	}
	workflow, list := workflowOf(g.entry), g.entry.Value.Up()
	at := spot{workflow: workflow, after: g.states[len(g.states)-1]}
	connected := kindOf(g.last) != "Choice" && !isTerminal(kindOf(g.last)) && g.byName[onward(g.last)] == nil
	copies, entry := m.copies(g)
	if !connected {
		place := list.Place(at.after) + 1
		for i, s := range copies {
			list.Insert(place+i, s)
		}
		m.note(entry.Value, "no transition leads here yet")
		m.selected = append(m.selected, copies...)
		return nil
	}
	on := m.wayOn(g.last)
	at.on = &on
	return m.put(at, groupOf(copies, entry))
}

// copies returns copies of the states of a group under names of their own, and the copy
// of its entry.
func (m *machine) copies(g *group) (copies []*patch.Member, entry *patch.Member) {
	taken := names(m.root)
	renamed := make(map[string]string)
	for _, s := range g.states {
		c := s.Clone()
		renamed[s.Name] = unique(s.Name, taken)
		m.renameInside(c.Value, taken)
		copies = append(copies, c)
		if s == g.entry {
			entry = c
		}
	}
	renameGroup(copies, renamed)
	return copies, entry
}

// renameGroup renames states that are in no workflow, with the transitions between
// them.
func renameGroup(states []*patch.Member, renamed map[string]string) {
	for _, s := range states {
		for _, l := range links(s) {
			if name, ok := renamed[l.target()]; ok {
				l.member.Assign(patch.Text(name))
			}
		}
		s.Rename(renamed[s.Name])
	}
}
