package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// This file completes names of a server in shells (aslocal completion).

// How long a shell waits for names, and how many executions of a state machine it is
// given.
const (
	completionTimeout = time.Second
	completedMost     = 50
)

// completeMachines completes the name of a state machine, if it is the first argument.
func (r *remote) completeMachines(c *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	ctx, cancel := completing(c)
	defer cancel()
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	machines, err := r.machines(ctx)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, m := range machines {
		if strings.HasPrefix(m.name, begun) {
			names = append(names, m.name)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeExecutions completes MACHINE/NAME, if it is the first argument.
func (r *remote) completeExecutions(c *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	ctx, cancel := completing(c)
	defer cancel()
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	machines, err := r.machines(ctx)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	machine, _, _ := strings.Cut(begun, "/")
	var names []string
	for _, m := range machines {
		if m.express() || !strings.HasPrefix(m.name, machine) {
			continue
		}
		recent, err := r.executions(ctx, m.arn, completedMost)
		if err != nil {
			break
		}
		for _, x := range recent {
			if name := m.name + "/" + x.Get("name").Text(); strings.HasPrefix(name, begun) {
				names = append(names, name)
			}
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

func completing(c *cobra.Command) (context.Context, context.CancelFunc) {
	ctx := c.Context()
	if ctx == nil {
		ctx = context.Background()
	}
	return context.WithTimeout(ctx, completionTimeout)
}
