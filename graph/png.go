package graph

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"strconv"
	"sync"

	"golang.org/x/image/vector"
)

// This file draws pixels, without a browser and without fonts of the system. The
// outlines of the Go fonts are embedded, for the alphabets Latin, Greek and Cyrillic;
// other characters are drawn as boxes. They are narrower than what texts are measured
// with.

// maxPixels bounds the size of a PNG; a larger drawing has a smaller scale.
const maxPixels = 16 << 20

// PNG returns the drawing as a PNG image with so many pixels for each px: 2 is good
// for screens and documents. A drawing that is enormous is scaled down. The theme Auto
// is Light.
func (g *Graph) PNG(theme Theme, scale float64) ([]byte, error) {
	if !(scale > 0) {
		scale = 1
	}
	scale = min(scale, 8, math.Sqrt(maxPixels/(g.Width*g.Height)))
	fonts, err := loadFonts()
	if err != nil {
		return nil, err
	}
	size := image.Rect(0, 0, int(math.Ceil(g.Width*scale)), int(math.Ceil(g.Height*scale)))
	c := &pixels{image: image.NewRGBA(size.Inset(-bleed - int(bleed*scale))), scale: scale, theme: theme, fonts: fonts}
	g.paint(c)
	var b bytes.Buffer
	if err := png.Encode(&b, c.image.SubImage(size)); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// bleed is how many px, and pixels, around the drawing may be drawn: the areas of shapes
// at its border are a little larger than these.
const bleed = 8

// pixels is a canvas of pixels.
type pixels struct {
	image  *image.RGBA
	scale  float64
	theme  Theme
	fonts  map[*font]face
	raster vector.Rasterizer
}

// A face has the outlines of a font's characters.
type face map[rune]character

// A character is drawn by its outline, whose y leads down from the base line, and moves
// the next one by its advance, both in unitsPerEm.
type character struct {
	advance float64
	outline path
}

const (
	unitsPerEm = 2048
	unknown    = '\ufffd' // the character that is drawn for those that a font lacks
)

// outlines is written by generate.go.
//
//go:generate go run generate.go
//go:embed fonts/outlines.bin.gz
var outlines []byte

// loadFonts reads the embedded outlines.
var loadFonts = sync.OnceValues(func() (map[*font]face, error) {
	unpacked, err := gzip.NewReader(bytes.NewReader(outlines))
	if err != nil {
		return nil, err
	}
	data := bufio.NewReader(unpacked)
	fonts := make(map[*font]face)
	for _, f := range []*font{nameFont, detailFont, labelFont} {
		if fonts[f], err = readFace(data); err != nil {
			return nil, err
		}
	}
	return fonts, nil
})

// readFace reads one font, in the form that generate.go describes.
func readFace(data *bufio.Reader) (face, error) {
	var failed error
	number := func() uint64 {
		n, err := binary.ReadUvarint(data)
		failed = cmp.Or(failed, err)
		return n
	}
	var at Point
	point := func() Point {
		x, err := binary.ReadVarint(data)
		failed = cmp.Or(failed, err)
		y, err := binary.ReadVarint(data)
		failed = cmp.Or(failed, err)
		at = Point{at.X + float64(x), at.Y + float64(y)}
		return at
	}
	f := make(face)
	code := rune(0)
	for n := number(); n > 0 && failed == nil; n-- {
		code += rune(number())
		c := character{advance: float64(number())}
		at = Point{}
		for m := number(); m > 0 && failed == nil; m-- {
			switch number() {
			case 0:
				c.outline.move(point())
			case 1:
				c.outline.line(point())
			default:
				control := point()
				c.outline.quad(control, point())
			}
		}
		f[code] = c
	}
	return f, failed
}

func (c *pixels) begin(string) {}
func (c *pixels) end()         {}

// kappa is how far the control points of a cubic curve are that is a quarter of a
// circle of radius 1.
const kappa = 0.5523

func (c *pixels) rect(s style, x, y, w, h, radius float64) {
	r := min(radius, w/2, h/2)
	k := r * (1 - kappa)
	p := path{{op: 'M', p: [3]Point{{x + r, y}}}}
	corner := func(from, a, b, to Point) {
		p.line(from)
		if r > 0 {
			p = append(p, segment{'C', [3]Point{a, b, to}})
		}
	}
	corner(Point{x + w - r, y}, Point{x + w - k, y}, Point{x + w, y + k}, Point{x + w, y + r})
	corner(Point{x + w, y + h - r}, Point{x + w, y + h - k}, Point{x + w - k, y + h}, Point{x + w - r, y + h})
	corner(Point{x + r, y + h}, Point{x + k, y + h}, Point{x, y + h - k}, Point{x, y + h - r})
	corner(Point{x, y + r}, Point{x, y + k}, Point{x + k, y}, Point{x + r, y})
	p.close()
	c.path(s, p)
}

func (c *pixels) circle(s style, x, y, radius float64) {
	c.rect(s, x-radius, y-radius, 2*radius, 2*radius, radius)
}

func (c *pixels) glyph(s style, name string, x, y, size float64) {
	p := readPath(glyphs[name])
	k := size / 24
	for i := range p {
		for j := range p[i].p {
			p[i].p[j] = Point{x + k*p[i].p[j].X, y + k*p[i].p[j].Y}
		}
	}
	s.width *= k
	c.path(s, p)
}

// readPath reads a path of a glyph.
func readPath(text string) path {
	var p path
	at := 0
	number := func() float64 {
		for text[at] == ' ' {
			at++
		}
		from := at
		for at < len(text) && (text[at] == '-' || text[at] == '.' || text[at] >= '0' && text[at] <= '9') {
			at++
		}
		x, _ := strconv.ParseFloat(text[from:at], 64)
		return x
	}
	for at < len(text) {
		s := segment{op: text[at]}
		at++
		for i := range s.size() {
			s.p[i].X = number()
			s.p[i].Y = number()
		}
		p = append(p, s)
	}
	return p
}

func (c *pixels) path(s style, p path) {
	lines := flatten(p)
	if s.fill != none {
		c.fill(lines, s.fill)
	}
	if s.stroke == none {
		return
	}
	for _, l := range lines {
		if s.off > 0 {
			for _, dash := range dashes(l, s.on, s.off) {
				c.stroke(dash, s)
			}
			continue
		}
		c.stroke(l, s)
	}
}

// flatten makes lines of a path: a list of points for each part of it.
func flatten(p path) [][]Point {
	var lines [][]Point
	var at Point
	for _, s := range p {
		last := len(lines) - 1
		switch s.op {
		case 'M':
			lines = append(lines, []Point{s.p[0]})
			at = s.p[0]
		case 'L':
			lines[last] = append(lines[last], s.p[0])
			at = s.p[0]
		case 'Q', 'C':
			const steps = 10
			for i := 1; i <= steps; i++ {
				lines[last] = append(lines[last], s.at(at, float64(i)/steps))
			}
			at = s.p[s.size()-1]
		case 'Z':
			at = lines[last][0]
			lines[last] = append(lines[last], at)
		}
	}
	return lines
}

// at returns the point of a curve that begins at from, for t from 0 to 1.
func (s segment) at(from Point, t float64) Point {
	u := 1 - t
	if s.op == 'Q' {
		return Point{u*u*from.X + 2*u*t*s.p[0].X + t*t*s.p[1].X, u*u*from.Y + 2*u*t*s.p[0].Y + t*t*s.p[1].Y}
	}
	a, b, c, d := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
	return Point{a*from.X + b*s.p[0].X + c*s.p[1].X + d*s.p[2].X, a*from.Y + b*s.p[0].Y + c*s.p[1].Y + d*s.p[2].Y}
}

// dashes cuts a line into dashes.
func dashes(line []Point, on, off float64) [][]Point {
	var list [][]Point
	var dash []Point
	drawn, left := true, on
	dash = append(dash, line[0])
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		rest := math.Hypot(b.X-a.X, b.Y-a.Y)
		for rest > left {
			a = towards(a, b, left)
			rest -= left
			if drawn {
				list = append(list, append(dash, a))
				dash, left = nil, off
			} else {
				dash, left = []Point{a}, on
			}
			drawn = !drawn
		}
		left -= rest
		if drawn {
			dash = append(dash, b)
		}
	}
	if drawn && len(dash) > 1 {
		list = append(list, dash)
	}
	return list
}

// small is the size in pixels up to which a line is drawn as a whole. Longer ones are
// drawn part by part, because drawing takes time for the area that they span.
const small = 256

// stroke draws a line.
func (c *pixels) stroke(line []Point, s style) {
	box := bounds(line)
	if box.W*c.scale <= small && box.H*c.scale <= small {
		c.area(box, s.width, s.stroke, func(to func(Point) (x, y float32)) {
			for i := 1; i < len(line); i++ {
				c.capsule(to, line[i-1], line[i], s, i > 1, i < len(line)-1)
			}
		})
		return
	}
	for i := 1; i < len(line); i++ {
		c.area(bounds(line[i-1:i+1]), s.width, s.stroke, func(to func(Point) (x, y float32)) {
			c.capsule(to, line[i-1], line[i], s, i > 1, i < len(line)-1)
		})
	}
}

// capsule adds a straight line to the area that is drawn. Its ends are round where it
// meets others.
func (c *pixels) capsule(to func(Point) (x, y float32), a, b Point, s style, joinA, joinB bool) {
	dx, dy := heading(a, b)
	r := s.width / 2
	shape := []Point{{a.X - r*dy, a.Y + r*dx}, {b.X - r*dy, b.Y + r*dx}}
	half := func(at Point, dx, dy float64) {
		const steps = 6
		for i := 1; i < steps; i++ {
			t := math.Pi * float64(i) / steps
			sin, cos := math.Sincos(t)
			shape = append(shape, Point{at.X + r*(sin*dx-cos*dy), at.Y + r*(sin*dy+cos*dx)})
		}
	}
	if joinB || s.round {
		half(b, dx, dy)
	}
	shape = append(shape, Point{b.X + r*dy, b.Y - r*dx}, Point{a.X + r*dy, a.Y - r*dx})
	if joinA || s.round {
		half(a, -dx, -dy)
	}
	for i, p := range shape {
		if x, y := to(p); i == 0 {
			c.raster.MoveTo(x, y)
		} else {
			c.raster.LineTo(x, y)
		}
	}
	c.raster.ClosePath()
}

// fill fills the inside of lines.
func (c *pixels) fill(lines [][]Point, fill role) {
	box := bounds(lines[0])
	c.area(box, 2, fill, func(to func(Point) (x, y float32)) {
		for _, line := range lines {
			for i, p := range line {
				if x, y := to(p); i == 0 {
					c.raster.MoveTo(x, y)
				} else {
					c.raster.LineTo(x, y)
				}
			}
			c.raster.ClosePath()
		}
	})
}

func bounds(line []Point) Box {
	lowX, lowY, highX, highY := line[0].X, line[0].Y, line[0].X, line[0].Y
	for _, p := range line {
		lowX, lowY, highX, highY = min(lowX, p.X), min(lowY, p.Y), max(highX, p.X), max(highY, p.Y)
	}
	return Box{lowX, lowY, highX - lowX, highY - lowY}
}

// area draws the shapes that add makes, in a box and so much around it. add gets the
// function that maps px of the drawing to pixels of the area.
func (c *pixels) area(b Box, around float64, fill role, add func(to func(Point) (x, y float32))) {
	x0, y0 := math.Floor((b.X-around)*c.scale), math.Floor((b.Y-around)*c.scale)
	x1, y1 := math.Ceil((b.X+b.W+around)*c.scale), math.Ceil((b.Y+b.H+around)*c.scale)
	at := image.Rect(int(x0), int(y0), int(x1), int(y1))
	c.raster.Reset(at.Dx(), at.Dy())
	add(func(p Point) (x, y float32) { return float32(p.X*c.scale - x0), float32(p.Y*c.scale - y0) })
	rgb := c.theme.colour(fill)
	source := image.NewUniform(color.RGBA{uint8(rgb >> 16), uint8(rgb >> 8), uint8(rgb), 255})
	c.raster.DrawOp = draw.Over
	c.raster.Draw(c.image, at, source, image.Point{})
}

func (c *pixels) text(f *font, fill role, middle bool, x, y float64, text string) {
	letters := c.fonts[f]
	of := func(r rune) character {
		if letter, ok := letters[r]; ok {
			return letter
		}
		return letters[unknown]
	}
	k := f.size / unitsPerEm
	width := 0.0
	for _, r := range text {
		width += of(r).advance * k
	}
	if middle {
		x -= width / 2
	}
	c.area(Box{x, y - f.size, width, f.size * 1.4}, 2, fill, func(to func(Point) (x, y float32)) {
		for _, r := range text {
			letter := of(r)
			c.outline(letter.outline, func(p Point) (float32, float32) { return to(Point{x + k*p.X, y + k*p.Y}) })
			x += letter.advance * k
		}
	})
}

// outline adds a character to the area that is drawn.
func (c *pixels) outline(p path, to func(Point) (x, y float32)) {
	for i, s := range p {
		x, y := to(s.p[0])
		switch s.op {
		case 'M':
			if i > 0 {
				c.raster.ClosePath()
			}
			c.raster.MoveTo(x, y)
		case 'L':
			c.raster.LineTo(x, y)
		case 'Q':
			toX, toY := to(s.p[1])
			c.raster.QuadTo(x, y, toX, toY)
		}
	}
	c.raster.ClosePath()
}
