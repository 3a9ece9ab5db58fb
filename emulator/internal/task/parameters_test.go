package task

import (
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

func integration(t testing.TB, name string) asl.Resource {
	r, err := asl.ParseResource("arn:aws:states:::" + name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestCompleteParameters(t *testing.T) {
	for _, c := range []struct{ resource, parameters, problem string }{
		{"sqs:sendMessage", `{"QueueUrl": "q", "MessageBody": {"a": 1}}`, ""},
		{"sqs:sendMessage", `{"QueueUrl": "q", "MessageBody": null, "DelaySeconds": 5}`, ""},
		{"sqs:sendMessage", `{"QueueUrl": "q", "MessageBody": "m", "DelaySeconds": "5"}`, "The value for the field 'DelaySeconds' must be an INTEGER"},
		{"sqs:sendMessage", `{"QueueUrl": "q", "MessageBody": "m", "DelaySeconds": 5.5}`, "The value for the field 'DelaySeconds' must be an INTEGER"},
		{"sqs:sendMessage", `{"QueueUrl": "q", "MessageBody": true}`, "The value for the field 'MessageBody' must be a STRING"},
		{"sqs:sendMessage", `{"QueueUrl": "q"}`, "The field 'MessageBody' is required but was missing"},
		{"sqs:sendMessage", `{"QueueUrl": "q", "MessageBody": "m", "queueUrl": "q"}`, `The field "queueUrl" is not supported by Step Functions`},
		{"sqs:sendMessage", `[1]`, "expected an object"},
		{"sqs:sendMessage", `{"QueueUrl": "q", "MessageBody": "m", "MessageAttributes": {"n": {"DataType": "String", "StringValue": 1}}}`, "The value for the field 'StringValue' must be a STRING"},
		{"sqs:sendMessage", `{"QueueUrl": "q", "MessageBody": "m", "MessageAttributes": []}`, "The value for the field 'MessageAttributes' must be a MAP"},
		{"dynamodb:getItem", `{"TableName": "t", "Key": {"id": {"N": 5}}}`, "The value for the field 'N' must be a STRING"},
		{"dynamodb:getItem", `{"TableName": "t", "Key": {"id": {"L": [{"BOOL": "x"}]}}}`, "The value for the field 'BOOL' must be a BOOLEAN"},
		{"dynamodb:getItem", `{"TableName": "t", "Key": {"id": "5"}}`, "The value for the field 'id' must be a STRUCTURE"},
		{"batch:submitJob", `{"JobName": "n", "JobQueue": "q", "JobDefinition": "d", "Parameters": {"n": 5}}`, "The value for the field 'n' must be a STRING"},
		{"ecs:runTask", `{"TaskDefinition": "d", "Overrides": {"ContainerOverrides": {}}}`, "The value for the field 'ContainerOverrides' must be a LIST"},
		{"ecs:runTask", `{"TaskDefinition": "d", "Overrides": {"ContainerOverrides": [{"name": "n"}]}}`, `The field "name" is not supported by Step Functions`},
		{"elasticmapreduce:addStep", `{"ClusterId": "c", "Step": {}, "Steps": []}`, `The field "Steps" is not supported by Step Functions`},
		{"bedrock:invokeModel", `{"ModelId": "m", "Body": {"a": 1}}`, ""},
		{"bedrock:invokeModel", `{"ModelId": "m", "Input": {"S3Uri": "s3://b/k"}}`, ""},
		{"apigateway:invoke", `{"ApiEndpoint": "a", "Method": "GET", "Headers": {"h": ["v"]}}`, ""},
		{"apigateway:invoke", `{"ApiEndpoint": "https://a/b", "Method": "GET"}`, "The value of the field 'ApiEndpoint' has an invalid format"},
		{"apigateway:invoke", `{"ApiEndpoint": "a", "Method": "get"}`, "The value of the field 'Method' has an invalid format"},
		{"apigateway:invoke", `{"ApiEndpoint": "a", "Method": "GET", "Headers": {"Host": ["v"]}}`, "The value of the field 'Headers' has an invalid format"},
		{"apigateway:invoke", `{"ApiEndpoint": "a", "Method": "GET", "QueryParameters": {"q": "v"}}`, "The value of the field 'QueryParameters' has an invalid format"},
		{"eks:call", `{"ClusterName": "c", "CertificateAuthority": "", "Endpoint": "e", "Method": "GET", "Path": "/", "Body": 1}`, `The field "Body" is not supported by Step Functions`},
		{"lambda:invoke", `{"FunctionName": "f", "Payload": 1}`, ""},
		{"aws-sdk:sqs:sendMessage", `{"any": 1}`, ""},
	} {
		in := value.MustParse(c.parameters)
		out, problem := CompleteParameters(integration(t, c.resource), in)
		if problem != c.problem {
			t.Errorf("%s %s\n got %s\nwant %s", c.resource, c.parameters, problem, c.problem)
		}
		if !value.Equal(in, out) {
			t.Errorf("%s %s: they became %s", c.resource, c.parameters, out)
		}
	}
}

// What is added to the parameters of a job stands beside what is there.
func TestCompleteParametersOfJobs(t *testing.T) {
	for _, c := range []struct{ resource, parameters, want string }{
		{"ecs:runTask.sync", `{"TaskDefinition": "d"}`, `{"TaskDefinition":"d","StartedBy":"AWS Step Functions"}`},
		{"batch:submitJob.sync", `{"JobName": "n", "JobQueue": "q", "JobDefinition": "d", "ContainerOverrides": {"Environment": [{"Name": "a", "Value": "b"}], "Vcpus": 1}}`,
			`{"JobName":"n","JobQueue":"q","JobDefinition":"d","ContainerOverrides":{"Environment":[{"Name":"a","Value":"b"},{"Name":"MANAGED_BY_AWS","Value":"STARTED_BY_STEP_FUNCTIONS"}],"Vcpus":1}}`},
		{"batch:submitJob.sync", `{"JobName": "n", "JobQueue": "q", "JobDefinition": "d", "ContainerOverrides": null}`,
			`{"JobName":"n","JobQueue":"q","JobDefinition":"d","ContainerOverrides":{"Environment":[{"Name":"MANAGED_BY_AWS","Value":"STARTED_BY_STEP_FUNCTIONS"}]}}`},
	} {
		out, problem := CompleteParameters(integration(t, c.resource), value.MustParse(c.parameters))
		if problem != "" || out.String() != c.want {
			t.Errorf("%s\n got %s%s\nwant %s", c.resource, out, problem, c.want)
		}
	}
}

// FuzzCompleteParameters looks at anything without panic, twice the same.
func FuzzCompleteParameters(f *testing.F) {
	f.Add("dynamodb:putItem", `{"TableName": "t", "Item": {"a": {"M": {"b": {"L": [1]}}}}}`)
	f.Add("batch:submitJob.sync", `{"JobName": 1, "JobQueue": [], "JobDefinition": {}, "ContainerOverrides": []}`)
	f.Add("apigateway:invoke", `{"ApiEndpoint": [], "Method": {}, "Headers": {"a": {}}}`)
	f.Fuzz(func(t *testing.T, name, text string) {
		r, err := asl.ParseResource("arn:aws:states:::" + name)
		in, wrong := value.Parse(text)
		if err != nil || wrong != nil || r.Kind != asl.Integration {
			return
		}
		out, problem := CompleteParameters(r, in)
		again, problemAgain := CompleteParameters(r, in)
		if problem != problemAgain || !value.Equal(out, again) {
			t.Errorf("%s %s: %q %s, then %q %s", name, text, problem, out, problemAgain, again)
		}
	})
}

// BenchmarkCompleteParameters is what a task pays before each call.
func BenchmarkCompleteParameters(b *testing.B) {
	for _, c := range []struct{ resource, parameters string }{
		{"lambda:invoke", `{"FunctionName": "f", "Payload": {"a": 1}}`},
		{"sqs:sendMessage", `{"QueueUrl": "q", "MessageBody": {"a": 1}}`},
		{"dynamodb:putItem", `{"TableName": "t", "Item": {"id": {"S": "1"}, "n": {"N": "5"}, "l": {"L": [{"BOOL": true}]}}}`},
	} {
		b.Run(c.resource, func(b *testing.B) {
			r, in := integration(b, c.resource), value.MustParse(c.parameters)
			b.ReportAllocs()
			for b.Loop() {
				if _, problem := CompleteParameters(r, in); problem != "" {
					b.Fatal(problem)
				}
			}
		})
	}
}
