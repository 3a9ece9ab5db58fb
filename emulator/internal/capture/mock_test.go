package capture

import (
	"testing"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/value"
)

// Calls of several lines of control are told apart by what differs in their arguments.
func TestAnswers(t *testing.T) {
	returns := func(line int, arguments, output string) call {
		return call{line: line, begun: 1, ended: 1, arguments: value.MustParse(arguments), output: value.MustParse(output)}
	}
	fails := func(line int, arguments string) call {
		return call{line: line, begun: 1, ended: 1, arguments: value.MustParse(arguments), failure: machine.NewFailure("E", "c")}
	}
	const id = `"9ec5a0bf-3d58-4dd2-a0d6-d0ee40b2f9a8"`
	for _, tt := range []struct {
		name  string
		calls []call
		want  string
	}{
		{"one", []call{returns(0, `{}`, `1`)}, `{"return":1}`},
		{"in a sequence", []call{fails(0, `{}`), fails(0, `{}`), returns(0, `{}`, `1`)}, `[{"error":"E","cause":"c","times":2},{"return":1}]`},
		{"the same in a sequence", []call{returns(0, `{}`, `1`), returns(0, `{}`, `1`)}, `[{"return":1,"times":2}]`},
		{"the same in iterations", []call{returns(0, `{"n":1}`, `1`), returns(1, `{"n":2}`, `1`)}, `{"return":1}`},
		{"others in iterations", []call{returns(0, `{"n":1}`, `1`), returns(1, `{"n":2}`, `2`)}, `[{"return":1,"when":"$input.n = 1"},{"return":2,"when":"$input.n = 2"}]`},
		{"a retry in an iteration", []call{fails(0, `{"n":1}`), returns(1, `{"n":2}`, `2`), returns(0, `{"n":1}`, `1`)},
			`[{"error":"E","cause":"c","when":"$input.n = 1"},{"return":2,"when":"$input.n = 2"},{"return":1,"when":"$input.n = 1"}]`},
		{"names that JSONata does not read", []call{returns(0, `{"a b":["x"]}`, `1`), returns(1, `{"a b":["y"]}`, `2`)},
			"[{\"return\":1,\"when\":\"$input.`a b`[0] = \\\"x\\\"\"},{\"return\":2,\"when\":\"$input.`a b`[0] = \\\"y\\\"\"}]"},
		{"two values together", []call{returns(0, `{"a":1,"b":1}`, `1`), returns(1, `{"a":1,"b":2}`, `2`), returns(2, `{"a":2,"b":1}`, `3`)},
			`[{"return":1,"when":"$input.a = 1 and $input.b = 1"},{"return":2,"when":"$input.a = 1 and $input.b = 2"},{"return":3,"when":"$input.a = 2 and $input.b = 1"}]`},
		{"nothing differs but an id", []call{returns(0, `{"id":`+id+`}`, `1`), returns(1, `{"id":"x"}`, `2`)}, `[{"return":1},{"return":2}]`},
	} {
		all := &calls{}
		if got := all.answers(tt.calls); !value.Equal(got, value.MustParse(tt.want)) {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

// Delays are kept where they matter.
func TestDelays(t *testing.T) {
	one, two := &calls{}, &calls{lines: map[[2]int32]int{{0, 0}: 0, {0, 1}: 1}}
	result := value.OfInt(1)
	for _, tt := range []struct {
		name string
		all  *calls
		call call
		want string
	}{
		{"a short one", one, call{begun: 1, ended: 500, output: result}, `{"return":1}`},
		{"a long one", one, call{begun: 0, ended: 5500, output: result}, `{"return":1,"delay":"5.5s"}`},
		{"a short one where others run", two, call{begun: 1, ended: 500, output: result}, `{"return":1,"delay":"499ms"}`},
		{"one that is never answered", one, call{begun: 1}, `{"return":null,"delay":"8760h"}`},
		{"one of minutes", one, call{begun: 0, ended: 600_000, output: result}, `{"return":1,"delay":"10m"}`},
		{"a timeout", one, call{begun: 0, ended: 10_000, timedOut: true, timeout: 10}, `{"timeout":true,"delay":"10s"}`},
		{"a missed heartbeat", one, call{begun: 0, ended: 3000, timedOut: true, timeout: 10, heartbeat: 3}, `{"timeout":true,"delay":"4s"}`},
		{"one with heartbeats", one, call{begun: 0, ended: 9000, output: result, heartbeat: 3}, `{"return":1,"delay":"2.999s"}`},
	} {
		if got := tt.all.answer(&tt.call); !value.Equal(got, value.MustParse(tt.want)) {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

// Of what varies, the type is expected.
func TestMark(t *testing.T) {
	for _, tt := range []struct {
		name, recorded string
		others         []string
		looks          bool
		want           string
	}{
		{"nothing varies", `{"a":[1,"x"]}`, []string{`{"a":[1,"x"]}`}, false, `{"a":[1,"x"]}`},
		{"members and items", `{"a":[1,"x"],"b":true,"c":null}`, []string{`{"a":[1,"x"],"b":true,"c":null}`, `{"a":[2,"y"],"b":false,"c":1}`}, false,
			`{"a":["{% $type($) = \"number\" %}","{% $type($) = \"string\" %}"],"b":"{% $type($) = \"boolean\" %}","c":"{% $type($) = \"null\" %}"}`},
		{"lists of another length", `[1]`, []string{`[1,2]`}, false, `"{% $type($) = \"array\" %}"`},
		{"no output", `{"a":1}`, []string{``}, false, `"{% $type($) = \"object\" %}"`},
		{"a text that reads like a condition", `"{% x %}"`, []string{`"{% x %}"`}, false, `"{% $ = \"{% x %}\" %}"`},
		{"an ARN of a Map Run", `["arn:aws:states:us-east-1:1:mapRun:m/l:x", "s3"]`, []string{`["arn:aws:states:us-east-1:1:mapRun:m/l:x", "s3"]`}, true, `["{% $type($) = \"string\" %}","s3"]`},
	} {
		var others []value.Value
		for _, text := range tt.others {
			v := value.Value{}
			if text != "" {
				v = value.MustParse(text)
			}
			others = append(others, v)
		}
		if got := mark(value.MustParse(tt.recorded), others, tt.looks); !value.Equal(got, value.MustParse(tt.want)) {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}
