package awsclient

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/aslocal/aslocal/emulator/internal/random"
	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/internal/spell"
	"github.com/aslocal/aslocal/value"
)

// A Request is one call of an operation.
type Request struct {
	Service   string        // the name that botocore gives it: "dynamodb", "stepfunctions", "bedrock-runtime"
	Operation string        // "PutItem"
	Casing    awsapi.Casing // of the members of Input and of Response.Output
	Input     value.Value   // an object; no value is an empty one
	Region    string        // "": that of the Settings
	Role      string        // ARN of the role to call real AWS as; "": as the credentials say. Other endpoints are called without a role

	// Random gives the idempotency tokens that Input leaves out. nil: the system's.
	Random *random.Source
}

// A Response is the answer of a call that succeeded.
type Response struct {
	// Output is an object with the members that the service has answered, in
	// alphabetical order; a streaming body comes last. Blobs are the text that their
	// bytes are in UTF-8. Times are milliseconds since 1970 in PascalCase, and texts
	// of ISO 8601 in the other casings.
	Output    value.Value
	Status    int
	Header    http.Header
	RequestID string // "" if the service has sent none
}

// Settings say how a Client calls.
type Settings struct {
	Endpoints *Endpoints        // nil: no service has an endpoint
	Region    string            // of requests without one; "": us-east-1
	HTTP      http.RoundTripper // nil: one of the Client's own, without a time limit for an answer: a call's context ends it
	Now       func() time.Time  // for signatures; nil: time.Now
}

// A Client calls services. It is safe for concurrent use.
type Client struct {
	settings Settings
	http     http.RoundTripper // that of the settings, or our own

	mu  sync.Mutex
	aws *account // nil until real AWS is called
}

// New returns a Client. It reads no files and no models, and connects to nothing.
func New(s Settings) *Client {
	if s.Region == "" {
		s.Region = "us-east-1"
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	c := &Client{settings: s, http: s.HTTP}
	if c.http == nil {
		c.http = newTransport()
	}
	return c
}

// newTransport returns how a Client calls. Nothing is unpacked: what is stored
// packed in S3 is shown as it is.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment, // real AWS may be behind one; nothing local is
		DialContext:         (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		MaxIdleConnsPerHost: 64,
		IdleConnTimeout:     30 * time.Second,
		TLSHandshakeTimeout: 5 * time.Second,
		DisableCompression:  true,
	}
}

// Call makes the call, once, and waits for the whole answer, of MaxAnswer bytes at
// most; when ctx ends, the call ends. It follows no redirects. The error is
//
//   - an *Error if the service has answered with one, or no answer came,
//   - a *MissingEndpoint if nothing says where the service is,
//   - an *InputError if Input does not fit the operation,
//   - an *awsapi.UnknownError if there is no such service or operation.
func (c *Client) Call(ctx context.Context, r Request) (Response, error) {
	service, operation, err := find(r.Service, r.Operation)
	if err != nil {
		return Response{}, err
	}
	input, err := check(operation, r.Input, r.Casing, r.Random)
	if err != nil {
		return Response{}, err
	}
	message := messageOf(service, operation, input)
	if r.Region == "" {
		r.Region = c.settings.Region
	}
	endpoint, err := c.settings.Endpoints.URL(service.Name)
	if err != nil {
		return Response{}, &Error{Err: err}
	}
	if endpoint == "" {
		return Response{}, &MissingEndpoint{Service: service.Name}
	}
	if operation.Streams {
		return Response{}, &Error{Err: fmt.Errorf("%s: %w", operation.Name, errStream)}
	}
	if err := message.addChecksum(operation, input, r.Casing); err != nil {
		return Response{}, err
	}
	t := target{service, operation, r.Casing, endpoint, r.Region, r.Role}
	request, err := c.request(ctx, t, message, input)
	if err != nil {
		return Response{}, err
	}
	answer, err := c.send(request, endpoint)
	if err != nil {
		return Response{}, &Error{Err: err}
	}
	if answer.failed(service, operation) {
		return Response{}, answer.failure(service, operation)
	}
	return answer.response(service, operation, r.Casing)
}

// find returns the models of a call.
func find(service, operation string) (*awsapi.Service, *awsapi.Operation, error) {
	s, err := awsapi.Find(service)
	if err != nil {
		return nil, nil, err
	}
	if o := s.Operation(operation); o != nil {
		return s, o, nil
	}
	names := make([]string, len(s.Operations))
	for i, o := range s.Operations {
		names[i] = o.Name
	}
	return nil, nil, &awsapi.UnknownError{Service: service, Action: operation, Hint: spell.Suggest(operation, names)}
}

// A target is where a call goes.
type target struct {
	service   *awsapi.Service
	operation *awsapi.Operation
	casing    awsapi.Casing
	endpoint  string // a URL, or realAWS
	region    string
	role      string
}

// request makes the signed request of a message. The error is an *Error or an
// *InputError.
func (c *Client) request(ctx context.Context, t target, m *message, input value.Value) (*http.Request, error) {
	signingRegion := t.region
	base := t.endpoint
	if base == realAWS {
		host := t.service.Host(t.region)
		if host.SigningRegion != "" {
			signingRegion = host.SigningRegion
		}
		prefix, err := t.hostPrefix(input)
		if err != nil {
			return nil, err
		}
		base = "https://" + prefix + host.Name
	}
	full := base + m.path
	if m.query != "" {
		full += "?" + m.query
	}
	u, err := url.Parse(full)
	if err != nil {
		return nil, &Error{Err: err}
	}
	m.header.Set("User-Agent", "aslocal")
	request := &http.Request{
		Method: m.method, URL: u, Host: u.Host, Header: m.header, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: http.NoBody, ContentLength: int64(len(m.body)),
	}
	if len(m.body) > 0 {
		request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(m.body)), nil }
		request.Body, _ = request.GetBody()
	}
	request = request.WithContext(ctx)
	if err := c.sign(request, t, signingRegion, m.body); err != nil {
		return nil, &Error{Err: err}
	}
	return request, nil
}

// hostPrefix returns what an operation puts before the host of real AWS, such as
// the account's id.
func (t *target) hostPrefix(input value.Value) (string, error) {
	prefix := t.operation.HostPrefix
	for _, m := range t.operation.Input.InOrder() {
		if !m.HostLabel {
			continue
		}
		label := input.Get(m.Name).Text()
		if !isHostLabel(label) {
			return "", &InputError{
				Path: "$." + t.casing.Name(m), Kind: awsapi.String,
				Expected: "a name of letters, digits and hyphens, since it is part of the host", Got: describe(input.Get(m.Name)),
			}
		}
		prefix = strings.ReplaceAll(prefix, "{"+m.Name+"}", label)
	}
	return prefix, nil
}

func isHostLabel(text string) bool {
	for i := range len(text) {
		c := text[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.') {
			return false
		}
	}
	return text != "" && len(text) <= 63 && text[0] != '-' && text[0] != '.'
}

// MaxAnswer is the greatest size of an answer, in bytes.
const MaxAnswer = 8 << 20

// send sends a request and reads the answer.
func (c *Client) send(request *http.Request, endpoint string) (*answer, error) {
	do := c.http.RoundTrip
	if endpoint == realAWS && c.settings.HTTP == nil {
		account, err := c.account(request.Context())
		if err != nil {
			return nil, err
		}
		do = account.settings.HTTPClient.Do
	}
	response, err := do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, MaxAnswer+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("the answer ended too early: %w", err)
	case err != nil:
		return nil, err
	case len(body) > MaxAnswer:
		return nil, fmt.Errorf("the answer is larger than %d bytes", MaxAnswer)
	}
	return &answer{response.StatusCode, response.Header, body}, nil
}
