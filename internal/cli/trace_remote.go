package cli

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// tracer is the trace command.
type tracer struct {
	remote
	follow, json bool
}

func newTrace() *cobra.Command {
	t := &tracer{}
	c := &cobra.Command{
		Use:   "trace EXECUTION",
		Short: "Show what an execution on a server has done",
		Long: `Show what an execution on a server has done: the same trace as that of aslocal run, a line for each state. Children of a Map Run have traces of
their own; aslocal ls MAP-RUN-ARN lists them.

` + namesHelp,
		Example: `  aslocal trace order-17
  aslocal trace order -f
  aslocal trace order/order-17 --json`,
		Args: positional(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error { return t.run(c, args[0]) },
	}
	t.flags(c)
	c.Flags().BoolVarP(&t.follow, "follow", "f", false, "show also what happens from now on, until the execution ends")
	c.Flags().BoolVar(&t.json, "json", false, "print the events as JSON, an event a line")
	return c
}

func (t *tracer) run(c *cobra.Command, name string) error {
	arn, err := t.execution(c.Context(), name)
	if err != nil {
		return err
	}
	if strings.Contains(arn, ":express:") {
		return exit(ExitUsage, "aslocal logs -f shows them when they end", "%s is an execution of an Express state machine, of which nothing is kept", shortName(arn))
	}
	query := url.Values{"execution": {arn}}
	if t.follow {
		query.Set("follow", "true")
	}
	shown := &trace{terminal: newTerminal(c.OutOrStdout()), choice: -1}
	log := &eventLog{w: c.OutOrStdout()}
	var last *machine.Event
	err = t.stream(c.Context(), emulator.EventsPath, query, func(line value.Value) (bool, error) {
		execution, event, err := emulator.ReadEvent(line)
		switch {
		case err != nil:
			return false, exit(ExitFailed, "is the server of another version of aslocal?", "%v", err)
		case t.json:
			log.event(execution, event)
			return true, nil
		case last == nil:
			fmt.Fprintln(shown.w, shown.paint(faint, shown.clean(shortName(execution), maxDetail)))
		}
		last = event.Record
		shown.event(last)
		return true, nil
	})
	if err != nil || last == nil {
		return err
	}
	t.end(shown, last)
	return nil
}

// end says what the last event leaves open: the error and the cause, whole, or that the
// execution runs.
func (t *tracer) end(shown *trace, last *machine.Event) {
	d := details{shown.terminal}
	switch {
	case !last.Type.Terminal():
		fmt.Fprintf(d.w, "%s RUNNING; -f follows it\n", d.glyph("…", "..."))
	case last.Failure != nil:
		d.line("error", last.Failure.Name.Text())
		d.line("cause", last.Failure.Cause.Text())
	case last.Doc.Exists():
		d.line("output", d.clean(last.Doc.String(), shownOutput))
	}
}

// shownOutput is how many characters of an output a trace shows; aslocal show has all.
const shownOutput = 1000
