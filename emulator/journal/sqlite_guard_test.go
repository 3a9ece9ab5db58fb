package journal_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/emulator/journal"
)

// What is written to a file that was removed ends with the process: it must not
// be acknowledged.
func TestSQLiteIsGone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows does not remove files that are open")
	}
	remove := func(name string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			if err := os.Remove(filepath.Join(filepath.Dir(path), name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, test := range []struct {
		name string
		harm func(t *testing.T, path string)
		file string // that is missed
	}{
		{"the folder is removed", func(t *testing.T, path string) {
			if err := os.RemoveAll(filepath.Dir(path)); err != nil {
				t.Fatal(err)
			}
		}, "journal.db.lock"},
		{"the file is removed", remove("journal.db"), "journal.db"},
		{"the lock file is removed", remove("journal.db.lock"), "journal.db.lock"},
		{"the log is removed", remove("journal.db-wal"), "journal.db-wal"},
		{"the folder is replaced by a copy", func(t *testing.T, path string) {
			folder := filepath.Dir(path)
			if err := os.CopyFS(folder+"2", os.DirFS(folder)); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(os.RemoveAll(folder), os.Rename(folder+"2", folder)); err != nil {
				t.Fatal(err)
			}
		}, "journal.db.lock"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "folder", "journal.db")
			if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			s := openSQLite(t, path, journal.Disk)
			defer s.Close()
			x := benchRow(1)
			if err := journal.Do(t.Context(), s, journal.Write{Create: x}); err != nil {
				t.Fatal(err)
			}
			test.harm(t, path)
			for id := range int64(2) {
				err := journal.Do(t.Context(), s, journal.Write{Create: benchRow(id + 2)})
				if want := fmt.Sprintf("journal %s: %v (%s)", path, journal.ErrGone, test.file); !errors.Is(err, journal.ErrGone) || err.Error() != want {
					t.Errorf("got  %v\nwant %s", err, want)
				}
			}
			if got := s.LastID(); got != 1 {
				t.Errorf("LastID: got %d, want 1", got)
			}
			if page, _, err := s.Executions(journal.Query{Limit: 10}); err != nil || len(page) != 1 || page[0].ARN != x.ARN {
				t.Errorf("a reader: got %+v, %v, want the execution that was written before", page, err)
			}
		})
	}
}

// A store that does not wait for the disk does not look each time.
func TestSQLiteIsGoneInTheEnd(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows does not remove files that are open")
	}
	path := filepath.Join(t.TempDir(), "journal.db")
	s := openSQLite(t, path, journal.Process)
	defer s.Close()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	var err error
	for id := int64(1); err == nil; id++ {
		err = journal.Do(t.Context(), s, journal.Write{Create: benchRow(id)})
	}
	if !errors.Is(err, journal.ErrGone) {
		t.Errorf("got %v, want %v", err, journal.ErrGone)
	}
}

// A new store may be where the old one was: closing the old one must leave its
// log alone.
func TestSQLiteIsReplaced(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows does not remove files that are open")
	}
	path := filepath.Join(t.TempDir(), "folder", "journal.db")
	open := func() *journal.SQLite {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		s := openSQLite(t, path, journal.Disk)
		if err := journal.Do(t.Context(), s, journal.Write{Create: benchRow(s.LastID() + 1)}); err != nil {
			t.Fatal(err)
		}
		return s
	}
	old := open()
	if err := os.RemoveAll(filepath.Dir(path)); err != nil {
		t.Fatal(err)
	}
	s := open()
	if err := old.Close(); err != nil {
		t.Errorf("Close of the old one: %v", err)
	}
	if err := journal.Do(t.Context(), s, journal.Write{Create: benchRow(2)}); err != nil {
		t.Errorf("the new one: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close of the new one: %v", err)
	}
	s = openSQLite(t, path, journal.Disk)
	defer s.Close()
	if s.LastID() != 2 {
		t.Errorf("LastID: got %d, want 2", s.LastID())
	}
}

func TestOpenSQLiteNeedsAFolderToWriteTo(t *testing.T) {
	folder := t.TempDir()
	if os.Geteuid() == 0 { // whom no permission stops
		folder = "/sys"
		if _, err := os.Stat(folder); err != nil {
			t.Skip("no folder here that root cannot write:", err)
		}
	} else if err := os.Chmod(folder, 0o500); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "journal.db")
	s, err := journal.OpenSQLite(path, journal.Disk)
	if err == nil {
		s.Close()
		t.Fatal("it opened")
	}
	if !errors.Is(err, journal.ErrReadOnly) || !strings.HasPrefix(err.Error(), "journal "+path+": it cannot be written: ") {
		t.Errorf("got %v, want %v and the path", err, journal.ErrReadOnly)
	}
}
