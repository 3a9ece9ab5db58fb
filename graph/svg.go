package graph

import (
	"fmt"
	"strconv"
	"strings"
)

// This file writes SVG. Colours are in classes, without variables of CSS, so that
// programs that are no browsers draw them too.

// SVG returns the drawing as an SVG document. It has no scripts and refers to
// nothing outside; all texts are escaped.
func (g *Graph) SVG(theme Theme) []byte {
	c := &svg{classes: make(map[style]string), texts: make(map[textStyle]string)}
	g.paint(c)
	var head strings.Builder
	w, h := number(g.Width), number(g.Height)
	fmt.Fprintf(&head, `<svg xmlns="http://www.w3.org/2000/svg" class="asl" viewBox="0 0 %s %s" width="%s" height="%s" role="img"><style>`, w, h, w, h)
	c.css(&head, theme)
	head.WriteString("</style>")
	return append([]byte(head.String()), c.body.String()+"</svg>\n"...)
}

// svg is a canvas that writes SVG.
type svg struct {
	body    strings.Builder
	classes map[style]string
	styles  []style
	texts   map[textStyle]string
	fonts   []textStyle
}

// A textStyle is how a text looks.
type textStyle struct {
	font   *font
	fill   role
	middle bool
}

const (
	sans      = `system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Ubuntu,Cantarell,"DejaVu Sans",sans-serif`
	monospace = `ui-monospace,"SF Mono","Cascadia Code",Menlo,Consolas,"JetBrains Mono","DejaVu Sans Mono",monospace`
)

// css writes the rules of the classes.
func (c *svg) css(b *strings.Builder, theme Theme) {
	for i, s := range c.styles {
		b.WriteString(".asl ." + className('s', i) + "{")
		if s.fill == none {
			b.WriteString("fill:none;")
		}
		if s.stroke != none {
			b.WriteString("stroke-width:" + number(s.width) + ";")
		}
		if s.off > 0 {
			b.WriteString("stroke-dasharray:" + number(s.on) + " " + number(s.off) + ";")
		}
		if s.round {
			b.WriteString("stroke-linecap:round;stroke-linejoin:round;")
		}
		b.WriteString("}")
	}
	for i, t := range c.fonts {
		family, weight := sans, "400"
		switch t.font {
		case nameFont:
			weight = "600"
		case labelFont:
			family = monospace
		}
		b.WriteString(".asl ." + className('t', i) + "{font:" + weight + " " + number(t.font.size) + "px " + family + ";")
		if t.middle {
			b.WriteString("text-anchor:middle;")
		}
		b.WriteString("}")
	}
	if theme != Auto {
		c.colours(b, theme)
		return
	}
	c.colours(b, Light)
	b.WriteString("@media (prefers-color-scheme:dark){")
	c.colours(b, Dark)
	b.WriteString("}")
}

// colours writes the rules that depend on the theme.
func (c *svg) colours(b *strings.Builder, theme Theme) {
	for i, s := range c.styles {
		b.WriteString(".asl ." + className('s', i) + "{")
		if s.fill != none {
			fmt.Fprintf(b, "fill:#%06x;", theme.colour(s.fill))
		}
		if s.stroke != none {
			fmt.Fprintf(b, "stroke:#%06x;", theme.colour(s.stroke))
		}
		b.WriteString("}")
	}
	for i, t := range c.fonts {
		fmt.Fprintf(b, ".asl .%s{fill:#%06x}", className('t', i), theme.colour(t.fill))
	}
}

func className(letter byte, i int) string { return string(letter) + strconv.Itoa(i) }

// class returns the class of a style.
func (c *svg) class(s style) string {
	name, ok := c.classes[s]
	if !ok {
		name = className('s', len(c.styles))
		c.styles = append(c.styles, s)
		c.classes[s] = name
	}
	return name
}

func (c *svg) rect(s style, x, y, w, h, radius float64) {
	fmt.Fprintf(&c.body, `<rect class="%s" x="%s" y="%s" width="%s" height="%s"`, c.class(s), number(x), number(y), number(w), number(h))
	if radius > 0 {
		c.body.WriteString(` rx="` + number(radius) + `"`)
	}
	c.body.WriteString("/>")
}

func (c *svg) circle(s style, x, y, radius float64) {
	fmt.Fprintf(&c.body, `<circle class="%s" cx="%s" cy="%s" r="%s"/>`, c.class(s), number(x), number(y), number(radius))
}

func (c *svg) path(s style, p path) {
	c.body.WriteString(`<path class="` + c.class(s) + `" d="`)
	for _, part := range p {
		c.body.WriteByte(part.op)
		for i := range part.size() {
			if i > 0 {
				c.body.WriteByte(' ')
			}
			c.body.WriteString(number(part.p[i].X) + " " + number(part.p[i].Y))
		}
	}
	c.body.WriteString(`"/>`)
}

// size is how many points a segment has.
func (s segment) size() int {
	switch s.op {
	case 'M', 'L':
		return 1
	case 'Q':
		return 2
	case 'C':
		return 3
	}
	return 0
}

func (c *svg) glyph(s style, name string, x, y, size float64) {
	fmt.Fprintf(&c.body, `<path class="%s" transform="translate(%s %s) scale(%s)" d="%s"/>`, c.class(s), number(x), number(y), strconv.FormatFloat(size/24, 'f', 4, 64), glyphs[name])
}

func (c *svg) text(f *font, fill role, middle bool, x, y float64, text string) {
	if text == "" {
		return
	}
	t := textStyle{f, fill, middle}
	name, ok := c.texts[t]
	if !ok {
		name = className('t', len(c.fonts))
		c.fonts = append(c.fonts, t)
		c.texts[t] = name
	}
	c.body.WriteString(`<text class="` + name + `" x="` + number(x) + `" y="` + number(y) + `">` + EscapeXML(text) + "</text>")
}

func (c *svg) begin(title string) {
	c.body.WriteString("<g>")
	if title != "" {
		c.body.WriteString("<title>" + EscapeXML(title) + "</title>")
	}
}

func (c *svg) end() { c.body.WriteString("</g>") }

// number writes a length with at most two digits behind the point.
func number(x float64) string {
	text := strconv.FormatFloat(x, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// EscapeXML escapes a text for XML and HTML, and replaces what XML cannot have.
func EscapeXML(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r < ' ' && r != '\t' && r != '\n', r == 0x7f, r == 0xfffe, r == 0xffff:
			b.WriteRune('\ufffd')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
