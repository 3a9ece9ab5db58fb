package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/internal/printable"
	"github.com/aslocal/aslocal/value"
)

// runner is the run command.
type runner struct {
	launcher
	input   string
	fast    bool
	quiet   bool
	json    bool
	format  format
	timeout time.Duration
	test    string // case of the mock configuration
}

func newRun() *cobra.Command {
	r := &runner{}
	c := &cobra.Command{
		Use:   "run FILE[#MACHINE]",
		Short: "Run a state machine once",
		Long: `Run the state machine in a file (JSON, or YAML by the file's ending; "-" is JSON on stdin) once, in memory. The trace goes to stderr, the
output of the execution and nothing else to stdout. The file may also be a template (SAM, CloudFormation, what the CDK writes to cdk.out,
serverless.yml, Terraform): then MACHINE is the state machine, if there are several, and Lambda functions of the template run as processes of
this machine. Exit codes: 0 the execution succeeded, 1 it did not, 2 the command line or a setting is wrong, 3 the definition has errors,
4 --timeout was too short, 130 interrupted.`,
		Example: `  aslocal run order.asl.json --input '{"total": 42}'
  aslocal run order.asl.yaml --input order.json --fast
  cat order.json | aslocal run order.asl.json --input -
  aslocal run order.asl.json --mocks MockConfigFile.json --case CardDeclined`,
		Args: positional(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error { return r.run(c, args[0]) },
	}
	r.flags(c)
	c.Flags().StringVarP(&r.input, "input", "i", "{}", "input: "+inputUsage)
	c.Flags().BoolVar(&r.fast, "fast", false, "skip Waits and the pauses before retries")
	c.Flags().BoolVarP(&r.quiet, "quiet", "q", false, "print no trace")
	c.Flags().BoolVar(&r.json, "json", false, "print the trace as JSON, an event a line")
	c.Flags().Var(&r.format, "format", formatUsage)
	c.Flags().StringVar(&r.test, "case", "", "`name` of the test case of the mock configuration whose responses the tasks get")
	c.Flags().DurationVar(&r.timeout, "timeout", 0, "give up after this time, as in 30s; no limit if not set")
	return c
}

func (r *runner) run(c *cobra.Command, path string) error {
	if path == "-" && r.input == "-" {
		return exit(ExitUsage, "--input FILE reads the input from a file", "--input: stdin is the definition already")
	}
	if r.quiet && r.json {
		return exit(ExitUsage, "", "--quiet and --json: expected one of them at most")
	}
	if r.timeout < 0 {
		return exit(ExitUsage, "", "--timeout: expected a duration above 0, got %s", r.timeout)
	}
	p, err := r.launcher.read(path, c.InOrStdin())
	if err != nil {
		return err
	}
	if err := p.found.Format(c.ErrOrStderr(), []byte(p.machine.Source)); err != nil {
		return err
	}
	if !p.runs() {
		return &exitError{code: ExitInvalid}
	}
	if !r.quiet {
		for _, note := range p.notes() {
			fmt.Fprintf(c.ErrOrStderr(), "aslocal: warning: %s\n", printable.Line(note))
		}
	}
	input, _, err := readJSON("--input", r.input, c.InOrStdin())
	if err != nil {
		return err
	}
	var options []emulator.Option
	if r.fast {
		options = append(options, emulator.WithAutoAdvance(time.Now()))
	}
	return r.execute(c, p, append(options, r.observers(c.ErrOrStderr())...), input)
}

// observers print the events of the execution and of its children, and what functions
// write; none with --quiet.
func (r *runner) observers(w io.Writer) []emulator.Option {
	switch {
	case r.quiet:
		return nil
	case r.json:
		l := &eventLog{w: w}
		return []emulator.Option{emulator.WithObserver(l.event), emulator.WithFunctionLog(l.log)}
	}
	t := newTraces(w, r.fast)
	return []emulator.Option{emulator.WithObserver(t.event), emulator.WithFunctionLog(t.log)}
}

// execute runs a program once, and prints its output.
func (r *runner) execute(c *cobra.Command, p *program, options []emulator.Option, input string) error {
	open, err := p.open(c.Context(), options...)
	if err != nil {
		return err
	}
	defer open.close()
	ctx, name := c.Context(), p.name
	if r.timeout > 0 {
		limited, cancel := context.WithTimeout(ctx, r.timeout)
		defer cancel()
		ctx = limited
	}
	arn := open.arn
	if c.Flags().Changed("case") {
		arn += "#" + r.test
	}
	x, err := open.em.Start(ctx, arn, input)
	var end emulator.Execution
	if err == nil {
		end, err = open.em.Wait(ctx, x)
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return exit(ExitTimeout, "--fast skips Waits", "%s is still running after %s", name, r.timeout)
	case errors.Is(err, context.Canceled):
		return &exitError{code: ExitInterrupted, message: "interrupted"}
	case err != nil:
		return exit(ExitUsage, "", "%v", err)
	}
	if end.Status != "SUCCEEDED" {
		return exit(ExitFailed, "", "%s %s: %s: %s", name, end.Status, cmp.Or(end.Error, "no error name"), cmp.Or(end.Cause, "no cause"))
	}
	output, err := value.Parse(end.Output)
	if err != nil {
		return err
	}
	return r.format.print(c.OutOrStdout(), output)
}
