package asl_test

import (
	"testing"

	"github.com/aslocal/aslocal/asl"
)

// A service or an action that the AWS SDK does not have is refused, with a guess.
func TestUnknownActionsOfTheSDK(t *testing.T) {
	for _, c := range []struct{ resource, hint string }{
		{"aws-sdk:s3:getObject", ""},
		{"aws-sdk:lookoutvision:describeModel", ""}, // AWS has closed the service
		{"aws-sdk:s3:getObjects", `did you mean "arn:aws:states:::aws-sdk:s3:getObject"?`},
		{"aws-sdk:s3:getObjects.waitForTaskToken", `did you mean "arn:aws:states:::aws-sdk:s3:getObject.waitForTaskToken"?`},
		{"aws-sdk:dynamodbs:getItem", `did you mean "arn:aws:states:::aws-sdk:dynamodb:getItem"?`},
		{"aws-sdk:stepfunctions:startExecution", `did you mean "arn:aws:states:::aws-sdk:sfn:startExecution"?`},
		{"aws-sdk:s3:paintABucket", `service s3 has no action "paintABucket"`},
	} {
		d, found := asl.Parse(`{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::` + c.resource + `", "Parameters": {}, "End": true}}}`)
		found = append(found, asl.Validate(d, asl.Options{})...).Errors()
		switch {
		case c.hint == "" && len(found) == 0:
		case len(found) != 1 || found[0].Hint != c.hint || c.hint == "":
			t.Errorf("%s: got %+v, want the hint %s", c.resource, found, c.hint)
		}
	}
}
