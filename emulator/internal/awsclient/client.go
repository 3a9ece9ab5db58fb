package awsclient

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

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
	Account   string        // that a local endpoint is called as; "": that of the Settings. Of real AWS, Role and credentials decide
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
	Account   string            // whose requests have the credentials of the environment; those of other accounts have the account as their access key
	Profile   string            // whose credentials real AWS is called with, before those of the environment; "": as AWS's tools choose
	HTTP      http.RoundTripper // nil: one of the Client's own, without a time limit for an answer: a call's context ends it
	Now       func() time.Time  // for signatures; nil: time.Now
}

// A Client calls services. It is safe for concurrent use.
type Client struct {
	settings  Settings
	transport func() (http.RoundTripper, error)

	mu    sync.Mutex
	roles map[string]aws.CredentialsProvider // for real AWS, by ARN; "": those of the chain
}

// New returns a Client. It reads no files and no models, and connects to nothing.
func New(s Settings) *Client {
	if s.Region == "" {
		s.Region = "us-east-1"
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	c := &Client{settings: s, transport: sync.OnceValues(newTransport)}
	if s.HTTP != nil {
		c.transport = func() (http.RoundTripper, error) { return s.HTTP, nil }
	}
	return c
}

// newTransport returns how a Client calls. Nothing is unpacked: what is stored
// packed in S3 is shown as it is. AWS_CA_BUNDLE names more certificates to trust, as
// for AWS's tools.
func newTransport() (http.RoundTripper, error) {
	t := &http.Transport{
		Proxy:               http.ProxyFromEnvironment, // real AWS may be behind one; nothing local is
		DialContext:         (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		MaxIdleConnsPerHost: 64,
		IdleConnTimeout:     30 * time.Second,
		TLSHandshakeTimeout: 5 * time.Second,
		DisableCompression:  true,
	}
	bundle := os.Getenv("AWS_CA_BUNDLE")
	if bundle == "" {
		return t, nil
	}
	certificates, err := os.ReadFile(bundle)
	if err != nil {
		return nil, fmt.Errorf("AWS_CA_BUNDLE: %w", err)
	}
	trusted, err := x509.SystemCertPool()
	if err != nil {
		trusted = x509.NewCertPool()
	}
	if !trusted.AppendCertsFromPEM(certificates) {
		return nil, fmt.Errorf("AWS_CA_BUNDLE: %s has no certificates", bundle)
	}
	t.TLSClientConfig = &tls.Config{RootCAs: trusted}
	return t, nil
}

// Call makes the call, once, and waits for the whole answer, of MaxAnswer bytes at
// most; when ctx ends, the call ends. It follows no redirects. The error is
//
//   - an *Error if the service has answered with one, or no answer came,
//   - a *MissingEndpoint if nothing says where the service is,
//   - an *InputError if Input does not fit the operation,
//   - an *awsapi.UnknownError if there is no such service or operation.
func (c *Client) Call(ctx context.Context, r Request) (Response, error) {
	if r.Region == "" {
		r.Region = c.settings.Region
	}
	return c.callAt(ctx, r, func(s *awsapi.Service) (place, error) {
		endpoint, err := c.settings.Endpoints.URL(s.Name)
		switch {
		case err != nil:
			return place{}, &Error{Err: err}
		case endpoint == "":
			return place{}, &MissingEndpoint{Service: s.Name}
		case endpoint == realAWS:
			return place{realAWS, c.realCredentials(r.Role, r.Region)}, nil
		}
		return place{endpoint: endpoint, credentials: c.localCredentials(r.Account)}, nil
	})
}

// A place is where a call goes.
type place struct {
	endpoint    string                  // a URL, or realAWS
	credentials aws.CredentialsProvider // nil for an operation that is not signed
}

// callAt makes a call at the place of its service.
func (c *Client) callAt(ctx context.Context, r Request, placeOf func(*awsapi.Service) (place, error)) (Response, error) {
	service, operation, err := find(r.Service, r.Operation)
	if err != nil {
		return Response{}, err
	}
	input, err := check(operation, r.Input, r.Casing, r.Random)
	if err != nil {
		return Response{}, err
	}
	message := messageOf(service, operation, input)
	if err := message.addChecksum(operation, input, r.Casing); err != nil {
		return Response{}, err
	}
	if operation.Streams {
		return Response{}, &Error{Err: fmt.Errorf("%s: %w", operation.Name, errStream)}
	}
	at, err := placeOf(service)
	if err != nil {
		return Response{}, err
	}
	request, err := c.request(ctx, target{at, service, operation, r.Casing, r.Region}, message, input)
	if err != nil {
		return Response{}, err
	}
	answer, err := c.send(request)
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

// A target is an operation at a place.
type target struct {
	place
	service   *awsapi.Service
	operation *awsapi.Operation
	casing    awsapi.Casing
	region    string
}

// request makes the signed request of a message. The error is an *Error or an
// *InputError.
func (c *Client) request(ctx context.Context, t target, m *message, input value.Value) (*http.Request, error) {
	signingRegion := t.region
	base := t.endpoint
	if base == realAWS {
		if !isHostLabel(t.region) {
			return nil, &Error{Err: fmt.Errorf("%q is no region of AWS", t.region)}
		}
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
	request, err := http.NewRequestWithContext(ctx, m.method, full, bytes.NewReader(m.body))
	if err != nil {
		return nil, &Error{Err: err}
	}
	request.Header = m.header
	request.Header.Set("User-Agent", "aslocal")
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

// ErrTooLarge says that an answer is larger than MaxAnswer.
var ErrTooLarge = fmt.Errorf("the answer is larger than %d bytes", MaxAnswer)

// send sends a request and reads the answer.
func (c *Client) send(request *http.Request) (*answer, error) {
	transport, err := c.transport()
	if err != nil {
		return nil, err
	}
	response, err := transport.RoundTrip(request)
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
		return nil, ErrTooLarge
	}
	return &answer{response.StatusCode, response.Header, body}, nil
}
