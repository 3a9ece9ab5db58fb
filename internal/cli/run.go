package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/internal/printable"
	"github.com/aslocal/aslocal/internal/spell"
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
	c.Flags().StringToStringVar(&r.substitute, "substitute", nil, substituteUsage)
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
	path, machine := runTarget(path)
	text, err := readInputFile(path, c.InOrStdin())
	if err != nil {
		return exit(ExitUsage, "", "%v", err)
	}
	config, options, err := r.load(filepath.Dir(path))
	if err != nil {
		return err
	}
	p, m, err := r.read(path, machine, text, config)
	if err != nil {
		return err
	}
	found := m.Validate(asl.Options{})
	if err := found.Format(c.ErrOrStderr(), []byte(m.Source)); err != nil {
		return err
	}
	if found.HasErrors() || !m.Definition.Root.Exists() {
		return &exitError{code: ExitInvalid}
	}
	if len(m.Missing) > 0 && !r.quiet {
		fmt.Fprintf(c.ErrOrStderr(), "aslocal: warning: texts that fit stand for %s; --substitute NAME=VALUE gives a value\n", printable.Line(strings.Join(m.Missing, ", ")))
	}
	if faults := faultLines(config.faults); len(faults) > 0 && !r.quiet {
		fmt.Fprintf(c.ErrOrStderr(), "aslocal: warning: faults of %s: %s\n", printable.Line(config.name), printable.Line(strings.Join(faults, "; ")))
	}
	input, _, err := readJSON("--input", r.input, c.InOrStdin())
	if err != nil {
		return err
	}
	if r.fast {
		options = append(options, emulator.WithAutoAdvance(time.Now()))
	}
	options = append(options, r.observers(c.ErrOrStderr())...)
	return r.execute(c, options, config, p, cmp.Or(m.LocalName, nameOf(path)), input)
}

// runTarget takes FILE#Machine apart. A file of that very name is meant if there is one.
func runTarget(target string) (path, machine string) {
	path, machine, ok := cutLast(target, "#")
	if _, err := os.Stat(target); !ok || err == nil {
		return target, ""
	}
	return path, machine
}

// read returns what a file defines, and the state machine in it to run.
func (r *runner) read(path, machine string, text []byte, config file) (*project, *template.Machine, error) {
	o := config.templateOptions(filepath.Dir(path), r.substitute)
	if path == "-" {
		o.Folder = ""
	}
	read := template.Read(path, text, o)
	m, err := chosen(path, machine, read)
	if err != nil {
		return nil, nil, err
	}
	f := &finder{folder: filepath.Dir(path), only: path, config: config, substitute: r.substitute, found: new(project), read: make(map[string]bool)}
	if read.Kind != template.Definition {
		for _, one := range read.Machines {
			f.templateMachine(path, one)
		}
	} else {
		f.add(nameOf(path), path, m)
	}
	for _, fn := range read.Functions {
		f.templateFunction(path, fn)
	}
	f.found.activities = read.Activities
	f.settingsFunctions()
	return f.found, m, nil
}

// chosen returns the state machine of a file that is to run: by its logical id or its
// local name, or the only one.
func chosen(path, machine string, read *template.File) (*template.Machine, error) {
	var names []string
	for _, m := range read.Machines {
		if machine != "" && (m.Name == machine || m.LocalName == machine) {
			return m, nil
		}
		if m.Name != "" {
			names = append(names, m.Name)
		}
	}
	switch {
	case read.Kind == template.Definition && machine != "":
		return nil, exit(ExitUsage, "", "%s is a definition; #%s chooses a state machine of a template", path, machine)
	case machine != "":
		hint := "there are " + strings.Join(names, ", ")
		if near := spell.Suggest(machine, names); near != "" {
			hint = fmt.Sprintf("did you mean %s#%s?", path, near)
		}
		return nil, exit(ExitUsage, hint, "%s: no state machine named %s", path, machine)
	case len(names) > 1:
		return nil, exit(ExitUsage, fmt.Sprintf("%s#%s runs one of %s", path, names[0], strings.Join(names, ", ")), "%s has %d state machines", path, len(names))
	}
	return read.Machines[0], nil
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

// execute runs a state machine of a project. The others are there, too, since it may start
// them.
func (r *runner) execute(c *cobra.Command, options []emulator.Option, config file, p *project, name, input string) error {
	em, err := emulator.New(options...)
	if err != nil {
		return exit(ExitFailed, "", "%v", err)
	}
	defer em.Close()
	registrar := newRegistrar(em)
	defer registrar.close()
	registrar.apply(c.Context(), p)
	if len(p.functions) > 0 {
		stop, err := serveFunctions(em, config)
		if err != nil {
			return exit(ExitFailed, "", "%v", err)
		}
		defer stop()
	}
	i := slices.IndexFunc(p.machines, func(m projectMachine) bool { return m.Name == name })
	if i < 0 {
		return exit(ExitInvalid, "--substitute gives parameters other values", "%s", strings.Join(p.problems, "\n"))
	}
	main := p.machines[i].Registration
	main.Type = "" // an Express execution has no status to wait for
	arn, err := em.Register(main)
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

// serveFunctions serves the API to the functions of a project, which may start executions
// or answer a task token, until stop is called.
func serveFunctions(em *emulator.Emulator, config file) (stop func() error, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: em, ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(listener) // ends with stop
	em.SetFunctionEnvironment(config.functionEnvironment("http://" + listener.Addr().String()))
	return server.Close, nil
}
