package machine

import (
	"fmt"
	"slices"
	"testing"

	"github.com/aslocal/aslocal/value"
)

const counted = `{"StartAt": "Each", "States": {"Each": {"Type": "Map", "MaxConcurrency": 2, "ItemProcessor": {"StartAt": "Do", "States": {
	"Do": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {"QueueUrl": "u", "MessageBody": "m"},
		"Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 1}], "Next": "Other"},
	"Other": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "End": true}}}, "End": true}}}`

// Tasks of a test case know how many of their state were scheduled before, also
// those of executions that are rebuilt from their journal or from a snapshot at
// any point.
func TestInvocationsOfATestCase(t *testing.T) {
	program := compileText(t, counted)
	invocations := func(testCase string, rebuild func(*Execution, []Event) *Execution) (asked []string) {
		t.Helper()
		start := testStart
		start.TestCase = testCase
		d := newDrive(t, program)
		d.answer = func(task *Task) (value.Value, *Failure) {
			asked = append(asked, fmt.Sprint(task.State, task.Invocation))
			if task.State == "Do" && task.Invocation%2 == 0 && testCase != "" {
				return value.Value{}, NewFailure("Busy", "")
			}
			return value.OfInt(int64(task.Invocation)), nil
		}
		d.take(Stimulus{Kind: Begin, Start: &start, Output: value.MustParse("[1, 2, 3]")})
		for len(d.todo) > 0 && d.x.Status() == Running {
			d.x = rebuild(d.x, d.events)
			d.todo = d.x.Pending()
			d.step()
		}
		if d.x.Status() != Succeeded {
			t.Fatalf("%q: status %v", testCase, d.x.Status())
		}
		slices.Sort(asked)
		return asked
	}
	kept := func(x *Execution, _ []Event) *Execution { return x }
	want := []string{"Do0", "Do1", "Do2", "Do3", "Do4", "Do5", "Other0", "Other1", "Other2"}
	for name, rebuild := range map[string]func(*Execution, []Event) *Execution{
		"as it is": kept,
		"from its journal": func(_ *Execution, events []Event) *Execution {
			read, err := ReadEvents(nil, AppendEvents(nil, events))
			if err != nil {
				t.Fatal(err)
			}
			return Replay(program, each(read))
		},
		"from a snapshot": func(x *Execution, _ []Event) *Execution {
			restored, err := Restore(program, x.Snapshot())
			if err != nil {
				t.Fatal(err)
			}
			return restored
		},
	} {
		if got := invocations("case", rebuild); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	if got, want := invocations("", kept), []string{"Do0", "Do0", "Do0", "Other0", "Other0", "Other0"}; !slices.Equal(got, want) {
		t.Errorf("without a test case: got %v, want %v", got, want)
	}
}
