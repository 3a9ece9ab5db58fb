package conformance

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

const minimal = `{"comment": "c", "source": "spec: s", "definition": {}, "expect": {"status": "SUCCEEDED"}}`

// with returns the minimal case with more members, or others.
func with(members string) string {
	return strings.TrimSuffix(minimal, "}") + ", " + members + "}"
}

// expecting returns the minimal case with another expectation.
func expecting(expect string) string {
	return `{"comment": "c", "source": "spec: s", "definition": {}, "expect": ` + expect + `}`
}

func TestLoad(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	cases, err := Load(fstest.MapFS{
		"b/two.json":   file(with(`"type": "EXPRESS", "inputText": "[1, 2]"`)),
		"b/one.json":   file(minimal),
		"a/x.json":     file(with(`"input": {"a": 1.0}, "stop": {"after": 1.5}, "tasks": {"f": [{"error": {"errorType": "E", "errorMessage": "m"}}], "activity:a": [{"callback": []}]}`)),
		"known.json":   file(`{"no": "case"}`),
		"a/README.txt": file("no case"),
	})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, c := range cases {
		ids = append(ids, c.ID+" of "+c.Area())
	}
	if want := []string{"a/x of a", "b/one of b", "b/two of b"}; !slices.Equal(ids, want) {
		t.Errorf("got %q, want %q", ids, want)
	}
	x := cases[0]
	if x.Type != "STANDARD" || x.Input != `{"a":1.0}` || x.Stop.After != 1.5 || x.Tasks["f"][0].Payload != `{"errorMessage": "m", "errorType": "E"}` {
		t.Errorf("got %+v", x)
	}
	if two := cases[2]; two.Type != "EXPRESS" || two.Input != "[1, 2]" {
		t.Errorf("got %+v", two)
	}
	if one := cases[1]; one.Input != "{}" {
		t.Errorf("input %q, want {}", one.Input)
	}
}

// Each mistake is said once, with its place; several are all said.
func TestLoadIsStrict(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       string // lines after the file's name
	}{
		{"not JSON", "{\n!}", ": Unexpected character ('!' (code 33)): was expecting double-quote to start field name at line 2, column 2"},
		{"no object", `[]`, `: expected kind object, got []`},
		{"missing members", `{}`, ": /comment: missing\n: /source: missing\n: /definition: missing\n: /expect: missing"},
		{"unknown member", with(`"coment": 1`), ": /coment: unknown member"},
		{"unknown member with a slash", with(`"a/b~c": 1`), ": /a~1b~0c: unknown member"},
		{"definition in a string", strings.Replace(minimal, "{},", `"{}",`, 1), `: /definition: expected kind object, got "{}"`},
		{"source without kind", strings.Replace(minimal, "spec: s", "I think", 1),
			`: /source: expected "KIND: …" with a KIND of spec, documented, recorded, measured or inferred, got "I think"`},
		{"type", with(`"type": "express"`), `: /type: expected one of STANDARD, EXPRESS, got "express"`},
		{"two inputs", with(`"input": 1, "inputText": "1"`), ": /inputText: expected either input or inputText, got both"},
		{"no answers", with(`"tasks": {"f": []}`), ": /tasks/f: expected an array of at least one answer"},
		{"unknown answer", with(`"tasks": {"f": [{"retrun": 1}]}`),
			": /tasks/f/0/retrun: unknown member\n: /tasks/f/0: expected one of return, raw, echo, never, error, bytes, got 0 of them"},
		{"two answers", with(`"tasks": {"f": [{"return": 1, "never": true}]}`), ": /tasks/f/0: expected one of return, raw, echo, never, error, bytes, got 2 of them"},
		{"a flag that is false", with(`"tasks": {"f": [{"echo": false}]}`), ": /tasks/f/0/echo: expected true, or no such member, got false"},
		{"half an error", with(`"tasks": {"f": [{"error": {"errorType": "E"}}]}`), ": /tasks/f/0/error/errorMessage: missing"},
		{"too many bytes", with(`"tasks": {"f": [{"bytes": 1e9}]}`), ": /tasks/f/0/bytes: expected a size between 2 and 10000000, got 1e9"},
		{"an activity that returns", with(`"tasks": {"activity:a": [{"return": 1}]}`), ": /tasks/activity:a/0/return: unknown member\n: /tasks/activity:a/0/callback: missing"},
		{"a callback without a call", with(`"tasks": {"f": [{"return": 1, "callback": [{"after": 1}]}]}`), ": /tasks/f/0/callback/0: expected one of heartbeat, succeed, fail, got 0 of them"},
		{"objects", with(`"objects": {"x": "y", "/z": "", "b/k": 1}`),
			`: /objects/x: expected "bucket/key"` + "\n" + `: /objects/~1z: expected "bucket/key"` + "\n" + `: /objects/b~1k: expected kind string, got 1`},
		{"mocks", with(`"mocks": {"Do": []}, "test": {}`),
			": /mocks/Do: expected kind object, got []\n: /expect: expected answer or fault of a test, and of nothing else\n: /mocks: expected the mock of a test in the test"},
		{"members of map runs", expecting(`{"status": "SUCCEEDED", "mapRuns": [{"state": 1, "children": [{"index": 0}]}]}`),
			": /expect/mapRuns/0/state: unknown member\n: /expect/mapRuns/0/children/0/index: unknown member"},
		{"negative time", with(`"stop": {"after": -1}`), ": /stop/after: expected a number of seconds of at most 4000000000, got -1"},
		{"an express execution stopped", with(`"type": "EXPRESS", "stop": {}`), ": /type: an EXPRESS execution has no history, and can neither be stopped, redriven nor described"},
		{"a redrive of what is not there", with(`"redrive": [{"objects": {"b/k": ""}}, {"refused": {}}]`),
			": /redrive/1/refused/code: missing\n: /redrive/0/objects: expected objects of the case, too, {} if it has none at first"},
		{"unknown member of a description", expecting(`{"status": "SUCCEEDED", "described": {"name": "x"}}`), ": /expect/described/name: unknown member"},
		{"neither status nor invalid", expecting(`{"output": 1}`), ": /expect: expected one of status, invalid, answer, fault, got 0 of them\n: /expect: an execution that has not succeeded has no output"},
		{"unknown status", expecting(`{"status": "DONE"}`), `: /expect/status: expected one of SUCCEEDED, FAILED, TIMED_OUT, ABORTED, RUNNING, got "DONE"`},
		{"failed without error", expecting(`{"status": "FAILED"}`), ": /expect/error: missing: a failed execution has an error, or null"},
		{"succeeded with a cause", expecting(`{"status": "SUCCEEDED", "cause": null}`), ": /expect: an execution that has succeeded has neither error nor cause"},
		{"failed with output", expecting(`{"status": "FAILED", "error": null, "output": 1}`), ": /expect: an execution that has not succeeded has no output"},
		{"invalid and more", expecting(`{"invalid": [{"code": "C"}], "seconds": 1}`), ": /expect: expected nothing beside invalid, since nothing is executed"},
		{"invalid without diagnostics", expecting(`{"invalid": []}`), ": /expect/invalid: expected at least one diagnostic"},
		{"diagnostic without code", expecting(`{"invalid": [{"message": "m"}]}`), ": /expect/invalid/0/code: missing"},
		{"a test without answer", with(`"test": {}`), ": /expect: expected answer or fault of a test, and of nothing else"},
		{"an answer without a test", expecting(`{"answer": {}}`), ": /expect: expected answer or fault of a test, and of nothing else"},
		{"unknown member of a test", with(`"test": {"mock": {"return": 1}, "stateConfiguration": {"retrierRetryCount": -1}}`),
			": /test/mock/return: unknown member\n: /test/stateConfiguration/retrierRetryCount: expected a count, got -1\n: /expect: expected answer or fault of a test, and of nothing else"},
		{"a fault without code", strings.Replace(expecting(`{"fault": {"message": "m"}}`), `"expect"`, `"test": {}, "expect"`, 1), ": /expect/fault/code: missing"},
		{"unknown placeholder", expecting(`{"status": "SUCCEEDED", "output": ["${id}"]}`),
			": /expect/output/0: no placeholder is called ${id}; there are any, time, token, uuid, execution, name, machine, machineName, role"},
		{"no history", expecting(`{"status": "SUCCEEDED", "history": []}`), ": /expect/history: expected all events, got none"},
		{"history with a gap", expecting(`{"status": "SUCCEEDED", "history": ["1<0 ExecutionStarted", "3<0 PassStateEntered(A)"]}`), ": /expect/history/1: expected the id 2, got 3"},
		{"event without id", expecting(`{"status": "SUCCEEDED", "events": [{"type": "X"}]}`), `: /expect/events/0/id: expected the id of the event, got {"type":"X"}`},
		{"unknown member of an event", expecting(`{"status": "SUCCEEDED", "events": [{"id": 1, "previousEventID": 0}]}`), ": /expect/events/0/previousEventID: unknown member"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load(fstest.MapFS{"a/x.json": {Data: []byte(c.text)}})
			if err == nil {
				t.Fatalf("no error, want %s", c.want)
			}
			got := strings.ReplaceAll(err.Error(), "a/x.json", "")
			if got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestLoadWantsAnArea(t *testing.T) {
	_, err := Load(fstest.MapFS{"x.json": {Data: []byte(minimal)}})
	if err == nil || err.Error() != "x.json: expected the file in the folder of its area" {
		t.Errorf("got %v", err)
	}
}

// The example of FORMAT.md is a case.
func TestFormatExample(t *testing.T) {
	text, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```json\n")
	example, _, ok := strings.Cut(rest, "```")
	c, err := parseCase("callback/example.json", example)
	if !ok || err != nil || len(c.Tasks["notify"][0].Callback) != 2 {
		t.Errorf("got %+v, %v", c, err)
	}
}

// Whatever a file holds, reading it ends without a panic, and says where it is
// wrong.
func FuzzParseCase(f *testing.F) {
	f.Add(minimal)
	f.Add(with(`"tasks": {"f": [{"return": 1, "callback": [{"after": 1, "fail": {"error": "E"}}]}], "activity:a": [{"callback": []}]}, "stop": {"after": 1}`))
	f.Add(expecting(`{"status": "FAILED", "error": "E", "history": ["1<0 ExecutionStarted", "2<1 ExecutionFailed!E"], "events": [{"id": 2}], "calls": {"f": [1]}, "seconds": 1}`))
	f.Add(expecting(`{"invalid": [{"code": "C", "location": "/"}]}`))
	f.Add(strings.Replace(expecting(`{"answer": {"status": "SUCCEEDED"}}`), `"expect"`, `"test": {"mock": {"result": {}}}, "expect"`, 1))
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseCase("a/x.json", text)
		isExecution, isRefused := c.Expect.Status != "", c.Expect.Invalid != nil
		if err == nil && c.Test == nil && isExecution == isRefused {
			t.Errorf("a case without exactly one of status and invalid: %s", text)
		}
		if err == nil && c.Test != nil && (isExecution || isRefused) {
			t.Errorf("a test of a state that expects an execution: %s", text)
		}
		if err != nil && !strings.HasPrefix(err.Error(), "a/x.json: ") {
			t.Errorf("an error without the file: %v", err)
		}
	})
}
