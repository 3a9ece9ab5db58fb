package jsonpath

import (
	"strconv"
	"strings"
)

// This file reads what stands in brackets. The engine reads it loosely: it
// looks for the first character that tells what is meant, and what it does not
// need is passed over.
//
//	'a' 'b' …         names, everything between two quotes; no escapes
//	1 -1 1,2          indexes
//	1:2 1: :2         slice; more (a step, elsewhere) is ignored
//	@.length-1        index from the end, also @.length()-1 and @.size()-1
//	?( condition )    filter
//	*                 wildcard, with nothing around it

// bracket reads a step in brackets.
func (c *compiler) bracket() {
	start := c.at
	f := c.text[start:bracketEnd(c.text, start)]
	c.at += len(f)
	if f == "[*]" {
		c.add(step{kind: byWildcard})
		return
	}
	for i := 1; i < len(f); i++ {
		switch b := f[i]; {
		case b == '\'':
			if strings.IndexByte(f, ']') < 0 {
				c.fail(start, "Property has not been closed - missing closing ]")
			}
			c.addNames(quoted(f[i:]))
			return
		case digit(b), b == '-', b == ':':
			c.indexes(start, f, i)
			return
		case b == '@':
			c.fromEnd(start, f, i)
			return
		case b == '?':
			c.filter(start, f, i)
			return
		case b == '\t', b == '\n', b == '\r':
			i = len(f)
		}
	}
	c.fail(start, "Could not analyze path component: %s", f)
}

func digit(b byte) bool { return '0' <= b && b <= '9' }

// bracketEnd returns the end of the brackets that open at start: where as many
// have closed as opened, be it in quotes. Brackets that do not close go on to
// the end of the text.
func bracketEnd(text string, start int) int {
	depth := 0
	for i := start; i < len(text); i++ {
		switch text[i] {
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(text)
}

// quoted returns what stands between quotes in the text, up to the first
// closing bracket. There may be nothing: ['a b] has no names.
func quoted(text string) []string {
	text, _, _ = strings.Cut(text, "]")
	parts := strings.Split(text, "'")
	var names []string
	for i := 1; i < len(parts)-1; i += 2 {
		names = append(names, parts[i])
	}
	return names
}

// indexes reads indexes or a slice, from i on in the bracket f at start.
func (c *compiler) indexes(start int, f string, i int) {
	end := i
	for end < len(f) && (digit(f[end]) || strings.IndexByte(",-: ", f[end]) >= 0) {
		end++
	}
	inside := strings.ReplaceAll(f[i:end], " ", "")
	colon, comma := strings.IndexByte(inside, ':'), strings.IndexByte(inside, ',')
	if end == len(f) || f[end] < ' ' || colon >= 0 && end == len(f)-1 && f[end] != ']' {
		c.fail(start+end, "Index has not been closed - missing closing ]")
	}
	if colon >= 0 && (comma < 0 || colon < comma) {
		c.slice(start, inside, colon)
	} else {
		c.list(start, inside)
	}
}

// slice reads from:to.
func (c *compiler) slice(start int, inside string, colon int) {
	to := inside[colon+1:]
	if end := strings.IndexAny(to, ":,"); end >= 0 {
		to = to[:end]
	}
	s := step{kind: bySlice}
	if colon > 0 {
		s.from = bound{true, c.number(start, inside[:colon])}
	}
	if colon == 0 || to != "" {
		s.to = bound{true, c.number(start, to)}
	}
	c.add(s)
}

// list reads indexes with commas between them. A colon behind the first comma
// separates too.
func (c *compiler) list(start int, inside string) {
	s := step{kind: byIndexes}
	for _, part := range strings.Split(strings.TrimSuffix(inside, ","), ",") {
		for _, n := range strings.Split(strings.Trim(part, ":"), ":") {
			s.indexes = append(s.indexes, c.number(start, n))
		}
	}
	if len(s.indexes) == 1 {
		s.kind = byIndex
	}
	c.add(s)
}

// fromEnd reads (@.length-n), the "@" at i in the bracket f at start.
func (c *compiler) fromEnd(start int, f string, i int) {
	name, rest, ok := strings.Cut(f[min(i+len("@."), len(f)):], "-")
	n, _, closed := strings.Cut(rest, ")")
	if !ok || !closed {
		c.fail(start, "Expected [(@.length - n)], got %s", f)
	}
	name = strings.NewReplacer(" ", "", "(", "", ")", "").Replace(name)
	if name != "length" && name != "size" {
		c.fail(start, "Invalid function: @.%s. Supported functions are: [(@.length - n)] and [(@.size() - n)]", name)
	}
	c.add(step{kind: byLength, indexes: []int{c.number(start, "-"+strings.ReplaceAll(n, " ", ""))}})
}

// number reads a number of 32 bits.
func (c *compiler) number(start int, text string) int {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		c.fail(start, "For input string: %q", text)
	}
	return int(n)
}

// filter reads ?( condition ), the question mark at i in the bracket f at
// start. It ends with the bracket that closes where no parenthesis is open.
func (c *compiler) filter(start int, f string, i int) {
	if trim(f[strings.LastIndexByte(f[:i], '[')+1:i]) != "" {
		c.fail(start, "Filter must start with '[?' and end with ']'. %s", strings.Trim(f, "[]"))
	}
	end, balanced := filterEnd(f, i+1)
	if end < 0 {
		c.fail(start+len(f), "Filter has not been closed - missing closing )]")
	}
	inside := trim(f[i+1 : end])
	s := step{kind: byFilter}
	switch {
	case strings.Trim(inside, "?*, ") == "": // a program would give the filter
	case !balanced:
		c.fail(start, "Filter brackets are not balanced")
	case len(inside) < len("()") || inside[0] != '(' || inside[len(inside)-1] != ')':
		c.fail(start+i, "Filter must start with '[?(' and end with ')]'. %s", inside)
	default:
		open := start + i + 1 + strings.IndexByte(f[i+1:], '(')
		s.filter = c.condition(open+1, inside[1:len(inside)-1])
	}
	c.add(s)
}

// filterEnd returns the place of the bracket that ends a filter, or -1, and
// whether all brackets before it are closed. What stands in quotes does not
// count; a quote may be escaped.
func filterEnd(f string, i int) (end int, balanced bool) {
	parentheses, brackets, inQuotes := 0, 0, false
	for ; i < len(f); i++ {
		switch b := f[i]; {
		case b == '\'' && f[i-1] != '\\':
			inQuotes = !inQuotes
		case inQuotes:
		case b == '(':
			parentheses++
		case b == ')':
			parentheses--
		case b == '[':
			brackets++
		case b == ']' && parentheses == 0:
			return i, brackets == 0
		case b == ']':
			brackets--
		}
	}
	return -1, false
}
