package testcase

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	f, err := Parse("order.test.yaml", `
definition: order.asl.yaml
clock: 2026-05-01T10:00:00+02:00
mocks:
  Charge: {return: 1}
cases:
  - name: one
    input: null
  - name: ${kind} orders
    table:
      - {kind: small, total: 5, n: "o-1"}
      - {kind: large, total: [1], n: 2}
    input: {total: '${total}', id: 'x-${n}-$${y}'}
    mocks:
      Ship:
        - {error: Busy, cause: later, times: 2, delay: 3s}
        - {evaluate: '{% $input.n %}', when: $input.n > 1, times: always}
    expect:
      path: [Charge, "…", '${kind}']
      outputMatches: {a: '{% $ > 1 %}'}
      states:
        Ship: {attempts: 3, visits: 1}
        Loop: [{next: Loop}, {next: End}]
      calls: [{state: Ship, arguments: {}, times: 0}]
  - name: refused
    expect: {error: X}
`)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Cases) != 4 {
		t.Fatalf("got %d cases", len(f.Cases))
	}
	one, small, large, refused := f.Cases[0], f.Cases[1], f.Cases[2], f.Cases[3]
	if !one.Input.IsNull() || one.Clock != time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC) || one.Seed != 1 || one.At.Line != 7 || one.Expect.Status != "SUCCEEDED" {
		t.Errorf("got %+v", one)
	}
	if small.Name != "small orders" || small.Input.String() != `{"total":5,"id":"x-o-1-${y}"}` || large.Name != "large orders" || large.Input.String() != `{"total":[1],"id":"x-2-${y}"}` {
		t.Errorf("got %s %s, %s %s", small.Name, small.Input, large.Name, large.Input)
	}
	if got := small.Expect.Path.States; strings.Join(got, " ") != "Charge … small" {
		t.Errorf("got %q", got)
	}
	ship := small.Mocks["Ship"].Answers
	if a := small.Mocks["Charge"].Answers[0]; a.Times != Always || a.Return.String() != "1" || len(ship) != 2 {
		t.Errorf("got %+v and %+v", a, ship)
	}
	if a, b := ship[0], ship[1]; a.Times != 2 || a.Delay != 3*time.Second || a.Error != "Busy" || a.Cause != "later" || b.Times != Always || b.When == "" || b.Evaluate == "" {
		t.Errorf("got %+v", ship)
	}
	if s := small.Expect.States["Loop"]; *s.Visits != 2 || len(s.Each) != 2 || s.Last != nil {
		t.Errorf("got %+v", s)
	}
	if small.Mocks["Charge"].At.Line != 5 || refused.Expect.Status != "FAILED" || refused.Mocks["Ship"] != nil {
		t.Errorf("got %+v", refused)
	}
}

func TestMistakes(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"a: 1", `t.yaml:1:1: a: there is no such member; there are cases, `},
		{"definition: x", "t.yaml:1:1: the file: cases are missing"},
		{"[]", "t.yaml:1:1: the file: expected an object, got array"},
		{"", "t.yaml:1:1: the file: expected an object, got null"},
		{"cases: [{}]", "t.yaml:1:9: cases.0: name is missing"},
		{"cases: [{name: a}, {name: a}]", `t.yaml:1:27: cases.1.name: there is a case of the name "a" already`},
		{"cases: [{name: a, name: b}]", "t.yaml:1:19: cases.0.name: this member is there twice, first at 1:10"},
		{"cases: [{name: a, inptu: 1}]", `t.yaml:1:19: cases.0.inptu: there is no such member; did you mean "input"?`},
		{"cases: [{name: a, mocks: {S: {}}}]", "cases.0.mocks.S: expected one of return, evaluate, error, timeout and real"},
		{"cases: [{name: a, mocks: {S: {return: 1, error: E}}}]", "expected one of return, evaluate, error, timeout and real, not several"},
		{"cases: [{name: a, mocks: {S: {return: 1, cause: E}}}]", "cases.0.mocks.S.cause: belongs to an error"},
		{"cases: [{name: a, mocks: {S: []}}]", "expected one answer at least"},
		{"cases: [{name: a, mocks: {S: {return: 1, times: 0}}}]", `expected how many calls it answers, from 1, or "always", got 0`},
		{"cases: [{name: a, mocks: {S: {return: 1, delay: 1d}}}]", `expected a duration such as 200ms, 5s or 24h, got "1d"`},
		{"cases: [{name: a, mocks: {S: {evaluate: '1 +'}}}]", "t.yaml:1:41: cases.0.mocks.S.evaluate: not a JSONata expression: "},
		{"cases: [{name: a, faults: [{state: S}]}]", "cases.0.faults.0: expected one of error, timeout, throttle and latency"},
		{"cases: [{name: a, expect: {status: GONE}}]", "expected one of SUCCEEDED, FAILED, TIMED_OUT, ABORTED"},
		{"cases: [{name: a, expect: {output: 1, outputMatches: 2}}]", "expected one of output and outputMatches, not both"},
		{"cases: [{name: a, expect: {output: {x: ['{% ( %}']}}}]", "cases.0.expect.output.x.0: not a JSONata expression"},
		{"cases: [{name: a, expect: {error: 1}}]", "cases.0.expect.error: expected a text, got 1"},
		{"cases: [{name: a, expect: {calls: [{}]}}]", "cases.0.expect.calls.0: expected a state or a resource"},
		{"cases: [{name: '${x}', table: [{y: 1}]}]", "t.yaml:1:16: cases.0.name: a row of the table has no value for ${x}"},
		{"cases: [{name: 'a ${x', table: [{y: 1}]}]", "the placeholder ${x is not closed"},
		{"cases: [{name: a, table: []}]", "cases.0.table: expected one row at least"},
		{"cases: [{name: a, table: [1]}]", "cases.0.table.0: expected an object with a value for each placeholder, got number"},
		{"cases: [{name: a, clock: noon}]", `expected a time such as 2026-01-31T09:00:00Z, got "noon"`},
		{"cases: [{name: a, seed: 0}]", "expected a whole number above 0, got 0"},
		{"cases: [\n", "t.yaml:"},
	} {
		_, err := Parse("t.yaml", test.text)
		if _, ok := errors.AsType[Mistakes](err); !ok || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %s", test.text, err, test.want)
		}
	}
	if _, err := Parse("t.json", `{"cases": [}`); err == nil || !strings.HasPrefix(err.Error(), "t.json:1:12: ") {
		t.Errorf("got %v", err)
	}
}

// A row of a table must not make a small file large.
func TestTablesAreBounded(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	_, err := Parse("t.yaml", "cases:\n- name: a\n  input: '"+strings.Repeat("${a} ", 2000)+"'\n  table: [{a: "+long+"}, {a: "+long+"}]\n")
	if err == nil || !strings.Contains(err.Error(), "the tables of the file make too much of it") {
		t.Errorf("got %v", err)
	}
	rows := strings.TrimSuffix(strings.Repeat("{},", maxCases+1), ",")
	if _, err := Parse("t.json", `{"cases": [{"name": "a", "table": [`+rows+`]}]}`); err == nil || !strings.Contains(err.Error(), "at most 10000 cases") {
		t.Errorf("got %v", err)
	}
}

// FuzzParse looks for texts that break the reader; what it accepts must have the form that
// the rest relies on.
func FuzzParse(f *testing.F) {
	f.Add("cases: [{name: a, mocks: {S: [{return: 1}]}, expect: {path: [A]}}]", true)
	f.Add(`{"cases": [{"name": "${x}", "table": [{"x": 1}], "input": ["${x}"], "expect": {"output": "{% $ %}"}}]}`, false)
	files, _ := filepath.Glob("../../examples/order/*.test.yaml")
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), true)
	}
	f.Fuzz(func(t *testing.T, text string, yaml bool) {
		name := "t.json"
		if yaml {
			name = "t.yaml"
		}
		file, err := Parse(name, text)
		if err != nil {
			if mistakes, ok := errors.AsType[Mistakes](err); !ok || len(mistakes) == 0 || mistakes[0].At.Line < 1 {
				t.Fatalf("got %#v", err)
			}
			return
		}
		for _, c := range file.Cases {
			if c.Name == "" || !c.Input.Exists() || c.Seed == 0 || c.Expect.Status == "" {
				t.Fatalf("got %+v", c)
			}
			for _, m := range c.Mocks {
				if len(m.Answers) == 0 {
					t.Fatalf("a mock without answers: %+v", c)
				}
			}
		}
	})
}
