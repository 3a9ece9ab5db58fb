package ecma

import (
	"math"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// This file runs plain patterns: sequences of characters and runs of characters
// in which nothing that may follow a run belongs to the run, for example
// \d{4}-\d\d, ^[^,]*,\s*(\w+)$ and o(\w). A run is then always taken whole:
// giving characters back cannot help, because what follows would have to begin
// with one of them. So a match is one walk through the text without memory, which
// is several times faster than package regexp, made for all patterns.

// A plainRegex is a plain pattern.
type plainRegex struct {
	steps  []plainStep
	slots  int    // of the match: two for the whole and two for each group
	prefix string // the text that every match begins with
}

// A plainStep is one step of a plain pattern.
type plainStep struct {
	op          plainOp
	set         *runeSet
	least, most int // of a run
	slot        int // of an end of a group
}

type plainOp uint8

const (
	plainRun      plainOp = iota // characters of the set
	plainGroup                   // a group begins or ends
	plainBegin                   // the text begins
	plainEnd                     // it ends
	plainBoundary                // a word begins or ends
	plainInside                  // no word begins or ends
)

// A runeSet is a set of characters.
type runeSet struct {
	ascii  [2]uint64
	ranges []rune // those beyond ASCII: pairs, ascending
}

func newRuneSet(ranges []rune) *runeSet {
	s := &runeSet{}
	for i := 0; i < len(ranges); i += 2 {
		from, to := ranges[i], ranges[i+1]
		for r := from; r <= to && r < utf8.RuneSelf; r++ {
			s.ascii[r>>6] |= 1 << (r & 63)
		}
		if to >= utf8.RuneSelf {
			s.ranges = append(s.ranges, max(from, utf8.RuneSelf), to)
		}
	}
	return s
}

// hasByte reports whether the set has a character of one byte.
func (s *runeSet) hasByte(c byte) bool {
	return c < utf8.RuneSelf && s.ascii[c>>6]>>(c&63)&1 != 0
}

func (s *runeSet) hasRune(r rune) bool {
	for i := 0; i < len(s.ranges); i += 2 {
		if r <= s.ranges[i+1] {
			return r >= s.ranges[i]
		}
	}
	return false
}

// meets reports whether the sets have a character in common.
func (s *runeSet) meets(o *runeSet) bool {
	if s.ascii[0]&o.ascii[0] != 0 || s.ascii[1]&o.ascii[1] != 0 {
		return true
	}
	for i := 0; i < len(s.ranges); i += 2 {
		for j := 0; j < len(o.ranges); j += 2 {
			if s.ranges[i] <= o.ranges[j+1] && o.ranges[j] <= s.ranges[i+1] {
				return true
			}
		}
	}
	return false
}

// wordRunes is \w, which decides where words begin and end.
var wordRunes = newRuneSet([]rune{'0', '9', 'A', 'Z', '_', '_', 'a', 'z'})

// ofOneSort reports whether all characters of the set belong to words, or none of
// them: then no word begins or ends inside a run of them.
func (s *runeSet) ofOneSort() bool {
	outside := len(s.ranges) > 0 || s.ascii[0]&^wordRunes.ascii[0] != 0 || s.ascii[1]&^wordRunes.ascii[1] != 0
	return !outside || !s.meets(wordRunes)
}

// compilePlain makes a plainRegex of a pattern of package regexp; nil if the pattern
// is not plain.
func compilePlain(pattern string, groups int) *plainRegex {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil
	}
	p := &plainRegex{slots: 2 * (groups + 1)}
	if !p.add(tree) {
		return nil
	}
	p.join()
	for i := range p.steps {
		if s := &p.steps[i]; s.op == plainRun && s.least != s.most && !p.ends(i) {
			return nil
		}
	}
	p.prefix = p.literal()
	return p
}

// add adds the steps of a part; it returns false if the part is not plain.
func (p *plainRegex) add(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpEmptyMatch:
		return true
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if !p.add(sub) {
				return false
			}
		}
		return true
	case syntax.OpCapture:
		p.steps = append(p.steps, plainStep{op: plainGroup, slot: 2 * re.Cap})
		ok := p.add(re.Sub[0])
		p.steps = append(p.steps, plainStep{op: plainGroup, slot: 2*re.Cap + 1})
		return ok
	case syntax.OpBeginText:
		p.steps = append(p.steps, plainStep{op: plainBegin})
		return true
	case syntax.OpEndText:
		p.steps = append(p.steps, plainStep{op: plainEnd})
		return true
	case syntax.OpWordBoundary:
		p.steps = append(p.steps, plainStep{op: plainBoundary})
		return true
	case syntax.OpNoWordBoundary:
		p.steps = append(p.steps, plainStep{op: plainInside})
		return true
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			p.run(newRuneSet([]rune{r, r}), 1, 1)
		}
		return re.Flags&syntax.FoldCase == 0
	}
	least, most, lazy := 1, 1, re.Flags&syntax.NonGreedy != 0
	switch re.Op {
	case syntax.OpStar:
		least, most, re = 0, math.MaxInt, re.Sub[0]
	case syntax.OpPlus:
		least, most, re = 1, math.MaxInt, re.Sub[0]
	case syntax.OpQuest:
		least, most, re = 0, 1, re.Sub[0]
	case syntax.OpRepeat:
		if least, most = re.Min, re.Max; most < 0 {
			most = math.MaxInt
		}
		re = re.Sub[0]
	}
	set := plainSet(re)
	if set == nil || lazy && least != most {
		return false
	}
	p.run(set, least, most)
	return true
}

// plainSet is the set of a part that is one character; nil for others.
func plainSet(re *syntax.Regexp) *runeSet {
	switch {
	case re.Op == syntax.OpCharClass:
		return newRuneSet(re.Rune)
	case re.Op == syntax.OpAnyChar:
		return newRuneSet([]rune{0, utf8.MaxRune})
	case re.Op == syntax.OpLiteral && len(re.Rune) == 1 && re.Flags&syntax.FoldCase == 0:
		return newRuneSet([]rune{re.Rune[0], re.Rune[0]})
	}
	return nil
}

func (p *plainRegex) run(set *runeSet, least, most int) {
	p.steps = append(p.steps, plainStep{op: plainRun, set: set, least: least, most: most})
}

// join joins neighbouring runs of the same set, as in \d\d*, into one.
func (p *plainRegex) join() {
	out := p.steps[:0]
	for _, s := range p.steps {
		if n := len(out); n > 0 && s.op == plainRun && out[n-1].op == plainRun && s.set.equal(out[n-1].set) {
			last := &out[n-1]
			last.least += s.least
			if last.most += s.most; last.most < s.most || s.most == math.MaxInt {
				last.most = math.MaxInt
			}
			continue
		}
		out = append(out, s)
	}
	p.steps = out
}

func (s *runeSet) equal(o *runeSet) bool {
	if s.ascii != o.ascii || len(s.ranges) != len(o.ranges) {
		return false
	}
	for i, r := range s.ranges {
		if r != o.ranges[i] {
			return false
		}
	}
	return true
}

// ends reports whether nothing that may follow run i belongs to its set, so that the
// run is always taken whole.
func (p *plainRegex) ends(i int) bool {
	set, some := p.steps[i].set, p.steps[i].least > 0
	for _, s := range p.steps[i+1:] {
		switch s.op {
		case plainRun:
			if s.set.meets(set) {
				return false
			}
			if s.least > 0 {
				return true
			}
		case plainBoundary:
			if !some || !set.ofOneSort() {
				return false
			}
		case plainEnd:
			return true
		case plainBegin, plainInside:
			return false
		}
	}
	return true
}

// literal returns the text that every match begins with.
func (p *plainRegex) literal() string {
	var out []byte
	for _, s := range p.steps {
		switch {
		case s.op == plainGroup:
			continue
		case s.op != plainRun || s.least != s.most || s.least > 64:
			return string(out)
		}
		r, ok := s.set.only()
		if !ok || r == utf8.RuneError { // an invalid byte counts as U+FFFD, too
			return string(out)
		}
		for range s.least {
			out = utf8.AppendRune(out, r)
		}
	}
	return string(out)
}

// only returns the character of a set that has no other.
func (s *runeSet) only() (only rune, ok bool) {
	n := 0
	for c := range byte(utf8.RuneSelf) {
		if s.hasByte(c) {
			only = rune(c)
			n++
		}
	}
	if len(s.ranges) == 2 && s.ranges[0] == s.ranges[1] {
		return s.ranges[0], n == 0
	}
	return only, n == 1 && len(s.ranges) == 0
}

// patience limits how much a search may read, in multiples of the length of the
// text, because failing attempts can read the same part again and again. Beyond it
// package regexp continues the search.
const patience = 8

// find looks for the first match at or behind an offset and writes it into m. If
// sure is false, it has given up: there is no match before at, but there may be one
// from there on.
func (p *plainRegex) find(s string, from int, m Match) (found, sure bool, at int) {
	budget := patience*(len(s)-from) + 64
	for at = from; at <= len(s); {
		if p.prefix != "" {
			skip := strings.Index(s[at:], p.prefix)
			if skip < 0 {
				return false, true, at
			}
			at += skip
		}
		end, failed := p.match(s, at, m)
		if end >= 0 {
			m[0], m[1] = at, end
			return true, true, at
		}
		if budget -= failed - at + 1; budget < 0 {
			return false, false, at
		}
		if len(p.steps) > 0 && p.steps[0].op == plainBegin {
			return false, true, at
		}
		at += width(s, at)
	}
	return false, true, at
}

// width is the length of the character at an offset.
func width(s string, at int) int {
	if at >= len(s) || s[at] < utf8.RuneSelf {
		return 1
	}
	_, n := utf8.DecodeRuneInString(s[at:])
	return n
}

// match matches at an offset. It returns the end of the match, or -1, and how far it
// has read.
func (p *plainRegex) match(s string, at int, m Match) (end, looked int) {
	for i := range p.steps {
		switch step := &p.steps[i]; step.op {
		case plainRun:
			n := 0
			for n < step.most && at < len(s) {
				if c := s[at]; c < utf8.RuneSelf {
					if !step.set.hasByte(c) {
						break
					}
					at++
				} else {
					r, size := utf8.DecodeRuneInString(s[at:])
					if !step.set.hasRune(r) {
						break
					}
					at += size
				}
				n++
			}
			if n < step.least {
				return -1, at
			}
		case plainGroup:
			m[step.slot] = at
		case plainBegin:
			if at != 0 {
				return -1, at
			}
		case plainEnd:
			if at != len(s) {
				return -1, at
			}
		default:
			if wordEnds(s, at) != (step.op == plainBoundary) {
				return -1, at
			}
		}
	}
	return at, at
}

// wordEnds reports whether a word begins or ends at an offset.
func wordEnds(s string, at int) bool {
	before := at > 0 && wordRunes.hasByte(s[at-1])
	behind := at < len(s) && wordRunes.hasByte(s[at])
	return before != behind
}
