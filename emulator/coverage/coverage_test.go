package coverage_test

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/coverage"
	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/graph"
)

const definition = `{
  "StartAt": "A",
  "States": {
    "A": {"Type": "Choice",
      "Choices": [
        {"Variable": "$.x", "IsNull": true, "Next": "B"},
        {"Variable": "$.y", "IsNull": true, "Next": "B"}
      ],
      "Default": "C<&>\"'"
    },
    "B": {
      "Type": "Pass",
      "Next": "C<&>\"'"
    },
    "C<&>\"'": {"Type": "Map", "End": true,
      "Retry": [{"ErrorEquals": ["States.ALL"]}],
      "ItemProcessor": {"StartAt": "D", "States": {
        "D": {"Type": "Succeed"}}}}
  }
}`

// source is the coverage of an execution that has left A by the second rule.
func source(t *testing.T) coverage.Source {
	t.Helper()
	d, found := asl.Parse(definition)
	if found.HasErrors() {
		t.Fatal(found)
	}
	c := coverage.New(d)
	c.Add(coverage.Run{Workflow: &d.Workflow, Rules: map[int64]int{1: 1}, Visits: []timeline.Visit{
		{State: "A", EnteredID: 1, Outcome: timeline.Succeeded, Next: "B", Catcher: -1},
		{State: "B", EnteredID: 2, Outcome: timeline.Succeeded, Next: `C<&>"'`, Catcher: -1},
		{State: `C<&>"'`, EnteredID: 3, Outcome: timeline.Failed, Catcher: -1, Attempts: []timeline.Attempt{{Retrier: -1}}},
		{State: "gone", EnteredID: 4, Outcome: timeline.Succeeded},
	}})
	return coverage.Source{Name: "m<&>", File: "dir/m.asl.json", Coverage: c, Line: func(pointer string) int {
		key, v, _ := d.Place(pointer)
		if !key.Known() {
			key = v
		}
		return key.Start.Line
	}}
}

func TestText(t *testing.T) {
	const want = `coverage of m<&>: states 3/4 (75.0 %), transitions 2/4 (50.0 %), rules 1/3 (33.3 %), retriers 0/1 (0.0 %)
  not reached: rule        A: rule 1 → B  dir/m.asl.json:6
  not reached: rule        A: default → C<&>"'  dir/m.asl.json:9
  not reached: retrier     C<&>"': retrier 1 (States.ALL)  dir/m.asl.json:16
  not reached: state       D  dir/m.asl.json:18
`
	if got := string(coverage.Text([]coverage.Source{source(t)})); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestLCOV(t *testing.T) {
	const want = "TN:\nSF:dir/m.asl.json\nFN:4,A\nFN:11,B\nFN:15,C<&>\"'\nFN:18,D\nFNDA:1,A\nFNDA:1,B\nFNDA:1,C<&>\"'\nFNDA:0,D\nFNF:4\nFNH:3\n" +
		"BRDA:6,0,0,0\nBRDA:7,0,1,1\nBRDA:9,0,2,0\nBRDA:16,1,0,0\nBRF:4\nBRH:1\n" +
		"DA:4,1\nDA:6,0\nDA:7,1\nDA:9,0\nDA:11,1\nDA:13,1\nDA:15,1\nDA:16,0\nDA:18,0\nLF:9\nLH:5\nend_of_record\n"
	if got := string(coverage.LCOV([]coverage.Source{source(t)})); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestCobertura(t *testing.T) {
	var document struct {
		LineRate   string `xml:"line-rate,attr"`
		BranchRate string `xml:"branch-rate,attr"`
		Classes    []struct {
			Name  string `xml:"name,attr"`
			File  string `xml:"filename,attr"`
			Lines []struct {
				Number    int    `xml:"number,attr"`
				Hits      int    `xml:"hits,attr"`
				Condition string `xml:"condition-coverage,attr"`
			} `xml:"lines>line"`
		} `xml:"packages>package>classes>class"`
	}
	if err := xml.Unmarshal(coverage.Cobertura([]coverage.Source{source(t)}), &document); err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("%+v", document)
	want := "{LineRate:0.5556 BranchRate:0.2500 Classes:[{Name:m<&> File:dir/m.asl.json Lines:[{Number:4 Hits:1 Condition:} {Number:6 Hits:0 Condition:0% (0/1)} {Number:7 Hits:1 Condition:100% (1/1)} " +
		"{Number:9 Hits:0 Condition:0% (0/1)} {Number:11 Hits:1 Condition:} {Number:13 Hits:1 Condition:} {Number:15 Hits:1 Condition:} {Number:16 Hits:0 Condition:0% (0/1)} {Number:18 Hits:0 Condition:}]}]}"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// The page is well formed, and its picture shows what was reached.
func TestPage(t *testing.T) {
	page := coverage.Page([]coverage.Source{source(t)})
	if bytes.Contains(page, []byte("<&>")) {
		t.Error("a name is not escaped")
	}
	match := regexp.MustCompile(`src="data:image/svg\+xml;base64,([^"]+)"`).FindSubmatch(page)
	if match == nil {
		t.Fatal("there is no picture")
	}
	picture, err := base64.StdEncoding.DecodeString(string(match[1]))
	if err != nil || !bytes.HasPrefix(picture, []byte("<svg ")) {
		t.Errorf("got %.40s, %v", picture, err)
	}
	for _, want := range []string{"<td>states</td><td class=\"number\">3</td><td class=\"number\">4</td><td class=\"number\">75.0</td>", "<code>dir/m.asl.json:18</code>"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("%s is missing", want)
		}
	}
}

// The painted graph has the counts of states, and takes the rule that has held, not the
// first that leads to the same state.
func TestGraph(t *testing.T) {
	s := source(t)
	var got []string
	g := s.Coverage.Graph(graph.Options{})
	for _, n := range g.Nodes {
		if n.Visits > 0 {
			got = append(got, fmt.Sprint(n.Name, n.Visits))
		}
	}
	for _, e := range g.Edges {
		if e.Taken > 0 {
			got = append(got, e.ID)
		}
	}
	if want := `A1 B1 C<&>"'1 /StartAt /States/A/Choices/1/Next /States/B/Next`; strings.Join(got, " ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, " "), want)
	}
}

// Shares of nothing are whole, and less than all is never shown as all.
func TestShares(t *testing.T) {
	for _, test := range []struct {
		share coverage.Share
		want  string
	}{
		{coverage.Share{Kind: coverage.Retrier}, "retriers 0/0 (100.0 %)"},
		{coverage.Share{Kind: coverage.State, Covered: 9999, Total: 10_000}, "states 9999/10000 (99.9 %)"},
		{coverage.Share{Kind: coverage.Rule, Covered: 2, Total: 3}, "rules 2/3 (66.7 %)"},
	} {
		if got := test.share.String(); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
	a, b := source(t).Coverage, source(t).Coverage
	a.Merge(b)
	if got := a.Items()[0].Count; got != 2 {
		t.Errorf("merged, the first state has %d", got)
	}
}
