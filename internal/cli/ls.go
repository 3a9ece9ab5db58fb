package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/value"
)

// lister is the ls command.
type lister struct {
	remote
	json  bool
	limit int
}

func newLs() *cobra.Command {
	l := &lister{}
	c := &cobra.Command{
		Use:   "ls [MACHINE]",
		Short: "List the state machines of a server, or the executions of one",
		Long: `List the state machines of a server: their type, where they were read from, and how their latest executions ended. With a MACHINE (its name,
the beginning of its name, or an ARN) list its executions, the latest first; with the ARN of a Map Run its child executions.`,
		Example: `  aslocal ls
  aslocal ls order
  aslocal ls order --limit 3 --json`,
		Args: positional(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if l.limit < 1 {
				return exit(ExitUsage, "", "--limit: expected a number from 1, got %d", l.limit)
			}
			if len(args) == 1 {
				return l.executionsOf(c, args[0])
			}
			return l.all(c)
		},
	}
	l.flags(c)
	c.ValidArgsFunction = l.completeMachines
	c.Flags().BoolVar(&l.json, "json", false, "print what the API answers, a JSON object for each")
	c.Flags().IntVar(&l.limit, "limit", 20, "how many executions at most")
	return c
}

// all lists the state machines.
func (l *lister) all(c *cobra.Command) error {
	if l.json {
		return l.pages(c.Context(), "ListStateMachines", value.EmptyObject, "stateMachines", func(m value.Value) bool {
			fmt.Fprintln(c.OutOrStdout(), m)
			return true
		})
	}
	machines, err := l.machines(c.Context())
	if err != nil {
		return err
	}
	if len(machines) == 0 {
		fmt.Fprintln(c.ErrOrStderr(), "no state machines")
		return nil
	}
	t := newTable(c.OutOrStdout(), "NAME", "TYPE", "SOURCE", "LAST RUNS")
	for _, m := range machines {
		source, err := l.source(c.Context(), m)
		if err != nil {
			return err
		}
		runs, err := l.lastRuns(c.Context(), t.terminal, m)
		if err != nil {
			return err
		}
		t.row(m.name, m.kind, source, runs)
	}
	return t.end()
}

// source says where a state machine was read from.
func (r *remote) source(ctx context.Context, m remoteMachine) (string, error) {
	if m.note != "" {
		return m.note, nil
	}
	answer, err := r.api(ctx, "ListTagsForResource", value.OfMembers("resourceArn", value.OfString(m.arn)))
	for _, tag := range answer.Get("tags").Items() {
		if tag.Get("key").Text() == placeTag {
			return tag.Get("value").Text(), nil
		}
	}
	return "the API", err
}

// lastRuns shows how the latest executions of a state machine ended, the latest first,
// and when the latest began.
func (l *lister) lastRuns(ctx context.Context, t terminal, m remoteMachine) (string, error) {
	if m.express() {
		return "not kept", nil
	}
	const shown = 5
	recent, err := l.executions(ctx, m.arn, shown)
	if err != nil || len(recent) == 0 {
		return "none", err
	}
	var marks strings.Builder
	for _, x := range recent {
		marks.WriteString(t.mark(x.Get("status").Text()))
	}
	return fmt.Sprintf("%s %s", marks.String(), ago(timeOf(recent[0].Get("startDate")))), nil
}

// mark is a status as one sign, without colour.
func (t terminal) mark(status string) string {
	switch status {
	case "SUCCEEDED":
		return t.glyph("✓", "+")
	case "RUNNING", "PENDING_REDRIVE":
		return t.glyph("…", ".")
	}
	return t.glyph("✕", "x")
}

// executionsOf lists the executions of a state machine or Map Run.
func (l *lister) executionsOf(c *cobra.Command, name string) error {
	of, shown := name, name
	if !strings.Contains(name, ":mapRun:") {
		m, err := l.machine(c.Context(), name)
		if err != nil {
			return err
		}
		if m.express() {
			return exit(ExitUsage, "aslocal logs -f shows them when they end", "nothing is kept of the executions of %s: it is an Express state machine", m.name)
		}
		of, shown = m.arn, m.name
	}
	recent, err := l.executions(c.Context(), of, l.limit)
	if err != nil {
		return err
	}
	if l.json {
		for _, x := range recent {
			fmt.Fprintln(c.OutOrStdout(), x)
		}
		return nil
	}
	if len(recent) == 0 {
		fmt.Fprintf(c.ErrOrStderr(), "%s has had no executions\n", shown)
		return nil
	}
	t := newTable(c.OutOrStdout(), "NAME", "STATUS", "STARTED", "TOOK")
	for _, x := range recent {
		t.row(x.Get("name").Text(), x.Get("status").Text(), timeOf(x.Get("startDate")).Local().Format(time.DateTime), took(x))
	}
	return t.end()
}

// took is how long an execution has taken, "" while it runs.
func took(x value.Value) string {
	started, stopped := timeOf(x.Get("startDate")), timeOf(x.Get("stopDate"))
	if stopped.IsZero() {
		return ""
	}
	return span(stopped.Sub(started))
}

// timeOf reads a time of the API, the zero time if there is none.
func timeOf(v value.Value) time.Time {
	if !v.Exists() {
		return time.Time{}
	}
	return time.UnixMilli(int64(math.Round(v.Float() * 1000)))
}

// ago says how long ago something was.
func ago(t time.Time) string {
	switch d := time.Since(t); {
	case d < 5*time.Second:
		return "now"
	case d < time.Minute:
		return fmt.Sprintf("%d s ago", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", d/time.Hour)
	}
	return t.Local().Format(time.DateOnly)
}

// A table aligns columns of text that may come from outside.
type table struct {
	terminal
	w *tabwriter.Writer
}

func newTable(w io.Writer, headings ...string) *table {
	t := &table{newTerminal(w), tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)}
	t.row(headings...)
	return t
}

// maxCell is how many characters a cell has at most.
const maxCell = 120

func (t *table) row(cells ...string) {
	for i, cell := range cells {
		cells[i] = cmp.Or(t.clean(cell, maxCell), "-")
	}
	fmt.Fprintln(t.w, strings.Join(cells, "\t"))
}

func (t *table) end() error { return t.w.Flush() }
