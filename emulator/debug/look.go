package debug

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/value"
)

// This file shows executions: their lines of control, and the data at a stop.

// A Thread is a line of control: the root, a branch, an iteration. A Map Run's
// children and nested executions have threads of their own executions.
type Thread struct {
	ID     int32  // the frame
	Name   string // "main", "Fulfil[0]", "ReserveItems[17]"
	State  string // "" while it ends
	Phase  machine.LinePhase
	Next   bool // its step is the next one
	Frames []Frame
}

// A Frame is a state that a thread is in: its own, then the Parallel and Map
// states around it.
type Frame struct {
	ID      int32 // the thread whose state it is
	Index   int32 // which branch or iteration of the frame around it that thread is
	State   string
	Type    asl.StateType
	Pointer string // JSON pointer in the definition
	Phase   machine.LinePhase
}

// MaxThreads is how many threads are listed: of a wide Map the first ones.
const MaxThreads = 200

// Threads returns the lines of control of an execution as they stand, or stood if
// it is looked at in the past, the root first, and how many are left out.
func (d *Debugger) Threads(arn string) (threads []Thread, more int, err error) {
	err = d.look(arn, func(x *machine.Execution) {
		lines := x.Lines()
		next, _ := x.Next()
		of := make(map[int32]*machine.Line, len(lines))
		for i := range lines {
			of[lines[i].Frame] = &lines[i]
		}
		for i := range lines {
			l := &lines[i]
			if len(threads) == MaxThreads && l.Frame != next {
				more++
				continue
			}
			t := Thread{ID: l.Frame, Name: "main", State: l.State, Phase: l.Phase, Next: l.Frame == next}
			if parent := of[l.Parent]; parent != nil {
				t.Name = threadName(of, l)
			}
			for g := l; g != nil; g = of[g.Parent] {
				t.Frames = append(t.Frames, Frame{g.Frame, g.Index, cmp.Or(g.State, "(end)"), g.Type, g.Pointer, g.Phase})
			}
			threads = append(threads, t)
		}
	})
	return threads, more, err
}

// threadName is the name of a branch or iteration: "Fulfil[0]", "Outer[2].Inner[1]".
func threadName(of map[int32]*machine.Line, l *machine.Line) string {
	parent := of[l.Parent]
	if parent == nil {
		return ""
	}
	name := parent.State + "[" + strconv.Itoa(int(l.Index)) + "]"
	if around := threadName(of, parent); around != "" {
		name = around + "." + name
	}
	return name
}

// A Phase is a point on the way of the data through a state.
type Phase struct {
	Field string      // of the definition: "Arguments", "Choices/1", "Catch/0"; "" for the state as it was entered
	Name  string      // for people: "input", "after Parameters"
	Data  value.Value // no value if there is none
}

// A Snapshot is the data of one line of control.
type Snapshot struct {
	Thread    int32
	State     string
	Pointer   string
	Type      asl.StateType
	Phase     machine.LinePhase
	Phases    []Phase     // of the step that comes next; the first one is what it begins with
	Input     value.Value // no value: there is none
	Arguments value.Value
	Result    value.Value
	Output    value.Value // what the step that comes next puts out, if it exits the state
	Assigned  value.Value // and what it assigns
	Variables value.Value // all that the state sees: an object
	Context   value.Value
	Failure   *machine.Failure
	Taker     machine.Taker // of Failure
	Attempts  int           // before this one
	Due       int64         // when a Wait, or the pause before a retry, ends; 0
	Next      string        // state that the step leads to, "" if it leads to none or is not known
	Items     int           // branches or iterations below it
	Edited    bool          // the execution was changed by hand
}

// Snapshot returns the data of a line of control as it stands, or stood.
func (d *Debugger) Snapshot(arn string, thread int32) (*Snapshot, error) {
	var s *Snapshot
	err := d.look(arn, func(x *machine.Execution) {
		line, ok := x.Line(thread)
		if !ok {
			return
		}
		s = &Snapshot{
			Thread: thread, State: line.State, Pointer: line.Pointer, Type: line.Type, Phase: line.Phase, Input: line.Input, Arguments: line.Arguments, Result: line.Result,
			Variables: variables(x, thread), Context: x.ContextOf(thread), Failure: line.Failure, Attempts: line.Attempts, Due: line.Due, Items: line.Lines,
		}
		if s.Failure != nil {
			s.Taker = x.TakerOf(thread, s.Failure)
		}
		preview, err := x.Preview(thread)
		if err != nil {
			return
		}
		s.Phases = phasesOf(&line, preview)
		for i := range preview.Events {
			e := &preview.Events[i]
			switch {
			case e.Frame != thread:
			case e.Type == machine.TaskScheduled:
				s.Arguments = e.Doc
			case e.Type == machine.StateExited:
				s.Output, s.Assigned, s.Next = e.Doc, e.Assigned, e.Next
			}
		}
	})
	if err == nil && s == nil {
		err = ErrNoThread
	}
	if s != nil {
		d.mu.Lock()
		if r := d.runs[arn]; r != nil {
			s.Edited = r.edited
		}
		d.mu.Unlock()
	}
	return s, err
}

// fields are the fields of a definition that the steps of the data flow are about.
var fields = map[machine.Step]string{
	machine.AfterInputPath: "InputPath", machine.AfterParameters: "Parameters", machine.AfterArguments: "Arguments", machine.AfterItemsPath: "ItemsPath",
	machine.AfterItemSelector: "ItemSelector", machine.AfterItemBatcher: "ItemBatcher", machine.AfterResultSelector: "ResultSelector", machine.AfterResultPath: "ResultPath",
}

// phasesOf are the phases of the step that comes next.
func phasesOf(line *machine.Line, p *machine.Preview) []Phase {
	first := Phase{Name: "input", Data: line.Input}
	switch line.Phase {
	case machine.Finishing:
		first = Phase{Name: "result", Data: line.Result}
	case machine.Failing:
		first = Phase{Name: "error", Data: value.OfMembers("Error", line.Failure.Name, "Cause", line.Failure.Cause)}
	}
	phases := []Phase{first}
	last, step := first.Data, machine.AfterInputPath
	for _, data := range p.Data {
		if data.Step < step { // it is worked out again, for the first iterations
			continue
		}
		step = data.Step
		if field := fields[data.Step]; field != "" && (field == "Arguments" || slices.Contains(p.Written, data.Step) || !value.Equal(data.Data, last)) {
			phases = append(phases, Phase{field, "after " + field, data.Data})
			last = data.Data
		}
	}
	if line.Type == asl.Choice && line.Phase == machine.Working && p.Error == nil && len(p.Events) > 0 {
		field := "Default"
		if p.Rule >= 0 {
			field = "Choices/" + strconv.Itoa(p.Rule)
		}
		phases = append(phases, Phase{Field: field, Name: fmt.Sprintf("%s holds", field)})
	}
	return append(phases, endOf(line, p)...)
}

// endOf are the phases of how the step ends.
func endOf(line *machine.Line, p *machine.Preview) (phases []Phase) {
	if p.Error != nil && line.Phase != machine.Failing {
		return []Phase{{Name: "fails", Data: value.OfMembers("Error", p.Error.Name, "Cause", p.Error.Cause)}}
	}
	for i := range p.Events {
		e := &p.Events[i]
		switch {
		case e.Frame != line.Frame:
		case e.Type == machine.RetrySet:
			phases = append(phases, Phase{Field: "Retry/" + strconv.Itoa(int(e.Index)), Name: fmt.Sprintf("tried again in %d ms", e.Due-e.At)})
		case e.Type == machine.StateExited:
			if line.Phase == machine.Failing {
				phases = append(phases, Phase{Field: "Catch/" + strconv.Itoa(p.Catcher), Name: "caught"})
			}
			if e.Assigned.Len() > 0 {
				phases = append(phases, Phase{"Assign", "assigned", e.Assigned})
			}
			phases = append(phases, Phase{"Output", "output", e.Doc})
		}
	}
	return phases
}

// Execution returns how an execution stands under the debugger: where it is
// stopped, or nil if it is not.
func (d *Debugger) Execution(arn string) *Stop {
	d.mu.Lock()
	defer d.mu.Unlock()
	if r := d.runs[arn]; r != nil && r.stop != nil {
		stop := *r.stop
		return &stop
	}
	return nil
}

// Stands reports whether an execution stands still: one that is stopped does, also
// while it is looked at in the past; one that is only looked at does not.
func (d *Debugger) Stands(arn string) bool { return slices.Contains(d.engine.Stopped(), arn) }

// StoppedExecutions returns where the executions stand that are stopped, by ARN.
func (d *Debugger) StoppedExecutions() []Stop {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.stops()
}

// stops are the stops, by ARN. The caller holds d.mu.
func (d *Debugger) stops() (all []Stop) {
	for _, r := range d.runs {
		if r.stop != nil {
			all = append(all, *r.stop)
		}
	}
	slices.SortFunc(all, func(a, b Stop) int { return cmp.Compare(a.Execution, b.Execution) })
	return all
}

// look calls see with an execution as it stands, or as it stood at the moment at
// which it is looked at.
func (d *Debugger) look(arn string, see func(*machine.Execution)) error {
	d.mu.Lock()
	past := int64(0)
	if r := d.runs[arn]; r != nil {
		past = r.past
	}
	d.mu.Unlock()
	if past == 0 {
		return gone(d.engine.Inspect(arn, func(_ *machine.Start, x *machine.Execution) { see(x) }))
	}
	x, err := d.engine.ExecutionAt(arn, past)
	if err == nil {
		x.Stepwise(true)
		see(x)
	}
	return gone(err)
}
