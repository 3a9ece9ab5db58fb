package cli

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/internal/printable"
	"github.com/aslocal/aslocal/value"
)

// This file has the commands pending and answer, for tasks that wait to be
// answered by hand.

// pendingLister is the pending command.
type pendingLister struct {
	remote
	json bool
}

func newPending() *cobra.Command {
	p := &pendingLister{}
	c := &cobra.Command{
		Use:   "pending",
		Short: "List the tasks that wait to be answered by hand",
		Long:  `List the tasks of a server that wait to be answered by hand: those that nothing is set up for, if it was started as aslocal serve --missing hold.`,
		Example: `  aslocal pending
  aslocal answer 5f0c2a9be1 --output '{"MessageId": "m-1"}'`,
		Args: positional(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return p.run(c) },
	}
	p.flags(c)
	c.Flags().BoolVar(&p.json, "json", false, "print a JSON object for each task")
	return c
}

func (p *pendingLister) run(c *cobra.Command) error {
	answer, err := p.call(c.Context(), http.MethodGet, emulator.PendingTasksPath, value.Value{})
	if err != nil {
		return err
	}
	tasks := answer.Get("tasks")
	for i, task := range tasks.Items() {
		if p.json {
			fmt.Fprintln(c.OutOrStdout(), task)
			continue
		}
		if i > 0 {
			fmt.Fprintln(c.OutOrStdout())
		}
		showPending(c.OutOrStdout(), task)
	}
	if tasks.Len() == 0 && !p.json {
		fmt.Fprintln(c.ErrOrStderr(), "no task waits to be answered")
	}
	return nil
}

// showPending prints a task for people.
func showPending(w io.Writer, task value.Value) {
	since := task.Get("since").Text()
	if at, err := time.Parse(time.RFC3339Nano, since); err == nil {
		since = at.Local().Format(time.DateTime)
	}
	fmt.Fprintf(w, "%s  %s  since %s\n", printable.Line(task.Get("id").Text()), printable.Line(task.Get("state").Text()), printable.Line(since))
	for _, member := range []string{"execution", "resource", "input", "missing"} {
		fmt.Fprintf(w, "  %-9s %s\n", member, printable.Line(task.Get(member).Text()))
	}
}

// answerer is the answer command.
type answerer struct {
	remote
	output, errorName, cause string
	retry                    bool
}

func newAnswer() *cobra.Command {
	a := &answerer{}
	c := &cobra.Command{
		Use:   "answer ID",
		Short: "Answer a task that waits for that",
		Long: `Answer a task that aslocal pending lists, with its result, with an error, or by calling it again. The result of a task that starts a job or hands out a token is that of
the job, or what the holder of the token sends.`,
		Example: `  aslocal answer 5f0c2a9be1 --output '{"MessageId": "m-1"}'
  aslocal answer 5f0c2a9be1 --error Sqs.QueueDoesNotExistException --cause "no such queue"
  aslocal answer 5f0c2a9be1 --retry`,
		Args: positional(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error { return a.run(c, args[0]) },
	}
	a.flags(c)
	c.Flags().StringVar(&a.output, "output", "", "result: "+inputUsage)
	c.Flags().StringVar(&a.errorName, "error", "", "`name` of the error that the task fails with")
	c.Flags().StringVar(&a.cause, "cause", "", "`text` that says why")
	c.Flags().BoolVar(&a.retry, "retry", false, "call it again, with what is set up now")
	return c
}

func (a *answerer) run(c *cobra.Command, id string) error {
	output, failure := c.Flags().Changed("output"), c.Flags().Changed("error")
	switch {
	case a.retry && (output || failure) || !a.retry && output == failure:
		return exit(ExitUsage, c.CommandPath()+" --help shows an example", "expected one of --output, --error and --retry")
	case output && c.Flags().Changed("cause"):
		return exit(ExitUsage, "", "--cause belongs to --error")
	}
	answer := value.OfMembers("error", value.OfString(a.errorName), "cause", value.OfString(a.cause))
	if a.retry {
		answer = value.OfMembers("retry", value.OfBool(true))
	}
	if output {
		_, v, err := readJSON("--output", a.output, c.InOrStdin())
		if err != nil {
			return err
		}
		answer = value.OfMembers("output", v)
	}
	_, err := a.call(c.Context(), http.MethodPost, emulator.PendingTasksPath+"/"+url.PathEscape(id), answer)
	return err
}
