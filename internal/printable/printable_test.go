package printable_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/aslocal/aslocal/internal/printable"
)

func TestLines(t *testing.T) {
	for _, tt := range []struct{ name, text, lines, line string }{
		{"text stays as it is", "Größe → 7 🦄", "Größe → 7 🦄", "Größe → 7 🦄"},
		{"line breaks", "a\nb", "a\nb", "a b"},
		{"tabs", "a\tb", "a b", "a b"},
		{"escape sequences", "\x1b]52;c;cm0=\x07x", "\ufffd]52;c;cm0=\ufffdx", "\ufffd]52;c;cm0=\ufffdx"},
		{"8-bit escapes", "\u009b31m", "\ufffd31m", "\ufffd31m"},
		{"carriage returns, which overwrite a line", "bad\rgood", "bad\ufffdgood", "bad good"},
		{"direction of text", "a\u202eb", "a\ufffdb", "a\ufffdb"},
		{"bytes that are no text", "a\xffb\x9bc", "a\ufffdb\ufffdc", "a\ufffdb\ufffdc"},
	} {
		if got := printable.Lines(tt.text); got != tt.lines {
			t.Errorf("%s: Lines gives %q, want %q", tt.name, got, tt.lines)
		}
		if got := printable.Line(tt.text); got != tt.line {
			t.Errorf("%s: Line gives %q, want %q", tt.name, got, tt.line)
		}
	}
}

func FuzzLine(f *testing.F) {
	f.Add("a\x1b[2Jb\n\u202e\xff")
	f.Fuzz(func(t *testing.T, text string) {
		if got := printable.Line(text); strings.ContainsFunc(got, unicode.IsControl) {
			t.Errorf("%q becomes %q", text, got)
		}
		if got := printable.Lines(text); strings.ContainsFunc(strings.ReplaceAll(got, "\n", ""), unicode.IsControl) {
			t.Errorf("%q becomes %q", text, got)
		}
	})
}
