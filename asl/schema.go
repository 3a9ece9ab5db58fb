package asl

import (
	_ "embed"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/aslocal/aslocal/value"
)

// This file checks the form of a definition by the JSON Schema in schema.json and
// translates violations into the words of the service. The definitions in the schema
// are named by query language and noun: jsonpathPass, jsonataPass.

//go:embed schema.json
var schemaText string

// Schema returns the JSON Schema (draft 7) of definitions, for editors. It describes
// the fields and their values, but not, for example, whether Next names a state.
func Schema() string { return schemaText }

// A formSchema is the schema: to look things up in it, and to check workflows
// with its definitions, by their names.
type formSchema struct {
	root  value.Value
	check map[string]*jsonschema.Schema
}

var schema = sync.OnceValue(func() *formSchema {
	const name = "asl:///schema.json"
	c := jsonschema.NewCompiler()
	c.Draft = jsonschema.Draft7
	if err := c.AddResource(name, strings.NewReader(schemaText)); err != nil {
		panic(err) // ours is embedded and tested
	}
	s := &formSchema{root: value.MustParse(schemaText), check: map[string]*jsonschema.Schema{"": c.MustCompile(name)}}
	definitions := []string{"jsonpathRule", "workflow", "processor", "jsonataMachineWorkflow", "jsonataMachineProcessor"}
	for _, t := range []StateType{Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map} {
		definitions = append(definitions, stateDefinition(JSONPath, t), stateDefinition(JSONata, t))
	}
	for _, definition := range definitions {
		s.check[definition] = c.MustCompile(name + "#/definitions/" + definition)
	}
	return s
})

// checkForm reports violations of the schema. Each workflow and each Choice rule is
// checked without the workflows and rules inside it, which are checked on their own:
// the time for an error grows with the depth of its place.
func (c *checker) checkForm() {
	c.checkFormOf("", c.d.at, c.d.shallow())
	c.d.AllStates(func(_ *Workflow, s *State) {
		branch, processor := "workflow", "processor"
		if c.d.QueryLanguage == JSONata {
			branch, processor = "jsonataMachineWorkflow", "jsonataMachineProcessor"
		}
		for _, b := range s.Branches {
			c.checkFormOf(branch, b.at, b.shallow())
		}
		if p := s.ItemProcessor; p != nil {
			c.checkFormOf(processor, p.at, p.shallow())
		}
		if s.QueryLanguage == JSONata {
			return
		}
		for i, r := range s.Choices {
			outermost := s.at.member("Choices").item(i)
			tests(outermost, r.Fields, func(at *place, test value.Value) {
				if at != outermost {
					c.checkFormOf("jsonpathRule", at, shallowTest(test))
				}
			})
		}
	})
}

// checkFormOf checks a value by a definition of the schema. A value that is not an
// object is reported with the object around it.
func (c *checker) checkFormOf(definition string, at *place, v value.Value) {
	if c.full() || v.Kind() != value.Object {
		return
	}
	s := schema()
	bad, ok := s.check[definition].Validate(v.Any()).(*jsonschema.ValidationError)
	if !ok {
		return
	}
	for _, leaf := range leaves(nil, bad) {
		c.formError(s, at, v, leaf)
	}
}

// shallow returns the workflow with the states whose form is wrong, or with one state
// if all are right, and with an empty valid workflow in place of each inner one.
func (w *Workflow) shallow() value.Value {
	if len(w.States) == 0 {
		return w.Fields
	}
	var wrong value.ObjectBuilder
	for _, s := range w.States {
		if fields := s.shallow(); !s.wellFormed(fields) {
			wrong.Set(s.Name, fields)
		}
	}
	if wrong.Len() == 0 {
		return w.Fields.With("States", smallWorkflow.Get("States"))
	}
	return w.Fields.With("States", wrong.Value())
}

// wellFormed reports whether the fields of the state, as shallow returns them, have
// the form of its type and query language. The schema says the same of a state of any
// type, but it tries each type in turn, which takes thirty times as long.
func (s *State) wellFormed(fields value.Value) bool {
	if language := s.Fields.Get("QueryLanguage"); language.Exists() && language.Text() != string(s.QueryLanguage) || !s.Type.Known() {
		return false
	}
	return schema().check[stateDefinition(s.QueryLanguage, s.Type)].Validate(fields.Any()) == nil
}

// stateDefinition returns the name of the definition of a type of state in the schema.
func stateDefinition(language QueryLanguage, t StateType) string {
	return strings.ToLower(string(language)) + string(t)
}

func (s *State) shallow() value.Value {
	fields := s.Fields
	if len(s.Branches) > 0 {
		branches := make([]value.Value, len(s.Branches))
		for i, branch := range s.Branches {
			branches[i] = branch.stub()
		}
		fields = fields.With("Branches", value.OfSlice(branches))
	}
	if len(s.Choices) > 0 {
		rules := make([]value.Value, len(s.Choices))
		for i, r := range s.Choices {
			rules[i] = shallowTest(r.Fields)
		}
		fields = fields.With("Choices", value.OfSlice(rules))
	}
	for _, name := range []string{"ItemProcessor", "Iterator"} {
		if fields.Get(name).Kind() == value.Object {
			fields = fields.With(name, smallWorkflow)
		}
	}
	return fields
}

// shallowTest returns a test with empty tests in place of those it combines.
func shallowTest(test value.Value) value.Value {
	if test.Kind() != value.Object {
		return test
	}
	for _, name := range []string{"And", "Or"} {
		if list := test.Get(name); list.Kind() == value.Array {
			items := slices.Clone(list.Slice())
			for i, item := range items {
				items[i] = emptied(item)
			}
			test = test.With(name, value.OfSlice(items))
		}
	}
	if inner := test.Get("Not"); inner.Exists() {
		test = test.With("Not", emptied(inner))
	}
	return test
}

func emptied(v value.Value) value.Value {
	if v.Kind() == value.Object {
		return value.EmptyObject
	}
	return v
}

var smallWorkflow = value.MustParse(`{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}`)

func (w *Workflow) stub() value.Value {
	if w.Fields.Kind() != value.Object {
		return w.Fields
	}
	return smallWorkflow
}

// leaves returns the errors that have no causes.
func leaves(found []*jsonschema.ValidationError, err *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(err.Causes) == 0 {
		return append(found, err)
	}
	for _, cause := range err.Causes {
		found = leaves(found, cause)
	}
	return found
}

// formError reports one violation. The keyword of the schema determines the
// message.
func (c *checker) formError(s *formSchema, at *place, v value.Value, err *jsonschema.ValidationError) {
	at, v = follow(at, v, plain(err.InstanceLocation))
	_, pointer, _ := strings.Cut(plain(err.AbsoluteKeywordLocation), "#")
	wanted := lookup(s.root, pointer)
	i := strings.LastIndexByte(pointer, '/')
	holder := lookup(s.root, pointer[:i]) // what has the keyword
	switch pointer[i+1:] {
	case "required":
		var missing []string
		for _, name := range wanted.Items() {
			if !v.Get(name.Text()).Exists() {
				missing = append(missing, name.Text())
			}
		}
		c.report(at, fieldsRequired(missing...))
	case "additionalProperties":
		known := holder.Get("properties")
		for name := range v.Members() {
			if !known.Get(name).Exists() && !c.full() {
				c.unknownField(s, at, v, pointer[:i], name)
			}
		}
	case "enum":
		m := wrongValue(texts(wanted))
		if slices.Contains(texts(wanted), string(Task)) {
			m = unknownType(texts(wanted))
		}
		c.report(at, m.meant(v.Text(), texts(wanted)))
	case "type":
		types := texts(wanted)
		if wanted.Kind() == value.String {
			types = []string{wanted.Text()}
		}
		m := wrongType(types).withHint("%s", typeHint(types, v))
		if way := parts(at.pointer()); len(way) >= 2 && way[len(way)-2] == "States" && slices.Contains(besideStates, way[len(way)-1]) {
			m = m.withHint("%s stands beside States, not in it", way[len(way)-1])
		}
		c.report(at, m)
	case "minItems", "minLength", "minProperties":
		c.report(at, emptyValue())
	case "minimum":
		c.report(at, tooSmall(bound(holder, wanted)))
	case "maximum":
		c.report(at, tooLarge(bound(holder, wanted)))
	case "pattern":
		c.report(at, notAnExpression())
	}
}

// bound returns a bound as the service writes it: of a number that may have a
// fraction, with one.
func bound(holder, wanted value.Value) string {
	if holder.Get("type").Text() == "number" {
		return strconv.FormatFloat(wanted.Float(), 'f', 1, 64)
	}
	return wanted.String()
}

// unknownField reports a member of v that the definition of the schema at
// pointer does not have, but perhaps its twin for the other query language.
func (c *checker) unknownField(s *formSchema, at *place, v value.Value, pointer, name string) {
	known := lookup(s.root, pointer).Get("properties")
	i := strings.LastIndexByte(pointer, '/') + 1
	own, other := JSONPath, JSONata
	twin := strings.Replace(pointer[i:], "jsonpath", "jsonata", 1)
	if strings.HasPrefix(pointer[i:], "jsonata") {
		own, other = JSONata, JSONPath
		twin = "jsonpath" + strings.TrimPrefix(strings.TrimPrefix(pointer[i:], "jsonata"), "Machine")
	}
	m := fieldNotSupported(name).meant(name, memberNames(known))
	if m.hint == "" && known.Get("States").Exists() && StateType(v.Get(name).Get("Type").Text()).Known() {
		m = m.withHint("states stand in States")
	}
	if twin != pointer[i:] && lookup(s.root, pointer[:i]+twin).Get("properties").Get(name).Exists() {
		if own == JSONPath && c.d.QueryLanguage == JSONata {
			return // checkStateLanguage reports the language of the state, and the service nothing else about it
		}
		m = fieldOfOtherLanguage(name, own, other)
		if successor := successorOf(name, StateType(v.Get("Type").Text()), other); successor != "" {
			m = m.withHint("in %s, use %s", own, successor)
		}
	}
	c.reportKeyIn(at, at.member(name), m)
}

// besideStates are the fields of a state machine other than States.
var besideStates = []string{"Comment", "StartAt", "Version", "TimeoutSeconds", "QueryLanguage"}

// typeHint returns a hint that names the actual type, and says whether a string was
// probably meant without quotes.
func typeHint(types []string, v value.Value) string {
	hint := "got " + v.Kind().String()
	bare, err := value.Parse(v.Text())
	switch word := words[v.Text()]; {
	case v.Kind() != value.String || slices.Contains(types, "string"):
	case word != "" && slices.Contains(types, "boolean"):
		return fmt.Sprintf("did you mean %s?", word)
	case err == nil && (bare.Kind() == value.Bool && slices.Contains(types, "boolean") ||
		bare.Kind() == value.Number && (slices.Contains(types, "number") || slices.Contains(types, "integer"))):
		return fmt.Sprintf("%s: write %s without the quotes", hint, bare)
	}
	return hint
}

// successorOf returns the fields of a query language that correspond to a field of
// the other language, in a state of the given type.
func successorOf(name string, t StateType, other QueryLanguage) string {
	switch {
	case name == "Parameters" && t == Pass:
		return "Output"
	case name == "Parameters" && t == Map:
		return "ItemSelector"
	case name == "Output" && t == Pass:
		return "Parameters, Result, ResultPath or OutputPath"
	case name == "Output" && (t == Choice || t == Wait || t == Succeed):
		return "OutputPath"
	case other == JSONPath && isOperator(name):
		return "Condition"
	case other == JSONPath && strings.HasSuffix(name, "Path") && successors[name] == "":
		return "an expression in " + strings.TrimSuffix(name, "Path")
	}
	return successors[name]
}

// successors are the corresponding fields of the other query language, whatever the
// type of the state.
var successors = map[string]string{
	"Parameters":     "Arguments",
	"ResultSelector": "Output",
	"ResultPath":     "Output",
	"OutputPath":     "Output",
	"Result":         "Output",
	"InputPath":      "$states.input in expressions",
	"ItemsPath":      "Items",
	"Iterator":       "ItemProcessor",
	"Variable":       "Condition",
	"Arguments":      "Parameters",
	"Output":         "ResultSelector, ResultPath or OutputPath",
	"Items":          "ItemsPath",
	"Condition":      "Variable and a comparison operator",
}

// plain converts a pointer of the schema package, whose names are also escaped as in
// a URL, to a JSON pointer.
func plain(pointer string) string {
	if plain, err := url.PathUnescape(pointer); err == nil {
		return plain
	}
	return pointer
}

func memberNames(v value.Value) []string {
	var names []string
	for name := range v.Members() {
		names = append(names, name)
	}
	return names
}
