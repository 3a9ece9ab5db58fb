package cli

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A change counts when the files have stayed the same from one look to the next; what was
// written while they were read the first time counts, too.
func TestWatcher(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "a")
	now := time.Now()
	write := func(text string, at time.Time) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{file, folder} {
			if err := os.Chtimes(name, at, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	write("1", now.Add(-time.Hour))
	read := 0
	other := filepath.Join(folder, "b")
	w := newWatcher([]string{folder, file}, now, func() []string { read++; return []string{folder, file, other} })
	looks := func(what string, want ...int) {
		t.Helper()
		for _, n := range want {
			if w.look(); read != n {
				t.Fatalf("%s: read %d times, want %d of %v", what, read, n, want)
			}
		}
	}
	looks("nothing has changed", 0, 0)
	write("2", now.Add(-time.Minute))
	looks("a change is read when it has settled", 0, 1, 1)
	write("3", now.Add(-time.Second))
	w.look()
	write("44", now.Add(-time.Second))
	looks("a change in steps is read once", 1, 2, 2)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	looks("a file that is gone", 2, 3, 3)
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	looks("a file that was looked for", 3, 4, 4)

	w = newWatcher([]string{other}, now.Add(-time.Hour), func() []string { read++; return []string{other} })
	looks("a file that was written since the start", 5, 5)
}
