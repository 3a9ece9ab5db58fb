package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// This file keeps docs/findings.md and docs/facts.md true: each finding says how it
// is known, each fact whether it is met, and both name cases or tests that exist.

var (
	findingHeading = regexp.MustCompile(`(?m)^## (F-\d{3}) (\S.*)$`)
	findingKind    = regexp.MustCompile(`^(spec|documented|recorded|measured|inferred)(, (spec|documented|recorded|measured|inferred))*$`)
	findingSeen    = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	findingPin     = regexp.MustCompile("`([a-z0-9_/.-]+)`((?:,? Test\\w+)*)")
	testName       = regexp.MustCompile(`Test\w+`)
	findingCite    = regexp.MustCompile(`F-\d{3}`)
	factRow        = regexp.MustCompile(`^\| (\d+(?:\.\d+)?) \| [^|]+ \| ((?:met|open|not yet)\b[^|]*) \| ([^|]+) \|$`)
	validationFile = regexp.MustCompile(`validation/[a-z-]+`)
	inferredRow    = regexp.MustCompile(`^\| (F-\d{3}) ([^|]+) \| [^|]+ \| [^|]+ \|$`)
)

// A finding is a section of docs/findings.md: ## F-nnn Title, and its text.
type finding struct {
	id, title, section string
}

// findings gives the sections of docs/findings.md, and what stands before the
// first of them.
func findings(t *testing.T) (before string, all []finding) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, "docs", "findings.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	headings := findingHeading.FindAllStringSubmatchIndex(text, -1)
	if len(headings) == 0 {
		t.Fatal("docs/findings.md has no findings")
	}
	for i, at := range headings {
		end := len(text)
		if i+1 < len(headings) {
			end = headings[i+1][0]
		}
		all = append(all, finding{id: text[at[2]:at[3]], title: text[at[4]:at[5]], section: text[at[1]:end]})
	}
	return text[:headings[0][0]], all
}

func TestFindingsArePinned(t *testing.T) {
	_, all := findings(t)
	known := make(map[string]bool)
	for _, f := range all {
		if known[f.id] {
			t.Errorf("%s is there twice", f.id)
		}
		known[f.id] = true
		if strings.Contains(f.section, "\n## ") {
			t.Errorf("%s: the heading behind it is not of the form ## F-nnn Title", f.id)
		}
		checkFinding(t, f.id, f.section)
	}
	for name, text := range citing(t) {
		for _, id := range findingCite.FindAllString(text, -1) {
			if !known[id] {
				t.Errorf("%s cites %s, which docs/findings.md does not have", name, id)
			}
		}
	}
}

// The table of the inferred rules that matter most has findings under their own
// titles, all of them inferred in whole or in part.
func TestInferredRulesAreInferred(t *testing.T) {
	before, all := findings(t)
	_, table, ok := strings.Cut(before, "\n| --- | --- | --- |\n")
	if !ok {
		t.Fatal("docs/findings.md has no table of inferred rules")
	}
	listed := make(map[string]bool)
	for _, line := range strings.Split(strings.TrimSpace(table), "\n") {
		row := inferredRow.FindStringSubmatch(line)
		if row == nil {
			t.Errorf("expected a row such as | F-036 Title | what is noticed | what settles it |, got %s", line)
			continue
		}
		id, title := row[1], row[2]
		if listed[id] {
			t.Errorf("%s is listed twice", id)
		}
		listed[id] = true
		i := slices.IndexFunc(all, func(f finding) bool { return f.id == id })
		switch {
		case i < 0:
			t.Errorf("%s is listed, but is no finding", id)
		case all[i].title != title:
			t.Errorf("%s is listed as %q, its title is %q", id, title, all[i].title)
		case !slices.Contains(kinds(all[i].section), "inferred"):
			t.Errorf("%s is listed, but is not inferred", id)
		}
	}
}

// kinds are how the finding of the section is known.
func kinds(section string) []string {
	_, list, _ := strings.Cut(section, "\n- Kind: ")
	line, _, _ := strings.Cut(list, "\n")
	return strings.Split(line, ", ")
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

// Each row of the facts says what holds, and why a fact is not met; what is met is
// pinned by findings, cases, files of validation or tests that exist.
func TestFactsArePinned(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(root, "docs", "facts.md"))
	if err != nil {
		t.Fatal(err)
	}
	facts := make(map[string]bool)
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "| ") || line[2] < '0' || line[2] > '9' {
			continue
		}
		row := factRow.FindStringSubmatch(line)
		if row == nil {
			t.Errorf("expected a row such as | 1.1 | fact | met | F-036 |, got %s", line)
			continue
		}
		number, state, pinned := row[1], row[2], row[3]
		if facts[number] {
			t.Errorf("fact %s is there twice", number)
		}
		facts[number] = true
		if pinned == "–" {
			if strings.HasPrefix(state, "met") && number != "10" { // which names other rows
				t.Errorf("fact %s is met, but nothing pins it", number)
			}
			continue
		}
		pins := findingPin.FindAllStringSubmatch(pinned, -1)
		for _, pin := range pins {
			checkPin(t, "fact "+number, pin[1], testName.FindAllString(pin[2], -1))
		}
		files := validationFile.FindAllString(pinned, -1)
		for _, file := range files {
			if _, err := os.Stat(filepath.Join(root, "testdata", file+".json")); err != nil {
				t.Errorf("fact %s: %v", number, err)
			}
		}
		if len(pins)+len(files)+len(findingCite.FindAllString(pinned, -1)) == 0 { // that findings exist is checked of all documents
			t.Errorf("fact %s: expected findings, cases or tests, got %s", number, pinned)
		}
	}
	if len(facts) == 0 {
		t.Error("docs/facts.md has no facts")
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
