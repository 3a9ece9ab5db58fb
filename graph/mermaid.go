package graph

import (
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/asl"
)

// This file writes Mermaid, which GitHub and others show in Markdown.

// Mermaid returns the graph as a flowchart of Mermaid, which lays it out itself.
// Containers are subgraphs. All texts are escaped. Of a painted run it shows the
// statuses.
func (g *Graph) Mermaid() []byte {
	m := &mermaid{ids: make(map[string]string), children: g.children()}
	m.b.WriteString("flowchart ")
	if g.Direction == Right {
		m.b.WriteString("LR\n")
	} else {
		m.b.WriteString("TB\n")
	}
	for i := range g.Nodes {
		m.ids[g.Nodes[i].ID] = "n" + strconv.Itoa(i)
	}
	m.nodes("", 1)
	for i := range g.Edges {
		m.edge(&g.Edges[i])
	}
	m.styles(g)
	return []byte(m.b.String())
}

// children returns the nodes by their Parent.
func (g *Graph) children() map[string][]*Node {
	children := make(map[string][]*Node)
	for i := range g.Nodes {
		n := &g.Nodes[i]
		children[n.Parent] = append(children[n.Parent], n)
	}
	return children
}

type mermaid struct {
	b        strings.Builder
	ids      map[string]string // names are not ids: "end" is a word of Mermaid
	children map[string][]*Node
}

func (m *mermaid) nodes(parent string, indent int) {
	pad := strings.Repeat("  ", indent)
	for _, n := range m.children[parent] {
		id := m.ids[n.ID]
		switch n.Kind {
		case Container:
			m.b.WriteString(pad + "subgraph " + id + "[" + mermaidText(n.Name+" · "+n.Label2) + "]\n")
			m.nodes(n.ID, indent+1)
			m.b.WriteString(pad + "end\n")
		case Lane:
			if n.Type != asl.Parallel {
				m.nodes(n.ID, indent)
				continue
			}
			m.b.WriteString(pad + "subgraph " + id + "[\" \"]\n")
			m.nodes(n.ID, indent+1)
			m.b.WriteString(pad + "end\n")
		case Start:
			m.b.WriteString(pad + id + "((\" \"))\n")
		case End:
			m.b.WriteString(pad + id + "(((\" \")))\n")
		default:
			open, shut := mermaidShape(n)
			m.b.WriteString(pad + id + open + mermaidText(n.Name) + shut + "\n")
		}
	}
}

// mermaidShape returns the brackets of a node's shape.
func mermaidShape(n *Node) (open, shut string) {
	switch {
	case n.Kind == Missing:
		return "[", "]"
	case n.Type == asl.Choice:
		return "{", "}"
	case n.Type == asl.Succeed || n.Type == asl.Fail:
		return "([", "])"
	case n.Type == asl.Wait:
		return "{{", "}}"
	}
	return "(", ")"
}

func (m *mermaid) edge(e *Edge) {
	arrow := " -->"
	switch e.Kind {
	case CatchEdge, DefaultEdge:
		arrow = " -.->"
	}
	m.b.WriteString("  " + m.ids[e.From] + arrow)
	if e.Text != "" {
		m.b.WriteString("|" + mermaidText(e.Text) + "|")
	}
	m.b.WriteString(" " + m.ids[e.To] + "\n")
}

// styles writes the colours of what does not look as usual.
func (m *mermaid) styles(g *Graph) {
	for i := range g.Nodes {
		n := &g.Nodes[i]
		status := n.Status
		if n.Kind == Missing {
			status = Failed
		}
		if look, ok := statusLooks[status]; ok {
			m.b.WriteString("  style " + m.ids[n.ID] + " fill:" + hex(look.fill) + ",stroke:" + hex(look.line) + ",color:" + hex(look.text) + "\n")
		}
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		switch {
		case e.Taken > 0:
			m.b.WriteString("  linkStyle " + strconv.Itoa(i) + " stroke-width:3px\n")
		case e.Kind == CatchEdge:
			m.b.WriteString("  linkStyle " + strconv.Itoa(i) + " stroke:" + hex(catchLine) + "\n")
		}
	}
}

// hex returns the light colour of a role, as #rrggbb.
func hex(r role) string {
	const digits = "0123456789abcdef"
	rgb := Light.colour(r)
	text := []byte("#000000")
	for i := range 6 {
		text[6-i] = digits[rgb>>(4*i)&15]
	}
	return string(text)
}

// mermaidText quotes a text. Everything but letters, digits, spaces and harmless signs
// is written as an entity of Mermaid: it knows HTML and Markdown in labels.
func mermaidText(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range line(text) {
		switch {
		case r > '~' || r == ' ' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || strings.ContainsRune(".,:-_/()$=?+", r):
			b.WriteRune(r)
		default:
			b.WriteString("#" + strconv.Itoa(int(r)) + ";")
		}
	}
	if text == "" {
		b.WriteByte(' ')
	}
	b.WriteByte('"')
	return b.String()
}
