package cli

import (
	"cmp"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/assist"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/internal/lsp"
	"github.com/aslocal/aslocal/value"
)

// languageServer is the lsp command.
type languageServer struct{ remote }

func newLSP() *cobra.Command {
	l := &languageServer{}
	c := &cobra.Command{
		Use:   "lsp",
		Short: "Serve editors: diagnostics, completion, hover, rename",
		Long: `Speak the Language Server Protocol on stdin and stdout. Editors start this command; docs/editors.md has their settings.

It knows definitions in JSON and YAML, and those inside SAM, CloudFormation and Serverless templates: what is wrong with them, as aslocal validate says it, with
fixes; fields, states, variables, functions, resources and parameters to complete; their docs, and with a server that runs the data of the last run; definitions, references and
renaming of states and variables; the outline; the format; and Run above each state machine.

The data of the last run is that of the server at --endpoint, if one listens there, of the state machine that has the name of the file.`,
		Example: `  aslocal lsp
  aslocal lsp --endpoint http://localhost:9000`,
		Args: positional(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return l.run(c) },
	}
	l.flags(c)
	return c
}

func (l *languageServer) run(c *cobra.Command) error {
	if _, err := l.url(); err != nil {
		return err
	}
	o := lsp.Options{Knowledge: func(ctx context.Context, file, name string, d *asl.Definition) assist.Knowledge {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		return l.knowledge(ctx, cmp.Or(name, nameOf(filepath.Clean(file))), d)
	}}
	for _, other := range c.Root().Commands() {
		o.Commands = append(o.Commands, other.Name())
	}
	if program, err := os.Executable(); err == nil {
		o.Program = program
	}
	err := lsp.Serve(c.Context(), c.InOrStdin(), c.OutOrStdout(), o)
	switch {
	case c.Context().Err() != nil:
		return &exitError{code: ExitInterrupted}
	case err != nil:
		return exit(ExitFailed, "", "%v", err)
	}
	return nil
}

// patience is how long an editor waits for what only a server knows.
const patience = 500 * time.Millisecond

// knowledge asks the server what it has, and what the states of the state machine of a name
// had in its last run. Where no server listens, nothing is known.
func (l *languageServer) knowledge(ctx context.Context, name string, d *asl.Definition) assist.Knowledge {
	machines, err := l.machines(ctx)
	if err != nil {
		return assist.Knowledge{}
	}
	know := assist.Knowledge{Functions: l.functions(ctx), Activities: l.activities(ctx)}
	for _, m := range machines {
		know.Machines = append(know.Machines, assist.Resource{Name: m.name, ARN: m.arn, Docs: m.note})
		if m.name == name && !m.express() {
			know.Data = l.lastRun(ctx, m, d)
		}
	}
	return know
}

// functions returns the Lambda functions that run on the server, by the API of its pages.
func (l *languageServer) functions(ctx context.Context) []assist.Resource {
	overview, err := l.call(ctx, http.MethodGet, "/_ui/api/overview", value.Value{})
	if err != nil {
		return nil // the server has no pages
	}
	var found []assist.Resource
	for _, f := range overview.Get("functions").Items() {
		name := f.Get("name").Text()
		arn := "arn:aws:lambda:" + overview.Get("region").Text() + ":" + overview.Get("account").Text() + ":function:" + name
		found = append(found, assist.Resource{Name: name, ARN: arn})
	}
	return found
}

func (l *languageServer) activities(ctx context.Context) []assist.Resource {
	var found []assist.Resource
	// Those that were listed before an error count.
	_ = l.pages(ctx, "ListActivities", value.OfMembers("maxResults", value.OfInt(1000)), "activities", func(a value.Value) bool {
		found = append(found, assist.Resource{Name: a.Get("name").Text(), ARN: a.Get("activityArn").Text()})
		return true
	})
	return found
}

// lastRun returns what the states had in the latest execution. Of a state that was visited
// several times, the last visit counts.
func (l *languageServer) lastRun(ctx context.Context, m remoteMachine, d *asl.Definition) map[string]assist.Data {
	executions, err := l.executions(ctx, m.arn, 1)
	if err != nil || len(executions) == 0 {
		return nil
	}
	b := timeline.Builder{Definition: d}
	err = l.events(ctx, executions[0].Get("executionArn").Text(), false, func(_ string, e emulator.Event) error {
		b.Add(e.Record)
		return nil
	})
	if err != nil {
		return nil
	}
	data := make(map[string]assist.Data)
	variables := value.EmptyObject
	for _, v := range b.Visits() {
		if w := v.Path.Workflow(d); w != nil && w.State(v.State) != nil {
			data[w.State(v.State).Pointer] = visitData(v, variables)
		}
		for name, assigned := range v.Assigned.Members() {
			variables = variables.With(name, assigned)
		}
	}
	return data
}

// visitData is what a state had when it was visited.
func visitData(v timeline.Visit, variables value.Value) assist.Data {
	data := assist.Data{Input: v.Input, Output: v.Output, Variables: variables}
	if n := len(v.Attempts); n > 0 {
		last := v.Attempts[n-1]
		data.Arguments, data.Result = last.Input, last.Output
	}
	if f := v.Failure; f != nil {
		data.ErrorOutput = value.OfMembers("Error", value.OfString(f.Name.Text()), "Cause", value.OfString(f.Cause.Text()))
	}
	return data
}
