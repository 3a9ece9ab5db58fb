package graph

import "slices"

// A chain is a straight line: vertices that follow one another, or one link that
// leads past other rows.
type chain struct {
	vs    []*vertex
	begin *link // leads here from the chain that it hangs on; nil for a root
	tail  *link // leads from the last vertex into another chain
	kids  []*chain
	left  bool // stands left of its parent: the body of a loop
	x     float64
	loops []*link // loops into this chain, short before long

	// What it needs left and right of x in each half-row, from the half-row first
	// on. Half-row 2r is the gap above row r, 2r+1 the row itself.
	first int
	l, r  []float64
}

// thin is half of what a line needs.
const thin = 2

// grow makes the chain that starts at v, and those that hang on it, from its lower
// end upwards: so a detour lies inside a longer one, and each vertex belongs to its
// nearest source.
func (f *flow) grow(v *vertex, begin *link) *chain {
	c := &chain{begin: begin}
	if begin != nil {
		begin.begins = c
	}
	for v != nil {
		v.chain, c.vs = c, append(c.vs, v)
		if len(v.down) == 0 {
			break
		}
		main := v.down[0]
		if !c.mayTake(main.to) {
			c.tail = main
			break
		}
		v = main.to
	}
	for i := len(c.vs) - 1; i >= 0; i-- {
		for k, e := range c.vs[i].down {
			switch {
			case k == 0:
			case c.mayTake(e.to):
				c.kids = append(c.kids, f.grow(e.to, e))
			default:
				e.begins = &chain{begin: e}
				c.kids = append(c.kids, e.begins)
			}
		}
	}
	return c
}

// mayTake reports whether a vertex may become part of a chain or of one that hangs
// on it.
func (c *chain) mayTake(v *vertex) bool { return v.chain == nil && v.zone == c.vs[0].zone }

// returns reports whether the chain ends by going back up to another.
func (c *chain) returns() bool {
	if len(c.vs) == 0 || c.tail != nil {
		return false
	}
	for _, e := range c.vs[len(c.vs)-1].out {
		if e.loop && e.kind != CatchEdge && e.to.chain != c {
			return true
		}
	}
	return false
}

// measure finds what the chain needs. Its line begins in the half-row top.
func (c *chain) measure(top int) {
	last := top
	switch n := len(c.vs); {
	case n == 0:
		last = 2 * c.begin.to.row
	case c.tail != nil:
		last = 2 * c.tail.to.row
	default:
		last = 2*c.vs[n-1].row + 2
	}
	c.first = top
	c.reach(last)
	c.needLabel(c.begin)
	for _, v := range c.vs {
		l, r := v.w/2, v.w/2
		if v.leaves(true) && c.begin != nil { // room for a line that turns down beside it
			l += 12
		}
		if v.leaves(false) {
			r += 12
		}
		c.need(2*v.row+1, l, r)
		if len(v.down) > 0 {
			c.needLabel(v.down[0])
		}
	}
}

// needLabel makes room for the label of a link that runs down.
func (c *chain) needLabel(e *link) {
	if e != nil && e.across > 0 {
		c.need(2*e.labelGap(), e.across/2+2, e.across/2+2)
	}
}

// labelGap is the gap in which the label of a link that runs down lies: the one under
// its source, beside the labels of its siblings.
func (e *link) labelGap() int {
	if e.lower && e.begins != nil && e.to.chain == e.begins {
		return e.to.row
	}
	return e.from.row + 1
}

// reach makes the chain reach down to a half-row.
func (c *chain) reach(last int) {
	if n := last - c.first + 1 - len(c.l); n > 0 {
		c.l, c.r = slices.Grow(c.l, n), slices.Grow(c.r, n)
	}
	for len(c.l) <= last-c.first {
		c.l, c.r = append(c.l, thin), append(c.r, thin)
	}
}

// rise makes the chain reach up to a half-row.
func (c *chain) rise(first int) {
	n := c.first - first
	if n <= 0 {
		return
	}
	l, r := make([]float64, n, n+len(c.l)), make([]float64, n, n+len(c.r))
	for i := range n {
		l[i], r[i] = thin, thin
	}
	c.first, c.l, c.r = first, append(l, c.l...), append(r, c.r...)
}

// need says what the chain needs in a half-row.
func (c *chain) need(half int, l, r float64) {
	c.reach(half)
	c.l[half-c.first], c.r[half-c.first] = max(c.l[half-c.first], l), max(c.r[half-c.first], r)
}

// leaves reports whether links leave a vertex by its left or right side.
func (v *vertex) leaves(left bool) bool {
	for _, e := range v.out {
		if left && e.loop || !left && e.side {
			return true
		}
	}
	return false
}

// entersLeft reports whether links enter a vertex by its left side.
func (v *vertex) entersLeft() bool {
	for _, e := range v.in {
		if e.loop || e.side && v.zone == 1 {
			return true
		}
	}
	return false
}
