package jsonata

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/aslocal/aslocal/value"
	"github.com/dlclark/regexp2"
)

// This file runs regular expressions in the syntax of JavaScript, with the
// flags i and m. A pattern is read once. If it needs no backtracking, an
// equivalent one is written for package regexp, which takes time in proportion
// to the text; where the two differ silently (what \s and "." match, which
// letters are the same without regard to case), the classes are spelled out.
// Lookaround and backreferences go to a backtracking engine with a time limit.

// A regex is a compiled regular expression; linear or backtracks is set.
type regex struct {
	source     string
	groups     int
	asserts    bool        // it looks at what is before the match
	plain      *plainRegex // the same as linear, faster; nil for most
	linear     *regexp.Regexp
	behind     func() (*regexp.Regexp, error) // linear as a group behind any character, for what asserts
	backtracks *regexp2.Regexp
}

// maxPattern is how long a pattern may be.
const maxPattern = 1 << 14

// compileRegex compiles a pattern. An error says what is wrong with it.
func compileRegex(pattern, flags string) (*regex, error) {
	if len(pattern) > maxPattern {
		return nil, fail(codePattern, value.OfString("/"+strings.ToValidUTF8(pattern[:40], "")+"…/: Regular expression too large"))
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
		return nil, fail(codePattern, value.OfString("/"+pattern+"/: "+t.err))
	}
	re := &regex{source: pattern, groups: t.groups, asserts: t.asserts}
	if !t.backtracks {
		if linear, err := regexp.Compile(t.out.String()); err == nil {
			re.linear, re.plain = linear, compilePlain(t.out.String(), t.groups)
			re.behind = sync.OnceValues(func() (*regexp.Regexp, error) {
				return regexp.Compile(`\A(?s:.)(?s:.*?)(` + linear.String() + `)`)
			})
			return re, nil
		}
	}
	var options regexp2.RegexOptions = regexp2.ECMAScript
	if t.fold {
		options |= regexp2.IgnoreCase
	}
	if t.multi {
		options |= regexp2.Multiline
	}
	engine, err := regexp2.Compile(t.ecma.String(), options)
	if err != nil {
		return nil, fail(codePattern, value.OfString("/"+pattern+"/: "+err.Error()))
	}
	re.backtracks = engine
	return re, nil
}

// A match is where a regular expression matches, in bytes: the whole, and then
// the groups, -1 for one that took no part.
type match []int

// find returns the first match at or behind an offset, or nil. It may use the
// room of a match that is not needed any more.
func (re *regex) find(r *run, s string, from int, room match) (match, error) {
	if err := r.poll(); err != nil {
		return nil, err
	}
	m, err := re.search(r, s, from, room)
	end := len(s)
	if m != nil {
		end = m[1]
	}
	r.fuel -= (end - from) / searchedPerStep
	return m, err
}

func (re *regex) search(r *run, s string, from int, room match) (match, error) {
	if re.plain != nil {
		if room == nil {
			room = make(match, re.plain.slots)
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
	return re.findBacktracking(r, s, from)
}

func (re *regex) findLinear(s string, from int) (m match, err error) {
	switch {
	case from == 0:
		return re.linear.FindStringSubmatchIndex(s), nil
	case !re.asserts:
		m = re.linear.FindStringSubmatchIndex(s[from:])
	default: // assertions look at the character before the offset, so that it is part of the text
		engine, err := re.behind()
		if err != nil {
			return nil, limitError(tooLarge, err)
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

// A subject is a text in runes, as the backtracking engine wants it.
type subject struct {
	text    string
	runes   []rune
	offsets []int // of each rune in the text, and its length
}

// subjectOf returns the text in runes, which are kept for the next match in it.
func (r *run) subjectOf(s string) (*subject, error) {
	if r.subject != nil && r.subject.text == s {
		return r.subject, nil
	}
	if err := r.charge(len(s) / 2); err != nil {
		return nil, err
	}
	sub := &subject{text: s, runes: make([]rune, 0, len(s)), offsets: make([]int, 0, len(s)+1)}
	for i, c := range s {
		sub.runes, sub.offsets = append(sub.runes, c), append(sub.offsets, i)
	}
	sub.offsets = append(sub.offsets, len(s))
	r.subject = sub
	return sub, nil
}

func (re *regex) findBacktracking(r *run, s string, from int) (match, error) {
	engine := *re.backtracks
	engine.MatchTimeout = r.env.Limits.RegexTime
	if engine.MatchTimeout <= 0 {
		engine.MatchTimeout = defaultRegex
	}
	sub, err := r.subjectOf(s)
	if err != nil {
		return nil, err
	}
	offsets := sub.offsets
	start, _ := slices.BinarySearch(offsets, from)
	m, err := engine.FindRunesMatchStartingAt(sub.runes, start)
	if err != nil {
		return nil, limitError(tooLong, err)
	}
	if m == nil {
		return nil, nil
	}
	out := make(match, 0, 2*(re.groups+1))
	for i, g := range m.Groups() {
		if len(g.Captures) == 0 {
			out = append(out, -1, -1)
		} else {
			out = append(out, offsets[g.Index], offsets[g.Index+g.Length])
		}
		if i == re.groups {
			break
		}
	}
	return out, nil
}

// all calls do for each match, which do may not keep, as long as it returns true.
// Only the first one may be without length; another one fails with D1004.
func (re *regex) all(r *run, s string, do func(match) (bool, error)) error {
	var m match
	for from := 0; from == 0 || from < len(s); {
		var err error
		if m, err = re.find(r, s, from, m); err != nil || m == nil {
			return err
		}
		if m[0] == m[1] && from > 0 {
			return re.empty()
		}
		if more, err := do(m); !more || err != nil {
			return err
		}
		if from = m[1]; from == 0 {
			if len(s) == 0 {
				return nil
			}
			return re.empty() // the same match again
		}
	}
	return nil
}

func (re *regex) empty() error { return fail("D1004", value.OfString(re.source)) }

// matches reports whether there is a match, of whatever length.
func (re *regex) matches(r *run, s string) (bool, error) {
	if re.linear != nil && re.plain == nil {
		r.fuel -= len(s) / searchedPerStep
		return re.linear.MatchString(s), r.poll()
	}
	m, err := re.find(r, s, 0, nil)
	return m != nil, err
}

// group returns what group i matched, no value if it took no part.
func (m match) group(s string, i int) (string, bool) {
	if 2*i+1 >= len(m) || m[2*i] < 0 {
		return "", false
	}
	return s[m[2*i]:m[2*i+1]], true
}

// groupValues returns the groups as an array; one that took no part is no value.
func (m match) groupValues(s string) value.Value {
	out := make([]value.Value, 0, len(m)/2-1)
	for i := 1; i < len(m)/2; i++ {
		text, ok := m.group(s, i)
		if ok {
			out = append(out, value.OfString(text))
		} else {
			out = append(out, value.Value{})
		}
	}
	return value.OfSlice(out)
}

// regex compiles a literal: a function from a text to its first match.
func (c *compiler) regex(n *node) (eval, error) {
	re, err := compileRegex(n.text, n.flags)
	if err != nil {
		err.(*Error).Position = n.position
		return nil, err
	}
	return constant(ofFunction(re.function())), nil
}

// function is the regular expression as a function.
func (re *regex) function() *function {
	return &function{arity: 2, matcher: true, regex: re, call: func(c Call, args []value.Value) (value.Value, error) {
		if len(args) == 0 || args[0].Kind() != value.String {
			return value.Value{}, nil
		}
		s, from := args[0].Text(), 0
		if len(args) > 1 {
			from = byteOffset(s, args[1].Float())
		}
		return re.next(c.run, s, from)
	}}
}

// next returns the match behind an offset as an object {match, start, end,
// groups, next}.
func (re *regex) next(r *run, s string, from int) (value.Value, error) {
	m, err := re.find(r, s, from, nil)
	if err != nil || m == nil {
		return value.Value{}, err
	}
	end := m[1]
	next := &function{arity: 0, matcher: true, call: func(c Call, _ []value.Value) (value.Value, error) {
		if end >= len(s) {
			return value.Value{}, nil
		}
		v, err := re.next(c.run, s, end)
		if v.Get("match").Text() == "" && v.Exists() {
			return value.Value{}, re.empty()
		}
		return v, err
	}}
	return matchShape.New([]value.Value{
		value.OfString(s[m[0]:m[1]]),
		value.OfFloat(float64(countUnits(s[:m[0]]))),
		value.OfFloat(float64(countUnits(s[:m[1]]))),
		m.groupValues(s),
		ofFunction(next),
	}), r.grow(8 + re.groups)
}

var matchShape = value.NewShape("match", "start", "end", "groups", "next")
