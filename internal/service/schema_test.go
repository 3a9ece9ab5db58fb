package service

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/value"
)

func TestCheck(t *testing.T) {
	tests := []struct {
		integration, result string
		required            bool
		want                string
	}{
		{"dynamodb:putItem", `{"ConsumedCapacity": {"CapacityUnits": 1.5}}`, true, ""},
		{"dynamodb:putItem", `{"ConsumedCapacity": {"CapacityUnits": "1.5"}}`, true, "Field 'CapacityUnits' must be a number"},
		{"dynamodb:putItem", `{"Attributes": {"a": {"L": [{"S": 1}]}}}`, true, "Field 'S' must be a string"},
		{"dynamodb:putItem", `{"Attributes": {"a": 1}}`, true, "Field 'a' must be an object"},
		{"dynamodb:getItem", `{"Item": {"a": {"BOOL": "true"}}}`, true, "Field 'BOOL' must be a boolean"},
		{"events:putEvents", `{}`, true, ""},
		{"events:putEvents", `{"unknown": 1}`, true, ""},
		{"events:putEvents", `{"Entries": {}}`, true, "Field 'Entries' must be an array"},
		{"events:putEvents", `{"Entries": [1]}`, true, "Field 'Entries' must be an object"},
		{"events:putEvents", `{"Entries": null}`, true, ""},
		{"lambda:invoke", `{"StatusCode": "200", "Payload": [1]}`, false, "Field 'StatusCode' must be a number"},
		{"states:startExecution", `{}`, true, "Required field 'ExecutionArn' is missing"},
		{"states:startExecution", `{"executionArn": "a", "startDate": "b"}`, true, "Required field 'ExecutionArn' is missing"},
		{"states:startExecution", `{}`, false, ""},
		{"states:startExecution", `{"StartDate": true}`, false, "Field 'StartDate' must be a string"},
		{"states:startExecution.sync", `{"ExecutionArn": "a", "StateMachineArn": "b", "StartDate": "c", "Status": "DONE"}`, true, "Field 'Status' is not an expected value"},
		{"aws-sdk:kms:encrypt", `{"CiphertextBlob": ""}`, false, "Field 'CiphertextBlob' is smaller than the minimum length"},
		{"aws-sdk:kms:decrypt", `{"KeyMaterialId": "` + strings.Repeat("ä", 65) + `"}`, false, "Field 'KeyMaterialId' exceeds the maximum length"},
		{"aws-sdk:kms:decrypt", `{"KeyMaterialId": "` + strings.Repeat("ä", 64) + `"}`, false, ""},
		{"aws-sdk:lambda:listFunctions", `{"Functions": [{"MemorySize": 64}]}`, true, "Field 'MemorySize' is less than the minimum value"},
		{"aws-sdk:lambda:listFunctions", `{"Functions": [{"MemorySize": 65536}]}`, true, "Field 'MemorySize' exceeds the maximum value"},
		{"aws-sdk:lambda:listFunctions", `{"Functions": [{"Architectures": []}]}`, true, "Field 'Architectures' is smaller than the minimum length"},
		{"aws-sdk:lambda:listFunctions", `{"Functions": [{"FileSystemConfigs": [{"Arn": "a"}]}]}`, true, "Required field 'LocalMountPath' is missing"},
		{"aws-sdk:s3:getObject", `{"StorageClass": "Papyrus"}`, false, "Field 'StorageClass' is not an expected value"},
	}
	for _, test := range tests {
		s, ok := AnswerOf(test.integration)
		if !ok {
			t.Errorf("%s: no such schema", test.integration)
			continue
		}
		if got := s.Check(value.MustParse(test.result), test.required); got != test.want {
			t.Errorf("%s %s\n got %q\nwant %q", test.integration, test.result, got, test.want)
		}
	}
}

// Answers are those of actions in the table of services, of their jobs, or of
// actions through the AWS SDK.
func TestAnswers(t *testing.T) {
	schemas, err := parseSchemas(answersText)
	if err != nil {
		t.Fatal(err)
	}
	integrations := 0
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		if !strings.Contains(name, ":") {
			continue
		}
		integrations++
		if strings.HasPrefix(name, "aws-sdk:") {
			continue
		}
		stem, job := strings.CutSuffix(name, ".sync")
		service, action, _ := strings.Cut(stem, ":")
		if a, ok := Find(service, action); !ok || job && !a.Has(".sync") {
			t.Errorf("%s is no integration", name)
		}
	}
	if integrations < 80 {
		t.Errorf("got %d integrations, want at least 80", integrations)
	}
	if _, ok := AnswerOf("aws-sdk:nothing:of"); ok {
		t.Error("a service that the table lacks has a schema")
	}
}

// FuzzParseSchemas reads anything; a table that it can read it must print so that it
// reads it again.
func FuzzParseSchemas(f *testing.F) {
	f.Add("A = {B string(1..2) C* [number(0..)](1..3) D <E>} E = enum(x y-z)")
	f.Add("A = {B A} # more\nC = A")
	f.Fuzz(func(t *testing.T, source string) {
		schemas, err := parseSchemas(source)
		if err != nil {
			return
		}
		text := printed(schemas)
		again, err := parseSchemas(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got := printed(again); got != text {
			t.Errorf("%s is read as %s", text, got)
		}
	})
}

func printed(schemas map[string]*Schema) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		b.WriteString(name + " = " + schemas[name].String() + "\n")
	}
	return b.String()
}

func TestParseSchemas(t *testing.T) {
	tests := []struct{ source, want string }{
		{"A = {B string(1..2) C* [number(0..)](1..3) D <E>} E = enum(x y-z)", "{B string(1..2) C* [number(0..)](1..3) D <E>}"},
		{"A = {B A C any D boolean E blob}", "{B A C any D boolean E string}"},
		{"A = B B = C C = [number]", "[number]"},
		{"A = B B = A", "line 1: A is only a name"},
		{"A = # a comment\n  number", "number"},
		{"A = {B C}", "line 1: no schema is named C"},
		{"A = any\nA = any", "line 2: A is there twice"},
		{"A any", "line 1: expected '=', got \"any\""},
		{"A = [any", "line 1: expected ']', got \"\""},
		{"A = string(1)", "line 1: expected low..high, got \"1\""},
		{"A = string(x..2)", "line 1: expected a number, got \"x\""},
		{"A = enum(", "line 1: expected a value, got \"\""},
		{"A = {", "line 1: expected a member, got \"\""},
		{"A = " + strings.Repeat("[", 100), "line 1: nested too deeply"},
	}
	for _, test := range tests {
		schemas, err := parseSchemas(test.source)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = schemas["A"].String()
		}
		if got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.source, got, test.want)
		}
	}
}
