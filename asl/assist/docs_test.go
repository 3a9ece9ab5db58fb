package assist

import (
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/intrinsic"
	"github.com/aslocal/aslocal/value"
)

// TestEveryFieldHasDocs goes through the schema that the validator uses: each field of
// each object has docs, and a default that the schema accepts.
func TestEveryFieldHasDocs(t *testing.T) {
	used := make(map[string]bool)
	for name, v := range definitions().Members() {
		f := resolve(value.OfMembers("$ref", value.OfString(schemaPrefix+name)))
		if !v.Get("properties").Exists() || name == "isJSONPath" || name == "anyState" {
			continue
		}
		for field := range f.fields().Members() {
			e := docsOf(f.object(), field)
			if e.text == "" {
				t.Errorf("no docs of %s in %s", field, f.object())
			}
			used[e.text] = true
			if e.fallback != "" {
				checkDefault(t, f, field, e.fallback)
			}
		}
	}
	for _, entries := range fieldDocs() {
		for _, e := range entries {
			if !used[e.text] {
				t.Errorf("no object has the field %s in %v", e.name, e.in)
			}
		}
	}
}

// checkDefault checks that a default is of the kind of its field.
func checkDefault(t *testing.T, f form, name, fallback string) {
	t.Helper()
	v, err := value.Parse(fallback)
	field := f.field(name, asl.JSONPath)
	number := field.Kind == Integer || field.Kind == Duration || field.Kind == Number
	switch {
	case err != nil:
		t.Errorf("%s: default %s: %v", name, fallback, err)
	case number != (v.Kind() == value.Number):
		t.Errorf("%s: default %s of a field of the kind %s", name, fallback, field.Kind)
	case field.Values != nil && !slices.Contains(field.Values, v.Text()):
		t.Errorf("%s: default %s is none of %v", name, fallback, field.Values)
	}
}

// TestFieldsAreThoseThatValidateAccepts gives a state each of its fields, and each
// field of other states: Fields has it if Validate does not call it unsupported.
func TestFieldsAreThoseThatValidateAccepts(t *testing.T) {
	all := make(map[string]bool)
	for _, language := range []asl.QueryLanguage{asl.JSONPath, asl.JSONata} {
		for _, stateType := range stateTypes {
			for _, f := range Fields(stateType, language, "") {
				all[f.Name] = true
			}
		}
	}
	for _, language := range []asl.QueryLanguage{asl.JSONPath, asl.JSONata} {
		for _, stateType := range stateTypes {
			fields := Fields(stateType, language, "")
			for _, name := range append(sorted(all), "Nonsense") {
				if name == "Type" || name == "QueryLanguage" {
					continue
				}
				text := `{"StartAt": "A", "States": {"A": {"Type": "` + string(stateType) + `", "QueryLanguage": "` + string(language) + `", "` + name + `": null}}}`
				d, _ := asl.Parse(text)
				unsupported := slices.ContainsFunc(asl.Validate(d, asl.Options{}), func(d asl.Diagnostic) bool {
					return strings.Contains(d.Message, "'"+name+"'") && strings.Contains(d.Message, "supported")
				})
				has := slices.ContainsFunc(fields, func(f Field) bool { return f.Name == name })
				if has == unsupported {
					t.Errorf("%s of a %s state in %s: in Fields: %v, unsupported: %v", name, stateType, language, has, unsupported)
				}
			}
		}
	}
}

// TestFields checks what a form says of some fields.
func TestFields(t *testing.T) {
	find := func(fields []Field, way ...string) Field {
		var found Field
		for _, name := range way {
			i := slices.IndexFunc(fields, func(f Field) bool { return f.Name == name })
			if i < 0 {
				t.Fatalf("no field %v", way)
			}
			found, fields = fields[i], fields[i].Fields
		}
		found.Docs, found.Fields = "", nil
		return found
	}
	task := Fields(asl.Task, asl.JSONPath, "arn:aws:states:::sqs:sendMessage")
	jsonataTask := Fields(asl.Task, asl.JSONata, "arn:aws:states:::aws-sdk:s3:getObject")
	mapState := Fields(asl.Map, asl.JSONata, "")
	for _, c := range []struct {
		got, want Field
	}{
		{find(task, "Resource"), Field{Name: "Resource", Kind: ResourceName, Required: true}},
		{find(task, "Next"), Field{Name: "Next", Kind: StateName, Without: []string{"End"}}},
		{find(task, "TimeoutSeconds"), Field{Name: "TimeoutSeconds", Kind: Duration, Default: "99999999", Min: "1", Max: "99999999", Without: []string{"TimeoutSecondsPath"}}},
		{find(task, "ResultPath"), Field{Name: "ResultPath", Kind: ResultPath, Default: `"$"`}},
		{find(task, "Parameters"), Field{Name: "Parameters", Kind: Template}},
		{find(task, "Parameters", "QueueUrl"), Field{Name: "QueueUrl", Kind: Text, Required: true}},
		{find(task, "Retry"), Field{Name: "Retry", Kind: Retriers}},
		{find(task, "Retry", "JitterStrategy"), Field{Name: "JitterStrategy", Kind: Enum, Default: `"NONE"`, Values: []string{"NONE", "FULL"}}},
		{find(task, "Retry", "BackoffRate"), Field{Name: "BackoffRate", Kind: Number, Default: "2.0", Min: "1"}},
		{find(task, "Catch", "ResultPath"), Field{Name: "ResultPath", Kind: ResultPath, Default: `"$"`}},
		{find(jsonataTask, "TimeoutSeconds"), Field{Name: "TimeoutSeconds", Kind: Duration, Default: "99999999", Expression: true, Min: "1", Max: "99999999"}},
		{find(jsonataTask, "Arguments", "Bucket"), Field{Name: "Bucket", Kind: Text, Required: true}},
		{find(jsonataTask, "Output"), Field{Name: "Output", Kind: JSONata, Expression: true}},
		{find(jsonataTask, "Credentials"), Field{Name: "Credentials", Kind: JSONata, Expression: true}},
		{find(mapState, "ItemProcessor"), Field{Name: "ItemProcessor", Kind: Workflow, Required: true}},
		{find(mapState, "ItemProcessor", "ProcessorConfig", "Mode"), Field{Name: "Mode", Kind: Enum, Default: `"INLINE"`, Values: []string{"INLINE", "DISTRIBUTED"}}},
		{find(mapState, "ItemReader", "ReaderConfig", "CSVHeaders"), Field{Name: "CSVHeaders", Kind: Texts, Expression: false}},
		{find(Fields(asl.Choice, asl.JSONata, ""), "Choices", "Condition"), Field{Name: "Condition", Kind: Condition, Expression: true}},
		{find(Fields(asl.Parallel, asl.JSONPath, ""), "Branches"), Field{Name: "Branches", Kind: Workflows, Required: true}},
		{find(Fields(asl.Pass, asl.JSONPath, ""), "Result"), Field{Name: "Result", Kind: Any}},
		{find(FieldsOfMachine(asl.JSONPath), "StartAt"), Field{Name: "StartAt", Kind: StateName, Required: true}},
	} {
		if !equalFields(c.got, c.want) {
			t.Errorf("got  %+v\nwant %+v", c.got, c.want)
		}
	}
	if Fields("Nonsense", asl.JSONPath, "") != nil || Parameters("nonsense") != nil || Parameters("arn:aws:states:::sqs:sendMessage", "Nonsense") != nil {
		t.Error("fields of nothing")
	}
}

func equalFields(a, b Field) bool {
	return a.Name == b.Name && a.Kind == b.Kind && a.Required == b.Required && a.Expression == b.Expression && a.Default == b.Default &&
		a.Min == b.Min && a.Max == b.Max && slices.Equal(a.Values, b.Values) && slices.Equal(a.Without, b.Without)
}

// TestEveryFunctionHasDocs compares the docs with the functions that there are.
func TestEveryFunctionHasDocs(t *testing.T) {
	var functions []string
	for _, f := range asl.ExpressionFunctions() {
		functions = append(functions, "$"+f.Name)
	}
	for _, c := range []struct {
		what string
		have []string
		docs []call
	}{
		{"JSONata", functions, functionDocs()},
		{"intrinsic", intrinsic.Functions(), intrinsicDocs()},
	} {
		var named []string
		for _, f := range c.docs {
			named = append(named, f.name)
			if f.text == "" {
				t.Errorf("%s has no text", f.name)
			}
		}
		slices.Sort(c.have)
		slices.Sort(named)
		if !slices.Equal(c.have, named) {
			t.Errorf("%s functions: have %v\ndocs of %v", c.what, c.have, named)
		}
	}
}

// TestEveryErrorHasDocs compares the docs with the errors, types of states and
// members of the context object that there are.
func TestEveryErrorHasDocs(t *testing.T) {
	for _, name := range asl.ErrorNames() {
		if errorDocs()[name] == "" {
			t.Errorf("no docs of %s", name)
		}
	}
	for _, stateType := range (form{}).values("Type") {
		if stateDocs()[stateType] == "" || !slices.Contains(stateTypes, asl.StateType(stateType)) {
			t.Errorf("no docs or no draft of %s", stateType)
		}
	}
	var check func(way ...string)
	check = func(way ...string) {
		for _, name := range asl.ContextMembers(way...) {
			inner := append(slices.Clone(way), name)
			if contextDocs()["context."+strings.Join(inner, ".")] == "" {
				t.Errorf("no docs of %v", inner)
			}
			check(inner...)
		}
	}
	check()
}

// TestWithout writes two fields that Fields says exclude each other: Validate says so,
// too. Old names of fields are left out: the service reports them in other ways.
func TestWithout(t *testing.T) {
	for _, language := range []asl.QueryLanguage{asl.JSONPath, asl.JSONata} {
		for _, stateType := range stateTypes {
			for _, f := range Fields(stateType, language, "") {
				for _, other := range f.Without {
					if other == "Iterator" || f.Name == "Iterator" || other == "Parameters" || f.Name == "Parameters" {
						continue
					}
					text := `{"StartAt": "A", "States": {"A": {"Type": "` + string(stateType) + `", "QueryLanguage": "` + string(language) + `", "` + f.Name + `": true, "` + other + `": true}}}`
					d, _ := asl.Parse(text)
					if !slices.ContainsFunc(asl.Validate(d, asl.Options{}), func(d asl.Diagnostic) bool {
						return strings.Contains(d.Message, "only be one of") || strings.Contains(d.Message, "only one of")
					}) {
						t.Errorf("%s and %s of a %s state in %s: %v", f.Name, other, stateType, language, asl.Validate(d, asl.Options{}))
					}
				}
			}
		}
	}
}
