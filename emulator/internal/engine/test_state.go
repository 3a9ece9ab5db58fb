package engine

import (
	"context"
	"errors"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/value"
)

// This file runs single states. API: TestState.

// maxStateTest is how long the test of a state may take. API: TestState.
const maxStateTest = 5 * time.Minute

// TestState runs one state to its end, calling the task of a state without a mock.
// A task that takes longer than its own limits, or than a test may take, has timed
// out; time is that of the system, since nobody advances a virtual clock meanwhile.
func (e *Engine) TestState(ctx context.Context, t *machine.StateTest) *machine.StateResult {
	ctx, cancel := context.WithTimeout(ctx, maxStateTest)
	defer cancel()
	defer context.AfterFunc(e.root, cancel)()
	t.At, t.Start.Seed = e.clock.Now(), e.config.Seed(t.Start.ARN)
	t.Call = func(asked *machine.Task) (value.Value, *machine.Failure) {
		return e.callForTest(ctx, &t.Start, asked)
	}
	return t.Run()
}

// callForTest calls the task of a state under test.
func (e *Engine) callForTest(ctx context.Context, start *machine.Start, t *machine.Task) (value.Value, *machine.Failure) {
	limit := maxStateTest
	for _, seconds := range []int64{t.Timeout, t.Heartbeat} {
		if seconds > 0 && seconds < int64(limit/time.Second) {
			limit = time.Duration(seconds) * time.Second
		}
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	answer, err := e.answer(ctx, start, &machine.Command{Task: t}, false)
	switch {
	case ctx.Err() != nil || errors.Is(err, task.ErrNoAnswer):
		return answer.Output, &machine.Failure{Name: value.OfString(asl.ErrTimeout)}
	case err != nil:
		return answer.Output, e.failureOf(start.ARN, err)
	}
	return answer.Output, nil
}
