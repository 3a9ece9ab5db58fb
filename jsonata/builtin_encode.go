package jsonata

import (
	"bytes"
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"github.com/aslocal/aslocal/jsonata/internal/wtf8"
	"github.com/aslocal/aslocal/value"
)

// This file has the functions that encode strings: Base64 and URLs.

// base64Encode is $base64encode: of each UTF-16 code unit, its low byte.
func base64Encode(c Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	return str(c, base64.StdEncoding.EncodeToString(lowBytes(args[0].Text())))
}

// lowBytes returns the low byte of each UTF-16 code unit.
func lowBytes(s string) []byte {
	if wtf8.IsASCII(s) {
		return []byte(s)
	}
	var out []byte
	for _, unit := range wtf8.Units(s) {
		out = append(out, byte(unit))
	}
	return out
}

// base64Decode is $base64decode: each byte is one character. Characters that are
// in neither alphabet are skipped; "=" ends the text. Node looks at the low byte of
// each UTF-16 code unit.
func base64Decode(c Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	text, _, _ := bytes.Cut(lowBytes(args[0].Text()), []byte("="))
	digits := text[:0]
	for _, b := range text {
		switch {
		case b == '-':
			digits = append(digits, '+')
		case b == '_':
			digits = append(digits, '/')
		case b == '+' || b == '/' || '0' <= b && b <= '9' || 'a' <= b|0x20 && b|0x20 <= 'z':
			digits = append(digits, b)
		}
	}
	if len(digits)%4 == 1 {
		digits = digits[:len(digits)-1]
	}
	n, _ := base64.RawStdEncoding.Decode(digits, digits) // surplus bits at the end are dropped
	out := make([]byte, 0, n)
	for _, b := range digits[:n] {
		out = utf8.AppendRune(out, rune(b))
	}
	return str(c, string(out))
}

// urlUnreserved are the characters, beside letters and digits, that need no
// escape in any part of a URL, urlReserved those that structure it.
const (
	urlUnreserved = "-_.!~*'()"
	urlReserved   = ";/?:@&=+$,#"
)

// urlEncoder returns a function that escapes all characters but the unreserved
// ones and those in keep.
func urlEncoder(name, keep string) func(Call, []value.Value) (value.Value, error) {
	keep += urlUnreserved
	return func(c Call, args []value.Value) (value.Value, error) {
		if !args[0].Exists() {
			return args[0], nil
		}
		s := args[0].Text()
		var out []byte
		for i := 0; i < len(s); i++ {
			b := s[i]
			switch {
			case '0' <= b && b <= '9' || 'a' <= b|0x20 && b|0x20 <= 'z' || b < utf8.RuneSelf && strings.IndexByte(keep, b) >= 0:
				out = append(out, b)
			case wtf8.IsSurrogate(s, i):
				return value.Value{}, &Error{Code: "D3140", Value: args[0], of: name}
			default:
				const hex = "0123456789ABCDEF"
				out = append(out, '%', hex[b>>4], hex[b&15])
			}
		}
		return str(c, string(out))
	}
}

// urlDecoder returns a function that decodes all escapes but those of the
// characters in keep.
func urlDecoder(name, keep string) func(Call, []value.Value) (value.Value, error) {
	return func(c Call, args []value.Value) (value.Value, error) {
		if !args[0].Exists() {
			return args[0], nil
		}
		s := args[0].Text()
		malformed := func() (value.Value, error) {
			return value.Value{}, &Error{Code: "D3140", Value: args[0], of: name}
		}
		var out []byte
		for i := 0; i < len(s); {
			if s[i] != '%' {
				out = append(out, s[i])
				i++
				continue
			}
			var char []byte
			start := i
			for size := 1; len(char) < size; i += 3 {
				b, ok := percent(s[i:])
				if !ok {
					return malformed()
				}
				if char = append(char, b); len(char) == 1 {
					switch {
					case b >= 0xF0:
						size = 4
					case b >= 0xE0:
						size = 3
					case b >= 0x80:
						size = 2
					}
				}
			}
			if r, n := utf8.DecodeRune(char); r == utf8.RuneError && n < 2 || n != len(char) {
				return malformed()
			}
			if len(char) == 1 && strings.IndexByte(keep, char[0]) >= 0 {
				out = append(out, s[start:i]...)
			} else {
				out = append(out, char...)
			}
		}
		return str(c, string(out))
	}
}

// percent reads "%2F".
func percent(s string) (byte, bool) {
	if len(s) < 3 || s[0] != '%' {
		return 0, false
	}
	high, ok1 := hexDigit(s[1])
	low, ok2 := hexDigit(s[2])
	return high<<4 | low, ok1 && ok2
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}
