package timeline_test

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/timeline"
)

// cases are definitions, each with the visits of its execution: a line with
// path, type, name and outcome, attempts, and the next state.
var cases = []struct {
	name, definition, input, want string
}{
	{"states one after the other", `{"StartAt": "A", "States": {
		"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Wait", "Seconds": 3, "Next": "C"},
		"C": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsPresent": true, "Next": "D"}]}, "D": {"Type": "Succeed"}}}`, `{"x": 1}`, `
		0 Pass A succeeded 0..0 -> B
		1 Wait B succeeded 0..3000 due 3000 -> C
		2 Choice C succeeded 3000..3000 -> D
		3 Succeed D succeeded 3000..3000`},
	{"a retried task", `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "Parameters": {"Error": "Busy", "Times": 2},
		"Retry": [{"ErrorEquals": ["Other"]}, {"ErrorEquals": ["Busy"], "IntervalSeconds": 1, "BackoffRate": 2}], "End": true}}}`, `{}`, `
		0 Task T succeeded 0..3000 (0..0 Busy retrier 1 at 1000) (1000..1000 Busy retrier 1 at 3000) (3000..3000)`},
	{"a caught task", `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "Parameters": {"Error": "Busy"},
		"Catch": [{"ErrorEquals": ["Other"], "Next": "E"}, {"ErrorEquals": ["States.ALL"], "Next": "E"}], "End": true}, "E": {"Type": "Pass", "End": true}}}`, `{}`, `
		0 Task T caught by 1 0..0 Busy (0..0 Busy) -> E
		1 Pass E succeeded 0..0`},
	{"a failure without an event, caught", `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"},
		"ResultPath": "$.x.y", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "E"}], "End": true}, "E": {"Type": "Pass", "End": true}}}`, `{"x": 1}`, `
		0 Task T caught 0..0 (0..0) -> E
		1 Pass E succeeded 0..0`},
	{"an expression that fails before the task is scheduled, retried and caught", `{"QueryLanguage": "JSONata", "StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
		"Arguments": {"FunctionName": "{% $error('no') %}"}, "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1, "IntervalSeconds": 1}],
		"Catch": [{"ErrorEquals": ["States.QueryEvaluationError"], "Next": "E"}], "End": true}, "E": {"Type": "Pass", "End": true}}}`, `{}`, `
		0 Task T caught by 0 0..1000 States.QueryEvaluationError (..0 States.QueryEvaluationError retrier 0 at 1000) (..1000 States.QueryEvaluationError) -> E
		1 Pass E succeeded 1000..1000`},
	{"branches in iterations", `{"StartAt": "M", "States": {"M": {"Type": "Map", "MaxConcurrency": 2, "End": true, "ItemProcessor": {"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [
		{"StartAt": "L", "States": {"L": {"Type": "Wait", "Seconds": 1, "End": true}}}, {"StartAt": "R", "States": {"R": {"Type": "Pass", "Next": "S"}, "S": {"Type": "Pass", "End": true}}}]}}}}}}`, `[7, 8, 9]`, `
		0 Map M succeeded 0..2000 (0..2000) 3 items
		1 M[0] in 0 Parallel P succeeded 0..1000 (0..1000)
		2 M[1] in 0 Parallel P succeeded 0..1000 (0..1000)
		3 M[0]/P[0] in 1 Wait L succeeded 0..1000 due 1000
		4 M[0]/P[1] in 1 Pass R succeeded 0..0 -> S
		5 M[1]/P[0] in 2 Wait L succeeded 0..1000 due 1000
		6 M[1]/P[1] in 2 Pass R succeeded 0..0 -> S
		7 M[0]/P[1] in 1 Pass S succeeded 0..0
		8 M[1]/P[1] in 2 Pass S succeeded 0..0
		9 M[2] in 0 Parallel P succeeded 1000..2000 (1000..2000)
		10 M[2]/P[0] in 9 Wait L succeeded 1000..2000 due 2000
		11 M[2]/P[1] in 9 Pass R succeeded 1000..1000 -> S
		12 M[2]/P[1] in 9 Pass S succeeded 1000..1000`},
	{"a branch fails, its state is retried, then catches", `{"StartAt": "P", "States": {"P": {"Type": "Parallel", "Next": "E", "Retry": [{"ErrorEquals": ["Broken"], "MaxAttempts": 1, "IntervalSeconds": 5}],
		"Catch": [{"ErrorEquals": ["Broken"], "Next": "E"}], "Branches": [
		{"StartAt": "Hang", "States": {"Hang": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}, "End": true}}},
		{"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Broken", "Cause": "x"}}}]}, "E": {"Type": "Pass", "End": true}}}`, `{}`, `
		0 Parallel P caught by 0 0..5000 Broken (0..0 Broken retrier 0 at 5000) (5000..5000 Broken) -> E
		1 P[0] in 0 Task Hang aborted 0..0 (0..)
		2 P[1] in 0 Fail F enclosed 0..0 Broken
		3 P[0] in 0 Task Hang aborted 5000..5000 (5000..)
		4 P[1] in 0 Fail F enclosed 5000..5000 Broken
		5 Pass E succeeded 5000..5000`},
	{"a task fails in nested branches, and nobody takes it", `{"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [
		{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 9, "End": true}}},
		{"StartAt": "Q", "States": {"Q": {"Type": "Parallel", "End": true, "Branches": [{"StartAt": "T", "States": {
			"T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "Parameters": {"Error": "Busy"}, "End": true}}}]}}}]}}}`, `{}`, `
		0 Parallel P failed 0..0 Busy (0..0 Busy)
		1 P[0] in 0 Wait W aborted 0..0 due 9000
		2 P[1] in 0 Parallel Q enclosed 0..0 Busy (0..0 Busy)
		3 P[1]/Q[0] in 2 Task T enclosed 0..0 Busy (0..0 Busy)`},
	{"States.Runtime in a branch ends everything", `{"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "E"}], "Branches": [
		{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 9, "End": true}}},
		{"StartAt": "B", "States": {"B": {"Type": "Pass", "InputPath": "$.no", "End": true}}}]}, "E": {"Type": "Pass", "End": true}}}`, `{}`, `
		0 Parallel P aborted 0..0 (0..)
		1 P[0] in 0 Wait W aborted 0..0 due 9000
		2 P[1] in 0 Pass B failed 0..0 States.Runtime`},
	{"iterations that never begin", `{"QueryLanguage": "JSONata", "StartAt": "M", "States": {"M": {"Type": "Map", "Items": [1, 2, 3], "Next": "E", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "E"}], "ItemProcessor": {
		"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": "{% $error('no') %}"}, "End": true}}}},
		"E": {"Type": "Pass", "End": true}}}`, `{}`, `
		0 Map M caught by 0 0..0 States.QueryEvaluationError (0..0 States.QueryEvaluationError) 3 items -> E
		1 M[0] in 0 Task T enclosed 0..0 States.QueryEvaluationError (..0 States.QueryEvaluationError)
		2 Pass E succeeded 0..0`},
	{"a distributed Map with an ItemReader", `{"StartAt": "M", "States": {"M": {"Type": "Map", "End": true,
		"ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSON"}, "Parameters": {"Bucket": "b", "Key": "k"}},
		"ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}}}}`, `{}`, `
		0 Map M succeeded 0..0 (0..0) 2 items map run`},
}

func TestVisits(t *testing.T) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			definition, _ := asl.Parse(c.definition)
			b := timeline.Builder{Definition: definition}
			events := run(t, c.definition, c.input)
			for i := range events {
				b.Add(&events[i])
			}
			want := strings.ReplaceAll(c.want, "\n\t\t", "\n")[1:]
			if got := show(b.Visits()); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// show writes visits as the cases have them.
func show(visits []timeline.Visit) string {
	lines := make([]string, len(visits))
	for i, v := range visits {
		line := fmt.Sprint(i)
		if len(v.Path) > 0 {
			line += fmt.Sprintf(" %s in %d", v.Path, v.In)
		}
		line += fmt.Sprintf(" %s %s %s", v.Kind, v.State, v.Outcome)
		if v.Catcher >= 0 {
			line += fmt.Sprintf(" by %d", v.Catcher)
		}
		line += " " + since(v.Entered) + ".." + since(v.Left)
		if v.Failure != nil {
			line += " " + v.Failure.Name.Text()
		}
		for _, a := range v.Attempts {
			line += " (" + showAttempt(&a) + ")"
		}
		if v.Items >= 0 {
			line += fmt.Sprintf(" %d items", v.Items)
		}
		if v.Due != 0 {
			line += " due " + since(v.Due)
		}
		if v.MapRun != "" {
			line += " map run"
		}
		if v.Next != "" {
			line += " -> " + v.Next
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n")
}

func showAttempt(a *timeline.Attempt) string {
	text := since(max(a.Scheduled, a.Started)) + ".." + since(a.Ended)
	if a.Failure != nil {
		text += " " + a.Failure.Name.Text()
	}
	if a.Retrier >= 0 {
		text += fmt.Sprintf(" retrier %d at %s", a.Retrier, since(a.RetryAt))
	}
	return text
}

// since shows a time in milliseconds from the start, "" for 0.
func since(at int64) string {
	if at == 0 {
		return ""
	}
	return strconv.FormatInt(at-began, 10)
}

// A live stream is the same as a whole history: what a prefix shows stays as it
// is, but for the visits that later events say they change.
func TestAddReturnsTheVisitsThatChange(t *testing.T) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			events := run(t, c.definition, c.input)
			var b timeline.Builder
			var p timeline.Paths
			var shown []string
			for i := range events {
				changed := b.Add(&events[i])
				path := p.Take(&events[i])
				if len(changed) > 0 && !events[i].Type.Terminal() && !slices.Equal(b.Visits()[changed[0]].Path, path) {
					t.Errorf("event %d, %v, is in %q: the first visit that it changes is in %q", i, events[i].Type, path, b.Visits()[changed[0]].Path)
				}
				for _, v := range changed {
					if v == len(shown) {
						shown = append(shown, "")
					}
					shown[v] = fmt.Sprintf("%+v", b.Visits()[v])
				}
			}
			for i, v := range b.Visits() {
				if want := fmt.Sprintf("%+v", v); i >= len(shown) || shown[i] != want {
					t.Errorf("visit %d changed silently to\n%s", i, want)
				}
			}
		})
	}
}

// The API has no private records. Without them only the Retriers, when a Wait or
// a retry is due, and the items of an ItemReader are not known.
func TestVisitsOfAPublicHistory(t *testing.T) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			events := run(t, c.definition, c.input)
			var whole, public timeline.Builder
			for i := range events {
				whole.Add(&events[i])
				if !events[i].Type.Private() {
					public.Add(&events[i])
				}
			}
			got, want := strip(public.Visits()), strip(whole.Visits())
			if c.name == "an expression that fails before the task is scheduled, retried and caught" {
				want[0].Attempts = want[0].Attempts[1:] // one attempt: nothing stands between the two failures
				want[0].Attempts[0].Ended = 0
				got[0].Attempts[0].Ended = 0
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got\n%s\nwant\n%s", show(got), show(want))
			}
		})
	}
}

// strip removes from visits what only private records tell. That a Parallel or
// Map state has failed before a retry is not in the history either; its next
// attempt shows it.
func strip(visits []timeline.Visit) []timeline.Visit {
	out := slices.Clone(visits)
	for i := range out {
		v := &out[i]
		v.Due, v.Items = 0, -1
		v.Attempts = slices.Clone(v.Attempts)
		for j := range v.Attempts {
			a := &v.Attempts[j]
			a.Retrier, a.RetryAt = -1, 0
			if v.Kind == asl.Map {
				a.Input = v.Input
			}
			if v.Kind == asl.Parallel && j < len(v.Attempts)-1 {
				a.Ended, a.Failure = 0, nil
			}
		}
		if v.Outcome == timeline.Enclosed {
			v.Left, v.Failure = 0, nil
		}
	}
	return out
}

// A reader that begins in the middle knows the same paths, or knows that it does
// not know them.
func TestPathsFromTheMiddle(t *testing.T) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			events := run(t, c.definition, c.input)
			want := paths(events)
			for from := range events {
				for i, got := range paths(events[from:]) {
					if full := want[from+i]; got.Known() && len(got) != len(full) || !endsLike(full, known(got)) {
						t.Errorf("from event %d: event %d is in %q, want %q", from, from+i, got, full)
					}
				}
				var b timeline.Builder
				for i := range events[from:] {
					b.Add(&events[from+i])
				}
				for i, v := range b.Visits() {
					if v.Outcome == timeline.Open {
						t.Errorf("from event %d: visit %d is open", from, i)
					}
				}
			}
		})
	}
}

// known leaves out the step that stands for those that are not known.
func known(p timeline.Path) timeline.Path {
	if p.Known() {
		return p
	}
	return p[1:]
}

// endsLike reports whether full ends in the steps of end, as far as those are
// known.
func endsLike(full, end timeline.Path) bool {
	if len(end) > len(full) {
		return false
	}
	for i, want := range full[len(full)-len(end):] {
		if end[i].State != "" && end[i] != want || end[i].Index != want.Index {
			return false
		}
	}
	return true
}

func paths(events []machine.Event) (out []timeline.Path) {
	var p timeline.Paths
	for i := range events {
		out = append(out, p.Take(&events[i]))
	}
	return out
}

// A redrive begins a visit of each state that it continues. States that have
// succeeded are not visited again.
func TestRedrive(t *testing.T) {
	for _, c := range []struct {
		name, definition, want string
	}{
		{"branches", `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "P"}, "P": {"Type": "Parallel", "End": true, "Branches": [
			{"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}},
			{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 9, "End": true}}},
			{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "Parameters": {"Error": "Busy", "Times": 1}, "End": true}}}]}}}`, `
			0 redrive 0 Pass A succeeded 0..0 -> P
			1 redrive 0 Parallel P failed 0..0 Busy (0..0 Busy)
			2 redrive 0 P[0] in 1 Pass B succeeded 0..0
			3 redrive 0 P[1] in 1 Wait W aborted 0..0 due 9000
			4 redrive 0 P[2] in 1 Task T enclosed 0..0 Busy (0..0 Busy)
			5 redrive 1 Parallel P succeeded 60000..69000 (..69000)
			6 redrive 1 P[1] in 5 Wait W succeeded 60000..69000 due 69000
			7 redrive 1 P[2] in 5 Task T succeeded 60000..60000 (60000..60000)`},
		{"iterations that had not begun", `{"QueryLanguage": "JSONata", "StartAt": "M", "States": {"M": {"Type": "Map", "Items": [1, 2], "End": true, "ItemProcessor": {
			"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
			"Arguments": {"FunctionName": "{% $states.context.Execution.RedriveCount = 0 ? $error('no') : 'f' %}"}}}}}}}`, `
			0 redrive 0 Map M failed 0..0 States.QueryEvaluationError (0..0 States.QueryEvaluationError) 2 items
			1 redrive 0 M[0] in 0 Task T enclosed 0..0 States.QueryEvaluationError (..0 States.QueryEvaluationError)
			2 redrive 1 Map M succeeded 60000..60000 (..60000) 2 items
			3 redrive 1 M[0] in 2 Task T succeeded 60000..60000 (60000..60000)
			4 redrive 1 M[1] in 2 Task T succeeded 60000..60000 (60000..60000)`},
		{"branches that had not begun", `{"QueryLanguage": "JSONata", "StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [
			{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
				"Arguments": {"FunctionName": "{% $states.context.Execution.RedriveCount = 0 ? $error('no') : 'f' %}"}}}},
			{"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}}]}}}`, `
			0 redrive 0 Parallel P failed 0..0 States.QueryEvaluationError (0..0 States.QueryEvaluationError)
			1 redrive 0 P[0] in 0 Task T enclosed 0..0 States.QueryEvaluationError (..0 States.QueryEvaluationError)
			2 redrive 1 Parallel P succeeded 60000..60000 (..60000)
			3 redrive 1 P[0] in 2 Task T succeeded 60000..60000 (60000..60000)
			4 redrive 1 P[1] in 2 Pass B succeeded 60000..60000`},
		{"a state that fails by itself is entered again", `{"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}}`, `
			0 redrive 0 Fail F failed 0..0 E
			1 redrive 1 Fail F failed 60000..60000 E`},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := begin(t, c.definition, "{}")
			d.finish()
			d.now += 60_000
			d.todo = nil
			d.take(machine.Stimulus{Kind: machine.Redriven})
			d.finish()
			var b timeline.Builder
			for i := range d.events {
				b.Add(&d.events[i])
			}
			lines := strings.Split(show(b.Visits()), "\n")
			for i, v := range b.Visits() {
				number, rest, _ := strings.Cut(lines[i], " ")
				lines[i] = fmt.Sprintf("%s redrive %d %s", number, v.Redrive, rest)
			}
			if got, want := strings.Join(lines, "\n"), strings.ReplaceAll(c.want, "\n\t\t\t", "\n")[1:]; got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestPathString(t *testing.T) {
	p := timeline.Path{{State: "Ship all", Kind: asl.Map, Index: 2}, {State: "Pack", Kind: asl.Parallel, Index: 0}}
	if got := p.String(); got != "Ship all[2]/Pack[0]" {
		t.Errorf("got %q", got)
	}
	unknown := timeline.Path{{Index: -1}, p[1]}
	if got := unknown.String(); got != "?[?]/Pack[0]" || unknown.Known() || !p.Known() {
		t.Errorf("got %q, known %v and %v", got, unknown.Known(), p.Known())
	}
	if !p.Within(p[:1]) || !p.Within(nil) || p[:1].Within(p) || p.Within(timeline.Path{p[1]}) {
		t.Error("Within does not compare the beginning")
	}
}
