package machine

import (
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/value"
)

// A redriveCase is an execution that fails, is redriven once, and then meets
// functions that work.
type redriveCase struct {
	definition, input string
	stop              bool   // stopped once it waits, instead of failing by itself
	history           string // from ExecutionRedriven on, as compact writes it
	output            string
}

const (
	brokenFunction = `"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:broken"`
	echoFunction   = `"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:echo"`
)

// A redrive goes on from every state that was entered and not exited (F-097,
// F-098).
func TestRedrive(t *testing.T) {
	tests := map[string]redriveCase{
		"task": {
			definition: `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": 1, "ResultPath": "$.a", "Next": "B"}, "B": {"End": true, ` + brokenFunction + `}}}`,
			history:    `9<0 ExecutionRedriven; 10<9 TaskScheduled; 11<10 TaskStarted; 12<11 TaskSucceeded; 13<12 StateExited(B); 14<13 ExecutionSucceeded`,
			output:     `{"a":1}`,
		},
		"retries are counted anew": {
			definition: single(brokenFunction + `, "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}]`),
			history:    `10<0 ExecutionRedriven; 11<10 TaskScheduled; 12<11 TaskStarted; 13<12 TaskSucceeded; 14<13 StateExited(S); 15<14 ExecutionSucceeded`,
			output:     `{}`,
		},
		"fail state is entered again": {
			definition: `{"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}}`,
			history:    `4<0 ExecutionRedriven; 5<4 StateEntered(F); 6<5 ExecutionFailed!E`,
		},
		"choice is evaluated again": {
			definition: `{"StartAt": "C", "States": {"C": {"Type": "Choice", "Choices": [{"Variable": "$$.Execution.RedriveCount", "NumericEquals": 1, "Next": "P"}]}, "P": {"Type": "Pass", "Parameters": {"n.$": "$$.Execution.RedriveCount", "at.$": "$$.Execution.RedriveTime"}, "End": true}}}`,
			history:    `4<0 ExecutionRedriven; 5<4 StateExited(C); 6<5 StateEntered(P); 7<6 StateExited(P); 8<7 ExecutionSucceeded`,
			output:     `{"at":"2026-01-01T00:01:00Z","n":1}`,
		},
		"a wait that was stopped": {
			definition: single(`"Type": "Wait", "Seconds": 5`), stop: true,
			history: `4<0 ExecutionRedriven; 5<4 StateExited(S); 6<5 ExecutionSucceeded`,
			output:  `{}`,
		},
		"a wait until a time that has passed": {
			definition: single(`"Type": "Wait", "Timestamp": "2026-01-01T00:00:30Z"`), stop: true,
			history: `4<0 ExecutionRedriven; 5<4 StateExited(S); 6<5 ExecutionSucceeded`,
			output:  `{}`,
		},
		"branches that have not succeeded": {
			definition: single(`"Type": "Parallel", "Branches": [{"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": "kept", "End": true}}},
				{"StartAt": "B", "States": {"B": {"End": true, ` + brokenFunction + `}}}, {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 9, "End": true}}}]`),
			history: `15<0 ExecutionRedriven; 16<15 TaskScheduled; 17<16 TaskStarted; 18<17 TaskSucceeded; 19<18 StateExited(B); 20<15 StateExited(W); 21<20 ParallelStateSucceeded; 22<20 StateExited(S); 23<22 ExecutionSucceeded`,
			output:  `["kept",{},{}]`,
		},
		"iterations that have not succeeded": {
			definition: single(`"Type": "Map", "MaxConcurrency": 1, "ItemProcessor": {"StartAt": "C", "States": {
				"C": {"Type": "Choice", "Choices": [{"Variable": "$", "NumericEquals": 2, "Next": "B"}], "Default": "P"},
				"P": {"Type": "Pass", "End": true}, "B": {"End": true, ` + brokenFunction + `}}}`),
			input:   `[1, 2, 3]`,
			history: `21<0 ExecutionRedriven; 22<21 TaskScheduled; 23<22 TaskStarted; 24<23 TaskSucceeded; 25<24 StateExited(B); 26<25 MapIterationSucceeded(1); 27<25 MapIterationStarted(2); 28<27 StateEntered(C); 29<28 StateExited(C); 30<29 StateEntered(P); 31<30 StateExited(P); 32<31 MapIterationSucceeded(2); 33<32 MapStateSucceeded; 34<32 StateExited(S); 35<34 ExecutionSucceeded`,
			output:  `[1,2,3]`,
		},
		"a branch inside an iteration": {
			definition: single(`"Type": "Map", "ItemProcessor": {"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [
				{"StartAt": "B", "States": {"B": {"End": true, ` + brokenFunction + `}}}]}}}`),
			input:   `[1]`,
			history: `16<0 ExecutionRedriven; 17<16 TaskScheduled; 18<17 TaskStarted; 19<18 TaskSucceeded; 20<19 StateExited(B); 21<20 ParallelStateSucceeded; 22<20 StateExited(P); 23<22 MapIterationSucceeded(0); 24<23 MapStateSucceeded; 25<23 StateExited(S); 26<25 ExecutionSucceeded`,
			output:  `[[1]]`,
		},
		"a map run with children that have failed": {
			definition: single(`"Type": "Map", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}`),
			input:      `[1, "broken", 3]`,
			history:    `8<0 ExecutionRedriven; 9<8 MapRunRedriven; 10<9 MapRunSucceeded; 11<10 MapStateSucceeded; 12<4 StateExited(S); 13<12 ExecutionSucceeded`,
			output:     `[1,"broken",3]`,
		},
		"a map run whose items could not be read": {
			definition: single(`"Type": "Map", "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"items.$": "$.items"}}, "ItemProcessor": {
				"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}`),
			input:   `{"items": [7]}`,
			history: `8<0 ExecutionRedriven; 9<8 MapRunRedriven; 10<9 MapRunSucceeded; 11<10 MapStateSucceeded; 12<4 StateExited(S); 13<12 ExecutionSucceeded`,
			output:  `[7]`,
		},
		"a map run that was never started": {
			definition: single(`"Type": "Map", "ToleratedFailureCountPath": "$$.Execution.RedriveCount", "ToleratedFailurePercentagePath": "$$.Execution.RedriveTime", "ItemProcessor": {
				"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}`),
			input:   `[7]`,
			history: `5<0 ExecutionRedriven; 6<5 MapStateStarted; 7<6 ExecutionFailed!States.Runtime`,
		},
		"after a result that was too large": {
			definition: single(`"Type": "Parallel", "Branches": [
				{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}, {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}]`),
			input:   `"` + strings.Repeat("x", MaxPayload/2) + `"`,
			history: `11<0 ExecutionRedriven; 12<11 ParallelStateStarted; 13<12 StateEntered(A); 14<12 StateEntered(A); 15<13 StateExited(A); 16<14 StateExited(A); 17<16 ParallelStateSucceeded; 18<17 ParallelStateFailed!States.DataLimitExceeded; 19<18 ExecutionFailed!States.DataLimitExceeded`,
		},
		"from inside a branch that nothing could catch": {
			definition: single(`"Type": "Parallel", "Branches": [{"StartAt": "E", "States": {"E": {"Next": "A", ` + echoFunction + `}, "A": {"Type": "Pass", "InputPath": "$$.Execution.RedriveTime", "End": true}}}]`),
			history:    `11<0 ExecutionRedriven; 12<11 StateExited(A); 13<12 ParallelStateSucceeded; 14<12 StateExited(S); 15<14 ExecutionSucceeded`,
			output:     `["2026-01-01T00:01:00Z"]`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := failing(t, test)
			before := len(d.events)
			d.redrive()
			if got := compact(d.events[before:]); got != test.history {
				t.Errorf("\n got %s\nwant %s", got, test.history)
			}
			if out := d.x.Output(); test.output != "" && out.String() != test.output {
				t.Errorf("output %s, want %s", out, test.output)
			}
			if n, at := d.x.Redrives(); n != 1 || at == 0 {
				t.Errorf("redriven %d times, at %d", n, at)
			}
			checkHistory(t, d.events)
		})
		t.Run(name+", cut after every batch", func(t *testing.T) {
			whole := failing(t, test)
			first := len(whole.events)
			whole.redrive()
			for _, cut := range whole.cuts {
				decoded, err := ReadEvents(nil, AppendEvents(nil, whole.events[:cut]))
				if err != nil {
					t.Fatal(err)
				}
				d := newDrive(t, whole.x.program)
				d.x, d.now = Replay(whole.x.program, each(decoded)), whole.now
				if snapshot, err := Restore(whole.x.program, d.x.Snapshot()); err != nil {
					t.Fatalf("cut at %d: %v", cut, err)
				} else if cut%2 == 0 {
					d.x = snapshot
				}
				switch {
				case cut == first:
					d.redrive()
				case cut > first:
					d.todo = d.x.Pending()
					d.take(Stimulus{Kind: Resumed})
					d.finish()
				default:
					continue // before the failure
				}
				if got, want := d.x.Status(), whole.x.Status(); got != want {
					t.Errorf("cut at %d: status %v, want %v", cut, got, want)
				}
				if got, want := d.x.Output().String(), whole.x.Output().String(); got != want && test.output != "" {
					t.Errorf("cut at %d: output %s, want %s", cut, got, want)
				}
			}
		})
	}
}

// failing runs the case until it fails.
func failing(t *testing.T, test redriveCase) *drive {
	t.Helper()
	d := newDrive(t, compileText(t, test.definition))
	d.answer, d.broken = brokenAnswer, true
	input := test.input
	if input == "" {
		input = `{}`
	}
	if test.stop {
		start := testStart
		d.take(Stimulus{Kind: Begin, Start: &start, Output: value.MustParse(input)})
		d.take(Stimulus{Kind: Stopped})
	} else {
		d.run(input)
	}
	if s := d.x.Status(); s == Running || s == Succeeded {
		t.Fatalf("status %v before the redrive", s)
	}
	return d
}

// redrive goes on a minute later, with functions and children that work.
func (d *drive) redrive() {
	d.answer, d.broken, d.todo = func(t *Task) (value.Value, *Failure) { return t.Input, nil }, false, nil
	d.now = max(d.now, 1_767_225_660_000)
	d.take(Stimulus{Kind: Redriven})
	d.finish()
}

// Only what has ended unsuccessfully, as a Standard execution with room in its
// history, can be redriven.
func TestNotRedrivable(t *testing.T) {
	pass := compileText(t, single(`"Type": "Pass"`))
	fail := compileText(t, `{"StartAt": "F", "States": {"F": {"Type": "Fail"}}}`)
	express := testStart
	express.Express = true
	begun := func(p *Program, start Start) *Execution {
		x := New(p)
		x.Handle(Stimulus{Kind: Begin, Start: &start, Output: value.EmptyObject}, 0, nil)
		return x
	}
	full := begun(compileText(t, `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A"}}}`), testStart)
	for name, x := range map[string]*Execution{
		"not begun": New(pass), "succeeded": begun(pass, testStart), "express": begun(fail, express), "full": full,
		"running": begun(compileText(t, single(`"Type": "Wait", "Seconds": 5`)), testStart),
	} {
		status := x.Status()
		if b := x.Handle(Stimulus{Kind: Redriven}, 0, nil); !b.Stale || len(b.Events) > 0 || x.Status() != status {
			t.Errorf("%s: it is redriven", name)
		}
	}
}

// A thousand redrives of an execution with a Map Run are all that there may be
// of the Map Run.
func TestRedrivesOfAMapRunAreLimited(t *testing.T) {
	d := newDrive(t, compileText(t, single(`"Type": "Map", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}`)))
	d.broken = true
	d.run(`["broken"]`)
	arns := map[string]bool{}
	for range maxRunRedrives {
		d.todo = nil
		d.take(Stimulus{Kind: Redriven})
		arns[d.todo[0].Child.ARN] = true
		d.finish()
	}
	if got := d.x.Failure().Name.Text(); got != "States.ExceedToleratedFailureThreshold" {
		t.Fatalf("the last redrive that may be fails with %s", got)
	}
	if len(arns) != maxRunRedrives {
		t.Errorf("%d ARNs of %d Express children, each of which is another execution", len(arns), maxRunRedrives)
	}
	d.take(Stimulus{Kind: Redriven})
	if got := d.x.Failure().Name.Text(); got != "States.Runtime" {
		t.Errorf("one redrive more fails with %s", got)
	}
	last := d.runs[len(d.runs)-1]
	if last.Redrives != maxRunRedrives {
		t.Errorf("the Map Run counts %d redrives", last.Redrives)
	}
}

// A Map Run that is redriven counts the children that wait for their turn.
func TestPendingRedriveIsCounted(t *testing.T) {
	d := newDrive(t, compileText(t, single(`"Type": "Map", "MaxConcurrency": 1, "ToleratedFailureCount": 1, "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}`)))
	d.broken = true
	d.run(`["broken", "broken", 3]`)
	d.todo = nil
	d.take(Stimulus{Kind: Redriven})
	if got, want := d.runs[len(d.runs)-1].Executions, (MapRunCounts{Pending: 1, Running: 1, PendingRedrive: 1, Total: 3}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if c := d.todo[0].Child; !c.Redrive || len(d.todo) != 1 {
		t.Errorf("asked for %+v", c)
	}
	d.broken = false
	d.finish()
	if got, want := d.runs[len(d.runs)-1].Executions, (MapRunCounts{Succeeded: 3, Total: 3}); got != want || d.x.Status() != Succeeded {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if slices.ContainsFunc(d.events, func(e Event) bool { return e.Type == MapStateFailed && e.ID > 8 }) {
		t.Error("it has failed again")
	}
}
