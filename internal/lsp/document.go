package lsp

import (
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/aslocal/aslocal/asl/assist"
	"github.com/aslocal/aslocal/asl/edit"
)

// This file holds the documents that are open.

// A document is one that is open. Its text changes only by change.
type document struct {
	uri     string
	file    string // its path; a name that tells the format if it is no file
	folder  string // "" if it is no file
	format  edit.Format
	version int
	text    string
	lines   []int // where each line begins

	machines []assist.Machine            // in the text
	changed  bool                        // since diagnostics were published
	problems []problem                   // that were published
	known    map[string]assist.Knowledge // by the pointer of the definition
}

func newDocument(p *openParams) *document {
	d := &document{uri: p.TextDocument.URI, version: p.TextDocument.Version, format: edit.JSON}
	if u, err := url.Parse(d.uri); err == nil && u.Scheme == "file" {
		d.file = filePath(u)
		d.folder = filepath.Dir(d.file)
	}
	yaml := strings.Contains(p.TextDocument.Language, "yaml")
	switch strings.ToLower(path.Ext(d.uri)) {
	case ".yaml", ".yml":
		yaml = true
	case ".json":
		yaml = false
	}
	if yaml {
		d.format = edit.YAML
	}
	if d.file == "" {
		d.file = "untitled." + string(d.format)
	}
	d.set(p.TextDocument.Text)
	return d
}

// filePath returns the path of a file's URL. On Windows it is /c:/x.
func filePath(u *url.URL) string {
	name := u.Path
	if len(name) > 2 && name[0] == '/' && name[2] == ':' {
		name = name[1:]
	}
	return filepath.FromSlash(name)
}

// set replaces the whole text.
func (d *document) set(text string) {
	d.text, d.changed = text, true
	d.lines = append(d.lines[:0], 0)
	for i := 0; i < len(text); i++ {
		if text[i] == '\n' {
			d.lines = append(d.lines, i+1)
		}
	}
	d.machines = nil
}

// change replaces a part of the text, or with nil all of it.
func (d *document) change(part *span, text string) {
	if part == nil {
		d.set(text)
		return
	}
	start, end := d.offset(part.Start), d.offset(part.End)
	end = max(start, end)
	d.set(d.text[:start] + text + d.text[end:])
}

// offset returns the byte of a position; the end of its line if that is shorter, and of
// the text if that has no such line.
func (d *document) offset(p position) int {
	if int(p.Line) >= len(d.lines) {
		return len(d.text)
	}
	start := d.lines[p.Line]
	end := len(d.text)
	if int(p.Line)+1 < len(d.lines) {
		end = d.lines[p.Line+1] - 1
	}
	units := int(p.Character)
	for i, r := range d.text[start:end] {
		if units <= 0 {
			return start + i
		}
		units -= max(1, utf16.RuneLen(r))
	}
	return end
}

// position returns the position of a byte.
func (d *document) position(offset int) position {
	offset = max(0, min(offset, len(d.text)))
	line, found := slices.BinarySearch(d.lines, offset)
	if !found {
		line--
	}
	units := 0
	for _, r := range d.text[d.lines[line]:offset] {
		units += max(1, utf16.RuneLen(r))
	}
	return position{uint32(line), uint32(units)}
}

func (d *document) span(start, end int) span { return span{d.position(start), d.position(end)} }

// definitions returns the state machines in the text.
func (d *document) definitions() []assist.Machine {
	if d.machines == nil {
		if d.machines = assist.Machines(d.text, d.format); len(d.machines) == 0 && d.named() {
			d.machines = []assist.Machine{{End: len(d.text)}}
		}
	}
	return d.machines
}

// named reports whether the name says that the document is a definition.
func (d *document) named() bool { return strings.Contains(filepath.Base(d.file), ".asl.") }

// at returns the definition that an offset is in; false if it is in none.
func (d *document) at(offset int) (assist.Machine, bool) {
	for _, m := range d.definitions() {
		if m.Pointer == "" || offset >= m.Start && offset <= d.blanksEnd(m.End) {
			return m, true
		}
	}
	return assist.Machine{}, false
}

// edited returns the document as package edit and package assist have it.
func (d *document) edited(m assist.Machine) edit.Document {
	return edit.Document{Text: d.text, Format: d.format, Pointer: m.Pointer}
}

// blanksEnd returns the end of the empty lines behind an offset, where a definition in
// YAML may go on.
func (d *document) blanksEnd(offset int) int {
	for offset < len(d.text) && strings.IndexByte(" \t\r\n", d.text[offset]) >= 0 {
		offset++
	}
	return offset
}
