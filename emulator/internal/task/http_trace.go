package task

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file has what TestState shows of a call of http:invoke, with the
// inspection level TRACE.

// An HTTPTrace gets the request and the response of one call of http:invoke, in
// the form of TestState's inspectionData.
type HTTPTrace struct {
	Reveal            bool        // also what the connection has added; else it is hidden
	Request, Response value.Value // no value: there was none
}

// traceKey is the key under which a context has an HTTPTrace.
type traceKey struct{}

// WithHTTPTrace returns a context for a call that t is to trace.
func WithHTTPTrace(ctx context.Context, t *HTTPTrace) context.Context {
	return context.WithValue(ctx, traceKey{}, t)
}

// httpTraceOf returns the trace of a call; nil, which traces nothing, if there is
// none.
func httpTraceOf(ctx context.Context) *HTTPTrace {
	t, _ := ctx.Value(traceKey{}).(*HTTPTrace)
	return t
}

// request notes a request, without what is hidden.
func (t *HTTPTrace) request(r *httpRequest) {
	if t == nil {
		return
	}
	u, body, headers := *r.url, r.body.text, make([]string, 0, len(r.headers))
	if !t.Reveal {
		body = r.body.shown
		u.RawQuery = strings.TrimSuffix(u.RawQuery, encodedQuery(r.query, false)) + encodedQuery(r.query, true)
	}
	for _, f := range r.headers {
		text := f.text
		if f.secret && !t.Reveal {
			text = hidden
		}
		headers = append(headers, f.name+": "+text)
	}
	t.Request = value.OfMembers(
		"protocol", value.OfString(u.Scheme),
		"method", value.OfString(r.method),
		"url", value.OfString(u.String()),
		"headers", headerList(headers),
		"body", value.OfString(body))
}

// response notes the answer to a request.
func (t *HTTPTrace) response(r *httpRequest, a *directAnswer) {
	if t == nil {
		return
	}
	var headers []string
	for _, name := range slices.Sorted(maps.Keys(a.header)) {
		for _, text := range a.header[name] {
			headers = append(headers, strings.ToLower(name)+": "+text)
		}
	}
	t.Response = value.OfMembers(
		"protocol", value.OfString(r.url.Scheme),
		"statusCode", value.OfString(strconv.Itoa(a.status)),
		"statusMessage", a.statusText(),
		"headers", headerList(headers),
		"body", value.OfString(strings.ToValidUTF8(a.body, "\uFFFD")))
}

// headerList is how headers are shown: [a: 1, b: 2].
func headerList(headers []string) value.Value {
	return value.OfString("[" + strings.Join(headers, ", ") + "]")
}
