package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/internal/template"
	"github.com/aslocal/aslocal/value"
)

// runner is the run command.
type runner struct {
	settings
	input   string
	fast    bool
	quiet   bool
	json    bool
	format  format
	timeout time.Duration
	test    string // case of the mock configuration

	substitute map[string]string
}

func newRun() *cobra.Command {
	r := &runner{}
	c := &cobra.Command{
		Use:   "run FILE",
		Short: "Run a state machine once",
		Long: `Run the state machine in a file (JSON, or YAML by the file's ending; "-" is JSON on stdin) once, in memory. The trace goes to stderr, the
output of the execution and nothing else to stdout. Exit codes: 0 the execution succeeded, 1 it did not, 2 the command line or a setting is wrong,
3 the definition has errors, 4 --timeout was too short, 130 interrupted.`,
		Example: `  aslocal run order.asl.json --input '{"total": 42}'
  aslocal run order.asl.yaml --input @order.json --fast
  cat order.json | aslocal run order.asl.json --input -
  aslocal run order.asl.json --mocks MockConfigFile.json --case CardDeclined`,
		Args: positional(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error { return r.run(c, args[0]) },
	}
	r.flags(c)
	c.Flags().StringVarP(&r.input, "input", "i", "{}", "input: JSON, @FILE, or - for stdin")
	c.Flags().BoolVar(&r.fast, "fast", false, "skip Waits and the pauses before retries")
	c.Flags().BoolVarP(&r.quiet, "quiet", "q", false, "print no trace")
	c.Flags().BoolVar(&r.json, "json", false, "print the trace as JSON, an event a line")
	c.Flags().Var(&r.format, "format", formatUsage)
	c.Flags().StringToStringVar(&r.substitute, "substitute", nil, "value of ${NAME} in the definition, as NAME=VALUE")
	c.Flags().StringVar(&r.test, "case", "", "`name` of the test case of the mock configuration whose responses the tasks get")
	c.Flags().DurationVar(&r.timeout, "timeout", 0, "give up after this time, as in 30s; no limit if not set")
	return c
}

func (r *runner) run(c *cobra.Command, path string) error {
	if path == "-" && r.input == "-" {
		return exit(ExitUsage, "--input @FILE reads the input from a file", "--input: stdin is the definition already")
	}
	if r.quiet && r.json {
		return exit(ExitUsage, "", "--quiet and --json: expected one of them at most")
	}
	if r.timeout < 0 {
		return exit(ExitUsage, "", "--timeout: expected a duration above 0, got %s", r.timeout)
	}
	text, err := readInputFile(path, c.InOrStdin())
	if err != nil {
		return exit(ExitUsage, "", "%v", err)
	}
	if kind := template.Read(path, text, template.Options{}).Kind; kind != template.Definition {
		return exit(ExitInvalid, "put the definition into a file of its own, such as order.asl.json; aslocal validate checks it in the "+string(kind), "%s is a %s; run takes a definition, with StartAt and States", path, kind)
	}
	text = substituted(text, r.substitute)
	definition, found := check(path, text, asl.Options{})
	if err := found.Format(c.ErrOrStderr(), text); err != nil {
		return err
	}
	switch {
	case found.HasErrors() && bytes.Contains(text, []byte("${")):
		return exit(ExitInvalid, "--substitute NAME=VALUE replaces ${NAME}", "%s has placeholders that only a deployment replaces", path)
	case found.HasErrors():
		return &exitError{code: ExitInvalid}
	}
	input, _, err := readJSON("--input", r.input, c.InOrStdin())
	if err != nil {
		return err
	}
	_, options, err := r.load(filepath.Dir(path))
	if err != nil {
		return err
	}
	if r.fast {
		options = append(options, emulator.WithAutoAdvance(time.Now()))
	}
	if observe := r.observer(c.ErrOrStderr()); observe != nil {
		options = append(options, emulator.WithObserver(observe))
	}
	return r.execute(c, options, nameOf(path), definition.JSON(), input)
}

// substituted replaces each ${NAME} that has a value, as a deployment does with
// DefinitionSubstitutions: the value goes into the text as it is.
func substituted(text []byte, values map[string]string) []byte {
	var pairs []string
	for name, with := range values {
		pairs = append(pairs, "${"+name+"}", with)
	}
	return []byte(strings.NewReplacer(pairs...).Replace(string(text)))
}

// observer returns the function that prints the events of the execution and of
// its children, or nil with --quiet.
func (r *runner) observer(w io.Writer) func(string, emulator.Event) {
	switch {
	case r.quiet:
		return nil
	case r.json:
		return (&eventLog{w: w}).event
	}
	return newTraces(w, r.fast).event
}

// nameOf returns the name of the state machine in a file. Characters that a name
// must not have are replaced: the name is only used in ARNs here.
func nameOf(path string) string {
	if path == "-" {
		return "machine"
	}
	name, ok := machineName(path)
	if !ok {
		name = cmp.Or(strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)), "machine")
	}
	runes := []rune(name)
	for i, r := range runes {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_.", r) {
			runes[i] = '-'
		}
	}
	return string(runes[:min(len(runes), 80)])
}

func (r *runner) execute(c *cobra.Command, options []emulator.Option, name, definition, input string) error {
	em, err := emulator.New(options...)
	if err != nil {
		return exit(ExitFailed, "", "%v", err)
	}
	defer em.Close()
	arn, err := em.Register(emulator.Registration{Name: name, Definition: definition})
	if err != nil {
		return exit(ExitInvalid, "", "%v", err)
	}
	if c.Flags().Changed("case") {
		arn += "#" + r.test
	}
	ctx := c.Context()
	if r.timeout > 0 {
		limited, cancel := context.WithTimeout(ctx, r.timeout)
		defer cancel()
		ctx = limited
	}
	x, err := em.Start(ctx, arn, input)
	var end emulator.Execution
	if err == nil {
		end, err = em.Wait(ctx, x)
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
