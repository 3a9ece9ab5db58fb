package position

import (
	"strings"
	"unicode/utf8"
)

// This file finds places inside strings: the source has escapes, quotes and
// indentation that the string has not.

// Inside returns where the bytes start to end of a string stand in the source,
// given where the string stands. Where that cannot be told, as in YAML that
// folds lines, it returns the place of the whole string.
func (t *Table) Inside(whole Range, text string, start, end int) Range {
	if t == nil || !whole.Known() || start < 0 || start > end || end > len(text) {
		return whole
	}
	source := t.text[whole.Start.Offset:whole.End.Offset]
	find := inLines
	switch {
	case strings.HasPrefix(source, `"`):
		find = inQuotes
	case strings.HasPrefix(source, "|"):
		source = t.text[whole.Start.Offset:] // the place of a block is its sign
	}
	from, ok := find(source, text, start)
	if !ok {
		return whole
	}
	to := from
	if end > start {
		if to, ok = find(source, text, end-1); !ok || to < from {
			return whole
		}
		_, n := utf8.DecodeRuneInString(source[to:])
		to += n
	}
	return Range{Start: t.Position(whole.Start.Offset + from), End: t.Position(whole.Start.Offset + to)}
}

// inQuotes returns the offset in a string in double quotes at which its byte n
// begins.
func inQuotes(source, _ string, n int) (int, bool) {
	for i := 1; i < len(source); {
		if n <= 0 {
			return i, true
		}
		switch c := source[i]; {
		case c == '\n':
			return 0, false // YAML, and folded
		case c == '\\' && strings.HasPrefix(source[i:], `\u`) && i+6 <= len(source):
			size := escaped(source[i+2 : i+6])
			if size == 0 {
				return 0, false // half of a pair
			}
			i, n = i+6, n-size
		case c == '\\':
			i, n = i+2, n-1
		default:
			i, n = i+1, n-1
		}
	}
	return 0, false
}

// escaped returns how many bytes the character of a \u escape has, 0 for half
// of a surrogate pair.
func escaped(hex string) int {
	r := rune(0)
	for _, c := range strings.ToLower(hex) {
		digit := strings.IndexRune("0123456789abcdef", c)
		if digit < 0 {
			return 0
		}
		r = r<<4 | rune(digit)
	}
	return max(0, utf8.RuneLen(r))
}

// inLines returns the offset in a source that has the lines of the text, each
// behind an indentation perhaps, at which byte n of the text begins.
func inLines(source, text string, n int) (int, bool) {
	at := 0
	for {
		line, rest, more := strings.Cut(text, "\n")
		i := strings.Index(source[at:], line)
		if i < 0 {
			return 0, false
		}
		at += i
		if n <= len(line) {
			return at + n, true
		}
		if !more {
			return 0, false
		}
		at, text, n = at+len(line), rest, n-len(line)-1
	}
}
