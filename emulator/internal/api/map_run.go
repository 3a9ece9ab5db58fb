package api

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/internal/engine"
)

// This file has the actions on Map Runs.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeMapRun.html

type describeMapRunInput struct {
	MapRunArn string `json:"mapRunArn" aws:"required,min=1,max=2000"`
}

type describeMapRunOutput struct {
	MapRunArn                  string       `json:"mapRunArn"`
	ExecutionArn               string       `json:"executionArn"`
	Status                     string       `json:"status"`
	StartDate                  time.Time    `json:"startDate"`
	StopDate                   time.Time    `json:"stopDate"`
	MaxConcurrency             int64        `json:"maxConcurrency"`
	ToleratedFailurePercentage float64      `json:"toleratedFailurePercentage"`
	ToleratedFailureCount      int64        `json:"toleratedFailureCount"`
	ItemCounts                 mapRunCounts `json:"itemCounts"`
	ExecutionCounts            mapRunCounts `json:"executionCounts"`
	RedriveCount               int64        `json:"redriveCount"`
	RedriveDate                time.Time    `json:"redriveDate"`
}

type mapRunCounts struct {
	Pending        int64 `json:"pending"`
	Running        int64 `json:"running"`
	Succeeded      int64 `json:"succeeded"`
	Failed         int64 `json:"failed"`
	TimedOut       int64 `json:"timedOut"`
	Aborted        int64 `json:"aborted"`
	Total          int64 `json:"total"`
	ResultsWritten int64 `json:"resultsWritten"`

	FailuresNotRedrivable int64 `json:"failuresNotRedrivable"`
	PendingRedrive        int64 `json:"pendingRedrive"`
}

// unbounded is the maxConcurrency of a Map Run without one (F-120).
const unbounded = math.MaxInt32

// describeMapRun returns a Map Run. Thresholds that are not set
// read 0.
func (a *API) describeMapRun(_ context.Context, in *describeMapRunInput) (*describeMapRunOutput, error) {
	r, err := a.mapRun(in.MapRunArn)
	if err != nil {
		return nil, err
	}
	return &describeMapRunOutput{
		MapRunArn: r.ARN, ExecutionArn: r.Execution, Status: r.Status.String(), StartDate: date(r.Started), StopDate: date(r.Stopped),
		MaxConcurrency: cmp.Or(r.Limits.MaxConcurrency, unbounded), ToleratedFailureCount: max(0, r.Limits.ToleratedCount),
		ToleratedFailurePercentage: max(0, r.Limits.ToleratedPercentage),
		ItemCounts:                 countsOf(&r, &r.Items), ExecutionCounts: countsOf(&r, &r.Executions),
		RedriveCount: int64(r.Redrives), RedriveDate: date(r.Redriven),
	}, nil
}

// countsOf are the counts on the wire. Without a ResultWriter, too, the results
// of a run that has ended by itself count as written, also failures (F-120).
func countsOf(r *engine.MapRun, c *machine.MapRunCounts) mapRunCounts {
	out := mapRunCounts{
		Pending: int64(c.Pending), Running: int64(c.Running), Succeeded: int64(c.Succeeded), Failed: int64(c.Failed),
		TimedOut: int64(c.TimedOut), Aborted: int64(c.Aborted), Total: int64(c.Total),
		FailuresNotRedrivable: int64(c.FailuresNotRedrivable), PendingRedrive: int64(c.PendingRedrive),
	}
	if r.Status == machine.Succeeded || r.Status == machine.Failed {
		out.ResultsWritten = out.Succeeded + out.Failed + out.TimedOut
	}
	return out
}

// mapRun finds a Map Run by its ARN.
func (a *API) mapRun(text string) (engine.MapRun, error) {
	if _, err := arn.ParseKind(text, arn.MapRun); err != nil {
		return engine.MapRun{}, err
	}
	r, err := a.engine.MapRun(text)
	if errors.Is(err, engine.ErrNotFound) {
		err = fault.ResourceNotFound(text)
	}
	return r, err
}

type listMapRunsInput struct {
	ExecutionArn string         `json:"executionArn" aws:"required,min=1,max=256"`
	MaxResults   int            `json:"maxResults" aws:"min=0,max=1000"`
	NextToken    optionalString `json:"nextToken" aws:"min=1,max=1024"`
}

type listMapRunsOutput struct {
	MapRuns   []mapRunItem   `json:"mapRuns"`
	NextToken optionalString `json:"nextToken"`
}

type mapRunItem struct {
	ExecutionArn    string    `json:"executionArn"`
	MapRunArn       string    `json:"mapRunArn"`
	StateMachineArn string    `json:"stateMachineArn"`
	StartDate       time.Time `json:"startDate"`
	StopDate        time.Time `json:"stopDate"`
}

// listMapRuns returns a page of the Map Runs of an execution, in the order in
// which they have started.
func (a *API) listMapRuns(_ context.Context, in *listMapRunsInput) (*listMapRunsOutput, error) {
	if _, err := a.Execution(in.ExecutionArn); err != nil {
		return nil, err
	}
	runs, err := a.engine.MapRuns(in.ExecutionArn)
	if err != nil {
		return nil, err
	}
	list := []string{"ListMapRuns", in.ExecutionArn}
	position, err := a.position(in.NextToken, list...)
	if err != nil {
		return nil, err
	}
	id := func(r engine.MapRun) string { return r.ARN[strings.LastIndexByte(r.ARN, ':')+1:] }
	shown := slices.IndexFunc(runs, func(r engine.MapRun) bool { return id(r) == position }) // the last; Map Runs are never deleted
	page, next := pageOf(a, slices.Values(runs[shown+1:]), in.MaxResults, list, id, func(r engine.MapRun) mapRunItem {
		return mapRunItem{
			ExecutionArn: r.Execution, MapRunArn: r.ARN, StateMachineArn: r.MachineARN(), StartDate: date(r.Started), StopDate: date(r.Stopped),
		}
	})
	return &listMapRunsOutput{MapRuns: page, NextToken: next}, nil
}

type updateMapRunInput struct {
	MapRunArn                  string                    `json:"mapRunArn" aws:"required,min=1,max=2000"`
	MaxConcurrency             awsjson.Optional[int]     `json:"maxConcurrency" aws:"min=0"`
	ToleratedFailurePercentage awsjson.Optional[float64] `json:"toleratedFailurePercentage" aws:"min=0,max=100"`
	ToleratedFailureCount      awsjson.Optional[int64]   `json:"toleratedFailureCount" aws:"min=0"`
}

// updateMapRun changes the limits of a Map Run while it runs.
func (a *API) updateMapRun(ctx context.Context, in *updateMapRunInput) (*empty, error) {
	if _, err := a.mapRun(in.MapRunArn); err != nil {
		return nil, err
	}
	if !in.MaxConcurrency.Set && !in.ToleratedFailureCount.Set && !in.ToleratedFailurePercentage.Set {
		return nil, fault.MissingMember("Must specify at least one of maxConcurrency, toleratedFailurePercentage or toleratedFailureCount")
	}
	err := a.engine.UpdateMapRun(ctx, in.MapRunArn, func(l *machine.MapRunLimits) {
		l.MaxConcurrency = int64(in.MaxConcurrency.Or(int(l.MaxConcurrency)))
		l.ToleratedPercentage = in.ToleratedFailurePercentage.Or(l.ToleratedPercentage)
		l.ToleratedCount = in.ToleratedFailureCount.Or(l.ToleratedCount)
	})
	if errors.Is(err, engine.ErrCompleted) {
		return nil, fault.CompletedMapRun(in.MapRunArn)
	}
	return &empty{}, err
}
