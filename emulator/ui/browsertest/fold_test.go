package browsertest

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/value"
)

// This file compares the page's reading of histories with that of package timeline.

// A folded is a history with the visits that package timeline sees in it.
type folded struct {
	Name       string           `json:"name"`
	Definition json.RawMessage  `json:"definition"`
	Events     []map[string]any `json:"events"`
	Visits     []seen           `json:"visits"`
}

type seen struct {
	State    string `json:"state"`
	Path     string `json:"path"`
	Outcome  string `json:"outcome"`
	Attempts int    `json:"attempts"`
	Catcher  int    `json:"catcher"`
}

// TestFoldAgreesWithTimeline runs the definitions of the conformance cases, with tasks
// that echo or fail as their input says, and compares what fold.js makes of the events
// of the API with what timeline.Builder makes of the records.
func TestFoldAgreesWithTimeline(t *testing.T) {
	node := nodeOrSkip(t)
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "testdata", "conformance", "*", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no conformance cases: %v", err)
	}
	var all []folded
	for _, file := range files {
		area := filepath.Base(filepath.Dir(file))
		switch area {
		case "limits", "test_state", "invalid", "activity", "redrive", "callback", "map_distributed", "express":
			continue // too long, no execution, or never ended by tasks that echo
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c := value.MustParse(string(text))
		if !c.Get("definition").Exists() || c.Get("expect").Get("invalid").Exists() || c.Get("type").Text() == "EXPRESS" {
			continue
		}
		if one, ok := historyOf(t, c); ok {
			one.Name = area + "/" + filepath.Base(file)
			all = append(all, one)
		}
	}
	if len(all) < 100 {
		t.Errorf("only %d cases were run", len(all))
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "histories.json")
	if err := os.WriteFile(name, text, 0o644); err != nil {
		t.Fatal(err)
	}
	runNode(t, node, "fold.compare.mjs", name)
}

// historyOf runs the definition of a case; false if it does not end.
func historyOf(t *testing.T, c value.Value) (folded, bool) {
	t.Helper()
	definition := c.Get("definition").String()
	if strings.Contains(definition, ".waitForTaskToken") || strings.Contains(definition, ":activity:") {
		return folded{}, false // nobody answers
	}
	options := []emulator.Option{emulator.WithAutoAdvance(time.Unix(1_700_000_000, 0)), emulator.WithoutUI()}
	for _, resource := range resources(definition) {
		options = append(options, emulator.WithTask(resource, func(_ context.Context, in value.Value) (value.Value, error) {
			if name := in.Get("Error").Text(); name != "" {
				return value.Value{}, &asl.Error{Name: name, Cause: "on purpose"}
			}
			return in, nil
		}))
	}
	em, err := emulator.New(options...)
	if err != nil {
		t.Fatal(err)
	}
	defer em.Close()
	machine, err := em.Register(emulator.Registration{Name: "m", Definition: definition})
	if err != nil {
		return folded{}, false
	}
	input := "{}"
	if given := c.Get("input"); given.Exists() {
		input = given.String()
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	arn, err := em.Start(ctx, machine, input)
	if err != nil {
		return folded{}, false
	}
	if _, err := em.Wait(ctx, arn); err != nil {
		t.Fatalf("%s: %v", definition, err)
	}
	events, err := em.History(arn)
	if err != nil {
		t.Fatal(err)
	}
	parsed, _ := asl.Parse(definition)
	builder := timeline.Builder{Definition: parsed}
	one := folded{Definition: json.RawMessage(definition)}
	for _, e := range events {
		builder.Add(e.Record)
		event := map[string]any{"id": e.ID, "previousEventId": e.PreviousEventID, "timestamp": e.Timestamp.UnixMilli(), "type": e.Type}
		if e.Details.Exists() {
			event["details"] = json.RawMessage(e.Details.String())
		}
		one.Events = append(one.Events, event)
	}
	for _, v := range builder.Visits() {
		one.Visits = append(one.Visits, seen{State: v.State, Path: v.Path.String(), Outcome: v.Outcome.String(), Attempts: len(v.Attempts), Catcher: v.Catcher})
	}
	return one, true
}

// resources are the names that the tasks of a definition call.
func resources(definition string) []string {
	var out []string
	var walk func(v value.Value)
	walk = func(v value.Value) {
		for name, member := range v.Members() {
			if text := member.Text(); text != "" && (name == "Resource" && !strings.Contains(text, ":states:::lambda:") || name == "FunctionName") {
				out = append(out, strings.TrimSuffix(strings.TrimSuffix(text, ".sync"), ".waitForTaskToken"))
			}
			walk(member)
		}
		for _, item := range v.Items() {
			walk(item)
		}
	}
	walk(value.MustParse(definition))
	return out
}
