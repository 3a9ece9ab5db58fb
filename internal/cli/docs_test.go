package cli_test

import (
	"bytes"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/internal/cli"
)

// These tests keep the documents true: links lead to files, commands and flags
// exist, settings are written down.

// documents are README, CHANGELOG and all in docs.
func documents(t *testing.T) map[string]string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	clients, err := filepath.Glob(filepath.Join(root, "docs", "clients", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	names = append(names, clients...)
	texts := make(map[string]string)
	for _, name := range append(names, filepath.Join(root, "README.md"), filepath.Join(root, "CHANGELOG.md")) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(text)
	}
	return texts
}

var (
	markdownLink = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading      = regexp.MustCompile(`(?m)^#+ (.+)$`)
	notInAnchor  = regexp.MustCompile("[^a-z0-9 _-]")
)

func TestLinksLeadToFiles(t *testing.T) {
	n := 0
	for name, text := range documents(t) {
		for _, match := range markdownLink.FindAllStringSubmatch(text, -1) {
			if strings.Contains(match[1], "://") {
				continue
			}
			n++
			path, anchor, _ := strings.Cut(match[1], "#")
			target := name
			if path != "" {
				target = filepath.Join(filepath.Dir(name), filepath.FromSlash(path))
			}
			info, err := os.Stat(target)
			if err != nil {
				t.Errorf("%s: the link %s leads nowhere", name, match[1])
				continue
			}
			if anchor != "" && !info.IsDir() && !slices.Contains(anchors(t, target), anchor) {
				t.Errorf("%s: the link %s leads to no heading", name, match[1])
			}
		}
	}
	if n == 0 {
		t.Error("no links found; the test looks for the wrong thing")
	}
}

// anchors are what the headings of a document can be linked by.
func anchors(t *testing.T, name string) (out []string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, match := range heading.FindAllStringSubmatch(string(text), -1) {
		out = append(out, strings.ReplaceAll(notInAnchor.ReplaceAllString(strings.ToLower(match[1]), ""), " ", "-"))
	}
	return out
}

// aslocalCommand finds the calls of aslocal in code; flags are looked for in
// the rest of the line.
var (
	aslocalCommand = regexp.MustCompile("(?:^|[\\s`(/])aslocal ([a-z]+)([^`\n]*)")
	flagName       = regexp.MustCompile(`(?:^|\s)(--[a-z][a-z0-9-]*)`)
	codeBlock      = regexp.MustCompile("(?s)```.*?```|`[^`\n]+`")
)

func TestCommandsInDocumentsExist(t *testing.T) {
	n := 0
	for name, text := range documents(t) {
		for _, code := range codeBlock.FindAllString(text, -1) {
			for _, match := range aslocalCommand.FindAllStringSubmatch(code, -1) {
				n++
				text, ok := help(t, match[1])
				if !ok {
					t.Errorf("%s: there is no command %q", name, match[1])
					continue
				}
				rest, _, _ := strings.Cut(match[2], "|")
				for _, flag := range flagName.FindAllStringSubmatch(rest, -1) {
					if !regexp.MustCompile(`\s` + flag[1] + `\s`).MatchString(text) {
						t.Errorf("%s: aslocal %s has no flag %s", name, match[1], flag[1])
					}
				}
			}
		}
	}
	if n == 0 {
		t.Error("no commands found; the test looks for the wrong thing")
	}
}

// excerpt is code below a line that ends with the file that it is of.
var excerpt = regexp.MustCompile("(?m)^.*\\]\\(([^)\\s]+)\\)[^\n]*:\n\n```[a-z]+\n((?s:.*?))```")

// Code that a document shows of a file is in that file.
func TestExcerptsAreOfTheirFiles(t *testing.T) {
	n := 0
	for name, text := range documents(t) {
		for _, match := range excerpt.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(match[1], "/examples/integration-tests/") && !strings.Contains(match[1], "/examples/compose/") {
				continue
			}
			n++
			content, err := os.ReadFile(filepath.Join(filepath.Dir(name), filepath.FromSlash(match[1])))
			if err != nil || !strings.Contains(string(content), match[2]) {
				t.Errorf("%s: this is not in %s (%v):\n%s", name, match[1], err, match[2])
			}
		}
	}
	if n < 9 {
		t.Errorf("%d excerpts found, want 9 at least; the test looks for the wrong thing", n)
	}
}

var makeTarget = regexp.MustCompile(`\bmake ([a-z-]+)`)

func TestMakeTargetsInDocumentsExist(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range documents(t) {
		for _, code := range codeBlock.FindAllString(text, -1) {
			for _, match := range makeTarget.FindAllStringSubmatch(code, -1) {
				if !strings.Contains(string(makefile), "\n"+match[1]+":") {
					t.Errorf("%s: there is no `make %s`", name, match[1])
				}
			}
		}
	}
}

func TestSettingsAreWrittenDown(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "settings.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"serve", "run", "validate", "eval"} {
		said, ok := help(t, command)
		if !ok {
			t.Fatalf("there is no command %q", command)
		}
		for _, flag := range regexp.MustCompile(`(?m)^\s+(?:-\w, )?(--[a-z0-9-]+)`).FindAllStringSubmatch(said, -1) {
			if flag[1] != "--help" && !strings.Contains(string(text), "`"+flag[1]+"`") {
				t.Errorf("docs/settings.md says nothing of %s %s", command, flag[1])
			}
		}
	}
}

// TestREADMERuns runs the quick start's commands that need no server, as they
// are written, in a folder with its definition.
func TestREADMERuns(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no sh")
	}
	readme := documents(t)[filepath.Join(root, "README.md")]
	definition := regexp.MustCompile("(?s)```json\n(.*?)```").FindStringSubmatch(readme)
	session := regexp.MustCompile("(?s)```console\n(.*?)```").FindAllStringSubmatch(readme, -1)
	if definition == nil || len(session) == 0 {
		t.Fatal("README has no definition or no session")
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "greet.asl.json"), []byte(definition[1]), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, block := range session {
		for _, part := range strings.Split(block[1], "$ ")[1:] {
			line, want, _ := strings.Cut(part, "\n")
			if strings.HasPrefix(line, "make ") {
				continue // that is what runs this
			}
			c := exec.Command("sh", "-c", `aslocal() { "`+os.Args[0]+`" "$@"; }; `+line)
			c.Dir = folder
			c.Env = append(os.Environ(), asAslocal+"=1", "LC_ALL=C.UTF-8", "NO_COLOR=1")
			got, err := c.CombinedOutput()
			if err != nil {
				t.Errorf("%s: %v\n%s", line, err, got)
			}
			if got, want := strings.TrimSpace(string(got)), strings.TrimSpace(want); got != want {
				t.Errorf("%s\n got %s\nwant %s", line, got, want)
			}
		}
	}
}

// help returns what a command says of itself; false if there is no such
// command.
func help(t *testing.T, command string) (string, bool) {
	t.Helper()
	var out bytes.Buffer
	code := cli.Main([]string{command, "--help"}, strings.NewReader(""), &out, io.Discard)
	return out.String(), code == cli.ExitOK
}

// whereRow is a row of the table "Where do I find …".
var whereRow = regexp.MustCompile("(?m)^\\| (.+\\?) \\| \\[([^\\]]+)\\]\\(\\.\\./([^)]+)\\) \\| `([^`]+)` \\|$")

// Each answer of "Where do I find …" names a file that has what is asked for.
func TestWhereDoIFind(t *testing.T) {
	text := documents(t)[filepath.Join(root, "docs", "architecture.md")]
	_, table, _ := strings.Cut(text, "\n## Where do I find …\n")
	table, _, _ = strings.Cut(table, "\n## ")
	rows := whereRow.FindAllStringSubmatch(table, -1)
	if all := strings.Count(table, "\n| ") - 2; len(rows) != all || len(rows) < 36 {
		t.Errorf("%d of %d rows are of the form | question? | [file](../file) | `text` |, want at least 36", len(rows), all)
	}
	for _, row := range rows {
		question, shown, file, phrase := row[1], row[2], row[3], row[4]
		content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
		switch {
		case err != nil:
			t.Errorf("%s: %v", question, err)
		case shown != file:
			t.Errorf("%s: the link to %s is called %s", question, file, shown)
		case !strings.Contains(string(content), phrase):
			t.Errorf("%s: %s does not have %q", question, file, phrase)
		}
	}
}

// Each direct dependency has its row in the rationale.
func TestDependenciesHaveReasons(t *testing.T) {
	module, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(documents(t)[filepath.Join(root, "docs", "rationale.md")], "\n## Direct dependencies\n")
	direct := regexp.MustCompile(`(?m)^\t(\S+) v\S+$`).FindAllStringSubmatch(string(module), -1)
	if len(direct) == 0 {
		t.Fatal("no dependencies found; the test looks for the wrong thing")
	}
	for _, d := range direct {
		if !regexp.MustCompile(`[| ]` + regexp.QuoteMeta(d[1]) + `[, ]`).MatchString(table) {
			t.Errorf("docs/rationale.md has no reason for %s", d[1])
		}
	}
}

// Each folder with Go files stands in the table of packages, above the packages
// that it imports.
func TestPackagesAreListed(t *testing.T) {
	_, table, _ := strings.Cut(documents(t)[filepath.Join(root, "docs", "architecture.md")], "\n## Packages\n")
	table, _, _ = strings.Cut(table, "\n## ")
	rows := make(map[string]int)
	for i, row := range strings.Split(table, "\n| ") {
		first, _, _ := strings.Cut(row, " | ")
		for _, name := range regexp.MustCompile("`([a-z0-9/-]+)`").FindAllStringSubmatch(first, -1) {
			rows[name[1]] = i
		}
	}
	imports := importsOfPackages(t)
	for name, imported := range imports {
		row, ok := rows[name]
		if !ok {
			t.Errorf("docs/architecture.md does not list the package %s", name)
		}
		for _, other := range imported {
			if rows[other] < row {
				t.Errorf("docs/architecture.md lists %s below %s, which it imports", name, other)
			}
		}
	}
	for name := range rows {
		if _, ok := imports[name]; !ok {
			t.Errorf("docs/architecture.md lists %s, which is no package", name)
		}
	}
}

// importsOfPackages returns which of our packages each of them imports, its
// tests aside, by their folders.
func importsOfPackages(t *testing.T) map[string][]string {
	t.Helper()
	packages := make(map[string][]string)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".go":
			return nil
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		folder = filepath.ToSlash(folder)
		if _, ok := packages[folder]; !ok {
			packages[folder] = nil // also a package that has only tests
		}
		if strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			if name, ours := strings.CutPrefix(strings.Trim(spec.Path.Value, `"`), "github.com/aslocal/aslocal/"); ours {
				packages[folder] = append(packages[folder], name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(packages) == 0 {
		t.Fatal("no packages found; the test looks for the wrong thing")
	}
	return packages
}

// Each test that docs/ui.md names for a feature exists.
func TestTestsInDocumentsExist(t *testing.T) {
	var tests strings.Builder
	for _, folder := range []string{"emulator", filepath.Join("emulator", "ui"), filepath.Join("emulator", "ui", "browsertest"), filepath.Join("internal", "cli")} {
		names, err := filepath.Glob(filepath.Join(root, folder, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			tests.Write(text)
		}
	}
	found := regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(documents(t)[filepath.Join(root, "docs", "ui.md")], -1)
	if len(found) == 0 {
		t.Error("docs/ui.md names no tests; the test looks for the wrong thing")
	}
	for _, match := range found {
		if !strings.Contains(tests.String(), "\nfunc "+match[1]+"(t *testing.T)") {
			t.Errorf("docs/ui.md: there is no test %s", match[1])
		}
	}
}
