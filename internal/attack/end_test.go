package main

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/aslocal/aslocal/asl"
)

// What is the execution's own does not make two of a kind differ.
func TestPlainer(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"name", `{"n": "pass.1-2", "m": "pass.1-20"}`, `{"n": "<name>", "m": "<name>0"}`},
		{"times", "2026-11-28T21:16:02.263Z 1795900562.264 1795900562264 Sat, 28 Nov 2026 21:16:02 GMT", "<> <> <> <>"},
		{"ids", "8d455c91-e124-4a06-b281-a40ffc98c906 Root=1-6b0b4568-cf831dc44aa973dd87ab460c;Sampled=0", "<> <>;Sampled=0"},
		{"ARNs", `"arn:aws:states:us-east-1:123456789012:execution:m:x", "arn:aws:states:us-east-1:123456789012:stateMachine:m"`,
			`"<>", "arn:aws:states:us-east-1:123456789012:stateMachine:m"`},
		{"lengths", `{\"Content-Length\":[\"144\"]}`, `{\"<>\"]}`},
		{"tokens", "token " + strings.Repeat("aB3+", 20) + "== end", "token <> end"},
		{"data", `{"n": 42, "total": 1700, "word": "Wednesday"}`, `{"n": 42, "total": 1700, "word": "Wednesday"}`},
	} {
		if got := plainer("pass.1-2")(c.text); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestDisorder(t *testing.T) {
	history := func(list ...types.HistoryEventType) []types.HistoryEvent {
		events := make([]types.HistoryEvent, len(list))
		for i, kind := range list {
			events[i] = types.HistoryEvent{Id: int64(i + 1), PreviousEventId: int64(i), Type: kind, Timestamp: aws.Time(time.UnixMilli(int64(i)))}
		}
		return events
	}
	const (
		started   = types.HistoryEventTypeExecutionStarted
		entered   = types.HistoryEventTypePassStateEntered
		ended     = types.HistoryEventTypeExecutionSucceeded
		broken    = types.HistoryEventTypeExecutionFailed
		again     = types.HistoryEventTypeExecutionRedriven
		cancelled = types.HistoryEventTypeExecutionAborted
	)
	gap, old, loop := history(started, entered, ended), history(started, entered, ended), history(started, entered, ended)
	gap[1].Id = 4
	old[2].Timestamp = aws.Time(time.UnixMilli(-5))
	loop[1].PreviousEventId = 2
	for _, c := range []struct {
		name   string
		status types.ExecutionStatus
		events []types.HistoryEvent
		want   string // a part of it
	}{
		{"in order", succeeded, history(started, entered, ended), ""},
		{"redriven", succeeded, history(started, entered, broken, again, ended), ""},
		{"nothing", succeeded, nil, "does not begin"},
		{"another end", failed, history(started, entered, ended), "its last event ExecutionSucceeded"},
		{"two ends", aborted, history(started, entered, ended, cancelled), "[ExecutionSucceeded ExecutionAborted]"},
		{"no end", succeeded, history(started, entered), "its terminal events are []"},
		{"a gap", succeeded, gap, "has the id 4"},
		{"out of time", succeeded, old, "older than"},
		{"its own cause", succeeded, loop, "event 2 follows 2"},
	} {
		if got := disorder(c.status, c.events); c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q in it", c.name, got, c.want)
		}
	}
}

// Branches run in any order; what happens in them is the same.
func TestHistoryText(t *testing.T) {
	a := types.HistoryEvent{Id: 1, Type: types.HistoryEventTypePassStateEntered, StateEnteredEventDetails: &types.StateEnteredEventDetails{Name: aws.String("A")}}
	b := types.HistoryEvent{Id: 2, Type: types.HistoryEventTypePassStateEntered, StateEnteredEventDetails: &types.StateEnteredEventDetails{Name: aws.String("B")}}
	one, other := []types.HistoryEvent{a, b}, []types.HistoryEvent{b, a}
	if historyText(one, anyOrder) != historyText(other, anyOrder) {
		t.Error("in any order they are the same")
	}
	if historyText(one, inOrder) == historyText(other, inOrder) {
		t.Error("in order they are not the same")
	}
	changed := b
	changed.StateEnteredEventDetails = &types.StateEnteredEventDetails{Name: aws.String("B"), Input: aws.String("{}")}
	if historyText(one, anyOrder) == historyText([]types.HistoryEvent{a, changed}, anyOrder) {
		t.Error("another input is another history")
	}
}

func TestDifference(t *testing.T) {
	want := end{status: succeeded, output: strings.Repeat("x", 1000) + "1", history: "h"}
	if d := want.difference(want); d != "" {
		t.Errorf("an end differs from itself: %s", d)
	}
	got := want
	got.output = strings.Repeat("x", 1000) + "2"
	if d := got.difference(want); !strings.HasPrefix(d, "output, from byte 880 on") || !strings.Contains(d, "xx2\n") {
		t.Errorf("got %s", d)
	}
}

// Every kind has a machine, every machine is valid.
func TestDefinitions(t *testing.T) {
	texts, err := definitions()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range kinds {
		if texts[k.name] == "" {
			t.Errorf("%s has no machine", k.name)
		}
		if k.children != "" && texts[k.children] == "" {
			t.Errorf("%s starts %s, which has no machine", k.name, k.children)
		}
		if got := kindOf(k.name + ".1-2"); got == nil || got.name != k.name {
			t.Errorf("kindOf %s.1-2: %v", k.name, got)
		}
	}
	for name, text := range texts {
		if definition, found := asl.Parse(text); found.HasErrors() {
			t.Errorf("%s: %v", name, found.Errors())
		} else if found := asl.Validate(definition, asl.Options{}); found.HasErrors() {
			t.Errorf("%s: %v", name, found.Errors())
		}
	}
}
