package machine

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/value"
)

// machines are definitions that between them take every way through the
// machine.
var machines = map[string]struct{ definition, input string }{
	"straight": {`{"StartAt": "A", "States": {
		"A": {"Type": "Pass", "Result": {"n": 1}, "ResultPath": "$.a", "Next": "B"},
		"B": {"Type": "Choice", "Choices": [{"Variable": "$.a.n", "NumericEquals": 1, "Next": "C"}], "Default": "D"},
		"C": {"Type": "Wait", "Seconds": 5, "Next": "D"},
		"D": {"Type": "Succeed", "OutputPath": "$.a"}}}`, `{}`},
	"variables": {`{"StartAt": "A", "States": {
		"A": {"Type": "Pass", "Assign": {"x": 1, "in.$": "$"}, "Next": "B"},
		"B": {"Type": "Pass", "Parameters": {"x.$": "$x", "id.$": "$in.id", "name.$": "$$.Execution.Name"}, "Assign": {"x.$": "$.id"}, "Next": "C"},
		"C": {"Type": "Pass", "InputPath": "$x", "End": true}}}`, `{"id": "A-17"}`},
	"task": {`{"StartAt": "T", "States": {
		"T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "TimeoutSeconds": 10, "ResultPath": "$.r", "Next": "U"},
		"U": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "HeartbeatSeconds": 5,
			"Parameters": {"FunctionName": "f", "Payload": {"token.$": "$$.Task.Token"}}, "ResultPath": null, "End": true}}}`, `{"a": 1}`},
	"retried and caught": {`{"StartAt": "T", "States": {
		"T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:broken",
			"Retry": [{"ErrorEquals": ["Other"]}, {"ErrorEquals": ["Broken"], "MaxAttempts": 2, "JitterStrategy": "FULL"}],
			"Catch": [{"ErrorEquals": ["States.TaskFailed"], "ResultPath": "$.e", "Next": "C"}], "End": true},
		"C": {"Type": "Pass", "End": true}}}`, `{"a": 1}`},
	"parallel": {`{"StartAt": "P", "States": {
		"P": {"Type": "Parallel", "ResultPath": "$.out", "Next": "E", "Branches": [
			{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A2"}, "A2": {"Type": "Wait", "Seconds": 1, "End": true}}},
			{"StartAt": "B", "States": {"B": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "End": true}}}]},
		"E": {"Type": "Pass", "End": true}}}`, `{"a": 1}`},
	"map": {`{"StartAt": "M", "States": {
		"M": {"Type": "Map", "ItemsPath": "$.items", "MaxConcurrency": 2, "ItemSelector": {"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value"}, "End": true,
			"ItemProcessor": {"StartAt": "I", "States": {
				"I": {"Type": "Pass", "Next": "J"},
				"J": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "End": true}}}}}}`, `{"items": ["a", "b", "c", "d", "e"]}`},
	"failing parallel in a map, retried, then caught": {`{"StartAt": "M", "States": {
		"M": {"Type": "Map", "End": true, "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}], "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}],
			"ItemProcessor": {"StartAt": "P", "States": {
				"P": {"Type": "Parallel", "End": true, "Branches": [
					{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 100, "End": true}}},
					{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:broken", "End": true}}}]}}}},
		"C": {"Type": "Fail", "Error": "Gone", "CausePath": "$.Cause"}}}`, `[1, 2]`},
	"map run": {`{"StartAt": "M", "States": {
		"M": {"Type": "Map", "MaxConcurrency": 2, "ItemSelector": {"v.$": "$$.Map.Item.Value", "u.$": "States.UUID()"}, "ResultPath": "$.out", "End": true,
			"ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSON"}, "Parameters": {"items.$": "$.items"}},
			"ItemBatcher": {"MaxItemsPerBatch": 2, "BatchInput": {"n.$": "$.n"}},
			"ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b", "Prefix": "p"}},
			"ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
				"StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}}}}`, `{"n": 5, "items": [1, 2, 3, 4, 5, 6, 7]}`},
	"map run with bytes": {`{"StartAt": "M", "States": {
		"M": {"Type": "Map", "ItemsPath": "$.items", "ToleratedFailurePercentagePath": "$.n", "End": true,
			"ItemBatcher": {"MaxInputBytesPerBatch": 20},
			"ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
				"StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}}}}`, `{"n": "5", "items": [1, 2, "three", 4, 5, 6, 7]}`},
	"map run with random batches": {`{"StartAt": "M", "States": {
		"M": {"Type": "Map", "MaxConcurrency": 1, "ItemSelector": {"r.$": "States.MathRandom(1, 19)"}, "ResultPath": null, "End": true,
			"ItemBatcher": {"MaxInputBytesPerBatch": 28},
			"ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
				"StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}}}}`, `[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]`},
	"failing path":     {`{"StartAt": "A", "States": {"A": {"Type": "Pass", "InputPath": "$.missing", "End": true}}}`, `{}`},
	"map over nothing": {`{"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}}}}`, `[]`},
}

// brokenAnswer fails the function called broken and echoes for all others.
func brokenAnswer(t *Task) (value.Value, *Failure) {
	if strings.HasSuffix(t.Resource.Text, ":broken") {
		return value.Value{}, NewFailure("Broken", "it is broken")
	}
	return t.Input, nil
}

func driveMachine(tb testing.TB, name string, budget int) *drive {
	m := machines[name]
	d := newDrive(tb, compileText(tb, m.definition))
	d.answer, d.budget = brokenAnswer, budget
	return d.run(m.input)
}

// An execution that is cut off after any batch and rebuilt from its events ends
// as the one that ran on.
func TestReplayAfterEveryBatchEndsAlike(t *testing.T) {
	for name := range machines {
		for _, budget := range []int{0, 1} {
			t.Run(fmt.Sprintf("%s, budget %d", name, budget), func(t *testing.T) {
				whole := driveMachine(t, name, budget)
				if whole.x.Status() == Running {
					t.Fatal("the execution did not end")
				}
				for _, cut := range whole.cuts {
					encoded := AppendEvents(nil, whole.events[:cut])
					decoded, err := ReadEvents(nil, encoded)
					if err != nil {
						t.Fatal(err)
					}
					x := Replay(whole.x.program, each(decoded))
					if cut == 0 {
						continue
					}
					d := resume(t, x, whole)
					all := append(slices.Clone(whole.events[:cut]), d.events...)
					if got, want := d.x.Status(), whole.x.Status(); got != want {
						t.Fatalf("cut at %d: status %v, want %v", cut, got, want)
					}
					if got, want := d.x.Output().String(), whole.x.Output().String(); got != want {
						t.Errorf("cut at %d: output %s, want %s", cut, got, want)
					}
					checkHistory(t, all)
				}
			})
		}
	}
}

// The counts of a Map Run do not depend on when its execution was rebuilt, and
// those of a run that nothing has happened to since are not given.
func TestMapRunCountsAfterReplay(t *testing.T) {
	const name = "map run"
	whole := driveMachine(t, name, 0)
	want := whole.runs[len(whole.runs)-1]
	if got := want.Executions; got != (MapRunCounts{Succeeded: 4, Total: 4}) {
		t.Fatalf("executions %+v, want 4 batches of 7 items", got)
	}
	for _, cut := range whole.cuts[:len(whole.cuts)-1] {
		x := Replay(whole.x.program, each(whole.events[:cut]))
		if b := x.Handle(Stimulus{Kind: MapRunChanged, Run: &MapRunEvent{ARN: "another"}}, 0, nil); len(b.MapRuns) != 0 {
			t.Errorf("cut at %d: %+v is given, nothing has happened to it", cut, b.MapRuns)
		}
		d := resume(t, x, whole)
		got := d.runs[len(d.runs)-1]
		if got.Items != want.Items || got.Executions != want.Executions {
			t.Errorf("cut at %d:\n got %+v\nwant %+v", cut, got, want)
		}
		stopped := Replay(whole.x.program, each(whole.events[:cut]))
		b := stopped.Handle(Stimulus{Kind: Stopped}, 0, nil)
		if c := b.MapRuns[0].Executions; c.Total != c.Pending+c.Succeeded+c.Aborted || c.Succeeded > 0 && c.Total != 4 {
			t.Errorf("cut at %d and stopped: %+v", cut, c)
		}
	}
}

// An execution begins once.
func TestBeginTwice(t *testing.T) {
	d := newDrive(t, compileText(t, machines["parallel"].definition))
	begin := Stimulus{Kind: Begin, Start: &testStart, Output: value.EmptyObject}
	d.take(begin)
	if b := d.x.Handle(begin, 0, nil); !b.Stale || len(b.Events) != 0 {
		t.Errorf("it begins again: %v", b.Events)
	}
	if d.finish(); d.x.Status() != Succeeded {
		t.Errorf("status %v", d.x.Status())
	}
}

// A snapshot taken after any batch continues as the execution it was taken of.
func TestSnapshotAfterEveryBatchContinues(t *testing.T) {
	for name := range machines {
		t.Run(name, func(t *testing.T) {
			whole := driveMachine(t, name, 0)
			for _, cut := range whole.cuts {
				replayed := Replay(whole.x.program, each(whole.events[:cut]))
				restored, err := Restore(whole.x.program, replayed.Snapshot())
				if err != nil {
					t.Fatal(err)
				}
				want, got := resume(t, replayed, whole), resume(t, restored, whole)
				if !slices.Equal(shape(got.events), shape(want.events)) || got.x.Output().String() != want.x.Output().String() || got.x.Status() != want.x.Status() {
					t.Fatalf("cut at %d: the restored execution went another way:\n got %v %v\nwant %v %v", cut, got.x.Status(), shape(got.events), want.x.Status(), shape(want.events))
				}
			}
		})
	}
}

// The budget changes when batches end, and nothing else.
func TestBudgetDoesNotChangeTheHistory(t *testing.T) {
	for name := range machines {
		want := shape(driveMachine(t, name, 0).events)
		for _, budget := range []int{1, 3} {
			if got := shape(driveMachine(t, name, budget).events); !slices.Equal(got, want) {
				t.Errorf("%s, budget %d:\n got %v\nwant %v", name, budget, got, want)
			}
		}
	}
}

func TestProgramString(t *testing.T) {
	got := compileText(t, `{"StartAt": "P", "States": {
		"P": {"Type": "Parallel", "Branches": [{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}], "Catch": [{"ErrorEquals": ["E", "F"], "Next": "C"}], "Next": "M"},
		"M": {"Type": "Map", "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Succeed"}}}, "Next": "C"},
		"C": {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsPresent": true, "Next": "P"}], "Default": "D"},
		"D": {"Type": "Fail"}}}`).String()
	const want = `> P Parallel -> M catch E,F -> C
  branch 0
    > A Pass
  M Map -> C
    > I Succeed
  C Choice -> P default -> D
  D Fail
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Replaying a whole journal gives the same state, and asks for nothing.
func TestReplayIsTheSameExecution(t *testing.T) {
	for name := range machines {
		d := driveMachine(t, name, 0)
		x := Replay(d.x.program, each(d.events))
		if got, want := string(x.Snapshot()), string(d.x.Snapshot()); got != want {
			t.Errorf("%s: the replayed execution differs", name)
		}
		if pending := x.Pending(); len(pending) != 0 {
			t.Errorf("%s: an execution that has ended asks for %v", name, pending)
		}
	}
}

// checkHistory checks what holds for every history.
func checkHistory(t *testing.T, events []Event) {
	t.Helper()
	var id int64
	for _, e := range events {
		if e.Type.Private() {
			continue
		}
		id++
		if e.ID != id || e.Prev < 0 || e.Prev >= e.ID {
			t.Fatalf("event %d has the id %d and points back to %d", id, e.ID, e.Prev)
		}
	}
	if last := events[len(events)-1]; !last.Type.Terminal() {
		t.Fatalf("the history ends with type %d", last.Type)
	}
}

func TestHistoryLimit(t *testing.T) {
	p := compileText(t, `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}}`)
	d := newDrive(t, p)
	d.budget = 256
	d.run(`{}`)
	checkHistory(t, d.events)
	last := d.events[len(d.events)-1]
	if last.ID != MaxEvents || last.Type != ExecutionFailed {
		t.Errorf("the last event is number %d of type %d, want number %d of type %d", last.ID, last.Type, MaxEvents, ExecutionFailed)
	}
	if got, want := d.x.Failure().Cause.Text(), "The execution reached the maximum number of history events (25000)."; got != want {
		t.Errorf("cause %q, want %q", got, want)
	}
}

func TestExpressHasNoHistoryLimit(t *testing.T) {
	p := compileText(t, `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A"}}}`)
	x := New(p)
	start := testStart
	start.Express = true
	s := Stimulus{Kind: Begin, Start: &start, Output: value.EmptyObject}
	for range 100 {
		if b := x.Handle(s, 300, nil); !b.More {
			t.Fatal("an endless loop has ended")
		}
		s = Stimulus{Kind: Resumed}
	}
	b := x.Handle(Stimulus{Kind: Fired, Timer: ExecutionTimeout}, 0, nil)
	if x.Status() != TimedOut || b.Events[len(b.Events)-1].Type != ExecutionTimedOut {
		t.Errorf("status %v after the time limit, want TIMED_OUT", x.Status())
	}
}

func TestStaleAnswersAreDropped(t *testing.T) {
	p := compileText(t, `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "TimeoutSeconds": 3, "Next": "W"}, "W": {"Type": "Wait", "Seconds": 9, "End": true}}}`)
	x := New(p)
	start := testStart
	b := x.Handle(Stimulus{Kind: Begin, Start: &start, Output: value.EmptyObject}, 0, nil)
	var run, timer Command
	for _, c := range b.Commands {
		if c.Kind == RunTask {
			run = c
		} else {
			timer = c
		}
	}
	answer := Stimulus{Kind: Answered, At: 1000, Frame: run.Frame, Token: run.Token, Output: value.True}
	if b := x.Handle(answer, 0, nil); b.Stale || len(b.Events) == 0 {
		t.Fatal("the answer was dropped")
	}
	for _, s := range []Stimulus{
		answer,
		{Kind: Fired, At: 3000, Frame: timer.Frame, Token: timer.Token, Timer: timer.Timer},
		{Kind: CallbackSucceeded, At: 3000, Frame: run.Frame, Token: run.Token, Output: value.True},
		{Kind: Answered, Frame: 99, Token: 1},
	} {
		if b := x.Handle(s, 0, nil); !b.Stale || len(b.Events) != 0 {
			t.Errorf("%+v was not dropped: %v", s, b.Events)
		}
	}
}

func TestEarlyCallbackWaitsForTheSubmission(t *testing.T) {
	p := compileText(t, `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "Parameters": {"t.$": "$$.Task.Token"}, "End": true}}}`)
	x := New(p)
	start := testStart
	b := x.Handle(Stimulus{Kind: Begin, Start: &start, Output: value.EmptyObject}, 0, nil)
	c := b.Commands[0]
	token, ok := ParseTaskToken(c.Task.Input.Get("t").Text())
	if !ok || token.Frame != c.Frame || token.Record != c.Token || !x.Issued(token) {
		t.Fatalf("the token in the parameters is %+v, want that of %+v", token, c)
	}
	x.Handle(Stimulus{Kind: CallbackSucceeded, Frame: token.Frame, Token: token.Record, Output: value.OfString("early")}, 0, nil)
	if x.Status() != Running {
		t.Fatal("the callback ended the task before it was submitted")
	}
	if b := x.Handle(Stimulus{Kind: CallbackSucceeded, Frame: token.Frame, Token: token.Record, Output: value.OfString("again")}, 0, nil); !b.Stale {
		t.Error("a second answer was taken")
	}
	b = x.Handle(Stimulus{Kind: Answered, Frame: c.Frame, Token: c.Token, Output: value.True}, 0, nil)
	var types []Type
	for _, e := range b.Events {
		types = append(types, e.Type)
	}
	if want := []Type{TaskSubmitted, TaskSucceeded, StateExited, ExecutionSucceeded}; !slices.Equal(types, want) {
		t.Errorf("events %v, want %v", types, want)
	}
	if got := x.Output().Text(); got != "early" {
		t.Errorf("output %q, want early", got)
	}
}

func TestForgedTokens(t *testing.T) {
	d := newDrive(t, compileText(t, machines["task"].definition))
	d.answer = func(*Task) (value.Value, *Failure) { return value.True, nil }
	d.run(`{}`)
	token := TaskToken{Execution: testStart.ARN, Frame: 0, Record: 3, mark: 1}
	if d.x.Issued(token) {
		t.Error("a token with a wrong mark was taken for one of ours")
	}
	for _, text := range []string{"", "?", "AAAA", "AAAAAAAAAAAAAAAA", strings.Repeat("A", 3000)} {
		if got, ok := ParseTaskToken(text); ok {
			t.Errorf("ParseTaskToken(%.20q) = %+v", text, got)
		}
	}
}

// Randomness comes from the seed: two runs are the same, another seed differs.
func TestSeedDecidesRandomness(t *testing.T) {
	p := compileText(t, `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"a.$": "States.UUID()", "b.$": "States.UUID()", "n.$": "States.MathRandom(1, 1000000)"}, "End": true}}}`)
	run := func(seed uint64) string {
		x := New(p)
		start := testStart
		start.Seed = seed
		x.Handle(Stimulus{Kind: Begin, Start: &start, Output: value.EmptyObject}, 0, nil)
		return x.Output().String()
	}
	first, again := run(1), run(1)
	if first != again {
		t.Error("two runs with one seed differ")
	}
	if first == run(2) {
		t.Error("two seeds give the same")
	}
	if out := value.MustParse(first); out.Get("a").Text() == out.Get("b").Text() {
		t.Error("two UUIDs of one state are the same")
	}
}

// A Program is shared by executions that run at the same time.
func TestProgramIsShared(t *testing.T) {
	p := compileText(t, machines["map"].definition)
	done := make(chan string)
	for range 8 {
		go func() {
			d := newDrive(t, p)
			done <- d.run(machines["map"].input).x.Output().String()
		}()
	}
	want := `[{"i":0,"v":"a"},{"i":1,"v":"b"},{"i":2,"v":"c"},{"i":3,"v":"d"},{"i":4,"v":"e"}]`
	for range 8 {
		if got := <-done; got != want {
			t.Errorf("output %s, want %s", got, want)
		}
	}
}

func FuzzReadEvents(f *testing.F) {
	for name := range machines {
		f.Add(AppendEvents(nil, driveMachine(f, name, 0).events))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		events, err := ReadEvents(nil, data)
		if err != nil {
			return
		}
		again, err := ReadEvents(nil, AppendEvents(nil, events))
		if err != nil || len(again) != len(events) {
			t.Fatalf("%d events became %d: %v", len(events), len(again), err)
		}
	})
}

// FuzzRestore: what is no snapshot of the program is refused, or can be looked
// at all the same.
func FuzzRestore(f *testing.F) {
	programs := map[string]*Program{}
	for name := range machines {
		whole := driveMachine(f, name, 0)
		programs[name] = whole.x.program
		for _, cut := range whole.cuts {
			f.Add(name, Replay(whole.x.program, each(whole.events[:cut])).Snapshot())
		}
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		p := programs[name]
		if p == nil {
			return
		}
		x, err := Restore(p, data)
		if err != nil {
			return
		}
		x.Pending()
		x.Handle(Stimulus{Kind: Resumed}, 100, nil)
		x.Handle(Stimulus{Kind: Stopped}, 0, nil)
	})
}

// workload reads a machine and its input from the shared benchmark inputs.
func workload(b *testing.B, machine, input string) (*Program, value.Value) {
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "workloads", name))
		if err != nil {
			b.Skipf("the shared workloads are not there: %v", err)
		}
		return string(text)
	}
	return compileText(b, read(machine+".asl.json")), value.MustParse(read(input + ".input.json"))
}

// BenchmarkExecution runs whole executions, with the bytes that a journal gets.
func BenchmarkExecution(b *testing.B) {
	for _, w := range []struct {
		machine, input string
		transitions    int
	}{
		{"pass-chain-10", "pass-chain", 10}, {"pass-chain-1000", "pass-chain", 1000}, {"choice-loop-1000", "choice-loop", 3002},
		{"map-1000", "map-1000", 1001}, {"parallel-10x10", "empty", 101}, {"short-5", "short", 5}, {"jsonpath-100k", "doc-100k", 1},
		{"choice-loop-1000-jsonata", "choice-loop", 3002}, {"jsonata-100k", "doc-100k", 1},
	} {
		b.Run(w.machine, func(b *testing.B) {
			p, input := workload(b, w.machine, w.input)
			var events []Event
			var bytes []byte
			b.ReportAllocs()
			for b.Loop() {
				x := New(p)
				batch := x.Handle(Stimulus{Kind: Begin, At: 1, Start: &testStart, Output: input}, 0, events[:0])
				events = batch.Events
				bytes = AppendEvents(bytes[:0], events)
				if x.Status() != Succeeded {
					b.Fatal(x.Failure())
				}
			}
			b.ReportMetric(float64(w.transitions*b.N)/b.Elapsed().Seconds(), "transitions/s")
		})
	}
}

// BenchmarkReplay folds a journal, with and without reading its bytes.
func BenchmarkReplay(b *testing.B) {
	p, input := workload(b, "choice-loop-1000", "choice-loop")
	batch := New(p).Handle(Stimulus{Kind: Begin, At: 1, Start: &testStart, Output: input}, 0, nil)
	data := AppendEvents(nil, batch.Events)
	rate := func(b *testing.B) {
		b.ReportMetric(float64(len(batch.Events)*b.N)/b.Elapsed().Seconds(), "events/s")
	}
	b.Run("fold", func(b *testing.B) {
		for b.Loop() {
			Replay(p, each(batch.Events))
		}
		rate(b)
	})
	b.Run("read and fold", func(b *testing.B) {
		var events []Event
		for b.Loop() {
			var err error
			if events, err = ReadEvents(events[:0], data); err != nil {
				b.Fatal(err)
			}
			Replay(p, each(events))
		}
		rate(b)
	})
}
