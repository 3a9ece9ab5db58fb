package emulator_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

var moto = flag.String("moto", "", "path of moto_server; without it, the tests against its services are skipped (make test-services)")

// startMoto starts moto's server on a free port and returns its URL.
func startMoto(t *testing.T) string {
	if *moto == "" {
		t.Skip("no -moto: make test-services runs these tests")
	}
	ctx, cancel := context.WithCancel(context.Background())
	server := exec.CommandContext(ctx, *moto, "-H", "127.0.0.1", "-p", "0")
	out, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		server.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if url := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(lines.Text()); url != "" {
			go io.Copy(io.Discard, out)
			return url
		}
	}
	t.Fatal("moto_server has ended")
	return ""
}

// A motoStep is a task. ${name.path} in its parameters is a part of the result that a
// step before has kept under the name.
type motoStep struct {
	resource   string
	parameters string
	keep       string
	want       string // part of the output, or of "error: cause"
}

var motoCases = map[string][]motoStep{
	"sqs": {
		{"aws-sdk:sqs:createQueue", `{"QueueName": "q"}`, "q", `"QueueUrl":"http`},
		{"sqs:sendMessage", `{"QueueUrl": "${q.QueueUrl}", "MessageBody": {"a": 1}, "MessageAttributes": {"n": {"DataType": "String", "StringValue": "v"}}}`, "", `"MD5OfMessageBody":"bb6cb5c68df4652941caf652a366f2d8"`},
		{"aws-sdk:sqs:receiveMessage", `{"QueueUrl": "${q.QueueUrl}", "MessageAttributeNames": ["All"]}`, "", `"Body":"{\"a\":1}"`},
		{"aws-sdk:sqs:sendMessage", `{"QueueUrl": "http://127.0.0.1/1/none", "MessageBody": "m"}`, "", "Sqs.QueueDoesNotExistException: "},
		{"sqs:sendMessage", `{"QueueUrl": "http://127.0.0.1/1/none", "MessageBody": "m"}`, "", "SQS.QueueDoesNotExistException: "},
	},
	"sns": {
		{"aws-sdk:sns:createTopic", `{"Name": "t"}`, "t", `"TopicArn":"arn:aws:sns:us-east-1:`},
		{"sns:publish", `{"TopicArn": "${t.TopicArn}", "Message": {"a": 1}, "MessageAttributes": {"n": {"DataType": "String", "StringValue": "v"}}}`, "", `"MessageId":"`},
		{"sns:publish", `{"TopicArn": "arn:aws:sns:us-east-1:123456789012:none", "Message": "m"}`, "", "SNS.NotFoundException: "},
	},
	"dynamodb": {
		{"aws-sdk:dynamodb:createTable", `{"TableName": "t", "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
			"AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}], "BillingMode": "PAY_PER_REQUEST"}`, "", `"TableStatus":"ACTIVE"`},
		{"dynamodb:putItem", `{"TableName": "t", "Item": {"id": {"S": "1"}, "n": {"N": "5"}, "b": {"BOOL": true}, "l": {"L": [{"NULL": true}]}}}`, "", `"HttpStatusCode":200`},
		{"dynamodb:getItem", `{"TableName": "t", "Key": {"id": {"S": "1"}}}`, "", `"b":{"BOOL":true}`},
		{"dynamodb:updateItem", `{"TableName": "t", "Key": {"id": {"S": "1"}}, "UpdateExpression": "SET n = n + :one", "ExpressionAttributeValues": {":one": {"N": "1"}},
			"ReturnValues": "UPDATED_NEW"}`, "", `"Attributes":{"n":{"N":"6"}}`},
		{"dynamodb:putItem", `{"TableName": "t", "Item": {"id": {"S": "1"}}, "ConditionExpression": "attribute_not_exists(id)"}`, "", "DynamoDB.ConditionalCheckFailedException: The conditional request failed (Service: AmazonDynamoDBv2; Status Code: 400; Error Code: ConditionalCheckFailedException; Request ID: "},
		{"aws-sdk:dynamodb:query", `{"TableName": "t", "KeyConditionExpression": "id = :id", "ExpressionAttributeValues": {":id": {"S": "1"}}}`, "", `"Count":1`},
		{"aws-sdk:dynamodb:getItem", `{"TableName": "none", "Key": {"id": {"S": "1"}}}`, "", "DynamoDb.ResourceNotFoundException: "},
		{"dynamodb:deleteItem", `{"TableName": "t", "Key": {"id": {"S": "1"}}, "ReturnValues": "ALL_OLD"}`, "", `"n":{"N":"6"}`},
	},
	"events": {
		{"events:putEvents", `{"Entries": [{"Detail": {"a": 1}, "DetailType": "d", "Source": "s"}]}`, "", `"FailedEntryCount":0`},
		{"aws-sdk:eventbridge:listEventBuses", `{}`, "", `"Name":"default"`},
	},
	"s3": {
		{"aws-sdk:s3:createBucket", `{"Bucket": "bucket"}`, "", `"Location":"/bucket"`},
		{"aws-sdk:s3:putObject", `{"Bucket": "bucket", "Key": "k/1", "Body": {"a": 1}}`, "", `"ETag":"\"bb6cb5c68df4652941caf652a366f2d8\""`},
		{"aws-sdk:s3:getObject", `{"Bucket": "bucket", "Key": "k/1"}`, "", `"Body":"{\"a\":1}"`},
		{"aws-sdk:s3:listObjectsV2", `{"Bucket": "bucket", "Prefix": "k/"}`, "", `"Key":"k/1"`},
		{"aws-sdk:s3:getObject", `{"Bucket": "bucket", "Key": "none"}`, "", "S3.NoSuchKeyException: The specified key does not exist. (Service: S3, Status Code: 404, Request ID: "},
		{"aws-sdk:s3:copyObject", `{"Bucket": "bucket", "Key": "k/2", "CopySource": "bucket/k/1"}`, "", `"CopyObjectResult":{`},
		{"aws-sdk:s3:deleteObject", `{"Bucket": "bucket", "Key": "k/1"}`, "", `{`},
	},
	"secretsmanager": {
		{"aws-sdk:secretsmanager:createSecret", `{"Name": "s", "SecretString": "x"}`, "", `"Name":"s"`},
		{"aws-sdk:secretsmanager:getSecretValue", `{"SecretId": "s"}`, "", `"SecretString":"x"`},
		{"aws-sdk:secretsmanager:getSecretValue", `{"SecretId": "none"}`, "", "SecretsManager.ResourceNotFoundException: "},
	},
	"ssm": {
		{"aws-sdk:ssm:putParameter", `{"Name": "p", "Value": "v", "Type": "String"}`, "", `"Version":1`},
		{"aws-sdk:ssm:getParameter", `{"Name": "p"}`, "", `"Value":"v"`},
	},
	"ec2, rds": {
		{"aws-sdk:ec2:describeVpcs", `{"Filters": [{"Name": "is-default", "Values": ["true"]}]}`, "", `"VpcId":"vpc-`},
		{"aws-sdk:rds:describeDBInstances", `{"DbInstanceIdentifier": "none"}`, "", "Rds.DbInstanceNotFoundException: "},
	},
	"athena": {
		{"athena:startQueryExecution.sync", `{"QueryString": "SELECT 1", "ResultConfiguration": {"OutputLocation": "s3://b/o"}}`, "", `"State":"SUCCEEDED"`},
	},
	"ecs": {
		{"aws-sdk:ecs:createCluster", `{"ClusterName": "c"}`, "", `"ClusterName":"c"`},
		{"aws-sdk:ecs:registerTaskDefinition", `{"Family": "f", "ContainerDefinitions": [{"Name": "n", "Image": "i", "Memory": 1, "Cpu": 1}]}`, "", `"Family":"f"`},
		{"ecs:runTask", `{"Cluster": "none", "TaskDefinition": "f"}`, "", "ECS.ClusterNotFoundException: "},
	},
	"glue": {
		{"aws-sdk:glue:createJob", `{"Name": "j", "Role": "r", "Command": {"Name": "glueetl", "ScriptLocation": "s3://b/s"}}`, "", `"Name":"j"`},
		{"glue:startJobRun", `{"JobName": "j"}`, "", `"JobName":"j","JobRunId":"`},
		{"glue:startJobRun.sync", `{"JobName": "j"}`, "", `"JobRunState":"SUCCEEDED"`},
		{"glue:startJobRun.sync", `{"JobName": "none"}`, "", "Glue.EntityNotFoundException: "},
	},
	"batch": {
		{"batch:submitJob.sync", `{"JobName": "n", "JobQueue": "none", "JobDefinition": "none"}`, "", "Batch."},
	},
	"iam, sts, logs, cloudwatch, kinesis, kms": {
		{"aws-sdk:iam:listUsers", `{}`, "", `"Users":[`},
		{"aws-sdk:sts:getCallerIdentity", `{}`, "", `"Account":"123456789012"`},
		{"aws-sdk:cloudwatchlogs:createLogGroup", `{"LogGroupName": "g"}`, "", `{}`},
		{"aws-sdk:cloudwatch:putMetricData", `{"Namespace": "n", "MetricData": [{"MetricName": "m", "Value": 1.5, "Unit": "Count"}]}`, "", `{}`},
		{"aws-sdk:kinesis:createStream", `{"StreamName": "s", "ShardCount": 1}`, "", `{}`},
		{"aws-sdk:kinesis:putRecord", `{"StreamName": "s", "Data": "d", "PartitionKey": "k"}`, "", `"SequenceNumber":"`},
		{"aws-sdk:kms:createKey", `{}`, "key", `"KeyMetadata":{`},
		{"aws-sdk:kms:encrypt", `{"KeyId": "${key.KeyMetadata.KeyId}", "Plaintext": "p"}`, "", `"CiphertextBlob":"`},
	},
}

// Tasks call the services of moto, a server that plays many of AWS's.
func TestMoto(t *testing.T) {
	url := startMoto(t)
	for name, steps := range motoCases {
		t.Run(name, func(t *testing.T) {
			x := newTest(t, emulator.WithAutoAdvance(time.Now()), emulator.WithServicesEndpoint(url))
			kept := make(map[string]value.Value)
			for i, step := range steps {
				parameters := filled(step.parameters, kept)
				got := x.em.Wait(x.start(x.create(fmt.Sprintf("step-%d", i), `{"StartAt": "T", "States": {"T": {"Type": "Task",
					"Resource": "arn:aws:states:::`+step.resource+`", "Parameters": `+parameters+`, "End": true}}}`), "", `{}`))
				if said := got.Output + got.Error + ": " + got.Cause; !strings.Contains(said, step.want) {
					t.Errorf("%s %s\n got %s\nwant %s", step.resource, parameters, said, step.want)
				}
				if step.keep != "" {
					kept[step.keep] = value.MustParse(got.Output)
				}
			}
		})
	}
}

// filled puts the parts of results that were kept into parameters.
func filled(parameters string, kept map[string]value.Value) string {
	return regexp.MustCompile(`\$\{[^}]+\}`).ReplaceAllStringFunc(parameters, func(reference string) string {
		name, path, _ := strings.Cut(reference[2:len(reference)-1], ".")
		v := kept[name]
		for _, member := range strings.Split(path, ".") {
			v = v.Get(member)
		}
		return v.Text()
	})
}
