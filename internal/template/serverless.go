package template

import (
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file reads a serverless.yml: its functions, the state machines of the plugin for
// Step Functions (stepFunctions.stateMachines), and what is among its resources.

// A part is a value of a document with its place.
type part struct {
	*document
	value value.Value
	place *path
}

func (p part) member(name string) part {
	return part{p.document, p.value.Get(name), p.place.member(name)}
}

// serverless reads a serverless.yml.
func (r *reader) serverless(d *document) {
	variables := &variables{root: d.root, given: r.o.Substitutions, home: r.o.home()}
	root := part{d, d.root, new(path)}
	resources := r.resourceParts(root.member("resources"))
	c := r.stack(d, value.Value{})
	if len(resources) > 0 {
		c = r.stack(d, resources[0].value)
	}
	service := &service{part: root, variables: variables, stack: c}
	functions := r.serviceFunctions(service)
	machines := r.included(r.included(root.member("stepFunctions")).member("stateMachines"))
	for id, v := range machines.value.Members() {
		local := localResource{"AWS::StepFunctions::StateMachine", service.machineName(id, v)}
		service.add(local, id, capitalized(id)+"StepFunctionsStateMachine")
	}
	for _, f := range functions {
		r.serviceFunction(service, f)
	}
	for id := range machines.value.Members() {
		if len(id) <= maxLogicalID {
			r.machines = append(r.machines, r.serviceMachine(service, id, r.included(machines.member(id))))
		}
	}
	for _, one := range resources {
		r.resourcesOf(one.document, one.value, one.place, c.local)
	}
}

// serviceMachine reads a state machine of the plugin.
func (r *reader) serviceMachine(s *service, id string, one part) *Machine {
	c := *s.stack
	c.missing = new(missingNames)
	e := r.given()
	e.missing = c.missing
	e.serverless = s.variables.find
	definition := r.included(one.member("definition"))
	var m *Machine
	switch v := definition.value; {
	case v.Kind() == value.Object:
		c.document = definition.document
		m = r.object(id, definition.document, v, definition.place, &renderer{e, &c})
	case v.Kind() == value.String && !strings.HasPrefix(v.Text(), "${"):
		m = fromText(id, definition.document, definition.place, e.fillJSON(definition.literal(definition.place, v.Text())))
		m.at = definition.place
	default:
		m = r.noDefinition(id, one, definition)
	}
	m.LocalName, m.Missing = c.local[id].name, c.missing.names
	m.Express = s.text(one.value.Get("type")) == "EXPRESS"
	m.Tracing = s.text(one.value.Get("tracingConfig").Get("enabled")) == "true"
	if role := s.text(one.value.Get("role")); isRole(role) {
		m.RoleARN = role
	}
	if v := one.value.Get("loggingConfig"); v.Exists() {
		m.Logging = loggingConfiguration(s.text(v.Get("level")), s.text(v.Get("includeExecutionData")), s.text(v.Get("destinations").Index(0)))
	}
	return m
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
	file, text, err := r.folder.file(name)
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
