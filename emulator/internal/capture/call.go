package capture

import (
	"slices"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/value"
)

// This file collects the calls of an execution and of the children of its Map Runs.

// An Execution is what a test is made of.
type Execution struct {
	Definition *asl.Definition
	Events     []machine.Event   // all, the private ones among them
	Children   [][]machine.Event // those of the children of its Map Runs

	// Replays are how the execution ends when it is replayed with the same answers, under
	// other conditions each time: what differs varies.
	Replays []End
}

// An End is how an execution has ended.
type End struct {
	Status  machine.Status
	Output  value.Value
	Failure *machine.Failure
}

// A call is what a Task state, or a distributed Map for its items or results, has asked for.
type call struct {
	line      int // which execution, and which line of control of it
	begun     int64
	ended     int64 // 0: it has not
	arguments value.Value
	output    value.Value
	failure   *machine.Failure
	timedOut  bool
	heartbeat int64 // seconds, 0 if it has no limit
	timeout   int64
}

// calls are those of an execution, by the state or the resource.
type calls struct {
	states    map[string][]call
	resources map[string][]call
	names     []string // of both, in the order in which they were called first
	lines     map[[2]int32]int
}

// collect finds the calls of an execution.
func collect(x *Execution) *calls {
	all := &calls{states: make(map[string][]call), resources: make(map[string][]call), lines: make(map[[2]int32]int)}
	all.add(0, x.Events, x.Definition)
	for i, events := range x.Children {
		all.add(int32(i+1), events, nil)
	}
	for _, by := range []map[string][]call{all.states, all.resources} {
		for _, list := range by {
			slices.SortStableFunc(list, func(a, b call) int { return int(a.begun - b.begun) })
		}
	}
	return all
}

// add takes the calls of one execution.
func (all *calls) add(execution int32, events []machine.Event, definition *asl.Definition) {
	var b timeline.Builder
	states := make(map[int32]string) // by frame
	open := make(map[int32]*place)
	for i := range events {
		e := &events[i]
		b.Add(e)
		_, path := b.Place()
		switch e.Type {
		case machine.StateEntered:
			states[e.Frame] = e.State
		case machine.TaskScheduled:
			all.begin(execution, e, states[e.Frame], open)
		case machine.TaskSucceeded, machine.TaskFailed, machine.TaskSubmitFailed, machine.TaskTimedOut:
			if c := open[e.Frame].call(all); c != nil {
				c.ended, c.output, c.failure, c.timedOut = e.At, e.Doc, e.Failure, e.Type == machine.TaskTimedOut
			}
			delete(open, e.Frame)
		case machine.ItemsRead:
			all.read(execution, e, resourceOf(definition, path, states[e.Frame], "ItemReader"), call{output: e.Doc})
		case machine.MapRunFailed:
			if field := failing[nameOf(e.Failure)]; field != "" {
				all.read(execution, e, resourceOf(definition, path, states[e.Frame], field), call{failure: e.Failure})
			}
		case machine.MapRunSucceeded:
			if written := e.Doc.Get("ResultWriterDetails"); written.Exists() {
				all.read(execution, e, resourceOf(definition, path, states[e.Frame], "ResultWriter"), call{output: written})
			}
		}
	}
}

// failing are the errors of what a Map state reads and writes, and the fields with their
// resources.
var failing = map[string]string{asl.ErrItemReaderFailed: "ItemReader", asl.ErrResultWriterFailed: "ResultWriter"}

func nameOf(f *machine.Failure) string {
	if f == nil {
		return ""
	}
	return f.Name.Text()
}

// A place is where a call stands.
type place struct {
	state string
	n     int
}

func (p *place) call(all *calls) *call {
	if p == nil {
		return nil
	}
	return &all.states[p.state][p.n]
}

// line numbers a line of control.
func (all *calls) line(execution, frame int32) int {
	key := [2]int32{execution, frame}
	n, ok := all.lines[key]
	if !ok {
		n = len(all.lines)
		all.lines[key] = n
	}
	return n
}

func (all *calls) begin(execution int32, e *machine.Event, state string, open map[int32]*place) {
	if all.states[state] == nil {
		all.names = append(all.names, state)
	}
	open[e.Frame] = &place{state, len(all.states[state])}
	all.states[state] = append(all.states[state], call{
		line: all.line(execution, e.Frame), begun: e.At, arguments: e.Doc, heartbeat: e.Task.Heartbeat, timeout: e.Task.Timeout,
	})
}

// read takes what was read or written for a Map Run.
func (all *calls) read(execution int32, e *machine.Event, resource string, c call) {
	if resource == "" {
		return
	}
	if all.resources[resource] == nil {
		all.names = append(all.names, resource)
	}
	c.line, c.begun, c.ended = all.line(execution, e.Frame), e.At, e.At
	all.resources[resource] = append(all.resources[resource], c)
}

// resourceOf is what a Map state reads its items from, or writes its results to; "" if
// nothing.
func resourceOf(d *asl.Definition, path timeline.Path, state, field string) string {
	w := path.Workflow(d)
	if w == nil {
		return ""
	}
	if s := w.State(state); s != nil {
		return s.Fields.Get(field).Get("Resource").Text()
	}
	return ""
}

// concurrent reports whether calls of several lines of control were made.
func (all *calls) concurrent() bool { return len(all.lines) > 1 }
