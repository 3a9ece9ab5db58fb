package jsonata

import (
	"bytes"
	"math"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/jsonata/internal/ecma"
	"github.com/aslocal/aslocal/value"
)

// This file is numbers: IEEE doubles, written as ECMAScript writes them.

// canLeaveJSON reports whether evaluating n, or something in it, can give NaN, an
// infinity or a function.
func (n *node) canLeaveJSON(o *options) bool {
	switch n.kind {
	case nodeCall, nodePartial, nodeApply, nodeNegate, nodeLambda, nodeTransform, nodeRegex:
		return true
	case nodeVariable:
		if o.function(n.text).Exists() {
			return true
		}
	case nodeBinary:
		if strings.Contains("+-*/%", n.text) {
			return true
		}
	}
	found := false
	n.each(func(child *node) { found = found || child.canLeaveJSON(o) })
	return found
}

// intoJSON replaces NaN and the infinities in a result by their texts. A result that
// holds a function becomes that function.
func intoJSON(v value.Value) value.Value {
	var fn value.Value
	v, _ = replaced(v, func(v value.Value) (value.Value, bool) {
		if v.Kind() != value.Opaque {
			return v, false
		}
		if f, ok := numberOf(v); ok {
			return value.OfString(ecma.NumberText(f)), true
		}
		if isFunction(v) {
			fn = v
		}
		return v, false
	})
	if fn.Exists() {
		return fn
	}
	return v
}

// numeric returns the number that v is, if arithmetic can use it: ok is false for
// NaN, and an infinity fails with D1001.
func numeric(v value.Value) (f float64, ok bool, err error) {
	f, ok = numberOf(v)
	if ok && !finite(f) {
		if math.IsInf(f, 0) {
			return 0, false, fail(codeOutOfJSON, v)
		}
		return 0, false, nil
	}
	return f, ok, nil
}

// finite reports whether f is neither NaN nor an infinity: minus themselves, these
// are NaN.
func finite(f float64) bool { return f-f == 0 }

// isInteger reports whether f has no fraction. NaN and infinities are not
// integers.
func isInteger(f float64) bool { return f == math.Trunc(f) && !math.IsInf(f, 0) }

// significant is the number of digits that $string and & keep.
const significant = 15

// round15 rounds to 15 significant digits, as $string does, and ties away from
// zero.
func round15(f float64) float64 {
	if few(f) {
		return f
	}
	var buf [80]byte
	text := strconv.AppendFloat(buf[:0], f, 'e', significant-1, 64)
	// strconv rounds an exact tie to the even digit. It is a tie only if the
	// sixteenth digit is a 5 and the last one of the exact decimal expansion.
	longer := strconv.AppendFloat(nil, math.Abs(f), 'e', 60, 64)
	if longer[significant+1] == '5' && allZero(longer[significant+2:62]) {
		text = strconv.AppendFloat(buf[:0], math.Nextafter(f, math.Copysign(math.Inf(1), f)), 'e', significant-1, 64)
	}
	f, _ = strconv.ParseFloat(string(text), 64)
	return f
}

const millionth = 1_000_000

// few reports whether f is the double nearest to a whole number of millionths, and
// so has at most 15 significant digits. Most numbers in use are such.
func few(f float64) bool {
	const most = 1e15
	n := f * millionth
	return math.Abs(n) < most && n == math.Trunc(n) && n/millionth == f
}

func allZero(digits []byte) bool {
	for _, d := range digits {
		if d != '0' {
			return false
		}
	}
	return true
}

// cut15 is round15 as Step Functions does it: whole numbers keep all digits, others
// lose those behind the fifteenth.
func cut15(f float64) float64 {
	if few(f) || isInteger(f) {
		return f
	}
	var buf [32]byte
	text := strconv.AppendFloat(buf[:0], f, 'e', -1, 64)
	e := bytes.IndexByte(text, 'e')
	end := len("1.") + significant - 1
	if text[0] == '-' {
		end++
	}
	if e > end {
		text = append(text[:end], text[e:]...)
	}
	f, _ = strconv.ParseFloat(string(text), 64)
	return f
}

// appendNumber writes a number that JSON can hold. It writes null if rounding
// exceeds the range of doubles.
func (form textForm) appendNumber(dst []byte, v value.Value) []byte {
	f := v.Float()
	switch {
	case few(f):
		return appendMillionths(dst, int64(f*millionth))
	case form.service:
		if n, ok := v.Int(); ok {
			return strconv.AppendInt(dst, n, 10)
		}
		return value.OfFloat(cut15(f)).AppendJSON(dst)
	}
	v = value.OfFloat(round15(f))
	if !v.Exists() {
		return append(dst, "null"...)
	}
	return v.AppendJSON(dst)
}

// appendMillionths writes n millionths. No other decimal with at most 15 digits is
// the same double, so this is the shortest text of the double.
func appendMillionths(dst []byte, n int64) []byte {
	if n < 0 {
		dst, n = append(dst, '-'), -n
	}
	dst = strconv.AppendInt(dst, n/millionth, 10)
	rest := n % millionth
	if rest == 0 {
		return dst
	}
	dst = append(dst, '.')
	for unit := int64(millionth / 10); rest > 0; unit /= 10 {
		dst = append(dst, '0'+byte(rest/unit))
		rest %= unit
	}
	return dst
}
