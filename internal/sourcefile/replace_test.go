package sourcefile

import (
	"os"
	"path/filepath"
	"testing"
)

// What is there is replaced with its mode, a new file gets the mode asked for, and
// nothing else is left in the folder.
func TestReplace(t *testing.T) {
	folder := t.TempDir()
	old, fresh := filepath.Join(folder, "old"), filepath.Join(folder, "new")
	if err := os.WriteFile(old, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{old, fresh} {
		if err := Replace(path, []byte("after"), 0o644); err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(path); err != nil || string(text) != "after" {
			t.Errorf("%s: %q, %v", path, text, err)
		}
	}
	if err := Replace(filepath.Join(folder, "none", "x"), nil, 0o644); err == nil {
		t.Error("a folder that is not there was written to")
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 2 {
		t.Errorf("the folder has %v, %v", entries, err)
	}
	if info, err := os.Stat(old); err != nil || os.PathSeparator == '/' && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}
