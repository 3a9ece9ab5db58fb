package template

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/aslocal/aslocal/internal/sourcefile"
)

// This file reads the files that templates refer to: those in the template's
// folder, and those that the user has named on the command line.

// A folder is the folder of a template.
type folder struct {
	path  string   // "" if there is none: nothing is read
	named []string // files that may be read wherever they are
}

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
		b, err := sourcefile.Named(path)
		return path, string(b), err
	}
	b, err := sourcefile.Inside(f.path, name)
	if errors.Is(err, sourcefile.ErrOutside) {
		err = fmt.Errorf("%s lies outside of the template's folder: it is read only if it is named on the command line, too", path)
	}
	return path, string(b), err
}

// same reports whether two paths name one file.
func same(a, b string) bool {
	a, errA := filepath.Abs(a)
	b, errB := filepath.Abs(b)
	return errA == nil && errB == nil && a == b
}
