package sourcefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Replace writes a file whole or not at all: beside the one that is there, and then in
// its place. It keeps the mode of that one; a new one gets mode. A link is replaced
// itself, not what it leads to.
func Replace(path string, text []byte, mode fs.FileMode) error {
	if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() {
		mode = info.Mode().Perm()
	}
	beside, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(beside.Name()) // it is gone if it was moved
	_, err = beside.Write(text)
	if err = errors.Join(err, beside.Sync(), beside.Chmod(mode), beside.Close()); err != nil {
		return err
	}
	return os.Rename(beside.Name(), path)
}
