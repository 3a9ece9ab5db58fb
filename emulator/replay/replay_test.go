package replay_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/replay"
	"github.com/aslocal/aslocal/value"
)

// recorded runs a definition with what f answers, and returns the events of the execution.
func recorded(t *testing.T, definition, input string, f emulator.Handler) []machine.Event {
	t.Helper()
	em := emulator.RunT(t, emulator.WithAutoAdvance(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)), emulator.WithCallsInOrder(), emulator.WithTask("f", f), emulator.WithAccount("111122223333"))
	arn, err := em.Register(emulator.Registration{Name: "m", Definition: definition})
	if err != nil {
		t.Fatal(err)
	}
	x, err := em.Start(t.Context(), arn, input)
	if err != nil {
		t.Fatal(err)
	}
	em.Wait(x)
	var events []machine.Event
	for _, e := range em.History(x) {
		events = append(events, *e.Record)
	}
	return events
}

func parsed(t testing.TB, text string) *asl.Definition {
	t.Helper()
	d, found := asl.Parse(text)
	if found = append(found, asl.Validate(d, asl.Options{})...); found.HasErrors() {
		t.Fatal(found)
	}
	return d
}

// answer returns n, or fails with the error that the call asks for.
func answer(_ context.Context, in value.Value) (value.Value, error) {
	if name := in.Get("error").Text(); name != "" {
		return value.Value{}, &asl.Error{Name: name, Cause: "on purpose"}
	}
	return in.Get("n"), nil
}

const (
	call = `"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:111122223333:function:f"`

	sequence = `{"StartAt": "Call", "States": {
		"Call": {` + call + `, "ResultPath": "$.got", "Retry": [{"ErrorEquals": ["Busy"], "MaxAttempts": 2}], "Catch": [{"ErrorEquals": ["Broken"], "Next": "Mend"}], "Next": "Large?"},
		"Large?": {"Type": "Choice", "Choices": [{"Variable": "$.got", "NumericGreaterThan": 10, "Next": "Large"}], "Default": "Small"},
		"Large": {"Type": "Pass", "End": true}, "Small": {"Type": "Pass", "Result": "small", "End": true}, "Mend": {"Type": "Pass", "End": true}}}`

	lines = `{"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "End": true, "Branches": [
		{"StartAt": "Each", "States": {"Each": {"Type": "Map", "ItemsPath": "$.items", "End": true, "ItemProcessor": {"StartAt": "One", "States": {"One": {` + call + `, "Next": "Two"}, "Two": {` + call + `, "End": true}}}}}},
		{"StartAt": "Nap", "States": {"Nap": {"Type": "Wait", "Seconds": 5, "Next": "Now"}, "Now": {"Type": "Pass", "Parameters": {"at.$": "$$.State.EnteredTime"}, "End": true}}}]}}}`
)

// What the local definition does in another way is found, and where.
func TestFirstDifference(t *testing.T) {
	for _, tt := range []struct {
		name, definition, input string
		old, changed            string // in the definition
		want                    string // "": there is no difference
	}{
		{"nothing is changed", sequence, `{"n": 12}`, "", "", ""},
		{"another comment", sequence, `{"n": 12}`, `"StartAt": "Call"`, `"Comment": "x", "StartAt": "Call"`, ""},
		{"another account and region", sequence, `{"n": 12}`, "us-east-1:111122223333", "eu-west-1:123456789012", ""},
		{"another function", sequence, `{"n": 12}`, "function:f", "function:g", "state Call: event 3, LambdaFunctionScheduled, has other data: resource"},
		{"another timeout", sequence, `{"n": 12}`, `"ResultPath"`, `"TimeoutSeconds": 60, "ResultPath"`, "state Call: event 3, LambdaFunctionScheduled, has other data: timeoutInSeconds"},
		{"other arguments", sequence, `{"n": 12}`, `"ResultPath"`, `"Parameters": {"n.$": "$.n"}, "ResultPath"`, ""},
		{"fewer arguments", sequence, `{"n": 12, "m": 1}`, `"ResultPath"`, `"Parameters": {"n.$": "$.n"}, "ResultPath"`, "state Call: event 3, LambdaFunctionScheduled, has other data: arguments/m"},
		{"another output", sequence, `{"n": 12}`, `"$.got", "Retry"`, `"$.other", "Retry"`, "state Call: event 6, TaskStateExited Call, has other data: output/got, output/other"},
		{"another rule", sequence, `{"n": 12}`, `"NumericGreaterThan": 10`, `"NumericGreaterThan": 20`, "state Large: event 9 is PassStateEntered Large in the history, and PassStateEntered Small in the replay"},
		{"a rule that does not matter", sequence, `{"n": 30}`, `"NumericGreaterThan": 10`, `"NumericGreaterThan": 20`, ""},
		{"a state more at the end", sequence, `{"n": 12}`, `"Large": {"Type": "Pass", "End": true}`, `"Large": {"Type": "Pass", "Next": "Small"}`, "event 11 is ExecutionSucceeded in the history, and PassStateEntered Small in the replay"},
		{"fewer retries", sequence, `{"error": "Busy"}`, `"MaxAttempts": 2`, `"MaxAttempts": 1`, "state Call: event 9 is LambdaFunctionScheduled in the history, and ExecutionFailed in the replay"},
		{"more retries", sequence, `{"error": "Busy"}`, `"MaxAttempts": 2`, `"MaxAttempts": 3`, "event 12 is ExecutionFailed in the history, and LambdaFunctionScheduled in the replay"},
		{"another interval", sequence, `{"error": "Busy"}`, `"MaxAttempts": 2`, `"MaxAttempts": 2, "IntervalSeconds": 60`, ""},
		{"no Catcher", sequence, `{"error": "Broken"}`, `["Broken"]`, `["Brken"]`, "state Call: event 6 is TaskStateExited Call in the history, and ExecutionFailed in the replay"},
		{"an error that the Catcher takes in both", sequence, `{"error": "Broken"}`, `["Broken"]`, `["States.ALL"]`, ""},

		{"lines: nothing is changed", lines, `{"items": [{"n": {"n": 1}}, {"n": {"n": 2}}]}`, "", "", ""},
		{"lines: an iteration", lines, `{"items": [{"n": {"n": 1}}, {"n": {"n": 2}}]}`, `"Two": {`, `"Two": {"ResultPath": "$.x", `, "Both[0]/Each[0], state Two: event 26, TaskStateExited Two, has other data: output"},
		{"lines: a branch", lines, `{"items": []}`, `"at.$"`, `"On.$"`, "Both[1], state Now: event 11, PassStateExited Now, has other data: output/at"},
		{"lines: a longer Wait", lines, `{"items": [{"n": {"n": 1}}]}`, `"Seconds": 5`, `"Seconds": 500`, ""},
		{"lines: one that fails", lines, `{"items": [{"n": {"n": 1}}, {"error": "Broken"}]}`, "", "", ""},
		{"lines: one that fails, a shorter Wait", lines, `{"items": [{"n": {"n": 1}}, {"error": "Broken"}]}`, `"Seconds": 5`, `"Seconds": 1`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if strings.Count(tt.definition, tt.old) != 1 && tt.old != "" {
				t.Fatalf("%q is there %d times", tt.old, strings.Count(tt.definition, tt.old))
			}
			events := recorded(t, tt.definition, tt.input, answer)
			text := tt.definition
			if tt.old != "" {
				text = strings.Replace(tt.definition, tt.old, tt.changed, 1)
			}
			result, err := emulator.Replay(t.Context(), replay.Options{Definition: parsed(t, text), History: events, Machine: "m"})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if result.Difference != nil {
				got = result.Difference.String()
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if tt.want == "" && result.Compared != len(slices.DeleteFunc(events, func(e machine.Event) bool { return e.Type.Private() })) {
				t.Errorf("only %d events were compared", result.Compared)
			}
		})
	}
}

// What every execution has others of is no difference; the same place with another meaning is.
func TestValuesThatVary(t *testing.T) {
	definition := `{"QueryLanguage": "JSONata", "StartAt": "P", "States": {"P": {"Type": "Pass", "Output": {"id": "{% $uuid() %}", "n": "{% $random() %}", "now": "{% $now() %}", "run": "{% 'run ' & $states.context.Execution.Name %}", "fixed": "2026-01-01T00:00:00Z"}, "End": true}}}`
	events := recorded(t, definition, "{}", answer)
	for changed, want := range map[string]string{
		definition: "",
		strings.Replace(definition, "2026-01-01", "2026-01-02", 1):    "state P: event 3, PassStateExited P, has other data: output/fixed",
		strings.Replace(definition, `{% $random() %}`, `{% 17 %}`, 1): "state P: event 3, PassStateExited P, has other data: output/n",
	} {
		result, err := emulator.Replay(t.Context(), replay.Options{Definition: parsed(t, changed), History: events})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if result.Difference != nil {
			got = result.Difference.String()
		}
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if want == "" && !slices.ContainsFunc(result.Ignored, func(what string) bool { return strings.Contains(what, "values that every execution has others of") }) {
			t.Errorf("what varies is not told: %v", result.Ignored)
		}
	}
}

// A history of an execution that goes on is compared as far as it goes.
func TestReplayOfTheBeginning(t *testing.T) {
	events := recorded(t, sequence, `{"n": 12}`, answer)
	for n := 1; n <= len(events); n++ {
		result, err := emulator.Replay(t.Context(), replay.Options{Definition: parsed(t, sequence), History: events[:n]})
		if err != nil || result.Difference != nil {
			t.Errorf("%d events: %v, %v", n, err, result.Difference)
		}
	}
}

func TestReplayWithoutData(t *testing.T) {
	events := recorded(t, sequence, `{"n": 12}`, answer)
	without := func(change func(e *machine.Event)) []machine.Event {
		all := slices.Clone(events)
		for i := range all {
			change(&all[i])
		}
		return all
	}
	for _, tt := range []struct {
		name   string
		events []machine.Event
		input  string
		want   string
	}{
		{"no events", nil, "", "the history does not begin with ExecutionStarted"},
		{"no beginning", events[1:], "", "the history does not begin with ExecutionStarted"},
		{"no input", without(func(e *machine.Event) {
			if e.Type == machine.ExecutionStarted {
				e.Doc = value.Value{}
			}
		}), "", "event 1: the history does not have the input of the execution"},
		{"no answers", without(func(e *machine.Event) { e.Doc = value.Value{} }), "{}", "event 5: the history does not have the output of the task"},
		{"answers alone", without(func(e *machine.Event) {
			if e.Type != machine.ExecutionStarted && e.Type != machine.TaskSucceeded {
				e.Doc = value.Value{}
			}
		}), "", ""},
	} {
		o := replay.Options{Definition: parsed(t, sequence), History: tt.events}
		if tt.input != "" {
			o.Input = value.MustParse(tt.input)
		}
		result, err := emulator.Replay(t.Context(), o)
		switch {
		case tt.want == "" && (err != nil || result.Difference != nil):
			t.Errorf("%s: %v, %v", tt.name, err, result)
		case tt.want != "" && !strings.Contains(fmt.Sprint(err), tt.want):
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
	}
}

// Histories that no service has made are replayed, or refused, in little time.
func TestReplayOfWildHistories(t *testing.T) {
	events := recorded(t, lines, `{"items": [{"n": {"n": 1}}, {"error": "Broken"}]}`, answer)
	d := parsed(t, lines)
	chance := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		wild := slices.Clone(events)
		for range 1 + chance.IntN(6) {
			e := &wild[1+chance.IntN(len(wild)-1)]
			switch chance.IntN(8) {
			case 0:
				e.Type = []machine.Type{machine.MapRunStarted, machine.MapRunFailed, machine.ExecutionRedriven, machine.ExecutionAborted, machine.MapIterationAborted, machine.ParallelStateStarted, machine.TaskTimedOut}[chance.IntN(7)]
				e.Task = &machine.TaskEvent{}
			case 1:
				e.At = chance.Int64N(1 << 60)
			case 2:
				e.Frame = int32(chance.IntN(9))
			case 3:
				e.Prev = chance.Int64N(int64(len(wild)))
			case 4:
				e.State = "One"
			case 5:
				e.Index = int32(chance.IntN(5)) - 1
			case 6:
				e.Doc = value.MustParse(`{"n": {"n": {}}}`)
			case 7:
				wild = slices.Delete(wild, len(wild)-1, len(wild))
			}
		}
		_, _ = emulator.Replay(t.Context(), replay.Options{Definition: d, History: wild})
	}
}

// A definition that never ends is replayed as far as a history can be.
func TestReplayOfALoop(t *testing.T) {
	loop := parsed(t, `{"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 1, "Next": "B"}, "B": {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericEquals": 0, "Next": "C"}], "Default": "A"}, "C": {"Type": "Succeed"}}}`)
	events := recorded(t, sequence, `{"n": 12}`, answer)
	result, err := emulator.Replay(t.Context(), replay.Options{Definition: loop, History: events})
	if err != nil || result.Difference == nil || result.Status != machine.Failed {
		t.Errorf("%v, %+v", err, result)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := emulator.Replay(ended, replay.Options{Definition: loop, History: events}); err != context.Canceled {
		t.Errorf("got %v, want that of the context", err)
	}
}

// FuzzReplay reads whatever is a history, and replays it.
func FuzzReplay(f *testing.F) {
	d := parsed(f, lines)
	f.Add([]byte(`[{"id": 1, "timestamp": 1, "type": "ExecutionStarted", "executionStartedEventDetails": {"input": "{\"items\": [{\"n\": 1}]}"}},
		{"id": 2, "timestamp": 1, "type": "ParallelStateEntered", "stateEnteredEventDetails": {"name": "Both"}},
		{"id": 3, "previousEventId": 2, "timestamp": 1, "type": "ParallelStateStarted"},
		{"id": 4, "previousEventId": 3, "timestamp": 1, "type": "MapStateEntered", "stateEnteredEventDetails": {"name": "Each"}},
		{"id": 5, "previousEventId": 4, "timestamp": 1, "type": "MapStateStarted"},
		{"id": 6, "previousEventId": 5, "timestamp": 1, "type": "MapIterationStarted", "mapIterationStartedEventDetails": {"name": "Each", "index": 0}},
		{"id": 7, "previousEventId": 6, "timestamp": 1, "type": "TaskStateEntered", "stateEnteredEventDetails": {"name": "One"}},
		{"id": 8, "previousEventId": 7, "timestamp": 1, "type": "LambdaFunctionScheduled", "lambdaFunctionScheduledEventDetails": {"resource": "arn:aws:lambda:us-east-1:111122223333:function:f", "input": "{}"}},
		{"id": 9, "previousEventId": 8, "timestamp": 1, "type": "LambdaFunctionTimedOut", "lambdaFunctionTimedOutEventDetails": {"error": "States.Timeout"}},
		{"id": 10, "previousEventId": 9, "timestamp": 1, "type": "ExecutionAborted"},
		{"id": 11, "previousEventId": 10, "timestamp": 1, "type": "ExecutionRedriven"}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		events, err := emulator.ReadHistory(text, d)
		if err != nil {
			return
		}
		_, _ = emulator.Replay(t.Context(), replay.Options{Definition: d, History: events})
	})
}

func BenchmarkReplay(b *testing.B) {
	var items []string
	for range 200 {
		items = append(items, `{"n": {"n": 1}}`)
	}
	em := emulator.RunT(b, emulator.WithAutoAdvance(time.Unix(1_700_000_000, 0)), emulator.WithTask("f", answer))
	arn, err := em.Register(emulator.Registration{Name: "m", Definition: lines})
	if err != nil {
		b.Fatal(err)
	}
	x, err := em.Start(b.Context(), arn, `{"items": [`+strings.Join(items, ",")+`]}`)
	if err != nil {
		b.Fatal(err)
	}
	em.Wait(x)
	var events []machine.Event
	for _, e := range em.History(x) {
		events = append(events, *e.Record)
	}
	d := parsed(b, lines)
	for b.Loop() {
		if r, err := emulator.Replay(b.Context(), replay.Options{Definition: d, History: events}); err != nil || r.Difference != nil {
			b.Fatal(err, r.Difference)
		}
	}
	b.ReportMetric(float64(len(events)), "events")
}
