package cli

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// follower is the logs command.
type follower struct {
	remote
	follow, verbose, json bool
	limit                 int
}

func newLogs() *cobra.Command {
	f := &follower{}
	c := &cobra.Command{
		Use:   "logs [MACHINE]",
		Short: "Show which executions of a server have ended, and what happens there",
		Long: `Show which executions of a server have ended, the latest last; with -f go on with what happens from now on: calls that change something or are
refused, executions that end (also those of Express state machines), and what functions write. With a MACHINE show only what belongs to it.`,
		Example: `  aslocal logs
  aslocal logs -f
  aslocal logs order -f --limit 0 --json`,
		Args: positional(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error { return f.run(c, strings.Join(args, "")) },
	}
	f.flags(c)
	c.ValidArgsFunction = f.completeMachines
	c.Flags().BoolVarP(&f.follow, "follow", "f", false, "go on with what happens, until interrupted")
	c.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "with -f: also calls that only ask, children of Map Runs, and Lambda's own lines of functions")
	c.Flags().BoolVar(&f.json, "json", false, "print a JSON object for each line")
	c.Flags().IntVar(&f.limit, "limit", 20, "how many executions that have ended at most")
	return c
}

func (f *follower) run(c *cobra.Command, name string) error {
	if f.limit < 0 {
		return exit(ExitUsage, "", "--limit: expected a number from 0, got %d", f.limit)
	}
	machines, err := f.machines(c.Context())
	if err != nil {
		return err
	}
	only := ""
	if name != "" {
		m, err := f.machine(c.Context(), name)
		if err != nil {
			return err
		}
		machines, only = []remoteMachine{m}, m.arn
	}
	endpoint, err := f.url()
	if err != nil {
		return err
	}
	w := c.OutOrStdout()
	form := noticeForm{terminal: newTerminal(w), endpoint: strings.TrimSuffix(endpoint.Redacted(), "/"), verbose: f.verbose}
	live := &liveNotices{follower: f, form: &form, w: w, only: only}
	if f.follow {
		if err := live.open(c); err != nil { // first, so that nothing is missed
			return err
		}
		defer live.body.Close()
	}
	past, err := f.past(c, machines)
	if err != nil {
		return err
	}
	for _, n := range past {
		f.print(w, &form, n)
		live.shown = append(live.shown, n)
	}
	if f.follow {
		fmt.Fprintf(c.ErrOrStderr(), "following %s\n", form.endpoint)
		return live.run(c)
	}
	return nil
}

func (f *follower) print(w io.Writer, form *noticeForm, n emulator.Notice) {
	if f.json {
		fmt.Fprintln(w, n.JSON())
		return
	}
	fmt.Fprintln(w, form.text(n))
}

// past are the latest ends of executions of the state machines.
func (f *follower) past(c *cobra.Command, machines []remoteMachine) ([]emulator.Notice, error) {
	var rows []value.Value
	for _, m := range machines {
		if m.express() || f.limit == 0 {
			continue
		}
		recent, err := f.executions(c.Context(), m.arn, f.limit)
		if err != nil {
			return nil, err
		}
		rows = append(rows, recent...)
	}
	rows = slices.DeleteFunc(rows, func(x value.Value) bool { return !x.Get("stopDate").Exists() })
	slices.SortStableFunc(rows, func(x, y value.Value) int { return timeOf(x.Get("stopDate")).Compare(timeOf(y.Get("stopDate"))) })
	var notices []emulator.Notice
	for _, x := range rows[max(0, len(rows)-f.limit):] {
		if x.Get("status").Text() != "SUCCEEDED" { // a list has no errors
			described, err := f.api(c.Context(), "DescribeExecution", value.OfMembers("executionArn", x.Get("executionArn")))
			if err != nil {
				return nil, err
			}
			x = described
		}
		notices = append(notices, endOf(x))
	}
	return notices, nil
}

// endOf is the notice of the end of an execution, as the API describes it.
func endOf(x value.Value) emulator.Notice {
	stopped := timeOf(x.Get("stopDate"))
	return emulator.Notice{Time: stopped, Ended: &emulator.Ended{
		Execution: x.Get("executionArn").Text(), StateMachine: x.Get("stateMachineArn").Text(), Status: x.Get("status").Text(),
		Took: stopped.Sub(timeOf(x.Get("startDate"))), Error: x.Get("error").Text(), Cause: x.Get("cause").Text(),
	}}
}

// liveNotices shows the notices of a server while they come.
type liveNotices struct {
	*follower
	form *noticeForm
	w    io.Writer
	only string // ARN of a state machine; "": everything
	body io.ReadCloser

	shown []emulator.Notice // before, of which some may come again
}

// open begins to collect notices.
func (l *liveNotices) open(c *cobra.Command) error {
	response, err := l.send(c.Context(), http.MethodGet, emulator.NoticesPath, http.Header{}, value.Value{})
	if err != nil {
		return err
	}
	l.body = response.Body
	return nil
}

func (l *liveNotices) run(c *cobra.Command) error {
	err := l.lines(c.Context(), l.body, func(line value.Value) (bool, error) {
		n, missed, err := emulator.ReadNotice(line)
		switch {
		case err != nil:
			return false, exit(ExitFailed, "is the server of another version of aslocal?", "%v", err)
		case missed > 0:
			fmt.Fprintf(c.ErrOrStderr(), "%s lines were left out: they came faster than they could be shown\n", thousands(int(missed)))
		case !l.form.quiet(n) && l.wants(n) && !l.wasShown(n):
			l.print(l.w, l.form, n)
		}
		return true, nil
	})
	if err == nil {
		err = exit(ExitFailed, "", "the server has ended")
	}
	return err
}

// wants reports whether a notice belongs to the state machine that was asked for.
func (l *liveNotices) wants(n emulator.Notice) bool {
	about := ""
	switch {
	case l.only == "":
		return true
	case n.Call != nil:
		about = n.Call.Subject
	case n.Ended != nil:
		about = n.Ended.Execution
	case n.Function != nil:
		about = n.Function.Execution
	}
	parts := strings.SplitN(about, ":", 8)
	own := strings.SplitN(l.only, ":", 8)
	if len(parts) < 7 || len(own) < 7 {
		return false
	}
	machine, _, _ := strings.Cut(parts[6], "/") // of a child, the label follows
	return machine == own[6]
}

// wasShown reports whether a notice is the end of an execution that was shown before.
func (l *liveNotices) wasShown(n emulator.Notice) bool {
	return n.Ended != nil && slices.ContainsFunc(l.shown, func(other emulator.Notice) bool {
		return other.Ended.Execution == n.Ended.Execution && other.Time.Equal(n.Time)
	})
}
