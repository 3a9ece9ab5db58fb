package timeline_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/history"
	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/value"
)

// A history as the service shows it has no lines of control: what history.Read works
// out gives each event the path that it had. An aborted state may be taken for another
// of its type.
func TestReadHistories(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "conformance", "*", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no conformance cases: %v", err)
	}
	events, nested := 0, 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c := value.MustParse(string(text))
		definition, found := asl.Parse(c.Get("definition").String())
		if found.HasErrors() || asl.Validate(definition, asl.Options{}).HasErrors() {
			continue
		}
		program, err := machine.Compile(definition)
		if err != nil || program == nil {
			continue
		}
		all := run(t, c.Get("definition").String(), orEmpty(c.Get("input")))
		var shown []value.Value
		var want []string
		var paths timeline.Paths
		for i := range all {
			path := paths.Take(&all[i])
			if !all[i].Type.Private() {
				shown = append(shown, history.Of(&all[i], history.Options{}))
				want = append(want, path.String())
			}
		}
		read, err := history.Read(value.OfMembers("events", value.OfSlice(shown)), definition)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		var again timeline.Paths
		for i := range read {
			got := again.Take(&read[i]).String()
			if read[i].Type != machine.StateAborted && got != want[i] {
				t.Errorf("%s: event %d, %s: path %q, want %q", file, read[i].ID, read[i].Type, got, want[i])
				break
			}
			if events++; got != "" {
				nested++
			}
		}
	}
	if events < 1000 || nested < 100 {
		t.Errorf("looked at %d events, %d of them in branches and iterations: too few", events, nested)
	}
}

func orEmpty(v value.Value) string {
	if !v.Exists() {
		return "{}"
	}
	return v.String()
}
