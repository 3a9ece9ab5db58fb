// Package wtf8 handles strings as JavaScript counts them. Its strings are UTF-16,
// ours UTF-8; halves of surrogate pairs that stand alone are held in three bytes
// each (WTF-8), as package value reads them. A character is a code point or such
// a half.
package wtf8

import (
	"slices"
	"unicode/utf8"
)

// DecodeRune decodes the character at i: a code point, half a surrogate pair, or
// U+FFFD for a byte that is neither.
func DecodeRune(s string, i int) (rune, int) {
	if c := s[i]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	r, n := utf8.DecodeRuneInString(s[i:])
	if n == 1 && IsSurrogate(s, i) {
		return 0xD000 | rune(s[i+1]&0x3F)<<6 | rune(s[i+2]&0x3F), 3
	}
	return r, n
}

// IsSurrogate reports whether there is half a surrogate pair at i.
func IsSurrogate(s string, i int) bool {
	return i+2 < len(s) && s[i] == 0xED && s[i+1]&0xE0 == 0xA0 && s[i+2]&0xC0 == 0x80
}

// AppendRune appends a code point or half a surrogate pair; two halves that
// meet become one character.
func AppendRune(dst []byte, r rune) []byte {
	if r < 0xD800 || r > 0xDFFF {
		return utf8.AppendRune(dst, r)
	}
	if r >= 0xDC00 {
		if n := len(dst) - 3; n >= 0 && dst[n] == 0xED && dst[n+1]&0xF0 == 0xA0 {
			high := 0xD000 | rune(dst[n+1]&0x3F)<<6 | rune(dst[n+2]&0x3F)
			return utf8.AppendRune(dst[:n], 0x10000+(high-0xD800)<<10+(r-0xDC00))
		}
	}
	return append(dst, 0xED, 0x80|byte(r>>6&0x3F), 0x80|byte(r&0x3F))
}

// Append appends s; halves that meet become one character.
func Append(dst []byte, s string) []byte {
	if len(s) >= 3 && s[0] == 0xED && IsSurrogate(s, 0) {
		r, n := DecodeRune(s, 0)
		return append(AppendRune(dst, r), s[n:]...)
	}
	return append(dst, s...)
}

// IsASCII reports whether all characters of s are of one byte.
func IsASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// RuneCount returns the number of characters.
func RuneCount(s string) int {
	if IsASCII(s) {
		return len(s)
	}
	n := 0
	for i := 0; i < len(s); n++ {
		_, size := DecodeRune(s, i)
		i += size
	}
	return n
}

// UnitCount returns the length in UTF-16 code units.
func UnitCount(s string) int {
	n := 0
	for i := 0; i < len(s); n++ {
		r, size := DecodeRune(s, i)
		if r >= 0x10000 {
			n++
		}
		i += size
	}
	return n
}

// A UnitCounter converts offsets in a text from bytes to UTF-16 code units.
// Ascending offsets cost one walk through the text altogether.
type UnitCounter struct {
	text        string
	seen, units int // bytes counted so far, and their code units
}

// NewUnitCounter returns a counter for the text.
func NewUnitCounter(text string) UnitCounter { return UnitCounter{text: text} }

// At returns the offset in code units.
func (c *UnitCounter) At(offset int) int {
	if offset < c.seen {
		c.seen, c.units = 0, 0
	}
	c.units += UnitCount(c.text[c.seen:offset])
	c.seen = offset
	return c.units
}

// Units returns the UTF-16 code units of s.
func Units(s string) []rune {
	out := make([]rune, 0, len(s))
	for i := 0; i < len(s); {
		r, size := DecodeRune(s, i)
		if r >= 0x10000 {
			r -= 0x10000
			out = append(out, 0xD800+r>>10, 0xDC00+r&0x3FF)
		} else {
			out = append(out, r)
		}
		i += size
	}
	return out
}

// Runes returns the characters of s.
func Runes(s string) []rune {
	out := make([]rune, 0, len(s))
	for i := 0; i < len(s); {
		r, size := DecodeRune(s, i)
		out = append(out, r)
		i += size
	}
	return out
}

// String joins characters.
func String(rs []rune) string {
	out := make([]byte, 0, len(rs))
	for _, r := range rs {
		out = AppendRune(out, r)
	}
	return string(out)
}

// Less orders strings by UTF-16 code units, as JavaScript does. That is the order
// of the bytes, except that characters beyond U+FFFF come before those from U+E000
// on and between the halves of pairs.
func Less(a, b string) bool {
	n := min(len(a), len(b))
	for i := 0; i < n; i++ {
		x, y := a[i], b[i]
		if x == y {
			continue
		}
		if x|y < utf8.RuneSelf {
			return x < y
		}
		for i > 0 && !utf8.RuneStart(a[i]) {
			i--
		}
		if a[i] < 0xED && b[i] < 0xED {
			return a[i:] < b[i:]
		}
		return slices.Compare(Units(a[i:]), Units(b[i:])) < 0
	}
	return len(a) < len(b)
}

// Searchable returns a text in which each half of a surrogate pair on its own is a
// character of as many bytes: one for private use, which patterns do not name. Regular
// expressions want valid UTF-8.
func Searchable(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	const private = 0xE000
	out := []byte(s)
	for i := 0; i < len(s); {
		if !IsSurrogate(s, i) {
			i++
			continue
		}
		half, n := DecodeRune(s, i)
		utf8.EncodeRune(out[i:], half-0xD800+private)
		i += n
	}
	return string(out)
}
