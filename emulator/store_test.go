package emulator_test

import (
	"path/filepath"
	"testing"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/journal"
)

// A sharedStore is a store on disk that one emulator after the other opens.
type sharedStore struct {
	t    *testing.T
	path string
}

func newSharedStore(t *testing.T) *sharedStore {
	return &sharedStore{t: t, path: filepath.Join(t.TempDir(), "aslocal.db")}
}

func (s *sharedStore) open() journal.Store {
	s.t.Helper()
	store, err := journal.OpenSQLite(s.path, journal.Process)
	if err != nil {
		s.t.Fatal(err)
	}
	return store
}

// reopen closes the emulator that has the store open, and opens it again.
func (s *sharedStore) reopen(em *emulator.TestEmulator) journal.Store {
	s.t.Helper()
	if err := em.Close(); err != nil {
		s.t.Fatal(err)
	}
	return s.open()
}
