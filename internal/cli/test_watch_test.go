package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A watchedOutput calls a function when a text is written for the first time.
type watchedOutput struct {
	bytes.Buffer
	on map[string]func()
}

func (w *watchedOutput) Write(text []byte) (int, error) {
	n, err := w.Buffer.Write(text)
	for want, call := range w.on {
		if strings.Contains(w.String(), want) {
			delete(w.on, want)
			call()
		}
	}
	return n, err
}

// With --watch, a change of a definition, of the settings, or of a mock configuration runs
// the tests again.
func TestTestsAreWatched(t *testing.T) {
	const calls = `{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}, "OutputPath": "$.Payload", "End": true}}}`
	mocks := func(payload string) string {
		return `{"StateMachines": {"m": {"TestCases": {"All": {"A": "R"}}}}, "MockedResponses": {"R": {"0": {"Return": {"Payload": ` + payload + `}}}}}`
	}
	const test = "cases: [{name: a, mockCase: All, expect: {output: 2}}]"
	for _, c := range []struct {
		name              string
		files             map[string]string
		changes, becoming string
	}{
		{"definition", map[string]string{"m.asl.yaml": "{StartAt: A, States: {A: {Type: Pass, Result: 1, End: true}}}", "m.test.yaml": "cases: [{name: a, expect: {output: 2}}]"},
			"m.asl.yaml", "{StartAt: A, States: {A: {Type: Pass, Result: 2, End: true}}}"},
		{"mock configuration", map[string]string{"m.asl.json": calls, "m.test.yaml": "mockConfig: mocks.json\n" + test, "mocks.json": mocks("1")}, "mocks.json", mocks("2")},
		{"mock configuration of the settings", map[string]string{"m.asl.json": calls, "m.test.yaml": test, "aslocal.yaml": "mocks: mocks.json\n", "mocks.json": mocks("1")}, "mocks.json", mocks("2")},
		{"settings", map[string]string{"m.asl.json": calls, "m.test.yaml": test, "aslocal.yaml": "mocks: one.json\n", "one.json": mocks("1"), "two.json": mocks("2")}, "aslocal.yaml", "mocks: two.json\n"},
	} {
		t.Run(c.name, func(t *testing.T) { watched(t, c.files, c.changes, c.becoming) })
	}
}

// watched runs tests that fail until a file is another one.
func watched(t *testing.T, files map[string]string, changes, becoming string) {
	folder := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range files {
		write(name, text)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c := newTest()
	out := &watchedOutput{on: map[string]func(){"1 passed, 0 failed": cancel}}
	errOut := &watchedOutput{on: map[string]func(){"waiting for changes": func() {
		write(changes, becoming)
	}}}
	c.SetOut(out)
	c.SetErr(errOut)
	c.SetArgs([]string{folder, "--watch"})
	err := c.ExecuteContext(ctx)
	if e, ok := err.(*exitError); !ok || e.code != ExitInterrupted {
		t.Errorf("got %v\n%s%s", err, out.String(), errOut.String())
	}
	if !strings.Contains(out.String(), "0 passed, 1 failed") {
		t.Errorf("got\n%s%s", out.String(), errOut.String())
	}
}
