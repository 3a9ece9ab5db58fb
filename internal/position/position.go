// Package position finds the place of each node of a JSON or YAML document in its
// text, so that an error about a value can show line and column.
//
//	table := position.JSON(`{"a": [1, 2]}`)
//	place, ok := table.Lookup("/a/1") // place.Value is 1:11 to 1:12
//
// A [Table] is made of a text that has been parsed without errors; for JSON it is
// built at the first look-up. Lines and columns count from 1, columns in characters.
package position

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/aslocal/aslocal/value"
)

// A Position is a place in a text. The zero Position is an unknown one.
type Position struct {
	Offset int // in bytes, from 0
	Line   int // from 1
	Column int // from 1, in characters
}

// String returns "line:column".
func (p Position) String() string { return fmt.Sprintf("%d:%d", p.Line, p.Column) }

// A Range is a part of a text; End is the position just behind it. The zero Range is
// an unknown one.
type Range struct {
	Start, End Position
}

// Known reports whether r is a part of a text.
func (r Range) Known() bool { return r.Start.Line > 0 }

// A Place is the place of a node. The root and the items of arrays have no key.
type Place struct {
	Key, Value Range
}

// Shown returns the part of the text to point at for a node: its value, or its key if
// it is structured, that is, an object or array.
func (p Place) Shown(structured bool) Range {
	if structured && p.Key.Known() {
		return p.Key
	}
	return p.Value
}

// A Duplicate is a member that its object has twice. Most readers use the last.
type Duplicate struct {
	Pointer       string // JSON pointer of the member
	First, Second Range  // of the keys
}

// A Table has the places of the nodes of one text. Many goroutines may use it. A nil
// Table has no places.
type Table struct {
	text  string
	fill  func(*builder) // nil once the table is filled
	once  sync.Once
	lines []int // offset of each line
	runes []int // characters before each multiple of step

	nodes      []node
	children   map[edge]int32
	duplicates []duplicate
}

// step is the distance in bytes between the offsets at which the number of characters
// is stored, so that a column is found as quickly in a line of a megabyte as in a
// short one.
const step = 256

// A node holds offsets; key is empty for the root and for items.
type node struct {
	key, value span
}

type span struct{ start, end int32 }

// An edge leads from a node to its member or item. Pointers are not stored: in a deep
// document they would be far longer than the document.
type edge struct {
	parent int32
	name   string
}

type duplicate struct {
	node int32
	edge edge
	key  span // of the second one
}

// Lookup returns the place of the node that a JSON pointer (RFC 6901) names; false if
// there is none, or if the text could not be read that far.
func (t *Table) Lookup(pointer string) (Place, bool) {
	if t == nil {
		return Place{}, false
	}
	t.once.Do(t.build)
	at := int32(0)
	if len(t.nodes) == 0 || pointer != "" && pointer[0] != '/' {
		return Place{}, false
	}
	for pointer != "" {
		name, rest := pointer[1:], ""
		if i := strings.IndexByte(name, '/'); i >= 0 {
			name, rest = name[:i], name[i:]
		}
		next, ok := t.children[edge{at, Unescape(name)}]
		if !ok {
			return Place{}, false
		}
		at, pointer = next, rest
	}
	n := t.nodes[at]
	return Place{Key: t.rangeOf(n.key), Value: t.rangeOf(n.value)}, true
}

// Duplicates returns the members that an object has more than once, in the order of
// the text, at most limit of them.
func (t *Table) Duplicates(limit int) []Duplicate {
	if t == nil {
		return nil
	}
	t.once.Do(t.build)
	if len(t.duplicates) == 0 {
		return nil
	}
	up := make(map[int32]edge, len(t.children)) // made here, since hardly any text has duplicates
	for e, child := range t.children {
		up[child] = e
	}
	for _, d := range t.duplicates {
		up[d.node] = d.edge
	}
	var found []Duplicate
	for _, d := range t.duplicates[:min(limit, len(t.duplicates))] {
		found = append(found, Duplicate{
			Pointer: pointer(d.edge, up),
			First:   t.rangeOf(t.nodes[d.node].key),
			Second:  t.rangeOf(d.key),
		})
	}
	return found
}

// pointer returns the JSON pointer of the node that an edge leads to; up has the edge
// to each node.
func pointer(e edge, up map[int32]edge) string {
	var names []string
	for {
		names = append(names, Escape(e.name))
		if e.parent == 0 {
			break
		}
		e = up[e.parent]
	}
	var b strings.Builder
	for i := len(names) - 1; i >= 0; i-- {
		b.WriteByte('/')
		b.WriteString(names[i])
	}
	return b.String()
}

// Position returns the position of an offset in the text; the end of the text for an
// offset beyond it.
func (t *Table) Position(offset int) Position {
	t.once.Do(t.build)
	return t.position(offset)
}

// Before returns the position of the last character before an offset.
func (t *Table) Before(offset int) Position {
	offset = max(0, min(offset, len(t.text))-1)
	for offset > 0 && !utf8.RuneStart(t.text[offset]) {
		offset--
	}
	return t.Position(offset)
}

func (t *Table) position(offset int) Position {
	offset = max(0, min(offset, len(t.text)))
	line := sort.SearchInts(t.lines, offset+1)
	start := t.lines[line-1]
	return Position{Offset: offset, Line: line, Column: 1 + t.runesBefore(offset) - t.runesBefore(start)}
}

func (t *Table) rangeOf(s span) Range {
	if s.end == 0 {
		return Range{}
	}
	return Range{Start: t.position(int(s.start)), End: t.position(int(s.end))}
}

// runesBefore returns how many characters there are before an offset.
func (t *Table) runesBefore(offset int) int {
	i := offset / step
	return t.runes[i] + starts(t.text[i*step:offset])
}

// starts counts the bytes that begin a character. Unlike
// utf8.RuneCountInString it may be given a text in pieces.
func starts(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		if utf8.RuneStart(s[i]) {
			n++
		}
	}
	return n
}

// offset returns the offset of a line and column, both from 1.
func (t *Table) offset(line, column int) int {
	if line > len(t.lines) {
		return len(t.text)
	}
	start := t.lines[max(line, 1)-1]
	if column <= step { // nearly always: then it is quicker to walk
		at := start
		for n := 1; at < len(t.text); at++ {
			if utf8.RuneStart(t.text[at]) {
				if n >= column {
					break
				}
				n++
			}
		}
		return at
	}
	want := t.runesBefore(start) + column - 1
	i := max(sort.SearchInts(t.runes, want+1)-1, start/step)
	at, n := i*step, t.runes[i]
	if at < start {
		at, n = start, t.runesBefore(start)
	}
	for ; at < len(t.text); at++ {
		if utf8.RuneStart(t.text[at]) {
			if n >= want {
				break
			}
			n++
		}
	}
	return at
}

// build indexes the lines of the text and reads its nodes.
func (t *Table) build() {
	t.index()
	if t.fill != nil {
		b := &builder{t: t}
		t.fill(b)
		t.fill = nil
	}
}

func (t *Table) index() {
	t.lines = append(make([]int, 0, 1+strings.Count(t.text, "\n")), 0)
	for i := 0; i < len(t.text); i++ {
		if t.text[i] == '\n' {
			t.lines = append(t.lines, i+1)
		}
	}
	t.runes = append(make([]int, 0, 1+len(t.text)/step), 0)
	for i := step; i <= len(t.text); i += step {
		t.runes = append(t.runes, t.runes[len(t.runes)-1]+starts(t.text[i-step:i]))
	}
}

// A builder fills a table.
type builder struct {
	t *Table
}

// root adds the root, whose value is set when it is known.
func (b *builder) root() int32 {
	b.t.children = make(map[edge]int32)
	b.t.nodes = append(b.t.nodes, node{})
	return 0
}

// member adds a member of an object. The last of several with one name is the
// one that Lookup finds.
func (b *builder) member(parent int32, name string, key span) int32 {
	e := edge{parent, name}
	if before, ok := b.t.children[e]; ok {
		b.t.duplicates = append(b.t.duplicates, duplicate{before, e, key})
	}
	return b.add(e, key)
}

// item adds an item of an array.
func (b *builder) item(parent int32, i int) int32 {
	return b.add(edge{parent, strconv.Itoa(i)}, span{})
}

func (b *builder) add(e edge, key span) int32 {
	id := int32(len(b.t.nodes))
	b.t.nodes = append(b.t.nodes, node{key: b.within(key)})
	b.t.children[e] = id
	return id
}

// value sets the place of the value of a node. The parser of YAML counts some line
// ends that we do not, so its places may be inexact, but never outside the text.
func (b *builder) value(id int32, s span) { b.t.nodes[id].value = b.within(s) }

func (b *builder) within(s span) span {
	size := int32(len(b.t.text))
	start := min(s.start, size)
	return span{start, min(max(s.end, start), size)}
}

// Escape returns a member name as a part of a JSON pointer: ~ becomes ~0, / becomes
// ~1.
func Escape(name string) string {
	if !strings.ContainsAny(name, "~/") {
		return name
	}
	return strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
}

// Unescape is the reverse of Escape.
func Unescape(part string) string {
	if strings.IndexByte(part, '~') < 0 {
		return part
	}
	return strings.ReplaceAll(strings.ReplaceAll(part, "~1", "/"), "~0", "~")
}

// ValueAt returns what a JSON pointer names in v, no value if there is nothing.
func ValueAt(v value.Value, pointer string) value.Value {
	if pointer == "" {
		return v
	}
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		switch v.Kind() {
		case value.Object:
			v = v.Get(Unescape(part))
		case value.Array:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= v.Len() {
				return value.Value{}
			}
			v = v.Index(i)
		default:
			return value.Value{}
		}
	}
	return v
}
