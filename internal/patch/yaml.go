package patch

import (
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// This file reads YAML. The parser gives the nodes, and where they begin; where they
// end is found here.

// maxNodes is how many nodes a document may have with what its aliases repeat.
const maxNodes = 200_000

func parseYAML(text string) (t *Tree, err error) {
	t = &Tree{text: text, format: YAML}
	r := &yamlReader{tree: t, src: text, line: 1, anchors: make(map[*yaml.Node]*Node)}
	if strings.HasPrefix(text, byteOrderMark) {
		r.at = len(byteOrderMark)
	}
	defer func() {
		switch bad := recover().(type) {
		case nil:
		case *SyntaxError:
			t, err = nil, bad
		default:
			panic(bad)
		}
	}()
	if i := position.TooDeep(text); i >= 0 {
		r.fail(i, "the nesting is too deep")
	}
	if i := oddLineEnd(text); i >= 0 {
		r.fail(i, "a line ends here in a way that editors do not show: use line feeds")
	}
	body := r.document()
	if body == nil {
		return nil, &SyntaxError{Message: "the document is empty", At: position.Position{Line: 1, Column: 1}}
	}
	root := r.node(body, nil, false, 0, -1)
	t.root = &Member{Value: root, source: root, start: root.origin.start, colon: root.origin.start, key: span{root.origin.start, root.origin.start}, end: root.origin.end}
	root.up = t.root
	r.attach(root)
	r.sound(root)
	return t, nil
}

const byteOrderMark = "\ufeff"

// oddLineEnd returns where a line end is that only the parser takes for one, or -1.
func oddLineEnd(text string) int {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\r' && !strings.HasPrefix(text[i:], "\r\n"):
			return i
		case c == 0xc2 && strings.HasPrefix(text[i:], "\u0085"),
			c == 0xe2 && (strings.HasPrefix(text[i:], "\u2028") || strings.HasPrefix(text[i:], "\u2029")):
			return i
		}
	}
	return -1
}

type yamlReader struct {
	tree    *Tree
	src     string
	anchors map[*yaml.Node]*Node
	count   int

	// The place of the last node that was looked up. They come in order.
	at, line, column int // column from 0
}

func (r *yamlReader) fail(at int, message string) {
	panic(&SyntaxError{message, position.JSON(r.src).Position(at)})
}

// document returns the root of the only document.
func (r *yamlReader) document() *yaml.Node {
	loader, err := yaml.NewLoader(strings.NewReader(r.src))
	if err != nil {
		r.failed(err)
	}
	var body *yaml.Node
	for {
		document := new(yaml.Node)
		switch err := loader.Load(document); {
		case err == io.EOF:
			return body
		case err != nil:
			r.failed(err)
		case len(document.Content) == 0:
		case body != nil:
			r.fail(r.offset(document.Content[0]), "expected one document, got several")
		default:
			body = document.Content[0]
		}
	}
}

// failed reports what the parser says.
func (r *yamlReader) failed(err error) {
	bad := new(yaml.LoadError)
	if !errors.As(err, &bad) {
		r.fail(0, err.Error())
	}
	r.fail(r.seek(bad.Mark.Line, bad.Mark.Column), bad.Message)
}

// offset returns where a node begins: at its tag or anchor, if any.
func (r *yamlReader) offset(n *yaml.Node) int { return r.seek(n.Line, n.Column) }

// seek returns the offset of a line and column, both from 1.
func (r *yamlReader) seek(line, column int) int {
	column--
	if line < r.line || line == r.line && column < r.column {
		r.at, r.line, r.column = 0, 1, 0
		if strings.HasPrefix(r.src, byteOrderMark) {
			r.at = len(byteOrderMark)
		}
	}
	for r.line < line {
		end := strings.IndexByte(r.src[r.at:], '\n')
		if end < 0 {
			r.at = len(r.src)
			return r.at
		}
		r.at, r.line, r.column = r.at+end+1, r.line+1, 0
	}
	for r.column < column && r.at < len(r.src) {
		_, size := utf8.DecodeRuneInString(r.src[r.at:])
		r.at, r.column = r.at+size, r.column+1
	}
	return r.at
}

// node reads a node. indent is the column of the member that it is the value of, and at
// is where it may begin at the earliest.
func (r *yamlReader) node(n *yaml.Node, up *Member, flow bool, at, indent int) *Node {
	if r.count++; r.count > maxNodes {
		r.fail(at, "the document and what its aliases repeat are too large to be changed")
	}
	out := &Node{up: up, origin: &origin{tree: r.tree, flow: flow}}
	o := out.origin
	if n.Kind == yaml.ScalarNode && n.Value == "" && n.Anchor == "" && n.Style == 0 {
		o.start, o.end = at, at // there is nothing
		out.kind, out.scalar = value.Null, value.NullValue
		return out
	}
	o.start = r.offset(n)
	content, end := r.properties(n, out)
	switch n.Kind {
	case yaml.AliasNode:
		r.alias(n, out)
		o.end = o.start + 1 + len(n.Value)
	case yaml.MappingNode:
		out.kind = value.Object
		r.mapping(n, out, content)
	case yaml.SequenceNode:
		out.kind = value.Array
		r.sequence(n, out, content)
	default:
		out.scalar = position.Scalar(n)
		out.kind = out.scalar.Kind()
		if !out.scalar.Exists() {
			out.kind, out.raw = value.Opaque, n.Value
		}
		if o.end = end; n.Value != "" || n.Style&quotedStyles != 0 {
			o.end = r.scalarEnd(n, content, indent)
		}
	}
	if out.anchor != "" {
		r.anchors[n] = out
		r.tree.anchored = true
	}
	return out
}

// The styles of scalars that are not plain.
const quotedStyles = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle

// properties reads tag and anchor, and returns where the content begins, and where they
// end.
func (r *yamlReader) properties(n *yaml.Node, out *Node) (at, end int) {
	at = out.origin.start
	end = at
	if n.Kind == yaml.AliasNode {
		return at, at
	}
	out.anchor = n.Anchor
	for at < len(r.src) {
		switch c := r.src[at]; {
		case n.Anchor != "" && c == '&', n.Style&yaml.TaggedStyle != 0 && c == '!':
			size := strings.IndexAny(r.src[at:], " \t\r\n,]}")
			if size < 0 {
				size = len(r.src) - at
			}
			end = at + size
			if c == '!' {
				out.tag = r.src[at:end]
			}
			at = end
		case (n.Anchor != "" || n.Style&yaml.TaggedStyle != 0) && strings.IndexByte(" \t\r\n", c) >= 0:
			at++
		case (n.Anchor != "" || n.Style&yaml.TaggedStyle != 0) && c == '#':
			at = r.lineEnd(at)
		default:
			return at, end
		}
	}
	return at, end
}

// alias makes a node a copy of what it repeats.
func (r *yamlReader) alias(n *yaml.Node, out *Node) {
	target, ok := r.anchors[n.Alias]
	if !ok {
		r.fail(out.origin.start, "the anchor contains an alias of itself")
	}
	r.tree.anchored = true
	r.repeat(target, out)
	out.alias = target
}

func (r *yamlReader) repeat(from, to *Node) {
	if r.count++; r.count > maxNodes {
		r.fail(to.origin.start, "the document and what its aliases repeat are too large to be changed")
	}
	to.kind, to.scalar, to.raw, to.tag = from.kind, from.scalar, from.raw, from.tag
	for _, m := range from.visible() {
		inner := &Node{origin: to.origin}
		r.repeat(m.Value, inner)
		inner.origin = nil
		to.add(&Member{Name: m.Name, Value: inner})
	}
}

func (r *yamlReader) mapping(n *yaml.Node, out *Node, at int) {
	o := out.origin
	o.flow = n.Style&yaml.FlowStyle != 0
	o.inner, o.end = at, at
	if o.flow {
		if strings.HasPrefix(r.src[at:], "{") {
			at++
		} else {
			o.rigid = pairInBrackets
		}
		o.inner = at
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		m := &Member{home: out, up: out, index: len(out.members)}
		if key.Kind != yaml.ScalarNode {
			r.fail(r.offset(key), "a key must be a scalar")
		}
		m.start = r.offset(key)
		if i == 0 && !o.flow {
			o.inner = m.start
		}
		if before := r.skip(at); before < m.start {
			o.rigid = "keys with a question mark"
		}
		holder := &Node{origin: &origin{start: m.start}}
		start, _ := r.properties(key, holder)
		if start != m.start {
			o.rigid = "keys with tags or anchors"
		}
		m.Name, m.key = key.Value, span{m.start, r.scalarEnd(key, start, 0)}
		m.merge = key.ShortTag() == "!!merge"
		m.colon = r.skip(m.key.end)
		if m.colon < len(r.src) && r.src[m.colon] == ':' {
			m.colon++
		} else {
			o.rigid, m.colon = "keys without a colon", m.key.end
		}
		m.Value = r.node(n.Content[i+1], m, o.flow, m.colon, r.columnOf(m.start, o.flow))
		m.source = m.Value
		m.end = r.lineComment(m.Value.origin.end, o.flow)
		at = m.end
		out.members = append(out.members, m)
	}
	r.merges(out)
	r.close(out, at, '}')
}

// merges gives a mapping the members that it has from merges.
func (r *yamlReader) merges(out *Node) {
	var has map[string]bool
	for _, m := range out.members {
		if !m.merge {
			continue
		}
		if has == nil {
			has = make(map[string]bool)
			for _, own := range out.members {
				has[own.Name] = !own.merge
			}
		}
		r.inherit(out, m.Value, has)
	}
}

func (r *yamlReader) inherit(out, from *Node, has map[string]bool) {
	if from.kind == value.Array {
		for _, one := range from.Items() {
			r.inherit(out, one, has)
		}
		return
	}
	for _, m := range from.visible() {
		if !has[m.Name] {
			has[m.Name] = true
			inner := &Node{origin: from.origin}
			r.repeat(m.Value, inner)
			inner.origin = nil
			out.add(&Member{Name: m.Name, Value: inner, inherited: true})
		}
	}
}

func (r *yamlReader) sequence(n *yaml.Node, out *Node, at int) {
	o := out.origin
	o.flow = n.Style&yaml.FlowStyle != 0
	o.inner, o.end = at, at
	if o.flow {
		at++
		o.inner = at
	}
	for i, item := range n.Content {
		m := &Member{home: out, up: out, index: i}
		m.start = r.skip(at)
		m.key, m.colon = span{m.start, m.start}, m.start
		if !o.flow {
			if m.start >= len(r.src) || r.src[m.start] != '-' {
				r.fail(min(m.start, len(r.src)), "this list has a form that cannot be changed")
			}
			m.colon++
			if i == 0 {
				o.inner = m.start
			}
		} else if i > 0 && m.start < len(r.src) && r.src[m.start] == '?' {
			o.rigid = "keys with a question mark"
		}
		m.Value = r.node(item, m, o.flow, m.colon, r.columnOf(m.start, o.flow))
		m.source = m.Value
		m.end = r.lineComment(m.Value.origin.end, o.flow)
		at = m.end
		out.members = append(out.members, m)
	}
	r.close(out, at, ']')
}

// pairInBrackets is why [a: b] cannot be changed: its mapping has no brackets of its
// own.
const pairInBrackets = "a pair without braces"

// close finds the end of a collection whose last member ends at a place.
func (r *yamlReader) close(out *Node, at int, bracket byte) {
	o := out.origin
	out.members = slices.Clip(out.members)
	o.members = out.members
	for i, m := range o.members {
		if m.inherited {
			o.members = o.members[:i]
			break
		}
	}
	o.outer, o.end = at, at
	if !o.flow || o.rigid == pairInBrackets {
		return
	}
	if at = r.skip(at); at >= len(r.src) || r.src[at] != bracket {
		r.fail(min(at, len(r.src)), "brackets of this form cannot be changed")
	}
	o.outer, o.end = at, at+1
}

// skip passes over white space, comments and, in brackets, commas.
func (r *yamlReader) skip(at int) int {
	for ; at < len(r.src); at++ {
		switch c := r.src[at]; c {
		case ' ', '\t', '\r', '\n', ',':
		case '#':
			at = r.lineEnd(at) - 1
		default:
			return at
		}
	}
	return at
}

// lineComment returns where a line ends of which the rest is a comment or blank, or
// else the place itself.
func (r *yamlReader) lineComment(at int, flow bool) int {
	if flow {
		return at
	}
	i := at
	for i < len(r.src) && (r.src[i] == ' ' || r.src[i] == '\t') {
		i++
	}
	if i == len(r.src) || r.src[i] == '\n' || r.src[i] == '\r' || r.src[i] == '#' && i > at {
		return r.lineEnd(i)
	}
	return at
}

// lineEnd returns where a line ends, without its line feed.
func (r *yamlReader) lineEnd(at int) int {
	n := strings.IndexByte(r.src[at:], '\n')
	if n < 0 {
		return len(r.src)
	}
	if n > 0 && r.src[at+n-1] == '\r' {
		n--
	}
	return at + n
}

// columnOf returns the column of a member, from 0; in brackets it does not matter, and
// lines may be very long.
func (r *yamlReader) columnOf(at int, flow bool) int {
	if flow {
		return 0
	}
	return utf8.RuneCountInString(r.src[lineStart(r.src, at):at])
}

func lineStart(text string, at int) int { return strings.LastIndexByte(text[:at], '\n') + 1 }

// scalarEnd returns where a scalar ends whose content begins at start.
func (r *yamlReader) scalarEnd(n *yaml.Node, start, indent int) int {
	src := r.src
	end := start
	switch {
	case start >= len(src):
	case n.Style&yaml.DoubleQuotedStyle != 0:
		for end++; end < len(src) && src[end] != '"'; end++ {
			if src[end] == '\\' {
				end++
			}
		}
		end++
	case n.Style&yaml.SingleQuotedStyle != 0:
		for end++; end < len(src); end++ {
			if src[end] == '\'' {
				if end++; end >= len(src) || src[end] != '\'' {
					break
				}
			}
		}
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		end = r.blockEnd(n, start, indent)
	default:
		end = plainEnd(src, start, n.Value)
	}
	return min(end, len(src))
}

// plainEnd finds the end of a scalar without quotes, which may go over several lines:
// all that is not white space is in the text as in the value.
func plainEnd(src string, at int, text string) int {
	end := at
	for _, word := range strings.Fields(text) {
		i := strings.Index(src[end:], word)
		if i < 0 {
			break
		}
		end += i + len(word)
	}
	return end
}

// blockEnd returns the end of a block scalar: of its last line that is not empty, or of
// its last line if it keeps empty ones.
func (r *yamlReader) blockEnd(n *yaml.Node, start, indent int) int {
	end := r.lineEnd(start)
	header, _, _ := strings.Cut(r.src[start:end], " ")
	keep := strings.Contains(header, "+")
	want := -1 // indentation of the content
	if i := strings.IndexAny(header, "123456789"); i >= 0 {
		want = indent + int(header[i]-'0')
	}
	if strings.Trim(n.Value, " \n\t") == "" && want < 0 {
		want = indent + 1
	}
	for at := end; at < len(r.src); {
		next := at + strings.IndexByte(r.src[at:], '\n') + 1
		if next == at {
			break
		}
		stop := r.lineEnd(next)
		line := r.src[next:stop]
		spaces := len(line) - len(strings.TrimLeft(line, " "))
		switch {
		case spaces == len(line) && (want < 0 || spaces <= want):
			if keep && stop < len(r.src) {
				end = stop
			}
		case want < 0:
			want, end = spaces, stop
		case spaces < want:
			return end
		default:
			end = stop
		}
		at = stop
	}
	return end
}
