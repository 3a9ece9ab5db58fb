package graph

import (
	"cmp"
	"slices"
)

// This file gives rows and runs their y.

const (
	gapRow   = 40.0 // between rows
	gapTurn  = 50.0 // … where a line turns
	gapLevel = 12.0 // between runs
)

// A gap is the room between two rows: runs that leave the row above, then labels,
// then runs that join into the row below.
type gap struct {
	runs   []*run
	labelH float64 // size along of the longest label; 0 without one
	labelY float64 // middle of the labels
}

func (g *gap) label(e *link) { g.labelH = max(g.labelH, e.along) }

// levels gives runs that overlap different levels, in the order in which those that
// lie inside each other do not cross. It returns how many levels there are for those
// that leave and those that join, and the size of the longest label on a run.
func (g *gap) levels() (high, low int, label float64) {
	slices.SortStableFunc(g.runs, func(a, b *run) int {
		switch {
		case a.low != b.low && b.low:
			return -1
		case a.low != b.low:
			return 1
		case a.low:
			return cmp.Compare(a.from, b.from)
		}
		return cmp.Compare(b.from, a.from)
	})
	for i, r := range g.runs {
		for _, o := range g.runs[:i] {
			if o.low == r.low && o.x1-8 < r.x2 && r.x1-8 < o.x2 {
				r.level = max(r.level, o.level+1)
			}
		}
		if r.low {
			low = max(low, r.level+1)
		} else {
			high = max(high, r.level+1)
			label = max(label, r.label)
		}
	}
	return high, low, label
}

// settle gives rows, runs and labels their y.
func (f *flow) settle() {
	y := 0.0
	for i := range f.gaps {
		y = f.gaps[i].settle(y, i == 0 || i == len(f.rows))
		if i == len(f.rows) {
			break
		}
		tall := 0.0
		for _, v := range f.rows[i] {
			v.y, tall = y+v.dy, max(tall, v.dy+v.h)
		}
		y += tall
	}
	f.h = y
}

// settle places what is in a gap that begins at y, and returns where it ends. An
// outer gap is above the first row or below the last.
func (g *gap) settle(y float64, outer bool) float64 {
	high, low, label := g.levels()
	step, first := gapLevel, 14.0
	if label > 0 {
		step, first = max(gapLevel, label+2), max(14, label/2+8)
	}
	bottom := y // of what is placed
	if high > 0 {
		bottom = y + first + step*float64(high-1)
		if label > 0 {
			bottom += max(4, label/2-4)
		}
	}
	if g.labelH > 0 {
		g.labelY = max(bottom+6, y+9) + g.labelH/2
		bottom = g.labelY + g.labelH/2
	}
	end := bottom + 14
	if low > 0 {
		end = bottom + 8 + gapLevel*float64(low-1) + 20
	}
	switch {
	case outer && high+low == 0 && g.labelH == 0:
		end = y
	case outer:
	case high+low > 0:
		end = max(end, y+gapTurn)
	default:
		end = max(end, y+gapRow)
	}
	for _, r := range g.runs {
		r.y = y + first + step*float64(r.level)
		if r.low {
			r.y = end - 20 - gapLevel*float64(low-1-r.level)
		}
	}
	return end
}
