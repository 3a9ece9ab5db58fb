package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/value"
)

// This file lets tasks be answered by hand: those that nothing is set up for. Such
// a task waits as any other whose answer is slow, so it times out, is stopped and
// is evicted as they are. After a restart its call is tried again, finds nothing
// again, and waits under the same id.

// A PendingTask waits to be answered by hand.
type PendingTask struct {
	ID        string // the same after a restart
	Execution string // ARN
	Machine   string // ARN of the state machine
	State     string
	Resource  string
	Input     value.Value
	TaskToken string // "" if the task has none
	Since     int64  // when it was scheduled, in Unix milliseconds
	Missing   string // what to set so that it would be called
	Function  string // the Lambda function that a URL would be of; or ""
	Service   string // the service that an endpoint would be of, by the name in botocore; or ""
}

// waitForHand lets a job wait whose call nothing can answer; retry makes the call
// again. If the token of the task was answered meanwhile, or before a restart, that
// answer counts.
func (e *Engine) waitForHand(j *job, start *machine.Start, c *machine.Command, missing *task.MissingError, retry func()) {
	call := taskCall(start, c)
	pending := &PendingTask{
		ID: handID(call), Execution: call.Execution, Machine: call.Machine, State: call.State, Resource: call.Resource.Text, Input: call.Input,
		TaskToken: call.TaskToken, Since: e.scheduledAt(start, c.Token), Missing: missing.Failure.Cause, Function: missing.Function, Service: missing.Service,
	}
	e.jobs.endCall(j, nil)
	e.jobs.mu.Lock()
	j.pending, j.retry = pending, retry
	replied := j.replied || c.Task.Replied
	e.jobs.mu.Unlock()
	if replied {
		e.replied(j.execution, j.token)
	}
}

// handID is short, since people type it.
func handID(c *task.Call) string {
	sum := sha256.Sum256([]byte(c.Key()))
	return hex.EncodeToString(sum[:5])
}

// scheduledAt is when the record was written that asks for a task; now, if the
// execution has no journal.
func (e *Engine) scheduledAt(start *machine.Start, token int64) int64 {
	at := e.clock.Now()
	if start.Express {
		return at
	}
	// If the journal cannot be read now, the task waits since now.
	_ = e.readRecords(start.ARN, token, func(number int64, ev *machine.Event) bool {
		if number == token {
			at = ev.At
		}
		return number < token
	})
	return at
}

// PendingTasks returns the tasks that wait to be answered by hand, the oldest
// first.
func (e *Engine) PendingTasks() []PendingTask {
	var tasks []PendingTask
	e.jobs.mu.Lock()
	for _, jobs := range e.jobs.of {
		for _, j := range jobs {
			if j.pending != nil {
				tasks = append(tasks, *j.pending)
			}
		}
	}
	e.jobs.mu.Unlock()
	slices.SortFunc(tasks, func(a, b PendingTask) int {
		if a.Since != b.Since {
			return int(min(max(a.Since-b.Since, -1), 1))
		}
		return strings.Compare(a.ID, b.ID)
	})
	return tasks
}

// AnswerTask ends a pending task with an output or, if it is not nil, a failure,
// and returns when that is durable. ErrNotFound says that no task of that id
// waits, ErrStale that its execution has gone on meanwhile.
func (e *Engine) AnswerTask(ctx context.Context, id string, output value.Value, failure *machine.Failure) error {
	j := e.jobs.takePending(id)
	if j == nil {
		return ErrNotFound
	}
	e.jobs.endCall(j, &machine.Stimulus{Kind: machine.Answered, Frame: j.frame, Token: j.token, Output: output, Failure: failure, Final: true})
	done := make(chan error, 1)
	e.bringOutcomeFor(j, func(err error) { done <- err })
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-e.root.Done():
		return errClosed
	}
}

// RetryTask makes the call of a pending task again, with what is set up now: the task
// goes on with its outcome, or waits again under the same id. ErrNotFound says that no
// task of that id waits.
func (e *Engine) RetryTask(id string) error {
	j := e.jobs.takePending(id)
	if j == nil {
		return ErrNotFound
	}
	e.jobs.mu.Lock()
	j.calling = true
	retry := j.retry
	e.jobs.mu.Unlock()
	e.goBusy(retry)
	return nil
}

// takePending returns the job of an id that waits to be answered by hand, which
// it does no more; nil if there is none.
func (q *jobs) takePending(id string) *job {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, jobs := range q.of {
		for _, j := range jobs {
			if j.pending != nil && j.pending.ID == id {
				j.pending = nil
				return j
			}
		}
	}
	return nil
}

// replied notes that the token of a task was answered. If its call waits to be
// answered by hand, there is no other answer to wait for.
func (e *Engine) replied(execution, token int64) {
	if j := e.jobs.reply(execution, token); j != nil {
		e.jobs.endCall(j, &machine.Stimulus{Kind: machine.Answered, Frame: j.frame, Token: j.token, Output: value.EmptyObject})
		e.bringOutcome(j)
	}
}

// reply notes that a token was answered. It returns the job that waits to be
// answered by hand with that token, which it does no more; nil if there is none.
func (q *jobs) reply(execution, token int64) *job {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, j := range q.of[execution] {
		if j.token != token || j.watches {
			continue
		}
		j.replied = true
		if j.pending != nil {
			j.pending = nil
			return j
		}
	}
	return nil
}
