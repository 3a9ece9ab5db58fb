package template_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/template"
)

// TestHostileTemplates reads templates that would cost far more than their
// size, were there no limits.
func TestHostileTemplates(t *testing.T) {
	const most = 10 * time.Second // on a slow machine; it takes a fraction of a second
	big := strings.Repeat("x", 200_000)
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
		{"many parts", "t.json", machine(`"DefinitionString": {"Fn::Join": ["", [` + strings.Repeat(`"a",`, 100_000) + `"b"]]}`)},
		{"a long name above many values", "t.json", machine(`"Definition": {"` + big + `": [` + strings.Repeat(`"${A}",`, 50_000) + `1]}`)},
		{"placeholders without an end", "t.json", machine(`"DefinitionString": "` + strings.Repeat("${", 200_000) + `"`)},
		{"variables in one another", "serverless.yml", "stepFunctions:\n  stateMachines:\n    m:\n      definition:\n        a: '" + strings.Repeat("${", 50_000) + "'\n"},
		{"a variable that is itself", "serverless.yml", "a: ${self:a}\nstepFunctions:\n  stateMachines:\n    m:\n      definition:\n        StartAt: ${self:a}\n"},
	} {
		start := time.Now()
		for _, m := range template.Read(c.file, []byte(c.source), template.Options{}).Machines {
			if found := m.Validate(asl.Options{}); len(found) == 0 && c.name != "a variable that is itself" {
				t.Errorf("%s: nothing is wrong with it", c.name)
			}
		}
		if took := time.Since(start); took > most {
			t.Errorf("%s took %v", c.name, took)
		} else {
			t.Logf("%s: %v", c.name, took)
		}
	}
}
