package graph

import (
	"math"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/asl"
)

// This file makes the nodes and edges of a definition. No transition leaves a
// workflow, so each workflow is a flow of its own, which is laid out after what its
// containers hold; a container is then a box with a size. While a drawing is laid
// out, its happy path leads down: X goes across it and Y along it. One that leads
// to the right is turned at the very end.

// Limits on what is drawn; what is over them counts as Omitted.
const (
	maxStates      = 5000
	maxTransitions = 10000
	maxDepth       = 12 // nesting of Parallel and Map states
)

// Sizes in px.
const (
	margin    = 24.0 // around the drawing
	nodeH     = 44.0
	nodeMin   = 188.0 // width of a node
	nodeMax   = 400.0
	detailMax = 200.0 // width of a second line that is longer than the name
	textX     = 46.0  // from the left edge of a node to its texts
	nodeMore  = 80.0  // what a node is wider than its texts: glyph at the left, status of a run at the right
	discSize  = 20.0  // of start and end
	labelH    = 16.0
	labelMax  = 180.0
)

// Options say how to lay a definition out. The zero Options lead down.
type Options struct {
	Direction Direction // where the happy path leads: Down if it is ""
}

// Layout lays a definition out. It never fails: of a definition with errors it
// draws what it can, with a Missing node for each state that is named and not
// there. Of an enormous one it draws the beginning and says in Omitted how much is
// left out. The same definition always gives the same Graph. Definition
// may have been returned by asl.Parse with diagnostics; it is not changed.
func Layout(definition *asl.Definition, o Options) *Graph {
	p := &plan{right: o.Direction == Right, states: maxStates, transitions: maxTransitions}
	d := p.workflow(&definition.Workflow, nil, 0)
	g := &Graph{Width: d.w, Height: d.h, Direction: Down, Nodes: d.nodes, Edges: d.edges, Omitted: p.omitted}
	if p.right {
		g.turn()
	}
	g.finish()
	return g
}

// turn makes a drawing that leads down lead to the right.
func (g *Graph) turn() {
	g.Direction, g.Width, g.Height = Right, g.Height, g.Width
	for i := range g.Nodes {
		n := &g.Nodes[i]
		n.X, n.Y, n.W, n.H = n.Y, n.X, n.H, n.W
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		if b := e.Box; b != nil {
			*b = Box{b.Y, b.X, b.H, b.W}
		}
		for k, q := range e.Points {
			e.Points[k] = Point{q.Y, q.X}
		}
	}
}

// finish adds the margin and rounds to tenths of a px.
func (g *Graph) finish() {
	at := func(x float64) float64 { return math.Round((x+margin)*10) / 10 }
	g.Width, g.Height = at(g.Width+margin), at(g.Height+margin)
	for i := range g.Nodes {
		n := &g.Nodes[i]
		n.X, n.Y = at(n.X), at(n.Y)
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		if e.Box != nil {
			e.Box.X, e.Box.Y = at(e.Box.X), at(e.Box.Y)
		}
		for k, q := range e.Points {
			e.Points[k] = Point{at(q.X), at(q.Y)}
		}
	}
	if g.Nodes == nil {
		g.Nodes = []Node{}
	}
	if g.Edges == nil {
		g.Edges = []Edge{}
	}
}

// A plan is what is common to all workflows of a drawing.
type plan struct {
	right               bool // the drawing will be turned
	states, transitions int  // how many more may be drawn
	omitted             int
}

// A drawing is a workflow laid out, from its own upper left corner.
type drawing struct {
	nodes []Node
	edges []Edge
	w, h  float64
	axis  float64 // x of the happy path
}

// A scope makes the flow of one workflow.
type scope struct {
	*plan
	flow
	workflow *asl.Workflow
	lane     *Node // what the workflow stands in; nil for the machine
	depth    int
	index    map[string]*vertex // of states, by name
}

// workflow lays one workflow out.
func (p *plan) workflow(w *asl.Workflow, lane *Node, depth int) *drawing {
	s := &scope{plan: p, workflow: w, lane: lane, depth: depth, index: make(map[string]*vertex)}
	s.flow.right = p.right
	root := lane == nil
	if root {
		s.add(&vertex{node: Node{ID: "start", Kind: Start}, w: discSize, h: discSize})
	}
	drawn := s.addStates()
	entry := s.target(w.StartAt)
	if root {
		s.link(&link{from: s.vs[0], to: entry, kind: StartEdge, id: w.Pointer + "/StartAt"}, "")
	}
	for _, state := range drawn {
		s.linkState(state)
	}
	last := s.direct()
	if root {
		s.addEnd(last)
	}
	s.rank()
	s.place()
	s.route()
	s.settle()
	return s.draw()
}

// addStates makes the vertices of the states, the first one first, and returns the
// states that have one. The first state stands first so that the happy path is
// found before anything else, wherever in the file it is written.
func (s *scope) addStates() []*asl.State {
	first := s.workflow.State(s.workflow.StartAt)
	if first == nil {
		s.target(s.workflow.StartAt)
	} else {
		s.addState(first)
	}
	var drawn []*asl.State
	for _, state := range s.workflow.States {
		if state != first && s.index[state.Name] == nil {
			if s.states <= 0 {
				s.omit(state)
				continue
			}
			s.addState(state)
		}
		drawn = append(drawn, state)
	}
	return drawn
}

// omit counts a state that is not drawn, and those in it.
func (p *plan) omit(s *asl.State) {
	p.omitted++
	for _, w := range workflows(s) {
		for _, inner := range w.States {
			p.omit(inner)
		}
	}
}

// workflows returns the branches of a Parallel state, or what a Map state repeats.
func workflows(s *asl.State) []*asl.Workflow {
	if s.ItemProcessor != nil {
		return append(s.Branches[:len(s.Branches):len(s.Branches)], &s.ItemProcessor.Workflow)
	}
	return s.Branches
}

func (s *scope) parent() string {
	if s.lane == nil {
		return ""
	}
	return s.lane.ID
}

func (s *scope) add(v *vertex) {
	v.node.Parent, v.node.Depth = s.parent(), s.depth
	v.mid = min(v.h/2, nodeH/2)
	if s.plan.right {
		v.mid = min(v.h/2, nodeMin/2)
	}
	s.vs = append(s.vs, v)
}

// addState makes the vertex of a state.
func (s *scope) addState(state *asl.State) {
	s.states--
	n := Node{ID: state.Pointer, Kind: State, Type: state.Type, Name: state.Name, Icon: icon(state), End: state.End && state.Type != asl.Succeed && state.Type != asl.Fail}
	v := &vertex{fail: state.Type == asl.Fail, ring: state.Type == asl.Succeed || state.Type == asl.Fail, round: state.Type == asl.Choice && !s.plan.right}
	detail := line(label2(state))
	inner := workflows(state)
	if s.depth >= maxDepth {
		for _, w := range inner {
			for _, hidden := range w.States {
				s.omit(hidden)
			}
		}
		inner = nil
	}
	if len(inner) > 0 {
		n.Kind = Container
		s.container(v, &n, inner, detail)
	} else {
		s.nodeTexts(&n, line(state.Name), detail)
		v.w, v.h = n.W, nodeH
		if s.plan.right {
			v.w, v.h = nodeH, n.W
		}
	}
	v.node = n
	s.index[state.Name] = v
	s.add(v)
}

// nodeTexts sets the texts of a node, cut to fit, and its width.
func (s *scope) nodeTexts(n *Node, name, detail string) {
	n.Label = nameFont.cut(name, nodeMax-nodeMore)
	n.Label2 = detailFont.cut(detail, max(detailMax, nameFont.width(n.Label)))
	n.W = even(max(nodeMin, nodeMore+max(nameFont.width(n.Label), detailFont.width(n.Label2))))
}

// target returns the vertex of the state that a transition names. If there is no
// such state, it is a Missing one.
func (s *scope) target(name string) *vertex {
	if v := s.index[name]; v != nil {
		return v
	}
	if s.workflow.State(name) != nil {
		return nil // omitted
	}
	label, detail := line(name), "does not exist"
	n := Node{ID: s.workflow.Pointer + "#" + name, Kind: Missing, Name: name, Icon: "missing"}
	if len(name) > maxText {
		n.ID, n.Name = s.workflow.Pointer+"#"+label+"#"+strconv.Itoa(len(s.vs)), label
	}
	if name == "" {
		label, detail = "?", "no StartAt"
	}
	s.nodeTexts(&n, label, detail)
	v := &vertex{node: n, w: n.W, h: nodeH}
	if s.plan.right {
		v.w, v.h = v.h, v.w
	}
	s.index[name] = v
	s.add(v)
	return v
}

// linkState makes the links of a state in the order that decides which is the
// happy path: Next, rules, Default, Catchers.
func (s *scope) linkState(state *asl.State) {
	from := s.index[state.Name]
	if state.Next != "" {
		s.link(&link{from: from, to: s.target(state.Next), kind: NextEdge, id: state.Pointer + "/Next"}, "")
	}
	for _, rule := range state.Choices {
		if rule.Next != "" {
			s.link(&link{from: from, to: s.target(rule.Next), kind: ChoiceEdge, id: rule.Pointer + "/Next"}, condition(rule))
		}
	}
	if state.Default != "" {
		s.link(&link{from: from, to: s.target(state.Default), kind: DefaultEdge, id: state.Pointer + "/Default"}, "default")
	}
	for i, catcher := range state.Catch {
		if catcher.Next != "" {
			id := state.Pointer + "/Catch/" + strconv.Itoa(i) + "/Next"
			s.link(&link{from: from, to: s.target(catcher.Next), kind: CatchEdge, id: id}, line(strings.Join(catcher.ErrorEquals, ", ")))
		}
	}
}

// link adds a transition, if its target is drawn.
func (s *scope) link(e *link, text string) {
	if e.to == nil || s.plan.transitions <= 0 {
		s.omitted++
		return
	}
	s.plan.transitions--
	e.text = text
	if e.kind == ChoiceEdge {
		e.label = labelFont.cutMiddle(brief(text), labelMax-12)
	} else {
		e.label = labelFont.cut(text, labelMax-12)
	}
	if e.label != "" {
		e.across, e.along = even(labelFont.width(e.label)+12), labelH
		if s.plan.right {
			e.across, e.along = e.along, e.across
		}
	}
	e.from.out, e.to.in = append(e.from.out, e), append(e.to.in, e)
	s.links = append(s.links, e)
}

// addEnd puts the disc of the end under the last state of the happy path, if the
// machine ends there; other ends have a ring.
func (s *scope) addEnd(last *vertex) {
	switch {
	case last.node.Kind == Start || last.node.Kind == Missing:
		return
	case !last.node.End && !last.ring:
		return
	}
	last.node.End = false
	s.add(&vertex{node: Node{ID: "end", Kind: End}, w: discSize, h: discSize})
	end := s.vs[len(s.vs)-1]
	e := &link{from: last, to: end, kind: EndEdge, id: "end"}
	s.link(e, "")
	if n := len(last.out); n > 0 && last.out[n-1] == e {
		last.out = append([]*link{e}, last.out[:n-1]...)
	}
	s.order = append(s.order, end)
}

// draw writes down what was found, containers with what they hold.
func (s *scope) draw() *drawing {
	d := &drawing{w: s.w, h: s.h}
	if len(s.vs) > 0 {
		d.axis = s.vs[0].x - s.minX
	}
	var inner []Edge
	for _, v := range s.vs {
		n := v.node
		n.X, n.Y, n.W, n.H = v.left()-s.minX, v.y, v.w, v.h
		n.Happy, n.Unreachable = v.chain == s.vs[0].chain, v.lost
		if v.lost && n.Kind == State {
			n.Label2 = "not reachable"
		}
		d.nodes = append(d.nodes, n)
		for _, l := range v.lanes {
			inner = append(inner, l.draw(d, n)...)
		}
	}
	for _, e := range s.links {
		d.edges = append(d.edges, s.edge(e))
	}
	joins(d.edges)
	d.edges = append(d.edges, inner...)
	return d
}

// draw adds the nodes of a lane, in a container, to a drawing, and returns the edges.
func (l *lane) draw(d *drawing, in Node) []Edge {
	n := l.node
	n.X, n.Y = in.X+l.x, in.Y+l.y
	d.nodes = append(d.nodes, n)
	dx, dy := n.X+(n.W-l.drawing.w)/2+l.shift, n.Y+lanePad
	for _, inner := range l.drawing.nodes {
		inner.X, inner.Y = inner.X+dx, inner.Y+dy
		d.nodes = append(d.nodes, inner)
	}
	for i := range l.drawing.edges {
		e := &l.drawing.edges[i]
		for k, q := range e.Points {
			e.Points[k] = Point{q.X + dx, q.Y + dy}
		}
		if e.Box != nil {
			e.Box.X, e.Box.Y = e.Box.X+dx, e.Box.Y+dy
		}
	}
	return l.drawing.edges
}

// edge returns the edge of a link.
func (s *scope) edge(l *link) Edge {
	e := Edge{ID: l.id, From: l.from.node.ID, To: l.to.node.ID, Kind: l.kind, Label: l.label, Text: l.text, Loop: l.loop}
	e.Happy = l.from.chain == s.vs[0].chain && l.to.chain == l.from.chain && len(l.path) == 2
	for _, c := range l.path {
		e.Points = append(e.Points, Point{c.x - s.minX, c.y()})
	}
	if n := len(e.Points); l.to.ring {
		e.Points[n-1] = towards(e.Points[n-1], e.Points[n-2], 3)
	} else if l.from.ring {
		e.Points[0] = towards(e.Points[0], e.Points[1], 3)
	}
	if l.spot != nil {
		y := l.spot.at.y()
		if l.spot.gap >= 0 {
			y = s.gaps[l.spot.gap].labelY
		}
		e.Box = &Box{l.spot.x - s.minX - l.across/2, y - l.along/2, l.across, l.along}
	}
	return e
}

// towards returns the point that lies by px from a on the way to b.
func towards(a, b Point, by float64) Point {
	x, y := heading(a, b)
	return Point{a.X + by*x, a.Y + by*y}
}

// heading returns the direction from a to b as a vector of length 1.
func heading(a, b Point) (x, y float64) {
	length := math.Hypot(b.X-a.X, b.Y-a.Y)
	if length == 0 {
		return 0, 1
	}
	return (b.X - a.X) / length, (b.Y - a.Y) / length
}
