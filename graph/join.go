package graph

import (
	"cmp"
	"math"
	"slices"
)

// joins finds, for edges to the same node whose lines become one, from which corner on
// the shorter one is part of the longer: dashes over dashes would make a full line.
func joins(edges []Edge) {
	type end struct {
		to     string
		dashed bool
	}
	groups := make(map[end][]*Edge)
	for i := range edges {
		e := &edges[i]
		k := end{e.To, e.Kind == CatchEdge || e.Kind == DefaultEdge}
		groups[k] = append(groups[k], e)
	}
	for _, group := range groups {
		slices.SortStableFunc(group, func(a, b *Edge) int { return cmp.Compare(b.lastLength(), a.lastLength()) })
		var whole []*Edge
		for _, e := range group {
			for _, o := range whole {
				if e.Join = shared(e.Points, o.Points); e.Join > 0 {
					break
				}
			}
			if e.Join == 0 && len(whole) < maxWhole {
				whole = append(whole, e)
			}
		}
	}
}

// maxWhole is how many lines to one node are tried as those that others join.
const maxWhole = 64

// lastLength is the length of the last parts, which may be shared.
func (e *Edge) lastLength() float64 {
	sum := 0.0
	for k := max(1, len(e.Points)-3); k < len(e.Points); k++ {
		a, b := e.Points[k-1], e.Points[k]
		sum += math.Abs(a.X-b.X) + math.Abs(a.Y-b.Y)
	}
	return sum
}

// shared returns the index of the corner of a from which on a lies on b; 0 if it does
// not.
func shared(a, b []Point) int {
	i, j := len(a)-1, len(b)-1
	for i > 0 && j > 0 && a[i] == b[j] {
		i, j = i-1, j-1
	}
	if i == len(a)-1 || i == 0 {
		return 0
	}
	p, q, from := a[i], a[i+1], b[j]
	between := func(lo, x, hi float64) bool { return lo <= x && x <= hi || hi <= x && x <= lo }
	if p.X == from.X && q.X == p.X && between(from.Y, p.Y, q.Y) || p.Y == from.Y && q.Y == p.Y && between(from.X, p.X, q.X) {
		return i
	}
	return 0
}
