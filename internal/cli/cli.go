// Package cli is the command line of aslocal: one file for each subcommand.
// Results go to stdout, everything else to stderr; exit codes are named here.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// The exit codes.
const (
	ExitOK          = 0
	ExitFailed      = 1 // the execution did not succeed, an expression gave nothing, the server could not start, a result not be written
	ExitUsage       = 2 // the call or a setting makes no sense
	ExitInvalid     = 3 // the definition or expression has errors
	ExitTimeout     = 4 // --timeout was too short
	ExitInterrupted = 130
)

// Main runs the command line and returns its exit code.
func Main(args []string, in io.Reader, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second interrupt ends aslocal at once
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	c, err := root.ExecuteContextC(ctx)
	var e *exitError
	switch {
	case err == nil:
		return ExitOK
	case errors.As(err, &e):
		if e.message != "" {
			report(errOut, e.message, e.hint)
		}
		return e.code
	case c == root: // there is no such command
		report(errOut, err.Error(), "aslocal help shows what there is")
		return ExitUsage
	}
	report(errOut, err.Error(), "")
	return ExitFailed
}

// An exitError ends the command with a code, and a message if there is more to
// say than was said.
type exitError struct {
	code          int
	message, hint string
}

func (e *exitError) Error() string { return e.message }

func exit(code int, hint, format string, args ...any) error {
	return &exitError{code: code, message: fmt.Sprintf(format, args...), hint: hint}
}

// arguments says how many a command takes: those that its Use names.
func arguments(least, most int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		got := ""
		switch {
		case len(args) < least:
			got = "too few"
		case len(args) > most:
			got = "too many"
		default:
			return nil
		}
		return exit(ExitUsage, c.CommandPath()+" --help shows more", "expected %s %s, got %s arguments", c.Root().Name(), c.Use, got)
	}
}

func report(w io.Writer, message, hint string) {
	fmt.Fprintf(w, "aslocal: error: %s\n", strings.TrimSpace(message))
	if hint != "" {
		fmt.Fprintf(w, "aslocal: hint: %s\n", hint)
	}
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "aslocal",
		Short: "A local AWS Step Functions",
		Long:  "aslocal runs AWS Step Functions state machines on this machine: offline, with the real AWS SDKs and CLI, against your own Lambda handlers.",
		Example: `  aslocal serve                      # the API on http://127.0.0.1:8083, with the *.asl.json files found here
  aslocal run order.asl.json --input '{"total": 42}'
  aslocal eval '$sum(lines.price)' order.json
  aslocal validate order.asl.json`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(newServe(), newRun(), newEval(), newValidate(), newSchema(), newVersion())
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return exit(ExitUsage, c.CommandPath()+" --help shows the flags", "%v", err)
	})
	return root
}
