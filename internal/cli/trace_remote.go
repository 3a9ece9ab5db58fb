package cli

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
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
		Long: `Show what an execution on a server has done: the same trace as that of aslocal run, a line for each state. Children of a Map Run stand below its
state when it has ended, up to 100 of them.

` + namesHelp,
		Example: `  aslocal trace order-17
  aslocal trace order -f
  aslocal trace order/order-17 --json`,
		Args: positional(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error { return t.run(c, args[0]) },
	}
	t.flags(c)
	c.ValidArgsFunction = t.completeExecutions
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
	w := c.OutOrStdout()
	if t.json {
		log := &eventLog{w: w}
		return t.events(c.Context(), arn, t.follow, func(execution string, e emulator.Event) error {
			log.event(execution, e)
			return nil
		})
	}
	r := &remoteTrace{remote: &t.remote, lines: newTraces(w, false), runs: make(map[int32]string), children: make(map[string]int)}
	r.lines.keep = true
	err = t.events(c.Context(), arn, t.follow, func(execution string, e emulator.Event) error { return r.event(c.Context(), execution, e) })
	if err == nil {
		err = r.end(c.Context())
	}
	return err
}

// events reads the stream of an execution's events.
func (r *remote) events(ctx context.Context, arn string, follow bool, yield func(execution string, e emulator.Event) error) error {
	query := url.Values{"execution": {arn}}
	if follow {
		query.Set("follow", "true")
	}
	return r.stream(ctx, emulator.EventsPath, query, func(line value.Value) (bool, error) {
		execution, event, err := emulator.ReadEvent(line)
		if err != nil {
			return false, exit(ExitFailed, "is the server of another version of aslocal?", "%v", err)
		}
		return true, yield(execution, event)
	})
}

// A remoteTrace shows an execution of a server. The children of a Map Run are shown
// together, when it has ended.
type remoteTrace struct {
	*remote
	lines    *traces
	last     *machine.Event
	runs     map[int32]string // Map Runs that have not ended, by frame of their state
	children map[string]int   // how many events of each were shown
}

func (t *remoteTrace) event(ctx context.Context, execution string, e emulator.Event) error {
	if t.last == nil {
		terminal := t.lines.terminal
		fmt.Fprintln(terminal.w, terminal.paint(faint, terminal.clean(shortName(execution), maxDetail)))
	}
	t.last = e.Record
	switch e.Record.Type {
	case machine.MapRunStarted, machine.MapRunRedriven:
		t.runs[e.Record.Frame] = e.Record.Run.ARN
	case machine.MapRunSucceeded, machine.MapRunFailed, machine.MapRunAborted:
		run := t.runs[e.Record.Frame]
		delete(t.runs, e.Record.Frame)
		if err := t.showChildren(ctx, run); err != nil {
			return err
		}
	}
	t.lines.event(execution, e)
	return nil
}

// maxTracedChildren is how many children of a Map Run are shown.
const maxTracedChildren = 100

// showChildren shows what children have done since the last time.
func (t *remoteTrace) showChildren(ctx context.Context, run string) error {
	if run == "" {
		return nil // it ended before it began
	}
	children, err := t.executions(ctx, run, maxTracedChildren+1)
	if err != nil {
		return err
	}
	slices.Reverse(children) // the first first
	var happened []childEvent
	for _, child := range children[:min(len(children), maxTracedChildren)] {
		arn := child.Get("executionArn").Text()
		n := 0
		err := t.events(ctx, arn, false, func(execution string, e emulator.Event) error {
			if n++; n > t.children[arn] {
				happened = append(happened, childEvent{execution, e})
			}
			return nil
		})
		if isRefusal(err, "") { // nothing is kept of Express executions
			continue
		} else if err != nil {
			return err
		}
		t.children[arn] = n
	}
	slices.SortStableFunc(happened, func(x, y childEvent) int { return cmp.Compare(x.Record.At, y.Record.At) })
	for _, e := range happened {
		t.lines.event(e.execution, e.Event)
	}
	if len(children) > maxTracedChildren {
		fmt.Fprintf(t.lines.terminal.w, "%11s%s and more: aslocal ls %s\n", "", t.lines.terminal.glyph("…", "..."), run)
	}
	return nil
}

// A childEvent is an event of a child of a Map Run.
type childEvent struct {
	execution string
	emulator.Event
}

// end says what the last event leaves open: the error and the cause, whole, or that the
// execution runs.
func (t *remoteTrace) end(ctx context.Context) error {
	if t.last == nil {
		return nil
	}
	for _, frame := range slices.Sorted(maps.Keys(t.runs)) {
		if err := t.showChildren(ctx, t.runs[frame]); err != nil {
			return err
		}
	}
	d := details{t.lines.terminal}
	switch {
	case !t.last.Type.Terminal():
		fmt.Fprintf(d.w, "%s RUNNING; -f follows it\n", d.glyph("…", "..."))
	case t.last.Failure != nil:
		d.line("error", t.last.Failure.Name.Text())
		d.line("cause", t.last.Failure.Cause.Text())
	case t.last.Doc.Exists():
		d.line("output", d.clean(t.last.Doc.String(), shownOutput))
	}
	return nil
}

// shownOutput is how many characters of an output a trace shows; aslocal show has all.
const shownOutput = 1000
