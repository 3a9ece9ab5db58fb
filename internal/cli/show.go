package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/value"
)

// shower is the show command.
type shower struct {
	remote
	json   bool
	format format
}

func newShow() *cobra.Command {
	s := &shower{}
	c := &cobra.Command{
		Use:   "show EXECUTION|MACHINE",
		Short: "Show an execution or a state machine of a server",
		Long: `Show an execution (status, times, error and cause, input, output) or a state machine (type, source, definition). A name that is that of a state
machine means the state machine, MACHINE/ its latest execution.

EXECUTION is an ARN, MACHINE/NAME, a NAME, or the beginning of one of these if it is the only one.`,
		Example: `  aslocal show order
  aslocal show order/
  aslocal show order-17 --json`,
		Args: positional(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error { return s.run(c, args[0]) },
	}
	s.flags(c)
	c.ValidArgsFunction = s.complete
	c.Flags().BoolVar(&s.json, "json", false, "print what the API answers")
	c.Flags().Var(&s.format, "format", formatUsage)
	return c
}

// complete completes the name of a state machine, or of one of its executions.
func (s *shower) complete(c *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	if strings.Contains(begun, "/") {
		return s.completeExecutions(c, args, begun)
	}
	return s.completeMachines(c, args, begun)
}

func (s *shower) run(c *cobra.Command, name string) error {
	machine, err := s.isMachine(c.Context(), name)
	if err != nil {
		return err
	}
	if machine {
		return s.machineNamed(c, name)
	}
	arn, err := s.execution(c.Context(), name)
	if err != nil {
		return err
	}
	x, err := s.api(c.Context(), "DescribeExecution", value.OfMembers("executionArn", value.OfString(arn)))
	if err != nil {
		return err
	}
	if s.json {
		_, err := fmt.Fprintln(c.OutOrStdout(), x)
		return err
	}
	return s.showExecution(c.OutOrStdout(), x)
}

// isMachine reports whether a name is that of a state machine.
func (s *shower) isMachine(ctx context.Context, name string) (bool, error) {
	if strings.HasPrefix(name, "arn:") {
		return strings.Contains(name, ":stateMachine:"), nil
	}
	all, err := s.machines(ctx)
	base, _, _ := strings.Cut(name, ":")
	for _, m := range all {
		if m.name == base {
			return true, nil
		}
	}
	return false, err
}

func (s *shower) machineNamed(c *cobra.Command, name string) error {
	m, err := s.machine(c.Context(), name)
	if err != nil {
		return err
	}
	described, err := s.api(c.Context(), "DescribeStateMachine", value.OfMembers("stateMachineArn", value.OfString(m.arn)))
	if err != nil {
		return err
	}
	if s.json {
		_, err := fmt.Fprintln(c.OutOrStdout(), described)
		return err
	}
	m.note = described.Get("note").Text()
	source, err := s.source(c.Context(), m)
	if err != nil {
		return err
	}
	d := details{newTerminal(c.OutOrStdout())}
	fmt.Fprintf(d.w, "%s  %s\n", d.clean(m.name, maxDetail), d.clean(described.Get("type").Text(), maxDetail))
	d.line("arn", m.arn)
	d.line("source", source)
	d.line("role", described.Get("roleArn").Text())
	d.line("created", timeOf(described.Get("creationDate")).Local().Format(time.DateTime))
	return d.json("Definition", s.format, described.Get("definition").Text())
}

// showExecution prints an execution for people.
func (s *shower) showExecution(w io.Writer, x value.Value) error {
	d := details{newTerminal(w)}
	arn := x.Get("executionArn").Text()
	status := x.Get("status").Text()
	text := d.mark(status) + " " + d.clean(shortName(arn), maxDetail) + "  " + d.clean(status, maxDetail)
	if t := took(x); t != "" {
		text += " in " + t
	}
	fmt.Fprintln(w, text)
	d.line("arn", arn)
	d.line("machine", shortName(x.Get("stateMachineArn").Text()))
	d.line("started", timeOf(x.Get("startDate")).Local().Format(time.DateTime))
	if n, _ := x.Get("redriveCount").Int(); n > 0 {
		d.line("redriven", fmt.Sprintf("%d times, last at %s", n, timeOf(x.Get("redriveDate")).Local().Format(time.DateTime)))
	}
	d.line("map run", x.Get("mapRunArn").Text())
	d.line("error", x.Get("error").Text())
	d.line("cause", x.Get("cause").Text())
	if err := d.json("Input", s.format, x.Get("input").Text()); err != nil {
		return err
	}
	return d.json("Output", s.format, x.Get("output").Text())
}

// details are printed a line each.
type details struct{ terminal }

// maxDetail is how many characters of a detail are shown: all of a cause.
const maxDetail = 40_000

// line prints what there is.
func (d details) line(name, text string) {
	if text != "" {
		fmt.Fprintf(d.w, "  %-9s %s\n", name, d.clean(text, maxDetail))
	}
}

// json prints a document under a heading, if there is one.
func (d details) json(heading string, f format, text string) error {
	if text == "" {
		return nil
	}
	fmt.Fprintln(d.w, heading)
	v, err := value.Parse(text)
	if err != nil {
		return err
	}
	return f.print(d.w, v)
}
