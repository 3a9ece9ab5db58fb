package cli

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Log events are appended to a file inside the folder, or, if --config names the
// settings, anywhere.
func TestLogFile(t *testing.T) {
	folder, outside := t.TempDir(), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(folder, "link")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		logs  string
		named bool
		path  string // "": it is refused
	}{
		{"out.jsonl", false, filepath.Join(folder, "out.jsonl")},
		{filepath.Join(outside, "a"), true, filepath.Join(outside, "a")},
		{"b", true, filepath.Join(folder, "b")},
		{filepath.Join(outside, "c"), false, ""},
		{"../c", false, ""},
		{"link/c", false, ""},
		{"link", false, ""},
		{"no/such/folder", false, ""},
		{".", false, ""},
	} {
		f := file{name: "aslocal.yaml", named: c.named, logs: c.logs}
		for _, text := range []string{"1", "2"} {
			_, opened, err := f.openLogs(newServe(), folder)
			if (err == nil) != (c.path != "") {
				t.Fatalf("%s: got %v", c.logs, err)
			}
			if err != nil {
				if e, ok := errors.AsType[*exitError](err); !ok || e.code != ExitUsage || !strings.HasPrefix(e.message, "aslocal.yaml: logs: ") {
					t.Errorf("%s: got %v", c.logs, err)
				}
				continue
			}
			io.WriteString(opened.(io.Writer), text)
			opened.Close()
		}
		if got, _ := os.ReadFile(c.path); c.path != "" && string(got) != "12" {
			t.Errorf("%s: the file has %q, want 12", c.logs, got)
		}
	}
	if left, _ := os.ReadDir(outside); len(left) != 1 {
		t.Errorf("outside of the folder are %v", left)
	}
}

// Without the setting, and with the standard output, nothing is opened.
func TestLogsWithoutAFile(t *testing.T) {
	for _, logs := range []string{"", "-"} {
		var out bytes.Buffer
		c := newServe()
		c.SetOut(&out)
		folder := t.TempDir()
		f := file{logs: logs}
		_, opened, err := f.openLogs(c, folder)
		if err != nil || opened.Close() != nil {
			t.Errorf("%q: got %v", logs, err)
		}
		if left, _ := os.ReadDir(folder); len(left) > 0 {
			t.Errorf("%q: there are %v", logs, left)
		}
	}
}
