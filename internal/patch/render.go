package patch

import (
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file writes what is new.

// freshMember writes a member that has no text of its own here.
func (w *writer) freshMember(m *Member, l layout) {
	isItem := m.up.kind == value.Array
	if l.flow {
		if !isItem {
			w.put(w.key(m.Name, l, "") + w.tree.styleOf().colon)
		}
		w.fresh(m.Value, l)
		return
	}
	if isItem {
		w.put("-")
	} else {
		w.put(w.key(m.Name, l, "") + ":")
	}
	if !w.isBlock(m.Value, l) {
		w.put(" ")
		w.scalarOrFlow(m.Value, l, nil)
		return
	}
	w.block(m.Value, l, w.inner(m.Value, l), "", isItem)
}

// inner returns what the lines of a block begin with, given what those of the members
// around it begin with.
func (w *writer) inner(v *Node, l layout) string {
	st := w.tree.styleOf()
	switch {
	case v.up != nil && v.up.up != nil && v.up.up.kind == value.Array:
		return l.prefix + "  "
	case v.kind == value.Array:
		return l.prefix + st.listUnit
	}
	return l.prefix + st.unit
}

// isBlock reports whether a value is written as a block of YAML, in lines of its own.
func (w *writer) isBlock(v *Node, l layout) bool {
	if l.flow || l.oneLine || len(v.members) == 0 {
		return false
	}
	return !(w.tree.styleOf().shortLists && isShort(v))
}

// block writes a block behind a key or a dash, with the comment that is to follow that.
func (w *writer) block(v *Node, l layout, inner, comment string, item bool) {
	properties := v.properties()
	if properties != "" {
		w.put(" " + strings.TrimRight(properties, " "))
	}
	if comment != "" && strings.HasPrefix(strings.TrimLeft(comment, " \t"), "#") {
		w.put(" " + strings.TrimLeft(comment, " \t"))
	}
	if item && comment == "" && properties == "" {
		w.put(" ")
	} else {
		w.put(w.tree.styleOf().newline + inner)
	}
	w.lines(v, layout{prefix: inner})
}

// lines writes the members of a block; the first one stands where the text is.
func (w *writer) lines(v *Node, l layout) {
	first := true
	for _, m := range v.members {
		switch {
		case m.inherited:
			continue
		case m.merge && (m.home == nil || !w.here(m.home)):
			w.refuse(0, "<< cannot be moved: change the text")
		case !first:
			w.put(w.tree.styleOf().newline + l.prefix)
		}
		first = false
		w.member(m, l)
	}
}

// properties returns the tag and the anchor of a node, as they stand before it.
func (n *Node) properties() string {
	text := ""
	if n.tag != "" {
		text += n.tag + " "
	}
	if n.anchor != "" {
		text += "&" + n.anchor + " "
	}
	return text
}

// fresh writes a new value: in brackets if the layout is, or as it would be the root.
func (w *writer) fresh(v *Node, l layout) {
	if !l.flow && w.isBlock(v, l) {
		w.lines(v, layout{prefix: l.prefix})
		return
	}
	w.scalarOrFlow(v, l, nil)
}

// scalarOrFlow writes a scalar, or a collection in brackets. old is what was there
// before, if anything.
func (w *writer) scalarOrFlow(v *Node, l layout, old *Node) {
	if v.alias != nil && w.here(v) && !v.dirty {
		w.copy(v.origin.start, v.origin.end, shift{})
		return
	}
	w.put(v.properties())
	if v.kind != value.Object && v.kind != value.Array {
		w.put(w.scalar(v, l, old))
		return
	}
	open, end := "{", "}"
	if v.kind == value.Array {
		open, end = "[", "]"
	}
	st := w.tree.styleOf()
	inner := layout{flow: true, prefix: l.prefix + st.unit}
	inner.oneLine = l.oneLine || st.oneLine || !l.flow || v.kind == value.Array && st.shortLists && isShort(v)
	w.put(open)
	for i, m := range v.members {
		switch {
		case i > 0 && inner.oneLine:
			w.put(w.comma(v))
		case i > 0:
			w.put("," + st.newline + inner.prefix)
		case !inner.oneLine:
			w.put(st.newline + inner.prefix)
		}
		w.member(m, inner)
	}
	if len(v.members) > 0 && !inner.oneLine {
		w.put(st.newline + l.prefix)
	}
	w.put(end)
}
