package value

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file has the errors of the scanner. Their words are those of Jackson, because
// the service shows them to its users. The messages about an unrecognized token and
// a bad member name are recorded, the others are inferred from Jackson's sources.

// SyntaxError says why and where a text is not JSON.
type SyntaxError struct {
	Message string // in Jackson's words, without the place
	Offset  int    // in bytes, of the character behind the one that is wrong
	Line    int    // of Offset, from 1
	Column  int    // of Offset, from 1, in characters
}

// Error returns the message and its place: "… at line 1, column 4".
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s at line %d, column %d", e.Message, e.Line, e.Column)
}

// Source names the place in Jackson's words: [Source: (String)"not a
// definition"; line: 1, column: 4]. The text is the one that Parse was given.
func (e *SyntaxError) Source(text string) string { return source(text, e.Line, e.Column) }

const tokens = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"

// maxToken is the maximum number of bytes of an unknown word in a message, maxSource
// the maximum number of characters of the text.
const (
	maxToken  = 256
	maxSource = 500
)

// fail panics with a *SyntaxError: the text is wrong just before the offset at.
func (s *scanner) fail(at int, format string, args ...any) {
	line, column := s.lineColumn(at)
	panic(&SyntaxError{Message: fmt.Sprintf(format, args...), Offset: at, Line: line, Column: column})
}

// lineColumn converts an offset to line and column, both from 1.
func (s *scanner) lineColumn(at int) (line, column int) {
	before := s.src[:at]
	start := strings.LastIndexByte(before, '\n') + 1
	return 1 + strings.Count(before, "\n"), 1 + utf8.RuneCountInString(before[start:])
}

// unexpected fails because of the character at s.at, which must exist.
func (s *scanner) unexpected(wanted string) {
	r, n := s.rune(s.at)
	s.fail(s.at+n, "Unexpected character (%s): %s", describe(r), wanted)
}

// badValue fails because there is no value at s.at.
func (s *scanner) badValue() {
	if s.at == len(s.src) {
		s.badEnd()
	}
	if end := s.identifier(s.at); end > s.at {
		token := s.src[s.at:end]
		if len(token) > maxToken {
			token = strings.ToValidUTF8(token[:maxToken], "") + "..."
		}
		s.fail(end, "Unrecognized token '%s': was expecting %s", token, tokens)
	}
	s.unexpected("expected a valid value " + tokens)
}

// badRest fails because something follows the value of the text.
func (s *scanner) badRest() {
	if r, _ := s.rune(s.at); unicode.IsLetter(r) {
		s.badValue()
	}
	s.unexpected("was expecting the end of the text")
}

// badName fails because there is neither the name of a first member nor the end of
// the object at s.at.
func (s *scanner) badName() {
	s.badClose()
	s.unexpected("was expecting double-quote to start field name")
}

// badNextName fails because there is no member name behind a comma.
func (s *scanner) badNextName() {
	if s.at == len(s.src) {
		s.badEnd()
	}
	s.unexpected("was expecting double-quote to start field name")
}

// badColon fails because there is no colon at s.at.
func (s *scanner) badColon() {
	if s.at == len(s.src) {
		s.badEnd()
	}
	s.unexpected("was expecting a colon to separate field name and value")
}

// badEntry fails because there is neither a comma nor a closing bracket behind an
// item or member.
func (s *scanner) badEntry() {
	s.badClose()
	s.unexpected("was expecting comma to separate " + s.kindAt(s.open()) + " entries")
}

// badEnd fails because the text ends inside an array or object.
func (s *scanner) badEnd() {
	open := s.open()
	if open < 0 {
		s.fail(s.at, "No content to map due to end-of-input")
	}
	s.fail(s.at, "Unexpected end-of-input within/between %s entries", s.kindAt(open))
}

// badClose fails if the text ends or has the wrong closing bracket at s.at.
func (s *scanner) badClose() {
	open := s.open()
	if s.at == len(s.src) {
		s.fail(s.at, "Unexpected end-of-input: expected close marker for %s (start marker at %s)", s.kindAt(open), s.source(open))
	}
	if c := s.src[s.at]; c == ']' || c == '}' {
		s.fail(s.at+1, "Unexpected close marker '%c': expected '%c' (for %s starting at %s)",
			c, s.src[open]+2, s.kindAt(open), s.source(open)) // in ASCII, [ and ] are two apart, as { and } are
	}
}

// open returns where the innermost array or object that is open at s.at
// starts, or -1. It reads the text again, so that valid texts do not pay for it.
func (s *scanner) open() int {
	var starts []int
	for i := 0; i < s.at; i++ {
		switch s.src[i] {
		case '{', '[':
			starts = append(starts, i)
		case '}', ']':
			starts = starts[:len(starts)-1]
		case '"':
			for i++; s.src[i] != '"'; i++ {
				if s.src[i] == '\\' {
					i++
				}
			}
		}
	}
	if len(starts) == 0 {
		return -1
	}
	return starts[len(starts)-1]
}

func (s *scanner) kindAt(open int) string {
	if s.src[open] == '{' {
		return "Object"
	}
	return "Array"
}

// source names the place of an opening bracket.
func (s *scanner) source(at int) string {
	line, column := s.lineColumn(at)
	return source(s.src, line, column)
}

// source names a place as Jackson does, with the beginning of the text.
func source(text string, line, column int) string {
	shown, rest := strings.ToValidUTF8(text, "\uFFFD"), ""
	if n := utf8.RuneCountInString(shown); n > maxSource {
		shown, rest = string([]rune(shown)[:maxSource]), fmt.Sprintf("[truncated %d chars]", n-maxSource)
	}
	return fmt.Sprintf(`[Source: (String)"%s"%s; line: %d, column: %d]`, shown, rest, line, column)
}

// badNumber fails because of the character at s.at inside a number.
func (s *scanner) badNumber(why string) {
	if s.at == len(s.src) {
		s.fail(s.at, "Unexpected end-of-input in a Number value: %s", why)
	}
	r, n := s.rune(s.at)
	s.fail(s.at+n, "Unexpected character (%s) in numeric value: %s", describe(r), why)
}

func (s *scanner) unclosedString() {
	s.fail(len(s.src), "Unexpected end-of-input: was expecting closing quote for a string value")
}

func (s *scanner) badControl(at int) {
	s.fail(at+1, "Illegal unquoted character (%s): has to be escaped using backslash to be included in string value", describe(rune(s.src[at])))
}

func (s *scanner) unclosedEscape() {
	s.fail(len(s.src), "Unexpected end-of-input in character escape sequence")
}

func (s *scanner) badEscape(at int) {
	r, n := s.rune(at)
	s.fail(at+n, "Unrecognized character escape %s", describe(r))
}

func (s *scanner) badHexDigit(at int) {
	r, n := s.rune(at)
	s.fail(at+n, "Unexpected character (%s): expected a hex-digit for character escape sequence", describe(r))
}

// rune decodes the character at an offset within the text, and fails if it is
// not UTF-8.
func (s *scanner) rune(at int) (rune, int) {
	r, n := utf8.DecodeRuneInString(s.src[at:])
	if r == utf8.RuneError && n == 1 {
		s.fail(at+1, "Invalid UTF-8 start byte 0x%x", s.src[at])
	}
	return r, n
}

// identifier returns the end of the run of letters, digits and the like.
func (s *scanner) identifier(at int) int {
	for at < len(s.src) {
		r, n := utf8.DecodeRuneInString(s.src[at:])
		if r != '_' && r != '$' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		at += n
	}
	return at
}

// describe shows a character and its code: 'x' (code 120).
func describe(r rune) string {
	switch {
	case r < ' ' || 0x7F <= r && r < 0xA0:
		return fmt.Sprintf("(CTRL-CHAR, code %d)", r)
	case r > 0xFF:
		return fmt.Sprintf("'%c' (code %d / 0x%x)", r, r, r)
	}
	return fmt.Sprintf("'%c' (code %d)", r, r)
}
