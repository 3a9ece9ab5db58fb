package cli

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/internal/dap"
	"github.com/aslocal/aslocal/value"
)

// This file registers what a project defines, at the start and whenever its files
// change, and keeps book of the state machines whose files are gone or broken: they stay
// as they were, and are said to be stale.

// A registrar keeps an emulator and the files of a project the same.
type registrar struct {
	em *emulator.Emulator

	machines   map[string]string // what is registered, by name, as texts to compare
	broken     map[string]bool   // those whose files could not be registered last
	functions  map[string]string
	activities map[string]bool
	inline     inlineCode
	said       map[string]bool // problems that have been told
	sources    *dap.Sources    // of what is registered, for debuggers
}

func newRegistrar(em *emulator.Emulator) *registrar {
	return &registrar{
		em: em, machines: make(map[string]string), broken: make(map[string]bool), functions: make(map[string]string), activities: make(map[string]bool), sources: dap.NewSources(),
	}
}

// An outcome is what registering has brought.
type outcome struct {
	changes  []string          // what is other than before, for people
	problems []string          // that have not been told before
	notes    map[string]string // of state machines that are stale, by name
	stored   []storedMachine
}

// apply registers what is new or has changed.
func (r *registrar) apply(ctx context.Context, p *project) outcome {
	o := outcome{notes: make(map[string]string)}
	problems := slices.Clone(p.problems)
	places := make(map[string]string)
	for _, m := range p.machines {
		places[m.Name] = m.place
		if problem := r.applyMachine(m, &o); problem != "" {
			problems = append(problems, problem)
			o.notes[m.Name] = fmt.Sprintf("as it was before; %s cannot be registered now", m.place)
		}
	}
	problems = append(problems, r.applyActivities(ctx, p)...)
	changed, failed := r.applyFunctions(p)
	o.changes, problems = append(o.changes, changed...), append(problems, failed...)

	stored, err := storedMachines(ctx, r.em)
	if err != nil {
		problems = append(problems, err.Error())
	}
	for i, m := range stored {
		if m.arn != r.em.StateMachineARN(m.name) { // of another region or account
			stored[i].name = m.arn
		}
	}
	o.stored = stored
	if err := r.stale(ctx, p.only, places, &o); err != nil {
		problems = append(problems, err.Error())
	}
	r.sources.Set(p.sources())
	r.em.SetNotes(o.notes)
	r.em.SetProblems(problems)
	said := make(map[string]bool)
	for _, problem := range problems {
		if said[problem] = true; !r.said[problem] {
			o.problems = append(o.problems, problem)
		}
	}
	r.said = said
	return o
}

// applyMachine registers a state machine if it is new or has changed, and returns what is
// wrong with it.
func (r *registrar) applyMachine(m projectMachine, o *outcome) (problem string) {
	before, text := r.machines[m.Name], registrationText(m.Registration)
	switch {
	case m.broken != "":
		problem = m.broken
	case before != text:
		m.Tags = map[string]string{placeTag: tagText(m.place)}
		if _, err := r.em.Register(m.Registration); err != nil {
			problem = fmt.Sprintf("%s: %s: %v", m.place, m.Name, err)
			break
		}
		r.machines[m.Name] = text
		again := ""
		if before != "" {
			again = " again"
		}
		o.changes = append(o.changes, fmt.Sprintf("%s is registered%s (%s)", m.Name, again, m.place))
	case r.broken[m.Name]:
		o.changes = append(o.changes, fmt.Sprintf("%s is again as it was registered (%s)", m.Name, m.place))
	}
	r.broken[m.Name] = problem != ""
	return problem
}

// stale notes the state machines whose files are gone, given the places of those that
// are there. A tag says from which file a state machine is. If only one file is served,
// those of others are not looked for.
func (r *registrar) stale(ctx context.Context, only string, places map[string]string, o *outcome) error {
	is := make(map[string]bool, len(o.stored))
	for _, m := range o.stored {
		is[m.name] = true
		before, err := placeOf(ctx, r.em, m)
		place, found := places[m.name]
		switch {
		case err != nil:
			return err
		case r.machines[m.name] != "" && found && before != tagText(place):
			if err := setPlace(ctx, r.em, m, tagText(place)); err != nil {
				return err
			}
		case before != "" && !found && (only == "" || before == tagText(only)):
			o.notes[m.name] = fmt.Sprintf("stale: %s has it no more; it is as it was before", before)
			if r.machines[m.name] != "" {
				o.changes = append(o.changes, fmt.Sprintf("%s stays as it was, but %s has it no more; DeleteStateMachine removes it", m.name, before))
			}
			delete(r.machines, m.name) // told once, and registered when it comes back
		}
	}
	maps.DeleteFunc(o.notes, func(name, _ string) bool { return !is[name] }) // of one that was never there, the problem says all
	maps.DeleteFunc(r.machines, func(name, _ string) bool { return !is[name] })
	return nil
}

// registrationText is a registration as a text to compare.
func registrationText(r emulator.Registration) string {
	return strings.Join([]string{r.Type, r.RoleARN, r.Logging.String(), r.Tracing.String(), r.Definition}, "\x00")
}

// applyActivities creates the activities that are new.
func (r *registrar) applyActivities(ctx context.Context, p *project) (problems []string) {
	for _, name := range p.activities {
		if r.activities[name] {
			continue
		}
		if _, err := callAPI(ctx, r.em, "CreateActivity", value.OfMembers("name", value.OfString(name))); err != nil {
			problems = append(problems, fmt.Sprintf("activity %s: %v", name, err))
			continue
		}
		r.activities[name] = true
	}
	return problems
}

// applyFunctions replaces the functions that run as processes.
func (r *registrar) applyFunctions(p *project) (changes, problems []string) {
	if len(p.functions) == 0 && len(r.functions) == 0 {
		return nil, nil
	}
	var all []emulator.Function
	texts := make(map[string]string)
	for _, fn := range p.functions {
		if fn.url != "" {
			continue
		}
		if err := r.inline.write(&fn); err != nil {
			problems = append(problems, fmt.Sprintf("function %s: %v", fn.Name, err))
			continue
		}
		all = append(all, fn.Function)
		texts[fn.Name] = fmt.Sprintf("%+v", fn.Function)
		switch before, was := r.functions[fn.Name]; {
		case !was:
			changes = append(changes, "function "+fn.Name+" is new ("+fn.Place+")")
		case before != texts[fn.Name]:
			changes = append(changes, "function "+fn.Name+" has changed ("+fn.Place+")")
		}
	}
	for name := range r.functions {
		if texts[name] == "" {
			changes = append(changes, "function "+name+" is gone")
		}
	}
	if len(changes) > 0 {
		r.em.SetFunctions(all)
	}
	r.functions = texts
	return changes, problems
}

// close removes what is kept beside the emulator.
func (r *registrar) close() error { return r.inline.remove() }

// inlineCode is the code of functions that a template has as text, in files of a folder
// that only this user can read.
type inlineCode struct{ folder string }

// write puts the code of a function into a file, if it has any.
func (c *inlineCode) write(fn *projectFunction) error {
	if fn.inline == "" || fn.Broken != "" {
		return nil
	}
	if c.folder == "" {
		folder, err := os.MkdirTemp("", "aslocal-")
		if err != nil {
			return err
		}
		c.folder = folder
	}
	fn.Folder = filepath.Join(c.folder, nameOf(fn.Name))
	if err := os.MkdirAll(fn.Folder, 0o700); err != nil {
		return err
	}
	path := filepath.Join(fn.Folder, "index"+inlineEnding(fn.Runtime, fn.inline))
	if before, err := os.ReadFile(path); err == nil && string(before) == fn.inline {
		return nil
	}
	return os.WriteFile(path, []byte(fn.inline), 0o600)
}

// remove removes the files.
func (c *inlineCode) remove() error {
	if c.folder == "" {
		return nil
	}
	return os.RemoveAll(c.folder)
}

// inlineEnding is the ending of the file that code belongs into.
func inlineEnding(runtime, code string) string {
	if !strings.HasPrefix(runtime, "nodejs") {
		return ".py"
	}
	for line := range strings.Lines(code) {
		if strings.HasPrefix(line, "import ") || strings.HasPrefix(line, "export ") {
			return ".mjs"
		}
	}
	return ".js"
}
