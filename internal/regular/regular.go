// Package regular opens regular files and nothing else. What stands in a folder
// that a user serves may as well be a FIFO or a device, and opening or reading
// one of those can block for ever.
package regular

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// ErrNotRegular says that what was to be opened is no regular file.
var ErrNotRegular = errors.New("not a regular file")

// Open opens a regular file for reading. Errors are those of os.Open, and an
// *fs.PathError with ErrNotRegular for anything else than a regular file.
func Open(name string) (*os.File, error) {
	return check(os.OpenFile(name, os.O_RDONLY|nonblock, 0))
}

// OpenIn opens a regular file below root for reading. Errors are those of
// root.Open, and an *fs.PathError with ErrNotRegular.
func OpenIn(root *os.Root, name string) (*os.File, error) {
	return check(root.OpenFile(name, os.O_RDONLY|nonblock, 0))
}

// AppendIn opens a regular file below root to append to, and makes it, for its owner
// alone, if it is not there. Errors are those of root.OpenFile, and an *fs.PathError with
// ErrNotRegular.
func AppendIn(root *os.Root, name string) (*os.File, error) {
	return check(root.OpenFile(name, os.O_WRONLY|os.O_APPEND|os.O_CREATE|nonblock, 0o600))
}

// check closes what is no regular file.
func check(file *os.File, err error) (*os.File, error) {
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: file.Name(), Err: ErrNotRegular}
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// ReadFile is os.ReadFile for regular files. Errors are those of Open.
func ReadFile(name string) ([]byte, error) {
	file, err := Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}
