package template

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// This file finds out which kind of document a file is, and reads the state
// machines in it.

// Options of Read. With the zero Options no other file is read.
type Options struct {
	// Folder is the folder of the file: files that a template refers to are read
	// if they are in it or below it, or elsewhere in the same Git repository. If it
	// is "", none are.
	Folder string
	// Named are files that the user has named: they may be read wherever they
	// are.
	Named []string
	// Substitutions are the values of ${Name}; they win over the template's own. In a
	// template they also are the values of parameters, exports and resources:
	// "Name" for a Ref, "Name.Attribute" for a GetAtt.
	Substitutions map[string]string
	// Region and Account are those of ARNs; us-east-1 and 123456789012 if "".
	Region, Account string
	// Endpoint returns the URL of a service such as "sqs", for the URLs of queues; ""
	// for those of AWS. It may be nil.
	Endpoint func(service string) string
}

// A File is the result of reading a file.
type File struct {
	Kind       Kind
	Machines   []*Machine // in the order of the file; at least one
	Functions  []*Function
	Activities []string // names
	// Files are the other files that were read or looked for: a change of one may
	// change the result.
	Files []string
}

// A Kind tells what a file is.
type Kind string

// The kinds of files.
const (
	Definition     Kind = "definition"
	SAM            Kind = "SAM template"
	CloudFormation Kind = "CloudFormation template"
	Serverless     Kind = "serverless.yml"
	Terraform      Kind = "Terraform file"
	Program        Kind = "source of a program" // which may make a template
)

// Read reads the content of a file, YAML or JSON by its name. It never fails:
// what cannot be read is a definition with something wrong with it, and a
// template without state machines has one that says so.
func Read(name string, content []byte, o Options) *File {
	text := string(content)
	r := &reader{o: o, folder: folder{path: o.Folder, named: o.Named, read: new([]string)}}
	if kind, ok := r.byName(name, text); ok {
		return r.result(kind, &document{name: name, text: text, table: position.JSON(text)})
	}
	if !strings.Contains(text, "${") && strings.Contains(text, "StartAt") && !mayBeTemplate(text) {
		return &File{Kind: Definition, Machines: []*Machine{r.verbatim(name, text)}} // the usual case
	}
	d, err := readDocument(name, text)
	if err != nil {
		return &File{Kind: Definition, Machines: []*Machine{r.definition("", name, text)}}
	}
	kind := kindOf(d.root)
	switch kind {
	case Definition:
		return &File{Kind: kind, Machines: []*Machine{r.definition("", name, text)}}
	case Serverless:
		r.serverless(d)
	default:
		r.resourcesOf(d, d.root, new(path), nil)
	}
	return r.result(kind, d)
}

// byName reads a file whose name tells what it is.
func (r *reader) byName(name, text string) (kind Kind, ok bool) {
	if isTerraform(name) {
		r.terraform(name, text)
		return Terraform, true
	}
	if message := programSource(name); message != "" {
		d := &document{name: name, text: text, table: position.JSON(text)}
		source := unreadable("", d, new(path), asl.SeverityError, UnreadableDefinition, "%s", message)
		source.unread[0].Range = position.Range{}
		r.machines = append(r.machines, source)
		return Program, true
	}
	return "", false
}

// result returns what has been read of a document.
func (r *reader) result(kind Kind, d *document) *File {
	if len(r.machines) == 0 {
		none := unreadable("", d, new(path), asl.SeverityError, NoStateMachine, "No state machine found in this %s", kind)
		none.unread[0].Range = position.Range{}
		r.machines = append(r.machines, none)
	}
	files := *r.folder.read
	slices.Sort(files)
	return &File{Kind: kind, Machines: r.machines, Functions: r.functions, Activities: r.activities, Files: slices.Compact(files)}
}

// mayBeTemplate reports whether a text has a word that only templates have.
func mayBeTemplate(text string) bool {
	return strings.Contains(text, "Resources") || strings.Contains(text, "stepFunctions")
}

// kindOf tells a template by its members.
func kindOf(root value.Value) Kind {
	switch {
	case root.Get("StartAt").Exists() || root.Get("States").Exists():
		return Definition
	case root.Get("Resources").Kind() == value.Object:
		if strings.Contains(root.Get("Transform").String(), "AWS::Serverless") {
			return SAM
		}
		for _, v := range root.Get("Resources").Members() {
			if strings.HasPrefix(v.Get("Type").Text(), "AWS::Serverless::") {
				return SAM
			}
		}
		return CloudFormation
	case root.Get("stepFunctions").Exists(), root.Get("service").Exists() && root.Get("provider").Exists():
		return Serverless
	case root.Get("AWSTemplateFormatVersion").Exists():
		return CloudFormation
	}
	return Definition
}

// A reader collects what a file defines.
type reader struct {
	o          Options
	folder     folder
	machines   []*Machine
	functions  []*Function
	activities []string
}

// given returns the substitutions that the user has given.
func (r *reader) given() *substitutions {
	e := &substitutions{
		home: r.o.home(), missing: new(missingNames), names: make(map[string]substitution, len(r.o.Substitutions)), madeFor: make(map[string][]string),
	}
	for name, text := range r.o.Substitutions {
		e.names[name] = substitution{text, true}
	}
	return e
}

// verbatim reads a definition as it stands.
func (r *reader) verbatim(name, text string) *Machine {
	m := &Machine{File: name, Source: text, at: new(path)}
	m.Definition, m.unread = asl.ParseFile(name, []byte(text))
	return m
}

// definition reads a definition of its own file, with the substitutions that
// the user has given.
func (r *reader) definition(machine, name, text string) *Machine {
	e := r.given()
	m := r.file(machine, name, text, e)
	m.Missing = e.missing.names
	return m
}

// file reads a definition of its own file.
func (r *reader) file(machine, name, source string, e *substitutions) *Machine {
	if !strings.Contains(source, "${") && e.serverless == nil {
		m := r.verbatim(name, source)
		m.Name = machine
		return m
	}
	if !isYAML(name) {
		d := &document{name: name, text: source, table: position.JSON(source)}
		t := new(text)
		t.add(source, piece{to: len(source), verbatim: true})
		m := fromText(machine, d, new(path), e.fillJSON(t))
		m.at = new(path)
		return m
	}
	d, err := readDocument(name, source)
	if err != nil {
		m := r.verbatim(name, source)
		m.Name = machine
		return m
	}
	return r.object(machine, d, d.root, new(path), &renderer{e, nil})
}

// object reads a definition that stands in a document as an object.
func (r *reader) object(name string, d *document, v value.Value, p *path, with *renderer) *Machine {
	t := new(text)
	with.value(t, v, p, "", 0)
	m := fromText(name, d, p, t)
	m.at = p
	m.unread = append(m.unread, duplicatesIn(d, p)...)
	return m
}

// maxLogicalID is how long the names of resources may be; they are part of
// every place within.
const maxLogicalID = 255

// resourcesOf reads the state machines, functions and activities among the resources of a
// template, which stands at p. Beside them it may refer to local ones.
func (r *reader) resourcesOf(d *document, template value.Value, p *path, local map[string]localResource) {
	c := r.stack(d, template)
	c.local = local
	r.resourcesIn(c, c.resources, c.resources, p.member("Resources"), 0)
}

// stack returns a template, which a document has or is a part of.
func (r *reader) stack(d *document, template value.Value) *stack {
	return &stack{
		document: d, parameters: template.Get("Parameters"), resources: template.Get("Resources"), mappings: template.Get("Mappings"), globals: template.Get("Globals"),
		home: r.o.home(), given: r.o.Substitutions, names: make(map[string]string), arns: make(map[string]string),
		conditions: &conditions{template.Get("Conditions"), make(map[string]bool)},
		missing:    new(missingNames), made: new(int), loops: new(loops),
	}
}

// resourcesIn reads the state machines, functions and activities among some resources.
// written are the same resources with the names that stand in the document.
func (r *reader) resourcesIn(c *stack, resources, written value.Value, p *path, depth int) {
	for i := range resources.Len() {
		id, v := resources.Member(i)
		name, was := id, v
		if written.Len() == resources.Len() {
			name, was = written.Member(i)
		}
		at := p.member(name)
		switch kind := v.Get("Type").Text(); {
		case isLoop(id, v) && depth < maxLoops:
			inside := *c
			turns, known := c.loops.turns(v)
			if !known {
				inside.identifiers = append(slices.Clip(c.identifiers), v.Index(0).Text())
			}
			for _, turn := range turns {
				r.resourcesIn(&inside, turn, was.Index(2), at.item(2), depth+1)
			}
		case len(id) > maxLogicalID:
		case kind == "AWS::Serverless::StateMachine", kind == "AWS::StepFunctions::StateMachine":
			r.machines = append(r.machines, r.machine(c, id, v, at.member("Properties")))
		case kind == "AWS::Serverless::Function", kind == "AWS::Lambda::Function":
			r.function(c, id, v, at)
		case kind == "AWS::StepFunctions::Activity":
			r.activities = append(r.activities, c.nameOf(id))
		}
	}
}

// machine reads a state machine from its resource, whose properties stand at p.
func (r *reader) machine(shared *stack, id string, resource value.Value, at *path) *Machine {
	c := *shared
	c.missing = new(missingNames)
	m := r.resource(&c, id, resource.Get("Properties"), at)
	p := properties{stack: &c, own: resource.Get("Properties")}
	if resource.Get("Type").Text() == "AWS::Serverless::StateMachine" {
		p.global = c.globals.Get("StateMachine")
	}
	m.LocalName, m.Missing = c.nameOf(id), c.missing.names
	m.Express = p.text("Type") == "EXPRESS" || p.text("StateMachineType") == "EXPRESS"
	for _, name := range []string{"RoleArn", "Role"} {
		if arn := p.text(name); isRole(arn) {
			m.RoleARN = arn
		}
	}
	for _, name := range []string{"TracingConfiguration", "Tracing"} {
		m.Tracing = m.Tracing || p.plain(p.get(name).Get("Enabled")) == "true"
	}
	for _, name := range []string{"LoggingConfiguration", "Logging"} {
		if v := p.get(name); v.Exists() {
			m.Logging = p.logging(v)
		}
	}
	if name := resource.Get("Condition").Text(); name != "" && !c.holds(name) {
		m.Condition = name
	}
	return m
}

// isRole reports whether an ARN is one of a role.
func isRole(arn string) bool { return strings.HasPrefix(arn, "arn:") && strings.Contains(arn, ":iam:") }

// logging returns a logging configuration as CreateStateMachine takes it. It does not
// exist if the template does not tell the log group.
func (c *stack) logging(v value.Value) value.Value {
	group := c.plain(v.Get("Destinations").Index(0).Get("CloudWatchLogsLogGroup").Get("LogGroupArn"))
	return loggingConfiguration(c.plain(v.Get("Level")), c.plain(v.Get("IncludeExecutionData")), group)
}

// loggingConfiguration is the loggingConfiguration of the API, if it takes the group.
func loggingConfiguration(level, data, group string) value.Value {
	if !strings.Contains(group, ":logs:") || !strings.Contains(group, ":log-group:") {
		return value.Value{}
	}
	if !slices.Contains([]string{"ALL", "ERROR", "FATAL", "OFF"}, level) {
		level = "OFF"
	}
	group = strings.TrimSuffix(group, ":*") + ":*"
	return value.OfMembers("level", value.OfString(level), "includeExecutionData", value.OfBool(data == "true"),
		"destinations", value.OfItems(value.OfMembers("cloudWatchLogsLogGroup", value.OfMembers("logGroupArn", value.OfString(group)))))
}

// resource reads the definition of one state machine from its properties.
func (r *reader) resource(c *stack, id string, properties value.Value, p *path) *Machine {
	e := r.given()
	e.asTheyStand, e.missing = true, c.missing
	for _, name := range c.identifiers {
		e.names[name] = substitution{text: plainName(name)}
	}
	for name, v := range properties.Get("DefinitionSubstitutions").Members() {
		if _, given := e.names[name]; !given {
			own := *c
			own.missing = new(missingNames)
			t := own.text(v, p.member("DefinitionSubstitutions").member(name), 0)
			e.names[name] = substitution{string(t.bytes), !t.madeUp(0, len(t.bytes))}
			e.madeFor[name] = own.missing.names
		}
	}
	for _, name := range []string{"Definition", "DefinitionString", "DefinitionUri", "DefinitionS3Location"} {
		v, at := properties.Get(name), p.member(name)
		switch {
		case !v.Exists() || c.omitted(v):
			continue
		case v.Get("Fn::Transform").Get("Name").Text() == "AWS::Include":
			const location = "Location"
			inner := v.Get("Fn::Transform").Get("Parameters").Get(location)
			return r.elsewhere(c, id, inner, at.member("Fn::Transform").member("Parameters").member(location), e)
		case v.Get("Fn::ToJsonString").Exists(), name == "Definition" && v.Kind() == value.Object:
			m := r.object(id, c.document, v, at, &renderer{e, c})
			m.unread = append(m.unread, e.unfilledIn(c.document, v, at)...)
			m.unread = append(m.unread, wordsIn(c.document, v, at)...)
			return m
		case name == "Definition" || name == "DefinitionString":
			exact := *c
			exact.exact = true
			m := fromText(id, c.document, at, e.fillJSON(exact.text(v, at, 0)))
			if v.Kind() == value.String {
				m.at = at
			}
			if where := nearest(c.table, at.pointer()).Value; v.Kind() == value.String && where.Known() {
				m.unread = append(m.unread, e.unfilled(c.name, c.document.text, where.Start.Offset, where.End.Offset)...)
			}
			return m
		}
		return r.elsewhere(c, id, v, at, e)
	}
	return unreadable(id, c.document, p, asl.SeverityError, UnreadableDefinition, "The state machine has no definition")
}

// assetPrefix begins the names of the files in cdk.out that the CDK uploads: behind it
// stands their key in S3.
const assetPrefix = "asset."

// isAsset reports whether a key in S3 belongs to a file beside the template.
func (r *reader) isAsset(key string) bool {
	if key == "" || r.folder.path == "" || strings.ContainsAny(key, `/\`) {
		return false
	}
	info, err := os.Stat(filepath.Join(r.folder.path, assetPrefix+key))
	return err == nil && info.Mode().IsRegular()
}

// elsewhere reads a definition from the file that a property names. CloudFormation
// takes such a file for YAML, in which the last member may have a comma (F-155).
func (r *reader) elsewhere(c *stack, id string, v value.Value, p *path, e *substitutions) *Machine {
	name := v.Text()
	if key := v.Get("Key").Text(); r.isAsset(key) {
		name = assetPrefix + key
	}
	if name == "" || strings.HasPrefix(name, "s3://") {
		return unreadable(id, c.document, p, asl.SeverityWarning, RemoteDefinition, "The definition is in S3, not in a local file, and has not been checked")
	}
	file, source, err := r.folder.file(name)
	switch {
	case errors.Is(err, errOutside):
		return unreadable(id, c.document, p, asl.SeverityWarning, RemoteDefinition, "The definition in %s has not been checked: %v", file, err)
	case err != nil:
		return unreadable(id, c.document, p, asl.SeverityError, UnreadableDefinition, "The definition cannot be read: %v", err)
	}
	if !isYAML(file) {
		source = fromYAML(source)
	}
	m := r.file(id, file, source, e)
	m.unread = append(m.unread, e.unfilled(file, source, 0, len(source))...)
	return m
}
