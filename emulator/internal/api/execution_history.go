package api

import (
	"context"
	"slices"
	"strconv"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/internal/history"
)

// This file has the action GetExecutionHistory.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html

type getExecutionHistoryInput struct {
	ExecutionArn         string                 `json:"executionArn" aws:"required,min=1,max=256"`
	MaxResults           int                    `json:"maxResults" aws:"min=0,max=1000"`
	ReverseOrder         bool                   `json:"reverseOrder"`
	NextToken            optionalString         `json:"nextToken" aws:"min=1,max=1024"`
	IncludeExecutionData awsjson.Optional[bool] `json:"includeExecutionData"`
}

type getExecutionHistoryOutput struct {
	Events    []awsjson.JSON `json:"events"`
	NextToken optionalString `json:"nextToken"`
}

// maxHistoryPage bounds the events of a page in bytes, so that what a request
// costs does not depend on the payloads. A page has at least one event. Clients
// that follow nextToken see the same; the service's own bound is not known
// (F-159).
const maxHistoryPage = 8 << 20

// getExecutionHistory returns a page of the events, forwards or backwards.
func (a *API) getExecutionHistory(_ context.Context, in *getExecutionHistoryInput) (*getExecutionHistoryOutput, error) {
	v, err := a.Execution(in.ExecutionArn)
	if err != nil {
		return nil, err
	}
	withData := in.IncludeExecutionData.Or(true)
	list := []string{"GetExecutionHistory", in.ExecutionArn, strconv.FormatBool(in.ReverseOrder), strconv.FormatBool(withData)}
	position, err := a.position(in.NextToken, list...)
	if err != nil {
		return nil, err
	}
	from := int64(1)
	switch {
	case position != "":
		from = readNumber(position)
	case in.ReverseOrder:
		from = v.Events
	}
	limit := int64(pageSize(in.MaxResults))
	page := historyPage{first: from, last: min(from+limit-1, v.Events), backwards: in.ReverseOrder}
	if in.ReverseOrder {
		page.first, page.last = max(1, from-limit+1), from
	}
	options := history.Options{Region: arn.HomeOf(in.ExecutionArn).Region, WithoutData: !withData}
	err = a.History(in.ExecutionArn, page.first, func(e *machine.Event) bool {
		return e.ID <= page.last && page.add(e.ID, history.Of(e, options).AppendJSON(nil))
	})
	if err != nil {
		return nil, err
	}
	out := &getExecutionHistoryOutput{Events: page.events}
	switch {
	case in.ReverseOrder:
		slices.Reverse(out.Events)
		if page.first > 1 {
			out.NextToken = a.token(number(page.first-1), list...)
		}
	case page.last < v.Events:
		out.NextToken = a.token(number(page.last+1), list...)
	}
	return out, nil
}

// A historyPage takes the events from first to last, in that order. What is too
// much goes onto the next page: the end if the page is read forwards, the
// beginning if it is read backwards.
type historyPage struct {
	first, last int64
	backwards   bool
	events      []awsjson.JSON
	size        int // of the events
}

// add takes the event of that number, and reports whether there is room for
// more.
func (p *historyPage) add(id int64, event awsjson.JSON) bool {
	if !p.backwards && p.size > 0 && p.size+len(event) > maxHistoryPage {
		p.last = id - 1
		return false
	}
	p.events = append(p.events, event)
	p.size += len(event)
	for p.size > maxHistoryPage && len(p.events) > 1 { // backwards
		p.size -= len(p.events[0])
		p.events[0] = nil
		p.events = p.events[1:]
		p.first++
	}
	return true
}
