package assist_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl/assist"
	"github.com/aslocal/aslocal/asl/edit"
)

const order = `{
  "QueryLanguage": "JSONata",
  "StartAt": "Pay",
  "States": {
    "Pay": {
      "Type": "Task",
      "Comment": "Takes the money.",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {"FunctionName": "pay", "Payload": "{% $states.input.order %}"},
      "Assign": {"total": "{% $states.result.Payload %}"},
      "Retry": [{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 2}],
      "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Sorry"}],
      "Next": "Ship"
    },
    "Ship": {
      "Type": "Parallel",
      "Branches": [
        {"StartAt": "Label", "States": {"Label": {"Type": "Pass", "Output": "{% $sum($total.lines) & $totals %}", "End": true}}}
      ],
      "Next": "Pay"
    },
    "Sorry": {"Type": "Fail", "Error": "{% $string($total) %}"}
  }
}`

// at returns the offset of the character behind the part of a text that ends with |.
func at(t *testing.T, text, mark string) int {
	t.Helper()
	before, after, _ := strings.Cut(mark, "|")
	i := strings.Index(text, before+after)
	if i < 0 {
		t.Fatalf("no %q", mark)
	}
	return i + len(before)
}

func TestHover(t *testing.T) {
	doc := edit.Document{Text: order, Format: edit.JSON}
	for _, c := range []struct{ mark, want string }{
		{`"Re|try"`, "Retry: What to do when the state fails"},
		{`"MaxAtt|empts"`, "MaxAttempts: How many times the state is tried again. 0: never. Default: 3."},
		{`"Pa|y": {`, "Pay: A Task state in JSONata. Calls something: a Lambda function, an activity, or an action of an AWS service. Its answer is the result.\n\nIt calls arn:aws:states:::lambda:invoke.\n\nTakes the money. Input={"},
		{`"Next": "Sh|ip"`, "Ship: A Parallel state"},
		{`"Ta|sk"`, "Task: Calls something"},
		{`States.Tim|eout`, "States.Timeout: A state took longer"},
		{`:::lambda:in|voke`, "arn:aws:states:::lambda:invoke: The action invoke of lambda. The state waits for the answer.\n\nRequired parameters: FunctionName."},
		{`"Function|Name"`, "FunctionName: The name or ARN of the function. A parameter of the kind text. It is required."},
		{`$states.in|put.order`, `input: The input of the state. Last run={"order":`},
		{`$states.input.or|der`, `order:  Last run={"id":"A-17"`},
		{`$s|um(`, "$sum(numbers): The sum of the numbers in an array."},
		{`($to|tal.lines`, "$total: A variable, assigned in Pay."},
		{`"to|tal"`, `$total: A variable, assigned in Pay. As the state began={"net":10,"gross":12}`},
		{`& $to|tals`, ""},
		{`"Sta|rtAt": "Pay"`, "StartAt: The name of the state that runs first."},
		{`{|`, ""},
	} {
		note, ok := assist.Hover(doc, at(t, order, c.mark), knowledge(t))
		got := ""
		if ok {
			got = note.Title + ": " + note.Docs
			for _, s := range note.Shown {
				got += " " + s.Label + "=" + s.Value.String()
			}
		}
		if !strings.HasPrefix(got, c.want) || (c.want == "") != (got == "") {
			t.Errorf("%s:\n got %q\nwant %q", c.mark, got, c.want)
		}
	}
}

func TestReferences(t *testing.T) {
	jsonpath := `{"StartAt": "A", "States": {
	"A": {"Type": "Pass", "Assign": {"n.$": "$.n", "m": 1}, "Next": "B"},
	"B": {"Type": "Choice", "Choices": [{"Variable": "$n", "NumericEquals": 1, "Next": "A"}, {"And": [{"Variable": "$n.x", "IsNull": true}], "Next": "C"}], "Default": "C"},
	"C": {"Type": "Map", "ItemsPath": "$m", "End": true, "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, "StartAt": "D", "States": {"D": {"Type": "Pass", "Parameters": {"x.$": "States.Format('{}', $n)"}, "End": true}}}}}}`
	yaml := "StartAt: A # first\nStates:\n  A:\n    Type: Pass\n    Next: \"B b\"\n  B b:\n    Type: Choice\n    Choices:\n      - Variable: $.x\n        IsNull: true\n        Next: A\n    Default: B b\n"
	for _, c := range []struct {
		text   string
		format edit.Format
		mark   string
		want   string // the line of each place, with a star if it defines
	}{
		{order, edit.JSON, `"Next": "Sh|ip"`, "13 15*"},
		{order, edit.JSON, `"So|rry": {`, "12 22*"},
		{order, edit.JSON, `"P|ay": {`, "3 5* 20"},
		{order, edit.JSON, `"La|bel": {`, "18 18*"},
		{order, edit.JSON, `$to|tal.lines`, "10* 18 22"},
		{order, edit.JSON, `"tot|al"`, "10* 18 22"},
		{order, edit.JSON, `"Re|try"`, ""},
		{order, edit.JSON, `$sta|tes.input`, ""},
		{jsonpath, edit.JSON, `"n|.$"`, "2* 3 3"},
		{jsonpath, edit.JSON, `"$|n"`, "2* 3 3"},
		{jsonpath, edit.JSON, `"$|m"`, "2* 4"},
		{jsonpath, edit.JSON, `'{}', $|n`, ""},
		{jsonpath, edit.JSON, `"Default": "|C"`, "3 3 4*"},
		{yaml, edit.YAML, `StartAt: |A`, "1 3* 11"},
		{yaml, edit.YAML, `"B| b"`, "5 6* 12"},
	} {
		doc := edit.Document{Text: c.text, Format: c.format}
		offset := at(t, c.text, c.mark)
		subject, ok := assist.SubjectAt(doc, offset)
		var lines []string
		for _, l := range assist.References(doc, offset) {
			line := fmt.Sprint(1 + strings.Count(c.text[:l.Start], "\n"))
			if l.Defines {
				line += "*"
			}
			lines = append(lines, line)
			if c.text[l.Start:l.End] != subject.Name {
				t.Errorf("%s: a place says %q, not %q", c.mark, c.text[l.Start:l.End], subject.Name)
			}
		}
		if got := strings.Join(lines, " "); got != c.want || ok != (c.want != "") {
			t.Errorf("%s: got %q, want %q", c.mark, got, c.want)
		}
		for _, l := range assist.Definition(doc, offset) {
			if !l.Defines {
				t.Errorf("%s: %v defines nothing", c.mark, l)
			}
		}
	}
}

func TestSymbols(t *testing.T) {
	var list func(symbols []assist.Symbol) string
	list = func(symbols []assist.Symbol) string {
		var parts []string
		for _, s := range symbols {
			part := s.Name + ":" + s.Type
			if s.Type != "" && order[s.NameStart:s.NameEnd] != s.Name {
				t.Errorf("%s: the name is at %q", s.Name, order[s.NameStart:s.NameEnd])
			}
			if s.Children != nil {
				part += "(" + list(s.Children) + ")"
			}
			parts = append(parts, part)
		}
		return strings.Join(parts, " ")
	}
	got := list(assist.Symbols(edit.Document{Text: order, Format: edit.JSON}))
	if want := "Pay:Task Ship:Parallel(Branch 1:(Label:Pass)) Sorry:Fail"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestEmbedded asks about a definition in quotes.
func TestEmbedded(t *testing.T) {
	text := `{"Resources": {"M": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"DefinitionString": "{\"Comment\": \"\u00fc\ud83d\ude00\\n\", \"StartAt\": \"A\",\n\"States\": {\"A\": {\"Type\": \"Succeed\"}}}"}}}}`
	machines := assist.Machines(text, edit.JSON)
	if len(machines) != 1 {
		t.Fatalf("got %v", machines)
	}
	doc := edit.Document{Text: text, Format: edit.JSON, Pointer: machines[0].Pointer}
	offset := at(t, text, `StartAt\": \"|A`)
	for _, l := range assist.References(doc, offset) {
		if text[l.Start:l.End] != "A" {
			t.Errorf("a place says %q", text[l.Start:l.End])
		}
	}
	if got := len(assist.References(doc, offset)); got != 2 {
		t.Errorf("%d places", got)
	}
	if s, ok := assist.SubjectAt(doc, offset); !ok || text[s.Start:s.End] != "A" {
		t.Errorf("subject: %v", s)
	}
	if note, ok := assist.Hover(doc, at(t, text, `\"Ty|pe`), assist.Knowledge{}); !ok || text[note.Start:note.End] != `\"Type\"` {
		t.Errorf("hover: %v", note)
	}
	symbols := assist.Symbols(doc)
	if len(symbols) != 1 || text[symbols[0].NameStart:symbols[0].NameEnd] != "A" {
		t.Errorf("outline: %v", symbols)
	}
}

func TestMachines(t *testing.T) {
	for _, c := range []struct {
		name, text string
		format     edit.Format
		want       string
	}{
		{"bare", order, edit.JSON, "[ ]"},
		{"half a one", `{"StartAt": `, edit.JSON, "[ ]"},
		{"something else", `{"a": 1}`, edit.JSON, "[]"},
		{"nothing", "", edit.YAML, "[]"},
		{"SAM", "Resources:\n  M:\n    Type: AWS::Serverless::StateMachine\n    Properties:\n      Definition:\n        StartAt: A\n", edit.YAML, "[M /Resources/M/Properties/Definition]"},
		{"CloudFormation", "Resources:\n  M:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n      DefinitionString: !Sub |\n        {\"StartAt\": \"A\"}\n", edit.YAML, "[M /Resources/M/Properties/DefinitionString]"},
		{"Fn::Sub", "Resources:\n  M:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n      DefinitionString:\n        Fn::Sub:\n        - |\n          StartAt: A\n        - {}\n", edit.YAML, "[M /Resources/M/Properties/DefinitionString/Fn::Sub/0]"},
		{"two", "Resources:\n  M: {Type: AWS::Serverless::StateMachine, Properties: {Definition: {StartAt: A}}}\n  F: {Type: AWS::Serverless::Function}\n  N: {Type: AWS::Serverless::StateMachine, Properties: {Definition: {StartAt: A}}}\n", edit.YAML, "[M /Resources/M/Properties/Definition N /Resources/N/Properties/Definition]"},
		{"Serverless", "stepFunctions:\n  stateMachines:\n    hello:\n      definition:\n        StartAt: A\n", edit.YAML, "[hello /stepFunctions/stateMachines/hello/definition]"},
		{"elsewhere", "Resources:\n  M:\n    Type: AWS::Serverless::StateMachine\n    Properties:\n      DefinitionUri: a.asl.json\n", edit.YAML, "[]"},
	} {
		var parts []string
		for _, m := range assist.Machines(c.text, c.format) {
			parts = append(parts, m.Name+" "+m.Pointer)
		}
		if got := "[" + strings.Join(parts, " ") + "]"; got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}
