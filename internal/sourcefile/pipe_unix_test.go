//go:build unix

package sourcefile_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/aslocal/aslocal/internal/sourcefile"
)

// A named pipe in a folder is not waited for.
func TestInsideDoesNotOpenPipes(t *testing.T) {
	folder := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(folder, "pipe.asl.json"), 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err := sourcefile.Inside(folder, "pipe.asl.json"); err == nil {
		t.Errorf("got %q", text)
	}
}
