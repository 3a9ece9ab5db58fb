package jsonpath

import (
	"math"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file knows how values look in Java, where the messages and the numbers
// that functions return come from.

// javaClass names the class that a value has in Jayway's default set-up.
func javaClass(v value.Value) string {
	switch v.Kind() {
	case value.Bool:
		return "java.lang.Boolean"
	case value.Number:
		return numberClass(v)
	case value.String:
		return "java.lang.String"
	case value.Array:
		return "net.minidev.json.JSONArray"
	case value.Object:
		return "java.util.LinkedHashMap"
	}
	return "null"
}

func numberClass(v value.Value) string {
	if !v.IsInteger() {
		return "java.lang.Double"
	}
	switch n, ok := v.Int(); {
	case !ok:
		return "java.math.BigInteger"
	case n < math.MinInt32 || n > math.MaxInt32:
		return "java.lang.Long"
	}
	return "java.lang.Integer"
}

// javaText returns what Object.toString returns for a value: {a=1, b=x} for an
// object, the bare content of a string. An array prints as JSON, since it is a
// JSONArray of the default set-up.
func javaText(v value.Value) string { return string(appendJava(nil, v)) }

func appendJava(dst []byte, v value.Value) []byte {
	switch v.Kind() {
	case value.String:
		return append(dst, v.Text()...)
	case value.Number:
		return append(dst, numberText(v)...)
	case value.Object:
		dst = append(dst, '{')
		for i := range v.Len() {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			name, member := v.Member(i)
			dst = append(append(dst, name...), '=')
			dst = appendJava(dst, member)
		}
		return append(dst, '}')
	}
	return v.AppendJSON(dst)
}

// numberText returns the text of a number as Java holds it: integers as they
// are written, others as a double.
func numberText(v value.Value) string {
	if text := v.NumberText(); v.IsInteger() {
		if text == "-0" {
			return "0"
		}
		return text
	}
	return doubleText(v.Float())
}

// doubleText returns Double.toString(f): 3.0, 0.001, 1.0E7, 4.9E-324.
func doubleText(f float64) string {
	switch abs := math.Abs(f); {
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
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
