package jsonpath

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/dlclark/regexp2"
)

// This file compiles the regular expressions of filters, in Java's syntax. Most
// run as Go's, whose time is linear; what those do not know (look
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

// compilePattern compiles a pattern. flags is "" or "i".
func compilePattern(text, flags string) (*pattern, error) {
	prefix := `\A`
	if flags != "" {
		prefix += "(?" + flags + ")"
	}
	if err := checkBraces(text); err != nil {
		return nil, err
	}
	if linear, ok := translate(text); ok {
		if re, err := regexp.Compile(prefix + `(?:` + linear + `)\z`); err == nil {
			return &pattern{linear: re}, nil
		}
	}
	re, err := regexp2.Compile(prefix+`(?:`+text+`)\z`, regexp2.None)
	if err != nil {
		return nil, err
	}
	re.MatchTimeout = patternTime
	return &pattern{backtracking: re}, nil
}

// matches reports whether the pattern matches all of the text.
func (p *pattern) matches(s *scene, text string) (bool, ending) {
	if p.linear != nil {
		return p.linear.MatchString(text), s.work(1 + len(text)/textPerWork)
	}
	if end := s.work(patternWork + len(text)); end != reached {
		return false, end
	}
	ok, err := p.backtracking.MatchString(text)
	if err != nil {
		return false, s.stop(slowPattern)
	}
	return ok, reached
}

var repetition = regexp.MustCompile(`^\{[0-9]+(,[0-9]*)?\}`)

// checkBraces refuses a brace that begins no repetition, as Java does where Go
// takes it for itself.
func checkBraces(text string) error {
	class := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			if i++; strings.HasPrefix(text[i:], "Q") {
				return nil // what follows may be anything
			}
			if i+1 < len(text) && text[i+1] == '{' { // \p{L}
				i++
			}
		case '[':
			class++
		case ']':
			class--
		case '{':
			if class <= 0 && !repetition.MatchString(text[i:]) {
				return fmt.Errorf("regular expression: illegal repetition at %s", text[i:])
			}
		}
	}
	return nil
}

// translate returns a pattern of Java in the syntax of Go. ok is false if there
// is something in it that Go would read otherwise.
//
// The dot of Java stops at any line terminator, \s has the vertical tab, and $
// holds before a last line terminator too: that makes no difference at the end
// of a pattern that must match all.
func translate(text string) (out string, ok bool) {
	const dot = `[^\n\r\x{85}\x{2028}\x{2029}]`
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
		if len(text) < len(`u0000`) {
			return 0, false
		}
		unit, err := strconv.ParseUint(text[1:len(`u0000`)], 16, 16)
		fmt.Fprintf(b, `\x{%x}`, unit)
		return len(`u0000`), err == nil
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
