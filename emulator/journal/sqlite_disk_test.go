package journal

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	sqlite3 "modernc.org/sqlite/lib"
)

func openTest(t *testing.T) *SQLite {
	t.Helper()
	s, err := OpenSQLite(filepath.Join(t.TempDir(), "journal.db"), Disk)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// hold keeps the writer in a done until release is called: the writes that
// come meanwhile wait together.
func hold(s *SQLite) (release func()) {
	held, released := make(chan struct{}), make(chan struct{})
	s.Commit(Write{}, func(error) {
		close(held)
		<-released
	})
	<-held
	return func() { close(released) }
}

// SQLite can be told that the disk is full, or read-only: a disk's error then
// takes the same way as it would from the system.
func TestSQLiteDiskErrors(t *testing.T) {
	for _, test := range []struct {
		name          string
		fail, recover string
		code          int
		reason        error
		message       string
	}{
		{"full", "PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000", sqlite3.SQLITE_FULL, ErrFull,
			"the disk is full: free some space, then writes succeed again (database or disk is full (13))"},
		{"read-only", "PRAGMA query_only = ON", "PRAGMA query_only = OFF", sqlite3.SQLITE_READONLY, ErrReadOnly,
			"it cannot be written: check the permissions of the file and its folder, and whether the file system is mounted read-only (attempt to write a readonly database (8))"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := openTest(t)
			ctx := context.Background()
			big := bytes.Repeat([]byte("x"), 1<<20)
			row := func(id int64) *Execution {
				return &Execution{ID: id, ARN: fmt.Sprint("arn:", id), MachineARN: "arn:m", Status: Running, Record: []byte("as it was")}
			}
			if err := Do(ctx, s, Write{Create: row(1), Batch: &Batch{Execution: 1, First: 1, Last: 2, Data: big}}); err != nil {
				t.Fatal(err)
			}
			if err := s.writes.exec(test.fail); err != nil {
				t.Fatal(err)
			}
			release := hold(s) // what comes now is one group
			var small, failed, other, invalid, empty error
			s.Commit(Write{Update: &Update{ID: 1, Status: "ABORTED"}}, func(err error) { small = err }) // there is room for it
			s.Commit(Write{Batch: &Batch{Execution: 1, First: 3, Last: 4, Data: big}, Update: &Update{ID: 1, Status: "FAILED", Record: []byte("changed")}}, func(err error) { failed = err })
			s.Commit(Write{Create: row(2), Documents: []Document{{"k", "k", big}}}, func(err error) { other = err })
			s.Commit(Write{Create: &Execution{}}, func(err error) { invalid = err })
			s.Commit(Write{}, func(err error) { empty = err })
			release()
			if err := Flush(ctx, s); err != nil {
				t.Errorf("Flush: %v", err)
			}
			for _, err := range []error{small, failed, other} {
				if !is(err, test.code) || !errors.Is(err, test.reason) || err.Error() != "journal "+s.path+": "+test.message {
					t.Errorf("got  %v\nwant %s, SQLite's error %d", err, test.message, test.code)
				}
			}
			if !errors.Is(invalid, ErrInvalid) {
				t.Errorf("an invalid write: got %v, want %v", invalid, ErrInvalid)
			}
			if empty != nil {
				t.Errorf("an empty write: got %v", empty)
			}
			// Readers go on, and see nothing of it.
			x, err := s.Execution("arn:1")
			if err != nil || x.Status != Running || string(x.Record) != "as it was" {
				t.Errorf("after the failure: got %+v, %v", x, err)
			}
			if s.LastID() != 1 {
				t.Errorf("LastID: got %d, want 1", s.LastID())
			}

			if err := s.writes.exec(test.recover); err != nil {
				t.Fatal(err)
			}
			// What came after the lost batch must not hide the gap.
			if err := Do(ctx, s, Write{Batch: &Batch{Execution: 1, First: 5, Last: 6}}); !errors.Is(err, ErrOrder) {
				t.Errorf("the batch after the lost one: got %v, want %v", err, ErrOrder)
			}
			if err := Do(ctx, s, Write{Batch: &Batch{Execution: 1, First: 3, Last: 4, Data: big}}); err != nil {
				t.Errorf("once there is room: %v", err)
			}
			if err := Do(ctx, s, Write{Create: row(2)}); err != nil {
				t.Errorf("once there is room: %v", err)
			}
		})
	}
}

// Writes that come while the store closes, or after that, are refused in the
// order of their commits, behind those that came before, and one at a time:
// told is not locked.
func TestSQLiteRefusesInOrder(t *testing.T) {
	s := openTest(t)
	release := hold(s)
	var told []error
	tell := func(err error) { told = append(told, err) }
	s.Commit(Write{Create: &Execution{ID: 1, ARN: "arn:1", MachineARN: "arn:m", Status: Running}}, tell)
	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	for closing := false; !closing; runtime.Gosched() {
		s.writer.mu.Lock()
		closing = s.writer.closing
		s.writer.mu.Unlock()
	}
	const n = 100
	for range n {
		s.Commit(Write{}, tell)
	}
	release()
	if err := <-closed; err != nil {
		t.Error(err)
	}
	for range n {
		s.Commit(Write{}, tell)
	}
	if err := Do(context.Background(), s, Write{}); !errors.Is(err, ErrClosed) { // and with that all have been told
		t.Errorf("after Close: got %v, want %v", err, ErrClosed)
	}
	if len(told) != 1+2*n || told[0] != nil {
		t.Fatalf("%d were told, the first %v, want %d and nil", len(told), told[0], 1+2*n)
	}
	for i, err := range told[1:] {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("the %d. behind Close: got %v, want %v", i+1, err, ErrClosed)
		}
	}
}

// Each transaction costs a sync: writes that wait must share one.
func TestSQLiteGroups(t *testing.T) {
	const n = groupWrites + 100
	s := openTest(t)
	if err := Flush(context.Background(), s); err != nil {
		t.Fatal(err)
	}
	before := transactions(t, s.path)
	release := hold(s)
	for id := int64(1); id <= n; id++ {
		s.Commit(Write{Create: &Execution{ID: id, ARN: fmt.Sprint("arn:", id), MachineARN: "arn:m", Status: Running}}, nil)
	}
	release()
	if err := Flush(context.Background(), s); err != nil {
		t.Fatal(err)
	}
	if got := transactions(t, s.path) - before; got != 2 {
		t.Errorf("%d writes that waited: got %d transactions, want 2", n, got)
	}
}

// transactions counts those in SQLite's log, by its documented format: a header
// of 32 bytes, then frames of 24 bytes and a page, whose second word is not 0
// when it ends a transaction.
func transactions(t *testing.T, path string) (n int) {
	t.Helper()
	log, err := os.ReadFile(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	if len(log) < 32 {
		return 0
	}
	page := int(binary.BigEndian.Uint32(log[8:]))
	for frame := log[32:]; len(frame) >= 24+page; frame = frame[24+page:] {
		if binary.BigEndian.Uint32(frame[4:]) != 0 {
			n++
		}
	}
	return n
}

// Pages cost the same when every query seeks along an index: none may scan a
// table, or sort what it found.
func TestSQLiteQueriesUseIndexes(t *testing.T) {
	s := openTest(t)
	queries := slices.Collect(maps.Values(s.queries()))
	for _, by := range append(listedBy[:], "") {
		for _, status := range []bool{false, true} {
			for filter := RedrivenOrNot; filter <= NotRedriven; filter++ {
				queries = append(queries, listKind{by, status, filter, true}.query(), listKind{by, status, filter, false}.query())
			}
		}
	}
	for _, query := range queries {
		args := make([]any, strings.Count(query, "?"))
		for i := range args {
			args[i] = 1
		}
		rows, err := s.readers.Query("EXPLAIN QUERY PLAN "+query, args...)
		if err != nil {
			t.Fatal(err)
		}
		steps := 0
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			switch {
			case detail == "MERGE (UNION ALL)", detail == "LEFT", detail == "RIGHT": // of two searches in the same order
				continue
			case !strings.HasPrefix(detail, "SEARCH "):
				t.Errorf("%s\ngot the step %q, want only searches", query, detail)
			case strings.Contains(query, "recent < ?") && !strings.Contains(detail, "AND recent=? AND rowid<?)") && !strings.Contains(detail, "AND recent<?)"):
				t.Errorf("%s\ngot the step %q, want one that seeks the cursor", query, detail)
			}
			steps++
		}
		if err := rows.Close(); err != nil || steps == 0 {
			t.Errorf("%s\ngot %d steps, %v", query, steps, err)
		}
	}
}
