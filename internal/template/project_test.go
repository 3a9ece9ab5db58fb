package template_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/template"
)

// TestProjects reads the templates of testdata/templates/projects, which are as those of
// readings. want has everything that a template defines; substitute has values.
func TestProjects(t *testing.T) { readArchives(t, "projects", project) }

// project returns what is read of the first file, which stands in a folder with the
// others.
func project(t *testing.T, files []txtar.File) string {
	folder := filepath.Join(t.TempDir(), "app")
	write(t, folder, files)
	o := template.Options{Folder: folder}
	for _, f := range files {
		if _, name, _ := strings.Cut(f.Name, ": "); name == "substitute" {
			o.Substitutions = make(map[string]string)
			for line := range strings.Lines(string(f.Data)) {
				name, text, _ := strings.Cut(strings.TrimSpace(line), "=")
				o.Substitutions[name] = text
			}
		}
	}
	_, name, _ := strings.Cut(files[0].Name, ": ")
	f := template.Read(filepath.Join(folder, name), files[0].Data, o)
	var b strings.Builder
	fmt.Fprintln(&b, f.Kind)
	for _, m := range f.Machines {
		fmt.Fprintf(&b, "machine %s as %s at %s\n", m.Name, m.LocalName, m.Line())
		told(&b, "condition", m.Condition)
		told(&b, "role", m.RoleARN)
		told(&b, "missing", m.Missing...)
		if m.Express || m.Tracing || m.Logging.Exists() {
			fmt.Fprintf(&b, "  express %v tracing %v logging %v\n", m.Express, m.Tracing, m.Logging)
		}
		if m.Definition.Root.Exists() {
			told(&b, "definition", m.Definition.Root.String())
		}
		for _, d := range m.Validate(asl.Options{}) {
			fmt.Fprintf(&b, "  %s\n", d.String())
		}
	}
	for _, fn := range f.Functions {
		fmt.Fprintf(&b, "function %s as %s: %s %s at %s\n", fn.ID, fn.Name, fn.Runtime, fn.Handler, fn.Place)
		told(&b, "broken", fn.Broken)
		told(&b, "note", fn.Notes...)
		told(&b, "folder", fn.Folder)
		told(&b, "layer", fn.Layers...)
		told(&b, "inline", strings.TrimSpace(fn.Inline))
		fmt.Fprintf(&b, "  %v, %d MB, %d at a time\n", fn.Timeout, fn.MemoryMB, fn.Concurrency)
		for _, name := range slices.Sorted(maps.Keys(fn.Environment)) {
			fmt.Fprintf(&b, "  %s=%s\n", name, fn.Environment[name])
		}
	}
	told(&b, "activities", f.Activities...)
	told(&b, "files", f.Files...)
	return strings.ReplaceAll(strings.ReplaceAll(b.String(), folder, "app"), filepath.Dir(folder)+"/", "")
}

// told writes what there is under a heading.
func told(b *strings.Builder, heading string, all ...string) {
	if text := strings.Join(all, ", "); text != "" {
		fmt.Fprintf(b, "  %s: %s\n", heading, text)
	}
}

// write writes the files of a case into a folder.
func write(t *testing.T, folder string, files []txtar.File) {
	t.Helper()
	for i := range files {
		_, name, _ := strings.Cut(files[i].Name, ": ")
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, files[i].Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
