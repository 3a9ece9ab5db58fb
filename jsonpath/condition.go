package jsonpath

import (
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file reads the conditions of filters:
//
//	condition = all *("||" all)
//	all       = test *("&&" test)
//	test      = operand operator operand | ["!"] path
//	operand   = path | "'" text "'" | "/" pattern "/" ["i"] | text
//
// The text is cut at every "||" and "&&", be they in quotes, and each test at
// the first operator of the list below that occurs anywhere in it. Parentheses
// do not group: those at the ends of a test are dropped, as are "[" and "?" at
// its beginning. What is no path and no pattern is a text, with or without
// quotes: whether it stands for a number or true shows when it is compared.

// operators are looked for in this order.
var operators = []struct {
	sign string
	operator
}{
	{"==", equal},
	{">=", notLess},
	{"<=", notGreater},
	{"!=", unequal},
	{"<", less},
	{">", greater},
	{"=~", matching},
}

// condition reads the text between the parentheses of a filter, which stands at
// an offset.
func (c *compiler) condition(offset int, text string) condition {
	var tests condition
	for _, row := range strings.Split(text, "||") {
		for i, part := range strings.Split(row, "&&") {
			if trim(part) == "" {
				c.fail(offset, "Invalid operators %s", trim(text))
			}
			t := c.test(offset, part)
			t.first = i == 0
			tests = append(tests, t)
			offset += len(part) + len("&&")
		}
	}
	return tests
}

// test reads one test, which stands at an offset.
func (c *compiler) test(offset int, text string) test {
	inner := strings.TrimRight(strings.TrimLeft(text, " \t\r\n([?"), " \t\r\n)")
	offset += strings.Index(text, inner)
	if inner != "" && strings.IndexByte("&|", inner[0]) >= 0 {
		c.fail(offset, "Invalid operators %s", text)
	}
	for _, o := range operators {
		if left, right, ok := strings.Cut(inner, o.sign); ok {
			t := c.comparison(offset, left, offset+len(left)+len(o.sign), right)
			t.operator = o.operator
			return t
		}
	}
	path, negated := strings.CutPrefix(inner, "!")
	if path == "" || path[0] != '@' && (path[0] != '$' || negated) {
		c.fail(offset, "CriteriaType %s can not be parsed", inner)
	}
	t := test{operator: present, left: operand{path: c.operandPath(offset, path)}}
	if negated {
		t.operator = absent
	}
	return t
}

// comparison reads the operands of a comparison, each at its offset.
func (c *compiler) comparison(leftAt int, left string, rightAt int, right string) test {
	if strings.HasPrefix(trim(right), "!@") {
		c.fail(rightAt, "Invalid negation! Can only be used for existence check e.g [?(!@.foo)]")
	}
	if strings.HasPrefix(left, "!@") { // means nothing before an operator
		left, leftAt = left[1:], leftAt+1
	}
	t := test{left: c.operand(leftAt, left), right: c.operand(rightAt, right)}
	t.alike = t.left.path != nil && t.left.path.plain && t.right.path != nil && t.left.path.text == t.right.path.text
	return t
}

// operand reads one side of a comparison, which stands at an offset.
func (c *compiler) operand(offset int, text string) operand {
	inner := trim(text)
	offset += strings.Index(text, inner)
	switch {
	case strings.HasPrefix(inner, "@"), strings.HasPrefix(inner, "$"):
		o := operand{path: c.operandPath(offset, inner)}
		if inner[0] == '$' {
			c.outer.reads++
			o.shared = c.outer.reads
		}
		return o
	case strings.HasPrefix(inner, "/") && (strings.HasSuffix(inner, "/") || strings.HasSuffix(inner, "/i")):
		return c.pattern(offset, inner)
	case len(inner) > 1 && inner[0] == '\'' && inner[len(inner)-1] == '\'':
		inner = inner[1 : len(inner)-1]
	}
	return literal(inner)
}

// pattern reads what stands between two slashes, with or without an "i" behind.
func (c *compiler) pattern(offset int, text string) operand {
	end := strings.LastIndexByte(text, '/')
	if end == 0 {
		c.fail(offset, "Pattern not closed. Expected / in %s", text)
	}
	p, err := compilePattern(text[1:end], text[end+1:])
	if err != nil {
		c.fail(offset, "%v", err)
	}
	return operand{pattern: p, literal: value.OfString(text[1:end])}
}

// operandPath compiles the path of a test, which must be definite.
func (c *compiler) operandPath(offset int, text string) *Path {
	if c.depth == maxNested {
		c.fail(offset, "Path nests deeper than %d levels", maxNested)
	}
	p := &Path{text: text}
	inner := &compiler{whole: c.whole, start: c.start + offset, text: text, depth: c.depth + 1, outer: c.outer}
	inner.path(p)
	if !p.definite {
		c.fail(offset, "the predicate path: %s is not definite", text)
	}
	return p
}
