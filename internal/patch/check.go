package patch

import (
	"slices"
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file makes sure that a new text says what the tree has come to say: it reads it
// again. Of a block of YAML, it is enough to read the members that the changes touch
// and their neighbours, since whole lines of one indentation mean the same wherever
// they stand.

// Check reads what Write has given, and compares it with the tree. The error is a
// *SyntaxError: the old text has a form that cannot be changed in this way.
func (t *Tree) Check(text string, changes []Change) error {
	if r, ok := t.region(changes); ok {
		return t.checkRegion(text, r)
	}
	read, err := Parse(text, t.format)
	if err != nil {
		return t.broken(err)
	}
	if n := differs(t.root.Value, read.root.Value); n != nil {
		return t.notSaid(n)
	}
	return nil
}

func (t *Tree) broken(err error) error {
	return &SyntaxError{"the change would break the text (" + err.Error() + "): change it by hand", t.Position(0)}
}

// notSaid reports a node that is not in the text as it is meant.
func (t *Tree) notSaid(n *Node) error {
	at := 0
	if n.origin != nil && n.origin.tree == t {
		at = n.origin.start
	}
	return &SyntaxError{"the text has a form here that cannot be changed in this way: change it by hand", t.Position(at)}
}

// A region is a part of a block of YAML, in whole lines, with all changes in it.
type region struct {
	start, end int // in the old text
	size       int // in the new one
	members    []*Member
}

// region finds the innermost one; false if there is none.
func (t *Tree) region(changes []Change) (r region, ok bool) {
	if t.format != YAML || t.anchored || len(changes) == 0 || t.root.Value != t.root.source {
		return r, false
	}
	from, to := changes[0].Start, changes[len(changes)-1].End
	for n := t.root.Value; n != nil; {
		inner, part, found := t.part(n, from, to)
		if !found {
			break
		}
		r, ok, n = part, true, inner
	}
	r.size = r.end - r.start
	for _, c := range changes {
		r.size += len(c.Text) - (c.End - c.Start)
	}
	return r, ok
}

// part returns the part of a node with the changes between two offsets, and the node in
// it to look into, nil if there is none. It is false if something outside of the part
// is not as it was.
func (t *Tree) part(n *Node, from, to int) (inner *Node, r region, ok bool) {
	o := n.origin
	if o == nil || o.flow || o.rigid != "" || n.kind != value.Object || n.tag != "" || len(o.members) == 0 {
		return nil, r, false
	}
	old := o.members
	i := 0
	for i+1 < len(old) && lineStart(t.text, old[i+1].start) <= from {
		i++
	}
	j := i
	for j+1 < len(old) && lineStart(t.text, old[j+1].start) < to {
		j++
	}
	if m := old[i]; i == j && m.Value == m.source && !m.renamed && m.source.origin.start < from && to <= m.source.origin.end && len(n.members) == len(old) &&
		n.members[i] == m && !m.moved && t.untouched(n.members[:i], old[:i]) && t.untouched(n.members[i+1:], old[i+1:]) {
		inner = m.source
	}
	i, j = max(i-1, 0), min(j+1, len(old)-1)
	r.start, r.end = lineStart(t.text, old[i].start), len(t.text)
	if j+1 < len(old) {
		r.end = lineStart(t.text, old[j+1].start)
	} else if end := strings.IndexByte(t.text[o.outer:], '\n'); end >= 0 {
		r.end = o.outer + end + 1
	}
	if strings.Trim(t.text[r.start:old[i].start], " ") != "" || from < r.start || to > r.end {
		return nil, r, false
	}
	first, last := i, len(n.members)-(len(old)-1-j)
	if first > last || !t.untouched(n.members[:first], old[:i]) || !t.untouched(n.members[last:], old[j+1:]) {
		return nil, r, false
	}
	r.members = n.members[first:last]
	return inner, r, len(r.members) > 0
}

// untouched reports whether members are those of the text, as they were.
func (t *Tree) untouched(members, old []*Member) bool {
	return slices.EqualFunc(members, old, func(m, was *Member) bool {
		return m == was && m.Value == m.source && !m.Value.dirty && !m.renamed && !m.moved
	})
}

// checkRegion reads only a region of the new text.
func (t *Tree) checkRegion(text string, r region) error {
	read, err := Parse(text[r.start:r.start+r.size], YAML)
	if err != nil {
		return t.broken(err)
	}
	got := read.root.Value
	if got.kind != value.Object || len(got.members) != len(r.members) {
		return t.notSaid(r.members[0].Value)
	}
	for i, m := range r.members {
		if got.members[i].Name != m.Name {
			return t.notSaid(m.Value)
		}
		if n := differs(m.Value, got.members[i].Value); n != nil {
			return t.notSaid(n)
		}
	}
	return nil
}

// differs returns the innermost node around a difference, nil if there is none. The
// order of members counts for nothing.
func differs(a, b *Node) *Node {
	if a.kind != b.kind || a.tag != b.tag || a.raw != b.raw {
		return a
	}
	if a.kind != value.Object && a.kind != value.Array {
		if a.kind != value.Opaque && a.scalar.String() != b.scalar.String() {
			return a
		}
		return nil
	}
	mine, others := a.visible(), b.visible()
	if len(mine) != len(others) {
		return a
	}
	for i, m := range mine {
		other := others[i]
		if other.Name != m.Name {
			if other = b.Member(m.Name); other == nil {
				return a
			}
		}
		if n := differs(m.Value, other.Value); n != nil {
			return n
		}
	}
	return nil
}
