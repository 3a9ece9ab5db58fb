package asl_test

import (
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl"
)

const everything = `{
  "Comment": "c", "Version": "1.0", "TimeoutSeconds": 60, "StartAt": "T",
  "States": {
    "T": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {"QueueUrl": "q", "MessageBody": "m"}, "Next": "C",
      "Retry": [{"ErrorEquals": ["A", "B"]},
        {"ErrorEquals": ["C"], "IntervalSeconds": 2, "MaxAttempts": 0, "BackoffRate": 1.5, "MaxDelaySeconds": 9, "JitterStrategy": "FULL"}],
      "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C", "ResultPath": null, "Assign": {"x": 1}}]},
    "C": {"Type": "Choice", "Default": "M", "Choices": [{"Comment": "r", "Variable": "$.a", "IsNull": true, "Next": "P", "Assign": {"y": 2}}]},
    "P": {"Type": "Parallel", "QueryLanguage": "JSONata", "Next": "M", "Branches": [{"StartAt": "a/b~", "States": {"a/b~": {"Type": "Pass", "End": true}}}]},
    "M": {"Type": "Map", "End": true, "Iterator": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "I",
      "States": {"I": {"Type": "Succeed"}}}}
  }
}`

func TestParse(t *testing.T) {
	d, found := asl.Parse(everything)
	if len(found) > 0 {
		t.Fatal(found)
	}
	if n, _ := d.TimeoutSeconds.Int(); d.Comment != "c" || d.Version != "1.0" || n != 60 || d.StartAt != "T" || d.QueryLanguage != asl.JSONPath {
		t.Errorf("got machine %+v", d.Workflow)
	}
	task := d.State("T")
	if len(d.States) != 4 || d.States[0] != task || task.Pointer != "/States/T" || task.Type != asl.Task || task.Next != "C" || task.End {
		t.Fatalf("got task %+v", task)
	}
	if r := *task.Retry[0]; strings.Join(r.ErrorEquals, " ") != "A B" || r.IntervalSeconds != 1 || r.MaxAttempts != 3 ||
		r.BackoffRate != 2 || r.MaxDelaySeconds != 0 || r.JitterStrategy != "NONE" {
		t.Errorf("got Retrier with defaults %+v", r)
	}
	if r := *task.Retry[1]; r.IntervalSeconds != 2 || r.MaxAttempts != 0 || r.BackoffRate != 1.5 || r.MaxDelaySeconds != 9 || r.JitterStrategy != "FULL" {
		t.Errorf("got Retrier %+v", r)
	}
	if k := task.Catch[0]; k.Next != "C" || !k.ResultPath.IsNull() || k.Assign.Len() != 1 || k.Output.Exists() {
		t.Errorf("got Catcher %+v", k)
	}
	choice := d.State("C")
	if r := choice.Choices[0]; choice.Default != "M" || r.Pointer != "/States/C/Choices/0" || r.Next != "P" || r.Comment != "r" ||
		r.Condition.Exists() || r.Assign.Len() != 1 || !r.Fields.Get("IsNull").Bool() {
		t.Errorf("got rule %+v", r)
	}
	parallel := d.State("P")
	inner := parallel.Branches[0].State("a/b~")
	if parallel.QueryLanguage != asl.JSONata || parallel.Branches[0].Pointer != "/States/P/Branches/0" ||
		inner.Pointer != "/States/P/Branches/0/States/a~1b~0" || inner.QueryLanguage != asl.JSONPath {
		t.Errorf("got branch %+v, state %+v", parallel.Branches[0], inner)
	}
	if p := d.State("M").ItemProcessor; p.Mode != "DISTRIBUTED" || p.ExecutionType != "EXPRESS" || p.Pointer != "/States/M/Iterator" || p.State("I").Type != asl.Succeed {
		t.Errorf("got processor %+v", p)
	}
	key, v, ok := d.Place(inner.Pointer + "/Type")
	if got, want := key.Start.String()+" "+v.Start.String(), "9:125 9:133"; !ok || got != want {
		t.Errorf("got place %s, %v, want %s", got, ok, want)
	}
	if _, _, ok := d.Place("/States/none"); ok {
		t.Error("a state that is not there has a place")
	}
	var names []string
	d.AllStates(func(_ *asl.Workflow, s *asl.State) { names = append(names, s.Name) })
	if got, want := strings.Join(names, " "), "T C P a/b~ M I"; got != want {
		t.Errorf("got states %s, want %s", got, want)
	}
	if found := asl.Validate(d, asl.Options{}).Errors(); len(found) > 0 {
		t.Errorf("got %v", found)
	}
}

func TestParseToleratesEverything(t *testing.T) {
	for _, text := range []string{
		``, ` `, `null`, `[]`, `"x"`, `1`, `{`, `{}`, `{"States":5}`, `{"States":{"A":null}}`, `{"StartAt":1,"States":[{}]}`,
		`{"States":{"A":{"Type":1,"Choices":{},"Retry":[5],"Catch":[null],"Branches":[[]],"ItemProcessor":"x","Next":{},"End":"yes"}}}`,
		`{"States":{"A":{"Type":"Choice","Choices":[1,{"And":5,"Or":[[]],"Not":"x"}]}}}`,
		`{"States":{"A":{"Type":"Map","ItemProcessor":{"ProcessorConfig":[],"States":{"":{}}},"ItemReader":[],"Label":5}}}`,
		`{"QueryLanguage":7,"States":{"A":{"Type":"Task","Resource":{},"Parameters":{".$":"$"},"Assign":{"":1,".$":"x"}}}}`,
	} {
		d, found := asl.Parse(text)
		if d == nil {
			t.Fatalf("%q: no definition", text)
		}
		if found = append(found, asl.Validate(d, asl.Options{})...); !found.HasErrors() {
			t.Errorf("%q: no errors", text)
		}
		if refs := asl.VariableReferences(d); len(refs) > 0 {
			t.Errorf("%q: got variables %v", text, refs)
		}
	}
}

func TestParseFile(t *testing.T) {
	const asYAML = "StartAt: A\nStates:\n  A: {Type: Succeed}\n"
	for _, name := range []string{"m.yaml", "m.asl.yml", "dir.json/M.YAML"} {
		d, found := asl.ParseFile(name, []byte(asYAML))
		if len(found) > 0 || d.State("A") == nil || d.File != name {
			t.Errorf("%s: got %+v, %v", name, d, found)
		}
		if got, want := d.JSON(), `{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}`; got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	d, found := asl.ParseFile("m.asl.json", []byte(asYAML))
	if len(found) != 1 || found[0].Code != asl.InvalidJSONDescription || found[0].File != "m.asl.json" || d.File != "m.asl.json" {
		t.Errorf("got %v", found)
	}
	const spaced = ` {"StartAt": "A"} `
	if d, _ := asl.ParseFile("-", []byte(spaced)); d.JSON() != spaced {
		t.Errorf("got %q: JSON is not to be touched", d.JSON())
	}
}

func TestVariableReferences(t *testing.T) {
	tests := []struct{ name, state, want string }{
		{"paths", `"Type": "Pass", "InputPath": "$b.x", "OutputPath": "$a"`, "a b"},
		{"templates and intrinsics", `"Type": "Pass", "Parameters": {"x.$": "States.Format('{} $z', $a, $$.Execution, $.b)", "y": "$no", "l": [{"q.$": "$l[0]"}]}`, "a l"},
		{"rules", `"Type": "Choice", "Choices": [{"Not": {"Variable": "$a", "StringEqualsPath": "$b", "StringEquals": "$c"}}]`, "a b"},
		{"Assign reads its values", `"Type": "Pass", "Assign": {"a": 1, "c.$": "$b"}`, "b"},
		{"literal results", `"Type": "Pass", "Result": {"a.$": "$a"}`, ""},
		{"expressions", `"QueryLanguage": "JSONata", "Type": "Pass", "Output": {"x": "{% $a.b + $sum($c) & $states.input.$d %}", "y": "$e"}`, "a c d"},
		{"strings, comments and the context", "\"QueryLanguage\": \"JSONata\", \"Type\": \"Pass\", \"Output\": \"{% '$a' & \\\"$b\\\\\\\"$c\\\" /* $d */ & `$e` & $$ & $ %}\"", ""},
		{"what the expression binds", `"QueryLanguage": "JSONata", "Type": "Pass", "Output": "{% ($x := $a; $map($l, function ($v, $i) { $v + $x + $i })) %}"`, "a l"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, found := asl.Parse(`{"StartAt": "S", "States": {"S": {` + tt.state + `}}}`)
			if len(found) > 0 {
				t.Fatal(found)
			}
			refs := asl.VariableReferences(d)
			if got := strings.Join(refs["S"], " "); got != tt.want || tt.want == "" && len(refs) > 0 {
				t.Errorf("got %v, want %q", refs, tt.want)
			}
		})
	}
}

func TestAloneIsNotTheWholeMachine(t *testing.T) {
	const state = `{"StartAt": "StateName", "States": {"StateName": {"Type": "Task", "Resource": "arn:aws:lambda:::function:f",
		"Parameters": {"x.$": "$outer"}, "Catch": [{"ErrorEquals": ["E"], "Next": "B"}], "Next": "A"}}}`
	d, _ := asl.Parse(state)
	if found := asl.Validate(d, asl.Options{Alone: true}); len(found) > 0 {
		t.Errorf("alone: got %v", found)
	}
	if found := asl.Validate(d, asl.Options{}); len(found.Errors()) != 3 {
		t.Errorf("not alone: got %v", found)
	}
}
