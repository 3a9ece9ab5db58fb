package conformance

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/aslocal/aslocal/value"
)

// This file has what is expected of the Map Runs of a case, and of their child
// executions.

// mapRunMembers are the members of DescribeMapRun that a case may give.
var mapRunMembers = []string{
	"mapRunArn", "executionArn", "status", "maxConcurrency", "toleratedFailurePercentage", "toleratedFailureCount", "itemCounts", "executionCounts", "redriveCount", "redriveDate", "children",
}

// childMembers are the members of DescribeExecution and ListExecutions that it
// may give of a child.
var childMembers = []string{
	"executionArn", "stateMachineArn", "name", "status", "input", "output", "error", "cause", "mapRunArn", "itemCount", "redriveCount", "redriveDate", "redriveStatus",
}

func (d *decoder) mapRuns(to *[]value.Value) func(value.Value, string) {
	known := func(v value.Value, at string, members []string) {
		for name := range v.Members() {
			if !slices.Contains(members, name) {
				d.fail(at+pointer(name), "unknown member")
			}
		}
	}
	return d.list(func(v value.Value, at string) {
		if !d.kind(v, at, value.Object) {
			return
		}
		known(v, at, mapRunMembers)
		if children := v.Get("children"); children.Exists() {
			d.list(func(v value.Value, at string) { known(v, at, childMembers) })(children, at+"/children")
		}
		d.placeholders(v, at)
		*to = append(*to, v)
	})
}

// compareMapRuns compares the members that are given; the children one by one,
// if any are.
func (m *matcher) compareMapRuns(want, got []value.Value) *Difference {
	const at = "/expect/mapRuns"
	if len(want) != len(got) {
		return &Difference{at, value.OfSlice(got).String(), value.OfSlice(want).String()}
	}
	for i, w := range want {
		at := fmt.Sprintf("%s/%d", at, i)
		run, children := got[i], w.Get("children")
		for name, member := range w.Members() {
			if name == "children" {
				continue
			}
			if d := m.counts(at+pointer(name), member, run.Get(name)); d != nil {
				return d
			}
		}
		if !children.Exists() {
			continue
		}
		if children.Len() != run.Get("children").Len() {
			return &Difference{at + "/children", run.Get("children").String(), children.String()}
		}
		for k, child := range children.Items() {
			if d := m.subset(fmt.Sprintf("%s/children/%d", at, k), child, run.Get("children").Index(k).Get); d != nil {
				return d
			}
		}
	}
	return nil
}

// counts compares a member of a Map Run; of counts, those that are given.
func (m *matcher) counts(at string, want, got value.Value) *Difference {
	if want.Kind() == value.Object {
		return m.subset(at, want, got.Get)
	}
	return m.inText(at, want, got)
}

// mapRuns describes the Map Runs of the execution, in the order in which they
// have started, each with its children as far as they are Standard executions.
func (r *run) mapRuns(ctx context.Context) ([]value.Value, error) {
	if r.c.Expect.MapRuns == nil {
		return nil, nil
	}
	listed, err := r.client.ListMapRuns(ctx, &sfn.ListMapRunsInput{ExecutionArn: &r.execution})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(listed.MapRuns, func(a, b types.MapRunListItem) int { return aws.ToTime(a.StartDate).Compare(aws.ToTime(b.StartDate)) })
	var out []value.Value
	for _, item := range listed.MapRuns {
		run, err := r.mapRun(ctx, item.MapRunArn)
		if err != nil {
			return nil, err
		}
		out = append(out, r.homeIn(run))
	}
	return out, nil
}

func (r *run) mapRun(ctx context.Context, arn *string) (value.Value, error) {
	out, err := r.client.DescribeMapRun(ctx, &sfn.DescribeMapRunInput{MapRunArn: arn})
	if err != nil {
		return value.Value{}, err
	}
	var b value.ObjectBuilder
	b.Set("mapRunArn", value.OfString(aws.ToString(out.MapRunArn)))
	b.Set("executionArn", value.OfString(aws.ToString(out.ExecutionArn)))
	b.Set("status", value.OfString(string(out.Status)))
	b.Set("maxConcurrency", value.OfInt(int64(out.MaxConcurrency)))
	b.Set("toleratedFailureCount", value.OfInt(out.ToleratedFailureCount))
	b.Set("toleratedFailurePercentage", value.OfFloat(float64(out.ToleratedFailurePercentage)))
	for name, counts := range map[string]any{"itemCounts": out.ItemCounts, "executionCounts": out.ExecutionCounts} {
		v, err := countsValue(counts)
		if err != nil {
			return value.Value{}, err
		}
		b.Set(name, v)
	}
	redriveMembers(&b, out.RedriveCount, out.RedriveDate)
	children, err := r.children(ctx, arn)
	b.Set("children", value.OfSlice(children))
	return b.Value(), err
}

// countsValue gives the counts the names that they have on the wire.
func countsValue(counts any) (value.Value, error) {
	text, err := json.Marshal(counts)
	if err != nil {
		return value.Value{}, err
	}
	v, err := value.ParseBytes(text)
	if err != nil {
		return value.Value{}, err
	}
	var b value.ObjectBuilder
	for name, n := range v.Members() {
		b.Set(lowerFirst(name), n)
	}
	return b.Value(), nil
}

// children describes the children of a Map Run, oldest first. The list is by what
// happened last (F-219), so of those that have started at once the first to end is first.
func (r *run) children(ctx context.Context, mapRun *string) ([]value.Value, error) {
	var out []value.Value
	started := make(map[string]time.Time)
	pages := sfn.NewListExecutionsPaginator(r.client, &sfn.ListExecutionsInput{MapRunArn: mapRun})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, item := range page.Executions {
			x, err := r.client.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: item.ExecutionArn})
			if err != nil {
				return nil, err
			}
			started[aws.ToString(x.ExecutionArn)] = aws.ToTime(item.StartDate)
			var b value.ObjectBuilder
			set := func(name string, text *string) {
				if text != nil {
					b.Set(name, value.OfString(*text))
				}
			}
			set("executionArn", x.ExecutionArn)
			set("stateMachineArn", x.StateMachineArn)
			set("name", x.Name)
			b.Set("status", value.OfString(string(x.Status)))
			set("input", x.Input)
			set("output", x.Output)
			set("error", x.Error)
			set("cause", x.Cause)
			set("mapRunArn", x.MapRunArn)
			b.Set("itemCount", value.OfInt(int64(aws.ToInt32(item.ItemCount))))
			redriveMembers(&b, x.RedriveCount, x.RedriveDate)
			b.Set("redriveStatus", value.OfString(string(x.RedriveStatus)))
			out = append(out, b.Value())
		}
	}
	slices.Reverse(out)
	slices.SortStableFunc(out, func(a, b value.Value) int {
		return started[a.Get("executionArn").Text()].Compare(started[b.Get("executionArn").Text()])
	})
	return out, nil
}
