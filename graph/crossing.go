package graph

import (
	"cmp"
	"slices"
)

// A Crossing is a point where one edge runs over another, always at a right angle.
type Crossing struct {
	Over, Under int // indexes of edges
	At          Point
}

const maxCrossings = 10000

// A stretch is a straight part of an edge.
type stretch struct {
	edge       int
	at, lo, hi float64 // its own coordinate, and its ends along the other
}

// Crossings returns where edges cross. The horizontal one is over the other. Lines
// that join do not cross; lines that share their way cross another once. It returns at
// most 10,000: in a drawing with more, nobody follows a line.
func (g *Graph) Crossings() []Crossing {
	const join = 3
	var across, down []stretch
	for i, e := range g.Edges {
		for k := 1; k < len(e.Points); k++ {
			a, b := e.Points[k-1], e.Points[k]
			if a.Y == b.Y {
				across = append(across, stretch{i, a.Y, min(a.X, b.X) + join, max(a.X, b.X) - join})
			} else {
				down = append(down, stretch{i, a.X, min(a.Y, b.Y) + join, max(a.Y, b.Y) - join})
			}
		}
	}
	slices.SortFunc(down, func(a, b stretch) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.edge, b.edge)) })
	var list []Crossing
	found := make(map[Point]bool)
	for _, h := range across {
		first, _ := slices.BinarySearchFunc(down, h.lo, func(v stretch, x float64) int { return cmp.Compare(v.at, x) })
		for _, v := range down[first:] {
			if v.at > h.hi {
				break
			}
			if len(list) == maxCrossings {
				return list
			}
			at := Point{v.at, h.at}
			if v.lo < h.at && h.at < v.hi && v.edge != h.edge && !found[at] {
				found[at] = true
				list = append(list, Crossing{h.edge, v.edge, at})
			}
		}
	}
	return list
}
