package template

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// This file reads the files that templates refer to: those in the folder of
// the template, and no others but those that the user has named.

// A folder is that of a template.
type folder struct {
	path  string   // "" if there is none: nothing is read
	named []string // files that may be read wherever they are
}

// maxFile is how large a file may be.
const maxFile = 16 << 20

// read returns a file that the template names, and the path to show for it.
func (f folder) read(name string) (path, text string, err error) {
	if f.path == "" {
		return name, "", fmt.Errorf("%s: a template without a folder refers to no files", name)
	}
	name = filepath.FromSlash(name)
	path = filepath.Join(f.path, name)
	if filepath.IsAbs(name) {
		path = filepath.Clean(name)
	}
	if slices.ContainsFunc(f.named, func(other string) bool { return same(other, path) }) {
		b, err := os.ReadFile(path)
		return path, string(b), err
	}
	if !filepath.IsLocal(name) {
		return path, "", fmt.Errorf("%s lies outside of the template's folder: it is read only if it is named on the command line, too", path)
	}
	root, err := os.OpenRoot(f.path)
	if err != nil {
		return path, "", err
	}
	defer root.Close()
	file, err := root.Open(name)
	if err != nil {
		var bad *os.PathError
		if errors.As(err, &bad) {
			return path, "", fmt.Errorf("%s: %w", path, bad.Err)
		}
		return path, "", err
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && !info.Mode().IsRegular() {
		return path, "", fmt.Errorf("%s: not a file", path)
	}
	b, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(b) > maxFile {
		err = fmt.Errorf("%s: larger than %d MiB", path, maxFile>>20)
	}
	return path, string(b), err
}

// same reports whether two paths name one file.
func same(a, b string) bool {
	a, errA := filepath.Abs(a)
	b, errB := filepath.Abs(b)
	return errA == nil && errB == nil && a == b
}
