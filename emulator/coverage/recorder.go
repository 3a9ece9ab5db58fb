package coverage

import (
	"sync"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/timeline"
)

// This file follows executions as they run.

// A Recorder follows executions: it is given their events, and is the probe of each. It is
// safe for concurrent use.
type Recorder struct {
	// Definition returns what an execution runs that no Map Run has started; nil for one
	// that is not followed.
	Definition func(start *machine.Start) *asl.Definition

	mu   sync.Mutex
	runs map[string]*run // by ARN
	list []*run          // in the order in which they began
}

// A run is an execution that is followed.
type run struct {
	arn        string
	definition *asl.Definition // that of the state machine
	workflow   *asl.Workflow   // that the execution runs; nil: not followed
	start      *machine.Start
	builder    timeline.Builder
	rules      map[int64]int
	catchers   map[int64]int
}

// Probe returns the probe of an execution that begins, for emulator.WithProbe.
func (r *Recorder) Probe(start *machine.Start) machine.Probe {
	return &probe{recorder: r, execution: start.ARN}
}

// Event takes the next event of an execution, for emulator.WithObserver.
func (r *Recorder) Event(execution string, e *machine.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	one := r.run(execution)
	if e.Type == machine.ExecutionStarted && e.Start != nil && one.start == nil {
		r.begin(one, e.Start)
	}
	if one.workflow != nil {
		one.builder.Add(e)
	}
}

// run is the run of an execution. The caller holds r.mu.
func (r *Recorder) run(execution string) *run {
	if r.runs == nil {
		r.runs = make(map[string]*run)
	}
	one := r.runs[execution]
	if one == nil {
		one = &run{arn: execution, rules: make(map[int64]int), catchers: make(map[int64]int)}
		r.runs[execution] = one
	}
	return one
}

// begin finds out what an execution runs. The caller holds r.mu.
func (r *Recorder) begin(one *run, start *machine.Start) {
	one.start = start
	if start.MapRun != "" {
		if parent := r.runs[start.Parent]; parent != nil && parent.workflow != nil {
			one.definition, one.workflow = parent.definition, processorOf(parent, start.MapRun)
		}
	} else if one.definition = r.Definition(start); one.definition != nil {
		one.workflow = &one.definition.Workflow
	}
	if one.workflow != nil {
		one.builder.Definition = &asl.Definition{Workflow: *one.workflow}
		r.list = append(r.list, one)
	}
}

// processorOf is what the children of a Map Run run; nil if the parent has no such Map Run.
func processorOf(parent *run, mapRun string) *asl.Workflow {
	visits := parent.builder.Visits()
	for i := len(visits) - 1; i >= 0; i-- {
		v := &visits[i]
		if v.MapRun != mapRun {
			continue
		}
		if w := v.Path.Workflow(parent.builder.Definition); w != nil {
			if s := w.State(v.State); s != nil && s.ItemProcessor != nil {
				return &s.ItemProcessor.Workflow
			}
		}
	}
	return nil
}

// Visits returns the visits of an execution; none of one that is not followed.
func (r *Recorder) Visits(execution string) []timeline.Visit {
	r.mu.Lock()
	defer r.mu.Unlock()
	if one := r.runs[execution]; one != nil {
		return one.builder.Visits()
	}
	return nil
}

// AddTo adds what all executions of a definition have reached, children of Map Runs among
// them.
func (r *Recorder) AddTo(c *Coverage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, one := range r.list {
		if one.definition == c.definition {
			c.Add(Run{Workflow: one.workflow, Visits: one.builder.Visits(), Rules: one.rules, Catchers: one.catchers})
		}
	}
}

// A probe sees which rules hold and which Catchers take failures.
type probe struct {
	machine.Unseeing
	recorder  *Recorder
	execution string
}

// Chosen implements machine.Probe.
func (p *probe) Chosen(at machine.Place, rule int) {
	p.recorder.mu.Lock()
	defer p.recorder.mu.Unlock()
	p.recorder.run(p.execution).rules[at.Entered] = rule
}

// Caught implements machine.Probe.
func (p *probe) Caught(at machine.Place, catcher int) {
	p.recorder.mu.Lock()
	defer p.recorder.mu.Unlock()
	p.recorder.run(p.execution).catchers[at.Entered] = catcher
}
