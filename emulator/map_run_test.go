package emulator_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/smithy-go/middleware"
)

// each is a machine whose distributed Map waits an hour for each item, in a
// child that reads a variable of its own.
const each = `{"QueryLanguage": "JSONata", "StartAt": "A", "States": {
	"A": {"Type": "Pass", "Assign": {"outer": 1}, "Next": "M"},
	"M": {"Type": "Map", "Label": "Each", "MaxConcurrency": 1, "ToleratedFailureCount": 1, "Items": [1, 2, 3], "Output": "{% $outer %}", "End": true, "ItemProcessor": {
		"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "I", "States": {
			"I": {"Type": "Pass", "Assign": {"inner": 2}, "Next": "W"},
			"W": {"Type": "Wait", "Seconds": 3600, "Output": "{% $inner %}", "End": true}}}}}}`

// startEach starts an execution of each and returns its ARN and that of its Map
// Run.
func (t *test) startEach() (execution, mapRun string) {
	t.Helper()
	execution = t.start(t.create("m", each), "e", "{}")
	t.em.Settle()
	runs, err := t.client.ListMapRuns(t.ctx, &sfn.ListMapRunsInput{ExecutionArn: &execution})
	if err != nil || len(runs.MapRuns) != 1 {
		t.Fatalf("map runs %+v, %v", runs, err)
	}
	return execution, *runs.MapRuns[0].MapRunArn
}

func (t *test) describeMapRun(arn string) *sfn.DescribeMapRunOutput {
	t.Helper()
	out, err := t.client.DescribeMapRun(t.ctx, &sfn.DescribeMapRunInput{MapRunArn: &arn})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The limits of a Map Run can be changed while it runs, and not after that.
func TestUpdateMapRun(t *testing.T) {
	x := newTest(t)
	_, arn := x.startEach()
	if got := x.describeMapRun(arn); got.MaxConcurrency != 1 || got.ToleratedFailureCount != 1 || got.ToleratedFailurePercentage != 0 ||
		got.ItemCounts.Running != 1 || got.ItemCounts.Pending != 2 {
		t.Fatalf("before: %+v, items %+v", got, got.ItemCounts)
	}
	in := &sfn.UpdateMapRunInput{MapRunArn: &arn, MaxConcurrency: aws.Int32(3), ToleratedFailurePercentage: aws.Float32(12.5)}
	if _, err := x.client.UpdateMapRun(x.ctx, in); err != nil {
		t.Fatal(err)
	}
	x.em.Settle()
	if got := x.describeMapRun(arn); got.MaxConcurrency != 3 || got.ToleratedFailureCount != 1 || got.ToleratedFailurePercentage != 12.5 || got.ItemCounts.Running != 3 {
		t.Errorf("after: %+v, items %+v", got, got.ItemCounts)
	}
	_, err := x.client.UpdateMapRun(x.ctx, &sfn.UpdateMapRunInput{MapRunArn: &arn})
	x.wantFault(err, "ValidationException", "Must specify at least one of maxConcurrency, toleratedFailurePercentage or toleratedFailureCount")
	x.em.Advance(time.Hour)
	_, err = x.client.UpdateMapRun(x.ctx, in)
	x.wantFault(err, "ValidationException", "Map Run is already completed: '"+arn+"'")
	_, err = x.client.UpdateMapRun(x.ctx, &sfn.UpdateMapRunInput{MapRunArn: aws.String(arn + "x"), MaxConcurrency: aws.Int32(3)})
	x.wantFault(err, "ResourceNotFound", "Resource not found: '"+arn+"x'")
}

// A child of a Map Run is described by the part of the definition that it runs.
func TestDescribeStateMachineForAChild(t *testing.T) {
	x := newTest(t)
	execution, arn := x.startEach()
	children, err := x.client.ListExecutions(x.ctx, &sfn.ListExecutionsInput{MapRunArn: &arn, StatusFilter: types.ExecutionStatusRunning})
	if err != nil || len(children.Executions) != 1 {
		t.Fatalf("children %+v, %v", children, err)
	}
	got, err := x.client.DescribeStateMachineForExecution(x.ctx, &sfn.DescribeStateMachineForExecutionInput{ExecutionArn: children.Executions[0].ExecutionArn})
	if err != nil {
		t.Fatal(err)
	}
	const definition = `{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},"StartAt":"I","States":{` +
		`"I":{"Type":"Pass","Assign":{"inner":2},"Next":"W"},"W":{"Type":"Wait","Seconds":3600,"Output":"{% $inner %}","End":true}}}`
	if aws.ToString(got.Definition) != definition || aws.ToString(got.Label) != "Each" || aws.ToString(got.MapRunArn) != arn ||
		aws.ToString(got.StateMachineArn) != "arn:aws:states:us-east-1:123456789012:stateMachine:m/Each" {
		t.Errorf("the child: %s, label %s, map run %s, machine %s", *got.Definition, aws.ToString(got.Label), aws.ToString(got.MapRunArn), *got.StateMachineArn)
	}
	if len(got.VariableReferences) != 1 || len(got.VariableReferences["W"]) != 1 || got.VariableReferences["W"][0] != "inner" {
		t.Errorf("the child reads %v, want inner in W", got.VariableReferences)
	}
	whole, err := x.client.DescribeStateMachineForExecution(x.ctx, &sfn.DescribeStateMachineForExecutionInput{ExecutionArn: &execution})
	if err != nil || aws.ToString(whole.Definition) != each || whole.Label != nil || len(whole.VariableReferences) != 2 || whole.VariableReferences["M"][0] != "outer" {
		t.Errorf("its parent: %+v, %v", whole, err)
	}
}

// An ARN with the label of a distributed Map describes what its children run (F-237).
func TestDescribeStateMachineWithALabel(t *testing.T) {
	x := newTest(t)
	machine := x.create("m", `{"StartAt": "M", "States": {"M": {"Type": "Map", "Label": "Outer", "Next": "N", "ItemProcessor": {
		"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "I", "States": {
			"I": {"Type": "Map", "Label": "Inner", "Assign": {"seen.$": "$$.Execution.Name"}, "Next": "P", "ItemProcessor": {
				"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "Q", "States": {"Q": {"Type": "Pass", "End": true}}}},
			"P": {"Type": "Pass", "Parameters": {"v.$": "$seen"}, "End": true}}}},
		"N": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "R", "States": {"R": {"Type": "Pass", "End": true}}}}}}`)
	const inner = `{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"EXPRESS"},"StartAt":"Q","States":{"Q":{"Type":"Pass","End":true}}}`
	const outer = `{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},"StartAt":"I","States":{` +
		`"I":{"Type":"Map","Label":"Inner","Assign":{"seen.$":"$$.Execution.Name"},"Next":"P","ItemProcessor":` + inner + `},` +
		`"P":{"Type":"Pass","Parameters":{"v.$":"$seen"},"End":true}}}`
	whole, err := x.client.DescribeStateMachine(x.ctx, &sfn.DescribeStateMachineInput{StateMachineArn: machine})
	if err != nil || whole.Label != nil {
		t.Fatalf("without a label: %+v, %v", whole, err)
	}
	for _, tt := range []struct {
		label, definition string
		kind              types.StateMachineType
		references        map[string][]string
		data              types.IncludedData
	}{
		{"Outer", outer, types.StateMachineTypeStandard, map[string][]string{"P": {"seen"}}, ""},
		{"Inner", inner, types.StateMachineTypeExpress, nil, ""},
		{"Inner", inner, types.StateMachineTypeExpress, nil, types.IncludedDataMetadataOnly},
	} {
		got, err := x.client.DescribeStateMachine(x.ctx, &sfn.DescribeStateMachineInput{StateMachineArn: aws.String(*machine + "/" + tt.label), IncludedData: tt.data})
		if err != nil {
			t.Fatal(err)
		}
		want := *whole
		want.StateMachineArn, want.Name, want.Label = aws.String(*machine+"/"+tt.label), aws.String("m/"+tt.label), aws.String(tt.label)
		want.Definition, want.Type, want.VariableReferences = aws.String(tt.definition), tt.kind, tt.references
		got.ResultMetadata, want.ResultMetadata = middleware.Metadata{}, middleware.Metadata{}
		if !reflect.DeepEqual(*got, want) {
			t.Errorf("%s: got %+v\nwant %+v", tt.label, *got, want)
		}
	}
	for _, arn := range []string{*machine + "/None", *machine + "/Outer:1", *machine + "x/Outer"} {
		_, err := x.client.DescribeStateMachine(x.ctx, &sfn.DescribeStateMachineInput{StateMachineArn: &arn})
		x.wantFault(err, "StateMachineDoesNotExist", "State Machine Does Not Exist: '"+arn+"'")
	}
}
