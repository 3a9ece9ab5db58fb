package asl

import (
	"cmp"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file runs the checks: first the form, by the schema, then the meaning, by the
// functions listed here. Each check is one rule. It does not repeat what another
// check reports, and works on definitions of any form.

// Options are the purpose of a validation. The zero Options validate a Standard
// state machine.
type Options struct {
	// Express also reports what Express state machines cannot do.
	Express bool
	// Alone says that the definition consists of a single state, as for TestState:
	// its transitions lead to states that are missing.
	Alone bool
}

// Validate returns all problems of a definition, errors and warnings, in the order of
// the source; as in the service, those of transitions come after all others. Messages
// and places are those of the service, where they are known. For a definition that
// Parse has refused it returns nothing.
func Validate(d *Definition, o Options) Diagnostics {
	if d.Root.Kind() != value.Object {
		return nil
	}
	c := &checker{d: d, o: o}
	if c.checkSizes(); len(c.found) > 0 {
		return c.diagnostics() // the other checks would cost too much
	}
	c.checkForm()
	for _, check := range definitionChecks {
		check(c)
	}
	c.workflow(&d.Workflow, o.Express)
	return c.diagnostics()
}

// The checks of meaning.
var (
	definitionChecks = []func(*checker){
		(*checker).checkLength,
		(*checker).checkDuplicateFields,
		(*checker).checkStateNames,
		(*checker).checkLabels,
		(*checker).checkVariables,
		(*checker).lintVariables,
	}
	workflowChecks = []func(*checker, *Workflow){
		(*checker).checkTargets,
		(*checker).checkReachability,
		(*checker).checkTerminalState,
	}
	stateChecks = []func(*checker, *State){
		(*checker).checkStateLanguage,
		(*checker).checkTransition,
		(*checker).checkPairs,
		(*checker).checkPaths,
		(*checker).checkContext,
		(*checker).checkTemplates,
		(*checker).checkExpressions,
		(*checker).checkErrorEquals,
		(*checker).lintErrorHandling,
	}
	typeChecks = map[StateType][]func(*checker, *State){
		Task:   {(*checker).checkResource, (*checker).checkParameters, (*checker).checkCredentials, (*checker).checkHeartbeat, (*checker).lintToken},
		Wait:   {(*checker).checkWait, (*checker).checkTimestamp, (*checker).lintWait},
		Choice: {(*checker).checkRules, (*checker).lintRules},
		Pass:   {(*checker).checkResult},
		Fail:   {(*checker).checkFail},
		Map: {(*checker).checkItemProcessor, (*checker).checkProcessingMode, (*checker).checkItemReader,
			(*checker).checkItemBatcher, (*checker).checkResultWriter},
	}
)

// A checker collects the problems of one definition.
type checker struct {
	d       *Definition
	o       Options
	express bool // the workflow under check runs in an Express execution
	found   []finding
	size    int               // of the texts found
	states  map[string]*State // of all workflows, by name; made by named
	raises  map[string]bool   // the errors of all Fail states; made by raised
}

// A finding is a Diagnostic whose place in the source is still a pointer.
type finding struct {
	message
	location string
	pointer  string
	key      bool // the key is meant, not the value
	part     part // of the value, a string, if not all of it
}

// A part is the part of a string between two offsets. The zero part is the whole
// string.
type part struct{ start, end int }

// workflow checks a workflow and all within it.
func (c *checker) workflow(w *Workflow, express bool) {
	for _, check := range workflowChecks {
		check(c, w)
	}
	for _, s := range w.States {
		if c.full() {
			return
		}
		c.express = express
		for _, check := range slices.Concat(stateChecks, typeChecks[s.Type]) {
			check(c, s)
		}
		for _, branch := range s.Branches {
			c.workflow(branch, express)
		}
		if p := s.ItemProcessor; p != nil {
			c.workflow(&p.Workflow, express || p.Mode == distributed && p.ExecutionType == "EXPRESS")
		}
	}
}

// report says that a value is wrong.
func (c *checker) report(at *place, m message) { c.add(at, at, finding{message: m}) }

// reportIn says that a value is wrong, at the place around it that the service
// names.
func (c *checker) reportIn(location, at *place, m message) { c.add(location, at, finding{message: m}) }

// reportPart says that a part of a string is wrong, at the place that the service
// names.
func (c *checker) reportPart(location, at *place, p part, m message) {
	c.add(location, at, finding{message: m, part: p})
}

// reportKeyIn says that a member must not exist, at the place around it that the
// service names.
func (c *checker) reportKeyIn(location, member *place, m message) {
	c.add(location, member, finding{message: m, key: true})
}

// The limits of a report, for definitions with very many problems.
const (
	maxFindings = 1000
	maxFound    = 4 << 20 // bytes of text
)

func (c *checker) full() bool { return len(c.found) >= maxFindings || c.size >= maxFound }

// add adds a finding about the node at a place; the service names the location, or
// none if it is nil.
func (c *checker) add(location, at *place, f finding) {
	if c.full() {
		return
	}
	if location != nil {
		f.location = location.location()
	}
	f.pointer = at.pointer()
	c.size += len(f.text) + len(f.location) + len(f.pointer)
	c.found = append(c.found, f)
}

// diagnostics finds the places in the source and sorts: by turn, then by place.
func (c *checker) diagnostics() Diagnostics {
	slices.SortFunc(c.found, func(a, b finding) int { // the schema has no order of its own
		return cmp.Or(strings.Compare(a.pointer, b.pointer), strings.Compare(a.code, b.code), strings.Compare(a.text, b.text), a.part.start-b.part.start)
	})
	var groups [reportedLast + 1]Diagnostics
	for _, f := range slices.Compact(c.found) {
		if f.location == "" && f.code != MissingEndState {
			f.location = "/"
		}
		groups[f.turn] = append(groups[f.turn], Diagnostic{
			Severity: f.severity(),
			Code:     f.code,
			Message:  f.text,
			Pointer:  f.location,
			Range:    c.rangeOf(f),
			Hint:     f.hint,
			File:     c.d.File,
		})
	}
	for _, group := range groups {
		group.sort()
	}
	return slices.Concat(groups[:]...)
}

// rangeOf returns the part of the source to point at: the key of an object or array,
// the value otherwise. A value that an alias of YAML stands for has no place of its
// own; then it is the nearest place around it.
func (c *checker) rangeOf(f finding) Range {
	for pointer := f.pointer; ; {
		if where, ok := c.d.positions.Lookup(pointer); ok {
			v := lookup(c.d.Root, pointer)
			structured := v.Kind() == value.Object || v.Kind() == value.Array
			if shown := where.Shown(f.key || structured); shown.Known() {
				if f.part != (part{}) && pointer == f.pointer && v.Kind() == value.String {
					return c.d.positions.Inside(shown, v.Text(), f.part.start, f.part.end)
				}
				if !where.Key.Known() && structured { // an item, or the root: its first character
					shown.End = shown.Start
				}
				return shown
			}
		}
		i := strings.LastIndexByte(pointer, '/')
		if i < 0 {
			return Range{}
		}
		pointer = pointer[:i]
	}
}
