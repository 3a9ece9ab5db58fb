package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/value"
)

// This file reads a history as AWS writes it, and makes the events of it that aslocal
// records. They lack what is in the history but does not matter to a drawing: data and
// times. They have what is not in the history: the branch or iteration that each
// happened in, and the state that follows one. Both come from the order of the events:
// each names the one before it in its line of control.

// readHistory reads the answer of GetExecutionHistory, in either order.
func readHistory(definition *asl.Definition, text []byte) ([]machine.Event, error) {
	root, err := value.ParseBytes(text)
	if err != nil {
		return nil, err
	}
	list := root.Get("events")
	if list.Kind() != value.Array {
		return nil, errors.New(`expected a history, an object with "events"`)
	}
	if list.Len() > maxHistory {
		return nil, fmt.Errorf("expected at most %d events, got %d", maxHistory, list.Len())
	}
	h := &historyReader{seen: make(map[int64]seenEvent), root: &historyLine{workflow: &definition.Workflow}, next: 1}
	written := slices.Collect(func(yield func(value.Value) bool) {
		for _, v := range list.Items() {
			if !yield(v) {
				return
			}
		}
	})
	slices.SortStableFunc(written, func(a, b value.Value) int {
		x, _ := a.Get("id").Int()
		y, _ := b.Get("id").Int()
		return cmp.Compare(x, y)
	})
	for i, v := range written {
		if err := h.add(v); err != nil {
			return nil, fmt.Errorf("events[%d]: %w", i, err)
		}
	}
	return h.events, nil
}

// maxHistory is how many events the history of an execution has at most, in AWS.
const maxHistory = 25000

// A historyReader makes events of a history.
type historyReader struct {
	events []machine.Event
	root   *historyLine
	all    []*historyLine
	seen   map[int64]seenEvent // by id
	next   int32               // the next frame that is free
}

// A seenEvent is what those that name it as the one before them need to know.
type seenEvent struct {
	line    *historyLine
	kind    machine.Type
	index   int32            // of an iteration
	failure *machine.Failure // that it tells of
}

// A historyLine is a line of control: the machine, a branch or an iteration.
type historyLine struct {
	frame    int32
	parent   *historyLine
	workflow *asl.Workflow // nil if the definition does not have it

	kind   asl.StateType // of the state that it is in
	state  string
	exited int // index of the event, from 1, by which that state was left; 0 while it runs

	ofMap       bool  // it is an iteration …
	index       int32 // … with this number
	firstBranch int32 // frame of the first branch of the Parallel state that it is in
	branches    int32 // how many have begun
}

// eventTypes has the types of events by their names in histories, but for those whose
// names begin with the type of a state or the kind of a resource.
var eventTypes = func() map[string]machine.Type {
	types := make(map[string]machine.Type)
	for t := machine.ExecutionStarted; t <= machine.MapRunRedriven; t++ {
		types[t.String()] = t
	}
	return types
}()

// historyType returns the type of an event, and the type of its state if the name has
// that.
func historyType(name string) (machine.Type, asl.StateType) {
	for _, suffix := range []string{"StateEntered", "StateExited", "StateAborted"} {
		if kind, ok := strings.CutSuffix(name, suffix); ok && asl.StateType(kind).Known() {
			return eventTypes[suffix], asl.StateType(kind)
		}
	}
	for _, family := range []string{"LambdaFunction", "Activity", "Task"} {
		if stem, ok := strings.CutPrefix(name, family); ok {
			if stem == "ScheduleFailed" || stem == "StartFailed" {
				stem = "Failed"
			}
			return eventTypes["Task"+stem], ""
		}
	}
	return eventTypes[name], ""
}

func (h *historyReader) add(v value.Value) error {
	id, ok := v.Get("id").Int()
	prev, _ := v.Get("previousEventId").Int()
	if !ok || id < 1 || prev < 0 || prev >= id {
		return fmt.Errorf("expected an id above 0 and a previousEventId below it, got %d and %d", id, prev)
	}
	name := v.Get("type").Text()
	e := machine.Event{ID: id, Prev: prev, At: id, Task: &machine.TaskEvent{}, Run: &machine.MapRunEvent{}}
	e.Type, e.Kind = historyType(name)
	details := v.Get(strings.ToLower(name[:min(1, len(name))]) + name[min(1, len(name)):] + "EventDetails")
	switch e.Type {
	case 0:
		h.seen[id] = seenEvent{line: cmp.Or(h.seen[prev].line, h.root)} // of a type that is not known here
		return nil
	case machine.StateEntered:
		details = v.Get("stateEnteredEventDetails")
	case machine.StateExited:
		details = v.Get("stateExitedEventDetails")
	}
	e.State = details.Get("name").Text()
	if e.Type == machine.EvaluationFailed {
		e.State = details.Get("state").Text()
	}
	index, _ := details.Get("index").Int()
	e.Index = int32(index)
	if redrives, ok := details.Get("redriveCount").Int(); ok {
		e.Index = int32(redrives)
	}
	if failed := details.Get("error"); failed.Exists() {
		e.Failure = &machine.Failure{Name: failed, Cause: details.Get("cause")}
	}
	l := h.line(&e)
	e.Frame = l.frame
	if e.Type == machine.ParallelStateFailed || e.Type == machine.MapStateFailed {
		e.Failure = cmp.Or(h.seen[prev].failure, &machine.Failure{}) // their events do not say with what
	}
	h.seen[id] = seenEvent{l, e.Type, e.Index, e.Failure}
	h.events = append(h.events, e)
	h.follow(l, &e)
	if e.Type == machine.StateEntered && e.Kind == asl.Fail {
		h.fails(l, id)
	}
	return nil
}

// line returns the line that an event happens in.
func (h *historyReader) line(e *machine.Event) *historyLine {
	before := h.seen[e.Prev]
	l := cmp.Or(before.line, h.root)
	up := func(fits func(*historyLine) bool) *historyLine {
		for at := l; at != nil; at = at.parent {
			if fits(at) {
				return at
			}
		}
		return l
	}
	in := func(kind asl.StateType) *historyLine {
		fits := func(at *historyLine) bool { return at.kind == kind && at.exited == 0 }
		if at := up(fits); fits(at) {
			return at
		}
		for _, at := range slices.Backward(h.all) { // what ends it was in another branch
			if fits(at) {
				return at
			}
		}
		return l
	}
	switch e.Type {
	case machine.ExecutionStarted, machine.ExecutionSucceeded, machine.ExecutionFailed, machine.ExecutionTimedOut, machine.ExecutionAborted, machine.ExecutionRedriven:
		return h.root
	case machine.StateEntered:
		switch before.kind {
		case machine.ParallelStateStarted:
			return h.branch(l)
		case machine.MapIterationStarted:
			return h.iterate(l, before.index)
		}
	case machine.StateExited:
		return up(func(at *historyLine) bool { return at.state == e.State && at.exited == 0 })
	case machine.MapIterationStarted:
		return up(func(at *historyLine) bool { return at.kind == asl.Map && at.state == e.State && at.exited == 0 })
	case machine.MapIterationSucceeded, machine.MapIterationFailed, machine.MapIterationAborted:
		return up(func(at *historyLine) bool {
			return at.ofMap && at.index == e.Index && at.parent.state == e.State
		})
	case machine.ParallelStateStarted, machine.ParallelStateSucceeded, machine.ParallelStateFailed:
		return in(asl.Parallel)
	case machine.MapStateStarted, machine.MapStateSucceeded, machine.MapStateFailed,
		machine.MapRunStarted, machine.MapRunSucceeded, machine.MapRunFailed, machine.MapRunAborted, machine.MapRunRedriven:
		return in(asl.Map)
	}
	return l
}

// fails notes with what a Fail state fails, if the definition has its name as it is.
func (h *historyReader) fails(l *historyLine, id int64) {
	if l.workflow == nil {
		return
	}
	if s := l.workflow.State(l.state); s != nil {
		seen := h.seen[id]
		seen.failure = &machine.Failure{Name: s.Fields.Get("Error"), Cause: s.Fields.Get("Cause")}
		h.seen[id] = seen
	}
}

// branch returns a new line for the next branch of the Parallel state that l is in.
func (h *historyReader) branch(l *historyLine) *historyLine {
	b := &historyLine{frame: l.firstBranch + l.branches, parent: l}
	if l.workflow != nil {
		b.workflow = branchOf(l.workflow.State(l.state), int(l.branches))
	}
	l.branches++
	h.next = max(h.next, b.frame+1)
	h.all = append(h.all, b)
	return b
}

// iterate returns a new line for an iteration of the Map state that l is in.
func (h *historyReader) iterate(l *historyLine, index int32) *historyLine {
	i := &historyLine{frame: h.next, parent: l, ofMap: true, index: index}
	if l.workflow != nil {
		i.workflow = branchOf(l.workflow.State(l.state), 0)
	}
	h.next++
	h.all = append(h.all, i)
	return i
}

// follow takes in what an event changes.
func (h *historyReader) follow(l *historyLine, e *machine.Event) {
	switch e.Type {
	case machine.StateEntered:
		if l.exited > 0 {
			h.events[l.exited-1].Next = e.State
		}
		l.kind, l.state, l.exited = e.Kind, e.State, 0
	case machine.StateExited:
		l.exited = len(h.events)
	case machine.ParallelStateStarted:
		l.firstBranch, l.branches = h.next, 0
		if l.workflow != nil { // branches have frames that follow one another
			if s := l.workflow.State(l.state); s != nil {
				h.next += int32(len(s.Branches))
			}
		}
	}
}
