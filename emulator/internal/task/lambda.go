package task

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/lambda"
	"github.com/aslocal/aslocal/value"
)

// maxResult is how many bytes a task may return.
const maxResult = 262_144

// Lambda runs functions: by ARN, whose result is what the function returned,
// and by lambda:invoke, whose result is the answer of the Invoke API. A function
// is a handler in this process, a process of this machine, or behind an endpoint.
// It is safe for concurrent use.
//
// It does not call through the AWS SDK. That would sign requests, which local
// endpoints do not want, and try again by itself, which is for the Retry of the
// state to say; and Step Functions has its own words for errors.
type Lambda struct {
	NoJobs
	endpoint  *url.URL      // of all functions without one of their own; nil: none
	now       chan struct{} // of the endpoint, see place
	transport http.RoundTripper
	local     *lambda.Host // functions that run as processes of this machine; nil: none

	mu       sync.RWMutex
	places   map[string]*place // by function.key
	handlers map[string]Handler
}

// A place is where calls of one function are posted to.
type place struct {
	url string
	now chan struct{} // has room for the calls that may be under way at a time; nil: any number
}

// NewLambda returns a runner whose functions are at the endpoint, such as
// http://localhost:3001; at none if it is "". It fails if the endpoint is no
// URL. A Runtime Interface Emulator
// (http://localhost:9000/2015-03-31/functions/function/invocations) gets one call
// at a time.
func NewLambda(endpoint string) (*Lambda, error) {
	l := &Lambda{
		transport: newTransport(),
		places:    make(map[string]*place),
		handlers:  make(map[string]Handler),
	}
	if endpoint != "" {
		var err error
		if l.endpoint, err = parseURL(endpoint); err != nil {
			return nil, err
		}
		if isRuntime(invocationsURL(l.endpoint, "")) {
			l.now = make(chan struct{}, 1)
		}
	}
	return l, nil
}

// SetURL says where one function is, named by its name or ARN. The URL is that
// of its invocations (http://localhost:3001/2015-03-31/functions/pay/invocations)
// or that of an endpoint which has only this function, a container with the
// Runtime Interface Emulator (http://localhost:9000). It fails if it is no URL.
//
// Concurrency is how many calls of the function may be under way at a time; more
// wait, and their tasks may time out meanwhile. With 0 it is one at an endpoint
// that has only this function, since the emulator breaks at a second one, and
// any number elsewhere.
func (l *Lambda) SetURL(name, text string, concurrency int) error {
	u, err := parseURL(text)
	if err != nil {
		return err
	}
	p := &place{url: invocationsURL(u, runtimeFunction)}
	if concurrency == 0 && isRuntime(p.url) {
		concurrency = 1
	}
	if concurrency > 0 {
		p.now = make(chan struct{}, concurrency)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.places[parseFunction(name).key()] = p
	return nil
}

// runtimeFunction is the name that the function of a container goes by in its
// Runtime Interface Emulator.
const runtimeFunction = "function"

// isRuntime reports whether the URL of a function's invocations is that of a
// Runtime Interface Emulator.
func isRuntime(url string) bool {
	return strings.HasSuffix(url, "/functions/"+runtimeFunction+"/invocations")
}

// SetHandler makes h the function of that name or ARN. It goes before any
// endpoint.
func (l *Lambda) SetHandler(name string, h Handler) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.handlers[parseFunction(name).key()] = h
}

// SetHost lets functions run as processes of this machine. They go before any
// URL and endpoint, and after the handlers. It is called before the first Run.
func (l *Lambda) SetHost(h *lambda.Host) { l.local = h }

// Close closes the connections that are kept for the next call.
func (l *Lambda) Close() { (&http.Client{Transport: l.transport}).CloseIdleConnections() }

// parseURL reads the URL of an endpoint; http:// may be left out.
func parseURL(text string) (*url.URL, error) {
	full := text
	if !strings.Contains(full, "://") {
		full = "http://" + full
	}
	u, err := url.Parse(full)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("lambda endpoint: expected a URL such as http://localhost:3001, got %q", text)
	}
	return u, nil
}

// invocationsURL returns where a function is called. The URL of the endpoint
// may have the path of the API already, or that of one of its functions, which
// then takes all calls.
func invocationsURL(endpoint *url.URL, name string) string {
	const version, functions, invocations = "/2015-03-31", "/functions", "/invocations"
	path := strings.TrimRight(endpoint.EscapedPath(), "/")
	switch {
	case strings.Contains(path, functions+"/"):
		path = strings.TrimSuffix(path, invocations)
	default:
		path = strings.TrimSuffix(strings.TrimSuffix(path, functions), version) + version + functions + "/" + url.PathEscape(name)
	}
	u := *endpoint
	u.RawPath = path + invocations
	u.Path, _ = url.PathUnescape(u.RawPath) // it was escaped just now
	return u.String()
}

// An invocation is one call of a function.
type invocation struct {
	call     *Call
	function function
	mode     string // RequestResponse, Event or DryRun
	log      string // Tail, None or ""
	context  string // base64, or ""
	payload  string
}

// Run implements Runner.
func (l *Lambda) Run(ctx context.Context, c *Call) (Answer, error) {
	run := l.runInvoke
	if c.Resource.Kind == asl.Lambda {
		run = l.runFunction
	}
	out, err := run(ctx, c)
	return Answer{Output: out}, err
}

// runFunction is the form by ARN: the input goes in as the event and what the
// function returned comes out. The cause of a function's error is its payload
// as it was sent.
func (l *Lambda) runFunction(ctx context.Context, c *Call) (value.Value, error) {
	in := &invocation{call: c, function: parseFunction(c.Resource.Text).in(c.Home()), mode: requestResponse, payload: c.Input.String()}
	if err := in.function.check(c); err != nil {
		return value.Value{}, err
	}
	out, err := l.invoke(ctx, in)
	switch {
	case err != nil:
		return value.Value{}, err
	case len(out.body) > maxResult:
		return value.Value{}, tooLarge(c.Resource.Text)
	case out.failed():
		return value.Value{}, out.functionError(out.body)
	}
	return out.payload(), nil
}

// runInvoke is the form lambda:invoke. The cause of a function's error is its
// payload, written compactly.
func (l *Lambda) runInvoke(ctx context.Context, c *Call) (value.Value, error) {
	in, err := parseInvocation(c)
	if err != nil {
		return value.Value{}, err
	}
	out, err := l.invoke(ctx, in)
	switch {
	case err != nil:
		return value.Value{}, err
	case len(out.body) > maxResult:
		return value.Value{}, tooLarge(c.Resource.Type())
	case out.failed():
		cause := out.body
		if payload := out.payload(); payload.Kind() == value.Object {
			cause = payload.String()
		}
		return value.Value{}, out.functionError(cause)
	}
	if in.mode == requestResponse && out.header.Get("X-Amz-Executed-Version") == "" {
		out.header.Set("X-Amz-Executed-Version", in.function.version())
	}
	result := out.result(c)
	if result.Size() > maxResult {
		return value.Value{}, tooLarge(c.Resource.Type())
	}
	return result, nil
}

// The modes of an invocation.
const (
	requestResponse = "RequestResponse"
	event           = "Event"
	dryRun          = "DryRun"
)

// What the API takes for two of the parameters.
var (
	modes    = []string{event, requestResponse, dryRun}
	logTypes = []string{"None", "Tail"}
)

// parseInvocation reads the parameters of lambda:invoke.
func parseInvocation(c *Call) (*invocation, error) {
	in := &invocation{call: c, mode: requestResponse, payload: payloadText(c.Input.Get("Payload"))}
	var name, qualifier string
	for _, field := range []struct {
		name string
		to   *string
	}{
		{"FunctionName", &name}, {"InvocationType", &in.mode}, {"LogType", &in.log}, {"ClientContext", &in.context}, {"Qualifier", &qualifier},
	} {
		switch v := c.Input.Get(field.name); {
		case v.Kind() == value.String:
			*field.to = v.Text()
		case v.Exists() && !v.IsNull():
			return nil, badParameters(c.Input, invalidFormat(field.name))
		}
	}
	switch {
	case name == "":
		return nil, badParameters(c.Input, missing("FunctionName"))
	case !isBase64(in.context):
		return nil, badParameters(c.Input, invalidFormat("ClientContext"))
	case !slices.Contains(modes, in.mode):
		return nil, notInSet(c, "invocationType", in.mode, modes)
	case in.log != "" && !slices.Contains(logTypes, in.log):
		return nil, notInSet(c, "logType", in.log, logTypes)
	}
	if err := checkFunctionName(c, name); err != nil {
		return nil, err
	}
	in.function = parseFunction(name).in(c.Home())
	if qualifier != "" {
		in.function.qualifier = qualifier
	}
	return in, in.function.check(c)
}

// isBase64 is strict: a decoder lets line ends pass, which a header must not
// have.
func isBase64(text string) bool {
	_, err := base64.StdEncoding.DecodeString(text)
	return err == nil && !strings.ContainsAny(text, "\r\n")
}

// payloadText returns what is sent for a Payload: a string as it is, since it
// is meant to hold JSON, and {} for none or null.
func payloadText(v value.Value) string {
	switch v.Kind() {
	case value.Absent, value.Null:
		return "{}"
	case value.String:
		return v.Text()
	}
	return v.String()
}

// result returns the result of lambda:invoke.
func (a *answer) result(c *Call) value.Value {
	complete(a.header, c, len(a.body))
	var b value.ObjectBuilder
	for _, member := range []struct{ name, header string }{{"ExecutedVersion", "X-Amz-Executed-Version"}, {"LogResult", "X-Amz-Log-Result"}} {
		if text := a.header.Get(member.header); text != "" {
			b.Set(member.name, value.OfString(text))
		}
	}
	b.Set("Payload", a.payload())
	b.Set("SdkHttpMetadata", httpMetadata(a.header, a.status))
	b.Set("SdkResponseMetadata", responseMetadata(a.header))
	b.Set("StatusCode", value.OfInt(int64(a.status)))
	return b.Value()
}
