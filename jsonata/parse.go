package jsonata

import (
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file is the parser: top-down operator precedence (Pratt). Each token
// has a binding power; an operand takes in the operators behind it as long as
// they bind more tightly than the one before it.

// powers are the binding powers of the operators behind an operand. An operator
// that is not among them ends the expression.
var powers = map[string]int{
	":=": 10, "?": 20, "or": 25, "and": 30,
	"=": 40, "!=": 40, "<": 40, "<=": 40, ">": 40, ">=": 40, "in": 40, "~>": 40, "^": 40,
	"+": 50, "-": 50, "&": 50, "*": 60, "/": 60, "%": 60,
	"{": 70, ".": 75, "[": 80, "(": 80, "@": 80, "#": 80,
}

// constants are the values that are written as words.
var constants = map[string]value.Value{"true": value.True, "false": value.False, "null": value.NullValue}

// negation is the binding power of a minus sign before an operand.
const negation = 70

// maxNesting is the maximum depth of an expression, so that no text exhausts the
// stack. The tree of "1+1+1+…" has a level for each operator.
const maxNesting = 10000

// parser reads tokens into a tree; it looks one token ahead.
type parser struct {
	lexer *lexer
	token token
	depth int
}

// parse reads a whole expression into a raw tree.
func parse(src string) (*node, error) {
	p := &parser{lexer: newLexer(src)}
	if err := p.advance(false); err != nil {
		return nil, err
	}
	n, err := p.expression(0)
	if err != nil {
		return nil, err
	}
	if p.token.kind != tokenEnd {
		return nil, p.unexpected("S0201", "")
	}
	return n, nil
}

// advance reads the next token; infix says that an operand precedes it.
func (p *parser) advance(infix bool) (err error) {
	p.token, err = p.lexer.next(infix)
	if p.token.kind == tokenOperator && (p.token.text == "!" || p.token.text == "~") {
		return p.unexpected("S0204", "")
	}
	return err
}

func (p *parser) is(operator string) bool {
	return p.token.kind == tokenOperator && p.token.text == operator
}

// expect skips an operator, which must be the present token.
func (p *parser) expect(operator string, infix bool) error {
	if p.is(operator) {
		return p.advance(infix)
	}
	if p.token.kind == tokenEnd {
		return p.unexpected("S0203", operator)
	}
	return p.unexpected("S0202", operator)
}

// unexpected returns the error that the wanted token should stand in place of the
// present one.
func (p *parser) unexpected(code, wanted string) error {
	e := failAt(code, p.token.position, "")
	e.Token, e.bare = p.token.shown()
	e.pattern = p.token.kind == tokenRegex
	e.empty = e.Token == ""
	if wanted != "" {
		e.Value = value.OfString(wanted)
	}
	return e
}

// enter counts a level of nesting.
func (p *parser) enter() error {
	p.depth++
	if p.depth > maxNesting {
		return &Error{Code: codeLimit, Position: p.token.position, text: tooDeep}
	}
	return nil
}

// expression reads an operand and the operators behind it that bind more
// tightly than power.
func (p *parser) expression(power int) (*node, error) {
	depth := p.depth
	defer func() { p.depth = depth }()
	if err := p.enter(); err != nil {
		return nil, err
	}
	t := p.token
	if err := p.advance(true); err != nil {
		return nil, err
	}
	left, err := p.operand(t)
	for err == nil && p.token.kind == tokenOperator && powers[p.token.text] > power {
		if err = p.enter(); err != nil {
			break
		}
		t := p.token
		if err = p.advance(false); err == nil {
			left, err = p.operator(t, left)
		}
	}
	return left, err
}

// operand reads the operand that begins with the token t, which has been read.
func (p *parser) operand(t token) (*node, error) {
	n := &node{position: t.position, text: t.text}
	switch t.kind {
	case tokenEnd:
		n.kind, n.text = nodeEnd, "(end)"
		return n, nil
	case tokenName:
		n.kind = nodeName
		return n, nil
	case tokenVariable:
		n.kind = nodeVariable
		return n, nil
	case tokenString:
		n.kind = nodeString
		return n, nil
	case tokenNumber:
		n.kind, n.number = nodeNumber, t.number
		n.text, n.bare = t.shown()
		return n, nil
	case tokenWord:
		n.kind, n.bare = nodeWord, true
		n.word = constants[t.text]
		return n, nil
	case tokenRegex:
		n.kind, n.flags = nodeRegex, t.flags
		return n, nil
	}
	switch t.text {
	case "and", "or", "in":
		n.kind = nodeOperator
		return n, nil
	case "*":
		n.kind = nodeWildcard
		return n, nil
	case "**":
		n.kind = nodeDescendant
		return n, nil
	case "%":
		n.kind = nodeParent
		return n, nil
	case "-":
		n.kind = nodeNegate
		return p.operandTo(n, &n.rhs, negation)
	case "(":
		n.kind = nodeBlock
		return p.block(n)
	case "[":
		n.kind = nodeArray
		return p.array(n)
	case "{":
		n.kind = nodeObject
		return p.pairs(n)
	case "|":
		n.kind = nodeTransform
		return p.transform(n)
	}
	return nil, failAt("S0211", t.position, t.text)
}

// operandTo reads an expression into a field of n, and returns n.
func (p *parser) operandTo(n *node, field **node, power int) (_ *node, err error) {
	*field, err = p.expression(power)
	return n, err
}

// operator reads the rest of an operator that follows left.
func (p *parser) operator(t token, left *node) (*node, error) {
	n := &node{kind: nodeBinary, position: t.position, text: t.text, lhs: left}
	switch t.text {
	case ".":
		n.kind = nodeDot
	case "~>":
		n.kind = nodeApply
	case "{":
		n.kind = nodeGroup
		return p.pairs(n)
	case "[":
		n.kind = nodePredicate
		return p.predicate(n)
	case "(":
		n.kind = nodeCall
		return p.call(n)
	case "^":
		n.kind = nodeOrder
		return p.order(n)
	case "?":
		n.kind = nodeCondition
		return p.condition(n)
	case ":=":
		if left.kind != nodeVariable {
			return nil, left.misplaced("S0212")
		}
		n.kind, n.text = nodeBind, left.text
		return p.operandTo(n, &n.rhs, powers[":="]-1) // it binds to the right
	case "@", "#":
		n.kind = nodeFocus
		if t.text == "#" {
			n.kind = nodeIndex
		}
		variable, err := p.expression(powers[t.text])
		if err == nil && variable.kind != nodeVariable {
			err = failAt("S0214", variable.position, t.text)
		}
		if err != nil {
			return nil, err
		}
		n.text = variable.text
		return n, nil
	}
	return p.operandTo(n, &n.rhs, powers[t.text])
}

// block reads "a; b)".
func (p *parser) block(n *node) (*node, error) {
	for !p.is(")") {
		item, err := p.expression(0)
		if err != nil {
			return nil, err
		}
		n.items = append(n.items, item)
		if !p.is(";") {
			break
		}
		if err := p.advance(false); err != nil {
			return nil, err
		}
	}
	return n, p.expect(")", true)
}

// list calls one for each element of a list separated by commas, up to the closing
// operator.
func (p *parser) list(end string, one func() error) error {
	if !p.is(end) {
		for {
			if err := one(); err != nil {
				return err
			}
			if !p.is(",") {
				break
			}
			if err := p.advance(false); err != nil {
				return err
			}
		}
	}
	return p.expect(end, true)
}

// array reads "a, b..c]". Only here ".." is an operator.
func (p *parser) array(n *node) (*node, error) {
	err := p.list("]", func() error {
		item, err := p.expression(0)
		if err == nil && p.is("..") {
			item = &node{kind: nodeBinary, text: "..", position: p.token.position, lhs: item}
			if err = p.advance(false); err == nil {
				item.rhs, err = p.expression(0)
			}
		}
		n.items = append(n.items, item)
		return err
	})
	return n, err
}

// pairs reads "a: b, c: d}".
func (p *parser) pairs(n *node) (*node, error) {
	err := p.list("}", func() error {
		key, err := p.expression(0)
		if err != nil {
			return err
		}
		if err := p.expect(":", false); err != nil {
			return err
		}
		val, err := p.expression(0)
		n.pairs = append(n.pairs, [2]*node{key, val})
		return err
	})
	return n, err
}

// predicate reads "b]" or "]", which keeps a single result in an array.
func (p *parser) predicate(n *node) (*node, error) {
	if !p.is("]") {
		if _, err := p.operandTo(n, &n.rhs, 0); err != nil {
			return nil, err
		}
		return n, p.expect("]", true)
	}
	step := n.lhs
	for step.kind == nodePredicate {
		step = step.lhs
	}
	step.keepArray = true
	return n.lhs, p.expect("]", false)
}

// call reads "a, ?)" and, if the name called is function, the rest of a lambda.
func (p *parser) call(n *node) (*node, error) {
	err := p.list(")", func() error {
		if p.is("?") {
			n.kind = nodePartial
			n.items = append(n.items, &node{kind: nodePlaceholder, text: "?", position: p.token.position})
			return p.advance(false)
		}
		item, err := p.expression(0)
		n.items = append(n.items, item)
		return err
	})
	if err != nil {
		return nil, err
	}
	if name := n.lhs; name.kind == nodeName && (name.text == "function" || name.text == "λ") {
		return p.lambda(n)
	}
	return n, nil
}

// misplaced returns an error that names n, which stands where a variable must stand.
func (n *node) misplaced(code string) *Error {
	e := failAt(code, n.position, n.text)
	e.bare = n.bare
	switch n.kind {
	case nodeRegex:
		e.Token = regexText(n.text, n.flags)
	case nodeBind:
		e.Token = ":="
	case nodeFocus:
		e.Token = "@"
	case nodeIndex:
		e.Token = "#"
	}
	return e
}

// lambda reads "<signature>{body}" behind the parameters of n.
func (p *parser) lambda(n *node) (*node, error) {
	for i, item := range n.items {
		if item.kind != nodeVariable {
			e := item.misplaced("S0208")
			e.Value = value.OfFloat(float64(i + 1))
			return nil, e
		}
	}
	n.kind, n.lhs = nodeLambda, nil
	if p.is("<") {
		if err := p.lambdaSignature(n); err != nil {
			return nil, err
		}
	}
	if err := p.expect("{", false); err != nil {
		return nil, err
	}
	if _, err := p.operandTo(n, &n.rhs, 0); err != nil {
		return nil, err
	}
	return n, p.expect("}", false)
}

// lambdaSignature reads "<s-n:b>", which may contain pointed brackets itself.
func (p *parser) lambdaSignature(n *node) error {
	start := p.token.position
	var text strings.Builder
	for depth := 0; ; {
		if p.is("<") {
			depth++
		} else if p.is(">") {
			depth--
		}
		if depth == 0 || p.is("{") || p.token.kind == tokenEnd {
			break
		}
		shown, _ := p.token.shown()
		text.WriteString(shown)
		if err := p.advance(false); err != nil {
			return err
		}
	}
	if err := p.expect(">", false); err != nil {
		return err
	}
	s, err := parseSignature(text.String() + ">")
	if e, ok := err.(*Error); ok {
		e.Position += start
	}
	n.signature = s
	return err
}

// order reads "(<a, >b)".
func (p *parser) order(n *node) (*node, error) {
	if err := p.expect("(", false); err != nil {
		return nil, err
	}
	for {
		t := term{descending: p.is(">")}
		if p.is("<") || p.is(">") {
			if err := p.advance(false); err != nil {
				return nil, err
			}
		}
		var err error
		if t.expr, err = p.expression(0); err != nil {
			return nil, err
		}
		n.terms = append(n.terms, t)
		if !p.is(",") {
			break
		}
		if err := p.advance(false); err != nil {
			return nil, err
		}
	}
	return n, p.expect(")", false)
}

// condition reads "b : c" or "b".
func (p *parser) condition(n *node) (*node, error) {
	if _, err := p.operandTo(n, &n.rhs, 0); err != nil || !p.is(":") {
		return n, err
	}
	if err := p.advance(false); err != nil {
		return nil, err
	}
	return p.operandTo(n, &n.third, 0)
}

// transform reads "a|b,c|".
func (p *parser) transform(n *node) (*node, error) {
	if _, err := p.operandTo(n, &n.lhs, 0); err != nil {
		return nil, err
	}
	if err := p.expect("|", false); err != nil {
		return nil, err
	}
	if _, err := p.operandTo(n, &n.rhs, 0); err != nil {
		return nil, err
	}
	if p.is(",") {
		if err := p.advance(false); err != nil {
			return nil, err
		}
		if _, err := p.operandTo(n, &n.third, 0); err != nil {
			return nil, err
		}
	}
	return n, p.expect("|", false)
}
