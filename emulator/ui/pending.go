package ui

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/value"
)

// This file finds the tasks that wait for somebody: for the answer to a token, for the
// worker of an activity, or, since nothing is set up for them, for a person. The server
// keeps only the last kind. The others are looked for in the histories of the executions
// that run, of state machines that have such tasks.

// How much is looked at for one list, and how long it is good for.
const (
	maxPendingExecutions = 1000
	maxPendingRecords    = 200_000
	maxPendingTasks      = 500
	pendingAge           = 500 * time.Millisecond
)

// A pendingCache keeps the last list, for pages that ask at the same time.
type pendingCache struct {
	mu    sync.Mutex
	at    time.Time
	took  time.Duration
	tasks []PendingTask
}

// pendingTasks lists what waits.
func (u *UI) pendingTasks(ctx context.Context, _ *query) (*Pending, error) {
	tasks, err := u.waiting(ctx)
	if err != nil {
		return nil, err
	}
	out := &Pending{Tasks: tasks, More: len(tasks) == maxPendingTasks, Activities: []Activity{}}
	err = u.pages(ctx, "ListActivities", value.OfMembers("maxResults", value.OfInt(1000)), "activities", func(a value.Value) bool {
		one := Activity{ARN: a.Get("activityArn").Text(), Name: a.Get("name").Text(), Created: unix(a.Get("creationDate"))}
		for _, t := range tasks {
			if t.Resource == one.ARN {
				one.Waiting++
			}
		}
		out.Activities = append(out.Activities, one)
		return len(out.Activities) < maxMachines
	})
	return out, err
}

// waiting lists the tasks that wait, the oldest first.
func (u *UI) waiting(ctx context.Context) ([]PendingTask, error) {
	u.pending.mu.Lock()
	defer u.pending.mu.Unlock()
	// Where much is to be looked at, it is looked at less often.
	if time.Since(u.pending.at) < max(pendingAge, 10*u.pending.took) && u.hub.touched(topicPending) <= u.pending.at.UnixNano() {
		return u.pending.tasks, nil
	}
	at := time.Now()
	tasks, err := u.findWaiting(ctx)
	if err != nil {
		return nil, err
	}
	u.pending.at, u.pending.took, u.pending.tasks = at, time.Since(at), tasks
	return tasks, nil
}

func (u *UI) findWaiting(ctx context.Context) ([]PendingTask, error) {
	tasks := append([]PendingTask{}, u.own.Held()...)
	held := make(map[string]bool)
	for i := range tasks {
		tasks[i].Kind, tasks[i].Visit = "held", -1
		held[tasks[i].Token] = true
	}
	definitions := make(map[string]*asl.Definition) // by state machine; nil: has no such task
	looked, records := 0, 0
	for before := int64(0); looked < maxPendingExecutions && records < maxPendingRecords; {
		rows, next, err := u.own.Executions("RUNNING", before, maxPage)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			found, n, err := u.waitingOf(ctx, row, definitions)
			if err != nil {
				return nil, err
			}
			records += n
			for _, t := range found {
				if !held[t.Token] {
					tasks = append(tasks, t)
				}
			}
		}
		looked += len(rows)
		if before = next; next == 0 {
			break
		}
	}
	slices.SortStableFunc(tasks, func(a, b PendingTask) int { return cmp.Compare(a.Since, b.Since) })
	return tasks[:min(len(tasks), maxPendingTasks)], nil
}

// waitingOf finds the tasks of an execution that wait, and says how many records it has
// looked at.
func (u *UI) waitingOf(ctx context.Context, row Row, definitions map[string]*asl.Definition) (tasks []PendingTask, records int, err error) {
	definition, known := definitions[row.Machine]
	if !known {
		m, err := u.api.Call(ctx, "DescribeStateMachineForExecution", value.OfMembers("executionArn", value.OfString(row.ARN)))
		if err != nil {
			return nil, 0, goneMeanwhile(err)
		}
		if text := m.Get("definition").Text(); strings.Contains(text, ".waitForTaskToken") || strings.Contains(text, ":activity:") {
			definition = parsed(text)
		}
		definitions[row.Machine] = definition
	}
	if definition == nil {
		return nil, 0, nil
	}
	start, _, err := u.own.Start(row.ARN)
	if err != nil {
		return nil, 0, err
	}
	b := &book{definition: definition}
	tokens := make(map[int]string) // by visit
	err = u.own.Records(row.ARN, func(number int64, e *machine.Event) bool {
		visit, _, _ := b.add(e)
		if e.Type == machine.TaskScheduled && visit >= 0 {
			tokens[visit] = start.TaskToken(e.Frame, number)
		}
		records++
		return ctx.Err() == nil
	})
	if err != nil {
		return nil, records, err
	}
	for n, token := range tokens {
		if t, ok := b.waitingTask(n); ok {
			t.ID, t.Execution, t.Machine, t.Token = token, row.ARN, row.Machine, token
			tasks = append(tasks, t)
		}
	}
	return tasks, records, ctx.Err()
}

// waitingTask describes the task of a visit; false if it does not wait.
func (b *book) waitingTask(n int) (PendingTask, bool) {
	v := &b.builder.Visits()[n]
	if v.Outcome != timeline.Open || len(v.Attempts) == 0 {
		return PendingTask{}, false
	}
	a := &v.Attempts[len(v.Attempts)-1]
	t := PendingTask{Kind: "token", State: v.State, Visit: n, Resource: v.Resource.Text, Input: text(a.Input), Since: a.Scheduled, Worker: a.Worker}
	switch {
	case a.Ended != 0:
		return t, false
	case v.Resource.Kind == asl.Activity:
		t.Kind = "activity"
		return t, true
	}
	return t, v.Resource.Pattern == asl.WaitForTaskToken
}
