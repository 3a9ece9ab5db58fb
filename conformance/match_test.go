package conformance

import (
	"testing"

	"github.com/aslocal/aslocal/value"
)

func TestDifference(t *testing.T) {
	m := &matcher{values: map[string]string{"name": "x.1", "execution": "arn:x.1"}}
	for _, c := range []struct{ name, want, got, difference string }{
		{"equal", `{"a":[1,null,true,"x"]}`, `{"a":[1,null,true,"x"]}`, ""},
		{"order of members", `{"a":1,"b":2}`, `{"b":2,"a":1}`, ""},
		{"order of items", `[1,2]`, `[2,1]`, "/0: got 2, want 1"},
		{"missing member", `{"a":{"b":1}}`, `{"a":{}}`, "/a/b: got nothing, want 1"},
		{"additional member", `{"a":{}}`, `{"a":{"b/c":1}}`, "/a/b~1c: got 1, want nothing"},
		{"missing item", `[1,2]`, `[1]`, "/1: got nothing, want 2"},
		{"additional item", `[]`, `[null]`, "/0: got null, want nothing"},
		{"null is not nothing", `{"a":null}`, `{}`, "/a: got nothing, want null"},
		{"kinds", `1`, `"1"`, `: got "1", want 1`},
		{"numbers by value", `[1e2,0.50]`, `[100.0,0.5]`, ""},
		{"integers stay integers", `1`, `1.0`, ": got 1.0, want 1"},
		{"large integers", `12345678901234567890`, `12345678901234567891`, ": got 12345678901234567891, want 12345678901234567890"},
		{"JSON in a text is a text", `{"a":1}`, `"{\"a\": 1}"`, `: got "{\"a\": 1}", want {"a":1}`},
		{"JSON in a Cause", `{"Cause":{"a":1}}`, `{"Cause":"{\"a\": 1}"}`, ""},
		{"JSON in a Cause that differs", `{"Cause":{"a":[1]}}`, `{"Cause":"{\"a\": [2]}"}`, "/Cause/a/0: got 2, want 1"},
		{"no JSON in a Cause", `{"Cause":{"a":1}}`, `{"Cause":"{"}`, `/Cause: got "{", want {"a":1}`},
		{"a text is not parsed for a text", `"{\"a\":1}"`, `"{\"a\": 1}"`, `: got "{\"a\": 1}", want "{\"a\":1}"`},
		{"named placeholder", `"${name}!"`, `"x.1!"`, ""},
		{"named placeholder is literal", `"${name}"`, `"xy1"`, `: got "xy1", want "${name}"`},
		{"two placeholders", `"${execution}:${uuid}"`, `"arn:x.1:2b1c7a1e-6f0d-4c55-9a53-0242ac120002"`, ""},
		{"no uuid", `"${uuid}"`, `"2b1c7a1e-6f0d-1c55-9a53-0242ac120002"`, `: got "2b1c7a1e-6f0d-1c55-9a53-0242ac120002", want "${uuid}"`},
		{"time", `"${time}"`, `"2026-01-01T00:00:00.001Z"`, ""},
		{"time without fraction", `"${time}"`, `"2026-01-01T00:00:00Z"`, ""},
		{"no time", `"${time}"`, `"2026-01-01 00:00:00Z"`, `: got "2026-01-01 00:00:00Z", want "${time}"`},
		{"nothing is left over", `"${time}"`, `"2026-01-01T00:00:00Z\n"`, `: got "2026-01-01T00:00:00Z\n", want "${time}"`},
		{"any text", `"a${any}z"`, `"a\nb z"`, ""},
		{"any value", `{"a":"${any}"}`, `{"a":[1]}`, ""},
		{"any value is a value", `{"a":"${any}"}`, `{}`, `/a: got nothing, want "${any}"`},
		{"token", `"${token}"`, `"AAAA/+="`, ""},
		{"empty token", `"${token}"`, `""`, `: got "", want "${token}"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			want, got := value.MustParse(c.want), value.MustParse(c.got)
			text := ""
			if d := m.difference("", want, got); d != nil {
				text = d.String()
			}
			if text != c.difference {
				t.Errorf("got %q, want %q", text, c.difference)
			}
		})
	}
}
