package asl

import (
	"slices"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/internal/position"
)

// A place is a node of the definition on the way down from a known one. It is
// written out only if there is something to say about it.
type place struct {
	up     *place // nil for the known node
	name   string // of the member
	index  int    // of the item, if isItem
	isItem bool

	basePointer, baseLocation string // of the known node
}

// known makes a node whose places are written out once, for those below it.
func (p *place) known() *place {
	return &place{basePointer: p.pointer(), baseLocation: p.location()}
}

func (p *place) member(name string) *place { return &place{up: p, name: name} }

func (p *place) item(i int) *place { return &place{up: p, index: i, isItem: true} }

// pointer is the place as JSON pointer (RFC 6901): "/States/P/Branches/0".
func (p *place) pointer() string {
	return p.write(func(p *place) string { return p.basePointer }, func(i int) string { return "/" + strconv.Itoa(i) }, position.Escape)
}

// location is the place as the service names it: "/States/P/Branches[0]".
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
