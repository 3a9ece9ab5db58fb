package template_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/template"
)

// TestReadings reads the templates of testdata/templates/readings. A section there is a
// file of a case, named "case: file"; the first one is the template, and want has for
// each state machine its name, its definition and what is to be said of it.
func TestReadings(t *testing.T) { readArchives(t, "readings", reading) }

// readArchives compares what is read of the cases of some archives with their want.
func readArchives(t *testing.T, folder string, read func(*testing.T, []txtar.File) string) {
	archives, err := filepath.Glob(templates + "/" + folder + "/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no readings: %v", err)
	}
	n := 0
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		begin := 0
		for i := range archive.Files {
			label, file, _ := strings.Cut(archive.Files[i].Name, ": ")
			if file != "want" {
				continue
			}
			n++
			want := &archive.Files[i]
			t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar")+"/"+label, func(t *testing.T) {
				got := read(t, archive.Files[begin:i])
				if *update {
					want.Data = []byte(got)
				}
				if got != string(want.Data) {
					t.Errorf("got\n%s\nwant\n%s", got, want.Data)
				}
			})
			begin = i + 1
		}
		if *update {
			if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Logf("%d templates", n)
}

// reading returns what is read of the first file, which stands in a folder with the
// others.
func reading(t *testing.T, files []txtar.File) string {
	t.Helper()
	folder := t.TempDir()
	write(t, folder, files)
	_, name, _ := strings.Cut(files[0].Name, ": ")
	var b strings.Builder
	for _, m := range template.Read(filepath.Join(folder, name), files[0].Data, template.Options{Folder: folder}).Machines {
		fmt.Fprint(&b, m.Name)
		if m.Express {
			b.WriteString(" (Express)")
		}
		if m.Definition.Root.Exists() {
			fmt.Fprintf(&b, " %s", m.Definition.Root)
		}
		b.WriteByte('\n')
		for _, d := range m.Validate(asl.Options{}) {
			said := strings.ReplaceAll(d.String(), folder+string(filepath.Separator), "")
			if d.Hint != "" {
				said += ": " + d.Hint
			}
			fmt.Fprintf(&b, "  %s\n", said)
		}
	}
	return b.String()
}
