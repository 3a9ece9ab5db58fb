package policy

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// TestRepository holds the policy.
func TestRepository(t *testing.T) {
	violations, err := Check(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range violations {
		t.Error(v)
	}
}

// The policy finds what it is for; each file breaks one rule, or none.
func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		want             string // without the file's name, lines separated by newlines
	}{
		{"a package without imports", "value/x.go", "package value", ""},
		{"an arrow down", "jsonpath/x.go", "package jsonpath\nimport \"github.com/aslocal/aslocal/value\"", ""},
		{"an arrow up", "value/x.go", "package value\nimport \"github.com/aslocal/aslocal/asl\"",
			"2: imports github.com/aslocal/aslocal/asl: value imports of ours only internal/cell"},
		{"an arrow aside", "jsonata/x.go", "package jsonata\nimport (\n\t\"fmt\"\n\tjp \"github.com/aslocal/aslocal/jsonpath\"\n)",
			"4: imports github.com/aslocal/aslocal/jsonpath: jsonata imports of ours only value, internal/cell, jsonata/internal/wtf8, jsonata/internal/ecma, jsonata/internal/picture"},
		{"the machine knows no emulator", "asl/machine/x.go", "package machine\nimport \"github.com/aslocal/aslocal/emulator/internal/api/fault\"",
			"2: imports github.com/aslocal/aslocal/emulator/internal/api/fault: asl/machine imports of ours only value, jsonpath, jsonata, asl, asl/intrinsic, internal/position, internal/spell"},
		{"the module itself", "value/x.go", "package value\nimport \"github.com/aslocal/aslocal\"",
			"2: imports github.com/aslocal/aslocal: value imports of ours only internal/cell"},
		{"another module of a similar name", "value/x.go", "package value\nimport \"github.com/aslocal/aslocalize\"", ""},
		{"a folder of the emulator", "emulator/x.go", "package emulator\nimport \"github.com/aslocal/aslocal/emulator/journal/storetest\"", ""},
		{"a subcommand", "internal/cli/serve/x.go", "package serve\nimport \"github.com/aslocal/aslocal/emulator\"", ""},
		{"main imports only the CLI", "cmd/aslocal/main.go", "package main\nimport \"github.com/aslocal/aslocal/emulator\"",
			"2: imports github.com/aslocal/aslocal/emulator: cmd/aslocal imports of ours only internal/cli"},
		{"an example uses what users can", "examples/order/main.go", "package main\nimport \"github.com/aslocal/aslocal/internal/cli\"",
			"2: imports github.com/aslocal/aslocal/internal/cli: examples/... imports of ours only value, jsonpath, jsonata, asl/..., graph, emulator/..., conformance"},
		{"a package without a row", "util/x.go", "package util", "1: is in package util: every package has a row in internal/policy"},
		{"a folder below one without", "value/util/x.go", "package util", "1: is in package value/util: every package has a row in internal/policy"},
		{"the root", "x.go", "package aslocal", "1: is in package .: every package has a row in internal/policy"},

		{"a network", "asl/x.go", "package asl\nimport \"net/http\"", "2: imports net/http: asl is pure, the network is the engine's"},
		{"addresses are texts", "asl/x.go", "package asl\nimport (\n\"net/url\"\n\"net/netip\"\n)", ""},
		{"files", "jsonpath/x.go", "package jsonpath\nimport \"os\"", "2: imports os: jsonpath is pure, files and environment are the caller's"},
		{"signals", "jsonpath/x.go", "package jsonpath\nimport \"os/signal\"", "2: imports os/signal: jsonpath is pure, files and environment are the caller's"},
		{"chance", "asl/intrinsic/x.go", "package intrinsic\nimport \"math/rand/v2\"", "2: imports math/rand/v2: asl/intrinsic is pure, randomness comes from the execution's seed"},
		{"better chance", "jsonata/x.go", "package jsonata\nimport \"crypto/rand\"", "2: imports crypto/rand: jsonata is pure, randomness comes from the execution's seed"},
		{"mathematics", "jsonata/x.go", "package jsonata\nimport (\n\"math\"\n\"math/big\"\n)", ""},
		{"the engine has them all", "emulator/internal/engine/x.go", "package engine\nimport (\n\"net/http\"\n\"os\"\n\"math/rand\"\n\"time\"\n)\nvar _ = time.Now()", ""},

		{"the clock", "value/x.go", "package value\nimport \"time\"\nvar x = time.Now()", "3: uses time.Now: value is pure, time is in the stimulus"},
		{"the clock as a value", "value/x.go", "package value\nimport \"time\"\nvar now = time.Now", "3: uses time.Now: value is pure, time is in the stimulus"},
		{"the clock under another name", "value/x.go", "package value\nimport clock \"time\"\nvar x = clock.Since(y)\n", "3: uses time.Since: value is pure, time is in the stimulus"},
		{"the clock without a name", "value/x.go", "package value\nimport . \"time\"\nvar x = Now()",
			"2: imports all names of time: time is in the stimulus\n2: imports all names of time: timers are commands to the engine\n2: imports all names of time: time zones of the system differ from one to another"},
		{"a timer", "asl/machine/x.go", "package machine\nimport \"time\"\nfunc f() { <-time.After(time.Second) }", "3: uses time.After: asl/machine is pure, timers are commands to the engine"},
		{"the system's time zone", "jsonata/x.go", "package jsonata\nimport \"time\"\nvar x = time.Local", "3: uses time.Local: jsonata is pure, time zones of the system differ from one to another"},
		{"a random id", "asl/intrinsic/x.go", "package intrinsic\nimport \"github.com/google/uuid\"\nvar id = uuid.NewString()", "3: uses uuid.NewString: asl/intrinsic is pure, ids come from the execution's seed"},
		{"durations and formats", "asl/machine/x.go", "package machine\nimport \"time\"\nvar d, x = time.Second, time.RFC3339\nvar t, _ = time.Parse(x, x)\nvar u = t.UTC().Local()", ""},
		{"a variable called time", "asl/x.go", "package asl\nimport \"time\"\nvar d time.Duration\nfunc f(time struct{ Now int }) int { return time.Now }", ""},
		{"two at once, by line", "value/x.go", "package value\nimport (\n\"time\"\n\"os\"\n)\nvar x = time.Now()\nvar y = time.Tick(1)",
			"4: imports os: value is pure, files and environment are the caller's\n6: uses time.Now: value is pure, time is in the stimulus\n7: uses time.Tick: value is pure, timers are commands to the engine"},

		{"unsafe", "emulator/x.go", "package emulator\nimport \"unsafe\"", "2: imports unsafe: only these are unsafe: internal/cell/compact.go, emulator/internal/lambda/process_windows.go"},
		{"unsafe where it may be", "internal/cell/compact.go", "package cell\nimport \"unsafe\"", ""},
		{"CGO", "emulator/x.go", "package emulator\nimport \"C\"", "2: imports C: we build without CGO"},

		{"a test is free", "value/x_test.go", "package value\nimport (\n\"os\"\n\"time\"\n)\nvar x = time.Now()", ""},
		{"testdata is no code", "value/testdata/x.go", "package util", ""},
		{"a hidden folder is no code", ".git/x.go", "package util", ""},
		{"a file that is no Go", "util/x.js", "import 'os'", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			violations, err := Check(fstest.MapFS{c.file: {Data: []byte(c.text)}})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, v := range violations {
				got = append(got, strings.TrimPrefix(v.String(), c.file+":"))
			}
			if strings.Join(got, "\n") != c.want {
				t.Errorf("got  %s\nwant %s", strings.Join(got, "\n"), c.want)
			}
		})
	}
}

func TestCheckOtherModules(t *testing.T) {
	violations, err := Check(fstest.MapFS{
		"go.mod":          {Data: []byte("module github.com/aslocal/aslocal")},
		"temporal/go.mod": {Data: []byte("module github.com/aslocal/aslocal/temporal")},
		"temporal/x.go":   {Data: []byte("package temporal")},
		"util/x.go":       {Data: []byte("package util")},
	})
	if err != nil || len(violations) != 1 || violations[0].File != "util/x.go" {
		t.Errorf("got %v, %v, want only util/x.go", violations, err)
	}
}

func TestCheckReportsWhatIsNotGo(t *testing.T) {
	_, err := Check(fstest.MapFS{"value/x.go": {Data: []byte("packige value")}})
	if err == nil || !strings.Contains(err.Error(), "value/x.go:1:1") {
		t.Errorf("got %v, want an error with the place", err)
	}
}

// Each package has one row, what a row names has one too, and what a pure
// package imports is pure itself.
func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range table {
		if seen[r.name] {
			t.Errorf("%s has two rows", r.name)
		}
		seen[r.name] = true
		for _, imported := range strings.Fields(r.imports) {
			known := slices.ContainsFunc(table, func(other row) bool {
				return other.name == imported || within(other.name, imported) || imported+"/..." == other.name
			})
			if !known {
				t.Errorf("%s imports %s, which has no row", r.name, imported)
			}
			if other, _ := rowOf(imported); r.pure && !other.pure {
				t.Errorf("%s is pure and imports %s, which is not", r.name, imported)
			}
		}
	}
}
