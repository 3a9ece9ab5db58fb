package main

import (
	"encoding/json"
	"testing"
)

// tablesModel has one of everything that constrains a member.
const tablesModel = `{"operations": {"Pay": {"input": {"shape": "PayInput"}}}, "shapes": {
	"PayInput": {"type": "structure", "required": ["name"], "members": {
		"name": {"shape": "Name"}, "share": {"shape": "Share"}, "kind": {"shape": "Kind"}, "keys": {"shape": "Keys"}, "routes": {"shape": "Routes"}, "secret": {"shape": "SensitiveData"}}},
	"Name": {"type": "string", "min": 1, "max": 8, "pattern": "[!-~]+"},
	"Share": {"type": "float", "min": 0, "max": 100},
	"Kind": {"type": "string", "enum": ["A", "B"]},
	"Keys": {"type": "list", "member": {"shape": "Key"}},
	"Key": {"type": "string", "max": 4},
	"Routes": {"type": "list", "member": {"shape": "Route"}, "max": 1},
	"Route": {"type": "structure", "required": ["to"], "members": {"to": {"shape": "Kind"}, "via": {"shape": "Key"}}},
	"SensitiveData": {"type": "string", "max": 4, "sensitive": true}}}`

const wantConstraints = `
Pay
	name string required min=1 max=8 pattern=[!-~]+
	share float min=0 max=100
	kind string enum=A|B
	keys list
	keys.member string max=4
	routes list max=1
	routes.member structure
	routes.member.to string required enum=A|B
	routes.member.via string max=4
	secret string sensitive maxbytes=4
`

const wantViolations = violationsHead + `
Pay {}
	1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null

Pay {"name": null}
	1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null

Pay {"name": ""}
	2 validation errors detected: Value '' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [!-~]+

Pay {"name": "${x*9}"}
	1 validation error detected: Value '${x*9}' at 'name' failed to satisfy constraint: Member must have length less than or equal to 8

Pay {"name": "a b"}
	1 validation error detected: Value 'a b' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [!-~]+

Pay {"name": "x", "share": -1}
	1 validation error detected: Value '-1.0' at 'share' failed to satisfy constraint: Member must have value greater than or equal to 0

Pay {"name": "x", "share": 101}
	1 validation error detected: Value '101.0' at 'share' failed to satisfy constraint: Member must have value less than or equal to 100

Pay {"name": "x", "kind": "a"}
	1 validation error detected: Value 'a' at 'kind' failed to satisfy constraint: Member must satisfy enum value set: [A, B]

Pay {"name": "x", "keys": [null]}
	1 validation error detected: Value null at 'keys.1.member' failed to satisfy constraint: Member must not be null

Pay {"name": "x", "keys": ["${x*5}"]}
	1 validation error detected: Value '${x*5}' at 'keys.1.member' failed to satisfy constraint: Member must have length less than or equal to 4

Pay {"name": "x", "routes": [{"to": "A"},{"to": "A"}]}
	1 validation error detected: Value '[Route(to=A, via=null), Route(to=A, via=null)]' at 'routes' failed to satisfy constraint: Member must have length less than or equal to 1

Pay {"name": "x", "routes": [{}]}
	1 validation error detected: Value null at 'routes.1.member.to' failed to satisfy constraint: Member must not be null

Pay {"name": "x", "routes": [{"to": null}]}
	1 validation error detected: Value null at 'routes.1.member.to' failed to satisfy constraint: Member must not be null

Pay {"name": "x", "routes": [{"to": "a"}]}
	1 validation error detected: Value 'a' at 'routes.1.member.to' failed to satisfy constraint: Member must satisfy enum value set: [A, B]

Pay {"name": "x", "routes": [{"to": "A", "via": "${x*5}"}]}
	1 validation error detected: Value '${x*5}' at 'routes.1.member.via' failed to satisfy constraint: Member must have length less than or equal to 4

Pay {"name": "x", "secret": "${x*5}"}
	1 validation error detected: Value at 'secret' failed to satisfy constraint: Member must have size less than or equal to 4 bytes in UTF-8 encoding

Pay {"name": "x", "secret": "${é*3}"}
	1 validation error detected: Value at 'secret' failed to satisfy constraint: Member must have size less than or equal to 4 bytes in UTF-8 encoding

Pay {"name": "", "share": -1, "kind": "a", "routes": [{"to": "A"},{"to": "A"}], "secret": "${x*5}"}
	6 validation errors detected: Value '' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [!-~]+; Value '-1.0' at 'share' failed to satisfy constraint: Member must have value greater than or equal to 0; Value 'a' at 'kind' failed to satisfy constraint: Member must satisfy enum value set: [A, B]; Value '[Route(to=A, via=null), Route(to=A, via=null)]' at 'routes' failed to satisfy constraint: Member must have length less than or equal to 1; Value at 'secret' failed to satisfy constraint: Member must have size less than or equal to 4 bytes in UTF-8 encoding
`

func TestTables(t *testing.T) {
	m := new(model)
	if err := json.Unmarshal([]byte(tablesModel), m); err != nil {
		t.Fatal(err)
	}
	constraints := m.constraints()
	if got := constraints[len(constraints)-len(wantConstraints):]; got != wantConstraints {
		t.Errorf("constraints: got %s, want %s", got, wantConstraints)
	}
	got, err := m.violations()
	if err != nil || got != wantViolations {
		t.Errorf("violations: got %s, %v, want %s", got, err, wantViolations)
	}
	m.Shapes["Name"].Pattern = "[a-z]+"
	if _, err := m.violations(); err == nil || err.Error() != "Pay: name: patterns has no value for [a-z]+" {
		t.Errorf("an unknown pattern: got %v", err)
	}
}
