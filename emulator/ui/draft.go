package ui

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/edit"
	"github.com/aslocal/aslocal/graph"
	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/internal/template"
	"github.com/aslocal/aslocal/value"
)

// This file reads what somebody edits: the text is all there is, and what the editor shows
// is made of it anew after each change.

// The formats of a text.
const (
	formatJSON = "JSON"
	formatYAML = "YAML"
)

// maxText is how long a text may be that is edited, in bytes.
const maxText = edit.MaxText

// maxDiagnostics is how many are shown of one text.
const maxDiagnostics = 500

// draft reads a text.
func (u *UI) draft(_ context.Context, in *Text) (*Draft, error) {
	t, err := u.read(in)
	if err != nil {
		return nil, err
	}
	return t.draft(), nil
}

// A readText is a text with what it defines.
type readText struct {
	Text
	machine    *template.Machine
	value      value.Value // the definition as it stands there, with placeholders; none if it cannot be read
	utf16      units
	definition *asl.Definition
}

// read reads a text; a template may refer to no other file.
func (u *UI) read(in *Text) (*readText, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	t := &readText{Text: *in, utf16: unitsOf(in.Text)}
	m, written := template.ReadAt(in.fileName(), []byte(in.Text), in.Pointer, u.templateOptions())
	t.machine, t.definition, t.value = m, m.Definition, written
	return t, nil
}

// check refuses what is no text that can be edited.
func (t *Text) check() error {
	switch {
	case t.Format != formatJSON && t.Format != formatYAML:
		return refuse("format: expected JSON or YAML, got %q", t.Format)
	case len(t.Text) > maxText:
		return refuse("text: expected %d bytes at most, got %d", maxText, len(t.Text))
	case t.Pointer != "" && t.Pointer[0] != '/':
		return refuse("pointer: expected a JSON pointer, got %q", t.Pointer)
	}
	return nil
}

// fileName is a name of the file of a text, by which its format is known.
func (t *Text) fileName() string {
	if t.Format == formatYAML {
		return "definition.yaml"
	}
	return "definition.json"
}

// templateOptions are those of reading templates, without other files.
func (u *UI) templateOptions() template.Options {
	if u.own == nil {
		return template.Options{}
	}
	f := u.own.Facts()
	return template.Options{Region: f.Region, Account: f.Account}
}

// draft is what an editor shows of the text.
func (t *readText) draft() *Draft {
	d := &Draft{Diagnostics: []Diagnostic{}, States: t.places(), Definition: text(t.value), OK: t.definition.Root.Exists()}
	for _, one := range t.machine.Validate(asl.Options{Express: t.Express}) {
		if len(d.Diagnostics) < maxDiagnostics {
			d.Diagnostics = append(d.Diagnostics, t.diagnostic(one, d.States))
		}
	}
	if d.OK {
		d.Graph, _ = json.Marshal(graph.Layout(t.definition, graph.Options{})) // without it, the editor keeps the drawing that it has
	}
	return d
}

// places are those of the states in the text.
func (t *readText) places() map[string]Place {
	places := make(map[string]Place)
	t.definition.AllStates(func(_ *asl.Workflow, s *asl.State) {
		key, content, ok := t.definition.Place(s.Pointer)
		if !ok {
			return
		}
		key, content = t.machine.Place(key), t.machine.Place(content)
		if !content.Known() {
			return
		}
		if !key.Known() || key.Start.Offset > content.Start.Offset {
			key = content
		}
		places[s.Pointer] = Place{Start: t.utf16.of(key.Start.Offset), End: t.utf16.of(content.End.Offset)}
	})
	return places
}

// diagnostic is a problem as the editor shows it, with the innermost state that it is in.
func (t *readText) diagnostic(d asl.Diagnostic, states map[string]Place) Diagnostic {
	out := Diagnostic{
		Line: d.Range.Start.Line, Column: d.Range.Start.Column, Severity: string(d.Severity), Code: d.Code, Message: d.Message, Hint: d.Hint, Pointer: pointerOf(t.definition.Root, d.Pointer),
	}
	if !d.Range.Known() {
		return out
	}
	out.Offset = t.utf16.of(d.Range.Start.Offset)
	out.Length = t.utf16.of(d.Range.End.Offset) - out.Offset
	least := -1
	for pointer, p := range states {
		if size := p.End - p.Start; p.Start <= out.Offset && out.Offset < p.End && (least < 0 || size < least) {
			out.State, least = pointer, size
		}
	}
	return out
}

// pointerOf returns the JSON pointer of a place that is written as the service does,
// "/States/A/Choices[0]/Next", in which names are not escaped. What it is not found by is
// returned as it is.
func pointerOf(v value.Value, location string) string {
	var pointer strings.Builder
	for rest := location; rest != ""; {
		switch v.Kind() {
		case value.Array:
			inside, _, closed := strings.Cut(strings.TrimPrefix(rest, "["), "]")
			i, err := strconv.Atoi(inside)
			if !closed || err != nil || i >= v.Len() {
				return location
			}
			pointer.WriteString("/" + inside)
			v, rest = v.Index(i), rest[len("[")+len(inside)+len("]"):]
		case value.Object:
			found := ""
			for name := range v.Members() {
				behind, ok := strings.CutPrefix(rest, "/"+name)
				if ok && (behind == "" || behind[0] == '/' || behind[0] == '[') && len(name) >= len(found) {
					found = name
				}
			}
			if found == "" { // a member that is missing
				return pointer.String() + rest
			}
			pointer.WriteString("/" + position.Escape(found))
			v, rest = v.Get(found), rest[len("/"+found):]
		default:
			return location
		}
	}
	return pointer.String()
}

// units counts the offsets of a text in the units of JavaScript's strings: a character beyond
// the 16 bits of a unit has two.
type units struct {
	text  string
	marks []mark // behind each character of more than one byte; none if all have one
}

// A mark is an offset in both counts.
type mark struct{ bytes, units int }

func unitsOf(text string) units {
	u := units{text: text}
	n := 0
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			i, n = i+1, n+1
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		if n++; r > 0xffff {
			n++
		}
		u.marks = append(u.marks, mark{i, n})
	}
	return u
}

// of returns an offset in bytes in units.
func (u units) of(bytes int) int {
	i, found := slices.BinarySearchFunc(u.marks, bytes, func(m mark, bytes int) int { return cmp.Compare(m.bytes, bytes) })
	switch {
	case found:
		return u.marks[i].units
	case i == 0:
		return bytes
	}
	last := u.marks[i-1]
	return last.units + bytes - last.bytes
}

// bytes returns an offset in units in bytes; the end of the text for one behind it.
func (u units) bytes(units int) int {
	i, found := slices.BinarySearchFunc(u.marks, units, func(m mark, units int) int { return cmp.Compare(m.units, units) })
	at := 0
	switch {
	case found:
		at = u.marks[i].bytes
	case i == 0:
		at = units
	default:
		last := u.marks[i-1]
		at = last.bytes + units - last.units
	}
	return max(0, min(at, len(u.text)))
}
