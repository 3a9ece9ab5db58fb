package certificate

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/aslocal/aslocal/internal/sourcefile"
)

// This file keeps authorities in a folder. Any number of processes may use it at once: a
// new authority gets its place by a rename, which fails if another one was faster, and that
// one is taken then.

// A Folder has the authorities of a user, and the files with their roots.
type Folder struct {
	path string
	now  func() time.Time
}

// FolderVariable is the variable of the environment that names another folder.
const FolderVariable = "ASLOCAL_TLS_DIR"

// UserFolder is the folder of the user: that of ASLOCAL_TLS_DIR, or aslocal/tls where the
// user's settings are. It fails if the system does not say where that is.
func UserFolder() (Folder, error) {
	if path := os.Getenv(FolderVariable); path != "" {
		path, err := filepath.Abs(path)
		return In(path), err
	}
	settings, err := os.UserConfigDir()
	if err != nil {
		return Folder{}, fmt.Errorf("certificate: no folder for certificates (%s names one): %w", FolderVariable, err)
	}
	return In(filepath.Join(settings, "aslocal", "tls")), nil
}

// In is the folder with a path. It need not be there yet.
func In(path string) Folder { return Folder{path: path, now: time.Now} }

// Roots is the path of the file with all roots: what clients trust beside what they trust
// anyway.
func (f Folder) Roots() string { return filepath.Join(f.path, "ca.pem") }

// Bundle is the path of the file with all roots and with those of the system, as far as
// the system has these in a file: for clients that trust one file instead of the system.
func (f Folder) Bundle() string { return filepath.Join(f.path, "ca-bundle.pem") }

// hosts is where the authorities are.
func (f Folder) hosts() string { return filepath.Join(f.path, "hosts") }

// A Root is what clients trust for a host.
type Root struct {
	Host  string // localhost, example.test
	Path  string // of its file
	Until time.Time
}

// List returns the roots, that of localhost first. There are none if no server has needed one.
func (f Folder) List() ([]Root, error) {
	entries, err := os.ReadDir(f.hosts())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var roots []Root
	for _, e := range entries { // by name
		path := filepath.Join(f.hosts(), e.Name())
		if strings.HasPrefix(e.Name(), ".") { // being made
			continue
		}
		if a, err := readAuthority(path); err == nil && a.usable(f.now()) {
			name := strings.Trim(e.Name(), "[]")
			if name != e.Name() {
				name = strings.ReplaceAll(name, "-", ":")
			}
			roots = append(roots, Root{Host: name, Path: filepath.Join(path, rootFile), Until: a.root.NotAfter})
		}
	}
	if i := slices.IndexFunc(roots, func(r Root) bool { return r.Host == localhost.name }); i > 0 {
		first := roots[i]
		roots = slices.Insert(slices.Delete(roots, i, i+1), 0, first)
	}
	return roots, nil
}

// open returns the authority of a host, a new one if there is none that lives long enough.
func (f Folder) open(h host) (*authority, error) {
	path := filepath.Join(f.hosts(), h.folder())
	a, err := readAuthority(path)
	switch {
	case err == nil && a.usable(f.now()):
		return a, nil
	case err == nil:
		err = os.RemoveAll(path)
	case errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errDamaged):
		err = os.MkdirAll(f.hosts(), 0o700)
	}
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	return f.create(h, path)
}

// create makes the authority of a host, if no other process does it before.
func (f Folder) create(h host, path string) (*authority, error) {
	a, err := newAuthority(h, f.now())
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	beside, err := os.MkdirTemp(f.hosts(), ".new-*") // with mode 0700
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	defer os.RemoveAll(beside) // it is gone if it was moved
	if err := a.write(beside); err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	if err := os.Rename(beside, path); err != nil { // a folder that has files is not replaced
		if a, other := readAuthority(path); other == nil {
			return a, nil
		}
		return nil, fmt.Errorf("certificate: %w", err)
	}
	return a, nil
}

// tell writes the files with the roots. Another process may do so at the same time, and may
// have seen less: so each looks, when it has written, whether more has come.
func (f Folder) tell() error {
	for {
		roots, err := f.roots()
		if err != nil {
			return fmt.Errorf("certificate: %w", err)
		}
		if err := errors.Join(replace(f.Roots(), roots), replace(f.Bundle(), append(bytes.Clone(roots), f.systemRoots()...))); err != nil {
			return fmt.Errorf("certificate: %w", err)
		}
		if again, err := f.roots(); err != nil || bytes.Equal(again, roots) {
			return err
		}
	}
}

// roots is the text of the file with all roots.
func (f Folder) roots() ([]byte, error) {
	list, err := f.List()
	var all bytes.Buffer
	for _, r := range list {
		text, err := os.ReadFile(r.Path)
		if err != nil {
			continue // it is being replaced, and told by who does it
		}
		all.Write(text)
	}
	return all.Bytes(), err
}

// replace writes a file whole, or not at all, if it does not have the text.
func replace(path string, text []byte) error {
	if had, err := os.ReadFile(path); err == nil && bytes.Equal(had, text) {
		return nil
	}
	return sourcefile.Replace(path, text, 0o600)
}

// Remove removes all authorities and what was written with them. Servers that run keep
// theirs, which clients do not find any more.
func (f Folder) Remove() error {
	err := errors.Join(os.RemoveAll(f.hosts()), os.RemoveAll(f.Roots()), os.RemoveAll(f.Bundle()))
	if err == nil {
		os.Remove(f.path) // which may have files of others
	}
	return err
}
