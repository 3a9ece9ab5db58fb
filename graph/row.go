package graph

// This file puts the vertices of a flow into rows.

// wideFan is how many ways on from one state stand side by side; if there are more,
// every second one stands a row lower, which needs half the width.
const wideFan = 6

// rank gives each vertex its row: the longest way from the start. An error to a
// handler needs no step, so that the handler stands beside the last state that it is
// for.
func (f *flow) rank() {
	for _, v := range f.order {
		v.row = max(v.row, f.firstRow(v))
		for _, e := range v.out {
			if !e.loop {
				e.side = e.kind == CatchEdge || e.to.zone > e.from.zone
			}
		}
		v.down = v.onward()
		if len(v.down) > wideFan && !f.right {
			for i, e := range v.down {
				e.lower = i%2 == 1
			}
		}
		for _, e := range v.out {
			if !e.loop {
				e.to.row = max(e.to.row, v.row+e.step())
			}
		}
		if f.right {
			v.widen()
		}
	}
	f.stack()
	last := 0
	for _, v := range f.vs {
		last = max(last, v.row)
	}
	f.rows = make([][]*vertex, last+1)
	for _, v := range f.vs {
		f.rows[v.row] = append(f.rows[v.row], v)
	}
	for _, e := range f.links {
		if e.loop && e.kind == CatchEdge && e.from != e.to {
			e.side, e.loop = true, false // an error that leads upwards is still an error
		}
	}
}

// firstRow is the uppermost row that a vertex may stand in: the disc of the start has
// its own.
func (f *flow) firstRow(v *vertex) int {
	if v.lost && f.vs[0].node.Kind == Start {
		return 1
	}
	return 0
}

// step is how many rows a link leads down at least.
func (e *link) step() int {
	switch {
	case e.side && e.to.zone > e.from.zone:
		return 0
	case e.lower:
		return 2
	}
	return 1
}

// widen makes room for the labels of the links that leave by the side, which stand
// beside each other in a drawing that will be turned.
func (v *vertex) widen() {
	if room := v.portRoom(); room > 0 {
		v.h = max(v.h, room+16)
		v.mid = min(v.h/2, max(v.mid, room/2+8))
	}
}

// stack puts plain vertices that follow one another beside a container of the happy
// path under each other in its row.
func (f *flow) stack() {
	tall := map[int]float64{}
	for _, v := range f.vs {
		if v.happy && v.lanes != nil {
			tall[v.row] = v.h
		}
	}
	if len(tall) == 0 {
		return
	}
	for _, v := range f.order {
		if v.happy {
			continue
		}
		v.row = f.firstRow(v)
		for _, e := range v.in {
			if !e.loop {
				v.row = max(v.row, e.from.row+e.step())
			}
		}
		if u := v.over(); u != nil && u.dy+u.h+gapRow+v.h <= tall[u.row] {
			v.row, v.dy = u.row, u.dy+u.h+gapRow
		}
	}
}

// over returns the vertex under which v may stand in the same row, nil if there is
// none.
func (v *vertex) over() (u *vertex) {
	for _, e := range v.in {
		switch {
		case e.loop || e.side && e.to.zone == e.from.zone:
			return nil
		case e.side:
		case u != nil || e.from.happy || e.across > 0:
			return nil
		default:
			u = e.from
		}
	}
	if u == nil || u.zone != v.zone || len(u.out) > 1 || u.lanes != nil || v.lanes != nil {
		return nil
	}
	for _, e := range u.in {
		if e.loop {
			return nil
		}
	}
	for _, e := range v.in {
		if e.from.row > u.row {
			return nil
		}
	}
	for _, e := range v.out {
		if e.loop || e.side {
			return nil
		}
	}
	return u
}
