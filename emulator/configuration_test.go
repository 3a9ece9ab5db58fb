package emulator_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// What is given is shown, with its defaults; what the model does not allow is
// refused.
func TestConfigurations(t *testing.T) {
	em, err := emulator.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { em.Close() })
	const (
		off     = `{"level":"OFF","includeExecutionData":false}`
		group   = `"destinations":[{"cloudWatchLogsLogGroup":{"logGroupArn":"arn:aws:logs:us-east-1:123456789012:log-group:g:*"}}]`
		notOne  = "InvalidLoggingConfiguration"
		invalid = "ValidationException"
		unread  = "SerializationException"
	)
	for i, c := range []struct{ member, given, want string }{
		{"loggingConfiguration", `{}`, off},
		{"loggingConfiguration", `null`, off},
		{"loggingConfiguration", `{"destinations":[]}`, `{"level":"OFF","includeExecutionData":false,"destinations":[]}`},
		{"loggingConfiguration", `{` + group + `,"level":"ALL","includeExecutionData":true}`, `{"level":"ALL","includeExecutionData":true,` + group + `}`},
		{"loggingConfiguration", `{"level":"ERROR"}`, notOne},
		{"loggingConfiguration", `{"destinations":[{},{}]}`, notOne},
		{"loggingConfiguration", `{"level":"LOUD"}`, invalid},
		{"loggingConfiguration", `{"level":5}`, unread},
		{"loggingConfiguration", `[1]`, unread},
		{"loggingConfiguration", `"OFF"`, unread},
		{"loggingConfiguration", `{"level":"ALL","destinations":["g"]}`, unread},
		{"tracingConfiguration", `{}`, `{"enabled":false}`},
		{"tracingConfiguration", `{"enabled":true,"more":1}`, `{"enabled":true}`},
		{"tracingConfiguration", `true`, unread},
		{"encryptionConfiguration", `null`, `{"type":"AWS_OWNED_KEY"}`},
		{"encryptionConfiguration", `{"type":"CUSTOMER_MANAGED_KMS_KEY","kmsKeyId":"k","kmsDataKeyReusePeriodSeconds":60}`,
			`{"type":"CUSTOMER_MANAGED_KMS_KEY","kmsKeyId":"k","kmsDataKeyReusePeriodSeconds":60}`},
		{"loggingConfiguration", `{"level":"ALL","destinations":[{}]}`, notOne},
		{"encryptionConfiguration", `{"type":"CUSTOMER_MANAGED_KMS_KEY"}`, "InvalidEncryptionConfiguration"},
		{"encryptionConfiguration", `{}`, invalid},
		{"encryptionConfiguration", `{"type":"ROT13"}`, invalid},
		{"encryptionConfiguration", `{"type":"CUSTOMER_MANAGED_KMS_KEY","kmsDataKeyReusePeriodSeconds":59}`, invalid},
	} {
		arn := fmt.Sprint("arn:aws:states:us-east-1:123456789012:stateMachine:m", i)
		status, got := post(em, "CreateStateMachine", fmt.Sprintf(`{"name":"m%d","definition":%q,"roleArn":%q,%q:%s}`, i, pass, role, c.member, c.given))
		switch status {
		case 200:
			_, got = post(em, "DescribeStateMachine", `{"stateMachineArn":"`+arn+`"}`)
			got = value.MustParse(got).Get(c.member).String()
		case 400:
			got = value.MustParse(got).Get("__type").Text()
			got = got[strings.LastIndexByte(got, '#')+1:]
		}
		if got != c.want {
			t.Errorf("%s %s: %d\n got %s\nwant %s", c.member, c.given, status, got, c.want)
		}
	}
}

// What is wrong with a configuration, in the words of the service (F-156).
func TestConfigurationFaults(t *testing.T) {
	em, err := emulator.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { em.Close() })
	logging := func(arn string) string {
		return `"loggingConfiguration":{"level":"ALL","destinations":[{"cloudWatchLogsLogGroup":{"logGroupArn":"` + arn + `"}}]}`
	}
	for _, c := range []struct{ given, want string }{
		{`"loggingConfiguration":{"level":"ALL"}`, "Invalid Logging Configuration: Must specify exactly one Log Destination."},
		{`"loggingConfiguration":{"level":"ALL","destinations":[{}]}`, "Invalid Logging Configuration: Must set valid CloudWatch Log Group ARN."},
		{logging("arn:aws:s3:::b"), "Invalid Logging Configuration: Provided ARN is not CloudWatch Logs Log Group ARN."},
		{logging("arn:aws:logs:us-east-1:123456789012:log-group:g"), "Invalid Logging Configuration: Log Group ARN must be provided with '*' qualifier."},
		{`"encryptionConfiguration":{"type":"CUSTOMER_MANAGED_KMS_KEY"}`, "Must set a valid kmsKeyId."},
		{`"encryptionConfiguration":{"type":"AWS_OWNED_KEY","kmsKeyId":"k"}`, "Custom kmsKeyId is not allowed when selecting AWS_OWNED_KEY."},
		{`"encryptionConfiguration":{"type":"AWS_OWNED_KEY","kmsDataKeyReusePeriodSeconds":60}`, "Custom kmsDataKeyReusePeriodSeconds is not allowed when selecting AWS_OWNED_KEY."},
	} {
		status, got := post(em, "CreateStateMachine", fmt.Sprintf(`{"name":"m","definition":%q,"roleArn":%q,%s}`, pass, role, c.given))
		if message := value.MustParse(got).Get("message").Text(); status != 400 || message != c.want {
			t.Errorf("%s: got %d %s, want %s", c.given, status, got, c.want)
		}
	}
	if status, got := post(em, "CreateActivity", `{"name":"a","encryptionConfiguration":{"type":"CUSTOMER_MANAGED_KMS_KEY"}}`); status != 400 {
		t.Errorf("CreateActivity: got %d %s", status, got)
	}
}

// CloudWatch Logs takes fewer characters in a name than a state machine may have: with
// a level, creating and updating such a state machine fails (F-156).
func TestNamesThatCannotBeLogged(t *testing.T) {
	em, err := emulator.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { em.Close() })
	const machine = "arn:aws:states:us-east-1:123456789012:stateMachine:"
	logging := func(level string) string {
		return `"loggingConfiguration":{"level":"` + level + `","destinations":[{"cloudWatchLogsLogGroup":{"logGroupArn":"arn:aws:logs:us-east-1:123456789012:log-group:g:*"}}]}`
	}
	for _, c := range []struct {
		name, level string
		refused     bool
	}{
		{"a.B_c-9", "ALL", false},
		{"注文", "OFF", false},
		{"出荷", "ERROR", true},
		{"a+b", "ALL", true},
		{"a@b", "FATAL", true},
		{"a'b", "ALL", true},
	} {
		wanted := ""
		if c.refused {
			wanted = "Invalid Logging Configuration: Value '" + machine + c.name + "' at 'resourceId' failed to satisfy constraint: " +
				`Member must satisfy regular expression pattern: ^[0-9A-Za-z.\/\-_:]+$`
		}
		_, got := post(em, "CreateStateMachine", fmt.Sprintf(`{"name":%q,"definition":%q,"roleArn":%q,%s}`, c.name, pass, role, logging(c.level)))
		if message := value.MustParse(got).Get("message").Text(); message != wanted {
			t.Errorf("creating %s with %s:\n got %s\nwant %s", c.name, c.level, got, wanted)
		}
		if !c.refused {
			continue
		}
		if status, got := post(em, "CreateStateMachine", fmt.Sprintf(`{"name":%q,"definition":%q,"roleArn":%q}`, c.name, pass, role)); status != 200 {
			t.Fatalf("creating %s without logging: %d %s", c.name, status, got)
		}
		_, got = post(em, "UpdateStateMachine", fmt.Sprintf(`{"stateMachineArn":%q,%s}`, machine+c.name, logging(c.level)))
		if message := value.MustParse(got).Get("message").Text(); message != wanted {
			t.Errorf("updating %s with %s:\n got %s\nwant %s", c.name, c.level, got, wanted)
		}
	}
}

// A default that is spelt out changes nothing.
func TestDefaultConfigurationsAreNoChange(t *testing.T) {
	x := newTest(t)
	machine := x.create("m", pass)
	logging, tracing := &types.LoggingConfiguration{Level: types.LogLevelOff}, &types.TracingConfiguration{}
	again, err := x.client.CreateStateMachine(x.ctx, &sfn.CreateStateMachineInput{
		Name: aws.String("m"), Definition: aws.String(pass), RoleArn: aws.String(role), LoggingConfiguration: logging, TracingConfiguration: tracing,
	})
	if err != nil || aws.ToString(again.StateMachineArn) != *machine {
		t.Errorf("creating it again: %+v, %v", again, err)
	}
	updated, err := x.client.UpdateStateMachine(x.ctx, &sfn.UpdateStateMachineInput{StateMachineArn: machine, LoggingConfiguration: logging})
	if err != nil || updated.RevisionId != nil {
		t.Errorf("updating it: %+v, %v, want no revision", updated, err)
	}
}

func tags(n int) (out []types.Tag) {
	for i := range n {
		out = append(out, types.Tag{Key: aws.String(fmt.Sprint("k", i)), Value: aws.String("")})
	}
	return out
}

// A resource has 50 tags at most, from its creation on.
func TestTooManyTags(t *testing.T) {
	x := newTest(t)
	create := func(tags []types.Tag) (*string, error) {
		out, err := x.client.CreateStateMachine(x.ctx, &sfn.CreateStateMachineInput{Name: aws.String("m"), Definition: aws.String(pass), RoleArn: aws.String(role), Tags: tags})
		if err != nil {
			return nil, err
		}
		return out.StateMachineArn, nil
	}
	_, err := create(tags(51))
	x.wantFault(err, "TooManyTags", "Too many tags: 'arn:aws:states:us-east-1:123456789012:stateMachine:m'")
	machine, err := create(tags(50))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.client.TagResource(x.ctx, &sfn.TagResourceInput{ResourceArn: machine, Tags: tags(50)}); err != nil {
		t.Errorf("setting the same tags again: %v", err)
	}
	_, err = x.client.TagResource(x.ctx, &sfn.TagResourceInput{ResourceArn: machine, Tags: tags(51)})
	x.wantFault(err, "TooManyTags", "Too many tags: '"+*machine+"'")
	_, err = x.client.CreateActivity(x.ctx, &sfn.CreateActivityInput{Name: aws.String("a"), Tags: tags(51)})
	x.wantFault(err, "TooManyTags", "Too many tags: 'arn:aws:states:us-east-1:123456789012:activity:a'")
	_, err = x.client.UntagResource(x.ctx, &sfn.UntagResourceInput{ResourceArn: machine, TagKeys: []string{"a", ""}})
	x.wantFault(err, "ValidationException", "1 validation error detected: Value '' at 'tagKeys.2.member' failed to satisfy constraint: Member must have length greater than or equal to 1")
	out, err := x.client.ListTagsForResource(x.ctx, &sfn.ListTagsForResourceInput{ResourceArn: machine})
	if err != nil || len(out.Tags) != 50 {
		t.Errorf("tags %+v, %v, want 50", out, err)
	}
}
