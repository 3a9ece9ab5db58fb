package task

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

const payARN = "arn:aws:lambda:us-east-1:123456789012:function:pay"

// byARN and byInvoke are the two forms of a call.
func byARN(t testing.TB, arn, input string) *Call {
	return &Call{Resource: resource(t, arn), Input: value.MustParse(input), Execution: "arn:aws:states:us-east-1:123456789012:execution:m:x"}
}

func byInvoke(t testing.TB, parameters string) *Call {
	return byARN(t, "arn:aws:states:::lambda:invoke", parameters)
}

// serve runs an endpoint, and a runner whose functions are there.
func serve(t testing.TB, h http.HandlerFunc) *Lambda {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	l := newLambda(t, server.URL)
	t.Cleanup(l.Close)
	return l
}

func newLambda(t testing.TB, endpoint string) *Lambda {
	t.Helper()
	l, err := NewLambda(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// echo is Lambda with functions that return their event.
func echo(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("x-amzn-RequestId", "8b0f3b6a-0000-4000-8000-000000000001")
	h.Set("X-Amz-Executed-Version", "7")
	h.Set("X-Amzn-Trace-Id", "root=1-5e1b4151-5ac6c58f0000000000000000;sampled=0")
	h.Set("Date", "Sat, 21 Nov 2026 10:00:00 GMT")
	h.Set("Server", "not AWS's")
	if r.Header.Get("X-Amz-Log-Type") == "Tail" {
		h.Set("X-Amz-Log-Result", "bG9n")
	}
	io.Copy(w, r.Body)
}

// run returns the output of a call.
func run(l *Lambda, c *Call) (value.Value, error) {
	answer, err := l.Run(context.Background(), c)
	return answer.Output, err
}

func TestRequest(t *testing.T) {
	tests := []struct {
		name, endpoint string // after the server's URL
		urls           map[string]string
		call           *Call
		want           string // path, query, some headers, body
	}{
		{"by ARN", "", nil, byARN(t, payARN, `{"a": 1}`), `/2015-03-31/functions/pay/invocations RequestResponse||| {"a":1}`},
		{"by ARN with alias", "", nil, byARN(t, payARN+":prod", `1.0`), `/2015-03-31/functions/pay/invocations?Qualifier=prod RequestResponse||| 1.0`},
		{"by name", "", nil, byInvoke(t, `{"FunctionName":"pay","Payload":{"a":[1]}}`), `/2015-03-31/functions/pay/invocations RequestResponse||| {"a":[1]}`},
		{"by name with version", "", nil, byInvoke(t, `{"FunctionName":"pay:$LATEST"}`), `/2015-03-31/functions/pay/invocations?Qualifier=%24LATEST RequestResponse||| {}`},
		{"by partial ARN", "", nil, byInvoke(t, `{"FunctionName":"123456789012:function:pay:3","Qualifier":"4"}`), `/2015-03-31/functions/pay/invocations?Qualifier=4 RequestResponse||| {}`},
		{"null is no payload", "", nil, byInvoke(t, `{"FunctionName":"pay","Payload":null}`), `/2015-03-31/functions/pay/invocations RequestResponse||| {}`},
		{"a string goes as it is", "", nil, byInvoke(t, `{"FunctionName":"pay","Payload":"[0.0]"}`), `/2015-03-31/functions/pay/invocations RequestResponse||| [0.0]`},
		{"a string for a string", "", nil, byInvoke(t, `{"FunctionName":"pay","Payload":"\"a\""}`), `/2015-03-31/functions/pay/invocations RequestResponse||| "a"`},
		{"everything", "", nil, byInvoke(t, `{"FunctionName":"pay","InvocationType":"Event","LogType":"Tail","ClientContext":"e30=","Payload":false}`),
			`/2015-03-31/functions/pay/invocations Event|Tail|e30=| false`},
		{"nulls", "", nil, byInvoke(t, `{"FunctionName":"pay","InvocationType":null,"LogType":null,"Qualifier":null}`),
			`/2015-03-31/functions/pay/invocations RequestResponse||| {}`},
		{"endpoint with a path", "/lambda/", nil, byARN(t, payARN, `1`), `/lambda/2015-03-31/functions/pay/invocations RequestResponse||| 1`},
		{"endpoint with the API's path", "/2015-03-31", nil, byARN(t, payARN, `1`), `/2015-03-31/functions/pay/invocations RequestResponse||| 1`},
		{"endpoint with all of it", "/2015-03-31/functions/", nil, byARN(t, payARN, `1`), `/2015-03-31/functions/pay/invocations RequestResponse||| 1`},
		{"endpoint that is one function", "/2015-03-31/functions/function/invocations", nil, byARN(t, payARN, `1`), `/2015-03-31/functions/function/invocations RequestResponse||| 1`},
		{"its own URL", "", map[string]string{"pay": ""}, byARN(t, payARN, `1`), `/2015-03-31/functions/function/invocations RequestResponse||| 1`},
		{"its own URL by ARN", "", map[string]string{payARN: "/x", "pay": "/y"}, byARN(t, payARN, `1`), `/x/2015-03-31/functions/function/invocations RequestResponse||| 1`},
		{"another region's", "", map[string]string{strings.Replace(payARN, "us-east-1", "eu-west-1", 1): "/x", "pay": "/y"}, byInvoke(t, `{"FunctionName":"pay"}`),
			`/y/2015-03-31/functions/function/invocations RequestResponse||| {}`},
		{"its own URL by ARN, called by name", "", map[string]string{payARN: "/x"}, byInvoke(t, `{"FunctionName":"pay"}`),
			`/x/2015-03-31/functions/function/invocations RequestResponse||| {}`},
		{"its own URL by alias", "", map[string]string{"pay:prod": "/p", "pay": "/y"}, byInvoke(t, `{"FunctionName":"pay:prod"}`),
			`/p/2015-03-31/functions/function/invocations?Qualifier=prod RequestResponse||| {}`},
		{"its own URL in full", "", map[string]string{"pay": "/2015-03-31/functions/other?a=b"}, byInvoke(t, `{"FunctionName":"pay","Qualifier":"1"}`),
			`/2015-03-31/functions/other/invocations?a=b&Qualifier=1 RequestResponse||| {}`},
		{"another function's URL", "", map[string]string{"pay": "/x"}, byInvoke(t, `{"FunctionName":"ship"}`), `/2015-03-31/functions/ship/invocations RequestResponse||| {}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				h := r.Header
				got = fmt.Sprintf("%s %s|%s|%s| %s", r.RequestURI, h.Get("X-Amz-Invocation-Type"), h.Get("X-Amz-Log-Type"), h.Get("X-Amz-Client-Context"), body)
				if r.Method != http.MethodPost || h.Get("Content-Type") != "application/json" || h.Get("Accept-Encoding") != "" {
					t.Errorf("got %s with %v", r.Method, h)
				}
				io.WriteString(w, "{}")
			}))
			defer server.Close()
			l := newLambda(t, server.URL+tt.endpoint)
			defer l.Close()
			for name, path := range tt.urls {
				if err := l.SetURL(name, server.URL+path, 0); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := run(l, tt.call); err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestResultOfInvoke(t *testing.T) {
	l := serve(t, echo)
	got, err := run(l, byInvoke(t, `{"FunctionName":"pay","LogType":"Tail","Payload":{"n": 1.0, "é":null}}`))
	const want = `{"ExecutedVersion":"7","LogResult":"bG9n","Payload":{"n":1.0,"é":null},"SdkHttpMetadata":{"AllHttpHeaders":{` +
		`"X-Amz-Log-Result":["bG9n"],"X-Amz-Executed-Version":["7"],"x-amzn-Remapped-Content-Length":["0"],"Connection":["keep-alive"],` +
		`"x-amzn-RequestId":["8b0f3b6a-0000-4000-8000-000000000001"],"Content-Length":["19"],"Date":["Sat, 21 Nov 2026 10:00:00 GMT"],` +
		`"X-Amzn-Trace-Id":["root=1-5e1b4151-5ac6c58f0000000000000000;sampled=0"],"Content-Type":["application/json"]},"HttpHeaders":{` +
		`"Connection":"keep-alive","Content-Length":"19","Content-Type":"application/json","Date":"Sat, 21 Nov 2026 10:00:00 GMT",` +
		`"X-Amz-Executed-Version":"7","X-Amz-Log-Result":"bG9n","x-amzn-Remapped-Content-Length":"0",` +
		`"x-amzn-RequestId":"8b0f3b6a-0000-4000-8000-000000000001","X-Amzn-Trace-Id":"root=1-5e1b4151-5ac6c58f0000000000000000;sampled=0"},` +
		`"HttpStatusCode":200},"SdkResponseMetadata":{"RequestId":"8b0f3b6a-0000-4000-8000-000000000001"},"StatusCode":200}`
	if err != nil || got.String() != want {
		t.Errorf("got  %v, %v\nwant %s", got, err, want)
	}
}

// TestHeadersAreMadeUp shows the result from an endpoint that sends only a body.
func TestHeadersAreMadeUp(t *testing.T) {
	l := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Content-Type"], w.Header()["Date"] = nil, nil
		io.WriteString(w, `"ok"`)
	})
	got, err := run(l, byInvoke(t, `{"FunctionName":"pay:prod"}`))
	if err != nil {
		t.Fatal(err)
	}
	headers := got.Get("SdkHttpMetadata").Get("HttpHeaders")
	for name, pattern := range map[string]string{
		"Connection":                     `keep-alive`,
		"Content-Length":                 `4`,
		"Content-Type":                   `application/json`,
		"Date":                           `\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT`,
		"X-Amz-Executed-Version":         `prod`,
		"x-amzn-Remapped-Content-Length": `0`,
		"x-amzn-RequestId":               got.Get("SdkResponseMetadata").Get("RequestId").Text(),
		"X-Amzn-Trace-Id":                `Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=0`,
	} {
		if text := headers.Get(name).Text(); text == "" || !regexp.MustCompile(`^`+pattern+`$`).MatchString(text) {
			t.Errorf("%s: got %q, want %s", name, text, pattern)
		}
		if all := got.Get("SdkHttpMetadata").Get("AllHttpHeaders").Get(name); all.Len() != 1 || all.Index(0).Text() != headers.Get(name).Text() {
			t.Errorf("%s: got %v in AllHttpHeaders", name, all)
		}
	}
	if headers.Len() != 8 || got.Get("ExecutedVersion").Text() != "prod" || got.Get("Payload").Text() != "ok" {
		t.Errorf("got %v", got)
	}
}

func TestAnswers(t *testing.T) {
	const failed = `{"errorMessage": "no money", "errorType": "PoorException", "requestId": "r", "stackTrace": []}`
	lambdaHeader := map[string]string{"x-amzn-RequestId": "r-1", "X-Amz-Executed-Version": "$LATEST"}
	failure := map[string]string{"x-amzn-RequestId": "r-1", "X-Amz-Executed-Version": "$LATEST", "X-Amz-Function-Error": "Unhandled"}
	errorType := func(code string) map[string]string {
		return map[string]string{"x-amzn-RequestId": "r-1", "x-amzn-ErrorType": code}
	}
	service := func(message string, status int, code, id string) string {
		return fmt.Sprintf("%s (Service: AWSLambda; Status Code: %d; Error Code: %s; Request ID: %s; Proxy: null)", message, status, code, id)
	}
	const unknown = "The cause could not be determined because Lambda did not return an error type. Returned payload: "
	same := func(name, cause string) [2]asl.Error {
		return [2]asl.Error{{Name: name, Cause: cause}, {Name: name, Cause: cause}}
	}
	tooLarge := [2]asl.Error{
		{Name: "States.DataLimitExceeded", Cause: "The state/task '" + payARN + "' returned a result with a size exceeding the maximum number of bytes service limit."},
		{Name: "States.DataLimitExceeded", Cause: "The state/task 'lambda' returned a result with a size exceeding the maximum number of bytes service limit."},
	}
	tests := []struct {
		name   string
		status int
		header map[string]string
		body   string
		want   string       // the payload, or else
		errors [2]asl.Error // by ARN and by lambda:invoke
	}{
		{"JSON", 200, lambdaHeader, `{"a": [1.0, "b"]}`, `{"a":[1.0,"b"]}`, [2]asl.Error{}},
		{"null", 200, lambdaHeader, `null`, `null`, [2]asl.Error{}},
		{"a string", 200, lambdaHeader, `"HelloWorld!"`, `"HelloWorld!"`, [2]asl.Error{}},
		{"text", 200, lambdaHeader, `Hello, "World"`, `"Hello, \"World\""`, [2]asl.Error{}},
		{"bytes", 200, lambdaHeader, "a\xffb", `"a�b"`, [2]asl.Error{}},
		{"nothing", 200, lambdaHeader, ``, `""`, [2]asl.Error{}},
		{"what looks like an error is none", 200, lambdaHeader, failed, value.MustParse(failed).String(), [2]asl.Error{}},
		{"function error", 200, failure, failed, "", [2]asl.Error{{Name: "PoorException", Cause: failed}, {Name: "PoorException", Cause: value.MustParse(failed).String()}}},
		{"timeout without a type", 200, failure, `{"errorMessage":"2026 r Task timed out after 3.00 seconds"}`, "",
			same("Lambda.Unknown", unknown+`{"errorMessage":"2026 r Task timed out after 3.00 seconds"}`)},
		{"an error that is no object", 200, failure, `"oops"`, "", same("Lambda.Unknown", unknown+`"oops"`)},
		{"an error that is no JSON", 200, failure, `oops`, "", same("Lambda.Unknown", unknown+`oops`)},
		{"a type that is no string", 200, failure, `{"errorType":5}`, "", same("Lambda.Unknown", unknown+`{"errorType":5}`)},
		{"emulator in a container: error", 200, nil, failed, "", [2]asl.Error{{Name: "PoorException", Cause: failed}, {Name: "PoorException", Cause: value.MustParse(failed).String()}}},
		{"emulator in a container: exit", 502, nil, `{"errorType":"Runtime.ExitError","errorMessage":"exit status 1"}`, "",
			same("Runtime.ExitError", `{"errorType":"Runtime.ExitError","errorMessage":"exit status 1"}`)},
		{"emulator in a container: gone", 200, nil, ``, "", same("Lambda.Unknown", unknown)},
		{"emulator in a container: result", 200, nil, `{"errorType":"x"}`, `{"errorType":"x"}`, [2]asl.Error{}},
		{"missing function", 404, errorType("ResourceNotFoundException"), `{"Type":"User","Message":"Function not found: ` + payARN + `:$LATEST"}`, "",
			same("Lambda.ResourceNotFoundException", service("Function not found: "+payARN+":$LATEST", 404, "ResourceNotFoundException", "r-1"))},
		{"missing function, SAM", 404, errorType("ResourceNotFound"), `{"Type":"User","Message":"Function not found: ` + payARN + `"}`, "",
			same("Lambda.ResourceNotFoundException", service("Function not found: "+payARN+":$LATEST", 404, "ResourceNotFoundException", "r-1"))},
		{"throttled", 429, errorType("TooManyRequestsException:http://docs/"), `{"Reason":"CallerRateLimitExceeded","Type":"User","message":"Rate exceeded"}`, "",
			same("Lambda.TooManyRequestsException", service("Rate exceeded", 429, "TooManyRequestsException", "r-1"))},
		{"service", 500, errorType("ServiceException"), `{"Message":"oh"}`, "", same("Lambda.ServiceException", service("oh", 500, "ServiceException", "r-1"))},
		{"by __type", 400, map[string]string{"x-amzn-RequestId": "r-1"}, `{"__type":"com.amazonaws.lambda#KMSDisabledException","message":"off"}`, "",
			same("Lambda.KMSDisabledException", service("off", 400, "KMSDisabledException", "r-1"))},
		{"not modelled", 403, errorType("AccessDeniedException"), `{"Message":"no"}`, "",
			same("Lambda.AWSLambdaException", service("no", 403, "AccessDeniedException", "r-1"))},
		{"no Lambda: not found", 404, map[string]string{"x-amzn-RequestId": "r-1"}, "404 page not found\n", "", same("Lambda.ResourceNotFoundException",
			service("the endpoint answered 404 Not Found: 404 page not found", 404, "ResourceNotFoundException", "r-1"))},
		{"no Lambda: throttled", 429, map[string]string{"x-amzn-RequestId": "r-1"}, "", "", same("Lambda.TooManyRequestsException",
			service("the endpoint answered 429 Too Many Requests:", 429, "TooManyRequestsException", "r-1"))},
		{"no Lambda: too large", 413, map[string]string{"x-amzn-RequestId": "r-1"}, "big", "", same("Lambda.RequestTooLargeException",
			service("the endpoint answered 413 Request Entity Too Large: big", 413, "RequestTooLargeException", "r-1"))},
		{"no Lambda: broken", 503, map[string]string{"x-amzn-RequestId": "r-1"}, strings.Repeat("é", 200), "", same("Lambda.ServiceException",
			service("the endpoint answered 503 Service Unavailable: "+strings.Repeat("é", 100)+"…", 503, "ServiceException", "r-1"))},
		{"no Lambda: redirect", 302, map[string]string{"x-amzn-RequestId": "r-1", "Location": "/"}, "", "", same("Lambda.AWSLambdaException",
			service("the endpoint answered 302 Found:", 302, "AWSLambdaException", "r-1"))},
		{"too large", 200, lambdaHeader, `"` + strings.Repeat("a", maxResult-1) + `"`, "", tooLarge},
		{"too large, not JSON", 200, lambdaHeader, strings.Repeat("a", 263_168), "", tooLarge},
		{"too large, an error", 200, failure, strings.Repeat("é", maxResult), "", tooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := serve(t, func(w http.ResponseWriter, r *http.Request) {
				for name, text := range tt.header {
					w.Header().Set(name, text)
				}
				w.WriteHeader(tt.status)
				io.WriteString(w, tt.body)
			})
			for i, c := range []*Call{byARN(t, payARN, `{}`), byInvoke(t, `{"FunctionName":"pay"}`)} {
				got, err := run(l, c)
				if tt.want != "" {
					if i == 1 {
						got = got.Get("Payload")
					}
					if err != nil || got.String() != tt.want {
						t.Errorf("%s: got %v, %v, want %s", c.Resource.Text, got, err, tt.want)
					}
					continue
				}
				if e, ok := errors.AsType[*asl.Error](err); !ok || *e != tt.errors[i] {
					t.Errorf("%s: got %v, %v, want %v", c.Resource.Text, got, err, tt.errors[i])
				}
			}
		})
	}
}

func TestLargestResult(t *testing.T) {
	l := serve(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `"`+strings.Repeat("a", maxResult-2)+`"`)
	})
	if got, err := run(l, byARN(t, payARN, `{}`)); err != nil || got.Size() != maxResult {
		t.Errorf("by ARN: got %d bytes, %v, want %d", got.Size(), err, maxResult)
	}
	// The metadata counts, too.
	_, err := run(l, byInvoke(t, `{"FunctionName":"pay"}`))
	if e, ok := errors.AsType[*asl.Error](err); !ok || e.Name != "States.DataLimitExceeded" {
		t.Errorf("lambda:invoke: got %v, want States.DataLimitExceeded", err)
	}
}

// TestEndlessAnswer would not end if the answer were read whole.
func TestEndlessAnswer(t *testing.T) {
	l := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for {
			if _, err := w.Write(make([]byte, 1<<16)); err != nil {
				return
			}
		}
	})
	_, err := run(l, byARN(t, payARN, `{}`))
	if e, ok := errors.AsType[*asl.Error](err); !ok || e.Name != "States.DataLimitExceeded" {
		t.Errorf("got %v, want States.DataLimitExceeded", err)
	}
}

func TestOtherInvocationTypes(t *testing.T) {
	l := serve(t, func(w http.ResponseWriter, r *http.Request) {
		status := map[string]int{"Event": 202, "DryRun": 204}[r.Header.Get("X-Amz-Invocation-Type")]
		w.Header().Set("x-amzn-RequestId", "r-1")
		w.WriteHeader(status)
	})
	l.SetHandler("local", func(context.Context, value.Value) (value.Value, error) {
		return value.OfString("unseen"), errors.New("unseen")
	})
	for _, name := range []string{"pay", "local"} {
		for mode, status := range map[string]int64{"Event": 202, "DryRun": 204} {
			got, err := run(l, byInvoke(t, `{"FunctionName":"`+name+`","InvocationType":"`+mode+`","Payload":1}`))
			n, _ := got.Get("StatusCode").Int()
			m, _ := got.Get("SdkHttpMetadata").Get("HttpStatusCode").Int()
			if err != nil || n != status || m != status || got.Get("Payload").String() != `""` || got.Get("ExecutedVersion").Exists() {
				t.Errorf("%s, %s: got %v, %v", name, mode, got, err)
			}
		}
	}
}

func TestParameters(t *testing.T) {
	tests := []struct{ parameters, name, cause string }{
		{`{}`, "States.Runtime", "The Parameters '{}' could not be used to start the Task: [The field 'FunctionName' is required but was missing]"},
		{`{"FunctionName":null}`, "States.Runtime", "The Parameters '{\"FunctionName\":null}' could not be used to start the Task: " +
			"[The field 'FunctionName' is required but was missing]"},
		{`[1]`, "States.Runtime", "The Parameters '[1]' could not be used to start the Task: [The field 'FunctionName' is required but was missing]"},
		{`{"FunctionName":5}`, "States.Runtime", "The Parameters '{\"FunctionName\":5}' could not be used to start the Task: " +
			"[The value of the field 'FunctionName' has an invalid format]"},
		{`{"FunctionName":"f","ClientContext":"\n"}`, "States.Runtime", "The Parameters '{\"FunctionName\":\"f\",\"ClientContext\":\"\\n\"}' " +
			"could not be used to start the Task: [The value of the field 'ClientContext' has an invalid format]"},
		{`{"FunctionName":"f","ClientContext":"{}"}`, "States.Runtime", "The Parameters '{\"FunctionName\":\"f\",\"ClientContext\":\"{}\"}' " +
			"could not be used to start the Task: [The value of the field 'ClientContext' has an invalid format]"},
		{`{"FunctionName":"f","InvocationType":"Later"}`, "Lambda.AWSLambdaException", "1 validation error detected: Value 'Later' at 'invocationType' " +
			"failed to satisfy constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun] " +
			"(Service: AWSLambda; Status Code: 400; Error Code: ValidationException; Request ID: *; Proxy: null)"},
		{`{"FunctionName":"f","InvocationType":5,"LogType":6}`, "States.Runtime", "The Parameters '{\"FunctionName\":\"f\",\"InvocationType\":5,\"LogType\":6}' " +
			"could not be used to start the Task: [The value of the field 'InvocationType' has an invalid format]"},
		{`{"FunctionName":"f","LogType":"Head"}`, "Lambda.AWSLambdaException", "1 validation error detected: Value 'Head' at 'logType' " +
			"failed to satisfy constraint: Member must satisfy enum value set: [None, Tail] " +
			"(Service: AWSLambda; Status Code: 400; Error Code: ValidationException; Request ID: *; Proxy: null)"},
		{`{"FunctionName":"my function"}`, "Lambda.AWSLambdaException", "1 validation error detected: Value 'my function' at 'functionName' " +
			"failed to satisfy constraint: Member must satisfy regular expression pattern: " + functionNamePattern +
			" (Service: AWSLambda; Status Code: 400; Error Code: ValidationException; Request ID: *; Proxy: null)"},
		{`{"FunctionName":"` + strings.Repeat("f", 171) + `"}`, "Lambda.AWSLambdaException", "1 validation error detected: Value '" + strings.Repeat("f", 171) +
			"' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 170" +
			" (Service: AWSLambda; Status Code: 400; Error Code: ValidationException; Request ID: *; Proxy: null)"},
		{`{"FunctionName":".."}`, "Lambda.ResourceNotFoundException", "Function not found: arn:aws:lambda:us-east-1:123456789012:function:..:$LATEST" +
			" (Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; Request ID: *; Proxy: null)"},
	}
	l := serve(t, echo)
	for _, tt := range tests {
		_, err := run(l, byInvoke(t, tt.parameters))
		e, _ := errors.AsType[*asl.Error](err)
		if e == nil || e.Name != tt.name || requestIDs.ReplaceAllString(e.Cause, "Request ID: *;") != tt.cause {
			t.Errorf("%s: got %v, want %s: %s", tt.parameters, err, tt.name, tt.cause)
		}
	}
}

var requestIDs = regexp.MustCompile(`Request ID: [0-9a-f-]{36};`)

// The name in an ARN is held to the same pattern.
func TestNameInAnARN(t *testing.T) {
	l := serve(t, echo)
	for name, want := range map[string]string{"a b": "Lambda.AWSLambdaException", "..": "Lambda.ResourceNotFoundException", "a/b": "Lambda.AWSLambdaException"} {
		_, err := run(l, byARN(t, "arn:aws:lambda:us-east-1:123456789012:function:"+name, `{}`))
		if e, ok := errors.AsType[*asl.Error](err); !ok || e.Name != want {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
}

func TestCheckFunctionName(t *testing.T) {
	for name, ok := range map[string]bool{
		"pay": true, "Pay-2_x": true, "service.pay": true, "pay:prod": true, "pay:$LATEST": true, "123456789012:function:pay": true, "function:pay": true,
		"arn:aws:lambda:us-east-1:123456789012:function:pay:7": true, "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:pay": true,
		strings.Repeat("f", 170): true,
		"":                       false, "a b": false, "a/b": false, "é": false, "pay:": false, "pay:a:b": false, "arn:aws:sqs:us-east-1:123456789012:pay": false,
		"arn:aws:lambda:us-east-1:12:function:pay": false, strings.Repeat("f", 5000): false,
	} {
		if err := checkFunctionName(&Call{}, name); (err == nil) != ok {
			t.Errorf("%.60q: got %v, want it taken: %v", name, err, ok)
		}
	}
}

// A function gets as many calls at a time as its concurrency says; by default one
// where it is alone.
func TestConcurrency(t *testing.T) {
	for _, c := range []struct {
		path        string
		concurrency int
		want        int32
	}{
		{"", 0, 1}, {"/2015-03-31/functions/function/invocations", 0, 1}, {"", 2, 2},
		{"/2015-03-31/functions/pay/invocations", 0, 4}, {"/2015-03-31/functions/pay/invocations", 3, 3},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := newLambda(t, "")
			if err := l.SetURL("pay", "http://localhost"+c.path, c.concurrency); err != nil {
				t.Fatal(err)
			}
			counter := &underWay{release: make(chan struct{})}
			l.transport = counter
			var calls sync.WaitGroup
			for range 4 {
				calls.Go(func() {
					if _, err := run(l, byARN(t, payARN, `{}`)); err != nil {
						t.Error(err)
					}
				})
			}
			ctx, cancel := context.WithCancel(t.Context())
			calls.Go(func() { l.Run(ctx, byARN(t, payARN, `{}`)) })
			cancel() // whether it waits for its turn or is under way
			synctest.Wait()
			if got := counter.calls.Load(); got != c.want {
				t.Errorf("%q with %d: %d calls are under way, want %d", c.path, c.concurrency, got, c.want)
			}
			close(counter.release)
			calls.Wait()
		})
	}
}

// An underWay counts the calls that it holds until they are released.
type underWay struct {
	calls   atomic.Int32
	release chan struct{}
}

func (u *underWay) RoundTrip(r *http.Request) (*http.Response, error) {
	u.calls.Add(1)
	defer u.calls.Add(-1)
	select {
	case <-u.release:
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{}`)), ContentLength: 2}, nil
}

func TestNoEndpoint(t *testing.T) {
	l := newLambda(t, "")
	want := asl.Error{Name: "Lambda.SdkClientException", Cause: "no endpoint for the Lambda function 'pay': set --lambda-endpoint or LAMBDA_ENDPOINT to one " +
		"that speaks Lambda's Invoke API (such as http://localhost:3001 of sam local start-lambda), or say in aslocal.yaml where this function is: its code (functions) or its URL (lambda.functions)"}
	for _, c := range []*Call{byARN(t, payARN, `{}`), byInvoke(t, `{"FunctionName":"pay:prod"}`)} {
		_, err := run(l, c)
		if e, ok := errors.AsType[*asl.Error](err); !ok || *e != want {
			t.Errorf("got %v, want %v", err, want)
		}
	}
}

func TestUnreachableEndpoint(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + listener.Addr().String()
	listener.Close()
	broken := serve(t, func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) })
	cut := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "10")
		io.WriteString(w, "{")
	})
	boast := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(math.MaxInt64))
		io.WriteString(w, "{")
	})
	for name, l := range map[string]*Lambda{"refused": newLambda(t, url), "broken off": broken, "cut off": cut, "longest length": boast} {
		_, err = run(l, byARN(t, payARN, `{}`))
		e, ok := errors.AsType[*asl.Error](err)
		if !ok || e.Name != "Lambda.SdkClientException" || !strings.HasPrefix(e.Cause, "Unable to execute HTTP request: ") ||
			!strings.Contains(e.Cause, "'pay' was called at "+l.endpoint.String()+"/2015-03-31/functions/pay/invocations: is that running?") ||
			!strings.Contains(e.Cause, "LAMBDA_ENDPOINT") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestBadURLs(t *testing.T) {
	for _, text := range []string{"http://", "ftp://localhost", "http://[::1", "://", "http://a b/", "/functions"} {
		want := fmt.Sprintf("lambda endpoint: expected a URL such as http://localhost:3001, got %q", text)
		if _, err := NewLambda(text); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		if err := newLambda(t, "").SetURL("pay", text, 0); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if l := newLambda(t, "localhost:3001"); l.endpoint.String() != "http://localhost:3001" {
		t.Errorf("got %v", l.endpoint)
	}
}

func TestCancelledCall(t *testing.T) {
	arrived := make(chan struct{})
	l := serve(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		close(arrived)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-arrived
		cancel()
	}()
	if _, err := l.Run(ctx, byARN(t, payARN, `{}`)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	l.SetHandler("pay", func(ctx context.Context, _ value.Value) (value.Value, error) {
		<-ctx.Done()
		return value.NullValue, errors.New("too late")
	})
	ctx, cancel = context.WithTimeout(context.Background(), time.Nanosecond)
	defer cancel()
	if _, err := l.Run(ctx, byARN(t, payARN, `{}`)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
	}
}

type poorError struct{}

func (*poorError) Error() string { return "no money" }

func TestHandlers(t *testing.T) {
	l := newLambda(t, "http://localhost:1") // never called
	l.SetHandler("arn:aws:lambda:::function:echo", func(_ context.Context, event value.Value) (value.Value, error) { return event, nil })
	l.SetHandler("poor", func(context.Context, value.Value) (value.Value, error) { return value.NullValue, &poorError{} })
	l.SetHandler("plain", func(context.Context, value.Value) (value.Value, error) {
		return value.NullValue, errors.New("no reason")
	})
	l.SetHandler("named", func(context.Context, value.Value) (value.Value, error) {
		return value.NullValue, fmt.Errorf("paying: %w", &asl.Error{Name: "CustomException", Cause: "because"})
	})
	l.SetHandler("nothing", func(context.Context, value.Value) (value.Value, error) { return value.Value{}, nil })
	l.SetHandler("large", func(context.Context, value.Value) (value.Value, error) {
		return value.OfString(strings.Repeat("a", maxResult)), nil
	})
	tests := []struct {
		name    string
		payload string
		want    string
		err     asl.Error
	}{
		{"echo", `{"a": 1.0}`, `{"a":1.0}`, asl.Error{}},
		{"echo:prod", `null`, `null`, asl.Error{}},
		{"nothing", `1`, `null`, asl.Error{}},
		{"poor", `1`, "", asl.Error{Name: "poorError", Cause: `{"errorMessage":"no money","errorType":"poorError"}`}},
		{"plain", `1`, "", asl.Error{Name: "errorString", Cause: `{"errorMessage":"no reason","errorType":"errorString"}`}},
		{"named", `1`, "", asl.Error{Name: "CustomException", Cause: `{"errorMessage":"because","errorType":"CustomException"}`}},
	}
	for _, tt := range tests {
		got, err := run(l, byARN(t, "arn:aws:lambda:us-east-1:123456789012:function:"+tt.name, tt.payload))
		if e, _ := errors.AsType[*asl.Error](err); e != nil && *e != tt.err || err == nil && got.String() != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%s: got %v, %v, want %s, %v", tt.name, got, err, tt.want, tt.err)
		}
	}

	got, err := run(l, byInvoke(t, `{"FunctionName":"echo:prod","LogType":"Tail","Payload":"[1]"}`))
	log, _ := base64.StdEncoding.DecodeString(got.Get("LogResult").Text())
	id := got.Get("SdkResponseMetadata").Get("RequestId").Text()
	if err != nil || got.Get("Payload").String() != "[1]" || got.Get("ExecutedVersion").Text() != "prod" ||
		string(log) != "START RequestId: "+id+" Version: prod\nEND RequestId: "+id+"\n" {
		t.Errorf("got %v, %v with log %q", got, err, log)
	}

	_, err = run(l, byInvoke(t, `{"FunctionName":"echo","Payload":"Hello"}`))
	if e, ok := errors.AsType[*asl.Error](err); !ok || e.Name != "Lambda.InvalidRequestContentException" || !strings.HasPrefix(e.Cause, "Could not parse request body into json: Unrecognized token 'Hello'") {
		t.Errorf("got %v, want Lambda.InvalidRequestContentException", err)
	}

	_, err = run(l, byARN(t, "arn:aws:lambda:us-east-1:123456789012:function:large", `1`))
	if e, ok := errors.AsType[*asl.Error](err); !ok || e.Name != "States.DataLimitExceeded" {
		t.Errorf("got %v, want States.DataLimitExceeded", err)
	}
}

func TestLambdaConcurrently(t *testing.T) {
	l := serve(t, echo)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 25 {
				if i == 0 {
					l.SetHandler(fmt.Sprint("h", j), func(_ context.Context, v value.Value) (value.Value, error) { return v, nil })
				}
				want := fmt.Sprintf(`{"i":%d,"j":%d}`, i, j)
				got, err := run(l, byARN(t, "arn:aws:lambda:us-east-1:123456789012:function:h"+fmt.Sprint(j), want))
				if err != nil || got.String() != want {
					t.Errorf("got %v, %v, want %s", got, err, want)
				}
			}
		})
	}
	wg.Wait()
}

// BenchmarkLambda calls an echo on loopback in both forms, beside the bare
// round trip.
func BenchmarkLambda(b *testing.B) {
	l := serve(b, echo)
	for name, c := range map[string]*Call{"arn": byARN(b, payARN, `{"order":17}`), "invoke": byInvoke(b, `{"FunctionName":"pay","Payload":{"order":17}}`)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := run(l, c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("bare", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r, _ := http.NewRequest(http.MethodPost, l.endpoint.String(), strings.NewReader(`{"order":17}`))
			response, err := l.transport.RoundTrip(r)
			if err != nil {
				b.Fatal(err)
			}
			io.Copy(io.Discard, response.Body)
			response.Body.Close()
		}
	})
	b.Run("in-process", func(b *testing.B) {
		l.SetHandler("pay", func(_ context.Context, v value.Value) (value.Value, error) { return v, nil })
		c := byARN(b, payARN, `{"order":17}`)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := run(l, c); err != nil {
				b.Fatal(err)
			}
		}
	})
}
