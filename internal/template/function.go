package template

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aslocal/aslocal/value"
)

// This file reads the Lambda functions of SAM and CloudFormation templates, those that
// the CDK has synthesized included. Where their code is: code.go.

// A Function is a Lambda function that a file defines, as a process of this machine can
// run it.
type Function struct {
	// ID is what the template calls it, Name what it is called in ARNs.
	ID, Name string
	// Runtime and Handler are as Lambda takes them: python3.12, app.handler.
	Runtime, Handler string
	// Folder is the folder of its code; "" if Inline has it or if it is Broken.
	Folder string
	// Inline is the code itself, where the template has it: that of a file index.
	Inline string
	// Environment is what the template sets.
	Environment map[string]string
	// Timeout and MemoryMB are 0 if the template does not say them.
	Timeout  time.Duration
	MemoryMB int
	// Layers are the folders of its layers.
	Layers []string
	// Concurrency is how many calls may be under way at a time; 0 if the template
	// does not limit it.
	Concurrency int
	// Place is where it is defined: file:line.
	Place string
	// Broken says why it cannot run on this machine and what to do; "" if it can.
	Broken string
	// Notes say what differs from a deployment: a layer that is not on this
	// machine, a variable whose value only a deployment knows.
	Notes []string
}

// properties are those of a resource: its own, or else what Globals has for its type.
type properties struct {
	*stack
	own, global value.Value
}

// get returns a property; it does not exist if the template takes it away.
func (p properties) get(name string) value.Value {
	v := p.own.Get(name)
	if !v.Exists() {
		v = p.global.Get(name)
	}
	if p.omitted(v) {
		return value.Value{}
	}
	return v
}

// text returns a property as text, "" if there is none.
func (p properties) text(name string) string {
	if v := p.get(name); v.Exists() {
		return p.plain(v)
	}
	return ""
}

// number returns a property that is a whole number, 0 if there is none.
func (p properties) number(name string) int {
	n, _ := strconv.Atoi(p.text(name)) // what is no number is nothing that a process could heed
	return max(n, 0)
}

// maxFunctions is how many functions of a file are read; CloudFormation takes 500
// resources.
const maxFunctions = 1000

// function reads a function of a template from its resource.
func (r *reader) function(c *stack, id string, resource value.Value, at *path) {
	if len(r.functions) == maxFunctions {
		return
	}
	own := *c
	own.missing = new(missingNames)
	p := properties{stack: &own, own: resource.Get("Properties")}
	if resource.Get("Type").Text() == "AWS::Serverless::Function" {
		p.global = c.globals.Get("Function")
	}
	f := &Function{
		ID: id, Name: c.nameOf(id), Runtime: p.text("Runtime"), Handler: p.text("Handler"),
		Timeout: time.Duration(p.number("Timeout")) * time.Second, MemoryMB: p.number("MemorySize"),
		Concurrency: p.number("ReservedConcurrentExecutions"), Place: c.line(at),
		Environment: p.environment(p.global.Get("Environment").Get("Variables"), p.own.Get("Environment").Get("Variables")),
	}
	r.code(p, f, resource)
	r.layers(p, f)
	if resource.Get("Metadata").Get("BuildMethod").Text() == "" {
		f.architecture(p.get("Architectures").Index(0).Text())
	}
	if f.Broken == "" {
		f.Broken = f.incomplete()
	}
	f.note(own.missing)
	if name := resource.Get("Condition").Text(); name == "" || c.holds(name) {
		r.functions = append(r.functions, f)
	}
}

// incomplete says what a function lacks that no process can do without.
func (f *Function) incomplete() string {
	switch {
	case f.Runtime == "":
		return "it has no Runtime: give it one in " + f.Place
	case f.Handler == "" && !strings.HasPrefix(f.Runtime, "provided"):
		return "it has no Handler: give it one in " + f.Place
	case strings.HasPrefix(f.Runtime, "nodejs") && f.Folder != "":
		return f.typeScript()
	}
	return ""
}

// typeScript says what to do if the file of the handler is there in TypeScript only.
func (f *Function) typeScript() string {
	module := filepath.FromSlash(strings.TrimSuffix(f.Handler, filepath.Ext(f.Handler)))
	if !filepath.IsLocal(module) {
		return ""
	}
	for _, ending := range []string{".js", ".mjs", ".cjs"} {
		if isFile(filepath.Join(f.Folder, module+ending)) {
			return ""
		}
	}
	if source := module + ".ts"; isFile(filepath.Join(f.Folder, source)) {
		return "its handler is TypeScript (" + source + "): build it, and name the folder of the result in aslocal.yaml (functions)"
	}
	return ""
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// architectures are those of Lambda, as Go calls them.
var architectures = map[string]string{"x86_64": "amd64", "arm64": "arm64"}

// architecture tells of a program that may be one for another machine. Interpreters are
// those of this machine anyway.
func (f *Function) architecture(name string) {
	if other := architectures[name]; other != "" && other != runtime.GOARCH && strings.HasPrefix(f.Runtime, "provided") {
		f.Notes = append(f.Notes, "its architecture is "+name+", that of this machine "+runtime.GOARCH+": a program must be built for this machine")
	}
}

// note tells of values that were made up.
func (f *Function) note(missing *missingNames) {
	if len(missing.names) > 0 {
		f.Notes = append(f.Notes, "only a deployment knows "+strings.Join(missing.names, ", ")+"; --substitute NAME=VALUE gives a value")
	}
}

// environment returns the variables of some objects, of which later ones win.
func (p properties) environment(objects ...value.Value) map[string]string {
	variables := make(map[string]string)
	for _, o := range objects {
		for name, v := range o.Members() {
			if !p.omitted(v) {
				variables[name] = p.plain(v)
			}
		}
	}
	return variables
}

// line returns where a part of a document stands, as file:line.
func (d *document) line(at *path) string {
	where := nearest(d.table, at.pointer())
	if shown := where.Shown(true); shown.Known() {
		return fmt.Sprintf("%s:%d", d.name, shown.Start.Line)
	}
	return d.name
}

// layers finds the folders of a function's layers.
func (r *reader) layers(p properties, f *Function) {
	all := slices.Concat(p.global.Get("Layers").Slice(), p.own.Get("Layers").Slice())
	for _, v := range all {
		if p.omitted(v) || len(f.Layers) == maxLayers {
			continue
		}
		id := v.Get("Ref").Text()
		layer := p.resources.Get(id)
		property := map[string]string{"AWS::Serverless::LayerVersion": "ContentUri", "AWS::Lambda::LayerVersion": "Content"}[layer.Get("Type").Text()]
		if property == "" {
			f.Notes = append(f.Notes, "its layer "+p.plain(v)+" is not on this machine")
			continue
		}
		content := properties{stack: p.stack, own: layer.Get("Properties")}.get(property)
		folder, err := r.codeFolder(content, layer)
		if err != nil {
			f.Notes = append(f.Notes, fmt.Sprintf("its layer %s is not on this machine: %v", id, err))
			continue
		}
		f.Layers = append(f.Layers, folder)
	}
}

// maxLayers is how many layers a function has at most; Lambda takes 5.
const maxLayers = 16
