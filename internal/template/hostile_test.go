package template_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/template"
)

// TestHostileTemplates reads templates that would cost far more than their
// size, were there no limits. It is about ending soon at all.
func TestHostileTemplates(t *testing.T) {
	big := strings.Repeat("x", 200_000)
	var numbered strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&numbered, `",x%d", `, i)
	}
	machine := func(definition string) string {
		return `{"Resources": {"M": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {` + definition + `}}}}`
	}
	for _, c := range []struct{ name, file, source string }{
		{"a value that stands everywhere", "t.json", machine(`"DefinitionString": {"Fn::Sub": ["` + strings.Repeat("${A}", 50_000) + `", {"A": "` + big + `"}]}`)},
		{"a substitution that stands everywhere", "t.json", machine(`"DefinitionSubstitutions": {"A": "` + big + `"}, "DefinitionString": "{\"a\": \"` + strings.Repeat("${A}", 50_000) + `\"}"`)},
		{"a substitution that stands everywhere in an object", "t.json",
			machine(`"DefinitionSubstitutions": {"A": "` + big + `"}, "Definition": {"Comment": "` + strings.Repeat("${A}", 50_000) + `"}`)},
		{"functions in one another", "t.json", machine(`"DefinitionString": ` + strings.Repeat(`{"Fn::Join": ["", [`, 300) + `"x"` + strings.Repeat(`]]}`, 300))},
		{"functions that multiply", "t.json", machine(`"DefinitionString": ` + strings.Repeat(`{"Fn::Sub": ["`+strings.Repeat("${A}", 9)+`", {"A": `, 19) + `""` + strings.Repeat(`}]}`, 19))},
		{"much to say of many parts", "t.json", machine(`"DefinitionString": {"Fn::Join": ["", ["{\"QueryLanguage\":\"JSONata\",\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Succeed\",\"Output\":\"{% [1",` +
			numbered.String() + `"] %}\"}}}"]]}`)},
		{"many parts", "t.json", machine(`"DefinitionString": {"Fn::Join": ["", [` + strings.Repeat(`"a",`, 100_000) + `"b"]]}`)},
		{"a long name above many values", "t.json", machine(`"Definition": {"` + big + `": [` + strings.Repeat(`"${A}",`, 50_000) + `1]}`)},
		{"placeholders without an end", "t.json", machine(`"DefinitionString": "` + strings.Repeat("${", 200_000) + `"`)},
		{"loops in one another", "t.json", `{"Resources": {"M": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"Definition": {"StartAt": ` +
			strings.Repeat(`{"Fn::ForEach::L": ["I", ["`+strings.Repeat(`a", "`, 60)+`b"], {"x": `, 15) + `1` + strings.Repeat(`}]}`, 15) + `}}}}}`},
		{"loops of resources in one another", "t.json", `{"Resources": ` +
			strings.Repeat(`{"Fn::ForEach::L": ["I", ["`+strings.Repeat(`a", "`, 60)+`b"], `, 5) + `{"R": {"Type": "x"}}` + strings.Repeat(`]}`, 5) + `}`},
		{"variables in one another", "serverless.yml", "stepFunctions:\n  stateMachines:\n    m:\n      definition:\n        a: '" + strings.Repeat("${", 50_000) + "'\n"},
		{"variables that multiply", "serverless.yml", "custom:\n" + func() string {
			var b strings.Builder
			for i := range 20 {
				fmt.Fprintf(&b, "  v%d: '%s'\n", i, strings.Repeat(fmt.Sprintf("${self:custom.v%d}", i+1), 50))
			}
			return b.String()
		}() + "functions:\n  f: {handler: 'a${self:custom.v0}'}\nservice: s\nprovider: {name: aws}\n"},
		{"aliases of one another", "t.json", `{"Resources": {"M": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"DefinitionString": {"Ref": "A0"}}}, ` +
			func() string {
				var b strings.Builder
				for i := range 30 {
					fmt.Fprintf(&b, `"A%d": {"Type": "AWS::Lambda::Alias", "Properties": {"Name": "x", "FunctionName": {"Fn::Sub": "%s"}}}, `, i, strings.Repeat(fmt.Sprintf("${A%d}", (i+1)%30), 50))
				}
				return b.String()
			}() + `"Z": {}}}`},
		{"environments of much text", "t.json", `{"Resources": {"M": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {}}, "F": {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": {` +
			func() string {
				var b strings.Builder
				for i := range 800 {
					fmt.Fprintf(&b, `"V%d": {"Fn::Sub": ["%s", {"A": "%s"}]}, `, i, strings.Repeat("${A}", 2000), big[:1000])
				}
				return b.String()
			}() + `"Z": ""}}}}}}`},
		{"locals that multiply", "main.tf", "locals {\n" + func() string {
			var b strings.Builder
			for i := range 20 {
				fmt.Fprintf(&b, "  v%d = \"%s\"\n", i, strings.Repeat(fmt.Sprintf("${local.v%d}", i+1), 20))
			}
			return b.String()
		}() + "}\nresource \"aws_sfn_state_machine\" \"m\" {\n  definition = local.v0\n}\n"},
		{"lists in one another", "main.tf", "a = " + strings.Repeat("[", 100_000)},
		{"operators without end", "main.tf", "a = 1" + strings.Repeat(" + (", 100_000)},
		{"a variable that is itself", "serverless.yml", "a: ${self:a}\nstepFunctions:\n  stateMachines:\n    m:\n      definition:\n        StartAt: ${self:a}\n"},
	} {
		for _, m := range template.Read(c.file, []byte(c.source), template.Options{}).Machines {
			if found := m.Validate(asl.Options{}); len(found) == 0 && c.name != "a variable that is itself" {
				t.Errorf("%s: nothing is wrong with it", c.name)
			}
		}
	}
}
