package cli

import (
	"cmp"
	"context"
	"io"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
)

// This file registers again what files define when they have changed.

// A reloader reads a project again.
type reloader struct {
	settings     *settings
	folder, only string
	read         file // the settings file, as it was read last
	config       file // the same, with what flags and variables say
	substitute   map[string]string
	registrar    *registrar
	out          io.Writer
	functions    map[string]string // what has been said of functions, by name
}

// files are those to watch: those of the project, and the settings.
func (r *reloader) files(p *project) []string {
	name := r.settings.config
	if name == "" {
		name = filepath.Join(r.folder, settingsFile)
	}
	return append(p.watched(), name)
}

// reload reads the project again, registers what has changed, says so, and returns the
// files to watch.
func (r *reloader) reload(ctx context.Context) []string {
	r.readSettings()
	p := findProject(r.folder, r.only, r.config, r.substitute)
	o := r.registrar.apply(ctx, p)
	if ctx.Err() == nil { // else serve ends, and what is said is of no use
		tell(r.out, "Changed", o.changes...)
		tellProblems(r.out, o.problems)
		r.tellFunctions(ctx)
	}
	return r.files(p)
}

// tellFunctions says what is not on this machine that functions need, and what differs from
// Lambda, such as another version of Python, once for all functions that it concerns. What
// the banner has said is not repeated.
func (r *reloader) tellFunctions(ctx context.Context) {
	said := make(map[string]string)
	var texts []string
	names := make(map[string][]string) // by text
	for _, f := range r.registrar.em.Functions() {
		name, text := f.Function.Name, cmp.Or(f.Problem, f.Note)
		if f.Function.Broken != "" || text == "" {
			continue
		}
		said[name] = text
		if r.functions[name] == text {
			continue
		}
		if names[text] == nil {
			texts = append(texts, text)
		}
		names[text] = append(names[text], name)
	}
	r.functions = said
	if ctx.Err() != nil {
		return
	}
	for _, text := range texts {
		tell(r.out, "Function", strings.Join(names[text], ", ")+": "+text)
	}
}

// readSettings reads the settings again. Those of state machines, functions and faults count
// from now on, others when serve starts again.
func (r *reloader) readSettings() {
	read, err := readSettings(r.settings.config, r.folder)
	if err != nil {
		r.problem(err.Error())
		return
	}
	r.config.machines, r.config.local = read.machines, read.local
	if !slices.Equal(read.faults, r.read.faults) {
		if err := r.registrar.em.SetFaults(read.faults); err != nil {
			r.problem(err.Error())
		} else {
			lines := faultLines(read.faults)
			if len(lines) == 0 {
				lines = []string{"none"}
			}
			tell(r.out, "Faults", lines...)
		}
	}
	if !reflect.DeepEqual(read.lasting(), r.read.lasting()) {
		r.problem(read.name + ": settings other than machines, functions and faults count when aslocal starts again")
	}
	r.read = read
}

// lasting are the settings that count until serve ends.
func (f file) lasting() file {
	f.name, f.machines, f.local, f.faults = "", nil, nil, nil
	for _, m := range []*map[string]string{&f.accounts, &f.functions, &f.services} {
		if len(*m) == 0 {
			*m = nil // as where there is no file
		}
	}
	return f
}

func (r *reloader) problem(text string) { tellProblems(r.out, []string{text}) }

// tellProblems writes problems, of which each may have several lines.
func tellProblems(w io.Writer, problems []string) {
	for _, p := range problems {
		tell(w, "Problem", strings.Split(strings.TrimSpace(p), "\n")...)
	}
}
