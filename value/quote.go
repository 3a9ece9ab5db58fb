package value

import (
	"math/bits"
	"unicode/utf8"
)

// This file is the syntax of JSON strings: which characters are literal, and how the
// others are escaped. The scanner and the writer share plainRun, which reads eight
// bytes at a time.

const hex = "0123456789ABCDEF"

// short has the two-character escapes; plain marks the bytes that are literal
// characters of a string.
var (
	short = [256]byte{'"': '"', '\\': '\\', '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't'}
	plain [256]bool
)

func init() {
	for c := 0x20; c < 0x80; c++ {
		plain[c] = c != '"' && c != '\\'
	}
}

// plainRun returns the end of the run of plain bytes that begins at i.
func plainRun(s string, i int) int {
	for i+8 <= len(s) {
		if odd := oddBytes(eightBytes(s, i)); odd != 0 {
			return i + bits.TrailingZeros64(odd)/8
		}
		i += 8
	}
	for i < len(s) && plain[s[i]] {
		i++
	}
	return i
}

// eightBytes returns the bytes of s from i on, the first one lowest. The
// compiler makes one load of it.
func eightBytes(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// oddBytes sets the high bit of the lowest byte in w that is not plain, and perhaps
// of bytes above it. A subtraction sets the high bit of a byte that is less than the
// subtrahend, and its borrow may change the byte above. A byte whose high bit was
// set before is not ASCII, so not plain.
func oddBytes(w uint64) uint64 {
	const each = 0x0101010101010101
	quote, backslash := w^each*'"', w^each*'\\'
	return (w | (w - each*' ') | (quote - each) | (backslash - each)) & (each * 0x80)
}

// AppendQuoted appends s as a JSON string, with only the escape sequences that JSON
// requires (as Jackson does, and so the service). Halves of surrogate pairs, which the
// scanner keeps in three bytes each, become \uXXXX again; other bytes that are not
// UTF-8 become U+FFFD.
func AppendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	done := 0 // what is before is written
	for i := plainRun(s, 0); i < len(s); i = plainRun(s, i) {
		c := s[i]
		if c < utf8.RuneSelf {
			dst = append(dst, s[done:i]...)
			if e := short[c]; e != 0 {
				dst = append(dst, '\\', e)
			} else {
				dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			}
			i++
			done = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r != utf8.RuneError || n > 1 {
			i += n
			continue
		}
		dst = append(dst, s[done:i]...)
		if half, ok := surrogateAt(s[i:]); ok {
			dst = append(dst, '\\', 'u', hex[half>>12], hex[half>>8&15], hex[half>>4&15], hex[half&15])
			i += 3
		} else {
			dst = append(dst, "\uFFFD"...)
			i++
		}
		done = i
	}
	return append(append(dst, s[done:]...), '"')
}

// quotedSize returns the number of bytes that AppendQuoted appends.
func quotedSize(s string) int {
	size := len(s) + 2
	for i := plainRun(s, 0); i < len(s); i = plainRun(s, i) {
		c := s[i]
		if c < utf8.RuneSelf {
			size += 5
			if short[c] != 0 {
				size -= 4
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r != utf8.RuneError || n > 1 {
			i += n
			continue
		}
		if _, ok := surrogateAt(s[i:]); ok {
			size += 3 // six bytes for three
			i += 3
		} else {
			size += 2 // U+FFFD for one byte
			i++
		}
	}
	return size
}

// surrogateAt reads a surrogate half written in three bytes, as WTF-8 does.
func surrogateAt(s string) (rune, bool) {
	if len(s) >= 3 && s[0] == 0xED && s[1] >= 0xA0 && s[1] <= 0xBF && s[2] >= 0x80 && s[2] <= 0xBF {
		return 0xD000 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F), true
	}
	return 0, false
}

// appendSurrogate writes a surrogate half in three bytes, as WTF-8 does.
func appendSurrogate(dst []byte, half rune) []byte {
	return append(dst, 0xED, 0x80|byte(half>>6&0x3F), 0x80|byte(half&0x3F))
}
