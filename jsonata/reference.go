package jsonata

import (
	"slices"
	"strconv"
)

// This file finds, without evaluating it, what an expression reads from outside:
// variables and the input document. So a host without an input document, such as
// Step Functions, can refuse expressions that cannot work.

// A ReferenceKind is what a Reference reads.
type ReferenceKind uint8

// The kinds of references. All but the first read the input document.
const (
	VariableReference ReferenceKind = iota // $name
	ContextReference                       // $
	RootReference                          // $$
	NameReference                          // name
	WildcardReference                      // * or **
)

// A Reference is a place where an expression reads something from outside.
type Reference struct {
	Kind ReferenceKind
	// Name is the name of the variable without the $, or the bare name, or the
	// wildcard.
	Name string
	// Path has the names that follow it: input and a in $states.input.a[0].b.
	Path []string
	// Position is the end of the name in UTF-16 code units, as in errors.
	Position int
	// InFunction is true in the body of a function. There "$" and bare names
	// read the context of the place where the function was made.
	InFunction bool
}

// References returns what the expression reads from outside, in the order of its
// text. Functions are left out, and so are names and "$" that mean an item of a
// path.
func (e *Expr) References() []Reference {
	w := referenceWalker{functions: make(map[string]bool), names: make(map[string]int)}
	for _, v := range e.free {
		w.functions[v.name] = v.function.Exists()
	}
	w.within(bindingNames(e.tree), func() { w.walk(e.tree, true) })
	return w.found
}

// Variables returns the names of the free variables, sorted and without the $: the
// variables that the expression reads but does not bind, without functions.
func (e *Expr) Variables() []string {
	var names []string
	for _, r := range e.References() {
		if r.Kind == VariableReference {
			names = append(names, r.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func bindingNames(nodes ...*node) []string {
	var s scope
	for _, n := range nodes {
		bindings(n, &s)
	}
	return s.names
}

// A referenceWalker goes through a tree. In the walk, input says that the
// context is the input document.
type referenceWalker struct {
	functions map[string]bool
	names     map[string]int // how often each is bound around the node
	inside    int            // bodies of functions
	found     []Reference
}

func (w *referenceWalker) add(kind ReferenceKind, n *node, name string, path []string) {
	w.found = append(w.found, Reference{kind, name, path, n.position, w.inside > 0})
}

// within walks with more names bound.
func (w *referenceWalker) within(names []string, do func()) {
	for _, name := range names {
		w.names[name]++
	}
	do()
	for _, name := range names {
		w.names[name]--
	}
}

func (w *referenceWalker) all(nodes []*node, input bool) {
	for _, n := range nodes {
		w.walk(n, input)
	}
}

func (w *referenceWalker) walk(n *node, input bool) {
	if n == nil {
		return
	}
	switch n.kind {
	case nodePath:
		w.path(n, input)
		return
	case nodeVariable:
		w.variable(n, input, nil)
	case nodeName, nodeWildcard, nodeDescendant:
		w.member(n, input, nil)
	case nodeBlock:
		w.within(bindingNames(n.items...), func() { w.all(n.items, input) })
	case nodeLambda:
		var names []string
		for _, param := range n.items {
			names = append(names, param.text)
		}
		w.inside++
		w.within(append(names, bindingNames(n.rhs)...), func() { w.walk(n.rhs, input) })
		w.inside--
	case nodeTransform: // all its clauses have contexts of their own
		w.all([]*node{n.lhs, n.rhs, n.third}, false)
	default:
		w.all([]*node{n.lhs, n.rhs, n.third}, input)
		w.all(n.items, input)
		for _, pair := range n.pairs {
			w.all(pair[:], input)
		}
	}
	w.attached(n)
}

// attached walks through predicates, order-by terms and the group of a node.
// Their context is an item.
func (w *referenceWalker) attached(n *node) {
	for _, list := range [...][]stage{n.predicates, n.stages} {
		for _, st := range list {
			w.walk(st.filter, false)
		}
	}
	for _, t := range n.terms {
		w.walk(t.expr, false)
	}
	if n.group != nil {
		for _, pair := range n.group.pairs {
			w.all(pair[:], false)
		}
	}
}

// path walks through a path: its first step has the context of the path, the
// others have items.
func (w *referenceWalker) path(n *node, input bool) {
	var bound scope
	n.bound(&bound)
	w.within(bound.names, func() {
		first, rest := n.items[0], n.items[1:]
		var names []string
		if len(first.stages) == 0 && len(first.predicates) == 0 {
			for _, step := range rest {
				if step.kind != nodeName {
					break
				}
				names = append(names, step.text)
				if len(step.stages) > 0 {
					break
				}
			}
		}
		switch first.kind {
		case nodeVariable:
			w.variable(first, input, names)
			w.attached(first)
		case nodeName, nodeWildcard, nodeDescendant:
			w.member(first, input, names)
			w.attached(first)
		default:
			w.walk(first, input)
		}
		w.all(rest, false)
		w.attached(n)
	})
}

// variable adds a variable that nothing around it binds.
func (w *referenceWalker) variable(n *node, input bool, path []string) {
	switch {
	case n.text == "":
		if input {
			w.add(ContextReference, n, "", path)
		}
	case w.names[n.text] > 0:
	case n.text == "$":
		w.add(RootReference, n, "$", path)
	case !w.functions[n.text]:
		w.add(VariableReference, n, n.text, path)
	}
}

// member adds a name or wildcard that reads the input document.
func (w *referenceWalker) member(n *node, input bool, path []string) {
	switch {
	case !input:
	case n.kind == nodeName:
		w.add(NameReference, n, n.text, path)
	case n.kind == nodeWildcard:
		w.add(WildcardReference, n, "*", path)
	default:
		w.add(WildcardReference, n, "**", path)
	}
}

// String shows a reference: "$states.input.a@7", with an f behind it in the body
// of a function.
func (r Reference) String() string {
	text := r.Name
	if r.Kind == VariableReference || r.Kind == RootReference {
		text = "$" + r.Name
	}
	if r.Kind == ContextReference {
		text = "$"
	}
	for _, name := range r.Path {
		text += "." + name
	}
	text += "@" + strconv.Itoa(r.Position)
	if r.InFunction {
		text += "f"
	}
	return text
}
