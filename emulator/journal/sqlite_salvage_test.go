package journal_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/emulator/journal"
)

// A damaged page costs what is on it, and nothing else.
func TestSQLiteIsDamaged(t *testing.T) {
	const n = 9
	long := func(key string) []byte { return bytes.Repeat([]byte(key+";"), 8000) }
	for _, test := range []struct {
		name       string
		damage     func(page []byte) bool // changes the page if it is the one
		documents  []string               // those that are broken
		executions []string
	}{
		{"a document's data", func(page []byte) bool { return breakChain(page, "doc-4;") }, []string{"doc-4"}, nil},
		{"the last document's data", func(page []byte) bool { return breakChain(page, "doc-9;") }, []string{"doc-9"}, nil},
		{"an execution's events", func(page []byte) bool { return breakChain(page, "events-3;") }, nil, []string{"arn:x:3"}},
		{"an execution's record", func(page []byte) bool { return breakChain(page, "record-1;") }, nil, []string{"arn:x:1"}},
		{"an execution's row", func(page []byte) bool {
			const tableLeaf = 13 // SQLite's file format, "B-tree Pages"
			if page[0] != tableLeaf || !bytes.Contains(page, []byte("arn:x:2")) {
				return false
			}
			page[0] = 0
			return true
		}, nil, []string{"2"}}, // even its ARN
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal.db")
			s := openSQLite(t, path, journal.Disk)
			for id := int64(1); id <= n; id++ {
				s.Commit(journal.Write{
					Create:    &journal.Execution{ID: id, ARN: fmt.Sprint("arn:x:", id), MachineARN: "arn:m", Status: journal.Running, Record: long(fmt.Sprint("record-", id))},
					Batch:     &journal.Batch{Execution: id, First: 1, Last: 1, Data: long(fmt.Sprint("events-", id))},
					Documents: []journal.Document{{Kind: "machine", Key: fmt.Sprint("doc-", id), Data: long(fmt.Sprint("doc-", id))}},
				}, nil)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			damage(t, path, test.damage)

			s = openSQLite(t, path, journal.Disk)
			defer s.Close()
			var found, broken []string
			for d, err := range s.Documents("machine") {
				if key := brokenKey(t, path, "machine", err); key != "" {
					broken = append(broken, key)
				} else if found = append(found, d.Key); !bytes.Equal(d.Data, long(d.Key)) {
					t.Errorf("document %s is not as it was written", d.Key)
				}
			}
			if !slices.Equal(broken, test.documents) || len(found)+len(broken) != n {
				t.Errorf("documents: got %q and broken %q, want broken %q and %d in all", found, broken, test.documents, n)
			}
			found, broken = nil, nil
			for h, err := range s.Unfinished() {
				if key := brokenKey(t, path, "", err); key != "" {
					broken = append(broken, key)
				} else if found = append(found, h.Execution.ARN); len(h.Batches) != 1 || !bytes.Equal(h.Batches[0].Data, long(fmt.Sprint("events-", h.Execution.ID))) {
					t.Errorf("execution %s is not as it was written", h.Execution.ARN)
				}
			}
			if !slices.Equal(broken, test.executions) || len(found)+len(broken) != n {
				t.Errorf("executions: got %q and broken %q, want broken %q and %d in all", found, broken, test.executions, n)
			}
			// And the loops end when they are told to.
			for range s.Documents("machine") {
				break
			}
			for range s.Unfinished() {
				break
			}
		})
	}
}

// breakChain makes a page that is filled with the text, and is followed by
// another one, point to a page that there is not.
func breakChain(page []byte, text string) bool {
	if !bytes.Contains(page[4:40], []byte(text)) || bytes.Equal(page[:4], make([]byte, 4)) {
		return false
	}
	copy(page, "\xff\xff\xff\xff")
	return true
}

// damage gives the pages of the file to change until it has changed one.
func damage(t *testing.T, path string, change func(page []byte) bool) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const size = 4096
	if !slices.ContainsFunc(slices.Collect(slices.Chunk(data, size)), change) {
		t.Fatal("there is no such page")
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// brokenKey gives the key of a BrokenError, "" for no error.
func brokenKey(t *testing.T, path, kind string, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var b *journal.BrokenError
	if !errors.As(err, &b) || b.File != path || b.Kind != kind || !errors.Is(err, journal.ErrDamaged) {
		t.Fatalf("got %v, want a BrokenError of the file", err)
	}
	if got, want := err.Error(), "journal "+path+": "; !strings.HasPrefix(got, want) || strings.Count(got, path) != 1 {
		t.Errorf("got %q, want the file once", got)
	}
	return b.Key
}
