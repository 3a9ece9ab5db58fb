package replay

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/history"
	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/internal/difference"
	"github.com/aslocal/aslocal/value"
)

// This file finds the first event of a history that the replay does not have in the same
// way.

// A Difference is where the replay parts from the history.
type Difference struct {
	Path    timeline.Path  // the branch or iteration, empty for the root
	State   string         // that it is in, in the history if that has the event; "" if in none
	After   *machine.Event // of the history, the last one of the line that both have; nil: none
	History *machine.Event // nil: the history has no further event there
	Replay  *machine.Event // nil: the replay has none
	Type    bool           // the events differ in type, state or iteration; else in their data
	Changes []difference.Change
	// Before and After are the data of both events: an object with input, output, error …;
	// no value if there is no event.
	DataBefore, DataAfter value.Value
}

// String says in one line where the difference is, and which.
func (d *Difference) String() string {
	var b strings.Builder
	switch {
	case len(d.Path) > 0 && d.State != "":
		fmt.Fprintf(&b, "%s, state %s: ", d.Path, d.State)
	case len(d.Path) > 0:
		fmt.Fprintf(&b, "%s: ", d.Path)
	case d.State != "":
		fmt.Fprintf(&b, "state %s: ", d.State)
	}
	switch {
	case d.Replay == nil:
		fmt.Fprintf(&b, "event %d, %s, does not happen", d.History.ID, Title(d.History))
	case d.History == nil && d.After != nil:
		fmt.Fprintf(&b, "after event %d, %s, the history ends; the replay goes on with %s", d.After.ID, Title(d.After), Title(d.Replay))
	case d.History == nil:
		fmt.Fprintf(&b, "the replay has %s, which the history does not have", Title(d.Replay))
	case d.Type:
		fmt.Fprintf(&b, "event %d is %s in the history, and %s in the replay", d.History.ID, Title(d.History), Title(d.Replay))
	default:
		fmt.Fprintf(&b, "event %d, %s, has other data: %s", d.History.ID, Title(d.History), strings.Join(d.places(), ", "))
	}
	return b.String()
}

// places are the members that differ.
func (d *Difference) places() []string {
	const most = 5
	var all []string
	for i, c := range d.Changes {
		if i == most {
			return append(all, "…")
		}
		all = append(all, c.Pointer[1:])
	}
	return all
}

// Title is the type of an event, and its state or iteration.
func Title(e *machine.Event) string {
	text := history.Type(e)
	switch e.Type {
	case machine.StateEntered, machine.StateExited, machine.EvaluationFailed:
		return text + " " + e.State
	case machine.MapIterationStarted, machine.MapIterationSucceeded, machine.MapIterationFailed, machine.MapIterationAborted:
		return fmt.Sprintf("%s %s[%d]", text, e.State, e.Index)
	}
	return text
}

// A trace has the events of an execution line by line: by their places in the list, those
// that are compared.
type trace struct {
	definition *asl.Definition
	events     []machine.Event
	lineOf     []lineKey // of all events
	states     []string  // that they happened in
	pathOf     map[lineKey]timeline.Path
	of         map[lineKey][]int // of the compared ones
	given      map[int]bool      // exits of distributed Maps, whose data the history has given
	runs       bool              // there are Map Runs
	status     machine.Type      // the event that has ended the execution, 0 if it goes on
}

func newTrace(o *Options, events []machine.Event) *trace {
	t := &trace{
		definition: o.Definition, events: events, lineOf: make([]lineKey, len(events)), states: make([]string, len(events)), pathOf: make(map[lineKey]timeline.Path),
		of: make(map[lineKey][]int), given: make(map[int]bool),
	}
	var l lines
	at := make(positions)
	begun := make(map[lineKey]int) // by line: the latest MapStateStarted
	ofRuns := make(map[int]bool)   // those of distributed Maps, which a replay does not have
	for i := range events {
		e := &events[i]
		line, path := l.take(e)
		t.lineOf[i], t.pathOf[line] = line, path
		p := at.of(line)
		p.follow(e)
		if !e.Type.Terminal() {
			t.states[i] = p.state
		}
		switch {
		case e.Type.Private():
			continue
		case e.Type == machine.ExecutionRedriven:
			t.status = 0
		case e.Type.Terminal():
			t.status = e.Type
		}
		switch e.Type {
		case machine.MapRunStarted, machine.MapRunSucceeded, machine.MapRunFailed, machine.MapRunAborted, machine.MapRunRedriven:
			t.runs = true
			if n, ok := begun[line]; ok {
				ofRuns[n] = true
				delete(begun, line)
			}
			continue
		case machine.MapStateStarted:
			begun[line] = i
		case machine.MapStateSucceeded, machine.MapStateFailed:
			if distributed(o.Definition, path, p.state) {
				continue
			}
		case machine.StateExited:
			delete(begun, line)
			t.given[i] = e.Kind == asl.Map && distributed(o.Definition, path, e.State)
		}
		t.of[line] = append(t.of[line], i)
	}
	if len(ofRuns) > 0 {
		for line, all := range t.of {
			t.of[line] = slices.DeleteFunc(all, func(i int) bool { return ofRuns[i] })
		}
	}
	return t
}

// cut reports whether a line has not come to its end: something outside has ended it, or it
// has failed, which the line around it shows.
func (t *trace) cut(line lineKey) bool {
	all := t.of[line]
	if line == "" || len(all) == 0 {
		return line != ""
	}
	switch e := &t.events[all[len(all)-1]]; e.Type {
	case machine.MapIterationSucceeded:
		return false
	case machine.StateExited:
		w := t.pathOf[line].Workflow(t.definition)
		return w != nil && w.State(e.State) != nil && !w.State(e.State).Terminal()
	}
	return true
}

func aborts(e *machine.Event) bool {
	return e.Type == machine.StateAborted || e.Type == machine.MapIterationAborted
}

// A comparison compares a history and its replay.
type comparison struct {
	options    *Options
	before     *trace
	after      *trace
	other      *trace // of a replay under other conditions; nil: there is none
	next       map[lineKey]int
	left       map[lineKey]bool // lines that are not compared any more: they were cut at another event
	latest     map[lineKey]*machine.Event
	ignored    map[string]bool
	compared   int
	difference *Difference
}

func newComparison(o *Options, r *recording, p *player) *comparison {
	return &comparison{
		options: o, before: r.trace, after: newTrace(o, p.events), next: make(map[lineKey]int), left: make(map[lineKey]bool),
		latest: make(map[lineKey]*machine.Event), ignored: make(map[string]bool),
	}
}

// compare goes through the events of the history in their order, and then through what the
// replay has beyond them.
func (c *comparison) compare(other *trace) {
	c.other = other
	for i := range c.before.events {
		if line := c.before.lineOf[i]; c.isNext(c.before, line, i) && !c.left[line] && !c.pair(line, i) {
			return
		}
	}
	if c.before.status == 0 {
		return // the history shows an execution that goes on
	}
	for i := range c.after.events {
		line := c.after.lineOf[i]
		n := len(c.before.of[line])
		all := c.after.of[line]
		if c.left[line] || n >= len(all) || all[n] != i {
			continue
		}
		if c.before.cut(line) {
			c.leave(line)
			continue
		}
		e := &c.after.events[i]
		c.difference = &Difference{Path: c.after.pathOf[line], State: c.after.states[i], After: c.latest[line], Replay: e, Type: true, DataAfter: data(e)}
		return
	}
}

// isNext reports whether an event is the one that its line is at.
func (c *comparison) isNext(t *trace, line lineKey, i int) bool {
	n, all := c.next[line], t.of[line]
	return n < len(all) && all[n] == i
}

// pair compares an event of the history with the one of the replay in the same line; false
// if they differ.
func (c *comparison) pair(line lineKey, i int) bool {
	n := c.next[line]
	c.next[line]++
	e := &c.before.events[i]
	if n >= len(c.after.of[line]) {
		if aborts(e) || c.before.cut(line) || c.after.cut(line) {
			return c.leave(line)
		}
		c.difference = &Difference{Path: c.before.pathOf[line], State: c.before.states[i], After: c.latest[line], History: e, Type: true, DataBefore: data(e)}
		return false
	}
	j := c.after.of[line][n]
	with := &c.after.events[j]
	d := &Difference{Path: c.before.pathOf[line], State: c.before.states[i], After: c.latest[line], History: e, Replay: with, Type: Title(e) != Title(with), DataBefore: data(e), DataAfter: data(with)}
	switch {
	case d.Type && (aborts(e) || aborts(with)):
		return c.leave(line)
	case !d.Type && !c.before.given[i]:
		d.Changes = c.changes(line, n, d)
	}
	if d.Type || len(d.Changes) > 0 {
		c.difference = d
		return false
	}
	c.latest[line] = e
	c.compared++
	return true
}

// leave gives a line up that was cut at another event than in the other execution.
func (c *comparison) leave(line lineKey) bool {
	c.left[line] = true
	c.ignored[ignoredCut] = true
	return true
}

// What is ignored, in words.
const (
	ignoredCut    = "how far branches and iterations had come that were aborted"
	ignoredHome   = "partition, region and account of ARNs"
	ignoredIDs    = "numbers of events in causes"
	ignoredVaries = "values that every execution has others of: ids, roles, times, task tokens, random numbers"
	ignoredMapRun = "Map Runs: each has led to what it has led to in the history"
	ignoredOrder  = "the order of events of different branches and iterations"
	ignoredTimes  = "when events have happened, and their numbers"
)

// notes are what was ignored.
func (c *comparison) notes() []string {
	if len(c.before.of) > 1 {
		c.ignored[ignoredOrder] = true
	}
	if c.before.runs {
		c.ignored[ignoredMapRun] = true
	}
	c.ignored[ignoredTimes] = true
	return slices.Sorted(maps.Keys(c.ignored))
}
