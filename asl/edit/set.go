package edit

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/internal/patch"
	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// This file sets and removes members and items of anything.

// set sets a value. Of an object or array that is there, only what is different
// changes. Objects on the way that are not there are made; "-" is the place behind the
// last item of an array.
func (m *machine) set(pointer string, raw json.RawMessage) error {
	v, err := value.Parse(string(raw))
	if err != nil {
		return refuse(pointer, "value: expected JSON: %v", err)
	}
	if pointer == "" && v.Kind() != value.Object {
		return refuse("", "a definition is an object")
	}
	if pointer == "" {
		m.root.Holder().Assign(patch.New(v))
		return nil
	}
	parts := strings.Split(pointer, "/")
	if parts[0] != "" {
		return refuse(pointer, "a pointer begins with /")
	}
	n := m.root
	for i, part := range parts[1:] {
		last := i == len(parts)-2
		next := n.Find("/" + part)
		if part == "-" && n.Kind() == value.Array {
			next = nil
		}
		if next != nil && (!last || next.Kind() != value.Absent) {
			if last {
				next.Holder().Assign(patch.New(v))
			}
			n = next
			continue
		}
		made := patch.New(v)
		if !last {
			if made = patch.Object(); isIndex(parts[i+2]) {
				made = patch.Array()
			}
		}
		if err := m.create(n, part, made); err != nil {
			return err
		}
		n = made
	}
	return nil
}

// create puts a new member or item into a node.
func (m *machine) create(n *patch.Node, part string, v *patch.Node) error {
	switch n.Kind() {
	case value.Object:
		setField(n, position.Unescape(part), v)
	case value.Array:
		if i, err := strconv.Atoi(part); part != "-" && (err != nil || i != n.Len()) {
			return refuse(m.pointer(n), "expected an index up to %d, got %s", n.Len(), part)
		}
		n.Insert(n.Len(), patch.NewMember("", v))
	default:
		return refuse(m.pointer(n), "expected an object or array, got %s", n.Kind())
	}
	return nil
}

// isIndex reports whether a part of a pointer is the first place in an array.
func isIndex(part string) bool { return part == "0" || part == "-" }

// remove takes a member or an item out.
func (m *machine) remove(pointer string) error {
	n := m.root.Find(pointer)
	if n == nil || n == m.root {
		return refuse(pointer, "there is nothing here to remove")
	}
	n.Holder().Remove()
	return nil
}
