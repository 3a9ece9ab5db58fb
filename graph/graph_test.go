package graph

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl"
)

var update = flag.Bool("update", false, "rewrite the files in testdata that drawings are compared with")

func readDefinition(t testing.TB, name string) *asl.Definition {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".asl.json"))
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, text)
}

// failedOrder is what a run of the order did: the receipt was sent at the second
// attempt, one of two items failed, and the failure was caught.
var failedOrder = []Visit{
	{State: "/States/ValidateOrder", Status: Succeeded, Next: "IsValid"},
	{State: "/States/IsValid", Status: Succeeded, Next: "Fulfil"},
	{State: "/States/Fulfil", Status: Caught, Next: "NotifyFailure", Catcher: 0},
	{State: "/States/Fulfil/Branches/0/States/ChargeCard", Frame: "0", Status: Succeeded, Attempts: 2, Next: "SendReceipt"},
	{State: "/States/Fulfil/Branches/0/States/SendReceipt", Frame: "0", Status: Aborted},
	{State: "/States/Fulfil/Branches/1/States/ReserveItems", Frame: "1", Status: Failed},
	{State: "/States/Fulfil/Branches/1/States/ReserveItems/ItemProcessor/States/InStock", Frame: "1.0", Status: Succeeded, Next: "PickItem"},
	{State: "/States/Fulfil/Branches/1/States/ReserveItems/ItemProcessor/States/InStock", Frame: "1.1", Status: Succeeded, Next: "PickItem"},
	{State: "/States/Fulfil/Branches/1/States/ReserveItems/ItemProcessor/States/PickItem", Frame: "1.0", Status: Failed, Attempts: 3},
	{State: "/States/Fulfil/Branches/1/States/ReserveItems/ItemProcessor/States/PickItem", Frame: "1.1", Status: Succeeded},
	{State: "/States/NotifyFailure", Status: Running},
	{State: "/States/Nobody", Status: Failed},
}

// TestGolden compares drawings of our own definitions with those in testdata, which
// -update rewrites.
func TestGolden(t *testing.T) {
	for _, c := range []struct {
		name, definition string
		direction        Direction
		run              []Visit
		endings          string
	}{
		{"order", "order", Down, nil, ".svg .txt .mmd .dot .json"},
		{"order-right", "order", Right, nil, ".svg .mmd"},
		{"order-run", "order", Down, failedOrder, ".svg .txt .mmd .dot"},
		{"saga", "saga", Down, nil, ".svg .txt"},
		{"broken", "broken", Down, nil, ".svg .txt .mmd .dot"},
		{"markup", "markup", Down, nil, ".svg .txt .mmd .dot"},
	} {
		g := Layout(readDefinition(t, c.definition), Options{Direction: c.direction})
		if c.run != nil {
			g.Paint(c.run)
		}
		if f := measure(g); f.bad() > 0 {
			t.Errorf("%s: %s", c.name, strings.Join(f.description, "; "))
		}
		for _, ending := range strings.Fields(c.endings) {
			got := map[string]func() []byte{
				".svg": func() []byte { return g.SVG(Auto) }, ".txt": g.Outline, ".mmd": g.Mermaid, ".dot": g.DOT,
				".json": func() []byte { return []byte(asJSON(t, g) + "\n") },
			}[ending]()
			golden(t, c.name+ending, got)
		}
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: the drawing has changed; go test ./graph -update writes the new one, git diff shows it", name)
	}
}

// Paint gives statuses, counts and the transitions that were taken.
func TestPaint(t *testing.T) {
	g := Layout(readDefinition(t, "order"), Options{})
	g.Paint(failedOrder)
	g.Paint(failedOrder) // replaces what was painted before
	var nodes, edges []string
	for _, n := range g.Nodes {
		if n.Status != "" {
			nodes = append(nodes, fmt.Sprintf("%s %s ×%d, %d", n.Name, n.Status, n.Visits, n.Attempts))
		}
	}
	for _, e := range g.Edges {
		if e.Taken > 0 {
			edges = append(edges, fmt.Sprintf("%s ×%d", e.ID, e.Taken))
		}
	}
	wantNodes := []string{
		"ValidateOrder succeeded ×1, 0", "IsValid succeeded ×1, 0", "Fulfil caught ×1, 0", "ChargeCard succeeded ×1, 2", "SendReceipt aborted ×1, 0",
		"ReserveItems failed ×1, 0", "InStock succeeded ×2, 0", "PickItem failed ×2, 3", "NotifyFailure running ×1, 0",
	}
	wantEdges := []string{
		"/StartAt ×1", "/States/ValidateOrder/Next ×1", "/States/IsValid/Choices/0/Next ×1", "/States/Fulfil/Catch/0/Next ×1",
		"/States/Fulfil/Branches/0/States/ChargeCard/Next ×1",
		"/States/Fulfil/Branches/1/States/ReserveItems/ItemProcessor/States/InStock/Choices/0/Next ×2",
	}
	if !slices.Equal(nodes, wantNodes) {
		t.Errorf("nodes:\n got %q\nwant %q", nodes, wantNodes)
	}
	if !slices.Equal(edges, wantEdges) {
		t.Errorf("edges:\n got %q\nwant %q", edges, wantEdges)
	}
}

// A state that was visited again in the same frame has the status of the last time.
func TestPaintAgain(t *testing.T) {
	d := parse(t, []byte(`{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A"}}}`))
	g := Layout(d, Options{})
	g.Paint([]Visit{{State: "/States/A", Status: Failed}, {State: "/States/A", Status: Succeeded, Next: "A"}})
	if n := g.Nodes[1]; n.Status != Succeeded || n.Visits != 2 {
		t.Errorf("got %s, %d visits, want succeeded, 2 visits", n.Status, n.Visits)
	}
}

// Whatever a definition has in its texts, the SVG is well-formed and has no elements
// but those of the drawing.
func TestSVGIsSafe(t *testing.T) {
	g := Layout(readDefinition(t, "markup"), Options{})
	g.Paint([]Visit{{State: "/States/end", Status: Failed, Attempts: 3}})
	for _, theme := range []Theme{Light, Dark, Auto} {
		checkXML(t, g.SVG(theme))
	}
}

func checkXML(t testing.TB, text []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(text))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok && !slices.Contains([]string{"svg", "style", "rect", "circle", "path", "text", "title", "g"}, e.Name.Local) {
			t.Errorf("the element %s is in the SVG", e.Name.Local)
		}
	}
}

// Each line of Mermaid and DOT is one statement of ours: no text of the definition
// begins a new one, or ends its quotes.
func TestTextIsQuoted(t *testing.T) {
	g := Layout(readDefinition(t, "markup"), Options{})
	for name, text := range map[string][]byte{"Mermaid": g.Mermaid(), "DOT": g.DOT()} {
		for _, line := range strings.Split(string(text), "\n") {
			unescaped := strings.NewReplacer(`\\`, "", `\"`, "").Replace(line)
			if strings.Count(unescaped, `"`)%2 != 0 {
				t.Errorf("%s: a quote is open in %q", name, line)
			}
		}
	}
	if text := string(g.Mermaid()); strings.ContainsAny(text, "<&\x1b\x00") {
		t.Errorf("Mermaid has characters of HTML or controls:\n%s", text)
	}
	if text := string(g.Outline()); strings.ContainsAny(text, "\x1b\x00") {
		t.Errorf("the outline has controls: %q", text)
	}
}

// A PNG has the size of the drawing, in colours of the theme.
func TestPNG(t *testing.T) {
	g := Layout(readDefinition(t, "markup"), Options{})
	g.Paint([]Visit{{State: "/States/end", Status: Running, Attempts: 3}, {State: "/States/end", Frame: "2", Status: Running}})
	for _, c := range []struct {
		theme Theme
		scale float64
		want  uint32
	}{{Light, 0.25, 0xf6f6f8}, {Dark, 0.4, 0x0c0d10}, {Auto, 0.3, 0xf6f6f8}} {
		text, err := g.PNG(c.theme, c.scale)
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.Decode(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		size := picture.Bounds().Size()
		if w, h := int(g.Width*c.scale+0.99), int(g.Height*c.scale+0.99); size.X != w || size.Y != h {
			t.Errorf("%s: got %d × %d, want %d × %d", c.theme, size.X, size.Y, w, h)
		}
		red, green, blue, _ := picture.At(1, 1).RGBA()
		if got := red>>8<<16 | green>>8<<8 | blue>>8; got != c.want {
			t.Errorf("%s: the ground is %06x, want %06x", c.theme, got, c.want)
		}
	}
}

// The PNG renderer knows all that glyphs and fonts are made of.
func TestOutlines(t *testing.T) {
	for name, text := range glyphs {
		for _, s := range readPath(text) {
			if !strings.ContainsRune("MLCZ", rune(s.op)) {
				t.Errorf("the glyph %s has the command %c", name, s.op)
			}
			for _, p := range s.p[:s.size()] {
				if p.X < 0 || p.X > 24 || p.Y < 0 || p.Y > 24 {
					t.Errorf("the glyph %s leaves its square at %v", name, p)
				}
			}
		}
	}
	fonts, err := loadFonts()
	if err != nil {
		t.Fatal(err)
	}
	for f, letters := range fonts {
		if _, ok := letters[unknown]; !ok {
			t.Error("a font has no sign for what it lacks")
		}
		got, room := 0.0, 0.0
		for r := ' '; r <= '~'; r++ {
			if letters[r].advance == 0 {
				t.Errorf("a font lacks %q", r)
			}
			got += letters[r].advance * f.size / unitsPerEm
			room += f.width(string(r))
		}
		if got > room {
			t.Errorf("characters are %.0f px wide, and get %.0f", got, room)
		}
	}
}

// Hostile definitions take bounded time and memory, and say what is left out.
func TestHostile(t *testing.T) {
	var deep strings.Builder
	for range 39 {
		deep.WriteString(`{"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemProcessor": `)
	}
	deep.WriteString(`{"StartAt": "M", "States": {"M": {"Type": "Pass", "End": true}}}` + strings.Repeat("}}}", 39))
	var many, fan, loops, dense strings.Builder
	for i := range 60 {
		fmt.Fprintf(&dense, `"%d": {"Type": "Task", "Catch": [`, i)
		for k := range 60 {
			fmt.Fprintf(&dense, `{"ErrorEquals": ["E%d"], "Next": "%d"},`, k, (7*i+k)%60)
		}
		dense.WriteString(`{}]},`)
	}
	for i := range maxStates + 1000 {
		fmt.Fprintf(&many, `"%d": {"Type": "Pass", "Next": "%d"},`, i, i+1)
	}
	for i := range 1500 {
		fmt.Fprintf(&fan, `{"Variable": "$.a", "NumericEquals": %d, "Next": "%d"},`, i, i)
		fmt.Fprintf(&loops, `"%d": {"Type": "Pass", "Next": "A"},`, i)
	}
	for _, c := range []struct {
		name, text string
		omitted    int
	}{
		{"deeply nested", deep.String(), 39 - maxDepth},
		{"many states", `{"StartAt": "0", "States": {` + many.String() + `"last": {"Type": "Succeed"}}}`, 1002},
		{"wide", `{"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [` + strings.TrimSuffix(fan.String(), ",") + `]},` + strings.TrimSuffix(loops.String(), ",") + `}}`, 0},
		{"dense", `{"StartAt": "0", "States": {` + strings.TrimSuffix(dense.String(), ",") + `}}`, 0},
		{"a long name", `{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "` + strings.Repeat("r:", 50000) + `", "Next": "` + strings.Repeat("B", 1000000) + `", "Catch": [{"ErrorEquals": ["` + strings.Repeat("E", 1000000) + `"], "Next": "` + strings.Repeat("C", 1000000) + `"}]}}}`, 0},
		{"nothing", `{}`, 0},
		{"no states", `{"StartAt": "A"}`, 0},
		{"an empty name", `{"StartAt": "", "States": {"": {"Type": "Pass", "Next": ""}}}`, 0},
		{"wrong types", `{"StartAt": 1, "States": {"A": 1, "B": {"Type": "Parallel", "Branches": [1, {}], "Catch": [{}], "Next": 7}, "C": {"Type": "Choice", "Choices": [1, {"And": 3, "Next": "A"}]}}}`, 0},
	} {
		d := parse(t, []byte(c.text))
		g := Layout(d, Options{})
		if g.Omitted != c.omitted {
			t.Errorf("%s: %d omitted, want %d", c.name, g.Omitted, c.omitted)
		}
		if !(g.Width > 0 && g.Height > 0 && len(g.Nodes) > 0) {
			t.Errorf("%s: %v × %v with %d nodes", c.name, g.Width, g.Height, len(g.Nodes))
		}
		if len(g.Nodes) < 50 {
			svg := g.SVG(Auto)
			if len(svg) > 100000 {
				t.Errorf("%s: %d bytes of SVG", c.name, len(svg))
			}
			checkXML(t, svg)
			if _, err := g.PNG(Light, 0.001); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		}
	}
}

// FuzzLayout draws whatever can be parsed: without a panic, without overlaps, the same
// each time, as well-formed SVG.
func FuzzLayout(f *testing.F) {
	for _, name := range []string{"order", "saga", "broken", "markup"} {
		text, err := os.ReadFile(filepath.Join("testdata", name+".asl.json"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), name == "saga")
	}
	f.Fuzz(func(t *testing.T, text string, right bool) {
		d, _ := asl.Parse(text)
		o := Options{}
		if right {
			o.Direction = Right
		}
		g := Layout(d, o)
		if len(g.Nodes) > 200 {
			return
		}
		if m := measure(g); m.bad() > 0 {
			t.Error(m.description)
		}
		if asJSON(t, g) != asJSON(t, Layout(d, o)) {
			t.Error("two drawings differ")
		}
		checkXML(t, g.SVG(Light))
		g.Mermaid()
		g.DOT()
		g.Outline()
	})
}

func BenchmarkSVG(b *testing.B) {
	g := Layout(readDefinition(b, "order"), Options{})
	for b.Loop() {
		g.SVG(Auto)
	}
}

func BenchmarkPNG(b *testing.B) {
	g := Layout(readDefinition(b, "order"), Options{})
	for b.Loop() {
		if _, err := g.PNG(Light, 1); err != nil {
			b.Fatal(err)
		}
	}
}
