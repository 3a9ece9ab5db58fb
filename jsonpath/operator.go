package jsonpath

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/aslocal/aslocal/value"
)

// This file holds the operators of filters. What is missing is undefined: it
// equals nothing, itself included, and has no order.

// A comparison decides one operator. It fails as Jayway does if an operand has
// not the kind that the operator cannot do without.
type comparison func(s *scene, left, right side) (bool, *failure)

// comparisons has the operators by name; that of a word is in lower case, but
// may be written in any.
var comparisons map[string]comparison

func init() { // comparisons refer to one another
	comparisons = map[string]comparison{
		"==":       func(s *scene, l, r side) (bool, *failure) { return equal(l.v, r.v), s.comparing(l.v, r.v) },
		"!=":       func(s *scene, l, r side) (bool, *failure) { return !equal(l.v, r.v), s.comparing(l.v, r.v) },
		"===":      func(s *scene, l, r side) (bool, *failure) { return same(l.v, r.v), s.comparing(l.v, r.v) },
		"!==":      func(s *scene, l, r side) (bool, *failure) { return !same(l.v, r.v), s.comparing(l.v, r.v) },
		"<":        ordered(func(order int) bool { return order < 0 }),
		"<=":       ordered(func(order int) bool { return order <= 0 }),
		">":        ordered(func(order int) bool { return order > 0 }),
		">=":       ordered(func(order int) bool { return order >= 0 }),
		"=~":       matches,
		"in":       in,
		"nin":      negated(in),
		"contains": contains,
		"all":      all,
		"subsetof": subsetOf,
		"anyof":    anyOfList,
		"noneof":   negated(anyOfList),
		"size":     size,
		"empty":    empty,
		"exists":   exists,
		// These need a Java class or predicate, which no text can give.
		"type":    func(*scene, side, side) (bool, *failure) { return false, notAClass },
		"matches": func(*scene, side, side) (bool, *failure) { return false, notAPredicate },
	}
}

func negated(c comparison) comparison {
	return func(s *scene, left, right side) (bool, *failure) {
		ok, f := c(s, left, right)
		return !ok && f == nil, f
	}
}

// comparing counts the work of comparing two values, so far as it grows with
// them.
func (s *scene) comparing(left, right value.Value) *failure {
	n := 0
	switch l, r := left.Kind(), right.Kind(); {
	case l == value.String && r == value.String:
		n = min(len(left.Text()), len(right.Text()))
	case l == value.Number && r == value.String:
		n = len(right.Text())
	case l == r && (l == value.Array || l == value.Object) && left.Len() == right.Len(): // others differ at first sight
		n = right.Size()
	}
	if n < textPerWork {
		return nil
	}
	return s.work(n / textPerWork)
}

// equal compares as == does. A number and a string are equal if the number on
// the left has the value that the string on the right spells, or the string on
// the left is the text of the number on the right.
func equal(left, right value.Value) bool {
	switch l, r := left.Kind(), right.Kind(); {
	case l == value.Number && r == value.String:
		n, ok := decimal(right.Text())
		return ok && value.Equal(left, n)
	case l == value.String && r == value.Number:
		return left.Text() == value.JavaNumber(right)
	}
	return value.Equal(left, right)
}

// same compares as === does: a number is no string.
func same(left, right value.Value) bool {
	return left.Kind() == right.Kind() && value.Equal(left, right)
}

// ordered makes an operator that holds for two numbers or two strings whose
// order is as wanted, and for nothing else.
func ordered(wanted func(order int) bool) comparison {
	return func(s *scene, left, right side) (bool, *failure) {
		switch l, r := left.v.Kind(), right.v.Kind(); {
		case l == value.Number && r == value.Number:
			return wanted(value.CompareNumbers(left.v, right.v)), nil
		case l == value.String && r == value.String:
			return wanted(orderStrings(left.v.Text(), right.v.Text())), s.comparing(left.v, right.v)
		}
		return false, nil
	}
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

// matches compares as =~ does: a pattern matches a whole string, the text of a
// number or boolean, "" for anything else; and a list if it matches one of it.
func matches(s *scene, left, right side) (bool, *failure) {
	p, v := left.pattern, right.v
	if p == nil {
		p, v = right.pattern, left.v
	}
	if (left.pattern == nil) == (right.pattern == nil) {
		return false, nil
	}
	if v.Kind() != value.Array {
		return p.matches(s, patternInput(v))
	}
	for _, item := range v.Slice() {
		if ok, f := p.matches(s, patternInput(item)); ok || f != nil {
			return ok, f
		}
	}
	return false, nil
}

func patternInput(v value.Value) string {
	switch v.Kind() {
	case value.String:
		return v.Text()
	case value.Number:
		return value.JavaNumber(v)
	case value.Bool:
		return v.String()
	}
	return ""
}

// has reports whether an item of the list equals v. A comparison costs a
// fraction of what other work does.
func has(s *scene, list []value.Value, v value.Value) (bool, *failure) {
	for i, item := range list {
		if f := s.comparing(v, item); f != nil {
			return false, f
		}
		if equal(v, item) {
			return true, s.work(1 + i/8)
		}
	}
	return false, s.work(1 + len(list)/8)
}

// list returns the items of an operand. A value that is no list of its own
// (an object) has none, and ok is false; what is neither fails.
func list(x side) (items []value.Value, ok bool, f *failure) {
	switch x.v.Kind() {
	case value.Array:
		return x.v.Slice(), true, nil
	case value.Object:
		return nil, false, nil
	}
	return nil, false, notAList
}

func in(s *scene, left, right side) (bool, *failure) {
	items, ok, f := list(right)
	if f != nil || !ok {
		return false, f
	}
	return has(s, items, left.v)
}

func contains(s *scene, left, right side) (bool, *failure) {
	if left.v.Kind() == value.String && right.v.Kind() == value.String {
		return strings.Contains(left.v.Text(), right.v.Text()), s.work(len(left.v.Text()) / textPerWork)
	}
	if left.v.Kind() != value.Array {
		return false, nil
	}
	return has(s, left.v.Slice(), right.v)
}

// all holds if the list on the left has each item of that on the right. An
// object on the left has them all.
func all(s *scene, left, right side) (bool, *failure) {
	wanted, ok, f := list(right)
	if f != nil || !ok {
		return false, f
	}
	switch left.v.Kind() {
	case value.Object:
		return true, nil
	case value.Array:
		return everyIn(s, wanted, left.v.Slice())
	}
	return false, nil
}

func subsetOf(s *scene, left, right side) (bool, *failure) {
	wider, narrower, ok, f := twoLists(left, right)
	if f != nil || !ok {
		return false, f
	}
	return everyIn(s, narrower, wider)
}

func anyOfList(s *scene, left, right side) (bool, *failure) {
	of, items, ok, f := twoLists(left, right)
	if f != nil || !ok {
		return false, f
	}
	for _, item := range items {
		if ok, f := has(s, of, item); ok || f != nil {
			return ok, f
		}
	}
	return false, nil
}

// twoLists returns the items of the operand on the right, then those of the
// one on the left.
func twoLists(left, right side) (ofRight, ofLeft []value.Value, ok bool, f *failure) {
	if ofRight, ok, f = list(right); f != nil || !ok {
		return nil, nil, false, f
	}
	ofLeft, ok, f = list(left)
	return ofRight, ofLeft, ok, f
}

func everyIn(s *scene, items, of []value.Value) (bool, *failure) {
	for _, item := range items {
		if ok, f := has(s, of, item); !ok || f != nil {
			return false, f
		}
	}
	return true, nil
}

// size compares the length of a string or list on the left with a number.
func size(s *scene, left, right side) (bool, *failure) {
	if right.v.Kind() != value.Number {
		return false, nil
	}
	length := -1 // of an object
	switch left.v.Kind() {
	case value.String:
		length = utf16Length(left.v.Text())
	case value.Array:
		length = left.v.Len()
	case value.Object:
	default:
		return false, nil
	}
	return int(right.v.Float()) == length, s.work(max(length, 0) / textPerWork)
}

// utf16Length returns the length that Java gives a string.
func utf16Length(text string) int {
	n := 0
	for _, r := range text {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

// empty tells whether a string or list is empty. Asked of an object, Jayway
// breaks down with a ClassCastException, so the whole path does.
func empty(_ *scene, left, right side) (bool, *failure) {
	var is bool
	switch left.v.Kind() {
	case value.String:
		is = left.v.Text() == ""
	case value.Array:
		is = left.v.Len() == 0
	case value.Object:
		return false, notEmptiable
	default:
		return false, nil
	}
	if right.v.Kind() != value.Bool {
		return false, notABoolean
	}
	return is == right.v.Bool(), nil
}

func exists(_ *scene, left, right side) (bool, *failure) {
	if left.v.Kind() != value.Bool || right.v.Kind() != value.Bool {
		return false, notABoolean
	}
	return left.v.Bool() == right.v.Bool(), nil
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
