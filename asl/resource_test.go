package asl

import (
	"slices"
	"strings"
	"testing"
)

func TestParseResource(t *testing.T) {
	tests := []struct {
		text, typ, name string
		want            Resource // without its text
	}{
		{"arn:aws:lambda:us-east-1:123456789012:function:pay", "", "", Resource{Kind: Lambda}},
		{"arn:aws:lambda:us-east-1:123456789012:function:pay:$LATEST", "", "", Resource{Kind: Lambda}},
		{"arn:aws:lambda:::function:pay", "", "", Resource{Kind: Lambda}},
		{"arn:aws-us-gov:states:us-gov-west-1:123456789012:activity:work", "", "", Resource{Kind: Activity}},
		{"arn:aws:states:::sqs:sendMessage", "sqs", "sendMessage", Resource{Kind: Integration, Service: "sqs", Action: "sendMessage"}},
		{"arn:aws:states:::sqs:sendMessage.waitForTaskToken", "sqs", "sendMessage.waitForTaskToken",
			Resource{Kind: Integration, Service: "sqs", Action: "sendMessage", Pattern: WaitForTaskToken}},
		{"arn:aws:states:us-east-1:123456789012:lambda:invoke", "lambda", "invoke", Resource{Kind: Integration, Service: "lambda", Action: "invoke"}},
		{"arn:aws:states:::states:startExecution.sync", "states", "startExecution.sync",
			Resource{Kind: Integration, Service: "states", Action: "startExecution", Pattern: Sync, Version: 1}},
		{"arn:aws:states:::states:startExecution.sync:2", "states", "startExecution.sync:2",
			Resource{Kind: Integration, Service: "states", Action: "startExecution", Pattern: Sync, Version: 2}},
		{"arn:aws-cn:states:::aws-sdk:s3:putObject", "aws-sdk:s3", "putObject",
			Resource{Kind: Integration, Service: "s3", Action: "putObject", SDK: true}},
		{"arn:aws:states:::aws-sdk:sfn:startExecution.waitForTaskToken", "aws-sdk:sfn", "startExecution.waitForTaskToken",
			Resource{Kind: Integration, Service: "sfn", Action: "startExecution", SDK: true, Pattern: WaitForTaskToken}},
	}
	for _, tt := range tests {
		got, err := ParseResource(tt.text)
		tt.want.Text = tt.text
		if tt.name == "" {
			tt.name = tt.text
		}
		if err != nil || got != tt.want {
			t.Errorf("ParseResource(%q)\n got %+v, %v\nwant %+v", tt.text, got, err, tt.want)
		}
		if got.Type() != tt.typ || got.Name() != tt.name || got.String() != tt.text {
			t.Errorf("%s: got %q %q %q, want %q %q %q", tt.text, got.Type(), got.Name(), got, tt.typ, tt.name, tt.text)
		}
	}
}

func TestParseResourceRefuses(t *testing.T) {
	for _, text := range []string{
		"", "arn", "arn:aws:states:::", "arn:aws:states:::sqs", "arn:aws:states:::sqs:", "arn:aws:states:::SQS:sendMessage",
		"arn:aws:states:::dynamodb:query", "arn:aws:states:::nothing:here", "arn:aws:states:::s3:getObject",
		"arn:aws:states:::lambda:invoke.sync", "arn:aws:states:::batch:submitJob.waitForTaskToken",
		"arn:aws:states:::glue:startJobRun.sync:2", "arn:aws:states:::sqs:sendMessage.waitForever",
		"arn:aws:states:::aws-sdk:s3", "arn:aws:states:::aws-sdk:s3:PutObject", "arn:aws:states:::aws-sdk:s3:putObject.sync",
		"arn:aws:states:::aws-sdk:s-3:putObject", "arn:aws:states:us-east-1:1:activity:", "arn:aws:states:::activity:a",
		"arn:aws:states:us-east-1:1:stateMachine:m", "arn:aws:lambda:us-east-1:1:function", "arn:aws:lambda:us-east-1:1:function:f:1:2",
		"arn:aws:lambda:us-east-1:1:layer:f", "arn:azure:lambda:us-east-1:1:function:f", "arn:aws:s3:::bucket", "$.resource", "{% $r %}",
	} {
		if got, err := ParseResource(text); err == nil || got != (Resource{}) {
			t.Errorf("ParseResource(%q) = %+v, %v, want an error", text, got, err)
		}
	}
}

func TestIntegrationsAreResources(t *testing.T) {
	all := Integrations()
	for _, name := range all {
		if _, err := ParseResource(integrationPrefix + name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !slices.IsSorted(all) || len(slices.Compact(all)) != len(Integrations()) {
		t.Errorf("not sorted, or one twice: %v", all)
	}
}

// TestPatternsNotOffered has the patterns that services never offer (measured by others).
func TestPatternsNotOffered(t *testing.T) {
	notOffered := map[string]string{
		".sync": "lambda:invoke sns:publish sqs:sendMessage dynamodb:getItem events:putEvents apigateway:invoke aws-sdk:s3:getObject",
		".waitForTaskToken": "athena:startQueryExecution batch:submitJob codebuild:startBuild elasticmapreduce:createCluster " +
			"emr-containers:createVirtualCluster emr-serverless:startJobRun glue:startJobRun databrew:startJobRun " +
			"mediaconvert:createJob sagemaker:createTrainingJob dynamodb:putItem",
		".sync:2": "lambda:invoke ecs:runTask batch:submitJob glue:startJobRun sqs:sendMessage",
	}
	for pattern, actions := range notOffered {
		for _, action := range strings.Fields(actions) {
			if _, err := ParseResource(integrationPrefix + action); err != nil {
				t.Errorf("%s: %v", action, err)
			}
			if _, err := ParseResource(integrationPrefix + action + pattern); err == nil {
				t.Errorf("%s%s is taken", action, pattern)
			}
		}
	}
}
