package emulator

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aslocal/aslocal/emulator/internal/awsclient"
	"github.com/aslocal/aslocal/emulator/internal/history"
	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/value"
)

// This file fetches executions from AWS. It is the only place that asks AWS's Step
// Functions for anything; nothing of an Emulator calls it.

// ImportOptions say what is fetched, and from where.
type ImportOptions struct {
	ARN      string // of an execution, or of a state machine
	Status   string // of a state machine's execution to fetch, the latest one: FAILED …; "": any
	Region   string // "": that of the ARN
	Profile  string // whose credentials are used; "": as AWS's tools choose
	Endpoint string // URL to ask instead of AWS; "": AWS
}

// An Imported is what was fetched.
type Imported struct {
	Machine    string // name of the state machine
	Definition []byte // JSON, in lines
	Execution  string // ARN; "" if the state machine has none
	Status     string // of the execution
	History    []byte // JSON, as the AWS command line prints it; nil without an execution
	Events     int
}

// Import fetches the definition and the history of an execution from AWS: the definition
// that it runs, and all events with their data. Of a state machine, it is the definition
// that it has now, and the latest execution. Only read actions are called: DescribeStateMachine,
// ListExecutions, DescribeExecution, DescribeStateMachineForExecution, GetExecutionHistory.
// It fails with what AWS answers, or says why it was not asked.
func Import(ctx context.Context, o ImportOptions) (*Imported, error) {
	i, err := newImporter(o)
	if err != nil {
		return nil, err
	}
	out := &Imported{Machine: i.machine}
	execution := o.ARN
	if i.kind == "stateMachine" {
		described, err := i.call(ctx, "DescribeStateMachine", value.OfMembers("stateMachineArn", value.OfString(o.ARN)))
		if err != nil {
			return nil, err
		}
		out.Definition = inLines(described.Get("definition").Text())
		in := value.OfMembers("stateMachineArn", value.OfString(o.ARN), "maxResults", value.OfInt(1))
		if o.Status != "" {
			in = in.With("statusFilter", value.OfString(o.Status))
		}
		latest, err := i.call(ctx, "ListExecutions", in)
		if err != nil {
			return nil, err
		}
		if execution = latest.Get("executions").Index(0).Get("executionArn").Text(); execution == "" {
			return out, nil
		}
	}
	return out, i.execution(ctx, execution, out)
}

// An importer asks AWS.
type importer struct {
	client        *awsclient.Client
	kind, machine string // of the ARN
}

func newImporter(o ImportOptions) (*importer, error) {
	part := strings.Split(o.ARN, ":")
	if len(part) < 7 || part[0] != "arn" || part[2] != "states" || part[5] != "execution" && part[5] != "stateMachine" {
		return nil, fmt.Errorf("expected the ARN of an execution or a state machine, such as arn:aws:states:us-east-1:123456789012:execution:order:A-17, got %q", o.ARN)
	}
	machine, _, _ := strings.Cut(part[6], "/")
	var endpoints awsclient.Endpoints
	if err := endpoints.Set("stepfunctions", cmp.Or(o.Endpoint, realAWS)); err != nil {
		return nil, err
	}
	client := awsclient.New(awsclient.Settings{Endpoints: &endpoints, Region: cmp.Or(o.Region, part[3]), Profile: o.Profile})
	return &importer{client, part[5], machine}, nil
}

// How often, and after which time, a call is made again that AWS throttles.
const (
	importTries = 6
	importPause = 500 * time.Millisecond
)

// call calls an action. It waits where AWS has too many calls.
func (i *importer) call(ctx context.Context, action string, in value.Value) (value.Value, error) {
	for try := 1; ; try++ {
		out, err := i.client.Call(ctx, awsclient.Request{Service: "stepfunctions", Operation: action, Casing: awsapi.API, Input: in})
		if err == nil {
			return out.Output, nil
		}
		failed, ok := errors.AsType[*awsclient.Error](err)
		if !ok || failed.Status != 429 && failed.Status < 500 && !strings.Contains(failed.Code, "Throttl") || try == importTries {
			return value.Value{}, fmt.Errorf("%s: %w", action, err)
		}
		select {
		case <-ctx.Done():
			return value.Value{}, ctx.Err()
		case <-time.After(importPause << (try - 1)):
		}
	}
}

// execution fetches an execution, and the definition that it runs.
func (i *importer) execution(ctx context.Context, arn string, out *Imported) error {
	in := value.OfMembers("executionArn", value.OfString(arn))
	described, err := i.call(ctx, "DescribeExecution", in)
	if err != nil {
		return err
	}
	machine, err := i.call(ctx, "DescribeStateMachineForExecution", in)
	if err != nil {
		return err
	}
	out.Execution, out.Status = arn, described.Get("status").Text()
	out.Definition = inLines(machine.Get("definition").Text())
	events, err := i.events(ctx, in)
	if err != nil {
		return err
	}
	out.Events = len(events)
	var b bytes.Buffer
	b.WriteString("{\n  \"events\": [")
	for n, e := range events {
		if n > 0 {
			b.WriteByte(',')
		}
		b.Write(e.AppendJSON([]byte("\n    ")))
	}
	b.WriteString("\n  ]\n}\n")
	out.History = b.Bytes()
	return nil
}

// maxImport bounds the data of a history, in bytes.
const maxImport = 1 << 30

// events fetches all events, in smaller pages where one would be too large.
func (i *importer) events(ctx context.Context, in value.Value) ([]value.Value, error) {
	var events []value.Value
	size, bytes := int64(1000), 0
	for {
		page, err := i.call(ctx, "GetExecutionHistory", in.With("includeExecutionData", value.True).With("maxResults", value.OfInt(size)))
		if errors.Is(err, awsclient.ErrTooLarge) && size > 1 {
			size /= 10
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, e := range page.Get("events").Items() {
			events, bytes = append(events, e), bytes+e.Size()
		}
		next := page.Get("nextToken")
		switch {
		case len(events) > history.MaxEvents:
			return nil, fmt.Errorf("the history has more than %d events", history.MaxEvents)
		case bytes > maxImport:
			return nil, fmt.Errorf("the history has more than %d MiB", maxImport>>20)
		case next.Text() == "":
			return events, nil
		case page.Get("events").Len() == 0:
			return nil, errors.New("GetExecutionHistory: a page has no events, and another one follows")
		}
		in = in.With("nextToken", next)
	}
}

// inLines lays JSON out; a text that is none stays as it is.
func inLines(text string) []byte {
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(text), "", "  "); err != nil {
		return []byte(text)
	}
	b.WriteByte('\n')
	return b.Bytes()
}
