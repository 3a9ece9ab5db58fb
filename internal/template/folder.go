package template

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/internal/sourcefile"
	"github.com/aslocal/aslocal/internal/spell"
)

// This file reads the files that templates refer to: those in the template's folder
// or elsewhere in the same Git repository, and those that the user has named on the
// command line.

// A folder is the folder of a template.
type folder struct {
	path  string    // "" if there is none: nothing is read
	named []string  // files that may be read wherever they are
	read  *[]string // the paths of the files that were read or looked for
}

// file returns a file that the template names, and the path to show for it.
func (f folder) file(name string) (path, text string, err error) {
	if f.path == "" {
		return name, "", fmt.Errorf("%s: a template without a folder refers to no files", name)
	}
	name = filepath.Clean(filepath.FromSlash(name)) // sub/../a is a, also if there is no folder sub, as for the tools that deploy
	path = name
	if !filepath.IsAbs(name) {
		path = filepath.Join(f.path, name)
	}
	*f.read = append(*f.read, path)
	if slices.ContainsFunc(f.named, func(other string) bool { return same(other, path) }) {
		b, err := sourcefile.Named(path)
		return path, string(b), err
	}
	b, err := sourcefile.Inside(f.path, name)
	if errors.Is(err, sourcefile.ErrOutside) {
		b, err = f.inRepository(path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		if near := spell.Suggest(filepath.Base(path), namesIn(filepath.Dir(path))); near != "" && near != filepath.Base(path) {
			err = fmt.Errorf("%w: did you mean %s?", err, near)
		}
	}
	return path, string(b), err
}

// errOutside is the error for a file that is read only if the user names it.
var errOutside = errors.New("it lies outside of the template's folder and repository: it is read if it is named on the command line, too")

// inRepository reads a file outside of the folder that is in the same Git repository
// and is JSON or YAML by its name: a home directory may be a repository, too.
func (f folder) inRepository(path string) ([]byte, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	root := repositoryOf(f.path)
	if root == "" || !isYAML(path) && !strings.HasSuffix(strings.ToLower(path), ".json") {
		return nil, errOutside
	}
	b, err := sourcefile.Inside(root, absolute)
	if errors.Is(err, sourcefile.ErrOutside) {
		err = errOutside
	}
	return b, err
}

// repositoryOf returns the folder of the Git repository that a folder is in, or "".
func repositoryOf(folder string) string {
	at, err := filepath.Abs(folder)
	if err != nil {
		return ""
	}
	for {
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			return at
		}
		up := filepath.Dir(at)
		if up == at {
			return ""
		}
		at = up
	}
}

// maxNames is how many names of a folder are looked at for the one that was meant.
const maxNames = 1000

func namesIn(folder string) []string {
	d, err := os.Open(folder)
	if err != nil {
		return nil
	}
	defer d.Close()
	names, _ := d.Readdirnames(maxNames) // of what cannot be read no name was meant
	slices.Sort(names)
	return names
}

// same reports whether two paths name one file.
func same(a, b string) bool {
	a, errA := filepath.Abs(a)
	b, errB := filepath.Abs(b)
	return errA == nil && errB == nil && a == b
}
