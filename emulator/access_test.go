package emulator_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// exchange sends a request as it is and returns the status and the body of the
// answer.
func exchange(t *testing.T, em *emulator.TestEmulator, request string) (status int, body string) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(em.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%q: %v", request, err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// listRequest is a request for ListStateMachines with other header lines.
func listRequest(lines string) string {
	return "POST / HTTP/1.1\r\nX-Amz-Target: AWSStepFunctions.ListStateMachines\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: 2\r\nConnection: close\r\n" +
		lines + "\r\n{}"
}

// Only requests for this machine are answered: nobody else's name may point
// here.
func TestHosts(t *testing.T) {
	plain := emulator.RunT(t)
	named := emulator.RunT(t, emulator.WithAllowedHosts("aslocal", "Host.Docker.Internal:8083", "*.example.test"))
	everywhere := emulator.RunT(t, emulator.WithAllowedHosts("0.0.0.0"))
	composed := emulator.RunT(t, emulator.WithAllowedHosts("*"))
	for _, c := range []struct {
		em   *emulator.TestEmulator
		host string
		want int
	}{
		{plain, "localhost", 200},
		{plain, "localhost:8083", 200},
		{plain, "LocalHost.:8083", 200},
		{plain, "sync-localhost:8083", 200},
		{plain, "states.localhost", 200},
		{plain, "sync-states.localhost", 200},
		{plain, "127.0.0.1:1", 200},
		{plain, "127.1.2.3", 200},
		{plain, "sync-127.0.0.1", 200},
		{plain, "SYNC-LOCALHOST", 200},
		{plain, "Sync-States.LocalHost.:8083", 200},
		{plain, "[::1]:8083", 200},
		{plain, "[::1]", 200},
		{plain, "[::ffff:127.0.0.1]", 200},
		{plain, "", 200}, // no browser sends that

		{plain, "evil.example", 403},
		{plain, "[::2]:8083", 403},
		{plain, "[::1]evil.example", 403},
		{plain, "localhost:80:90", 403},
		{plain, "localhost%00.evil.example", 403},
		{plain, "localhost.evil.example", 403},
		{plain, "localhost@evil.example", 400},
		{plain, "evil-localhost", 403},
		{plain, ".localhost", 403},
		{plain, "sync-", 403},
		{plain, "sync-sync-localhost", 403},
		{plain, "127.0.0.1.evil.example", 403},
		{plain, "10.0.0.1", 403},
		{plain, "0.0.0.0", 403},
		{plain, "[::]", 403},
		{plain, "host.docker.internal", 403},
		{plain, "aslocal:8083", 403},

		{named, "aslocal:1234", 200},
		{named, "sync-aslocal", 200},
		{named, "host.docker.internal", 200},
		{named, "a.b.example.test", 200},
		{named, "example.test", 403},
		{named, "badexample.test", 403},
		{named, "10.0.0.1", 403},

		{everywhere, "10.0.0.1:8083", 200},
		{everywhere, "[fe80::1]", 200},
		{everywhere, "sync-10.0.0.1", 200},
		{everywhere, "evil.example", 403},

		{composed, "aslocal:8083", 200},
		{composed, "My_Step-Functions2:1", 200},
		{composed, "sync-aslocal", 200},
		{composed, "localhost", 200},
		{composed, "evil.example", 403},
		{composed, "aslocal.evil.example", 403},
		{composed, "10.0.0.1", 403},
		{composed, "[::2]", 403},
		{composed, "aslocal:80:90", 403},
		{composed, "as%20local", 403},
	} {
		if got, body := exchange(t, c.em, listRequest("Host: "+c.host+"\r\n")); got != c.want {
			t.Errorf("Host %q: got %d %s, want %d", c.host, got, body, c.want)
		}
	}
}

// A request that comes in odd ways names its host all the same.
func TestRequestsWithOddHosts(t *testing.T) {
	em := emulator.RunT(t)
	for _, c := range []struct {
		name, request string
		want          int
	}{
		{"HTTP/1.0 without a host", "GET / HTTP/1.0\r\n\r\n", 200},
		{"HTTP/1.1 without a host", listRequest(""), 400},
		{"two hosts", listRequest("Host: localhost\r\nHost: evil.example\r\n"), 400},
		{"a host in the request line wins", "GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 403},
		{"a host in the request line that is ours", "GET http://localhost/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 200},
		{"a length and chunks, with a request hidden in what the length leaves out", "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSStepFunctions.ListActivities\r\n" +
			"Content-Type: application/x-amz-json-1.0\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" +
			"2\r\n{}\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 200},
		{"two lengths", listRequest("Host: localhost\r\nContent-Length: 3\r\n"), 400},
		{"an unknown transfer encoding", listRequest("Host: localhost\r\nTransfer-Encoding: xchunked\r\n"), 501},
		{"a space before the colon", listRequest("Host: localhost\r\nOrigin : https://evil.example\r\n"), 400},
		{"a header of two MiB", listRequest("Host: localhost\r\nX-Long: " + strings.Repeat("x", 2<<20) + "\r\n"), 431},
		{"a forwarded host does not count", listRequest("Host: evil.example\r\nX-Forwarded-Host: localhost\r\n"), 403},
	} {
		if got, body := exchange(t, em, c.request); got != c.want {
			t.Errorf("%s: got %d %s, want %d", c.name, got, body, c.want)
		}
	}
}

// HTTP/2 has the host in a field of its own.
func TestHostsByHTTP2(t *testing.T) {
	em := emulator.RunT(t)
	server := httptest.NewUnstartedServer(em)
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	for host, want := range map[string]int{
		"": 200, "localhost": 200, "SYNC-LocalHost.:8083": 200, "[::1]:8083": 200, "states.localhost": 200,
		"evil.example": 403, "localhost.evil.example:443": 403, "sync-evil.example": 403, "10.0.0.1": 403,
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		request.Host = host // "" stands for that of the URL
		request.Header = http.Header{"X-Amz-Target": {"AWSStepFunctions.ListStateMachines"}, "Content-Type": {"application/x-amz-json-1.0"}}
		answer, err := server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.ProtoMajor != 2 || answer.StatusCode != want {
			t.Errorf("%q: got %s %d, want %d", host, answer.Proto, answer.StatusCode, want)
		}
	}
}

// No answer has in it what a client says the host is, but a refusal of it.
func TestAnswersDoNotRepeatTheHost(t *testing.T) {
	em := emulator.RunT(t)
	const host = "repeated-by-nobody.localhost"
	for _, request := range []string{
		"GET / HTTP/1.1\r\n", "GET /nowhere HTTP/1.1\r\n", "GET / HTTP/1.1\r\nAccept: text/html\r\n", "GET /_ui/api/overview HTTP/1.1\r\nX-Aslocal: 1\r\n",
		"GET /_aslocal/pending-tasks HTTP/1.1\r\n", "DELETE / HTTP/1.1\r\n", "GET http://" + host + "/ HTTP/1.1\r\n", "POST /2015-03-31/functions/f/invocations HTTP/1.1\r\n",
	} {
		if status, body := exchange(t, em, request+"Host: "+host+"\r\nConnection: close\r\n\r\n"); strings.Contains(body, host) || status == http.StatusForbidden {
			t.Errorf("%q: got %d %s", request, status, body)
		}
	}
}

// Pages from elsewhere are refused, the emulator's own and programs are not.
func TestWebPages(t *testing.T) {
	em := emulator.RunT(t)
	for _, c := range []struct {
		name, lines string
		want        int
	}{
		{"a program", "", 200},
		{"our own page", "Origin: http://localhost:8083\r\nSec-Fetch-Site: same-origin\r\n", 200},
		{"our own page behind TLS", "Origin: https://localhost:8083\r\n", 200},
		{"the address bar", "Sec-Fetch-Site: none\r\n", 200},
		{"another site", "Origin: https://evil.example\r\nSec-Fetch-Site: cross-site\r\n", 403},
		{"another site, its origin alone", "Origin: https://evil.example\r\n", 403},
		{"another site without its origin", "Sec-Fetch-Site: cross-site\r\n", 403},
		{"another port of this machine", "Origin: http://localhost:3000\r\nSec-Fetch-Site: same-site\r\n", 403},
		{"another name of this machine", "Origin: http://127.0.0.1:8083\r\n", 403},
		{"a page without an origin", "Origin: null\r\n", 403},
		{"an origin that begins like ours", "Origin: http://localhost:8083.evil.example\r\n", 403},
		{"a form that another site sends", "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n", 403},
	} {
		if got, body := exchange(t, em, listRequest("Host: localhost:8083\r\n"+c.lines)); got != c.want {
			t.Errorf("%s: got %d %s, want %d", c.name, got, body, c.want)
		}
	}
	for lines, want := range map[string]int{
		"Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n": 200, // a link to us
		"Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe\r\n":   403,
		"Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\n":     403,
	} {
		if got, _ := exchange(t, em, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nSec-Fetch-Site: cross-site\r\n"+lines+"\r\n"); got != want {
			t.Errorf("%q: got %d, want %d", lines, got, want)
		}
	}
}

// A refusal is in the API's form, and says what to do. The prefix of an SDK is not part of the
// name that is to be allowed.
func TestRefusedHostSaysHowToAllowIt(t *testing.T) {
	em := emulator.RunT(t)
	for _, c := range []struct{ host, allow string }{{"host.docker.internal", "host.docker.internal"}, {"sync-aslocal", "aslocal"}} {
		_, body := exchange(t, em, listRequest("Host: "+c.host+":8083\r\n"))
		got := value.MustParse(body)
		want := `aslocal answers requests for localhost, and this one is for the host "` + c.host + `"; if that is a name of this machine, ` +
			"allow it with --allow-host " + c.allow + " (in Go: emulator.WithAllowedHosts)"
		if got.Get("message").Text() != want || got.Get("__type").Text() != "com.amazon.coral.service#AccessDeniedException" {
			t.Errorf("got %s", body)
		}
	}
}

// Requests for other services get a sentence in their own form.
func TestOtherServices(t *testing.T) {
	em := emulator.RunT(t)
	signed := func(service string) string {
		return "Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/" + service + "/aws4_request, SignedHeaders=host, Signature=0\r\n"
	}
	const lambda = "Lambda is not here: give it an endpoint of its own (AWS_ENDPOINT_URL_LAMBDA), and set AWS_ENDPOINT_URL_SFN to this one instead of AWS_ENDPOINT_URL"
	for _, c := range []struct {
		name, line, headers, body string
		status                    int
		want                      string // in the answer
	}{
		{"STS", "POST /", signed("sts") + "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n", "Action=GetCallerIdentity&Version=2011-06-15", 400,
			"<ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code><Message>this is aslocal, a local Step Functions, and STS is not here: " +
				"give it an endpoint of its own (AWS_ENDPOINT_URL_STS), and"},
		{"a form that nobody has signed", "POST /", "Content-Type: application/x-www-form-urlencoded\r\n", "Action=X", 400, "the request is for another service"},
		{"Lambda", "POST /2015-03-31/functions/f/invocations", signed("lambda"), "{}", 404, `{"message":"this is aslocal, a local Step Functions, and ` + lambda},
		{"Lambda, by curl", "POST /2015-03-31/functions/f/invocations", "Content-Type: application/x-www-form-urlencoded\r\n", "{}", 404, lambda},
		{"Lambda, not signed", "GET /2015-03-31/functions", "", "", 404, lambda},
		{"S3", "PUT /bucket/key", signed("s3"), "x", 400, "<Error><Code>NotImplemented</Code><Message>this is aslocal, a local Step Functions, and S3 is not here"},
		{"S3's list of buckets", "GET /", signed("s3"), "", 400, "S3 is not here"},
		{"S3, signed in the address", "GET /bucket?X-Amz-Credential=test%2F20260101%2Fus-east-1%2Fs3%2Faws4_request", "", "", 400, "S3 is not here"},
		{"DynamoDB", "POST /", signed("dynamodb") + "X-Amz-Target: DynamoDB_20120810.ListTables\r\nContent-Type: application/x-amz-json-1.0\r\n", "{}", 400,
			`{"__type":"UnknownOperationException","message":"this is aslocal, a local Step Functions, and DynamoDB is not here`},
		{"Secrets Manager, not signed", "POST /", "X-Amz-Target: secretsmanager.ListSecrets\r\nContent-Type: application/x-amz-json-1.1\r\n", "{}", 400,
			"Secrets Manager is not here: give it an endpoint of its own (AWS_ENDPOINT_URL_SECRETS_MANAGER)"},
		{"a service that we do not know", "POST /", signed("quantum"), "{}", 404, `the service \"quantum\" is not here`},
		{"a target that we do not know", "POST /", "X-Amz-Target: Quantum_2027.Entangle\r\n", "{}", 400, `the service \"Quantum_2027\" is not here`},

		{"an action that is not there", "POST /", signed("states") + "X-Amz-Target: AWSStepFunctions.StartTheParty\r\nContent-Type: application/x-amz-json-1.0\r\n", "{}", 400,
			`{"__type":"com.amazon.coral.service#UnknownOperationException","message":"Step Functions has no action \"StartTheParty\""}`},
		{"a request signed for something else, with our target", "POST /",
			signed("s3") + "X-Amz-Target: AWSStepFunctions.ListActivities\r\nContent-Type: application/x-amz-json-1.0\r\n", "{}", 200, `{"activities":[]}`},
		{"a browser that is lost", "GET /nowhere", "", "", 404, "aslocal has nothing at /nowhere; the Step Functions API takes POST requests at /"},
		{"a browser", "GET /", "", "", 200, "This is aslocal, a local AWS Step Functions."},
		{"another method", "DELETE /", "", "", 405, "the API takes POST requests"},
	} {
		status, body := exchange(t, em, fmt.Sprintf("%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n%s\r\n%s", c.line, len(c.body), c.headers, c.body))
		if status != c.status || !strings.Contains(body, c.want) {
			t.Errorf("%s: got %d %s\nwant %d %s", c.name, status, body, c.status, c.want)
		}
	}
}
