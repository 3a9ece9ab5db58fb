package asl

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// This file guesses why a text is not JSON or YAML, for hints.

const byteOrderMark = "\ufeff"

// notText reports YAML that is not UTF-8. For JSON the parser does.
func (d *Definition) notText() Diagnostics {
	at := firstInvalid(d.Text)
	if at < 0 {
		return nil
	}
	found := Diagnostic{Severity: SeverityError, Code: InvalidJSONDescription, Message: fmt.Sprintf("Invalid UTF-8 start byte 0x%x", d.Text[at])}
	d.positions = position.JSON(d.Text)
	found.Range = Range{Start: d.positions.Position(at), End: d.positions.Position(at + 1)}
	found.Hint = encodingHint(d.Text)
	return Diagnostics{found}
}

// firstInvalid returns the offset of the first byte that is not UTF-8, or -1.
func firstInvalid(text string) int {
	for i, r := range text {
		if r != utf8.RuneError {
			continue
		}
		if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
			return i
		}
	}
	return -1
}

// encodingHint returns a hint about the encoding of a text that is not UTF-8.
func encodingHint(text string) string {
	switch {
	case strings.HasPrefix(text, "\xff\xfe"), strings.HasPrefix(text, "\xfe\xff"):
		return "the file is UTF-16: save it as UTF-8"
	case strings.HasPrefix(text, byteOrderMark):
		return "the file begins with a byte order mark: save it as UTF-8 without one"
	case strings.IndexByte(text, 0) >= 0:
		return "the file is not text"
	case !utf8.ValidString(text):
		return "the file is not UTF-8"
	}
	return ""
}

// unrecognized returns the word before the place of an error, if the error is that
// it is not a JSON value.
func unrecognized(text string, bad *value.SyntaxError) string {
	token, ok := strings.CutPrefix(bad.Message, "Unrecognized token '")
	token, _, _ = strings.Cut(token, "'")
	if !ok || !strings.HasSuffix(text[:bad.Offset], token) {
		return ""
	}
	return token
}

// words are the words of other languages for those of JSON.
var words = map[string]string{
	"True": "true", "TRUE": "true", "yes": "true", "False": "false", "FALSE": "false", "no": "false",
	"None": "null", "NULL": "null", "Null": "null", "nil": "null", "undefined": "null",
}

// jsonHint returns a hint how to correct a mistake in JSON, or "".
func jsonHint(text string, bad *value.SyntaxError) string {
	if hint := encodingHint(text); hint != "" {
		return hint
	}
	wrong, size := utf8.DecodeLastRuneInString(text[:bad.Offset])
	token := unrecognized(text, bad)
	before := strings.TrimRight(text[:bad.Offset-max(size, len(token))], " \t\r\n")
	_, incomplete := value.Parse(before)
	switch {
	case words[token] != "":
		return fmt.Sprintf("did you mean %s?", words[token])
	case token == "NaN" || strings.HasSuffix(token, "Infinity"):
		return "JSON has no such number"
	case before == "" && token != "" && strings.HasPrefix(text[bad.Offset:], ":"):
		return "this looks like YAML: the name of such a file ends in .yaml or .yml"
	case before == "":
		return "a definition is a JSON object: it begins with {"
	case incomplete == nil:
		return "the definition has ended before this"
	case token != "" || wrong == '\'':
		return "names and text stand in double quotes"
	case wrong == '/' || wrong == '#':
		return "JSON has no comments: the field Comment holds them"
	case (wrong == '}' || wrong == ']') && strings.HasSuffix(before, ","):
		return "the comma before it is one too many"
	case strings.HasPrefix(bad.Message, "Illegal unquoted character"):
		return "the string is not closed on its line"
	case strings.HasPrefix(bad.Message, "Unexpected end-of-input"):
		return "the text ends before the definition does"
	case strings.Contains(bad.Message, "was expecting comma"):
		return "a comma is missing before it"
	}
	return ""
}

const unquotedHint = "in YAML, an expression needs quotes"

// yamlHint returns a hint how to correct a mistake in YAML, or "".
func yamlHint(text string, bad *position.SyntaxError) string {
	line := text[strings.LastIndexByte(text[:min(bad.At.Offset, len(text))], '\n')+1:]
	line, _, _ = strings.Cut(line, "\n")
	switch {
	case strings.HasPrefix(text[min(bad.At.Offset, len(text)):], "\t"):
		return "YAML is indented with blanks, not with tabs"
	case strings.Contains(line, ": {%"):
		return unquotedHint
	}
	return ""
}
