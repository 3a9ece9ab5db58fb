package asl

import "github.com/aslocal/aslocal/value"

// This file checks the transitions of a workflow. Spec: "Transitions".

// A transition is a place that names a state. assigns is the Assign of the state, the
// rule or the Catcher that takes effect with it.
type transition struct {
	at      *place
	name    string
	assigns value.Value
}

// transitions returns the transitions of a state, whatever its type: a field that
// its type does not have is reported elsewhere, and still shows what was meant.
func (s *State) transitions() []transition {
	var found []transition
	add := func(at *place, name string, assigns value.Value) {
		if name != "" {
			found = append(found, transition{at, name, assigns})
		}
	}
	at, own := s.at, s.Fields.Get("Assign")
	add(at.member("Next"), s.Next, own)
	add(at.member("Default"), s.Default, own)
	for i, r := range s.Choices {
		add(at.member("Choices").item(i).member("Next"), r.Next, r.Assign)
	}
	for i, k := range s.Catch {
		add(at.member("Catch").item(i).member("Next"), k.Next, k.Assign)
	}
	return found
}

// checkTargets reports names of states that the workflow does not have.
func (c *checker) checkTargets(w *Workflow) {
	if w.StartAt != "" && len(w.States) > 0 && w.State(w.StartAt) == nil {
		c.report(w.at.member("StartAt"), missingTarget(w.StartAt, w.names()))
	}
	if c.o.Alone && w == &c.d.Workflow {
		return
	}
	for _, s := range w.States {
		for _, t := range s.transitions() {
			if w.State(t.name) == nil && !c.full() {
				c.report(t.at, missingTarget(t.name, w.names()).elsewhere(c.named(t.name)))
			}
		}
	}
}

// named returns the first state of a name, whatever workflow it is in, or nil.
func (c *checker) named(name string) *State {
	if c.states == nil {
		c.states = make(map[string]*State)
		c.d.AllStates(func(_ *Workflow, s *State) {
			if c.states[s.Name] == nil {
				c.states[s.Name] = s
			}
		})
	}
	return c.states[name]
}

// elsewhere returns a hint if another workflow has the state that a transition
// names: no transition leads into or out of a Parallel or Map state.
func (m message) elsewhere(s *State) message {
	if s == nil {
		return m
	}
	return m.withHint("%s is another workflow's: a transition leads only to a state beside its own", s.at.location())
}

// checkReachability reports states that no transition leads to. As in the service,
// states that only unreachable states lead to are not reported unless the start state
// is missing, and none are in a workflow without end (F-149).
func (c *checker) checkReachability(w *Workflow) {
	if w.StartAt == "" || !w.terminates() {
		return
	}
	reached := make(map[*State]bool, len(w.States))
	visit := func(s *State) {
		todo := []*State{s}
		for len(todo) > 0 {
			s, todo = todo[len(todo)-1], todo[:len(todo)-1]
			if s == nil || reached[s] {
				continue
			}
			reached[s] = true
			for _, t := range s.transitions() {
				todo = append(todo, w.State(t.name))
			}
		}
	}
	start := w.State(w.StartAt)
	visit(start)
	for _, s := range w.roots() {
		if !reached[s] {
			c.report(s.at, unreachable(s.Name))
			if start != nil {
				visit(s)
			}
		}
	}
}

// roots returns the states in order, those that no other state leads to first.
func (w *Workflow) roots() []*State {
	led := make(map[string]bool, len(w.States))
	for _, s := range w.States {
		for _, t := range s.transitions() {
			if t.name != s.Name {
				led[t.name] = true
			}
		}
	}
	var first, rest []*State
	for _, s := range w.States {
		if led[s.Name] {
			rest = append(rest, s)
		} else {
			first = append(first, s)
		}
	}
	return append(first, rest...)
}

// checkTerminalState reports a workflow that cannot end. The service reports it for the
// state machine only, and without a place; for a workflow inside it is a warning.
func (c *checker) checkTerminalState(w *Workflow) {
	if len(w.States) == 0 || w.terminates() || c.o.Alone && w == &c.d.Workflow {
		return
	}
	for _, s := range w.States {
		if !s.Type.Known() || s.needsTransition() && s.Next == "" {
			return // reported, and perhaps the end that is missing
		}
	}
	states := w.at.member("States")
	if w == &c.d.Workflow {
		c.add(nil, states, finding{message: noTerminalState(), key: true})
	} else {
		c.reportKeyIn(w.at, states, endlessWorkflow())
	}
}

func (w *Workflow) terminates() bool {
	for _, s := range w.States {
		if s.Terminal() {
			return true
		}
	}
	return false
}
