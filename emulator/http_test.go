package emulator_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/aslocal/aslocal/emulator"
)

const paying = `{"Type": "Task", "Resource": "arn:aws:states:::http:invoke", "Parameters": {"ApiEndpoint": "https://pay.test/v1/charges", "Method": "POST",
	"Authentication": {"ConnectionArn": "arn:aws:events:us-east-1:123456789012:connection/pay/0e0f"}, "RequestBody": {"total.$": "$.total"}},
	"Retry": [{"ErrorEquals": ["States.Http.StatusCode.503"], "IntervalSeconds": 1, "MaxAttempts": 2}],
	"Catch": [{"ErrorEquals": ["States.Http.StatusCode.402"], "Next": "Declined"}], "End": true}`

// charging starts an API of payments over TLS, which answers with the status codes in
// turn, and returns the options for it.
func charging(t *testing.T, codes ...int) (options []emulator.Option, bodies *[]string) {
	bodies = new([]string)
	api := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		*bodies = append(*bodies, r.Header.Get("X-Api-Key")+" "+string(body))
		code := codes[min(len(*bodies), len(codes))-1]
		w.Header()["Date"] = nil
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		fmt.Fprintf(w, `{"code": %d}`, code)
	}))
	t.Cleanup(api.Close)
	return []emulator.Option{
		emulator.WithHTTPEndpoint("https://pay.test", api.URL), emulator.WithHTTPTransport(api.Client().Transport),
		emulator.WithConnection("pay", emulator.Connection{APIKey: &emulator.APIKey{Name: "X-Api-Key", Value: "s3cret"}}),
	}, bodies
}

// The state's Retriers and Catchers alone decide what follows from a status code.
func TestHTTPTask(t *testing.T) {
	for _, test := range []struct {
		codes []int
		calls int
		want  string
	}{
		{[]int{503, 503, 200}, 3, `SUCCEEDED {"Headers":{"content-length":["13"],"content-type":["application/json"]},"ResponseBody":{"code":200},"StatusCode":200,"StatusText":"OK"}`},
		{[]int{402}, 1, `SUCCEEDED {"Error":"States.Http.StatusCode.402","Cause":"{\"code\": 402}"}`},
		{[]int{500}, 1, "FAILED States.Http.StatusCode.500"},
	} {
		options, bodies := charging(t, test.codes...)
		x := newTest(t, options...)
		arn := x.start(x.create("m", `{"StartAt": "Pay", "States": {"Pay": `+paying+`, "Declined": {"Type": "Pass", "End": true}}}`), "", `{"total": 7}`)
		x.em.Advance(5_000_000_000)
		end := x.em.Execution(arn)
		if got := strings.TrimSpace(end.Status + " " + end.Output + end.Error); got != test.want || len(*bodies) != test.calls || (*bodies)[0] != `s3cret {"total":7}` {
			t.Errorf("%v\n got %s after %q\nwant %s after %d calls", test.codes, got, *bodies, test.want, test.calls)
		}
	}
}

// TestState shows request and response at the level TRACE, and the connection's
// data only if asked to.
func TestHTTPTaskTraced(t *testing.T) {
	options, _ := charging(t, 200)
	x := newTest(t, options...)
	for _, test := range []struct {
		level  types.InspectionLevel
		reveal bool
		want   string // the headers; "": no request is shown
	}{
		{types.InspectionLevelDebug, true, ""},
		{types.InspectionLevelTrace, false, "[X-Api-Key: *****, User-Agent: Amazon|StepFunctions|HttpInvoke|us-east-1, Range: bytes=0-262144, Content-Type: application/json; charset=UTF-8]"},
		{types.InspectionLevelTrace, true, "[X-Api-Key: s3cret, User-Agent: Amazon|StepFunctions|HttpInvoke|us-east-1, Range: bytes=0-262144, Content-Type: application/json; charset=UTF-8]"},
	} {
		out, err := x.client.TestState(x.ctx, &sfn.TestStateInput{
			Definition: aws.String(paying), RoleArn: aws.String(role), Input: aws.String(`{"total": 7}`), InspectionLevel: test.level, RevealSecrets: test.reveal,
		})
		if err != nil {
			t.Fatal(err)
		}
		data := out.InspectionData
		if test.want == "" {
			if data.Request != nil || data.Response != nil {
				t.Errorf("%s shows request or response", test.level)
			}
			continue
		}
		if r := data.Request; r == nil || *r.Headers != test.want || *r.Method != "POST" || *r.Url != "https://pay.test/v1/charges" || *r.Body != `{"total":7}` || *r.Protocol != "https" {
			t.Errorf("%s, revealing %v: got the request %+v", test.level, test.reveal, r)
		}
		if r := data.Response; r == nil || *r.StatusCode != "200" || *r.StatusMessage != "OK" || *r.Body != `{"code": 200}` || *r.Headers != "[content-length: 13, content-type: application/json]" {
			t.Errorf("%s: got the response %+v", test.level, r)
		}
	}
}

func TestWrongOptions(t *testing.T) {
	for _, test := range []struct {
		option emulator.Option
		want   string
	}{
		{emulator.WithHTTPAllow("https://a.test"), `emulator: an allowed host: expected the name of a host`},
		{emulator.WithHTTPEndpoint("a.test", "http://localhost"), `emulator: the endpoint of an API: expected the origin of an HTTPS API`},
		{emulator.WithConnection("c", emulator.Connection{APIKey: &emulator.APIKey{}}), `emulator: the connection c: apiKey: `},
		{emulator.WithMocks("nowhere.json"), `emulator: `},
	} {
		em, err := emulator.New(test.option)
		if err == nil {
			em.Close()
		}
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
}
