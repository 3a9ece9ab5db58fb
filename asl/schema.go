package asl

import (
	_ "embed"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// This file checks the form of a definition by the JSON Schema in schema.json
// and turns what the schema says into the words of the service. The schema's
// definitions are named by query language and noun: jsonpathPass, jsonataPass.

//go:embed schema.json
var schemaText string

// Schema returns the JSON Schema (draft 7) of definitions, for editors. It says
// what fields there are and what they hold; not, for example, whether a Next
// names a state.
func Schema() string { return schemaText }

// A compiledSchema is the schema to check with and the schema to look things up.
type compiledSchema struct {
	check *jsonschema.Schema
	root  value.Value
}

var schema = sync.OnceValue(func() *compiledSchema {
	const name = "asl:///schema.json"
	c := jsonschema.NewCompiler()
	c.Draft = jsonschema.Draft7
	if err := c.AddResource(name, strings.NewReader(schemaText)); err != nil {
		panic(err) // ours is embedded and tested
	}
	return &compiledSchema{check: c.MustCompile(name), root: value.MustParse(schemaText)}
})

// checkForm reports what the schema does not allow.
func (c *checker) checkForm() {
	s := schema()
	err := s.check.Validate(c.d.Root.Any())
	bad, ok := err.(*jsonschema.ValidationError)
	if !ok {
		return
	}
	for _, leaf := range leaves(nil, bad) {
		c.formError(s, leaf)
	}
}

// leaves returns the errors that are not about other errors.
func leaves(found []*jsonschema.ValidationError, err *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(err.Causes) == 0 {
		return append(found, err)
	}
	for _, cause := range err.Causes {
		found = leaves(found, cause)
	}
	return found
}

// formError reports one violation: the keyword of the schema that it is
// against says what is wrong.
func (c *checker) formError(s *compiledSchema, err *jsonschema.ValidationError) {
	at, v := c.walk(plain(err.InstanceLocation))
	_, pointer, _ := strings.Cut(plain(err.AbsoluteKeywordLocation), "#")
	wanted := lookup(s.root, pointer)
	i := strings.LastIndexByte(pointer, '/')
	holder := lookup(s.root, pointer[:i]) // what has the keyword
	switch pointer[i+1:] {
	case "required":
		var missing []string
		for _, name := range wanted.Items() {
			if !v.Get(name.Text()).Exists() {
				missing = append(missing, name.Text())
			}
		}
		c.report(at, fieldsRequired(missing...))
	case "additionalProperties":
		known := holder.Get("properties")
		for name := range v.Members() {
			if !known.Get(name).Exists() {
				c.unknownField(s, at, pointer[:i], known, name)
			}
		}
	case "enum":
		c.report(at, wrongValue(at.name, texts(wanted)).meant(v.Text(), texts(wanted)))
	case "type":
		types := texts(wanted)
		if wanted.Kind() == value.String {
			types = []string{wanted.Text()}
		}
		c.report(at, wrongType(types).withHint("got %s", v.Kind()))
	case "minItems", "minLength", "minProperties":
		c.report(at, emptyValue())
	case "minimum":
		c.report(at, tooSmall(wanted.String()))
	case "maximum":
		c.report(at, tooLarge(wanted.String()))
	case "pattern":
		c.report(at, notAnExpression())
	}
}

// unknownField reports a member that the definition of the schema at pointer
// does not have, but perhaps its twin for the other query language.
func (c *checker) unknownField(s *compiledSchema, at *place, pointer string, known value.Value, name string) {
	i := strings.LastIndexByte(pointer, '/') + 1
	own, other := JSONPath, JSONata
	twin := strings.Replace(pointer[i:], "jsonpath", "jsonata", 1)
	if strings.HasPrefix(pointer[i:], "jsonata") {
		own, other = JSONata, JSONPath
		twin = "jsonpath" + strings.TrimPrefix(strings.TrimPrefix(pointer[i:], "jsonata"), "Machine")
	}
	m := fieldNotSupported(name).meant(name, memberNames(known))
	if twin != pointer[i:] && lookup(s.root, pointer[:i]+twin).Get("properties").Get(name).Exists() {
		m = fieldOfOtherLanguage(name, own, other)
		if successor := successors[name]; successor != "" {
			m = m.withHint("in %s, use %s", own, successor)
		}
	}
	c.reportKeyIn(at, at.member(name), m)
}

// successors are the fields of one query language that do in the other what a
// field does.
var successors = map[string]string{
	"Parameters":     "Arguments",
	"ResultSelector": "Output",
	"ResultPath":     "Output",
	"OutputPath":     "Output",
	"Result":         "Output",
	"InputPath":      "$states.input in expressions",
	"ItemsPath":      "Items",
	"Iterator":       "ItemProcessor",
	"Variable":       "Condition",
	"Arguments":      "Parameters",
	"Output":         "ResultSelector, ResultPath or OutputPath",
	"Items":          "ItemsPath",
	"Condition":      "Variable and a comparison operator",
}

// walk finds the place and the value that a JSON pointer into the definition
// names.
func (c *checker) walk(pointer string) (*place, value.Value) {
	at, v := c.d.place(), c.d.Root
	for _, part := range parts(pointer) {
		if v.Kind() == value.Array {
			i := index(part)
			at, v = at.item(i), v.Index(i)
			continue
		}
		at, v = at.member(part), v.Get(part)
	}
	return at, v
}

func lookup(v value.Value, pointer string) value.Value {
	for _, part := range parts(pointer) {
		if v.Kind() == value.Array {
			v = v.Index(index(part))
			continue
		}
		v = v.Get(part)
	}
	return v
}

// plain turns a pointer of the schema package, which escapes names as in a URL
// as well, into one that is only a JSON pointer.
func plain(pointer string) string {
	if plain, err := url.PathUnescape(pointer); err == nil {
		return plain
	}
	return pointer
}

func parts(pointer string) []string {
	if pointer == "" {
		return nil
	}
	parts := strings.Split(pointer[1:], "/")
	for i, part := range parts {
		parts[i] = position.Unescape(part)
	}
	return parts
}

func index(part string) int {
	i, err := strconv.Atoi(part)
	if err != nil {
		return -1
	}
	return i
}

func memberNames(v value.Value) []string {
	var names []string
	for name := range v.Members() {
		names = append(names, name)
	}
	return names
}
