package machine

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/value"
)

// driveStepwise runs one of the machines step by step.
func driveStepwise(tb testing.TB, name string, before func(d *drive, frame int32)) *drive {
	tb.Helper()
	d := newDrive(tb, compileText(tb, machines[name].definition))
	d.answer, d.before = brokenAnswer, before
	d.x.Stepwise(true)
	return d.run(machines[name].input)
}

// typesOf are the types of events, without their order, which steps may change
// between branches.
func typesOf(events []Event) (types []Type) {
	for _, e := range events {
		types = append(types, e.Type)
	}
	slices.Sort(types)
	return types
}

// An execution that is run step by step ends as the one that is not, with the
// same events; what a step would do is known before, and the journal rebuilds it
// as it stands at every step.
func TestStepwise(t *testing.T) {
	for name := range machines {
		t.Run(name, func(t *testing.T) {
			whole := driveMachine(t, name, 0)
			var wanted []Event // of the step that was previewed
			previewed := 0
			stepped := driveStepwise(t, name, func(d *drive, frame int32) {
				p, err := d.x.Preview(frame)
				if err != nil {
					t.Fatal(err)
				}
				wanted, previewed = p.Events, len(d.events)
				if rebuilt := Replay(d.x.program, each(d.events)); len(d.x.steps.failures) == 0 && !bytes.Equal(rebuilt.Snapshot(), d.x.Snapshot()) {
					t.Errorf("behind event %d the journal rebuilds another execution", len(d.events))
				}
				if line, ok := d.x.Line(frame); !ok || line.Phase == Waiting && line.Lines == 0 && line.Failure == nil && line.Type != "Map" {
					t.Errorf("the step of frame %d comes next, which stands at %+v", frame, line)
				}
			})
			stepped.before = nil
			if got, want := stepped.x.Status(), whole.x.Status(); got != want {
				t.Errorf("status %v, want %v", got, want)
			}
			if got, want := stepped.x.Output().String(), whole.x.Output().String(); got != want && !strings.Contains(name, "random") && !strings.Contains(machines[name].definition, "UUID") {
				t.Errorf("output %s, want %s", got, want)
			}
			if got, want := typesOf(stepped.events), typesOf(whole.events); !slices.Equal(got, want) && !strings.Contains(name, "random") {
				t.Errorf("events %v, want %v", got, want)
			}
			checkHistory(t, stepped.events)
			if got := stepped.events[previewed:]; len(wanted) > 0 && !sameTypes(got, wanted) {
				t.Errorf("the last step: got %v, previewed %v", typesOf(got), typesOf(wanted))
			}
		})
	}
}

// A preview says what the step then does.
func TestPreview(t *testing.T) {
	for name := range machines {
		t.Run(name, func(t *testing.T) {
			d := newDrive(t, compileText(t, machines[name].definition))
			d.answer = brokenAnswer
			d.x.Stepwise(true)
			var wanted []Event
			from, resumed := 0, false
			check := func() {
				if resumed && !sameTypes(d.events[from:], wanted) {
					t.Fatalf("the step did %v, previewed %v", typesOf(d.events[from:]), typesOf(wanted))
				}
				resumed = false
			}
			d.before = func(d *drive, frame int32) {
				check()
				p, err := d.x.Preview(frame)
				if err != nil {
					t.Fatal(err)
				}
				wanted, from, resumed = p.Events, len(d.events), true
			}
			d.after = check
			d.run(machines[name].input)
		})
	}
}

func sameTypes(a, b []Event) bool {
	return slices.EqualFunc(a, b, func(a, b Event) bool {
		return a.Type == b.Type && a.ID == b.ID && a.State == b.State && a.Doc.String() == b.Doc.String() && a.Next == b.Next
	})
}

// What a debugger changes at the first step at which a state stands in a phase.
func TestOverride(t *testing.T) {
	const definition = `{"StartAt": "A", "States": {
		"A": {"Type": "Pass", "Assign": {"n": 1}, "Next": "T"},
		"T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "ResultPath": "$.r", "Next": "C",
			"Retry": [{"ErrorEquals": ["Again"], "MaxAttempts": 1}], "Catch": [{"ErrorEquals": ["Caught"], "Next": "E"}]},
		"C": {"Type": "Choice", "Choices": [{"Variable": "$n", "NumericEquals": 1, "Next": "S"}, {"Variable": "$n", "NumericEquals": 2, "Next": "E"}]},
		"S": {"Type": "Pass", "Parameters": {"in.$": "$", "n.$": "$n"}, "End": true},
		"E": {"Type": "Pass", "Result": "E", "End": true}}}`
	doc := value.MustParse
	for _, c := range []struct {
		name, state string
		phase       LinePhase
		o           Override
		refused     bool
		want        string // status and output or error
	}{
		{"nothing", "T", Working, Override{}, false, `SUCCEEDED {"in":{"a":1,"r":{"a":1}},"n":1}`},
		{"input of a state that works", "T", Working, Override{Input: doc(`{"b":2}`)}, false, `SUCCEEDED {"in":{"b":2,"r":{"b":2}},"n":1}`},
		{"input of a state that is entered next", "T", Entering, Override{Input: doc(`{"b":2}`)}, false, `SUCCEEDED {"in":{"b":2,"r":{"b":2}},"n":1}`},
		{"result instead of the work", "T", Working, Override{Result: doc(`"x"`)}, false, `SUCCEEDED {"in":{"a":1,"r":"x"},"n":1}`},
		{"result that is there", "T", Finishing, Override{Result: doc(`"x"`)}, false, `SUCCEEDED {"in":{"a":1,"r":"x"},"n":1}`},
		{"failure that nobody takes", "T", Working, Override{Failure: NewFailure("Boom", "it")}, false, `FAILED Boom it`},
		{"failure that is caught", "T", Finishing, Override{Failure: NewFailure("Caught", "it")}, false, `SUCCEEDED "E"`},
		{"failure that is retried", "T", Working, Override{Failure: NewFailure("Again", "it")}, false, `SUCCEEDED {"in":{"a":1,"r":{"a":1}},"n":1}`},
		{"output", "T", Working, Override{Output: doc(`{"o":1}`)}, false, `SUCCEEDED {"in":{"o":1},"n":1}`},
		{"another next state", "T", Working, Override{Next: "S"}, false, `SUCCEEDED {"in":{"a":1},"n":1}`},
		{"another next state, before one is entered", "T", Entering, Override{Next: "E"}, false, `SUCCEEDED "E"`},
		{"before the first state is entered", "A", Entering, Override{Next: "E"}, false, `SUCCEEDED "E"`},
		{"output and next state", "T", Finishing, Override{Output: doc(`5`), Next: "S"}, false, `SUCCEEDED {"in":5,"n":1}`},
		{"variable", "C", Working, Override{Variables: doc(`{"n":2}`)}, false, `SUCCEEDED "E"`},
		{"variable and result", "T", Working, Override{Variables: doc(`{"n":2}`), Result: doc(`1`)}, false, `SUCCEEDED "E"`},
		{"a state that is not there", "T", Working, Override{Next: "X"}, true, ``},
		{"input when the work is done", "T", Finishing, Override{Input: doc(`1`)}, true, ``},
		{"output of a Choice without a next state", "C", Working, Override{Output: doc(`1`)}, true, ``},
		{"a Choice decided by hand", "C", Working, Override{Next: "E"}, false, `SUCCEEDED "E"`},
		{"result before the state is entered", "T", Entering, Override{Result: doc(`1`)}, true, ``},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDrive(t, compileText(t, definition))
			d.x.Stepwise(true)
			done := false
			d.before = func(d *drive, frame int32) {
				line, _ := d.x.Line(frame)
				if done || line.State != c.state || line.Phase != c.phase {
					return
				}
				done = true
				b := d.x.Handle(Stimulus{Kind: Overridden, At: d.now, Frame: frame, Override: &c.o}, 0, nil)
				d.events, d.todo = append(d.events, b.Events...), append(d.todo, b.Commands...)
				if b.Stale != c.refused {
					t.Errorf("refused %v, want %v", b.Stale, c.refused)
				}
				if rebuilt := Replay(d.x.program, each(d.events)); !bytes.Equal(rebuilt.Snapshot(), d.x.Snapshot()) {
					t.Error("the journal rebuilds another execution")
				}
			}
			d.run(`{"a":1}`)
			got := d.x.Status().String() + " " + d.x.Output().String()
			if f := d.x.Failure(); f != nil {
				got = fmt.Sprintf("%v %s %s", d.x.Status(), f.Name.Text(), f.Cause.Text())
			}
			if !done || !c.refused && got != c.want {
				t.Errorf("done %v, got %s, want %s", done, got, c.want)
			}
			decoded, err := ReadEvents(nil, AppendEvents(nil, d.events))
			if err != nil || len(decoded) != len(d.events) {
				t.Errorf("the journal cannot be read: %v", err)
			}
		})
	}
}

// Who takes a failure is known before it is dealt with.
func TestTakerOf(t *testing.T) {
	var seen []string
	driveStepwise(t, "retried and caught", func(d *drive, frame int32) {
		if line, _ := d.x.Line(frame); line.Phase == Failing {
			taker := d.x.TakerOf(frame, line.Failure)
			seen = append(seen, fmt.Sprintf("%s %s retrier %d catcher %d", line.State, line.Failure.Name.Text(), taker.Retrier, taker.Catcher))
		}
	})
	want := []string{"T Broken retrier 1 catcher -1", "T Broken retrier 1 catcher -1", "T Broken retrier -1 catcher 0"}
	if !slices.Equal(seen, want) {
		t.Errorf("got %q, want %q", seen, want)
	}
}
