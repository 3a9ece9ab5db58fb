package history

import (
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/value"
)

// What is cut is a prefix of whole characters, and as long as the limit lets it be when it
// is escaped.
func TestPayloadsAreCut(t *testing.T) {
	for _, c := range []struct {
		text  string
		limit int
		want  string
	}{
		{"abcdef", 0, "abcdef"},
		{"abcdef", 6, "abcdef"},
		{"abcdef", 5, "abcde"},
		{`"a"`, 4, `"a`},
		{`"a"`, 5, `"a"`},
		{"\\\n\t", 5, "\\\n"},
		{"a\x01b", 6, "a"},
		{"éé", 3, "é"},
		{"é𝄞x", 6, "é𝄞"},
		{"é𝄞x", 5, "é"},
		{"\U0001d11e", 1, ""},
	} {
		o := Options{Limit: c.limit}
		got, cut := o.cut(c.text)
		if got != c.want || cut != (c.want != c.text) {
			t.Errorf("%q, limit %d: got %q, %t, want %q", c.text, c.limit, got, cut, c.want)
		}
	}
}

// Variables that are too large are left out.
func TestVariablesAreLeftOut(t *testing.T) {
	e := machine.Event{Type: machine.StateExited, Kind: asl.Pass, State: "S", Doc: value.MustParse(`1`), Assigned: value.OfMembers("v", value.OfString(strings.Repeat("x", 100)))}
	for limit, want := range map[int]string{
		100: `{"name":"S","output":"1","outputDetails":{"truncated":false},"assignedVariablesDetails":{"truncated":true}}`,
		200: `{"name":"S","output":"1","outputDetails":{"truncated":false},"assignedVariables":{"v":"\"` + strings.Repeat("x", 100) + `\""},"assignedVariablesDetails":{"truncated":false}}`,
	} {
		if _, got := Details(&e, Options{Limit: limit}); got.String() != want {
			t.Errorf("limit %d: got %s, want %s", limit, got, want)
		}
	}
}
