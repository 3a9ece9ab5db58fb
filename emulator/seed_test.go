package emulator_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// A seed repeats a run: names, ids, dates, and what executions draw, although
// the children of the Map Run start their nested executions at the same time.
func TestSeedsRepeatRuns(t *testing.T) {
	first := seededRun(t, 1)
	for range 3 {
		if again := seededRun(t, 1); again != first {
			t.Errorf("seed 1 gave\n%s, then\n%s", first, again)
		}
	}
	if other := seededRun(t, 2); other == first {
		t.Errorf("seeds 1 and 2 both gave %s", first)
	}
}

// seededRun returns the histories of all executions of a run.
func seededRun(t *testing.T, seed uint64) string {
	x := newTest(t, emulator.WithSeed(seed), emulator.WithTask("f", func(context.Context, value.Value) (value.Value, error) {
		return value.OfString("done"), nil
	}))
	nested := x.create("nested", constant(0))
	one, two := x.release(nested, constant(1)), x.release(nested, constant(2))
	x.alias("either", route(one, 50), route(two, 50))
	express := x.createType("express", `{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}`, types.StateMachineTypeExpress)
	machine := x.create("m", `{"StartAt": "Draw", "States": {
		"Draw": {"Type": "Pass", "Parameters": {"id.$": "States.UUID()", "items.$": "States.ArrayRange(1, 20, 1)"}, "Next": "Express"},
		"Express": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution",
			"Parameters": {"StateMachineArn": "`+*express+`"}, "ResultPath": "$.express", "Next": "Function"},
		"Function": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
			"Parameters": {"FunctionName": "f", "LogType": "Tail"}, "ResultPath": "$.function", "Next": "Each"},
		"Each": {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": {
			"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Nested", "States": {
				"Nested": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2",
					"Parameters": {"StateMachineArn": "`+*nested+`:either", "Input": {"n.$": "States.MathRandom(1, 1000000)"}}, "End": true}}},
			"End": true}}}`)
	arn := x.start(machine, "", "{}")
	if got := x.em.Wait(arn); got.Status != "SUCCEEDED" {
		t.Fatalf("got %+v", got)
	}
	histories := []string{x.historyText(arn)}
	runs, err := x.client.ListMapRuns(x.ctx, &sfn.ListMapRunsInput{ExecutionArn: &arn})
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range []*sfn.ListExecutionsInput{{MapRunArn: runs.MapRuns[0].MapRunArn}, {StateMachineArn: nested}} {
		listed, err := x.client.ListExecutions(x.ctx, in)
		if err != nil || len(listed.Executions) != 20 {
			t.Fatalf("got %d executions, %v, want 20", len(listed.Executions), err)
		}
		for _, one := range listed.Executions {
			histories = append(histories, x.historyText(*one.ExecutionArn))
		}
	}
	slices.Sort(histories) // they have begun at the same time, in any order
	return strings.Join(histories, "\n")
}

// historyText is the history of an execution, a line for each event.
func (t *test) historyText(arn string) string {
	lines := []string{arn}
	for _, e := range t.em.History(arn) {
		lines = append(lines, fmt.Sprint(e.ID, e.PreviousEventID, e.Timestamp, e.Type, e.Details))
	}
	return strings.Join(lines, "\n")
}
