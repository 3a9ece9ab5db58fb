package testcase

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/coverage"
	"github.com/aslocal/aslocal/emulator/internal/mock"
	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/internal/spell"
	"github.com/aslocal/aslocal/value"
)

// This file runs cases.

// A Machine is a state machine under test. It is safe for concurrent use once it is set up.
type Machine struct {
	Name       string          // in ARNs, and in a mock configuration
	Definition *asl.Definition // has no errors
	Text       string          // the definition in JSON

	// Options say how calls are made that are real; nil: like in an emulator without
	// settings.
	Options []emulator.Option
	// Prepare sets an emulator up for calls that are real: functions, other state
	// machines. Stop is called when the case is over. nil: nothing.
	Prepare func(context.Context, *emulator.Emulator) (stop func() error, err error)
	// Ended may look at the emulator after a case has failed, for which there is an
	// execution. nil: nothing.
	Ended func(em *emulator.Emulator, execution string, r *Result)

	Limit time.Duration // how long a case may take, in real time; 0: 30 seconds
	mocks *mock.Config

	compiled emulator.Definitions
}

// UseMockConfig reads the MockConfigFile.json for cases with a MockCase. The error is that
// of reading it, or [Mistakes].
func (m *Machine) UseMockConfig(path string) error {
	f, err := mock.Open(path)
	if err != nil {
		return err
	}
	m.mocks, err = f.Latest()
	return err
}

// A Result is what has become of a case.
type Result struct {
	Case     *Case
	Failures []Failure // what was not as expected; none: the case has passed
	Took     time.Duration

	Ran          bool   // there was an execution
	Status       string // of the execution
	Output       value.Value
	Error, Cause string
	Path         []string            // the states of the state machine itself that were entered
	Paths        map[string][]string // those of branches and iterations
	Transitions  int                 // that are billed: states entered, and retries
	Coverage     *coverage.Coverage  // of the case alone; nil without an execution
}

// Passed reports whether everything was as expected. A case that is skipped has not run
// and passes.
func (r *Result) Passed() bool { return len(r.Failures) == 0 }

// A Failure is something that was not as expected.
type Failure struct {
	At        position.Position // in the test file
	What      string            // the expectation: "output", "states.Charge.attempts", "mocks"
	Message   string            // if Want and Got do not say it
	Want, Got string
}

// String returns the failure in a line, or several.
func (f Failure) String() string {
	if f.Message != "" {
		return f.What + ": " + f.Message
	}
	return fmt.Sprintf("%s: expected %s, got %s", f.What, f.Want, f.Got)
}

// limit is how long a case may take in real time.
const limit = 30 * time.Second

// Run runs a case of a file on an emulator of its own. Snapshots has the snapshots of the
// file, nil if they are not to be looked at. The context ends it; then there is a Failure.
func (m *Machine) Run(ctx context.Context, f *File, c *Case, snapshots *Snapshots) *Result {
	began := time.Now()
	r := &Result{Case: c}
	run := &run{Machine: m, file: f, result: r, snapshots: snapshots}
	run.run(ctx)
	for i := range r.Failures {
		r.Failures[i] = r.Failures[i].or(c.At)
	}
	r.Took = time.Since(began)
	return r
}

// A run is one run of a case.
type run struct {
	*Machine
	ctx       context.Context
	file      *File
	result    *Result
	snapshots *Snapshots
	answers   *answerer
	recorder  *coverage.Recorder
	execution string
	visits    []timeline.Visit
	events    []string // types, in the order of the history
}

func (r *run) run(ctx context.Context) {
	c := r.result.Case
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(r.Limit, limit))
	defer cancel()
	if c.MockCase != "" {
		if err := r.checkMockCase(); err != nil {
			r.fail(Failure{What: "mockCase", Message: err.Error()})
			return
		}
	}
	r.ctx = ctx
	r.answers = &answerer{ctx: ctx, test: c, machine: r.Name, config: r.mocks, used: make(map[*Answer]int), numbers: make(map[string]int)}
	if r.checkNames(); !r.result.Passed() {
		return
	}
	if err := r.execute(ctx); err != nil {
		if len(r.answers.problems) == 0 {
			r.fail(Failure{What: "run", Message: err.Error()})
		}
		r.result.Failures = append(r.result.Failures, r.answers.problems...)
	}
}

func (r *run) fail(f Failure) { r.result.Failures = append(r.result.Failures, f) }

func (r *run) checkMockCase() error {
	if r.mocks == nil {
		return errors.New("there is no MockConfigFile.json in the folder; mockConfig names one")
	}
	return r.mocks.Check(r.Name, r.result.Case.MockCase)
}

// real reports whether a case makes calls.
func (c *Case) real() bool {
	for _, mocks := range []map[string]*Mock{c.Mocks, c.Resources} {
		for _, m := range mocks {
			for i := range m.Answers {
				if m.Answers[i].Real {
					return true
				}
			}
		}
	}
	return false
}

// namesOf collects the names of all states.
func namesOf(w *asl.Workflow, names map[string]bool) {
	for _, s := range w.States {
		names[s.Name] = true
		for _, branch := range s.Branches {
			namesOf(branch, names)
		}
		if s.ItemProcessor != nil {
			namesOf(&s.ItemProcessor.Workflow, names)
		}
	}
}

// checkNames notes states that the definition does not have: a case with one cannot mean
// what it says. Calls that are made may lead to other state machines, whose states have
// mocks, too.
func (r *run) checkNames() {
	c := r.result.Case
	states := make(map[string]bool)
	namesOf(&r.Definition.Workflow, states)
	check := func(name string, at position.Position, what string) {
		if states[name] || name == "" {
			return
		}
		message := fmt.Sprintf("the definition has no state %q", name)
		if near := spell.Suggest(name, slices.Sorted(maps.Keys(states))); near != "" {
			message += fmt.Sprintf("; did you mean %q?", near)
		}
		if f := (Failure{At: at, What: what, Message: message}); !slices.Contains(r.result.Failures, f) {
			r.fail(f)
		}
	}
	checkPath := func(p *PathWanted, what string) {
		for _, name := range p.States {
			if name != timeline.AnyState && !timeline.AnyStates(name) {
				check(name, p.At, what)
			}
		}
	}
	if !c.real() {
		for _, name := range slices.Sorted(maps.Keys(c.Mocks)) {
			check(name, c.Mocks[name].At, "mocks")
		}
		for i, call := range c.Expect.Calls {
			check(call.State, call.At, fmt.Sprintf("calls[%d]", i))
		}
	}
	if c.Expect.Path != nil {
		checkPath(c.Expect.Path, "path")
	}
	for _, place := range slices.Sorted(maps.Keys(c.Expect.Paths)) {
		checkPath(c.Expect.Paths[place], "paths."+place)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Expect.States)) {
		check(name, c.Expect.States[name].At, "states")
	}
}

// quiet is where the emulators of cases log to: what matters is in the Result.
var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// execute runs the execution of the case, and compares it with what is expected.
func (r *run) execute(ctx context.Context) error {
	c := r.result.Case
	r.recorder = &coverage.Recorder{Definition: func(start *machine.Start) *asl.Definition {
		if start.Machine == r.Name {
			return r.Definition
		}
		return nil
	}}
	options := append(r.Options[:len(r.Options):len(r.Options)],
		emulator.WithDefinitions(&r.compiled), emulator.WithVirtualClock(c.Clock), emulator.WithSeed(c.Seed), emulator.WithoutUI(), emulator.WithLogger(quiet),
		emulator.WithFaults(c.Faults...), emulator.WithAnswers(r.answers.answer), emulator.WithProbe(r.recorder.Probe), emulator.WithObserver(func(execution string, e emulator.Event) { r.recorder.Event(execution, e.Record) }))
	if !c.real() {
		options = append(options, emulator.WithCallsInOrder())
	}
	em, err := emulator.New(options...)
	if err != nil {
		return err
	}
	defer em.Close()
	if r.Prepare != nil && c.real() {
		stop, err := r.Prepare(ctx, em)
		if err != nil {
			return err
		}
		defer stop()
	}
	machineARN, err := em.Register(emulator.Registration{Name: r.Name, Definition: r.Text})
	if err != nil {
		return err
	}
	if r.execution, err = em.Start(ctx, machineARN, c.Input.String()); err != nil {
		return err
	}
	if err := em.AdvanceToEnd(ctx, r.execution); err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("the case has not ended within %v of real time; --timeout gives it longer", cmp.Or(r.Limit, limit))
		}
		return err
	}
	end, err := em.Execution(r.execution)
	if err != nil {
		return err
	}
	r.describe(end)
	if len(c.Expect.Events) > 0 {
		events, err := em.History(r.execution)
		if err != nil {
			return err
		}
		for i := range events {
			r.events = append(r.events, events[i].Type)
		}
	}
	r.judge()
	if r.Ended != nil && !r.result.Passed() {
		r.Ended(em, r.execution, r.result)
	}
	return nil
}

// describe fills the result in with what the execution was like.
func (r *run) describe(end emulator.Execution) {
	out := r.result
	out.Ran, out.Status, out.Error, out.Cause = true, end.Status, end.Error, end.Cause
	if end.Output != "" {
		out.Output, _ = value.Parse(end.Output) // the emulator has written it
	}
	r.visits = r.recorder.Visits(r.execution)
	out.Paths = make(map[string][]string)
	for i := range r.visits {
		v := &r.visits[i]
		out.Transitions++
		for _, a := range v.Attempts {
			if a.RetryAt != 0 {
				out.Transitions++
			}
		}
		if len(v.Path) == 0 {
			out.Path = append(out.Path, v.State)
			continue
		}
		place := v.Path.String()
		out.Paths[place] = append(out.Paths[place], v.State)
	}
	out.Coverage = coverage.New(r.Definition)
	r.recorder.AddTo(out.Coverage)
}

// snapshotOf is what a snapshot has of an execution.
func (r *Result) snapshotOf() value.Value {
	v := value.OfMembers("status", value.OfString(r.Status))
	if r.Output.Exists() {
		v = v.With("output", r.Output)
	}
	if r.Error != "" || r.Cause != "" {
		v = v.With("error", value.OfString(r.Error)).With("cause", value.OfString(r.Cause))
	}
	v = v.With("path", texts(r.Path))
	if len(r.Paths) > 0 {
		var b value.ObjectBuilder
		for _, place := range slices.Sorted(maps.Keys(r.Paths)) {
			b.Set(place, texts(r.Paths[place]))
		}
		v = v.With("paths", b.Value())
	}
	return v
}
