package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
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
	"github.com/aslocal/aslocal/internal/spell"
	"github.com/aslocal/aslocal/internal/template"
)

// This file makes the state machine of a file ready to run in an emulator of its own: what
// run, debug and dap share.

// A launcher has the settings of that.
type launcher struct {
	settings
	substitute map[string]string
}

func (l *launcher) flags(c *cobra.Command) {
	l.settings.flags(c)
	c.Flags().StringToStringVar(&l.substitute, "substitute", nil, substituteUsage)
}

// A program is a state machine of a file, with everything that it may need.
type program struct {
	name    string // of the state machine
	machine *template.Machine
	found   asl.Diagnostics // of the definition
	project *project
	config  file
	options []emulator.Option
}

// read reads FILE or FILE#MACHINE, and the settings beside it. The definition may have
// errors; see runs.
func (l *launcher) read(target string, stdin io.Reader) (*program, error) {
	path, machine := runTarget(target)
	text, err := readInputFile(path, stdin)
	if err != nil {
		return nil, exit(ExitUsage, "", "%v", err)
	}
	p := &program{}
	if p.config, p.options, err = l.load(filepath.Dir(path)); err != nil {
		return nil, err
	}
	if p.project, p.machine, err = l.choose(path, machine, text, p.config); err != nil {
		return nil, err
	}
	p.name, p.found = cmp.Or(p.machine.LocalName, nameOf(path)), p.machine.Validate(asl.Options{})
	return p, nil
}

// runs reports whether the definition can be run.
func (p *program) runs() bool { return !p.found.HasErrors() && p.machine.Definition.Root.Exists() }

// notes are what users should know before it runs.
func (p *program) notes() (lines []string) {
	if len(p.machine.Missing) > 0 {
		lines = append(lines, fmt.Sprintf("texts that fit stand for %s; --substitute NAME=VALUE gives a value", strings.Join(p.machine.Missing, ", ")))
	}
	if faults := faultLines(p.config.faults); len(faults) > 0 {
		lines = append(lines, fmt.Sprintf("faults of %s: %s", p.config.name, strings.Join(faults, "; ")))
	}
	return lines
}

// An openProgram is a program in an emulator.
type openProgram struct {
	em    *emulator.Emulator
	arn   string // of the state machine
	close func() error
}

// open makes an emulator with all state machines of the program, since it may start the
// others. Functions are called as the settings say.
func (p *program) open(ctx context.Context, options ...emulator.Option) (*openProgram, error) {
	em, err := emulator.New(append(slices.Clone(p.options), options...)...)
	if err != nil {
		return nil, exit(ExitFailed, "", "%v", err)
	}
	registrar := newRegistrar(em)
	closing := []func() error{registrar.close, em.Close}
	open := &openProgram{em: em, close: func() error {
		var errs []error
		for _, f := range slices.Backward(closing) {
			errs = append(errs, f())
		}
		return errors.Join(errs...)
	}}
	registrar.apply(ctx, p.project)
	if len(p.project.functions) > 0 {
		stop, err := serveFunctions(em, p.config)
		if err != nil {
			return nil, errors.Join(exit(ExitFailed, "", "%v", err), open.close())
		}
		closing = append(closing, stop)
	}
	i := slices.IndexFunc(p.project.machines, func(m projectMachine) bool { return m.Name == p.name })
	if i < 0 {
		return nil, errors.Join(exit(ExitInvalid, "--substitute gives parameters other values", "%s", strings.Join(p.project.problems, "\n")), open.close())
	}
	main := p.project.machines[i].Registration
	main.Type = "" // an Express execution has no status to wait for
	if open.arn, err = em.Register(main); err != nil {
		return nil, errors.Join(exit(ExitInvalid, "", "%v", err), open.close())
	}
	return open, nil
}

// setEnvironment gives all functions of the program further variables.
func (p *program) setEnvironment(variables map[string]string) {
	for i := range p.project.functions {
		f := &p.project.functions[i]
		all := maps.Clone(f.Environment)
		if all == nil {
			all = make(map[string]string)
		}
		maps.Copy(all, variables)
		f.Environment = all
	}
}

// runTarget takes FILE#Machine apart. A file of that very name is meant if there is one.
func runTarget(target string) (path, machine string) {
	path, machine, ok := cutLast(target, "#")
	if _, err := os.Stat(target); !ok || err == nil {
		return target, ""
	}
	return path, machine
}

// choose returns what a file defines, and the state machine in it to run.
func (l *launcher) choose(path, machine string, text []byte, config file) (*project, *template.Machine, error) {
	o := config.templateOptions(filepath.Dir(path), l.substitute)
	if path == "-" {
		o.Folder = ""
	}
	read := template.Read(path, text, o)
	m, err := chosen(path, machine, read)
	if err != nil {
		return nil, nil, err
	}
	f := &finder{folder: filepath.Dir(path), only: path, config: config, substitute: l.substitute, found: new(project), read: make(map[string]bool)}
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
