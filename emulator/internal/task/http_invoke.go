package task

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/service"
	"github.com/aslocal/aslocal/value"
)

// This file runs http:invoke. Guide: "Call HTTPS APIs in Step Functions workflows".

// HTTPSettings say what an HTTP calls.
type HTTPSettings struct {
	Connections map[string]Connection // of EventBridge, by name or ARN
	// AWS is asked for connections that are not in Connections, at events and
	// secretsmanager. nil: there are no others.
	AWS          Caller
	Destinations Destinations
	Transport    http.RoundTripper // nil: one of its own
	Limit        time.Duration     // of a call; 0: that of the service, 60 seconds
	Now          func() int64      // Unix milliseconds, for the age of tokens; nil: the system's clock
}

// HTTP runs http:invoke. It is safe for concurrent use.
type HTTP struct {
	NoJobs
	settings  HTTPSettings
	transport http.RoundTripper
	own       *http.Transport // the transport, if it is the HTTP's own
	tokens    tokens
}

// NewHTTP returns a runner with these settings.
func NewHTTP(s HTTPSettings) *HTTP {
	h := &HTTP{settings: s, transport: s.Transport}
	if h.transport == nil {
		h.own = newTransport()
		h.transport = h.own
	}
	if h.settings.Limit == 0 {
		h.settings.Limit = 60 * time.Second
	}
	if h.settings.Now == nil {
		h.settings.Now = func() int64 { return time.Now().UnixMilli() }
	}
	return h
}

// Close closes the connections that are kept for the next call.
func (h *HTTP) Close() {
	if h.own != nil {
		h.own.CloseIdleConnections()
	}
}

// Run implements Runner.
func (h *HTTP) Run(ctx context.Context, c *Call) (Answer, error) {
	limited, cancel := context.WithTimeout(ctx, h.settings.Limit)
	defer cancel()
	out, err := h.invoke(limited, c)
	switch {
	case ctx.Err() != nil:
		err = ctx.Err()
	case limited.Err() != nil:
		err = socketError("there was no answer within %s", h.settings.Limit)
	}
	return Answer{Output: out}, err
}

func (h *HTTP) invoke(ctx context.Context, c *Call) (value.Value, error) {
	connection, err := h.connection(ctx, connectionARN(c.Input).Text())
	if err != nil {
		return value.Value{}, err
	}
	authorization, err := h.authorize(ctx, connection)
	if err != nil {
		return value.Value{}, err
	}
	r, err := newHTTPRequest(c.Input, connection, authorization, c.Home().Region)
	if err != nil {
		return value.Value{}, err
	}
	trace := httpTraceOf(ctx)
	trace.request(r)
	target, host, err := h.settings.Destinations.find(r.url)
	if err != nil {
		return value.Value{}, err
	}
	answer, err := direct(ctx, h.transport, r.method, target, r.header(host), r.body.text)
	if err != nil {
		return value.Value{}, socketError("%s: %v", r.place(), err)
	}
	trace.response(r, answer)
	if answer.status == http.StatusUnauthorized || answer.status == http.StatusProxyAuthRequired {
		h.tokens.forget(connection.name)
	}
	return httpResult(c, answer)
}

// httpResult is the result of a call, or the error that its answer means.
func httpResult(c *Call, a *directAnswer) (value.Value, error) {
	switch {
	case !a.ok():
		return value.Value{}, &asl.Error{Name: fmt.Sprintf("States.Http.StatusCode.%d", a.status), Cause: strings.ToValidUTF8(a.body, "\uFFFD")}
	case len(a.body) > maxResult:
		return value.Value{}, tooLarge(c.Resource.Type())
	case isBinary(a.header.Get("Content-Type")):
		return value.Value{}, unreadable("its content type is " + a.header.Get("Content-Type"))
	case !utf8.ValidString(a.body):
		return value.Value{}, unreadable("it is no UTF-8 text")
	}
	var headers value.ObjectBuilder
	for _, name := range slices.Sorted(maps.Keys(a.header)) {
		headers.Set(strings.ToLower(name), textsOf(a.header[name]))
	}
	return value.OfMembers("Headers", headers.Value(), "ResponseBody", a.content(), "StatusCode", value.OfInt(int64(a.status)), "StatusText", a.statusText()), nil
}

func textsOf(texts []string) value.Value {
	items := make([]value.Value, len(texts))
	for i, text := range texts {
		items[i] = value.OfString(text)
	}
	return value.OfSlice(items)
}

// isBinary reports whether the service does not take answers of a content type.
// Guide: "Unsupported HTTP Task responses".
func isBinary(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil && media == "" {
		media, _, _ = strings.Cut(strings.ToLower(contentType), ";")
	}
	kind, _, _ := strings.Cut(media, "/")
	return media == "application/octet-stream" || kind == "image" || kind == "video" || kind == "audio"
}

// unreadable: the answer cannot be a result. AWS's words are not known.
func unreadable(why string) error {
	return &asl.Error{Name: asl.ErrRuntime, Cause: "The response of the HTTP endpoint cannot be read as text: " + why}
}

// socketError: there is no answer. AWS's words are not known.
func socketError(format string, args ...any) error {
	return &asl.Error{Name: "States.Http.Socket", Cause: "Unable to execute HTTP request: " + fmt.Sprintf(format, args...)}
}

// connectionARN returns what the parameters name as the connection; no value if
// they name none.
func connectionARN(in value.Value) value.Value {
	for _, member := range []string{"Authentication", "InvocationConfig"} {
		if arn := in.Get(member).Get("ConnectionArn"); arn.Exists() {
			return arn
		}
	}
	return value.Value{}
}

// checkHTTPInvoke checks the parameters of http:invoke, for CompleteParameters.
func checkHTTPInvoke(a *service.Action, in value.Value) string {
	if problem := checkListed(a, in); problem != "" {
		return problem
	}
	endpoint, arn := in.Get("ApiEndpoint"), connectionARN(in)
	if _, err := parseAPIEndpoint(endpoint.Text()); endpoint.Kind() != value.String || err != nil {
		return "The value for the 'ApiEndpoint' field is not valid"
	}
	switch {
	case !arn.Exists():
		return missing("ConnectionArn")
	case arn.Kind() != value.String || !strings.HasPrefix(arn.Text(), "arn:"):
		return invalidFormat("ConnectionArn")
	case in.Get("Method").Kind() != value.String || !isMethod(in.Get("Method").Text()):
		return invalidFormat("Method")
	}
	return firstProblem(in, checkHTTPHeaders, checkHTTPBody)
}

// firstProblem is what the first of the checks says that finds something.
func firstProblem(in value.Value, checks ...func(value.Value) string) string {
	for _, check := range checks {
		if problem := check(in); problem != "" {
			return problem
		}
	}
	return ""
}

// checkHTTPHeaders checks Headers and QueryParameters.
func checkHTTPHeaders(in value.Value) string {
	if q := in.Get("QueryParameters"); q.Exists() && !q.IsNull() && q.Kind() != value.Object {
		return invalidFormat("QueryParameters")
	}
	headers := in.Get("Headers")
	if headers.Exists() && !headers.IsNull() && headers.Kind() != value.Object {
		return invalidFormat("Headers")
	}
	for name, v := range headers.Members() {
		texts, ok := headerTexts(v)
		if !ok || !isToken(name) || slices.ContainsFunc(texts, hasControl) {
			return invalidFormat("Headers")
		}
		if isReserved(name) {
			return "The header '" + name + "' cannot be set in the field 'Headers'"
		}
	}
	return ""
}

// checkHTTPBody checks RequestBody and Transform.
func checkHTTPBody(in value.Value) string {
	transform := in.Get("Transform")
	switch encoding := transform.Get("RequestBodyEncoding"); {
	case transform.Exists() && !transform.IsNull() && transform.Kind() != value.Object:
		return invalidFormat("Transform")
	case encoding.Exists() && !slices.Contains([]string{bodyNone, bodyURLEncoded}, encoding.Text()):
		return invalidFormat("RequestBodyEncoding")
	}
	if format := transform.Get("RequestEncodingOptions").Get("ArrayFormat"); format.Exists() && !slices.Contains(arrayFormats, format.Text()) {
		return invalidFormat("ArrayFormat")
	}
	switch body := in.Get("RequestBody"); {
	case transform.Get("RequestBodyEncoding").Text() != bodyURLEncoded:
	case body.Kind() != value.Object && body.Kind() != value.String && body.Exists() && !body.IsNull():
		return invalidFormat("RequestBody") // only members have keys
	}
	return ""
}

var errNoHTTPS = errors.New("not the URL of an HTTPS API")

// parseAPIEndpoint reads an ApiEndpoint, as which the service takes HTTPS only.
func parseAPIEndpoint(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return nil, errNoHTTPS
	}
	u.Fragment = ""
	return u, nil
}
