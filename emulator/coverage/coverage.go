// Package coverage says what executions of a state machine have not done: which states,
// transitions, rules of Choice states, Retriers and Catchers of a definition no test has
// reached.
//
//	recorder := &coverage.Recorder{Definition: func(*machine.Start) *asl.Definition { return definition }}
//	…                                   // executions, whose events and probes go to the recorder
//	covered := coverage.New(definition)
//	recorder.AddTo(covered)
//	fmt.Println(covered.Summary())      // coverage: states 9/13 (69.2 %), …
//
// A [Coverage] is written as text, as LCOV and Cobertura with the lines of the definition,
// and as a page with the graph of the state machine.
package coverage

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/timeline"
)

// A Kind is what can be covered.
type Kind uint8

// The kinds.
const (
	State      Kind = iota
	Transition      // a Next, in rules and Catchers, too, or a Default
	Rule            // a rule of a Choice state, or its Default
	Retrier
	Catcher
	kinds
)

var kindNames = [kinds]string{"states", "transitions", "rules", "retriers", "catchers"}

// String returns the name of what is counted: "states", "transitions", "rules", "retriers"
// or "catchers".
func (k Kind) String() string { return kindNames[k] }

// KindOf is the inverse of String; ok is false for other texts.
func KindOf(name string) (k Kind, ok bool) {
	for k, one := range kindNames {
		if one == name {
			return Kind(k), true
		}
	}
	return 0, false
}

// An Item is something that is covered or not.
type Item struct {
	Kind    Kind
	Pointer string // JSON pointer in the definition: of the state, Next, Default, rule, Retrier or Catcher
	State   string // name of the state that it belongs to
	Name    string // for people: "Charge", "Charge → Ship", "Route: rule 1 → Small"
	Count   int    // how often it was reached
}

// A Coverage counts what executions of a definition have reached. It is not safe for
// concurrent use.
type Coverage struct {
	definition *asl.Definition
	items      []Item // in the order of the definition
	byPointer  map[itemKey]int
	ended      map[string]int // how often a workflow ended with the state, by its pointer
}

// An itemKey names an item: a rule and its Next have different pointers, but a Default is a
// rule and a transition.
type itemKey struct {
	kind    Kind
	pointer string
}

// New returns the coverage of a definition that nothing has been run of.
func New(d *asl.Definition) *Coverage {
	c := &Coverage{definition: d, byPointer: make(map[itemKey]int), ended: make(map[string]int)}
	c.workflow(&d.Workflow)
	return c
}

// Definition returns what is covered.
func (c *Coverage) Definition() *asl.Definition { return c.definition }

// Items returns all that can be covered, in the order of the definition. The slice is the
// Coverage's own.
func (c *Coverage) Items() []Item { return c.items }

// workflow adds the items of a workflow.
func (c *Coverage) workflow(w *asl.Workflow) {
	for _, s := range w.States {
		c.add(Item{Kind: State, Pointer: s.Pointer, State: s.Name, Name: s.Name})
		if s.Next != "" {
			c.add(Item{Kind: Transition, Pointer: s.Pointer + "/Next", State: s.Name, Name: s.Name + " → " + s.Next})
		}
		for i, r := range s.Choices {
			name := fmt.Sprintf("%s: rule %d → %s", s.Name, i+1, r.Next)
			c.add(Item{Kind: Rule, Pointer: r.Pointer, State: s.Name, Name: name})
			c.add(Item{Kind: Transition, Pointer: r.Pointer + "/Next", State: s.Name, Name: name})
		}
		if s.Default != "" {
			name := s.Name + ": default → " + s.Default
			c.add(Item{Kind: Rule, Pointer: s.Pointer + "/Default", State: s.Name, Name: name})
			c.add(Item{Kind: Transition, Pointer: s.Pointer + "/Default", State: s.Name, Name: name})
		}
		for i, r := range s.Retry {
			c.add(Item{Kind: Retrier, Pointer: member(s, "Retry", i), State: s.Name, Name: fmt.Sprintf("%s: retrier %d (%s)", s.Name, i+1, strings.Join(r.ErrorEquals, ", "))})
		}
		for i, r := range s.Catch {
			name := fmt.Sprintf("%s: catcher %d (%s) → %s", s.Name, i+1, strings.Join(r.ErrorEquals, ", "), r.Next)
			c.add(Item{Kind: Catcher, Pointer: member(s, "Catch", i), State: s.Name, Name: name})
			c.add(Item{Kind: Transition, Pointer: member(s, "Catch", i) + "/Next", State: s.Name, Name: name})
		}
		for _, branch := range s.Branches {
			c.workflow(branch)
		}
		if s.ItemProcessor != nil {
			c.workflow(&s.ItemProcessor.Workflow)
		}
	}
}

// member is the pointer of an item of a list of a state.
func member(s *asl.State, name string, i int) string {
	return s.Pointer + "/" + name + "/" + strconv.Itoa(i)
}

func (c *Coverage) add(i Item) {
	key := itemKey{i.Kind, i.Pointer}
	if _, again := c.byPointer[key]; again {
		return
	}
	c.byPointer[key] = len(c.items)
	c.items = append(c.items, i)
}

func (c *Coverage) count(k Kind, pointer string) {
	if i, ok := c.byPointer[itemKey{k, pointer}]; ok {
		c.items[i].Count++
	}
}

// Merge adds what another Coverage has counted. Items that this definition does not have
// are left out.
func (c *Coverage) Merge(other *Coverage) {
	for _, i := range other.items {
		if at, ok := c.byPointer[itemKey{i.Kind, i.Pointer}]; ok {
			c.items[at].Count += i.Count
		}
	}
	for pointer, n := range other.ended {
		c.ended[pointer] += n
	}
}

// A Run is what is known of one execution.
type Run struct {
	Workflow *asl.Workflow // what it runs: that of the definition, or of a distributed Map
	Visits   []timeline.Visit

	// By the id of the StateEntered event of a visit: which rule of a Choice state held
	// (-1: Default), which Catcher took a failure. Where they are missing, the visits tell
	// what events tell: the first rule that leads to the next state.
	Rules, Catchers map[int64]int
}

// Add counts what an execution has reached.
func (c *Coverage) Add(r Run) {
	inside := &asl.Definition{Workflow: *r.Workflow}
	for i := range r.Visits {
		v := &r.Visits[i]
		w := v.Path.Workflow(inside)
		if w == nil {
			continue
		}
		s := w.State(v.State)
		if s == nil {
			continue
		}
		c.count(State, s.Pointer)
		for _, a := range v.Attempts {
			if a.Retrier >= 0 && a.Failure != nil {
				c.count(Retrier, member(s, "Retry", a.Retrier))
			}
		}
		catcher, caught := r.Catchers[v.EnteredID]
		if !caught {
			catcher = v.Catcher
		}
		if catcher >= 0 {
			c.count(Catcher, member(s, "Catch", catcher))
		}
		switch {
		case v.Outcome == timeline.Caught && catcher >= 0:
			c.count(Transition, member(s, "Catch", catcher)+"/Next")
		case v.Outcome != timeline.Succeeded:
		case s.Type == asl.Choice:
			c.choice(s, v, r.Rules)
		case v.Next != "":
			c.count(Transition, s.Pointer+"/Next")
		default:
			c.ended[s.Pointer]++
		}
	}
}

// choice counts the rule by which a Choice state was left.
func (c *Coverage) choice(s *asl.State, v *timeline.Visit, rules map[int64]int) {
	rule, known := rules[v.EnteredID]
	if !known {
		rule = -1
		for i, r := range s.Choices {
			if r.Next == v.Next {
				rule = i
				break
			}
		}
	}
	pointer := s.Pointer + "/Default"
	next := pointer
	if rule >= 0 && rule < len(s.Choices) {
		pointer = s.Choices[rule].Pointer
		next = pointer + "/Next"
	}
	c.count(Rule, pointer)
	c.count(Transition, next)
}

// A Share is how much of a kind is covered.
type Share struct {
	Kind           Kind
	Covered, Total int
}

// Percent is the share in percent; 100 where there is nothing to cover.
func (s Share) Percent() float64 {
	if s.Total == 0 {
		return 100
	}
	return 100 * float64(s.Covered) / float64(s.Total)
}

// String returns the share as in "states 9/13 (69.2 %)".
func (s Share) String() string {
	return fmt.Sprintf("%s %d/%d (%s %%)", s.Kind, s.Covered, s.Total, percent(s.Percent()))
}

// percent never rounds to 100 what is less.
func percent(p float64) string {
	if p > 99.9 && p < 100 {
		p = 99.9
	}
	return strconv.FormatFloat(p, 'f', 1, 64)
}

// Shares returns the share of each kind.
func (c *Coverage) Shares() []Share {
	shares := make([]Share, kinds)
	for k := range kinds {
		shares[k].Kind = k
	}
	for _, i := range c.items {
		shares[i.Kind].Total++
		if i.Count > 0 {
			shares[i.Kind].Covered++
		}
	}
	return shares
}

// Summary returns the shares of what the definition has, in one line:
// "states 9/13 (69.2 %), transitions 11/17 (64.7 %)".
func (c *Coverage) Summary() string {
	var parts []string
	for _, s := range c.Shares() {
		if s.Total > 0 {
			parts = append(parts, s.String())
		}
	}
	return strings.Join(parts, ", ")
}

// Missed returns what was not reached, in the order of the definition. What a state that was
// not reached has is left out, and so is the transition of a rule or Catcher that was not.
func (c *Coverage) Missed() []Item {
	var missed []Item
	states := make(map[string]bool) // pointers of those that were not reached
	for _, i := range c.items {
		if i.Count > 0 {
			continue
		}
		owner := i.Pointer
		if i.Kind == State {
			states[owner] = true
			missed = append(missed, i)
			continue
		}
		if i.Kind == Transition {
			if c.missed(Rule, owner) || c.missed(Rule, strings.TrimSuffix(owner, "/Next")) || c.missed(Catcher, strings.TrimSuffix(owner, "/Next")) {
				continue
			}
		}
		if !states[c.stateOf(i)] {
			missed = append(missed, i)
		}
	}
	return missed
}

// missed reports whether there is an item that was not reached.
func (c *Coverage) missed(k Kind, pointer string) bool {
	i, ok := c.byPointer[itemKey{k, pointer}]
	return ok && c.items[i].Count == 0
}

// stateOf is the pointer of the state that an item belongs to.
func (c *Coverage) stateOf(i Item) string {
	pointer := i.Pointer
	for {
		if _, ok := c.byPointer[itemKey{State, pointer}]; ok {
			return pointer
		}
		at := strings.LastIndexByte(pointer, '/')
		if at < 0 {
			return ""
		}
		pointer = pointer[:at]
	}
}
