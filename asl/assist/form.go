package assist

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file reads the schema of package asl: which fields an object has, and what
// each may hold. The definitions of the schema are named by query language and
// noun: jsonpathPass, jsonataPass.

// A form is what a value may be.
type form struct {
	name       string      // of its definition in the schema; "" if it has none of its own
	v          value.Value // the schema; no value: anything
	expression bool        // an expression may stand in its place
}

var definitions = sync.OnceValue(func() value.Value { return value.MustParse(asl.Schema()).Get("definitions") })

const schemaPrefix = "#/definitions/"

// formOf returns the form of a definition of the schema.
func formOf(name string) form { return form{name: name, v: definitions().Get(name)} }

// resolve returns the form that a part of the schema describes.
func resolve(v value.Value) form {
	f := form{v: v}
	for {
		switch ref, rule := f.v.Get("$ref"), f.v.Get("if"); {
		case ref.Exists():
			name := strings.TrimPrefix(ref.Text(), schemaPrefix)
			f = form{name: name, v: definitions().Get(name), expression: f.expression}
		case rule.Get("type").Text() == "string": // an expression, or else
			f.expression = true
			f.v = f.v.Get("else")
		case f.name == "jsonpathTopRule":
			f = formOf("jsonpathRule")
		default:
			return f
		}
	}
}

// isState reports whether the form is of any state; which, its Type says.
func (f form) isState() bool { return f.name == "state" || f.name == "jsonataMachineState" }

// ofState returns the form of a state by its type; false for an unknown type.
func (f form) ofState(t asl.StateType, language asl.QueryLanguage) (form, bool) {
	if !t.Known() {
		return formOf("anyState"), false
	}
	if f.name == "jsonataMachineState" && language == asl.JSONata && (t == asl.Parallel || t == asl.Map) {
		return formOf("jsonataMachine" + string(t)), true
	}
	return stateForm(t, language), true
}

func stateForm(t asl.StateType, language asl.QueryLanguage) form {
	return formOf(strings.ToLower(string(language)) + string(t))
}

// machineForm returns the form of a whole definition.
func machineForm(language asl.QueryLanguage) form {
	return formOf(strings.ToLower(string(language)) + "Machine")
}

// byName reports whether the form is States, whose members have names of their own.
func (f form) byName() bool { return f.v.Get("additionalProperties").Get("$ref").Exists() }

// object returns what docs call the object: "Task", "Machine", "Retrier".
func (f form) object() string {
	name := strings.TrimPrefix(strings.TrimPrefix(f.name, "jsonpath"), "jsonata")
	if rest := strings.TrimPrefix(name, "Machine"); rest != "" {
		name = rest
	}
	if name == "" {
		return ""
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// fields returns the properties of an object; no value if it has none of its own.
func (f form) fields() value.Value { return f.v.Get("properties") }

// member returns the form of a member, and whether the object may have it.
func (f form) member(name string) (form, bool) {
	if v := f.fields().Get(name); v.Exists() {
		return resolve(v), true
	}
	if v := f.v.Get("additionalProperties"); v.Kind() == value.Object {
		return resolve(v), true
	}
	return form{}, false
}

// item returns the form of the items of an array.
func (f form) item() form { return resolve(f.v.Get("items")) }

// kinds are the kinds of forms by the names of their definitions.
var kinds = map[string]Kind{
	"comment":        Text,
	"name":           StateName,
	"language":       Enum,
	"path":           Path,
	"referencePath":  ReferencePath,
	"resultPath":     ResultPath,
	"template":       Template,
	"templateObject": Template,
	"assign":         Variables,
	"errorEquals":    ErrorNames,
	"seconds":        Duration,
	"retry":          Retriers,
	"jsonpathCatch":  Catchers,
	"jsonataCatch":   Catchers,
	"jsonpathRule":   Rule,
}

// kind returns the kind of a field of a given name.
func (f form) kind(name string) Kind {
	if kind := kinds[f.name]; kind != "" {
		return kind
	}
	switch {
	case f.fields().Get("States").Exists():
		return Workflow
	case name == "States":
		return States
	case f.v.Get("enum").Exists() || name == "Type" || name == "QueryLanguage":
		return Enum
	case name == "Condition":
		return Condition
	}
	switch f.v.Get("type").Text() {
	case "string":
		return textKind(name)
	case "boolean":
		return Boolean
	case "integer":
		if strings.HasSuffix(name, "Seconds") {
			return Duration
		}
		return Integer
	case "number":
		return Number
	case "array":
		return f.listKind()
	case "object":
		if f.expression {
			return JSONata
		}
		return Object
	}
	if name == "Result" {
		return Any // it is not evaluated
	}
	return JSONata
}

func textKind(name string) Kind {
	switch name {
	case "StartAt":
		return StateName
	case "Resource":
		return ResourceName
	case "Timestamp":
		return Timestamp
	case "ErrorPath", "CausePath":
		return TextPath
	}
	return Text
}

func (f form) listKind() Kind {
	switch item := f.item(); {
	case item.name == "jsonpathRule" || item.name == "jsonataRule":
		return Rules
	case item.fields().Get("States").Exists():
		return Workflows
	case item.v.Get("type").Text() == "string":
		return Texts
	}
	return List
}

// field describes a field of an object.
func (f form) field(name string, language asl.QueryLanguage) Field {
	inner, _ := f.member(name)
	docs := docsOf(f.object(), name)
	field := Field{
		Name:       name,
		Kind:       inner.kind(name),
		Docs:       docs.text,
		Default:    docs.fallback,
		Required:   f.requires(name),
		Expression: inner.expression || language == asl.JSONata && slices.Contains(asl.ExpressionFields(), name),
		Values:     inner.values(name),
		Without:    f.without(name),
	}
	if inner.v.Get("type").Text() != "string" {
		field.Min, field.Max = bound(inner.v, "minimum"), bound(inner.v, "maximum")
	}
	return field
}

// requires reports whether the object must have a field. A Map must have ItemProcessor;
// the schema does not say so, because it also accepts the old name.
func (f form) requires(name string) bool {
	return name == "ItemProcessor" || slices.ContainsFunc(f.v.Get("required").Slice(), func(v value.Value) bool { return v.Text() == name })
}

func bound(v value.Value, keyword string) string {
	if limit := v.Get(keyword); limit.Exists() {
		return limit.String()
	}
	return ""
}

// values returns the values that a field may have.
func (f form) values(name string) []string {
	enum := f.v.Get("enum")
	switch name {
	case "Type":
		enum = definitions().Get("anyState").Get("properties").Get("Type").Get("enum")
	case "QueryLanguage":
		enum = definitions().Get("language").Get("enum")
	}
	var values []string
	for _, v := range enum.Items() {
		values = append(values, v.Text())
	}
	return values
}

// groups are fields of which a state has one.
var groups = [][]string{
	{"Next", "End"},
	{"Seconds", "SecondsPath", "Timestamp", "TimestampPath"},
	{"ItemProcessor", "Iterator"},
	{"ItemSelector", "Parameters"},
}

// without returns the fields that must not stand beside one.
func (f form) without(name string) []string {
	if f.object() == "Rule" {
		return f.otherOperators(name)
	}
	var others []string
	add := func(other string) {
		if other != name && f.fields().Get(other).Exists() && !slices.Contains(others, other) {
			others = append(others, other)
		}
	}
	for _, group := range groups {
		if slices.Contains(group, name) {
			for _, other := range group {
				add(other)
			}
		}
	}
	if stem := strings.TrimSuffix(name, "Path"); stem != "Result" { // ResultPath is no other form of Result
		add(stem)
		add(stem + "Path")
	}
	return others
}

// ruleFields may stand beside any other field of a Choice rule.
var ruleFields = []string{"Comment", "Next", "Assign", "Output", "Condition"}

// otherOperators returns the operators that a rule cannot have beside one.
func (f form) otherOperators(name string) []string {
	if slices.Contains(ruleFields, name) {
		return nil
	}
	combines := func(name string) bool { return name == "And" || name == "Or" || name == "Not" }
	var others []string
	for other := range f.fields().Members() {
		switch {
		case other == name || slices.Contains(ruleFields, other):
		case name == "Variable" && !combines(other), other == "Variable" && !combines(name):
		default:
			others = append(others, other)
		}
	}
	return others
}

// order is in which order fields are offered: as definitions are usually written.
// Other fields are between these.
var order = []string{
	"Type", "StartAt", "States", "Resource", "Condition", "Variable", "And", "Or", "Not", "ErrorEquals",
	"Choices", "Branches", "Items", "ItemsPath", "ItemProcessor", "Arguments", "Parameters", "Seconds", "Timestamp", "Error", "Cause",
	"IntervalSeconds", "MaxAttempts", "BackoffRate",
}

var lastInOrder = []string{"Output", "Assign", "Retry", "Catch", "Default", "Next", "End", "QueryLanguage", "Comment", "Iterator"}

// names returns the names of the fields in the order in which they are offered: those
// that are required first.
func (f form) names() []string {
	var names []string
	for name := range f.fields().Members() {
		names = append(names, name)
	}
	rank := func(name string) int {
		if i := slices.Index(order, name); i >= 0 {
			return i
		}
		if i := slices.Index(lastInOrder, name); i >= 0 {
			return 1000 + i
		}
		return 500
	}
	required := func(name string) int {
		if f.requires(name) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Or(required(a)-required(b), rank(a)-rank(b)) })
	return names
}
