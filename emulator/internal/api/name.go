package api

import (
	"strings"
	"unicode/utf8"
)

// validName reports whether a state machine, execution or activity may have the
// name: 1 to 80 characters, none of which is a blank, a control character, or
// one of those that ARNs and shells take for their own.
func validName(name string) bool {
	if n := utf8.RuneCountInString(name); n < 1 || n > 80 || !utf8.ValidString(name) {
		return false
	}
	return strings.IndexFunc(name, func(r rune) bool {
		switch {
		case r <= 0x20, 0x7F <= r && r <= 0x9F, r == 0xFFFE, r == 0xFFFF, 0xD800 <= r && r <= 0xDFFF, r == 0x10FFFF:
			return true
		}
		return strings.ContainsRune("<>{}[]?*\"#%\\^|~`$&,;:/", r)
	}) < 0
}
