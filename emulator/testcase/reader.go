package testcase

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/internal/spell"
	"github.com/aslocal/aslocal/value"
)

// This file reads values that must have a certain form, and collects what is wrong with
// them.

// maxMistakes is how many mistakes of a file are told.
const maxMistakes = 100

// A reader collects mistakes.
type reader struct {
	name     string
	table    *position.Table
	mistakes Mistakes
}

// A reading takes the value at a pointer.
type reading func(pointer string, v value.Value)

// wrong notes a mistake at the value of a pointer, or at its key. The same mistake in each
// row of a table is noted once.
func (r *reader) wrong(pointer string, atKey bool, format string, args ...any) {
	m := Mistake{File: r.name, At: nearest(r.table, pointer, atKey), Message: shown(pointer) + ": " + fmt.Sprintf(format, args...)}
	if len(r.mistakes) < maxMistakes && !slices.Contains(r.mistakes, m) {
		r.mistakes = append(r.mistakes, m)
	}
}

// sorted returns the mistakes in the order of the text, as an error; nil if there are none.
func (r *reader) sorted() error {
	if len(r.mistakes) == 0 {
		return nil
	}
	slices.SortStableFunc(r.mistakes, func(a, b Mistake) int {
		return cmp.Or(a.At.Line-b.At.Line, a.At.Column-b.At.Column, strings.Compare(a.Message, b.Message))
	})
	return r.mistakes
}

// nearest is the place of the node that a pointer leads to, or else of the one around it
// that the text has.
func nearest(table *position.Table, pointer string, atKey bool) position.Position {
	for {
		if place, _ := table.Lookup(pointer); place.Shown(atKey).Known() {
			return place.Shown(atKey).Start
		}
		i := strings.LastIndexByte(pointer, '/')
		if i < 0 {
			return position.Position{Line: 1, Column: 1}
		}
		pointer = pointer[:i]
	}
}

// shown is how people write a pointer: cases.0.expect.path.
func shown(pointer string) string {
	if pointer == "" {
		return "the file"
	}
	parts := strings.Split(pointer[1:], "/")
	for i := range parts {
		parts[i] = position.Unescape(parts[i])
	}
	return strings.Join(parts, ".")
}

// remarks are members that say nothing to the reader.
var remarks = []string{"comment", "$schema"}

// members reads an object that may have only these members. One that is null counts as
// absent, but for those in data, whose value may be null.
func (r *reader) members(pointer string, v value.Value, known map[string]reading, data ...string) {
	r.each(pointer, v, "an object", func(name, at string, member value.Value) {
		read := known[name]
		switch {
		case slices.Contains(remarks, name):
		case read == nil:
			names := slices.Sorted(maps.Keys(known))
			hint := "there are " + strings.Join(names, ", ")
			if near := spell.Suggest(name, names); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			r.wrong(at, true, "there is no such member; %s", hint)
		case !member.IsNull() || slices.Contains(data, name):
			read(at, member)
		}
	})
}

// each reads the members of an object whose names are free.
func (r *reader) each(pointer string, v value.Value, what string, read func(name, pointer string, v value.Value)) {
	if v.Kind() != value.Object {
		r.wrong(pointer, true, "expected %s, got %s", what, v.Kind())
		return
	}
	for name, member := range v.Members() {
		read(name, pointer+"/"+position.Escape(name), member)
	}
}

// items reads the items of an array.
func (r *reader) items(pointer string, v value.Value, what string, read reading) {
	if v.Kind() != value.Array {
		r.wrong(pointer, true, "expected %s, got %s", what, v.Kind())
		return
	}
	for i, item := range v.Items() {
		read(fmt.Sprintf("%s/%d", pointer, i), item)
	}
}

// text reads a string, or a number as its text, that is not empty.
func (r *reader) text(to *string, what string) reading {
	return func(pointer string, v value.Value) {
		text := v.Text()
		if v.Kind() == value.Number {
			text = v.NumberText()
		}
		if text == "" {
			r.wrong(pointer, true, "expected %s, got %s", what, brief(v))
		}
		*to = text
	}
}

// count reads a whole number that is not negative.
func (r *reader) count(to **int, what string) reading {
	return func(pointer string, v value.Value) {
		n, ok := v.Int()
		if !ok || n < 0 || n > maxCount {
			r.wrong(pointer, true, "expected %s, got %s", what, brief(v))
			return
		}
		m := int(n)
		*to = &m
	}
}

// maxCount is larger than the number of anything in an execution: a history has 25,000
// events.
const maxCount = 1_000_000

// truth reads true or false.
func (r *reader) truth(to *bool) reading {
	return func(pointer string, v value.Value) {
		if v.Kind() != value.Bool {
			r.wrong(pointer, true, "expected true or false, got %s", brief(v))
		}
		*to = v.Bool()
	}
}

// brief is a value in a message: structured ones by their kind, long ones cut.
func brief(v value.Value) string {
	switch v.Kind() {
	case value.Array, value.Object, value.Absent:
		return v.Kind().String()
	}
	return cut(v.String(), 60)
}

// cut shortens a text to n characters.
func cut(text string, n int) string {
	for i := range text {
		if n--; n < 0 {
			return text[:i] + "…"
		}
	}
	return text
}
