package ui

import (
	"cmp"
	"context"
	"slices"

	"github.com/aslocal/aslocal/value"
)

// This file shows Map Runs.

// maxLooked is how many failed children are looked at for their errors.
const maxLooked = 200

// mapRun shows a Map Run, and with which errors its children have failed.
func (u *UI) mapRun(ctx context.Context, q *query) (*MapRun, error) {
	arn := q.text("arn")
	r, err := u.api.Call(ctx, "DescribeMapRun", value.OfMembers("mapRunArn", value.OfString(arn)))
	if err != nil {
		return nil, err
	}
	number := func(name string) int64 { n, _ := r.Get(name).Int(); return n }
	out := &MapRun{
		ARN: r.Get("mapRunArn").Text(), Execution: r.Get("executionArn").Text(), Status: r.Get("status").Text(), Started: unix(r.Get("startDate")), Stopped: unix(r.Get("stopDate")),
		Redrives: number("redriveCount"), Items: countsOf(r.Get("itemCounts")), Executions: countsOf(r.Get("executionCounts")),
		MaxConcurrency: number("maxConcurrency"), ToleratedFailureCount: number("toleratedFailureCount"),
		ToleratedFailurePercentage: r.Get("toleratedFailurePercentage").Float(), Errors: []ErrorCount{},
	}
	if out.Executions.Failed == 0 {
		return out, nil
	}
	failed, _, err := u.listExecutions(ctx, listing{mapRun: arn, status: "FAILED", limit: maxLooked}, "")
	if err != nil {
		return nil, err
	}
	counts := make(map[string]int)
	for _, row := range failed {
		x, err := u.api.Call(ctx, "DescribeExecution", value.OfMembers("executionArn", value.OfString(row.ARN)))
		if err != nil {
			return nil, err
		}
		counts[x.Get("error").Text()]++
		out.Looked++
	}
	for name, n := range counts {
		out.Errors = append(out.Errors, ErrorCount{Error: name, Count: n})
	}
	slices.SortFunc(out.Errors, func(a, b ErrorCount) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Error, b.Error)) })
	return out, nil
}

func countsOf(v value.Value) Counts {
	number := func(name string) int64 { n, _ := v.Get(name).Int(); return n }
	return Counts{
		Total: number("total"), Pending: number("pending"), Running: number("running"), Succeeded: number("succeeded"),
		Failed: number("failed"), TimedOut: number("timedOut"), Aborted: number("aborted"),
	}
}
