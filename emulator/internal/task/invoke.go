package task

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/lambda"
	"github.com/aslocal/aslocal/value"
)

// This file speaks Lambda's Invoke API, and plays it for functions in this
// process.

// newTransport returns a transport for local endpoints: it keeps connections
// for many calls at a time, and does not go through a proxy nor ask for
// compression.
func newTransport() *http.Transport {
	return &http.Transport{
		DialContext:         (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		MaxIdleConns:        1024,
		MaxIdleConnsPerHost: 256,
		// Less than the 5 seconds after which Node.js and uvicorn close a
		// connection: a request that is sent on a closing connection is lost, and
		// must not be repeated, since functions are not idempotent.
		IdleConnTimeout:        4 * time.Second,
		TLSHandshakeTimeout:    5 * time.Second,
		DisableCompression:     true,
		MaxResponseHeaderBytes: 1 << 20,
	}
}

// An answer is what the Invoke API answers to a call that it accepts.
type answer struct {
	status int
	header http.Header
	body   string // not more than maxResult+1 bytes of it
	parsed value.Value
}

// invoke calls the function wherever it is. The error is the program's, or that
// of ctx.
func (l *Lambda) invoke(ctx context.Context, in *invocation) (*answer, error) {
	handler, at := l.find(in.function)
	switch {
	case handler != nil:
		return call(ctx, handler, in)
	case l.local != nil && l.local.Has(in.function.name):
		return l.process(ctx, in)
	case at.url == "":
		return nil, noEndpoint(in.function.name)
	}
	if at.now != nil {
		select {
		case at.now <- struct{}{}:
			defer func() { <-at.now }()
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	target := qualified(at.url, in.function.qualifier)
	out, err := l.post(ctx, target, in)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, unreachable(err, in.function.name, target)
	}
	if out.status >= 300 && !out.failed() {
		return nil, out.serviceError(in)
	}
	return out, nil
}

// find returns the handler of the function, or else where it is; without a URL
// if neither is known.
func (l *Lambda) find(f function) (Handler, place) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if len(l.handlers)+len(l.places) > 0 {
		keys := f.keys()
		for _, key := range keys {
			if h := l.handlers[key]; h != nil {
				return h, place{}
			}
		}
		for _, key := range keys {
			if p := l.places[key]; p != nil {
				return nil, *p
			}
		}
	}
	if l.endpoint == nil {
		return nil, place{}
	}
	// By its name: not every local endpoint understands an ARN.
	return nil, place{url: invocationsURL(l.endpoint, f.name), now: l.now}
}

func qualified(target, qualifier string) string {
	if qualifier == "" {
		return target
	}
	separator := "?"
	if strings.Contains(target, "?") {
		separator = "&"
	}
	return target + separator + "Qualifier=" + url.QueryEscape(qualifier)
}

// post makes the call over HTTP.
func (l *Lambda) post(ctx context.Context, target string, in *invocation) (*answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, target, strings.NewReader(in.payload))
	if err != nil {
		return nil, err
	}
	r.Header = http.Header{
		"Content-Type":          {"application/json"},
		"User-Agent":            {"aslocal"},
		"X-Amz-Invocation-Type": {in.mode},
	}
	if in.log != "" {
		r.Header.Set("X-Amz-Log-Type", in.log)
	}
	if in.context != "" {
		r.Header.Set("X-Amz-Client-Context", in.context)
	}
	if in.call.Trace != "" {
		r.Header.Set("X-Amzn-Trace-Id", in.call.Trace)
	}
	response, err := l.transport.RoundTrip(r) // there are no redirects or cookies for a client to follow
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var body strings.Builder
	limit := int64(maxResult + 1)
	if n := response.ContentLength; n >= 0 {
		limit = min(maxResult, n) + 1 // io.Copy takes a buffer of that size, not of 32 KB
		body.Grow(int(limit))
	}
	if _, err := io.Copy(&body, io.LimitReader(response.Body, limit)); err != nil {
		return nil, err
	}
	return &answer{status: response.StatusCode, header: response.Header, body: body.String()}, nil
}

// failed reports whether the function has failed. Lambda says so in a header.
// The emulator that runs in containers sends none of Lambda's headers: there
// the payload of an error tells, or that there is no payload at all because
// the process is gone.
func (a *answer) failed() bool {
	if a.header.Get("X-Amz-Function-Error") != "" {
		return true
	}
	if a.header.Get("X-Amz-Executed-Version") != "" || a.header.Get("x-amzn-RequestId") != "" || a.header.Get("x-amzn-ErrorType") != "" {
		return false
	}
	if a.body == "" {
		return a.status == http.StatusOK
	}
	payload := a.payload()
	return payload.Get("errorType").Kind() == value.String && payload.Get("errorMessage").Kind() == value.String
}

// payload returns the body as JSON, or as a string if it is not.
func (a *answer) payload() value.Value {
	if !a.parsed.Exists() {
		var err error
		if a.parsed, err = value.Parse(a.body); err != nil {
			a.parsed = value.OfString(strings.ToValidUTF8(a.body, "\uFFFD"))
		}
	}
	return a.parsed
}

// functionError returns the error that the function failed with.
func (a *answer) functionError(cause string) error {
	name := a.payload().Get("errorType").Text()
	if name == "" {
		return unknownError(cause)
	}
	return &asl.Error{Name: name, Cause: cause}
}

// serviceError returns the error that the endpoint answered instead of calling
// the function. Not all of them word it as Lambda does.
func (a *answer) serviceError(in *invocation) error {
	body := a.payload()
	e := serviceError{status: a.status, code: a.header.Get("x-amzn-ErrorType"), requestID: a.header.Get("x-amzn-RequestId")}
	if e.code == "" {
		e.code = body.Get("__type").Text()
	}
	e.code = e.code[strings.LastIndexByte(e.code, '#')+1:]
	e.code, _, _ = strings.Cut(e.code, ":") // a link to the documentation may follow
	if e.code == "" {
		e.code = codeOf(a.status)
	}
	if !strings.HasSuffix(e.code, "Exception") {
		e.code += "Exception"
	}
	if e.requestID == "" {
		e.requestID = in.call.requestID()
	}
	for _, name := range []string{"Message", "message", "errorMessage"} {
		if e.message == "" {
			e.message = body.Get(name).Text()
		}
	}
	if e.message == "" {
		e.message = "the endpoint answered " + a.excerpt()
	}
	if arn, ok := strings.CutPrefix(e.message, "Function not found: "); ok && parseFunction(arn).qualifier == "" {
		e.message += ":" + in.function.version() // Lambda itself names the version, too
	}
	return e.optimized("lambda")
}

// codeOf returns the exception for an answer that names none.
func codeOf(status int) string {
	switch {
	case status == http.StatusNotFound:
		return "ResourceNotFoundException"
	case status == http.StatusRequestEntityTooLarge:
		return "RequestTooLargeException"
	case status == http.StatusTooManyRequests:
		return "TooManyRequestsException"
	case status >= 500:
		return "ServiceException"
	}
	return "AWSLambdaException"
}

// excerpt shows an answer that Lambda itself would not give.
func (a *answer) excerpt() string {
	const most = 200
	text := strings.ToValidUTF8(a.body, "\uFFFD")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s: %s", a.status, http.StatusText(a.status), text))
}

// call plays the Invoke API for a function in this process. A call that does
// not wait for its result is made all the same, and its outcome is dropped.
func call(ctx context.Context, h Handler, in *invocation) (*answer, error) {
	id := in.call.requestID()
	a := &answer{status: http.StatusOK, header: http.Header{}}
	a.header.Set("x-amzn-RequestId", id)
	input, err := value.Parse(in.payload)
	if err != nil {
		return nil, refused(in.call, "InvalidRequestContentException", "Could not parse request body into json: "+err.Error())
	}
	if in.mode == dryRun {
		a.status = http.StatusNoContent
		return a, nil
	}
	output, err := h(ctx, input)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, ErrNoAnswer):
		return nil, ErrNoAnswer
	case in.mode == event:
		a.status = http.StatusAccepted
		return a, nil
	}
	a.header.Set("X-Amz-Executed-Version", in.function.version())
	if in.log == "Tail" {
		log := "START RequestId: " + id + " Version: " + in.function.version() + "\nEND RequestId: " + id + "\n"
		a.header.Set("X-Amz-Log-Result", base64.StdEncoding.EncodeToString([]byte(log)))
	}
	if err != nil {
		a.header.Set("X-Amz-Function-Error", "Unhandled")
		output = errorPayload(err)
	}
	if !output.Exists() {
		output = value.NullValue
	}
	a.body = output.String()
	return a, nil
}

// process calls a function that runs as processes of this machine.
func (l *Lambda) process(ctx context.Context, in *invocation) (*answer, error) {
	id := in.call.requestID()
	result, err := l.local.Invoke(ctx, lambda.Invocation{
		Function: in.function.name, Qualifier: in.function.qualifier, Event: []byte(in.payload), Type: in.mode,
		ClientContext: in.context, TraceID: in.call.Trace, LogTail: in.log == "Tail", RequestID: id, Execution: in.call.Execution, Home: lambda.Home(in.call.Home()),
	})
	refused, isRefused := errors.AsType[*lambda.Error](err)
	switch {
	case isRefused:
		return nil, serviceError{status: refused.Status, code: refused.Code, message: refused.Message, requestID: id}.optimized("lambda")
	case errors.Is(err, lambda.ErrClosed):
		return nil, ErrNoAnswer
	case err != nil:
		return nil, err
	}
	a := &answer{status: result.Status, header: http.Header{}, body: string(result.Payload[:min(len(result.Payload), maxResult+1)])}
	a.header.Set("x-amzn-RequestId", id)
	for name, text := range map[string]string{
		"X-Amz-Executed-Version": result.Executed, "X-Amz-Function-Error": result.FunctionError, "X-Amz-Log-Result": base64.StdEncoding.EncodeToString(result.Log),
	} {
		if text != "" {
			a.header.Set(name, text)
		}
	}
	return a, nil
}

// errorPayload is what a function in Go sends of its error.
func errorPayload(err error) value.Value {
	if e, ok := errors.AsType[*asl.Error](err); ok {
		return value.OfMembers("errorMessage", value.OfString(e.Cause), "errorType", value.OfString(e.Name))
	}
	t := reflect.TypeOf(err)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return value.OfMembers("errorMessage", value.OfString(err.Error()), "errorType", value.OfString(t.Name()))
}
