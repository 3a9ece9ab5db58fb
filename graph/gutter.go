package graph

import (
	"math"
	"slices"
)

// This file places the gutter: right of what it belongs to, a column for the labels
// of errors, then a line for each target, which all errors that go to it share, and
// the handlers. The line and the handler whose first source is lowest stand nearest,
// so that those from above pass over them. Errors of handlers have a gutter of their
// own, right of the handlers.

// A track is the line of the gutter that leads to one vertex.
type track struct {
	to         *vertex
	first, end int    // half-rows
	c          *chain // of the target, if the track is the upper part of that
	x          float64
}

// A trackKey tells tracks apart.
type trackKey struct {
	zone  int
	to    *vertex
	below bool // comes from below: it cannot use the line above its target
}

func (e *link) track() trackKey {
	return trackKey{e.from.zone, e.to, e.to.zone == 1 && e.from.row > e.to.row}
}

// gutter places the lines of the errors of one zone, and the handlers.
func (f *flow) gutter(zone int, handlers []*chain) {
	var list []*track
	wide := 0.0
	for _, e := range f.links {
		if !e.side || e.from.zone != zone {
			continue
		}
		k := e.track()
		t := f.tracks[k]
		if t == nil {
			t = &track{to: e.to, first: 2 * e.to.row, end: 2*e.to.row + 1}
			f.tracks[k] = t
			list = append(list, t)
		}
		t.first, t.end = min(t.first, 2*e.from.row+1), max(t.end, 2*e.from.row+2)
		wide = max(wide, e.across)
	}
	for _, c := range handlers {
		v := c.vs[0]
		t := f.tracks[trackKey{zone: 0, to: v}]
		if t == nil {
			t = &track{to: v, first: 2 * v.row}
			list = append(list, t)
		}
		t.c = c
	}
	if len(list) == 0 {
		return
	}
	base := f.gutterBase(zone, list)
	if wide > 0 {
		f.labelX[zone] = base + 14 + wide/2
		base += wide + 14
	}
	for h := range f.rightmost {
		f.rightmost[h] = max(f.rightmost[h], base)
	}
	slices.SortStableFunc(list, func(a, b *track) int {
		switch {
		case (a.to.zone == 0) != (b.to.zone == 0):
			return a.to.zone - b.to.zone
		case a.first != b.first:
			return b.first - a.first
		}
		return a.to.row - b.to.row
	})
	for _, t := range list {
		f.placeTrack(t, base)
	}
}

// gutterBase is the x right of which a gutter begins.
func (f *flow) gutterBase(zone int, list []*track) float64 {
	base := math.Inf(-1)
	for _, x := range f.rightmost {
		base = max(base, x)
	}
	return base
}

func (f *flow) placeTrack(t *track, base float64) {
	if t.c != nil {
		t.c.measure(min(t.first, 2*t.to.row))
		f.standRight(t.c, base)
		t.x = t.c.x
		return
	}
	t.x = base + 12
	for h := t.first; h <= t.end; h++ {
		t.x = max(t.x, f.rightmost[h]+14+thin)
	}
	for h := t.first; h <= t.end; h++ {
		f.rightmost[h] = max(f.rightmost[h], t.x+thin)
	}
}
