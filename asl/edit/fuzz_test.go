package edit

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// FuzzApply garbles a text and makes edits of it, both chosen by a number: each must be
// refused with an *Error, or give changes that lead to the new text and back.
func FuzzApply(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for i, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		var doc Document
		for _, section := range txtar.Parse(text).Files {
			switch section.Name {
			case "before.json", "before.yaml":
				doc.Text, doc.Format = string(section.Data), Format(section.Name[len("before."):])
			case "pointer":
				doc.Pointer = string(section.Data[:len(section.Data)-1])
			}
		}
		f.Add(doc.Text, doc.Format == YAML, doc.Pointer, uint64(i))
	}
	f.Add("a: &a {b: *c}\n? x\n: y\n<<: [*a]\n", true, "", uint64(1))
	f.Add("StartAt: A\nStates: {A: {Type: Pass, <<: *x}}\n", true, "", uint64(2))
	f.Add("x: &x\n  Next: B\nStates:\n  A: {<<: *x, Type: Pass}\n  B:\n    <<: [*x, {Type: Map}]\n", true, "", uint64(3))
	f.Fuzz(func(t *testing.T, text string, isYAML bool, pointer string, seed uint64) {
		if len(text) > 1<<12 {
			return // the parser of YAML takes its time with longer nonsense
		}
		doc := Document{Text: text, Format: JSON, Pointer: pointer}
		if isYAML {
			doc.Format = YAML
		}
		r := rand.New(rand.NewPCG(seed, 0))
		doc.Text = garbled(r, doc.Text)
		var bad *Error
		for range 4 {
			m, err := open(doc)
			if err != nil {
				if !errors.As(err, &bad) || bad.Message == "" {
					t.Errorf("expected an *Error with a message, got %v", err)
				}
				return
			}
			e := randomEdit(r, m)
			if r.IntN(20) == 0 {
				e = Edit{Op: Reformat}
			}
			result, err := Apply(doc, e)
			if err != nil {
				if !errors.As(err, &bad) || bad.Message == "" {
					t.Errorf("expected an *Error with a message, got %v", err)
				}
				continue
			}
			checkChanges(t, doc.Text, result)
			if _, err := open(Document{Text: result.Text, Format: doc.Format}); err != nil && doc.Pointer == "" {
				t.Fatalf("%s on\n%s\ngives\n%s\n%v", shown(e), doc.Text, result.Text, err)
			}
			doc.Text = result.Text
		}
	})
}

// garbled returns a text in which some pieces were put in, taken out or copied.
func garbled(r *rand.Rand, text string) string {
	pieces := []string{"\n", "  ", "# c\n", ":", "- ", "&x ", "*x", "!Sub ", "{", "}", "[", "]", ",", "'", "\"", "|\n", "? ", "<<: *x", "\r\n", "\t", "é", "~", "|+\n\n", ">\n", "---\n", "...\n", "%", "\ufeff"}
	for range r.IntN(4) {
		if text == "" {
			break
		}
		i, j := r.IntN(len(text)), r.IntN(len(text))
		switch r.IntN(3) {
		case 0:
			text = text[:i] + pick(r, pieces) + text[i:]
		case 1:
			text = text[:i] + text[min(len(text), i+r.IntN(8)):]
		default:
			text = text[:i] + text[j:min(len(text), j+r.IntN(60))] + text[i:]
		}
	}
	return text
}
