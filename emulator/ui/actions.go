package ui

import (
	"context"
	"net/http"
	"time"

	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/value"
)

// This file does what the user of a page asks for.

// start begins an execution.
func (u *UI) start(ctx context.Context, in *Start) (*Started, error) {
	if in.Machine == "" {
		return nil, refuse("machine: expected the ARN of a state machine")
	}
	machine := in.Machine
	if in.TestCase != "" {
		machine += "#" + in.TestCase
	}
	out := &Started{Machine: in.Machine}
	call := value.OfMembers("stateMachineArn", value.OfString(machine))
	if in.Name != "" {
		call = call.With("name", value.OfString(in.Name))
	}
	if in.Input != "" {
		call = call.With("input", value.OfString(in.Input))
	}
	m, err := u.api.Call(ctx, "DescribeStateMachine", value.OfMembers("stateMachineArn", value.OfString(in.Machine), "includedData", value.OfString("METADATA_ONLY")))
	if err != nil {
		return nil, err
	}
	action := "StartExecution"
	if out.Express = m.Get("type").Text() == "EXPRESS"; out.Express {
		action = "StartSyncExecution"
	}
	x, err := u.api.Call(ctx, action, call)
	if err != nil {
		return nil, err
	}
	out.ARN = x.Get("executionArn").Text()
	out.Status, out.Output, out.Error, out.Cause = x.Get("status").Text(), x.Get("output").Text(), x.Get("error").Text(), x.Get("cause").Text()
	u.hub.touch(topicPending)
	return out, nil
}

// rerun begins an execution like another one.
func (u *UI) rerun(ctx context.Context, in *Rerun) (*Started, error) {
	x, err := u.api.Call(ctx, "DescribeExecution", value.OfMembers("executionArn", value.OfString(in.ARN)))
	if err != nil {
		return nil, err
	}
	row, input := rowOf(x), x.Get("input").Text()
	if in.Input != nil {
		input = *in.Input
	}
	if row.MapRun != "" {
		return nil, refuse("a child of a Map Run cannot run by itself; redrive the execution that has the Map Run")
	}
	switch in.Definition {
	case "", "then", "now":
	default:
		return nil, refuse(`definition: expected "then", "now" or "", got %q`, in.Definition)
	}
	now := in.Definition == "now" || in.Definition == "" && in.From == nil
	before := int64(0)
	if in.From != nil {
		if before, err = u.rerunFrom(ctx, in.ARN, *in.From, now, row.Machine); err != nil {
			return nil, err
		}
	}
	arn, err := u.own.Rerun(ctx, in.ARN, in.Name, input, before, now)
	if err != nil {
		return nil, err
	}
	u.hub.touch(topicPending)
	return &Started{ARN: arn, Machine: row.Machine}, nil
}

// rerunFrom is the event that a visit begins with, from which on an execution runs again, with
// the definition that it ran, or the one that its state machine has now.
func (u *UI) rerunFrom(ctx context.Context, arn string, visit int, now bool, machine string) (before int64, err error) {
	b, err := u.book(ctx, arn, nil, nil)
	if err != nil {
		return 0, err
	}
	visits := b.builder.Visits()
	switch {
	case visit < 0 || visit >= len(visits):
		return 0, refuse("from: the execution has %d visits, counted from 0; got %d", len(visits), visit)
	case len(visits[visit].Path) > 0:
		return 0, refuse("from: expected a state that is in no branch or iteration; choose the Parallel or Map state around it")
	}
	if now {
		m, err := u.api.Call(ctx, "DescribeStateMachine", value.OfMembers("stateMachineArn", value.OfString(machine)))
		if err != nil {
			return 0, err
		}
		if d := parsed(m.Get("definition").Text()); d == nil || d.State(visits[visit].State) == nil {
			return 0, refuse("from: the definition as it is now has no state named %q", visits[visit].State)
		}
	}
	before = b.firstOf(&visits[visit])
	for i := range visits {
		if v := &visits[i]; v.MapRun != "" && v.LeftID > 0 && v.LeftID < before {
			return 0, refuse("from: the children of the Map Run in %q would run again; start from that state, or from one before it", v.State)
		}
	}
	return before, nil
}

func (u *UI) stop(ctx context.Context, in *Stop) (*Done, error) {
	call := value.OfMembers("executionArn", value.OfString(in.ARN))
	if in.Error != "" {
		call = call.With("error", value.OfString(in.Error))
	}
	if in.Cause != "" {
		call = call.With("cause", value.OfString(in.Cause))
	}
	_, err := u.api.Call(ctx, "StopExecution", call)
	u.hub.touch(topicPending)
	return &Done{}, err
}

func (u *UI) redrive(ctx context.Context, in *Target) (*Done, error) {
	_, err := u.api.Call(ctx, "RedriveExecution", value.OfMembers("executionArn", value.OfString(in.ARN)))
	return &Done{}, err
}

func (u *UI) pause(_ context.Context, in *Target) (*Done, error) {
	err := u.own.Pause(in.ARN)
	return &Done{}, err
}

func (u *UI) resume(_ context.Context, in *Target) (*Done, error) {
	err := u.own.Resume(in.ARN)
	return &Done{}, err
}

// skipWait ends a Wait, or the pause before a retry.
func (u *UI) skipWait(ctx context.Context, in *SkipWait) (*Done, error) {
	b, err := u.book(ctx, in.ARN, nil, nil)
	if err != nil {
		return nil, err
	}
	if in.Visit < 0 || in.Visit >= len(b.frames) {
		return nil, refuse("visit: the execution has %d visits, counted from 0; got %d", len(b.frames), in.Visit)
	}
	if b.builder.Visits()[in.Visit].Outcome != timeline.Open {
		return nil, Refused(http.StatusConflict, "the state does not wait: it was left")
	}
	if u.own.Paused(in.ARN) {
		return nil, Refused(http.StatusConflict, "the execution is paused; resume it first")
	}
	return &Done{}, u.own.SkipSleep(ctx, in.ARN, b.frames[in.Visit])
}

// maxAdvance is by how much a clock is moved at most: a year.
const maxAdvance = 366 * 24 * int64(time.Hour/time.Millisecond)

func (u *UI) advance(ctx context.Context, in *Advance) (*Done, error) {
	if in.Milliseconds <= 0 || in.Milliseconds > maxAdvance {
		return nil, refuse("milliseconds: expected 1 to %d, got %d", maxAdvance, in.Milliseconds)
	}
	if !u.own.Facts().Virtual {
		return nil, Refused(http.StatusConflict, "the clock of this server is that of the system, which nobody can advance")
	}
	return &Done{}, u.own.Advance(ctx, time.Duration(in.Milliseconds)*time.Millisecond)
}

// answer ends a task with an output: a held one by its id, others by their token.
func (u *UI) answer(ctx context.Context, in *Answer) (*Done, error) {
	defer u.hub.touch(topicPending)
	if u.isHeld(in.ID) {
		return &Done{}, u.own.AnswerHeld(ctx, in.ID, in.Output)
	}
	if _, err := value.Parse(in.Output); err != nil {
		return nil, refuse("output: expected JSON: %v", err)
	}
	if err := u.own.TakeOffered(ctx, in.ID); err != nil {
		return nil, err
	}
	_, err := u.api.Call(ctx, "SendTaskSuccess", value.OfMembers("taskToken", value.OfString(in.ID), "output", value.OfString(in.Output)))
	return &Done{}, err
}

// fail ends a task with an error.
func (u *UI) fail(ctx context.Context, in *Fail) (*Done, error) {
	defer u.hub.touch(topicPending)
	if u.isHeld(in.ID) {
		return &Done{}, u.own.FailHeld(ctx, in.ID, in.Error, in.Cause)
	}
	if err := u.own.TakeOffered(ctx, in.ID); err != nil {
		return nil, err
	}
	call := value.OfMembers("taskToken", value.OfString(in.ID))
	if in.Error != "" {
		call = call.With("error", value.OfString(in.Error))
	}
	if in.Cause != "" {
		call = call.With("cause", value.OfString(in.Cause))
	}
	_, err := u.api.Call(ctx, "SendTaskFailure", call)
	return &Done{}, err
}

func (u *UI) isHeld(id string) bool {
	for _, t := range u.own.Held() {
		if t.ID == id {
			return true
		}
	}
	return false
}

// demo creates a demo and runs it.
func (u *UI) demo(ctx context.Context, in *Demo) (*Started, error) {
	machine, input, err := u.own.Demo(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	u.hub.touch(topicMachines)
	return u.start(ctx, &Start{Machine: machine, Input: input})
}
