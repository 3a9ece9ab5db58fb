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

// With --watch, a change of a definition runs the tests again.
func TestTestsAreWatched(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("m.asl.yaml", "{StartAt: A, States: {A: {Type: Pass, Result: 1, End: true}}}")
	write("m.test.yaml", "cases: [{name: a, expect: {output: 2}}]")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c := newTest()
	out := &watchedOutput{on: map[string]func(){"1 passed, 0 failed": cancel}}
	errOut := &watchedOutput{on: map[string]func(){"waiting for changes": func() {
		write("m.asl.yaml", "{StartAt: A, States: {A: {Type: Pass, Result: 2, End: true}}}")
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
