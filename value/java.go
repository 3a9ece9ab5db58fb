package value

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// This file treats values as Java does. The service runs on it, and shows its texts
// (in the causes of errors, in States.Format, in times) and the order of its hash
// tables.

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

// JavaHash returns the hashCode of a value as Java holds it that has read it from
// JSON: in a List, a Map, a String, a Boolean, an Integer, a Long or a Double.
func JavaHash(v Value) int32 {
	switch v.Kind() {
	case Bool:
		if v.Bool() {
			return 1231
		}
		return 1237
	case Number:
		bits := math.Float64bits(v.Float())
		if n, ok := v.Int(); ok && v.IsInteger() {
			if n == int64(int32(n)) {
				return int32(n)
			}
			bits = uint64(n)
		}
		return int32(bits ^ bits>>32)
	case String:
		return JavaStringHash(v.Text())
	case Array:
		h := int32(1)
		for _, item := range v.Items() {
			h = 31*h + JavaHash(item)
		}
		return h
	case Object:
		var h int32
		for name, member := range v.Members() {
			h += JavaStringHash(name) ^ JavaHash(member)
		}
		return h
	}
	return 0 // null
}

// JavaStringHash returns String.hashCode, which goes by UTF-16 code units.
func JavaStringHash(s string) int32 {
	var h int32
	for _, r := range s {
		if high, low := utf16.EncodeRune(r); high != '\uFFFD' {
			h = (31*h+high)*31 + low
		} else {
			h = 31*h + r
		}
	}
	return h
}

// JavaHashOrder returns the order in which a HashMap or HashSet of Java goes through
// keys with these hash codes that were put in one after the other: the indexes of
// the codes.
func JavaHashOrder(hashes []int32) []int {
	buckets := uint32(16)
	for len(hashes) > int(buckets/4*3) {
		buckets *= 2
	}
	order := make([]int, len(hashes))
	for i := range order {
		order[i] = i
	}
	bucket := func(i int) uint32 {
		h := uint32(hashes[i])
		return (h ^ h>>16) & (buckets - 1)
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(bucket(a)) - int(bucket(b)) })
	return order
}
