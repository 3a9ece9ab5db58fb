package emulator

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/api"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/emulator/ui"
	"github.com/aslocal/aslocal/value"
)

// This file runs definitions that are not saved. Each is registered as a state machine of its
// own, which lists do not have: "aslocal-trial-" and the name of what is edited. It is always
// of the type Standard, so that there is a history to look at. States can be given what they
// get from their work:
//
//	trial 7
//
// is the test case of such an execution. What it has is kept in memory, so that an execution
// which goes on after a restart fails, and does not call what was to be mocked.

// maxTrials is how many trials with mocks are kept; the oldest is forgotten first.
const maxTrials = 100

// A trialRunner answers the tasks of trials that have mocks, and leaves all others to next.
type trialRunner struct {
	next task.Runner

	mu    sync.Mutex
	last  int
	mocks map[int]map[string]ui.Mock // by number of the trial and name of the state
}

const trialCase = "trial "

// add keeps mocks, and returns the test case that has them; "" for none.
func (r *trialRunner) add(mocks map[string]ui.Mock) string {
	if len(mocks) == 0 {
		return ""
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.mocks == nil {
		r.mocks = make(map[int]map[string]ui.Mock)
	}
	r.last++
	r.mocks[r.last] = mocks
	delete(r.mocks, r.last-maxTrials)
	return fmt.Sprint(trialCase, r.last)
}

// Run implements task.Runner.
func (r *trialRunner) Run(ctx context.Context, c *task.Call) (task.Answer, error) {
	number, ok := strings.CutPrefix(c.TestCase, trialCase)
	if !ok {
		return r.next.Run(ctx, c)
	}
	live := *c
	live.TestCase = ""
	if c.Reading != nil || c.Writing != nil {
		return r.next.Run(ctx, &live)
	}
	mock, known, err := r.mock(number, c.State)
	switch {
	case err != nil:
		return task.Answer{}, &asl.Error{Name: asl.ErrRuntime, Cause: err.Error()}
	case !known:
		return r.next.Run(ctx, &live)
	case mock.Error != "":
		return task.Answer{Final: true}, &asl.Error{Name: mock.Error, Cause: mock.Cause}
	}
	result, err := value.Parse(mock.Result)
	if err != nil { // it was checked
		return task.Answer{}, &asl.Error{Name: asl.ErrRuntime, Cause: err.Error()}
	}
	return task.Answer{Final: true, Output: result}, nil
}

// mock is what a state of a trial is given.
func (r *trialRunner) mock(number, state string) (mock ui.Mock, known bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for n, mocks := range r.mocks {
		if fmt.Sprint(n) == number {
			mock, known = mocks[state]
			return mock, known, nil
		}
	}
	return ui.Mock{}, false, fmt.Errorf("the mocks of this trial run are not kept any more; run it again")
}

// Watch implements task.Runner. Jobs that are mocked are over when they begin.
func (r *trialRunner) Watch(ctx context.Context, c *task.Call, submitted value.Value, done func(value.Value, error)) {
	if strings.HasPrefix(c.TestCase, trialCase) {
		live := *c
		live.TestCase = ""
		c = &live
	}
	r.next.Watch(ctx, c, submitted, done)
}

// trialName is the name of the state machine of trial runs of what is edited under a name. It
// has the characters and the length that a name may have.
func trialName(of string) string {
	name := strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-'
	}, cmp.Or(of, "untitled"))
	const longest = 80 - len(api.TrialPrefix)
	if len(name) > longest || name != cmp.Or(of, "untitled") { // told apart from others that are written the same
		sum := sha256.Sum256([]byte(of))
		name = name[:min(len(name), longest-9)] + "-" + hex.EncodeToString(sum[:4])
	}
	return api.TrialPrefix + name
}

// isTrial reports whether a state machine, by its name, is that of trial runs.
func isTrial(machine string) bool { return strings.HasPrefix(machine, api.TrialPrefix) }

// forgetTrials deletes the state machines of trial runs that the store has of an earlier
// process. Their executions stay.
func (e *Emulator) forgetTrials() error {
	for m := range e.registry.Machines(e.home, "") {
		if !isTrial(m.Name) {
			continue
		}
		if _, err := e.call(context.Background(), "DeleteStateMachine", value.OfMembers("stateMachineArn", value.OfString(m.ARN))); err != nil {
			return err
		}
	}
	return nil
}

// Trial implements ui.Own.
func (p *pages) Trial(ctx context.Context, name, definition, input string, mocks map[string]ui.Mock) (string, error) {
	machine, err := p.em.Register(Registration{Name: trialName(name), Definition: definition})
	if err != nil {
		return "", err
	}
	return p.em.api.StartTrial(ctx, machine, input, p.em.trials.add(mocks))
}

// Wait implements ui.Own.
func (p *pages) Wait(ctx context.Context, arn string) error {
	_, err := p.em.api.Wait(ctx, arn)
	return err
}
