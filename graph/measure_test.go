package graph

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl"
)

// This file measures drawings: what lies over what, and how lines run.

// figures are the measures of a drawing. Those of the first group must be 0.
type figures struct {
	overlaps    int // nodes over nodes
	labelHits   int // labels over nodes or labels
	through     int // lines through nodes
	slanted     int // parts of lines that are neither horizontal nor vertical
	outside     int // things outside the drawing
	cut         int // texts that are wider than what they stand in
	lineHits    int // lines over labels of other edges
	corners     int // corners of lines under labels
	crossings   int
	bends       int
	edges       int
	length      float64
	area        float64
	nodes       int
	description []string
}

func (f *figures) bad() int {
	return f.overlaps + f.labelHits + f.through + f.slanted + f.outside + f.cut
}

func (f *figures) note(format string, args ...any) {
	if len(f.description) < 5 {
		f.description = append(f.description, fmt.Sprintf(format, args...))
	}
}

func (n *Node) box() Box { return Box{n.X, n.Y, n.W, n.H} }

// meet reports whether two boxes overlap by more than a margin.
func meet(a, b Box, by float64) bool {
	return a.X+by < b.X+b.W && b.X+by < a.X+a.W && a.Y+by < b.Y+b.H && b.Y+by < a.Y+a.H
}

func measure(g *Graph) *figures {
	f := &figures{nodes: len(g.Nodes), edges: len(g.Edges), area: g.Width * g.Height, crossings: len(g.Crossings())}
	parent := make(map[string]string)
	for _, n := range g.Nodes {
		parent[n.ID] = n.Parent
	}
	within := func(id, in string) bool { // id is in or is it
		for ; id != ""; id = parent[id] {
			if id == in {
				return true
			}
		}
		return false
	}
	whole := Box{0, 0, g.Width, g.Height}
	for i := range g.Nodes {
		a := &g.Nodes[i]
		if a.X < 0 || a.Y < 0 || a.X+a.W > whole.W || a.Y+a.H > whole.H {
			f.outside++
			f.note("%s is outside", a.ID)
		}
		if a.Kind == State && (nameFont.width(a.Label) > a.W-textX-10 || detailFont.width(a.Label2) > a.W-textX-10) {
			f.cut++
			f.note("the texts of %s are too wide", a.ID)
		}
		for k := i + 1; k < len(g.Nodes); k++ {
			b := &g.Nodes[k]
			if meet(a.box(), b.box(), 0.5) && !within(b.ID, a.ID) && !within(a.ID, b.ID) {
				f.overlaps++
				f.note("%s and %s overlap", a.ID, b.ID)
			}
		}
	}
	for i := range g.Edges {
		measureEdge(g, f, i, parent, within)
	}
	return f
}

func measureEdge(g *Graph, f *figures, i int, parent map[string]string, within func(id, in string) bool) {
	e := &g.Edges[i]
	if e.Box != nil {
		if e.Box.X < 0 || e.Box.Y < 0 || e.Box.X+e.Box.W > g.Width || e.Box.Y+e.Box.H > g.Height {
			f.outside++
			f.note("the label of %s is outside", e.ID)
		}
		for k := range g.Nodes {
			if n := &g.Nodes[k]; !within(parent[e.From], n.ID) && meet(*e.Box, n.box(), 0.5) {
				f.labelHits++
				f.note("the label of %s is over %s", e.ID, n.ID)
			}
		}
		for k := i + 1; k < len(g.Edges); k++ {
			if o := &g.Edges[k]; o.Box != nil && meet(*e.Box, *o.Box, 0.5) {
				f.labelHits++
				f.note("the labels of %s and %s overlap", e.ID, o.ID)
			}
		}
	}
	for k := 1; k < len(e.Points); k++ {
		a, b := e.Points[k-1], e.Points[k]
		if math.Abs(a.X-b.X) > 0.11 && math.Abs(a.Y-b.Y) > 0.11 {
			f.slanted++
			f.note("%s is slanted", e.ID)
		}
		f.length += math.Abs(a.X-b.X) + math.Abs(a.Y-b.Y)
		s := Box{min(a.X, b.X), min(a.Y, b.Y), math.Abs(a.X - b.X), math.Abs(a.Y - b.Y)}
		if s.X < 0 || s.Y < 0 || s.X+s.W > g.Width || s.Y+s.H > g.Height {
			f.outside++
			f.note("%s leads outside", e.ID)
		}
		for j := range g.Nodes {
			n := &g.Nodes[j]
			small := Box{n.X + 1, n.Y + 1, n.W - 2, n.H - 2}
			if n.Type == asl.Choice && (n.ID == e.From || n.ID == e.To) { // lines end at the round outline
				small.X, small.W = n.X+9, n.W-18
			}
			if !within(parent[e.From], n.ID) && s.X < small.X+small.W && small.X <= s.X+s.W && s.Y < small.Y+small.H && small.Y <= s.Y+s.H {
				f.through++
				f.note("%s runs through %s", e.ID, n.ID)
			}
		}
		for j := range g.Edges {
			if o := &g.Edges[j]; j != i && o.Box != nil && meet(s, *o.Box, 0) {
				f.lineHits++
				f.note("%s runs over the label of %s", e.ID, o.ID)
			}
		}
	}
	f.bends += max(0, len(e.Points)-2)
	for k := 1; k+1 < len(e.Points); k++ {
		for j := range g.Edges {
			if o := &g.Edges[j]; o.Box != nil && meet(Box{e.Points[k].X, e.Points[k].Y, 0, 0}, *o.Box, 0) {
				f.corners++
			}
		}
	}
}

func parse(t testing.TB, text []byte) *asl.Definition {
	t.Helper()
	d, found := asl.Parse(string(text))
	if found.HasErrors() {
		t.Fatal(found)
	}
	return d
}

// wildMachines is how many machines TestWildMachines makes.
var wildMachines = flag.Int("wild", 10, "number of machines whose transitions lead anywhere")

var directions = []Direction{Down, Right}

// Definitions of AWS's samples are drawn without overlaps.
func TestSamples(t *testing.T) {
	files, _ := filepath.Glob("../../shared/definitions/*.asl.json")
	if len(files) == 0 {
		t.Skip("../../shared/definitions, the folder of sample definitions, is not there")
	}
	for _, direction := range directions {
		var sum figures
		var took time.Duration
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			d, found := asl.Parse(string(text))
			if found.HasErrors() {
				continue // no state machine
			}
			start := time.Now()
			g := Layout(d, Options{Direction: direction})
			took += time.Since(start)
			f := measure(g)
			if f.bad()+f.lineHits+f.corners > 0 {
				t.Errorf("%s, %s: %s", filepath.Base(file), direction, strings.Join(f.description, "; "))
			}
			sum.crossings += f.crossings
			sum.bends += f.bends
			sum.edges += f.edges
			sum.length += f.length
			sum.area += f.area
		}
		n, edges := float64(len(files)), float64(sum.edges)
		t.Logf("%s: %d machines, %d crossings, %.2f bends and %.0f px an edge, mean area %.0f kpx², %v each", direction, len(files), sum.crossings, float64(sum.bends)/edges, sum.length/edges, sum.area/n/1000, took/time.Duration(len(files)))
		if most := 30; sum.crossings > most {
			t.Errorf("%s: %d crossings, expected at most %d", direction, sum.crossings, most)
		}
		if most := 220.0; sum.length/edges > most {
			t.Errorf("%s: edges are %.0f px long, expected at most %.0f", direction, sum.length/edges, most)
		}
	}
}

// wild makes a definition whose transitions lead anywhere, and some nowhere.
func wild(r *rand.Rand, depth int) map[string]any {
	n := 1 + r.Intn(12)
	name := func() string { return fmt.Sprintf("S%d-%d", depth, r.Intn(n+r.Intn(30)/29)) }
	states := make(map[string]any)
	for i := range n {
		s := map[string]any{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke"}
		switch r.Intn(8) {
		case 0:
			s = map[string]any{"Type": "Succeed"}
		case 1:
			s = map[string]any{"Type": "Fail", "Error": "Broken"}
		case 2, 3:
			var rules []any
			for range 1 + r.Intn(9) {
				rules = append(rules, map[string]any{"Condition": "{% " + strings.Repeat("x", r.Intn(40)) + " > 1 %}", "Next": name()})
			}
			s = map[string]any{"Type": "Choice", "Choices": rules, "Default": name()}
		case 4:
			if depth < 3 {
				s = map[string]any{"Type": "Map", "ItemProcessor": wild(r, depth+1)}
				if r.Intn(2) == 0 {
					s = map[string]any{"Type": "Parallel", "Branches": []any{wild(r, depth+1), wild(r, depth+1)}}
				}
			}
			s["Next"] = name()
		case 5:
			s["End"] = true
		default:
			s["Next"] = name()
		}
		if kind := s["Type"]; kind == "Task" || kind == "Map" || kind == "Parallel" {
			var catchers []any
			for range r.Intn(4) {
				catchers = append(catchers, map[string]any{"ErrorEquals": []string{strings.Repeat("E", 1+r.Intn(30))}, "Next": name()})
			}
			s["Catch"] = catchers
		}
		states[fmt.Sprintf("S%d-%d", depth, i)] = s
	}
	return map[string]any{"StartAt": name(), "States": states}
}

// Whatever leads wherever, nothing lies over anything else, and the same definition
// gives the same drawing.
func TestWildMachines(t *testing.T) {
	lines, crossings := 0, 0
	for seed := range int64(*wildMachines) {
		text, err := json.Marshal(wild(rand.New(rand.NewSource(seed)), 0))
		if err != nil {
			t.Fatal(err)
		}
		for _, direction := range directions {
			g := Layout(parse(t, text), Options{Direction: direction})
			f := measure(g)
			lines += f.lineHits
			crossings += f.crossings
			if f.bad() > 0 {
				t.Errorf("seed %d, %s: %s", seed, direction, strings.Join(f.description, "; "))
			}
			if seed%10 == 0 {
				again := Layout(parse(t, text), Options{Direction: direction})
				if one, two := asJSON(t, g), asJSON(t, again); one != two {
					t.Errorf("seed %d, %s: two drawings differ", seed, direction)
				}
			}
		}
	}
	t.Logf("%d machines: %d lines over labels of others, %d crossings", *wildMachines, lines, crossings)
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// synthetic makes a machine of n states with rules, skips, loops, errors and, down to
// a depth, containers.
func synthetic(n int, seed int64, nested int) []byte {
	r := rand.New(rand.NewSource(seed))
	var machine func(n, depth int) map[string]any
	machine = func(n, depth int) map[string]any {
		states := make(map[string]any)
		name := func(i int) string { return fmt.Sprintf("Step%d-%04d", depth, min(i, n-1)) }
		for i := range n {
			s := map[string]any{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke"}
			switch p := r.Float64(); {
			case i == n-1:
				s = map[string]any{"Type": "Succeed"}
			case p < 0.2:
				var rules []any
				for range 1 + r.Intn(3) {
					rules = append(rules, map[string]any{"Variable": "$.value", "NumericEquals": i, "Next": name(i + 1 + r.Intn(5))})
				}
				if i > 4 && r.Float64() < 0.5 {
					rules = append(rules, map[string]any{"Variable": "$.again", "BooleanEquals": true, "Next": name(i - 1 - r.Intn(min(i-1, 8)))})
				}
				s = map[string]any{"Type": "Choice", "Choices": rules, "Default": name(i + 1)}
			case p < 0.26 && depth < nested:
				s = map[string]any{"Type": "Parallel", "Branches": []any{machine(2+r.Intn(4), depth+1), machine(2+r.Intn(4), depth+1)}, "Next": name(i + 1)}
			default:
				s["Next"] = name(i + 1)
			}
			if (s["Type"] == "Task" || s["Type"] == "Parallel") && r.Float64() < 0.15 {
				to := []string{"Failed", "Undo", name(i + 2), name(max(0, i-3))}[r.Intn(4)]
				s["Catch"] = []any{map[string]any{"ErrorEquals": []string{"States.Timeout"}, "Next": to}, map[string]any{"ErrorEquals": []string{"States.ALL"}, "Next": "Failed"}}
			}
			states[name(i)] = s
		}
		states["Undo"] = map[string]any{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Next": "Failed", "Catch": []any{map[string]any{"ErrorEquals": []string{"States.ALL"}, "Next": "Failed"}}}
		states["Failed"] = map[string]any{"Type": "Fail", "Error": "Broken"}
		return map[string]any{"StartAt": name(0), "States": states}
	}
	text, err := json.Marshal(machine(n, 0))
	if err != nil {
		panic(err)
	}
	return text
}

func TestSyntheticMachines(t *testing.T) {
	for seed := range int64(6) {
		for _, direction := range directions {
			f := measure(Layout(parse(t, synthetic(40, seed, 2)), Options{Direction: direction}))
			if f.bad() > 0 {
				t.Errorf("seed %d, %s: %s", seed, direction, strings.Join(f.description, "; "))
			}
		}
	}
}

func BenchmarkLayout(b *testing.B) {
	for _, c := range []struct {
		name   string
		states int
		nested int
	}{{"13 states", 13, 1}, {"500 states", 500, 0}, {"500 states, nested", 500, 2}, {"1000 states", 1000, 0}, {"2000 states", 2000, 0}, {"4000 states", 4000, 0}} {
		d := parse(b, synthetic(c.states, 3, c.nested))
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				Layout(d, Options{})
			}
		})
	}
}
