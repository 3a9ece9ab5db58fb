package mock

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const orders = `{
  "StateMachines": {
    "order": {
      "TestCases": {
        "HappyPath": {"Charge": "Charged", "Ship": "Shipped"},
        "Flaky": {"Charge": "Charged at last"}
      }
    }
  },
  "MockedResponses": {
    "Charged": {"0": {"Return": {"receipt": 17}}},
    "Shipped": {"0-2": {"Return": null}},
    "Charged at last": {
      "3": {"Return": [1, {"a": 1, "a": 2}]},
      "0": {"Throw": {"Error": "Lambda.TooManyRequestsException", "Cause": "later"}},
      "1-2": {"Throw": {"Error": "Declined"}}
    }
  }
}`

func TestOutcome(t *testing.T) {
	c, err := Parse("mocks.json", orders)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		machine, testCase, state string
		invocation               int
		want                     string
	}{
		{"order", "HappyPath", "Charge", 0, `return {"receipt":17}`},
		{"order", "HappyPath", "Ship", 2, "return null"},
		{"order", "HappyPath", "Refund", 0, "not mocked"},
		{"order", "Flaky", "Charge", 0, "throw Lambda.TooManyRequestsException: later"},
		{"order", "Flaky", "Charge", 2, "throw Declined: "},
		{"order", "Flaky", "Charge", 3, `return [1,{"a":2}]`},
		{"order", "Flaky", "Charge", 4, `mocks.json:13:5: the mocked response "Charged at last" of the state "Charge" in the test case "Flaky" has nothing for invocation 4; ` +
			"it has 0, 1-2, 3, counted from 0, retries included"},
		{"order", "Flakey", "Charge", 0, `mocks.json has no test case "Flakey" for the state machine "order"; did you mean "Flaky"?`},
		{"order", "", "Charge", 0, `mocks.json has no test case "" for the state machine "order"; it has ["Flaky" "HappyPath"]`},
		{"billing", "HappyPath", "Charge", 0, `mocks.json has no test cases for the state machine "billing"; it has ["order"]`},
	}
	for _, test := range tests {
		out, mocked, err := c.Outcome(test.machine, test.testCase, test.state, test.invocation)
		got := "return " + out.Return.String()
		switch {
		case err != nil:
			got = err.Error()
		case !mocked:
			got = "not mocked"
		case out.Throw != nil:
			got = "throw " + out.Throw.Name + ": " + out.Throw.Cause
		}
		if got != test.want {
			t.Errorf("%s#%s, %s, %d: got %s, want %s", test.machine, test.testCase, test.state, test.invocation, got, test.want)
		}
	}
}

func TestMistakes(t *testing.T) {
	responses := func(text string) string { return `{"StateMachines": {}, "MockedResponses": {"r": ` + text + `}}` }
	tests := []struct{ name, text, want string }{
		{"not JSON", "{\n  \"StateMachines\": {,}\n}", `m.json:2:21: `},
		{"no object", `[]`, `m.json:1:1: the file: expected an object with StateMachines and MockedResponses, got array`},
		{"a member that is not there", `{"MockedResponse": {}, "Comment": "no mistake"}`, `m.json:1:2: MockedResponse: there is no such member; did you mean "MockedResponses"?`},
		{"no test cases", `{"StateMachines": {"order": {}}}`, `m.json:1:20: StateMachines.order: TestCases are missing`},
		{"a response that is not there", `{"StateMachines": {"order": {"TestCases": {"A": {"Charge": "charged"}}}}, "MockedResponses": {"Charged": {"0": {"Return": 1}}}}`,
			`m.json:1:60: StateMachines.order.TestCases.A.Charge: there is no mocked response "charged"; did you mean "Charged"?`},
		{"a response that is no name", `{"StateMachines": {"order": {"TestCases": {"A": {"Charge": {"0": 1}}}}}}`,
			`m.json:1:60: StateMachines.order.TestCases.A.Charge: expected the name of a mocked response, got object`},
		{"a response without outcomes", responses(`{}`), `m.json:1:43: MockedResponses.r: expected an outcome for each invocation, as in {"0": {"Return": {}}}`},
		{"a key that is no number", responses(`{"first": {"Return": 1}}`),
			`m.json:1:49: MockedResponses.r.first: expected the number of an invocation, counted from 0, or a range as in "1-2", got "first"`},
		{"a range backwards", responses(`{"2-1": {"Return": 1}}`),
			`m.json:1:49: MockedResponses.r.2-1: expected the number of an invocation, counted from 0, or a range as in "1-2", got "2-1"`},
		{"a number out of all range", responses(`{"0-99999999999999999999": {"Return": 1}}`),
			`m.json:1:49: MockedResponses.r.0-99999999999999999999: expected the number of an invocation, counted from 0, or a range as in "1-2", got "0-99999999999999999999"`},
		{"an invocation twice", responses(`{"0-2": {"Return": 1}, "2": {"Return": 2}}`), `m.json:1:71: MockedResponses.r.2: invocation 2 is in "0-2" already`},
		{"neither", responses(`{"0": {}}`), `m.json:1:49: MockedResponses.r.0: expected Return or Throw`},
		{"both", responses(`{"0": {"Return": 1, "Throw": {"Error": "E"}}}`), `m.json:1:49: MockedResponses.r.0: expected one of Return and Throw, not both`},
		{"a throw without error", responses(`{"0": {"Throw": {"Cause": "why"}}}`), `m.json:1:55: MockedResponses.r.0.Throw: Error is missing`},
		{"a cause that is no text", responses(`{"0": {"Throw": {"Error": "E", "Cause": 1}}}`), `m.json:1:88: MockedResponses.r.0.Throw.Cause: expected a string, got number`},
		{"a member twice", responses(`{"0": {"Return": 1}, "0": {"Return": {"b": 1, "b": 2}}}`), `m.json:1:69: MockedResponses.r.0: this member is there twice, first at 1:49`},
		{"all of them", "{\"StateMachines\": 1,\n\"MockedResponses\": 2}",
			"m.json:1:19: StateMachines: expected an object with a state machine, got number\nm.json:2:20: MockedResponses: expected an object with mocked responses, got number"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse("m.json", test.text)
			if err == nil {
				t.Fatal("no mistake was found")
			}
			if got := err.Error(); got != test.want && !(strings.HasSuffix(test.want, " ") && strings.HasPrefix(got, test.want)) {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// Of very many mistakes, the first are shown.
func TestManyMistakes(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"MockedResponses": {"r": {`)
	for i := range 50 {
		fmt.Fprintf(&b, "%q: 1, ", fmt.Sprint("x", i))
	}
	_, err := Parse("m.json", b.String()+`"y": 1}}}`)
	lines := strings.Split(fmt.Sprint(err), "\n")
	if len(lines) != 21 || lines[20] != "and 31 more" {
		t.Errorf("got %d lines, the last %q", len(lines), lines[len(lines)-1])
	}
}

// A file that has changed is read again; while it has mistakes, what it said
// before is in force for the executions under way.
func TestFileChanges(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mocks.json")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(orders)
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	first := f.current()
	if again, err := f.Latest(); err != nil || again != first {
		t.Errorf("a file that has not changed was read again: %v", err)
	}
	write(`{"StateMachines": `)
	for range 2 {
		if _, err := f.Latest(); err == nil {
			t.Error("a mistake was not seen")
		}
	}
	if f.current() != first {
		t.Error("the executions under way lose their responses")
	}
	write(strings.Replace(orders, "HappyPath", "Sunshine", 1))
	c, err := f.Latest()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Check("order", "Sunshine"); err != nil {
		t.Error(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Latest(); err == nil {
		t.Error("a file that is gone was read")
	}
}

// FuzzParse looks for texts that panic, and holds what was read to what it
// covers: every invocation of a span has an outcome.
func FuzzParse(f *testing.F) {
	f.Add(orders)
	f.Add(`{"StateMachines": {"m": {"TestCases": {"c": {"s": "r"}}}}, "MockedResponses": {"r": {"0-1": {"Throw": {"Error": "E"}}}}}`)
	f.Add(`{"MockedResponses": {"r/~": {"-": {}, "0": {"Return": 1}, "0": {"Throw": 0}}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse("f", text)
		if err != nil {
			for _, m := range err.(Mistakes) {
				if m.At.Line < 1 || m.At.Column < 1 || m.Message == "" {
					t.Fatalf("a mistake without a place: %+v", m)
				}
			}
			return
		}
		for machine, cases := range c.machines {
			for name, found := range cases {
				for state, r := range found.responses {
					for _, s := range r.spans {
						if out, mocked, err := c.Outcome(machine, name, state, s.last); err != nil || !mocked || out.Throw == nil && !out.Return.Exists() {
							t.Fatalf("%s#%s %s %d: %v", machine, name, state, s.last, err)
						}
					}
				}
			}
		}
	})
}
