package jsonpath

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/dlclark/regexp2"
)

// This file compiles the regular expressions of filters: /…/flags, in Java's
// syntax. Most run as Go's, whose time is linear; what those do not know (look
// around, back references) runs by backtracking, with a limit.

// patternTime is how long one backtracking match may take, and patternWork
// what it counts as in the work of a path.
const (
	patternTime = 100 * time.Millisecond
	patternWork = 200
)

// A pattern is a compiled regular expression; it must match whole strings.
type pattern struct {
	linear       *regexp.Regexp
	backtracking *regexp2.Regexp
}

// patternFlags are Java's. Within a pattern, i, m, s and x are the same in Go
// and .NET. d (only \n ends a line) is for translate; u and U widen i and the
// classes to Unicode, to which i reaches anyway.
const patternFlags = "dimsuUx"

// compilePattern compiles a pattern with some of patternFlags.
func compilePattern(text, flags string) (*pattern, error) {
	has := func(flag string) bool { return strings.Contains(flags, flag) }
	prefix := `\A`
	for _, flag := range []string{"i", "m", "s", "x"} {
		if has(flag) {
			prefix += "(?" + flag + ")"
		}
	}
	if !has("x") && !has("m") {
		if linear, ok := translate(text, has("s") || has("d")); ok {
			if re, err := regexp.Compile(prefix + `(?:` + linear + `)\z`); err == nil {
				return &pattern{linear: re}, nil
			}
		}
	}
	if has("x") {
		text += "\n" // ends a comment
	}
	re, err := regexp2.Compile(prefix+`(?:`+text+`)\z`, regexp2.None)
	if err != nil {
		return nil, err
	}
	re.MatchTimeout = patternTime
	return &pattern{backtracking: re}, nil
}

// matches reports whether the pattern matches all of the text.
func (p *pattern) matches(s *scene, text string) (bool, *failure) {
	if p.linear != nil {
		return p.linear.MatchString(text), s.work(1 + len(text)/textPerWork)
	}
	if f := s.work(patternWork + len(text)); f != nil {
		return false, f
	}
	ok, err := p.backtracking.MatchString(text)
	if err != nil {
		return false, slowPattern
	}
	return ok, nil
}

// translate returns a pattern of Java, without the flags m and x, in the syntax
// of Go; dotAll says that a dot is what it is in Go. ok is false if there is
// something in it that Go would read otherwise.
//
// The dot of Java stops at any line terminator, \s has the vertical tab, and $
// holds before a last line terminator too: that makes no difference at the end
// of a pattern that must match all.
func translate(text string, dotAll bool) (out string, ok bool) {
	dot := `[^\n\r\x{85}\x{2028}\x{2029}]`
	if dotAll {
		dot = "."
	}
	var b strings.Builder
	class := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			n, ok := translateEscape(&b, text[i+1:], class)
			if !ok {
				return "", false
			}
			i += n
		case class && (c == '[' || strings.HasPrefix(text[i:], "&&")):
			return "", false // union or intersection of classes
		case c == '[', c == ']':
			class = c == '['
			b.WriteByte(c)
		case c == '.' && !class:
			b.WriteString(dot)
		case c == '$' && !class && strings.Trim(text[i+1:], ")") != "",
			strings.HasPrefix(text[i:], "(?") && !strings.HasPrefix(text[i:], "(?:"):
			return "", false // flags, names, look around
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), !class
}

// translateEscape writes the escape that stands behind a backslash, and returns
// its length.
func translateEscape(b *strings.Builder, text string, class bool) (n int, ok bool) {
	if text == "" {
		return 0, false
	}
	switch c := text[0]; {
	case c == 's' && class:
		b.WriteString(`\s\x0B`)
	case c == 's':
		b.WriteString(`[\s\x0B]`)
	case c == '/':
		b.WriteByte('/')
	case c == 'u':
		unit, ok := codeUnit(`\` + text)
		fmt.Fprintf(b, `\x{%x}`, unit)
		return len(`u0000`), ok
	case c == 'Q' && !class:
		quoted, _, _ := strings.Cut(text[1:], `\E`)
		b.WriteString(regexp.QuoteMeta(quoted))
		return min(1+len(quoted)+len(`\E`), len(text)), true
	case strings.IndexByte("SbBCQ", c) >= 0: // \S without the vertical tab, \b by other letters
		return 0, false
	default:
		b.WriteString(`\` + text[:1])
	}
	return 1, true
}
