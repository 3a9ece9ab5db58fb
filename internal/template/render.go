package template

import (
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file writes definitions that stand in a document as objects.

// A renderer writes values as JSON with their origins.
type renderer struct {
	*substitutions
	stack *stack // nil where there are no intrinsic functions
}

// value appends v, which stands at p as the field.
func (r *renderer) value(t *text, v value.Value, p *path, field string, depth int) {
	switch {
	case t.overflow:
	case r.stack != nil && isIntrinsic(v):
		r.computed(t, v, p, field, depth)
	case v.Kind() == value.Object:
		t.add("{", piece{node: p, side: firstCharacter})
		first := true
		r.members(t, v, p, depth, &first)
		t.addPlain("}")
	case v.Kind() == value.Array:
		t.add("[", piece{node: p, side: firstCharacter})
		for i, item := range v.Items() {
			if i > 0 {
				t.addPlain(",")
			}
			r.value(t, item, p.item(i), field, depth)
		}
		t.addPlain("]")
	case v.Kind() == value.String:
		r.text(t, v.Text(), field, piece{node: p})
	default:
		t.add(v.String(), piece{node: p})
	}
}

// members appends the members of an object; first says that none stands before them.
func (r *renderer) members(t *text, v value.Value, p *path, depth int, first *bool) {
	for name, member := range v.Members() {
		inner := p.member(name)
		switch {
		case t.overflow:
			return
		case r.stack != nil && r.stack.omitted(member):
			continue
		case r.stack != nil && isLoop(name, member) && depth < maxIntrinsics:
			turns, _ := r.stack.loops.turns(member)
			for _, turn := range turns {
				r.members(t, turn, inner.item(2), depth+1, first)
			}
			continue
		case !*first:
			t.addPlain(",")
		}
		*first = false
		r.text(t, name, "", piece{node: inner, side: keySide})
		t.addPlain(":")
		r.value(t, member, inner, name, depth)
	}
}

// text appends a string, filled, whose origin is p.
func (r *renderer) text(t *text, s, field string, p piece) {
	if strings.IndexByte(s, '{') >= 0 {
		holes, raw := r.fill(field, s)
		if raw.text != "" {
			p.madeUp = p.madeUp || !raw.known
			t.add(raw.text, p)
			return
		}
		for _, h := range holes {
			p.madeUp = p.madeUp || !h.with.known
		}
		s = filled(s, holes)
	}
	t.add(quoted(s), p)
}

// computed appends what CloudFormation would compute.
func (r *renderer) computed(t *text, v value.Value, p *path, field string, depth int) {
	if branches := v.Get("Fn::If"); branches.Kind() == value.Array && depth < maxIntrinsics {
		branch := r.stack.branch(branches)
		r.value(t, branches.Index(branch), p.member("Fn::If").item(branch), field, depth+1)
		return
	}
	if inner := v.Get("Fn::ToJsonString"); inner.Exists() && field == "" {
		r.value(t, inner, p.member("Fn::ToJsonString"), field, depth+1)
		return
	}
	made := r.stack.text(v, p, 0)
	t.overflow = t.overflow || made.overflow
	s, origin := string(made.bytes), piece{node: p, madeUp: made.madeUp(0, len(made.bytes))}
	switch {
	case wantsNumber(field) && isNumber(s):
		t.add(s, origin)
	case origin.madeUp && wantsNumber(field):
		t.add("1", origin)
	case origin.madeUp && field == "Resource" && !isResource(s):
		t.add(quoted(r.home.fitting(field, s)), origin)
	default:
		r.text(t, s, field, origin)
	}
}

func isResource(s string) bool {
	_, err := asl.ParseResource(s)
	return err == nil
}
