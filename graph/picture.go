package graph

import (
	"math"
	"strconv"

	"github.com/aslocal/aslocal/asl"
)

// This file draws a Graph on a canvas: what SVG and PNG have in common.

// A canvas is what is drawn on.
type canvas interface {
	rect(s style, x, y, w, h, radius float64)
	circle(s style, x, y, radius float64)
	path(s style, p path)
	glyph(s style, name string, x, y, size float64) // in a square with the corner x, y
	text(f *font, fill role, middle bool, x, y float64, text string)
	begin(title string) // what follows, to end, is one thing with a title
	end()
}

// A style is how a shape is filled and stroked.
type style struct {
	fill, stroke role
	width        float64
	on, off      float64 // dashes; full if 0
	round        bool    // round caps and joins
}

// A path is a list of lines and curves.
type path []segment

// A segment leads to its last point: M moves there, L is a line, Q a quadratic curve and C a
// cubic one. Z closes.
type segment struct {
	op byte
	p  [3]Point
}

func (p *path) move(at Point)          { *p = append(*p, segment{'M', [3]Point{at}}) }
func (p *path) line(to Point)          { *p = append(*p, segment{'L', [3]Point{to}}) }
func (p *path) quad(control, to Point) { *p = append(*p, segment{'Q', [3]Point{control, to}}) }
func (p *path) close()                 { *p = append(*p, segment{op: 'Z'}) }

// paint draws everything, from the back to the front.
func (g *Graph) paint(c canvas) {
	c.rect(style{fill: ground0}, 0, 0, g.Width, g.Height, 0)
	depth := make(map[string]int, len(g.Nodes))
	for i := range g.Nodes {
		n := &g.Nodes[i]
		depth[n.ID] = n.Depth
		switch n.Kind {
		case Container:
			g.paintContainer(c, n)
		case Lane:
			if n.Type == asl.Parallel {
				c.rect(style{stroke: laneLine, width: 1, on: 3, off: 3}, n.X, n.Y, n.W, n.H, 8)
			}
		}
	}
	g.paintEdges(c, depth)
	for i := range g.Nodes {
		switch n := &g.Nodes[i]; n.Kind {
		case Container, Lane:
		case Start, End:
			g.paintDisc(c, n)
		default:
			g.paintNode(c, n)
		}
	}
}

// paintEdges draws the edges: those that matter most last, so that they are whole
// where lines are shared.
func (g *Graph) paintEdges(c canvas, depth map[string]int) {
	crossings := make(map[int][]Point)
	for _, x := range g.Crossings() {
		crossings[x.Over] = append(crossings[x.Over], x.At)
	}
	for layer := range 4 {
		for i := range g.Edges {
			if e := &g.Edges[i]; g.layer(e) == layer {
				g.paintEdge(c, e, crossings[i], ground(depth[e.From]))
			}
		}
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		if e.Box == nil {
			continue
		}
		fill := glyphLine
		switch {
		case g.Painted && e.Taken == 0:
			fill = detailFill
		case e.Kind == CatchEdge:
			fill = catchText
		}
		b := e.Box
		c.rect(style{fill: ground(depth[e.From])}, b.X+2, b.Y, b.W-4, b.H, 0)
		c.text(labelFont, fill, true, b.X+b.W/2, b.Y+b.H/2+4, e.Label)
	}
}

func (g *Graph) layer(e *Edge) int {
	switch {
	case e.Taken > 0:
		return 3
	case e.Happy:
		return 2
	case e.Kind == DefaultEdge:
		return 0
	}
	return 1
}

// look returns the style of an edge.
func (g *Graph) look(e *Edge) style {
	s := style{stroke: edgeLine, width: 1.5}
	switch e.Kind {
	case DefaultEdge:
		s.width, s.on, s.off, s.round = 2, 0.01, 4.5, true
	case CatchEdge:
		s.stroke, s.on, s.off = catchLine, 6, 4
	}
	switch {
	case g.Painted && e.Taken == 0:
		s.stroke = offLine
	case g.Painted && e.Kind == CatchEdge:
		s.width = 2
	case g.Painted:
		s.stroke, s.width = hotLine, 2
		s.on, s.off = 0, 0
	case e.Happy:
		s.stroke, s.width = hotLine, 2
	}
	return s
}

const cornerRadius = 10.0

func (g *Graph) paintEdge(c canvas, e *Edge, crossings []Point, behind role) {
	n := len(e.Points)
	if n < 2 {
		return
	}
	s := g.look(e)
	tip := e.Points[n-1]
	dx, dy := heading(e.Points[n-2], tip)
	points := append(e.Points[:n-1:n-1], Point{tip.X - 6*dx, tip.Y - 6*dy})
	joins := e.Join > 0 && e.Taken == 0
	if joins { // only up to there
		a := e.Points[e.Join]
		x, y := heading(a, e.Points[e.Join+1])
		points = append(points[:e.Join+1:e.Join+1], Point{a.X + cornerRadius*x, a.Y + cornerRadius*y})
	}
	for _, at := range crossings {
		var p path
		p.move(Point{at.X - 5, at.Y})
		p.line(Point{at.X + 5, at.Y})
		c.path(style{stroke: behind, width: 6}, p)
	}
	c.path(s, rounded(points))
	if joins {
		return
	}
	var head path
	head.move(Point{tip.X - dx, tip.Y - dy})
	head.line(Point{tip.X - 9*dx - 4.5*dy, tip.Y - 9*dy + 4.5*dx})
	head.line(Point{tip.X - 9*dx + 4.5*dy, tip.Y - 9*dy - 4.5*dx})
	head.close()
	c.path(style{fill: s.stroke}, head)
}

// rounded is a line through points whose corners are round.
func rounded(points []Point) path {
	var p path
	p.move(points[0])
	last := len(points) - 1
	for i := 1; i < last; i++ {
		at := points[i]
		in, out := math.Hypot(at.X-points[i-1].X, at.Y-points[i-1].Y), math.Hypot(points[i+1].X-at.X, points[i+1].Y-at.Y)
		if i > 1 {
			in /= 2
		}
		if i+1 < last {
			out /= 2
		}
		r := min(cornerRadius, in, out)
		p.line(towards(at, points[i-1], r))
		p.quad(at, towards(at, points[i+1], r))
	}
	p.line(points[last])
	return p
}

func (g *Graph) paintDisc(c canvas, n *Node) {
	x, y := n.X+n.W/2, n.Y+n.H/2
	fill := hotLine
	if g.Painted && !g.reached(n) {
		fill = offLine
	}
	if n.Kind == Start {
		c.circle(style{fill: fill}, x, y, 10)
		var p path
		p.move(Point{x - 2.5, y - 4.5})
		p.line(Point{x + 4.5, y})
		p.line(Point{x - 2.5, y + 4.5})
		p.close()
		c.path(style{fill: ground0}, p)
		return
	}
	c.circle(style{fill: ground0, stroke: fill, width: 2}, x, y, 9)
	c.circle(style{fill: fill}, x, y, 4.5)
}

// reached reports whether a run has come to the start or the end.
func (g *Graph) reached(disc *Node) bool {
	for i := range g.Edges {
		if e := &g.Edges[i]; e.Taken > 0 && (e.From == disc.ID || e.To == disc.ID) {
			return true
		}
	}
	return false
}

// radii returns the corner radius of a node and of the tile of its glyph.
func (n *Node) radii() (node, tile float64) {
	switch n.Type {
	case asl.Choice, asl.Succeed, asl.Fail:
		return nodeH / 2, 14
	}
	return 8, 6
}

func (g *Graph) paintNode(c canvas, n *Node) {
	radius, tile := n.radii()
	body := style{fill: nodeFill, stroke: nodeLine, width: 1}
	tileStyle, icon, name := tileFill, glyphLine, textFill
	look, reached := statusLooks[n.Status]
	switch {
	case n.Kind == Missing:
		body = style{fill: failedFill, stroke: failedLine, width: 1.5, on: 5, off: 3}
		tileStyle, icon, name = failedFill, failedText, failedText
	case g.Painted && !reached:
		body.fill, tileStyle, icon, name = ground(n.Depth), none, detailFill, detailFill
	case n.Status == Failed || n.Status == TimedOut:
		body = style{fill: look.fill, stroke: look.line, width: 2}
		tileStyle, icon = look.text, nodeFill
	case n.Status == Caught:
		body = style{fill: look.fill, stroke: look.line, width: 1.5}
		tileStyle, icon = look.fill, look.text
	case n.Status == Succeeded:
		tileStyle, icon = look.fill, look.text
	case reached:
		body = style{fill: nodeFill, stroke: look.line, width: 1.5}
		tileStyle, icon = look.fill, look.text
	case n.Unreachable:
		body.on, body.off = 4, 3
	}
	c.begin(n.title())
	if n.Status == Running {
		c.rect(style{fill: look.fill}, n.X-4, n.Y-4, n.W+8, n.H+8, radius+4)
	}
	if n.Type == asl.Succeed || n.Type == asl.Fail {
		c.rect(style{stroke: nodeLine, width: 1}, n.X-3, n.Y-3, n.W+6, n.H+6, radius+3)
	}
	c.rect(body, n.X, n.Y, n.W, n.H, radius)
	if tileStyle != none {
		c.rect(style{fill: tileStyle}, n.X+9, n.Y+8, 28, 28, tile)
	}
	c.glyph(style{stroke: icon, width: 1.75, round: true}, n.Icon, n.X+15, n.Y+14, 16)
	c.text(nameFont, name, false, n.X+textX, n.Y+19.5, n.Label)
	c.text(detailFont, detailFill, false, n.X+textX, n.Y+34.5, n.Label2)
	if reached {
		c.glyph(style{stroke: look.text, width: 1.75, round: true}, look.icon, n.X+n.W-27, n.Y+14, 16)
	}
	if n.End {
		ring := style{fill: nodeFill, stroke: edgeLine, width: 2}
		if g.Painted && !reached {
			ring.stroke = offLine
		}
		x, y := n.X+n.W/2, n.Y+n.H
		if g.Direction == Right {
			x, y = n.X+n.W, n.Y+n.H/2
		}
		c.circle(ring, x, y, 4)
	}
	g.paintBadges(c, n)
	c.end()
}

// paintBadges draws, on the upper edge, how often a state was entered and retried.
func (g *Graph) paintBadges(c canvas, n *Node) {
	x := n.X + n.W - 10
	badge := func(text, icon string, fill, line, colour role) {
		w := even(detailFont.width(text) + 12)
		if icon != "" {
			w += 13
		}
		x -= w
		c.rect(style{fill: ground(n.Depth)}, x-2, n.Y-10, w+4, 20, 10)
		c.rect(style{fill: fill, stroke: line, width: 1}, x, n.Y-8, w, 16, 8)
		at := x + w/2
		if icon != "" {
			c.glyph(style{stroke: colour, width: 2.25, round: true}, icon, x+5, n.Y-5, 10)
			at += 6
		}
		c.text(detailFont, colour, true, at, n.Y+4, text)
		x -= 4
	}
	if n.Attempts > 1 {
		badge(strconv.Itoa(n.Attempts-1), "st-retry", caughtFill, caughtLine, caughtText)
	}
	if n.Visits > 1 {
		badge("×"+strconv.Itoa(n.Visits), "", nodeFill, nodeLine, detailFill)
	}
}

func (g *Graph) paintContainer(c canvas, n *Node) {
	line, icon, name := boxLine, glyphLine, textFill
	body := style{fill: ground(n.Depth + 1), stroke: boxLine, width: 1}
	look, reached := statusLooks[n.Status]
	switch {
	case g.Painted && !reached:
		name, icon = detailFill, detailFill
	case reached && n.Status != Succeeded:
		line = look.line
		body.stroke, body.width, icon = look.line, 1.5, look.text
	case reached:
		icon = look.text
	}
	c.begin(n.title())
	if n.Type == asl.Map {
		var p path
		p.move(Point{n.X + n.W + 4, n.Y + 14})
		p.line(Point{n.X + n.W + 4, n.Y + n.H - 8})
		p.quad(Point{n.X + n.W + 4, n.Y + n.H + 4}, Point{n.X + n.W - 8, n.Y + n.H + 4})
		p.line(Point{n.X + 14, n.Y + n.H + 4})
		c.path(style{stroke: line, width: 1}, p)
	}
	c.rect(body, n.X, n.Y, n.W, n.H, 12)
	c.rect(style{fill: tileFill}, n.X+10, n.Y+7, 22, 22, 5)
	c.glyph(style{stroke: icon, width: 1.75, round: true}, n.Icon, n.X+14, n.Y+11, 14)
	c.text(nameFont, name, false, n.X+40, n.Y+22.5, n.Label)
	c.text(detailFont, detailFill, false, n.X+40+nameFont.width(n.Label)+8, n.Y+22.5, n.Label2)
	if reached {
		c.glyph(style{stroke: look.text, width: 1.75, round: true}, look.icon, n.X+n.W-27, n.Y+10, 16)
	}
	g.paintBadges(c, n)
	c.end()
}

// title says of a node what it is, and how it stands.
func (n *Node) title() string {
	text := line(n.Name)
	switch {
	case n.Kind == Missing && n.Name == "":
		return "no StartAt"
	case n.Kind == Missing:
		return text + ", does not exist"
	case n.Type != "":
		text += ", " + string(n.Type)
	}
	if n.Unreachable {
		text += ", not reachable"
	}
	if n.Status != "" {
		text += ", " + string(n.Status)
	}
	if n.Attempts > 1 {
		text += ", " + strconv.Itoa(n.Attempts) + " attempts"
	}
	if n.Visits > 1 {
		text += ", entered " + strconv.Itoa(n.Visits) + " times"
	}
	return text
}
