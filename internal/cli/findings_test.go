package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// This file keeps docs/findings.md true: each finding names what pins it, and
// that is there.

var (
	findingRow  = regexp.MustCompile(`(?m)^\| (F-\d{3}) \|.*\| ([^|]*)\|$`)
	findingPin  = regexp.MustCompile("`([a-z0-9_/.-]+)`((?:,? Test\\w+)*)")
	testName    = regexp.MustCompile(`Test\w+`)
	findingCite = regexp.MustCompile(`F-\d{3}`)
)

func TestFindingsArePinned(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "findings.md"))
	if err != nil {
		t.Fatal(err)
	}
	known := make(map[string]bool)
	for _, row := range findingRow.FindAllStringSubmatch(string(text), -1) {
		id, pins := row[1], findingPin.FindAllStringSubmatch(row[2], -1)
		if known[id] {
			t.Errorf("%s is there twice", id)
		}
		known[id] = true
		if len(pins) == 0 {
			t.Errorf("%s is pinned by nothing", id)
		}
		for _, pin := range pins {
			checkPin(t, id, pin[1], testName.FindAllString(pin[2], -1))
		}
	}
	if rows := strings.Count(string(text), "\n| F-"); rows == 0 || rows != len(known) {
		t.Errorf("%d of %d rows are of the form | F-nnn | finding | kind | pinned by |", len(known), rows)
	}
	for name, text := range citing(t) {
		for _, id := range findingCite.FindAllString(text, -1) {
			if !known[id] {
				t.Errorf("%s cites %s, which docs/findings.md does not have", name, id)
			}
		}
	}
}

// checkPin reports a case, or a test of a package, that is not there.
func checkPin(t *testing.T, id, name string, tests []string) {
	t.Helper()
	if len(tests) == 0 {
		if _, err := os.Stat(filepath.Join(root, "testdata", "conformance", filepath.FromSlash(name)+".json")); err != nil {
			t.Errorf("%s: there is no case %s", id, name)
		}
		return
	}
	files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(name), "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	for _, test := range tests {
		if !strings.Contains(all.String(), "\nfunc "+test+"(") {
			t.Errorf("%s: %s has no test %s", id, name, test)
		}
	}
}

// citing are the sources, cases and documents, by name.
func citing(t *testing.T) map[string]string {
	t.Helper()
	texts := make(map[string]string)
	err := filepath.WalkDir(root, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() && name != root && strings.HasPrefix(d.Name(), ".") {
			return filepath.SkipDir
		}
		if slices.Contains([]string{".go", ".json", ".md"}, filepath.Ext(name)) {
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			texts[name] = string(text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}
