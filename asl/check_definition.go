package asl

import "unicode/utf8"

// This file checks the definition as a whole.

// checkDuplicateFields warns of members that an object has twice. It is not an
// error, because the last one counts.
func (c *checker) checkDuplicateFields() {
	for _, d := range c.d.positions.Duplicates(maxFindings) {
		at, _ := follow(c.d.at, c.d.Root, d.Pointer)
		c.reportKeyIn(at.up, at, duplicateField(at.name, d.First.Start))
	}
}

// maxDefinition is the maximum length of a definition in characters. Source:
// CreateStateMachine.
const maxDefinition = 1 << 20

// checkLength reports a definition that is too long for a request.
func (c *checker) checkLength() {
	if max(len(c.d.Text), c.d.Root.Size()) <= maxDefinition { // YAML may have aliases
		return
	}
	if n := utf8.RuneCountInString(c.d.JSON()); n > maxDefinition {
		c.report(c.d.at, definitionTooLong(n))
	}
}

// maxStateName is the maximum length of the name of a state in characters.
const maxStateName = 80

// checkSizes reports workflows that are nested too deep and names that are too long
// for the other checks.
func (c *checker) checkSizes() {
	c.d.AllStates(func(_ *Workflow, s *State) {
		if len(s.Name) > maxReadName {
			c.report(s.at, stateNameTooLong(s.Name))
		}
		for _, inner := range s.workflows() {
			if inner.tooDeep {
				c.report(inner.at, tooDeeplyNested())
			}
		}
	})
}

// checkStateNames reports names that are too long, and names that several states
// have, at any depth.
func (c *checker) checkStateNames() {
	count := make(map[string]int)
	c.d.AllStates(func(_ *Workflow, s *State) { count[s.Name]++ })
	c.d.AllStates(func(_ *Workflow, s *State) {
		if utf8.RuneCountInString(s.Name) > maxStateName {
			c.report(s.at, stateNameTooLong(s.Name))
		}
		if count[s.Name] > 1 {
			c.report(s.at, duplicateState(s.Name))
		}
	})
}
