package template

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// This file holds texts that are put together from parts of a source and
// remember where each part comes from.

// maxText is how long a text may get: twice what the service takes for a
// definition. References of a template to itself could make it endless.
const maxText = 2 << 20

// A text is JSON, or a part of it, with its origins. The zero text is empty.
type text struct {
	bytes    []byte
	pieces   []piece // in order, together all of the bytes that have an origin
	overflow bool    // something was left out, since the text got too long
}

// A piece is a part of a text with one origin: a node of the source, or a part
// of its bytes.
type piece struct {
	start, end int // in the text
	madeUp     bool

	node *path // nil for bytes
	side side

	from, to int  // offsets in the source
	verbatim bool // the bytes are those of the source, so an offset within leads to one
}

// A side says what of a node is meant.
type side uint8

const (
	valueSide side = iota
	keySide
	firstCharacter // of an object or array
)

// A path is the place of a node. It is written out only for the few that
// somebody asks for: together they would be far longer than the source.
type path struct {
	up   *path // nil for one that is known
	name string
}

func (p *path) member(name string) *path { return &path{up: p, name: name} }

func (p *path) item(i int) *path { return &path{up: p, name: strconv.Itoa(i)} }

// pointer returns the path as JSON pointer (RFC 6901).
func (p *path) pointer() string {
	var names []string
	for ; p.up != nil; p = p.up {
		names = append(names, position.Escape(p.name))
	}
	pointer := []byte(p.name)
	for _, name := range slices.Backward(names) {
		pointer = append(append(pointer, '/'), name...)
	}
	return string(pointer)
}

// add appends bytes with the origin that p names.
func (t *text) add(s string, p piece) {
	if t.overflow || len(t.bytes)+len(s) > maxText {
		t.overflow = true
		return
	}
	p.start, p.end = len(t.bytes), len(t.bytes)+len(s)
	t.bytes = append(t.bytes, s...)
	if len(s) > 0 {
		t.pieces = append(t.pieces, p)
	}
}

// addPlain appends text that is not in the source: commas and colons.
func (t *text) addPlain(s string) {
	if t.overflow || len(t.bytes)+len(s) > maxText {
		t.overflow = true
		return
	}
	t.bytes = append(t.bytes, s...)
}

// addPart appends a part of another text.
func (t *text) addPart(from *text, start, end int) {
	i := sort.Search(len(from.pieces), func(i int) bool { return from.pieces[i].end > start })
	for ; start < end; i++ {
		if i == len(from.pieces) || from.pieces[i].start >= end {
			t.addPlain(string(from.bytes[start:end]))
			return
		}
		p := from.pieces[i]
		if p.start > start {
			t.addPlain(string(from.bytes[start:p.start]))
			start = p.start
		}
		stop := min(p.end, end)
		if p.verbatim {
			p.from, p.to = p.from+start-p.start, p.from+stop-p.start
		}
		t.add(string(from.bytes[start:stop]), p)
		start = stop
	}
}

// addText appends another text.
func (t *text) addText(from *text) {
	t.overflow = t.overflow || from.overflow
	t.addPart(from, 0, len(from.bytes))
}

// madeUp reports whether any of the bytes from start to end is.
func (t *text) madeUp(start, end int) bool {
	i := sort.Search(len(t.pieces), func(i int) bool { return t.pieces[i].end > start })
	for ; i < len(t.pieces) && t.pieces[i].start < end; i++ {
		if t.pieces[i].madeUp {
			return true
		}
	}
	return false
}

// origin returns the part of the source that the bytes from start to end come from,
// from the first to the last that have an origin; unknown if none has.
func (t *text) origin(source *position.Table, start, end int) position.Range {
	end = max(end, start+1)
	i := sort.Search(len(t.pieces), func(i int) bool { return t.pieces[i].end > start })
	if i == len(t.pieces) || t.pieces[i].start >= end {
		return position.Range{}
	}
	j := sort.Search(len(t.pieces), func(j int) bool { return t.pieces[j].start >= end }) - 1
	first, last := t.pieces[i].origin(source, start, end), t.pieces[j].origin(source, start, end)
	if last.End.Offset > first.End.Offset {
		first.End = last.End
	}
	return first
}

// origin returns where the bytes of the piece between start and end come from.
func (p piece) origin(source *position.Table, start, end int) position.Range {
	if p.node == nil {
		from, to := p.from, p.to
		if p.verbatim {
			from, to = p.from+max(0, start-p.start), p.from+min(end, p.end)-p.start
		}
		return position.Range{Start: source.Position(from), End: source.Position(to)}
	}
	where := nearest(source, p.node.pointer())
	switch {
	case p.side == keySide && where.Key.Known():
		return where.Key
	case p.side == firstCharacter:
		where.Value.End = where.Value.Start
	}
	return where.Value
}

// nearest returns the place of a node, or of what is around it: what an alias
// of YAML stands for has no place of its own. An intrinsic function that was
// written as a tag has none either, but its arguments have.
func nearest(source *position.Table, pointer string) position.Place {
	if where, ok := source.Lookup(pointer); ok {
		return where
	}
	known := ""
	for name := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if _, ok := source.Lookup(known + "/" + name); ok {
			known += "/" + name
		} else if !strings.HasPrefix(name, "Fn::") {
			break
		}
	}
	where, _ := source.Lookup(known)
	return where
}

// quoted returns a string as JSON.
func quoted(s string) string { return string(value.AppendQuoted(nil, s)) }

// cover returns a piece with the origin of the bytes from start to end.
func (t *text) cover(start, end int, madeUp bool) piece {
	i := sort.Search(len(t.pieces), func(i int) bool { return t.pieces[i].end > start })
	if i == len(t.pieces) || t.pieces[i].start >= end {
		return piece{madeUp: madeUp}
	}
	p := t.pieces[i]
	if p.node == nil {
		if p.verbatim {
			p.from, p.to, p.verbatim = p.from+max(0, start-p.start), p.from+min(end, p.end)-p.start, false
		}
		for i++; i < len(t.pieces) && t.pieces[i].start < end; i++ {
			switch q := t.pieces[i]; {
			case q.node != nil:
			case q.verbatim:
				p.to = max(p.to, q.from+min(end, q.end)-q.start)
			default:
				p.to = max(p.to, q.to)
			}
		}
	}
	p.madeUp = madeUp || t.madeUp(start, end)
	return p
}
