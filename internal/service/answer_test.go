package service

import (
	"strings"
	"testing"

	"github.com/aslocal/aslocal/value"
)

func TestCheck(t *testing.T) {
	tests := []struct {
		integration, result string
		required            bool
		want                string
	}{
		{"dynamodb:putItem", `{"ConsumedCapacity": {"CapacityUnits": 1.5}}`, true, ""},
		{"dynamodb:putItem", `{"ConsumedCapacity": {"CapacityUnits": "1.5"}}`, true, "Field 'CapacityUnits' must be a number"},
		{"dynamodb:putItem", `{"Attributes": {"a": {"L": [{"S": 1}]}}}`, true, "Field 'S' must be a string"},
		{"dynamodb:putItem", `{"Attributes": {"a": 1}}`, true, "Field 'a' must be an object"},
		{"dynamodb:getItem", `{"Item": {"a": {"BOOL": "true"}}}`, true, "Field 'BOOL' must be a boolean"},
		{"events:putEvents", `{}`, true, ""},
		{"events:putEvents", `{"unknown": 1}`, true, ""},
		{"events:putEvents", `{"Entries": {}}`, true, "Field 'Entries' must be an array"},
		{"events:putEvents", `{"Entries": [1]}`, true, "Field 'Entries' must be an object"},
		{"events:putEvents", `{"Entries": null}`, true, ""},
		{"lambda:invoke", `{"StatusCode": "200", "Payload": [1]}`, false, "Field 'StatusCode' must be a number"},
		{"states:startExecution", `{}`, true, "Required field 'ExecutionArn' is missing"},
		{"states:startExecution", `{"executionArn": "a", "startDate": "b"}`, true, "Required field 'ExecutionArn' is missing"},
		{"states:startExecution", `{}`, false, ""},
		{"states:startExecution", `{"StartDate": true}`, false, "Field 'StartDate' must be a string"},
		{"states:startExecution.sync", `{"ExecutionArn": "a", "StateMachineArn": "b", "StartDate": "c", "Status": "DONE"}`, true, "Field 'Status' is not an expected value"},
		{"aws-sdk:kms:encrypt", `{"CiphertextBlob": ""}`, false, "Field 'CiphertextBlob' is smaller than the minimum length"},
		{"aws-sdk:kms:decrypt", `{"KeyMaterialId": "` + strings.Repeat("ä", 65) + `"}`, false, "Field 'KeyMaterialId' exceeds the maximum length"},
		{"aws-sdk:kms:decrypt", `{"KeyMaterialId": "` + strings.Repeat("ä", 64) + `"}`, false, ""},
		{"aws-sdk:lambda:listFunctions", `{"Functions": [{"MemorySize": 64}]}`, true, "Field 'MemorySize' is less than the minimum value"},
		{"aws-sdk:lambda:listFunctions", `{"Functions": [{"MemorySize": 65536}]}`, true, "Field 'MemorySize' exceeds the maximum value"},
		{"aws-sdk:lambda:listFunctions", `{"Functions": [{"Architectures": []}]}`, true, "Field 'Architectures' is smaller than the minimum length"},
		{"aws-sdk:lambda:listFunctions", `{"Functions": [{"FileSystemConfigs": [{"Arn": "a"}]}]}`, true, "Required field 'LocalMountPath' is missing"},
		{"aws-sdk:s3:getObject", `{"StorageClass": "Papyrus"}`, false, "Field 'StorageClass' is not an expected value"},
	}
	for _, test := range tests {
		s, ok := AnswerOf(test.integration)
		if !ok {
			t.Errorf("%s: no such schema", test.integration)
			continue
		}
		if got := s.Check(value.MustParse(test.result), test.required); got != test.want {
			t.Errorf("%s %s\n got %q\nwant %q", test.integration, test.result, got, test.want)
		}
	}
}

// Every integration that calls an operation has an answer, and so has every job.
func TestAnswers(t *testing.T) {
	for _, a := range Actions() {
		if !a.ForTasks() {
			continue
		}
		if _, ok := AnswerOf(a.String()); ok != (a.Operation != "") {
			t.Errorf("%s has an answer: %t", a, ok)
		}
		if _, ok := AnswerOf(a.String() + ".sync"); ok != (a.Job != nil) {
			t.Errorf("%s.sync has an answer: %t", a, ok)
		}
	}
	for _, unknown := range []string{"aws-sdk:nothing:of", "aws-sdk:s3:nothing", "aws-sdk:s3", "nothing:of", "eks:call", "sqs", ""} {
		if _, ok := AnswerOf(unknown); ok {
			t.Errorf("%q has an answer", unknown)
		}
	}
}
