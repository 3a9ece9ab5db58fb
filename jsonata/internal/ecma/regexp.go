// Package ecma runs regular expressions in the syntax of JavaScript, with the
// flags i and m.
//
//	re, err := ecma.Compile(`(\d+)-(\d+)`, "i")
//	var m ecma.Matcher
//	found, err := m.Find(re, "a 10-20", 0, nil) // [2 7 2 4 5 7]
//
// A pattern is read once (translate.go). If it needs no backtracking, an
// equivalent pattern is written for package regexp, which takes time in
// proportion to the text; where the two languages differ silently (what \s and
// "." match, which letters are equal without regard to case), the classes are
// spelled out. Plain patterns, which are most, are run faster still (plain.go).
// Lookaround and backreferences go to regexp2, a backtracking engine, with a time
// limit. Patterns match characters, not halves of surrogate pairs.
package ecma

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
)

// A SyntaxError says what is wrong with a pattern, in the words of V8 where they
// are known.
type SyntaxError struct {
	Pattern string // the beginning of it, if it is too long
	Message string
}

// Error returns "/pattern/: message".
func (e *SyntaxError) Error() string { return "/" + e.Pattern + "/: " + e.Message }

// The errors of Find.
var (
	// ErrTimeout is the error of a match that took longer than its Matcher allows.
	ErrTimeout = errors.New("ecma: the match took too long")
	// ErrTooLarge is the error of a pattern whose automaton is too large to look
	// at the character before an offset.
	ErrTooLarge = errors.New("ecma: the pattern is too large")
)

// A Regexp is a compiled regular expression. It never changes: many goroutines
// may use it at the same time.
type Regexp struct {
	source     string
	groups     int
	asserts    bool                            // it looks at the character before the match
	plain      *plainRegex                     // the same as linear, faster; nil if it is not plain
	linear     *regexp.Regexp                  // nil if it backtracks
	behind     func() (*regexp.Regexp, error)  // linear as a group behind any character, for what asserts
	backtracks *regexp2.Regexp                 // nil if it does not
	lines      func() (*regexp2.Regexp, error) // for texts with an end of a line that linear does not know; nil without "^" and "$" for lines
}

// maxPattern is the maximum length of a pattern in bytes, shownPattern how much
// of a longer one is shown.
const (
	maxPattern   = 1 << 14
	shownPattern = 40
)

// Compile compiles a pattern with flags out of i and m. The error is a
// *SyntaxError.
func Compile(pattern, flags string) (*Regexp, error) {
	if len(pattern) > maxPattern {
		return nil, &SyntaxError{strings.ToValidUTF8(pattern[:shownPattern], "") + "…", "Regular expression too large"}
	}
	t := &translator{src: pattern, fold: strings.Contains(flags, "i"), multi: strings.Contains(flags, "m")}
	t.count()
	if t.disjunction(0); t.err == "" && t.at < len(t.src) {
		t.fail("Unmatched ')'")
	}
	for _, f := range [...]string{"i", "m"} {
		if strings.Count(flags, f) > 1 {
			t.fail("Invalid flags supplied to RegExp constructor '" + flags + "g'")
		}
	}
	if t.err != "" {
		return nil, &SyntaxError{pattern, t.err}
	}
	re := &Regexp{source: pattern, groups: t.groups, asserts: t.asserts}
	if !t.backtracks {
		if linear, err := regexp.Compile(t.linear.String()); err == nil {
			re.linear, re.plain = linear, compilePlain(t.linear.String(), t.groups)
			re.behind = sync.OnceValues(func() (*regexp.Regexp, error) {
				return regexp.Compile(`\A(?s:.)(?s:.*?)(` + linear.String() + `)`)
			})
			if t.lines {
				re.lines = sync.OnceValues(t.engine)
			}
			return re, nil
		}
	}
	engine, err := t.engine()
	if err != nil {
		return nil, &SyntaxError{pattern, err.Error()}
	}
	re.backtracks = engine
	return re, nil
}

// engine returns the pattern for the backtracking engine.
func (t *translator) engine() (*regexp2.Regexp, error) {
	var options regexp2.RegexOptions = regexp2.ECMAScript
	if t.fold {
		options |= regexp2.IgnoreCase
	}
	return regexp2.Compile(t.ecma.String(), options)
}

// String returns the pattern.
func (re *Regexp) String() string { return re.source }

// Groups returns the number of groups.
func (re *Regexp) Groups() int { return re.groups }

// Backtracks reports whether a match may take time out of proportion to the
// text.
func (m *Matcher) Backtracks(re *Regexp, s string) bool {
	return re.backtracks != nil || re.lines != nil && m.endsLines(s)
}

// endsLines reports whether a text has an end of a line other than "\n".
func (m *Matcher) endsLines(s string) bool {
	if m.looked != s {
		m.looked, m.ends = s, strings.ContainsAny(s, otherEnds)
	}
	return m.ends
}

// A Match is where a regular expression matches: the offsets in bytes of the
// beginning and the end of the whole and of each group; -1 for a group that took
// no part.
type Match []int

// Group returns the text of group i; ok is false if the group took no part.
func (m Match) Group(s string, i int) (text string, ok bool) {
	if 2*i+1 >= len(m) || m[2*i] < 0 {
		return "", false
	}
	return s[m[2*i]:m[2*i+1]], true
}

// A Matcher finds matches. It keeps what the next match in the same text can use
// again, so one goroutine uses it at a time. The zero Matcher is ready to use.
type Matcher struct {
	// Timeout bounds one match of a pattern that backtracks; 0 means no limit.
	Timeout time.Duration

	text   *runes
	looked string // the last text that endsLines looked at, and
	ends   bool   // what it found
}

// Find returns the first match at or behind an offset, or nil. It may use the
// memory of a match that is no longer needed. The error is ErrTimeout or
// ErrTooLarge.
func (m *Matcher) Find(re *Regexp, s string, from int, room Match) (Match, error) {
	if re.lines != nil && m.endsLines(s) {
		engine, err := re.lines()
		if err != nil {
			return nil, ErrTooLarge
		}
		return m.findBacktracking(engine, re.groups, s, from)
	}
	if re.plain != nil {
		if room == nil {
			room = make(Match, re.plain.slots)
		}
		found, sure, at := re.plain.find(s, from, room)
		switch {
		case found:
			return room, nil
		case sure:
			return nil, nil
		}
		from = at
	}
	if re.linear != nil {
		return re.findLinear(s, from)
	}
	return m.findBacktracking(re.backtracks, re.groups, s, from)
}

// Matches reports whether there is a match in a text. The error is ErrTimeout.
func (m *Matcher) Matches(re *Regexp, s string) (bool, error) {
	if re.linear != nil && re.plain == nil && re.lines == nil {
		return re.linear.MatchString(s), nil
	}
	found, err := m.Find(re, s, 0, nil)
	return found != nil, err
}

func (re *Regexp) findLinear(s string, from int) (m Match, err error) {
	switch {
	case from == 0:
		return re.linear.FindStringSubmatchIndex(s), nil
	case !re.asserts:
		m = re.linear.FindStringSubmatchIndex(s[from:])
	default: // assertions look at the character before the offset, so it is part of the text
		engine, err := re.behind()
		if err != nil {
			return nil, ErrTooLarge
		}
		_, size := utf8.DecodeLastRuneInString(s[:from])
		from -= size
		if m = engine.FindStringSubmatchIndex(s[from:]); m != nil {
			m = m[2:]
		}
	}
	for i := range m {
		if m[i] >= 0 {
			m[i] += from
		}
	}
	return m, nil
}

// runes is a text as the backtracking engine wants it.
type runes struct {
	text    string
	runes   []rune
	offsets []int // of each rune in the text, and the length of the text
}

// Holds reports whether a text is the one that the Matcher has already converted
// for the backtracking engine; converting another takes 12 bytes per byte of it.
func (m *Matcher) Holds(s string) bool { return m.text != nil && m.text.text == s }

func (m *Matcher) convert(s string) *runes {
	if !m.Holds(s) {
		t := &runes{text: s, runes: make([]rune, 0, len(s)), offsets: make([]int, 0, len(s)+1)}
		for i, c := range s {
			t.runes, t.offsets = append(t.runes, c), append(t.offsets, i)
		}
		t.offsets = append(t.offsets, len(s))
		m.text = t
	}
	return m.text
}

func (m *Matcher) findBacktracking(re *regexp2.Regexp, groups int, s string, from int) (Match, error) {
	engine := *re
	if m.Timeout > 0 {
		engine.MatchTimeout = m.Timeout
	}
	text := m.convert(s)
	start, _ := slices.BinarySearch(text.offsets, from)
	found, err := engine.FindRunesMatchStartingAt(text.runes, start)
	if err != nil {
		return nil, ErrTimeout
	}
	if found == nil {
		return nil, nil
	}
	out := make(Match, 0, 2*(groups+1))
	for i, g := range found.Groups() {
		if len(g.Captures) == 0 {
			out = append(out, -1, -1)
		} else {
			out = append(out, text.offsets[g.Index], text.offsets[g.Index+g.Length])
		}
		if i == groups {
			break
		}
	}
	return out, nil
}
