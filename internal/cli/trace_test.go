package cli

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

const traced = `{"StartAt": "Pay", "States": {
	"Pay": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pay", "ResultPath": null, "Next": "Ship",
		"Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 2}]},
	"Ship": {"Type": "Map", "ItemsPath": "$.items", "MaxConcurrency": 1, "ResultPath": null, "Next": "Tell",
		"Catch": [{"ErrorEquals": ["Lost"], "ResultPath": null, "Next": "Tell"}],
		"ItemProcessor": {"StartAt": "Which", "States": {
			"Which": {"Type": "Choice", "Default": "Both", "Choices": [{"Variable": "$", "NumericEquals": 3, "Next": "Lose"}]},
			"Both": {"Type": "Parallel", "End": true, "Branches": [
				{"StartAt": "Left", "States": {"Left": {"Type": "Pass", "Next": "Rest"}, "Rest": {"Type": "Wait", "Seconds": 1, "End": true}}},
				{"StartAt": "Right", "States": {"Right": {"Type": "Pass", "End": true}}}]},
			"Lose": {"Type": "Fail", "Error": "Lost", "Cause": "somewhere"}}}},
	"Tell": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "tell"}, "End": true,
		"Retry": [{"ErrorEquals": ["Busy"], "MaxAttempts": 0}]}}}`

const tracedLines = `
    0.000  ● Pay                           ✕  Busy: no hurry
    2.000  ● Pay                           ✓     2s  pay attempt 2
    2.000  ⧉ Ship                            3 items
    2.000  │ 0 ◆ Which                     → Both
    2.000  │ 0 ║ Both
    2.000  │ 0 │ 0 ○ Left                  ✓    0ms
    2.000  │ 0 │ 1 ○ Right                 ✓    0ms
    3.000  │ 0 │ 0 ◷ Rest                  ✓     1s
    3.000  │ 0 ║ Both                      ✓     1s
    3.000  │ 1 ◆ Which                     → Both
    3.000  │ 1 ║ Both
    3.000  │ 1 │ 0 ○ Left                  ✓    0ms
    3.000  │ 1 │ 1 ○ Right                 ✓    0ms
    4.000  │ 1 │ 0 ◷ Rest                  ✓     1s
    4.000  │ 1 ║ Both                      ✓     1s
    4.000  │ 2 ◆ Which                     → Lose
    4.000  │ 2 ◉ Lose                      ✕
    4.000  ⧉ Ship                          ✕
    4.000  ⧉ Ship                          ↪ caught
    4.000  ● Tell                          ✕  Broken: for good
✕ FAILED in 4s, 51 events
`

func TestTrace(t *testing.T) {
	events := tracedEvents(t, traced)
	if got := traceOf(events); got != tracedLines[1:] {
		t.Errorf("got\n%s\nwant\n%s", got, tracedLines[1:])
	}
}

// A history with holes is shown as well as can be.
func TestTraceOfAHistoryWithHoles(t *testing.T) {
	events := tracedEvents(t, traced)
	for i := range events {
		holed := append(append([]emulator.Event(nil), events[:i]...), events[i+1:]...)
		if got := traceOf(holed); strings.Count(got, "\n") < 10 {
			t.Errorf("without event %d there are only\n%s", events[i].ID, got)
		}
		traceOf(events[i:])
	}
}

func traceOf(events []emulator.Event) string {
	var b bytes.Buffer
	tr := &trace{terminal: terminal{w: &b, wide: true}, choice: -1}
	for _, e := range events {
		tr.event(e.Record)
	}
	return b.String()
}

// A Parallel state that is retried says so, and how many attempts it took.
func TestTraceOfARetriedParallel(t *testing.T) {
	const definition = `{"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "End": true, "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 2}], "Branches": [
		{"StartAt": "Pay", "States": {"Pay": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pay", "End": true}}}]}}}`
	const want = `
    0.000  ║ Both
    0.000  │ 0 ● Pay                       ✕  Busy: no hurry
    0.000  ║ Both                          ✕  to be retried
    2.000  ║ Both
    2.000  │ 0 ● Pay                       ✓    0ms  pay
    2.000  ║ Both                          ✓     2s  attempt 2
✓ SUCCEEDED in 2s, 17 events
`
	if got := traceOf(tracedEvents(t, definition)); got != want[1:] {
		t.Errorf("got\n%s\nwant\n%s", got, want[1:])
	}
}

// tracedEvents are the events of a run in virtual time.
func tracedEvents(t *testing.T, definition string) (events []emulator.Event) {
	t.Helper()
	calls := 0
	fail := func(name, cause string) func(context.Context, value.Value) (value.Value, error) {
		return func(context.Context, value.Value) (value.Value, error) {
			if calls++; calls == 2 {
				return value.EmptyObject, nil
			}
			return value.Value{}, &asl.Error{Name: name, Cause: cause}
		}
	}
	em, err := emulator.New(
		emulator.WithLogger(slog.New(slog.NewTextHandler(io.Discard, nil))), emulator.WithAutoAdvance(time.Unix(0, 0)),
		emulator.WithObserver(func(_ string, e emulator.Event) { events = append(events, e) }),
		emulator.WithTask("pay", fail("Busy", "no\nhurry")), emulator.WithTask("tell", fail("Broken", "for good")))
	if err != nil {
		t.Fatal(err)
	}
	arn, err := em.Register(emulator.Registration{Name: "traced", Definition: definition})
	if err != nil {
		t.Fatal(err)
	}
	x, err := em.Start(t.Context(), arn, `{"items": [1, 2, 3]}`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := em.Wait(t.Context(), x); err != nil {
		t.Fatal(err)
	}
	if err := em.Close(); err != nil { // and with it the last event is there
		t.Fatal(err)
	}
	return events
}
