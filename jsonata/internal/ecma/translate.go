package ecma

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file translates JavaScript's syntax into that of the two engines, and
// finds the mistakes in a pattern.

// translator reads a JavaScript pattern and writes it for both engines.
type translator struct {
	src         string
	at          int
	fold, multi bool            // flags i and m
	linear      strings.Builder // for package regexp
	ecma        strings.Builder // for regexp2, nearly the source
	groups      int             // read so far
	named       map[string]int  // their numbers
	total       int             // groups in the whole pattern
	backtracks  bool            // package regexp cannot run it
	asserts     bool            // it looks at the character before the match
	lines       bool            // it looks at the ends of lines
	err         string
}

func (t *translator) fail(why string) {
	if t.err == "" {
		t.err = why
	}
	t.at = len(t.src)
}

// count counts the groups: a number behind a backslash is a backreference only if
// there is a group of that number.
func (t *translator) count() {
	class := false
	for i := 0; i < len(t.src); i++ {
		switch c := t.src[i]; {
		case c == '\\':
			i++
		case class:
			class = c != ']'
		case c == '[':
			class = true
		case c == '(' && (!strings.HasPrefix(t.src[i:], "(?") || strings.HasPrefix(t.src[i:], "(?<") &&
			!strings.HasPrefix(t.src[i:], "(?<=") && !strings.HasPrefix(t.src[i:], "(?<!")):
			t.total++
		}
	}
}

// both writes the same for both engines.
func (t *translator) both(s string) {
	t.linear.WriteString(s)
	t.ecma.WriteString(s)
}

// maxGroups is the maximum nesting of groups.
const maxGroups = 200

// disjunction reads up to the end of a group, or of the pattern.
func (t *translator) disjunction(depth int) {
	if depth > maxGroups {
		t.fail("Too many nested groups")
	}
	for t.at < len(t.src) && t.src[t.at] != ')' {
		switch t.src[t.at] {
		case '|':
			t.both("|")
			t.at++
		case '*', '+', '?':
			t.fail("Nothing to repeat")
		default:
			t.term(depth)
		}
	}
}

// lineEnds are the characters that end a line in JavaScript. Package regexp knows one of
// them.
const (
	lineEnds  = `\n\r\u2028\u2029`
	otherEnds = "\r\u2028\u2029"
)

// term reads an assertion, or an atom with its quantifier.
func (t *translator) term(depth int) {
	repeatable := true
	switch c := t.src[t.at]; c {
	case '^':
		t.at++
		t.asserts = true
		t.ecma.WriteString(map[bool]string{true: `(?<![^` + lineEnds + `])`, false: "^"}[t.multi])
		t.lines = t.lines || t.multi
		t.linear.WriteString(map[bool]string{true: "(?m:^)", false: `\A`}[t.multi])
		repeatable = false
	case '$':
		t.at++
		t.ecma.WriteString(map[bool]string{true: `(?![^` + lineEnds + `])`, false: `(?!\s|\S)`}[t.multi])
		t.lines = t.lines || t.multi
		t.linear.WriteString(map[bool]string{true: "(?m:$)", false: `\z`}[t.multi])
		repeatable = false
	case '(':
		repeatable = t.group(depth)
	case '.':
		t.at++
		t.linear.WriteString(`[^\n\r\x{2028}\x{2029}]`)
		t.ecma.WriteString(`[^\n\r\u2028\u2029]`)
	case '[':
		t.class()
	case '\\':
		repeatable = t.escape()
	default:
		r, n := utf8.DecodeRuneInString(t.src[t.at:])
		if c == '{' {
			if _, _, _, ok := t.bounds(t.at); ok {
				t.fail("Nothing to repeat")
				return
			}
		}
		t.at += n
		t.literal(r)
	}
	t.quantifier(repeatable)
}

// bounds reads "{n}", "{n,}" or "{n,m}" at an offset; ok is false if there is none.
func (t *translator) bounds(at int) (least, most string, end int, ok bool) {
	rest, ok := strings.CutPrefix(t.src[at:], "{")
	if !ok {
		return "", "", at, false
	}
	least, rest = leadingDigits(rest)
	rest, comma := strings.CutPrefix(rest, ",")
	if comma {
		most, rest = leadingDigits(rest)
	}
	return least, most, len(t.src) - len(rest) + 1, least != "" && strings.HasPrefix(rest, "}")
}

// leadingDigits splits s behind the digits that it begins with.
func leadingDigits(s string) (digits, rest string) {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return s[:n], s[n:]
}

// quantifier reads the quantifier of an atom, if there is one.
func (t *translator) quantifier(repeatable bool) {
	if t.at >= len(t.src) {
		return
	}
	start := t.at
	switch t.src[t.at] {
	case '*', '+', '?':
		t.at++
	case '{':
		least, most, end, ok := t.bounds(t.at)
		if !ok {
			return // the brace is an ordinary character
		}
		a, errA := strconv.Atoi(least)
		b, errB := strconv.Atoi(most)
		if errA == nil && errB == nil && a > b {
			t.fail("numbers out of order in {} quantifier")
			return
		}
		t.at = end
	default:
		return
	}
	if !repeatable {
		t.fail("Nothing to repeat")
		return
	}
	if t.at < len(t.src) && t.src[t.at] == '?' {
		t.at++
	}
	t.both(t.src[start:t.at])
}

// group reads a group; it returns whether it may be repeated.
func (t *translator) group(depth int) bool {
	rest := t.src[t.at:]
	repeatable := true
	switch {
	case strings.HasPrefix(rest, "(?:"):
		t.both("(?:")
		t.at += 3
	case strings.HasPrefix(rest, "(?="), strings.HasPrefix(rest, "(?!"):
		t.backtracks = true
		t.both(rest[:3])
		t.at += 3
	case strings.HasPrefix(rest, "(?<="), strings.HasPrefix(rest, "(?<!"):
		t.backtracks, repeatable = true, false
		t.both(rest[:4])
		t.at += 4
	case strings.HasPrefix(rest, "(?<"):
		end := strings.IndexByte(rest, '>')
		if end < 4 || !isIdentifier(rest[3:end]) {
			t.fail("Invalid capture group name")
			return false
		}
		name := rest[3:end]
		if t.named[name] > 0 {
			t.fail("Duplicate capture group name")
			return false
		}
		if t.named == nil {
			t.named = make(map[string]int)
		}
		t.groups++
		t.named[name] = t.groups
		t.both("(")
		t.at += end + 1
	case strings.HasPrefix(rest, "(?"):
		t.fail("Invalid group")
		return false
	default:
		t.groups++
		t.both("(")
		t.at++
	}
	t.disjunction(depth + 1)
	if t.err != "" {
		return false
	}
	if t.at >= len(t.src) {
		t.fail("Unterminated group")
		return false
	}
	t.at++
	t.both(")")
	return repeatable
}

func isIdentifier(s string) bool {
	for i, r := range s {
		letter := r == '_' || r == '$' || 'a' <= r|0x20 && r|0x20 <= 'z' || r >= utf8.RuneSelf
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

// spaces, digits and words are the classes \s, \d and \w for package regexp,
// without brackets.
const (
	spaces = `\t\n\x0B\f\r \x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF}`
	digits = `0-9`
	words  = `0-9A-Za-z_`
)

// shorthand returns the classes \d \s \w, and whether it is the upper-case,
// negated one.
func shorthand(c byte) (set string, negated, ok bool) {
	switch c | 0x20 {
	case 'd':
		set = digits
	case 's':
		set = spaces
	case 'w':
		set = words
	}
	return set, c&0x20 == 0, set != ""
}

// escape reads an escape sequence outside a class; it returns whether it may be
// repeated.
func (t *translator) escape() bool {
	if t.at+1 >= len(t.src) {
		t.fail(`\ at end of pattern`)
		return false
	}
	c := t.src[t.at+1]
	if set, negated, ok := shorthand(c); ok {
		t.at += 2
		t.ecma.WriteString(`\` + string(c))
		if negated {
			set = "^" + set
		}
		t.linear.WriteString("[" + set + "]")
		return true
	}
	switch {
	case c == 'b' || c == 'B':
		t.at += 2
		t.asserts = true
		t.both(`\` + string(c))
		return false
	case c == 'k' && len(t.named) > 0:
		name, _, found := strings.Cut(strings.TrimPrefix(t.src[t.at+2:], "<"), ">")
		if !found || t.named[name] == 0 {
			t.fail("Invalid named reference")
			return false
		}
		t.at += len(name) + 4
		t.reference(t.named[name])
		return true
	case '1' <= c && c <= '9':
		end := t.at + 1
		for end < len(t.src) && '0' <= t.src[end] && t.src[end] <= '9' {
			end++
		}
		if n, err := strconv.Atoi(t.src[t.at+1 : end]); err == nil && n <= t.total {
			t.at = end
			t.reference(n)
			return true
		}
	}
	t.literal(t.character())
	return true
}

// reference writes a backreference so that a digit behind it is not part of it.
func (t *translator) reference(group int) {
	t.backtracks = true
	t.both(`(?:\` + strconv.Itoa(group) + `)`)
}

// character reads the escape sequence of one character.
func (t *translator) character() rune {
	c := t.src[t.at+1]
	t.at += 2
	switch c {
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'v':
		return '\v'
	case 'f':
		return '\f'
	case 'c':
		if t.at < len(t.src) && 'a' <= t.src[t.at]|0x20 && t.src[t.at]|0x20 <= 'z' {
			t.at++
			return rune(t.src[t.at-1] & 0x1F)
		}
		t.at--
		return '\\'
	case 'x':
		if r, ok := t.hex(2); ok {
			return r
		}
		return 'x'
	case 'u':
		r, ok := t.hex(4)
		if !ok {
			return 'u'
		}
		if 0xD800 <= r && r < 0xDC00 && strings.HasPrefix(t.src[t.at:], `\u`) {
			t.at += 2
			if low, ok := t.hex(4); ok && 0xDC00 <= low && low < 0xE000 {
				return 0x10000 + (r-0xD800)<<10 + (low - 0xDC00)
			}
			t.at -= 2
		}
		return r
	case '0', '1', '2', '3', '4', '5', '6', '7':
		r := rune(c - '0')
		for i := 0; i < 2 && t.at < len(t.src) && '0' <= t.src[t.at] && t.src[t.at] <= '7' && r < 32; i++ {
			r = r<<3 | rune(t.src[t.at]-'0')
			t.at++
		}
		return r
	}
	if c >= utf8.RuneSelf {
		r, n := utf8.DecodeRuneInString(t.src[t.at-1:])
		t.at += n - 1
		return r
	}
	return rune(c)
}

func (t *translator) hex(n int) (rune, bool) {
	if t.at+n > len(t.src) {
		return 0, false
	}
	x, err := strconv.ParseUint(t.src[t.at:t.at+n], 16, 32)
	if err != nil {
		return 0, false
	}
	t.at += n
	return rune(x), true
}

// literal writes one character.
func (t *translator) literal(r rune) {
	if t.fold {
		t.linear.WriteString("[" + classRune(r) + otherCase(r) + "]")
	} else if 0xD800 <= r && r < 0xE000 {
		t.backtracks = true // half a pair: no text of package regexp has it
	} else {
		t.linear.WriteString(classRune(r))
	}
	t.ecma.WriteString(ecmaRune(r))
}

// classRune writes a character for package regexp, in a class or outside.
func classRune(r rune) string {
	if '0' <= r && r <= '9' || 'a' <= r|0x20 && r|0x20 <= 'z' && r < utf8.RuneSelf {
		return string(r)
	}
	return `\x{` + strconv.FormatInt(int64(r), 16) + `}`
}

// ecmaRune writes a character for regexp2, which has \u with four digits.
func ecmaRune(r rune) string {
	if '0' <= r && r <= '9' || 'a' <= r|0x20 && r|0x20 <= 'z' && r < utf8.RuneSelf || r > 0xFFFF {
		return string(r)
	}
	text := strconv.FormatInt(int64(r), 16)
	return `\u` + strings.Repeat("0", 4-len(text)) + text
}

// otherCase returns the other characters that match r without regard to case, for
// a class.
func otherCase(r rune) string {
	var out strings.Builder
	for _, other := range foldOf(r) {
		out.WriteString(classRune(other))
	}
	return out.String()
}

// class reads "[...]".
func (t *translator) class() {
	t.at++
	var set, ecma strings.Builder
	negated := t.at < len(t.src) && t.src[t.at] == '^'
	if negated {
		t.at++
	}
	for {
		if t.at >= len(t.src) {
			t.fail("Unterminated character class")
			return
		}
		if t.src[t.at] == ']' {
			t.at++
			break
		}
		from, text, single := t.classAtom()
		if t.err != "" {
			return
		}
		if t.at+1 < len(t.src) && t.src[t.at] == '-' && t.src[t.at+1] != ']' {
			t.at++
			to, other, ranged := t.classAtom()
			if t.err != "" {
				return
			}
			if single && ranged {
				if from > to {
					t.fail("Range out of order in character class")
					return
				}
				set.WriteString(classRune(from) + "-" + classRune(to))
				ecma.WriteString(ecmaRune(from) + "-" + ecmaRune(to))
				if t.fold {
					set.WriteString(foldRange(from, to))
				}
				continue
			}
			// A dash beside a shorthand is an ordinary character.
			set.WriteString(text + `\x{2d}` + other)
			ecma.WriteString(ecmaAtom(from, single) + `\u002d` + ecmaAtom(to, ranged))
			continue
		}
		set.WriteString(text)
		if single && t.fold {
			set.WriteString(otherCase(from))
		}
		ecma.WriteString(ecmaAtom(from, single))
	}
	switch {
	case set.Len() == 0 && negated:
		t.linear.WriteString(`(?s:.)`)
		t.ecma.WriteString(`[\s\S]`)
	case set.Len() == 0:
		t.linear.WriteString(`[^\x{0}-\x{10FFFF}]`)
		t.ecma.WriteString(`[^\s\S]`)
	case negated:
		t.linear.WriteString("[^" + set.String() + "]")
		t.ecma.WriteString("[^" + ecma.String() + "]")
	default:
		t.linear.WriteString("[" + set.String() + "]")
		t.ecma.WriteString("[" + ecma.String() + "]")
	}
}

// ecmaAtom writes the result of classAtom for regexp2.
func ecmaAtom(r rune, single bool) string {
	if single {
		return ecmaRune(r)
	}
	return `\` + string(r)
}

// classAtom reads one character of a class, or a shorthand, in which case single
// is false.
func (t *translator) classAtom() (r rune, text string, single bool) {
	if t.src[t.at] != '\\' {
		r, n := utf8.DecodeRuneInString(t.src[t.at:])
		t.at += n
		return r, classRune(r), true
	}
	if t.at+1 >= len(t.src) {
		t.fail(`\ at end of pattern`)
		return 0, "", false
	}
	c := t.src[t.at+1]
	if set, negated, ok := shorthand(c); ok {
		t.at += 2
		if negated {
			set = complement(c)
		}
		return rune(c), set, false
	}
	if c == 'b' {
		t.at += 2
		return '\b', classRune('\b'), true
	}
	r = t.character()
	return r, classRune(r), true
}

// complement is \D, \S or \W inside a class.
func complement(c byte) string {
	switch c {
	case 'D':
		return `\x{0}-/:-\x{10FFFF}`
	case 'W':
		return `\x{0}-/:-@\x{5b}-\x{5e}\x{60}\x{7b}-\x{10FFFF}`
	}
	return `\x{0}-\x08\x0E-\x1F!-\x{9F}\x{A1}-\x{167F}\x{1681}-\x{1FFF}\x{200B}-\x{2027}\x{202A}-\x{202E}\x{2030}-\x{205E}\x{2060}-\x{2FFF}\x{3001}-\x{FEFE}\x{FF00}-\x{10FFFF}`
}

// foldOf returns the other characters that match r without regard to case: in
// JavaScript those with the same upper case, see canonical.
func foldOf(r rune) (out []rune) {
	want := canonical(r)
	for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
		if canonical(other) == want {
			out = append(out, other)
		}
	}
	return out
}

// canonical returns the upper case by which JavaScript compares. A character beyond
// ASCII never becomes an ASCII one.
func canonical(r rune) rune {
	upper := unicode.ToUpper(r)
	if upper < utf8.RuneSelf && r >= utf8.RuneSelf {
		return r
	}
	return upper
}

// foldRange returns the other cases of the first 1,280 characters of a range; longer
// ranges contain them already.
func foldRange(from, to rune) string {
	var out strings.Builder
	for r := from; r <= min(to, from+0x500); r++ {
		for _, other := range foldOf(r) {
			if other < from || other > to {
				out.WriteString(classRune(other))
			}
		}
	}
	return out.String()
}
