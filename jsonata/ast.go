package jsonata

import "github.com/aslocal/aslocal/value"

// This file is the syntax tree, before and after it is rewritten.

// A nodeKind is the kind of a node.
type nodeKind uint8

const (
	nodeEnd         nodeKind = iota // where an operand is missing
	nodePath                        // a.b.c                  steps
	nodeName                        // a
	nodeString                      // "a"
	nodeNumber                      // 1
	nodeWord                        // true, false, null
	nodeVariable                    // $a, $, $$
	nodeWildcard                    // *
	nodeDescendant                  // **
	nodeParent                      // %
	nodeRegex                       // /a/i
	nodeOperator                    // "and", "or", "in" used as a name
	nodePlaceholder                 // ? among arguments
	nodeBinary                      // a + b                  lhs, rhs
	nodeNegate                      // -a                     rhs
	nodeArray                       // [a, b]                 items
	nodeObject                      // {a: b}                 pairs
	nodeBlock                       // (a; b)                 items
	nodeCondition                   // a ? b : c              lhs, rhs, third
	nodeBind                        // $a := b                text, rhs
	nodeCall                        // f(a)                   lhs, items
	nodePartial                     // f(a, ?)                lhs, items
	nodeLambda                      // function($a){b}        names, rhs
	nodeApply                       // a ~> f                 lhs, rhs
	nodeTransform                   // |a|b,c|                lhs, rhs, third
	nodeSort                        // ^(a) as a step         terms

	// Only before the tree is rewritten: these become parts of paths.
	nodeDot       // a.b        lhs, rhs
	nodePredicate // a[b]       lhs, rhs
	nodeGroup     // a{b: c}    lhs, pairs
	nodeOrder     // a^(b)      lhs, terms
	nodeFocus     // a@$b       lhs, text
	nodeIndex     // a#$b       lhs, text
)

// kindNames are the reference's names, which S0217 shows.
var kindNames = [...]string{
	nodeEnd: "(end)", nodePath: "path", nodeName: "name", nodeString: "string", nodeNumber: "number", nodeWord: "value",
	nodeVariable: "variable", nodeWildcard: "wildcard", nodeDescendant: "descendant", nodeParent: "parent", nodeRegex: "regex",
	nodeOperator: "operator", nodePlaceholder: "operator", nodeBinary: "binary", nodeNegate: "unary", nodeArray: "unary",
	nodeObject: "unary", nodeBlock: "block", nodeCondition: "condition", nodeBind: "bind", nodeCall: "function",
	nodePartial: "partial", nodeLambda: "lambda", nodeApply: "apply", nodeTransform: "transform", nodeSort: "sort",
	nodeDot: "binary", nodePredicate: "binary", nodeGroup: "binary", nodeOrder: "binary", nodeFocus: "binary", nodeIndex: "binary",
}

func (k nodeKind) String() string { return kindNames[k] }

// A node of the tree. Its kind determines which fields are used.
type node struct {
	kind     nodeKind
	text     string // operator, name, content of a string, pattern
	flags    string // of a regular expression
	bare     bool   // the token was a number or word, which errors show without quotes
	number   float64
	word     value.Value
	position int

	lhs, rhs, third *node
	items           []*node
	pairs           [][2]*node
	terms           []term
	signature       *signature // of a lambda

	// Set when the tree is rewritten:

	keepArray  bool    // "[]" follows: one result stays in an array
	singleton  bool    // of a path: one of its steps keeps its array
	cons       bool    // an array constructor at an end of a path: not flattened
	tuple      bool    // a step whose results carry bindings; a path or block that yields them
	predicates []stage // of a node that is not a step
	stages     []stage // of a step
	group      *group
	focus      string    // the variable after "@"
	index      string    // the variable after "#"
	ancestor   *parent   // the "%" that means the input of this step
	parent     *parent   // of a "%"
	seeking    []*parent // those in the node that the nodes around it must resolve
	tail       bool      // a call whose result is that of the lambda around it
	depth      int       // in its body, see depth.go
	reach      int       // the depth that its evaluation certainly reaches
}

// A term is one expression of an order-by clause.
type term struct {
	descending bool
	expr       *node
}

// A stage filters the results of a step, or numbers them.
type stage struct {
	filter *node  // a predicate,
	index  string // or the variable after "#"
}

// A group is the object constructor behind a path.
type group struct {
	pairs    [][2]*node
	position int
}

// A parent is one "%". level is the number of steps still to go back, name the
// variable that the step it means will bind.
type parent struct {
	name  string
	level int
}
