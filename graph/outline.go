package graph

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/aslocal/aslocal/asl"
)

// This file writes an outline: a line for each state, with what it does and where it
// leads, for terminals, reviews and screen readers.
//
//	● ValidateOrder   validate-order                  ⤷ States.ALL → NotifyFailure
//	◆ IsValid         total > 0 → Fulfil · default → RejectOrder
//	║ Fulfil          2 branches                      ⤷ PaymentDeclined → NotifyFailure
//	├─ 0
//	│  ● ChargeCard   lambda invoke
//	└─ 1
//	   ⧉ ReserveItems Map $.items
//	      ◆ InStock   stock > 0 → PickItem · default → Backorder

// Outline returns the states as text, those of the happy path first and each after
// the one that leads to it. A Next to the state in the following line is not written.
func (g *Graph) Outline() []byte {
	o := &outline{children: g.children(), out: make(map[string][]*Edge), names: make(map[string]*Node)}
	for i := range g.Nodes {
		o.names[g.Nodes[i].ID] = &g.Nodes[i]
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		o.out[e.From] = append(o.out[e.From], e)
	}
	o.workflow("", "")
	return []byte(o.String())
}

// outlineSigns are those that the traces of executions have, too.
var outlineSigns = map[asl.StateType]string{
	asl.Task: "●", asl.Choice: "◆", asl.Parallel: "║", asl.Map: "⧉", asl.Wait: "◷", asl.Pass: "○", asl.Succeed: "◉", asl.Fail: "◉",
}

var statusSigns = map[Status]string{Running: "…", Succeeded: "✓", Caught: "↪", Failed: "✕", TimedOut: "✕", Aborted: "■"}

type outline struct {
	children map[string][]*Node
	out      map[string][]*Edge
	names    map[string]*Node
	lines    []outlineLine
}

// An outlineLine has up to three columns.
type outlineLine struct{ name, what, errors string }

// workflow writes the states of a lane.
func (o *outline) workflow(lane, indent string) {
	order := o.order(o.children[lane])
	for i, n := range order {
		next := ""
		if i+1 < len(order) {
			next = order[i+1].ID
		}
		o.state(n, indent, next)
		lanes := o.children[n.ID]
		for k, inner := range lanes {
			if inner.Type != asl.Parallel {
				o.workflow(inner.ID, indent+"   ")
				continue
			}
			branch, below := "├─ ", "│  "
			if k == len(lanes)-1 {
				branch, below = "└─ ", "   "
			}
			o.lines = append(o.lines, outlineLine{name: indent + branch + strconv.Itoa(k)})
			o.workflow(inner.ID, indent+below)
		}
	}
}

// order returns the states of a lane: from the first, depth-first, so that what is
// reached only through an error comes last.
func (o *outline) order(nodes []*Node) []*Node {
	var order []*Node
	seen := make(map[*Node]bool)
	var errors []*Node
	var follow func(n *Node)
	follow = func(n *Node) {
		for n != nil && !seen[n] {
			seen[n] = true
			if n.Kind != Start && n.Kind != End && n.Kind != Missing {
				order = append(order, n)
			}
			var first *Node
			var others []*Node
			for _, e := range o.out[n.ID] {
				switch to := o.names[e.To]; {
				case e.Kind == CatchEdge:
					errors = append(errors, to)
				case first == nil || to.Happy && !first.Happy && n.Happy:
					if first != nil {
						others = append(others, first)
					}
					first = to
				default:
					others = append(others, to)
				}
			}
			if len(others) > 0 {
				follow(first)
				for _, other := range others {
					follow(other)
				}
				return
			}
			n = first
		}
	}
	for _, n := range nodes {
		if n.Happy {
			follow(n)
			break
		}
	}
	for len(errors) > 0 {
		n := errors[0]
		errors = errors[1:]
		follow(n)
	}
	for _, n := range nodes {
		follow(n)
		for len(errors) > 0 {
			n := errors[0]
			errors = errors[1:]
			follow(n)
		}
	}
	return order
}

// state writes a state. next is the ID of the one in the next line.
func (o *outline) state(n *Node, indent, next string) {
	sign := outlineSigns[n.Type]
	if sign == "" {
		sign = "?"
	}
	line := outlineLine{name: indent + sign + " " + visible(n.Name)}
	var what, errors []string
	if n.Type != asl.Choice {
		what = append(what, visible(n.Label2))
	}
	for _, e := range o.out[n.ID] {
		switch e.Kind {
		case NextEdge:
			if e.To != next {
				what = append(what, "→ "+o.target(e))
			}
		case ChoiceEdge, DefaultEdge:
			what = append(what, strings.TrimLeft(visible(brief(e.Text))+" → ", " ")+o.target(e))
		case CatchEdge:
			errors = append(errors, "⤷ "+visible(e.Text)+" → "+o.target(e))
		}
	}
	if n.Unreachable && n.Kind == Container {
		what = append(what, "not reachable")
	}
	if n.Status != "" {
		status := statusSigns[n.Status] + " " + string(n.Status)
		if n.Visits > 1 {
			status += " ×" + strconv.Itoa(n.Visits)
		}
		if n.Attempts > 1 {
			status += ", " + strconv.Itoa(n.Attempts) + " attempts"
		}
		what = append(what, status)
	}
	line.errors = strings.Join(errors, " · ")
	for len(what) > 1 && len([]rune(strings.Join(what, " · "))) > maxWhat { // a line for each
		line.what = what[0]
		o.lines = append(o.lines, line)
		line, what = outlineLine{name: indent}, what[1:]
	}
	line.what = strings.Join(what, " · ")
	o.lines = append(o.lines, line)
}

// target returns the name of the state that an edge leads to.
func (o *outline) target(e *Edge) string {
	to := o.names[e.To]
	if to.Kind == Missing {
		return visible(to.Name) + " (does not exist)"
	}
	return visible(to.Name)
}

// visible makes one line of a text, without characters that control terminals.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '�'
	}, line(text))
}

// Widths of the columns, in characters; what is longer moves the next column.
const (
	maxNameColumn = 40
	maxWhatColumn = 48
	maxWhat       = 90 // in one line, if it can be parted
)

// String returns the lines with their columns aligned.
func (o *outline) String() string {
	name, what := 0, 0
	for _, l := range o.lines {
		if n := len([]rune(l.name)); n <= maxNameColumn {
			name = max(name, n)
		}
		if n := len([]rune(l.what)); n <= maxWhatColumn && l.errors != "" {
			what = max(what, n)
		}
	}
	var b strings.Builder
	for _, l := range o.lines {
		text := padded(l.name, name) + "  " + l.what
		if l.errors != "" {
			text = padded(l.name, name) + "  " + padded(l.what, what) + "  " + l.errors
		}
		b.WriteString(strings.TrimRight(text, " ") + "\n")
	}
	return b.String()
}

func padded(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-len([]rune(text))))
}
