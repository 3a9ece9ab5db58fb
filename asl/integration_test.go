package asl

import "testing"

func TestParseMapResource(t *testing.T) {
	for _, action := range []string{"getObject", "listObjectsV2", "putObject"} {
		text := "arn:aws:states:::s3:" + action
		if got, err := ParseMapResource(text); err != nil || got != (Resource{Text: text, Kind: Integration, Service: "s3", Action: action}) {
			t.Errorf("%s: got %+v, %v", text, got, err)
		}
		if _, err := ParseResource(text); err == nil {
			t.Errorf("a Task may call %s", text)
		}
	}
	for _, text := range []string{
		"", "s3:getObject", "arn:aws:states:::s3:getObject.sync", "arn:aws:states:::s3:deleteObject", "arn:aws:states:::lambda:invoke", "arn:aws:states:::s3",
		"arn:azure:states:::s3:getObject", "arn:aws:s3:::s3:getObject",
	} {
		if got, err := ParseMapResource(text); err == nil {
			t.Errorf("%s: got %+v, want an error", text, got)
		}
	}
}

// A pattern belongs to an action, not to all actions of its service.
func TestPatternsOfActions(t *testing.T) {
	for text, want := range map[string]bool{
		"codebuild:retryBuildBatch.sync": true, "codebuild:stopBuild.sync": false, "eks:call.waitForTaskToken": true, "eks:createCluster.waitForTaskToken": false,
		"bedrock:invokeModel.waitForTaskToken": true, "bedrock:createModelCustomizationJob.waitForTaskToken": false,
		"states:startExecution.sync:2": true, "ecs:runTask.sync:2": false,
	} {
		if _, err := ParseResource(integrationPrefix + text); (err == nil) != want {
			t.Errorf("%s: got %v, want it taken: %v", text, err, want)
		}
	}
}

// F-085: a parameter whose name ends in ".$" is there.
func TestRequiredParameters(t *testing.T) {
	for _, test := range []struct{ action, parameters, missing string }{
		{"sqs:sendMessage", `{"QueueUrl": "q", "MessageBody": "m"}`, ""},
		{"sqs:sendMessage", `{"QueueUrl.$": "$.q", "MessageBody.$": "$.m"}`, ""},
		{"sqs:sendMessage", `{"MessageBody": "m"}`, "QueueUrl"},
		{"sqs:sendMessage.waitForTaskToken", `{"QueueUrl": "q"}`, "MessageBody"},
		{"sns:publish", `{"Message": "m", "TopicArn": "t"}`, ""},
		{"sns:publish", `{"TopicArn": "t"}`, "Message"},
		{"lambda:invoke", `{}`, "FunctionName"},
	} {
		d, problems := Parse(`{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"` + integrationPrefix + test.action + `","End":true,"Parameters":` + test.parameters + `}}}`)
		if problems != nil {
			t.Fatal(problems)
		}
		want := ""
		if test.missing != "" {
			want = "The field '" + test.missing + "' is required but was missing"
		}
		got := ""
		for _, problem := range Validate(d, Options{}) {
			if problem.Severity == SeverityError {
				got += problem.Message
			}
		}
		if got != want {
			t.Errorf("%s with %s: got %q, want %q", test.action, test.parameters, got, want)
		}
	}
}
