package main

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestReadStep(t *testing.T) {
	for _, c := range []struct {
		line, name, why string
		ok              bool
	}{
		{"ok\tTestState", "TestState", "", true},
		{"differs\tTestState\tgot 1, want 2", "TestState", "got 1, want 2", true},
		{"differs\tTestState", "TestState", "for no reason that was given", true},
		{"ok", "", "", false},
		{"ok\t", "", "", false},
		{"(node:1) Warning:\tsomething", "", "", false},
	} {
		if name, why, ok := readStep(c.line); name != c.name || why != c.why || ok != c.ok {
			t.Errorf("%q: got %q, %q, %v", c.line, name, why, ok)
		}
	}
}

// A client that was skipped, one that is fine and one that differs.
func TestTable(t *testing.T) {
	fine, bad := make(map[string]string), make(map[string]string)
	for _, step := range wanted() {
		fine[step], bad[step] = "", ""
	}
	bad["TestState"], bad["the program"] = "got 1, want 2", "exit status 1"
	good := newTable([]column{{title: "A", skipped: "skipped: no runtime"}, {title: "B", steps: fine}})
	if good.differs() {
		t.Errorf("differs: %q", good.reasons())
	}
	both := newTable([]column{{title: "B", steps: fine}, {title: "C", steps: bad}})
	if want := []string{"C, TestState: got 1, want 2", "C, the program: exit status 1"}; !slices.Equal(both.reasons(), want) {
		t.Errorf("reasons %q, want %q", both.reasons(), want)
	}
	for _, row := range []string{"| TestState | ok | differs |", "| UntagResource | ok | ok |", "| the program |  | differs |"} {
		if !strings.Contains(both.markdown(), row+"\n") {
			t.Errorf("no row %s in\n%s", row, both.markdown())
		}
	}
	if len(actions()) != 37 {
		t.Errorf("%d actions, want 37", len(actions()))
	}
}

// Each page has a program, what it prints, and a test; those in Go are Go. All of them are run
// by `make test-clients`.
func TestPages(t *testing.T) {
	for _, c := range clients {
		if c.page == "" {
			continue
		}
		text, err := os.ReadFile(filepath.Join("..", "..", "docs", "clients", c.page))
		if err != nil {
			t.Fatal(err)
		}
		found := blocks.FindAllStringSubmatch(string(text), -1)
		if len(found) < 2 || found[1][1] != "text" {
			t.Errorf("%s: expected a program and what it prints as the first two blocks", c.page)
			continue
		}
		programs := slices.DeleteFunc(found, func(block []string) bool { return block[1] != found[0][1] })
		if want := map[bool]int{true: 2, false: 1}[c.test != ""]; len(programs) != want {
			t.Errorf("%s has %d blocks of %s, want %d", c.page, len(programs), found[0][1], want)
		}
		for _, program := range programs {
			if program[1] != "go" {
				continue
			}
			if _, err := parser.ParseFile(token.NewFileSet(), c.page, program[2], 0); err != nil {
				t.Error(err)
			}
		}
	}
}

// What is fetched has a fixed version.
func TestPins(t *testing.T) {
	pin := map[string]*regexp.Regexp{
		"requirements.txt": regexp.MustCompile(`(?m)^[a-z0-9]+==[0-9.]+(  #.*)?$`),
		"package.json":     regexp.MustCompile(`(?m)^    "@?[a-z/-]+": "[0-9.]+",?$`),
		"pom.xml":          regexp.MustCompile(`(?m)^ +<version>[0-9.]+</version>$`),
	}
	for _, c := range clients {
		if c.pins == "" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(c.name, c.pins))
		if err != nil {
			t.Fatal(err)
		}
		if !pin[c.pins].Match(text) {
			t.Errorf("%s/%s names no version:\n%s", c.name, c.pins, text)
		}
		for line := range strings.Lines(string(text)) {
			if c.pins == "requirements.txt" && !pin[c.pins].MatchString(strings.TrimSuffix(line, "\n")) {
				t.Errorf("%s/%s: %q has no fixed version", c.name, c.pins, line)
			}
		}
	}
}
