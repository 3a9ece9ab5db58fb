package machine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file compiles definitions.

// A Program is a compiled definition: states linked, every path, template and
// intrinsic function ready to evaluate, and the data flow of each state chosen.
// It never changes; any number of executions share it.
type Program struct {
	root     *workflow
	timeout  int64 // seconds, 0 for none
	limit    func() context.Context
	complete func(asl.Resource, value.Value) (value.Value, string)
	children map[string]*Program // what the children of distributed Maps run, by label

	activities []string // ARNs
}

// Activities returns the ARNs of the activities that Task states of the program
// name. Task states in distributed Maps belong to the programs of the children.
func (p *Program) Activities() []string { return p.activities }

// LimitExpressions sets where the evaluation of a JSONata expression gets its
// context, which ends it if it takes too long. It is a safety net of the host,
// set before the program runs: what ends an endless expression is a number of
// steps, which does not depend on a clock.
func (p *Program) LimitExpressions(limit func() context.Context) {
	p.limit = limit
	for _, child := range p.children {
		child.LimitExpressions(limit)
	}
}

// CompleteParameters sets what looks at the parameters of an integration before it
// is called: it returns them with what the service itself adds, or says in words of
// the service what is wrong with them, which fails the state before the task is
// scheduled. It must be pure: the same parameters give the same. It is set before
// the program runs.
func (p *Program) CompleteParameters(f func(r asl.Resource, parameters value.Value) (completed value.Value, problem string)) {
	p.complete = f
	for _, child := range p.children {
		child.CompleteParameters(f)
	}
}

// Child returns what the children of the distributed Map state with the label
// run; nil if there is no such state outside of another distributed Map.
func (p *Program) Child(label string) *Program { return p.children[label] }

// newProgram makes a program of a workflow, with a program for the children of
// each distributed Map.
func newProgram(root *workflow) *Program {
	p := &Program{root: root}
	root.each(func(st *state) {
		if arn := st.resource.Text; st.resource.Kind == asl.Activity && !slices.Contains(p.activities, arn) {
			p.activities = append(p.activities, arn)
		}
		if st.childLabel != "" {
			if p.children == nil {
				p.children = make(map[string]*Program)
			}
			p.children[st.childLabel] = newProgram(st.processor)
		}
	})
	return p
}

// each calls f for every state that one execution of the workflow may be in.
func (w *workflow) each(f func(*state)) {
	for _, st := range w.order {
		f(st)
		for _, branch := range st.branches {
			branch.each(f)
		}
		if st.processor != nil && st.childLabel == "" {
			st.processor.each(f)
		}
	}
}

// A workflow is a machine, a branch of a Parallel state or the processor of a
// Map state.
type workflow struct {
	start  *state
	states map[string]*state
	order  []*state // as written
	single bool     // it is one state, which may lead to others that are not here
}

// A state is one compiled state.
type state struct {
	*stateType
	name  string
	place string // JSON pointer in the definition
	kind  kind
	flow  dataflow
	next  *state // nil: the state ends its workflow
	retry []*asl.Retrier
	catch []*catcher

	targets    []*state     // Choice: what its rules lead to
	resource   asl.Resource // Task
	branches   []*workflow  // Parallel
	processor  *workflow    // Map
	childLabel string       // distributed Map: names its children's program
}

// dataflow moves JSON into and out of a state. Compile chose one by the query
// language, so no state asks which language it is in.
type dataflow interface {
	// effective is the effective input: what a state's own fields see as $ or,
	// in JSONata mode, as $states.input.
	effective(x *Execution, f *frame) (value.Value, *Failure)
	// arguments makes what the state works on of its input.
	arguments(x *Execution, f *frame) (value.Value, *Failure)
	// output makes the state's output of its result, and the variables to
	// assign: an object, or no value.
	output(x *Execution, f *frame, result value.Value) (out, assigned value.Value, failure *Failure)
}

// Compile links and compiles a definition that Validate has passed. The error
// names the first thing that cannot be compiled; a definition that Validate
// passes has none.
func Compile(d *asl.Definition) (*Program, error) {
	root, err := compileWorkflow(&d.Workflow)
	if err != nil {
		return nil, err
	}
	p := newProgram(root)
	p.timeout, _ = d.TimeoutSeconds.Int()
	return p, nil
}

func compileWorkflow(w *asl.Workflow) (*workflow, error) {
	flow := &workflow{states: make(map[string]*state, len(w.States))}
	return flow, flow.compile(w)
}

func (flow *workflow) compile(w *asl.Workflow) error {
	for _, s := range w.States {
		st := &state{stateType: stateTypes[s.Type], name: s.Name, place: s.Pointer, retry: s.Retry}
		flow.states[s.Name] = st
		flow.order = append(flow.order, st)
	}
	for i, s := range w.States {
		c := &compiler{flow: flow, source: s}
		c.compile(flow.order[i])
		if c.err != nil {
			return fmt.Errorf("%s: %w", s.Pointer, c.err)
		}
	}
	if flow.start = flow.states[w.StartAt]; flow.start == nil {
		return fmt.Errorf("%s/StartAt: no state named %q", w.Pointer, w.StartAt)
	}
	return nil
}

// A compiler compiles one state. The first error stays; what follows it
// compiles nothing that matters.
type compiler struct {
	flow   *workflow
	source *asl.State
	err    error
}

func (c *compiler) compile(st *state) {
	if st.stateType == nil {
		c.fail("Type", "unknown type %q", c.source.Type)
		return
	}
	if c.source.Next != "" {
		st.next = c.target("Next", c.source.Next)
	}
	c.dataflow(st)
	st.kind = st.compile(c, st)
}

// dataflow gives the state its data flow and its Catchers.
func (c *compiler) dataflow(st *state) {
	if c.source.QueryLanguage == asl.JSONata {
		compileJSONataFlow(c, st)
		return
	}
	st.flow = compilePathFlow(c)
	for _, k := range c.source.Catch {
		st.catch = append(st.catch, &catcher{
			errorEquals: k.ErrorEquals,
			next:        c.target("Catch/Next", k.Next),
			flow:        compilePathCatch(c, k),
		})
	}
}

// target finds the state that a transition names.
func (c *compiler) target(field, name string) *state {
	st := c.flow.states[name]
	if st == nil && c.flow.single {
		return &state{name: name}
	}
	if st == nil {
		c.fail(field, "no state named %q", name)
	}
	return st
}

func (c *compiler) field(name string) value.Value { return c.source.Fields.Get(name) }

func (c *compiler) hasAny(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return c.field(name).Exists() })
}

func (c *compiler) fail(field, format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("%s: %s", field, fmt.Sprintf(format, args...))
	}
}

// String prints the plan: one line a state, with what follows it.
func (p *Program) String() string {
	var b strings.Builder
	p.root.print(&b, "")
	return b.String()
}

func (w *workflow) print(b *strings.Builder, indent string) {
	for _, st := range w.order {
		mark := " "
		if st == w.start {
			mark = ">"
		}
		fmt.Fprintf(b, "%s%s %s %s", indent, mark, st.name, st.stateType.name)
		for _, target := range st.targets {
			fmt.Fprintf(b, " -> %s", target.name)
		}
		switch {
		case st.next != nil && len(st.targets) > 0:
			fmt.Fprintf(b, " default -> %s", st.next.name)
		case st.next != nil:
			fmt.Fprintf(b, " -> %s", st.next.name)
		}
		for _, c := range st.catch {
			fmt.Fprintf(b, " catch %s -> %s", strings.Join(c.errorEquals, ","), c.next.name)
		}
		b.WriteByte('\n')
		for i, branch := range st.branches {
			fmt.Fprintf(b, "%s  branch %d\n", indent, i)
			branch.print(b, indent+"    ")
		}
		if st.processor != nil {
			st.processor.print(b, indent+"    ")
		}
	}
}
