package machine

import (
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// stateTest prepares the test of one state, given in JSON.
func stateTest(tb testing.TB, state string) *StateTest {
	tb.Helper()
	d, found := asl.Parse(`{"StartAt": "Single", "States": {"Single": ` + state + `}}`)
	if found = append(found, asl.Validate(d, asl.Options{Alone: true})...); found.HasErrors() {
		tb.Fatal(found)
	}
	p, err := CompileState(d.State("Single"), "Tested")
	if err != nil {
		tb.Fatal(err)
	}
	return &StateTest{Program: p, Start: testStart, At: 1_767_225_600_000, Input: value.EmptyObject, Call: func(t *Task) (value.Value, *Failure) {
		tb.Errorf("%s is called", t.Resource)
		return value.NullValue, nil
	}}
}

const callsF = `"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f"`

func TestSingleStateCallsTheTask(t *testing.T) {
	tests := map[string]struct {
		state        string
		failure      *Failure // of the call; nil: it returns its input
		status       TestStatus
		output, next string
		name, cause  string
	}{
		"it succeeds":     {`{` + callsF + `, "Next": "Next"}`, nil, TestSucceeded, `{}`, "Next", "", ""},
		"it fails":        {`{` + callsF + `, "Next": "Next"}`, NewFailure("E", "c"), TestFailed, "", "", "E", "c"},
		"it times out":    {`{` + callsF + `, "Next": "Next", "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "C"}]}`, timeout(), TestCaught, `{"Error":"States.Timeout","Cause":""}`, "C", "States.Timeout", ""},
		"it is our fault": {`{` + callsF + `, "Next": "Next", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}]}`, NewFailure(asl.ErrRuntime, "c"), TestFailed, "", "", asl.ErrRuntime, "An error occurred while executing the state 'Tested' (entered at the event id #2). c"},
		"the Catch fails": {`{` + callsF + `, "Next": "Next", "Catch": [{"ErrorEquals": ["E"], "Next": "C", "Assign": {"a.$": "$.a"}}]}`, NewFailure("E", "c"), TestFailed, "", "", asl.ErrRuntime, `An error occurred while executing the state 'Tested' (entered at the event id #2). The JSONPath '$.a' specified for the field 'a.$' could not be found in the input '{"Error":"E","Cause":"c"}'`},
		"it is retried":   {`{` + callsF + `, "Next": "Next", "Retry": [{"ErrorEquals": ["E"]}]}`, NewFailure("E", "c"), TestRetriable, "", "", "E", "c"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tr, calls := stateTest(t, test.state), 0
			tr.Call = func(task *Task) (value.Value, *Failure) {
				calls++
				return task.Input, test.failure
			}
			v := tr.Run()
			if calls != 1 {
				t.Errorf("called %d times, want once", calls)
			}
			output, failure := "", ""
			if v.Output.Exists() {
				output = v.Output.String()
			}
			if v.Failure != nil {
				failure = v.Failure.Name.Text() + "|" + v.Failure.Cause.Text()
			}
			want := test.name + "|" + test.cause
			if test.name == "" {
				want = ""
			}
			if v.Status != test.status || output != test.output || v.Next != test.next || failure != want {
				t.Errorf("\n got %s %s %q %s\nwant %s %s %q %s", v.Status, output, v.Next, failure, test.status, test.output, test.next, want)
			}
		})
	}
}

// TestSingleStateOfEveryType runs a state of each type in both query languages, and a
// second time, from the same program.
func TestSingleStateOfEveryType(t *testing.T) {
	for _, language := range []asl.QueryLanguage{asl.JSONPath, asl.JSONata} {
		condition, arguments := `"Variable": "$.a", "IsPresent": false`, "Parameters"
		if language == asl.JSONata {
			condition, arguments = `"Condition": true`, "Arguments"
		}
		for kind, state := range map[asl.StateType]string{
			asl.Pass:     `"End": true`,
			asl.Task:     `"Resource": "arn:aws:states:::aws-sdk:sqs:sendMessage.waitForTaskToken", "` + arguments + `": {}, "End": true`,
			asl.Choice:   `"Choices": [{` + condition + `, "Next": "N"}]`,
			asl.Wait:     `"Seconds": 9, "Next": "N"`,
			asl.Succeed:  `"Comment": "c"`,
			asl.Fail:     `"Error": "E"`,
			asl.Parallel: `"Branches": [` + single(`"Type": "Pass"`) + `], "End": true`,
			asl.Map:      `"ItemProcessor": ` + single(`"Type": "Pass"`) + `, "End": true`,
		} {
			t.Run(string(language)+" "+string(kind), func(t *testing.T) {
				tr := stateTest(t, `{"Type": "`+string(kind)+`", "QueryLanguage": "`+string(language)+`", `+state+`}`)
				tr.Input = value.OfItems(value.OfInt(1))
				if kind == asl.Task || kind == asl.Parallel || kind == asl.Map {
					tr.Mocked = &Mock{Result: value.OfItems(value.OfInt(2))}
				}
				if kind == asl.Task {
					tr.Input = value.EmptyObject
				}
				again := *tr
				want := TestSucceeded
				if kind == asl.Fail {
					want = TestFailed
				}
				for _, tr := range []*StateTest{tr, &again} {
					if v := tr.Run(); v.Status != want {
						t.Errorf("got %s %v, want %s", v.Status, v.Failure, want)
					}
				}
			})
		}
	}
}

// TestSingleStateOfManyItems has inputs of iterations that share what is large, so
// that together they are larger than memory.
func TestSingleStateOfManyItems(t *testing.T) {
	tr := stateTest(t, `{"Type": "Map", "ItemSelector": {"all.$": "$$.Execution.Input"}, "ItemProcessor": `+single(`"Type": "Pass"`)+`, "End": true}`)
	items := make([]value.Value, 100_000)
	for i := range items {
		items[i] = value.OfInt(1)
	}
	tr.Input, tr.Mocked = value.OfSlice(items), &Mock{Result: value.EmptyArray, Rehearsal: &Rehearsal{Iterations: -1}}
	v := tr.Run()
	if n := tr.Mocked.Rehearsal.Iterations; v.Status != TestSucceeded || n != len(items) {
		t.Errorf("got %s %v with %d iterations", v.Status, v.Failure, n)
	}
	if v.Inspection[AfterItemSelector].Exists() {
		t.Error("the inputs are shown")
	}
	if !v.Inspection[AfterItemsPath].Exists() {
		t.Error("the items are not shown")
	}
}

func TestSingleStateKeepsGivenVariables(t *testing.T) {
	tr := stateTest(t, `{"Type": "Pass", "Assign": {"b.$": "$a"}, "End": true}`)
	tr.Variables = value.MustParse(`{"a": 1, "b": 2}`)
	v := tr.Run()
	if got, want := v.Variables.String(), `{"a":1,"b":1}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := tr.Variables.String(), `{"a":1,"b":2}`; got != want {
		t.Errorf("the given ones have become %s, want %s", got, want)
	}
}
