package replay

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/value"
)

// This file finds in a history what calls and Map Runs have led to.

// A recording has the outcomes of one execution.
type recording struct {
	trace *trace
	calls map[place][]*call
	runs  map[place][]*mapRun
	last  int64 // when the last event happened, Unix milliseconds

	missing []string // activities that did not exist
}

// missingActivity is how a cause names an activity that does not exist.
var missingActivity = regexp.MustCompile(`The activity (\S+) does not exist\.$`)

func causeOf(e *machine.Event) string {
	if e.Failure == nil {
		return ""
	}
	return e.Failure.Cause.Text()
}

// A place is a state in a line of control.
type place struct {
	line  lineKey
	state string
}

// A call is what one attempt of a Task state has led to. An event that there is none of is
// nil.
type call struct{ scheduled, started, submitted, ended *machine.Event }

// A mapRun is what one attempt of a distributed Map has led to.
type mapRun struct {
	failed *machine.Event // MapRunFailed, or nil
	exited *machine.Event // StateExited, or nil
	over   bool           // a retry, or an exit, has ended the attempt
}

// record reads a history. It fails if that lacks what a task has answered.
func record(o *Options) (*recording, error) {
	r := &recording{trace: newTrace(o, o.History), calls: make(map[place][]*call), runs: make(map[place][]*mapRun)}
	at := make(positions)
	for i := range o.History {
		e := &o.History[i]
		line := r.trace.lineOf[i]
		p := at.of(line)
		p.follow(e)
		here := place{line, p.state}
		switch e.Type {
		case machine.TaskScheduled:
			r.calls[here] = append(r.calls[here], &call{scheduled: e})
		case machine.TaskStarted, machine.TaskSubmitted, machine.TaskSucceeded, machine.TaskFailed, machine.TaskSubmitFailed, machine.TaskTimedOut:
			if err := r.call(here, e); err != nil {
				return nil, err
			}
		case machine.MapRunStarted, machine.MapRunRedriven:
			r.runs[here] = append(r.runs[here], &mapRun{})
		case machine.MapRunFailed:
			if run := r.run(here); run != nil {
				run.failed = e
			}
		case machine.StateExited:
			if run := r.run(here); run != nil {
				run.exited, run.over = e, true
			}
		case machine.StateEntered:
			if run := r.run(here); run != nil {
				run.over = true
			}
		}
		if found := missingActivity.FindStringSubmatch(causeOf(e)); found != nil && !slices.Contains(r.missing, found[1]) {
			r.missing = append(r.missing, found[1])
		}
		r.last = max(r.last, e.At)
	}
	return r, nil
}

// call takes an event of the latest call of a state.
func (r *recording) call(here place, e *machine.Event) error {
	all := r.calls[here]
	if len(all) == 0 {
		return fmt.Errorf("event %d: the history does not have the event that schedules the task", e.ID)
	}
	c := all[len(all)-1]
	switch e.Type {
	case machine.TaskStarted:
		c.started = e
	case machine.TaskSubmitted:
		c.submitted = e
	default:
		if e.Type == machine.TaskSucceeded && !e.Doc.Exists() {
			return fmt.Errorf("event %d: the history does not have the output of the task, which is truncated or was left out (%s)", e.ID, withData)
		}
		c.ended = e
	}
	return nil
}

// run returns the Map Run that a state has begun last and that goes on, or nil.
func (r *recording) run(here place) *mapRun {
	all := r.runs[here]
	if len(all) == 0 || all[len(all)-1].over {
		return nil
	}
	return all[len(all)-1]
}

// override is how a distributed Map ends without its Map Run; nil if the history does not
// say it.
func (m *mapRun) override() *machine.Override {
	switch {
	case m.failed != nil:
		return &machine.Override{Failure: m.failed.Failure}
	case m.exited != nil && m.exited.Doc.Exists():
		return &machine.Override{Output: m.exited.Doc, Variables: m.exited.Assigned, Next: m.exited.Next}
	}
	return nil
}

// failure is what a call has failed with, as it was before the machine put the state in
// front of the cause.
func (c *call) failure() *machine.Failure {
	f := c.ended.Failure
	if f == nil {
		return &machine.Failure{}
	}
	if f.Name.Text() == asl.ErrRuntime && f.Cause.Kind() == value.String {
		return &machine.Failure{Name: f.Name, Cause: value.OfString(whereFailed.ReplaceAllString(f.Cause.Text(), ""))}
	}
	return f
}
