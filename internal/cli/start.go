package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// This file has the commands that start, stop and redrive executions of a server.

// starter is the start command.
type starter struct {
	waiter
	input, name string
	wait        bool
}

func newStart() *cobra.Command {
	s := &starter{}
	c := &cobra.Command{
		Use:   "start MACHINE",
		Short: "Start an execution on a server",
		Long: `Start an execution of a state machine on a server and print its ARN. MACHINE is a name, the beginning of one, or an ARN; NAME:VERSION and
NAME:ALIAS choose a version, NAME#CASE a test case of the mock configuration. With --wait the output is printed when the execution has ended.
Exit codes with --wait: 0 it succeeded, 1 it did not, 4 --timeout was too short, 130 interrupted; the execution goes on then. An execution of an
Express state machine that is not waited for leaves no trace but the line that aslocal serve prints.`,
		Example: `  aslocal start order --input '{"total": 42}' --wait
  aslocal start order --input order.json --name order-17
  cat order.json | aslocal start order --input -`,
		Args: positional(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error { return s.run(c, args[0]) },
	}
	s.flags(c)
	c.ValidArgsFunction = s.completeMachines
	c.Flags().StringVarP(&s.input, "input", "i", "{}", "input: "+inputUsage)
	c.Flags().StringVar(&s.name, "name", "", "`name` of the execution; a random one if not set")
	c.Flags().BoolVarP(&s.wait, "wait", "w", false, "wait for the end and print the output")
	s.waitFlags(c)
	return c
}

func (s *starter) run(c *cobra.Command, name string) error {
	if err := s.check(); err != nil {
		return err
	}
	text, _, err := readJSON("--input", s.input, c.InOrStdin())
	if err != nil {
		return err
	}
	m, err := s.machine(c.Context(), name)
	if err != nil {
		return err
	}
	input := value.OfMembers("stateMachineArn", value.OfString(m.arn), "input", value.OfString(text))
	if s.name != "" {
		input = input.With("name", value.OfString(s.name))
	}
	if s.wait && m.express() {
		ctx, cancel := s.limited(c.Context())
		defer cancel()
		ended, err := s.api(ctx, "StartSyncExecution", input)
		if err != nil {
			return s.unfinished(ctx, err, m.name, "")
		}
		return s.show(c, m.name, ended)
	}
	started, err := s.api(c.Context(), "StartExecution", input)
	if err != nil {
		return err
	}
	arn := started.Get("executionArn").Text()
	if !s.wait {
		_, err := fmt.Fprintln(c.OutOrStdout(), arn)
		return err
	}
	return s.waitFor(c, arn)
}

// A waiter waits for the end of an execution.
type waiter struct {
	remote
	timeout time.Duration
	format  format
}

func (w *waiter) waitFlags(c *cobra.Command) {
	c.Flags().DurationVar(&w.timeout, "timeout", 0, "with --wait: stop waiting after this time, as in 30s; no limit if not set")
	c.Flags().Var(&w.format, "format", formatUsage)
}

func (w *waiter) check() error {
	if w.timeout < 0 {
		return exit(ExitUsage, "", "--timeout: expected a duration above 0, got %s", w.timeout)
	}
	return nil
}

// limited returns a context that ends with --timeout.
func (w *waiter) limited(ctx context.Context) (context.Context, context.CancelFunc) {
	if w.timeout > 0 {
		return context.WithTimeout(ctx, w.timeout)
	}
	return ctx, func() {}
}

// waitFor waits for the end of an execution and shows what has come of it.
func (w *waiter) waitFor(c *cobra.Command, arn string) error {
	ctx, cancel := w.limited(c.Context())
	defer cancel()
	query := url.Values{"execution": {arn}, "follow": {"true"}}
	err := w.stream(ctx, emulator.EventsPath, query, func(value.Value) (bool, error) { return true, nil })
	if err != nil {
		return w.unfinished(ctx, err, shortName(arn), arn)
	}
	x, err := w.api(c.Context(), "DescribeExecution", value.OfMembers("executionArn", value.OfString(arn)))
	if err != nil {
		return err
	}
	if x.Get("status").Text() == "RUNNING" {
		return exit(ExitFailed, "", "the server ended before %s did", shortName(arn))
	}
	return w.show(c, shortName(arn), x)
}

// unfinished is the error when waiting has ended before the execution.
func (w *waiter) unfinished(ctx context.Context, err error, name, arn string) error {
	hint := ""
	if arn != "" {
		hint = "it goes on; aslocal stop " + typedName(arn) + w.flag() + " ends it"
	}
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return exit(ExitTimeout, hint, "%s is still running after %s", name, w.timeout)
	case errors.Is(ctx.Err(), context.Canceled):
		return &exitError{code: ExitInterrupted, message: "interrupted", hint: hint}
	}
	return err
}

// show prints the output of an execution, or fails with its error.
func (w *waiter) show(c *cobra.Command, name string, x value.Value) error {
	if status := x.Get("status").Text(); status != "SUCCEEDED" {
		hint := ""
		if !strings.Contains(x.Get("executionArn").Text(), ":express:") {
			hint = "aslocal trace " + typedName(x.Get("executionArn").Text()) + w.flag() + " shows how it came to that"
		}
		return exit(ExitFailed, hint, "%s %s: %s: %s", name, status, cmp.Or(x.Get("error").Text(), "no error name"), cmp.Or(x.Get("cause").Text(), "no cause"))
	}
	output, err := value.Parse(x.Get("output").Text())
	if err != nil {
		return err
	}
	return w.format.print(c.OutOrStdout(), output)
}

// stopper is the stop command.
type stopper struct {
	remote
	errorName, cause string
}

func newStop() *cobra.Command {
	s := &stopper{}
	c := &cobra.Command{
		Use:   "stop EXECUTION",
		Short: "Stop an execution on a server",
		Long:  "Stop an execution that runs on a server.\n\n" + namesHelp,
		Example: `  aslocal stop order-17
  aslocal stop order/order-17 --error Cancelled --cause "the customer has called"`,
		Args: positional(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error { return s.run(c, args[0]) },
	}
	s.flags(c)
	c.ValidArgsFunction = s.completeExecutions
	c.Flags().StringVar(&s.errorName, "error", "", "`name` of the error that the execution shows")
	c.Flags().StringVar(&s.cause, "cause", "", "`text` that says why")
	return c
}

func (s *stopper) run(c *cobra.Command, name string) error {
	arn, err := s.execution(c.Context(), name)
	if err != nil {
		return err
	}
	about := value.OfMembers("executionArn", value.OfString(arn))
	before, err := s.api(c.Context(), "DescribeExecution", about)
	if err != nil {
		return err
	}
	if status := before.Get("status").Text(); status != "RUNNING" {
		return exit(ExitFailed, "", "%s does not run: it has %s", shortName(arn), status)
	}
	if s.errorName != "" {
		about = about.With("error", value.OfString(s.errorName))
	}
	if s.cause != "" {
		about = about.With("cause", value.OfString(s.cause))
	}
	if _, err := s.api(c.Context(), "StopExecution", about); err != nil {
		return err
	}
	_, err = fmt.Fprintln(c.OutOrStdout(), shortName(arn)+" ABORTED")
	return err
}

// redriver is the redrive command.
type redriver struct {
	waiter
	wait bool
}

func newRedrive() *cobra.Command {
	r := &redriver{}
	c := &cobra.Command{
		Use:   "redrive EXECUTION",
		Short: "Let an execution that has failed go on, on a server",
		Long: `Let an execution that has failed, timed out or was stopped go on at the states that did not succeed, and print its ARN. With --wait the output is
printed when it has ended; the exit codes are those of aslocal start.

` + namesHelp,
		Example: `  aslocal redrive order-17 --wait
  aslocal redrive order`,
		Args: positional(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error { return r.run(c, args[0]) },
	}
	r.flags(c)
	c.ValidArgsFunction = r.completeExecutions
	c.Flags().BoolVarP(&r.wait, "wait", "w", false, "wait for the end and print the output")
	r.waitFlags(c)
	return c
}

func (r *redriver) run(c *cobra.Command, name string) error {
	if err := r.check(); err != nil {
		return err
	}
	arn, err := r.execution(c.Context(), name)
	if err != nil {
		return err
	}
	if _, err := r.api(c.Context(), "RedriveExecution", value.OfMembers("executionArn", value.OfString(arn))); err != nil {
		return err
	}
	if r.wait {
		return r.waitFor(c, arn)
	}
	_, err = fmt.Fprintln(c.OutOrStdout(), arn)
	return err
}
