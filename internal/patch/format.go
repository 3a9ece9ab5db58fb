package patch

import (
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file changes white space only: indentation, blanks between tokens, empty lines.
// What stands in one line stays in one line, unless all of the text is in one; keys,
// quotes, comments and order stay.

// Format returns the text with a node of it indented in the way that most of it is, and
// the changes. Nothing else in the tree may have been changed. The error is as for
// Write.
func (t *Tree) Format(n *Node) (text string, changes []Change, err error) {
	w := &writer{tree: t}
	w.out.Grow(len(t.text) + 256)
	o := n.origin
	w.copy(0, o.start, shift{})
	if t.format == JSON || o.flow {
		line := t.text[lineStart(t.text, o.start):o.start]
		w.formatFlow(n, line[:len(line)-len(strings.TrimLeft(line, " \t"))], true)
	} else {
		prefix, _ := t.prefixOf(n)
		w.copy(o.start, o.inner, shift{})
		w.formatBlock(n, prefix)
	}
	w.copy(o.end, len(t.text), shift{})
	text = w.out.String()
	changes = w.changes(text)
	return text, changes, t.Check(text, changes)
}

// formatFlow writes what is in brackets.
func (w *writer) formatFlow(n *Node, prefix string, outermost bool) {
	t, o, st := w.tree, n.origin, w.tree.styleOf()
	if n.alias != nil || len(o.members) == 0 || strings.Contains(t.text[o.start:o.end], "#") && t.format == YAML {
		w.copy(o.start, o.end, shift{})
		return
	}
	lines := outermost || strings.Contains(t.text[o.start:o.end], "\n")
	if st.oneLine {
		lines = !isShort(n)
	}
	if t.format == YAML && !outermost && !strings.Contains(t.text[o.start:o.end], "\n") {
		lines = false
	}
	separator, inner := ", ", prefix+st.unit
	if lines {
		separator = "," + st.newline + inner
	}
	w.copy(o.start, o.inner, shift{})
	if lines {
		w.put(st.newline + inner)
	}
	for i, m := range o.members {
		if i > 0 {
			if lines && strings.Count(t.text[o.members[i-1].end:m.start], "\n") > 1 {
				w.put("," + st.newline + st.newline + inner)
			} else {
				w.put(separator)
			}
		}
		if n.kind == value.Object {
			w.copy(m.key.start, m.key.end, shift{})
			w.put(": ")
		}
		w.formatFlow(m.Value, inner, false)
	}
	if lines {
		w.put(st.newline + prefix)
	}
	w.copy(o.end-1, o.end, shift{})
}

// formatBlock writes the members of a block, in lines that begin with a prefix; the
// first one stands where the text is.
func (w *writer) formatBlock(n *Node, prefix string) {
	t := w.tree
	was, _ := t.prefixOf(n)
	s := shift{was, prefix}
	for i, m := range n.origin.members {
		if i > 0 {
			w.formatGap(t.text[n.origin.members[i-1].end:m.start], prefix)
		}
		v := m.source
		o := v.origin
		w.copy(m.start, m.colon, s)
		if v.alias != nil || o.flow || len(o.members) == 0 {
			w.copy(m.colon, o.end, s)
			if strings.TrimSpace(t.text[o.end:m.end]) != "" {
				w.copy(o.end, m.end, s)
			}
			continue
		}
		lead := t.text[m.colon:o.inner]
		if !strings.Contains(lead, "\n") { // behind a dash
			w.copy(m.colon, o.inner, s)
			w.formatBlock(v, prefix+strings.Repeat(" ", o.inner-m.key.start))
		} else {
			w.formatBlock(v, w.formatLead(m, lead, prefix))
		}
		w.copy(o.end, m.end, s)
	}
}

// formatLead writes what is between a key and the lines of its block, and returns what
// these begin with.
func (w *writer) formatLead(m *Member, lead, prefix string) string {
	st := w.tree.styleOf()
	inner := prefix + st.unit
	if m.source.kind == value.Array && m.home.kind == value.Object {
		inner = prefix + st.listUnit
	}
	w.put(strings.TrimRight(lead[:strings.IndexByte(lead, '\n')], " \t\r"))
	w.formatGap(lead[strings.IndexByte(lead, '\n'):], inner)
	return inner
}

// formatGap writes the line breaks and comments before a line that begins with a
// prefix.
func (w *writer) formatGap(gap, prefix string) {
	st := w.tree.styleOf()
	lines := strings.Split(gap, "\n")
	empty := false
	for _, line := range lines[1 : len(lines)-1] {
		text := strings.TrimSpace(line)
		if text == "" {
			empty = true
			continue
		}
		if empty {
			w.put(st.newline)
		}
		empty = false
		w.put(st.newline + prefix + text)
	}
	if empty {
		w.put(st.newline)
	}
	w.put(st.newline + prefix)
}
