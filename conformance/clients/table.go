package main

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
)

// This file makes the table of clients and actions.

// Steps that are no actions.
const (
	concurrencyStep = "concurrency"
	callbackStep    = "callback"
	pageStep        = "page"
)

// stepTitles say what the steps are that are no actions.
var stepTitles = map[string]string{
	concurrencyStep: "many calls at a time",
	callbackStep:    "a task token, sent back",
	pageStep:        "the programs of its page",
}

// actions are all actions of the API: the methods of the SDK's client that take a context
// and an input.
func actions() (names []string) {
	client := reflect.TypeFor[*sfn.Client]()
	for i := range client.NumMethod() {
		if m := client.Method(i); m.Type.NumIn() == 4 && m.Type.In(1) == reflect.TypeFor[context.Context]() {
			names = append(names, m.Name)
		}
	}
	return names
}

// wanted are the steps that every client has.
func wanted() []string { return append(actions(), concurrencyStep, callbackStep, pageStep) }

// A column is what came of a client.
type column struct {
	title   string
	version string            // of the library and its runtime
	skipped string            // why it did not run; "": it did
	steps   map[string]string // how it differs, by step; "": not at all
}

// summary says how many steps are ok.
func (c *column) summary() string {
	ok := 0
	for _, why := range c.steps {
		if why == "" {
			ok++
		}
	}
	return fmt.Sprintf("%s: %d of %d steps are ok", c.version, ok, len(c.steps))
}

// A table has a row for each step and a column for each client.
type table struct {
	rows    []string
	columns []column
}

func newTable(columns []column) *table {
	t := &table{rows: wanted(), columns: columns}
	for _, c := range columns {
		var others []string
		for name := range c.steps {
			if !slices.Contains(t.rows, name) {
				others = append(others, name)
			}
		}
		slices.Sort(others)
		t.rows = append(t.rows, others...)
	}
	return t
}

// cell is what came of a step with a client.
func (t *table) cell(row string, c *column) string {
	why, ok := c.steps[row]
	switch {
	case c.skipped != "":
		return "skipped"
	case !ok:
		return ""
	case why != "":
		return "differs"
	}
	return "ok"
}

func (t *table) differs() bool { return len(t.reasons()) > 0 }

// reasons says of each step that differs why.
func (t *table) reasons() (lines []string) {
	for _, c := range t.columns {
		for _, row := range t.rows {
			if why := c.steps[row]; why != "" {
				lines = append(lines, fmt.Sprintf("%s, %s: %s", c.title, row, why))
			}
		}
	}
	return lines
}

// skipped says of each client that did not run why.
func (t *table) skipped() (lines []string) {
	for _, c := range t.columns {
		if c.skipped != "" {
			lines = append(lines, c.title+" "+c.skipped)
		}
	}
	return lines
}

// text is the table for a terminal.
func (t *table) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-34s", "")
	for _, c := range t.columns {
		fmt.Fprintf(&b, "%-12s", c.title)
	}
	for _, row := range t.rows {
		fmt.Fprintf(&b, "\n%-34s", title(row))
		for i := range t.columns {
			fmt.Fprintf(&b, "%-12s", t.cell(row, &t.columns[i]))
		}
	}
	b.WriteString("\n\n")
	for _, line := range append(t.skipped(), t.reasons()...) {
		b.WriteString(line + "\n")
	}
	return b.String()
}

func title(row string) string {
	if title, ok := stepTitles[row]; ok {
		return title
	}
	return row
}

// markdown is the table for docs.
func (t *table) markdown() string {
	var b strings.Builder
	b.WriteString("# Clients and actions\n\nWritten by `make test-clients`. Each program calls all actions and checks what they answer; README.md says more.\n\n| |")
	for _, c := range t.columns {
		fmt.Fprintf(&b, " %s |", c.title)
	}
	b.WriteString("\n|" + strings.Repeat(" --- |", len(t.columns)+1) + "\n| version |")
	for _, c := range t.columns {
		fmt.Fprintf(&b, " %s |", c.version)
	}
	for _, row := range t.rows {
		fmt.Fprintf(&b, "\n| %s |", title(row))
		for i := range t.columns {
			fmt.Fprintf(&b, " %s |", t.cell(row, &t.columns[i]))
		}
	}
	b.WriteString("\n")
	for _, line := range append(t.skipped(), t.reasons()...) {
		b.WriteString("\n- " + line)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}
