package intrinsic

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/value"
)

// This file compares the package with recordings of the service and with the
// calls in public definitions. Neither is part of this repository.

const shared = "../../../shared/"

// TestRecorded runs the cases that are one Pass state whose Parameters call
// functions, against each input and output in their recorded histories.
func TestRecorded(t *testing.T) {
	files, _ := filepath.Glob(shared + "corpus/cases/intrinsic_functions/*.json")
	if len(files) == 0 {
		t.Skip("the recordings of the service are not here")
	}
	checked := 0
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			recording := value.MustParse(string(text))
			calls := recordedCalls(recording)
			if calls.Len() == 0 {
				t.Skip("not JSONPath")
			}
			for key, expected := range recording.Get("expected").Members() {
				if events := expected.Get("events"); events.Len() > 0 {
					checkRecorded(t, key, calls, events)
					checked++
				}
			}
		})
	}
	if checked < 50 {
		t.Errorf("compared %d executions, want more", checked)
	}
}

// recordedCalls returns the Parameters of the only state.
func recordedCalls(recording value.Value) value.Value {
	for _, step := range recording.Get("steps").Items() {
		definition := step.Get("params").Get("definition").Text()
		if definition == "" {
			continue
		}
		for _, state := range value.MustParse(definition).Get("States").Members() {
			return state.Get("Parameters")
		}
	}
	return value.Value{}
}

func checkRecorded(t *testing.T, key string, calls, events value.Value) {
	input := events.Index(0).Get("executionStartedEventDetails").Get("input")
	output := events.Index(events.Len() - 1).Get("executionSucceededEventDetails").Get("output")
	world := roots{data: input, context: value.OfMembers(
		"Execution", value.OfMembers("Input", input),
		"StateMachine", value.OfMembers("Name", value.OfString("<ArnPart_0idx>")), // as the recordings hide it
	)}
	for name, call := range calls.Members() {
		c, err := Compile(call.Text())
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Eval(world, new(steps))
		want := output.Get(strings.TrimSuffix(name, ".$"))
		switch {
		case err != nil:
			t.Errorf("%s: %s on %s: %v", key, c, input, err)
		case strings.Contains(call.Text(), "States.UUID"), strings.Contains(call.Text(), "States.MathRandom"):
			// no two are the same
		case !value.Equal(got, want):
			t.Errorf("%s: %s on %s: got %s, want %s", key, c, input, got, want)
		}
	}
}

// TestPublicDefinitions compiles the calls that people have written.
func TestPublicDefinitions(t *testing.T) {
	files, _ := filepath.Glob(shared + "definitions/*")
	if len(files) == 0 {
		t.Skip("the public definitions are not here")
	}
	quoted := regexp.MustCompile(`"States\.[A-Za-z0-9]+\((?:\\.|[^"\\])*"`)
	calls := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // a folder
		}
		for _, match := range quoted.FindAll(text, -1) {
			var call string
			if err := json.Unmarshal(match, &call); err != nil {
				continue // not in JSON
			}
			calls++
			if c, err := Compile(call); err != nil {
				t.Errorf("%s: %v", filepath.Base(file), err)
			} else if c.String() != strings.TrimSpace(call) {
				t.Errorf("%s: got %s, want %s", filepath.Base(file), c, call)
			}
		}
	}
	if calls == 0 {
		t.Error("found no calls")
	}
}
