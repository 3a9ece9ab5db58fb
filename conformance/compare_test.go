package conformance

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/value"
)

// lines reads a history for a test.
func lines(t *testing.T, texts ...string) []Line {
	t.Helper()
	out := make([]Line, len(texts))
	for i, text := range texts {
		l, err := parseLine(text)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = l
	}
	return out
}

func TestCompare(t *testing.T) {
	succeeded := func() *Outcome {
		return &Outcome{
			Status: "SUCCEEDED", Output: value.OfString(`{"b":1,"a":2}`), Lasted: 2 * time.Second, ExactTime: true,
			Events: []Event{
				{ID: 1, Type: "ExecutionStarted", DetailsName: "executionStartedEventDetails", Details: value.MustParse(`{"input":"[1]","roleArn":"r"}`)},
				{ID: 2, Type: "ExecutionSucceeded", Prev: 1},
			},
			Calls: map[string][]value.Value{"f": {value.OfInt(1), value.OfInt(2)}},
		}
	}
	failed := func() *Outcome {
		return &Outcome{Status: "FAILED", Error: value.OfString("E"), Cause: value.OfString(`{"a": 1}`)}
	}
	for _, c := range []struct {
		name, expect string
		got          *Outcome
		want         string
	}{
		{"all as expected", `{"status": "SUCCEEDED", "output": {"a": 2, "b": 1}, "outputText": "{\"b\":1,\"a\":2}", "seconds": 2,
			"history": ["1<0 ExecutionStarted", "2<1 ExecutionSucceeded"], "events": [{"id": 1, "type": "ExecutionStarted",
			"executionStartedEventDetails": {"input": [1], "cause": null}}], "calls": {"f": [1, 2]}}`, succeeded(), ""},
		{"every part on its own", `{"status": "SUCCEEDED", "output": {"a": 3, "b": 1}, "outputText": "{}", "seconds": 3}`, succeeded(),
			"/expect/output/a: got 2, want 3\n/expect/outputText: got \"{\\\"b\\\":1,\\\"a\\\":2}\", want \"{}\"\n/expect/seconds: got 2, want 3"},
		{"status with the failure", `{"status": "SUCCEEDED"}`, failed(), `/expect/status: got FAILED (E: {"a": 1}), want SUCCEEDED`},
		{"cause as JSON", `{"status": "FAILED", "error": "E", "cause": {"a": 1}}`, failed(), ""},
		{"cause that must not be", `{"status": "FAILED", "error": "E", "cause": null}`, failed(), `/expect/cause: got "{\"a\": 1}", want null`},
		{"error that must be", `{"status": "FAILED", "error": "E"}`, &Outcome{Status: "FAILED"}, `/expect/error: got nothing, want "E"`},
		{"neither error nor cause", `{"status": "FAILED", "error": null, "cause": null}`, &Outcome{Status: "FAILED"}, ""},
		{"history that ends early", `{"status": "SUCCEEDED", "history": ["1<0 ExecutionStarted"]}`, succeeded(),
			"/expect/history/1: got 2<1 ExecutionSucceeded, want the end of the history"},
		{"history that goes on", `{"status": "SUCCEEDED", "history": ["1<0 ExecutionStarted", "2<1 ExecutionSucceeded", "3<2 ExecutionSucceeded"]}`, succeeded(),
			"/expect/history/2: got the end of the history, want 3<2 ExecutionSucceeded"},
		{"another event before", `{"status": "SUCCEEDED", "history": ["1<0 ExecutionStarted", "2<0 ExecutionSucceeded"]}`, succeeded(),
			"/expect/history/1: got 2<1 ExecutionSucceeded, want 2<0 ExecutionSucceeded"},
		{"detail", `{"status": "SUCCEEDED", "events": [{"id": 1, "executionStartedEventDetails": {"roleArn": "q"}}]}`, succeeded(),
			`/expect/events/0/executionStartedEventDetails/roleArn: got "r", want "q"`},
		{"detail that must not be", `{"status": "SUCCEEDED", "events": [{"id": 1, "executionStartedEventDetails": {"roleArn": null}}]}`, succeeded(),
			`/expect/events/0/executionStartedEventDetails/roleArn: got "r", want null`},
		{"details of another type", `{"status": "SUCCEEDED", "events": [{"id": 2, "taskFailedEventDetails": {}}]}`, succeeded(),
			`/expect/events/0/taskFailedEventDetails: got nothing, want {}`},
		{"output null", `{"status": "SUCCEEDED", "output": null}`, &Outcome{Status: "SUCCEEDED"}, "/expect/output: got nothing, want null"},
		{"variables", `{"status": "SUCCEEDED", "events": [{"id": 3, "stateExitedEventDetails": {"assignedVariables": {"x": [1], "y": "1"}}}]}`,
			&Outcome{Status: "SUCCEEDED", Events: []Event{{ID: 3, DetailsName: "stateExitedEventDetails", Details: value.MustParse(`{"assignedVariables":{"x":"[1]","y":"2"}}`)}}},
			`/expect/events/0/stateExitedEventDetails/assignedVariables/y: got "2", want "1"`},
		{"no such event", `{"status": "SUCCEEDED", "events": [{"id": 3}]}`, succeeded(), "/expect/events/0: got no such event, want the event 3"},
		{"calls", `{"status": "SUCCEEDED", "calls": {"f": [1]}}`, succeeded(), "/expect/calls/f/1: got 2, want nothing"},
		{"calls that were not made", `{"status": "SUCCEEDED", "calls": {"g": [1]}}`, succeeded(), "/expect/calls/g/0: got nothing, want 1"},
		{"calls in another order", `{"status": "SUCCEEDED", "calls": {"f": [2, 1]}}`, succeeded(), "/expect/calls/f/0: got 1, want 2"},
		{"calls in any order", `{"status": "SUCCEEDED", "calls": {"f": [2, 1]}, "interleaved": true}`, succeeded(), ""},
		{"refused", `{"status": "SUCCEEDED"}`, &Outcome{Refused: true, Diagnostics: []Diagnostic{{"C", "m", "/"}}}, "/definition: got it is refused: [C: m at /], want a definition that is accepted"},
		{"refused as expected", `{"invalid": [{"code": "C", "location": "/"}]}`, &Outcome{Refused: true, Diagnostics: []Diagnostic{{"C", "m", "/"}}}, ""},
		{"refused for something else", `{"invalid": [{"code": "C", "message": "n"}]}`, &Outcome{Refused: true, Diagnostics: []Diagnostic{{"C", "m", "/"}}},
			"/expect/invalid/0: got C: m at /, want C: n"},
		{"refused for more", `{"invalid": [{"code": "C"}]}`, &Outcome{Refused: true, Diagnostics: []Diagnostic{{"C", "m", "/"}, {Code: "D"}}}, "/expect/invalid/1: got D, want no more diagnostics"},
		{"not refused", `{"invalid": [{"code": "C"}]}`, &Outcome{}, "/expect/invalid/0: got no more diagnostics, want C"},
	} {
		t.Run(c.name, func(t *testing.T) {
			parsed, err := parseCase("a/x.json", expecting(c.expect))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range parsed.Compare(c.got) {
				got = append(got, d.String())
			}
			if text := strings.Join(got, "\n"); text != c.want {
				t.Errorf("\n got %s\nwant %s", text, c.want)
			}
		})
	}
}

// An execution on the system's clock may take longer, but not less.
func TestCompareDuration(t *testing.T) {
	for _, c := range []struct {
		lasted time.Duration
		exact  bool
		same   bool
	}{
		{time.Second, true, true}, {time.Second + time.Millisecond, true, false}, {999 * time.Millisecond, true, false},
		{time.Second, false, true}, {time.Second + time.Millisecond, false, true}, {999 * time.Millisecond, false, false},
	} {
		if got := compareDuration(value.OfInt(1), &Outcome{Lasted: c.lasted, ExactTime: c.exact}) == nil; got != c.same {
			t.Errorf("%v, exact %v: same is %v, want %v", c.lasted, c.exact, got, c.same)
		}
	}
}

func TestCompareEdges(t *testing.T) {
	want := []string{"1<0 ExecutionStarted", "2<0 ParallelStateEntered(P)", "3<2 ParallelStateStarted", "4<3 PassStateEntered(A)", "5<3 PassStateEntered(B)",
		"6<4 PassStateExited(A)", "7<5 PassStateExited(B)", "8<7 ParallelStateSucceeded", "9<7 ParallelStateExited(P)", "10<9 ExecutionSucceeded"}
	for _, c := range []struct {
		name string
		from int // the lines that differ
		got  []string
		want string
	}{
		{"the same order", 0, want, ""},
		{"another order", 3, []string{"4<3 PassStateEntered(B)", "5<4 PassStateExited(B)", "6<3 PassStateEntered(A)", "7<6 PassStateExited(A)"}, ""},
		{"a branch after the other", 5, []string{"6<4 PassStateExited(A)", "7<4 PassStateExited(B)"},
			"/expect/history: got PassStateExited(B) after PassStateEntered(A), want no such event, or fewer of them"},
		{"an event too few", 9, []string{}, "/expect/history: got no such event, or fewer of them, want ExecutionSucceeded"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := append(append([]string{}, want[:c.from]...), c.got...)
			if rest := c.from + len(c.got); c.from > 0 && len(c.got) > 0 {
				got = append(got, want[rest:]...)
			}
			text := ""
			if d := compareEdges(lines(t, want...), lines(t, got...)); d != nil {
				text = fmt.Sprint(d)
			}
			if text != c.want {
				t.Errorf("\n got %s\nwant %s", text, c.want)
			}
		})
	}
}

func TestCompareRedrives(t *testing.T) {
	running := &Fault{Code: "ExecutionNotRedrivable", Message: "Execution arn:x is RUNNING and cannot be redriven"}
	expected := &Fault{Code: "ExecutionNotRedrivable", Message: "Execution ${execution} is RUNNING and cannot be redriven"}
	m := &matcher{values: map[string]string{"execution": "arn:x"}}
	for _, c := range []struct {
		name string
		want []Redrive
		got  []*Fault
		at   string // of the difference, "" for none
	}{
		{"none", nil, nil, ""},
		{"made", []Redrive{{}}, []*Fault{nil}, ""},
		{"refused as expected", []Redrive{{}, {Refused: expected}}, []*Fault{nil, running}, ""},
		{"the message is not expected", []Redrive{{Refused: &Fault{Code: "ExecutionNotRedrivable"}}}, []*Fault{running}, ""},
		{"refused", []Redrive{{}}, []*Fault{running}, "/redrive/0"},
		{"not refused", []Redrive{{}, {Refused: expected}}, []*Fault{nil, nil}, "/redrive/1/refused"},
		{"another code", []Redrive{{Refused: &Fault{Code: "InvalidArn"}}}, []*Fault{running}, "/redrive/0/refused/code"},
		{"another message", []Redrive{{Refused: expected}}, []*Fault{{Code: "ExecutionNotRedrivable", Message: "no"}}, "/redrive/0/refused/message"},
	} {
		at := ""
		if d := m.compareRedrives(c.want, c.got); d != nil {
			at = d.At
		}
		if at != c.at {
			t.Errorf("%s: a difference at %q, want %q", c.name, at, c.at)
		}
	}
}
