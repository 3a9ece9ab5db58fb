// Package sourcefile reads the files that commands work on. There are two kinds:
// those that the user names on the command line, which may be anything, and
// those that are found in a folder or that a file there refers to. The folder
// may come from somebody else, so the latter must be regular files inside it.
package sourcefile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/aslocal/aslocal/internal/regular"
)

// Largest is how many bytes a file inside a folder may have, LargestNamed how
// many a file may have that the user has named.
const (
	Largest      = 16 << 20
	LargestNamed = 512 << 20
)

// ErrOutside is a path that leads out of the folder, also by a symbolic link.
var ErrOutside = errors.New("lies outside of the folder")

// Named reads a file of at most [LargestNamed] bytes that the user has named. It
// may be a pipe, such as <(command) in a shell. The error has the path.
func Named(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := Read(file)
	var bad *os.PathError
	if err != nil && !errors.As(err, &bad) {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return text, err
}

// Read reads what the user has piped in, at most [LargestNamed] bytes.
func Read(from io.Reader) ([]byte, error) { return readUpTo(from, LargestNamed) }

// readUpTo reads at most limit bytes, a multiple of a MiB; more is an error.
func readUpTo(from io.Reader, limit int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(from, limit+1))
	if err == nil && int64(len(text)) > limit {
		return nil, fmt.Errorf("larger than %d MiB", limit>>20)
	}
	return text, err
}

// Inside reads a regular file of at most [Largest] bytes inside a folder. The
// path is absolute, or relative to the folder; symbolic links are followed as
// long as they stay inside. A named pipe is refused, not waited for. The error has
// the path; it is [ErrOutside] for one that leads out of the folder.
func Inside(folder, path string) ([]byte, error) {
	shown := path
	if !filepath.IsAbs(path) {
		shown = filepath.Join(folder, path)
	}
	text, err := inside(folder, path)
	var bad *os.PathError
	if errors.As(err, &bad) {
		err = bad.Err // without the path relative to the folder
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", shown, err)
	}
	return text, nil
}

func inside(folder, path string) ([]byte, error) {
	name, err := relative(folder, path)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	file, err := regular.OpenIn(root, name)
	switch {
	case err != nil && leadsOut(folder, name):
		return nil, ErrOutside
	case err != nil:
		return nil, err
	}
	defer file.Close()
	return readUpTo(file, Largest)
}

// Contains returns nil if the path is the folder or lies inside it, with
// symbolic links followed, else [ErrOutside] or why it cannot be told. A
// relative path is relative to the folder.
func Contains(folder, path string) error {
	name, err := relative(folder, path)
	if err != nil {
		return err
	}
	if leadsOut(folder, name) {
		return ErrOutside
	}
	_, err = os.Stat(filepath.Join(folder, name))
	return err
}

// relative returns a path as it is called inside the folder.
func relative(folder, path string) (string, error) {
	name := filepath.FromSlash(path)
	if filepath.IsAbs(name) {
		base, err := filepath.Abs(folder)
		if err != nil {
			return "", err
		}
		if name, err = filepath.Rel(base, name); err != nil {
			return "", ErrOutside
		}
	}
	if !filepath.IsLocal(name) {
		return "", ErrOutside
	}
	return name, nil
}

// leadsOut reports whether a name inside the folder stands for something that
// is elsewhere. What does not exist leads nowhere.
func leadsOut(folder, name string) bool {
	base, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return false
	}
	target, err := filepath.EvalSymlinks(filepath.Join(folder, name))
	if err != nil {
		return false
	}
	between, err := filepath.Rel(base, target)
	return err != nil || !filepath.IsLocal(between)
}
