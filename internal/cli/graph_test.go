package cli

import (
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/graph"
	"github.com/aslocal/aslocal/value"
)

// A history in AWS's form gives the same visits as the events that it was made of, and
// each of them stands in the drawing. The executions are those of the conformance cases;
// tasks that no one answers fail.
func TestHistoryGivesTheVisits(t *testing.T) {
	var files []string
	for _, area := range []string{"parallel", "map", "catch", "retry", "map_distributed"} {
		found, err := filepath.Glob(filepath.Join("..", "..", "testdata", "conformance", area, "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	em, err := emulator.New(emulator.WithAutoAdvance(time.Unix(1_700_000_000, 0)), emulator.WithLogger(slog.New(slog.NewTextHandler(io.Discard, nil))))
	if err != nil {
		t.Fatal(err)
	}
	defer em.Close()
	compared := 0
	for i, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c := value.MustParse(string(text))
		input := "{}"
		if given := c.Get("input"); given.Exists() {
			input = given.String()
		}
		definition := c.Get("definition").String()
		arn, err := em.Register(emulator.Registration{Name: "m" + string(rune('A'+i%26)) + string(rune('A'+i/26)), Definition: definition})
		if err != nil {
			continue // a case of validation
		}
		x, err := em.Start(t.Context(), arn, input)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := em.Wait(t.Context(), x); err != nil {
			t.Fatal(err)
		}
		history, err := callAPI(t.Context(), em, "GetExecutionHistory", value.OfMembers("executionArn", value.OfString(x), "maxResults", value.OfInt(1000)))
		if err != nil {
			t.Fatal(err)
		}
		if history.Get("nextToken").Exists() {
			continue
		}
		recorded, err := em.History(x)
		if err != nil {
			t.Fatal(err)
		}
		compared++
		compareVisits(t, file, definition, recorded, history)
	}
	if compared < 60 {
		t.Errorf("only %d executions were compared", compared)
	}
}

func compareVisits(t *testing.T, file, text string, recorded []emulator.Event, history value.Value) {
	t.Helper()
	definition, _ := asl.Parse(text)
	var events []machine.Event
	for _, e := range recorded {
		events = append(events, *e.Record)
	}
	read, err := emulator.ReadHistory(history.AppendJSON(nil), definition)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	got, want := visitsOf(definition, read), visitsOf(definition, events)
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %v\nwant %v", file, got, want)
	}
	drawing := graph.Layout(definition, graph.Options{})
	drawing.Paint(got)
	painted := 0
	for _, n := range drawing.Nodes {
		painted += n.Visits
	}
	if painted != len(want) {
		t.Errorf("%s: %d visits are painted, want %d", file, painted, len(want))
	}
}

// graph draws what is on a server, by the names that the other commands take.
func TestGraphOfAServer(t *testing.T) {
	em := remoteServer(t)
	for _, c := range []struct {
		args string
		code int
		want string // of the output, or the error
	}{
		{"order", ExitOK, "◆ S  bad is present → F · default → P\n○ P  Pass\n◉ F  Bad\n"},
		{"order --execution order/run-1", ExitOK, "◆ S  bad is present → F · default → P · ✓ succeeded\n○ P  Pass · ✓ succeeded\n◉ F  Bad\n"},
		{"--execution nap", ExitOK, "◷ S  3600 s · … running\n"},
		{"arn:aws:states:us-east-1:123456789012:stateMachine:other", ExitOK, "○ S  Pass\n"},
		{"ordr", ExitUsage, "aslocal: error: no state machine is called \"ordr\"\naslocal: hint: did you mean \"order\"?\n"},
		{"order --execution lost", ExitUsage, "aslocal: error: no execution or state machine is called \"lost\"\naslocal: hint: aslocal ls lists the state machines, aslocal ls MACHINE its executions\n"},
		{"arn:aws:states:us-east-1:123456789012:stateMachine:none", ExitFailed, "aslocal: error: State Machine Does Not Exist: 'arn:aws:states:us-east-1:123456789012:stateMachine:none'\n"},
	} {
		code, out, errOut := against(em.URL(), append([]string{"graph"}, strings.Fields(c.args)...)...)
		if got := out + errOut; code != c.code || got != c.want {
			t.Errorf("%s: exit code %d, want %d\n got %q\nwant %q", c.args, code, c.code, got, c.want)
		}
	}
}

// FuzzReadHistory paints whatever is a history.
func FuzzReadHistory(f *testing.F) {
	text, err := os.ReadFile(filepath.Join("..", "..", "graph", "testdata", "order.asl.json"))
	if err != nil {
		f.Fatal(err)
	}
	definition, _ := asl.Parse(string(text))
	f.Add([]byte(`{"events": [
		{"timestamp": 1, "type": "ExecutionStarted", "id": 1, "previousEventId": 0},
		{"timestamp": 1, "type": "ParallelStateEntered", "id": 2, "previousEventId": 0, "stateEnteredEventDetails": {"name": "Fulfil"}},
		{"timestamp": 1, "type": "ParallelStateStarted", "id": 3, "previousEventId": 2},
		{"timestamp": 1, "type": "TaskStateEntered", "id": 4, "previousEventId": 3, "stateEnteredEventDetails": {"name": "ChargeCard"}},
		{"timestamp": 1, "type": "MapStateEntered", "id": 5, "previousEventId": 3, "stateEnteredEventDetails": {"name": "ReserveItems"}},
		{"timestamp": 1, "type": "MapIterationStarted", "id": 6, "previousEventId": 5, "mapIterationStartedEventDetails": {"name": "ReserveItems", "index": 0}},
		{"timestamp": 1, "type": "ChoiceStateEntered", "id": 7, "previousEventId": 6, "stateEnteredEventDetails": {"name": "InStock"}},
		{"timestamp": 1, "type": "TaskFailed", "id": 8, "previousEventId": 4, "taskFailedEventDetails": {"error": "PaymentDeclined"}},
		{"timestamp": 1, "type": "ParallelStateFailed", "id": 9, "previousEventId": 8},
		{"timestamp": 1, "type": "ParallelStateExited", "id": 10, "previousEventId": 9, "stateExitedEventDetails": {"name": "Fulfil"}},
		{"timestamp": 1, "type": "MapRunAborted", "id": 11, "previousEventId": 10}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		events, err := emulator.ReadHistory(text, definition)
		if err != nil {
			return
		}
		graph.Layout(definition, graph.Options{}).Paint(visitsOf(definition, events))
	})
}
