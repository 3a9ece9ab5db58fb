package asl_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl"
)

// This file validates our own cases: testdata/definitions/valid has nothing to
// object to; beside each file of testdata/definitions/invalid stands what is to
// be said of it. Names with .express are of Express state machines.

var update = flag.Bool("update", false, "write the expected diagnostics anew")

func ownCases(t testing.TB, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../testdata/definitions", folder, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no definitions in %s: %v", folder, err)
	}
	var definitions []string
	for _, file := range files {
		if filepath.Ext(file) != ".txt" {
			definitions = append(definitions, file)
		}
	}
	return definitions
}

// report validates a file and says what the command line would.
func report(t testing.TB, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Base(file)
	d, found := asl.ParseFile(name, text)
	if !found.HasErrors() {
		found = append(found, asl.Validate(d, asl.Options{Express: strings.Contains(name, ".express.")})...)
	}
	var b strings.Builder
	if err := found.Format(&b, text); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestValidDefinitions(t *testing.T) {
	for _, file := range ownCases(t, "valid") {
		if got := report(t, file); got != "" {
			t.Errorf("got\n%s", got)
		}
	}
}

func TestInvalidDefinitions(t *testing.T) {
	for _, file := range ownCases(t, "invalid") {
		got, golden := report(t, file), file+".txt"
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got == "" || got != string(want) {
			t.Errorf("%s:\n got\n%s\nwant\n%s", file, got, want)
		}
	}
}
