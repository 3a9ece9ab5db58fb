package graph

import (
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/asl"
)

// This file writes DOT, the language of Graphviz.

// DOT returns the graph in the language of Graphviz, which lays it out itself.
// Containers are clusters. All texts are escaped. Of a painted run it shows the
// statuses.
func (g *Graph) DOT() []byte {
	d := &dot{ids: make(map[string]string), children: g.children()}
	d.b.WriteString("digraph {\n  compound=true\n")
	if g.Direction == Right {
		d.b.WriteString("  rankdir=LR\n")
	}
	d.b.WriteString("  node [shape=box style=\"rounded,filled\" fillcolor=white fontname=\"sans-serif\"]\n  edge [fontname=\"monospace\" fontsize=10]\n")
	for i := range g.Nodes {
		d.ids[g.Nodes[i].ID] = "n" + strconv.Itoa(i)
	}
	d.nodes("", 1)
	for i := range g.Edges {
		d.edge(&g.Edges[i])
	}
	d.b.WriteString("}\n")
	return []byte(d.b.String())
}

type dot struct {
	b        strings.Builder
	ids      map[string]string
	children map[string][]*Node
}

func (d *dot) nodes(parent string, indent int) {
	pad := strings.Repeat("  ", indent)
	for _, n := range d.children[parent] {
		id := d.ids[n.ID]
		look, painted := statusLooks[n.Status]
		switch n.Kind {
		case Container, Lane:
			d.b.WriteString(pad + "subgraph cluster_" + id + " {\n" + pad + "  style=\"rounded\"\n")
			if n.Kind == Container {
				d.b.WriteString(pad + "  label=" + dotText(n.Name) + "\n")
				if painted {
					d.b.WriteString(pad + "  color=\"" + hex(look.line) + "\"\n")
				}
				// edges lead to this point, and end at the border of the cluster
				d.b.WriteString(pad + "  " + id + " [shape=point style=invis]\n")
			} else {
				d.b.WriteString(pad + "  label=\"\"\n")
				if n.Type == asl.Parallel {
					d.b.WriteString(pad + "  style=\"rounded,dashed\"\n")
				} else {
					d.b.WriteString(pad + "  peripheries=0\n")
				}
			}
			d.nodes(n.ID, indent+1)
			d.b.WriteString(pad + "}\n")
		case Start:
			d.b.WriteString(pad + id + " [shape=circle label=\"\" width=0.2 fillcolor=\"" + hex(hotLine) + "\"]\n")
		case End:
			d.b.WriteString(pad + id + " [shape=doublecircle label=\"\" width=0.15 fillcolor=\"" + hex(hotLine) + "\"]\n")
		default:
			d.b.WriteString(pad + id + " [label=" + dotText(n.Name) + dotShape(n))
			if painted {
				d.b.WriteString(" fillcolor=\"" + hex(look.fill) + "\" color=\"" + hex(look.line) + "\"")
			}
			d.b.WriteString("]\n")
		}
	}
}

// dotShape returns the attributes of a node that does not look as usual.
func dotShape(n *Node) string {
	switch {
	case n.Kind == Missing:
		return " style=\"rounded,filled,dashed\" fillcolor=\"" + hex(failedFill) + "\" color=\"" + hex(failedLine) + "\""
	case n.Type == asl.Choice:
		return " shape=diamond style=filled"
	case n.Type == asl.Succeed || n.Type == asl.Fail:
		return " peripheries=2"
	}
	return ""
}

func (d *dot) edge(e *Edge) {
	var with []string
	if e.Text != "" {
		with = append(with, "label="+dotText(e.Label))
	}
	switch e.Kind {
	case DefaultEdge:
		with = append(with, "style=dotted")
	case CatchEdge:
		with = append(with, "style=dashed", "color=\""+hex(catchLine)+"\"")
	}
	if e.Taken > 0 {
		with = append(with, "penwidth=2")
	}
	for _, end := range []struct{ attribute, id string }{{"ltail", e.From}, {"lhead", e.To}} {
		if len(d.children[end.id]) > 0 { // a container
			with = append(with, end.attribute+"=cluster_"+d.ids[end.id])
		}
	}
	d.b.WriteString("  " + d.ids[e.From] + " -> " + d.ids[e.To])
	if len(with) > 0 {
		d.b.WriteString(" [" + strings.Join(with, " ") + "]")
	}
	d.b.WriteString("\n")
}

// dotText quotes a text. A backslash is doubled, because DOT has escapes of its own,
// such as \N for the name of the node.
func dotText(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\x00", "").Replace(line(text)) + `"`
}
