package cli

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/ohler55/ojg"
	"golang.org/x/term"

	"github.com/aslocal/aslocal/value"
)

// This file prints JSON values. The layout follows ojg's pretty package, whose own
// writer sorts the members of objects and rewrites numbers; here both stay as they
// are.

// A format is how a value is printed: the flag --format.
type format string

const (
	formatAuto   format = ""       // pretty in a terminal, json elsewhere
	formatJSON   format = "json"   // one line
	formatPretty format = "pretty" // lines of at most formatWidth, where that is possible
	formatSEN    format = "sen"    // likewise, in SEN: JSON without commas and needless quotes
)

// formatUsage is the help of the flag.
const formatUsage = "how JSON is printed: json (one line), pretty (lines) or sen (lines of SEN, JSON with few quotes and no commas); the default is pretty in a terminal, json elsewhere"

// String implements pflag.Value.
func (f *format) String() string { return string(*f) }

// Type implements pflag.Value.
func (f *format) Type() string { return "FORMAT" }

// Set implements pflag.Value.
func (f *format) Set(text string) error {
	switch format(text) {
	case formatJSON, formatPretty, formatSEN:
		*f = format(text)
		return nil
	}
	return errors.New("expected json, pretty or sen")
}

// print writes a value and a line end.
func (f format) print(w io.Writer, v value.Value) error {
	if f == formatAuto {
		f = formatJSON
		if file, ok := w.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
			f = formatPretty
		}
	}
	var text []byte
	if f == formatJSON {
		text = v.AppendJSON(nil)
	} else {
		text = layout{sen: f == formatSEN}.append(nil, v, 0)
	}
	_, err := w.Write(append(text, '\n'))
	return err
}

// A layout writes a value in lines.
type layout struct {
	sen bool
}

const (
	formatWidth  = 80 // bytes of a line
	formatDepth  = 2  // levels of arrays and objects in one line, at most
	formatIndent = 2
)

// append writes a value at a level: on the current line if it fits, else with a
// line for each item or member.
func (l layout) append(dst []byte, v value.Value, level int) []byte {
	begin := bytes.LastIndexByte(dst, '\n') + 1
	line, ok := l.appendLine(dst, v, formatDepth, begin+formatWidth)
	if ok {
		return line
	}
	brackets := "[]"
	if v.Kind() == value.Object {
		brackets = "{}"
	}
	dst = append(dst, brackets[0])
	first := true
	next := func() {
		if !first && !l.sen {
			dst = append(dst, ',')
		}
		first = false
		dst = appendIndent(dst, level+1)
	}
	for _, item := range v.Items() {
		next()
		dst = l.append(dst, item, level+1)
	}
	for name, member := range v.Members() {
		next()
		dst = append(l.appendText(dst, name), ": "...)
		dst = l.append(dst, member, level+1)
	}
	return append(appendIndent(dst, level), brackets[1])
}

// appendLine writes a value in one line. ok is false if it has more levels or
// makes dst longer than is allowed; a value that is neither an array nor an object
// always fits.
func (l layout) appendLine(dst []byte, v value.Value, levels, most int) (line []byte, ok bool) {
	first := true
	next := func() {
		if !first {
			if !l.sen {
				dst = append(dst, ',')
			}
			dst = append(dst, ' ')
		}
		first = false
	}
	switch v.Kind() {
	case value.Array:
		dst = append(dst, '[')
		for _, item := range v.Items() {
			next()
			if dst, ok = l.appendLine(dst, item, levels-1, most); !ok {
				return dst, false
			}
		}
		dst = append(dst, ']')
	case value.Object:
		dst = append(dst, '{')
		for name, member := range v.Members() {
			next()
			dst = append(l.appendText(dst, name), ": "...)
			if dst, ok = l.appendLine(dst, member, levels-1, most); !ok {
				return dst, false
			}
		}
		dst = append(dst, '}')
	case value.String:
		return l.appendText(dst, v.Text()), true
	default:
		return v.AppendJSON(dst), true
	}
	return dst, v.Len() == 0 || levels > 0 && len(dst) <= most
}

// appendText writes a string. SEN needs quotes only for what it could read as
// something else, which with the reader of ojg is more than its writer quotes.
func (l layout) appendText(dst []byte, text string) []byte {
	first, _ := utf8.DecodeRuneInString(text)
	if !l.sen || !utf8.ValidString(text) || !unicode.IsLetter(first) || slices.Contains(senWords, text) {
		return value.AppendQuoted(dst, text)
	}
	bare := ojg.AppendSENString(dst, text, false)
	if bare[len(dst)] == '"' {
		return value.AppendQuoted(dst, text) // the escape sequences of JSON are SEN, too
	}
	return bare
}

// senWords are words that SEN reads as other values.
var senWords = []string{"true", "false", "null"}

func appendIndent(dst []byte, level int) []byte {
	dst = append(dst, '\n')
	for range level * formatIndent {
		dst = append(dst, ' ')
	}
	return dst
}
