package template

import (
	"cmp"
	"maps"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aslocal/aslocal/value"
)

// This file reads the functions of a serverless.yml.

// A service is a serverless.yml with what is known of it.
type service struct {
	part
	variables *variables
	stack     *stack
}

// The limits that the Serverless Framework sets if a file does not.
const (
	serviceTimeout  = 6 * time.Second
	serviceMemoryMB = 1024
)

// text returns a scalar with its variables replaced, or what an intrinsic function
// gives; "" if there is none.
func (s *service) text(v value.Value) string {
	if !v.Exists() || v.IsNull() {
		return ""
	}
	return s.stack.plain(s.variables.expandedValue(v))
}

// add makes a resource known to Ref and Fn::GetAtt by some names.
func (s *service) add(one localResource, names ...string) {
	if s.stack.local == nil {
		s.stack.local = make(map[string]localResource)
	}
	for _, name := range names {
		if _, taken := s.stack.local[name]; !taken {
			s.stack.local[name] = one
		}
	}
}

// name returns the name of the service, "" if it has none.
func (s *service) name() string {
	v := s.value.Get("service")
	if v.Kind() == value.Object {
		v = v.Get("name")
	}
	return s.text(v)
}

// machineName returns the local name of a state machine of the plugin.
func (s *service) machineName(id string, v value.Value) string {
	if name := s.text(v.Get("name")); isResourceName(name) {
		return name
	}
	return plainName(id)
}

// functionName returns the local name of a function, which the framework makes of the
// service, the stage and the name in the file.
func (s *service) functionName(id string, v value.Value) string {
	if name := s.text(v.Get("name")); isResourceName(name) {
		return name
	}
	if name := s.name() + "-" + s.variables.stage(0) + "-" + id; isResourceName(name) && s.name() != "" {
		return name
	}
	return plainName(id)
}

// capitalized is how logical ids begin: the name in the file, with what an id cannot have
// spelled out.
func capitalized(id string) string {
	id = strings.NewReplacer("-", "Dash", "_", "Underscore").Replace(id)
	_, first := utf8.DecodeRuneInString(id)
	return strings.ToUpper(id[:first]) + id[first:]
}

// A serviceFunction is a function with its name in the file.
type serviceFunction struct {
	id string
	part
}

// serviceFunctions returns the functions of a service, which may be in a list and in
// files of their own, and makes their names known.
func (r *reader) serviceFunctions(s *service) []serviceFunction {
	all := r.included(s.member("functions"))
	groups := []part{all}
	for i, item := range all.value.Items() {
		groups = append(groups, r.included(part{all.document, item, all.place.item(i)}))
	}
	var found []serviceFunction
	for _, group := range groups {
		for id := range group.value.Members() {
			one := r.included(group.member(id))
			if len(found) == maxFunctions || len(id) > maxLogicalID || one.value.Kind() != value.Object {
				continue
			}
			found = append(found, serviceFunction{id, one})
			s.add(localResource{"AWS::Lambda::Function", s.functionName(id, one.value)}, id, capitalized(id)+"LambdaFunction")
		}
	}
	return found
}

// serviceFunction reads a function of a serverless.yml.
func (r *reader) serviceFunction(s *service, one serviceFunction) {
	shared := r.included(s.member("provider"))
	provider, own := shared.value, one.value
	setting := func(name string) string { return cmp.Or(s.text(own.Get(name)), s.text(provider.Get(name))) }
	number := func(name string) int {
		n, _ := strconv.Atoi(setting(name)) // what is no number is nothing that a process could heed
		return max(n, 0)
	}
	missing := new(missingNames)
	s.stack.missing = missing
	f := &Function{
		ID: one.id, Name: s.stack.local[one.id].name, Runtime: setting("runtime"), Handler: s.text(own.Get("handler")),
		Timeout: time.Duration(number("timeout")) * time.Second, MemoryMB: cmp.Or(number("memorySize"), serviceMemoryMB),
		Concurrency: number("reservedConcurrency"), Place: one.line(one.place),
		Environment: make(map[string]string),
	}
	f.Timeout = cmp.Or(f.Timeout, serviceTimeout)
	for _, p := range []part{shared, one.part} {
		maps.Copy(f.Environment, s.environment(r.included(p.member("environment")).value))
	}
	switch artifact := cmp.Or(s.text(own.Get("package").Get("artifact")), s.text(s.value.Get("package").Get("artifact"))); {
	case own.Get("image").Exists():
		f.Broken = f.image()
	case artifact != "":
		f.Broken = archive(artifact)
	default:
		f.Folder, f.Broken = found(r.folder.subfolder("."))
	}
	r.serviceLayers(s, f, own, provider)
	f.Broken = cmp.Or(f.Broken, f.incomplete())
	f.note(missing)
	r.functions = append(r.functions, f)
}

// environment returns the variables of an object. One whose value only a deployment
// knows is left out: a name made up in its place would be of no use.
func (s *service) environment(v value.Value) map[string]string {
	variables := make(map[string]string)
	e := substitutions{serverless: s.variables.find, home: s.variables.home}
	for name, member := range v.Members() {
		text := s.text(member)
		if _, _, variable := e.next(text, 0); variable != "" {
			s.stack.missing.add(variable)
			continue
		}
		variables[name] = text
	}
	return variables
}

// serviceLayers finds the folders of a function's layers: those that the service has by
// their path.
func (r *reader) serviceLayers(s *service, f *Function, own, provider value.Value) {
	layers := own.Get("layers")
	if !layers.Exists() {
		layers = provider.Get("layers")
	}
	for _, v := range layers.Items() {
		folder := ""
		for id, layer := range r.included(s.member("layers")).value.Members() {
			if v.Get("Ref").Text() == capitalized(id)+"LambdaLayer" {
				folder, _ = r.folder.subfolder(s.text(layer.Get("path")))
			}
		}
		switch {
		case !isFolder(folder):
			f.Notes = append(f.Notes, "its layer "+cmp.Or(v.Get("Ref").Text(), s.text(v))+" is not on this machine")
		case len(f.Layers) < maxLayers:
			f.Layers = append(f.Layers, folder)
		}
	}
}
