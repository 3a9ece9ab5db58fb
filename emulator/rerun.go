package emulator

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/emulator/ui"
	"github.com/aslocal/aslocal/value"
)

// This file lets an execution reuse what another one has got from its tasks, up to an event
// of its history. Which one that is stands in the test case of the execution, so it is the
// same after a restart:
//
//	rerun 17 arn:aws:states:us-east-1:123456789012:execution:order:A-17
//
// One that reuses nothing has 0 there. Behind the ARN, after a #, stands the test case of a mock
// configuration that answers its tasks, if there is one.
//
// The tasks of the new execution get the recorded outcomes instead of being called. The
// n-th task of a state gets what the n-th of that state has got; where the order may be
// another, as in a Parallel or Map state, one with the same input goes before. What was not
// recorded before the event is called.

const rerunPrefix = "rerun "

// rerunOf takes a test case apart; ok is false for one of a mock configuration.
func rerunOf(testCase string) (execution string, before int64, mocks string, ok bool) {
	rest, ok := strings.CutPrefix(testCase, rerunPrefix)
	number, execution, cut := strings.Cut(rest, " ")
	before, err := strconv.ParseInt(number, 10, 64)
	execution, mocks, _ = strings.Cut(execution, "#")
	return execution, before, mocks, ok && cut && err == nil
}

func rerunCase(execution string, before int64, mocks string) string {
	if mocks != "" {
		execution += "#" + mocks
	}
	return fmt.Sprintf("%s%d %s", rerunPrefix, before, execution)
}

// Rerun implements ui.Own.
func (p *pages) Rerun(ctx context.Context, arn, name, input string, before int64, now bool) (string, error) {
	return p.em.rerun(ctx, arn, name, input, before, now)
}

// rerun starts an execution that reuses what the tasks of another one have got up to an
// event: of the definition that the other one runs, or of that which the state machine has
// now. It has the test case of a mock configuration that the other one has.
func (e *Emulator) rerun(ctx context.Context, arn, name, input string, before int64, now bool) (string, error) {
	old, err := e.api.Execution(arn)
	if err != nil {
		return "", err
	}
	mocks := old.Start.TestCase
	if _, _, inner, ok := rerunOf(mocks); ok {
		mocks = inner
	}
	return e.api.Rerun(ctx, arn, name, input, rerunCase(arn, before, mocks), now)
}

// RerunOf implements ui.Own.
func (p *pages) RerunOf(testCase string) (execution, mocks string) {
	if execution, _, mocks, ok := rerunOf(testCase); ok {
		return execution, mocks
	}
	return "", testCase
}

// maxRerunsLooked is how many executions are looked at to find the reruns of one.
const maxRerunsLooked = 2000

// Reruns implements ui.Own.
func (p *pages) Reruns(arn string) ([]ui.Row, error) {
	old, err := p.em.api.Execution(arn)
	if err != nil {
		return nil, err
	}
	found := []ui.Row{}
	for looked, before := 0, int64(0); looked < maxRerunsLooked; {
		page, next, err := p.Executions("", before, 200)
		if err != nil {
			return nil, err
		}
		for _, row := range page {
			if row.Started < old.Started {
				return found, nil // all others are older
			}
			if row.Machine != old.Start.MachineARN {
				continue
			}
			x, err := p.em.api.Execution(row.ARN)
			if err != nil {
				continue // gone meanwhile
			}
			if execution, _, _, ok := rerunOf(x.Start.TestCase); ok && execution == arn {
				found = append(found, row)
			}
		}
		looked += len(page)
		if before = next; next == 0 {
			break
		}
	}
	return found, nil
}

// A rerunner answers the tasks of executions that reuse the results of others, and leaves
// all others to next.
type rerunner struct {
	next    task.Runner
	history *recordedHistory // of WithHistory; nil without it
	records func(execution string, yield func(engine.Record) bool) error

	mu   sync.Mutex
	read map[string]recording // by test case
}

// A recording has the outcomes of tasks, by state, in the order in which they were
// scheduled.
type recording map[string][]recorded

type recorded struct {
	input  value.Value
	output value.Value
	failed *machine.Failure
}

// Run implements task.Runner.
func (r *rerunner) Run(ctx context.Context, c *task.Call) (task.Answer, error) {
	execution, before, mocks, ok := rerunOf(c.TestCase)
	if !ok {
		if found := r.history.find(c); found != nil {
			return found.answer()
		}
		return r.next.Run(ctx, c)
	}
	live := *c
	live.TestCase = mocks
	if before == 0 {
		return r.next.Run(ctx, &live)
	}
	// The children of a Map Run are executions of their own, with tasks of their own.
	if c.Reading != nil || c.Writing != nil || strings.Contains(c.Machine, "/") {
		return r.next.Run(ctx, &live)
	}
	all, err := r.recording(c.TestCase, execution, before)
	if err != nil {
		return task.Answer{}, &asl.Error{Name: asl.ErrRuntime, Cause: err.Error()}
	}
	if found := all.find(c); found != nil {
		return found.answer()
	}
	return r.next.Run(ctx, &live)
}

// answer is the outcome as a Runner gives it.
func (r *recorded) answer() (task.Answer, error) {
	if r.failed != nil {
		return task.Answer{Final: true}, &asl.Error{Name: r.failed.Name.Text(), Cause: r.failed.Cause.Text()}
	}
	return task.Answer{Final: true, Output: r.output}, nil
}

// Watch implements task.Runner. Jobs with a recorded outcome are over when they begin.
func (r *rerunner) Watch(ctx context.Context, c *task.Call, submitted value.Value, done func(value.Value, error)) {
	if _, _, mocks, ok := rerunOf(c.TestCase); ok {
		live := *c
		live.TestCase = mocks
		c = &live
	}
	r.next.Watch(ctx, c, submitted, done)
}

// find returns the outcome of a call, nil if it has none.
func (all recording) find(c *task.Call) *recorded {
	of := all[c.State]
	if c.Invocation >= len(of) {
		return nil
	}
	if value.Equal(of[c.Invocation].input, c.Input) {
		return &of[c.Invocation]
	}
	for i := range of {
		if value.Equal(of[i].input, c.Input) {
			return &of[i]
		}
	}
	return &of[c.Invocation]
}

// maxRecordings is how many recordings are kept.
const maxRecordings = 16

// recording returns what the tasks of an execution have got before an event.
func (r *rerunner) recording(key, execution string, before int64) (recording, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if all := r.read[key]; all != nil {
		return all, nil
	}
	var b timeline.Builder
	err := r.records(execution, func(rec engine.Record) bool {
		b.Add(&rec.Event)
		return rec.Event.ID < before
	})
	if err != nil {
		return nil, fmt.Errorf("the results of %s cannot be read, which this execution reuses: %w", execution, err)
	}
	all := recordingOf(b.Visits(), before)
	if len(r.read) >= maxRecordings || r.read == nil {
		r.read = make(map[string]recording)
	}
	r.read[key] = all
	return all, nil
}

// recordingOf takes the outcomes of tasks out of visits, those in states that were left
// before an event.
func recordingOf(visits []timeline.Visit, before int64) recording {
	all := make(recording)
	for i := range visits {
		v := &visits[i]
		if v.Kind != asl.Task || !leftBefore(visits, v, before) {
			continue
		}
		if v.Outcome == timeline.Succeeded && len(v.Attempts) > 0 { // attempts before the last are not repeated
			last := v.Attempts[len(v.Attempts)-1]
			all[v.State] = append(all[v.State], recorded{input: last.Input, output: last.Output})
			continue
		}
		for _, a := range v.Attempts {
			if a.Scheduled != 0 {
				all[v.State] = append(all[v.State], recorded{a.Input, a.Output, a.Failure})
			}
		}
	}
	return all
}

// leftBefore reports whether the state at the root that a visit is in was left before an
// event.
func leftBefore(visits []timeline.Visit, v *timeline.Visit, before int64) bool {
	for v.In >= 0 {
		v = &visits[v.In]
	}
	return v.LeftID > 0 && v.LeftID < before
}
