package patch

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// This file reads JSON. A placeholder such as ${Name} may stand where a value may, as
// in templates whose definitions are filled in later.

// A SyntaxError says why a text cannot be changed, and where.
type SyntaxError struct {
	Message string
	At      position.Position
}

// Error returns place and message.
func (e *SyntaxError) Error() string { return e.At.String() + ": " + e.Message }

// Parse reads a text. The error, if any, is a *SyntaxError.
func Parse(text string, format Format) (*Tree, error) {
	if format == YAML {
		return parseYAML(text)
	}
	return parseJSON(text)
}

func parseJSON(text string) (*Tree, error) {
	t := &Tree{text: text, format: JSON}
	r := &jsonReader{tree: t, src: text}
	root, ok := r.value(0)
	if ok && r.space() != 0 {
		ok = r.fail("expected the end of the text")
	}
	if !ok {
		if _, err := value.Parse(text); err != nil && !strings.Contains(text, "${") {
			bad := err.(*value.SyntaxError)
			return nil, &SyntaxError{bad.Message, position.JSON(text).Position(bad.Offset)}
		}
		return nil, &SyntaxError{r.message, position.JSON(text).Position(r.at)}
	}
	t.root = &Member{Value: root, source: root, end: len(text)}
	root.up = t.root
	return t, nil
}

type jsonReader struct {
	tree    *Tree
	src     string
	at      int
	message string // why there is no value
}

func (r *jsonReader) fail(format string, args ...any) bool {
	r.message = fmt.Sprintf(format, args...)
	return false
}

func (r *jsonReader) value(depth int) (*Node, bool) {
	c := r.space()
	if depth > value.MaxDepth {
		return nil, r.fail("nesting exceeds %d levels", value.MaxDepth)
	}
	n := &Node{origin: &origin{tree: r.tree, start: r.at, flow: true}}
	ok := true
	switch {
	case c == 0:
		ok = r.fail("the text ends where a value is expected")
	case c == '{':
		n.kind = value.Object
		ok = r.collection(n, '}', depth)
	case c == '[':
		n.kind = value.Array
		ok = r.collection(n, ']', depth)
	case strings.HasPrefix(r.src[r.at:], "${"):
		n.kind = value.Opaque
		size := strings.IndexByte(r.src[r.at:], '}')
		if size < 0 || strings.ContainsAny(r.src[r.at:r.at+size], "\n\"") {
			return nil, r.fail("the placeholder has no end")
		}
		n.raw = r.src[r.at : r.at+size+1]
		r.at += size + 1
	case c == '"':
		n.kind = value.String
		n.scalar, ok = r.quoted()
	default:
		ok = r.word(n)
	}
	n.origin.end = r.at
	return n, ok
}

// word reads a number, true, false or null.
func (r *jsonReader) word(n *Node) bool {
	start := r.at
	for r.at < len(r.src) && strings.IndexByte(",:]} \t\r\n", r.src[r.at]) < 0 {
		r.at++
	}
	v, err := value.Parse(r.src[start:r.at])
	if err != nil || v.Kind() == value.String {
		r.at = start
		return r.fail("expected a value")
	}
	n.kind, n.scalar = v.Kind(), v
	return true
}

func (r *jsonReader) collection(n *Node, end byte, depth int) bool {
	r.at++
	o := n.origin
	o.inner = r.at
	if r.space() == end {
		o.outer = r.at
		r.at++
		return true
	}
	for {
		m := &Member{home: n, up: n, index: len(n.members)}
		r.space()
		m.start = r.at
		m.key = span{r.at, r.at}
		if end == '}' {
			name, ok := r.quoted()
			if !ok {
				return false
			}
			m.Name, m.key.end = name.Text(), r.at
			if r.space() != ':' {
				return r.fail("expected a colon")
			}
			r.at++
		}
		m.colon = r.at
		v, ok := r.value(depth + 1)
		if !ok {
			return false
		}
		m.Value, m.source, m.end, v.up = v, v, r.at, m
		n.members = append(n.members, m)
		switch last := r.space(); last {
		case ',':
			r.at++
		case end:
			o.outer = r.at
			r.at++
			n.members = slices.Clip(n.members)
			o.members = n.members
			return true
		default:
			return r.fail("expected a comma or %c", end)
		}
	}
}

// quoted reads a string.
func (r *jsonReader) quoted() (value.Value, bool) {
	start := r.at
	if start >= len(r.src) || r.src[start] != '"' {
		return value.Value{}, r.fail("expected a string")
	}
	plain := true
	for i := start + 1; i < len(r.src); i++ {
		switch c := r.src[i]; {
		case c == '\\':
			plain = false
			i++
		case c < ' ':
			r.at = i
			return value.Value{}, r.fail("the string is not closed on its line")
		case c >= 0x80:
			plain = false
		case c == '"':
			r.at = i + 1
			if plain {
				return value.OfString(r.src[start+1 : i]), true
			}
			v, err := value.Parse(r.src[start:r.at])
			if err != nil {
				r.at = start
				return v, r.fail("%s", err.(*value.SyntaxError).Message)
			}
			return v, true
		}
	}
	return value.Value{}, r.fail("the string has no end")
}

// space passes over white space and returns what follows, or 0 at the end.
func (r *jsonReader) space() byte {
	for ; r.at < len(r.src); r.at++ {
		switch c := r.src[r.at]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}
