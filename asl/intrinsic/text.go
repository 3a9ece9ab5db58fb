package intrinsic

import (
	"fmt"
	"strings"

	"github.com/aslocal/aslocal/value"
)

// stringSplit splits a string at every character of the second one, and leaves out
// empty parts (recorded).
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

// hole is the text that States.Format replaces by a value.
const hole = "{}"

// format puts the arguments into the holes of a template. The holes of a literal
// template are found when it is read, because \{\} is not a hole; in one that comes
// from a path every {} is a hole (recorded).
func format(in *invocation) (value.Value, error) {
	template, err := in.text(0)
	if err != nil {
		return value.Value{}, err
	}
	holes, values := in.holes, in.values[1:]
	if holes == nil {
		holes = findHoles(template)
	}
	if len(holes) != len(values) {
		return value.Value{}, fmt.Errorf("template: expected as many arguments as it has occurrences of {}, which is %d, got %d", len(holes), len(values))
	}
	out := make([]byte, 0, len(template)+16*len(values))
	done := 0
	for i, at := range holes {
		out = append(out, template[done:at]...)
		out = appendJava(out, values[i])
		done = at + len(hole)
		if len(out) > maxPayload {
			return value.Value{}, fmt.Errorf("result: expected at most %d bytes, got more", maxPayload)
		}
	}
	return value.OfString(string(append(out, template[done:]...))), nil
}

func findHoles(template string) []int {
	var holes []int
	for at := 0; ; at += len(hole) {
		i := strings.Index(template[at:], hole)
		if i < 0 {
			return holes
		}
		at += i
		holes = append(holes, at)
	}
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
