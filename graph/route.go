package graph

import (
	"cmp"
	"math"
	"slices"
)

// This file routes the links: lists of corners whose y is that of a vertex or of a
// run. One run serves all links that leave a vertex downwards, and one all that join
// into a vertex from above, like the lines of an organisation chart.

// A run is a horizontal line in a gap between rows.
type run struct {
	gap    int
	low    bool    // joins into the vertex below; otherwise it leaves the row above
	label  float64 // size along of the label on it; 0 without one
	x1, x2 float64
	from   float64 // x of what it belongs to
	level  int
	y      float64
}

// A runKey tells runs apart.
type runKey struct {
	v   *vertex
	e   *link // a line of its own; nil if it is the vertex's
	low bool
}

// run returns a run that begins at x.
func (f *flow) run(k runKey, x float64) *run {
	r := f.runs[k]
	if r == nil {
		r = &run{gap: k.v.row + 1, low: k.low, x1: x, x2: x, from: x}
		if k.low {
			r.gap = k.v.row
		}
		f.runs[k] = r
		f.gaps[r.gap].runs = append(f.gaps[r.gap].runs, r)
	}
	return r
}

// joining returns the run that joins into a vertex.
func (f *flow) joining(v *vertex) *run { return f.run(runKey{v: v, low: true}, v.x) }

func (r *run) cover(x float64) { r.x1, r.x2 = min(r.x1, x), max(r.x2, x) }

// route gives every link its corners.
func (f *flow) route() {
	f.runs, f.gaps = make(map[runKey]*run), make([]gap, len(f.rows)+1)
	for _, e := range f.links {
		switch {
		case e.loop:
			f.routeLoop(e)
		case e.side:
			f.routeSide(e)
		default:
			f.routeDown(e)
		}
	}
}

// routeDown: out at the bottom, along the gap, down the chain, along the last gap, in
// at the top.
func (f *flow) routeDown(e *link) {
	u, v := e.from, e.to
	x := u.x // of the long vertical part
	if e.begins != nil {
		x = e.begins.x
	}
	p := []corner{{x: u.x, v: u, dy: u.h}}
	if x != u.x {
		r := f.run(runKey{v: u}, u.x)
		r.cover(x)
		p = append(p, corner{x: u.x, run: r}, corner{x: x, run: r})
	}
	if x != v.x {
		r := f.joining(v)
		r.cover(x)
		p = append(p, corner{x: x, run: r}, corner{x: v.x, run: r})
	}
	e.path = append(p, corner{x: v.x, v: v})
	if e.across > 0 {
		e.spot = &spot{x: x, gap: e.labelGap()}
		f.gaps[e.spot.gap].label(e)
	}
}

// routeLoop: out and in at the left.
func (f *flow) routeLoop(e *link) {
	u, v, x := e.from, e.to, e.loopX
	out, in := u.mid, v.mid
	if u.leaves(true) && u.entersLeft() {
		out += u.apart()
	}
	if v.leaves(true) && v.entersLeft() {
		in -= v.apart()
	}
	if u == v {
		out, in = u.mid+11, u.mid-11
	}
	p := []corner{{x: u.left() + u.inset(out), v: u, dy: out}}
	switch {
	case x < u.left() && f.clear(u, out, 0, x, u.left(), nil):
		p = append(p, corner{x: x, v: u, dy: out})
	case u.zone == 1 && len(u.down) == 0: // errors come in at its left
		r := f.run(runKey{v: u, e: e}, u.x)
		r.from = -u.x
		r.cover(x)
		p = []corner{{x: u.x, v: u, dy: u.h}, {x: u.x, run: r}, {x: x, run: r}}
	default:
		stub := u.left() - 10
		r := f.run(runKey{v: u, e: e}, stub)
		r.from = -u.x // those that run left lie under those that run right
		r.cover(x)
		p = append(p, corner{x: stub, v: u, dy: out}, corner{x: stub, run: r}, corner{x: x, run: r})
	}
	if x < v.left() && f.clear(v, in, 0, x, v.left(), nil) {
		p = append(p, corner{x: x, v: v, dy: in}, corner{x: v.left() + v.inset(in), v: v, dy: in})
	} else {
		r := f.joining(v)
		r.cover(x)
		p = append(p, corner{x: x, run: r}, corner{x: v.x, run: r}, corner{x: v.x, v: v})
	}
	e.path = p
	if e.across > 0 {
		f.labelLoop(e, x)
	}
}

// labelLoop places the label of a loop on its long vertical part, above its source.
func (f *flow) labelLoop(e *link, x float64) {
	u, v := e.from, e.to
	if u.row > v.row {
		e.spot = &spot{x: x, gap: u.row}
		f.gaps[u.row].label(e)
		return
	}
	e.spot = &spot{x: x, gap: -1, at: corner{v: v, dy: v.mid}}
	if u != v { // below the line that goes in
		e.spot.at.dy += 10 + e.along/2
	}
}

// routeSide: out at the right, to the gutter, along it, and into the target from the
// side or from above.
func (f *flow) routeSide(e *link) {
	u, v := e.from, e.to
	t := f.tracks[e.track()]
	level := t.c != nil && u.row == v.row // beside its target, but something lies between
	out, direct := u.port(e, f.right)
	if level {
		out, direct = f.passing(e, out, direct)
	}
	p := []corner{{x: u.right(), v: u, dy: out}}
	at := p[0]
	same := direct && u.row == v.row && u.dy == v.dy && out < v.h-6 && v.left() > u.right() && f.clear(u, out, e.along, u.right(), v.left(), v)
	switch {
	case same:
		e.path = append(p, corner{x: v.left(), v: v, dy: out})
		e.labelSide(at)
		return
	case direct && level:
		p = append(p, corner{x: v.outside(), v: u, dy: out})
	case direct && t.x > u.right() && f.clear(u, out, e.along, u.right(), t.x+thin, nil):
		p = append(p, corner{x: t.x, v: u, dy: out})
	default:
		stub := u.right() + 10
		r := f.run(runKey{v: u, e: e}, stub)
		r.from, r.label = u.x, e.along
		x := t.x
		if level {
			x = v.outside()
		}
		r.cover(x)
		at = corner{run: r}
		p = append(p, corner{x: stub, v: u, dy: out}, corner{x: stub, run: r}, corner{x: x, run: r})
	}
	e.path = append(p, f.enter(v, t, level)...)
	e.labelSide(at)
}

// passing finds a height at which a link to a target in its own row passes what lies
// between. It returns the height and true; without one, what it was given and false.
func (f *flow) passing(e *link, out float64, direct bool) (float64, bool) {
	u, v := e.from, e.to
	if direct && u.dy == v.dy && f.clear(u, out, e.along, u.right(), v.left(), v) {
		return out, true
	}
	if f.right || u.lanes == nil {
		return out, false
	}
	step := portGap * float64(len(u.sides())) // so that each link has heights of its own
	for dy := out; dy < u.h-12; dy += step {
		if f.clear(u, dy, e.along, u.right(), v.outside(), nil) {
			return dy, true
		}
	}
	return out, false
}

// outside is where a line may run along a chain, left of what of it stands in the row.
func (v *vertex) outside() float64 {
	x := v.left()
	for _, o := range v.chain.vs {
		if o.row == v.row {
			x = min(x, o.left())
		}
	}
	return x - 12
}

// enter returns the corners from a track to its target.
func (f *flow) enter(v *vertex, t *track, level bool) []corner {
	in := v.mid
	if v.leaves(false) {
		in -= 10
	}
	switch {
	case level:
		return []corner{{x: v.outside(), v: v, dy: v.mid}, {x: v.left(), v: v, dy: v.mid}}
	case t.c != nil:
		return []corner{{x: v.x, v: v}}
	case t.x > v.right() && f.clear(v, in, 0, v.right(), t.x, nil):
		return []corner{{x: t.x, v: v, dy: in}, {x: v.right(), v: v, dy: in}}
	case t.x < v.left() && f.clear(v, v.mid, 0, t.x, v.left(), nil):
		return []corner{{x: t.x, v: v, dy: v.mid}, {x: v.left(), v: v, dy: v.mid}}
	case v.dy > 0: // something stands above it in its row
		r, x := f.joining(v), v.outside()
		r.cover(t.x)
		r.cover(x)
		return []corner{{x: t.x, run: r}, {x: x, run: r}, {x: x, v: v, dy: v.mid}, {x: v.left(), v: v, dy: v.mid}}
	}
	r := f.joining(v)
	r.cover(t.x)
	return []corner{{x: t.x, run: r}, {x: v.x, run: r}, {x: v.x, v: v}}
}

// labelSide places the label of a link that leaves by the side in the gutter's column
// for labels.
func (e *link) labelSide(at corner) {
	if e.across > 0 {
		e.spot = &spot{x: e.labelX, gap: -1, at: at}
	}
}

// sides returns the links that leave a vertex by its right side, those that lead
// straight on to a target in the same row first, and the nearest of them before the
// others.
func (v *vertex) sides() []*link {
	var beside, others []*link
	for _, e := range v.out {
		switch {
		case !e.side && (!e.loop || e.kind != CatchEdge || e.from == e.to):
		case e.to.row == v.row:
			beside = append(beside, e)
		default:
			others = append(others, e)
		}
	}
	slices.SortStableFunc(beside, func(a, b *link) int { return cmp.Compare(a.to.x, b.to.x) })
	return append(beside, others...)
}

const portGap = 16.0 // between links that leave by the same side

// portRoom is how much of its side a vertex needs for the labels of the links that
// leave there; 0 if the middle will do.
func (v *vertex) portRoom() float64 {
	sides := v.sides()
	if len(sides) < 2 {
		return 0
	}
	room := 0.0
	for _, e := range sides {
		room += max(portGap, e.along+8)
	}
	return room
}

// port is how far below its top a vertex is left by a link at the right, and whether
// the line may run on from there.
func (v *vertex) port(e *link, turned bool) (dy float64, direct bool) {
	sides := v.sides()
	if len(sides) == 1 {
		return v.mid, true
	}
	if turned {
		dy = v.mid - v.portRoom()/2
		for _, o := range sides {
			half := max(portGap, o.along+8) / 2
			dy += half
			if o == e {
				break
			}
			dy += half
		}
		return dy, true
	}
	i := 0
	for sides[i] != e {
		i++
	}
	if v.h < 60 {
		return v.mid - portGap/2 + portGap*float64(min(i, 1)), i < 2
	}
	room := 1 + int((v.h-v.mid-8)/portGap)
	return v.mid + portGap*float64(min(i, room-1)), i < room
}

// apart is how far from the middle loops leave and enter where they do both.
func (v *vertex) apart() float64 {
	for _, e := range v.out {
		if e.to == v {
			return 17 // around the loop that only comes back to v
		}
	}
	return 9
}

// inset is how far a round side lies inside the box at a height.
func (v *vertex) inset(dy float64) float64 {
	d := dy - v.mid
	if !v.round || d*d >= v.mid*v.mid {
		return 0
	}
	return v.mid - math.Sqrt(v.mid*v.mid-d*d)
}

// clear reports whether a line at the height dy of v, with a label of a size along,
// meets no vertex but one between two x.
func (f *flow) clear(v *vertex, dy, label, x1, x2 float64, but *vertex) bool {
	dy += v.dy
	room := max(6, label/2+2)
	for _, o := range f.rows[v.row] {
		if o != v && o != but && o.right() > x1-4 && o.left() < x2+4 && o.dy-room < dy && dy < o.dy+o.h+room {
			return false
		}
	}
	return true
}
