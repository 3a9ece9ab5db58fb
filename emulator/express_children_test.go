package emulator_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// expressMap is a machine whose distributed Map starts one Express child after the
// other; each pays, and then waits a minute.
const expressMap = `{"StartAt": "M", "States": {"M": {"Type": "Map", "Label": "Each", "MaxConcurrency": 1, "ToleratedFailureCount": %d,
	"ItemBatcher": {"MaxItemsPerBatch": 2}, "End": true, "ItemProcessor": {
		"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "T", "States": {
			"T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pay", "Next": "W"},
			"W": {"Type": "Wait", "Seconds": 60, "End": true}}}}}}`

// odd pays a batch whose first item is odd, and any batch once mended.
func odd(mended *bool) emulator.Option {
	return emulator.WithTask("pay", func(_ context.Context, in value.Value) (value.Value, error) {
		if n, _ := in.Get("Items").Index(0).Int(); n%2 == 0 && !*mended {
			return value.Value{}, &asl.Error{Name: "Busy", Cause: "not now"}
		}
		return in, nil
	})
}

// onlyMapRun returns the ARN of the one Map Run of an execution.
func (t *test) onlyMapRun(execution string) string {
	t.Helper()
	runs, err := t.client.ListMapRuns(t.ctx, &sfn.ListMapRunsInput{ExecutionArn: &execution})
	if err != nil || len(runs.MapRuns) != 1 {
		t.Fatalf("map runs %+v, %v, want one", runs, err)
	}
	return *runs.MapRuns[0].MapRunArn
}

// children returns those of a Map Run with a status, or all with "", in the order of the
// list, read in pages of that size.
func (t *test) children(run string, status types.ExecutionStatus, perPage int32) (all []types.ExecutionListItem) {
	t.Helper()
	pages := sfn.NewListExecutionsPaginator(t.client, &sfn.ListExecutionsInput{MapRunArn: &run, StatusFilter: status, MaxResults: perPage})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.ctx)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page.Executions...)
	}
	return all
}

// states are the statuses of executions.
func states(all []types.ExecutionListItem) (out []string) {
	for i := range all {
		out = append(out, string(all[i].Status))
	}
	return out
}

// Express children of a Map Run are listed and described while they run and after it,
// also after a restart; nothing else can be done with them (F-238).
func TestExpressChildren(t *testing.T) {
	store, mended := newSharedStore(t), false
	x := newTest(t, emulator.WithStore(store.open()), odd(&mended))
	execution := x.start(x.create("m", fmt.Sprintf(expressMap, 2)), "e", `[1, 1, 2, 2, 3]`)
	x.em.Settle()
	run := x.onlyMapRun(execution)
	if got := states(x.children(run, "", 0)); fmt.Sprint(got) != "[RUNNING]" {
		t.Errorf("at first: %s, want one that runs", got)
	}
	first := *x.children(run, types.ExecutionStatusRunning, 0)[0].ExecutionArn
	if got := x.describe(first); got.Status != "RUNNING" || got.StopDate != nil || got.Output != nil || aws.ToString(got.RedriveStatusReason) != "Execution is RUNNING and cannot be redriven" {
		t.Errorf("while it runs: %+v", got)
	}
	x.em.Advance(3 * time.Minute)
	if got := x.em.Wait(execution); got.Status != "SUCCEEDED" {
		t.Fatalf("the parent: %+v", got)
	}
	for _, again := range []bool{false, true} {
		if again {
			x = newTest(t, emulator.WithStore(store.reopen(x.em)), odd(&mended))
		}
		all := x.children(run, "", 1)
		if got := states(all); fmt.Sprint(got) != "[SUCCEEDED FAILED SUCCEEDED]" {
			t.Fatalf("all: %s", got)
		}
		for i, want := range []struct {
			items         int32
			input, output string
		}{{1, `{"Items":[3]}`, `{"Items":[3]}`}, {2, `{"Items":[2,2]}`, ""}, {2, `{"Items":[1,1]}`, `{"Items":[1,1]}`}} {
			row, got := all[i], x.describe(*all[i].ExecutionArn)
			prefix := "arn:aws:states:us-east-1:123456789012:express:m/Each:" + *row.Name + ":"
			if !strings.HasPrefix(*row.ExecutionArn, prefix) || *row.StateMachineArn != "arn:aws:states:us-east-1:123456789012:stateMachine:m/Each" ||
				*row.MapRunArn != run || *row.ItemCount != want.items || *row.RedriveCount != 0 || row.RedriveDate != nil || row.StopDate.Before(*row.StartDate) {
				t.Errorf("row %d: %+v", i, row)
			}
			if *got.ExecutionArn != *row.ExecutionArn || *got.StateMachineArn != *row.StateMachineArn || *got.Name != *row.Name || *got.MapRunArn != run ||
				got.Status != row.Status || !got.StartDate.Equal(*row.StartDate) || !got.StopDate.Equal(*row.StopDate) ||
				*got.Input != want.input || aws.ToString(got.Output) != want.output || *got.RedriveCount != 0 {
				t.Errorf("child %d: %+v", i, got)
			}
			failed := row.Status == types.ExecutionStatusFailed
			if failed != (aws.ToString(got.Error) == "Busy") || failed != (got.RedriveStatus == types.ExecutionRedriveStatusRedrivableByMapRun) || failed == (got.RedriveStatusReason != nil) {
				t.Errorf("child %d: error %s, %s because of %s", i, aws.ToString(got.Error), got.RedriveStatus, aws.ToString(got.RedriveStatusReason))
			}
		}
		short, err := x.client.DescribeExecution(x.ctx, &sfn.DescribeExecutionInput{ExecutionArn: &first, IncludedData: types.IncludedDataMetadataOnly})
		if err != nil || short.Input != nil || short.InputDetails != nil || short.Output != nil || short.Status != types.ExecutionStatusSucceeded {
			t.Errorf("METADATA_ONLY: %+v, %v", short, err)
		}
		for filter, want := range map[types.ExecutionRedriveFilter]int{types.ExecutionRedriveFilterRedriven: 0, types.ExecutionRedriveFilterNotRedriven: 3} {
			got, err := x.client.ListExecutions(x.ctx, &sfn.ListExecutionsInput{MapRunArn: &run, RedriveFilter: filter})
			if err != nil || len(got.Executions) != want {
				t.Errorf("%s: %+v, %v, want %d", filter, got, err, want)
			}
		}
	}
	if _, err := x.em.RecordTest(x.ctx, execution, "case", false); err != nil { // which wants what the children have called
		t.Errorf("RecordTest: %v", err)
	}
	for _, arn := range []string{first + "0", strings.Replace(first, "m/Each:", "m/Each:x", 1), strings.Replace(first, "m/Each", "m/Other", 1)} {
		_, err := x.client.DescribeExecution(x.ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
		x.wantFault(err, "ExecutionDoesNotExist", "Execution Does Not Exist: '"+arn+"'")
	}
	for name, call := range map[string]func() error{
		"GetExecutionHistory": func() error {
			_, err := x.client.GetExecutionHistory(x.ctx, &sfn.GetExecutionHistoryInput{ExecutionArn: &first})
			return err
		},
		"StopExecution": func() error {
			_, err := x.client.StopExecution(x.ctx, &sfn.StopExecutionInput{ExecutionArn: &first})
			return err
		},
		"RedriveExecution": func() error { _, err := x.redrive(first, ""); return err },
		"ListMapRuns": func() error {
			_, err := x.client.ListMapRuns(x.ctx, &sfn.ListMapRunsInput{ExecutionArn: &first})
			return err
		},
		"DescribeStateMachineForExecution": func() error {
			_, err := x.client.DescribeStateMachineForExecution(x.ctx, &sfn.DescribeStateMachineForExecutionInput{ExecutionArn: &first})
			return err
		},
	} {
		t.Log(name)
		x.wantFault(call(), "InvalidArn", "Invalid Arn: 'Resource type not valid in this context: express'")
	}
}

// A redrive of a Map Run starts its unsuccessful Express children anew, as executions
// with other names; they wait for that with PENDING_REDRIVE, and those that have ended
// stay in the list.
func TestRedriveOfExpressChildren(t *testing.T) {
	store, mended := newSharedStore(t), false
	x := newTest(t, emulator.WithStore(store.open()), odd(&mended))
	execution := x.start(x.create("m", fmt.Sprintf(expressMap, 2)), "e", `[1, 1, 2, 2, 2, 2]`)
	x.em.Advance(time.Minute)
	if got := x.em.Wait(execution); got.Status != "FAILED" {
		t.Fatalf("the parent: %+v", got)
	}
	run := x.onlyMapRun(execution)
	failed := x.children(run, types.ExecutionStatusFailed, 0)
	if got := states(x.children(run, "", 0)); fmt.Sprint(got) != "[FAILED FAILED SUCCEEDED]" {
		t.Fatalf("before: %s", got)
	}
	mended = true
	if _, err := x.redrive(execution, ""); err != nil {
		t.Fatal(err)
	}
	x.em.Settle()
	x = newTest(t, emulator.WithStore(store.reopen(x.em)), odd(&mended))
	x.em.Settle()
	all := x.children(run, "", 2)
	if got := states(all); fmt.Sprint(got) != "[RUNNING PENDING_REDRIVE FAILED SUCCEEDED]" {
		t.Errorf("one is redriven: %s", got)
	}
	if got := x.children(run, types.ExecutionStatusPendingRedrive, 0); len(got) != 1 || x.describe(*got[0].ExecutionArn).Status != types.ExecutionStatusPendingRedrive {
		t.Errorf("PENDING_REDRIVE: %+v", got)
	}
	if counts := x.describeMapRun(run).ExecutionCounts; *counts.PendingRedrive != 1 || counts.Running != 1 || counts.Succeeded != 1 {
		t.Errorf("one is redriven: %+v", counts)
	}
	x.em.Advance(2 * time.Minute)
	if got := x.em.Wait(execution); got.Status != "SUCCEEDED" {
		t.Fatalf("redriven: %+v", got)
	}
	all = x.children(run, "", 0)
	if got := states(all); fmt.Sprint(got) != "[SUCCEEDED SUCCEEDED FAILED FAILED SUCCEEDED]" {
		t.Errorf("after: %s", got)
	}
	for i := range failed {
		got := x.describe(*failed[i].ExecutionArn)
		if got.Status != types.ExecutionStatusFailed || aws.ToString(got.Error) != "Busy" {
			t.Errorf("one that has failed is %+v", got)
		}
	}
	names := make([]string, len(all))
	for i := range all {
		names[i] = *all[i].Name
	}
	slices.Sort(names)
	if len(slices.Compact(names)) != len(all) {
		t.Errorf("names %q, want each once", names)
	}
}

// Of several Map Runs in one execution, each has its own children: of Maps beside each
// other, of one that is visited again, of one that is retried, and of one with an
// ItemReader.
func TestExpressChildrenOfSeveralRuns(t *testing.T) {
	folder := t.TempDir()
	if err := os.MkdirAll(folder+"/b", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(folder+"/b/k", []byte(`[7, 8]`), 0o600); err != nil {
		t.Fatal(err)
	}
	processor := func(name, state string) string {
		return `"ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "` + name + `", "States": {"` + name + `": ` + state + `}}`
	}
	const pass = `{"Type": "Pass", "End": true}`
	x := newTest(t, emulator.WithS3Folder(folder))
	execution := x.start(x.create("m", `{"StartAt": "B", "States": {
		"B": {"Type": "Parallel", "ResultPath": "$.n", "Next": "L", "Branches": [
			{"StartAt": "A", "States": {"A": {"Type": "Map", "Label": "A", "ItemsPath": "$.a", "End": true, `+processor("IA", pass)+`}}},
			{"StartAt": "C", "States": {"C": {"Type": "Map", "Label": "C", "ItemsPath": "$.c", "ItemSelector": {"c.$": "$$.Map.Item.Value"}, "End": true, `+processor("IC", pass)+`}}}]},
		"L": {"Type": "Map", "Label": "L", "ItemsPath": "$.l", "ResultPath": "$.l", "Next": "S", `+processor("IL", pass)+`},
		"S": {"Type": "Pass", "Parameters": {"l.$": "States.ArrayRange(5, 6, 1)", "again.$": "$.l[0]", "a.$": "$.a"}, "Next": "Q"},
		"Q": {"Type": "Choice", "Choices": [{"Variable": "$.again", "NumericEquals": 3, "Next": "L"}], "Default": "F"},
		"F": {"Type": "Map", "Label": "F", "ItemsPath": "$.a", "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}],
			"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "R"}], "End": true, `+processor("IF", `{"Type": "Fail"}`)+`},
		"R": {"Type": "Map", "Label": "R", "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSON"},
			"Parameters": {"Bucket": "b", "Key": "k"}}, "End": true, `+processor("IR", pass)+`}}}`), "e", `{"a": [1], "c": [2], "l": [3, 4]}`)
	x.em.Advance(time.Minute)
	if got := x.em.Wait(execution); got.Status != "SUCCEEDED" {
		t.Fatalf("the execution: %+v", got)
	}
	runs, err := x.client.ListMapRuns(x.ctx, &sfn.ListMapRunsInput{ExecutionArn: &execution})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, run := range runs.MapRuns {
		of := strings.Split(*run.MapRunArn, "/")[1][:1]
		for _, child := range slices.Backward(x.children(*run.MapRunArn, "", 0)) {
			of += " " + *x.describe(*child.ExecutionArn).Input + " " + string(child.Status)
		}
		got = append(got, of)
	}
	slices.Sort(got)
	want := []string{
		"A 1 SUCCEEDED", `C {"c":2} SUCCEEDED`, "F 1 FAILED", "F 1 FAILED", "L 3 SUCCEEDED 4 SUCCEEDED", "L 5 SUCCEEDED 6 SUCCEEDED", "R 7 SUCCEEDED 8 SUCCEEDED",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
