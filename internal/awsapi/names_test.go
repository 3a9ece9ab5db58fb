package awsapi

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

func TestCasing(t *testing.T) {
	for _, test := range []struct{ member, pascal, java string }{
		{"clusterArn", "ClusterArn", "ClusterArn"},
		{"DBInstanceIdentifier", "DBInstanceIdentifier", "DbInstanceIdentifier"},
		{"SNSTopicArn", "SNSTopicArn", "SnsTopicArn"},
		{"ACL", "ACL", "Acl"},
		{"SSEKMSKeyId", "SSEKMSKeyId", "SsekmsKeyId"},
		{"TTL", "TTL", "Ttl"},
		{"MD5OfMessageBody", "MD5OfMessageBody", "Md5OfMessageBody"},
		{"ETag", "ETag", "ETag"},
		{"ChecksumCRC32", "ChecksumCRC32", "ChecksumCRC32"},
		{"Equals", "Equals", "EqualsValue"},
		{"Default", "Default", "DefaultValue"},
		{"notify", "Notify", "NotifyValue"},
		{"NULL", "NULL", "Nul"},
		{"BOOL", "BOOL", "Bool"},
		{"SS", "SS", "Ss"},
		{"", "", ""},
	} {
		m := &Member{Name: test.member}
		if pascal, java, api := PascalCase.Name(m), JavaV2.Name(m), API.Name(m); pascal != test.pascal || java != test.java || api != test.member {
			t.Errorf("%s is %s, %s, %s; want %s, %s", test.member, pascal, java, api, test.pascal, test.java)
		}
	}
	for _, sorted := range [][]string{reserved, methods} {
		if !slices.IsSorted(sorted) {
			t.Errorf("%q is not sorted", sorted)
		}
	}
}

func TestPascal(t *testing.T) {
	for id, want := range map[string]string{
		"SFN": "Sfn", "DynamoDB": "DynamoDb", "SESv2": "SesV2", "WAFV2": "Wafv2", "FSx": "FSx", "MTurk": "MTurk", "IoT": "Iot", "IoTSiteWise": "IoTSiteWise",
		"IoT Wireless": "IotWireless", "Config Service": "Config", "SageMaker A2I Runtime": "SageMakerA2IRuntime", "amp": "Amp", "Route 53": "Route53",
	} {
		if got := sdkPrefix(id); got != want {
			t.Errorf("%s is %s, want %s", id, got, want)
		}
	}
}

func TestFindSDK(t *testing.T) {
	for _, test := range []struct{ service, action, found, operation, err string }{
		{"dynamodb", "putItem", "dynamodb", "PutItem", ""},
		{"sfn", "startExecution", "stepfunctions", "StartExecution", ""},
		{"rds", "describeDBInstances", "rds", "DescribeDBInstances", ""},
		{"dynamodb", "PutItem", "", "", `service dynamodb has no action "PutItem" (did you mean "putItem"?)`},
		{"stepfunctions", "startExecution", "", "", `there is no AWS service "stepfunctions" (did you mean "sfn"?)`},
		{"dynamoDb", "putItem", "", "", `there is no AWS service "dynamoDb" (did you mean "dynamodb"?)`},
		{"nothingofthekind", "putItem", "", "", `there is no AWS service "nothingofthekind"`},
		{"bedrockruntime", "converseStream", "", "", `service bedrockruntime has no action "converseStream"`},
		{"lambda", "invokeAsync", "", "", `service lambda has no action "invokeAsync"`},
	} {
		found, operation, err := FindSDK(test.service, test.action)
		if err == nil {
			if test.err != "" || found != test.found || operation != test.operation {
				t.Errorf("aws-sdk:%s:%s is %s of %s, want %s of %s, %q", test.service, test.action, operation, found, test.operation, test.found, test.err)
			}
			continue
		}
		if e := new(UnknownError); !errors.As(err, &e) || test.err == "" || !strings.HasPrefix(err.Error(), test.err) {
			t.Errorf("aws-sdk:%s:%s: got %v, want %s", test.service, test.action, err, test.err)
		}
	}
	for name, want := range map[string]string{"eventbridge": `there is no AWS service "eventbridge" (did you mean "events"?)`, "dynamob": `there is no AWS service "dynamob" (did you mean "dynamodb"?)`} {
		if _, err := Find(name); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if slices.Contains(SDKActions("lambda"), "invokeAsync") || !slices.Contains(SDKActions("lambda"), "invoke") || SDKActions("nothing") != nil {
		t.Errorf("the actions of lambda are %q", SDKActions("lambda"))
	}
}

func TestDescribe(t *testing.T) {
	o, ok := Describe("lambda", "GetFunction")
	if !ok {
		t.Fatal("there is no GetFunction")
	}
	if m := o.Input.Member("FunctionName", PascalCase); m == nil || !m.Required || m.Shape.Kind != String || m.Shape.Low != 1 || m.Shape.High <= 1 {
		t.Errorf("FunctionName is %+v", m)
	}
	configuration := o.Output.Member("Configuration", JavaV2).Shape
	if m := configuration.Member("MemorySize", JavaV2); m.Shape.Kind != Integer || m.Shape.Low != 128 || m.Shape.High < 10240 {
		t.Errorf("MemorySize is %+v", m.Shape)
	}
	if m := configuration.Member("PackageType", JavaV2); !slices.Equal(m.Shape.Enum, []string{"Zip", "Image"}) {
		t.Errorf("PackageType is %+v", m.Shape)
	}
	o, _ = Describe("athena", "StartQueryExecution")
	if m := o.Input.Member("ClientRequestToken", PascalCase); !m.Generated {
		t.Errorf("ClientRequestToken is %+v", m)
	}
	if m := o.Input.Member("QueryExecutionContext", PascalCase); m.Required || m.Shape.Low != math.MinInt64 || m.Shape.High != math.MaxInt64 {
		t.Errorf("QueryExecutionContext is %+v", m)
	}
	var names []string
	for name := range o.Input.Members(PascalCase) {
		names = append(names, name)
	}
	if !slices.IsSorted(names) || len(names) < 5 {
		t.Errorf("the members are %q", names)
	}
	for _, unknown := range [][2]string{{"lambda", "GetFunctions"}, {"lambdas", "GetFunction"}} {
		if _, ok := Describe(unknown[0], unknown[1]); ok {
			t.Errorf("%q is there", unknown)
		}
	}
}

// TestDamaged reads files that are cut off, or changed: it is an error, never a
// panic.
func TestDamaged(t *testing.T) {
	for _, size := range []int{0, 1, 100, 20_000, len(embedded) / 2} {
		d, err := Open(embedded[:size]).directory()
		if err == nil {
			_, err = d.entries[len(d.entries)-1].service()
		}
		if !errors.Is(err, errDamaged) {
			t.Errorf("cut off at %d: %v", size, err)
		}
	}
}

func TestHost(t *testing.T) {
	for _, test := range []struct{ service, region, host, signed string }{
		{"dynamodb", "eu-west-1", "dynamodb.eu-west-1.amazonaws.com", ""},
		{"dynamodb", "cn-north-1", "dynamodb.cn-north-1.amazonaws.com.cn", ""},
		{"iam", "eu-west-1", "iam.amazonaws.com", "us-east-1"},
		{"iam", "us-gov-west-1", "iam.us-gov.amazonaws.com", "us-gov-west-1"},
		{"s3", "us-east-1", "s3.us-east-1.amazonaws.com", ""},
		{"organizations", "eu-west-1", "organizations.us-east-1.amazonaws.com", "us-east-1"},
		{"dsql", "eu-west-1", "dsql.eu-west-1.api.aws", ""},
		{"sts", "eu-west-1", "sts.eu-west-1.amazonaws.com", ""},
		{"stepfunctions", "us-gov-west-1", "states.us-gov-west-1.amazonaws.com", ""},
	} {
		s, err := Find(test.service)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Host(test.region); got != (Host{test.host, test.signed}) {
			t.Errorf("%s is at %+v in %s, want %s, %s", test.service, got, test.region, test.host, test.signed)
		}
	}
}
