package assist

import "github.com/aslocal/aslocal/asl"

// A Field is a member that an object of the language may have.
type Field struct {
	Name       string   `json:"name"`
	Kind       Kind     `json:"kind"`
	Docs       string   `json:"docs"`
	Required   bool     `json:"required,omitempty"`
	Expression bool     `json:"expression,omitempty"` // {% … %} may stand in place of the value, or anywhere in it
	Default    string   `json:"default,omitempty"`    // JSON text of what counts if the field is absent; "" if nothing does
	Values     []string `json:"values,omitempty"`     // all that are allowed; nil: any of the Kind
	Min        string   `json:"min,omitempty"`        // of a number; "" if not bounded
	Max        string   `json:"max,omitempty"`
	Without    []string `json:"without,omitempty"` // fields that must not stand beside it, such as End beside Next

	// Fields are those of the object, or of each object in the array. They are nil
	// for kinds that nest without end: workflows, and rules in rules.
	Fields []Field `json:"fields,omitempty"`
}

// The kinds of Fields.
const (
	Text          Kind = "text"
	Boolean       Kind = "boolean"
	Integer       Kind = "integer"
	Number        Kind = "number"
	Duration      Kind = "duration"      // seconds, an integer
	Timestamp     Kind = "timestamp"     // RFC 3339
	Enum          Kind = "enum"          // one of Values
	StateName     Kind = "stateName"     // of the same workflow
	ResourceName  Kind = "resource"      // what a Task, an ItemReader or a ResultWriter calls
	Path          Kind = "path"          // JSONPath, or null
	ReferencePath Kind = "referencePath" // JSONPath that names one value
	ResultPath    Kind = "resultPath"    // a Reference Path into the input, or null
	TextPath      Kind = "textPath"      // a Path, or an intrinsic function that gives a text
	Template      Kind = "template"      // JSON with Paths in members that end in .$
	JSONata       Kind = "jsonata"       // JSON with expressions {% … %}
	Condition     Kind = "condition"     // an expression {% … %} that gives a boolean, or a boolean
	Variables     Kind = "variables"     // an object: Assign
	ErrorNames    Kind = "errorNames"    // an array of names of errors
	Texts         Kind = "texts"         // an array of texts
	Object        Kind = "object"        // with Fields
	List          Kind = "list"          // an array of things of any type
	Any           Kind = "any"           // any JSON
	Retriers      Kind = "retriers"      // an array with Fields
	Catchers      Kind = "catchers"      // an array with Fields
	Rules         Kind = "rules"         // an array of Choice rules, with Fields
	Rule          Kind = "rule"          // a rule in a rule: Not
	Workflow      Kind = "workflow"      // an object with StartAt and States
	Workflows     Kind = "workflows"     // an array of those
	States        Kind = "states"        // an object of states by name
)

// Fields returns the fields of a state, those that it must have first. resource is
// the Resource of a Task, or "": where it names an action of a service, the field
// Parameters or Arguments has the action's parameters as Fields. An unknown type of
// state has no fields.
func Fields(stateType asl.StateType, language asl.QueryLanguage, resource string) []Field {
	if !stateType.Known() {
		return nil
	}
	fields := stateForm(stateType, language).list(language)
	for i := range fields {
		if name := fields[i].Name; stateType == asl.Task && (name == "Parameters" || name == "Arguments") {
			fields[i].Fields = Parameters(resource)
		}
	}
	return fields
}

// list returns the fields of an object, with those of the objects in them.
func (f form) list(language asl.QueryLanguage) []Field {
	var fields []Field
	for _, name := range f.names() {
		field := f.field(name, language)
		inner, _ := f.member(name)
		switch field.Kind {
		case Retriers, Catchers, Rules:
			if f.object() != "Rule" { // rules in rules have the fields of rules
				field.Fields = inner.item().list(language)
			}
		case Object:
			field.Fields = inner.list(language)
		case Workflow:
			if config, ok := inner.member("ProcessorConfig"); ok {
				field.Fields = []Field{inner.field("ProcessorConfig", language)}
				field.Fields[0].Fields = config.list(language)
			}
		}
		fields = append(fields, field)
	}
	return fields
}

// FieldsOfMachine returns the fields of a whole definition.
func FieldsOfMachine(language asl.QueryLanguage) []Field { return machineForm(language).list(language) }
