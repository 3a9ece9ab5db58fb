package assist

import (
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/asl/edit"
	"github.com/aslocal/aslocal/internal/position"
)

// This file has the tree of a text that may be half-typed, and finds the definition
// in it.

// A node is a value as far as it has been written.
type node struct {
	kind       nodeKind
	start, end int    // bytes, quotes and brackets included
	text       string // of a text or scalar: what it means
	quote      byte   // of a text: '"' or '\''; '|' or '>' of a block of YAML; 0 of a plain word
	body       int    // of a text: where what is between the quotes begins, or the first line of a block
	bodyEnd    int    // and where it ends
	members    []member
	items      []*node
	flow       bool // of an object or array: it stands in brackets
	closed     bool // and the last of them is there
	column     int  // of an object or array without brackets, counted from 0
	json       bool // the rules of JSON hold in it
}

type nodeKind uint8

const (
	missing nodeKind = iota // nothing has been written yet
	object
	array
	text
	scalar // a number, true, false, null: a word without quotes that is no text
)

// A member is one of an object.
type member struct {
	key   *node
	colon int   // behind the colon; -1 if there is none yet
	value *node // never nil
}

// get returns the member of an object by its name; a missing node if there is none.
// The last of several with one name counts.
func (n *node) get(name string) *node {
	for i := len(n.members) - 1; i >= 0; i-- {
		if n.members[i].key.text == name {
			return n.members[i].value
		}
	}
	return &node{}
}

// has reports whether an object has a member of that name.
func (n *node) has(name string) bool {
	for _, m := range n.members {
		if m.key.text == name {
			return true
		}
	}
	return false
}

// word returns the text of a text or scalar, "" of anything else.
func (n *node) word() string { return n.text }

// at returns what a JSON pointer leads to; a missing node if that is nothing.
func (n *node) at(pointer string) *node {
	for pointer != "" {
		var part string
		part, pointer, _ = strings.Cut(strings.TrimPrefix(pointer, "/"), "/")
		if pointer != "" {
			pointer = "/" + pointer
		}
		part = position.Unescape(part)
		if n.kind == array {
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(n.items) {
				return &node{}
			}
			n = n.items[i]
			continue
		}
		n = n.get(part)
	}
	return n
}

// read returns the tree of a text.
func read(text string, format edit.Format) *node {
	if format == edit.YAML {
		return readYAML(text, 0, len(text))
	}
	return readJSON(text, 0, len(text))
}

// readDefinition returns the tree of the definition of a document. In a template it
// may be the text of a block of YAML: DefinitionString: |.
func readDefinition(doc edit.Document) *node {
	n := read(doc.Text, doc.Format).at(doc.Pointer)
	return n.inner(doc.Text)
}

// inner returns the tree of the definition that a block of text holds; any other
// node itself.
func (n *node) inner(source string) *node {
	if n.kind != text || n.quote != '|' && n.quote != '>' {
		return n
	}
	if strings.HasPrefix(strings.TrimSpace(source[n.body:n.bodyEnd]), "{") {
		return readJSON(source, n.body, n.bodyEnd)
	}
	return readYAML(source, n.body, n.bodyEnd)
}

// maxDepth bounds the nesting of what is read: twice what a definition may have.
const maxDepth = 400
