package jsonpath

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/aslocal/aslocal/value"
)

// This file compares the operands of filters. The right one is converted to the
// kind of the left one where it is a text, never the other way round.

type operator uint8

const (
	present operator = iota // a path alone
	absent                  // ! and a path
	equal
	unequal
	less
	notLess
	greater
	notGreater
	matching
)

// compare decides every operator but =~. Null, as a text too, equals null and
// comes before all others. Values of different kinds, arrays and objects cannot
// be compared, so no operator holds for them, not even "!=".
func (t *test) compare(s *scene, l, r value.Value) (bool, ending) {
	if l.Kind() == value.Number && t.right.number.Exists() { // the usual case
		return t.compareNumber(s, l, r)
	}
	left, right := t.left.pattern == nil && nullish(l), t.right.pattern == nil && nullish(r)
	switch {
	case left && right:
		return t.operator.holdsFor(0) && (!t.operator.orders() || l.IsNull() == r.IsNull()), reached
	case left || right:
		order := 1
		if left {
			order = -1
		}
		return t.operator.holdsFor(order) && !(t.operator.orders() && (l.IsNull() || r.IsNull())), reached
	case t.left.pattern != nil, t.right.pattern != nil:
		return false, reached
	case t.alike && t.identical(s, l):
		return t.operator.holdsFor(0), reached
	}
	switch l.Kind() {
	case value.String:
		if r.Kind() != value.String {
			return false, reached
		}
		text := t.right.right
		if t.right.path != nil {
			text = unescaped(r.Text())
		}
		return t.compareText(l.Text(), text), s.work(min(len(l.Text()), len(r.Text())) / textPerWork)
	case value.Number:
		return t.compareNumber(s, l, r)
	case value.Bool:
		return t.compareBool(l, r), reached
	}
	return false, reached
}

// identical reports whether a path that stands on both sides leads to one and
// the same Java object, which then is equal to itself: it does for texts, for
// what is held in maps, and for paths from $, which are evaluated once.
func (t *test) identical(s *scene, l value.Value) bool {
	return l.Kind() == value.String || container(l) && (s.maps || t.left.shared > 0)
}

// unescaped returns the right side of a comparison of texts: a quote may be
// escaped there, be it in the path or in the document.
func unescaped(text string) string { return strings.ReplaceAll(text, `\'`, `'`) }

func (t *test) compareText(l, r string) bool {
	switch t.operator {
	case equal:
		return l == r
	case unequal:
		return l != r
	}
	return t.operator.holdsFor(orderStrings(l, r))
}

// compareNumber compares the number l with a number, or with a text that must
// spell one.
func (t *test) compareNumber(s *scene, l, r value.Value) (bool, ending) {
	switch {
	case !s.comparable(l):
		return false, reached
	case t.right.number.Exists():
		r = t.right.number
	case r.Kind() == value.String:
		n, ok := decimal(r.Text())
		if !ok {
			return false, s.stop(notANumber(r.Text()))
		}
		if end := s.work(len(r.Text()) / textPerWork); end != reached {
			return false, end
		}
		r = n
	case !s.comparable(r):
		return false, reached
	}
	return t.operator.holdsFor(value.CompareNumbers(l, r)), reached
}

// comparable reports whether a value of the document is a number that the
// engine compares: as a node of Jackson's, an integer beyond 64 bits is not.
func (s *scene) comparable(v value.Value) bool {
	if v.Kind() != value.Number {
		return false
	}
	const within = 1 << 62
	if f := v.Float(); s.maps || -within < f && f < within || !v.IsInteger() {
		return true
	}
	_, ok := v.Int()
	return ok
}

// compareBool compares a boolean with another, or with a text, which is true if
// it says so.
func (t *test) compareBool(l, r value.Value) bool {
	var right bool
	switch r.Kind() {
	case value.Bool:
		right = r.Bool()
	case value.String:
		right = strings.EqualFold(r.Text(), "true")
	default:
		return false
	}
	order := 0
	switch {
	case l.Bool() && !right:
		order = 1
	case !l.Bool() && right:
		order = -1
	}
	return t.operator.holdsFor(order)
}

func nullish(v value.Value) bool {
	return v.IsNull() || v.Kind() == value.String && v.Text() == "null"
}

// orders reports whether the operator asks for more than equality.
func (o operator) orders() bool { return o >= less }

// holdsFor reports whether the operator holds for two values of that order.
func (o operator) holdsFor(order int) bool {
	switch o {
	case equal:
		return order == 0
	case unequal:
		return order != 0
	case less:
		return order < 0
	case notGreater:
		return order <= 0
	case greater:
		return order > 0
	}
	return order >= 0
}

// orderStrings compares as Java does, by UTF-16 code units: characters beyond
// U+FFFF come before those from U+E000 on.
func orderStrings(a, b string) int {
	for a != "" && b != "" {
		r, n := utf8.DecodeRuneInString(a)
		q, m := utf8.DecodeRuneInString(b)
		if r != q {
			if u, v := firstUnit(r), firstUnit(q); u != v {
				r, q = u, v
			}
			if r < q {
				return -1
			}
			return 1
		}
		a, b = a[n:], b[m:]
	}
	return len(a) - len(b)
}

// firstUnit returns the first UTF-16 code unit of a character.
func firstUnit(r rune) rune {
	if high, _ := utf16.EncodeRune(r); high != utf8.RuneError {
		return high
	}
	return r
}

// matches decides =~: one side is a pattern, which must match the whole text of
// the other. Null has no text.
func matches(s *scene, left, right *operand, l, r value.Value) (bool, ending) {
	p, v := left.pattern, r
	if p == nil {
		p, v = right.pattern, l
	}
	switch {
	case p == nil:
		return false, s.stop(noPattern)
	case v.IsNull():
		return false, reached
	}
	return p.matches(s, patternInput(v))
}

func patternInput(v value.Value) string {
	switch v.Kind() {
	case value.String:
		return v.Text()
	case value.Number:
		return value.JavaNumber(v)
	}
	return v.String()
}

// decimal reads a number as Java's BigDecimal does: what JSON allows, and a
// plus sign, leading zeros, a point without digits on one side of it.
func decimal(text string) (n value.Value, ok bool) {
	rest, negative := strings.CutPrefix(text, "-")
	if !negative {
		rest = strings.TrimPrefix(rest, "+")
	}
	mantissa, exponent := rest, ""
	if i := strings.IndexAny(rest, "eE"); i >= 0 {
		mantissa, exponent = rest[:i], "e"+rest[i+1:]
	}
	whole, fraction, point := strings.Cut(mantissa, ".")
	if whole == "" && fraction == "" || strings.Trim(whole+fraction, "0123456789") != "" {
		return value.Value{}, false
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if point && fraction != "" {
		whole += "." + fraction
	}
	if negative {
		whole = "-" + whole
	}
	n, err := value.Parse(whole + exponent)
	return n, err == nil && n.Kind() == value.Number
}
