package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/emulator"
)

const passing = `{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}`

// tree writes files into a folder; "-> path" makes a link.
func tree(t *testing.T, folder string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if to, ok := strings.CutPrefix(text, "-> "); ok {
			if err := os.Symlink(to, path); err != nil {
				t.Skipf("no links here: %v", err)
			}
			continue
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// Nothing outside of the folder is read or run, neither by a path nor by a link.
func TestProjectStaysInItsFolder(t *testing.T) {
	parent := t.TempDir()
	const function = "Transform: AWS::Serverless-2016-10-31\nResources:\n  F: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.12, Handler: a.b, CodeUri: CODE}}\n" +
		"  M: {Type: AWS::Serverless::StateMachine, Properties: {DefinitionUri: DEFINITION}}\n"
	tree(t, parent, map[string]string{"secret/secret.asl.json": passing, "secret/template.yaml": function, "secret/main.tf": `resource "aws_sfn_state_machine" "m" { definition = "{}" }`,
		"secret/S.template.json": `{"Resources": {"M": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"DefinitionString": "{}"}}}}`})
	for _, c := range []struct {
		name  string
		files map[string]string
	}{
		{"a definition that is a link", map[string]string{"a.asl.json": "-> ../secret/secret.asl.json"}},
		{"a folder that is a link", map[string]string{"sub": "-> ../secret"}},
		{"a template that is a link", map[string]string{"template.yaml": "-> ../secret/template.yaml"}},
		{"a Terraform file that is a link", map[string]string{"main.tf": "-> ../secret/main.tf"}},
		{"cdk.out that is a link", map[string]string{"cdk.out": "-> ../secret"}},
		{"paths of a template", map[string]string{"template.yaml": strings.NewReplacer("CODE", "../secret", "DEFINITION", "../secret/secret.asl.json").Replace(function)}},
		{"links of a template", map[string]string{"template.yaml": strings.NewReplacer("CODE", "code", "DEFINITION", "d.json").Replace(function), "code": "-> ../secret", "d.json": "-> ../secret/secret.asl.json"}},
		{"an absolute path of a template", map[string]string{"template.yaml": strings.NewReplacer("CODE", filepath.Join(parent, "secret"), "DEFINITION", "/etc/passwd").Replace(function)}},
		{"file() of Terraform", map[string]string{"main.tf": `resource "aws_sfn_state_machine" "m" { definition = file("../secret/secret.asl.json") }`}},
		{"settings of a function", map[string]string{settingsFile: "functions: {f: {runtime: python3.12, handler: a.b, folder: ../secret}}"}},
		{"settings of a function by a link", map[string]string{settingsFile: "functions: {f: {runtime: python3.12, handler: a.b, folder: code}}", "code": "-> ../secret"}},
		{"settings of a state machine", map[string]string{settingsFile: "machines: {m: {file: ../secret/secret.asl.json}}"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := filepath.Join(parent, "app")
			defer os.RemoveAll(folder)
			tree(t, folder, c.files)
			config, err := readSettings("", folder)
			if err != nil {
				t.Fatal(err)
			}
			p := findProject(folder, "", config, nil)
			for _, m := range p.machines {
				if m.broken == "" {
					t.Errorf("%s is a state machine", m.Name)
				}
			}
			for _, fn := range p.functions {
				if fn.Broken == "" {
					t.Errorf("%s can run in %s", fn.Name, fn.Folder)
				}
			}
		})
	}
}

// What the settings say of a function replaces what its template says.
func TestFunctionsOfSettings(t *testing.T) {
	folder := t.TempDir()
	tree(t, folder, map[string]string{
		"template.yaml": `{Transform: AWS::Serverless-2016-10-31, Resources: {
  Pay: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.12, Handler: a.b, CodeUri: src, Timeout: 5, Environment: {Variables: {A: 1, B: 2}}}},
  Image: {Type: AWS::Serverless::Function, Properties: {PackageType: Image}},
  Inline: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.12, Handler: index.b, InlineCode: x}}}}`,
		"src/a.py": "", "lib/x": "",
		settingsFile: "functions:\n  Pay: {timeout: 9, environment: {B: true, C: 3}, layers: [lib]}\n  Image: {url: localhost:9000}\n  Inline: {runtime: python3.13, memory: 512}\n" +
			"  own: {command: [./run, -v], concurrency: 2}\n",
	})
	config, err := readSettings("", folder)
	if err != nil {
		t.Fatal(err)
	}
	if config.functions["Image"] != "localhost:9000" {
		t.Errorf("Image is at %q", config.functions["Image"])
	}
	p := findProject(folder, "", config, nil)
	if len(p.problems) > 0 {
		t.Errorf("problems: %q", p.problems)
	}
	by := make(map[string]projectFunction)
	for _, fn := range p.functions {
		by[fn.Name] = fn
	}
	pay, inline, own := by["Pay"], by["Inline"], by["own"]
	if pay.Timeout.Seconds() != 9 || pay.Environment["A"] != "1" || pay.Environment["B"] != "true" || pay.Environment["C"] != "3" || pay.Folder != filepath.Join(folder, "src") ||
		!slices.Equal(pay.Layers, []string{filepath.Join(folder, "lib")}) || !strings.HasSuffix(pay.Place, settingsFile+":2") || pay.Broken != "" {
		t.Errorf("Pay: got %+v", pay)
	}
	if by["Image"].url == "" || inline.inline != "x" || inline.Runtime != "python3.13" || inline.MemoryMB != 512 {
		t.Errorf("Image: got %+v\nInline: got %+v", by["Image"], inline)
	}
	if own.Folder != folder || !slices.Equal(own.Command, []string{"./run", "-v"}) || own.Concurrency != 2 || own.Broken != "" {
		t.Errorf("own: got %+v", own)
	}
}

// A state machine whose file is gone or broken stays, is said to be so, and is
// registered again when its file comes back. So are functions and activities.
func TestRegistrar(t *testing.T) {
	em := emulator.RunT(t)
	r := newRegistrar(em.Emulator)
	defer r.close()
	machine := func(name, definition, broken string) projectMachine {
		return projectMachine{Registration: emulator.Registration{Name: name, Definition: definition}, place: "my (" + name + ").json", broken: broken}
	}
	inline := projectFunction{Function: emulator.Function{Name: "f", Runtime: "nodejs22.x", Handler: "index.h", Place: "t.yaml:1"}, inline: "export const h = 1\n"}
	for _, step := range []struct {
		name               string
		p                  project
		changes, problems  []string
		note               string // of m
		functionsOfTheHost int
	}{
		{name: "the first time", p: project{machines: []projectMachine{machine("m", passing, "")}, functions: []projectFunction{inline}, activities: []string{"ask"}},
			changes: []string{"m is registered (my (m).json)", "function f is new (t.yaml:1)"}, functionsOfTheHost: 1},
		{name: "nothing new", p: project{machines: []projectMachine{machine("m", passing, "")}, functions: []projectFunction{inline}, activities: []string{"ask"}}, functionsOfTheHost: 1},
		{name: "a mistake", p: project{machines: []projectMachine{machine("m", "", "wrong"), machine("new", "", "worse")}},
			changes: []string{"function f is gone"}, problems: []string{"wrong", "worse"}, note: "as it was before; my (m).json cannot be registered now"},
		{name: "the same mistake", p: project{machines: []projectMachine{machine("m", "", "wrong")}}, note: "as it was before; my (m).json cannot be registered now"},
		{name: "what the service refuses", p: project{machines: []projectMachine{machine("m", "{}", "")}},
			problems: []string{"my (m).json: m: InvalidDefinition"}, note: "as it was before; my (m).json cannot be registered now"},
		{name: "as it was", p: project{machines: []projectMachine{machine("m", passing, "")}}, changes: []string{"m is again as it was registered (my (m).json)"}},
		{name: "gone", p: project{}, changes: []string{"m stays as it was, but my _m_.json has it no more; DeleteStateMachine removes it"}, note: "stale: my _m_.json has it no more; it is as it was before"},
		{name: "still gone", p: project{}, note: "stale: my _m_.json has it no more; it is as it was before"},
		{name: "not looked for", p: project{only: "other"}},
		{name: "back", p: project{machines: []projectMachine{machine("m", passing, "")}}, changes: []string{"m is registered (my (m).json)"}},
	} {
		o := r.apply(t.Context(), &step.p)
		if !slices.Equal(o.changes, step.changes) || len(o.problems) != len(step.problems) {
			t.Errorf("%s: got the changes %q and the problems %q", step.name, o.changes, o.problems)
		}
		for i, problem := range step.problems {
			if i < len(o.problems) && !strings.HasPrefix(o.problems[i], problem) {
				t.Errorf("%s: got the problem %q, want %q", step.name, o.problems[i], problem)
			}
		}
		if o.notes["m"] != step.note || o.notes["new"] != "" {
			t.Errorf("%s: got the notes %q, want %q", step.name, o.notes, step.note)
		}
		if got := len(em.Functions()); got != step.functionsOfTheHost {
			t.Errorf("%s: %d functions", step.name, got)
		}
		if len(o.stored) != 1 {
			t.Errorf("%s: stored are %v", step.name, o.stored)
		}
	}
	text, err := os.ReadFile(filepath.Join(r.inline.folder, "f", "index.mjs"))
	if err != nil || string(text) != inline.inline {
		t.Errorf("the code of the function: %q, %v", text, err)
	}
	if err := r.close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(r.inline.folder); !os.IsNotExist(err) {
		t.Errorf("the code is left: %v", err)
	}
}
