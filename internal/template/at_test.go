package template_test

import (
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/template"
)

func TestReadAt(t *testing.T) {
	const (
		sam = "Resources:\n  A:\n    Type: AWS::Serverless::StateMachine\n    Properties:\n      Definition:\n        StartAt: S\n        States: {S: {Type: Task, Resource: !GetAtt F.Arn, End: true}}\n" +
			"  B:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n      DefinitionString: |\n        {\"StartAt\": \"T\", \"States\": {\"T\": {\"Type\": \"Succeed\"}}}\n"
		list = `{"resources": [{"StartAt": "S", "States": {"S": {"Type": "Succeed"}}}]}`
		bare = "StartAt: S\nStates: {S: {Type: Succeed, Comment: '${Name}'}}\n"
	)
	for _, c := range []struct {
		about, name, text, pointer string
		state, comment             string // of the definition as it is written; "" if there is none
		wrong                      bool
	}{
		{"an object of a template", "t.yaml", sam, "/Resources/A/Properties/Definition", "S", "", false},
		{"a text of a template", "t.yaml", sam, "/Resources/B/Properties/DefinitionString", "T", "", false},
		{"an item of a list", "t.json", list, "/resources/0", "S", "", false},
		{"a file", "t.yaml", bare, "", "S", "${Name}", false},
		{"nothing", "t.yaml", sam, "/Resources/C/Properties/Definition", "", "", true},
		{"a text that is none", "t.yaml", sam, "/Resources/A/Type", "", "", true},
		{"a broken text", "t.json", "{", "/a", "", "", true},
	} {
		t.Run(c.about, func(t *testing.T) {
			m, written := template.ReadAt(c.name, []byte(c.text), c.pointer, template.Options{})
			if found := m.Validate(asl.Options{}); found.HasErrors() != c.wrong {
				t.Errorf("problems: %v", found)
			}
			if written.Exists() == c.wrong || written.Get("StartAt").Text() != c.state || written.Get("States").Get(c.state).Get("Comment").Text() != c.comment {
				t.Errorf("written: %v", written)
			}
			if c.wrong {
				return
			}
			if at, ok := m.At(); !ok && c.name != "t.json" || ok && at != c.pointer {
				t.Errorf("it stands at %q, %v", at, ok)
			}
			if _, content, ok := m.Definition.Place("/States/" + c.state); !ok || !m.Place(content).Known() {
				t.Errorf("state %s has no place", c.state)
			}
		})
	}
}
