package edit_test

import (
	"fmt"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/edit"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/value"
)

// TestLanguageMeansTheSame runs states in JSONPath, and what they become in JSONata. A
// task answers {"got": its input}.
func TestLanguageMeansTheSame(t *testing.T) {
	const input = `{"a": {"b": 1, "c d": "x"}, "list": [3, 1, 2], "n": 5, "s": "text", "yes": true, "at": "2024-01-01T00:00:00Z", "later": "2024-02-01T00:00:00Z", "json": "{\"k\": 1}", "null": null}`
	task := `"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "End": true`
	rule := func(test string) string {
		return `"Type": "Choice", "Choices": [{` + test + `, "Next": "Yes"}], "Default": "No"`
	}
	for _, state := range []string{
		`"Type": "Pass", "End": true`,
		`"Type": "Pass", "InputPath": "$.a", "End": true`,
		`"Type": "Pass", "InputPath": "$.a['c d']", "End": true`,
		`"Type": "Pass", "Parameters": {"x.$": "$.list[0]", "y": [1, {"z.$": "$.a"}], "w": "w"}, "End": true`,
		`"Type": "Pass", "InputPath": "$.a", "Parameters": {"x.$": "$.b"}, "ResultPath": "$.new", "End": true`,
		`"Type": "Pass", "Result": {"r": [1, null, "'\"\\"]}, "ResultPath": "$.a.new", "End": true`,
		`"Type": "Pass", "Result": {"r": 1}, "End": true`,
		`"Type": "Pass", "Result": {"r": 1}, "ResultPath": null, "End": true`,
		`"Type": "Pass", "Result": {"r": {"q": 2}}, "ResultPath": "$.new", "OutputPath": "$.new.r", "End": true`,
		`"Type": "Pass", "OutputPath": null, "End": true`,
		task,
		task + `, "InputPath": "$.a"`,
		task + `, "Parameters": {"x.$": "$.n", "name.$": "$$.State.Name"}`,
		task + `, "ResultSelector": {"first.$": "$.got.list[0]"}`,
		task + `, "ResultPath": "$.result"`,
		task + `, "ResultPath": null`,
		task + `, "InputPath": "$.a", "ResultSelector": {"b.$": "$.got.b"}, "ResultPath": "$.a.result", "OutputPath": "$.a"`,
		`"Type": "Pass", "Parameters": {"x.$": "States.Format('{} of {}: {}', $.n, $.s, 'it\\'s')"}, "End": true`,
		`"Type": "Pass", "Parameters": {"x.$": "States.Array($.n, 'a', States.MathAdd($.n, -1), true)"}, "End": true`,
		`"Type": "Pass", "Parameters": {"x.$": "States.ArrayLength($.list)", "y.$": "States.ArrayContains($.list, 1)", "z.$": "States.ArrayGetItem($.list, 2)"}, "End": true`,
		`"Type": "Pass", "Parameters": {"x.$": "States.ArrayRange(1, 9, 2)", "y.$": "States.ArrayPartition($.list, 2)", "z.$": "States.ArrayLength(States.ArrayUnique($.list))"}, "End": true`,
		`"Type": "Pass", "Parameters": {"x.$": "States.StringToJson($.json)", "y.$": "States.JsonToString($.a)", "z.$": "States.JsonMerge($.a, States.StringToJson($.json), false)"}, "End": true`,
		`"Type": "Pass", "Parameters": {"x.$": "States.Base64Encode($.s)", "y.$": "States.Hash($.s, 'SHA-256')", "z.$": "States.StringSplit($.s, 'x')"}, "End": true`,
		`"Type": "Map", "ItemsPath": "$.list", "Iterator": {"StartAt": "I", "States": {"I": {"Type": "Pass", "Parameters": {"v.$": "$"}, "End": true}}}, "End": true`,
		`"Type": "Map", "ItemsPath": "$.list", "Parameters": {"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value", "n.$": "$.n"}, "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}, "ResultPath": "$.out", "End": true`,
		`"Type": "Parallel", "Parameters": {"p.$": "$.n"}, "Branches": [{"StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}], "ResultSelector": {"one.$": "$[0].p"}, "End": true`,
		`"Type": "Succeed", "InputPath": "$.a", "OutputPath": "$.b"`,
		`"Type": "Fail", "ErrorPath": "$.s", "CausePath": "States.Format('because of {}', $.n)"`,
		rule(`"Variable": "$.n", "NumericGreaterThan": 3`),
		rule(`"Variable": "$.n", "NumericLessThanEqualsPath": "$.list[0]"`),
		rule(`"Not": {"Variable": "$.s", "StringEquals": "text"}`),
		rule(`"And": [{"Variable": "$.yes", "BooleanEquals": true}, {"Or": [{"Variable": "$.none", "IsPresent": true}, {"Variable": "$.null", "IsNull": true}]}]`),
		rule(`"Variable": "$.s", "StringMatches": "t*t"`),
		rule(`"Variable": "$.s", "StringMatches": "t*x"`),
		rule(`"Variable": "$.at", "TimestampLessThanPath": "$.later"`),
		rule(`"Variable": "$.at", "TimestampEquals": "2024-01-01T01:00:00+01:00"`),
		rule(`"Variable": "$.n", "IsString": true`),
		rule(`"Variable": "$.n", "IsNumeric": true`),
		rule(`"Variable": "$.none", "IsPresent": false`),
	} {
		text := `{"StartAt": "S", "States": {"S": {` + state + `}, "Yes": {"Type": "Pass", "Result": {"way": "yes"}, "End": true}, "No": {"Type": "Pass", "Result": {"way": "no"}, "End": true}}}`
		r, err := edit.Apply(edit.Document{Text: text, Format: edit.JSON}, edit.Edit{Op: edit.Language, To: "JSONata"})
		if err != nil || len(r.Notes) > 0 {
			t.Errorf("%s: %v %v", state, err, r.Notes)
			continue
		}
		was, is := run(t, text, input), run(t, r.Text, input)
		if !value.Equal(was, is) {
			t.Errorf("%s gives %s, and\n%s gives %s", state, was, r.Text, is)
		}
	}
}

// run runs a definition, and returns its status, and its output or failure.
func run(t *testing.T, text, input string) value.Value {
	t.Helper()
	definition, found := asl.Parse(text)
	if found.HasErrors() {
		t.Fatal(found)
	}
	program, err := machine.Compile(definition)
	if err != nil {
		t.Fatal(err)
	}
	x := machine.New(program)
	todo := []machine.Stimulus{{Kind: machine.Begin, Start: &machine.Start{}, Output: value.MustParse(input)}}
	for len(todo) > 0 && x.Status() != machine.Failed {
		stimulus := todo[0]
		todo = todo[1:]
		for _, c := range x.Handle(stimulus, 0, nil).Commands {
			if c.Kind == machine.RunTask {
				todo = append(todo, machine.Stimulus{Kind: machine.Answered, Frame: c.Frame, Token: c.Token, Output: value.OfMembers("got", c.Task.Input)})
			}
		}
	}
	status := value.OfString(fmt.Sprint(x.Status()))
	if failure := x.Failure(); failure != nil {
		return value.OfItems(status, failure.Name, failure.Cause)
	}
	return value.OfItems(status, x.Output())
}
