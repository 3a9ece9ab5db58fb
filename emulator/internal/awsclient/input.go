package awsclient

import (
	"strconv"
	"strings"
	"time"

	"github.com/aslocal/aslocal/emulator/internal/random"
	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/internal/spell"
	"github.com/aslocal/aslocal/value"
)

// This file brings the input of a call into one form, which the protocols write:
//
//   - members have their names of the model, in its order, and null ones are left out;
//   - what becomes a text is a string: blobs (their bytes), timestamps (in the form
//     of timeLayout), and the JSON that Step Functions writes into strings;
//   - integers and floats are numbers, booleans booleans.

// timeLayout is how timestamps stand in a checked input.
const timeLayout = time.RFC3339Nano

// A checker checks one input.
type checker struct {
	casing awsapi.Casing
	random *random.Source
}

// check returns the input of an operation in the form that the protocols write.
// The error is an *InputError.
func check(o *awsapi.Operation, in value.Value, casing awsapi.Casing, chance *random.Source) (value.Value, error) {
	if chance == nil {
		chance = random.System()
	}
	if !in.Exists() || in.IsNull() {
		in = value.OfMembers()
	}
	c := checker{casing, chance}
	v, err := c.structure(o.Input, in)
	if err != nil {
		err.Path = "$" + err.Path
		return value.Value{}, err
	}
	for _, m := range o.Input.InOrder() {
		if label := v.Get(m.Name); m.Location == awsapi.URI && (!label.Exists() || label.Kind() == value.String && label.Text() == "") {
			return value.Value{}, &InputError{Path: "$." + casing.Name(m), Kind: m.Shape.Kind} // there would be no path
		}
	}
	return v, nil
}

func (c *checker) value(s *awsapi.Shape, v value.Value) (value.Value, *InputError) {
	switch s.Kind {
	case awsapi.Structure:
		return c.structure(s, v)
	case awsapi.List:
		return c.list(s, v)
	case awsapi.Map:
		return c.keys(s, v)
	case awsapi.String, awsapi.Blob:
		return c.text(s, v)
	case awsapi.Timestamp:
		return timestamp(s, v)
	case awsapi.Integer, awsapi.Float:
		if v.Kind() == value.Number || s.Kind == awsapi.Float && isSpecialFloat(v) {
			return v, nil
		}
	case awsapi.Boolean:
		if v.Kind() == value.Bool {
			return v, nil
		}
	case awsapi.Document:
		return v, nil
	}
	return value.Value{}, wrong(s, v)
}

func (c *checker) structure(s *awsapi.Shape, v value.Value) (value.Value, *InputError) {
	if v.Kind() != value.Object {
		return value.Value{}, wrong(s, v)
	}
	given := make([]value.Value, len(s.InOrder()))
	for name, member := range v.Members() {
		m := s.Member(name, c.casing)
		if m == nil {
			return value.Value{}, &InputError{Path: "." + name, Unknown: true, Hint: c.hint(s, name)}
		}
		if member.IsNull() {
			continue
		}
		checked, err := c.value(m.Shape, member)
		if err != nil {
			err.Path = "." + name + err.Path
			return value.Value{}, err
		}
		given[m.Index] = checked
	}
	var b value.ObjectBuilder
	for i, m := range s.InOrder() {
		if !given[i].Exists() && m.Generated {
			given[i] = value.OfString(c.random.UUID())
		}
		if given[i].Exists() {
			b.Set(m.Name, given[i])
		}
	}
	return b.Value(), nil
}

// hint returns the member that was perhaps meant.
func (c *checker) hint(s *awsapi.Shape, name string) string {
	var names []string
	for known := range s.Members(c.casing) {
		names = append(names, known)
	}
	return spell.Suggest(name, names)
}

func (c *checker) list(s *awsapi.Shape, v value.Value) (value.Value, *InputError) {
	if v.Kind() != value.Array {
		return value.Value{}, wrong(s, v)
	}
	items := make([]value.Value, 0, v.Len())
	for i, item := range v.Items() {
		checked, err := c.nullable(s.Element, item)
		if err != nil {
			err.Path = "[" + strconv.Itoa(i) + "]" + err.Path
			return value.Value{}, err
		}
		items = append(items, checked)
	}
	return value.OfSlice(items), nil
}

func (c *checker) keys(s *awsapi.Shape, v value.Value) (value.Value, *InputError) {
	if v.Kind() != value.Object {
		return value.Value{}, wrong(s, v)
	}
	var b value.ObjectBuilder
	for key, item := range v.Members() {
		checked, err := c.nullable(s.Element, item)
		if err != nil {
			err.Path = "." + key + err.Path
			return value.Value{}, err
		}
		b.Set(key, checked)
	}
	return b.Value(), nil
}

// nullable checks an item, which may be null.
func (c *checker) nullable(s *awsapi.Shape, v value.Value) (value.Value, *InputError) {
	if v.IsNull() {
		return v, nil
	}
	return c.value(s, v)
}

// text checks what becomes a text. Objects and arrays are written as JSON; through
// aws-sdk: numbers and booleans, too, which the optimized integrations refuse.
func (c *checker) text(s *awsapi.Shape, v value.Value) (value.Value, *InputError) {
	switch v.Kind() {
	case value.String:
		return v, nil
	case value.Object, value.Array:
		return value.OfString(v.String()), nil
	}
	if c.casing == awsapi.PascalCase {
		return value.Value{}, wrong(s, v)
	}
	return value.OfString(v.String()), nil
}

// timestamp checks a time: a text of ISO 8601, or seconds since 1970.
func timestamp(s *awsapi.Shape, v value.Value) (value.Value, *InputError) {
	t, ok := time.Time{}, false
	switch v.Kind() {
	case value.String:
		t, ok = parseISO8601(v.Text())
	case value.Number:
		t, ok = parseSeconds(v.NumberText())
	}
	if !ok {
		return value.Value{}, wrong(s, v)
	}
	return value.OfString(t.Format(timeLayout)), nil
}

// isSpecialFloat reports whether v is one of the floats that JSON has no numbers
// for.
func isSpecialFloat(v value.Value) bool {
	return v.Kind() == value.String && (v.Text() == "NaN" || v.Text() == "Infinity" || v.Text() == "-Infinity")
}

func wrong(s *awsapi.Shape, v value.Value) *InputError {
	return &InputError{Kind: s.Kind, Expected: expected[s.Kind], Got: describe(v)}
}

// expected says what a value of each kind is.
var expected = [...]string{
	awsapi.Structure: "an object", awsapi.List: "an array", awsapi.Map: "an object", awsapi.String: "a string", awsapi.Blob: "a string",
	awsapi.Timestamp: "a time such as 2026-01-31T12:00:00Z", awsapi.Integer: "a number", awsapi.Float: "a number", awsapi.Boolean: "a boolean",
	awsapi.Document: "any JSON",
}

// describe names a value in a message, shortened. It is "" for no value.
func describe(v value.Value) string {
	switch v.Kind() {
	case value.Absent:
		return ""
	case value.Null:
		return "null"
	case value.Bool:
		return "boolean " + v.String()
	case value.Number:
		return "number " + shorten(v.NumberText())
	case value.String:
		return "string " + shorten(v.String())
	case value.Array:
		return "array " + shorten(v.String())
	}
	return "object " + shorten(v.String())
}

func shorten(text string) string {
	const longest = 60
	if len(text) <= longest {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "") + "…"
}
