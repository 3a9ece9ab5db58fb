// Package printable makes text that comes from outside safe to show on a
// terminal: definitions, names of files, settings, errors of tasks. Escape
// sequences in it would otherwise move the cursor, write to the clipboard or
// hide what follows. Output for programs must not go through it.
package printable

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lines returns the text with its line breaks, and with U+FFFD for each other
// character that a terminal would not just draw: control characters, and those
// that change the direction of text. Tabs become blanks, so that a marker below
// a line stands below its place.
func Lines(text string) string { return strings.Map(drawn, text) }

// Line is Lines for text that belongs on one line: line breaks become blanks.
func Line(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return drawn(r)
	}, text)
}

func drawn(r rune) rune {
	switch {
	case r == '\n':
		return r
	case r == '\t':
		return ' '
	case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
		return utf8.RuneError
	}
	return r
}
