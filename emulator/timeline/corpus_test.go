package timeline_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/value"
)

// The definitions of all conformance cases, with tasks that echo: every path
// leads to a workflow of the definition that has the state, a visit is open only
// while the execution runs, and nothing is kept of branches that have ended.
func TestConformanceCases(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "conformance", "*", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c := value.MustParse(string(text))
		if c.Get("test").Exists() || c.Get("expect").Get("invalid").Exists() || filepath.Base(filepath.Dir(file)) == "limits" {
			continue
		}
		ran++
		t.Run(filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file), func(t *testing.T) {
			input := "{}"
			if given := c.Get("input"); given.Exists() {
				input = given.String()
			}
			checkTimeline(t, c.Get("definition").String(), input)
		})
	}
	if ran < 100 {
		t.Errorf("only %d cases were run", ran)
	}
}

func checkTimeline(t *testing.T, text, input string) {
	definition, _ := asl.Parse(text)
	events := run(t, text, input)
	var p timeline.Paths
	var b timeline.Builder
	for i := range events {
		e := &events[i]
		path := p.Take(e)
		b.Add(e)
		if e.Type != machine.StateEntered {
			continue
		}
		w := workflowAt(&definition.Workflow, path)
		if w == nil || w.State(e.State) == nil {
			t.Fatalf("event %d: no state %q at the path %q", e.ID, e.State, path)
		}
	}
	last := events[len(events)-1].Type
	for i, v := range b.Visits() {
		if v.Outcome == timeline.Open && last.Terminal() {
			t.Errorf("visit %d, %s, is open", i, v.State)
		}
	}
	if last == machine.ExecutionSucceeded && p.Kept() != 0 {
		t.Errorf("%d branches and iterations are kept after the end", p.Kept())
	}
}

// workflowAt returns the workflow that a path leads to, nil if there is none.
func workflowAt(w *asl.Workflow, path timeline.Path) *asl.Workflow {
	for _, step := range path {
		s := w.State(step.State)
		switch {
		case s == nil || s.Type != step.Kind || step.Index < 0:
			return nil
		case step.Kind == asl.Map:
			w = &s.ItemProcessor.Workflow
		case step.Index >= len(s.Branches):
			return nil
		default:
			w = s.Branches[step.Index]
		}
	}
	return w
}
