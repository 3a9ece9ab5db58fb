package template_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/template"
	"github.com/aslocal/aslocal/value"
)

var update = flag.Bool("update", false, "write what is expected anew")

const templates = "../../testdata/templates"

// report says what is in a file and what is wrong with it.
func report(t *testing.T, file string, o template.Options) string {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f := template.Read(file, source, o)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", f.Kind)
	for _, m := range f.Machines {
		fmt.Fprintf(&b, "\nmachine %q express=%v in %s\n", m.Name, m.Express, filepath.Base(m.File))
		found := m.Validate(asl.Options{})
		for i := range found {
			found[i].File = filepath.Base(found[i].File)
			found[i].Message = strings.ReplaceAll(found[i].Message, templates+"/", "")
		}
		if err := found.Format(&b, []byte(m.Source)); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

// TestTemplates reads the templates of testdata/templates, beside each of which
// stands what is to be said of it.
func TestTemplates(t *testing.T) {
	files := []string{"sam/template.yaml", "cloudformation/stack.yaml", "cdk/Stack.template.json", "serverless/serverless.yml",
		"placeholders/order.asl.yaml", "empty/template.yaml"}
	for _, name := range files {
		t.Run(name, func(t *testing.T) {
			file := templates + "/" + name
			got := report(t, file, template.Options{Folder: filepath.Dir(file)})
			golden := file + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestDefinitionText compares what becomes of a definition.
func TestDefinitionText(t *testing.T) {
	const sam = `{"Resources": {"M": {"Type": "AWS::Serverless::StateMachine", "Properties": %s}}}`
	for _, c := range []struct{ name, file, source, want string }{
		{"a number stands without quotes", "a.json", `{"States": {}, "TimeoutSeconds": ${N}}`, `{"States":{},"TimeoutSeconds":7}`},
		{"a number stands in quotes", "a.json", `{"States": {}, "TimeoutSeconds": "${N}"}`, `{"States":{},"TimeoutSeconds":7}`},
		{"a text with a number stays a text", "a.json", `{"States": {}, "Comment": "${N}"}`, `{"States":{},"Comment":"7"}`},
		{"a name that is not known fits the field", "a.json", `{"States": {"A": {"Resource": "${Fn}", "ResultPath": "${P}"}}}`,
			`{"States":{"A":{"Resource":"arn:aws:lambda:us-east-1:123456789012:function:Fn","ResultPath":"$.P"}}}`},
		{"an ARN has partition, region and account", "a.json", `{"States": {"A": {"Resource": "arn:${AWS::Partition}:states:${Region}:${Id}:activity:${Name}"}}}`,
			`{"States":{"A":{"Resource":"arn:aws:states:us-east-1:123456789012:activity:Name"}}}`},
		{"JSONata has braces, too", "a.json", `{"States": {"A": {"Output": "{% ${\"a\": 1} %}"}}}`,
			`{"States":{"A":{"Output":"{% ${\"a\": 1} %}"}}}`},
		{"an object of JSONata may be on the context", "a.json", `{"States": {"A": {"Output": "{% ${id:price} ${N} %}"}}}`,
			`{"States":{"A":{"Output":"{% ${id:price} 7 %}"}}}`},
		{"Fn::Sub with an escape", "t.json", fmt.Sprintf(sam, `{"DefinitionString": {"Fn::Sub": "{\"Comment\": \"${!N} ${AWS::Region}\"}"}}`),
			`{"Comment":"7 us-east-1"}`},
		{"Fn::Join", "t.json", fmt.Sprintf(sam, `{"DefinitionString": {"Fn::Join": ["", ["{\"A\"", ":", "1}"]]}}`), `{"A":1}`},
		{"AWS::NoValue", "t.json", fmt.Sprintf(sam, `{"Definition": {"A": {"Ref": "AWS::NoValue"}, "B": {"Ref": "AWS::Partition"}}}`), `{"B":"aws"}`},
		{"Fn::If takes the first", "t.json", fmt.Sprintf(sam, `{"Definition": {"A": {"Fn::If": ["C", {"x": 1}, 2]}}}`), `{"A":{"x":1}}`},
	} {
		f := template.Read(c.file, []byte(c.source), template.Options{Substitutions: map[string]string{"N": "7"}})
		if got := f.Machines[0].Definition.JSON(); compact(got) != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func compact(text string) string {
	v, err := value.Parse(text)
	if err != nil {
		return err.Error()
	}
	return v.String()
}

// TestFilesElsewhere reads files outside of the template's folder: those that the user
// has named and those of the same repository.
func TestFilesElsewhere(t *testing.T) {
	folder := t.TempDir()
	inside, outside := filepath.Join(folder, "app"), filepath.Join(folder, "secret.asl.json")
	source := []byte("Resources:\n  M:\n    Type: AWS::Serverless::StateMachine\n    Properties:\n      DefinitionUri: ../secret.asl.json\n")
	if err := os.WriteFile(outside, []byte(`{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(inside, 0o700); err != nil {
		t.Fatal(err)
	}
	check := func(what string, source []byte, o template.Options, read bool) {
		t.Helper()
		m := template.Read("t.yaml", source, o).Machines[0]
		found := m.Validate(asl.Options{})
		warned := len(found) == 1 && found[0].Code == template.RemoteDefinition && found[0].Severity == asl.SeverityWarning
		if m.Definition.Root.Exists() != read || warned == read {
			t.Errorf("%s: got %v, %v, want it read: %v", what, m.Definition.Root, found, read)
		}
	}
	check("a file outside", source, template.Options{Folder: inside}, false)
	check("a named file", source, template.Options{Folder: inside, Named: []string{outside}}, true)
	if err := os.Symlink(outside, filepath.Join(inside, "link.asl.json")); err == nil {
		check("a link that leads outside", bytes.ReplaceAll(source, []byte("../secret"), []byte("link")), template.Options{Folder: inside}, false)
	}
	if err := os.Mkdir(filepath.Join(folder, ".git"), 0o700); err != nil {
		t.Fatal(err)
	}
	check("a file of the same repository", source, template.Options{Folder: inside}, true)
	check("a file outside of the repository", bytes.ReplaceAll(source, []byte("../secret"), []byte("../../secret")), template.Options{Folder: inside}, false)

	found := template.Read("t.yaml", bytes.ReplaceAll(source, []byte("secret"), []byte("Secret")), template.Options{Folder: inside}).Machines[0].Validate(asl.Options{})
	if _, err := os.Stat(filepath.Join(folder, "SECRET.asl.json")); err != nil && !strings.Contains(found.Error(), "did you mean secret.asl.json?") {
		t.Errorf("a name in another case: got %v", found)
	}
}

// FuzzRead reads anything: no panic, every place is in the source, and code is in the
// template's folder.
func FuzzRead(f *testing.F) {
	names := []string{"a.json", "a.yaml", "a.tf"}
	files, err := filepath.Glob(templates + "/*/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		if slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(file)) {
			source, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(uint8(slices.Index(names, "a"+strings.Replace(filepath.Ext(file), "yml", "yaml", 1))), string(source))
		}
	}
	for _, archive := range []string{"terraform", "sam", "serverless"} {
		all, err := txtar.ParseFile(templates + "/projects/" + archive + ".txtar")
		if err != nil {
			f.Fatal(err)
		}
		for _, one := range all.Files {
			if i := slices.Index(names, "a"+strings.Replace(filepath.Ext(one.Name), "yml", "yaml", 1)); i >= 0 {
				f.Add(uint8(i), string(one.Data))
			}
		}
	}
	folder := filepath.Join(f.TempDir(), "app")
	for _, name := range []string{"src/pay", "layers/shared", "../secret"} {
		if err := os.MkdirAll(filepath.Join(folder, name), 0o700); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, kind uint8, source string) {
		name := names[int(kind)%len(names)]
		read := template.Read(name, []byte(source), template.Options{Folder: folder})
		for _, fn := range read.Functions {
			for _, path := range append(fn.Layers, fn.Folder) {
				if path != "" && path != folder && !strings.HasPrefix(path, folder+string(filepath.Separator)) {
					t.Errorf("the code of %s is in %s", fn.ID, path)
				}
			}
		}
		for _, m := range read.Machines {
			for _, d := range m.Validate(asl.Options{}) {
				if r := d.Range; r.Start.Offset < 0 || r.End.Offset > len(source) {
					t.Errorf("%v lies outside of the source", r)
				}
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	source, err := os.ReadFile(templates + "/sam/template.yaml")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for _, m := range template.Read("template.yaml", source, template.Options{}).Machines {
			m.Validate(asl.Options{})
		}
	}
}
