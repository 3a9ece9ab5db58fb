package graph

import (
	"cmp"
	"strconv"
	"strings"
)

// This file paints a run: what an execution did is shown on the drawing.

// A Visit is one passage of an execution through a state.
type Visit struct {
	State    string // JSON pointer
	Frame    string // the branch or iteration, by any name that is its own; "" for the machine itself
	Status   Status
	Attempts int    // 0 or 1 if it was not retried
	Next     string // name of the state that followed; "" if none did
	Catcher  int    // which Catcher took the error, if the Status is Caught; -1 if that is not known
}

// Paint shows a run on the drawing: statuses, how often states were entered and
// tried, and transitions taken. The visits are in the order in which they began. A
// state that was visited again in the same frame has the status of the last time;
// over several frames, the one that matters most to a reader: what runs, then what
// failed. Visits of states that are not in the drawing are passed over. It replaces
// what was painted before.
func (g *Graph) Paint(visits []Visit) {
	g.Painted = true
	nodes := make(map[string]*Node, len(g.Nodes))
	for i := range g.Nodes {
		n := &g.Nodes[i]
		n.Status, n.Visits, n.Attempts = "", 0, 0
		nodes[n.ID] = n
	}
	out := make(map[string][]*Edge)
	for i := range g.Edges {
		e := &g.Edges[i]
		e.Taken = 0
		out[e.From] = append(out[e.From], e)
	}
	type place struct{ state, frame string }
	last := make(map[place]Status)
	for _, v := range visits {
		n := nodes[v.State]
		if n == nil {
			continue
		}
		n.Visits++
		n.Attempts = max(n.Attempts, v.Attempts)
		last[place{v.State, v.Frame}] = v.Status
		if e := taken(out[v.State], nodes, v); e != nil {
			e.Taken++
		}
	}
	for at, status := range last {
		n := nodes[at.state]
		if urgency[status] > urgency[n.Status] {
			n.Status = status
		}
	}
	for _, e := range out["start"] {
		e.Taken = min(1, nodes[e.To].Visits)
	}
}

// urgency orders statuses by how much they matter to a reader.
var urgency = map[Status]int{Succeeded: 1, Aborted: 2, Caught: 3, TimedOut: 4, Failed: 5, Running: 6}

// taken returns the edge that a visit left by; nil if it has not, or ended there. The
// first rule that leads to the next state counts, because histories do not say which
// one held.
func taken(edges []*Edge, nodes map[string]*Node, v Visit) *Edge {
	if v.Status != Succeeded && v.Status != Caught {
		return nil
	}
	var found *Edge
	for _, e := range edges {
		switch {
		case e.Kind == EndEdge && v.Next == "":
			return e
		case e.Kind == CatchEdge:
			known := strings.HasSuffix(e.ID, "/Catch/"+strconv.Itoa(v.Catcher)+"/Next")
			if v.Status == Caught && nodes[e.To].Name == v.Next && (v.Catcher < 0 || known) {
				found = cmp.Or(found, e)
			}
		case v.Status == Succeeded && v.Next != "" && nodes[e.To].Name == v.Next:
			found = cmp.Or(found, e)
		}
	}
	return found
}
