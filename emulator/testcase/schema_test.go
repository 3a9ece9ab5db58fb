package testcase

import (
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"go.yaml.in/yaml/v4"
)

// The schema and the reader agree.
func TestSchema(t *testing.T) {
	schema, err := jsonschema.CompileString("testcase.schema.json", Schema())
	if err != nil {
		t.Fatal(err)
	}
	for text, valid := range map[string]bool{
		"{definition: a.json, mockConfig: m.json, substitutions: {A: b}, clock: '2026-01-01T00:00:00Z', seed: 3, mockCase: x, mocks: {S: {return: null}}, resources: {f: [{error: E}]}, faults: [{state: S, timeout: true}], cases: []}":            true,
		"cases: [{name: a, input: 1, skip: later, table: [{x: 1}], expect: {status: FAILED, output: 1, error: E, cause: C, path: [A, '*'], paths: {'M[0]': [B]}, events: [TaskFailed], transitions: 3, snapshot: true}}]":                           true,
		"cases: [{name: a, expect: {outputMatches: {}, states: {S: {visits: 1, attempts: 2, input: 1, arguments: 1, output: 1, variables: {}, error: E, next: N}, T: [{inputMatches: {}}]}, calls: [{state: S, argumentsMatches: {}, times: 0}]}}]": true,
		"cases: [{name: a, mocks: {S: [{evaluate: $input, when: 'true', delay: 5s, times: always}, {timeout: true, times: 2}, {real: true}, {error: E, cause: c}]}}]":                                                                               true,
		"cases: [{name: a, expect:, mocks:}]": true,
		"{}":                                  false,
		"cases: [{name:}]":                    false,
		"cases: [{}]":                         false,
		"cases: [{name: a, mocks: {S: []}}]":  false,
		"cases: [{name: a, mocks: {S: {times: sometimes}}}]":         false,
		"cases: [{name: a, expect: {status: DONE}}]":                 false,
		"cases: [{name: a, expect: {ouput: 1}}]":                     false,
		"cases: [{name: a, expect: {calls: [{state: S, time: 1}]}}]": false,
		"cases: [{name: a, faults: [{error: E}]}]":                   false,
		"cases: [{name: a, table: []}]":                              false,
		"cases: [{name: a, seed: -1}]":                               false,
	} {
		var document any
		if err := yaml.Unmarshal([]byte(text), &document); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(document); (err == nil) != valid {
			t.Errorf("%s: got %v, want it valid: %v", text, err, valid)
		}
		if _, err := Parse("t.yaml", text); (err == nil) != valid {
			t.Errorf("%s: the reader says %v, want it valid: %v", text, err, valid)
		}
	}
}
