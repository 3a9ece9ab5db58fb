package emulator_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/aslocal/aslocal/emulator"
)

// A seed repeats a run: names, ids, and what executions draw.
func TestSeedsRepeatRuns(t *testing.T) {
	run := func(seed uint64) string {
		x := newTest(t, emulator.WithSeed(seed))
		machine := x.create("m", constant(0))
		updated, err := x.client.UpdateStateMachine(x.ctx, &sfn.UpdateStateMachineInput{StateMachineArn: machine, Definition: new(`{"StartAt": "P", "States": {
			"P": {"Type": "Pass", "Parameters": {"id.$": "States.UUID()", "n.$": "States.MathRandom(1, 1000000)"}, "End": true}}}`)})
		if err != nil {
			t.Fatal(err)
		}
		arn := x.start(machine, "", "{}")
		express := x.createType("x", constant(1), types.StateMachineTypeExpress)
		return fmt.Sprint(*updated.RevisionId, arn, x.em.Wait(arn), x.start(express, "named", "{}"))
	}
	first := run(1)
	if again := run(1); again != first {
		t.Errorf("seed 1 gave\n%s, then\n%s", first, again)
	}
	if other := run(2); other == first {
		t.Errorf("seeds 1 and 2 both gave %s", first)
	}
}
