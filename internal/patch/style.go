package patch

import (
	"strings"
	"unicode/utf8"

	"github.com/aslocal/aslocal/value"
)

// This file finds out how a text is written, so that what is new looks like it.

// A style is how a text is written.
type style struct {
	newline    string
	unit       string // one level of indentation
	listUnit   string // of a list in a YAML mapping: unit, or nothing
	colon      string // between key and value in brackets
	oneLine    bool   // all of the text is in one line
	shortLists bool   // lists of scalars are in one line
	quote      byte   // of strings in YAML: '"', '\'', or 0 for none
	quotedKeys bool   // in brackets of YAML
}

// lookAt is how many nodes are looked at to find the style.
const lookAt = 2000

// styleOf returns the style of a node's text; where that tells nothing, of all.
func (t *Tree) styleOf() *style {
	if t.style != nil {
		return t.style
	}
	s := &style{newline: "\n", unit: "  ", colon: ": "}
	if i := strings.IndexByte(t.text, '\n'); i > 0 && t.text[i-1] == '\r' {
		s.newline = "\r\n"
	}
	l := &look{tree: t, style: s, left: lookAt}
	if t.focus != nil {
		l.at(t.focus)
	}
	l.left = lookAt
	l.at(t.root.Value)
	s.oneLine = t.format == JSON && !strings.Contains(strings.TrimSpace(t.text), "\n") && t.root.source.Len() > 0
	switch {
	case l.plain >= max(l.single, l.double):
	case l.single > l.double:
		s.quote = '\''
	default:
		s.quote = '"'
	}
	if !l.list {
		s.listUnit = s.unit
	}
	if t.format == JSON {
		s.quotedKeys = true
	}
	t.style = s
	return s
}

// A look goes through nodes to find the style. What is seen first counts; of quotes,
// what is there most often.
type look struct {
	tree                  *Tree
	style                 *style
	left                  int
	unit, list, colon     bool
	short, keys           bool
	plain, single, double int
}

func (l *look) at(n *Node) {
	o := n.origin
	if l.left--; l.left < 0 || o == nil || n.alias != nil {
		return
	}
	if n.kind == value.String && l.tree.format == YAML && o.start < o.end {
		switch c := l.tree.text[o.start]; {
		case c != '"' && c != '\'':
			l.plain++
		case !isPlain(n.scalar.Text(), false):
			// it needs its quotes
		case c == '"':
			l.double++
		default:
			l.single++
		}
	}
	for _, m := range o.members {
		v := m.source
		l.lines(n, m)
		if v.kind == value.Array && !l.short && isShort(v) && v.Len() > 0 {
			l.short = true
			l.style.shortLists = v.origin.flow && !strings.Contains(l.tree.text[v.origin.start:v.origin.end], "\n")
		}
		l.at(v)
	}
}

// lines looks at what is around a member.
func (l *look) lines(n *Node, m *Member) {
	text := l.tree.text
	if n.origin.flow && n.kind == value.Object && !m.merge {
		if gap := text[m.key.end:m.source.origin.start]; !l.colon && strings.Contains(gap, ":") && !strings.ContainsAny(gap, "\n#") {
			l.colon, l.style.colon = true, gap
		}
		if !l.keys {
			l.keys, l.style.quotedKeys = true, text[m.key.start] == '"'
		}
	}
	inner := m.source
	if inner.origin == nil || inner.alias != nil || len(inner.origin.members) == 0 {
		return
	}
	outer, ok := l.tree.prefixOf(n)
	deep, deeper := l.tree.prefixOf(inner)
	if !ok || !deeper || !strings.HasPrefix(deep, outer) {
		return
	}
	switch step := deep[len(outer):]; {
	case inner.kind == value.Array && !inner.origin.flow && n.kind == value.Object:
		if !l.list {
			l.list, l.style.listUnit = true, step
		}
	case n.kind == value.Array && !n.origin.flow:
	case !l.unit && step != "":
		l.unit, l.style.unit = true, step
	}
}

// isShort reports whether an array has only scalars.
func isShort(n *Node) bool {
	for _, m := range n.members {
		if m.Value.kind == value.Object || m.Value.kind == value.Array {
			return false
		}
	}
	return n.kind == value.Array
}

// prefixOf returns what the lines of a node's members begin with in the text; false if
// they are all in one line.
func (t *Tree) prefixOf(n *Node) (string, bool) {
	o := n.origin
	if !o.looked {
		o.looked = true
		o.prefix, o.lines = t.findPrefix(o)
	}
	return o.prefix, o.lines
}

func (t *Tree) findPrefix(o *origin) (string, bool) {
	if len(o.members) == 0 {
		return "", false
	}
	if !o.flow {
		at := o.members[0].key.start
		before := strings.TrimPrefix(t.text[lineStart(t.text, at):at], byteOrderMark)
		if strings.Trim(before, " ") == "" {
			return before, true
		}
		return strings.Repeat(" ", utf8.RuneCountInString(before)), true // behind a dash
	}
	at := o.inner
	for _, m := range o.members {
		gap := t.text[at:m.key.start]
		if line := strings.LastIndexByte(gap, '\n'); line >= 0 && strings.Trim(gap[line+1:], " \t") == "" {
			return gap[line+1:], true
		}
		at = m.end
	}
	return "", false
}

// blankLines returns how many empty lines there are at least between any two members of
// a node.
func (t *Tree) blankLines(n *Node) int {
	if n.origin == nil || len(n.origin.members) < 2 {
		return 0
	}
	members := n.origin.members
	least := -1
	for i := 1; i < len(members); i++ {
		lines := strings.Count(t.text[members[i-1].end:members[i].start], "\n") - 1
		if least < 0 || lines < least {
			least = lines
		}
		if least <= 0 {
			return 0
		}
	}
	return least
}
