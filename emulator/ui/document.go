package ui

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/sourcefile"
	"github.com/aslocal/aslocal/internal/template"
	"github.com/aslocal/aslocal/value"
)

// This file finds the text that somebody edits: that of the file which defines a state
// machine, or the definition that the API has. Files are read below the served folder alone,
// and only those that define a state machine.

// document opens a state machine, or a file.
func (u *UI) document(ctx context.Context, q *query) (*Document, error) {
	arn, path := q.text("arn"), q.text("path")
	switch {
	case (arn == "") == (path == ""):
		return nil, refuse("expected one of arn and path")
	case path != "":
		if u.own == nil {
			return nil, Refused(http.StatusForbidden, "another server is shown here: its files cannot be read")
		}
		return u.fileDocument(path)
	}
	return u.machineDocument(ctx, arn)
}

// machineDocument is what defines a state machine: its file, or else what the API has.
func (u *UI) machineDocument(ctx context.Context, arn string) (*Document, error) {
	m, err := u.api.Call(ctx, "DescribeStateMachine", value.OfMembers("stateMachineArn", value.OfString(machineOf(arn))))
	if err != nil {
		return nil, err
	}
	out := &Document{ARN: m.Get("stateMachineArn").Text(), Name: m.Get("name").Text(), Type: m.Get("type").Text()}
	if u.own != nil {
		source, err := u.sourceOf(ctx, out.ARN)
		if err != nil {
			return nil, err
		}
		if source != "" {
			var file *Document
			if file, out.Why = u.sourceDocument(source, out.Name); file != nil {
				file.ARN, file.Type = out.ARN, out.Type
				return file, nil
			}
		}
	}
	definition := m.Get("definition").Text()
	out.Text, out.Format, out.Hash, out.Savable = definition, formatJSON, hashOf([]byte(definition)), u.own != nil && out.Why == ""
	if u.own == nil {
		out.Why = "another server is shown here, read only"
	}
	out.Language = language(parsed(definition))
	return out, nil
}

// sourceDocument is the definition of a state machine in the file that it was registered
// from; nil, and why, if it cannot be edited there.
func (u *UI) sourceDocument(source, name string) (found *Document, why string) {
	folder := u.own.Facts().Folder
	if folder == "" {
		return nil, "no folder is served, so that " + source + " cannot be written"
	}
	path, err := filepath.Abs(source)
	if err != nil {
		return nil, err.Error()
	}
	text, err := sourcefile.Inside(folder, path)
	if err != nil {
		return nil, fmt.Sprintf("%s cannot be read: %v", source, plain(err))
	}
	read := template.Read(path, text, u.optionsIn(path))
	one := read.Machines[0]
	if read.Kind != template.Definition {
		i := slices.IndexFunc(read.Machines, func(m *template.Machine) bool { return m.LocalName == name })
		if i < 0 {
			return nil, fmt.Sprintf("%s has %s no more", source, name)
		}
		one = read.Machines[i]
	}
	pointer, ok := one.At()
	if !ok || formatOf(one.File) == "" {
		return nil, fmt.Sprintf("the definition in %s is put together from parts", filepath.Base(one.File))
	}
	if one.File != path {
		if text, err = sourcefile.Inside(folder, one.File); err != nil {
			return nil, fmt.Sprintf("%s cannot be read: %v", one.File, plain(err))
		}
	}
	out, err := u.newDocument(folder, one.File, text, pointer)
	if err != nil {
		return nil, err.Error()
	}
	out.Name = name
	return out, ""
}

// optionsIn are those of reading the template at a path.
func (u *UI) optionsIn(path string) template.Options {
	o := u.templateOptions()
	o.Folder = filepath.Dir(path)
	return o
}

// fileDocument is a file by its path in the served folder. Of a template with several state
// machines it is the first.
func (u *UI) fileDocument(name string) (*Document, error) {
	folder, err := u.folder()
	if err != nil {
		return nil, err
	}
	text, err := readFile(folder, name)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(folder, filepath.FromSlash(name))
	read := template.Read(path, text, u.optionsIn(path))
	for _, m := range read.Machines {
		pointer, ok := m.At()
		if !ok || m.File != path {
			continue
		}
		out, err := u.newDocument(folder, path, text, pointer)
		if err == nil {
			out.Name, out.Type = cmp.Or(m.LocalName, machineName(path)), "STANDARD"
			if m.Express {
				out.Type = "EXPRESS"
			}
		}
		return out, err
	}
	return nil, refuse("%s has no definition that can be edited", name)
}

// newDocument is the definition at a pointer of a file of the folder.
func (u *UI) newDocument(folder, path string, text []byte, pointer string) (*Document, error) {
	if len(text) > maxText {
		return nil, refuse("%s has %d bytes; the editor takes %d at most", filepath.Base(path), len(text), maxText)
	}
	base, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	name, err := filepath.Rel(base, path)
	if err != nil {
		return nil, err
	}
	m, _ := template.ReadAt(path, text, pointer, u.optionsIn(path))
	return &Document{
		Text: string(text), Format: formatOf(path), Pointer: pointer, Path: filepath.ToSlash(name), Hash: hashOf(text), Savable: true, Language: language(m.Definition),
	}, nil
}

// folder is the folder that is served.
func (u *UI) folder() (string, error) {
	folder := u.own.Facts().Folder
	if folder == "" {
		return "", Refused(http.StatusConflict, "no folder is served: aslocal serve FOLDER serves one")
	}
	return folder, nil
}

// readFile reads a file of the folder that may be edited, by its path with slashes.
func readFile(folder, name string) ([]byte, error) {
	if err := editable(name); err != nil {
		return nil, err
	}
	text, err := sourcefile.Inside(folder, filepath.FromSlash(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, Refused(http.StatusNotFound, fmt.Sprintf("there is no file %s", name))
	case errors.Is(err, sourcefile.ErrOutside):
		return nil, Refused(http.StatusForbidden, name+" lies outside of the served folder")
	case err != nil:
		return nil, Refused(http.StatusConflict, fmt.Sprintf("%s cannot be read: %v", name, plain(err)))
	}
	if !isDefinition(name) && !definesMachine(name, text) {
		return nil, Refused(http.StatusForbidden, name+" defines no state machine")
	}
	return text, nil
}

// editable refuses names that the editor leaves alone: those that leave the folder, hidden
// files and folders, and what is neither JSON nor YAML.
func editable(name string) error {
	if !filepath.IsLocal(filepath.FromSlash(name)) || strings.ContainsRune(name, '\\') || strings.ContainsRune(name, 0) {
		return Refused(http.StatusForbidden, fmt.Sprintf("path: expected a path in the served folder, got %q", name))
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") {
			return Refused(http.StatusForbidden, "hidden files and folders are not edited")
		}
	}
	if formatOf(name) == "" {
		return refuse("path: expected a name that ends in .json, .yaml or .yml, got %q", name)
	}
	return nil
}

// definesMachine reports whether a text defines a state machine.
func definesMachine(name string, text []byte) bool {
	found := template.Read(name, text, template.Options{}).Machines
	return slices.ContainsFunc(found, func(m *template.Machine) bool { return len(m.Definition.States) > 0 || m.LocalName != "" })
}

// definitionEndings are those of the names of files that are definitions.
var definitionEndings = []string{".asl.json", ".asl.yaml", ".asl.yml"}

func isDefinition(name string) bool { return machineName(name) != "" }

// machineName is the name of the state machine that a file defines, by the file's name; ""
// for one that is no definition by its name.
func machineName(path string) string {
	base := filepath.Base(path)
	for _, ending := range definitionEndings {
		if name, ok := strings.CutSuffix(base, ending); ok {
			return name
		}
	}
	return ""
}

// formatOf is the format of a file by its name, "" for one that is not edited.
func formatOf(name string) string {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".json":
		return formatJSON
	case ".yaml", ".yml":
		return formatYAML
	}
	return ""
}

// hashOf tells two contents of a file apart.
func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// language is the query language of a definition.
func language(d *asl.Definition) string {
	return cmp.Or(string(d.QueryLanguage), string(asl.JSONPath))
}

// plain is an error of a file without its path, which may be long.
func plain(err error) error {
	if bad, ok := errors.AsType[*fs.PathError](err); ok {
		return bad.Err
	}
	return err
}
