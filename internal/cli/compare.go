package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/emulator/ui"
	"github.com/aslocal/aslocal/internal/difference"
	"github.com/aslocal/aslocal/value"
)

// comparer is the compare command.
type comparer struct {
	remote
	json, all bool
}

func newCompare() *cobra.Command {
	p := &comparer{}
	c := &cobra.Command{
		Use:   "compare EXECUTION EXECUTION",
		Short: "Show in what two executions of a server differ",
		Long: `Compare two executions of a server, of one state machine or of two: a line for each state that both have visited and where something is different,
or that only one of them has visited, and the difference of the data of the first of them. Visits are aligned branch by branch and iteration by
iteration, in the order of the states. Times make no difference. --all shows also what is the same, and the data of all that differs. Exit codes, as
those of diff: 0 there is no difference, 1 there is one.

` + namesHelp,
		Example: `  aslocal compare order-17 order-18
  aslocal compare order/order-17 order/ --all
  aslocal compare order-17 order-18 --json`,
		Args: positional(cobra.ExactArgs(2)),
		RunE: func(c *cobra.Command, args []string) error { return p.run(c, args) },
	}
	p.flags(c)
	c.ValidArgsFunction = func(c *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 1 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return p.completeExecutions(c, nil, begun)
	}
	c.Flags().BoolVar(&p.json, "json", false, "print the comparison as JSON, with all states")
	c.Flags().BoolVar(&p.all, "all", false, "show also what is the same, and the data of all that differs")
	return c
}

func (p *comparer) run(c *cobra.Command, names []string) error {
	var arns [2]string
	for i, name := range names {
		var err error
		if arns[i], err = p.execution(c.Context(), name); err != nil {
			return err
		}
	}
	found, err := ui.New(ui.Config{API: remoteAPI{&p.remote}}).CompareExecutions(c.Context(), arns[0], arns[1])
	if err != nil {
		if fault, ok := errors.AsType[remoteFault](err); ok {
			return fault.refusal
		}
		return err
	}
	if p.json {
		e := json.NewEncoder(c.OutOrStdout())
		e.SetEscapeHTML(false)
		if err := e.Encode(found); err != nil {
			return err
		}
	} else {
		p.show(comparisonText{newTerminal(c.OutOrStdout())}, found)
	}
	if found.First >= 0 || !found.SameDefinition {
		return &exitError{code: ExitFailed}
	}
	return nil
}

// A comparisonText shows a comparison to people.
type comparisonText struct{ terminal }

func (p *comparer) show(t comparisonText, found *ui.Comparison) {
	t.side("left", &found.Left)
	t.side("right", &found.Right)
	if !found.SameDefinition {
		fmt.Fprintln(t.w, "\nThe definitions differ.")
		if p.all {
			t.difference("definition", found.Left.Definition, found.Right.Definition)
		}
	}
	if found.First < 0 {
		fmt.Fprintf(t.w, "\nBoth have visited the same %d states, with the same data.\n", len(found.Rows)-1)
		if !p.all {
			return
		}
	}
	fmt.Fprintln(t.w)
	same := 0
	for i := range found.Rows {
		row := &found.Rows[i]
		if !row.Different() && !p.all {
			if i > 0 {
				same++
			}
			continue
		}
		t.same(same)
		same = 0
		t.row(row)
	}
	t.same(same)
	for i := range found.Rows {
		row := &found.Rows[i]
		if row.Different() && row.Left != nil && row.Right != nil && (p.all || i == found.First) {
			t.data(row, found.Data(row))
		}
	}
}

func (t comparisonText) side(name string, x *ui.ComparedExecution) {
	text := name + strings.Repeat(" ", max(0, 6-len(name))) + t.clean(shortName(x.ARN), maxDetail) + "  " + t.clean(x.Status, maxDetail)
	if x.Stopped > 0 {
		text += " in " + (time.Duration(x.Stopped-x.Started) * time.Millisecond).String()
	}
	fmt.Fprintln(t.w, text)
}

func (t comparisonText) same(states int) {
	if states > 0 {
		fmt.Fprintln(t.w, t.paint(faint, fmt.Sprintf("    %s %d the same", t.glyph("…", "..."), states)))
	}
}

// row shows a state and in what it differs.
func (t comparisonText) row(r *ui.ComparedRow) {
	place := t.clean(r.String(), maxDetail)
	switch {
	case r.Right == nil:
		fmt.Fprintln(t.w, t.paint(red, "- "+place))
	case r.Left == nil:
		fmt.Fprintln(t.w, t.paint(green, "+ "+place))
	case len(r.Differs) == 0:
		fmt.Fprintln(t.w, "  "+place)
	default:
		var what []string
		for _, d := range r.Differs {
			switch d {
			case "outcome":
				d = t.clean(fmt.Sprintf("%s %s %s", r.Left.Outcome, t.glyph("→", "->"), r.Right.Outcome), maxDetail)
			case "attempts":
				d = fmt.Sprintf("attempts %d %s %d", r.Left.Attempts, t.glyph("→", "->"), r.Right.Attempts)
			}
			what = append(what, d)
		}
		mark := t.glyph("≠ ", "! ")
		if !r.Different() {
			mark = "  "
		}
		fmt.Fprintf(t.w, "%s%s: %s\n", mark, place, strings.Join(what, ", "))
	}
}

// data shows the differences of the data of a state.
func (t comparisonText) data(r *ui.ComparedRow, d *ui.ComparedVisit) {
	fmt.Fprintf(t.w, "\n%s\n", t.clean(r.String(), maxDetail))
	t.difference("error", failureText(d.Left), failureText(d.Right))
	t.difference("input", d.Left.Input, d.Right.Input)
	if a, b := len(d.Left.Calls), len(d.Right.Calls); a > 0 && b > 0 && d.Left.Input == d.Right.Input {
		t.difference("arguments", d.Left.Calls[a-1].Input, d.Right.Calls[b-1].Input)
	}
	t.difference("output", d.Left.Output, d.Right.Output)
	t.difference("variables", d.Left.Assigned, d.Right.Assigned)
	t.difference("definition", d.Left.Definition, d.Right.Definition)
}

func failureText(d *ui.VisitData) string {
	if d.Error == "" && d.Cause == "" {
		return ""
	}
	return d.Error + "\n" + d.Cause
}

// maxComparedText is how many bytes of a value with a line for each member are compared.
const maxComparedText = 16 << 20

// difference shows the difference of two texts, which may be JSON, if there is one.
func (t comparisonText) difference(what, before, after string) {
	parts := difference.Lines(before, after)
	left, okLeft := parsedSide(before)
	right, okRight := parsedSide(after)
	if okLeft && okRight {
		if laidOut, ok := difference.JSONLines(left, right, maxComparedText); ok {
			parts = laidOut
		}
	}
	t.unified(what, difference.Unified(parts, 3))
}

// parsedSide parses JSON; "" is no value.
func parsedSide(text string) (v value.Value, ok bool) {
	if text == "" {
		return v, true
	}
	v, err := value.Parse(text)
	return v, err == nil
}
