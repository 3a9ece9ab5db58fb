package emulator

import (
	"fmt"

	"github.com/aslocal/aslocal/emulator/internal/mock"
	"github.com/aslocal/aslocal/emulator/internal/task"
)

// This file sets up what answers tasks in place of what they call: test cases, pins and
// faults.

// WithMocks names a mock configuration, the MockConfigFile.json of Step Functions
// Local. An execution that is started with a "#" and the name of a test case
// behind the ARN of its state machine runs that test case: the states that it
// lists get their mocked responses, all others call what they would call
// anyway. The file is read again when it has changed. New fails if it cannot be
// read or has mistakes, as [CheckMocks] does.
func WithMocks(file string) Option { return func(s *settings) { s.mocks = file } }

// CheckMocks returns what is wrong with a mock configuration: why it cannot be
// read, or a line with file, line and column for each mistake; nil if nothing is.
func CheckMocks(file string) error {
	_, err := mock.Open(file)
	return err
}

// A Fault makes the calls of a Task state fail, or come late: by an error, a timeout,
// throttling or latency, in all attempts or some, always or by chance.
type Fault = mock.Fault

// WithFaults injects faults from the start on; of two for the same call, the first counts.
// They stand before mocks, handlers of [WithTask], and services. New fails if one is
// wrong, as [Fault.Check] does.
func WithFaults(faults ...Fault) Option {
	return func(s *settings) { s.faults = append(s.faults, faults...) }
}

// SetFaults replaces the faults of [WithFaults], also for executions under way: the next
// call of a state is subject to them. Faults that were set in the pages stay. It fails if
// one is wrong; then nothing changes.
func (e *Emulator) SetFaults(faults []Fault) error {
	if err := e.mocks.Faults.Give(faults); err != nil {
		return fmt.Errorf("emulator: %w", err)
	}
	if e.pages != nil {
		e.pages.ui.MocksChanged()
	}
	return nil
}

// Faults returns all faults, those that were set in the pages and those that are off among
// them, in the order in which they are looked at.
func (e *Emulator) Faults() []Fault {
	all := e.mocks.Faults.All()
	faults := make([]Fault, len(all))
	for i := range all {
		faults[i] = all[i].Fault
	}
	return faults
}

// PinnedStates returns the states whose calls get an answer that was pinned in the pages, as
// "machine.state". Those whose pin is off are not among them.
func (e *Emulator) PinnedStates() []string {
	var states []string
	for _, p := range e.mocks.Pins.All() {
		if !p.Off {
			states = append(states, p.Machine+"."+p.State)
		}
	}
	return states
}

// openMocks sets up the Runner that answers calls before those that make them.
func (e *Emulator) openMocks(s *settings) (err error) {
	if s.mocks != "" {
		if e.mocks.File, err = mock.Open(s.mocks); err != nil {
			return err
		}
	}
	if s.answers != nil || s.mocked != nil {
		answers := stateAnswers{of: s.mocked, otherwise: s.answers, taken: make(map[stateOf]int)}
		e.mocks.Answers = &mock.Answers{Of: func(c *task.Call) (mock.Answer, bool) { return answers.answer(callOf(c)) }}
	}
	if e.mocks.Faults, err = mock.NewFaults(s.faults, s.random); err != nil {
		return err
	}
	e.mocks.Pins, err = mock.OpenPins(s.store, func(err error) { s.log.Warn("a pinned result cannot be read and is not used", "error", err) })
	return err
}
