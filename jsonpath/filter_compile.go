package jsonpath

import (
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file reads the filters of paths:
//
//	filter  = and *("||" and)
//	and     = term *("&&" term)
//	term    = "!" term | "(" filter ")" | operand operator operand | ["!"] path
//	operand = path | string | number | "true" | "false" | "null" | array | object | "/" pattern "/" flags
//
// An operator of signs needs no blanks around it, one of letters does. A path
// reaches to the next blank, closing parenthesis or sign of an operator, so
// @.a&&@.b is one path.

// condition reads the filter whose opening parenthesis is at c.at, and which
// the text ends with.
func (c *compiler) condition() *condition {
	cond := c.or()
	if c.at = c.skip(c.at); c.more() {
		c.fail(c.at, "Expected end of filter expression instead of: %s", c.text[c.at:])
	}
	return &cond
}

func (c *compiler) or() condition {
	return c.joined("||", anyOf, func() condition {
		return c.joined("&&", allOf, c.term)
	})
}

// joined reads what the operator joins; one alone needs no node.
func (c *compiler) joined(operator string, kind conditionKind, part func() condition) condition {
	parts := []condition{part()}
	for c.sign(operator) {
		parts = append(parts, part())
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return condition{kind: kind, parts: parts}
}

// sign passes over the sign, if that is what comes next.
func (c *compiler) sign(sign string) bool {
	i := c.skip(c.at)
	if !strings.HasPrefix(c.text[i:], sign) {
		return false
	}
	c.at = i + len(sign)
	return true
}

func (c *compiler) term() condition {
	c.at = c.skip(c.at)
	next := c.byteAt(c.at)
	not := next == '!' && !c.pathAt(c.skip(c.at+1))
	if next != '(' && !not {
		return c.comparison()
	}
	if c.depth++; c.depth > maxNested {
		c.fail(c.at, "Path nests deeper than %d levels", maxNested)
	}
	defer func() { c.depth-- }()
	c.at++
	if not {
		return condition{kind: notAny, parts: []condition{c.term()}}
	}
	inside := c.or()
	if !c.sign(")") {
		c.fail(c.at, "Expected character: )")
	}
	return inside
}

// pathAt reports whether a path begins at the offset.
func (c *compiler) pathAt(i int) bool { return c.byteAt(i) == '$' || c.byteAt(i) == '@' }

// comparison reads a comparison, or a path alone. A "!" before a path means
// something only if the path stands alone.
func (c *compiler) comparison() condition {
	not := c.sign("!")
	left := c.operand()
	if compare := c.operator(); compare != nil {
		return condition{kind: comparing, left: left, right: c.operand(), compare: compare}
	}
	if left.path == nil {
		c.fail(c.at, "Expected path node")
	}
	if not {
		return condition{kind: absent, left: left}
	}
	return condition{kind: present, left: left}
}

const signs = "<>=~!"

// operator reads an operator, or returns nil and stays where it is.
func (c *compiler) operator() comparison {
	start := c.skip(c.at)
	end := start
	for end < len(c.text) && strings.IndexByte(signs, c.text[end]) >= 0 {
		end++
	}
	if end == start {
		for end < len(c.text) && c.text[end] != ' ' {
			end++
		}
	}
	compare := comparisons[strings.ToLower(c.text[start:end])]
	if compare != nil {
		c.at = end
	}
	return compare
}

// operand reads one side of a comparison.
func (c *compiler) operand() operandNode {
	c.at = c.skip(c.at)
	switch b := c.byteAt(c.at); b {
	case '$', '@':
		return c.pathOperand()
	case '\'', '"':
		start := c.at + 1
		end := unescapedIndex(c.text, start, b)
		if end < 0 {
			c.fail(c.at, "String literal does not have matching quotes. Expected %c in %s", b, c.criteria())
		}
		c.at = end + 1
		return operandNode{literal: value.OfString(unescape(c.text[start:end]))}
	case 't':
		return c.word("true", value.True, "boolean literal")
	case 'f':
		return c.word("false", value.False, "boolean literal")
	case 'n':
		return c.word("null", value.NullValue, "<null> value")
	case '/':
		return c.pattern()
	case '[', '{':
		return c.json()
	}
	return c.number()
}

// pathOperand reads a path. What stands in brackets belongs to it, and so do
// the parentheses of a function without arguments.
func (c *compiler) pathOperand() operandNode {
	start := c.at
	c.at++
	for c.more() {
		switch b := c.text[c.at]; {
		case b == '[':
			end := closing(c.text, c.at, false)
			if end < 0 {
				c.fail(c.at, "Square brackets does not match in filter %s", c.criteria())
			}
			c.at = end + 1
			continue
		case strings.HasPrefix(c.text[c.at:], "()") && strings.IndexByte(c.text[start:c.at], '.') >= 0:
			c.at += len("()")
			continue
		case b == ')', b == ' ', strings.IndexByte(signs, b) >= 0:
			return c.pathBetween(start, c.at)
		}
		c.at++
	}
	return c.pathBetween(start, c.at)
}

func (c *compiler) pathBetween(start, end int) operandNode {
	n := operandNode{path: c.innerPath(start, end)}
	if c.text[start] == '$' {
		*c.reads++
		n.shared = *c.reads
	}
	return n
}

func (c *compiler) word(word string, v value.Value, expected string) operandNode {
	if !strings.HasPrefix(c.text[c.at:], word) {
		c.fail(c.at, "Expected %s", expected)
	}
	c.at += len(word)
	return operandNode{literal: v}
}

func (c *compiler) pattern() operandNode {
	start := c.at + 1
	end := unescapedIndex(c.text, start, '/')
	if end < 0 {
		c.fail(c.at, "Pattern not closed. Expected / in %s", c.criteria())
	}
	stop := end + 1
	for stop < len(c.text) && strings.IndexByte(patternFlags, c.text[stop]) >= 0 {
		stop++
	}
	p, err := compilePattern(c.text[start:end], c.text[end+1:stop])
	if err != nil {
		c.fail(start, "Failed to parse filter: %s, %v", c.criteria(), err)
	}
	c.at = stop
	return operandNode{pattern: p}
}

// json reads an array or object, whose strings may stand in single quotes.
func (c *compiler) json() operandNode {
	start := c.at
	end := closing(c.text, start, false)
	if end < 0 {
		c.fail(start, "String not closed. Expected %c in %s", c.text[start]+2, c.criteria()) // in ASCII, [ and ] are two apart, as { and } are
	}
	v, err := value.Parse(doubleQuoted(c.text[start : end+1]))
	if err != nil {
		c.fail(start, "Failed to parse filter: %s, %v", c.criteria(), err)
	}
	c.at = end + 1
	return operandNode{literal: v}
}

// doubleQuoted returns JSON whose strings may stand in single quotes as JSON.
func doubleQuoted(text string) string {
	var out []byte
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c != '\'' && c != '"' {
			out = append(out, c)
			continue
		}
		end := unescapedIndex(text, i+1, c)
		if end < 0 {
			return text
		}
		if c == '"' {
			out = append(out, text[i:end+1]...)
		} else {
			out = value.AppendQuoted(out, unescape(text[i+1:end]))
		}
		i = end
	}
	return string(out)
}

func (c *compiler) number() operandNode {
	start := c.at
	for c.more() && strings.IndexByte("0123456789-.eE", c.text[c.at]) >= 0 {
		c.at++
	}
	n, ok := decimal(c.text[start:c.at])
	if !ok {
		c.fail(c.at, "Failed to parse filter: %s, error on position: %d, char: %s", c.criteria(), c.position(c.at), c.character())
	}
	return operandNode{literal: n}
}

// character returns the one at c.at.
func (c *compiler) character() string {
	for _, r := range c.text[min(c.at, len(c.text)):] {
		return string(r)
	}
	return "]"
}

// criteria returns the filter as messages show it.
func (c *compiler) criteria() string { return c.text + "]" }
