package template

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/internal/sourcefile"
	"github.com/aslocal/aslocal/value"
)

// This file reads the state machines, functions and activities of a Terraform file. It
// knows the other files of the folder, whose variables, locals and resources it may
// refer to.

// maxModule is how many bytes the files of a module may have together.
const maxModule = 8 << 20

// isTerraform reports whether a file is one of Terraform by its name.
func isTerraform(name string) bool { return strings.HasSuffix(strings.ToLower(name), ".tf") }

// hclDocument is a Terraform file.
func hclDocument(name, text string) *document {
	return &document{name: name, text: text, table: position.JSON(text)}
}

// terraform reads a Terraform file.
func (r *reader) terraform(name, text string) {
	d := hclDocument(name, text)
	file, err := readHCL(d)
	if err != nil {
		at := d.table.Position(err.offset)
		broken := unreadable("", d, new(path), asl.SeverityError, UnreadableDefinition, "The Terraform file cannot be read: %v", err)
		broken.unread[0].Range = position.Range{Start: at, End: at}
		r.machines = append(r.machines, broken)
		return
	}
	m := &module{
		reader: r, home: r.o.home(), missing: new(missingNames), asked: make(map[string]bool),
		variables: make(map[string]*hclExpression), locals: make(map[string]*hclExpression), blocks: make(map[string]*hclBlock),
	}
	m.add(file)
	m.siblings(name)
	for _, b := range file.blocks {
		if b.label(0) != "resource" || len(b.label(2)) > maxLogicalID {
			continue
		}
		switch b.label(1) {
		case "aws_sfn_state_machine":
			r.machines = append(r.machines, m.machine(b))
		case "aws_lambda_function":
			m.function(b)
		case "aws_sfn_activity":
			r.activities = append(r.activities, m.localName(b, "name", b.label(2)))
		}
	}
}

// siblings reads the other files of the folder. One that cannot be read is as if it were
// not there: it is told where it is read for its own sake.
func (m *module) siblings(name string) {
	left := maxModule
	for _, sibling := range namesIn(m.folder.path) {
		variables := sibling == "terraform.tfvars" || strings.HasSuffix(sibling, ".auto.tfvars")
		if m.folder.path == "" || sibling == filepath.Base(name) || !isTerraform(sibling) && !variables {
			continue
		}
		*m.folder.read = append(*m.folder.read, filepath.Join(m.folder.path, sibling))
		text, err := sourcefile.Inside(m.folder.path, sibling)
		if left -= len(text); err != nil || left < 0 {
			continue
		}
		file, failed := readHCL(hclDocument(filepath.Join(m.folder.path, sibling), string(text)))
		switch {
		case failed != nil:
		case variables:
			for name, e := range file.attributes {
				m.variables[name] = e
			}
		default:
			m.add(file)
		}
	}
}

// add makes the blocks of a file known.
func (m *module) add(file *hclBlock) {
	for _, b := range file.blocks {
		switch b.label(0) {
		case "variable":
			if e := b.attribute("default"); e != nil && m.variables[b.label(1)] == nil {
				m.variables[b.label(1)] = e
			}
		case "locals":
			for name, e := range b.attributes {
				m.locals[name] = e
			}
		case "resource":
			m.blocks[b.label(1)+"."+b.label(2)] = b
		case "data":
			m.blocks["data."+b.label(1)+"."+b.label(2)] = b
		}
	}
}

// line returns where a block begins, as file:line.
func (b *hclBlock) line() string {
	return fmt.Sprintf("%s:%d", b.document.name, b.document.table.Position(b.start).Line)
}

// text returns an attribute of a block as a text, "" if there is none.
func (m *module) text(b *hclBlock, name string) string {
	return m.evaluate(b.attribute(name), 0).string()
}

// machine reads a state machine from its resource.
func (m *module) machine(b *hclBlock) *Machine {
	m.missing = new(missingNames)
	id := b.label(2)
	one := m.definitionOf(id, b, b.attribute("definition"))
	one.LocalName, one.Missing = m.localName(b, "name", id), m.missing.names
	one.Express = m.text(b, "type") == "EXPRESS"
	if role := m.text(b, "role_arn"); isRole(role) {
		one.RoleARN = role
	}
	one.Tracing = m.text(b.block("tracing_configuration"), "enabled") == "true"
	if logging := b.block("logging_configuration"); logging != nil {
		one.Logging = loggingConfiguration(m.text(logging, "level"), m.text(logging, "include_execution_data"), m.text(logging, "log_destination"))
	}
	return one
}

// definitionOf reads a definition from its expression.
func (m *module) definitionOf(id string, b *hclBlock, e *hclExpression) *Machine {
	for range maxIncludes { // local.definition, data.template_file.definition.rendered
		if e == nil || e.kind != hclWord {
			break
		}
		next := m.locals[strings.TrimPrefix(e.name, "local.")]
		if block := m.blocks[strings.TrimSuffix(e.name, ".rendered")]; block.attribute("template") != nil {
			return m.templateFile(id, block, block.attribute("template"), block.attribute("vars"))
		}
		if next == nil || !strings.HasPrefix(e.name, "local.") {
			break
		}
		e = next
	}
	switch {
	case e == nil:
		return m.without(id, b, asl.SeverityError, UnreadableDefinition, "The state machine has no definition")
	case e.kind == hclCall && e.name == "file" && len(e.parts) == 1:
		s := m.given()
		s.asTheyStand = true
		return m.definitionFile(id, b, m.evaluate(e.parts[0], 0).string(), s)
	case e.kind == hclCall && e.name == "templatefile" && len(e.parts) == 2:
		return m.definitionFile(id, b, m.evaluate(e.parts[0], 0).string(), m.substitutionsOf(e.parts[1]))
	}
	m.remote = false
	v := m.evaluate(e, 0)
	if v.kind != value.String || m.remote {
		return m.without(id, b, asl.SeverityWarning, RemoteDefinition, "The definition is made when Terraform runs, and has not been checked")
	}
	s := m.given()
	s.asTheyStand = true
	return fromText(id, e.document, new(path), s.fillJSON(v.text))
}

// templateFile reads a definition from a template_file, the data source that was before
// templatefile().
func (m *module) templateFile(id string, b *hclBlock, template, variables *hclExpression) *Machine {
	if template.kind == hclCall && template.name == "file" && len(template.parts) == 1 {
		return m.definitionFile(id, b, m.evaluate(template.parts[0], 0).string(), m.substitutionsOf(variables))
	}
	v := m.evaluate(template, 0)
	if v.kind != value.String {
		return m.without(id, b, asl.SeverityWarning, RemoteDefinition, "The definition is made when Terraform runs, and has not been checked")
	}
	return fromText(id, b.document, new(path), m.substitutionsOf(variables).fillJSON(v.text))
}

// substitutionsOf are the variables that a template is filled with.
func (m *module) substitutionsOf(e *hclExpression) *substitutions {
	s := m.given()
	s.missing = m.missing
	v := m.evaluate(e, 0)
	for i, name := range v.names {
		if _, given := s.names[name]; given {
			continue
		}
		switch one := v.items[i]; one.kind {
		case value.String:
			s.names[name] = substitution{string(one.text.bytes), !one.text.madeUp(0, len(one.text.bytes))}
		case value.Number, value.Bool:
			s.names[name] = substitution{one.plain, true}
		default:
			s.names[name] = substitution{text: m.home.likely(name)}
			m.missing.add(name)
		}
	}
	return s
}

// definitionFile reads a definition from the file that a block names.
func (m *module) definitionFile(id string, b *hclBlock, name string, s *substitutions) *Machine {
	file, source, err := m.folder.file(name)
	switch {
	case errors.Is(err, errOutside):
		return m.without(id, b, asl.SeverityWarning, RemoteDefinition, "The definition in %s has not been checked: %v", file, err)
	case err != nil:
		return m.without(id, b, asl.SeverityError, UnreadableDefinition, "The definition cannot be read: %v", err)
	}
	return m.file(id, file, source, s)
}

// without is a state machine without a definition.
func (m *module) without(id string, b *hclBlock, severity asl.Severity, code, format string, args ...any) *Machine {
	one := unreadable(id, b.document, new(path), severity, code, format, args...)
	at := b.document.table.Position(b.start)
	one.unread[0].Range = position.Range{Start: at, End: at}
	return one
}

// function reads a function from its resource.
func (m *module) function(b *hclBlock) {
	if len(m.functions) == maxFunctions {
		return
	}
	m.missing = new(missingNames)
	number := func(name string) int {
		n, _ := strconv.Atoi(m.text(b, name)) // what is no number is nothing that a process could heed
		return max(n, 0)
	}
	id := b.label(2)
	f := &Function{
		ID: id, Name: m.localName(b, "function_name", id), Runtime: m.text(b, "runtime"), Handler: m.text(b, "handler"),
		Timeout: time.Duration(number("timeout")) * time.Second, MemoryMB: number("memory_size"),
		Concurrency: number("reserved_concurrent_executions"), Place: b.line(), Environment: make(map[string]string),
	}
	variables := m.evaluate(b.block("environment").attribute("variables"), 0)
	for i, name := range variables.names {
		f.Environment[name] = variables.items[i].string()
	}
	if m.text(b, "package_type") == "Image" || b.attribute("image_uri") != nil {
		f.Broken = f.image()
	} else if f.Folder, f.Broken = found(m.source(b)); f.Broken == "" {
		f.Broken = f.incomplete()
	}
	if b.attribute("layers") != nil {
		f.Notes = append(f.Notes, "its layers are not read")
	}
	f.note(m.missing)
	m.functions = append(m.functions, f)
}

// source returns the folder of a function's code: what its archive is made of.
func (m *module) source(b *hclBlock) (string, error) {
	e := b.attribute("filename")
	if e == nil {
		return "", errors.New("its code is not in a file of this machine: aslocal.yaml can name a folder or a URL (functions)")
	}
	if e.kind == hclWord {
		reference, _, _ := strings.Cut(strings.TrimPrefix(e.name, "data."), ".output_path")
		block := m.blocks["data."+reference]
		if block == nil {
			block = m.blocks[reference]
		}
		folder := m.text(block, "source_dir")
		if file := m.text(block, "source_file"); file != "" {
			folder = filepath.Dir(filepath.FromSlash(file))
		}
		if folder != "" {
			return m.folder.subfolder(folder)
		}
	}
	return "", errors.New(archive(cmp.Or(m.evaluate(e, 0).string(), "that "+e.name+" names")))
}

// programs are the endings of sources of programs that make templates.
var programs = []string{".ts", ".js", ".mjs", ".py", ".java", ".cs", ".go"}

// programSource returns what to say about a file that is the source of a program; "" if
// it is none by its name.
func programSource(name string) string {
	switch base := strings.ToLower(filepath.Base(name)); {
	case base == "serverless.ts" || base == "serverless.js":
		return "This is the source of a program, not a template: serverless print > serverless.yml makes one of it"
	case slices.Contains(programs, filepath.Ext(base)):
		return "This is the source of a program, not a template: for the CDK run cdk synth, which writes cdk.out/STACK.template.json"
	}
	return ""
}
