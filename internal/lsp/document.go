package lsp

import (
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strings"

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
	units   []int // how many UTF-16 code units come before each multiple of stride

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
	d.machines = nil
	d.lines, d.units = append(d.lines[:0], 0), d.units[:0]
	units := 0
	for i := range len(text) {
		if i%stride == 0 {
			d.units = append(d.units, units)
		}
		units += unitsOf(text[i])
		if text[i] == '\n' {
			d.lines = append(d.lines, i+1)
		}
	}
}

// stride parts the text for counting, so that a long line is not counted from its
// beginning each time.
const stride = 1 << 10 // bytes

// unitsOf returns how many UTF-16 code units begin with a byte of UTF-8.
func unitsOf(b byte) int {
	switch {
	case b&0xC0 == 0x80: // inside of a character
		return 0
	case b >= 0xF0: // of a character that is a pair of surrogates
		return 2
	}
	return 1
}

// unitsBefore returns how many UTF-16 code units come before a byte of the text.
func (d *document) unitsBefore(offset int) int {
	if len(d.units) == 0 {
		return 0
	}
	i := min(offset/stride, len(d.units)-1)
	units := d.units[i]
	for j := i * stride; j < offset; j++ {
		units += unitsOf(d.text[j])
	}
	return units
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
	for i := start; i < end; i++ {
		if units <= 0 && unitsOf(d.text[i]) > 0 {
			return i
		}
		units -= unitsOf(d.text[i])
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
	return position{uint32(line), uint32(d.unitsBefore(offset) - d.unitsBefore(d.lines[line]))}
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
