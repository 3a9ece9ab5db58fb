package patch

import (
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file says to which member of a YAML block a comment belongs. Between two members
// there are lines with comments, and empty ones:
//
//	A: 1      # in the line of A: A's
//	    # deeper than A, right below it: A's
//
//	# between empty lines: nobody's, and never removed
//
//	# right above B, and in its column: B's
//	B: 2

// sound makes sure that the places in a node are in order, as all that writes relies
// on.
func (r *yamlReader) sound(n *Node) {
	o := n.origin
	at := o.start
	for _, m := range o.members {
		v := m.source.origin
		if m.start < at || m.key.start < m.start || m.key.end < m.key.start || m.colon < m.key.end || v.start < m.colon || v.end < v.start || m.end < v.end {
			r.fail(min(at, len(r.src)), "this form of YAML cannot be changed")
		}
		if m.source.alias == nil {
			r.sound(m.source)
		}
		at = m.end
	}
	if o.end < at || len(o.members) > 0 && (o.inner < o.start || o.inner > o.members[0].start || o.outer < at || o.end < o.outer) {
		r.fail(min(at, len(r.src)), "this form of YAML cannot be changed")
	}
}

// attach gives the comments in a node to its members, and finds what lines begin with.
func (r *yamlReader) attach(n *Node) {
	o := n.origin
	if o == nil || n.alias != nil || n.kind != value.Object && n.kind != value.Array {
		return
	}
	for i, m := range o.members {
		r.attach(m.Value)
		if !o.flow && i > 0 {
			r.divide(o.members[i-1], m)
		}
	}
	if len(o.members) > 0 && !o.flow {
		if n.up.up != nil {
			r.head(o.members[0], n.up.colon)
		}
		o.inner = o.members[0].start
		if n.tag == "" && n.anchor == "" {
			o.start = o.inner
		}
		o.outer = o.members[len(o.members)-1].end
		o.end = o.outer
	}
}

// divide gives the comments between two members to one of them, or to neither.
func (r *yamlReader) divide(a, b *Member) {
	column := b.start - lineStart(r.src, b.start)
	at := a.end
	for {
		next := at + strings.IndexByte(r.src[at:b.key.start], '\n') + 1
		if next == at {
			break
		}
		line := r.src[next:r.lineEnd(next)]
		text := strings.TrimLeft(line, " \t")
		if !strings.HasPrefix(text, "#") || len(line)-len(text) <= column || next >= b.start {
			break
		}
		at = r.lineEnd(next)
	}
	a.end = at
	r.head(b, at)
}

// head gives a member the comments right above it, down from a place, that begin in its
// column.
func (r *yamlReader) head(m *Member, from int) {
	column := m.start - lineStart(r.src, m.start)
	for at := lineStart(r.src, m.start); at > from; {
		before := lineStart(r.src, at-1)
		line := strings.TrimLeft(r.src[before:at], " ")
		if before < from || !strings.HasPrefix(line, "#") || at-before-len(line) != column {
			return
		}
		m.start = at - len(line)
		at = before
	}
}
