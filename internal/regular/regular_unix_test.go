//go:build unix

package regular

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Nobody writes to the FIFO, and opening it does not wait for one who does.
func TestFIFO(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadFile(filepath.Join(dir, "pipe")); !errors.Is(err, ErrNotRegular) {
		t.Errorf("by its path: %v", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if _, err := OpenIn(root, "pipe"); !errors.Is(err, ErrNotRegular) {
		t.Errorf("below a root: %v", err)
	}
	if _, err := AppendIn(root, "pipe"); !errors.Is(err, syscall.ENXIO) {
		t.Errorf("to append to, without a reader: %v", err)
	}
	if _, err := ReadFile("/dev/zero"); !errors.Is(err, ErrNotRegular) {
		t.Errorf("a device: %v", err)
	}
}
