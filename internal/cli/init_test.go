package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl"
)

// A new project is valid and complete whatever interpreter there is.
func TestStarterProject(t *testing.T) {
	for runtime, function := range map[string]string{"python3.13": "price/app.py", "nodejs22.x": "price/index.mjs", "": ""} {
		folder := t.TempDir()
		for _, f := range starterProject(runtime) {
			if err := writeNew(filepath.Join(folder, f.path), f.text); err != nil {
				t.Fatal(err)
			}
		}
		config, err := readSettings("", folder)
		if err != nil {
			t.Fatal(err)
		}
		p := findProject(folder, "", config, nil)
		if len(p.problems) > 0 || len(p.machines) != 1 || p.machines[0].Name != "order" {
			t.Errorf("%q: %+v", runtime, p)
		}
		definition, found := asl.Parse(p.machines[0].Definition)
		if found = append(found, asl.Validate(definition, asl.Options{})...); len(found) > 0 {
			t.Errorf("%q: %v", runtime, found)
		}
		if function == "" {
			if len(p.functions) > 0 || strings.Contains(p.machines[0].Definition, "lambda") {
				t.Errorf("without an interpreter: %+v", p)
			}
			continue
		}
		fn := p.functions[0]
		file := filepath.Join(fn.Folder, strings.TrimPrefix(function, "price/"))
		if _, err := os.Stat(file); err != nil || fn.Name != "price" || fn.Runtime != runtime || fn.Broken != "" {
			t.Errorf("%q: %+v, %v", runtime, fn, err)
		}
		if err := writeNew(file, "other"); err == nil {
			t.Errorf("%q: %s was overwritten", runtime, file)
		}
	}
}
