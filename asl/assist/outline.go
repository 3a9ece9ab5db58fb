package assist

import (
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/position"
)

// This file finds the workflows and states in the tree of a definition, with the
// variables that they assign. It says no more than package asl does about a whole
// definition, but also of half of one.

// An outline is what a definition consists of.
type outline struct {
	source  string
	root    *node
	machine *workflow

	workflows map[string]*workflow // by pointer
	states    map[string]*state
}

// A workflow is the machine, a branch, or an ItemProcessor.
type workflow struct {
	pointer string
	node    *node
	outer   *state // that it is in; nil for the machine
	states  []*state
	byName  map[string]*state
}

// A state is a member of States.
type state struct {
	name     string
	pointer  string
	member   member
	node     *node
	kind     asl.StateType
	language asl.QueryLanguage
	workflow *workflow
	inner    []*workflow
}

// newOutline finds everything in the tree of a definition.
func newOutline(source string, root *node) *outline {
	o := &outline{source: source, root: root, workflows: make(map[string]*workflow), states: make(map[string]*state)}
	language := asl.JSONPath
	if root.get("QueryLanguage").word() == string(asl.JSONata) {
		language = asl.JSONata
	}
	o.machine = o.workflow("", root, nil, language)
	return o
}

func (o *outline) workflow(pointer string, n *node, outer *state, language asl.QueryLanguage) *workflow {
	w := &workflow{pointer: pointer, node: n, outer: outer, byName: make(map[string]*state)}
	o.workflows[pointer] = w
	for _, m := range n.get("States").members {
		s := &state{name: m.key.text, pointer: pointer + "/States/" + position.Escape(m.key.text), member: m, node: m.value, language: language, workflow: w}
		s.kind = asl.StateType(s.node.get("Type").word())
		switch s.node.get("QueryLanguage").word() {
		case string(asl.JSONata):
			s.language = asl.JSONata
		case string(asl.JSONPath):
			s.language = asl.JSONPath
		}
		w.states = append(w.states, s)
		w.byName[s.name] = s
		o.states[s.pointer] = s
		for i, branch := range s.node.get("Branches").items {
			s.inner = append(s.inner, o.workflow(s.pointer+"/Branches/"+strconv.Itoa(i), branch, s, language))
		}
		for _, name := range []string{"ItemProcessor", "Iterator"} {
			if p := s.node.get(name); p.kind == object {
				s.inner = append(s.inner, o.workflow(s.pointer+"/"+name, p, s, language))
			}
		}
	}
	return w
}

// distributed reports whether the workflow is run by a distributed Map, whose
// children see no variables from outside.
func (w *workflow) distributed() bool {
	return w.node.get("ProcessorConfig").get("Mode").word() == "DISTRIBUTED"
}

// scopes calls visit for the workflow and those around it whose variables its states
// see, the nearest first.
func (w *workflow) scopes(visit func(*workflow)) {
	for w != nil {
		visit(w)
		if w.distributed() || w.outer == nil {
			return
		}
		w = w.outer.workflow
	}
}

// An assignment is a member of an Assign.
type assignment struct {
	name    string
	state   *state
	member  member
	pointer string
}

// assignments calls visit for what the states of a workflow assign, without what
// those inside of them do.
func (w *workflow) assignments(visit func(assignment)) {
	for _, s := range w.states {
		s.assigns("", s.node, visit)
		for _, field := range []string{"Choices", "Catch"} {
			for i, item := range s.node.get(field).items {
				s.assigns("/"+field+"/"+strconv.Itoa(i), item, visit)
			}
		}
	}
}

func (s *state) assigns(way string, n *node, visit func(assignment)) {
	for _, m := range n.get("Assign").members {
		name := m.key.text
		if s.language == asl.JSONPath {
			name = strings.TrimSuffix(name, ".$")
		}
		visit(assignment{name: name, state: s, member: m, pointer: s.pointer + way + "/Assign/" + position.Escape(m.key.text)})
	}
}

// variables returns what a state may read, each name once, the nearest first.
func (w *workflow) variables() []assignment {
	var found []assignment
	seen := make(map[string]bool)
	w.scopes(func(w *workflow) {
		w.assignments(func(a assignment) {
			if a.name != "" && !seen[a.name] {
				seen[a.name] = true
				found = append(found, a)
			}
		})
	})
	return found
}

// A target is a place that names a state of the workflow it is in.
type target struct {
	pointer  string
	node     *node // the name
	workflow *workflow
}

// targets calls visit for every place in a workflow, and in those inside of it, that names
// a state by StartAt, Next or Default.
func (w *workflow) targets(visit func(target)) {
	name := func(pointer string, n *node) {
		if n.kind == text {
			visit(target{pointer, n, w})
		}
	}
	name(w.pointer+"/StartAt", w.node.get("StartAt"))
	for _, s := range w.states {
		name(s.pointer+"/Next", s.node.get("Next"))
		name(s.pointer+"/Default", s.node.get("Default"))
		for _, field := range []string{"Choices", "Catch"} {
			for i, item := range s.node.get(field).items {
				name(s.pointer+"/"+field+"/"+strconv.Itoa(i)+"/Next", item.get("Next"))
			}
		}
		for _, inner := range s.inner {
			inner.targets(visit)
		}
	}
}
