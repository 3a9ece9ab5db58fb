package journal_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/aslocal/aslocal/emulator/journal"
)

// mountSmall gives a folder on a disk of three megabytes, where the tests may
// mount one.
func mountSmall(t *testing.T) string {
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=3m"); err != nil {
		t.Skip("no disk can be mounted here:", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, 0); err != nil {
			t.Error(err)
		}
	})
	return folder
}

// On a full disk writes fail with the reason, and succeed when there is room.
func TestFullDisk(t *testing.T) {
	folder := mountSmall(t)
	s := openSQLite(t, filepath.Join(folder, "journal.db"), journal.Disk)
	defer s.Close()
	other := filepath.Join(folder, "other")
	if err := os.WriteFile(other, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	write := func() error {
		id := s.LastID() + 1
		return journal.Do(t.Context(), s, journal.Write{
			Create: &journal.Execution{ID: id, ARN: fmt.Sprint("arn:", id), MachineARN: "arn:m", Status: journal.Running},
			Batch:  &journal.Batch{Execution: id, First: 1, Last: 1, Data: bytes.Repeat([]byte("x"), 10_000)},
		})
	}
	var err error
	for err == nil {
		err = write()
	}
	last := s.LastID()
	for range 3 { // it stays so, and nothing of what failed is there
		if !errors.Is(err, journal.ErrFull) {
			t.Errorf("got %v, want %v", err, journal.ErrFull)
		}
		err = write()
	}
	if page, _, err := s.Executions(journal.Query{Limit: 1}); err != nil || page[0].ID != last {
		t.Errorf("while it is full: got %+v, %v, want execution %d", page, err, last)
	}
	if err := os.Remove(other); err != nil {
		t.Fatal(err)
	}
	if err := write(); err != nil {
		t.Errorf("when there is room: %v", err)
	}
}

func TestReadOnlyFileSystem(t *testing.T) {
	folder := mountSmall(t)
	path := filepath.Join(folder, "journal.db")
	if err := openSQLite(t, path, journal.Disk).Close(); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("", folder, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	s, err := journal.OpenSQLite(path, journal.Disk)
	if err == nil {
		s.Close()
	}
	if !errors.Is(err, journal.ErrReadOnly) || !errors.Is(err, syscall.EROFS) {
		t.Errorf("got %v, want %v", err, journal.ErrReadOnly)
	}
}
