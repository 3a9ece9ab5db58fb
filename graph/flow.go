package graph

// This file has the graph of one workflow, and finds out what decides its shape:
// which links turn back, what is reached only through an error, and which way is
// the happy path.
//
// A state machine is nearly structured code. So a flow is cut into chains, straight
// lines of states that follow one another, and all that is decided is where the
// chains stand beside each other (place.go). A chain is straight because it has one
// x; lines do not meet nodes because each chain owns its place in every row and in
// every gap between rows.

// A vertex is a node of a flow.
type vertex struct {
	node  Node
	lanes []*lane // of a container

	w, h  float64 // across and along
	mid   float64 // from the top to where lines meet a side
	fail  bool    // a Fail state
	round bool    // its sides are half circles
	ring  bool    // has a second outline 3 px outside

	out  []*link // in the order: Next, rules, Default, Catchers
	in   []*link
	down []*link // those of out that run down, the main one first; known after rank

	mark  mark
	lost  bool // no transition leads here from the start
	zone  int  // 0: main; 1: reached only through an error
	ends  end  // the best that can be reached from here without going back
	happy bool // on the happy path
	row   int
	dy    float64 // below the upper edge of its row
	chain *chain
	x, y  float64 // centre, top
}

// An end is how a way ends.
type end uint8

const (
	noEnd end = iota // it leads back
	failure
	success
)

// A mark is how far the search for loops has come with a vertex.
type mark uint8

const (
	unseen mark = iota
	underWay
	seen
)

func (v *vertex) left() float64  { return v.x - v.w/2 }
func (v *vertex) right() float64 { return v.x + v.w/2 }

// A link is a transition.
type link struct {
	from, to *vertex
	kind     EdgeKind
	id       string
	label    string // as drawn
	text     string

	across, along float64 // size of the label; 0 without one

	loop   bool    // leads back to a state that is under way
	side   bool    // leaves by the right side
	labelX float64 // of a label in a gutter
	lower  bool    // one of every second of a wide fan-out, which stand a row lower
	begins *chain  // the chain that it leads to, if it is the first link of one
	loopX  float64
	path   []corner
	spot   *spot // of the label
}

// A corner is a point of a link's line. Its y is known only when the rows are.
type corner struct {
	x   float64
	run *run    // y is that of a run, or …
	v   *vertex // … of a vertex …
	dy  float64 // … and so much below its top
}

func (c corner) y() float64 {
	switch {
	case c.run != nil:
		return c.run.y
	case c.v != nil:
		return c.v.y + c.dy
	}
	return 0
}

// A spot is where the middle of a label lies: in a gap, or if that is -1, at a corner.
type spot struct {
	x   float64
	gap int
	at  corner
}

// A flow is the graph of one workflow. It starts at the first vertex.
type flow struct {
	right bool // the drawing will be turned, so labels are wide along

	vs     []*vertex
	links  []*link
	order  []*vertex // in it, links that are no loops lead onwards
	rows   [][]*vertex
	gaps   []gap
	runs   map[runKey]*run
	tracks map[trackKey]*track

	// What is placed so far reaches from leftmost to rightmost, in each half-row.
	leftmost, rightmost []float64

	w, h float64
	minX float64
}

// direct finds loops, zones and the happy path, and returns the last vertex of that.
func (f *flow) direct() *vertex {
	f.order = f.depthFirst()
	for _, e := range f.links {
		e.side = e.kind == CatchEdge
	}
	f.zones()
	for i := len(f.order) - 1; i >= 0; i-- {
		v := f.order[i]
		v.ends = v.own()
		for _, e := range v.out {
			if e.kind != CatchEdge && !e.loop {
				v.ends = max(v.ends, e.to.ends)
			}
		}
	}
	last := f.vs[0]
	for v := last; v != nil; v = v.following() {
		last, v.zone, v.happy = v, 0, true // the happy path is never moved aside
	}
	return last
}

// own returns how the flow ends at the vertex itself.
func (v *vertex) own() end {
	for _, e := range v.out {
		if e.kind != CatchEdge {
			return noEnd
		}
	}
	if v.fail || v.node.Kind == Missing {
		return failure
	}
	return success
}

// following returns where the happy path goes on: by the first way that does not
// merely lead back.
func (v *vertex) following() *vertex {
	if next := v.onward(); len(next) > 0 && !next[0].to.happy {
		return next[0].to
	}
	return nil
}

// onward returns the links that run down. The first is the one that leads to the best
// end, because a poll is often written as "not ready: wait", and the wait leads only
// back, or as "failed: give up".
func (v *vertex) onward() []*link {
	var down []*link
	main := 0
	for _, e := range v.out {
		if !e.loop && !e.side {
			down = append(down, e)
			if e.to.ends > down[main].to.ends {
				main = len(down) - 1
			}
		}
	}
	if main > 0 {
		e := down[main]
		copy(down[1:main+1], down[:main])
		down[0] = e
	}
	return down
}

// depthFirst marks loops and returns the vertices so that all other links lead
// onwards.
func (f *flow) depthFirst() []*vertex {
	type frame struct {
		v *vertex
		i int // of the next link
	}
	order := make([]*vertex, len(f.vs))
	at := len(order)
	for _, root := range f.vs {
		if root.mark != unseen {
			continue
		}
		root.mark = underWay
		stack := []frame{{root, 0}}
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if top.i == len(top.v.out) {
				top.v.mark = seen
				at--
				order[at] = top.v
				stack = stack[:len(stack)-1]
				continue
			}
			e := top.v.out[top.i]
			top.i++
			switch e.to.mark {
			case unseen:
				e.to.mark = underWay
				stack = append(stack, frame{e.to, 0})
			case underWay:
				e.loop = true
			}
		}
	}
	return order
}

// zones finds what is reached only through errors. A Fail state that any error
// reaches belongs there too.
func (f *flow) zones() {
	for _, v := range f.vs {
		v.zone, v.lost = 1, true
	}
	f.spread(func(v *vertex) bool { was := v.lost; v.lost = false; return was }, func(*link) bool { return true })
	f.spread(func(v *vertex) bool { was := v.zone == 1; v.zone = 0; return was }, func(e *link) bool { return e.kind != CatchEdge })
	for _, v := range f.vs {
		if v.zone == 0 && v.fail {
			for _, e := range v.in {
				if e.kind == CatchEdge || e.from.zone == 1 {
					v.zone = 1
				}
			}
		}
	}
}

// spread calls visit for all vertices that can be reached from the first by links
// that count. visit returns false for those that it has seen.
func (f *flow) spread(visit func(*vertex) bool, counts func(*link) bool) {
	visit(f.vs[0])
	todo := []*vertex{f.vs[0]}
	for len(todo) > 0 {
		v := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, e := range v.out {
			if counts(e) && visit(e.to) {
				todo = append(todo, e.to)
			}
		}
	}
}
