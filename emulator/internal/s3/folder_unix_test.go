//go:build unix

package s3

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A FIFO in a bucket is no object, and nobody waits for one who writes to it.
func TestFIFO(t *testing.T) {
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "b"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(root, "b", "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "b", "file"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := Open(Config{Folder: root})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, err = s.Get(context.Background(), Object{Bucket: "b", Key: "pipe"})
	if refused, ok := errors.AsType[*Error](err); !ok || refused.Code != codeNoSuchKey {
		t.Errorf("getting it: %v, want %s", err, codeNoSuchKey)
	}
	var keys []string
	for e, err := range s.List(context.Background(), Object{Bucket: "b"}) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, e.Key)
	}
	if len(keys) != 1 || keys[0] != "file" {
		t.Errorf("listed %q, want only file", keys)
	}
}
