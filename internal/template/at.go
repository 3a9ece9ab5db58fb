package template

import (
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// This file reads one definition of a file by its place, as an editor does, which shows
// the file and not what a deployment makes of it.

// At returns the JSON pointer of the definition in File, where it is an object or the
// text of one; "" if File is the definition. ok is false if it is put together from
// parts, or if File is in a language that has no such pointers.
func (m *Machine) At() (pointer string, ok bool) {
	if m.at == nil {
		return "", false
	}
	return m.at.pointer(), true
}

// ReadAt reads the definition that stands at a JSON pointer in a file; "" if the
// whole file is the definition. written is the definition as it stands in the
// file, with all placeholders; what YAML has as tags is written as functions
// ("Fn::GetAtt"). It does not exist if the file cannot be read or has nothing at
// the pointer; then the problems of the machine say why.
func ReadAt(name string, content []byte, pointer string, o Options) (m *Machine, written value.Value) {
	text := string(content)
	r := &reader{o: o, folder: folder{path: o.Folder, named: o.Named, read: new([]string)}}
	d, err := readDocument(name, text)
	if err != nil || pointer == "" {
		return r.definition("", name, text), d.root
	}
	p := new(path)
	v := d.root
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		part = position.Unescape(part)
		if i, err := strconv.Atoi(part); err == nil && v.Kind() == value.Array {
			v = v.Index(i)
		} else {
			v = v.Get(part)
		}
		p = p.member(part)
	}
	if !v.Exists() {
		return unreadable("", d, p, asl.SeverityError, UnreadableDefinition, "There is no definition at %s", pointer), v
	}
	for _, one := range Read(name, content, o).Machines {
		if at, ok := one.At(); ok && at == pointer && one.File == name {
			return one, objectOf(v)
		}
	}
	if v.Kind() == value.String {
		return unreadable("", d, p, asl.SeverityError, UnreadableDefinition, "There is no definition at %s", pointer), value.Value{}
	}
	return r.object("", d, v, p, &renderer{r.given(), nil}), v
}

// objectOf is a definition that stands as an object or as the text of one, in JSON or YAML;
// none if the text cannot be read.
func objectOf(v value.Value) value.Value {
	if v.Kind() != value.String {
		return v
	}
	if object, err := value.Parse(v.Text()); err == nil {
		return object
	}
	object, _, _ := position.YAML(v.Text())
	return object
}
