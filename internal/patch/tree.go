package patch

import (
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// A Format is the language of a text.
type Format string

// The formats.
const (
	JSON Format = "json"
	YAML Format = "yaml"
)

// A Tree is a text that can be changed. It is not safe for use by several goroutines.
type Tree struct {
	text     string
	format   Format
	root     *Member // without a name
	anchored bool    // there are anchors or aliases
	style    *style  // nil until something new is written
	focus    *Node   // whose style that is; nil for all
	escaped  bool    // JSON in a string of YAML, which cannot have all characters
	copied   []*Node // aliases that had to become copies, see Copied
}

// Root returns the node of the whole text.
func (t *Tree) Root() *Node { return t.root.Value }

// A Node is a value in a tree, or a new one that is to be put into a tree. All methods
// that read may be called on a nil Node, which is a value that does not exist.
type Node struct {
	kind    value.Kind
	scalar  value.Value // of a node that is neither an object nor an array; does not exist for Opaque
	raw     string      // of an Opaque node: ${Name} without quotes in JSON
	members []*Member   // of an object or array
	up      *Member     // nil for a new node
	origin  *origin     // nil for a new node
	dirty   bool        // something in it is not as in the text
	alias   *Node       // of YAML: what it repeats; the node itself is a copy of that
	tag     string      // of YAML, as written: "!Sub"
	anchor  string
}

// An origin is the place of a node in the text of its tree.
type origin struct {
	tree       *Tree
	start, end int
	inner      int       // where its members begin: behind the bracket, or at the first one
	outer      int       // where they end: at the closing bracket, or behind the last one
	members    []*Member // as in the text
	flow       bool      // in brackets, as all of JSON is; of a scalar: inside of such brackets
	rigid      string    // why its members cannot be changed, "" if they can

	// Of prefixOf:
	looked bool
	prefix string
	lines  bool
}

// A Member is a member of an object, or an item of an array, which has no name.
type Member struct {
	Name  string
	Value *Node
	up    *Node // that it is in; nil for the root and for what has been taken out

	// Of one that is in the text:
	home      *Node // that it was in
	index     int   // there
	source    *Node // its value there
	start     int   // of its comments, its key or its dash
	key       span
	colon     int // behind the colon or dash
	end       int // behind its last comment
	moved     bool
	merge     bool // <<: *alias, which is no member to those who read
	inherited bool // comes from such a merge, and is not in the text
	renamed   bool
}

type span struct{ start, end int }

// New returns a node with a value.
func New(v value.Value) *Node {
	n := &Node{kind: v.Kind()}
	switch v.Kind() {
	case value.Object:
		for name, member := range v.Members() {
			n.add(&Member{Name: name, Value: New(member)})
		}
	case value.Array:
		for _, item := range v.Items() {
			n.add(&Member{Value: New(item)})
		}
	default:
		n.scalar = v
	}
	return n
}

// Text returns a new string.
func Text(s string) *Node { return New(value.OfString(s)) }

// Object returns a new object of names and nodes in turn.
func Object(namesAndNodes ...any) *Node {
	n := &Node{kind: value.Object}
	for i := 0; i < len(namesAndNodes); i += 2 {
		n.add(&Member{Name: namesAndNodes[i].(string), Value: namesAndNodes[i+1].(*Node)})
	}
	return n
}

// Array returns a new array.
func Array(items ...*Node) *Node {
	n := &Node{kind: value.Array}
	for _, item := range items {
		n.add(&Member{Value: item})
	}
	return n
}

// NewMember returns a member that is not yet in an object or array; for an array, its
// name is "".
func NewMember(name string, v *Node) *Member {
	m := &Member{Name: name, Value: v}
	v.up = m
	return m
}

func (n *Node) add(m *Member) {
	m.up = n
	m.Value.up = m
	n.members = append(n.members, m)
}

// Kind returns the kind of the value: Opaque for a placeholder such as ${Name} that
// stands in JSON without quotes, Absent for nil.
func (n *Node) Kind() value.Kind {
	if n == nil {
		return value.Absent
	}
	return n.kind
}

// Text returns a string's text, "" for any other node.
func (n *Node) Text() string {
	if n == nil || n.kind != value.String {
		return ""
	}
	return n.scalar.Text()
}

// Tag returns the node's tag of YAML, as it is written, "" if it has none.
func (n *Node) Tag() string {
	if n == nil {
		return ""
	}
	return n.tag
}

// Untag takes the tag from a new node.
func (n *Node) Untag() { n.tag = "" }

// Value returns the value. What a tag of YAML stands for is not computed; an opaque
// node is its text.
func (n *Node) Value() value.Value {
	switch {
	case n == nil:
		return value.Value{}
	case n.kind == value.Object:
		var b value.ObjectBuilder
		for name, member := range n.Members() {
			b.Set(name, member.Value())
		}
		return b.Value()
	case n.kind == value.Array:
		items := make([]value.Value, 0, len(n.members))
		for _, item := range n.Items() {
			items = append(items, item.Value())
		}
		return value.OfSlice(items)
	case n.kind == value.Opaque:
		return value.OfString(n.raw)
	}
	return n.scalar
}

// Len returns how many members an object has, or items an array.
func (n *Node) Len() int {
	count := 0
	if n != nil {
		for _, m := range n.members {
			if !m.merge {
				count++
			}
		}
	}
	return count
}

// Get returns a member of an object, nil if it has none of that name.
func (n *Node) Get(name string) *Node {
	if m := n.Member(name); m != nil {
		return m.Value
	}
	return nil
}

// Member returns a member of an object, nil if it has none of that name. The last one
// of several with a name counts, as for readers of JSON.
func (n *Node) Member(name string) *Member {
	if n == nil || n.kind != value.Object {
		return nil
	}
	for _, m := range slices.Backward(n.members) {
		if m.Name == name && !m.merge {
			return m
		}
	}
	return nil
}

// Index returns an item of an array, nil if there is none.
func (n *Node) Index(i int) *Node {
	if n == nil || n.kind != value.Array || i < 0 || i >= len(n.members) {
		return nil
	}
	return n.members[i].Value
}

// Members returns names and values of an object in order.
func (n *Node) Members() iter.Seq2[string, *Node] {
	return func(yield func(string, *Node) bool) {
		if n == nil || n.kind != value.Object {
			return
		}
		for _, m := range n.members {
			if !m.merge && !yield(m.Name, m.Value) {
				return
			}
		}
	}
}

// Items returns the items of an array in order.
func (n *Node) Items() iter.Seq2[int, *Node] {
	return func(yield func(int, *Node) bool) {
		if n == nil || n.kind != value.Array {
			return
		}
		for i, m := range n.members {
			if !yield(i, m.Value) {
				return
			}
		}
	}
}

// Place returns where in an object or array a member stands: its index for Insert.
func (n *Node) Place(m *Member) int { return slices.Index(n.members, m) }

// Holder returns the member that a node is the value of, nil for a new node.
func (n *Node) Holder() *Member { return n.up }

// Up returns the object or array that a node is in, nil for the root and for a new
// node.
func (n *Node) Up() *Node {
	if n == nil || n.up == nil {
		return nil
	}
	return n.up.up
}

// Find returns the node below n that a JSON pointer (RFC 6901) leads to, nil if there
// is none.
func (n *Node) Find(pointer string) *Node {
	for n != nil && pointer != "" {
		if pointer[0] != '/' {
			return nil
		}
		name, rest := pointer[1:], ""
		if i := strings.IndexByte(name, '/'); i >= 0 {
			name, rest = name[:i], name[i:]
		}
		pointer = rest
		if n.Kind() == value.Array {
			i, err := strconv.Atoi(name)
			if err != nil {
				return nil
			}
			n = n.Index(i)
			continue
		}
		n = n.Get(position.Unescape(name))
	}
	return n
}

// Pointer returns the JSON pointer of a node relative to a node around it.
func (n *Node) Pointer(from *Node) string {
	var parts []string
	for n != from && n.up != nil && n.up.up != nil {
		around := n.up.up
		if around.kind == value.Array {
			parts = append(parts, strconv.Itoa(around.Place(n.up)))
		} else {
			parts = append(parts, position.Escape(n.up.Name))
		}
		n = around
	}
	var b strings.Builder
	for _, part := range slices.Backward(parts) {
		b.WriteByte('/')
		b.WriteString(part)
	}
	return b.String()
}

// touch marks a node, and what is around it, as changed.
func (n *Node) touch() {
	for n != nil && !n.dirty {
		n.dirty = true
		n = n.Up()
	}
}

// Set gives an object a member: where the member stands if there is one of that name,
// else at the end.
func (n *Node) Set(name string, v *Node) { n.SetAt(name, v, len(n.members)) }

// SetAt is Set for a member that stands at index i if it is new.
func (n *Node) SetAt(name string, v *Node, i int) {
	if m := n.Member(name); m != nil {
		m.Assign(v)
		return
	}
	n.Insert(i, NewMember(name, v))
}

// Insert puts a member into an object, or an item into an array, so that it stands at
// index i. A member that Remove has taken out is moved with its text and its comments.
func (n *Node) Insert(i int, m *Member) {
	m.up = n
	n.members = slices.Insert(n.members, min(max(i, 0), len(n.members)), m)
	n.touch()
}

// Remove takes a member out.
func (m *Member) Remove() {
	around := m.up
	if i := around.Place(m); i >= 0 {
		around.members = append(around.members[:i:i], around.members[i+1:]...) // the origin keeps the old ones
	}
	around.touch()
	m.up, m.moved = nil, true
}

// Rename gives a member another name.
func (m *Member) Rename(name string) {
	if m.Name == name {
		return
	}
	m.Name, m.renamed, m.inherited = name, true, false
	m.up.touch()
}

// Assign gives a member another value. Of an object or array, only what is different
// changes.
func (m *Member) Assign(v *Node) {
	old := m.Value
	switch {
	case old.equals(v):
		return
	case old.kind == value.Object && v.kind == value.Object && old.tag == v.tag:
		old.assignMembers(v)
	case old.kind == value.Array && v.kind == value.Array && old.tag == v.tag:
		old.assignItems(v)
	default:
		m.Replace(v)
	}
}

// Replace gives a member another value without looking at the one it has.
func (m *Member) Replace(v *Node) {
	m.Value, v.up, v.dirty = v, m, true
	m.inherited = false
	if m.up != nil {
		m.up.touch()
	}
}

func (n *Node) assignMembers(v *Node) {
	for _, m := range slices.Clone(n.members) {
		if !m.merge && v.Get(m.Name) == nil {
			m.Remove()
		}
	}
	at := 0
	for _, m := range slices.Clone(v.members) {
		if m.merge {
			continue
		}
		if own := n.Member(m.Name); own != nil {
			own.Assign(m.Value)
			at = n.Place(own) + 1
			continue
		}
		n.Insert(at, NewMember(m.Name, m.Value))
		at++
	}
}

// assignItems keeps the items at the beginning and at the end that are equal, and
// assigns those between in pairs.
func (n *Node) assignItems(v *Node) {
	items := slices.Clone(v.members)
	from, to := 0, len(n.members)
	for from < to && len(items) > 0 && n.members[from].Value.equals(items[0].Value) {
		from, items = from+1, items[1:]
	}
	for from < to && len(items) > 0 && n.members[to-1].Value.equals(items[len(items)-1].Value) {
		to, items = to-1, items[:len(items)-1]
	}
	for ; from < to && len(items) > 0; from++ {
		n.members[from].Assign(items[0].Value)
		items = items[1:]
	}
	for ; from < to; to-- {
		n.members[from].Remove()
	}
	for _, item := range items {
		n.Insert(from, NewMember("", item.Value))
		from++
	}
}

// equals reports whether two nodes are the same value, with the same tags and with
// their members in the same order.
func (n *Node) equals(other *Node) bool {
	if n == other {
		return true
	}
	if n.kind != other.kind || n.tag != other.tag || n.raw != other.raw {
		return false
	}
	if n.kind != value.Object && n.kind != value.Array {
		return n.kind == value.Opaque || n.scalar.String() == other.scalar.String()
	}
	a, b := n.visible(), other.visible()
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Name != b[i].Name || !a[i].Value.equals(b[i].Value) {
			return false
		}
	}
	return true
}

// visible returns the members but for merges.
func (n *Node) visible() []*Member {
	if !slices.ContainsFunc(n.members, func(m *Member) bool { return m.merge }) {
		return n.members
	}
	var seen []*Member
	for _, m := range n.members {
		if !m.merge {
			seen = append(seen, m)
		}
	}
	return seen
}

// Clone returns a copy of a member that can be put into a tree beside it. It is written
// with the text and the comments of the original, if that has no anchors, which would
// then be twice in the text.
func (m *Member) Clone() *Member {
	if m.home == nil || m.inherited || m.Value.hasAnchor() {
		return NewMember(m.Name, m.Value.Copy())
	}
	c := m.clone(m.home)
	c.moved, c.up = true, nil
	return c
}

func (m *Member) clone(home *Node) *Member {
	c := *m
	c.home, c.up = home, home
	c.Value = m.Value.clone()
	c.Value.up = &c
	if m.source == m.Value {
		c.source = c.Value
	}
	return &c
}

func (n *Node) clone() *Node {
	c := *n
	c.members = make([]*Member, len(n.members))
	for i, m := range n.members {
		home := m.home
		if home == n {
			home = &c
		}
		c.members[i] = m.clone(home)
		c.members[i].up = &c
	}
	return &c
}

// hasAnchor reports whether there is an anchor or alias in a node.
func (n *Node) hasAnchor() bool {
	return n.anchor != "" || n.alias != nil || slices.ContainsFunc(n.members, func(m *Member) bool { return m.merge || m.Value.hasAnchor() })
}

// Copy returns a new node with the same value and the same tags.
func (n *Node) Copy() *Node {
	c := &Node{kind: n.kind, scalar: n.scalar, raw: n.raw, tag: n.tag}
	for _, m := range n.visible() {
		c.add(&Member{Name: m.Name, Value: m.Value.Copy()})
	}
	return c
}

// Focus makes the style of what is written new that of a node's text, not that of all.
func (t *Tree) Focus(n *Node) { t.focus = n }

// Position returns line and column of an offset.
func (t *Tree) Position(offset int) position.Position {
	return position.JSON(t.text).Position(offset)
}
