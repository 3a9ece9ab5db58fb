package asl

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/value"
)

// TestSchemaAsAWhole checks that the schema, as an editor uses it, objects to
// what Validate, which takes a definition apart first, finds wrong with its
// form.
func TestSchemaAsAWhole(t *testing.T) {
	files, err := filepath.Glob("../testdata/definitions/*/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no definitions: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		d, found := Parse(string(text))
		if found.HasErrors() {
			continue
		}
		c := &checker{d: d}
		c.checkForm()
		if err := schema().check[""].Validate(d.Root.Any()); (err == nil) != (len(c.found) == 0) {
			t.Errorf("%s: the schema says %v, Validate %v", file, err, c.diagnostics())
		}
	}
}

// TestSchemaTwins checks that the definitions of the schema are named as
// Validate expects: jsonpathX and jsonataX for what both query languages have.
func TestSchemaTwins(t *testing.T) {
	definitions := value.MustParse(Schema()).Get("definitions")
	for _, stateType := range []StateType{Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map} {
		for _, language := range []string{"jsonpath", "jsonata"} {
			if !definitions.Get(language + string(stateType)).Exists() {
				t.Errorf("no definition of %s in %s", stateType, language)
			}
		}
	}
	for name, definition := range definitions.Members() {
		if !strings.HasPrefix(name, "jsonpath") || !definition.Get("properties").Exists() {
			continue
		}
		twin := "jsonata" + strings.TrimPrefix(name, "jsonpath")
		if !definitions.Get(twin).Exists() {
			t.Errorf("%s has no twin %s", name, twin)
		}
	}
	for operator, withPath := range operators {
		rule := definitions.Get("jsonpathRule").Get("properties")
		if !rule.Get(operator).Exists() || rule.Get(operator+"Path").Exists() != withPath {
			t.Errorf("the schema disagrees about %s", operator)
		}
	}
}
