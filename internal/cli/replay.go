package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/replay"
	"github.com/aslocal/aslocal/internal/difference"
	"github.com/aslocal/aslocal/internal/printable"
	"github.com/aslocal/aslocal/internal/template"
	"github.com/aslocal/aslocal/value"
)

// This file has the replay command, which runs a definition with what the tasks of a
// recorded execution have answered.

// replayer is the replay command.
type replayer struct {
	remote
	json, bisect bool
	name, input  string
	substitute   map[string]string
}

func newReplay() *cobra.Command {
	r := &replayer{}
	c := &cobra.Command{
		Use:   "replay HISTORY|EXECUTION [FILE[#MACHINE] [GOOD..BAD]]",
		Short: "Run a definition with the history of an execution, and show the first difference",
		Long: `Run a definition (JSON, YAML, or a template) with what the tasks of a recorded execution have answered: their results and errors, in their order,
branch by branch and iteration by iteration. Nothing is called, and nothing waits. HISTORY is a file with what aws stepfunctions
get-execution-history prints, or aslocal import has written; "-" is stdin. Without a FILE it is NAME.asl.json, NAME.asl.yaml or NAME.asl.yml beside
NAME.history.json. An EXECUTION is one on a server.

The first event that differs is shown, with the data of both sides. What every execution has others of makes no difference: ids, times, task tokens,
the account and region of ARNs, and the order of what runs at the same time; the last lines say what was left out. Map Runs of distributed Maps end
as they did in the history.

--bisect replays the versions of FILE that git has, from the oldest on, and shows the commits that change the outcome: all of them, or those of a
range GOOD..BAD and GOOD. git is asked for nothing but commits and their files.

Exit codes, as those of diff: 0 there is no difference, 1 there is one, 2 the command line or the history is wrong, 3 the definition has errors.`,
		Example: `  aws stepfunctions get-execution-history --execution-arn ARN --include-execution-data > order.history.json
  aslocal replay order.history.json order.asl.json
  aslocal replay order/order-17 order.asl.json
  aslocal replay order.history.json order.asl.json --json
  aslocal replay order.history.json order.asl.json --bisect
  aslocal replay order.history.json order.asl.json --bisect v1.4..HEAD`,
		Args: func(c *cobra.Command, args []string) error {
			if r.bisect {
				return positional(cobra.RangeArgs(2, 3))(c, args)
			}
			return positional(cobra.RangeArgs(1, 2))(c, args)
		},
		RunE: func(c *cobra.Command, args []string) error { return r.run(c, args) },
	}
	r.flags(c)
	c.Flags().BoolVar(&r.json, "json", false, "print the outcome as JSON")
	c.Flags().BoolVar(&r.bisect, "bisect", false, "replay the versions of FILE that git has, and show which commits change the outcome")
	c.Flags().StringVarP(&r.input, "input", "i", "", "input of the execution, if not that of the history: "+inputUsage)
	c.Flags().StringVar(&r.name, "machine-name", "", "`name` of the state machine, which definitions see; that of the file if not set")
	c.Flags().StringToStringVar(&r.substitute, "substitute", nil, substituteUsage)
	return c
}

func (r *replayer) run(c *cobra.Command, args []string) error {
	target, err := definitionFor(args)
	if err != nil {
		return err
	}
	if target == "-" && (args[0] == "-" || r.input == "-") || args[0] == "-" && r.input == "-" {
		return exit(ExitUsage, "", `expected "-", which is stdin, once at most`)
	}
	history, err := r.history(c, args[0])
	if err != nil {
		return err
	}
	var input value.Value
	if r.input != "" {
		if _, input, err = readJSON("--input", r.input, c.InOrStdin()); err != nil {
			return err
		}
	}
	path, name := runTarget(target)
	if r.bisect {
		return r.runBisect(c, history, input, path, name, strings.Join(args[2:], ""))
	}
	m, err := r.definition(c, path, name)
	if err != nil {
		return err
	}
	result, err := r.replay(c.Context(), history, input, path, m)
	if err != nil {
		return refusedHistory(args[0], err)
	}
	if r.json {
		err = replayJSON(c, result)
	} else {
		showReplay(newTerminal(c.OutOrStdout()), args[0], target, result)
	}
	if err == nil && result.Difference != nil {
		err = &exitError{code: ExitFailed}
	}
	return err
}

// history returns the history in a file, or that of an execution on a server.
func (r *replayer) history(c *cobra.Command, source string) ([]byte, error) {
	if source == "-" || isFile(source) || strings.HasSuffix(source, ".json") {
		text, err := readInputFile(source, c.InOrStdin())
		if err != nil {
			return nil, exit(ExitUsage, "", "%v", err)
		}
		return text, nil
	}
	arn, err := r.execution(c.Context(), source)
	if err != nil {
		return nil, err
	}
	in := value.OfMembers("executionArn", value.OfString(arn), "includeExecutionData", value.True, "maxResults", value.OfInt(1000))
	var events []value.Value
	for {
		page, err := r.api(c.Context(), "GetExecutionHistory", in)
		if err != nil {
			return nil, err
		}
		events = append(events, page.Get("events").Slice()...)
		next := page.Get("nextToken")
		if !next.Exists() || page.Get("events").Len() == 0 {
			return value.OfSlice(events).AppendJSON(nil), nil
		}
		in = in.With("nextToken", next)
	}
}

// definition reads a definition, which must have no errors.
func (r *replayer) definition(c *cobra.Command, path, name string) (*template.Machine, error) {
	text, err := readInputFile(path, c.InOrStdin())
	if err != nil {
		return nil, exit(ExitUsage, "", "%v", err)
	}
	folder := ""
	if path != "-" {
		folder = filepath.Dir(path)
	}
	m, err := r.read(path, name, text, folder)
	if err != nil {
		return nil, err
	}
	if found := m.Validate(asl.Options{}); found.HasErrors() || !m.Definition.Root.Exists() {
		if err := found.Format(c.ErrOrStderr(), []byte(m.Source)); err != nil {
			return nil, err
		}
		return nil, &exitError{code: ExitInvalid}
	}
	return m, nil
}

// refusedHistory says what is wrong with a history.
func refusedHistory(name string, err error) error {
	if errors.Is(err, context.Canceled) {
		return &exitError{code: ExitInterrupted, message: "interrupted"}
	}
	return exit(ExitUsage, "aws stepfunctions get-execution-history --execution-arn ARN --include-execution-data > FILE writes one", "%s: %v", printable.Line(name), err)
}

// definitionFor is the definition that the arguments name, or that stands beside the
// history.
func definitionFor(args []string) (string, error) {
	if len(args) > 1 {
		return args[1], nil
	}
	if base, ok := strings.CutSuffix(args[0], ".history.json"); ok {
		if path, ok := definitionBeside(base); ok {
			return path, nil
		}
	}
	return "", exit(ExitUsage, "aslocal replay "+printable.Line(args[0])+" FILE", "expected a FILE with the definition: there is none beside %s", printable.Line(args[0]))
}

// read reads a definition, or the one of a template that is meant.
func (r *replayer) read(path, name string, text []byte, folder string) (*template.Machine, error) {
	return chosen(path, name, template.Read(path, text, template.Options{Substitutions: r.substitute, Folder: folder}))
}

// replay replays a history on a definition that is valid.
func (r *replayer) replay(ctx context.Context, history []byte, input value.Value, path string, m *template.Machine) (*replay.Result, error) {
	events, err := emulator.ReadHistory(history, m.Definition)
	if err != nil {
		return nil, err
	}
	return emulator.Replay(ctx, replay.Options{Definition: m.Definition, History: events, Input: input, Machine: cmp.Or(r.name, m.LocalName, nameOf(path))})
}

// showReplay shows the outcome of a replay to people.
func showReplay(t terminal, history, definition string, result *replay.Result) {
	history, definition = printable.Line(history), printable.Line(definition)
	d := result.Difference
	if d == nil {
		fmt.Fprintf(t.w, "%s no difference: %s of %s, replayed on %s\n", t.paint(green, t.glyph("✓", "+")), events(result.Compared), history, definition)
	} else {
		fmt.Fprintf(t.w, "%s %s\n", t.paint(red, t.glyph("✗", "x")), t.clean(d.String(), maxDetail))
		fmt.Fprintf(t.w, "  %s of %s before it are the same on %s\n", events(result.Compared), history, definition)
		if result.Waiting != "" {
			fmt.Fprintf(t.w, "  the replay waits for %s, which the history does not have\n", t.clean(result.Waiting, maxDetail))
		}
		showDifference(t, d)
	}
	for _, what := range result.Ignored {
		fmt.Fprintln(t.w, t.paint(faint, "  not compared: "+what))
	}
}

func events(n int) string {
	if n == 1 {
		return "1 event"
	}
	return fmt.Sprintf("%d events", n)
}

// showDifference shows the data of the two events: the members that differ, or all if the
// events are others.
func showDifference(t terminal, d *replay.Difference) {
	for _, member := range members(d) {
		parts, ok := difference.JSONLines(d.DataBefore.Get(member), d.DataAfter.Get(member), maxComparedText)
		if !ok {
			fmt.Fprintf(t.w, "  %s: too large to be shown\n", member)
			continue
		}
		t.unified(member, difference.Unified(parts, 3))
	}
}

// members are those that a difference shows.
func members(d *replay.Difference) (names []string) {
	seen := make(map[string]bool)
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	for _, c := range d.Changes {
		name, _, _ := strings.Cut(strings.TrimPrefix(cmp.Or(c.Pointer, c.Was), "/"), "/")
		add(name)
	}
	if d.Type {
		for _, data := range []value.Value{d.DataBefore, d.DataAfter} {
			for name := range data.Members() {
				add(name)
			}
		}
	}
	return names
}

// unified shows the difference of a member as diff does.
func (t terminal) unified(member, text string) {
	if text == "" {
		return
	}
	fmt.Fprintf(t.w, "  %s\n", member)
	for line := range strings.Lines(text) {
		line = printable.Line(strings.TrimSuffix(line, "\n"))
		switch line[:min(1, len(line))] {
		case "+":
			line = t.paint(green, line)
		case "-":
			line = t.paint(red, line)
		case "@":
			line = t.paint(faint, line)
		}
		fmt.Fprintln(t.w, "    "+line)
	}
}

// replayOutcome is what --json prints.
type replayOutcome struct {
	Same       bool              `json:"same"`
	Compared   int               `json:"compared"` // events before the difference, or all
	Status     string            `json:"status"`   // of the replay
	Difference *replayDifference `json:"difference,omitempty"`
	Waiting    string            `json:"waiting,omitempty"`
	Ignored    []string          `json:"ignored"`
}

type replayDifference struct {
	Message string         `json:"message"`
	Path    string         `json:"path,omitempty"` // of the branch or iteration
	History *replayedEvent `json:"history,omitempty"`
	Replay  *replayedEvent `json:"replay,omitempty"`
	Changes []replayChange `json:"changes,omitempty"`
}

type replayedEvent struct {
	ID    int64           `json:"id"`
	Title string          `json:"event"`
	Data  json.RawMessage `json:"data"`
}

type replayChange struct {
	Kind    difference.Kind `json:"kind"`
	Pointer string          `json:"pointer"`
	Before  json.RawMessage `json:"before,omitempty"`
	After   json.RawMessage `json:"after,omitempty"`
}

func outcomeOf(result *replay.Result) replayOutcome {
	out := replayOutcome{Same: result.Difference == nil, Compared: result.Compared, Status: result.Status.String(), Waiting: result.Waiting, Ignored: result.Ignored}
	d := result.Difference
	if d == nil {
		return out
	}
	event := func(e *machine.Event, data value.Value) *replayedEvent {
		if e == nil {
			return nil
		}
		return &replayedEvent{e.ID, replay.Title(e), data.AppendJSON(nil)}
	}
	out.Difference = &replayDifference{Message: d.String(), Path: d.Path.String(), History: event(d.History, d.DataBefore), Replay: event(d.Replay, d.DataAfter)}
	raw := func(v value.Value) json.RawMessage {
		if !v.Exists() {
			return nil
		}
		return v.AppendJSON(nil)
	}
	for _, c := range d.Changes {
		out.Difference.Changes = append(out.Difference.Changes, replayChange{c.Kind, c.Pointer, raw(c.Before), raw(c.After)})
	}
	return out
}

func replayJSON(c *cobra.Command, result *replay.Result) error {
	e := json.NewEncoder(c.OutOrStdout())
	e.SetEscapeHTML(false)
	return e.Encode(outcomeOf(result))
}
