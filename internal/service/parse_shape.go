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
//	table  = { name "=" shape }                    names in the order in which they are wanted, or later
//	shape  = "{" { name [ "*" ] shape } "}"        a structure; * marks what is required
//	       | "[" shape "]" [ bounds ]              a list
//	       | "<" shape ">"                         a map from strings
//	       | "string" [ bounds ]                   also "blob" and "timestamp", which JSON writes as strings
//	       | "number" [ bounds ] | "boolean" | "any"
//	       | "enum" "(" { name } ")"
//	       | name                                  a shape of the table
//	bounds = "(" low ".." [ high ] ")"             of a length, a size, or a number

// unbounded is the upper bound that is left out.
const unbounded = math.MaxInt64

// parseShapes reads a table.
func parseShapes(source string) (map[string]*Shape, error) {
	p := &shapeParser{shapes: make(map[string]*Shape), defined: make(map[string]bool), aliases: make(map[*Shape]*Shape)}
	for p.open(source); p.more(); {
		name := p.name("a name")
		p.expect('=')
		s := p.shape(0)
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
	for name := range p.shapes {
		if p.err == nil && !p.defined[name] {
			p.fail("no shape is named %s", name)
		}
	}
	return p.shapes, p.err
}

type shapeParser struct {
	tokens
	shapes  map[string]*Shape
	defined map[string]bool   // false: only named yet
	aliases map[*Shape]*Shape // definitions that are only the name of another shape
}

func (p *shapeParser) define(name string, s *Shape) {
	if s.name != "" {
		p.aliases[p.named(name)] = s
		return
	}
	s.name = name
	*p.named(name) = *s
}

// resolve fills in the aliases, when everything that they may name is read.
func (p *shapeParser) resolve() {
	for _, name := range slices.Sorted(maps.Keys(p.shapes)) {
		s := p.shapes[name]
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

// named returns the shape of that name, which may be filled in later.
func (p *shapeParser) named(name string) *Shape {
	if p.shapes[name] == nil {
		p.shapes[name] = &Shape{name: name}
	}
	return p.shapes[name]
}

// maxNesting bounds how deep shapes are written into each other.
const maxNesting = 20

func (p *shapeParser) shape(depth int) *Shape {
	if p.err != nil || depth > maxNesting {
		p.fail("nested too deeply")
		return &Shape{}
	}
	switch {
	case p.accept('{'):
		return p.structure(depth)
	case p.accept('['):
		s := &Shape{kind: list, item: p.shape(depth + 1)}
		p.expect(']')
		p.bounds(s)
		return s
	case p.accept('<'):
		s := &Shape{kind: dictionary, item: p.shape(depth + 1)}
		p.expect('>')
		return s
	}
	s := &Shape{}
	switch name := p.name("a shape"); name {
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

func (p *shapeParser) structure(depth int) *Shape {
	s := &Shape{kind: structure}
	for p.err == nil && !p.accept('}') {
		m := member{name: p.name("a member")}
		m.required = p.accept('*')
		m.shape = p.shape(depth + 1)
		s.members = append(s.members, m)
	}
	return s
}

// bounds reads those of s, if there are any.
func (p *shapeParser) bounds(s *Shape) {
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

func (p *shapeParser) number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		p.fail("expected a number, got %q", text)
	}
	return n
}
