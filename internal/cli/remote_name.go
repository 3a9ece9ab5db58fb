package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/internal/spell"
	"github.com/aslocal/aslocal/value"
)

// This file finds what a short name means on a server: a state machine by its name, an
// execution by its name, by MACHINE/NAME, or by the machine alone, which is its latest
// execution. The beginning of a name is enough if there is only one that begins so. ARNs
// are taken as they are.

// namesHelp says that in the help of commands.
const namesHelp = `EXECUTION is an ARN, MACHINE/NAME, a NAME, the beginning of one of these if it is the only one, or a MACHINE, which stands for its latest execution.`

// A remoteMachine is a state machine of a server.
type remoteMachine struct {
	name, arn, kind string // the name of a second one, in another region or account, is its ARN
	note            string // what aslocal says of it: that its file is gone, for example
}

func (m *remoteMachine) express() bool { return m.kind == "EXPRESS" }

// pages calls an action until there is no further page, or yield returns false.
func (r *remote) pages(ctx context.Context, action string, input value.Value, member string, yield func(value.Value) bool) error {
	for {
		answer, err := r.api(ctx, action, input)
		if err != nil {
			return err
		}
		for _, item := range answer.Get(member).Items() {
			if !yield(item) {
				return nil
			}
		}
		next := answer.Get("nextToken")
		if next.Text() == "" {
			return nil
		}
		input = input.With("nextToken", next)
	}
}

// machines lists the state machines by name.
func (r *remote) machines(ctx context.Context) ([]remoteMachine, error) {
	var all []remoteMachine
	err := r.pages(ctx, "ListStateMachines", value.OfMembers("maxResults", value.OfInt(1000)), "stateMachines", func(m value.Value) bool {
		all = append(all, remoteMachine{m.Get("name").Text(), m.Get("stateMachineArn").Text(), m.Get("type").Text(), m.Get("note").Text()})
		return true
	})
	slices.SortStableFunc(all, func(x, y remoteMachine) int { return strings.Compare(x.name, y.name) }) // that in the default region and account is first
	for i := len(all) - 1; i > 0; i-- {
		if all[i].name == all[i-1].name {
			all[i].name = all[i].arn
		}
	}
	return all, err
}

// machine finds a state machine. A version, an alias (NAME:live) and a test case
// (NAME#Case) are left on its ARN.
func (r *remote) machine(ctx context.Context, name string) (remoteMachine, error) {
	if strings.HasPrefix(name, "arn:") {
		m := remoteMachine{name: shortName(name), arn: name}
		described, err := r.api(ctx, "DescribeStateMachine", value.OfMembers("stateMachineArn", value.OfString(strings.Split(name, "#")[0])))
		m.kind = described.Get("type").Text()
		return m, err
	}
	all, err := r.machines(ctx)
	if err != nil {
		return remoteMachine{}, err
	}
	base := name
	if i := strings.IndexAny(name, ":#"); i >= 0 {
		base = name[:i]
	}
	m, err := machineOf(all, base)
	m.name += name[len(base):]
	m.arn += name[len(base):]
	return m, err
}

// A notFound is a name that means nothing.
type notFound struct{ error }

// Unwrap returns what the command ends with.
func (n notFound) Unwrap() error { return n.error }

// machineOf finds a state machine among all.
func machineOf(all []remoteMachine, name string) (remoteMachine, error) {
	var names []string
	for _, m := range all {
		if m.arn == name {
			return m, nil
		}
		names = append(names, m.name)
	}
	i, err := meant("state machine", name, names)
	if err != nil {
		return remoteMachine{}, err
	}
	return all[i], nil
}

// shownCandidates is how many of the candidates for a name are told.
const shownCandidates = 8

// meant returns the index of what a name means: the one that is called so, or the only
// one that begins so.
func meant(what, name string, names []string) (int, error) {
	if i := slices.Index(names, name); i >= 0 {
		return i, nil
	}
	var found []int
	var candidates []string
	for i, candidate := range names {
		if strings.HasPrefix(candidate, name) {
			found, candidates = append(found, i), append(candidates, candidate)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		hint := "aslocal ls lists what there is"
		if near := spell.Suggest(name, names); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		return -1, notFound{exit(ExitUsage, hint, "no %s is called %q", what, name)}
	}
	return -1, ambiguous(what, name, candidates)
}

// ambiguous is the error for a name that may mean several things.
func ambiguous(what, name string, candidates []string) error {
	slices.Sort(candidates)
	shown := strings.Join(candidates[:min(len(candidates), shownCandidates)], ", ")
	if more := len(candidates) - shownCandidates; more > 0 {
		shown += fmt.Sprintf(" and %d more", more)
	}
	return exit(ExitUsage, "it may be "+shown, "more than one %s begins with %q", what, name)
}

// execution returns the ARN of an execution: of the latest of a state machine, if that is
// what is named.
func (r *remote) execution(ctx context.Context, name string) (string, error) {
	if strings.HasPrefix(name, "arn:") && !strings.Contains(name, ":stateMachine:") {
		return name, nil
	}
	all, err := r.machines(ctx)
	if err != nil {
		return "", err
	}
	if strings.HasPrefix(name, "arn:") {
		m, err := machineOf(all, name)
		if err != nil {
			return "", err
		}
		return r.latest(ctx, m)
	}
	machine, rest, has := strings.Cut(name, "/")
	if !has {
		machine, rest, has = strings.Cut(name, ":") // the last parts of an ARN
	}
	if has {
		m, err := machineOf(all, machine)
		if err != nil {
			return "", err
		}
		if rest == "" {
			return r.latest(ctx, m)
		}
		return r.executionOf(ctx, []remoteMachine{m}, rest)
	}
	arn, err := r.executionOf(ctx, all, name)
	if !errors.As(err, new(notFound)) {
		return arn, err
	}
	m, noMachine := machineOf(all, name)
	switch {
	case errors.As(noMachine, new(notFound)):
		return "", exit(ExitUsage, "aslocal ls lists the state machines, aslocal ls MACHINE its executions", "no execution or state machine is called %q", name)
	case noMachine != nil:
		return "", noMachine
	}
	return r.latest(ctx, m)
}

// executionOf finds an execution by its name among those of some state machines. The
// name itself is looked for among all of them, its beginning among the latest.
func (r *remote) executionOf(ctx context.Context, machines []remoteMachine, name string) (string, error) {
	machines = slices.DeleteFunc(slices.Clone(machines), func(m remoteMachine) bool { return m.express() })
	var arns, shown []string
	for _, m := range machines {
		arn := strings.Replace(m.arn, ":stateMachine:", ":execution:", 1) + ":" + name
		_, err := r.api(ctx, "DescribeExecution", value.OfMembers("executionArn", value.OfString(arn)))
		switch {
		case err == nil:
			arns, shown = append(arns, arn), append(shown, m.name+"/"+name)
		case !isRefusal(err, "ExecutionDoesNotExist", "InvalidArn", "ValidationException"):
			return "", err
		}
	}
	switch {
	case len(arns) == 1:
		return arns[0], nil
	case len(arns) > 1:
		return "", ambiguous("execution", name, shown)
	}
	var names []string
	for _, m := range machines {
		recent, err := r.executions(ctx, m.arn, 1000)
		if err != nil {
			return "", err
		}
		for _, x := range recent {
			arns, names = append(arns, x.Get("executionArn").Text()), append(names, x.Get("name").Text())
		}
	}
	i, err := meant("execution", name, names)
	if err != nil {
		return "", err
	}
	return arns[i], nil
}

// latest returns the ARN of the execution of a state machine that was started last.
// Lists have first what has happened last, which may be the end of another one: the
// hundred most recent are looked at.
func (r *remote) latest(ctx context.Context, m remoteMachine) (string, error) {
	if m.express() {
		return "", exit(ExitUsage, "aslocal logs -f shows them when they end", "nothing is kept of the executions of %s: it is an Express state machine", m.name)
	}
	recent, err := r.executions(ctx, m.arn, 100)
	if err == nil && len(recent) == 0 {
		err = exit(ExitUsage, "aslocal start "+m.name+" starts one", "%s has had no execution", m.name)
	}
	if err != nil {
		return "", err
	}
	latest := slices.MaxFunc(recent, func(a, b value.Value) int { return cmp.Compare(a.Get("startDate").Float(), b.Get("startDate").Float()) })
	return latest.Get("executionArn").Text(), nil
}

// executions lists the most recent executions of a state machine, or children of a Map
// Run, as ListExecutions has them.
func (r *remote) executions(ctx context.Context, of string, most int) ([]value.Value, error) {
	member := "stateMachineArn"
	if strings.Contains(of, ":mapRun:") {
		member = "mapRunArn"
	}
	var all []value.Value
	input := value.OfMembers(member, value.OfString(of), "maxResults", value.OfInt(int64(min(most, 1000))))
	err := r.pages(ctx, "ListExecutions", input, "executions", func(x value.Value) bool {
		all = append(all, x)
		return len(all) < most
	})
	return all, err
}

// shortName is an ARN for people: of an execution MACHINE/NAME, of other things what
// follows their kind. Text that is no ARN is returned as it is.
func shortName(arn string) string {
	parts := strings.SplitN(arn, ":", 7)
	if len(parts) < 7 || parts[0] != "arn" {
		return arn
	}
	switch parts[5] {
	case "execution", "express", "mapRun":
		machine, name, _ := strings.Cut(parts[6], ":")
		if parts[5] == "express" {
			name, _, _ = strings.Cut(name, ":")
		}
		return machine + "/" + name
	}
	return parts[6]
}
