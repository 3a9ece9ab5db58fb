package cli

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/internal/sourcefile"
	"github.com/aslocal/aslocal/internal/template"
	"github.com/aslocal/aslocal/value"
)

// This file finds what is to be served: the state machines, functions and activities
// that definitions, templates and settings in a folder define.

// A project is what has been found.
type project struct {
	only       string // the file that is served alone; ""
	machines   []projectMachine
	functions  []projectFunction
	activities []string
	templates  []string // paths of those that define something
	problems   []string
	files      []string // that were read or looked for
	folders    []string // that were searched
}

// maxFolders is how many folders are watched for new files.
const maxFolders = 10_000

// watched returns the files and folders whose changes may change the project.
func (p *project) watched() []string { return slices.Concat(p.files, p.folders) }

// A projectMachine is a state machine that a file defines.
type projectMachine struct {
	emulator.Registration
	place   string            // its file; for one of a template, the template
	broken  string            // what is wrong with it; "" if it can be registered
	missing []string          // what only a deployment knows
	source  *template.Machine // nil if its file could not be read
}

// A projectFunction is a function that a template or the settings define.
type projectFunction struct {
	emulator.Function
	inline string   // its code, if the template has it
	notes  []string // what differs from a deployment
	url    string   // of the endpoint that answers in its place
}

// A finder looks for a project in a folder, or reads one file of it.
type finder struct {
	folder     string
	only       string // "": all
	config     file
	substitute map[string]string
	found      *project
	read       map[string]bool // files that a template or the settings have read
}

// findProject returns what the folder, or only one file in it, defines.
func findProject(folder, only string, config file, substitute map[string]string) *project {
	f := &finder{folder: folder, only: only, config: config, substitute: substitute, found: &project{only: only}, read: make(map[string]bool)}
	if only != "" {
		text, err := sourcefile.Named(only)
		f.file(only, text, err)
	} else {
		f.settingsFiles()
		f.templates()
		f.definitions()
		f.unknownSettings()
	}
	f.settingsFunctions()
	if len(f.found.folders) > maxFolders {
		f.found.folders = nil
	}
	return f.found
}

// problem notes something that is wrong.
func (f *finder) problem(format string, args ...any) {
	f.found.problems = append(f.found.problems, fmt.Sprintf(format, args...))
}

// settingsFiles reads the definitions that the settings name.
func (f *finder) settingsFiles() {
	for _, name := range slices.Sorted(maps.Keys(f.config.machines)) {
		file := f.config.machines[name].file
		if file == "" {
			continue
		}
		path := file
		if !filepath.IsAbs(path) {
			path = filepath.Join(f.folder, path)
		}
		text, err := f.inside(file)
		if f.config.named {
			text, err = sourcefile.Named(path)
		} else if errors.Is(err, sourcefile.ErrOutside) {
			err = fmt.Errorf("%w; only a settings file that --config names may refer to it", err)
		}
		f.definition(name, path, text, err)
	}
}

// inside reads a file inside the folder.
func (f *finder) inside(path string) ([]byte, error) { return sourcefile.Inside(f.folder, path) }

// templateNames are the usual names of templates.
var templateNames = []string{"template.yaml", "template.yml", "template.json", "serverless.yml", "serverless.yaml", "serverless.json"}

// cdkOut is the folder that the CDK writes templates to, cdkTemplate the ending of their
// names.
const (
	cdkOut      = "cdk.out"
	cdkTemplate = ".template.json"
)

// templates reads the templates in the folder itself, and those of the CDK.
func (f *finder) templates() {
	f.found.folders = append(f.found.folders, f.folder)
	entries, err := os.ReadDir(f.folder)
	if err != nil {
		f.problem("%v", err)
		return
	}
	has := make(map[string]bool)
	for _, e := range entries {
		has[e.Name()] = true
		if slices.Contains(templateNames, e.Name()) || strings.HasSuffix(e.Name(), ".tf") || strings.HasSuffix(e.Name(), cdkTemplate) {
			f.template(e.Name())
		}
	}
	switch {
	case has[cdkOut]:
		f.cdk(cdkOut, 0)
	case has["cdk.json"]:
		f.problem("%s: run cdk synth, which writes %s; aslocal reads the templates there", filepath.Join(f.folder, "cdk.json"), cdkOut)
	case has["serverless.ts"] || has["serverless.js"]:
		f.problem("%s: a serverless file that is a program is not read; serverless print > serverless.yml makes one of it", f.folder)
	}
}

// maxStages is how many folders of stages of the CDK may be in one another.
const maxStages = 5

// cdk reads the templates of a cloud assembly of the CDK, and those of its stages.
func (f *finder) cdk(folder string, depth int) {
	path := filepath.Join(f.folder, folder)
	f.found.folders = append(f.found.folders, path)
	if err := sourcefile.Contains(f.folder, folder); err != nil {
		f.problem("%s: %v", path, err)
		return
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		f.problem("%v", err)
		return
	}
	for _, e := range entries {
		switch name := filepath.Join(folder, e.Name()); {
		case strings.HasSuffix(e.Name(), cdkTemplate):
			f.template(name)
		case e.IsDir() && strings.HasPrefix(e.Name(), "assembly-") && depth < maxStages:
			f.cdk(name, depth+1)
		}
	}
}

// template reads a template of the folder. One that defines nothing is none of ours.
func (f *finder) template(name string) {
	text, err := f.inside(name)
	path := filepath.Join(f.folder, name)
	if err == nil && filepath.Ext(name) == ".tf" && !bytes.Contains(text, []byte("aws_sfn_")) && !bytes.Contains(text, []byte("aws_lambda_function")) {
		f.found.files = append(f.found.files, path)
		return
	}
	f.file(path, text, err)
}

// file reads a template, or a definition that is served alone.
func (f *finder) file(path string, text []byte, err error) {
	f.found.files = append(f.found.files, path)
	if err != nil {
		f.problem("%v", err)
		return
	}
	read := template.Read(path, text, f.options(path))
	f.found.files = append(f.found.files, read.Files...)
	for _, file := range read.Files {
		f.read[filepath.Clean(file)] = true
	}
	if read.Kind == template.Definition {
		name, ok := machineName(path)
		if !ok {
			name = nameOf(path)
		}
		f.add(name, path, read.Machines[0])
		return
	}
	before := len(f.found.machines) + len(f.found.functions) + len(f.found.problems)
	for _, m := range read.Machines {
		f.templateMachine(path, m)
	}
	for _, fn := range read.Functions {
		f.templateFunction(path, fn)
	}
	f.found.activities = append(f.found.activities, read.Activities...)
	if len(f.found.machines)+len(f.found.functions)+len(f.found.problems) > before {
		f.found.templates = append(f.found.templates, path)
	}
}

// options are those of reading a template.
func (f *finder) options(path string) template.Options {
	return f.config.templateOptions(filepath.Dir(path), f.substitute)
}

// templateOptions are those of reading a template in a folder.
func (f *file) templateOptions(folder string, substitute map[string]string) template.Options {
	return template.Options{Folder: folder, Substitutions: substitute, Region: f.region, Account: f.account, Endpoint: f.endpointOf}
}

// endpointOf returns the URL of a service, "" if none is known or if it is AWS itself.
func (f *file) endpointOf(service string) string {
	all := f.allServicesSettings()
	endpoint := cmp.Or(all[service], all[everyService])
	if endpoint == realAWS {
		return ""
	}
	return endpoint
}

// templateMachine adds a state machine of a template.
func (f *finder) templateMachine(path string, m *template.Machine) {
	switch {
	case m.Name == "": // the template has none, or cannot be read
		if found := m.Validate(asl.Options{}); f.only != "" || found[0].Code != template.NoStateMachine {
			f.problem("%s", formatted(m, found))
		}
	case m.Condition != "":
		f.problem("%s: %s is not registered: its condition %s does not hold (--substitute gives parameters other values)", path, m.Name, m.Condition)
	default:
		f.add(m.LocalName, path, m)
	}
}

// formatted returns problems as text.
func formatted(m *template.Machine, found asl.Diagnostics) string {
	var b strings.Builder
	found.Format(&b, []byte(m.Source)) // a strings.Builder takes everything
	return strings.TrimSpace(b.String())
}

// add adds a state machine that stands at a place.
func (f *finder) add(name, place string, m *template.Machine) {
	for _, other := range f.found.machines {
		if other.Name == name {
			f.problem("%s: %s is registered as %s already; machines in %s can give it another name", place, other.place, name, settingsFile)
			return
		}
	}
	set := f.config.machines[name]
	one := projectMachine{place: place, missing: m.Missing, source: m}
	kind := set.kind
	if kind == "" && m.Express {
		kind = "EXPRESS"
	}
	found := m.Validate(asl.Options{Express: kind == "EXPRESS"})
	switch {
	case found.HasErrors():
		one.broken = formatted(m, found.Errors())
	case !m.Definition.Root.Exists():
		one.broken = formatted(m, found)
	}
	one.Registration = emulator.Registration{Name: name, Definition: m.Definition.JSON(), Type: kind, RoleARN: cmp.Or(set.roleARN, m.RoleARN)}
	if m.Name != "" { // a bare definition does not say these
		one.Tracing = value.OfMembers("enabled", value.OfBool(m.Tracing))
		if one.Logging = m.Logging; !m.Logging.Exists() {
			one.Logging = value.OfMembers("level", value.OfString("OFF"))
		}
	}
	f.found.machines = append(f.found.machines, one)
}

// definition adds the state machine of a file with a definition.
func (f *finder) definition(name, path string, text []byte, err error) {
	f.read[filepath.Clean(path)] = true
	f.found.files = append(f.found.files, path)
	if err != nil {
		f.found.machines = append(f.found.machines, projectMachine{Registration: emulator.Registration{Name: name}, place: path, broken: err.Error()})
		return
	}
	read := template.Read(path, text, template.Options{Substitutions: f.substitute, Region: f.config.region, Account: f.config.account})
	if read.Kind != template.Definition {
		f.problem("%s: it is a %s, not a definition; aslocal serve %s serves what it defines", path, read.Kind, path)
		return
	}
	f.add(name, path, read.Machines[0])
}

// definitions finds the definitions in the folder and below, by their names.
func (f *finder) definitions() {
	filepath.WalkDir(f.folder, func(path string, d fs.DirEntry, err error) error {
		switch name, ok := machineName(path); {
		case err != nil: // goes on without it
			f.problem("%v", err)
		case d.IsDir() && path != f.folder && (skipped(d.Name()) || d.Name() == cdkOut):
			return fs.SkipDir
		case d.IsDir():
			if f.found.folders = append(f.found.folders, path); len(f.found.folders) == maxFolders+1 {
				f.problem("%s has more than %d folders: new files in them are found when aslocal starts again", f.folder, maxFolders)
			}
		case !ok || f.read[filepath.Clean(path)]:
		default:
			inside, err := filepath.Rel(f.folder, path)
			if err != nil {
				return nil
			}
			text, err := f.inside(inside)
			f.definition(name, path, text, err)
		}
		return nil
	})
}

// skipped reports whether a folder is one that people do not keep definitions in.
func skipped(name string) bool {
	return strings.HasPrefix(name, ".") || name == "node_modules" || name == "vendor" || name == "testdata"
}

// unknownSettings tells of settings of state machines that no file defines.
func (f *finder) unknownSettings() {
	for _, name := range slices.Sorted(maps.Keys(f.config.machines)) {
		if !slices.ContainsFunc(f.found.machines, func(m projectMachine) bool { return m.Name == name }) {
			f.problem("%s: machines.%s: there is no %s.asl.json or .asl.yaml in the folder, and no file is given", f.config.name, name, name)
		}
	}
}

// templateFunction adds a function of a template, as the settings have it.
func (f *finder) templateFunction(path string, fn *template.Function) {
	if slices.ContainsFunc(f.found.functions, func(other projectFunction) bool { return other.Name == fn.Name }) {
		f.problem("%s: there is a function %s already", fn.Place, fn.Name)
		return
	}
	one := projectFunction{inline: fn.Inline, notes: fn.Notes, Function: emulator.Function{
		Name: fn.Name, Runtime: fn.Runtime, Handler: fn.Handler, Environment: fn.Environment, Timeout: fn.Timeout, MemoryMB: fn.MemoryMB,
		Concurrency: fn.Concurrency, Place: fn.Place, Broken: fn.Broken,
	}}
	if fn.Folder != "" {
		one.Folder = absolute(fn.Folder)
	}
	for _, layer := range fn.Layers {
		one.Layers = append(one.Layers, absolute(layer))
	}
	f.found.functions = append(f.found.functions, one)
}

// settingsFunctions adds the functions of the settings, and what they say otherwise of
// those of templates.
func (f *finder) settingsFunctions() {
	for _, name := range slices.Sorted(maps.Keys(f.config.local)) {
		set := f.config.local[name]
		i := slices.IndexFunc(f.found.functions, func(fn projectFunction) bool { return fn.Name == name })
		if i < 0 {
			i = len(f.found.functions)
			f.found.functions = append(f.found.functions, projectFunction{Function: emulator.Function{Name: name}})
		}
		one := &f.found.functions[i]
		if one.url = set.url; set.url == "" {
			one.Function = set.over(one.Function, f.folder, f.config.named)
		}
		if set.folder != "" || len(set.command) > 0 {
			one.inline = ""
		}
	}
}
