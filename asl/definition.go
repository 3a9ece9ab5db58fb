package asl

import (
	"path"
	"strings"

	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// A Definition is a state machine as it was written. Where it does not have the
// form that the language requires, the typed fields are empty and Fields has the
// original; Validate reports the mistake. A Definition does not change after Parse:
// many goroutines may use it.
type Definition struct {
	Workflow
	Version        string
	TimeoutSeconds value.Value // no value if not written

	Root value.Value // the whole definition
	Text string      // the source: JSON, or YAML
	File string      // the argument of ParseFile, or ""

	positions *position.Table // where in Text each node of Root stands
}

// A Position is a place in a source: Offset in bytes, from 0; Line and Column,
// in characters, from 1. The zero Position is an unknown one.
type Position = position.Position

// A Range is a part of a source, from the Position Start to the Position End,
// which is just behind it. The zero Range is an unknown one; Known tells it.
type Range = position.Range

// Place returns where in Text the node of Root stands that a JSON pointer (RFC
// 6901) names: the Range of its value and, for a member of an object, the Range
// of its key. ok is false if there is no such node, or if its text has no place
// of its own (what an alias of YAML stands for). State.Pointer and
// Workflow.Pointer are such pointers.
func (d *Definition) Place(pointer string) (key, value Range, ok bool) {
	where, ok := d.positions.Lookup(pointer)
	return where.Key, where.Value, ok
}

// Parse reads a definition in JSON. The Diagnostics are empty if it is a JSON
// object; if it is not, the Definition, which is never nil, is empty. Validate checks
// everything else.
func Parse(text string) (*Definition, Diagnostics) {
	d := &Definition{Text: text}
	root, err := value.Parse(text)
	if err != nil {
		d.positions = position.JSON(text)
		return d, Diagnostics{d.badJSON(err)}
	}
	return d, d.read(root, position.JSON(text))
}

// ParseFile reads a definition from the content of a file: YAML if its name ends in
// .yaml or .yml, else JSON. The tags of CloudFormation templates are ignored; their
// values count.
func ParseFile(name string, text []byte) (*Definition, Diagnostics) {
	var d *Definition
	var found Diagnostics
	switch strings.ToLower(path.Ext(name)) {
	case ".yaml", ".yml":
		d, found = parseYAML(string(text))
	default:
		d, found = Parse(string(text))
	}
	d.File = name
	for i := range found {
		found[i].File = name
	}
	return d, found
}

func parseYAML(text string) (*Definition, Diagnostics) {
	d := &Definition{Text: text}
	if found := d.notText(); found != nil {
		return d, found
	}
	root, table, err := position.YAML(text)
	if err != nil {
		return d, Diagnostics{badYAML(text, err)}
	}
	return d, d.read(root, table)
}

// read sets the typed fields.
func (d *Definition) read(root value.Value, table *position.Table) Diagnostics {
	d.Root, d.positions = root, table
	if root.Kind() != value.Object {
		return Diagnostics{notAnObject("got " + root.Kind().String())}
	}
	d.Version = root.Get("Version").Text()
	d.TimeoutSeconds = root.Get("TimeoutSeconds")
	d.Workflow.read(root, &place{}, languageOf(root, JSONPath), 0)
	compiled := new(expressions)
	d.AllStates(func(_ *Workflow, s *State) { s.compiled = compiled })
	return nil
}

// JSON returns the definition as JSON text: the source itself if it is JSON.
func (d *Definition) JSON() string {
	if _, err := value.Parse(d.Text); err == nil {
		return d.Text
	}
	return d.Root.String()
}

// AllStates calls visit for every state of the definition, at any depth, in the
// order they are written; a container comes before what it contains.
func (d *Definition) AllStates(visit func(*Workflow, *State)) { d.Workflow.all(visit) }
