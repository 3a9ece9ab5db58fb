package testcase

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/coverage"
)

// machineOf reads a definition in JSON.
func machineOf(t testing.TB, name, text string) *Machine {
	t.Helper()
	d, found := asl.Parse(text)
	found = append(found, asl.Validate(d, asl.Options{})...)
	if found.HasErrors() {
		t.Fatal(found)
	}
	return &Machine{Name: name, Definition: d, Text: text}
}

// runFile runs all cases of a test file.
func runFile(t testing.TB, m *Machine, name, text string, snapshots *Snapshots) (*File, []*Result) {
	t.Helper()
	f, err := Parse(name, text)
	if err != nil {
		t.Fatal(err)
	}
	var results []*Result
	for i := range f.Cases {
		results = append(results, m.Run(context.Background(), f, &f.Cases[i], snapshots))
	}
	return f, results
}

// told is what was not as expected, in lines.
func told(r *Result) string {
	var lines []string
	for _, f := range r.Failures {
		lines = append(lines, fmt.Sprintf("%s %s", f.At, f))
	}
	return strings.Join(lines, "\n")
}

// The tests of the example pass, and cover all of it.
func TestExample(t *testing.T) {
	text, err := os.ReadFile("../../examples/order/order.asl.json")
	if err != nil {
		t.Fatal(err)
	}
	m := machineOf(t, "order", string(text))
	const name = "../../examples/order/order.test.yaml"
	if text, err = os.ReadFile(name); err != nil {
		t.Fatal(err)
	}
	f, results := runFile(t, m, name, string(text), nil)
	covered := coverage.New(m.Definition)
	for _, r := range results {
		for _, failure := range r.Failures {
			t.Errorf("%s:%s: %s: %s", f.Name, failure.At, r.Case.Name, failure)
		}
		covered.Merge(r.Coverage)
	}
	if missed := covered.Missed(); len(missed) > 0 {
		t.Errorf("not covered: %+v", missed)
	}
}

// trip books what a trip needs: a loop with a Wait, branches, iterations, variables.
const trip = `{
	"QueryLanguage": "JSONata",
	"StartAt": "Plan",
	"States": {
		"Plan": {"Type": "Pass", "Assign": {"people": "{% $states.input.people %}", "tries": 0}, "Next": "Look"},
		"Look": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": "look:live", "Payload": {"tries": "{% $tries %}"}},
			"Output": "{% $states.result.Payload %}", "Assign": {"tries": "{% $tries + 1 %}"}, "Next": "Free?"},
		"Free?": {"Type": "Choice", "Choices": [{"Condition": "{% $states.input.free %}", "Next": "Book"}], "Default": "Later"},
		"Later": {"Type": "Wait", "Seconds": 86400, "Next": "Look"},
		"Book": {"Type": "Parallel", "Next": "Each", "Branches": [
			{"StartAt": "Flight", "States": {"Flight": {"Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:flight", "End": true}}},
			{"StartAt": "Hotel", "States": {"Hotel": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
				"Arguments": {"QueueUrl": "hotels", "MessageBody": "{% $states.context.Task.Token %}"}, "End": true,
				"Retry": [{"ErrorEquals": ["Busy"], "MaxAttempts": 2}]}}}
		]},
		"Each": {"Type": "Map", "Items": "{% $people %}", "End": true, "ItemProcessor": {"StartAt": "Ticket", "States": {
			"Ticket": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:ticket:3", "Arguments": "{% $states.input %}", "End": true}}}}
	}
}`

// tripMocks answer all of its calls.
const tripMocks = `
mocks:
  Look: [{return: {Payload: {free: false}}}, {return: {Payload: {free: true}}}]
  Flight: {return: {flight: 1}}
  Hotel: {return: {hotel: 2}}
resources:
  ticket: {evaluate: '{"for": $input}'}
`

func TestExpectations(t *testing.T) {
	m := machineOf(t, "trip", trip)
	for _, test := range []struct{ name, test, want string }{
		{"all of it", `
  expect:
    output: [{for: Ada}, {for: Grace}]
    path: [Plan, Look, Free?, Later, Look, Free?, Book, Each]
    paths: {'Book[0]': [Flight], 'Book[1]': [Hotel], 'Each[1]': [Ticket]}
    states:
      Look: [{arguments: {FunctionName: 'look:live', Payload: {tries: 0}}, variables: {tries: 1}, next: Free?}, {outputMatches: {free: true}, attempts: 1}]
      Each: {visits: 1, input: [{flight: 1}, {hotel: 2}], output: '{% $count($) = 2 and $ = $output %}'}
      Later: {next: Look}
    calls:
      - {resource: look, times: 2}
      - {state: Look, arguments: '{% $.Payload.tries = 1 %}'}
      - {resource: 'arn:aws:states:::sqs:*', argumentsMatches: {QueueUrl: hotels}}
      - {resource: flight, times: 1}
      - {resource: 'arn:aws:lambda:*:function:ticket:3', arguments: Grace}
    events: [WaitStateEntered, ParallelStateStarted, ActivityScheduled, ActivitySucceeded, MapIterationSucceeded]
    transitions: 12`, ""},
		{"the end", "  expect: {status: FAILED}", "16:3 status: expected FAILED, got SUCCEEDED"},
		{"no error", "  expect: {error: Busy}", "16:3 status: expected FAILED, got SUCCEEDED\n16:19 error: expected \"Busy\", got nothing"},
		{"output", "  expect: {output: [{for: Ada}]}", `16:20 output[1]: expected the end of the list, got {"for":"Grace"}`},
		{"output in depth", "  expect: {output: [{for: Bob}, {who: 1}]}", "16:27 output[0].for: expected \"Bob\", got \"Ada\"\n16:39 output[1].who: expected 1, got nothing\n16:33 output[1].for: expected no such member, got \"Grace\""},
		{"output in part", "  expect: {outputMatches: [{}, {for: '{% $length($) > 9 %}'}]}", `16:38 output[1].for: expected {% $length($) > 9 %}, got "Grace"`},
		{"a condition that fails", "  expect: {output: '{% $error(\"no\") %}'}", `16:20 output: expected {% $error("no") %}, got [{"for":"Ada"},{"for":"Grace"}], for which it fails: D3137: no`},
		{"a condition that is none", "  expect: {output: '{% 1 %}'}", `16:20 output: expected {% 1 %} to be true or false, got it as 1 for [{"for":"Ada"},{"for":"Grace"}]`},
		{"path", "  expect: {path: [Plan, Look, Book, ...]}", `16:12 path: expected "Book" as state 3, got "Free?"; expected Plan → Look → Book → ..., got Plan → Look → Free? → Later → Look → Free? → Book → Each`},
		{"path ends", "  expect: {path: [Plan, …, Book]}", `16:12 path: expected the end as state 8, got "Each"; expected Plan → … → Book, got`},
		{"no branch", "  expect: {paths: {'Book[2]': [Hotel]}}", `16:20 paths.Book[2]: there is no such branch or iteration; there are Book[0], Book[1], Each[0], Each[1]`},
		{"no event", "  expect: {events: [WaitStateExited, WaitStateEntered]}", `16:12 events: there is no WaitStateEntered after WaitStateExited; the history is ExecutionStarted → `},
		{"visits", "  expect: {states: {Look: [{}]}}", `16:21 states.Look.visits: expected 1, got 2`},
		{"attempts", "  expect: {states: {Look: {attempts: 2, error: Busy}}}", "16:21 states.Look.attempts: expected 2, got 1\n16:48 states.Look.error: expected \"Busy\", got nothing"},
		{"no such state", "  expect: {states: {Lock: {}}, path: [Plan, Bock], calls: [{state: Hostel}]}", "16:60 calls[0]: the definition has no state \"Hostel\"; did you mean \"Hotel\"?\n16:32 path: the definition has no state \"Bock\"; did you mean \"Book\"?\n16:21 states: the definition has no state \"Lock\"; did you mean \"Look\"?"},
		{"calls", "  expect: {calls: [{state: Look, arguments: {}}]}", `16:20 calls[0]: there is no such call of Look; its calls had the arguments {"FunctionName":"look:live","Payload":{"tries":0}}, {"FunctionName":"look:live","Payload":{"tries":1}}`},
		{"number of calls", "  expect: {calls: [{resource: l*k, times: 3}, {resource: x, times: 1}]}", `16:20 calls[0]: expected 3 calls of l*k, got 2; its calls had the arguments`},
		{"order of calls", "  expect: {calls: [{state: Flight}, {state: Look}]}", `16:37 calls[1]: there is no such call of Look`},
		{"transitions", "  expect: {transitions: 1}", `16:12 transitions: expected 1, got 12`},
		{"no mock", "  resources: {x: {return: 1}}\n  mocks: {Hotel: {error: Busy}}\n  expect: {states: {Hotel: {attempts: 3}}, error: Busy}", ""},
		{"a fault", "  faults: [{state: Look, timeout: true}]\n  expect: {error: States.Timeout}", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := tripMocks[1:] + "\n\n\n\n\n\ncases:\n- name: a\n  input: {people: [Ada, Grace]}\n" + strings.TrimPrefix(test.test, "\n")
			_, results := runFile(t, m, "trip.test.yaml", text, nil)
			got := told(results[0])
			if !strings.HasPrefix(got, test.want) || test.want == "" && got != "" {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// Calls that nothing answers fail the case, and nothing else is said.
func TestCallsWithoutAnswers(t *testing.T) {
	m := machineOf(t, "trip", trip)
	for _, test := range []struct{ mocks, want string }{
		{"{}", "4:3 mocks: the state \"Look\" (look:live) has no mock; write what answers it into the case or at the top of the file:\n  mocks:\n    Look: {return: {Payload: {}}}"},
		{"{Look: [{return: {Payload: {free: false}}}]}", `2:9 mocks: call 2 of the state "Look" (look:live) has no answer: the mock has 1, which are used up; add one, or times: always to the last`},
		{"{Look: {when: $input.Payload.tries > 0, return: 1}}", `2:9 mocks: call 1 of the state "Look" (look:live) has no answer: no condition holds for the arguments {"FunctionName":"look:live","Payload":{"tries":0}}, or its answers are used up`},
		{"{Look: {when: $error('no'), return: 1}}", `2:9 mocks: the condition $error('no') fails for the arguments {"FunctionName":"look:live","Payload":{"tries":0}}: D3137: no`},
		{"{Look: {when: $input.Payload.tries + 2, return: 1}}", `2:9 mocks: the condition $input.Payload.tries + 2 gives 2; expected true or false, or nothing for false`},
		{"{Look: {evaluate: $input.a + 'b'}}", `2:9 mocks: the answer of the state "Look" (look:live) cannot be evaluated`},
		{"{Look: {return: {Payload: {free: true}}}, Hotel: {return: 1}}", "4:3 mocks: the state \"Flight\" (arn:aws:states:us-east-1:123456789012:activity:flight) has no mock; write what answers it into the case or at the top of the file:\n  mocks:\n    Flight: {return: {}}"},
		{"{Look: {return: 1}, Boot: {return: 1}}", `2:28 mocks: the definition has no state "Boot"; did you mean "Book"?`},
	} {
		_, results := runFile(t, m, "t.yaml", "\nmocks: "+test.mocks+"\ncases:\n- name: a\n  input: {people: []}\n", nil)
		if got := told(results[0]); got != test.want && !strings.HasPrefix(got, test.want) {
			t.Errorf("%s: got\n%s\nwant\n%s", test.mocks, got, test.want)
		}
	}
}

// A test case of a MockConfigFile.json answers the states that have no mock.
func TestMockCase(t *testing.T) {
	m := machineOf(t, "trip", trip)
	path := filepath.Join(t.TempDir(), "MockConfigFile.json")
	if err := os.WriteFile(path, []byte(`{"StateMachines": {"trip": {"TestCases": {"Happy": {"Look": "l", "Flight": "f", "Hotel": "f"}}}},
		"MockedResponses": {"l": {"0": {"Return": {"Payload": {"free": false}}}, "1": {"Return": {"Payload": {"free": true}}}}, "f": {"0": {"Return": 7}}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(testCase string) string {
		_, results := runFile(t, m, "t.yaml", "mocks: {Hotel: {return: 8}}\ncases: [{name: a, mockCase: "+testCase+", input: {people: []}, expect: {states: {Each: {input: [7, 8]}}}}]", nil)
		return told(results[0])
	}
	if got := run("Happy"); !strings.Contains(got, "there is no MockConfigFile.json in the folder") {
		t.Errorf("got %s", got)
	}
	if err := m.UseMockConfig(path); err != nil {
		t.Fatal(err)
	}
	if got := run("Happy"); got != "" {
		t.Errorf("got %s", got)
	}
	if got := run("Hapy"); !strings.Contains(got, `did you mean "Happy"?`) {
		t.Errorf("got %s", got)
	}
}

// Calls that are real are made by what the machine's options and preparation set up.
func TestRealCalls(t *testing.T) {
	m := machineOf(t, "m", `{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "End": true}}}`)
	stopped := 0
	m.Prepare = func(context.Context, *emulator.Emulator) (func() error, error) {
		return func() error { stopped++; return nil }, nil
	}
	_, results := runFile(t, m, "t.yaml", "cases: [{name: a, mocks: {A: {real: true}}, expect: {status: FAILED}}, {name: b, mocks: {A: {return: 1}}}]", nil)
	for _, r := range results {
		if !r.Passed() {
			t.Errorf("%s: %s", r.Case.Name, told(r))
		}
	}
	if stopped != 1 {
		t.Errorf("stopped %d times", stopped)
	}
	if r := results[0]; !strings.Contains(r.Cause, "endpoint") {
		t.Errorf("got %s: %s", r.Error, r.Cause)
	}
}

// A snapshot is written when that is asked for, and compared else.
func TestSnapshots(t *testing.T) {
	m := machineOf(t, "m", `{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}`)
	name := filepath.Join(t.TempDir(), "m.test.yaml")
	run := func(input string, update bool) string {
		t.Helper()
		s, err := OpenSnapshots(name, update)
		if err != nil {
			t.Fatal(err)
		}
		_, results := runFile(t, m, name, "cases: [{name: a, input: "+input+", expect: {snapshot: true}}]", s)
		if update {
			if _, err := s.Save(func(string) bool { return true }); err != nil {
				t.Fatal(err)
			}
		}
		return told(results[0])
	}
	if got := run("{x: 1}", false); !strings.Contains(got, "there is none yet; aslocal test --update writes it to "+SnapshotFile(name)) {
		t.Errorf("got %s", got)
	}
	if got := run("{x: '{% $ %}'}", true) + run("{x: '{% $ %}'}", false); got != "" {
		t.Errorf("got %s", got)
	}
	if got := run("{x: 2}", false); !strings.Contains(got, `snapshot.output.x: expected "{% $ %}", got 2; aslocal test --update takes what is now`) {
		t.Errorf("got %s", got)
	}
	linked := filepath.Join(filepath.Dir(name), "l.test.yaml")
	if err := os.Symlink(filepath.Join(t.TempDir(), "elsewhere"), SnapshotFile(linked)); err == nil {
		if _, err := OpenSnapshots(linked, true); err == nil {
			t.Error("a link out of the folder is followed")
		}
	}
	s, err := OpenSnapshots(name, true)
	if err != nil {
		t.Fatal(err)
	}
	if written, err := s.Save(func(string) bool { return false }); err != nil || !written {
		t.Errorf("got %v, %v", written, err)
	}
	if _, err := os.Stat(SnapshotFile(name)); !os.IsNotExist(err) {
		t.Errorf("it is still there: %v", err)
	}
}

// An execution that waits for nobody, and one that does not end, end the case.
func TestCasesEnd(t *testing.T) {
	m := machineOf(t, "m", `{"StartAt": "A", "States": {"A": {"Type": "Wait", "SecondsPath": "$.n", "Next": "B"}, "B": {"Type": "Choice", "Choices": [{"Variable": "$.end", "IsPresent": true, "Next": "C"}], "Default": "A"}, "C": {"Type": "Succeed"}}}`)
	_, results := runFile(t, m, "t.yaml", "cases: [{name: a, input: {n: 9999999}, expect: {error: States.Runtime}}]", nil)
	if got := told(results[0]); got != "" {
		t.Errorf("got %s", got)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	f, _ := runFile(t, m, "t.yaml", "cases: [{name: a, skip: x, input: {n: 1}, expect: {status: FAILED}}]", nil)
	if r := m.Run(ctx, f, &f.Cases[0], nil); r.Passed() || r.Failures[0].What != "run" {
		t.Errorf("got %s", told(r))
	}
}

// The same case gives the same result, whatever else runs.
func TestCasesRepeat(t *testing.T) {
	m := machineOf(t, "trip", trip)
	f, err := Parse("t.yaml", tripMocks+"cases: [{name: a, input: {people: [1, 2, 3]}, expect: {output: '{% $random() = $millis() %}'}}]")
	if err != nil {
		t.Fatal(err)
	}
	first := ""
	for range 5 {
		r := m.Run(context.Background(), f, &f.Cases[0], nil)
		if got := told(r) + r.snapshotOf().String(); first == "" {
			first = got
		} else if got != first {
			t.Errorf("got %s, before %s", got, first)
		}
	}
}

// FuzzRun looks for test files that break the run of a case.
func FuzzRun(f *testing.F) {
	m := machineOf(f, "trip", trip)
	m.Limit = 5 * time.Second
	f.Add(tripMocks + "cases: [{name: a, input: {people: [1]}, expect: {output: '{% $ %}', path: [Plan, …], states: {Each: {attempts: 1}}}}]")
	f.Add("cases: [{name: a, input: {people: []}, faults: [{state: Look, error: E, probability: 0.5}], mocks: {Look: [{evaluate: $input, times: 2}]}, expect: {error: E, events: [X], calls: [{state: Look, times: 0}]}}]")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := Parse("t.yaml", text)
		if err != nil || len(file.Cases) > 10 {
			return
		}
		for i := range file.Cases {
			if c := &file.Cases[i]; !c.real() {
				r := m.Run(context.Background(), file, c, nil)
				if !r.Ran && r.Passed() {
					t.Fatalf("a case that has not run has passed: %+v", c)
				}
			}
		}
	})
}

// The items of a distributed Map, the writing of its results, and the calls of its children
// are mocked; the children cover the states inside.
func TestDistributedMap(t *testing.T) {
	m := machineOf(t, "m", `{"StartAt": "M", "States": {"M": {"Type": "Map", "End": true,
		"ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSON"}, "Parameters": {"Bucket": "b", "Key": "k"}},
		"ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b", "Prefix": "p"}},
		"ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Work", "States": {
			"Work": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", "Retry": [{"ErrorEquals": ["Busy"]}], "Next": "Done"},
			"Done": {"Type": "Succeed"}}}}}}`)
	_, results := runFile(t, m, "t.yaml", `
resources:
  arn:aws:states:::s3:getObject: {return: [1, 2, 3]}
  arn:aws:states:::s3:putObject: {return: {Bucket: b, Key: p/manifest.json}}
cases:
- name: a
  mocks: {Work: [{error: Busy}, {evaluate: $input * 2, times: always}]}
  expect:
    outputMatches: {ResultWriterDetails: {Bucket: b}}
    calls: [{resource: '*:getObject', arguments: {Bucket: b, Key: k}}, {state: Work, times: 4}, {resource: '*:putObject', times: 1}]
    transitions: 1
- name: b
  resources: {arn:aws:states:::s3:getObject: {error: States.ItemReaderFailed, cause: gone}}
  expect: {error: States.ItemReaderFailed}
`, nil)
	for _, r := range results {
		if !r.Passed() {
			t.Errorf("%s: %s", r.Case.Name, told(r))
		}
	}
	if missed := results[0].Coverage.Missed(); len(missed) > 0 {
		t.Errorf("not covered: %+v", missed)
	}
	_, results = runFile(t, m, "t.yaml", "cases: [{name: a}]", nil)
	if got, want := told(results[0]), "1:9 mocks: what a Map state reads or writes (arn:aws:states:::s3:getObject) has no mock; write what answers it into the case or at the top of the file:\n  resources:\n    \"arn:aws:states:::s3:getObject\": {return: []}"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
