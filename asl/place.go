package asl

import (
	"slices"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// A place is a node of the definition, relative to a known node around it. Its
// pointer is written only for a diagnostic.
type place struct {
	up     *place // nil for the known node
	name   string // of the member
	index  int    // of the item, if isItem
	isItem bool

	basePointer, baseLocation string // of the known node
}

// known returns the same node as a known one, so that its pointer is written once
// for all nodes below it.
func (p *place) known() *place {
	return &place{basePointer: p.pointer(), baseLocation: p.location()}
}

func (p *place) member(name string) *place { return &place{up: p, name: name} }

func (p *place) item(i int) *place { return &place{up: p, index: i, isItem: true} }

// pointer returns the JSON pointer (RFC 6901) of the place: "/States/P/Branches/0".
func (p *place) pointer() string {
	return p.write(func(p *place) string { return p.basePointer }, func(i int) string { return "/" + strconv.Itoa(i) }, position.Escape)
}

// location returns the place as the service names it: "/States/P/Branches[0]".
func (p *place) location() string {
	asIs := func(name string) string { return name }
	return p.write(func(p *place) string { return p.baseLocation }, func(i int) string { return "[" + strconv.Itoa(i) + "]" }, asIs)
}

func (p *place) write(base func(*place) string, item func(int) string, name func(string) string) string {
	var parts []string
	for ; p.up != nil; p = p.up {
		if p.isItem {
			parts = append(parts, item(p.index))
		} else {
			parts = append(parts, "/"+name(p.name))
		}
	}
	parts = append(parts, base(p))
	slices.Reverse(parts)
	return strings.Join(parts, "")
}

// walk calls visit for a value and everything in it.
func walk(at *place, v value.Value, visit func(*place, value.Value)) {
	visit(at, v)
	for name, member := range v.Members() {
		walk(at.member(name), member, visit)
	}
	for i, item := range v.Items() {
		walk(at.item(i), item, visit)
	}
}

// follow finds the place and the value that a JSON pointer leads to.
func follow(at *place, v value.Value, pointer string) (*place, value.Value) {
	for _, part := range parts(pointer) {
		if v.Kind() == value.Array {
			i := index(part)
			at, v = at.item(i), v.Index(i)
			continue
		}
		at, v = at.member(part), v.Get(part)
	}
	return at, v
}

// lookup returns the value that a JSON pointer leads to.
func lookup(v value.Value, pointer string) value.Value {
	_, v = follow(&place{}, v, pointer)
	return v
}

// parts returns the names and indexes of a JSON pointer.
func parts(pointer string) []string {
	if pointer == "" {
		return nil
	}
	parts := strings.Split(pointer[1:], "/")
	for i, part := range parts {
		parts[i] = position.Unescape(part)
	}
	return parts
}

// index returns the index that a part of a pointer is, or -1.
func index(part string) int {
	i, err := strconv.Atoi(part)
	if err != nil {
		return -1
	}
	return i
}
