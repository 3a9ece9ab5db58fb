package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/internal/printable"
	"github.com/aslocal/aslocal/value"
)

// This file has the commands pause, resume and skip-wait, for executions that run.

// An actor does something with an execution that the API of Step Functions has no action
// for.
type actor struct {
	remote
	action, done string
}

func newPause() *cobra.Command {
	return newActor(&actor{action: "pause", done: "paused"}, "Let an execution stand still, on a server",
		`Let an execution that runs stand still after the step that it is in: its timers do not fire, and nothing that happens outside goes on in it, until aslocal
resume. It needs a server that aslocal serve has started; a restart of the server resumes all.`)
}

func newResume() *cobra.Command {
	return newActor(&actor{action: "resume", done: "resumed"}, "Let an execution go on that is paused, on a server",
		"Let an execution go on that aslocal pause, or the button of a page, has paused. It needs a server that aslocal serve has started.")
}

func newActor(a *actor, short, long string) *cobra.Command {
	c := &cobra.Command{
		Use:   a.action + " EXECUTION",
		Short: short,
		Long:  long + "\n\n" + namesHelp,
		Example: "  aslocal " + a.action + ` order-17
  aslocal ` + a.action + " order",
		Args: positional(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error { return a.run(c, args[0]) },
	}
	a.flags(c)
	c.ValidArgsFunction = a.completeExecutions
	return c
}

func (a *actor) run(c *cobra.Command, name string) error {
	arn, err := a.execution(c.Context(), name)
	if err == nil {
		err = a.act(c.Context(), a.action, arn)
	}
	if err == nil {
		_, err = fmt.Fprintln(c.OutOrStdout(), shortName(arn)+" "+a.done)
	}
	return err
}

// waitSkipper is the skip-wait command.
type waitSkipper struct{ remote }

func newSkipWait() *cobra.Command {
	s := &waitSkipper{}
	c := &cobra.Command{
		Use:   "skip-wait EXECUTION [STATE]",
		Short: "End the Wait that an execution is in, on a server",
		Long: `End now what an execution waits for: all Wait states that it is in, and all pauses before a retry, or only those of STATE. Each is printed. It needs a
server that aslocal serve has started.

` + namesHelp,
		Example: `  aslocal skip-wait order-17
  aslocal skip-wait order-17 CoolDown`,
		Args: positional(cobra.RangeArgs(1, 2)),
		RunE: func(c *cobra.Command, args []string) error { return s.run(c, args[0], args[1:]) },
	}
	s.flags(c)
	c.ValidArgsFunction = s.completeExecutions
	return c
}

func (s *waitSkipper) run(c *cobra.Command, name string, states []string) error {
	arn, err := s.execution(c.Context(), name)
	if err != nil {
		return err
	}
	visits, err := s.visits(c.Context(), arn)
	if err != nil {
		return err
	}
	skipped := 0
	for _, v := range visits.Items() {
		if state := v.Get("state").Text(); !sleeps(v) || len(states) > 0 && state != states[0] {
			continue
		}
		if _, err := s.page(c.Context(), "skip-wait", nil, value.OfMembers("arn", value.OfString(arn), "visit", v.Get("number"))); err != nil {
			return err
		}
		skipped++
		fmt.Fprintln(c.OutOrStdout(), printable.Line(visitPlace(v)))
	}
	switch {
	case skipped > 0:
		return nil
	case len(states) > 0:
		return exit(ExitFailed, "", "%s does not wait in a state named %q", shortName(arn), states[0])
	}
	return exit(ExitFailed, "", "%s is in no Wait, and in no pause before a retry", shortName(arn))
}

// sleeps reports whether a visit is a Wait that is not over, or is in a pause before a retry.
func sleeps(visit value.Value) bool {
	if visit.Get("outcome").Text() != "open" {
		return false
	}
	if visit.Get("kind").Text() == "Wait" {
		return true
	}
	attempts := visit.Get("attempts")
	if attempts.Len() == 0 {
		return false
	}
	retryAt, _ := attempts.Index(attempts.Len() - 1).Get("retryAt").Int()
	return retryAt > 0
}

// visitPlace is where a visit is, as in "Ship all[2]/CoolDown".
func visitPlace(visit value.Value) string {
	place := ""
	for _, step := range visit.Get("path").Items() {
		place += fmt.Sprintf("%s[%s]/", step.Get("state").Text(), step.Get("index"))
	}
	return place + visit.Get("state").Text()
}
