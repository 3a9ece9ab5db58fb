package api

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/emulator/journal"
)

// This file has the action ListExecutions.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html

type listExecutionsInput struct {
	StateMachineArn string         `json:"stateMachineArn" aws:"min=1,max=256"`
	StatusFilter    string         `json:"statusFilter" aws:"enum=SUCCEEDED|TIMED_OUT|PENDING_REDRIVE|ABORTED|FAILED|RUNNING"`
	MaxResults      int            `json:"maxResults" aws:"min=0,max=1000"`
	NextToken       optionalString `json:"nextToken" aws:"min=1,max=3096"`
	MapRunArn       string         `json:"mapRunArn" aws:"min=1,max=2000"`
	RedriveFilter   string         `json:"redriveFilter" aws:"enum=REDRIVEN|NOT_REDRIVEN"`
}

type listExecutionsOutput struct {
	Executions []executionItem `json:"executions"`
	NextToken  optionalString  `json:"nextToken"`
}

type executionItem struct {
	ExecutionArn           string                  `json:"executionArn"`
	StateMachineArn        string                  `json:"stateMachineArn"`
	Name                   string                  `json:"name"`
	Status                 string                  `json:"status"`
	StartDate              time.Time               `json:"startDate"`
	StopDate               time.Time               `json:"stopDate"`
	StateMachineVersionArn optionalString          `json:"stateMachineVersionArn"`
	StateMachineAliasArn   optionalString          `json:"stateMachineAliasArn"`
	MapRunArn              optionalString          `json:"mapRunArn"`
	ItemCount              awsjson.Optional[int64] `json:"itemCount"`
	RedriveCount           int64                   `json:"redriveCount"`
	RedriveDate            time.Time               `json:"redriveDate"`
}

// listExecutions returns a page of the executions of a state machine, of those
// that a version or an alias has started, or of the children of a Map Run, the most
// recent first (F-219).
func (a *API) listExecutions(_ context.Context, in *listExecutionsInput) (*listExecutionsOutput, error) {
	q, err := a.selection(in)
	if err != nil {
		return nil, err
	}
	list := []string{"ListExecutions", in.StateMachineArn, in.MapRunArn, in.StatusFilter, in.RedriveFilter}
	position, err := a.position(in.NextToken, list...)
	if err != nil {
		return nil, err
	}
	q.Status, q.Redriven, q.Limit, q.After = in.StatusFilter, redriveFilters[in.RedriveFilter], pageSize(in.MaxResults), readCursor(position)
	rows, next, err := a.engine.List(q)
	if err != nil {
		return nil, err
	}
	out := &listExecutionsOutput{Executions: make([]executionItem, len(rows))}
	for i := range rows {
		out.Executions[i] = itemOf(&rows[i])
	}
	if next != (journal.Cursor{}) {
		out.NextToken = a.token(cursor(next), list...)
	}
	return out, nil
}

// cursor writes and readCursor reads a place in a list as a position.
func cursor(c journal.Cursor) string {
	return string(binary.AppendVarint(binary.AppendVarint(nil, c.Recent), c.ID))
}

func readCursor(position string) (c journal.Cursor) {
	recent, n := binary.Varint([]byte(position))
	id, _ := binary.Varint([]byte(position)[max(n, 0):])
	return journal.Cursor{Recent: recent, ID: id}
}

// redriveFilters are the values of redriveFilter; with a state machine's ARN, too
// (the documentation says so, and also that it is refused).
var redriveFilters = map[string]journal.RedriveFilter{"REDRIVEN": journal.Redriven, "NOT_REDRIVEN": journal.NotRedriven}

// selection is what ListExecutions is asked for.
func (a *API) selection(in *listExecutionsInput) (q journal.Query, err error) {
	if (in.StateMachineArn == "") == (in.MapRunArn == "") {
		return q, fault.MissingMember("Must specify only one of stateMachineArn or mapRunArn")
	}
	if in.StatusFilter == "PENDING_REDRIVE" && in.MapRunArn == "" {
		return q, fault.PendingRedriveOfMachine()
	}
	if in.MapRunArn != "" {
		_, err = a.mapRun(in.MapRunArn)
		return journal.Query{MapRunARN: in.MapRunArn}, err
	}
	ref, err := a.registry.Resolve(in.StateMachineArn)
	switch {
	case err != nil:
		return q, err
	case ref.Machine.Express():
		return q, fault.StateMachineTypeNotSupported()
	case ref.Version != nil:
		return journal.Query{VersionARN: ref.Version.ARN}, nil
	case ref.Alias != nil:
		return journal.Query{AliasARN: ref.Alias.ARN}, nil
	}
	return journal.Query{MachineARN: ref.Machine.ARN}, nil
}

func itemOf(x *engine.Row) executionItem {
	item := executionItem{
		ExecutionArn: x.ARN, StateMachineArn: x.MachineARN, Name: x.Name, Status: x.Status.String(), StartDate: date(x.Started), StopDate: date(x.Stopped),
		StateMachineVersionArn: optional(x.Version), StateMachineAliasArn: optional(x.Alias), MapRunArn: optional(x.MapRun),
		RedriveCount: x.Redrives, RedriveDate: date(x.Redriven),
	}
	if x.MapRun != "" {
		item.ItemCount = awsjson.Some(x.Items)
	}
	return item
}
