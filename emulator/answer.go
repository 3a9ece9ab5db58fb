package emulator

import (
	"fmt"
	"sync"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/mock"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/value"
)

// This file has the options of tests that answer calls in Go and look into executions.

// A TaskCall is one call of a Task state, a retry being another one; or the reading of the items
// of a distributed Map, or the writing of its results.
type TaskCall struct {
	Execution string // ARN
	Machine   string // name of the state machine
	State     string // name; "" for items and results
	Resource  asl.Resource
	Arguments value.Value
	Attempt   int    // of the visit of the state, from 1
	Key       string // no other call has it; the same call, made again after a restart, has it, too
}

// An Answer is how a call ends: Return, or Throw if it is not nil, or a timeout; after a
// Delay on the emulator's clock. Of a state that waits for a job or a task token, it is the
// outcome of that. The answer for the items of a distributed Map is their array.
type Answer = mock.Answer

// An Outcome is what a call returns, or the error that it throws.
type Outcome = mock.Outcome

// Returns is the answer of a call that succeeds, with a result in JSON. It panics if the
// text is not JSON.
func Returns(json string) Answer { return Answer{Outcome: Outcome{Return: value.MustParse(json)}} }

// Throws is the answer of a call that fails with an error.
func Throws(name, cause string) Answer {
	return Answer{Outcome: Outcome{Throw: &asl.Error{Name: name, Cause: cause}}}
}

// TimesOut is the answer of a call that fails with States.Timeout.
func TimesOut() Answer { return Answer{Timeout: true} }

// WithMock answers the calls of the Task states of a name, in branches and iterations, too.
// One answer is for all calls. Of several, each is for one call of an execution, retries
// counted, in their order; a call that none is left for fails with States.Runtime. Given
// again for a state, it adds answers.
//
//	emulator.WithMock("Charge", emulator.Throws("Busy", "later"), emulator.Returns(`{"paid": true}`))
func WithMock(state string, answers ...Answer) Option {
	return func(s *settings) {
		if s.mocked == nil {
			s.mocked = make(map[string][]Answer)
		}
		s.mocked[state] = append(s.mocked[state], answers...)
	}
}

// stateAnswers answers calls by their state.
type stateAnswers struct {
	of        map[string][]Answer
	otherwise func(TaskCall) (Answer, bool) // nil: nothing

	mu    sync.Mutex
	taken map[stateOf]int
}

// A stateOf is a state of an execution.
type stateOf struct{ execution, state string }

func (a *stateAnswers) answer(c TaskCall) (Answer, bool) {
	answers, mocked := a.of[c.State]
	switch {
	case mocked && c.State != "":
	case a.otherwise != nil:
		return a.otherwise(c)
	default:
		return Answer{}, false
	}
	if len(answers) == 1 {
		return answers[0], true
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	n := a.taken[stateOf{c.Execution, c.State}]
	if n >= len(answers) {
		return Throws(asl.ErrRuntime, fmt.Sprintf("the mock of the state %q has %d answers, and this is call %d", c.State, len(answers), n+1)), true
	}
	a.taken[stateOf{c.Execution, c.State}] = n + 1
	return answers[n], true
}

// WithAnswers asks a function for the answers to all calls of tasks before anything else
// does but faults and [WithMock]. Those for which ok is false are made. Activities need not exist then.
// It is called by several goroutines at a time unless calls are made in order
// ([WithCallsInOrder]).
func WithAnswers(answer func(TaskCall) (a Answer, ok bool)) Option {
	return func(s *settings) { s.answers = answer }
}

// WithCallsInOrder makes calls of tasks one after the other, in the order in which the
// execution asks for them, so that with a seed and a virtual clock every run has the same
// history, with Parallel and Map states, too. It is for calls that are answered at once:
// one that waits for the outcome of another one would wait for ever.
func WithCallsInOrder() Option { return func(s *settings) { s.inOrder = true } }

// WithProbe lets a probe see each execution from inside: which Choice rule holds, which
// Catcher takes a failure, the data on its way. The function is called when an execution
// begins and returns its probe, or nil.
func WithProbe(probe func(execution *machine.Start) machine.Probe) Option {
	return func(s *settings) { s.probe = probe }
}

// callOf is what a user sees of a call.
func callOf(c *task.Call) TaskCall {
	return TaskCall{
		Execution: c.Execution, Machine: mock.MachineName(c.Machine), State: c.State, Resource: c.Resource, Arguments: c.Input, Attempt: c.Attempt + 1, Key: c.Key(),
	}
}
