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
	"github.com/spf13/pflag"

	"github.com/aslocal/aslocal/internal/printable"
)

// The exit codes.
const (
	ExitOK          = 0
	ExitFailed      = 1 // the execution did not succeed, an expression gave no value, the server could not start, a result could not be written
	ExitUsage       = 2 // the command line or a setting is wrong
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
		report(errOut, err.Error(), "aslocal help lists the commands")
		return ExitUsage
	}
	report(errOut, err.Error(), "")
	return ExitFailed
}

// An exitError ends the command with an exit code. Its message is printed unless
// it is empty because everything was printed already.
type exitError struct {
	code          int
	message, hint string
}

func (e *exitError) Error() string { return e.message }

func exit(code int, hint, format string, args ...any) error {
	return &exitError{code: code, message: fmt.Sprintf(format, args...), hint: hint}
}

// positional checks the number of arguments and reports a wrong one as a usage
// error that shows the command's Use.
func positional(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if check(c, args) == nil {
			return nil
		}
		return exit(ExitUsage, c.CommandPath()+" --help shows more", "expected %s %s, arguments given: %d", c.Root().Name(), c.Use, len(args))
	}
}

// report writes an error, and a hint if there is one, for people. Messages may
// have text from outside in them; its further lines are indented, so that they
// cannot be mistaken for messages of their own.
func report(w io.Writer, message, hint string) {
	fmt.Fprintf(w, "aslocal: error: %s\n", indented(message))
	if hint != "" {
		fmt.Fprintf(w, "aslocal: hint: %s\n", indented(hint))
	}
}

func indented(text string) string {
	return strings.ReplaceAll(printable.Lines(strings.TrimSpace(text)), "\n", "\n  ")
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "aslocal",
		Short: "A local AWS Step Functions",
		Long:  "aslocal runs AWS Step Functions state machines on this machine: offline, with the real AWS SDKs and CLI, against your own Lambda handlers.",
		Example: `  aslocal init shop                  # a small project that runs at once
  aslocal serve                      # the API on http://127.0.0.1:8083, with the *.asl.json files found here
  aslocal run order.asl.json --input '{"total": 42}'
  aslocal eval '$sum(lines.price)' order.json
  aslocal validate order.asl.json
  aslocal test                       # the *.test.yaml files found here
  aslocal graph order.asl.json -o order.svg
  aslocal start order --wait         # on the server that runs, as ls, trace, show, stop, redrive and logs`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	// cobra's own --version takes a template, and with that package text/template,
	// which keeps the linker from leaving anything out.
	version := root.Flags().Bool("version", false, "print the version")
	root.RunE = func(c *cobra.Command, _ []string) error {
		if *version {
			return printVersion(c)
		}
		return c.Help()
	}
	root.AddCommand(newInit(), newServe(), newTLS(), newRun(), newDebug(), newDAP(), newVSCode(), newEval(), newValidate(), newTest(), newReplay(), newImport(), newGraph(), newSchema(), newLSP(), newVersion())
	root.AddCommand(newLs(), newStart(), newTrace(), newShow(), newStop(), newRedrive(), newRerun(), newPause(), newResume(), newSkipWait(), newCompare(), newLogs(), newRecord(), newPending(), newAnswer(), newUI(), newHealth())
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return exit(ExitUsage, c.CommandPath()+" --help shows the flags", "%s", flagError(err))
	})
	return root
}

// flagError says what is wrong with the flags, and which value a flag takes.
func flagError(err error) string {
	var bad *pflag.InvalidValueError
	if !errors.As(err, &bad) {
		return err.Error()
	}
	expected, ok := flagTypes[bad.GetFlag().Value.Type()]
	if !ok {
		return err.Error()
	}
	return fmt.Sprintf("--%s: expected %s, got %q", bad.GetFlag().Name, expected, bad.GetValue())
}

// flagTypes are the types of flags whose values can have the wrong form.
var flagTypes = map[string]string{
	"int": "a number", "duration": "a duration such as 30s", "bool": "true or false", "stringToString": "NAME=VALUE",
}
