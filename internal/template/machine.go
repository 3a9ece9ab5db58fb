package template

import (
	"fmt"
	"slices"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// A Machine is a state machine that a file defines.
type Machine struct {
	// Name is what the template calls it, its logical id; "" for a bare
	// definition.
	Name string
	// LocalName is what it is called in ARNs: the name that the template gives
	// it, or else the logical id; "" for a bare definition.
	LocalName string
	// Express says that the template makes it an Express state machine.
	Express bool
	// RoleARN is the role that the template gives it, "" if it is not known.
	RoleARN string
	// Logging is the loggingConfiguration of CreateStateMachine; it does not
	// exist if the template has none. Tracing says that X-Ray is on.
	Logging value.Value
	Tracing bool
	// Missing names what only a deployment knows, for which a text was made up that
	// fits: parameters without a default, exports, placeholders. Substitutions
	// give them values.
	Missing []string
	// Condition is the condition of the resource if it does not hold: then the
	// state machine is not deployed.
	Condition string
	// Definition is the definition, filled in. Its Text is JSON, but for a
	// bare definition without placeholders, which is read as it stands. It is
	// empty if there is none; Validate says why.
	Definition *asl.Definition
	// File is where the definition stands, Source what that file holds.
	File, Source string

	unread asl.Diagnostics // why the definition could not be read
	text   *text           // what Definition was read from; nil if that is Source
	table  *position.Table // of Source
	at     *path           // where Source has the definition, as an object or a text; nil if it is put together
}

// The codes of problems with a template.
const (
	UnreadableDefinition = "UNREADABLE_DEFINITION" // no definition, or a file that cannot be read
	RemoteDefinition     = "REMOTE_DEFINITION"     // a warning: the definition is not on this machine
	NoStateMachine       = "NO_STATE_MACHINE"      // the template defines none
	UnknownSubstitution  = "UNKNOWN_SUBSTITUTION"  // a warning: DefinitionSubstitutions has no such name
	UnquotedWord         = "UNQUOTED_WORD"         // a warning: yes, no, on or off, which YAML 1.1 takes for truth values
)

const onlyDeployed = "The definition is JSON only when it is deployed, and has not been checked"

// Validate returns what is wrong with the definition, as asl.Validate does, at
// its places in File. What is said about texts that were made up for what only
// the deployment knows is left out.
func (m *Machine) Validate(o asl.Options) asl.Diagnostics {
	o.Express = o.Express || m.Express
	found := slices.Clone(m.unread)
	if !found.HasErrors() {
		found = append(found, asl.Validate(m.Definition, o)...)
	}
	kept := found[:0]
	for _, d := range found {
		if m.text != nil && d.Range.Known() && d.File == "" {
			start, end := d.Range.Start.Offset, d.Range.End.Offset
			if m.text.madeUp(start, max(end, start+1)) {
				if d.Code != asl.InvalidJSONDescription {
					continue
				}
				d.Severity, d.Code, d.Pointer, d.Message = asl.SeverityWarning, RemoteDefinition, "", onlyDeployed
			}
			d.Range = m.Place(d.Range)
			if d.Code == asl.DuplicateField {
				d.Hint = "" // it names a line of the text
			}
		}
		d.File, d.Machine = m.File, m.Name
		kept = append(kept, d)
	}
	return kept
}

// Line returns where the definition begins, as file:line.
func (m *Machine) Line() string {
	if where := m.Place(position.Range{End: position.Position{Offset: 1}}); m.text != nil && where.Known() {
		return fmt.Sprintf("%s:%d", m.File, where.Start.Line)
	}
	return m.File
}

// Place returns where in Source a part of the definition's Text stands; it is
// unknown if Source does not have it.
func (m *Machine) Place(r position.Range) position.Range {
	if m.text == nil {
		return r
	}
	return m.text.origin(m.table, r.Start.Offset, r.End.Offset)
}

// unreadable is a machine without a definition.
func unreadable(name string, d *document, p *path, severity asl.Severity, code, format string, args ...any) *Machine {
	where := nearest(d.table, p.pointer())
	return &Machine{
		Name: name, File: d.name, Source: d.text, Definition: new(asl.Definition),
		unread: asl.Diagnostics{{
			Severity: severity, Code: code, Message: fmt.Sprintf(format, args...), File: d.name,
			Range: where.Shown(where.Value.Start.Line != where.Value.End.Line),
		}},
	}
}

// fromText makes a machine of a text whose origins are in d.
func fromText(name string, d *document, p *path, t *text) *Machine {
	if t.overflow {
		return unreadable(name, d, p, asl.SeverityError, UnreadableDefinition, "The definition is larger than %d MiB", maxText>>20)
	}
	m := &Machine{Name: name, File: d.name, Source: d.text, text: t, table: d.table}
	m.Definition, m.unread = asl.Parse(string(t.bytes))
	if root := m.Definition.Root; root.Exists() && root.Kind() != value.Object && t.madeUp(0, len(t.bytes)) {
		return unreadable(name, d, p, asl.SeverityWarning, RemoteDefinition, onlyDeployed)
	}
	return m
}
