package jsonpath

import (
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/value"
)

// Root says which of the three documents a path starts from.
type Root uint8

// The roots: $ (the data), $$ (the context object), $name (a variable).
const (
	Data Root = iota
	Context
	Variable
)

// Roots are the documents that a path can start from. A path asks for one of
// them only, so an implementation may build the context object on demand.
type Roots interface {
	// Data returns what $ stands for.
	Data() value.Value
	// Context returns what $$ stands for.
	Context() value.Value
	// Variable returns what $name stands for, and no value if no variable of
	// that name has been assigned.
	Variable(name string) value.Value
}

// Path is a compiled path. It never changes, so goroutines may share it.
type Path struct {
	text     string
	root     Root
	variable string
	steps    []step
	definite bool
	plain    bool // nothing but single names and indexes
	reads    int  // number of $ operands in its filters, see scene.remembered
}

// String returns the path as it was written.
func (p *Path) String() string { return p.text }

// Root returns which document the path starts from.
func (p *Path) Root() Root { return p.root }

// Variable returns the name of the variable that the path starts from, and ""
// if it starts from another root.
func (p *Path) Variable() string { return p.variable }

// Names returns the names of the members that the path goes through, as far as
// each step names one.
func (p *Path) Names() []string {
	var names []string
	for i := range p.steps {
		if p.steps[i].kind != byName {
			break
		}
		names = append(names, p.steps[i].name)
	}
	return names
}

// Definite reports whether the path can mean one place only. The result of a
// definite path is the value there, that of another one an array.
func (p *Path) Definite() bool { return p.definite }

// IsReference reports whether the path is a Reference Path: names and indexes
// from the start only. Spec: "Reference Paths".
func (p *Path) IsReference() bool {
	for i := range p.steps {
		if s := &p.steps[i]; s.kind != byName && (s.kind != byIndex || s.indexes[0] < 0) {
			return false
		}
	}
	return true
}

// Eval evaluates the path on the root that it starts from. It fails as Get
// does, and with a *NotFoundError if its variable is not assigned.
func (p *Path) Eval(r Roots) (value.Value, error) {
	switch p.root {
	case Context:
		return p.Get(r.Context())
	case Variable:
		doc := r.Variable(p.variable)
		if !doc.Exists() {
			return value.Value{}, &NotFoundError{Message: noResults(p.text)}
		}
		return p.Get(doc)
	}
	return p.Get(r.Data())
}

// Get evaluates the path on doc, which takes the place of the root. It fails
// with a *NotFoundError if the path is definite and leads nowhere (or any path
// leads through something of the wrong kind), and with an *EvalError if a
// function, a filter or a limit does not let it go on.
//
// A path that is not definite and goes through members that are missing finds
// nothing, which is no error: the service answers [] to $.items[*] on {}
// (recorded), where Jayway alone would complain about $['items'].
func (p *Path) Get(doc value.Value) (value.Value, error) {
	if p.plain {
		if v := p.follow(doc); v.Exists() {
			return v, nil
		}
	}
	s := scene{root: doc, reads: p.reads, left: maxWork}
	v, f := p.evaluate(&s, doc, outermost)
	if f != nil {
		return value.Value{}, f.export()
	}
	return v, nil
}

// follow is Get for a plain path: no value if anything is missing.
func (p *Path) follow(v value.Value) value.Value {
	for i := range p.steps {
		s := &p.steps[i]
		if s.kind == byName {
			v = v.Get(s.name)
		} else {
			v = at(v, s.indexes[0])
		}
		if !v.Exists() {
			break
		}
	}
	return v
}

// Normalized returns the path in the notation of Jayway's messages:
// $['a']['b'][0]. The root is always $.
func (p *Path) Normalized() string { return p.normalized(len(p.steps)) }

// normalized returns the first n steps of the path.
func (p *Path) normalized(n int) string {
	var b strings.Builder
	b.WriteByte('$')
	for i := range p.steps[:n] {
		b.WriteString(p.steps[i].fragment())
	}
	return b.String()
}

// fragment returns the step as Jayway prints it.
func (s *step) fragment() string {
	switch s.kind {
	case byName, byNames:
		quoted := make([]string, len(s.names))
		for i, name := range s.names {
			quoted[i] = string(s.quote) + name + string(s.quote)
		}
		return "[" + strings.Join(quoted, ",") + "]"
	case byIndex, byIndexes:
		texts := make([]string, len(s.indexes))
		for i, n := range s.indexes {
			texts[i] = strconv.Itoa(n)
		}
		return "[" + strings.Join(texts, ",") + "]"
	case bySlice:
		return "[" + s.from.String() + ":" + s.to.String() + "]"
	case byWildcard:
		return "[*]"
	case byScan:
		return ".."
	case byFilter:
		return "[?]"
	}
	if len(s.call.arguments) > 0 {
		return "." + s.call.name + "(...)"
	}
	return "." + s.call.name + "()"
}
