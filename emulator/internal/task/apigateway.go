package task

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file calls APIs of API Gateway. Guide: "Create API Gateway REST APIs with Step
// Functions".

// APIGateway runs apigateway:invoke. An API is called at Endpoint, which gets the name
// of the API as the host; an ApiEndpoint of this machine, such as localhost:3000, is
// called where it is.
type APIGateway struct {
	NoJobs
	Endpoint string // URL; "aws": APIs are called where they are; "": only those of this machine

	transport http.RoundTripper
}

// NewAPIGateway returns a runner that calls APIs at the endpoint.
func NewAPIGateway(endpoint string) *APIGateway {
	return &APIGateway{Endpoint: endpoint, transport: newTransport()}
}

// Close closes the connections that are kept for the next call.
func (g *APIGateway) Close() { (&http.Client{Transport: g.transport}).CloseIdleConnections() }

// Run implements Runner.
func (g *APIGateway) Run(ctx context.Context, c *Call) (Answer, error) {
	target, host, err := g.target(c.Input)
	if err != nil {
		return Answer{}, err
	}
	header := http.Header{}
	for name, list := range c.Input.Get("Headers").Members() {
		for _, v := range list.Items() {
			header.Add(name, v.Text())
		}
	}
	if host != "" {
		header.Set("Host", host)
	}
	body, err := bodyOf(c.Input, header)
	if err != nil {
		return Answer{}, err
	}
	answer, err := direct(ctx, g.transport, c.Input.Get("Method").Text(), target, header, body)
	switch {
	case ctx.Err() != nil:
		return Answer{}, ctx.Err()
	case err != nil:
		return Answer{}, &asl.Error{Name: "ApiGateway.SdkClientException", Cause: "Unable to execute HTTP request: " + err.Error()}
	case !answer.ok():
		return Answer{}, &asl.Error{Name: fmt.Sprintf("ApiGateway.%d", answer.status), Cause: strings.ToValidUTF8(answer.body, "\uFFFD")}
	}
	return Answer{Output: value.OfMembers(
		"Headers", shownHeaders(answer.header),
		"ResponseBody", answer.content(),
		"StatusCode", value.OfInt(int64(answer.status)),
		"StatusText", answer.statusText(),
	)}, nil
}

// target returns the URL of a call, and the host that it is for if that is another than
// the URL's.
func (g *APIGateway) target(in value.Value) (target, host string, err error) {
	endpoint := in.Get("ApiEndpoint").Text()
	u := &url.URL{Scheme: "http", Host: endpoint}
	switch {
	case !isElsewhere(endpoint):
	case g.Endpoint == "":
		return "", "", &MissingError{Failure: &asl.Error{Name: "ApiGateway.SdkClientException", Cause: fmt.Sprintf("no endpoint is set for API Gateway, so %s is not called: "+
			"set services.apigateway.endpoint in aslocal.yaml, or AWS_ENDPOINT_URL_API_GATEWAY or AWS_ENDPOINT_URL in the environment, to a URL that answers for the API, "+
			"or to aws for real AWS; or give the ApiEndpoint of a local API, such as localhost:3000", endpoint)}}
	case g.Endpoint == "aws":
		if in.Get("AuthType").Text() == "IAM_ROLE" {
			return "", "", &asl.Error{Name: "ApiGateway.SdkClientException", Cause: "aslocal does not sign calls of APIs (AuthType IAM_ROLE) at real AWS"}
		}
		u.Scheme = "https"
	default:
		full := g.Endpoint
		if !strings.Contains(full, "://") {
			full = "http://" + full
		}
		if u, err = url.Parse(full); err != nil {
			return "", "", fmt.Errorf("task: endpoint of API Gateway: %w", err)
		}
		host = endpoint
	}
	for _, part := range []string{in.Get("Stage").Text(), in.Get("Path").Text()} {
		if part = strings.Trim(part, "/"); part != "" {
			u.Path = strings.TrimSuffix(u.Path, "/") + "/" + part
		}
	}
	if strings.HasSuffix(in.Get("Path").Text(), "/") {
		u.Path = strings.TrimSuffix(u.Path, "/") + "/"
	}
	u.RawQuery = queryOf(in.Get("QueryParameters"))
	return u.String(), host, nil
}

// isElsewhere reports whether a host, with a port or without, is another machine than
// this one. It may be somebody's service in production, even under a name that is not
// of AWS.
func isElsewhere(host string) bool {
	u := url.URL{Host: strings.ToLower(host)}
	return !isHere(u.Hostname())
}

// bodyOf returns the body of a request: always JSON, also of a text (recorded), and
// nothing for null.
func bodyOf(in value.Value, header http.Header) (string, error) {
	body := in.Get("RequestBody")
	if !body.Exists() || body.IsNull() {
		return "", nil
	}
	if m := in.Get("Method").Text(); m != http.MethodPost && m != http.MethodPut && m != http.MethodPatch {
		return "", badParameters(in, "The field 'RequestBody' is only supported with the methods POST, PUT and PATCH")
	}
	if !in.Get("AllowNullValues").Bool() {
		body = withoutNulls(body)
	}
	if header.Get("Content-Type") == "" {
		header.Set("Content-Type", "application/json")
	}
	return body.String(), nil
}

// withoutNulls leaves out the members that are null, at all depths.
func withoutNulls(v value.Value) value.Value {
	switch v.Kind() {
	case value.Object:
		var b value.ObjectBuilder
		for name, member := range v.Members() {
			if !member.IsNull() {
				b.Set(name, withoutNulls(member))
			}
		}
		return b.Value()
	case value.Array:
		items := make([]value.Value, v.Len())
		for i, item := range v.Items() {
			items[i] = withoutNulls(item)
		}
		return value.OfSlice(items)
	}
	return v
}

// shownHeaders are the headers of an answer as a result shows them, without that of
// the server (recorded).
func shownHeaders(h http.Header) value.Value {
	var b value.ObjectBuilder
	for _, name := range slices.Sorted(maps.Keys(h)) {
		if name == "Server" {
			continue
		}
		items := make([]value.Value, len(h[name]))
		for i, text := range h[name] {
			items[i] = value.OfString(text)
		}
		b.Set(name, value.OfSlice(items))
	}
	return b.Value()
}

func isAPIEndpoint(text string) bool { return text != "" && !strings.ContainsAny(text, "/ \t\r\n?#@") }

func isMethod(text string) bool {
	return slices.Contains([]string{"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"}, text)
}

func isAuthType(text string) bool {
	return slices.Contains([]string{"NO_AUTH", "IAM_ROLE", "RESOURCE_POLICY"}, text)
}
