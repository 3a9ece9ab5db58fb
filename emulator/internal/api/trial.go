package api

import (
	"context"

	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
)

// TrialPrefix begins the names of the state machines of trial runs. Lists do not have them.
const TrialPrefix = "aslocal-trial-"

// StartTrial starts an execution of a state machine with a test case that is of no mock
// configuration. It returns the ARN, and fails as StartExecution does.
func (a *API) StartTrial(ctx context.Context, machineARN, input, testCase string) (string, error) {
	r, err := a.request(ctx, &startExecutionInput{StateMachineArn: machineARN, Input: awsjson.Some(input)}, false)
	if err != nil {
		return "", err
	}
	r.Start.TestCase = testCase
	_, err = a.engine.Start(ctx, r)
	return r.Start.ARN, err
}
