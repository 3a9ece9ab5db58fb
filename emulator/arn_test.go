package emulator_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// Whoever asks for an ARN of another region or account gets the service's
// answer; the log says why.
func TestARNsOfElsewhere(t *testing.T) {
	var log bytes.Buffer
	x := newTest(t, emulator.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	x.create("m", pass)
	for _, c := range []struct {
		arn, hint string
	}{
		{"arn:aws:states:us-east-1:123456789012:stateMachine:n", ""},
		{"arn:aws:states:eu-central-1:123456789012:stateMachine:m", "another region"},
		{"arn:aws:states:us-east-1:000000000000:stateMachine:m:1", "another account"},
	} {
		log.Reset()
		_, err := x.client.StartExecution(x.ctx, &sfn.StartExecutionInput{StateMachineArn: &c.arn})
		if c.hint == "another account" {
			x.wantFault(err, "AccessDeniedException", "User: arn:aws:iam::123456789012:root is not authorized to perform: states:StartExecution on resource: "+c.arn+
				" because no resource-based policy allows the states:StartExecution action")
		} else {
			x.wantFault(err, "StateMachineDoesNotExist", "State Machine Does Not Exist: '"+c.arn+"'")
		}
		if c.hint == "" && log.Len() > 0 || c.hint != "" && !(strings.Contains(log.String(), c.hint) && strings.Contains(log.String(), "arn="+c.arn)) {
			t.Errorf("%s: the log has %q", c.arn, log.String())
		}
	}
	for name, call := range map[string]func() error{
		"execution": func() error {
			_, err := x.client.DescribeExecution(x.ctx, &sfn.DescribeExecutionInput{ExecutionArn: aws.String("arn:aws:states:eu-west-1:123456789012:execution:m:e")})
			return err
		},
		"activity": func() error {
			_, err := x.client.DescribeActivity(x.ctx, &sfn.DescribeActivityInput{ActivityArn: aws.String("arn:aws:states:eu-west-1:123456789012:activity:a")})
			return err
		},
		"map run": func() error {
			_, err := x.client.DescribeMapRun(x.ctx, &sfn.DescribeMapRunInput{MapRunArn: aws.String("arn:aws:states:eu-west-1:123456789012:mapRun:m/l:u")})
			return err
		},
		"tags": func() error {
			_, err := x.client.ListTagsForResource(x.ctx, &sfn.ListTagsForResourceInput{ResourceArn: aws.String("arn:aws:states:eu-west-1:123456789012:activity:a")})
			return err
		},
	} {
		log.Reset()
		if err := call(); err == nil || !strings.Contains(log.String(), "region=us-east-1") {
			t.Errorf("%s: %v, and the log has %q", name, err, log.String())
		}
	}
}

// Each action takes ARNs of its kinds, and answers the others as the service does:
// InvalidArn with the kind.
func TestKindsOfARNs(t *testing.T) {
	x := newTest(t)
	x.create("m", pass)
	const states = "arn:aws:states:us-east-1:123456789012:"
	kinds := map[string]string{"stateMachine": "m", "execution": "m:e", "express": "m:e:u", "mapRun": "m/l:u", "activity": "a"}
	for _, tt := range []struct{ member, kind, rest, actions string }{
		{"stateMachineArn", "stateMachine", `,"definition":"{}"`, "DescribeStateMachine UpdateStateMachine DeleteStateMachine PublishStateMachineVersion " +
			"ListStateMachineVersions ListStateMachineAliases StartExecution StartSyncExecution ListExecutions"},
		{"stateMachineVersionArn", "stateMachine", "", "DeleteStateMachineVersion"},
		{"stateMachineAliasArn", "stateMachine", `,"description":"d"`, "DescribeStateMachineAlias UpdateStateMachineAlias DeleteStateMachineAlias"},
		{"executionArn", "execution", "", "DescribeExecution DescribeStateMachineForExecution GetExecutionHistory ListMapRuns RedriveExecution StopExecution"},
		{"mapRunArn", "mapRun", `,"maxConcurrency":1`, "DescribeMapRun UpdateMapRun ListExecutions"},
		{"activityArn", "activity", "", "DescribeActivity DeleteActivity GetActivityTask"},
	} {
		for action := range strings.FieldsSeq(tt.actions) {
			for kind, name := range kinds {
				if kind == tt.kind {
					continue
				}
				status, got := post(x.em.Emulator, action, `{"`+tt.member+`":"`+states+kind+":"+name+`"`+tt.rest+`}`)
				want := "Invalid Arn: 'Resource type not valid in this context: " + kind + "'"
				if v := value.MustParse(got); status != 400 || v.Get("message").Text() != want || !strings.HasSuffix(v.Get("__type").Text(), "#InvalidArn") {
					t.Errorf("%s of %s: got %d %s, want %s", action, kind, status, got, want)
				}
			}
			status, got := post(x.em.Emulator, action, `{"`+tt.member+`":"m"`+tt.rest+`}`)
			if v := value.MustParse(got); status != 400 || v.Get("message").Text() != "Invalid Arn: 'Invalid ARN prefix: m'" {
				t.Errorf("%s of no ARN: got %d %s", action, status, got)
			}
		}
	}
}
