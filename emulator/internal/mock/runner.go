package mock

import (
	"context"
	"fmt"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/value"
)

// A Runner answers the calls that a fault is for, those that Go code answers, those of
// executions that run a test case, and those of states with a pin, in this order. It leaves
// all others to Next.
type Runner struct {
	Answers *Answers // nil: none
	File    *File    // nil: there is no mock configuration
	Pins    *Pins    // nil: none
	Faults  *Faults  // nil: none
	Next    task.Runner
}

// Run implements task.Runner. A mocked response is the outcome of the state: of
// the job where it waits for one, of the token, of the activity's worker. What
// the file does not cover is States.Runtime. TestState, whose calls have no token,
// calls the service in any case.
func (r Runner) Run(ctx context.Context, c *task.Call) (task.Answer, error) {
	if c.Reading != nil || c.Writing != nil {
		if answer, ok, err := r.Answers.answer(c); ok {
			return answer, err
		}
	}
	if c.Reading == nil && c.Writing == nil && c.Token != 0 {
		if answer, err := r.Faults.disturb(c); err != nil {
			return answer, err
		}
		if answer, ok, err := r.Answers.answer(c); ok {
			return answer, err
		}
		out, mocked, err := r.outcome(c)
		switch {
		case err != nil:
			return task.Answer{}, &asl.Error{Name: asl.ErrRuntime, Cause: err.Error()}
		case mocked && out.Throw != nil:
			return task.Answer{Final: true}, out.Throw
		case mocked:
			return task.Answer{Final: true, Output: out.Return}, nil
		}
	}
	if c.Resource.Kind == asl.Activity {
		return task.Answer{}, task.ErrForWorkers
	}
	return r.Next.Run(ctx, c)
}

// Answering reports whether the Runner may have an answer for a state of a state machine,
// by its ARN, beside those of test cases.
func (r Runner) Answering(machineARN, state string) bool {
	if r.Answers != nil {
		return true
	}
	machine := MachineName(machineARN)
	_, pinned := r.Pins.Outcome(machine, state)
	return pinned || r.Faults.Has(machine, state)
}

// outcome finds the outcome of a call.
func (r Runner) outcome(c *task.Call) (out Outcome, mocked bool, err error) {
	if c.TestCase == "" && !r.Pins.any() {
		return out, false, nil
	}
	machine := machineOf(c)
	if c.TestCase != "" {
		if r.File == nil {
			return out, true, fmt.Errorf("the execution runs the test case %q, and no mock configuration is set: --mocks FILE or SFN_MOCK_CONFIG names one", c.TestCase)
		}
		if out, mocked, err = r.File.current().Outcome(machine, c.TestCase, c.State, c.Invocation); mocked {
			return out, true, err
		}
	}
	out, mocked = r.Pins.Outcome(machine, c.State)
	return out, mocked, nil
}

// machineOf is the name of the state machine of a call.
func machineOf(c *task.Call) string { return MachineName(c.Machine) }

// MachineName returns the name in the ARN of a state machine. The children of a Map Run are
// executions of its state machine.
func MachineName(machineARN string) string {
	_, machine, _ := strings.Cut(machineARN, ":stateMachine:")
	machine, _, _ = strings.Cut(machine, "/")
	return machine
}

// Watch implements task.Runner. Mocked jobs are over when they begin.
func (r Runner) Watch(ctx context.Context, c *task.Call, submitted value.Value, done func(value.Value, error)) {
	r.Next.Watch(ctx, c, submitted, done)
}
