package emulator_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// A state machine that is created again is the one that is there if all is the same but
// role and tags, which stay as they are; else it is refused. API: CreateStateMachine.
func TestCreateStateMachineAgain(t *testing.T) {
	x := newTest(t)
	const key = "arn:aws:kms:us-east-1:123456789012:key/k"
	creation := func() *sfn.CreateStateMachineInput {
		return &sfn.CreateStateMachineInput{
			Name: aws.String("m"), Definition: aws.String(pass), RoleArn: aws.String(role), Type: types.StateMachineTypeStandard,
			LoggingConfiguration: &types.LoggingConfiguration{Level: types.LogLevelError, Destinations: []types.LogDestination{{
				CloudWatchLogsLogGroup: &types.CloudWatchLogsLogGroup{LogGroupArn: aws.String("arn:aws:logs:us-east-1:123456789012:log-group:g:*")}}}},
			TracingConfiguration:    &types.TracingConfiguration{Enabled: true},
			EncryptionConfiguration: &types.EncryptionConfiguration{Type: types.EncryptionTypeCustomerManagedKmsKey, KmsKeyId: aws.String(key)},
			Publish:                 true, VersionDescription: aws.String("d"),
			Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("1")}},
		}
	}
	first, err := x.client.CreateStateMachine(x.ctx, creation())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		change  func(*sfn.CreateStateMachineInput)
		refused bool
	}{
		{"all the same", func(*sfn.CreateStateMachineInput) {}, false},
		{"another role", func(in *sfn.CreateStateMachineInput) { in.RoleArn = aws.String(role + "2") }, false},
		{"other tags", func(in *sfn.CreateStateMachineInput) { in.Tags = nil }, false},
		{"white space in the definition", func(in *sfn.CreateStateMachineInput) { in.Definition = aws.String(pass + " ") }, true},
		{"another type", func(in *sfn.CreateStateMachineInput) { in.Type = types.StateMachineTypeExpress }, true},
		{"another log level", func(in *sfn.CreateStateMachineInput) { in.LoggingConfiguration.Level = types.LogLevelAll }, true},
		{"no logging", func(in *sfn.CreateStateMachineInput) { in.LoggingConfiguration = nil }, true},
		{"no tracing", func(in *sfn.CreateStateMachineInput) { in.TracingConfiguration = nil }, true},
		{"no key", func(in *sfn.CreateStateMachineInput) { in.EncryptionConfiguration = nil }, true},
		{"another time of the key", func(in *sfn.CreateStateMachineInput) {
			in.EncryptionConfiguration.KmsDataKeyReusePeriodSeconds = aws.Int32(60)
		}, true},
		{"no version", func(in *sfn.CreateStateMachineInput) { in.Publish, in.VersionDescription = false, nil }, true},
		{"another description", func(in *sfn.CreateStateMachineInput) { in.VersionDescription = aws.String("e") }, true},
		{"no description", func(in *sfn.CreateStateMachineInput) { in.VersionDescription = nil }, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := creation()
			tt.change(in)
			again, err := x.client.CreateStateMachine(x.ctx, in)
			if tt.refused {
				x.wantFault(err, "StateMachineAlreadyExists", "State Machine Already Exists: '"+*first.StateMachineArn+"'")
			} else if err != nil || *again.StateMachineArn != *first.StateMachineArn || *again.StateMachineVersionArn != *first.StateMachineVersionArn ||
				!again.CreationDate.Equal(*first.CreationDate) {
				t.Errorf("got %+v, %v, want %+v", again, err, first)
			}
		})
	}
	got, err := x.client.DescribeStateMachine(x.ctx, &sfn.DescribeStateMachineInput{StateMachineArn: first.StateMachineArn})
	if err != nil || *got.RoleArn != role || got.RevisionId != nil {
		t.Errorf("it is %+v, %v, want the role and no revision", got, err)
	}
	tags, err := x.client.ListTagsForResource(x.ctx, &sfn.ListTagsForResourceInput{ResourceArn: first.StateMachineArn})
	if err != nil || len(tags.Tags) != 1 {
		t.Errorf("its tags are %+v, %v, want those of its creation", tags, err)
	}
}
