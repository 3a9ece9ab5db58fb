package jsonata

import (
	"math"
	"strings"

	"github.com/aslocal/aslocal/jsonata/internal/ecma"
	"github.com/aslocal/aslocal/jsonata/internal/wtf8"
	"github.com/aslocal/aslocal/value"
)

// This file has the functions that look for text in a string: $contains, $match,
// $replace and $split.

// containsText is $contains.
func containsText(c Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	s := args[0].Text()
	if args[1].Kind() == value.String {
		return value.OfBool(strings.Contains(s, args[1].Text())), nil
	}
	if !args[1].Exists() {
		return args[1], nil
	}
	if fn := functionOf(args[1]); fn != nil && fn.regex != nil {
		ok, err := fn.regex.matches(c.run, s)
		return value.OfBool(ok), err
	}
	fn := functionOf(args[1])
	if fn == nil {
		return value.Value{}, fail("T1010", value.Value{})
	}
	v, err := c.run.apply(fn, []value.Value{value.OfString(s)}, value.NullValue)
	if err == nil && holds(v) && !isMatch(v) {
		err = fail("T1010", value.Value{})
	}
	return value.OfBool(v.Exists()), err // also null and false, as in the reference
}

// matchAll is $match.
func matchAll(c Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	limit, err := limitOf(args, 2, "D3040", 3)
	if err != nil || limit == 0 {
		return value.Value{}, err
	}
	s := args[0].Text()
	var out []value.Value
	offsets := wtf8.NewUnitCounter(s)
	err = eachMatch(c, args[1], s, func(m occurrence) (bool, error) {
		if m.match == nil {
			out = append(out, m.result())
			return float64(len(out)) < limit, c.run.grow(8 + m.groups())
		}
		at := value.OfFloat(float64(offsets.At(m.from)))
		out = append(out, resultShape.New([]value.Value{value.OfString(m.text), at, m.groupValues(s)}))
		return float64(len(out)) < limit, c.run.grow(8 + m.groups())
	})
	return sequence(out), err
}

var resultShape = value.NewShape("match", "index", "groups")

// result returns the result of $match for what a function of the expression has found.
func (o occurrence) result() value.Value {
	var b value.ObjectBuilder
	for i, name := range [...]string{"match", "start", "groups"} {
		if v := o.object.Get(name); v.Exists() {
			b.Set(resultShape.Name(i), v)
		}
	}
	return b.Value()
}

// limitOf returns the limit that an argument gives; infinity if it is missing.
func limitOf(args []value.Value, i int, code string, index int) (float64, error) {
	if i >= len(args) || !args[i].Exists() {
		return math.Inf(1), nil
	}
	n, _ := numberOf(args[i])
	switch {
	case n < 0:
		return 0, &Error{Code: code, Value: args[i], Index: index}
	case math.IsNaN(n):
		return 0, nil
	}
	return n, nil
}

// An occurrence is one match of a matcher: its text and its offsets in bytes.
type occurrence struct {
	text     string
	from, to int
	match    ecma.Match  // of a regular expression,
	object   value.Value // or the result of a function of the expression
}

// groupValues returns the groups.
func (o occurrence) groupValues(s string) value.Value {
	if o.match != nil {
		return groupValues(o.match, s)
	}
	return o.object.Get("groups")
}

// groups returns the number of groups.
func (o occurrence) groups() int {
	if o.match != nil {
		return len(o.match)/2 - 1
	}
	return o.object.Get("groups").Len()
}

// group returns the text of a group; groups count from 1.
func (o occurrence) group(s string, n int) string {
	if o.match != nil {
		text, _ := o.match.Group(s, n)
		return text
	}
	return o.object.Get("groups").Index(n - 1).Text()
}

// eachMatch calls do for each match of a matcher, which is a regular expression
// or a function that works like one, as long as do returns true.
func eachMatch(c Call, matcher value.Value, s string, do func(occurrence) (bool, error)) error {
	fn := functionOf(matcher)
	if fn == nil {
		return fail("T1010", value.Value{})
	}
	if fn.regex != nil {
		return fn.regex.all(c.run, s, func(m ecma.Match) (bool, error) {
			return do(occurrence{text: s[m[0]:m[1]], from: m[0], to: m[1], match: m})
		})
	}
	v, err := c.run.apply(fn, []value.Value{value.OfString(s)}, value.NullValue)
	for err == nil {
		if !v.Exists() {
			return nil
		}
		if !isMatch(v) {
			return fail("T1010", value.Value{})
		}
		from, _ := numberOf(v.Get("start"))
		to, _ := numberOf(v.Get("end"))
		next := functionOf(v.Get("next"))
		o := occurrence{text: v.Get("match").Text(), from: byteOffset(s, from), to: byteOffset(s, to), object: v}
		more, err := do(o)
		if err != nil {
			return err
		}
		if next == nil {
			return fail("T1010", value.Value{})
		}
		if err := c.run.poll(); err != nil {
			return err
		}
		if v, err = c.run.apply(next, nil, value.NullValue); err != nil || !more { // see regex.all
			return err
		}
	}
	return err
}

// isMatch reports whether a matcher's result has something of a match.
func isMatch(v value.Value) bool {
	_, hasStart := numberOf(v.Get("start"))
	_, hasEnd := numberOf(v.Get("end"))
	return hasStart || hasEnd || isArray(v.Get("groups")) || isFunction(v.Get("next"))
}

// byteOffset converts an offset from UTF-16 code units to bytes.
func byteOffset(s string, units float64) int {
	i := 0
	for n := 0.0; i < len(s) && n < units; n++ {
		r, size := wtf8.DecodeRune(s, i)
		if r >= 0x10000 {
			n++
		}
		i += size
	}
	return i
}

// replace is $replace.
func replace(c Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	s, pattern, by := args[0].Text(), args[1], args[2]
	if pattern.Kind() == value.String && pattern.Text() == "" {
		return value.Value{}, &Error{Code: "D3010", Value: pattern, Index: 2}
	}
	limit, err := limitOf(args, 3, "D3011", 4)
	if err != nil || limit == 0 {
		return args[0], err
	}
	if pattern.Kind() == value.String {
		if by.Kind() != value.String {
			if !strings.Contains(s, pattern.Text()) {
				return args[0], nil
			}
			return value.Value{}, fail("D3012", by)
		}
		n := -1
		if limit < float64(len(s)+1) {
			n = int(math.Ceil(limit))
		}
		if err := c.run.allocate(strings.Count(s, pattern.Text()) * len(by.Text())); err != nil {
			return value.Value{}, err
		}
		return str(c, strings.Replace(s, pattern.Text(), by.Text(), n))
	}
	out := make([]byte, 0, len(s)+len(s)/8)
	at, count, offsets := 0, 0.0, wtf8.NewUnitCounter(s)
	err = eachMatch(c, pattern, s, func(m occurrence) (bool, error) {
		out = append(out, s[at:max(at, m.from)]...)
		if by.Kind() == value.String {
			out = m.expand(out, s, by.Text())
		} else {
			v, err := replacement(c, by, m, s, &offsets)
			if err != nil {
				return false, err
			}
			out = wtf8.Append(out, v.Text())
		}
		at = min(m.from+len(m.text), len(s))
		count++
		return count < limit, c.run.fits(len(out))
	})
	if err != nil {
		return value.Value{}, err
	}
	return str(c, string(append(out, s[at:]...)))
}

// replacement calls the function that gives the text to replace a match in s with.
func replacement(c Call, by value.Value, m occurrence, s string, offsets *wtf8.UnitCounter) (value.Value, error) {
	fn := functionOf(by)
	if fn == nil {
		return value.Value{}, fail("D3012", value.Value{})
	}
	found := m.object
	if m.match != nil {
		found = value.OfMembers(
			"match", value.OfString(m.text),
			"start", value.OfFloat(float64(offsets.At(m.from))),
			"end", value.OfFloat(float64(offsets.At(m.to))),
			"groups", m.groupValues(s))
		if err := c.run.grow(8 + m.groups()); err != nil {
			return value.Value{}, err
		}
	}
	v, err := c.run.apply(fn, []value.Value{found}, value.NullValue)
	if err == nil && v.Kind() != value.String {
		err = fail("D3012", v)
	}
	return v, err
}

// expand writes a replacement: $0 is the match, $1 a group, $$ a dollar sign. As
// many digits count as the number of groups has.
func (o occurrence) expand(dst []byte, s, by string) []byte {
	groups, most := o.groups(), 1
	for n := groups; n >= 10; n /= 10 {
		most++
	}
	for {
		before, rest, found := strings.Cut(by, "$")
		dst = append(dst, before...)
		if !found {
			return dst
		}
		by = rest
		switch {
		case strings.HasPrefix(rest, "$"):
			dst = append(dst, '$')
			by = rest[1:]
			continue
		case strings.HasPrefix(rest, "0"):
			dst = append(dst, o.text...)
			by = rest[1:]
			continue
		}
		digits, n := 0, 0
		for digits < min(most, len(rest)) && rest[digits] >= '0' && rest[digits] <= '9' {
			n = n*10 + int(rest[digits]-'0')
			digits++
		}
		if most > 1 && digits == most && n > groups {
			digits, n = digits-1, n/10
		}
		if digits == 0 {
			dst = append(dst, '$')
			continue
		}
		dst = append(dst, o.group(s, n)...)
		by = rest[digits:]
	}
}

// split is $split.
func split(c Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	limit, err := limitOf(args, 2, "D3020", 3)
	if err != nil || limit == 0 {
		return value.EmptyArray, err
	}
	s := args[0].Text()
	var parts []value.Value
	if args[1].Kind() == value.String {
		if !math.IsInf(limit, 0) || args[2].Exists() {
			limit = math.Mod(math.Trunc(limit), 1<<32) // as JavaScript's split reads it
		}
		parts, err = c.splitText(s, args[1].Text(), limit)
		return value.OfSlice(parts), err
	}
	at := 0
	err = eachMatch(c, args[1], s, func(m occurrence) (bool, error) {
		parts = append(parts, value.OfString(s[min(at, m.from):m.from]))
		at = m.to
		return float64(len(parts)) < limit, c.run.grow(1)
	})
	if float64(len(parts)) < limit {
		parts = append(parts, value.OfString(s[min(at, len(s)):]))
	}
	return value.OfSlice(parts), err
}

// splitText splits at a text; at an empty text, into UTF-16 code units.
func (c Call) splitText(s, separator string, limit float64) ([]value.Value, error) {
	n := strings.Count(s, separator) + 1
	if float64(n) > limit {
		n = int(limit)
	}
	if err := c.run.grow(n); err != nil {
		return nil, err
	}
	parts := make([]value.Value, 0, n)
	if separator == "" {
		parts = characters(s)
		return parts[:min(n, len(parts))], nil
	}
	for float64(len(parts)) < limit {
		before, after, found := strings.Cut(s, separator)
		parts = append(parts, value.OfString(before))
		if !found {
			break
		}
		s = after
	}
	return parts, nil
}
