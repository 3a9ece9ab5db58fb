package cli

import (
	"net/url"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/graph"
	"github.com/aslocal/aslocal/value"
)

// This file finds what graph --execution paints.

// visits returns what an execution did, and the definition to paint it on: the one
// given, or if that is nil, the one that the execution ran.
func (g *grapher) visits(c *cobra.Command, definition *asl.Definition) (*asl.Definition, []graph.Visit, error) {
	if isFile(g.execution) {
		text, err := readInputFile(g.execution, c.InOrStdin())
		if err != nil {
			return nil, nil, exit(ExitUsage, "", "--execution: %v", err)
		}
		events, err := emulator.ReadHistory(text, definition)
		if err != nil {
			return nil, nil, exit(ExitUsage, "aws stepfunctions get-execution-history --execution-arn ARN > FILE writes one", "--execution: %s: %v", g.execution, err)
		}
		return definition, visitsOf(definition, events), nil
	}
	arn, err := g.remote.execution(c.Context(), g.execution)
	if err != nil {
		return nil, nil, err
	}
	if definition == nil {
		described, err := g.api(c.Context(), "DescribeStateMachineForExecution", value.OfMembers("executionArn", value.OfString(arn)))
		if err != nil {
			return nil, nil, err
		}
		if definition, err = parsed(described.Get("definition").Text()); err != nil {
			return nil, nil, err
		}
	}
	var events []machine.Event
	err = g.stream(c.Context(), emulator.EventsPath, url.Values{"execution": {arn}}, func(line value.Value) (bool, error) {
		_, event, err := emulator.ReadEvent(line)
		if err != nil {
			return false, exit(ExitFailed, "is the server of another version of aslocal?", "%v", err)
		}
		events = append(events, *event.Record)
		return true, nil
	})
	return definition, visitsOf(definition, events), err
}

// visitsOf makes the visits of an execution.
func visitsOf(definition *asl.Definition, events []machine.Event) []graph.Visit {
	b := timeline.Builder{Definition: definition}
	for i := range events {
		b.Add(&events[i])
	}
	var visits []graph.Visit
	for _, v := range b.Visits() {
		w := v.Path.Workflow(definition)
		if w == nil || w.State(v.State) == nil {
			continue // of another definition than the one that is drawn
		}
		visits = append(visits, graph.Visit{
			State: w.State(v.State).Pointer, Frame: frameName(v.Path), Status: visitStatus(&v), Attempts: len(v.Attempts), Next: v.Next, Catcher: v.Catcher,
		})
	}
	return visits
}

// frameName tells branches and iterations apart; unlike Path.String, for any names.
func frameName(path timeline.Path) string {
	name := ""
	for _, step := range path {
		name += strconv.Quote(step.State) + strconv.Itoa(step.Index)
	}
	return name
}

func visitStatus(v *timeline.Visit) graph.Status {
	switch v.Outcome {
	case timeline.Open:
		return graph.Running
	case timeline.Succeeded:
		return graph.Succeeded
	case timeline.Caught:
		return graph.Caught
	case timeline.Aborted:
		return graph.Aborted
	}
	if v.Failure != nil && v.Failure.Name.Text() == asl.ErrTimeout {
		return graph.TimedOut
	}
	return graph.Failed
}
