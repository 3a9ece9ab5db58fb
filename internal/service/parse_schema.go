package service

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// This file reads answers.txt. Its grammar:
//
//	table  = { name "=" schema }                   names in the order in which they are wanted, or later
//	schema = "{" { name [ "*" ] schema } "}"       a structure; * marks what is required
//	       | "[" schema "]" [ bounds ]             a list
//	       | "<" schema ">"                        a map from strings
//	       | "string" [ bounds ]                   also "blob" and "timestamp", which JSON writes as strings
//	       | "number" [ bounds ] | "boolean" | "any"
//	       | "enum" "(" { name } ")"
//	       | name                                  a schema of the table
//	bounds = "(" low ".." [ high ] ")"             of a length, a size, or a number

// unbounded is the upper bound that is left out.
const unbounded = math.MaxInt64

// parseSchemas reads a table.
func parseSchemas(source string) (map[string]*Schema, error) {
	p := &schemaParser{schemas: make(map[string]*Schema), defined: make(map[string]bool), aliases: make(map[*Schema]*Schema)}
	for p.open(source); p.more(); {
		name := p.name("a name")
		p.expect('=')
		s := p.schema(0)
		if p.err != nil {
			break
		}
		if p.defined[name] {
			p.fail("%s is there twice", name)
		}
		p.defined[name] = true
		p.define(name, s)
	}
	p.resolve()
	for name := range p.schemas {
		if p.err == nil && !p.defined[name] {
			p.fail("no schema is named %s", name)
		}
	}
	return p.schemas, p.err
}

type schemaParser struct {
	tokens
	schemas map[string]*Schema
	defined map[string]bool     // false: only named yet
	aliases map[*Schema]*Schema // definitions that are only the name of another schema
}

func (p *schemaParser) define(name string, s *Schema) {
	if s.name != "" {
		p.aliases[p.named(name)] = s
		return
	}
	s.name = name
	*p.named(name) = *s
}

// resolve fills in the aliases, when everything that they may name is read.
func (p *schemaParser) resolve() {
	for _, name := range slices.Sorted(maps.Keys(p.schemas)) {
		s := p.schemas[name]
		of := p.aliases[s]
		if of == nil {
			continue
		}
		for range p.aliases {
			if next := p.aliases[of]; next != nil {
				of = next
			}
		}
		if p.aliases[of] != nil {
			p.fail("%s is only a name", name)
		}
		*s = *of
		s.name = name
	}
}

// named returns the schema of that name, which may be filled in later.
func (p *schemaParser) named(name string) *Schema {
	if p.schemas[name] == nil {
		p.schemas[name] = &Schema{name: name}
	}
	return p.schemas[name]
}

// maxNesting bounds how deep schemas are written into each other.
const maxNesting = 20

func (p *schemaParser) schema(depth int) *Schema {
	if p.err != nil || depth > maxNesting {
		p.fail("nested too deeply")
		return &Schema{}
	}
	switch {
	case p.accept('{'):
		return p.structure(depth)
	case p.accept('['):
		s := &Schema{kind: list, item: p.schema(depth + 1)}
		p.expect(']')
		p.bounds(s)
		return s
	case p.accept('<'):
		s := &Schema{kind: dictionary, item: p.schema(depth + 1)}
		p.expect('>')
		return s
	}
	s := &Schema{}
	switch name := p.name("a schema"); name {
	case "any":
	case "boolean":
		s.kind = boolean
	case "string", "blob", "timestamp":
		s.kind = text
		p.bounds(s)
	case "number":
		s.kind = number
		p.bounds(s)
	case "enum":
		s.kind = text
		s.enum = p.names("a value")
	default:
		return p.named(name)
	}
	return s
}

func (p *schemaParser) structure(depth int) *Schema {
	s := &Schema{kind: structure}
	for p.err == nil && !p.accept('}') {
		m := member{name: p.name("a member")}
		m.required = p.accept('*')
		m.schema = p.schema(depth + 1)
		s.members = append(s.members, m)
	}
	return s
}

// bounds reads those of s, if there are any.
func (p *schemaParser) bounds(s *Schema) {
	if !p.accept('(') {
		return
	}
	low, high, ok := strings.Cut(p.name("bounds"), "..")
	if !ok {
		p.fail("expected low..high, got %q", low)
	}
	s.bounds, s.low, s.high = true, p.number(low), unbounded
	if high != "" {
		s.high = p.number(high)
	}
	p.expect(')')
}

func (p *schemaParser) number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		p.fail("expected a number, got %q", text)
	}
	return n
}
