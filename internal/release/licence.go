package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// This file collects the licences of what is linked into a binary: their texts have to come
// with it.

// licenceName is the name of a file that says under which terms something may be copied, and
// whom to name.
var licenceName = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents|authors|contributors)([.-].*)?$`)

// A linkedPackage is one of a binary, as go list has it.
type linkedPackage struct {
	Dir        string
	Standard   bool
	EmbedFiles []string
	Module     *struct {
		Path, Version, Dir string
		Main               bool
	}
}

// licences returns the licences of all packages that are linked for a platform, of the modules
// that they are in, and of what they embed. A module without one is an error.
func licences(ctx context.Context, s *source, p platform) ([]byte, error) {
	c := exec.CommandContext(ctx, "go", "list", "-deps", "-json=Dir,Standard,EmbedFiles,Module", "./cmd/aslocal")
	c.Dir, c.Env = s.folder, s.environment(p)
	listed, err := output(c)
	if err != nil {
		return nil, err
	}
	var packages []linkedPackage
	for d := json.NewDecoder(bytes.NewReader(listed)); ; {
		var one linkedPackage
		if err := d.Decode(&one); err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		packages = append(packages, one)
	}
	c = exec.CommandContext(ctx, "go", "env", "GOROOT")
	c.Dir, c.Env = s.folder, s.environment(p)
	goRoot, err := output(c)
	if err != nil {
		return nil, err
	}
	works, err := worksOf(packages, strings.TrimSpace(string(goRoot)), s.goes)
	if err != nil {
		return nil, err
	}
	return writeLicences(works)
}

// A work is something that has licences: a module, or Go itself.
type work struct {
	name    string
	root    string          // folder
	folders map[string]bool // where licences are looked for, the root among them
}

// worksOf lists the works that packages belong to, by name. What is ours has the licences in
// the archive itself, except where it embeds what others have made.
func worksOf(packages []linkedPackage, goRoot, goVersion string) ([]work, error) {
	found := map[string]*work{"Go": {name: "Go " + goVersion + " (its standard library)", root: goRoot, folders: map[string]bool{goRoot: true}}}
	for _, p := range packages {
		if p.Standard {
			continue
		}
		if p.Module == nil {
			return nil, fmt.Errorf("%s belongs to no module", p.Dir)
		}
		w := found[p.Module.Path]
		if w == nil {
			w = &work{name: p.Module.Path + " " + p.Module.Version, root: p.Module.Dir, folders: make(map[string]bool)}
			if p.Module.Main {
				w.name = p.Module.Path + ": what others have made"
			}
			found[p.Module.Path] = w
		}
		folders := []string{p.Dir}
		for _, file := range p.EmbedFiles {
			folders = append(folders, filepath.Dir(filepath.Join(p.Dir, file)))
		}
		for _, folder := range folders {
			for ; strings.HasPrefix(folder, w.root); folder = filepath.Dir(folder) {
				w.folders[folder] = true
			}
		}
		if p.Module.Main {
			delete(w.folders, w.root)
		}
	}
	var works []work
	for _, w := range found {
		works = append(works, *w)
	}
	slices.SortFunc(works, func(a, b work) int { return cmp.Compare(a.name, b.name) })
	return works, nil
}

// writeLicences writes the texts, each below the name of its work and file.
func writeLicences(works []work) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("aslocal contains the following works of others. Their licences and notices are below.\n\n")
	for _, w := range works {
		fmt.Fprintf(&b, "  %s\n", w.name)
	}
	for _, w := range works {
		n := 0
		var folders []string
		for folder := range w.folders {
			folders = append(folders, folder)
		}
		slices.Sort(folders)
		for _, folder := range folders {
			files, err := os.ReadDir(folder) // in order of their names
			if err != nil {
				return nil, err
			}
			for _, file := range files {
				if file.IsDir() || !licenceName.MatchString(file.Name()) || strings.HasSuffix(file.Name(), ".go") {
					continue
				}
				text, err := os.ReadFile(filepath.Join(folder, file.Name()))
				if err != nil {
					return nil, err
				}
				shown, err := filepath.Rel(w.root, filepath.Join(folder, file.Name()))
				if err != nil {
					return nil, err
				}
				line, plain := strings.Repeat("=", 100), bytes.TrimSpace(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))
				fmt.Fprintf(&b, "\n%s\n%s: %s\n%s\n\n%s\n", line, w.name, filepath.ToSlash(shown), line, plain)
				n++
			}
		}
		if n == 0 {
			return nil, fmt.Errorf("%s: %w", w.name, errNoLicence)
		}
	}
	return b.Bytes(), nil
}

var errNoLicence = errors.New("there is no file with a licence, so it must not be distributed")
