package asl

import "unicode/utf8"

// This file checks what concerns the whole definition.

// checkDuplicateFields reports members that their object has twice. The reader
// of JSON has dropped the first of them, so it is not an error.
func (c *checker) checkDuplicateFields() {
	for _, d := range c.d.positions.Duplicates(maxFindings) {
		at, _ := follow(c.d.at, c.d.Root, d.Pointer)
		c.reportKeyIn(at.up, at, duplicateField(at.name, d.First.Start))
	}
}

// maxDefinition is how long a definition may be, in characters: a constraint of
// CreateStateMachine.
const maxDefinition = 1 << 20

// checkLength reports a definition that no request can hold.
func (c *checker) checkLength() {
	if max(len(c.d.Text), c.d.Root.Size()) <= maxDefinition { // YAML may have aliases
		return
	}
	if n := utf8.RuneCountInString(c.d.JSON()); n > maxDefinition {
		c.report(c.d.at, definitionTooLong(n))
	}
}

// maxStateName is how long the name of a state may be, in characters.
const maxStateName = 80

// checkSizes reports workflows that are nested so deep, and names that are so
// long, that checking what is inside them would cost more than they are worth.
func (c *checker) checkSizes() {
	c.d.AllStates(func(_ *Workflow, s *State) {
		if len(s.Name) > maxReadName {
			c.report(s.at, stateNameTooLong(utf8.RuneCountInString(s.Name)))
		}
		for _, inner := range s.workflows() {
			if inner.tooDeep {
				c.report(inner.at, tooDeeplyNested())
			}
		}
	})
}

// checkStateNames reports names that are too long, and names that states at
// any depth share.
func (c *checker) checkStateNames() {
	count := make(map[string]int)
	c.d.AllStates(func(_ *Workflow, s *State) { count[s.Name]++ })
	c.d.AllStates(func(_ *Workflow, s *State) {
		if n := utf8.RuneCountInString(s.Name); n > maxStateName {
			c.report(s.at, stateNameTooLong(n))
		}
		if count[s.Name] > 1 {
			c.report(s.at, duplicateState(s.Name))
		}
	})
}
