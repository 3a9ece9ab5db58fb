package task

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/awsclient"
	"github.com/aslocal/aslocal/value"
)

const connectionOfTest = "arn:aws:events:us-east-1:123456789012:connection/pay/0e0f1a2b"

// An api is an HTTPS API that keeps the last request.
type api struct {
	*httptest.Server
	request string // method, path with query, headers and body
}

func newAPI(t *testing.T, answer http.HandlerFunc) *api {
	a := &api{}
	a.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var headers []string
		for name, texts := range r.Header {
			if name != "Content-Length" {
				headers = append(headers, name+": "+strings.Join(texts, " + "))
			}
		}
		slices.Sort(headers)
		a.request = strings.Join(append([]string{r.Method + " " + r.URL.RequestURI() + " of " + r.Host}, headers...), "\n") + "\n\n" + string(body)
		answer(w, r)
	}))
	a.Config.ErrorLog = log.New(io.Discard, "", 0) // clients that do not trust it
	a.StartTLS()
	t.Cleanup(a.Close)
	return a
}

// runner returns an HTTP for which https://api.test is this API.
func (a *api) runner(t *testing.T, s HTTPSettings) *HTTP {
	t.Helper()
	s.Transport = a.Client().Transport
	if err := s.Destinations.Map("https://api.test", a.URL+"/base/"); err != nil {
		t.Fatal(err)
	}
	return NewHTTP(s)
}

// httpCall is the call of http:invoke with these members besides ApiEndpoint, Method
// and the connection.
func httpCall(t *testing.T, members string) *Call {
	t.Helper()
	resource, err := asl.ParseResource("arn:aws:states:::http:invoke")
	if err != nil {
		t.Fatal(err)
	}
	text := `{"ApiEndpoint": "https://api.test/v1/pay%20now", "Method": "POST", "Authentication": {"ConnectionArn": "` + connectionOfTest + `"}}`
	in, err := value.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	more, err := value.Parse("{" + members + "}")
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range more.Members() {
		in = in.With(name, v)
	}
	if _, problem := CompleteParameters(resource, in); problem != "" {
		t.Fatalf("the parameters are refused: %s", problem)
	}
	return &Call{Resource: resource, Input: in, Execution: "arn:aws:states:us-east-1:123456789012:execution:m:e", Token: 3}
}

func ok(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"ok": true}`) }

var everyCall = Connection{
	APIKey: &APIKey{"X-Api-Key", "s3cret"}, Headers: []Parameter{{"x-tenant", "t1"}}, Query: []Parameter{{"lang", "en"}}, Body: []Parameter{{"tenant", "t1"}},
}

func TestHTTPRequest(t *testing.T) {
	const agent = "User-Agent: Amazon|StepFunctions|HttpInvoke|us-east-1"
	const asJSON = "Content-Type: application/json; charset=UTF-8\n"
	const asForm = "Content-Type: application/x-www-form-urlencoded\n"
	const rest = "Range: bytes=0-262144\n" + agent + "\n"
	list := `{"a": ["x", "y z"], "o": {"k": "ü", "n": [1, {"m": true}]}, "nothing": null}`
	encoded := func(format string) string {
		return `"RequestBody": ` + list + `, "Transform": {"RequestBodyEncoding": "URL_ENCODED", "RequestEncodingOptions": {"ArrayFormat": "` + format + `"}}`
	}
	tests := []struct {
		name, members string
		connection    Connection
		want          string
	}{
		{"no body", `"Method": "GET"`, Connection{}, "GET /base/v1/pay%20now of api.test\n" + rest + "\n"},
		{"an object", `"RequestBody": {"b": 1, "a": null}`, Connection{}, "POST /base/v1/pay%20now of api.test\n" + asJSON + rest + "\n" + `{"b":1,"a":null}`},
		{"a string", `"RequestBody": "<pay/>", "Headers": {"content-type": "text/xml"}`, Connection{}, "POST /base/v1/pay%20now of api.test\nContent-Type: text/xml\n" + rest + "\n<pay/>"},
		{"headers and query", `"Method": "DELETE", "Headers": {"x-one": "1", "X-Many": ["a", "b"]}, "QueryParameters": {"s": "a&b ü", "l": ["x", 2], "o": {"k": true}, "n": null}`, Connection{},
			"DELETE /base/v1/pay%20now?s=a%26b%20%C3%BC&l=x&l=2&o%5Bk%5D=true of api.test\n" + "Range: bytes=0-262144\n" + agent + "\nX-Many: a + b\nX-One: 1\n\n"},
		{"a query in the endpoint", `"Method": "GET", "ApiEndpoint": "https://API.test:443/p?a=1", "QueryParameters": {"b": 2}`, Connection{}, "GET /base/p?a=1&b=2 of API.test:443\n" + rest + "\n"},
		{"data of the connection", `"RequestBody": {"tenant": "mine", "total": 3}, "Headers": {"X-Tenant": "mine"}, "QueryParameters": {"lang": "de", "page": "1"}`, everyCall,
			"POST /base/v1/pay%20now?page=1&lang=en of api.test\n" + asJSON + rest + "X-Api-Key: s3cret\nX-Tenant: t1\n\n" + `{"tenant":"t1","total":3}`},
		{"a body of the connection alone", `"Method": "PUT"`, everyCall,
			"PUT /base/v1/pay%20now?lang=en of api.test\n" + asJSON + rest + "X-Api-Key: s3cret\nX-Tenant: t1\n\n" + `{"tenant":"t1"}`},
		{"basic", `"Method": "HEAD"`, Connection{Basic: &BasicCredentials{"user", "pass"}}, "HEAD /base/v1/pay%20now of api.test\nAuthorization: Basic dXNlcjpwYXNz\n" + rest + "\n"},
		{"indices", encoded("INDICES"), Connection{}, "POST /base/v1/pay%20now of api.test\n" + asForm + rest + "\n" +
			"a%5B0%5D=x&a%5B1%5D=y%20z&o%5Bk%5D=%C3%BC&o%5Bn%5D%5B0%5D=1&o%5Bn%5D%5B1%5D%5Bm%5D=true"},
		{"repeat", encoded("REPEAT"), Connection{}, "POST /base/v1/pay%20now of api.test\n" + asForm + rest + "\n" + "a=x&a=y%20z&o%5Bk%5D=%C3%BC&o%5Bn%5D=1&o%5Bn%5D%5Bm%5D=true"},
		{"commas", encoded("COMMAS"), Connection{}, "POST /base/v1/pay%20now of api.test\n" + asForm + rest + "\n" + "a=x,y%20z&o%5Bk%5D=%C3%BC&o%5Bn%5D=1,%7B%22m%22%3Atrue%7D"},
		{"brackets", encoded("BRACKETS"), Connection{}, "POST /base/v1/pay%20now of api.test\n" + asForm + rest + "\n" +
			"a%5B%5D=x&a%5B%5D=y%20z&o%5Bk%5D=%C3%BC&o%5Bn%5D%5B%5D=1&o%5Bn%5D%5B%5D%5Bm%5D=true"},
		{"a form by default", `"RequestBody": {"a": ["x"]}, "Transform": {"RequestBodyEncoding": "URL_ENCODED"}`, Connection{}, "POST /base/v1/pay%20now of api.test\n" + asForm + rest + "\na%5B0%5D=x"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := newAPI(t, ok)
			h := a.runner(t, HTTPSettings{Connections: map[string]Connection{"pay": test.connection}})
			if _, err := h.Run(t.Context(), httpCall(t, test.members)); err != nil {
				t.Fatal(err)
			}
			if a.request != test.want {
				t.Errorf("got\n%s\nwant\n%s", a.request, test.want)
			}
		})
	}
}

func TestHTTPResult(t *testing.T) {
	answer := func(status int, contentType, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Date"] = nil
			w.Header().Set("Content-Type", contentType)
			w.WriteHeader(status)
			io.WriteString(w, body)
		}
	}
	large := strings.Repeat("x", maxResult+1)
	tests := []struct {
		name   string
		answer http.HandlerFunc
		want   string // the result, or the name of the error and what the cause begins with
	}{
		{"JSON", answer(200, "application/json", `{"a": [1]}`), `{"Headers":{"content-length":["10"],"content-type":["application/json"]},"ResponseBody":{"a":[1]},"StatusCode":200,"StatusText":"OK"}`},
		{"text", answer(201, "text/plain", `fine`), `{"Headers":{"content-length":["4"],"content-type":["text/plain"]},"ResponseBody":"fine","StatusCode":201,"StatusText":"Created"}`},
		{"nothing", answer(204, "text/plain", ""), `{"Headers":{"content-type":["text/plain"]},"ResponseBody":"","StatusCode":204,"StatusText":"No Content"}`},
		{"not found", answer(404, "application/json", `{"message": "no"}`), `States.Http.StatusCode.404: {"message": "no"}`},
		{"a redirect is not followed", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }, `States.Http.StatusCode.302: `},
		{"throttled", answer(429, "text/plain", "slow down"), `States.Http.StatusCode.429: slow down`},
		{"an image", answer(200, "image/png", "x"), `States.Runtime: The response of the HTTP endpoint cannot be read as text: its content type is image/png`},
		{"bytes", answer(200, "application/octet-stream; x=y", "x"), `States.Runtime: The response of the HTTP endpoint cannot be read as text: its content type is application/octet-stream; x=y`},
		{"no UTF-8", answer(200, "text/plain", "\xff"), `States.Runtime: The response of the HTTP endpoint cannot be read as text: it is no UTF-8 text`},
		{"too large", answer(200, "text/plain", large), `States.DataLimitExceeded: The state/task 'http' returned a result`},
		{"an answer cut off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, "half")
		}, `States.Http.Socket: Unable to execute HTTP request: POST https://api.test/v1/pay%20now: unexpected EOF`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := newAPI(t, test.answer).runner(t, HTTPSettings{Connections: map[string]Connection{"pay": {}}})
			out, err := h.Run(t.Context(), httpCall(t, ""))
			got := out.Output.String()
			if err != nil {
				got = errorText(t, err)
			}
			if got != test.want && !(err != nil && strings.HasPrefix(got, test.want)) {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// errorText is the name and the cause of the error that a state sees.
func errorText(t *testing.T, err error) string {
	t.Helper()
	failure, ok := errors.AsType[*asl.Error](err)
	if !ok {
		t.Fatalf("not an error of the program: %v", err)
	}
	return failure.Name + ": " + failure.Cause
}

func TestHTTPParameters(t *testing.T) {
	resource, err := asl.ParseResource("arn:aws:states:::http:invoke")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ members, want string }{
		{`"ApiEndpoint": "http://api.test"`, "The value for the 'ApiEndpoint' field is not valid"},
		{`"ApiEndpoint": "https://user:pass@api.test"`, "The value for the 'ApiEndpoint' field is not valid"},
		{`"ApiEndpoint": 1`, "The value for the 'ApiEndpoint' field is not valid"},
		{`"Method": "TRACE"`, "The value of the field 'Method' has an invalid format"},
		{`"Authentication": {}`, "The field 'ConnectionArn' is required but was missing"},
		{`"Authentication": {"ConnectionArn": "pay"}`, "The value of the field 'ConnectionArn' has an invalid format"},
		{`"Headers": {"X": 1}`, "The value of the field 'Headers' has an invalid format"},
		{`"Headers": {"X": "a\r\nb: c"}`, "The value of the field 'Headers' has an invalid format"},
		{`"Headers": {"X Y": "a"}`, "The value of the field 'Headers' has an invalid format"},
		{`"Headers": {"AUTHORIZATION": "a"}`, "The header 'AUTHORIZATION' cannot be set in the field 'Headers'"},
		{`"Headers": {"x-amz-Date": "a"}`, "The header 'x-amz-Date' cannot be set in the field 'Headers'"},
		{`"QueryParameters": "a=b"`, "The value of the field 'QueryParameters' has an invalid format"},
		{`"Transform": {"RequestBodyEncoding": "GZIP"}`, "The value of the field 'RequestBodyEncoding' has an invalid format"},
		{`"Transform": {"RequestBodyEncoding": "URL_ENCODED", "RequestEncodingOptions": {"ArrayFormat": "DOTS"}}`, "The value of the field 'ArrayFormat' has an invalid format"},
		{`"Transform": {"RequestBodyEncoding": "URL_ENCODED"}, "RequestBody": [1]`, "The value of the field 'RequestBody' has an invalid format"},
		{`"Body": 1`, "The field \"Body\" is not supported by Step Functions"},
	}
	for _, test := range tests {
		in := httpCall(t, "").Input
		more, err := value.Parse("{" + test.members + "}")
		if err != nil {
			t.Fatal(err)
		}
		for name, v := range more.Members() {
			in = in.With(name, v)
		}
		if _, got := CompleteParameters(resource, in); got != test.want {
			t.Errorf("%s\n got %q\nwant %q", test.members, got, test.want)
		}
	}
}

// A string cannot be merged with the body of a connection.
func TestHTTPBodiesThatDoNotMerge(t *testing.T) {
	a := newAPI(t, ok)
	h := a.runner(t, HTTPSettings{Connections: map[string]Connection{connectionOfTest: everyCall}})
	_, err := h.Run(t.Context(), httpCall(t, `"RequestBody": "text"`))
	if got, want := errorText(t, err), "States.Runtime: The RequestBody cannot be merged with the body parameters of the connection: it is no JSON object"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if a.request != "" {
		t.Error("the API was called")
	}
}

// Nothing is sent to a host that no setting names, and that task may be answered by
// hand.
func TestHTTPDestinations(t *testing.T) {
	tests := []struct {
		host  string
		allow []string
		want  bool
	}{
		{"api.example.com", nil, false},
		{"api.example.com", []string{"API.example.com"}, true},
		{"api.example.com:8443", []string{"api.example.com"}, true},
		{"api.example.com", []string{"*.example.com"}, true},
		{"example.com", []string{"*.example.com"}, false},
		{"notexample.com", []string{"*.example.com", "example.com"}, false},
		{"api.example.com", []string{"all"}, true},
		{"localhost:9000", nil, true},
		{"127.0.0.9", nil, true},
		{"[::1]:9000", nil, true},
		{"api.localhost", nil, true},
		{"192.168.1.2", nil, false},
		{"192.168.1.2", []string{"192.168.1.2"}, true},
	}
	for _, test := range tests {
		var d Destinations
		for _, host := range test.allow {
			if err := d.Allow(host); err != nil {
				t.Fatal(err)
			}
		}
		u, err := parseAPIEndpoint("https://" + test.host + "/p")
		if err != nil {
			t.Fatal(err)
		}
		target, _, err := d.find(u)
		if (err == nil) != test.want || err == nil && target != u.String() {
			t.Errorf("%s with %q allowed: got %q, %v", test.host, test.allow, target, err)
		}
		if _, missing := errors.AsType[*MissingError](err); err != nil && !missing {
			t.Errorf("%s: %T cannot be answered by hand", test.host, err)
		}
	}
	h := NewHTTP(HTTPSettings{Connections: map[string]Connection{"pay": {}}})
	_, err := h.Run(t.Context(), httpCall(t, ""))
	want := "States.Http.Socket: aslocal does not call https://api.test, since no setting says so: set http.endpoints in aslocal.yaml to where it is here " +
		`("https://api.test": http://localhost:9000), or allow the call of the real one with http.allow: [api.test]`
	if got := errorText(t, err); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestWrongDestinations(t *testing.T) {
	for _, host := range []string{"", "*.", "*", "https://a.test", "a.test:80", "a b", "*.*.test"} {
		if new(Destinations).Allow(host) == nil {
			t.Errorf("%q is allowed", host)
		}
	}
	for _, pair := range [][2]string{
		{"http://api.test", "http://localhost:1"}, {"https://api.test/v1", "http://localhost:1"}, {"api.test", "http://localhost:1"},
		{"https://api.test", "localhost:1"}, {"https://api.test", "ftp://localhost"}, {"https://api.test", "http://u:p@localhost"}, {"https://api.test", "http://localhost?a"},
	} {
		if new(Destinations).Map(pair[0], pair[1]) == nil {
			t.Errorf("%q is mapped", pair)
		}
	}
}

// What an endpoint can do wrong is States.Http.Socket, and nothing hangs.
func TestHTTPSockets(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refusing := "http://" + listener.Addr().String()
	listener.Close()
	silent := newAPI(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	plain := httptest.NewServer(http.HandlerFunc(ok))
	t.Cleanup(plain.Close)
	tests := []struct {
		name, endpoint string
		transport      http.RoundTripper
		limit          time.Duration
		want           string
	}{
		{"refused", refusing, nil, 0, "connection refused"},
		{"a certificate that nobody trusts", silent.URL, nil, 0, "certificate"},
		{"no TLS", "https" + strings.TrimPrefix(plain.URL, "http"), &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}, 0, "tls: first record does not look like a TLS handshake"},
		{"no answer", silent.URL, silent.Client().Transport, time.Millisecond, "there was no answer within 1ms"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := HTTPSettings{Connections: map[string]Connection{"pay": {}}, Transport: test.transport, Limit: test.limit}
			if err := s.Destinations.Map("https://api.test", test.endpoint); err != nil {
				t.Fatal(err)
			}
			h := NewHTTP(s)
			defer h.Close()
			_, err := h.Run(t.Context(), httpCall(t, ""))
			if got := errorText(t, err); !strings.HasPrefix(got, "States.Http.Socket: Unable to execute HTTP request: ") || !strings.Contains(got, test.want) {
				t.Errorf("got %s, want States.Http.Socket with %q", got, test.want)
			}
		})
	}
}

// A call that is given up ends at once: the server sees that.
func TestHTTPIsGivenUp(t *testing.T) {
	called, gone := make(chan struct{}), make(chan struct{})
	a := newAPI(t, func(_ http.ResponseWriter, r *http.Request) {
		close(called)
		<-r.Context().Done()
		close(gone)
	})
	h := a.runner(t, HTTPSettings{Connections: map[string]Connection{"pay": {}}})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-called
		cancel()
	}()
	if _, err := h.Run(ctx, httpCall(t, "")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was cancelled", err)
	}
	<-gone
}

// A login gives tokens, each its own.
func newLogin(t *testing.T, answer func(n int) string) (*httptest.Server, *[]string) {
	var requests []string
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		requests = append(requests, fmt.Sprintf("%s %s %s %s %s", r.Method, r.URL.RequestURI(), r.Header.Get("Authorization"), r.Header.Get("X-Extra"), body))
		io.WriteString(w, answer(len(requests)))
	}))
	t.Cleanup(s.Close)
	return s, &requests
}

// trusting is a transport that trusts both servers.
func trusting(a, b *httptest.Server) http.RoundTripper {
	pool := a.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs.Clone()
	pool.AddCert(b.Certificate())
	return &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
}

// A token is used until it expires, or an answer says that it does not count.
func TestOAuth(t *testing.T) {
	login, requests := newLogin(t, func(n int) string { return fmt.Sprintf(`{"access_token": "token%d", "expires_in": 60}`, n) })
	status := http.StatusOK
	a := newAPI(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
	now := int64(1_000_000)
	s := HTTPSettings{Now: func() int64 { return now }, Transport: trusting(a.Server, login), Connections: map[string]Connection{"pay": {OAuth: &OAuth{
		Endpoint: login.URL + "/token?v=1", ClientID: "me", ClientSecret: "s3cret",
		Headers: []Parameter{{"X-Extra", "more"}}, Query: []Parameter{{"q", "1 2"}}, Body: []Parameter{{"audience", "all of them"}},
	}}}}
	if err := s.Destinations.Map("https://api.test", a.URL); err != nil {
		t.Fatal(err)
	}
	h := NewHTTP(s)
	for _, step := range []struct {
		name   string
		after  int64 // milliseconds
		status int
		want   string
	}{
		{"the first call", 0, 200, "token1"},
		{"while it is valid", 49_000, 200, "token1"},
		{"shortly before its end", 2_000, 200, "token2"},
		{"an answer that refuses it", 0, 401, "token2"},
		{"the next attempt", 0, 407, "token3"},
		{"and the next", 0, 200, "token4"},
	} {
		now += step.after
		status = step.status
		_, err := h.Run(t.Context(), httpCall(t, ""))
		if (err == nil) != (step.status == 200) {
			t.Fatalf("%s: %v", step.name, err)
		}
		if !strings.Contains(a.request, "\nAuthorization: Bearer "+step.want+"\n") {
			t.Errorf("%s: got\n%s\nwant %s", step.name, a.request, step.want)
		}
	}
	want := "POST /token?v=1&q=1%202 Basic bWU6czNjcmV0 more audience=all%20of%20them&grant_type=client_credentials"
	if len(*requests) != 4 || (*requests)[0] != want {
		t.Errorf("requests for tokens\n got %q\nwant %q first, of 4", *requests, want)
	}
}

func TestOAuthWithoutToken(t *testing.T) {
	login, _ := newLogin(t, func(int) string { return `{"error": "invalid_client"}` })
	h := NewHTTP(HTTPSettings{Transport: login.Client().Transport, Connections: map[string]Connection{"pay": {OAuth: &OAuth{Endpoint: login.URL, Method: "GET"}}}})
	_, err := h.Run(t.Context(), httpCall(t, ""))
	want := "Events.ConnectionResource.InvalidConnectionState: no token for the connection pay: the answer of GET " + login.URL + " has no access_token"
	if got := errorText(t, err); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A fakeAWS answers operations.
type fakeAWS map[string]string

func (f fakeAWS) Call(_ context.Context, r awsclient.Request) (awsclient.Response, error) {
	text, ok := f[r.Operation]
	switch {
	case !ok:
		return awsclient.Response{}, &awsclient.MissingEndpoint{Service: r.Service}
	case strings.HasSuffix(text, "Exception"):
		return awsclient.Response{}, &awsclient.Error{Status: 400, Code: text, Message: "why"}
	}
	out, err := value.Parse(text)
	return awsclient.Response{Output: out}, err
}

// Connections of EventBridge are read with their secrets, in either spelling.
func TestConnectionsOfEventBridge(t *testing.T) {
	parameters := `"InvocationHttpParameters": {"HeaderParameters": [{"Key": "X-Plain", "Value": "p", "IsValueSecret": false}, {"Key": "X-Secret", "IsValueSecret": true}]}`
	tests := []struct{ name, shown, secret, want string }{
		{"API key", `"ApiKeyAuthParameters": {"ApiKeyName": "X-Key"}, ` + parameters,
			`{"api_key_name": "X-Key", "api_key_value": "v", "invocation_http_parameters": {"header_parameters": [{"key": "X-Secret", "value": "s", "is_value_secret": true}]}}`,
			"X-Key: v\nX-Plain: p\nX-Secret: s"},
		{"API key as in the API", `"ApiKeyAuthParameters": {"ApiKeyName": "X-Key"}, ` + parameters,
			`{"ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "v"}, "InvocationHttpParameters": {"HeaderParameters": [{"Key": "X-Secret", "Value": "s"}]}}`,
			"X-Key: v\nX-Plain: p\nX-Secret: s"},
		{"basic", `"BasicAuthParameters": {"Username": "user"}`, `{"username": "user", "password": "pass"}`, "Authorization: Basic dXNlcjpwYXNz"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := newAPI(t, ok)
			h := a.runner(t, HTTPSettings{AWS: fakeAWS{
				"DescribeConnection": `{"ConnectionState": "AUTHORIZED", "SecretArn": "arn:s", "AuthParameters": {` + test.shown + `}}`,
				"GetSecretValue":     value.OfMembers("SecretString", value.OfString(test.secret)).String(),
			}})
			if _, err := h.Run(t.Context(), httpCall(t, `"Method": "GET"`)); err != nil {
				t.Fatal(err)
			}
			for _, line := range strings.Split(test.want, "\n") {
				if !strings.Contains(a.request, "\n"+line+"\n") {
					t.Errorf("got\n%s\nwant %s", a.request, line)
				}
			}
		})
	}
}

func TestOAuthConnectionsOfEventBridge(t *testing.T) {
	for name, secret := range map[string]string{
		"flat":   `{"client_id": "me", "client_secret": "s3cret", "oauth_http_parameters": {"body_parameters": [{"key": "scope", "value": "all"}]}}`,
		"nested": `{"client_parameters": {"client_id": "me", "client_secret": "s3cret"}, "o_auth_http_parameters": {"body_parameters": [{"key": "scope", "value": "all"}]}}`,
		"as in the API": `{"AuthParameters": {"OAuthParameters": {"ClientParameters": {"ClientID": "me", "ClientSecret": "s3cret"},
			"OAuthHttpParameters": {"BodyParameters": [{"Key": "scope", "Value": "all"}]}}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			login, requests := newLogin(t, func(int) string { return `{"access_token": "t"}` })
			a := newAPI(t, ok)
			s := HTTPSettings{Transport: trusting(a.Server, login), AWS: fakeAWS{
				"DescribeConnection": `{"ConnectionState": "AUTHORIZED", "SecretArn": "arn:s", "AuthParameters": {"OAuthParameters": {"AuthorizationEndpoint": "` + login.URL + `",
					"HttpMethod": "PUT", "ClientParameters": {"ClientID": "me"}, "OAuthHttpParameters": {"BodyParameters": [{"Key": "scope", "IsValueSecret": true}]}}}}`,
				"GetSecretValue": value.OfMembers("SecretString", value.OfString(secret)).String(),
			}}
			if err := s.Destinations.Map("https://api.test", a.URL); err != nil {
				t.Fatal(err)
			}
			if _, err := NewHTTP(s).Run(t.Context(), httpCall(t, "")); err != nil {
				t.Fatal(err)
			}
			if want := []string{"PUT / Basic bWU6czNjcmV0  scope=all&grant_type=client_credentials"}; !slices.Equal(*requests, want) {
				t.Errorf("got %q, want %q", *requests, want)
			}
		})
	}
}

func TestConnectionErrors(t *testing.T) {
	tests := []struct {
		name string
		aws  fakeAWS
		want string
	}{
		{"nowhere", fakeAWS{}, "Events.ConnectionResource.ResourceNotFound: there is no connection pay: define it in aslocal.yaml (connections.pay with apiKey, basic or oauth); or no endpoint is set for events: "},
		{"not found", fakeAWS{"DescribeConnection": "ResourceNotFoundException"}, "Events.ConnectionResource.ResourceNotFound: ResourceNotFoundException: why (status 400)"},
		{"denied", fakeAWS{"DescribeConnection": "AccessDeniedException"}, "Events.ConnectionResource.AccessDenied: "},
		{"in progress", fakeAWS{"DescribeConnection": `{"ConnectionState": "AUTHORIZING"}`}, "Events.ConnectionResource.AuthInProgress: "},
		{"not authorized", fakeAWS{"DescribeConnection": `{"ConnectionState": "DEAUTHORIZED"}`}, "Events.ConnectionResource.InvalidConnectionState: the connection pay is in the state DEAUTHORIZED"},
		{"a secret that is denied", fakeAWS{"DescribeConnection": `{"SecretArn": "arn:s"}`, "GetSecretValue": "AccessDeniedException"}, "Events.ConnectionResource.AccessDenied: "},
		{"a secret that is no JSON", fakeAWS{"DescribeConnection": `{"SecretArn": "arn:s"}`, "GetSecretValue": `{"SecretString": "x"}`}, "Events.ConnectionResource.InternalError: "},
	}
	for _, test := range tests {
		_, err := NewHTTP(HTTPSettings{AWS: test.aws}).Run(t.Context(), httpCall(t, ""))
		if got := errorText(t, err); !strings.HasPrefix(got, test.want) {
			t.Errorf("%s\n got %s\nwant %s", test.name, got, test.want)
		}
	}
}

// A trace shows what was sent and answered; what the connection adds only if it is
// to be revealed.
func TestHTTPTrace(t *testing.T) {
	a := newAPI(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Date"] = nil
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"ok": true}`)
	})
	h := a.runner(t, HTTPSettings{Connections: map[string]Connection{"pay": everyCall}})
	response := `{"protocol":"https","statusCode":"200","statusMessage":"OK","headers":"[content-length: 12, content-type: application/json]","body":"{\"ok\": true}"}`
	for _, test := range []struct {
		reveal bool
		want   string
	}{
		{true, `{"protocol":"https","method":"POST","url":"https://api.test/v1/pay%20now?page=1&lang=en","headers":"[X-One: 1, X-Api-Key: s3cret, x-tenant: t1, ` +
			`User-Agent: Amazon|StepFunctions|HttpInvoke|us-east-1, Range: bytes=0-262144, Content-Type: application/json; charset=UTF-8]","body":"{\"total\":3,\"tenant\":\"t1\"}"}`},
		{false, `{"protocol":"https","method":"POST","url":"https://api.test/v1/pay%20now?page=1&lang=*****","headers":"[X-One: 1, X-Api-Key: *****, x-tenant: *****, ` +
			`User-Agent: Amazon|StepFunctions|HttpInvoke|us-east-1, Range: bytes=0-262144, Content-Type: application/json; charset=UTF-8]","body":"{\"total\":3,\"tenant\":\"*****\"}"}`},
	} {
		trace := &HTTPTrace{Reveal: test.reveal}
		if _, err := h.Run(WithHTTPTrace(t.Context(), trace), httpCall(t, `"RequestBody": {"total": 3}, "Headers": {"X-One": "1"}, "QueryParameters": {"page": "1"}`)); err != nil {
			t.Fatal(err)
		}
		if got := trace.Request.String(); got != test.want {
			t.Errorf("reveal %v\n got %s\nwant %s", test.reveal, got, test.want)
		}
		if got := trace.Response.String(); got != response {
			t.Errorf("response\n got %s\nwant %s", got, response)
		}
	}
}

func TestWrongConnections(t *testing.T) {
	for _, c := range []Connection{
		{APIKey: &APIKey{"X", "v"}, Basic: &BasicCredentials{"u", "p"}},
		{APIKey: &APIKey{"X Y", "v"}},
		{APIKey: &APIKey{"X", "a\nb"}},
		{Basic: &BasicCredentials{"", "p"}},
		{OAuth: &OAuth{Endpoint: "http://login.example.com"}},
		{OAuth: &OAuth{Endpoint: "https://login.example.com", Method: "DELETE"}},
		{Headers: []Parameter{{"", "v"}}},
		{OAuth: &OAuth{Endpoint: "https://login.example.com", Headers: []Parameter{{"X", "a\r"}}}},
	} {
		if CheckConnection(c) == nil {
			t.Errorf("%+v passes", c)
		}
	}
	if err := CheckConnection(Connection{OAuth: &OAuth{Endpoint: "http://localhost:9000/token"}}); err != nil {
		t.Errorf("a login of this machine: %v", err)
	}
}
