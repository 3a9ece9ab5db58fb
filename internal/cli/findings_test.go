package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// This file keeps docs/findings.md true: each finding says how it is known, and
// names cases or tests that exist.

var (
	findingHeading = regexp.MustCompile(`(?m)^## (F-\d{3}) \S.*$`)
	findingKind    = regexp.MustCompile(`^(spec|documented|recorded|measured|inferred)(, (spec|documented|recorded|measured|inferred))*$`)
	findingSeen    = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	findingPin     = regexp.MustCompile("`([a-z0-9_/.-]+)`((?:,? Test\\w+)*)")
	testName       = regexp.MustCompile(`Test\w+`)
	findingCite    = regexp.MustCompile(`F-\d{3}`)
)

func TestFindingsArePinned(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(root, "docs", "findings.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	known := make(map[string]bool)
	headings := findingHeading.FindAllStringSubmatchIndex(text, -1)
	for i, at := range headings {
		end := len(text)
		if i+1 < len(headings) {
			end = headings[i+1][0]
		}
		id := text[at[2]:at[3]]
		if known[id] {
			t.Errorf("%s is there twice", id)
		}
		known[id] = true
		checkFinding(t, id, text[at[1]:end])
	}
	if n := strings.Count(text, "\n## "); n == 0 || n != len(known) {
		t.Errorf("%d of %d headings are of the form ## F-nnn Title", len(known), n)
	}
	for name, text := range citing(t) {
		for _, id := range findingCite.FindAllString(text, -1) {
			if !known[id] {
				t.Errorf("%s cites %s, which docs/findings.md does not have", name, id)
			}
		}
	}
}

// checkFinding reports a finding that lacks its text or one of its lines.
func checkFinding(t *testing.T, id, section string) {
	t.Helper()
	lines := make(map[string]string)
	statement, list, _ := strings.Cut(strings.TrimSpace(section), "\n\n- ")
	for _, line := range strings.Split("- "+list, "\n") {
		name, said, ok := strings.Cut(strings.TrimPrefix(line, "- "), ": ")
		if !ok || !strings.HasPrefix(line, "- ") {
			t.Errorf("%s: expected a line such as - Kind: recorded, got %q", id, line)
			continue
		}
		lines[name] = said
	}
	if statement == "" || lines["Source"] == "" || !findingKind.MatchString(lines["Kind"]) {
		t.Errorf("%s: expected a text, Source, and Kind, got\n%s", id, section)
	}
	if seen, ok := lines["Seen"]; ok && !findingSeen.MatchString(seen) {
		t.Errorf("%s: Seen: expected a date such as 2026-11-28, got %q", id, seen)
	}
	pins := findingPin.FindAllStringSubmatch(lines["Pinned by"], -1)
	if len(pins) == 0 {
		t.Errorf("%s: Pinned by: expected cases or tests", id)
	}
	for _, pin := range pins {
		checkPin(t, id, pin[1], testName.FindAllString(pin[2], -1))
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
