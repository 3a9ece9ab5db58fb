package asl

import (
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aslocal/aslocal/jsonpath"
	"github.com/aslocal/aslocal/value"
)

// This file finds the variables that states assign and read, and checks their names
// and scopes. A workflow is a scope: its states also see the variables of the
// workflows around it, except in the children of a distributed Map. Spec:
// "Variables".

const (
	maxVariableName = 80       // characters
	reservedName    = "states" // of $states.input and the like
)

// VariableReferences returns the names, sorted and without $, of the variables that
// each state reads, by the name of the state. States at any depth are included; those
// that read no variables are left out.
func VariableReferences(d *Definition) map[string][]string {
	found := make(map[string][]string)
	d.AllStates(func(_ *Workflow, s *State) {
		names := make(map[string]bool)
		s.reads(func(_ *place, _ func() part, name string) { names[name] = true })
		delete(names, reservedName)
		if len(names) > 0 {
			found[s.Name] = slices.Sorted(maps.Keys(names))
		}
	})
	return found
}

// reads calls visit for every variable that a state reads, without the states inside
// it. where returns the part of the text at the place that reads it.
func (s *State) reads(visit func(at *place, where func() part, name string)) {
	s.eachPath(func(at *place, where part, p *jsonpath.Path) {
		if p.Root() == jsonpath.Variable {
			visit(at, func() part { return part{where.start, where.start + len("$") + len(p.Variable())} }, p.Variable())
		}
	})
	s.expressions(func(at *place, text string) {
		if isExpression(text) {
			for _, r := range s.variablesRead(expressionText(text)) {
				visit(at, func() part { return referencePart(text, r) }, r.Name)
			}
		}
	})
}

// nameLength returns the length of the variable name that a text begins with.
func nameLength(text string) int {
	for i, r := range text {
		if !unicode.IsLetter(r) && r != '_' && (i == 0 || !continuesName(r)) {
			return i
		}
	}
	return len(text)
}

// continuesName reports whether a character is in Unicode's ID_Continue; letters are
// left out.
func continuesName(r rune) bool {
	return unicode.In(r, unicode.Nd, unicode.Nl, unicode.Mn, unicode.Mc, unicode.Pc)
}

// variableNameOK reports whether a name is a letter followed by letters, digits and
// underscores (ID_Start ID_Continue*).
func variableNameOK(name string) bool {
	return name != "" && name[0] != '_' && nameLength(name) == len(name) && utf8.RuneCountInString(name) <= maxVariableName
}

// assigned returns the variables that an Assign of the state assigns, with the members
// that name them.
func (s *State) assigned(assign value.Value) iter.Seq2[string, string] {
	return func(yield func(name, member string) bool) {
		for member := range assign.Members() {
			name := member
			if s.QueryLanguage == JSONPath {
				name = strings.TrimSuffix(member, pathSuffix)
			}
			if !yield(name, member) {
				return
			}
		}
	}
}

// assigns calls visit for every variable that a state assigns.
func (s *State) assigns(visit func(at *place, name string)) {
	object := func(at *place, v value.Value) {
		for name, member := range s.assigned(v) {
			visit(at.member(member), name)
		}
	}
	object(s.at.member("Assign"), s.Fields.Get("Assign"))
	for i, r := range s.Choices {
		object(s.at.member("Choices").item(i).member("Assign"), r.Assign)
	}
	for i, k := range s.Catch {
		object(s.at.member("Catch").item(i).member("Assign"), k.Assign)
	}
}

// A scope is a workflow with the variables that its states assign.
type scope struct {
	outer *scope // nil for the machine and the children of a distributed Map
	names map[string]bool
	near  []string // made by candidates
}

// visible reports whether a state of the scope may read the variable.
func (sc *scope) visible(name string) bool {
	return sc != nil && (sc.names[name] || sc.outer.visible(name))
}

// candidates returns the variables that a state of the scope may read, its own first,
// at most maxCandidates.
func (sc *scope) candidates() []string {
	if sc == nil {
		return nil
	}
	if sc.near == nil {
		names := append(slices.Sorted(maps.Keys(sc.names)), sc.outer.candidates()...)
		sc.near = names[:min(len(names), maxCandidates)]
	}
	return sc.near
}

// checkVariables checks the names of variables and where they are assigned and
// read.
func (c *checker) checkVariables() { c.checkScope(&c.d.Workflow, nil, nil) }

// checkScope checks a workflow in an outer scope. taken are the variables that have
// been assigned outside when the workflow begins, and that it must not assign.
func (c *checker) checkScope(w *Workflow, outer *scope, taken map[string]bool) {
	sc := &scope{outer: outer, names: make(map[string]bool)}
	for _, s := range w.States {
		s.assigns(func(at *place, name string) {
			sc.names[name] = true
			c.checkAssigned(at, name, taken)
		})
	}
	order := predecessors{w: w, steps: maxSteps}
	for _, s := range w.States {
		if !c.o.Alone {
			s.reads(func(at *place, where func() part, name string) {
				if name != reservedName && !sc.visible(name) && !c.full() {
					c.reportPart(at, at, where(), unassigned(name, s.QueryLanguage, sc.candidates()))
				}
			})
		}
		if len(s.workflows()) == 0 {
			continue
		}
		inner, innerTaken := sc, taken
		if p := s.ItemProcessor; p != nil && p.Mode == distributed {
			inner = nil // its children see no variable from outside, and must not assign one
		}
		if len(sc.names) > 0 {
			innerTaken = order.assigned(s, taken)
		}
		for _, v := range s.workflows() {
			c.checkScope(v, inner, innerTaken)
		}
	}
}

// checkAssigned checks the name of a variable that is assigned.
func (c *checker) checkAssigned(at *place, name string, taken map[string]bool) {
	switch {
	case name == reservedName:
		c.reportKeyIn(at, at, reservedVariable(name))
	case utf8.RuneCountInString(name) > maxVariableName:
		c.reportKeyIn(at, at, variableNameTooLong(name))
	case !variableNameOK(name):
		c.reportKeyIn(at, at, badVariableName(name))
	case taken[name]:
		c.reportKeyIn(at, at, outerVariable(name))
	}
}

// predecessors finds the variables that have been assigned when a state of a workflow
// is entered.
type predecessors struct {
	w     *Workflow
	to    map[string][]step // the transitions to a state, by its name
	steps int               // that may still be taken
}

// A step is a transition with the state that it leaves.
type step struct {
	from *State
	transition
}

// maxSteps bounds the search in one workflow: enough for a hundred containers among
// several thousand states. Beyond it nothing more is found.
const maxSteps = 1_000_000

// assigned adds to taken the variables that are assigned on the way to the given
// state. Each transition has its own Assign: a Catcher or a Choice rule does not assign
// what the state itself does (F-152).
func (p *predecessors) assigned(s *State, taken map[string]bool) map[string]bool {
	if p.to == nil {
		p.to = make(map[string][]step)
		for _, other := range p.w.States {
			for _, t := range other.transitions() {
				p.to[t.name] = append(p.to[t.name], step{other, t})
			}
		}
	}
	names := make(map[string]bool)
	maps.Copy(names, taken)
	seen, todo := make(map[string]bool), []string{s.Name}
	for ; len(todo) > 0 && p.steps > 0; p.steps-- {
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[name] {
			continue
		}
		seen[name] = true
		for _, step := range p.to[name] {
			for variable := range step.from.assigned(step.assigns) {
				names[variable] = true
			}
			todo = append(todo, step.from.Name)
		}
	}
	return names
}
