package history_test

import (
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/history"
	"github.com/aslocal/aslocal/value"
)

// The event of a Parallel or Map state that fails does not say with what: that is the
// failure of the event before it, or of the Fail state in the definition.
func TestReadFailuresOfContainers(t *testing.T) {
	definition, _ := asl.Parse(`{"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [
		{"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Declined", "Cause": "no"}}}]}}}`)
	const at = `"timestamp": "2026-01-01T00:00:00Z"`
	in, err := value.Parse(`[{"id": 1, "type": "ExecutionStarted", ` + at + `},
		{"id": 2, "type": "ParallelStateEntered", ` + at + `, "stateEnteredEventDetails": {"name": "P"}},
		{"id": 3, "previousEventId": 2, "type": "ParallelStateStarted", ` + at + `},
		{"id": 4, "previousEventId": 3, "type": "FailStateEntered", ` + at + `, "stateEnteredEventDetails": {"name": "F"}},
		{"id": 5, "previousEventId": 4, "type": "ParallelStateFailed", ` + at + `}]`)
	if err != nil {
		t.Fatal(err)
	}
	events, err := history.Read(in, definition)
	if err != nil {
		t.Fatal(err)
	}
	if f := events[4].Failure; f == nil || f.Name.Text() != "Declined" || f.Cause.Text() != "no" {
		t.Errorf("got %+v", f)
	}
}
