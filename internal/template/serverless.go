package template

import (
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file reads the state machines of a serverless.yml with the plugin for
// Step Functions: stepFunctions.stateMachines, and those among its resources.

// A part is a value of a document with its place.
type part struct {
	*document
	value value.Value
	place *path
}

func (p part) member(name string) part {
	return part{p.document, p.value.Get(name), p.place.member(name)}
}

// serverless reads the machines of a serverless.yml.
func (r *reader) serverless(d *document) {
	e := r.given()
	e.serverless = func(name string) (substitution, bool) { return selfReference(d.root, name, 0) }
	root := part{d, d.root, new(path)}
	resources := r.resourceParts(root.member("resources"))
	c := &stack{document: d, loops: new(loops)}
	if len(resources) > 0 {
		c.resources = resources[0].value.Get("Resources")
	}

	machines := r.included(r.included(root.member("stepFunctions")).member("stateMachines"))
	for id := range machines.value.Members() {
		if len(id) > maxLogicalID {
			continue
		}
		one := r.included(machines.member(id))
		definition := r.included(one.member("definition"))
		var m *Machine
		switch v := definition.value; {
		case v.Kind() == value.Object:
			own := *c
			own.document = definition.document
			m = r.object(id, definition.document, v, definition.place, &renderer{e, &own})
		case v.Kind() == value.String && !strings.HasPrefix(v.Text(), "${"):
			m = fromText(id, definition.document, definition.place, e.fillJSON(definition.literal(definition.place, v.Text())))
		default:
			m = r.noDefinition(id, one, definition)
		}
		m.Express = one.value.Get("type").Text() == "EXPRESS"
		r.machines = append(r.machines, m)
	}
	for _, one := range resources {
		r.resources(one.document, one.value, one.place)
	}
}

// resourceParts returns the parts of the CloudFormation template in a serverless.yml,
// which may be a list of them, in files of their own.
func (r *reader) resourceParts(p part) []part {
	p = r.included(p)
	if p.value.Kind() == value.Object {
		return []part{p}
	}
	var parts []part
	for i, item := range p.value.Items() {
		one := r.included(part{p.document, item, p.place.item(i)})
		if one.value.Kind() == value.Object {
			parts = append(parts, one)
		}
	}
	return parts
}

// noDefinition says why a machine's definition has not been found.
func (r *reader) noDefinition(id string, one, definition part) *Machine {
	if !definition.value.Exists() {
		return unreadable(id, one.document, one.place, asl.SeverityError, UnreadableDefinition, "The state machine has no definition")
	}
	if name, _, ok := fileReference(definition.value); ok {
		if _, err := r.open(name); err != nil {
			return unreadable(id, definition.document, definition.place, asl.SeverityError, UnreadableDefinition,
				"The definition cannot be read: %v", err)
		}
	}
	return unreadable(id, definition.document, definition.place, asl.SeverityWarning, RemoteDefinition,
		"The definition is made when the service is deployed, and has not been checked")
}

// included follows ${file(name)} and ${file(name):key.key} to what they stand
// for; what leads nowhere is returned as it is.
func (r *reader) included(p part) part {
	for range maxIncludes {
		name, keys, ok := fileReference(p.value)
		if !ok {
			break
		}
		d, err := r.open(name)
		if err != nil {
			break
		}
		next := part{d, d.root, new(path)}
		for _, key := range keys {
			next = next.member(key)
		}
		p = next
	}
	return p
}

// maxIncludes is how many files may follow on one another.
const maxIncludes = 10

// open reads a file that a serverless.yml refers to.
func (r *reader) open(name string) (*document, error) {
	file, text, err := r.folder.read(name)
	if err != nil {
		return nil, err
	}
	return readDocument(file, text)
}

// fileReference takes ${file(name):key.key} apart.
func fileReference(v value.Value) (name string, keys []string, ok bool) {
	inner, ok := strings.CutPrefix(strings.TrimSpace(v.Text()), "${file(")
	name, rest, closed := strings.Cut(inner, ")")
	rest, ended := strings.CutSuffix(rest, "}")
	if !ok || !closed || !ended || strings.Contains(name, "$") {
		return "", nil, false
	}
	if rest = strings.TrimPrefix(rest, ":"); rest != "" {
		keys = strings.Split(rest, ".")
	}
	return strings.TrimSpace(name), keys, true
}

// selfReference returns the scalar that self:a.b names, if it is written there.
func selfReference(root value.Value, name string, depth int) (substitution, bool) {
	name, ok := strings.CutPrefix(name, "self:")
	if !ok || depth > maxIncludes {
		return substitution{}, false
	}
	v := root
	for key := range strings.SplitSeq(name, ".") {
		v = v.Get(key)
	}
	switch {
	case v.Kind() == value.Number || v.Kind() == value.Bool:
		return substitution{v.String(), true}, true
	case v.Kind() != value.String:
		return substitution{}, false
	case strings.HasPrefix(v.Text(), "${") && strings.HasSuffix(v.Text(), "}"):
		return selfReference(root, v.Text()[2:len(v.Text())-1], depth+1)
	}
	return substitution{v.Text(), !strings.Contains(v.Text(), "${")}, true
}
