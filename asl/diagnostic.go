package asl

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aslocal/aslocal/internal/printable"
)

// This file has the problems of a definition and prints them. The messages are in
// message.go.

// A Diagnostic is one problem of a definition.
type Diagnostic struct {
	Severity Severity
	Code     string // "SCHEMA_VALIDATION_FAILED"
	Message  string // the words of the service, where they are known
	Pointer  string // the place as the service names it, "/States/A/Choices[0]/Next", or ""
	Range    Range  // the place in the source, or an unknown one
	Hint     string // what was probably meant, or ""
	File     string // the argument of ParseFile, or ""
	Machine  string // the state machine, if the file is a template that may have several; or ""
}

// A Severity says whether the service refuses the definition.
type Severity string

// The severities. The service refuses definitions with errors, not with warnings.
const (
	SeverityError   Severity = "ERROR"
	SeverityWarning Severity = "WARNING"
)

// The codes of ValidateStateMachineDefinition.
const (
	SchemaValidationFailed  = "SCHEMA_VALIDATION_FAILED"
	InvalidJSONDescription  = "INVALID_JSON_DESCRIPTION"
	MissingEndState         = "MISSING_END_STATE"
	MissingTransitionTarget = "MISSING_TRANSITION_TARGET"
	DuplicateStateName      = "DUPLICATE_STATE_NAME"
	InvalidStateName        = "INVALID_STATE_NAME"
	DuplicateLabelName      = "DUPLICATE_LABEL_NAME"
	InvalidLabelName        = "INVALID_LABEL_NAME"
	InvalidVariableName     = "INVALID_VARIABLE_NAME"
	ReservedVariableName    = "RESERVED_VARIABLE_NAME"
	InvalidJSONata          = "INVALID_JSONATA_EXPRESSION"
	UnsupportedJSONata      = "UNSUPPORTED_JSONATA_EXPRESSION"
	NoDollar                = "NO_DOLLAR"
	NoPath                  = "NO_PATH"
	PassResultIsStatic      = "PASS_RESULT_IS_STATIC"

	TooDeeplyNested = "TOO_DEEPLY_NESTED"
)

// Our own codes: warnings about definitions that the service accepts silently.
const (
	DuplicateField     = "DUPLICATE_FIELD"     // an object has a member twice; the last one counts
	UnassignedVariable = "UNASSIGNED_VARIABLE" // a variable is read but never assigned
	BrokenDelimiters   = "BROKEN_DELIMITERS"   // an expression with blanks around it
	UnknownName        = "UNKNOWN_NAME"        // an error or a part of the context object that the service does not have
	EndlessWorkflow    = "ENDLESS_WORKFLOW"    // a branch or processor without a terminal state
	FailsInline        = "FAILS_INLINE"        // an inline Map state with a field that makes it fail
)

// String returns one line: place, severity, code and message.
func (d Diagnostic) String() string {
	var b strings.Builder
	b.WriteString(d.place())
	b.WriteString(strings.ToLower(string(d.Severity)))
	fmt.Fprintf(&b, " %s: %s", d.Code, d.text())
	if strings.HasPrefix(d.Pointer, "/") {
		fmt.Fprintf(&b, " at %s", d.Pointer)
	}
	if d.Machine != "" {
		fmt.Fprintf(&b, " (state machine %s)", d.Machine)
	}
	return b.String()
}

// text returns the message without the source text that the JSON parser repeats in
// it.
func (d Diagnostic) text() string {
	text, _, _ := strings.Cut(d.Message, jsonSource)
	if i, j := strings.Index(text, "[Source: "), strings.LastIndex(text, "; line: "); 0 <= i && i < j {
		text = text[:i] + strings.Replace(text[j+len("; "):], "]", "", 1)
	}
	return strings.TrimSpace(text)
}

// place returns "file:line:column ", or as much of it as is known.
func (d Diagnostic) place() string {
	var parts []string
	if d.File != "" {
		parts = append(parts, d.File)
	}
	if d.Range.Known() {
		parts = append(parts, d.Range.Start.String())
	}
	switch {
	case len(parts) == 0:
		return ""
	case d.Range.Known():
		return strings.Join(parts, ":") + " "
	}
	return parts[0] + ": "
}

// Diagnostics are the problems of a definition, in the order that Validate gives them.
// They are an error that lists them all.
type Diagnostics []Diagnostic

// HasErrors reports whether any of them is an error.
func (ds Diagnostics) HasErrors() bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.Severity == SeverityError })
}

// Errors returns those that are errors.
func (ds Diagnostics) Errors() Diagnostics {
	var errs Diagnostics
	for _, d := range ds {
		if d.Severity == SeverityError {
			errs = append(errs, d)
		}
	}
	return errs
}

// Error returns one line for each.
func (ds Diagnostics) Error() string {
	lines := make([]string, len(ds))
	for i, d := range ds {
		lines[i] = d.String()
	}
	return strings.Join(lines, "\n")
}

// sort sorts them by their places in the source; those without a place come last.
func (ds Diagnostics) sort() {
	slices.SortStableFunc(ds, func(a, b Diagnostic) int {
		if a.Range.Known() != b.Range.Known() {
			if a.Range.Known() {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.Range.Start.Offset, b.Range.Start.Offset)
	})
}

// Format writes them as compilers do, each with the lines of the source concerned:
//
//	order.asl.yaml:14:13 error MISSING_TRANSITION_TARGET: Missing 'Next' target: Fulfill at /States/IsValid/Choices[0]/Next
//	   12 |     Choices:
//	   13 |       - Condition: "{% $states.input.total > 0 %}"
//	   14 |         Next: Fulfill
//	      |               ^^^^^^^ did you mean "Fulfil"?
//
// It fails only if w does.
func (ds Diagnostics) Format(w io.Writer, source []byte) error {
	var b strings.Builder
	lines := strings.Split(string(source), "\n")
	for _, d := range ds {
		b.WriteString(d.String())
		b.WriteByte('\n')
		d.excerpt(&b, lines)
	}
	_, err := io.WriteString(w, printable.Lines(b.String()))
	return err
}

const (
	linesBefore = 2   // of the source, shown above the one that is wrong
	shownWidth  = 120 // characters of a line that are shown
)

// excerpt writes the line of the diagnostic and the lines before it, and marks the
// place.
func (d Diagnostic) excerpt(b *strings.Builder, lines []string) {
	if !d.Range.Known() || d.Range.Start.Line > len(lines) {
		if d.Hint != "" {
			fmt.Fprintf(b, "      = %s\n", d.Hint)
		}
		return
	}
	line, column := d.Range.Start.Line, d.Range.Start.Column
	shift := 0 // characters cut off on the left
	if column > shownWidth*2/3 {
		shift = column - shownWidth/3
	}
	for n := max(1, line-linesBefore); n <= line; n++ {
		fmt.Fprintf(b, "%5d | %s\n", n, window(lines[n-1], shift))
	}
	width := utf8.RuneCountInString(window(lines[line-1], shift)) - (column - 1 - shift)
	if d.Range.End.Line == line {
		width = min(width, d.Range.End.Column-column)
	}
	fmt.Fprintf(b, "      | %s%s", strings.Repeat(" ", max(0, column-1-shift)), strings.Repeat("^", max(1, width)))
	if d.Hint != "" {
		b.WriteString(" " + d.Hint)
	}
	b.WriteByte('\n')
}

// window returns the visible part of a line.
func window(line string, shift int) string {
	line = strings.TrimRight(line, "\r")
	from, n := len(line), 0
	for i := range line {
		switch n {
		case shift:
			from = i
		case shift + shownWidth:
			return line[from:i]
		}
		n++
	}
	return line[from:]
}
