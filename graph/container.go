package graph

import (
	"math"

	"github.com/aslocal/aslocal/asl"
)

// This file makes containers: Parallel states with a lane for each branch, and Map
// states with one lane.

const (
	headerH    = 36.0 // of a container, where its name stands
	headerMax  = 480.0
	headerMore = 56.0 // what a header is wider than its texts
	lanePad    = 12.0 // around lanes, and around what is in them
	laneGap    = 8.0
	ringRoom   = 6.0    // for the ring on the last node
	maxShift   = 140.0  // how much wider a container may get so that its happy path is in its middle
	laneRow    = 1600.0 // lanes that are wider than this together may stand in several rows
)

// A lane is one workflow of a container, laid out.
type lane struct {
	node         Node
	drawing      *drawing
	x, y         float64 // in the container
	leastW, size float64 // what it needs across and along
	shift        float64 // of what is in the lane, from its middle
}

// container makes a vertex a container: it lays out what is inside, and sets the
// size.
func (s *scope) container(v *vertex, n *Node, inner []*asl.Workflow, detail string) {
	least := nodeMin
	if s.plan.right {
		least = nodeH
	}
	for _, w := range inner {
		l := &lane{node: Node{ID: w.Pointer, Parent: n.ID, Kind: Lane, Type: n.Type, Depth: s.depth}}
		l.drawing = s.plan.workflow(w, &l.node, s.depth+1)
		l.leastW, l.size = max(l.drawing.w, least)+2*lanePad, l.drawing.h+2*lanePad+ringRoom
		v.lanes = append(v.lanes, l)
	}
	if len(v.lanes) == 1 {
		v.lanes[0].balance(least)
	}
	w, h := arrange(v.lanes, s.plan.right)
	room := max(headerMax, w) - headerMore - pickerRoom(n.Type)
	if s.plan.right {
		room = max(headerMax, h) - headerMore - pickerRoom(n.Type)
	}
	n.Label = nameFont.cut(line(n.Name), room-detailMax)
	n.Label2 = detailFont.cut(detail, max(detailMax, room-nameFont.width(n.Label)))
	header := even(headerMore + nameFont.width(n.Label) + detailFont.width(n.Label2) + pickerRoom(n.Type))
	if s.plan.right {
		v.w, v.h = w, max(h, header)
		for _, l := range v.lanes {
			l.y += (v.h - h) / 2
		}
		return
	}
	v.w, v.h = max(w, header), h
	for _, l := range v.lanes {
		l.x += (v.w - w) / 2
	}
}

// pickerRoom is the room in a header for what a run shows there: its status, and
// which iteration is shown.
func pickerRoom(kind asl.StateType) float64 {
	if kind == asl.Map {
		return 96
	}
	return 28
}

// balance widens the only lane of a container so that its happy path is in the
// middle, if that costs little.
func (l *lane) balance(least float64) {
	left, right := l.drawing.axis, l.drawing.w-l.drawing.axis
	if extra := max(left, right)*2 - l.drawing.w; extra > 0 && extra <= maxShift {
		l.shift = (right - left) / 2
		l.leastW = max(l.drawing.w+extra, least) + 2*lanePad
	}
}

// arrange puts lanes side by side: in one row, or in a grid of as many rows as come
// nearest to the shape of a screen.
func arrange(lanes []*lane, turned bool) (w, h float64) {
	total := 0.0
	for _, l := range lanes {
		total += l.leastW + laneGap
	}
	best, rows := math.Inf(1), 1
	for n := 1; n == 1 || len(lanes) > 3 && n <= len(lanes) && float64(n-1)*laneRow <= total; n++ {
		w, h = grid(lanes, n, turned)
		if turned {
			w, h = h, w
		}
		if off := math.Abs(math.Log(w / h / 1.6)); off < best {
			best, rows = off, n
		}
	}
	return grid(lanes, rows, turned)
}

// grid places lanes in rows, in columns of equal width, and returns the size of the
// container.
func grid(lanes []*lane, rows int, turned bool) (w, h float64) {
	columns := (len(lanes) + rows - 1) / rows
	rows = (len(lanes) + columns - 1) / columns
	wide, tall := make([]float64, columns), make([]float64, rows)
	for i, l := range lanes {
		wide[i%columns] = max(wide[i%columns], l.leastW)
		tall[i/columns] = max(tall[i/columns], l.size)
	}
	left, top := lanePad, headerH
	if turned {
		left, top = top, left
	}
	w = left + lanePad - laneGap
	for _, x := range wide {
		w += x + laneGap
	}
	x, y := left, top
	for i, l := range lanes {
		l.x, l.y, l.node.W, l.node.H = x, y, wide[i%columns], tall[i/columns]
		if i == len(lanes)-1 { // the last fills its row
			l.node.W = w - lanePad - x
		}
		x += l.node.W + laneGap
		if i%columns == columns-1 || i == len(lanes)-1 {
			x, y = left, y+l.node.H+laneGap
		}
	}
	return w, y - laneGap + lanePad
}
