package template_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/template"
)

// definitions are real ones, most with placeholders, beside the repository.
const definitions = "../../../shared/definitions/*.json"

// wrongDefinitions are those that the service would not take.
var wrongDefinitions = map[string]string{
	"shared-fallback-state-jsonata__statemachine.asl.json": "QueryLanguage stands among the States",
}

func TestRealDefinitions(t *testing.T) {
	files, err := filepath.Glob(definitions)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skipf("no files %s: this test needs the data that lies beside the repository", definitions)
	}
	errors, warnings := 0, make(map[string]int)
	var took time.Duration
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		start := time.Now()
		f := template.Read(name, source, template.Options{})
		found := f.Machines[0].Validate(asl.Options{})
		took += time.Since(start)
		if f.Kind != template.Definition || len(f.Machines) != 1 {
			t.Errorf("%s: got a %s with %d machines, want a definition", name, f.Kind, len(f.Machines))
		}
		for _, d := range found {
			if d.Severity == asl.SeverityWarning {
				warnings[d.Code]++
				t.Log(d)
			}
			if !d.Range.Known() {
				t.Errorf("%s: has no place", d)
			}
		}
		wrong := wrongDefinitions[name] != ""
		if wrong {
			errors++
		}
		if found.HasErrors() != wrong {
			t.Errorf("%s: errors are expected: %v, got\n%v", name, wrong, found)
		}
	}
	t.Logf("%d definitions, %d of them wrong, warnings %v, %v for each on average", len(files), errors, warnings, took/time.Duration(len(files)))
}
