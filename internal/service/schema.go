package service

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	_ "embed"

	"github.com/aslocal/aslocal/value"
)

// This file checks a result against a schema. Guide: "Testing state machines with
// TestState API", field validation modes.

// A Schema is the form of a JSON value.
type Schema struct {
	name    string // in the table, or ""
	kind    kind
	members []member // of a structure
	item    *Schema  // of a list or map
	enum    []string
	low     int64 // bounds of a length, a size or a number, both included
	high    int64
	bounds  bool
}

// A member is one of a structure. Members that it does not have are allowed.
type member struct {
	name     string
	required bool
	schema   *Schema
}

// A kind is how a Schema is written in JSON.
type kind uint8

const (
	anything kind = iota
	text          // string, blob, timestamp
	number
	boolean
	structure
	list
	dictionary
)

// kinds has what JSON must have for each kind, and how the service says so.
var kinds = [...]struct {
	json value.Kind
	want string
}{
	text:       {value.String, "a string"},
	number:     {value.Number, "a number"},
	boolean:    {value.Bool, "a boolean"},
	structure:  {value.Object, "an object"},
	list:       {value.Array, "an array"},
	dictionary: {value.Object, "an object"},
}

//go:embed answers.txt
var answersText string

// answers is read when it is first asked.
var answers = sync.OnceValue(func() map[string]*Schema {
	t, err := parseSchemas(answersText)
	if err != nil {
		panic("service: answers.txt: " + err.Error()) // a test reads it
	}
	return t
})

// AnswerOf returns the schema of what an integration answers, named as in its
// ARN behind arn:aws:states::: ("batch:submitJob.sync", "aws-sdk:kms:encrypt").
func AnswerOf(integration string) (*Schema, bool) {
	s, ok := answers()[integration]
	return s, ok
}

// Check returns the first thing that is wrong with a result, "" if nothing is. It
// is in the words of the service, which names the innermost field. With
// required, all required members must be there. Null stands for an absent
// member.
func (s *Schema) Check(result value.Value, required bool) (wrong string) {
	return s.check("", result, required)
}

func (s *Schema) check(field string, v value.Value, required bool) string {
	if s.kind == anything {
		return ""
	}
	if k := kinds[s.kind]; v.Kind() != k.json {
		return fmt.Sprintf("Field '%s' must be %s", field, k.want)
	}
	if s.bounds {
		if wrong := s.checkBounds(field, v); wrong != "" {
			return wrong
		}
	}
	switch s.kind {
	case text:
		if s.enum != nil && !slices.Contains(s.enum, v.Text()) {
			return fmt.Sprintf("Field '%s' is not an expected value", field)
		}
	case list:
		for _, item := range v.Items() {
			if wrong := s.item.check(field, item, required); wrong != "" {
				return wrong
			}
		}
	case dictionary:
		for name, item := range v.Members() {
			if wrong := s.item.check(name, item, required); wrong != "" {
				return wrong
			}
		}
	case structure:
		return s.checkMembers(v, required)
	}
	return ""
}

func (s *Schema) checkMembers(v value.Value, required bool) string {
	for _, m := range s.members {
		switch member := v.Get(m.name); {
		case member.Exists() && !member.IsNull():
			if wrong := m.schema.check(m.name, member, required); wrong != "" {
				return wrong
			}
		case m.required && required:
			return fmt.Sprintf("Required field '%s' is missing", m.name)
		}
	}
	return ""
}

func (s *Schema) checkBounds(field string, v value.Value) string {
	if s.kind == number {
		switch n := v.Float(); {
		case n < float64(s.low):
			return fmt.Sprintf("Field '%s' is less than the minimum value", field)
		case n > float64(s.high):
			return fmt.Sprintf("Field '%s' exceeds the maximum value", field)
		}
		return ""
	}
	n := int64(v.Len())
	if s.kind == text {
		n = int64(utf8.RuneCountInString(v.Text()))
	}
	switch {
	case n < s.low:
		return fmt.Sprintf("Field '%s' is smaller than the minimum length", field)
	case n > s.high:
		return fmt.Sprintf("Field '%s' exceeds the maximum length", field)
	}
	return ""
}

// String returns the schema as it is written in the table.
func (s *Schema) String() string { return string(s.append(nil)) }

func (s *Schema) append(b []byte) []byte {
	switch s.kind {
	case anything:
		return append(b, "any"...)
	case boolean:
		return append(b, "boolean"...)
	case number:
		b = append(b, "number"...)
	case text:
		if s.enum != nil {
			return append(append(append(b, "enum("...), strings.Join(s.enum, " ")...), ')')
		}
		b = append(b, "string"...)
	case list:
		b = append(s.item.appendName(append(b, '[')), ']')
	case dictionary:
		b = append(s.item.appendName(append(b, '<')), '>')
	case structure:
		b = append(b, '{')
		for i, m := range s.members {
			if i > 0 {
				b = append(b, ' ')
			}
			if b = append(b, m.name...); m.required {
				b = append(b, '*')
			}
			b = m.schema.appendName(append(b, ' '))
		}
		return append(b, '}')
	}
	if s.bounds {
		b = append(strconv.AppendInt(append(b, '('), s.low, 10), ".."...)
		if s.high != unbounded {
			b = strconv.AppendInt(b, s.high, 10)
		}
		b = append(b, ')')
	}
	return b
}

// appendName is append for a schema inside another.
func (s *Schema) appendName(b []byte) []byte {
	if s.name != "" {
		return append(b, s.name...)
	}
	return s.append(b)
}
