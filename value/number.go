package value

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// NumberText returns the text of a number, as it was written if it was read
// and else the shortest that reads back the same; "" if v is not a number.
func (v Value) NumberText() string {
	if v.Kind() != Number {
		return ""
	}
	if s := v.text(); s != "" {
		return s
	}
	return string(appendFloat(make([]byte, 0, 24), math.Float64frombits(v.bits())))
}

// Int returns a number as int64. ok is false if v is not a number, not an integer
// (1.0 and 1e2 are integers), or out of range.
func (v Value) Int() (n int64, ok bool) {
	if v.Kind() != Number {
		return 0, false
	}
	// Short texts are exact, except those that are too small for a float64 and
	// look like zero.
	f, text := v.Float(), v.text()
	if len(text) <= exactDigits && math.Abs(f) <= maxExact && (f != 0 || len(text) <= len("0")) {
		if f != math.Trunc(f) {
			return 0, false
		}
		return int64(f), true
	}
	return takeApart(v.NumberText()).int64()
}

// IsInteger reports whether v is a number written as an integer: without
// fraction and exponent. 1.0 is not.
func (v Value) IsInteger() bool {
	if v.Kind() != Number {
		return false
	}
	if s := v.text(); s != "" {
		return !strings.ContainsAny(s, ".eE")
	}
	f := v.Float()
	return f == math.Trunc(f) && math.Abs(f) < 1e21
}

// appendFloat writes f as ECMAScript's Number::toString does: plain digits
// below 1e21, an exponent (with its sign, without leading zeros) beyond that
// and below 1e-6.
func appendFloat(dst []byte, f float64) []byte {
	if f == 0 {
		return append(dst, '0') // also for -0
	}
	if n := int64(f); float64(n) == f && n < maxExact && n > -maxExact {
		return strconv.AppendInt(dst, n, 10)
	}
	if abs := math.Abs(f); abs >= 1e-6 && abs < 1e21 {
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
	// strconv writes at least two digits of exponent: 1e-07.
	if e := len(dst) - 2; dst[e] == '0' && (dst[e-1] == '-' || dst[e-1] == '+') {
		dst[e] = dst[e+1]
		dst = dst[:e+1]
	}
	return dst
}

// minNormal is the least float64 of full precision.
const minNormal = 0x1p-1022

// equalNumbers compares by value: 1, 1.0 and 10e-1 are equal, and integers that
// only look alike as float64 are not.
func equalNumbers(a, b Value) bool {
	x, y := a.Float(), b.Float()
	if x != y {
		return false
	}
	s, t := a.text(), b.text()
	if s == t {
		return true
	}
	// Two different decimals of at most 15 digits never have the same float64,
	// unless it is infinite or subnormal. A number without a text stands for its
	// shortest text.
	if abs := math.Abs(x); len(s) <= exactDigits && len(t) <= exactDigits && abs >= minNormal && abs <= math.MaxFloat64 {
		return true
	}
	return takeApart(a.NumberText()).equal(takeApart(b.NumberText()))
}

// A decimal is the exact value of a number's text: ±digits × 10^exponent. The digits
// have no zeros at either end, and zero has no digits. The exponent is a big.Int
// because it may have a thousand digits itself: so the cost depends on the length of
// the text, not on the size of the number.
type decimal struct {
	negative bool
	digits   string
	exponent *big.Int
}

func takeApart(text string) decimal {
	var d decimal
	text, d.negative = strings.CutPrefix(text, "-")
	d.exponent = new(big.Int)
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		d.exponent.SetString(text[i+1:], 10)
		text = text[:i]
	}
	whole, fraction, _ := strings.Cut(text, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	d.digits = strings.TrimRight(digits, "0")
	d.exponent.Add(d.exponent, big.NewInt(int64(len(digits)-len(d.digits)-len(fraction))))
	return d
}

func (d decimal) equal(e decimal) bool {
	if d.digits == "" || e.digits == "" {
		return d.digits == e.digits
	}
	return d.negative == e.negative && d.digits == e.digits && d.exponent.Cmp(e.exponent) == 0
}

// int64 returns d as an integer. ok is false if it is not an integer, or out of
// range.
func (d decimal) int64() (n int64, ok bool) {
	const most = 19 // digits of an int64
	if d.digits == "" {
		return 0, true
	}
	if d.exponent.Sign() < 0 || d.exponent.Cmp(big.NewInt(most)) > 0 {
		return 0, false
	}
	text := d.digits + strings.Repeat("0", int(d.exponent.Int64()))
	if d.negative {
		text = "-" + text
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, false
	}
	return n, true
}

// CompareNumbers orders two numbers by their exact values: -1 if a is less
// than b, 0 if they are equal, +1 if a is greater. It panics if either is not a
// number.
func CompareNumbers(a, b Value) int {
	if a.Kind() != Number || b.Kind() != Number {
		panic("value: CompareNumbers of a " + a.Kind().String() + " and a " + b.Kind().String())
	}
	x, y := a.Float(), b.Float()
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	case equalNumbers(a, b):
		return 0
	}
	return takeApart(a.NumberText()).compare(takeApart(b.NumberText()))
}

// compare orders two decimals of which not both are zero.
func (d decimal) compare(e decimal) int {
	switch ds, es := d.sign(), e.sign(); {
	case ds < es:
		return -1
	case ds > es:
		return 1
	case ds < 0:
		return -d.compareMagnitude(e)
	}
	return d.compareMagnitude(e)
}

func (d decimal) sign() int {
	switch {
	case d.digits == "":
		return 0
	case d.negative:
		return -1
	}
	return 1
}

// compareMagnitude compares the places of the first digits, then the digits.
func (d decimal) compareMagnitude(e decimal) int {
	dFirst := new(big.Int).Add(d.exponent, big.NewInt(int64(len(d.digits))))
	eFirst := new(big.Int).Add(e.exponent, big.NewInt(int64(len(e.digits))))
	if c := dFirst.Cmp(eFirst); c != 0 {
		return c
	}
	return strings.Compare(d.digits, e.digits)
}
