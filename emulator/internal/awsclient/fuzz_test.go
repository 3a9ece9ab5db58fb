package awsclient

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/value"
)

// fuzzed are operations of all protocols, some with shapes that contain
// themselves, headers, streams and documents.
var fuzzed = []struct{ service, operation string }{
	{"dynamodb", "GetItem"}, {"lambda", "Invoke"}, {"lambda", "GetFunction"}, {"emr-serverless", "GetJobRun"}, {"bedrock-runtime", "Converse"},
	{"s3", "GetObject"}, {"s3", "ListObjectsV2"}, {"s3", "GetBucketAcl"}, {"s3", "GetBucketLocation"}, {"route53", "ListHostedZones"},
	{"sns", "GetTopicAttributes"}, {"rds", "DescribeDBInstances"}, {"ec2", "DescribeInstances"}, {"eventbridgev2", "ListEventBuses"},
	{"lex-runtime", "PostContent"}, {"sqs", "ReceiveMessage"},
}

func operationOf(t testing.TB, i int) (*awsapi.Service, *awsapi.Operation) {
	t.Helper()
	s, o, err := find(fuzzed[i].service, fuzzed[i].operation)
	if err != nil {
		t.Fatal(err)
	}
	return s, o
}

// FuzzAnswer reads hostile answers: each becomes an output that is JSON, or an
// error.
func FuzzAnswer(f *testing.F) {
	for i := range fuzzed {
		f.Add(uint(i), 200, "x", []byte(`{"Item":{"a":{"M":{"b":{"L":[{"S":"x"}]}}}}}`))
		f.Add(uint(i), 200, "application/json", []byte(`<r><Owner><ID>x</ID></Owner><reservationSet><item/></reservationSet></r>`))
		f.Add(uint(i), 400, "E:x", []byte(`<ErrorResponse><Error><Code>E</Code></Error></ErrorResponse>`))
		f.Add(uint(i), 503, "", []byte(`{"__type":"a#E","message":1}`))
		f.Add(uint(i), 200, `a, "b\"c", Sat, 31 Jan 2026 12:00:00 GMT`, []byte("\xbf\x65Items\x9f\xa1\x64Name\x61x\xff\xff"))
	}
	f.Fuzz(func(t *testing.T, which uint, status int, header string, body []byte) {
		s, o := operationOf(t, int(which%uint(len(fuzzed))))
		a := answer{status: status, header: make(http.Header), body: body}
		for _, name := range []string{"X-Amzn-Errortype", "Content-Type", "Last-Modified", "X-Amz-Meta-A", "X-Amz-Lex-Session-Attributes", "X-Amzn-Query-Error"} {
			a.header.Set(name, header)
		}
		for _, casing := range []awsapi.Casing{awsapi.PascalCase, awsapi.JavaV2, awsapi.API} {
			got, err := a.response(s, o, casing)
			if (err == nil) != got.Output.Exists() {
				t.Errorf("output %s and error %v", got.Output, err)
			}
			if text := got.Output.String(); err == nil && (!json.Valid([]byte(text)) || !utf8.ValidString(text)) {
				t.Errorf("output %q is not JSON", got.Output)
			}
		}
		if e := a.failure(s, o); e.Status != status {
			t.Errorf("status %d", e.Status)
		}
	})
}

// FuzzInput writes hostile inputs: each becomes a request, or an *InputError.
func FuzzInput(f *testing.F) {
	for i := range fuzzed {
		f.Add(uint(i), `{"TableName": "x", "Key": {"a": {"M": {"b": {"L": [{"N": "1"}]}}}}}`)
		f.Add(uint(i), `{"FunctionName": "../x", "Payload": [1, null], "Bucket": "b", "Key": "/../k?", "IfModifiedSince": 1e9}`)
		f.Add(uint(i), `{"ModelId": "m", "AdditionalModelRequestFields": {"a": [1.50]}, "Messages": [{"Role": "user", "Content": [{"Text": "x"}]}]}`)
	}
	f.Fuzz(func(t *testing.T, which uint, input string) {
		s, o := operationOf(t, int(which%uint(len(fuzzed))))
		in, err := value.Parse(input)
		if err != nil {
			return
		}
		checked, err := check(o, in, awsapi.PascalCase, nil)
		if err != nil {
			return
		}
		m := messageOf(s, o, checked)
		if strings.ContainsAny(m.path+m.query, " #\r\n") {
			t.Errorf("path %q, query %q", m.path, m.query)
		}
		switch mime := m.header.Get("Content-Type"); {
		case strings.HasPrefix(mime, "application/x-amz-json"), mime == "application/json" && o.Input.Payload == nil:
			if !json.Valid(m.body) {
				t.Errorf("body %q is not JSON", m.body)
			}
		case mime == "application/cbor":
			if _, err := parseCBOR(m.body); err != nil {
				t.Errorf("body %q: %v", m.body, err)
			}
		}
	})
}

// TestHostileAnswers checks the limits of answers.
func TestHostileAnswers(t *testing.T) {
	for _, test := range []struct {
		name, service, operation string
		body, want               string
	}{
		{"deep XML", "s3", "ListObjectsV2", strings.Repeat("<a>", 5000), "more than 200 elements are in each other"},
		{"entities", "s3", "ListObjectsV2", `<!DOCTYPE x [<!ENTITY a "aaaa">]><a>&a;</a>`, "it is not XML"},
		{"two roots", "s3", "ListObjectsV2", `<a/><b/>`, "there is no element"},
		{"deep JSON", "dynamodb", "GetItem", strings.Repeat("[", 5000), "it is not JSON"},
		{"deep CBOR", "eventbridgev2", "ListEventBuses", strings.Repeat("\x81", 5000), "more than 200 values are in each other"},
		{"tags of CBOR", "eventbridgev2", "ListEventBuses", strings.Repeat("\xc1", 5000), "more than 200 values are in each other"},
		{"long CBOR", "eventbridgev2", "ListEventBuses", "\x9b\xff\xff\xff\xff\xff\xff\xff\xff", "the data ends too early"},
		{"endless CBOR", "eventbridgev2", "ListEventBuses", "\xbf\x61a", "the data ends too early"},
	} {
		s, o, err := find(test.service, test.operation)
		if err != nil {
			t.Fatal(err)
		}
		a := answer{status: 200, header: make(http.Header), body: []byte(test.body)}
		if _, err := a.response(s, o, awsapi.PascalCase); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %s", test.name, err, test.want)
		}
		a.failure(s, o)
	}
	if _, err := parseElements([]byte("<a>"+strings.Repeat("<b/>", 9)+"</a>"), 9); err == nil || err.Error() != "there are more than 9 elements" {
		t.Errorf("wide XML: got %v", err)
	}
}
