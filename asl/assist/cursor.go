package assist

import (
	"strconv"
	"strings"
)

// This file finds the place of an offset in a tree: between which brackets, or at
// which indentation, and whether a key or a value is written there.

// A cursor is a place in a tree.
type cursor struct {
	way   []step // from the definition to the object or array that the place is in, or to the value
	key   bool   // a key is written, or stands here; else a value
	token *node  // the key or value that is written; a missing node where nothing is
	colon bool   // of a key: it has its colon
	fresh bool   // of a key: its object does not exist yet; it begins with this key
}

// A step leads from a node to one in it.
type step struct {
	node *node // that it begins at
	name string
	item bool // name is the index of an item
}

// locate returns the place of an offset.
func locate(source string, root *node, offset int) cursor {
	offset = max(0, min(offset, len(source)))
	c := cursor{}
	c.enter(source, root, offset)
	return c
}

// enter goes on in a node that the offset is in, or behind.
func (c *cursor) enter(source string, n *node, offset int) {
	switch {
	case n.kind == object && n.flow:
		c.inBraces(source, n, offset)
	case n.kind == array && n.flow:
		c.inBrackets(source, n, offset)
	case n.kind == object:
		c.inMapping(source, n, offset)
	case n.kind == array:
		c.inSequence(source, n, offset)
	default:
		c.token = n
		if n.kind == missing {
			c.token = &node{start: offset, end: offset, json: n.json}
		}
	}
}

// step goes into a member or an item.
func (c *cursor) step(from *node, name string, item bool) {
	c.way = append(c.way, step{from, name, item})
}

// atKey ends at a key.
func (c *cursor) atKey(m member) { c.key, c.token, c.colon = true, m.key, m.colon >= 0 }

// atGap ends where no key stands yet.
func (c *cursor) atGap(n *node, offset int) {
	c.key, c.token = true, &node{start: offset, end: offset, json: n.json}
}

func (c *cursor) inBraces(source string, n *node, offset int) {
	for _, m := range n.members {
		switch {
		case offset < m.key.start:
			c.atGap(n, offset)
			return
		case offset <= m.key.end:
			c.atKey(m)
			return
		case m.colon >= 0 && offset >= m.colon && (offset <= m.value.start || m.value.holds(offset) || m.value.kind == missing && blank(source[m.colon:offset])):
			c.step(n, m.key.text, false)
			c.enterValue(source, n, m, offset)
			return
		}
	}
	c.atGap(n, offset)
}

// enterValue goes into the value of a member whose colon is before the offset.
func (c *cursor) enterValue(source string, n *node, m member, offset int) {
	switch {
	case offset < m.value.start || m.value.kind == missing:
		c.token = &node{start: offset, end: offset, json: n.json}
	case m.value.holds(offset):
		c.enter(source, m.value, offset)
	default: // before the bracket
		c.token = m.value
	}
}

// holds reports whether an offset is in a value, where what is typed belongs to it: in its
// brackets, or in a word and behind it.
func (n *node) holds(offset int) bool {
	if n.flow {
		return offset > n.start && (offset < n.end || offset == n.end && !n.closed)
	}
	return offset >= n.start && offset <= n.end
}

// blank reports whether a text has nothing but blanks and line ends.
func blank(s string) bool { return strings.TrimSpace(s) == "" }

func (c *cursor) inBrackets(source string, n *node, offset int) {
	for i, item := range n.items {
		if offset < item.start {
			c.step(n, strconv.Itoa(i), true)
			c.token = &node{start: offset, end: offset, json: n.json}
			return
		}
		if item.holds(offset) {
			c.step(n, strconv.Itoa(i), true)
			c.enter(source, item, offset)
			return
		}
	}
	c.step(n, strconv.Itoa(len(n.items)), true)
	c.token = &node{start: offset, end: offset, json: n.json}
}

// indentation returns the column of an offset if nothing but blanks is before it in
// its line.
func indentation(source string, offset int) (column int, ok bool) {
	before := source[strings.LastIndexByte(source[:offset], '\n')+1 : offset]
	return len(before), strings.Trim(before, " ") == ""
}

func (c *cursor) inMapping(source string, n *node, offset int) {
	column, first := indentation(source, offset)
	if first && column < n.column && len(c.way) == 0 {
		column = n.column
	}
	last := -1
	for i, m := range n.members {
		if m.key.start > offset {
			break
		}
		last = i
	}
	if last < 0 {
		c.atGap(n, offset)
		return
	}
	m := n.members[last]
	lineOfKey := !strings.Contains(source[m.key.start:offset], "\n")
	switch {
	case offset <= m.key.end:
		c.atKey(m)
	case m.colon < 0:
		c.atGap(n, offset)
	case offset < m.colon:
		c.atKey(m)
	case m.value.kind == missing && !lineOfKey && first && column > n.column:
		c.step(n, m.key.text, false) // something inside of it begins
		c.fresh = true
		c.atGap(n, offset)
	case m.value.kind == missing && (lineOfKey || !first):
		c.step(n, m.key.text, false)
		c.token = &node{start: offset, end: offset}
	case m.value.block() && offset >= m.value.start && offset > m.value.end && !strings.Contains(source[m.value.end:offset], "\n"),
		m.value.kind == array && !m.value.flow && !lineOfKey && first && column >= m.value.column && offset > m.value.end,
		m.value.holds(offset),
		m.value.kind == object && !m.value.flow && offset >= m.value.start && first && column > n.column,
		offset < m.value.start && (lineOfKey || column > n.column):
		c.step(n, m.key.text, false)
		if offset < m.value.start {
			c.before(m.value, offset)
			return
		}
		c.enter(source, m.value, offset)
	default:
		c.atGap(n, offset)
	}
}

// block reports whether a node is an object or array without brackets.
func (n *node) block() bool { return (n.kind == object || n.kind == array) && !n.flow }

// before ends before the first thing in a value.
func (c *cursor) before(n *node, offset int) {
	if n.kind == object && !n.flow {
		c.atGap(n, offset)
		return
	}
	c.token = &node{start: offset, end: offset}
}

func (c *cursor) inSequence(source string, n *node, offset int) {
	column, first := indentation(source, offset)
	last := -1
	for i, item := range n.items {
		if item.start > offset && !(item.kind == missing && item.start == offset) {
			break
		}
		last = i
	}
	if last < 0 || first && column <= n.column && offset > n.items[last].end {
		c.step(n, strconv.Itoa(last+1), true)
		c.token = &node{start: offset, end: offset}
		return
	}
	c.step(n, strconv.Itoa(last), true)
	c.enter(source, n.items[last], offset)
}
