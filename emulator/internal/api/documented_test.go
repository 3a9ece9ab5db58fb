package api

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/internal/awsapi"
)

// These tests hold docs/api.md to the code and to the model of the API.

// document returns a document.
func document(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// section returns what stands below a heading, until the next one.
func section(t *testing.T, text, heading string) string {
	t.Helper()
	_, below, ok := strings.Cut(text, "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("there is no heading %q", heading)
	}
	below, _, _ = strings.Cut(below, "\n## ")
	return below
}

// rows returns the cells of a table, without its head.
func rows(table string) (all [][]string) {
	for line := range strings.Lines(table) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "|") {
			cells := strings.Split(strings.Trim(line, "|"), "|")
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			all = append(all, cells)
		}
	}
	return all[2:]
}

// first returns the first cell of each row.
func first(rows [][]string) (cells []string) {
	for _, row := range rows {
		cells = append(cells, row[0])
	}
	return cells
}

var linked = regexp.MustCompile(`\[([^\]]+)\]\(differences\.md#([a-z-]+)\)`)

// Each action has its row, in alphabetical order. One that differs says how, in the words of
// differences.md.
func TestActionsAreDocumented(t *testing.T) {
	model, err := awsapi.Find("stepfunctions")
	if err != nil {
		t.Fatal(err)
	}
	var modelled []string
	for _, o := range model.Operations {
		modelled = append(modelled, o.Name)
	}
	if have := slices.Sorted(maps.Keys(new(API).Actions())); !slices.Equal(have, modelled) {
		t.Fatalf("there are the actions\n%q, the model has\n%q", have, modelled)
	}
	differences := document(t, "differences.md")
	below := map[string]string{"on-purpose": section(t, differences, "On purpose"), "not-there-yet": section(t, differences, "Not there yet")}
	for place, text := range below {
		below[place] = words(text)
	}
	table := rows(section(t, document(t, "api.md"), "Actions"))
	var want []string
	for _, name := range modelled {
		want = append(want, fmt.Sprintf("[%s](https://docs.aws.amazon.com/step-functions/latest/apireference/API_%[1]s.html)", name))
	}
	if got := first(table); !slices.Equal(got, want) {
		t.Errorf("docs/api.md has rows for\n%q, want\n%q", got, want)
	}
	for _, row := range table {
		name, status, how := row[0], row[1], row[2]
		links := linked.FindAllStringSubmatch(how, -1)
		switch {
		case status == "supported" && how == "":
		case status != "differs" || len(links) == 0:
			t.Errorf("%s is %q: %q; want supported, or differs with a link to differences.md", name, status, how)
		}
		for _, link := range links {
			if text, place := words(link[1]), link[2]; !strings.Contains(below[place], text) {
				t.Errorf("%s: docs/differences.md#%s does not say %q", name, place, text)
			}
		}
	}
}

// words returns a text in one line, without the signs of Markdown that make it bold.
func words(text string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(text, "**", "")), " ")
}

// faultCode finds the codes of exceptions in package fault.
var faultCode = regexp.MustCompile(`(?:Code: |quoted\()"([A-Z][A-Za-z]+)"`)

// Each exception of the model has its row, which says whether package fault has it.
func TestExceptionsAreDocumented(t *testing.T) {
	source, err := os.ReadFile(filepath.Join("fault", "message.go"))
	if err != nil {
		t.Fatal(err)
	}
	answered := make(map[string]bool)
	for _, match := range faultCode.FindAllStringSubmatch(string(source), -1) {
		answered[match[1]] = true
	}
	model, err := awsapi.Find("stepfunctions")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, e := range model.Exceptions {
		want = append(want, e.Code)
	}
	slices.Sort(want)
	table := rows(section(t, document(t, "api.md"), "Exceptions"))
	if got := first(table); !slices.Equal(got, want) {
		t.Errorf("docs/api.md has rows for\n%q, the model has\n%q", got, want)
	}
	for _, row := range table {
		name, status, why := row[0], row[1], row[2]
		switch {
		case answered[name] && status != "answered", !answered[name] && status != "never":
			t.Errorf("%s is %q in docs/api.md; package fault says otherwise", name, status)
		case status == "never" && why == "":
			t.Errorf("docs/api.md does not say why %s never comes", name)
		}
	}
}
