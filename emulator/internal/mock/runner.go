package mock

import (
	"context"
	"fmt"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/value"
)

// A Runner answers the calls of executions that run a test case, and leaves all
// others to Next.
type Runner struct {
	File *File // nil: there is no mock configuration
	Next task.Runner
}

// Run implements task.Runner. A mocked response is the outcome of the state: of
// the job where it waits for one, of the token, of the activity's worker. What
// the file does not cover is States.Runtime.
func (r Runner) Run(ctx context.Context, c *task.Call) (task.Answer, error) {
	if c.TestCase != "" && c.Reading == nil && c.Writing == nil {
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

// outcome finds the outcome of a call. The children of a Map Run are executions
// of its state machine.
func (r Runner) outcome(c *task.Call) (Outcome, bool, error) {
	if r.File == nil {
		return Outcome{}, true, fmt.Errorf("the execution runs the test case %q, and no mock configuration is set: --mocks FILE or SFN_MOCK_CONFIG names one", c.TestCase)
	}
	_, machine, _ := strings.Cut(c.Machine, ":stateMachine:")
	machine, _, _ = strings.Cut(machine, "/")
	return r.File.current().Outcome(machine, c.TestCase, c.State, c.Invocation)
}

// Watch implements task.Runner. Mocked jobs are over when they begin.
func (r Runner) Watch(ctx context.Context, c *task.Call, submitted value.Value, done func(value.Value, error)) {
	r.Next.Watch(ctx, c, submitted, done)
}
