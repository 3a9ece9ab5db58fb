package graph

import (
	"math"
	"slices"
)

// This file gives each chain its x. The happy path is first, at 0. What hangs on it
// follows, the lowest first, each right of all that is placed in its rows; so a
// detour lies inside a longer one and cannot cross it. The body of a loop stands
// left, with the lines that lead back.

const (
	gapNode = 24.0 // between things side by side
	gapLoop = 18.0 // between a line that leads back and what it goes round
)

// place gives all chains their x.
func (f *flow) place() {
	half := 2*len(f.rows) + 1
	f.leftmost, f.rightmost = make([]float64, half), make([]float64, half)
	for i := range half {
		f.leftmost[i], f.rightmost[i] = math.Inf(1), math.Inf(-1)
	}
	spine := f.grow(f.vs[0], nil)
	roots := []*chain{spine}
	for _, v := range f.vs {
		if v.zone == 0 && v.chain == nil {
			roots = append(roots, f.grow(v, nil))
		}
	}
	handlers := f.handlers()
	f.collectLoops()
	f.placeSpine(spine)
	for _, c := range roots[1:] {
		c.measure(2 * c.vs[0].row)
		f.standRight(c, 0)
	}
	f.tracks = make(map[trackKey]*track)
	f.gutters(0, handlers)
	f.gutters(1, nil)
	f.minX = math.Inf(1)
	right := math.Inf(-1)
	for i := range half {
		f.minX, right = min(f.minX, f.leftmost[i]), max(right, f.rightmost[i])
	}
	f.w = right - f.minX
}

func (f *flow) placeSpine(c *chain) {
	c.measure(2 * c.vs[0].row)
	f.selfLoops(c)
	f.put(c, 0, true, true)
	for h := range f.rightmost { // also below its end, the happy path parts left from right
		f.rightmost[h], f.leftmost[h] = max(f.rightmost[h], -gapNode/2), min(f.leftmost[h], gapNode/2)
	}
	f.hang(c)
	for _, e := range c.loops {
		if e.from != e.to {
			f.placeLoop(e)
		}
	}
}

// handlers grows the chains that only errors reach.
func (f *flow) handlers() []*chain {
	var list []*chain
	for _, all := range []bool{false, true} { // first those that nothing of the zone leads to
		for _, row := range f.rows {
			for _, v := range row {
				if v.zone == 1 && v.chain == nil && (all || v.startsHandler()) {
					list = append(list, f.grow(v, nil))
				}
			}
		}
	}
	return list
}

func (v *vertex) startsHandler() bool {
	for _, e := range v.in {
		if e.from.zone == 1 && !e.loop && !e.side {
			return false
		}
	}
	return true
}

// collectLoops gives each chain the loops into it, short before long.
func (f *flow) collectLoops() {
	for _, e := range f.links {
		if e.loop {
			e.to.chain.loops = append(e.to.chain.loops, e)
		}
	}
	for _, v := range f.vs {
		if c := v.chain; c.vs[0] == v {
			slices.SortStableFunc(c.loops, func(a, b *link) int {
				return (a.from.row - a.to.row) - (b.from.row - b.to.row)
			})
		}
	}
}

// hang places the chains that hang on c, and theirs.
func (f *flow) hang(c *chain) {
	spine := c == f.vs[0].chain
	for _, k := range c.kids {
		k.left = c.left || spine && k.returns()
		k.measure(2*k.begin.from.row + 2)
		if k.left {
			f.standLeft(k, c.x-gapNode)
		} else {
			f.standRight(k, c.x+gapNode)
		}
	}
}

// standRight puts a chain right of all that is placed in its rows, at least at x.
func (f *flow) standRight(c *chain, x float64) {
	f.localLoops(c)
	for i := range c.l {
		x = max(x, f.rightmost[c.first+i]+gapNode+c.l[i])
	}
	f.put(c, x, true, false)
	f.hang(c)
}

// standLeft puts a chain left of all that is placed in its rows, at most at x.
func (f *flow) standLeft(c *chain, x float64) {
	f.localLoops(c)
	for i := range c.l {
		x = min(x, f.leftmost[c.first+i]-gapNode-c.r[i])
	}
	f.put(c, x, false, true)
	f.hang(c)
}

// put places a chain and what belongs to it.
func (f *flow) put(c *chain, x float64, right, left bool) {
	c.x = x
	for _, v := range c.vs {
		v.x = x
	}
	for i := range c.l {
		h := c.first + i
		if right {
			f.rightmost[h] = max(f.rightmost[h], x+c.r[i])
		}
		if left {
			f.leftmost[h] = min(f.leftmost[h], x-c.l[i])
		}
	}
	if c != f.vs[0].chain {
		for _, e := range c.loops {
			e.loopX += x
		}
	}
}

// span returns the half-rows that a loop's line passes, and the one of its label.
func (e *link) span() (first, last, label int) {
	first, last, label = 2*e.to.row, 2*e.from.row+2, 2*e.from.row
	switch {
	case e.from == e.to:
		return last - 1, last - 1, last - 1
	case e.from.row <= e.to.row:
		return 2 * e.from.row, 2*e.to.row + 2, 2*e.from.row + 1
	}
	return first, last, label
}

// selfLoops makes room for the loops from a state of the chain to itself.
func (f *flow) selfLoops(c *chain) {
	for _, e := range c.loops {
		if e.from == e.to {
			c.localLoop(e)
		}
	}
}

// localLoops makes room at the left of a chain for the loops into it. Their x counts
// from that of the chain.
func (f *flow) localLoops(c *chain) {
	for _, e := range c.loops {
		c.localLoop(e)
	}
}

func (c *chain) localLoop(e *link) {
	first, last, label := e.span()
	c.rise(first)
	c.reach(last)
	off := c.l[label-c.first] + e.across/2 + 6
	for h := first; h <= last; h++ {
		off = max(off, c.l[h-c.first]+gapLoop)
	}
	for h := first; h <= last; h++ {
		c.l[h-c.first] = off + thin
	}
	c.need(label, off+e.across/2+2, 0)
	e.loopX = -off
}

// placeLoop places the line of a loop into the happy path, left of all in its rows.
func (f *flow) placeLoop(e *link) {
	first, last, label := e.span()
	x := f.leftmost[label] - e.across/2 - 6
	for h := first; h <= last; h++ {
		x = min(x, f.leftmost[h]-gapLoop, f.vs[0].x-gapLoop)
	}
	for h := first; h <= last; h++ {
		f.leftmost[h] = x - thin
	}
	f.leftmost[label] = min(f.leftmost[label], x-e.across/2-2)
	e.loopX = x
}
