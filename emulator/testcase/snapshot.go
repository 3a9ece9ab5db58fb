package testcase

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/aslocal/aslocal/internal/sourcefile"
	"github.com/aslocal/aslocal/value"
)

// This file has snapshots: what executions were like when somebody has found that right.
// They are in a file beside the test file: order.test.snapshot.json, an object with a
// member for each case.

// Snapshots are those of one test file. They are safe for concurrent use.
type Snapshots struct {
	path   string
	update bool

	mu      sync.Mutex
	cases   map[string]value.Value
	changed bool
}

// SnapshotFile is the path of the snapshots of a test file.
func SnapshotFile(testFile string) string {
	return strings.TrimSuffix(testFile, filepath.Ext(testFile)) + ".snapshot.json"
}

// OpenSnapshots reads the snapshots of a test file; there may be none. With update, cases
// write their snapshots instead of looking at them.
func OpenSnapshots(testFile string, update bool) (*Snapshots, error) {
	s := &Snapshots{path: SnapshotFile(testFile), update: update, cases: make(map[string]value.Value)}
	text, err := sourcefile.Inside(filepath.Dir(s.path), filepath.Base(s.path))
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	document, err := value.ParseBytes(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.path, err)
	}
	for name, one := range document.Members() {
		s.cases[name] = one
	}
	return s, nil
}

// of is the snapshot of a case; no value if there is none.
func (s *Snapshots) of(name string) value.Value {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cases[name]
}

// set replaces the snapshot of a case.
func (s *Snapshots) set(name string, v value.Value) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !value.Equal(s.cases[name], v) {
		s.cases[name], s.changed = v, true
	}
}

// Save writes the file if something in it has changed. Snapshots of cases for which keep is
// false are left out.
func (s *Snapshots) Save(keep func(name string) bool) (written bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b value.ObjectBuilder
	for _, name := range slices.Sorted(maps.Keys(s.cases)) {
		if keep(name) {
			b.Set(name, s.cases[name])
		} else {
			s.changed = true
		}
	}
	if !s.changed {
		return false, nil
	}
	if b.Len() == 0 {
		return true, os.Remove(s.path)
	}
	var text bytes.Buffer
	if err := json.Indent(&text, b.Value().AppendJSON(nil), "", "  "); err != nil {
		return false, err
	}
	text.WriteByte('\n')
	s.changed = false
	return true, sourcefile.Replace(s.path, text.Bytes(), 0o644)
}

// texts is an array of strings.
func texts(list []string) value.Value {
	items := make([]value.Value, len(list))
	for i, text := range list {
		items[i] = value.OfString(text)
	}
	return value.OfSlice(items)
}
