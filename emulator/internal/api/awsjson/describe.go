package awsjson

import (
	"fmt"
	"strings"
)

// Members describes what the action reads of a request, a line for each member in the
// order of the fields, with its type and constraints in the words of the tags:
//
//	tags list
//	tags.member structure
//	tags.member.key string required min=1 max=128
//
// It serves tests that hold the request against the model of the API. A type that
// contains itself has no description.
func (a Action) Members() []string { return describe(nil, "", a.request) }

// describe appends the lines of what is inside a structure or list.
func describe(lines []string, path string, c codec) []string {
	switch c := unwrapped(c).(type) {
	case *structCodec:
		for i := range c.fields {
			f := &c.fields[i]
			lines = describe(append(lines, line(path+f.name, f.codec, f.rules)), path+f.name+".", f.codec)
			if f.rules.each != nil { // of items that are no structure: the last line is theirs
				lines[len(lines)-1] = line(path+f.name+".member", unwrapped(f.codec).(listCodec).item, f.rules.each)
			}
		}
	case listCodec:
		lines = describe(append(lines, line(path+"member", c.item, new(rules))), path+"member.", c.item)
	}
	return lines
}

func line(path string, c codec, r *rules) string {
	return strings.Join(append([]string{path, kind(c)}, r.words()...), " ")
}

// unwrapped is the codec of what may be absent.
func unwrapped(c codec) codec {
	switch c := c.(type) {
	case optionalCodec:
		return unwrapped(c.of)
	case pointerCodec:
		return unwrapped(c.to)
	}
	return c
}

// kind names the type of a member as models of APIs do.
func kind(c codec) string {
	switch c := unwrapped(c).(type) {
	case *structCodec:
		return "structure"
	case listCodec:
		return "list"
	case stringCodec:
		return "string"
	case boolCodec:
		return "boolean"
	case intCodec:
		return c.kind
	case floatCodec:
		return "float"
	case timeCodec:
		return "timestamp"
	}
	return "document"
}

// words are the constraints as tags have them.
func (r *rules) words() (words []string) {
	if r.required {
		words = append(words, "required")
	}
	if r.sensitive {
		words = append(words, "sensitive")
	}
	if r.min.set {
		words = append(words, fmt.Sprint("min=", r.min.n))
	}
	if r.max.set {
		words = append(words, fmt.Sprint("max=", r.max.n))
	}
	if r.maxBytes > 0 {
		words = append(words, fmt.Sprint("maxbytes=", r.maxBytes))
	}
	if r.enum != nil {
		words = append(words, "enum="+strings.Join(r.enum, "|"))
	}
	if r.pattern != nil {
		words = append(words, "pattern="+r.pattern.text)
	}
	return words
}
