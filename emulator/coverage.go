package emulator

import (
	"fmt"
	"strings"
	"sync"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/coverage"
	"github.com/aslocal/aslocal/emulator/internal/arn"
)

// This file says what executions have covered of their definitions.

// WithCoverage counts what executions reach of the definitions that they run, for
// [Emulator.Coverage]. With a [WithProbe] as well, a Choice state is taken to have left by the
// first rule that leads to the state that follows. It keeps the visits of all executions in memory: it is for tests.
func WithCoverage() Option { return func(s *settings) { s.coverage = true } }

// covered is what is kept for Coverage.
type covered struct {
	recorder coverage.Recorder

	mu          sync.Mutex
	definitions map[string]*asl.Definition // as state machines have them now or have had them, by their texts
}

// openCoverage sets the recorder up, if there is one, as the probe of executions.
func (e *Emulator) openCoverage(s *settings) {
	if !s.coverage {
		return
	}
	e.covered = &covered{definitions: make(map[string]*asl.Definition)}
	e.covered.recorder.Definition = func(start *machine.Start) *asl.Definition { return e.definitionOf(start.MachineARN) }
	if s.probe == nil {
		s.probe = e.covered.recorder.Probe
	}
}

// definitionOf is the definition that the state machine of an ARN, which may have a label,
// has now; nil if there is none.
func (e *Emulator) definitionOf(machineARN string) *asl.Definition {
	at, err := arn.Parse(machineARN)
	if err != nil {
		return nil
	}
	m := e.registry.Machine(at.Base())
	if m == nil {
		return nil
	}
	e.covered.mu.Lock()
	defer e.covered.mu.Unlock()
	d := e.covered.definitions[m.Definition]
	if d == nil {
		d, _ = asl.Parse(m.Definition) // it has no errors: it was registered
		e.covered.definitions[m.Definition] = d
	}
	return d
}

// Coverage returns what the executions of a state machine, as it is defined now, have
// reached of its definition, children of Map Runs among them. It needs [WithCoverage], and
// fails without it or if there is no such state machine.
func (e *Emulator) Coverage(machine string) (*coverage.Coverage, error) {
	if e.covered == nil {
		return nil, fmt.Errorf("emulator: coverage is counted with the option WithCoverage")
	}
	d := e.definitionOf(e.home.StateMachine(machine))
	if d == nil {
		return nil, fmt.Errorf("emulator: there is no state machine %q", machine)
	}
	c := coverage.New(d)
	e.covered.recorder.AddTo(c)
	return c, nil
}

// missedLines lists what was not reached.
func missedLines(c *coverage.Coverage) string {
	var b strings.Builder
	for _, item := range c.Missed() {
		fmt.Fprintf(&b, "\n  not reached: %s", item.Name)
	}
	return b.String()
}
