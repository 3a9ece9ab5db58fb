package engine

import (
	"context"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/value"
)

func init() {
	definitions["retried task"] = `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f",
		"Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 3600, "MaxAttempts": 1}], "End": true}}}`
}

// What sleeps goes on at once, one after the other, also when it has left memory.
func TestSkipSleep(t *testing.T) {
	calls := 0
	b := newBench(t, Config{EvictAfter: time.Minute, Tasks: runner(func(context.Context, *task.Call) (value.Value, error) {
		if calls++; calls == 1 {
			return value.Value{}, &asl.Error{Name: "Once"}
		}
		return value.True, nil
	})})
	retried, waits := b.start("retried task", "retried"), b.start("two waits", "waits")
	settle := func() {
		t.Helper()
		if err := b.Settle(b.ctx); err != nil {
			t.Fatal(err)
		}
	}
	settle()
	b.evictAll()
	for _, arn := range []string{retried, waits, waits} {
		if err := b.SkipSleep(b.ctx, arn, 0); err != nil {
			t.Fatalf("%s: %v", arn, err)
		}
		settle()
	}
	for _, arn := range []string{retried, waits} {
		if v := b.wantStatus(arn, machine.Succeeded); v.Stopped != v.Started {
			t.Errorf("%s took %d ms", arn, v.Stopped-v.Started)
		}
		if err := b.SkipSleep(b.ctx, arn, 0); err != ErrNotFound {
			t.Errorf("of one that has ended: %v, want %v", err, ErrNotFound)
		}
	}
	offered := b.start("activity", "offered")
	settle()
	if err := b.SkipSleep(b.ctx, offered, 0); err != ErrNotSleeping {
		t.Errorf("of a task: %v, want %v; its timeout is no sleep", err, ErrNotSleeping)
	}
	if _, err := b.Stop(b.ctx, offered, nil); err != nil {
		t.Fatal(err)
	}
	b.wantEmpty()
}

// The task of a token is taken for its worker, and not the one that was offered first.
func TestTakeOffered(t *testing.T) {
	b := newBench(t, Config{EvictAfter: time.Minute})
	first, second := request("activity", "first", "{}"), request("activity", "second", "{}")
	for _, r := range []Request{first, second} {
		if _, err := b.Start(b.ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Settle(b.ctx); err != nil {
		t.Fatal(err)
	}
	token, start := "", (*machine.Start)(nil)
	err := b.Records(second.Start.ARN, func(r Record) bool {
		if r.Event.Type == machine.ExecutionStarted {
			start = r.Event.Start
		}
		if r.Event.Type == machine.TaskScheduled {
			token = start.TaskToken(r.Event.Frame, r.Number)
		}
		return true
	})
	if err != nil || token == "" {
		t.Fatalf("token %q, %v", token, err)
	}
	b.evictAll()
	for range 2 { // the second time it is taken already
		if err := b.TakeOffered(b.ctx, token, "w"); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Succeed(b.ctx, token, value.True); err != nil {
		t.Fatal(err)
	}
	b.wantStatus(second.Start.ARN, machine.Succeeded)
	if err := b.TakeOffered(b.ctx, token, "w"); err != ErrStale {
		t.Errorf("of one that has ended: %v, want %v", err, ErrStale)
	}
	if err := b.TakeOffered(b.ctx, "none", "w"); err != ErrUnknownToken {
		t.Errorf("of no token: %v, want %v", err, ErrUnknownToken)
	}
	other, _, err := b.TakeActivity(b.ctx, activityARN, "w")
	if parsed, _ := machine.ParseTaskToken(other); err != nil || parsed.Execution != first.Start.ARN {
		t.Errorf("a worker gets the task of %s, %v", parsed.Execution, err)
	}
	if err := b.Succeed(b.ctx, other, value.True); err != nil {
		t.Fatal(err)
	}
	b.wantEmpty()
}

// Beginnings and redrives are told once, with what they are of.
func TestBegan(t *testing.T) {
	type begun struct {
		name     string
		redrives int
	}
	var told []begun
	b := newBench(t, Config{Began: func(start *machine.Start, started int64, redrives int, redriven int64) {
		if started == 0 || redrives > 0 != (redriven > 0) {
			t.Errorf("%s: started %d, %d redrives, the last at %d", start.Name, started, redrives, redriven)
		}
		told = append(told, begun{start.Name, redrives})
	}})
	b.wantStatus(b.start("pass", "p"), machine.Succeeded)
	arn := b.start("wait", "w")
	if _, err := b.Stop(b.ctx, arn, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Redrive(b.ctx, arn, ""); err != nil {
		t.Fatal(err)
	}
	if err := b.Advance(b.ctx, time.Hour); err != nil {
		t.Fatal(err)
	}
	b.wantStatus(arn, machine.Succeeded)
	if want := []begun{{"p", 0}, {"w", 0}, {"w", 1}}; len(told) != 3 || told[0] != want[0] || told[1] != want[1] || told[2] != want[2] {
		t.Errorf("told of %v, want %v", told, want)
	}
}
