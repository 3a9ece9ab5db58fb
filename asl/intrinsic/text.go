package intrinsic

import (
	"strings"

	"github.com/aslocal/aslocal/value"
)

// stringSplit splits a string at every character of the second one, and leaves out
// empty parts (F-127).
func stringSplit(in *invocation) (value.Value, error) {
	text, err := in.text(0)
	if err != nil {
		return value.Value{}, err
	}
	separators, err := in.text(1)
	if err != nil {
		return value.Value{}, err
	}
	set := make(map[rune]bool)
	for _, r := range separators {
		set[r] = true
	}
	pieces := strings.FieldsFunc(text, func(r rune) bool { return set[r] })
	items := make([]value.Value, len(pieces))
	for i, piece := range pieces {
		items[i] = value.OfString(piece)
	}
	return value.OfSlice(items), nil
}

// A template is a text that States.Format fills in.
type template struct {
	holes []int // offsets of the {}, which arguments replace
	fault string
}

// hole is the text that States.Format replaces by a value.
const hole = "{}"

// brace takes a brace of a template that is not escaped, at an offset of its content;
// next is the character after it. It reports whether that one belongs to it. A brace
// that is not part of {} is a fault (F-110).
func (t *template) brace(at int, c, next byte) bool {
	switch {
	case c == '{' && next == '}':
		t.holes = append(t.holes, at)
		return true
	case t.fault != "":
	case c == '{':
		t.fault = "matching '}' not found for '{'."
	default:
		t.fault = "matching '{' not found for '}'."
	}
	return false
}

// readTemplate reads a template that is not a literal: nothing in it is escaped, so
// every {} is a hole (recorded).
func readTemplate(text string) *template {
	t := &template{}
	for at := 0; at < len(text); at++ {
		if c := text[at]; c == '{' || c == '}' {
			next := byte(0)
			if at+1 < len(text) {
				next = text[at+1]
			}
			if t.brace(at, c, next) {
				at++
			}
		}
	}
	return t
}

// format puts the arguments into the holes of a template.
func format(in *invocation) (value.Value, error) {
	text, err := in.text(0)
	if err != nil {
		return value.Value{}, err
	}
	template, values := in.template, in.values[1:]
	if template == nil {
		template = readTemplate(text)
	}
	switch {
	case template.fault != "":
		return value.Value{}, in.failure("Invalid template", ": "+template.fault)
	case len(template.holes) != len(values):
		return value.Value{}, in.invalid()
	}
	out := make([]byte, 0, len(text)+16*len(values))
	done := 0
	for i, at := range template.holes {
		out = append(out, text[done:at]...)
		out = appendJava(out, values[i])
		done = at + len(hole)
		if len(out) > maxPayload {
			return value.Value{}, in.tooLarge()
		}
	}
	return value.OfString(string(append(out, text[done:]...))), nil
}

// appendJava writes a value as States.Format does, which is as Java prints it: a
// string without quotes, a number as it is written, an object as {a=1, b=[]}
// (recorded), an array as [1, x] (inferred).
func appendJava(dst []byte, v value.Value) []byte {
	switch v.Kind() {
	case value.String:
		return append(dst, v.Text()...)
	case value.Array:
		dst = append(dst, '[')
		for i, item := range v.Slice() {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = appendJava(dst, item)
		}
		return append(dst, ']')
	case value.Object:
		return value.AppendJavaMap(dst, v, appendJava)
	}
	return v.AppendJSON(dst)
}
