package assist

import (
	"regexp"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/edit"
)

// A Location is a part of the document that names a state or a variable.
type Location struct {
	Start   int    `json:"start"` // bytes, without quotes and $
	End     int    `json:"end"`
	Pointer string `json:"pointer"`           // of the state, or of the state in which the variable is named, relative to the definition
	Defines bool   `json:"defines,omitempty"` // it is the key of the state, or assigns the variable
}

// A Subject is a state or a variable that is named at a place.
type Subject struct {
	Name    string `json:"name"`
	Kind    Kind   `json:"kind"`    // StateItem or VariableItem
	Pointer string `json:"pointer"` // of the state; "" if there is none of that name, and of a variable
	Start   int    `json:"start"`   // bytes: the name at the place, without quotes and $
	End     int    `json:"end"`
}

// SubjectAt returns the state or variable that is named at an offset; false if none is.
func SubjectAt(doc edit.Document, offset int) (Subject, bool) {
	if e, ok := embeddedIn(doc); ok {
		s, ok := SubjectAt(e.doc, e.in(offset))
		s.Start, s.End = e.outer[s.Start], e.outer[s.End]
		return s, ok
	}
	s, ok := newPlace(doc, offset, Knowledge{}).subject()
	return s.Subject, ok
}

// Definition returns where the state or variable at an offset is defined: the key
// in States, or the members of Assign. It is nil if there is none.
func Definition(doc edit.Document, offset int) []Location {
	return slices.DeleteFunc(References(doc, offset), func(l Location) bool { return !l.Defines })
}

// References returns all places that name the state or variable at an offset, its
// definition included, in the order of the text.
func References(doc edit.Document, offset int) []Location {
	if e, ok := embeddedIn(doc); ok {
		return e.locations(References(e.doc, e.in(offset)))
	}
	p := newPlace(doc, offset, Knowledge{})
	s, ok := p.subject()
	if !ok {
		return nil
	}
	var found []Location
	if s.Kind == StateItem {
		found = p.stateReferences(s)
	} else {
		found = s.workflow.variableReferences(p.source, s.Name)
	}
	slices.SortFunc(found, func(a, b Location) int { return a.Start - b.Start })
	return slices.CompactFunc(found, func(a, b Location) bool { return a.Start == b.Start })
}

// A subject is a Subject and the workflow that has it.
type subject struct {
	Subject
	workflow *workflow
}

func (p *place) subject() (subject, bool) {
	if p.token == nil || p.token.kind != text || p.offset < p.token.start || p.offset > p.token.end || p.fresh {
		return subject{}, false
	}
	s := subject{workflow: p.workflow}
	s.Name, s.Start, s.End = p.token.text, p.token.body, p.token.bodyEnd
	switch {
	case p.key && p.form.byName(), !p.key && len(p.rest) == 0 && p.form.kind(p.field) == StateName:
		s.Kind = StateItem
		if named := p.workflow.byName[s.Name]; named != nil {
			s.Pointer = named.pointer
		}
		return s, true
	case p.key && p.free && p.field == "Assign" && len(p.rest) == 0:
		if p.language() == asl.JSONPath {
			s.Name = strings.TrimSuffix(s.Name, ".$")
			s.End = s.Start + len(s.Name)
		}
	case p.key:
		return subject{}, false
	default:
		c, ok := p.chainAt()
		if !ok || c.root != "" || c.dot >= 0 || len(c.word) < 2 || c.word[0] != '$' || c.word == "$states" || c.word == "$$" {
			return subject{}, false
		}
		s.Name, s.Start, s.End = c.word[1:], c.start+1, c.start+len(c.word)
	}
	s.Kind, s.workflow = VariableItem, nil
	p.workflow.scopes(func(w *workflow) {
		w.assignments(func(a assignment) {
			if a.name == s.Name {
				s.workflow = w // the outermost that assigns it
			}
		})
	})
	return s, s.workflow != nil
}

// stateReferences returns where a state of a workflow is named.
func (p *place) stateReferences(s subject) []Location {
	var found []Location
	for _, other := range s.workflow.states {
		if other.name == s.Name {
			found = append(found, Location{other.member.key.body, other.member.key.bodyEnd, other.pointer, true})
		}
	}
	s.workflow.targets(func(t target) {
		if t.workflow == s.workflow && t.node.text == s.Name {
			found = append(found, Location{Start: t.node.body, End: t.node.bodyEnd, Pointer: s.Pointer})
		}
	})
	return found
}

// variableReferences returns where the states of a workflow, and of those in it that see
// its variables, assign and read a variable.
func (w *workflow) variableReferences(source, name string) []Location {
	var found []Location
	read := regexp.MustCompile(`\$` + regexp.QuoteMeta(name) + `(?:[^\pL\pN_(]|$)`)
	var visit func(w *workflow)
	visit = func(w *workflow) {
		w.assignments(func(a assignment) {
			if key := a.member.key; a.name == name {
				found = append(found, Location{key.body, min(key.body+len(name), key.bodyEnd), a.state.pointer, true})
			}
		})
		for _, s := range w.states {
			s.expressions(s.node, func(n *node) {
				raw := source[n.body:n.bodyEnd]
				for _, at := range read.FindAllStringIndex(raw, -1) {
					if at[0] > 0 && raw[at[0]-1] == '$' {
						continue
					}
					start := n.body + at[0] + 1
					found = append(found, Location{Start: start, End: start + len(name), Pointer: s.pointer})
				}
			})
			for _, inner := range s.inner {
				if !inner.distributed() {
					visit(inner)
				}
			}
		}
	}
	visit(w)
	return found
}

// expressions calls visit for every text of the state that may be evaluated, without
// those of the states in it.
func (s *state) expressions(n *node, visit func(*node)) {
	for _, m := range n.members {
		if name := m.key.text; name != "Branches" && name != "ItemProcessor" && name != "Iterator" && name != "Comment" {
			s.expressions(m.value, visit)
		}
	}
	for _, item := range n.items {
		s.expressions(item, visit)
	}
	if n.kind != text {
		return
	}
	if s.language == asl.JSONata && strings.HasPrefix(n.text, "{%") || s.language == asl.JSONPath && (strings.HasPrefix(n.text, "$") || strings.HasPrefix(n.text, "States.")) {
		visit(n)
	}
}
