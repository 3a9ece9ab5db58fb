package jsonpath

import (
	"math"

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
		return append(dst, value.JavaNumber(v)...)
	case value.Object:
		return value.AppendJavaMap(dst, v, appendJava)
	}
	return v.AppendJSON(dst)
}
