package api

import (
	"context"
	"slices"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
	"github.com/aslocal/aslocal/emulator/internal/history"
	"github.com/aslocal/aslocal/value"
)

// This file has the action GetExecutionHistory.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html

type getExecutionHistoryInput struct {
	ExecutionArn         string                 `json:"executionArn" aws:"required,min=1,max=256"`
	MaxResults           int64                  `json:"maxResults" aws:"min=0,max=1000"`
	ReverseOrder         bool                   `json:"reverseOrder"`
	NextToken            optionalString         `json:"nextToken" aws:"min=1,max=1024"`
	IncludeExecutionData awsjson.Optional[bool] `json:"includeExecutionData"`
}

type getExecutionHistoryOutput struct {
	Events    []value.Value  `json:"events"`
	NextToken optionalString `json:"nextToken"`
}

// getExecutionHistory returns a page of the events, forwards or backwards.
func (a *API) getExecutionHistory(_ context.Context, in *getExecutionHistoryInput) (*getExecutionHistoryOutput, error) {
	v, err := a.Execution(in.ExecutionArn)
	if err != nil {
		return nil, err
	}
	from := int64(1)
	if in.ReverseOrder {
		from = v.Events
	}
	if in.NextToken.Set {
		if from, err = pageStart(in.NextToken.Value, in.ExecutionArn); err != nil {
			return nil, err
		}
	}
	limit := pageSize(in.MaxResults)
	first, last := from, from+limit-1
	if in.ReverseOrder {
		first, last = max(1, from-limit+1), from
	}
	options := history.Options{Region: a.home.Region, WithoutData: !in.IncludeExecutionData.Or(true)}
	out := &getExecutionHistoryOutput{Events: []value.Value{}}
	err = a.engine.History(in.ExecutionArn, first, func(ev *machine.Event) bool {
		if ev.ID > last {
			return false
		}
		out.Events = append(out.Events, history.Of(ev, options))
		return true
	})
	if err != nil {
		return nil, err
	}
	switch {
	case in.ReverseOrder:
		slices.Reverse(out.Events)
		if first > 1 {
			out.NextToken = pageToken(first-1, in.ExecutionArn)
		}
	case last < v.Events:
		out.NextToken = pageToken(last+1, in.ExecutionArn)
	}
	return out, nil
}
