package asl

import (
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file warns of variables that are never used. Spec: "Variables".

// lintVariables warns of variables that no text of the definition mentions.
// A mention counts whether or not it reads the variable, so that the warning is
// certain.
func (c *checker) lintVariables() {
	mentioned := make(map[string]bool)
	mention := func(text string) {
		for i := strings.IndexByte(text, '$'); i >= 0; {
			n := nameLength(text[i+1:])
			mentioned[text[i+1:i+1+n]] = true
			next := strings.IndexByte(text[i+1+n:], '$')
			if next < 0 {
				return
			}
			i += 1 + n + next
		}
	}
	assigned := false
	c.d.AllStates(func(_ *Workflow, s *State) { s.assigns(func(*place, string) { assigned = true }) })
	if !assigned || c.o.Alone { // the other states, which may read them, are not there
		return
	}
	walk(new(place), c.d.Root, func(_ *place, v value.Value) { mention(v.Text()) })
	c.d.AllStates(func(_ *Workflow, s *State) {
		s.assigns(func(at *place, name string) {
			if !mentioned[name] && name != reservedName && variableNameOK(name) && !c.full() {
				c.reportKeyIn(at, at, unusedVariable(name))
			}
		})
	})
}
