package value

import (
	"math"
	"strconv"
	"strings"
)

// This file prints values as Java does. The service runs on it, and shows such
// texts: in the causes of errors, in States.Format, in times.

// JavaDouble returns Double.toString(f): 3.0, 0.001, 1.0E7, Infinity.
func JavaDouble(f float64) string {
	switch abs := math.Abs(f); {
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case math.IsNaN(f):
		return "NaN"
	case abs == 0 || abs >= 1e-3 && abs < 1e7:
		text := strconv.FormatFloat(f, 'f', -1, 64)
		if strings.IndexByte(text, '.') < 0 {
			text += ".0"
		}
		return text
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	if strings.IndexByte(mantissa, '.') < 0 {
		mantissa += ".0"
	}
	n, _ := strconv.Atoi(exponent) // strconv wrote it
	return mantissa + "E" + strconv.Itoa(n)
}

// JavaNumber returns the text of a number as Java holds it that has read it from
// JSON: an integer as it is written, any other as a double. It panics if v is no
// number.
func JavaNumber(v Value) string {
	if !v.IsInteger() {
		return JavaDouble(v.Float())
	}
	if text := v.NumberText(); text != "-0" {
		return text
	}
	return "0"
}

// AppendJavaMap appends Map.toString of an object to dst: {a=1, b=x}. The
// members' values are appended by member. It panics if v is no object.
func AppendJavaMap(dst []byte, v Value, member func(dst []byte, v Value) []byte) []byte {
	if v.Kind() != Object {
		panic("value: AppendJavaMap of a " + v.Kind().String())
	}
	dst = append(dst, '{')
	for i := range v.Len() {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		name, m := v.Member(i)
		dst = member(append(append(dst, name...), '='), m)
	}
	return append(dst, '}')
}
