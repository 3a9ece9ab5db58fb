package coverage

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/aslocal/aslocal/graph"
)

// This file writes coverage as a page, with the graph of each state machine: what was
// reached is painted, with how often; what was not is grey.

// Graph returns the drawing of the definition, painted with what was reached.
func (c *Coverage) Graph(o graph.Options) *graph.Graph {
	g := graph.Layout(c.definition, o)
	g.Painted = true
	entered := make(map[string]int)
	for i := range g.Nodes {
		n := &g.Nodes[i]
		at, ok := c.byPointer[itemKey{State, n.ID}]
		if !ok || c.items[at].Count == 0 {
			continue
		}
		n.Status, n.Visits = graph.Succeeded, c.items[at].Count
		entered[n.ID] = n.Visits
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		switch e.Kind {
		case graph.StartEdge:
			e.Taken = min(1, entered[e.To])
		case graph.EndEdge:
			e.Taken = c.ended[e.From]
		default:
			if at, ok := c.byPointer[itemKey{Transition, e.ID}]; ok {
				e.Taken = c.items[at].Count
			}
		}
	}
	return g
}

// Page returns the coverage as one HTML document, which refers to nothing outside and has
// no scripts.
func Page(sources []Source) []byte {
	var b bytes.Buffer
	b.WriteString(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>Coverage of state machines</title>
<style>
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem }
section { margin: 2rem 0 3rem }
table { border-collapse: collapse; margin: 1rem 0 }
th, td { border-bottom: 1px solid #8884; padding: .3rem .8rem .3rem 0; text-align: left; vertical-align: top }
td.number { text-align: right; font-variant-numeric: tabular-nums }
figure { margin: 1rem 0; overflow: auto }
figure img { display: block }
code { font-family: ui-monospace, monospace; font-size: .93em }
</style>
</head>
<body>
<main>
<h1>Coverage of state machines</h1>
`)
	for i := range sources {
		sources[i].section(&b)
	}
	b.WriteString("</main>\n</body>\n</html>\n")
	return b.Bytes()
}

// section writes a state machine.
func (s *Source) section(b *bytes.Buffer) {
	fmt.Fprintf(b, "<section>\n<h2>%s</h2>\n<p><code>%s</code></p>\n<table>\n<tr><th>What</th><th>Reached</th><th>Of</th><th>Percent</th></tr>\n", graph.EscapeXML(s.Name), graph.EscapeXML(s.File))
	for _, share := range s.Coverage.Shares() {
		if share.Total > 0 {
			fmt.Fprintf(b, "<tr><td>%s</td><td class=\"number\">%d</td><td class=\"number\">%d</td><td class=\"number\">%s</td></tr>\n", share.Kind, share.Covered, share.Total, percent(share.Percent()))
		}
	}
	picture := s.Coverage.Graph(graph.Options{}).SVG(graph.Auto) // as an image, since the classes of two drawings are not the same
	fmt.Fprintf(b, "</table>\n<figure><img alt=\"Graph of %s\" src=\"data:image/svg+xml;base64,%s\"></figure>\n", graph.EscapeXML(s.Name), base64.StdEncoding.EncodeToString(picture))
	if missed := s.Coverage.Missed(); len(missed) > 0 {
		b.WriteString("<h3>Not reached</h3>\n<table>\n<tr><th>What</th><th>Name</th><th>Place</th></tr>\n")
		for _, item := range missed {
			fmt.Fprintf(b, "<tr><td>%s</td><td>%s</td><td><code>%s</code></td></tr>\n", singular[item.Kind], graph.EscapeXML(strings.TrimSpace(item.Name)), graph.EscapeXML(s.place(item.Pointer)))
		}
		b.WriteString("</table>\n")
	}
	b.WriteString("</section>\n")
}
