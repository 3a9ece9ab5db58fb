package patch

import (
	"strings"
	"unicode/utf8"

	"github.com/aslocal/aslocal/value"
)

// This file copies what is as it was, and collects where the new text differs.

// A Change replaces the bytes from Start to End of the old text.
type Change struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Text  string `json:"text"`
}

// Write returns the text with what was changed, and the changes in the order of the old
// text. The tree must not be used afterwards. The error is a *SyntaxError where the
// text has a form that cannot be changed.
func (t *Tree) Write() (text string, changes []Change, err error) {
	defer func() {
		switch bad := recover().(type) {
		case nil:
		case *SyntaxError:
			text, changes, err = "", nil, bad
		default:
			panic(bad)
		}
	}()
	if t.anchored {
		t.settle()
	}
	w := &writer{tree: t}
	w.out.Grow(len(t.text) + 256)
	r := t.root
	w.copy(0, r.source.origin.start, shift{})
	if r.Value == r.source && !r.Value.emptied() && !r.Value.filled() {
		w.node(r.Value, layout{flow: r.source.origin.flow}, shift{})
	} else {
		w.fresh(r.Value, layout{flow: t.format == JSON || r.source.origin.flow && len(r.source.origin.members) > 0, oneLine: t.styleOf().oneLine})
	}
	w.copy(r.source.origin.end, len(t.text), shift{})
	if text = w.out.String(); w.endsLine && !strings.HasSuffix(text, "\n") {
		w.put(t.styleOf().newline)
		text = w.out.String()
	}
	return text, w.changes(text), nil
}

// A writer writes the new text.
type writer struct {
	tree     *Tree
	out      strings.Builder
	pieces   []piece
	moving   int  // inside of this many members that are not where they were
	last     int  // up to where the old text has been copied
	endsLine bool // a text was written whose last line must end
	oneLine  bool // a comment follows in the line, so a text of several lines needs quotes
}

// A piece of the old text that is in the new one.
type piece struct{ from, to, out int }

// A layout is what a node is written into.
type layout struct {
	flow    bool   // in brackets
	oneLine bool   // without line breaks
	prefix  string // what the lines of the members around it begin with
}

// A shift says that lines begin with something else than in the old text.
type shift struct{ from, to string }

func (s shift) apply(prefix string) string {
	if rest, ok := strings.CutPrefix(prefix, s.from); ok {
		return s.to + rest
	}
	return s.to + strings.TrimLeft(prefix, " \t") // less than its lines should begin with
}

func (w *writer) put(text string) { w.out.WriteString(text) }

// copy writes a part of the old text.
func (w *writer) copy(from, to int, s shift) {
	if from >= to {
		return
	}
	text := w.tree.text[from:to]
	if w.moving == 0 && s.from == s.to && from >= w.last {
		if n := len(w.pieces); n > 0 && w.pieces[n-1].to == from && w.pieces[n-1].out+from-w.pieces[n-1].from == w.out.Len() {
			w.pieces[n-1].to = to
		} else {
			w.pieces = append(w.pieces, piece{from, to, w.out.Len()})
		}
		w.last = to
		w.put(text)
		return
	}
	for i, line := range strings.SplitAfter(text, "\n") {
		if i > 0 && strings.TrimRight(line, "\r\n") != "" {
			line = s.apply(line)
		}
		w.put(line)
	}
}

// changes returns what lies between the pieces.
func (w *writer) changes(text string) []Change {
	var changes []Change
	old := w.tree.text
	from, out := 0, 0
	for _, p := range append(w.pieces, piece{len(old), len(old), len(text)}) {
		if c, ok := trimmed(old, Change{from, p.from, text[out:p.out]}); ok {
			changes = append(changes, c)
		}
		from, out = p.to, p.out+p.to-p.from
	}
	return changes
}

// trimmed takes from a change what both texts begin and end with. It is false if
// nothing is left.
func trimmed(old string, c Change) (Change, bool) {
	was := old[c.Start:c.End]
	n := 0
	for n < len(was) && n < len(c.Text) && was[n] == c.Text[n] {
		n++
	}
	for n > 0 && (n < len(was) && !utf8.RuneStart(was[n]) || n < len(c.Text) && !utf8.RuneStart(c.Text[n])) {
		n--
	}
	was, c.Text, c.Start = was[n:], c.Text[n:], c.Start+n
	n = 0
	for n < len(was) && n < len(c.Text) && was[len(was)-1-n] == c.Text[len(c.Text)-1-n] {
		n++
	}
	for n > 0 && !utf8.RuneStart(was[len(was)-n]) {
		n--
	}
	c.Text, c.End = c.Text[:len(c.Text)-n], c.End-n
	return c, c.Start < c.End || c.Text != ""
}

// emptied reports whether a block of YAML has no members any more.
func (n *Node) emptied() bool {
	return n.origin != nil && !n.origin.flow && len(n.members) == 0 && len(n.origin.members) > 0
}

// filled reports whether empty brackets have members now.
func (n *Node) filled() bool {
	return n.origin != nil && len(n.members) > 0 && len(n.origin.members) == 0 && n.alias == nil
}

// here reports whether a node has its place in the text that is written.
func (w *writer) here(n *Node) bool { return n.origin != nil && n.origin.tree == w.tree }

// node writes a node that is in the old text.
func (w *writer) node(n *Node, l layout, s shift) {
	o := n.origin
	if !n.dirty || o.members == nil {
		w.copy(o.start, o.end, s)
		return
	}
	if o.rigid != "" {
		w.refuse(o.start, o.rigid+" cannot be changed here: change the text")
	}
	prefix, lines := w.tree.prefixOf(n)
	inner := layout{flow: o.flow, oneLine: !lines, prefix: s.apply(prefix)}
	w.copy(o.start, o.inner, s)
	w.members(n, inner, s)
	if !o.flow {
		return
	}
	if len(n.members) > 0 {
		w.copy(o.members[len(o.members)-1].end, o.outer, s)
	}
	w.copy(o.outer, o.end, s)
}

// members writes the members of a node of the old text, with what was between them.
func (w *writer) members(n *Node, l layout, s shift) {
	old := n.origin.members
	written := -1 // index of the last member that is where it was
	for i, m := range n.members {
		if m.inherited {
			continue
		}
		native := m.home == n && !m.moved
		switch {
		case i == 0:
			w.copy(n.origin.inner, old[0].start, s)
		case native && m.index > 0:
			w.comments(n, written+1, m.index, l)
			w.copy(old[m.index-1].end, old[m.index].start, s)
		default:
			w.separator(n, l)
		}
		if native {
			if i == 0 && m.index > 0 && !n.origin.flow {
				w.commentsBefore(n, m.index, l)
			}
			written = m.index
		}
		w.member(m, l)
	}
	w.comments(n, written+1, len(old), l)
}

// comments writes those between members of which the one behind was taken out.
func (w *writer) comments(n *Node, from, to int, l layout) {
	for i := max(from, 1); i < to; i++ {
		for _, line := range w.loose(n, i) {
			w.put(w.tree.styleOf().newline + l.prefix + line)
		}
	}
}

// commentsBefore writes the comments between members, all of which were taken out,
// before the first one that is left.
func (w *writer) commentsBefore(n *Node, to int, l layout) {
	for i := 1; i <= to; i++ {
		for _, line := range w.loose(n, i) {
			w.put(line + w.tree.styleOf().newline + l.prefix)
		}
	}
}

// loose returns the comments before member i of the old text that belong to nobody.
func (w *writer) loose(n *Node, i int) []string {
	old := n.origin.members
	gap := w.tree.text[old[i-1].end:old[i].start]
	if w.tree.format == JSON || !strings.Contains(gap, "#") {
		return nil
	}
	var found []string
	for line := range strings.SplitSeq(gap, "\n") {
		if at := strings.IndexByte(line, '#'); at >= 0 {
			found = append(found, strings.TrimSpace(line[at:]))
		}
	}
	return found
}

// separator writes what is between two members of which one is new.
func (w *writer) separator(n *Node, l layout) {
	st := w.tree.styleOf()
	lines := ""
	if !l.oneLine {
		lines = strings.Repeat(st.newline, 1+w.tree.blankLines(n)) + l.prefix
	}
	switch {
	case !l.flow:
		w.put(lines)
	case !l.oneLine:
		w.put("," + lines)
	default:
		w.put(w.comma(n))
	}
}

// comma returns what is between two members in one line.
func (w *writer) comma(n *Node) string {
	if w.here(n) && len(n.origin.members) > 1 {
		if gap := w.tree.text[n.origin.members[0].end:n.origin.members[1].start]; !strings.Contains(gap, "#") {
			return gap
		}
	}
	if strings.HasSuffix(w.tree.styleOf().colon, ":") {
		return ","
	}
	return ", "
}

// member writes a member with the text that it had, as far as it had one.
func (w *writer) member(m *Member, l layout) {
	if m.home == nil || !w.here(m.home) || m.home.origin.flow != l.flow || m.home.kind != m.up.kind || l.oneLine && m.up != m.home {
		w.freshMember(m, l)
		return
	}
	if m.moved || m.up != m.home {
		w.moving++
		defer func() { w.moving-- }()
	}
	prefix, _ := w.tree.prefixOf(m.home)
	s := shift{prefix, l.prefix}
	v := m.Value
	if v == m.source && !v.dirty && !m.renamed {
		w.copy(m.start, m.end, s)
		return
	}
	if m.renamed {
		w.copy(m.start, m.key.start, s)
		w.put(w.key(m.Name, l, w.tree.text[m.key.start:m.key.end]))
		w.copy(m.key.end, m.colon, s)
	} else {
		w.copy(m.start, m.colon, s)
	}
	if v == m.source && !v.emptied() && !v.filled() {
		w.copy(m.colon, v.origin.start, s)
		w.node(v, l, s)
		w.copy(v.origin.end, m.end, s)
		return
	}
	w.replaced(m, l, s)
}

// replaced writes the new value of a member where the old one was.
func (w *writer) replaced(m *Member, l layout, s shift) {
	text, o := w.tree.text, m.source.origin
	if m.home.origin.rigid != "" {
		w.refuse(m.start, m.home.origin.rigid+" cannot be changed here: change the text")
	}
	lead, tail := text[m.colon:o.start], text[o.end:m.end]
	if l.flow {
		w.lead(m.colon, o.start, lead, s)
		w.fresh(m.Value, l)
		w.copy(o.end, m.end, s)
		return
	}
	v := m.Value
	comment, _, lines := strings.Cut(lead, "\n") // behind the key
	comment = strings.TrimRight(comment, " \t\r")
	behind, _, _ := strings.Cut(tail, "\n") // the old value
	hasComment := strings.Contains(behind, "#")
	if w.isBlock(v, l) {
		if hasComment {
			comment += strings.TrimRight(behind, "\r") // it moves up
		}
		inner := w.inner(v, l)
		if prefix, ok := w.tree.prefixOf(m.source); ok && !o.flow && v.kind == m.source.kind {
			inner = s.apply(prefix)
		}
		w.block(v, l, inner, comment, m.home.kind == value.Array)
		w.copy(o.end+len(behind), m.end, s)
		return
	}
	w.oneLine = hasComment || strings.Contains(comment, "#")
	if lines {
		w.put(" ")
		w.scalarOrFlow(v, l, m.source)
		w.put(comment)
	} else {
		w.lead(m.colon, o.start, lead, s)
		w.scalarOrFlow(v, l, m.source)
	}
	w.oneLine = false
	if v == m.source { // all members were taken out
		prefix, _ := w.tree.prefixOf(v)
		w.comments(v, 1, len(o.members), layout{prefix: s.apply(prefix)})
	}
	rest := o.end
	if !hasComment {
		rest += len(behind) // blanks
	}
	w.copy(rest, m.end, s)
}

// lead copies what is between colon and value, in YAML at least a blank.
func (w *writer) lead(from, to int, lead string, s shift) {
	if lead == "" && w.tree.format == YAML {
		w.put(" ")
	}
	w.copy(from, to, s)
}

func (w *writer) refuse(at int, message string) {
	panic(&SyntaxError{message, w.tree.Position(at)})
}
