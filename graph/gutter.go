package graph

import (
	"cmp"
	"math"
	"slices"
)

// This file places gutters. A gutter stands right of all that is placed in its rows: a
// column for the labels of errors, then a line for each target, which all errors that
// go to it share, and the handlers. The line and the handler whose first source is
// lowest stand nearest, so that those from above pass over them. Errors of handlers
// have gutters of their own, right of the handlers.

// A track is the line of a gutter that leads to one vertex.
type track struct {
	to          *vertex
	links       []*link
	first, last int    // half-rows
	c           *chain // of the target, if the track is the upper part of that
	x           float64
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

// gutters places the lines of the errors of one zone, and the handlers.
func (f *flow) gutters(zone int, handlers []*chain) {
	list := f.collectTracks(zone, handlers)
	slices.SortStableFunc(list, func(a, b *track) int { return cmp.Compare(a.first, b.first) })
	for len(list) > 0 { // those whose rows overlap share a gutter
		n, last := 1, list[0].last
		for n < len(list) && list[n].first <= last {
			last = max(last, list[n].last)
			n++
		}
		f.gutter(list[:n:n], list[0].first, last)
		list = list[n:]
	}
}

// collectTracks makes the tracks of the errors of one zone, and of the handlers.
func (f *flow) collectTracks(zone int, handlers []*chain) []*track {
	var list []*track
	for _, e := range f.links {
		if !e.side || e.from.zone != zone {
			continue
		}
		k := e.track()
		t := f.tracks[k]
		if t == nil {
			t = &track{to: e.to, first: 2 * e.to.row, last: 2*e.to.row + 1}
			f.tracks[k] = t
			list = append(list, t)
		}
		t.links = append(t.links, e)
		t.first, t.last = min(t.first, 2*e.from.row+1), max(t.last, 2*e.from.row+2)
	}
	for _, c := range handlers {
		v := c.vs[0]
		t := f.tracks[trackKey{zone: 0, to: v}]
		if t == nil {
			t = &track{to: v, first: 2 * v.row}
			list = append(list, t)
		}
		t.c = c
		c.measure(min(t.first, 2*v.row))
		t.last = max(t.last, c.first+len(c.l)-1)
	}
	return list
}

// gutter places tracks in the half-rows from first to last.
func (f *flow) gutter(list []*track, first, last int) {
	base, wide := math.Inf(-1), 0.0
	for h := first; h <= last; h++ {
		base = max(base, f.rightmost[h])
	}
	base = max(base, f.vs[0].x) // also where nothing stands
	for _, t := range list {
		for _, e := range t.links {
			wide = max(wide, e.across)
		}
	}
	if wide > 0 {
		for _, t := range list {
			for _, e := range t.links {
				e.labelX = base + 14 + wide/2
			}
		}
		base += wide + 14
	}
	for h := first; h <= last; h++ {
		f.rightmost[h] = base
	}
	slices.SortStableFunc(list, func(a, b *track) int {
		return cmp.Or(cmp.Compare(a.to.zone, b.to.zone), cmp.Compare(b.first, a.first), cmp.Compare(a.to.row, b.to.row))
	})
	for _, t := range list {
		f.placeTrack(t, base)
	}
}

func (f *flow) placeTrack(t *track, base float64) {
	if t.c != nil {
		f.standRight(t.c, base)
		t.x = t.c.x
		return
	}
	t.x = base + 12
	for h := t.first; h <= t.last; h++ {
		t.x = max(t.x, f.rightmost[h]+14+thin)
	}
	for h := t.first; h <= t.last; h++ {
		f.rightmost[h] = max(f.rightmost[h], t.x+thin)
	}
}
