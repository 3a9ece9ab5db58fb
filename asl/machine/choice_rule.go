package machine

import (
	"strings"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/jsonpath"
	"github.com/aslocal/aslocal/value"
)

// This file implements the rules of Choice states in JSONPath mode: the
// comparison operators and how And, Or and Not combine them. An operator that
// meets a value of another type is false, not an error. Spec: "Choice State".

// A rule is a compiled comparison, or a combination of rules.
type rule interface {
	holds(e *env) (bool, *Failure)
}

type allOf []rule

func (r allOf) holds(e *env) (bool, *Failure) {
	for _, part := range r {
		if ok, failure := part.holds(e); !ok || failure != nil {
			return false, failure
		}
	}
	return true, nil
}

type anyOf []rule

func (r anyOf) holds(e *env) (bool, *Failure) {
	for _, part := range r {
		if ok, failure := part.holds(e); ok || failure != nil {
			return ok, failure
		}
	}
	return false, nil
}

type not struct{ rule }

func (r not) holds(e *env) (bool, *Failure) {
	ok, failure := r.rule.holds(e)
	return !ok, failure
}

// A comparison tests what Variable finds against a literal or against what
// another Path finds.
type comparison struct {
	variable *jsonpath.Path
	test     operator
	operand  value.Value
	path     *jsonpath.Path // of the operand; nil for a literal
	presence bool           // IsPresent, which Variable may miss
	like     pattern        // StringMatches
}

// An operator compares the value that a Variable has found with its operand.
type operator func(v, operand value.Value) bool

func (c *comparison) holds(e *env) (bool, *Failure) {
	v, err := c.variable.EvalIn(jsonpath.Maps, e)
	if c.presence {
		return (err == nil) == c.operand.Bool(), nil
	}
	if err != nil {
		return false, e.f.invalidChoicePath(c.variable, err)
	}
	if c.test == nil {
		return c.matches(e, v)
	}
	operand := c.operand
	if c.path != nil {
		if operand, err = c.path.EvalIn(jsonpath.Maps, e); err != nil {
			return false, e.f.invalidChoicePath(c.path, err)
		}
	}
	return c.test(v, operand), nil
}

// matches is StringMatches. Spec: an open escape at the end of the pattern is a
// run-time error.
func (c *comparison) matches(e *env, v value.Value) (bool, *Failure) {
	if c.like == nil {
		return false, e.f.runtime("Invalid StringMatches pattern '%s': it ends in an open escape.", c.operand.Text())
	}
	return v.Kind() == value.String && c.like.matches(v.Text()), nil
}

func (f *frame) invalidChoicePath(p *jsonpath.Path, err error) *Failure {
	if noData(err) {
		return f.runtime("%v", err)
	}
	return f.runtime("Invalid path '%s': The choice state's condition path references an invalid value.", p)
}

// operators are the comparison operators; each ordering one exists with the
// suffix Path, too.
var operators = map[string]operator{
	"StringEquals":            ordering(compareStrings, func(c int) bool { return c == 0 }),
	"StringLessThan":          ordering(compareStrings, func(c int) bool { return c < 0 }),
	"StringGreaterThan":       ordering(compareStrings, func(c int) bool { return c > 0 }),
	"StringLessThanEquals":    ordering(compareStrings, func(c int) bool { return c <= 0 }),
	"StringGreaterThanEquals": ordering(compareStrings, func(c int) bool { return c >= 0 }),

	"NumericEquals":            ordering(compareNumbers, func(c int) bool { return c == 0 }),
	"NumericLessThan":          ordering(compareNumbers, func(c int) bool { return c < 0 }),
	"NumericGreaterThan":       ordering(compareNumbers, func(c int) bool { return c > 0 }),
	"NumericLessThanEquals":    ordering(compareNumbers, func(c int) bool { return c <= 0 }),
	"NumericGreaterThanEquals": ordering(compareNumbers, func(c int) bool { return c >= 0 }),

	"TimestampEquals":            ordering(compareTimestamps, func(c int) bool { return c == 0 }),
	"TimestampLessThan":          ordering(compareTimestamps, func(c int) bool { return c < 0 }),
	"TimestampGreaterThan":       ordering(compareTimestamps, func(c int) bool { return c > 0 }),
	"TimestampLessThanEquals":    ordering(compareTimestamps, func(c int) bool { return c <= 0 }),
	"TimestampGreaterThanEquals": ordering(compareTimestamps, func(c int) bool { return c >= 0 }),

	"BooleanEquals": func(v, operand value.Value) bool {
		return v.Kind() == value.Bool && operand.Kind() == value.Bool && v.Bool() == operand.Bool()
	},
	"IsNull":    is(func(v value.Value) bool { return v.IsNull() }),
	"IsNumeric": is(func(v value.Value) bool { return v.Kind() == value.Number }),
	"IsString":  is(func(v value.Value) bool { return v.Kind() == value.String }),
	"IsBoolean": is(func(v value.Value) bool { return v.Kind() == value.Bool }),
	"IsTimestamp": is(func(v value.Value) bool {
		_, ok := asl.ParseTimestamp(v.Text())
		return ok
	}),
	"IsPresent":     nil, // decided before there is a value
	"StringMatches": nil, // its operand is compiled
}

// ordering makes an operator of a comparison that is defined for some pairs of
// values, and of what it must say.
func ordering(compare func(a, b value.Value) (int, bool), wanted func(int) bool) operator {
	return func(v, operand value.Value) bool {
		c, ok := compare(v, operand)
		return ok && wanted(c)
	}
}

// is makes a type test; the operand false inverts it.
func is(test func(value.Value) bool) operator {
	return func(v, operand value.Value) bool { return test(v) == operand.Bool() }
}

func compareStrings(a, b value.Value) (int, bool) {
	if a.Kind() != value.String || b.Kind() != value.String {
		return 0, false
	}
	return compareUTF16(a.Text(), b.Text()), true
}

// compareUTF16 compares by UTF-16 code units, as Java does: characters beyond
// the Basic Multilingual Plane come before U+E000 to U+FFFF.
func compareUTF16(a, b string) int {
	for i := 0; i < len(a) && i < len(b); i++ {
		if x, y := a[i], b[i]; x != y {
			if x >= 0xEE && y >= 0xEE { // both lead bytes of U+E000 or later
				x, y = surrogatesFirst(x), surrogatesFirst(y)
			}
			if x < y {
				return -1
			}
			return 1
		}
	}
	return len(a) - len(b)
}

func surrogatesFirst(lead byte) byte {
	if lead >= 0xF0 {
		return lead - 0xF0 // written with surrogates
	}
	return lead
}

// compareNumbers compares a number. What is no number counts as 0 behind a …Path
// (F-126).
func compareNumbers(a, b value.Value) (int, bool) {
	if a.Kind() != value.Number {
		return 0, false
	}
	if b.Kind() != value.Number {
		b = value.OfInt(0)
	}
	return value.CompareNumbers(a, b), true
}

func compareTimestamps(a, b value.Value) (int, bool) {
	x, ok := asl.ParseTimestamp(a.Text())
	if !ok {
		return 0, false
	}
	y, ok := asl.ParseTimestamp(b.Text())
	return time.Time.Compare(x, y), ok
}

// A pattern is the operand of StringMatches: the texts between its stars, each
// of which stands for any run of characters. nil is a pattern that ends in an
// open escape.
type pattern []string

// compilePattern reads a pattern. "\*" and "\\" are a star and a backslash; no
// other character is special.
func compilePattern(text string) pattern {
	p, part := pattern{}, []byte{}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '*':
			p, part = append(p, string(part)), part[:0]
		case '\\':
			if i++; i == len(text) {
				return nil
			}
			part = append(part, text[i])
		default:
			part = append(part, c)
		}
	}
	return append(p, string(part))
}

// matches reports whether the pattern matches all of s. Each text is looked for
// behind the one before it, at the first place: a later one could only leave
// less for those that follow.
func (p pattern) matches(s string) bool {
	first, last := p[0], p[len(p)-1]
	if len(p) == 1 {
		return s == first
	}
	if len(s) < len(first)+len(last) || !strings.HasPrefix(s, first) || !strings.HasSuffix(s, last) {
		return false
	}
	s = s[len(first) : len(s)-len(last)]
	for _, part := range p[1 : len(p)-1] {
		at := strings.Index(s, part)
		if at < 0 {
			return false
		}
		s = s[at+len(part):]
	}
	return true
}

// rule compiles a Choice rule, or one nested in another.
func (c *compiler) rule(v value.Value) rule {
	if parts := v.Get("And"); parts.Exists() {
		return allOf(c.rules(parts))
	}
	if parts := v.Get("Or"); parts.Exists() {
		return anyOf(c.rules(parts))
	}
	if part := v.Get("Not"); part.Exists() {
		return not{c.rule(part)}
	}
	return c.comparison(v)
}

func (c *compiler) rules(parts value.Value) []rule {
	out := make([]rule, 0, parts.Len())
	for _, part := range parts.Items() {
		out = append(out, c.rule(part))
	}
	return out
}

func (c *compiler) comparison(v value.Value) *comparison {
	r := &comparison{variable: c.pathOf("Choices/Variable", v.Get("Variable").Text())}
	for name, operand := range v.Members() {
		stem, isPath := strings.CutSuffix(name, "Path")
		test, ok := operators[stem]
		if !ok {
			continue
		}
		r.test, r.operand, r.presence = test, operand, stem == "IsPresent"
		if stem == "StringMatches" {
			r.like = compilePattern(operand.Text())
		}
		if isPath {
			r.path = c.pathOf("Choices/"+name, operand.Text())
		}
		return r
	}
	c.fail("Choices", "a rule without comparison operator")
	return r
}
