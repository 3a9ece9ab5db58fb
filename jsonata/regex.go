package jsonata

import (
	"cmp"
	"errors"

	"github.com/aslocal/aslocal/jsonata/internal/ecma"
	"github.com/aslocal/aslocal/jsonata/internal/wtf8"
	"github.com/aslocal/aslocal/value"
)

// This file has regular expressions as values: functions that match a text. $match,
// $replace and the like run them directly. Package ecma compiles and matches them.

// A regex is a compiled regular expression.
type regex struct{ *ecma.Regexp }

// compileRegex compiles a pattern.
func compileRegex(pattern, flags string) (*regex, error) {
	re, err := ecma.Compile(pattern, flags)
	if err != nil {
		return nil, fail(codePattern, value.OfString(err.Error()))
	}
	return &regex{re}, nil
}

// regexError converts an error of package ecma.
func regexError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ecma.ErrTimeout):
		return limitError(tooLong, err)
	}
	return limitError(tooLarge, err)
}

// search begins a search in a text: it counts a step, and for a pattern that
// backtracks the memory of its engine.
func (r *run) search(re *regex, s string) error {
	if err := r.poll(); err != nil {
		return err
	}
	if !r.matcher.Backtracks(re.Regexp, s) {
		return nil
	}
	const valuesPerGroup = 8 // the size of a group in a match of the engine
	n := valuesPerGroup * (1 + re.Groups())
	if !r.matcher.Holds(s) {
		r.matcher.Timeout = cmp.Or(max(r.env.Limits.RegexTime, 0), defaultRegex)
		n += len(s) / 2
	}
	return r.charge(n)
}

// find returns the first match at or behind an offset, or nil. It may use the
// memory of a match that is no longer needed.
func (re *regex) find(r *run, s string, from int, room ecma.Match) (ecma.Match, error) {
	if err := r.search(re, s); err != nil {
		return nil, err
	}
	m, err := r.matcher.Find(re.Regexp, s, from, room)
	end := len(s)
	if m != nil {
		end = m[1]
	}
	r.fuel -= (end - from) / searchedPerStep
	return m, regexError(err)
}

// all calls do for each match, as long as it returns true. do must not keep the
// match. Only the first match may be empty; another empty one fails with D1004.
func (re *regex) all(r *run, s string, do func(ecma.Match) (bool, error)) error {
	var m ecma.Match
	done, s := false, wtf8.Searchable(s)
	for from := 0; from == 0 || from < len(s); {
		var err error
		if m, err = re.find(r, s, from, m); err != nil || m == nil {
			return err
		}
		if m[0] == m[1] && from > 0 {
			return re.empty()
		}
		if done { // the reference finds one match more than it needs
			return nil
		}
		more, err := do(m)
		if err != nil {
			return err
		}
		done = !more
		if from = m[1]; from == 0 {
			if len(s) == 0 {
				return nil
			}
			return re.empty() // the same match again
		}
	}
	return nil
}

func (re *regex) empty() error { return fail("D1004", value.OfString(re.String())) }

// matches reports whether there is a match, of whatever length.
func (re *regex) matches(r *run, s string) (bool, error) {
	if err := r.search(re, s); err != nil {
		return false, err
	}
	r.fuel -= len(s) / searchedPerStep
	ok, err := r.matcher.Matches(re.Regexp, wtf8.Searchable(s))
	return ok, regexError(err)
}

// groupValues returns the groups of a match as an array; a group that took no
// part is no value.
func groupValues(m ecma.Match, s string) value.Value {
	out := make([]value.Value, 0, len(m)/2-1)
	for i := 1; i < len(m)/2; i++ {
		text, ok := m.Group(s, i)
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

// function returns the regular expression as a function.
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
	m, err := re.find(r, wtf8.Searchable(s), from, nil)
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
		value.OfFloat(float64(wtf8.UnitCount(s[:m[0]]))),
		value.OfFloat(float64(wtf8.UnitCount(s[:m[1]]))),
		groupValues(m, s),
		ofFunction(next),
	}), r.grow(8 + re.Groups())
}

var matchShape = value.NewShape("match", "start", "end", "groups", "next")
