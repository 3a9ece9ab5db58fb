package edit

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the expected results in testdata")

// TestEdits applies the edits in testdata. Each file has a document, before.json or
// before.yaml, perhaps the pointer of the definition in it, and then edits: the name of
// a section is an edit, or an array of them, and its text is what comes of it, as lines
// taken out and put in.
func TestEdits(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var doc Document
			for i, section := range archive.Files {
				switch section.Name {
				case "before.json", "before.yaml":
					doc.Text, doc.Format = string(section.Data), Format(section.Name[len("before."):])
					continue
				case "pointer":
					doc.Pointer = strings.TrimSpace(string(section.Data))
					continue
				}
				got := outcome(t, doc, section.Name)
				if *update {
					archive.Files[i].Data = []byte(got)
				} else if got != string(section.Data) {
					t.Errorf("%s\ngot:\n%s\nwant:\n%s", section.Name, got, section.Data)
				}
			}
			if *update {
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// outcome describes what edits do.
func outcome(t *testing.T, doc Document, text string) string {
	r, err := Apply(doc, edits(t, text)...)
	if err != nil {
		return err.Error() + "\n"
	}
	checkChanges(t, doc.Text, r)
	var b strings.Builder
	b.WriteString(differences(doc.Text, r.Changes))
	if len(r.Select) > 0 {
		fmt.Fprintf(&b, "select %s\n", strings.Join(r.Select, ", "))
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "note %s: %s\n", n.Pointer, n.Message)
	}
	return b.String()
}

// edits reads an edit or an array of them.
func edits(t *testing.T, text string) []Edit {
	t.Helper()
	if !strings.HasPrefix(text, "[") {
		text = "[" + text + "]"
	}
	var list []Edit
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return list
}

// differences shows the lines that changes touch.
func differences(old string, changes []Change) string {
	var b strings.Builder
	for i := 0; i < len(changes); {
		start := strings.LastIndexByte(old[:changes[i].Start], '\n') + 1
		at, text := start, ""
		end := start
		for ; i < len(changes) && (at == start || changes[i].Start < end); i++ {
			text += old[at:changes[i].Start] + changes[i].Text
			at = changes[i].End
			end = len(old)
			if n := strings.IndexByte(old[at:], '\n'); n >= 0 {
				end = at + n + 1
			}
		}
		text += old[at:end]
		lines := func(sign, text string) {
			for line := range strings.Lines(text) {
				b.WriteString(sign + strings.TrimSuffix(line, "\n") + "\n")
			}
		}
		lines("-", old[start:end])
		lines("+", text)
	}
	return b.String()
}

// checkChanges makes sure that the changes lead from the old text to the new one, and
// back.
func checkChanges(t *testing.T, old string, r Result) {
	t.Helper()
	var forth, back strings.Builder
	last, at := 0, 0
	for _, c := range r.Changes {
		if c.Start < last || c.End < c.Start || c.End > len(old) || c.Start == c.End && c.Text == "" {
			t.Fatalf("changes are not in order: %v", r.Changes)
		}
		forth.WriteString(old[last:c.Start] + c.Text)
		at += c.Start - last
		back.WriteString(r.Text[at-(c.Start-last):at] + old[c.Start:c.End])
		at += len(c.Text)
		last = c.End
	}
	forth.WriteString(old[last:])
	back.WriteString(r.Text[at:])
	if forth.String() != r.Text {
		t.Fatalf("the changes give\n%s\ninstead of\n%s", forth.String(), r.Text)
	}
	if back.String() != old {
		t.Fatalf("undoing the changes gives\n%s\ninstead of\n%s", back.String(), old)
	}
}
