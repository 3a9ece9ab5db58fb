package awsclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/emulator/internal/random"
	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/value"
)

// A service answers every request with the same and keeps what it has got.
type fakeService struct {
	status int // 0: 200
	header map[string]string
	body   string

	got string // the request: a line, some headers, an empty line, the body
}

// shown are the headers of requests that tests compare.
var shown = []string{
	"Accept", "Cache-Control", "Content-Md5", "Content-Type", "Expires", "Smithy-Protocol", "X-Amz-Checksum-Crc32", "X-Amz-Checksum-Sha256",
	"X-Amz-Log-Type", "X-Amz-Meta-Color", "X-Amz-Sdk-Checksum-Algorithm", "X-Amz-Target", "X-Amzn-Query-Mode",
}

func (s *fakeService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", r.Method, r.RequestURI)
	for _, name := range shown {
		if r.Header.Get(name) != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, r.Header.Get(name))
		}
	}
	s.got = b.String() + "\n" + string(body)
	for name, content := range s.header {
		w.Header().Set(name, content)
	}
	if s.status != 0 {
		w.WriteHeader(s.status)
	}
	io.WriteString(w, s.body)
}

// client returns a client of which every service is s.
func (s *fakeService) client(t *testing.T) *Client {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return clientOf(t, server.URL)
}

func clientOf(t *testing.T, url string) *Client {
	t.Helper()
	var endpoints Endpoints
	if err := endpoints.Set("", url); err != nil {
		t.Fatal(err)
	}
	return New(Settings{Endpoints: &endpoints, Region: "eu-west-1", Now: func() time.Time { return time.Unix(1_790_000_000, 0) }})
}

// TestCall holds what is sent and what comes back, for each protocol.
func TestCall(t *testing.T) {
	for _, test := range []struct {
		name      string
		service   string
		operation string
		casing    awsapi.Casing
		input     string
		answer    fakeService
		request   string // "" : not compared
		output    string
		err       string // "code: message (status n) shape request"
	}{
		{
			name: "JSON 1.0", service: "dynamodb", operation: "GetItem",
			input:   `{"Key": {"id": {"S": "A-17"}, "n": {"N": "4"}}, "TableName": "orders", "ConsistentRead": true}`,
			answer:  fakeService{body: `{"Item":{"paid":{"BOOL":true},"id":{"S":"A-17"},"x":{"NULL":true},"b":{"B":"aGk="}},"Unknown":1,"ConsumedCapacity":null}`},
			request: "POST /\nContent-Type: application/x-amz-json-1.0\nX-Amz-Target: DynamoDB_20120810.GetItem\n\n{\"TableName\":\"orders\",\"Key\":{\"id\":{\"S\":\"A-17\"},\"n\":{\"N\":\"4\"}},\"ConsistentRead\":true}",
			output:  `{"Item":{"paid":{"BOOL":true},"id":{"S":"A-17"},"x":{"NULL":true},"b":{"B":"hi"}}}`,
		},
		{
			name: "aws-sdk has the names of Java", service: "dynamodb", operation: "PutItem", casing: awsapi.JavaV2,
			input:   `{"TableName": "orders", "Item": {"paid": {"Bool": true}, "none": {"Nul": true}, "l": {"Ss": ["a"]}}}`,
			answer:  fakeService{body: `{"Attributes":{"paid":{"BOOL":false},"n":{"NULL":true}}}`},
			request: "POST /\nContent-Type: application/x-amz-json-1.0\nX-Amz-Target: DynamoDB_20120810.PutItem\n\n{\"TableName\":\"orders\",\"Item\":{\"paid\":{\"BOOL\":true},\"none\":{\"NULL\":true},\"l\":{\"SS\":[\"a\"]}}}",
			output:  `{"Attributes":{"paid":{"Bool":false},"n":{"Nul":true}}}`,
		},
		{
			name: "JSON 1.1, small letters, JSON into a string, a time in milliseconds", service: "stepfunctions", operation: "StartExecution",
			input:   `{"StateMachineArn": "arn", "Input": {"a": [1, 2.0]}, "Name": null}`,
			answer:  fakeService{body: `{"startDate":1.5E9,"executionArn":"x"}`},
			request: "POST /\nContent-Type: application/x-amz-json-1.0\nX-Amz-Target: AWSStepFunctions.StartExecution\n\n{\"stateMachineArn\":\"arn\",\"input\":\"{\\\"a\\\":[1,2.0]}\"}",
			output:  `{"ExecutionArn":"x","StartDate":1500000000000}`,
		},
		{
			name: "times of aws-sdk", service: "stepfunctions", operation: "DescribeExecution", casing: awsapi.JavaV2,
			input:  `{"ExecutionArn": "x"}`,
			answer: fakeService{body: `{"startDate":1790000000.25,"stopDate":1790000001,"status":"SUCCEEDED"}`},
			output: `{"StartDate":"2026-09-21T14:13:20.250Z","Status":"SUCCEEDED","StopDate":"2026-09-21T14:13:21Z"}`,
		},
		{
			name: "a code of Query in JSON", service: "sqs", operation: "SendMessage",
			input:   `{"QueueUrl": "http://x/1/q", "MessageBody": "hi"}`,
			answer:  fakeService{status: 400, header: map[string]string{"x-amzn-query-error": "AWS.SimpleQueueService.NonExistentQueue;Sender", "x-amzn-RequestId": "r-1"}, body: `{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"no such queue"}`},
			request: "POST /\nContent-Type: application/x-amz-json-1.0\nX-Amz-Target: AmazonSQS.SendMessage\nX-Amzn-Query-Mode: true\n\n{\"QueueUrl\":\"http://x/1/q\",\"MessageBody\":\"hi\"}",
			err:     "AWS.SimpleQueueService.NonExistentQueue: no such queue (status 400) QueueDoesNotExist r-1",
		},
		{
			name: "REST with JSON: path, header, payload", service: "lambda", operation: "Invoke",
			input:   `{"FunctionName": "pay/now", "Payload": {"a": 1}, "LogType": "Tail", "Qualifier": "v 1"}`,
			answer:  fakeService{header: map[string]string{"X-Amz-Executed-Version": "7", "X-Amz-Function-Error": "Unhandled"}, body: `{"errorType":"E"}`},
			request: "POST /2015-03-31/functions/pay%2Fnow/invocations?Qualifier=v%201\nContent-Type: application/octet-stream\nX-Amz-Log-Type: Tail\n\n{\"a\":1}",
			output:  `{"ExecutedVersion":"7","FunctionError":"Unhandled","Payload":"{\"errorType\":\"E\"}","StatusCode":200}`,
		},
		{
			name: "REST with JSON: query and body, an error by its header", service: "eks", operation: "CreateCluster", casing: awsapi.JavaV2,
			input:   `{"Name": "c", "RoleArn": "r", "ResourcesVpcConfig": {"SubnetIds": ["s"]}, "ClientRequestToken": "t"}`,
			answer:  fakeService{status: 409, header: map[string]string{"X-Amzn-Errortype": "ResourceInUseException:http://x/"}, body: `{"message":"it is there"}`},
			request: "POST /clusters\nContent-Type: application/json\n\n{\"name\":\"c\",\"roleArn\":\"r\",\"resourcesVpcConfig\":{\"subnetIds\":[\"s\"]},\"clientRequestToken\":\"t\"}",
			err:     "ResourceInUseException: it is there (status 409) ResourceInUseException ",
		},
		{
			name: "REST with XML: headers and a stream", service: "s3", operation: "PutObject", casing: awsapi.JavaV2,
			input:   `{"Bucket": "b", "Key": "a b/ü+.txt", "Body": {"x": false}, "Metadata": {"color": "red"}, "CacheControl": "no-store", "Expires": "2026-01-31T12:00:00Z"}`,
			answer:  fakeService{header: map[string]string{"ETag": `"e"`}},
			request: "PUT /b/a%20b/%C3%BC%2B.txt\nCache-Control: no-store\nContent-Type: application/octet-stream\nExpires: Sat, 31 Jan 2026 12:00:00 GMT\nX-Amz-Meta-Color: red\n\n{\"x\":false}",
			output:  `{"ETag":"\"e\""}`,
		},
		{
			name: "REST with XML: the stream of an answer comes last", service: "s3", operation: "GetObject", casing: awsapi.JavaV2,
			input:   `{"Bucket": "b", "Key": "k"}`,
			answer:  fakeService{header: map[string]string{"ETag": `"e"`, "Last-Modified": "Sat, 31 Jan 2026 12:00:00 GMT", "Content-Type": "text/plain", "X-Amz-Meta-Color": "red", "Expires": "never"}, body: "<Error>text</Error>"},
			request: "GET /b/k\n\n",
			output:  `{"ContentLength":19,"ContentType":"text/plain","ETag":"\"e\"","LastModified":"2026-01-31T12:00:00Z","Metadata":{"color":"red"},"Body":"<Error>text</Error>"}`,
		},
		{
			name: "REST with XML: a body, with the checksum that it must have", service: "s3", operation: "PutBucketTagging",
			input:   `{"Bucket": "b", "Tagging": {"TagSet": [{"Key": "k", "Value": "<v>"}]}}`,
			request: "PUT /b?tagging=\nContent-Type: application/xml\nX-Amz-Checksum-Crc32: CNIb9w==\nX-Amz-Sdk-Checksum-Algorithm: CRC32\n\n<Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><TagSet><Tag><Key>k</Key><Value>&lt;v&gt;</Value></Tag></TagSet></Tagging>",
			output:  `{}`,
		},
		{
			name: "REST with XML: attributes", service: "s3", operation: "PutBucketAcl",
			input:   `{"Bucket": "b", "ChecksumAlgorithm": "SHA256", "AccessControlPolicy": {"Grants": [{"Grantee": {"Type": "CanonicalUser", "ID": "i"}, "Permission": "READ"}]}}`,
			request: "PUT /b?acl=\nContent-Type: application/xml\nX-Amz-Checksum-Sha256: LGkuwXIIhKltwBqEGtMQ1HGrBbAaBLOQgx1unTSZVOc=\nX-Amz-Sdk-Checksum-Algorithm: SHA256\n\n<AccessControlPolicy xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><AccessControlList><Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\"><ID>i</ID></Grantee><Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>",
			output:  `{}`,
		},
		{
			name: "REST with XML: lists of an answer", service: "s3", operation: "ListObjectsV2", casing: awsapi.JavaV2,
			input:  `{"Bucket": "b", "MaxKeys": 2}`,
			answer: fakeService{body: `<?xml version="1.0"?><ListBucketResult xmlns="x"><Name>b</Name><KeyCount>2</KeyCount><IsTruncated>false</IsTruncated><Contents><Key>1</Key><Size>5</Size></Contents><Contents><Key>2</Key></Contents></ListBucketResult>`},
			output: `{"Contents":[{"Key":"1","Size":5},{"Key":"2"}],"IsTruncated":false,"KeyCount":2,"Name":"b"}`,
		},
		{
			name: "REST with XML: the root is the member", service: "s3", operation: "GetBucketLocation", input: `{"Bucket": "b"}`,
			answer: fakeService{body: `<LocationConstraint xmlns="x">eu-west-1</LocationConstraint>`}, output: `{"LocationConstraint":"eu-west-1"}`,
		},
		{
			name: "REST with XML: an error", service: "s3", operation: "GetObject", input: `{"Bucket": "b", "Key": "k"}`,
			answer: fakeService{status: 404, header: map[string]string{"x-amz-request-id": "r-2"}, body: `<Error><Code>NoSuchKey</Code><Message>no key</Message><HostId>h</HostId></Error>`},
			err:    "NoSuchKey: no key (status 404) NoSuchKey r-2",
		},
		{
			name: "an error with the status of a success", service: "s3", operation: "CopyObject", input: `{"Bucket": "b", "Key": "k", "CopySource": "b/x"}`,
			answer: fakeService{body: `<?xml version="1.0"?><Error><Code>InternalError</Code><Message>again</Message><RequestId>r-3</RequestId></Error>`},
			err:    "InternalError: again (status 200)  r-3",
		},
		{
			name: "HEAD has no body", service: "s3", operation: "HeadObject", input: `{"Bucket": "b", "Key": "k"}`,
			answer: fakeService{status: 404}, err: "NoSuchKey (status 404) NoSuchKey ",
		},
		{
			name: "ids of Route 53", service: "route53", operation: "ChangeResourceRecordSets", casing: awsapi.JavaV2,
			input:   `{"HostedZoneId": "/hostedzone/Z1", "ChangeBatch": {"Changes": [{"Action": "CREATE", "ResourceRecordSet": {"Name": "x", "Type": "A", "Ttl": 60}}]}}`,
			answer:  fakeService{body: `<ChangeResourceRecordSetsResponse><ChangeInfo><Id>/change/C1</Id><SubmittedAt>2026-01-31T12:00:00.123456Z</SubmittedAt></ChangeInfo></ChangeResourceRecordSetsResponse>`},
			request: "POST /2013-04-01/hostedzone/Z1/rrset/\nContent-Type: application/xml\n\n<ChangeResourceRecordSetsRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><ChangeBatch><Changes><Change><Action>CREATE</Action><ResourceRecordSet><Name>x</Name><Type>A</Type><TTL>60</TTL></ResourceRecordSet></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>",
			output:  `{"ChangeInfo":{"Id":"/change/C1","SubmittedAt":"2026-01-31T12:00:00.123456Z"}}`,
		},
		{
			name: "Query: lists and maps", service: "sns", operation: "Publish",
			input:   `{"TopicArn": "t", "Message": "a b", "MessageAttributes": {"k": {"DataType": "Binary", "BinaryValue": "hi"}}}`,
			answer:  fakeService{body: `<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult><ResponseMetadata><RequestId>r-4</RequestId></ResponseMetadata></PublishResponse>`},
			request: "POST /\nContent-Type: application/x-www-form-urlencoded\n\nAction=Publish&Version=2010-03-31&TopicArn=t&Message=a+b&MessageAttributes.entry.1.Name=k&MessageAttributes.entry.1.Value.DataType=Binary&MessageAttributes.entry.1.Value.BinaryValue=aGk%3D",
			output:  `{"MessageId":"m"}`,
		},
		{
			name: "Query: an error, whose name is not its code", service: "rds", operation: "DescribeDBInstances", casing: awsapi.JavaV2,
			input:   `{"DbInstanceIdentifier": "d", "Filters": [{"Name": "n", "Values": ["a", "b"]}]}`,
			answer:  fakeService{status: 404, body: `<ErrorResponse><Error><Type>Sender</Type><Code>DBInstanceNotFound</Code><Message>none</Message></Error><RequestId>r-5</RequestId></ErrorResponse>`},
			request: "POST /\nContent-Type: application/x-www-form-urlencoded\n\nAction=DescribeDBInstances&Version=2014-10-31&DBInstanceIdentifier=d&Filters.Filter.1.Name=n&Filters.Filter.1.Values.Value.1=a&Filters.Filter.1.Values.Value.2=b",
			err:     "DBInstanceNotFound: none (status 404) DBInstanceNotFoundFault r-5",
		},
		{
			name: "EC2", service: "ec2", operation: "DescribeInstances", casing: awsapi.JavaV2,
			input:   `{"InstanceIds": ["i-1"], "Filters": [{"Name": "n", "Values": ["a"]}], "DryRun": false}`,
			answer:  fakeService{body: `<DescribeInstancesResponse><requestId>r</requestId><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId><launchTime>2026-01-31T12:00:00.000Z</launchTime><tagSet/></item></instancesSet></item></reservationSet></DescribeInstancesResponse>`},
			request: "POST /\nContent-Type: application/x-www-form-urlencoded\n\nAction=DescribeInstances&Version=2016-11-15&InstanceId.1=i-1&DryRun=false&Filter.1.Name=n&Filter.1.Value.1=a",
			output:  `{"Reservations":[{"Instances":[{"InstanceId":"i-1","LaunchTime":"2026-01-31T12:00:00Z","Tags":[]}]}]}`,
		},
		{
			name: "an error of EC2", service: "ec2", operation: "DescribeInstances",
			answer: fakeService{status: 400, body: `<Response><Errors><Error><Code>InvalidInstanceID.NotFound</Code><Message>none</Message></Error></Errors><RequestID>r-6</RequestID></Response>`},
			err:    "InvalidInstanceID.NotFound: none (status 400)  r-6",
		},
		{
			name: "CBOR", service: "eventbridgev2", operation: "CreateEventBus", casing: awsapi.JavaV2,
			input:   `{"Name": "b", "ClientToken": "t", "Tags": {"k": "v"}}`,
			answer:  fakeService{body: "\xbf\x64Name\x7f\x61b\x61\xff\xff\x6cCreationTime\xc1\xfb\x41\xda\xac\x4e\xe0\x10\x00\x00\x65State\xf6\x65Other\x9f\x01\xff\xff"},
			request: "POST /service/AWSEventsV2/operation/CreateEventBus\nAccept: application/cbor\nContent-Type: application/cbor\nSmithy-Protocol: rpc-v2-cbor\n\n\xa3\x64Name\x61b\x64Tags\xa1\x61k\x61v\x6bClientToken\x61t",
			output:  "{\"CreationTime\":\"2026-09-21T14:13:20.250Z\",\"Name\":\"b\uFFFD\"}",
		},
		{
			name: "an error of CBOR", service: "eventbridgev2", operation: "ListEventBuses",
			answer: fakeService{status: 400, body: "\xa2\x66__type\x63x#E\x67message\x62no"}, err: "E: no (status 400)  ",
		},
		{
			name: "a page of a proxy", service: "dynamodb", operation: "ListTables",
			answer: fakeService{status: 502, body: "<h1>Bad Gateway</h1>"}, err: "<h1>Bad Gateway</h1> (status 502)  ",
		},
		{
			name: "a redirect is not followed", service: "dynamodb", operation: "ListTables",
			answer: fakeService{status: 307, header: map[string]string{"Location": "http://127.0.0.1:1/"}}, err: "status 307  ",
		},
		{
			name: "an answer that is not JSON", service: "dynamodb", operation: "ListTables", answer: fakeService{body: "{"},
			err: "the answer of ListTables cannot be read: it is not JSON: ",
		},
		{
			name: "an answer of another shape", service: "dynamodb", operation: "ListTables", answer: fakeService{body: `{"TableNames":[{"a":1}, 2],"LastEvaluatedTableName":3}`},
			output: `{"LastEvaluatedTableName":"3","TableNames":["{\"a\":1}","2"]}`,
		},
		{
			name: "an answer that cannot be read", service: "dynamodb", operation: "ListTables", answer: fakeService{body: `{"TableNames":{"a":1}}`},
			err: `the answer of ListTables cannot be read: $.TableNames: expected an array, got object {"a":1}`,
		},
		{
			name: "an answer that is too large", service: "s3", operation: "GetObject", input: `{"Bucket": "b", "Key": "k"}`,
			answer: fakeService{body: strings.Repeat("x", MaxAnswer+1)}, err: "the answer is larger than 8388608 bytes",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			request := Request{Service: test.service, Operation: test.operation, Casing: test.casing}
			if test.input != "" {
				request.Input = value.MustParse(test.input)
			}
			got, err := test.answer.client(t).Call(context.Background(), request)
			if test.request != "" && test.answer.got != test.request {
				t.Errorf("sent\n%s\nwant\n%s", test.answer.got, test.request)
			}
			if test.err != "" {
				if e := new(Error); !errors.As(err, &e) || !strings.HasPrefix(e.Error()+" "+e.Shape+" "+e.RequestID, test.err) {
					t.Errorf("got the error %v, want %s", err, test.err)
				}
				return
			}
			if err != nil || got.Output.String() != test.output {
				t.Errorf("got  %s, %v\nwant %s", got.Output, err, test.output)
			}
		})
	}
}

func TestInputErrors(t *testing.T) {
	for _, test := range []struct {
		service, operation string
		casing             awsapi.Casing
		input, want        string
	}{
		{"dynamodb", "GetItem", awsapi.PascalCase, `[]`, "$: expected an object, got array []"},
		{"dynamodb", "GetItem", awsapi.PascalCase, `{"Tablename": "x"}`, `$.Tablename: no such member (did you mean "TableName"?)`},
		{"dynamodb", "GetItem", awsapi.PascalCase, `{"Key": {"id": {"X": "x"}}}`, `$.Key.id.X: no such member`},
		{"dynamodb", "PutItem", awsapi.JavaV2, `{"Item": {"id": {"BOOL": true}}}`, `$.Item.id.BOOL: no such member (did you mean "Bool"?)`},
		{"dynamodb", "GetItem", awsapi.PascalCase, `{"ConsistentRead": "yes"}`, `$.ConsistentRead: expected a boolean, got string "yes"`},
		{"dynamodb", "GetItem", awsapi.PascalCase, `{"AttributesToGet": ["a", 1]}`, `$.AttributesToGet[1]: expected a string, got number 1`},
		{"sqs", "SendMessage", awsapi.PascalCase, `{"DelaySeconds": "ten"}`, `$.DelaySeconds: expected a number, got string "ten"`},
		{"s3", "GetObject", awsapi.JavaV2, `{"Bucket": "b"}`, "$.Key: is required"},
		{"s3", "GetObject", awsapi.JavaV2, `{"Bucket": "", "Key": "k"}`, "$.Bucket: is required"},
		{"s3", "GetObject", awsapi.JavaV2, `{"Bucket": "b", "Key": "k", "IfModifiedSince": "soon"}`, `$.IfModifiedSince: expected a time such as 2026-01-31T12:00:00Z, got string "soon"`},
		{"s3", "PutObjectAcl", awsapi.JavaV2, `{"Bucket": "b", "Key": "k", "ChecksumAlgorithm": "XXHASH3"}`, `$.ChecksumAlgorithm: expected CRC32, CRC32C, CRC64NVME, MD5, SHA1, SHA256 or SHA512, got string "XXHASH3"`},
	} {
		_, err := new(fakeService).client(t).Call(context.Background(), Request{
			Service: test.service, Operation: test.operation, Casing: test.casing, Input: value.MustParse(test.input),
		})
		if e := new(InputError); !errors.As(err, &e) || e.Error() != test.want {
			t.Errorf("%s %s: got %v, want %s", test.operation, test.input, err, test.want)
		}
	}
}

func TestUnknownOperation(t *testing.T) {
	for _, test := range []struct{ service, operation, want string }{
		{"dynamo", "GetItem", `there is no AWS service "dynamo"`},
		{"dynamodb", "GetItems", `service dynamodb has no action "GetItems" (did you mean "GetItem"?)`},
	} {
		_, err := New(Settings{}).Call(context.Background(), Request{Service: test.service, Operation: test.operation})
		if e := new(awsapi.UnknownError); !errors.As(err, &e) || !strings.HasPrefix(e.Error(), test.want) {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
}

// TestIdempotencyToken checks that a seed repeats the tokens that the input leaves
// out.
func TestIdempotencyToken(t *testing.T) {
	var tokens []string
	for range 2 {
		service := fakeService{body: "{}"}
		_, err := service.client(t).Call(context.Background(), Request{
			Service: "athena", Operation: "StartQueryExecution", Random: random.New(7), Input: value.MustParse(`{"QueryString": "SELECT 1"}`),
		})
		if err != nil {
			t.Fatal(err)
		}
		_, body, _ := strings.Cut(service.got, "\n\n")
		tokens = append(tokens, value.MustParse(body).Get("ClientRequestToken").Text())
	}
	if len(tokens[0]) != 36 || tokens[0] != tokens[1] {
		t.Errorf("the tokens are %q", tokens)
	}
}

// A roundTripper answers requests to any host.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A fakeAWS answers as real AWS and keeps the URLs that are called, and for whom the
// requests are signed.
type fakeAWS struct{ calls []string }

func (f *fakeAWS) RoundTrip(r *http.Request) (*http.Response, error) {
	_, signer, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	signer, _, _ = strings.Cut(signer, "/aws4_request")
	f.calls = append(f.calls, r.URL.String()+" "+signer)
	body := "{}"
	switch host := r.URL.Host; {
	case strings.HasPrefix(host, "sts."):
		form, _ := io.ReadAll(r.Body)
		query, _ := url.ParseQuery(string(form))
		body = fmt.Sprintf(`<Response><%[1]sResult><Credentials><AccessKeyId>%s</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>`+
			`<Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></%[1]sResult></Response>`, query.Get("Action"), query.Get("RoleArn")+"+"+query.Get("RoleSessionName"))
	case strings.HasPrefix(host, "portal.sso."):
		body = `{"roleCredentials":{"accessKeyId":"SSO","secretAccessKey":"s","sessionToken":"` + r.Header.Get("X-Amz-Sso_bearer_token") + `","expiration":32472144000000}}`
	case host == "iam.amazonaws.com" || strings.Contains(host, "s3"):
		body = "<x/>"
	}
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// client returns a client for which a service is real AWS.
func (f *fakeAWS) client(t *testing.T, service string) *Client {
	t.Helper()
	var endpoints Endpoints
	if err := endpoints.Set(service, "aws"); err != nil {
		t.Fatal(err)
	}
	return New(Settings{Endpoints: &endpoints, Region: "eu-west-1", HTTP: f, Now: func() time.Time { return time.Unix(1_790_000_000, 0) }})
}

// noCredentials takes what AWS's tools know away from the test, and returns the home
// folder.
func noCredentials(t *testing.T) string {
	for _, name := range []string{
		"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE",
		"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
		"AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
	} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	return home
}

// TestRealAWS checks where calls go whose endpoint is "aws", and as whom.
func TestRealAWS(t *testing.T) {
	noCredentials(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKID")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	for _, test := range []struct {
		name, service, operation, region, role, input string
		want                                          []string
	}{
		{"regional", "dynamodb", "ListTables", "eu-west-1", "", `{}`, []string{"https://dynamodb.eu-west-1.amazonaws.com/ AKID/20260921/eu-west-1/dynamodb"}},
		{"global", "iam", "ListUsers", "eu-west-1", "", `{}`, []string{"https://iam.amazonaws.com/ AKID/20260921/us-east-1/iam"}},
		{"of China", "stepfunctions", "ListActivities", "cn-north-1", "", `{}`, []string{"https://states.cn-north-1.amazonaws.com.cn/ AKID/20260921/cn-north-1/states"}},
		{"in another domain", "dsql", "ListClusters", "", "", `{}`, []string{"https://dsql.eu-west-1.api.aws/cluster AKID/20260921/eu-west-1/dsql"}},
		{"with a prefix", "stepfunctions", "StartSyncExecution", "eu-west-1", "", `{"StateMachineArn": "a"}`, []string{"https://sync-states.eu-west-1.amazonaws.com/ AKID/20260921/eu-west-1/states"}},
		{"with a member as prefix", "s3control", "ListJobs", "eu-west-1", "", `{"AccountId": "123456789012"}`, []string{"https://123456789012.s3-control.eu-west-1.amazonaws.com/v20180820/jobs AKID/20260921/eu-west-1/s3"}},
		{"by path", "s3", "GetObject", "eu-west-1", "", `{"Bucket": "b", "Key": "k"}`, []string{"https://s3.eu-west-1.amazonaws.com/b/k AKID/20260921/eu-west-1/s3"}},
		{
			"as a role", "sqs", "ListQueues", "eu-west-1", "R", `{}`,
			[]string{"https://sts.eu-west-1.amazonaws.com/ AKID/20260921/eu-west-1/sts", "https://sqs.eu-west-1.amazonaws.com/ R+aslocal/20260921/eu-west-1/sqs"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var real fakeAWS
			r := Request{Service: test.service, Operation: test.operation, Region: test.region, Role: test.role, Input: value.MustParse(test.input)}
			if _, err := real.client(t, test.service).Call(context.Background(), r); err != nil || !slices.Equal(real.calls, test.want) {
				t.Errorf("called %q, %v; want %q", real.calls, err, test.want)
			}
		})
	}
	_, err := new(fakeAWS).client(t, "s3control").Call(context.Background(), Request{Service: "s3control", Operation: "ListJobs", Input: value.MustParse(`{"AccountId": "x/y"}`)})
	if e := new(InputError); !errors.As(err, &e) || e.Path != "$.AccountId" {
		t.Errorf("a host of another domain: got %v", err)
	}
	var real fakeAWS
	if _, err := real.client(t, "sqs").Call(context.Background(), Request{Service: "sqs", Operation: "ListQueues", Region: "evil.test/"}); err == nil || len(real.calls) > 0 {
		t.Errorf("a region of another domain: called %q, %v", real.calls, err)
	}
}

// TestTransport checks what an endpoint can do wrong.
func TestTransport(t *testing.T) {
	call := func(ctx context.Context, url string) error {
		_, err := clientOf(t, url).Call(ctx, Request{Service: "dynamodb", Operation: "ListTables"})
		var e *Error
		if !errors.As(err, &e) || e.Err == nil || e.Status != 0 {
			t.Errorf("%s: got %v, want an error of the transport", url, err)
			return nil
		}
		return e
	}
	t.Run("nobody listens", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		l.Close()
		call(t.Context(), "http://"+l.Addr().String())
	})
	t.Run("the call is given up", func(t *testing.T) {
		arrived, gone := make(chan bool), make(chan bool)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.ReadAll(r.Body)
			close(arrived)
			<-r.Context().Done()
			close(gone)
		}))
		t.Cleanup(server.Close)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-arrived; cancel() }()
		if err := call(ctx, server.URL); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		<-gone // the request has ended at the service, too
	})
	t.Run("the answer is cut off", func(t *testing.T) {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, "{")
		}))
		t.Cleanup(server.Close)
		if err := call(t.Context(), server.URL); !errors.Is(err, io.ErrUnexpectedEOF) || !strings.HasPrefix(err.Error(), "the answer ended too early") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a certificate that nobody knows", func(t *testing.T) {
		server := httptest.NewUnstartedServer(new(fakeService))
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.StartTLS()
		t.Cleanup(server.Close)
		if err := call(t.Context(), server.URL); err != nil && !strings.Contains(err.Error(), "certificate") {
			t.Errorf("got %v", err)
		}
	})
}

func TestChecksums(t *testing.T) {
	for algorithm, want := range map[string]string{ // of "123456789", as their definitions have it
		"CRC32": "cbf43926", "CRC32C": "e3069283", "CRC64NVME": "ae8b14860a799888", "MD5": "25f9e794323b453885f5181f1b624d0b",
		"SHA1":   "f7c3bc1d808e04732adf679965ccc34ca7ae3441",
		"SHA256": "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
		"SHA512": "d9e6762dd1c8eaf6d61b3c6192fc408d4d6d5f1176d0c29169bc24e71c3f274ad27fcd5811b313d681f7e55ec02d73d499c95455b6b5bb503acf574fba8ffe85",
	} {
		h := newChecksum(algorithm)
		io.WriteString(h, "123456789")
		if got := fmt.Sprintf("%x", h.Sum(nil)); got != want {
			t.Errorf("%s is %s, want %s", algorithm, got, want)
		}
	}
}

func TestEndpoints(t *testing.T) {
	variables := map[string]string{
		"AWS_ENDPOINT_URL": "http://general:1", "AWS_ENDPOINT_URL_SFN": "http://sfn:2/", "AWS_ENDPOINT_URL_DYNAMODB": "http://variable:3",
		"AWS_ENDPOINT_URL_ELASTIC_BEANSTALK": "http://beans:4", "AWS_ENDPOINT_URL_SNS": "ftp://x",
	}
	var e Endpoints
	for service, url := range map[string]string{"dynamodb": "localhost:8000", "cloudwatchlogs": "https://logs.test", "sqs": "http://gone"} {
		if err := e.Set(service, url); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Set("sqs", ""); err != nil {
		t.Fatal(err)
	}
	if url, err := e.URL("s3"); url != "" || err != nil {
		t.Errorf("s3 is at %q, %v, although nothing says so", url, err)
	}
	if err := e.FromEnvironment(func(name string) (string, bool) { v, ok := variables[name]; return v, ok }); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"dynamodb": "http://localhost:8000", "logs": "https://logs.test", "stepfunctions": "http://sfn:2", "elasticbeanstalk": "http://beans:4",
		"s3": "http://general:1", "sqs": "http://general:1",
	}
	for _, service := range slices.Sorted(maps.Keys(want)) {
		if url, err := e.URL(service); url != want[service] || err != nil {
			t.Errorf("%s is at %q, %v; want %s", service, url, err, want[service])
		}
	}
	if _, err := e.URL("sns"); err == nil || err.Error() != `AWS_ENDPOINT_URL_SNS: endpoint: expected a URL such as http://localhost:5000, or aws for real AWS, got "ftp://x"` {
		t.Errorf("sns: got %v", err)
	}
	if err := e.Set("", "http://all:5"); err != nil {
		t.Fatal(err)
	}
	if url, _ := e.URL("sqs"); url != "http://all:5" {
		t.Errorf("sqs is at %q", url)
	}
	for _, test := range []struct{ service, url, want string }{
		{"dynamodbx", "http://x", `there is no AWS service "dynamodbx" (did you mean "dynamodb"?)`},
		{"sqs", "http://", `endpoint: expected a URL such as http://localhost:5000, or aws for real AWS, got "http://"`},
		{"", "http://x?y=1", `endpoint: expected a URL such as http://localhost:5000, or aws for real AWS, got "http://x?y=1"`},
	} {
		if err := e.Set(test.service, test.url); err == nil || err.Error() != test.want {
			t.Errorf("Set(%q, %q): got %v, want %s", test.service, test.url, err, test.want)
		}
	}
	ignored := Endpoints{}
	ignored.FromEnvironment(func(name string) (string, bool) { return "true", true })
	if url, _ := ignored.URL("sqs"); url != "" {
		t.Errorf("sqs is at %q, although the variables are off", url)
	}
	if err := new(Endpoints).FromEnvironment(func(string) (string, bool) { return "://", true }); err == nil {
		t.Error("a URL that is none was taken")
	}
}

func TestMissingEndpoint(t *testing.T) {
	_, err := New(Settings{}).Call(context.Background(), Request{Service: "stepfunctions", Operation: "ListActivities"})
	var missing *MissingEndpoint
	if !errors.As(err, &missing) || missing.Service != "stepfunctions" {
		t.Fatalf("got %v", err)
	}
	const want = "no endpoint is set for stepfunctions: set services.stepfunctions.endpoint in aslocal.yaml, or AWS_ENDPOINT_URL_SFN or AWS_ENDPOINT_URL in the environment," +
		" to a URL such as http://localhost:5000, or to aws for real AWS"
	if err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
}

func BenchmarkCall(b *testing.B) {
	var endpoints Endpoints
	if err := endpoints.Set("", "http://localhost"); err != nil {
		b.Fatal(err)
	}
	answer := func(r *http.Request) (*http.Response, error) {
		body := `{"Item":{"id":{"S":"A-17"},"total":{"N":"17.50"},"lines":{"L":[{"M":{"sku":{"S":"x"},"n":{"N":"2"}}}]}}}`
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	}
	c := New(Settings{Endpoints: &endpoints, HTTP: roundTripper(answer)})
	r := Request{Service: "dynamodb", Operation: "GetItem", Input: value.MustParse(`{"TableName": "orders", "Key": {"id": {"S": "A-17"}}}`)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Call(context.Background(), r); err != nil {
			b.Fatal(err)
		}
	}
}
