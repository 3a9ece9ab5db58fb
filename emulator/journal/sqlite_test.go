package journal_test

import (
	"path/filepath"
	"testing"

	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/emulator/journal/storetest"
)

func TestSQLite(t *testing.T) {
	for name, durability := range map[string]journal.Durability{"disk": journal.Disk, "process": journal.Process} {
		t.Run(name, func(t *testing.T) {
			storetest.RunDurable(t, func(t testing.TB, folder string) journal.Store {
				s, err := journal.OpenSQLite(filepath.Join(folder, "journal.db"), durability)
				if err != nil {
					t.Fatal(err)
				}
				return s
			})
		})
	}
}
