package asl

import (
	"path"
	"strings"

	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// A Definition is a state machine as it was written. Where it does not have the
// form that the language asks for, the typed fields are left empty and Fields
// keep what was there; Validate says what is wrong. A Definition does not
// change after Parse.
type Definition struct {
	Workflow
	Version        string
	TimeoutSeconds value.Value // no value if not written

	Root      value.Value     // the whole of it
	Text      string          // the source: JSON, or YAML
	File      string          // the name that ParseFile was given, or ""
	Positions *position.Table // where in Text each node of Root stands, by JSON pointer
}

// Parse reads a definition in JSON. The Diagnostics tell whether it is a JSON
// object at all; the Definition, never nil, is empty if it is not. Validate
// checks the rest.
func Parse(text string) (*Definition, Diagnostics) {
	d := &Definition{Text: text}
	root, err := value.Parse(text)
	if err != nil {
		d.Positions = position.JSON(text)
		return d, Diagnostics{d.badJSON(err)}
	}
	return d, d.read(root, position.JSON(text))
}

// ParseFile reads a definition from the content of a file: YAML if its name
// ends in .yaml or .yml, else JSON. The tags of CloudFormation templates are
// taken for what they hold.
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

// read takes the definition apart.
func (d *Definition) read(root value.Value, table *position.Table) Diagnostics {
	d.Root, d.Positions = root, table
	if root.Kind() != value.Object {
		return Diagnostics{notAnObject("got " + root.Kind().String())}
	}
	d.Version = root.Get("Version").Text()
	d.TimeoutSeconds = root.Get("TimeoutSeconds")
	d.Workflow.read(root, &place{}, languageOf(root, JSONPath), 0)
	return nil
}

// JSON returns the definition as JSON text: its source if that is JSON, and
// else the source converted.
func (d *Definition) JSON() string {
	if _, err := value.Parse(d.Text); err == nil {
		return d.Text
	}
	return d.Root.String()
}

// AllStates calls visit for every state of the definition, at any depth, in the
// order they are written; a container comes before what it contains.
func (d *Definition) AllStates(visit func(*Workflow, *State)) { d.Workflow.all(visit) }
