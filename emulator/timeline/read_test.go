package timeline_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/history"
	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/value"
)

// A history as the service shows it has no lines of control: what history.Read works
// out gives each event the path that it had.
func TestReadHistories(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "conformance", "*", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no conformance cases: %v", err)
	}
	events, nested := 0, 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c := value.MustParse(string(text))
		if filepath.Base(filepath.Dir(file)) == "limits" {
			continue // long, and of no other shape
		}
		definition, found := asl.Parse(c.Get("definition").String())
		if found.HasErrors() || asl.Validate(definition, asl.Options{}).HasErrors() {
			continue
		}
		program, err := machine.Compile(definition)
		if err != nil || program == nil {
			continue
		}
		all := run(t, c.Get("definition").String(), orEmpty(c.Get("input")))
		var shown []value.Value
		var want []string
		var paths timeline.Paths
		for i := range all {
			path := paths.Take(&all[i])
			if !all[i].Type.Private() {
				shown = append(shown, history.Of(&all[i], history.Options{}))
				want = append(want, path.String())
			}
		}
		read, err := history.Read(value.OfMembers("events", value.OfSlice(shown)), definition)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		var again timeline.Paths
		for i := range read {
			got := again.Take(&read[i]).String()
			if got != want[i] {
				t.Errorf("%s: event %d, %s: path %q, want %q", file, read[i].ID, read[i].Type, got, want[i])
				break
			}
			if events++; got != "" {
				nested++
			}
		}
	}
	if events < 1000 || nested < 100 {
		t.Errorf("looked at %d events, %d of them in branches and iterations: too few", events, nested)
	}
}

func orEmpty(v value.Value) string {
	if !v.Exists() {
		return "{}"
	}
	return v.String()
}

// Histories that no service has made are read, or refused, in little time.
func TestReadWildHistories(t *testing.T) {
	definition, _ := asl.Parse(`{"StartAt": "P", "States": {"P": {"Type": "Parallel", "Next": "M", "Branches": [{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}, {"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}}]},
		"M": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "P2", "States": {"P2": {"Type": "Parallel", "End": true, "Branches": [{"StartAt": "C", "States": {"C": {"Type": "Task", "Resource": "x", "End": true}}}]}}}}}}`)
	types := []string{
		"ExecutionStarted", "ExecutionFailed", "ExecutionRedriven", "PassStateEntered", "PassStateExited", "ParallelStateEntered", "ParallelStateStarted", "ParallelStateSucceeded", "ParallelStateFailed",
		"ParallelStateExited", "ParallelStateAborted", "MapStateEntered", "MapStateStarted", "MapIterationStarted", "MapIterationSucceeded", "MapIterationFailed", "MapIterationAborted", "MapStateSucceeded",
		"MapStateFailed", "MapStateExited", "TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskFailed", "TaskTimedOut", "LambdaFunctionScheduled", "LambdaFunctionStarted", "LambdaFunctionSucceeded",
		"ActivityScheduled", "ActivityStarted", "TaskStateAborted", "EvaluationFailed", "MapRunStarted", "MapRunFailed", "WaitStateAborted",
	}
	names := []string{"P", "A", "B", "M", "P2", "C", "", "none"}
	chance := rand.New(rand.NewPCG(1, 2))
	for round := range 500 {
		events := make([]value.Value, 1+chance.IntN(60))
		for i := range events {
			details := fmt.Sprintf(`{"name": %q, "state": "C", "index": %d, "input": "[1]", "output": "{", "error": "E", "resource": "invoke", "resourceType": "lambda", "length": 3}`, names[chance.IntN(len(names))], chance.IntN(4)-1)
			events[i] = value.MustParse(fmt.Sprintf(`{"id": %d, "previousEventId": %d, "timestamp": %d, "type": %q, "xEventDetails": %s}`, i+1, chance.IntN(i+1), i, types[chance.IntN(len(types))], details))
		}
		for _, d := range []*asl.Definition{nil, definition} {
			read, err := history.Read(value.OfSlice(events), d)
			if err != nil {
				t.Fatalf("round %d: %v", round, err)
			}
			b := timeline.Builder{Definition: d}
			for i := range read {
				b.Add(&read[i])
				if visit, _ := b.Place(); visit < -1 || visit >= len(b.Visits()) {
					t.Fatalf("round %d: event %d is in visit %d of %d", round, i+1, visit, len(b.Visits()))
				}
			}
		}
	}
}
