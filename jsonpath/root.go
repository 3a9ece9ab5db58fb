package jsonpath

import (
	"strings"
	"unicode"

	"github.com/aslocal/aslocal/value"
)

// This file holds what Step Functions adds to the engine: the three roots, and
// what happens before the engine gets to see a path. What each field of a state
// shows of the engine's errors is in asl/machine and asl/intrinsic.

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

// Root returns which document the path starts from.
func (p *Path) Root() Root { return p.root }

// Variable returns the name of the variable that the path starts from, and ""
// if it starts from another root.
func (p *Path) Variable() string { return p.variable }

// Provider says how the engine holds a document. It shows where an array has no
// item, and in messages.
type Provider uint8

// The providers of the engine that Step Functions uses.
const (
	// Nodes holds Jackson's nodes, for most fields. An index past the end of an
	// array, and a negative one, means null (F-163).
	Nodes Provider = iota
	// Maps holds Java's maps and lists, for arguments of intrinsic functions and
	// Choice rules. What is past the end of an array is not found, and messages
	// show objects as Java prints maps (F-171).
	Maps
)

// Eval evaluates the path on the root that it starts from, held in Nodes. It
// fails as Get does, with a *NotFoundError if its variable is not assigned, and
// with a *NullError if it starts from data that is null.
func (p *Path) Eval(r Roots) (value.Value, error) { return p.EvalIn(Nodes, r) }

// EvalIn is Eval with a provider.
func (p *Path) EvalIn(provider Provider, r Roots) (value.Value, error) {
	maps := provider == Maps
	switch p.root {
	case Context:
		return p.get(r.Context(), maps)
	case Variable:
		doc := r.Variable(p.variable)
		if !doc.Exists() {
			return value.Value{}, &NotFoundError{Message: "No results for path: " + p.text}
		}
		return p.get(doc, maps)
	}
	doc := r.Data()
	if doc.IsNull() {
		return value.Value{}, &NullError{}
	}
	return p.get(doc, maps)
}

// root reads which root p starts from and returns what follows it.
func (c *compiler) root(p *Path) (rest string) {
	rest, ok := strings.CutPrefix(c.text, "$")
	if !ok {
		c.fail(0, "Path must start with '$'")
	}
	if after, ok := strings.CutPrefix(rest, "$"); ok {
		p.root = Context
		return after
	}
	if name := variableName(rest); name != "" {
		p.root, p.variable = Variable, name
		return rest[len(name):]
	}
	return rest
}

var (
	idStart    = []*unicode.RangeTable{unicode.L, unicode.Nl, unicode.Other_ID_Start}
	idContinue = []*unicode.RangeTable{unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, unicode.Other_ID_Continue}
)

// variableName returns the name that the text starts with, or "". Spec:
// "Variable name syntax", which are the identifiers of Unicode.
func variableName(text string) string {
	for i, r := range text {
		if !unicode.In(r, idStart...) && (i == 0 || !unicode.In(r, idContinue...)) {
			return text[:i]
		}
	}
	return text
}
