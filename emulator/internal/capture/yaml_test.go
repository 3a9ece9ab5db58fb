package capture

import (
	"strings"
	"testing"

	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// What is written is read as the same value.
func TestYAML(t *testing.T) {
	for _, text := range []string{
		`{}`, `[]`, `{"cases": []}`, `"x"`, `{"a": {}, "b": [], "c": [[]], "d": [{}, {}]}`,
		`{"a": ["yes", "no", "on", "null", "~", "", " ", "a b", "a: b", "a #b", "- a", "1", "1e5", "0x1f", "2026-01-01", "12:30:00", "=", "<<", "a\nb", "\t", "\"", "'", "{% $ = 'x' %}", "{% $ = \"x\" %}", "*", "&a", "!x", "%", "@", "` + "`" + `", "a,b", "[a]", "é", "\u0085\u2028\u2029\ufeff\u007f\u0001", "\ud83d\ude00"]}`,
		`{"yes": 1, "n": 2, "": 3, "a: b": 4, "1": 5, "a\nb": 6, "{": 7, "-": 8, "? x": 9}`,
		`{"n": [0, -1, 1.5, 1e300, 123456789012345678901234567890, 0.1, 1.0], "t": [true, false, null]}`,
		`{"a": {"b": {"c": {"d": {"e": [[[[[[1]]]]]]}}}}, "list": [{"x": [1, {"y": [{"z": 1}, {"z": 2}]}]}, [[1, 2], [3]]]}`,
		`{"long": "` + strings.Repeat("long text ", 500) + `", "` + strings.Repeat("k", 200) + `": 1}`,
		`{"mocks": {"A": [{"error": "x"}, {"return": {"Payload": {}}}]}, "expect": {"status": "FAILED"}}`,
	} {
		v := value.MustParse(text)
		got, _, err := position.YAML(string(YAML(v)))
		if err != nil || !value.Equal(got, v) {
			t.Errorf("%s\n%s\n%v, %s", text, YAML(v), err, got)
		}
	}
}
