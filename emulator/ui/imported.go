package ui

import (
	"context"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/history"
	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/value"
)

// This file reads a history that the user has from elsewhere. It is shown like one of here,
// and nothing is kept of it.

// maxImportedDetails is of how many visits the data is put together.
const maxImportedDetails = 2000

// imported reads a history.
func (u *UI) imported(ctx context.Context, in *Import) (*Imported, error) {
	given, err := value.Parse(in.History)
	if err != nil {
		return nil, refuse("history: expected JSON: %v", err)
	}
	list, err := history.Events(given)
	if err != nil {
		return nil, refuse("history: %v", err)
	}
	definition := &asl.Definition{}
	if in.Definition != "" {
		var found asl.Diagnostics
		if definition, found = asl.Parse(in.Definition); found.HasErrors() {
			return nil, refuse("definition: %v", found.Errors()[0])
		}
	}
	b := &book{definition: definition}
	out := &Imported{
		Execution: Execution{Definition: in.Definition, Children: []Link{}, Row: Row{Run: Run{Name: "imported", Status: "RUNNING"}}},
		History:   History{Events: []Event{}}, Details: []VisitDetail{},
	}
	if in.Definition != "" {
		out.Execution.Graph = drawing(definition)
	}
	var started *machine.Event
	err = readShown(list, definition, func(e *machine.Event, shown shownEvent) bool {
		return b.take(e, shown, func(b *book, e *machine.Event, shown shownEvent, visit int, path timeline.Path) bool {
			out.History.Events = append(out.History.Events, b.event(e, shown, visit, path))
			if e.Type == machine.ExecutionStarted {
				started = e
			}
			out.Execution.follow(e)
			return ctx.Err() == nil
		})
	})
	if err != nil {
		return nil, err
	}
	out.History.Last, out.Execution.Events, out.Visits = b.last, b.last, *b.all()
	for n, size := 0, 0; n < len(out.Visits.Visits) && n < maxImportedDetails && size < maxEventBytes; n++ {
		d := b.detail(n)
		d.Context = text(b.contextOf(n, "imported", started))
		size += len(d.Input) + len(d.Output) + len(d.Variables) + len(d.Context) + len(d.Definition) + len(d.Assigned)
		for _, call := range d.Calls {
			size += len(call.Input) + len(call.Output)
		}
		out.Details = append(out.Details, *d)
	}
	return out, ctx.Err()
}

// endings are the statuses of executions, by their last event.
var endings = map[machine.Type]string{
	machine.ExecutionSucceeded: "SUCCEEDED", machine.ExecutionFailed: "FAILED", machine.ExecutionTimedOut: "TIMED_OUT", machine.ExecutionAborted: "ABORTED",
}

// follow takes what an event says of its execution.
func (x *Execution) follow(e *machine.Event) {
	switch status := endings[e.Type]; {
	case e.Type == machine.ExecutionStarted:
		x.Started, x.Input = e.At, e.Start.InputText
		x.Version, x.Alias = e.Start.Version, e.Start.Alias
		if machine := strings.TrimSpace(e.Start.Version + e.Start.Alias); machine != "" {
			x.Machine, x.MachineName = machineOf(machine), nameOf(machine)
		}
	case e.Type == machine.ExecutionRedriven:
		x.Status, x.Stopped, x.Output, x.Error, x.Cause = "RUNNING", 0, "", "", ""
		x.Redrives, x.Redriven = int64(e.Index), e.At
	case status != "":
		x.Status, x.Stopped, x.Output = status, e.At, text(e.Doc)
		x.Error, x.Cause = failureTexts(e.Failure)
	}
}
