package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/capture"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/emulator/replay"
	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// This file makes tests of executions, in the format of package testcase.

// RecordTest returns a test file, YAML or JSON, with one case that repeats a Standard
// execution which has ended: its mocks are what the tasks have answered, attempts and
// errors included, those of the children of Map Runs, too; status, output, error and path
// are expected. Of values that every execution has others of, only the type is. It fails as
// Execution does, or says why a test cannot repeat the execution.
func (e *Emulator) RecordTest(ctx context.Context, arn, name string, asJSON bool) ([]byte, error) {
	if name == "" {
		return nil, errTestName
	}
	x, err := e.recorded(ctx, arn)
	if err != nil {
		return nil, err
	}
	document, err := capture.Document(x, name)
	if err != nil {
		return nil, err
	}
	if asJSON {
		var b bytes.Buffer
		if err := json.Indent(&b, document.AppendJSON(nil), "", "  "); err != nil {
			return nil, err
		}
		return append(b.Bytes(), '\n'), nil
	}
	text := capture.YAML(document)
	if read, _, err := position.YAML(string(text)); err != nil || !value.Equal(read, document) {
		return nil, fmt.Errorf("the execution has data that cannot be written as YAML; a file whose name ends in .test.json can have it")
	}
	return text, nil
}

// recorded is what a test is made of.
func (e *Emulator) recorded(ctx context.Context, arn string) (*capture.Execution, error) {
	v, err := e.api.Execution(arn)
	if err != nil {
		return nil, err
	}
	described, err := e.call(ctx, "DescribeStateMachineForExecution", value.OfMembers("executionArn", value.OfString(arn)))
	if err != nil {
		return nil, err
	}
	definition, found := asl.Parse(described.Get("definition").Text())
	if found.HasErrors() {
		return nil, found
	}
	x := &capture.Execution{Definition: definition}
	if x.Events, err = e.records(arn); err != nil {
		return nil, err
	}
	for i := range x.Events {
		if ev := &x.Events[i]; ev.Type == machine.MapRunStarted {
			if err := e.addChildren(ctx, x, ev.Run.ARN); err != nil {
				return nil, err
			}
		}
	}
	if !x.Events[len(x.Events)-1].Type.Terminal() {
		return x, nil
	}
	o := replay.Options{Definition: definition, History: x.Events, Machine: v.Start.Machine}
	if o.Program, err = programOf(o); err != nil {
		return nil, err
	}
	repeated, err := replay.Repeat(ctx, o)
	if err != nil {
		return nil, err
	}
	for _, r := range repeated {
		x.Replays = append(x.Replays, capture.End{Status: r.Status, Output: r.Output, Failure: r.Failure})
	}
	return x, nil
}

// records are all events of an execution.
func (e *Emulator) records(arn string) ([]machine.Event, error) {
	var events []machine.Event
	err := e.engine.Records(arn, func(r engine.Record) bool {
		events = append(events, r.Event)
		return true
	})
	return events, err
}

// addChildren adds the children of a Map Run. Of Express children nothing is kept that
// they have called.
func (e *Emulator) addChildren(ctx context.Context, x *capture.Execution, mapRun string) error {
	if run, err := e.engine.MapRun(mapRun); err == nil && run.Express {
		return nil
	}
	in := value.OfMembers("mapRunArn", value.OfString(mapRun), "maxResults", value.OfInt(1000))
	for {
		page, err := e.call(ctx, "ListExecutions", in)
		if err != nil {
			return err
		}
		for _, child := range page.Get("executions").Items() {
			events, err := e.records(child.Get("executionArn").Text())
			if err != nil {
				return fmt.Errorf("the calls of a child of the Map Run cannot be read: %w", err)
			}
			x.Children = append(x.Children, events)
		}
		next := page.Get("nextToken")
		if !next.Exists() {
			return nil
		}
		in = in.With("nextToken", next)
	}
}
