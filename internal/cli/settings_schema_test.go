package cli

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"go.yaml.in/yaml/v4"

	"github.com/aslocal/aslocal/value"
)

// TestSettingsSchemaHasAllSettings asks the reader of settings which there are, in each
// object of the schema, by one that there is not.
func TestSettingsSchemaHasAllSettings(t *testing.T) {
	schema, err := value.Parse(settingsSchema)
	if err != nil {
		t.Fatal(err)
	}
	objects := 0
	var check func(v value.Value, document string)
	check = func(v value.Value, document string) {
		properties := v.Get("properties")
		if additional := v.Get("additionalProperties"); additional.Get("properties").Exists() {
			check(additional, strings.Replace(document, "?", "dynamodb: {?}", 1))
		}
		if properties.Kind() != value.Object {
			return
		}
		objects++
		_, err := parseSettings("s.yaml", strings.Replace(document, "?", "zzzzzz: 1", 1))
		var e *exitError
		names := slices.Sorted(maps.Keys(maps.Collect(properties.Members())))
		if want := "there are " + strings.Join(names, ", "); !errors.As(err, &e) || e.hint != want {
			t.Errorf("%s: got %v with the hint %q, want %q", document, err, e.hint, want)
		}
		for name, member := range properties.Members() {
			check(member, strings.Replace(document, "?", name+": {?}", 1))
		}
	}
	check(schema, "{?}")
	if objects < 10 {
		t.Errorf("%d objects were checked", objects)
	}
}

// TestSettingsSchema checks settings with the schema, as editors do.
func TestSettingsSchema(t *testing.T) {
	schema, err := jsonschema.CompileString("settings.schema.json", settingsSchema)
	if err != nil {
		t.Fatal(err)
	}
	for text, valid := range map[string]bool{
		"accounts: {AKID: '222222222222', ci: 333333333333}":            true,
		"accounts: {AKID: '22'}":                                        false,
		"account: '123456789012'\nlambda: {endpoint: localhost}\ns3:\n": true,
		"functions: {f: {folder: src, runtime: python3.12, handler: a.b, environment: {A: 1, B: true, C: x}, timeout: 5, layers: [x]}, g: {url: localhost}}": true,
		"services: {'*': {endpoint: aws}}\nmachines: {m: {type: EXPRESS}}\nmissing: hold\nlogs: out.jsonl":                                                   true,
		"tls: true":                  true,
		"tls: {cert: a.pem, key: k}": true,
		"tls: {key: k}":              false,
		"tls: yes please":            false,
		"faults: [{state: A, error: E, attempts: 1-2, probability: 0.5, seed: 7}, {machine: m, state: B, timeout: true, latency: 5s, attempts: 1, off: true}]": true,
		"faults: [{error: E}]":                           false,
		"faults: [{state: A, error: E, probability: 2}]": false,
		"functions: {f: {foldr: src}}":                   false,
		"functions: {f: {timeout: 901}}":                 false,
		"machines: {m: {type: FAST}}":                    false,
		"connections: {c: {apiKey: {}}}":                 false,
		"lambda: {functions: {f: {a: b}}}":               false,
	} {
		var document any
		if err := yaml.Unmarshal([]byte(text), &document); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(document); (err == nil) != valid {
			t.Errorf("%s: got %v, want it valid: %v", text, err, valid)
		}
		if _, err := parseSettings("s.yaml", text); (err == nil) != valid {
			t.Errorf("%s: the reader says %v, want it valid: %v", text, err, valid)
		}
	}
}
