package asl_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl"
)

func at(line, column, endLine, endColumn int) asl.Range {
	return asl.Range{Start: asl.Position{Line: line, Column: column}, End: asl.Position{Line: endLine, Column: endColumn}}
}

func TestFormat(t *testing.T) {
	long := strings.Repeat("é", 500)
	tests := []struct {
		name, source string
		d            asl.Diagnostic
		want         string
	}{
		{"with a hint, cut at the start of the source", "a\nbcd\n",
			asl.Diagnostic{Severity: asl.SeverityError, Code: "C", Message: "m", Pointer: "/p", Range: at(2, 2, 2, 4), Hint: "h", File: "f"},
			"f:2:2 error C: m at /p\n    1 | a\n    2 | bcd\n      |  ^^ h\n"},
		{"tabs and carriage returns", "\tab\r\n",
			asl.Diagnostic{Severity: asl.SeverityWarning, Code: "C", Message: "m ", Range: at(1, 2, 1, 4)},
			"1:2 warning C: m\n    1 |  ab\n      |  ^^\n"},
		{"the words of the JSON parser, without the source", "{]",
			asl.Diagnostic{Severity: asl.SeverityError, Code: "C", Range: at(1, 2, 1, 2),
				Message: "Unexpected close marker ']': expected '}' (for Object starting at [Source: (String)\"{]\"; line: 1, column: 1])\n at [Source: (String)\"{]\"; line: 1, column: 3]"},
			"1:2 error C: Unexpected close marker ']': expected '}' (for Object starting at line: 1, column: 1)\n    1 | {]\n      |  ^\n"},
		{"over several lines", "ab\ncd",
			asl.Diagnostic{Severity: asl.SeverityError, Code: "C", Message: "m", Range: at(1, 2, 2, 2)},
			"1:2 error C: m\n    1 | ab\n      |  ^\n"},
		{"without a place", "ab",
			asl.Diagnostic{Severity: asl.SeverityError, Code: "C", Message: "m", Hint: "h", File: "f"},
			"f: error C: m\n      = h\n"},
		{"beyond the source", "ab",
			asl.Diagnostic{Severity: asl.SeverityError, Code: "C", Message: "m", Range: at(9, 9, 9, 9)},
			"9:9 error C: m\n"},
		{"far to the right", long,
			asl.Diagnostic{Severity: asl.SeverityError, Code: "C", Message: "m", Range: at(1, 300, 1, 302)},
			"1:300 error C: m\n    1 | " + strings.Repeat("é", 120) + "\n      | " + strings.Repeat(" ", 39) + "^^\n"},
		{"at the end of a long line", long,
			asl.Diagnostic{Severity: asl.SeverityError, Code: "C", Message: "m", Range: at(1, 501, 1, 501)},
			"1:501 error C: m\n    1 | " + strings.Repeat("é", 39) + "\n      | " + strings.Repeat(" ", 39) + "^\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			if err := (asl.Diagnostics{tt.d}).Format(&b, []byte(tt.source)); err != nil {
				t.Fatal(err)
			}
			if got := b.String(); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken") }

func TestFormatReturnsTheErrorOfItsWriter(t *testing.T) {
	if err := (asl.Diagnostics{{}}).Format(broken{}, nil); err == nil {
		t.Error("got no error")
	}
}

func TestDiagnosticsAreAnError(t *testing.T) {
	ds := asl.Diagnostics{
		{Severity: asl.SeverityWarning, Code: "W", Message: "w"},
		{Severity: asl.SeverityError, Code: "E", Message: "e", Pointer: "/States/A"},
	}
	if got, want := error(ds).Error(), "warning W: w\nerror E: e at /States/A"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if errs := ds.Errors(); len(errs) != 1 || errs[0].Code != "E" || !ds.HasErrors() || ds[:1].HasErrors() {
		t.Errorf("got %v", errs)
	}
}
