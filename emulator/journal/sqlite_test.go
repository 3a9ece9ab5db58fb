package journal_test

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/emulator/journal/storetest"
)

func TestSQLite(t *testing.T) {
	storetest.RunDurable(t, func(t testing.TB, folder string) journal.Store {
		return openSQLite(t, filepath.Join(folder, "journal.db"), journal.Disk)
	})
}

// The durabilities differ in one setting of SQLite's.
func TestSQLiteProcess(t *testing.T) {
	s := openSQLite(t, filepath.Join(t.TempDir(), "journal.db"), journal.Process)
	defer s.Close()
	x := benchRow(1)
	if err := journal.Do(t.Context(), s, journal.Write{Create: x}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Execution(x.ARN); err != nil || got.Name != x.Name {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestOpenSQLiteRefuses(t *testing.T) {
	statements := func(t *testing.T, path, text string) {
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(text); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name    string
		prepare func(t *testing.T, path string)
		want    error
		message string
	}{
		{"a file of a later version", func(t *testing.T, path string) {
			openSQLite(t, path, journal.Disk).Close()
			statements(t, path, "PRAGMA user_version = 99")
		}, journal.ErrNewer, "written by a newer aslocal: expected a schema of at most version 3, got 99"},
		{"another program's database", func(t *testing.T, path string) {
			statements(t, path, "CREATE TABLE todo (what TEXT)")
		}, journal.ErrForeign, "not a journal of aslocal"},
		{"a file that is no database", func(t *testing.T, path string) {
			if err := os.WriteFile(path, bytes.Repeat([]byte("notes\n"), 1000), 0o600); err != nil {
				t.Fatal(err)
			}
		}, journal.ErrForeign, "not a journal of aslocal"},
		{"a file that is open already", func(t *testing.T, path string) {
			s := openSQLite(t, path, journal.Disk)
			t.Cleanup(func() { s.Close() })
		}, journal.ErrLocked, "it is open already, here or in another process"},
		{"a folder", func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, nil, "unable to open database file"},
		{"a file in a folder that is not there", func(t *testing.T, path string) {
			if err := os.Remove(filepath.Dir(path)); err != nil {
				t.Fatal(err)
			}
		}, os.ErrNotExist, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "folder", "journal.db")
			if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			test.prepare(t, path)
			before, _ := os.ReadFile(path)
			s, err := journal.OpenSQLite(path, journal.Disk)
			if err == nil {
				s.Close()
				t.Fatal("it opened")
			}
			if test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if got := err.Error(); !strings.HasPrefix(got, "journal "+path+": ") || !strings.Contains(got, test.message) {
				t.Errorf("got %q, want the path and %q", got, test.message)
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
				t.Errorf("the file has changed")
			}
		})
	}
}

// Whoever copies the file of a closed store has everything.
func TestClosedFileIsComplete(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "journal.db")
	s := openSQLite(t, path, journal.Disk)
	const n = 100
	for id := int64(1); id <= n; id++ {
		x := benchRow(id)
		s.Commit(journal.Write{
			Create: x, Batch: &journal.Batch{Execution: id, First: 1, Last: 5, Data: benchData},
			Documents: []journal.Document{{Kind: "machine", Key: x.ARN, Data: []byte("{}")}},
		}, nil)
	}
	if _, _, err := s.Executions(journal.Query{Limit: 1}); err != nil { // readers are closed too
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if want := []string{"journal.db", "journal.db.lock"}; !slices.Equal(names, want) {
		t.Errorf("the folder has %q, want %q", names, want)
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	data, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(copied, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	s = openSQLite(t, copied, journal.Disk)
	defer s.Close()
	executions, documents := 0, 0
	for h, err := range s.Unfinished() {
		if err != nil {
			t.Fatal(err)
		}
		if len(h.Batches) != 1 || !bytes.Equal(h.Batches[0].Data, benchData) {
			t.Errorf("execution %d: got %d batches, want the one that was written", h.Execution.ID, len(h.Batches))
		}
		executions++
	}
	for _, err := range s.Documents("machine") {
		if err != nil {
			t.Fatal(err)
		}
		documents++
	}
	if executions != n || documents != n {
		t.Errorf("the copy has %d executions and %d documents, want %d", executions, documents, n)
	}
}

// tables describes the columns and indexes of the file.
func tables(t *testing.T, path string) (all []string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`
		SELECT t.name || ' ' || c.cid || ' ' || c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || coalesce(c.dflt_value, '') || ' ' || c.pk
		FROM sqlite_schema t, pragma_table_xinfo(t.name) c WHERE t.type = 'table'
		UNION ALL SELECT coalesce(sql, name) FROM sqlite_schema WHERE type = 'index'
		ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			t.Fatal(err)
		}
		all = append(all, strings.Join(strings.Fields(one), " "))
	}
	return all
}

// A file of version 1, which had no redrives, keeps what it has, and gets the
// tables that a new one has.
func TestVersion1IsMigrated(t *testing.T) {
	statements, err := os.ReadFile("testdata/version1.sql")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "journal.db")
	db, err := sql.Open("sqlite", path)
	if err == nil {
		_, err = db.Exec(string(statements))
	}
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	for range 2 { // as version 1, then as this one
		s := openSQLite(t, path, journal.Disk)
		if s.LastID() != 3 {
			t.Errorf("LastID: got %d, want 3", s.LastID())
		}
		for _, test := range []struct {
			query journal.Query
			want  []string
		}{
			{journal.Query{}, []string{"three", "two", "one"}},
			{journal.Query{MachineARN: "arn:m", Redriven: journal.NotRedriven}, []string{"three", "two", "one"}},
			{journal.Query{MachineARN: "arn:m", Redriven: journal.Redriven}, nil},
			{journal.Query{VersionARN: "arn:m:1", Status: "SUCCEEDED"}, []string{"one"}},
			{journal.Query{AliasARN: "arn:m:prod"}, []string{"one"}},
			{journal.Query{MapRunARN: "arn:r", Status: "FAILED"}, []string{"two"}},
		} {
			test.query.Limit = 10
			page, _, err := s.Executions(test.query)
			var names []string
			for _, x := range page {
				names = append(names, x.Name)
			}
			if err != nil || !slices.Equal(names, test.want) {
				t.Errorf("%+v: got %q, %v, want %q", test.query, names, err, test.want)
			}
		}
		x, err := s.Execution("arn:x:2")
		if err != nil || x.MapRunARN != "arn:r" || x.Stopped != 1_700_000_000_300 || string(x.Record) != `{"n":2}` || x.Redrives != 0 || x.Redriven != 0 {
			t.Errorf("got %+v, %v", x, err)
		}
		for h, err := range s.Unfinished() {
			if err != nil || h.Execution.Name != "three" || len(h.Batches) != 2 || string(h.Batches[1].Data) != "four" {
				t.Errorf("Unfinished: got %+v, %v", h, err)
			}
		}
		if d, err := s.Document("machine", "arn:m"); err != nil || string(d.Data) != "{}" {
			t.Errorf("Document: got %s, %v", d.Data, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	s := openSQLite(t, path, journal.Disk)
	defer s.Close()
	if err := journal.Do(t.Context(), s, journal.Write{Update: &journal.Update{ID: 2, Status: journal.Running, Reopen: true, Redrives: 1, Redriven: 5}}); err != nil {
		t.Fatal(err)
	}
	page, _, err := s.Executions(journal.Query{MapRunARN: "arn:r", Redriven: journal.Redriven, Limit: 1})
	if err != nil || len(page) != 1 || page[0].Redriven != 5 {
		t.Errorf("after a redrive: got %+v, %v", page, err)
	}
	wantIntact(t, path)
	empty := filepath.Join(t.TempDir(), "journal.db")
	if err := openSQLite(t, empty, journal.Disk).Close(); err != nil {
		t.Fatal(err)
	}
	if got, want := tables(t, path), tables(t, empty); len(want) < 30 || !slices.Equal(got, want) {
		t.Errorf("the migrated file has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestSQLitePaths(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"a b.db", "what?mode=memory", "50%41#x&y=z.db", "ünï'\".db", ":memory:"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(folder, name)
			s := openSQLite(t, path, journal.Disk)
			if err := journal.Do(t.Context(), s, journal.Write{Create: benchRow(1)}); err != nil {
				t.Error(err)
			}
			s.Close()
			if info, err := os.Stat(path); err != nil || info.Size() == 0 {
				t.Errorf("got %v, %v, want a file", info, err)
			}
		})
	}
	t.Run("a link is the file", func(t *testing.T) {
		link := filepath.Join(t.TempDir(), "link.db")
		if err := os.Symlink(filepath.Join(folder, "a b.db"), link); err != nil {
			t.Skip("no symbolic links here:", err)
		}
		s := openSQLite(t, link, journal.Disk)
		defer s.Close()
		if s.LastID() != 1 {
			t.Errorf("LastID: got %d, want 1", s.LastID())
		}
		if _, err := journal.OpenSQLite(filepath.Join(folder, "a b.db"), journal.Disk); !errors.Is(err, journal.ErrLocked) {
			t.Errorf("got %v, want %v", err, journal.ErrLocked)
		}
	})
	t.Run("relative", func(t *testing.T) {
		t.Chdir(t.TempDir())
		s := openSQLite(t, "journal.db", journal.Disk)
		t.Chdir(t.TempDir()) // what was opened stays what it was
		if err := journal.Do(t.Context(), s, journal.Write{Create: benchRow(1)}); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// A user may look into the file while the server runs.
func TestSQLiteIsReadable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	s := openSQLite(t, path, journal.Disk)
	defer s.Close()
	if err := journal.Do(t.Context(), s, journal.Write{
		Create:    &journal.Execution{ID: 1, ARN: "arn:x", MachineARN: "arn:m", Name: "x", Status: "RUNNING", Started: 1_700_000_000_000},
		Batch:     &journal.Batch{Execution: 1, First: 1, Last: 3, Data: []byte("[events]")},
		Documents: []journal.Document{{Kind: "machine", Key: "arn:m", Data: []byte("{}")}},
	}); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var got string
	err = db.QueryRow(`
		SELECT name || ' ' || status || ' ' || datetime(started / 1000, 'unixepoch') || ' ' || first || '-' || last || ' ' || b.data || ' ' || d.data
		FROM executions e JOIN batches b ON b.execution = e.id JOIN documents d ON d.key = e.machine_arn`).Scan(&got)
	if want := "x RUNNING 2023-11-14 22:13:20 1-3 [events] {}"; got != want || err != nil {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

// The tests below start this test's binary again, as what childEnv says.
const childEnv = "ASLOCAL_JOURNAL_TEST_CHILD"

func TestMain(m *testing.M) {
	switch role, path, _ := strings.Cut(os.Getenv(childEnv), " "); role {
	case "":
		os.Exit(m.Run())
	case "hold":
		holdOpen(path)
	case "write":
		writeForEver(path)
	}
}

// child starts a child and gives what it prints, by lines.
func child(t *testing.T, role, path string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), childEnv+"="+role+" "+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	return cmd, bufio.NewScanner(out)
}

// holdOpen is a process that has the store open until it is killed.
func holdOpen(path string) {
	if _, err := journal.OpenSQLite(path, journal.Disk); err != nil {
		panic(err)
	}
	fmt.Println("open")
	select {}
}

// Neither does it help to remove the lock file: the file itself is asked.
func TestSQLiteIsLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	holder, lines := child(t, "hold", path)
	if !lines.Scan() {
		t.Fatal("the other process did not open it")
	}
	if _, err := journal.OpenSQLite(path, journal.Disk); !errors.Is(err, journal.ErrLocked) {
		t.Errorf("while another process has it open: got %v, want %v", err, journal.ErrLocked)
	}
	if err := os.Remove(path + ".lock"); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the first must not leave a lock that the second believes in
		if _, err := journal.OpenSQLite(path, journal.Disk); !errors.Is(err, journal.ErrLocked) {
			t.Errorf("when the lock file was removed: got %v, want %v", err, journal.ErrLocked)
		}
	}
	holder.Process.Kill()
	holder.Wait()
	openSQLite(t, path, journal.Disk).Close()
}

// In TestSQLiteIsKilled an execution goes through this many writes; the nth
// brings batch n, and says n in its record and in a document.
const childWrites = 4

func childBatch(id, n int64) *journal.Batch {
	return &journal.Batch{Execution: id, First: 3*n - 2, Last: 3 * n, Data: bytes.Repeat(fmt.Appendf(nil, "%d/%d;", id, n), 100)}
}

// writeForEver is a process that writes and says what was done, until it is
// killed.
func writeForEver(path string) {
	s, err := journal.OpenSQLite(path, journal.Disk)
	if err != nil {
		panic(err)
	}
	var ids atomic.Int64
	ids.Store(s.LastID())
	var callers sync.WaitGroup
	for range 16 {
		callers.Go(func() {
			for {
				id := ids.Add(1)
				x := journal.Execution{ID: id, ARN: fmt.Sprint("arn:", id), MachineARN: "arn:m", Status: journal.Running, Record: []byte("1")}
				for n := int64(1); n <= childWrites; n++ {
					w := journal.Write{Batch: childBatch(id, n), Documents: []journal.Document{{Kind: "n", Key: x.ARN, Data: fmt.Append(nil, n)}}}
					if n == 1 {
						w.Create = &x
					} else {
						w.Update = &journal.Update{ID: id, Status: journal.Running, Record: fmt.Append(nil, n)}
					}
					if err := journal.Do(context.Background(), s, w); err != nil {
						panic(err)
					}
					fmt.Println(id, n)
				}
			}
		})
	}
	callers.Wait()
}

func TestSQLiteIsKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	done := map[int64]int64{} // by execution: the greatest write that was done
	for life := range 3 {
		writer, lines := child(t, "write", path)
		for seen := 0; lines.Scan(); seen++ {
			var id, n int64
			if _, err := fmt.Sscan(lines.Text(), &id, &n); err == nil { // the last line may be cut
				done[id] = max(done[id], n)
			}
			if seen == 300+100*life {
				writer.Process.Kill() // and read on: it has said more than was read
			}
		}
		writer.Wait()

		s := openSQLite(t, path, journal.Disk)
		documents := map[string]string{}
		for d, err := range s.Documents("n") {
			if err != nil {
				t.Fatal(err)
			}
			documents[d.Key] = string(d.Data)
		}
		found := map[int64]int64{}
		for h, err := range s.Unfinished() {
			if err != nil {
				t.Fatal(err)
			}
			id, n := h.Execution.ID, int64(len(h.Batches))
			found[id] = n
			if n == 0 || string(h.Execution.Record) != fmt.Sprint(n) || documents[h.Execution.ARN] != fmt.Sprint(n) {
				t.Errorf("execution %d: a write happened in part: %d batches, record %s, document %s", id, n, h.Execution.Record, documents[h.Execution.ARN])
			}
			for i, b := range h.Batches {
				if want := childBatch(id, int64(i)+1); b.First != want.First || b.Last != want.Last || !bytes.Equal(b.Data, want.Data) {
					t.Errorf("execution %d: batch %d is not as it was written", id, i+1)
				}
			}
		}
		for id, n := range done {
			if found[id] < n {
				t.Errorf("life %d: execution %d: write %d was done and is lost; found %d", life, id, n, found[id])
			}
		}
		if len(documents) != len(found) {
			t.Errorf("documents: got %d, want %d", len(documents), len(found))
		}
		if want := slices.Max(slices.Collect(maps.Keys(found))); s.LastID() != want {
			t.Errorf("LastID: got %d, want %d", s.LastID(), want)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if life == 0 && len(done) < 50 {
			t.Errorf("the test shows little: %d executions", len(done))
		}
	}
	wantIntact(t, path)
}

// wantIntact has SQLite check the file.
func wantIntact(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var got string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&got); err != nil || got != "ok" {
		t.Errorf("integrity_check: got %q, %v", got, err)
	}
}
