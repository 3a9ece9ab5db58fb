package asl_test

import (
	"io"
	"os"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// check is what holds for every text, whatever it is.
func check(t *testing.T, name string, text []byte) {
	d, found := asl.ParseFile(name, text)
	refused := found.HasErrors()
	found = append(found, asl.Validate(d, asl.Options{Express: len(text)%2 == 0})...)
	for _, f := range found {
		if f.Message == "" || f.Code == "" || f.Range.Known() && (f.Range.Start.Offset > f.Range.End.Offset || f.Range.End.Offset > len(text)) {
			t.Errorf("%q: %+v", text, f)
		}
	}
	if err := found.Format(io.Discard, text); err != nil {
		t.Error(err)
	}
	asl.VariableReferences(d)
	if refused {
		return
	}
	again, more := asl.Parse(d.JSON())
	if len(more) > 0 || !value.Equal(again.Root, d.Root) {
		t.Errorf("%q: JSON reads as %s, %v", text, again.Root, more)
	}
}

func FuzzDefinition(f *testing.F) {
	for _, folder := range []string{"valid", "invalid"} {
		for _, file := range ownCases(f, folder) {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		check(t, "m.json", []byte(text))
	})
}

func FuzzYAMLDefinition(f *testing.F) {
	f.Add("StartAt: A\nStates:\n  A: &a\n    Type: Pass\n    End: true\n  B:\n    <<: *a\n    X: !Sub [a, {b: c}]\n")
	f.Add("a: |\n  x\nb: >-\n  y\n  z\n? c\n: [1, 0x1F, 1e3, .inf, ~, 'it''s', \"\\u00e9\"]\n")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) < 1<<12 { // the parser of YAML takes its time with longer nonsense
			check(t, "m.yaml", []byte(text))
		}
	})
}

func FuzzParseResource(f *testing.F) {
	f.Add("arn:aws:states:::states:startExecution.sync:2")
	f.Add("arn:aws:lambda:us-east-1:123456789012:function:f:1")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := asl.ParseResource(text)
		if err == nil && (r.Text != text || r.Kind == 0 || r.Name() == "") {
			t.Errorf("%q: got %+v", text, r)
		}
	})
}
